"""The layers side by side: a row of bars for each measure, all on one axis of execution."""

from collections.abc import Sequence
from itertools import groupby

from dsconv_cost.formats.html.icicle import Measure
from dsconv_cost.formats.html.patterns import kind_class
from dsconv_cost.formats.html.svg import (
    AXIS_ROOM,
    FIGURE_WIDTH,
    Ruler,
    fits,
    label,
    line,
    mark,
    rect,
    svg_figure,
    y_axis,
)
from dsconv_cost.reports.page_layers import PageLayer

_BARS, _GAP = 84, 44
"""Heights of a row of bars, and of the room above it."""


def layer_bars(layers: Sequence[PageLayer], measures: Sequence[Measure]) -> str:
    """Return the figure: a column for each layer, one below the other its bar for each measure."""
    shown = [measure for measure in measures if any(measure.of(layer) for layer in layers)]
    if not shown:
        return ""
    step = (FIGURE_WIDTH - AXIS_ROOM) / len(layers)
    bottom = len(shown) * (_BARS + _GAP)
    grid: list[str] = []
    rulers: list[Ruler] = []
    for number, measure in enumerate(shown):
        top = number * (_BARS + _GAP) + _GAP
        ruler = Ruler(0, max(measure.of(layer) for layer in layers), top + _BARS, top)
        rulers.append(ruler)
        grid.append(label(AXIS_ROOM, top - 14, measure.title, "axis head"))
        grid.append(y_axis(ruler, measure.at_tick, FIGURE_WIDTH, (0, ruler.high / 2, ruler.high)))
    columns = [_column(layer, (AXIS_ROOM + number * step, step), shown, rulers) for number, layer in enumerate(layers)]
    body = "".join(grid) + "".join(columns) + _items(layers, step, bottom)
    desc = f"{len(layers)} columns in execution order, coloured by the kind of layer; rows: {', '.join(m.title for m in shown)}."
    return svg_figure("bars", (FIGURE_WIDTH, bottom + 30), "Each layer's cost", desc, body)


def _column(layer: PageLayer, place: tuple[float, float], measures: Sequence[Measure], rulers: Sequence[Ruler]) -> str:
    (x, step), css = place, kind_class(layer.kind)
    gap = min(2.0, step * 0.2)
    shapes = [rect(x, rulers[0].stop - 6, (step, rulers[-1].start - rulers[0].stop + 8), "hit")]
    for measure, ruler in zip(measures, rulers, strict=True):
        y = ruler.at(measure.of(layer))
        if y < ruler.start:
            shapes.append(rect(x + gap / 2, y, (step - gap, ruler.start - y), css, min(2, step / 4)))
    facts = "\n".join(measure.words(layer) for measure in measures)
    return mark(f"{layer.name}, {layer.kind}\n{layer.size}\n{facts}", "".join(shapes), layer=layer.name)


def _items(layers: Sequence[PageLayer], step: float, bottom: float) -> str:
    """Return the names of the items below the columns, where there is room, and lines between them."""
    parts: list[str] = []
    x = float(AXIS_ROOM)
    for name, group in groupby(layers, key=lambda layer: layer.item):
        width = step * len(list(group))
        parts.append(line((x, bottom), (x, bottom + 6), "base"))
        if fits(name, width):
            parts.append(label(x + width / 2, bottom + 19, name, "axis mid"))
        x += width
    return "".join(parts)
