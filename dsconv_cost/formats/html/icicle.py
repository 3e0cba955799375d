"""Where a network's cost is: for each metric a strip of items and a strip of their layers, as wide as their shares."""

from collections.abc import Callable, Sequence
from itertools import groupby

from dsconv_cost.formats.html.patterns import kind_class
from dsconv_cost.formats.html.svg import FIGURE_WIDTH, fits, label, mark, rect, svg_figure
from dsconv_cost.formats.numbers import percent
from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.reports.page_layers import PageLayer

_ITEM, _LAYER, _GAP = 26, 38, 26
"""Heights of a strip of items, of one of layers, and of the room above them."""


class Measure(NamedTuple):
    """What the strips or bars of a row show."""

    title: str
    of: Callable[[PageLayer], float]
    words: Callable[[PageLayer], str]
    """The value of a layer in words: `51,380,224 MACs`."""
    tick: Callable[[float], str]
    """A value above 0 of the axis in short."""

    def at_tick(self, value: float) -> str:
        return self.tick(value) if value else "0"


def icicle(layers: Sequence[PageLayer], measures: Sequence[Measure]) -> str:
    """Return the figure: per measure the items of the file above their layers, in execution order."""
    body, y = [], 0.0
    for measure in measures:
        whole = sum(measure.of(layer) for layer in layers)
        if whole:
            body.append(label(0, y + 15, measure.title, "axis head"))
            body.append(_strips(layers, measure, whole, y + _GAP))
            y += _GAP + _ITEM + _LAYER + 12
    desc = "For each metric the items of the file, and below them their layers; the width is the share of the whole."
    return svg_figure("icicle", (FIGURE_WIDTH, y), "Where the cost is", desc, "".join(body))


def _strips(layers: Sequence[PageLayer], measure: Measure, whole: float, top: float) -> str:
    scale, x = FIGURE_WIDTH / whole, 0.0
    items: list[str] = []
    cells: list[str] = []
    for name, group in groupby(layers, key=lambda layer: layer.item):
        own = list(group)
        size = sum(measure.of(layer) for layer in own)
        if not size:
            continue
        width = size * scale
        words = label(x + 6, top + 18, name, "lab") if fits(name, width) else ""
        tip = (
            f"{name}\n{percent(size / whole, 1)} of the {measure.title}, {len(own)} layer{'' if len(own) == 1 else 's'}"
        )
        items.append(mark(tip, rect(x, top, (width - 1, _ITEM - 2), "block s", 2) + words))
        for layer in own:
            value = measure.of(layer)
            if value:
                cells.append(_cell(layer, measure, x, (value * scale, top + _ITEM), value / whole))
                x += value * scale
    return "".join(items) + "".join(cells)


def _cell(layer: PageLayer, measure: Measure, x: float, place: tuple[float, float], share: float) -> str:
    (width, top), css = place, kind_class(layer.kind)
    shown = percent(share, 0)
    words = label(x + width / 2, top + 24, shown, f"lab mid {css} on") if fits(shown, width) else ""
    tip = f"{layer.name}, {layer.kind}\n{measure.words(layer)}, {percent(share, 1)}"
    return mark(tip, rect(x, top, (max(width - 1, 0.4), _LAYER), f"{css} s", 2) + words, layer=layer.name)
