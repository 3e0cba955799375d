"""The text and the colours of a box of a diagram, for every language that draws one."""

from collections.abc import Callable

from dsconv_cost.formats.html.patterns import kind_class
from dsconv_cost.formats.html.style import SCHEMES
from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.reports.answer import in_short
from dsconv_cost.reports.diagram import INPUT_BOX, OUTPUT_BOX, Box, Cluster
from dsconv_cost.text import inert

ENDS = (INPUT_BOX, OUTPUT_BOX)
INK, NEUTRAL = SCHEMES["ink"][0], SCHEMES["edge"][0]
"""Of text on the fill of a box, and of lines on any ground."""


class BoxColors(NamedTuple):
    """The colours of a kind: its own around the box, and a sixth of it inside, where dark text reads well."""

    stroke: str
    fill: str


def box_colors(kind: str) -> BoxColors:
    """Return the colours of a kind."""
    stroke = SCHEMES[kind_class(kind).removeprefix("k-")][0]
    parts = (int(stroke[at : at + 2], 16) for at in (1, 3, 5))
    return BoxColors(stroke, "#" + "".join(f"{255 - (255 - part) // 6:02x}" for part in parts))


def box_lines(box: Box) -> list[str]:
    """Return the name of a box, what is in it, and what it costs."""
    if box.kind in ENDS:
        return [inert(box.name)]
    first, *others = box.types
    window = "" if box.kernel is None else " " + "x".join(map(str, box.kernel))
    if box.stride is not None and set(box.stride) != {1}:
        sides = box.stride[:1] if len(set(box.stride)) == 1 else box.stride
        window += f" stride {'x'.join(map(str, sides))}"
    of = f", {box.layers:,} layers" if box.layers > 1 else ""
    what = ", ".join([inert(first) + window, *others]) + of
    lines = [inert(box.name)] if box.name == what else [inert(box.name), what]
    if box.weights_of is not None:
        lines.append(f"weights of {inert(box.weights_of)}")
    costs = _costs(box.macs, box.params, in_short)
    return [*lines, costs] if costs else lines


def cluster_line(cluster: Cluster) -> str:
    """Return the name of a cluster, and what all of it costs."""
    costs = _costs(cluster.macs, cluster.params, in_short)
    return f"{inert(cluster.name)}: {costs}" if costs else inert(cluster.name)


def exact_line(box: Box) -> str:
    """Return the whole name of a box and its exact figures."""
    return f"{inert(box.path)}: {_costs(box.macs, box.params, '{:,}'.format) or 'free'}"


def _costs(macs: int, params: int, write: Callable[[int], str]) -> str:
    figures = ((macs, "MACs"), (params, "params"))
    return ", ".join(f"{write(value)} {what}" for value, what in figures if value)
