"""The graph of a network in the language of Graphviz, for `dot` and what else reads it."""

from collections.abc import Iterator, Sequence

from dsconv_cost.costs.analysis import Analysis
from dsconv_cost.costs.breakdown import View
from dsconv_cost.formats.box_label import ENDS, INK, NEUTRAL, box_colors, box_lines, cluster_line, exact_line
from dsconv_cost.formats.html.patterns import kind_class
from dsconv_cost.reports.diagram import Box, Cluster, Diagram, diagram

_FONT = 'fontname="Helvetica,Arial,sans-serif"'


def analysis_dot(analysis: Analysis, view: View) -> Iterator[str]:
    """Yield the graph of an analysis, at the level of a view."""
    yield from diagram_dot(diagram(analysis, view))


def diagram_dot(graph: Diagram) -> Iterator[str]:
    """Yield a digraph: a node for each box, a cluster for each cluster, and the shapes on the edges."""
    yield "digraph network {\n"
    yield f"  graph [label={_string(graph.title)}, labelloc=t, {_FONT}, fontsize=14, rankdir=TB, nodesep=0.3, ranksep=0.35]\n"
    yield f'  node [shape=box, style="filled,rounded", {_FONT}, fontsize=11, fontcolor="{INK}", margin="0.14,0.07"]\n'
    yield f'  edge [{_FONT}, fontsize=9, fontcolor="{NEUTRAL}", color="{NEUTRAL}", arrowsize=0.7]\n'
    yield from _inside(graph.inside, "  ")
    for source, target, shape in graph.arrows:
        yield f"  {source} -> {target} [label={_string(str(shape))}]\n"
    yield "}\n"


def _inside(inside: Sequence[Box | Cluster], indent: str) -> Iterator[str]:
    for each in inside:
        if isinstance(each, Box):
            yield f"{indent}{each.id} [{', '.join(_attributes(each))}]\n"
            continue
        yield f"{indent}subgraph cluster_{each.id} {{\n"
        yield (
            f'{indent}  label={_string(cluster_line(each))}; labeljust=l; fontsize=11; style=rounded; color="{NEUTRAL}"\n'
        )
        yield from _inside(each.inside, indent + "  ")
        yield f"{indent}}}\n"


def _attributes(box: Box) -> Iterator[str]:
    yield f"label={_string(*box_lines(box))}"
    if box.kind in ENDS:
        yield f'shape=ellipse, style=solid, color="{NEUTRAL}", class={_string(box.kind)}'
        return
    stroke, fill = box_colors(box.kind)
    yield f'color="{stroke}", fillcolor="{fill}", class={_string(kind_class(box.kind))}'
    yield f"tooltip={_string(exact_line(box))}"


def _string(*lines: str) -> str:
    """Return lines as a string of Graphviz: backslashes begin escapes there, and `&` entities of HTML."""
    escaped = (line.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;") for line in lines)
    return '"' + "\\n".join(escaped) + '"'
