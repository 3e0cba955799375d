"""The graph of a network as a flowchart of Mermaid, which GitHub and GitLab draw in Markdown."""

import json
import re
from collections.abc import Iterator, Sequence

from dsconv_cost.costs.analysis import Analysis
from dsconv_cost.costs.breakdown import View
from dsconv_cost.formats.box_label import ENDS, INK, NEUTRAL, box_colors, box_lines, cluster_line
from dsconv_cost.formats.html.patterns import kind_class
from dsconv_cost.reports.diagram import Box, Cluster, Diagram, boxes_of, diagram

_LIVE = re.compile(r"(?<!\d)\.|\.(?!\d)|:(?! )|[^A-Za-z0-9 ,/().:]")
"""What is written as an entity, but for points in numbers and colons before spaces."""

_HEAD = """\
---
title: {title}
config: {{flowchart: {{wrappingWidth: 600}}}}
---
"""
_TITLE = {ord("%"): "\uff05", ord("<"): "\u2039", ord(">"): "\u203a"}
"""A title has no entities: `%%{` would be a directive there, and what looks like a tag would be taken out."""

MOST_ARROWS = 500
MOST_TEXT = 50_000
"""What Mermaid draws of a text without settings of its own: maxEdges and maxTextSize."""


def analysis_mermaid(analysis: Analysis, view: View) -> str:
    """Return the graph of an analysis, at the level of a view."""
    return diagram_mermaid(diagram(analysis, view))


def diagram_mermaid(graph: Diagram) -> str:
    """Return a flowchart: a node for each box, a subgraph for each cluster, and the shapes on the edges."""
    lines = ["flowchart TB", *_inside(graph.inside, "  ")]
    if clusters := [cluster.id for cluster in _clusters(graph.inside)]:
        lines += [f"  class {','.join(clusters)} block", f"  classDef block fill:transparent,stroke:{NEUTRAL}"]
    lines += [f"  {source} -->|{_string(str(shape))}| {target}" for source, target, shape in graph.arrows]
    kinds = dict.fromkeys(box.kind for box in boxes_of(graph.inside) if box.kind not in ENDS)
    for css, (stroke, fill) in {kind_class(kind): box_colors(kind) for kind in kinds}.items():
        lines.append(f"  classDef {css} fill:{fill},stroke:{stroke},color:{INK}")
    text = "\n".join(lines) + "\n"
    if len(graph.arrows) > MOST_ARROWS or len(text) > MOST_TEXT:
        text = (
            f"%% {len(graph.arrows):,} arrows, {len(text):,} characters: Mermaid refuses more than {MOST_ARROWS:,} and {MOST_TEXT:,} "
            f"unless maxEdges and maxTextSize are raised; Graphviz (--format dot) has no such limit.\n{text}"
        )
    return _HEAD.format(title=json.dumps(graph.title.translate(_TITLE), ensure_ascii=False)) + text


def _clusters(inside: Sequence[Box | Cluster]) -> Iterator[Cluster]:
    for each in inside:
        if isinstance(each, Cluster):
            yield each
            yield from _clusters(each.inside)


def _inside(inside: Sequence[Box | Cluster], indent: str) -> Iterator[str]:
    for each in inside:
        if isinstance(each, Cluster):
            yield f"{indent}subgraph {each.id} [{_string(cluster_line(each))}]"
            yield from _inside(each.inside, indent + "  ")
            yield f"{indent}end"
        elif each.kind in ENDS:
            yield f"{indent}{each.id}([{_string(*box_lines(each))}])"
        else:
            yield f"{indent}{each.id}[{_string(*box_lines(each))}]:::{kind_class(each.kind)}"


def _string(*lines: str) -> str:
    """Return lines as a string of Mermaid: whatever means something to it, to Markdown or to HTML is an entity."""
    return '"' + "<br/>".join(_LIVE.sub(_entity, line) for line in lines) + '"'


def _entity(character: re.Match[str]) -> str:
    text = character[0]
    if text == "$":
        return "\uff04"  # two would be mathematics, even as entities
    return f"#{ord(text)};" if text.isascii() else text
