"""Standard against separable: for each item the MACs of both forms on one logarithmic axis."""

from collections.abc import Sequence

from dsconv_cost.costs.breakdown import LayerRow
from dsconv_cost.formats.html.svg import (
    FIGURE_WIDTH,
    Ruler,
    circle,
    label,
    line,
    mark,
    rect,
    spread,
    svg_figure,
    x_axis,
)
from dsconv_cost.formats.numbers import factor
from dsconv_cost.reports.answer import in_short

_MOST_ITEMS = 60
_ROW, _RIGHT = 22, 84


def differing(rows: Sequence[LayerRow]) -> list[list[LayerRow]]:
    """Return the rows whose forms differ, those with the same figures one after the other together, the costliest of very many."""
    groups: list[list[LayerRow]] = []
    for row in rows:
        if not row.standard or not row.separable or row.factor is None:
            continue
        last = groups[-1][0] if groups else None
        if last is not None and (last.type, last.standard, last.separable) == (row.type, row.standard, row.separable):
            groups[-1].append(row)
        else:
            groups.append([row])
    kept = sorted(groups, key=lambda group: -len(group) * (group[0].standard - group[0].separable))[:_MOST_ITEMS]
    return [group for group in groups if group in kept]


def dumbbells(groups: Sequence[Sequence[LayerRow]]) -> str:
    """Return the figure: an open circle for the standard form, a filled one for the separable form, a line between them."""
    names = [_name(group) for group in groups]
    left = min(max(map(len, names)) * 7.2 + 16, 330)
    values = [value for group in groups for value in (group[0].standard, group[0].separable)]
    ruler = Ruler(*spread(values), left, FIGURE_WIDTH - _RIGHT, log=True)
    bottom = _ROW * len(groups) + 6
    body = [x_axis(ruler, lambda value: in_short(int(value)), (0, bottom), "MACs, logarithmic")]
    for number, (name, group) in enumerate(zip(names, groups, strict=True)):
        row, y = group[0], _ROW * number + 14
        assert row.factor is not None
        tip = f"{name}\nstandard {row.standard:,} MACs\nseparable {row.separable:,} MACs\n{factor(row.factor)}"
        start, end = ruler.at(row.separable), ruler.at(row.standard)
        shapes = (
            rect(0, y - _ROW / 2, (FIGURE_WIDTH, _ROW), "hit")
            + label(left - 12, y + 4, _cut(name, left), "axis end")
            + line((start, y), (end, y), "link")
            + circle(end, y, 6, "k-standard hollow")
            + circle(start, y, 6, "k-pointwise")
            + label(FIGURE_WIDTH - _RIGHT + 12, y + 4, factor(row.factor), "axis")
        )
        body.append(mark(tip, shapes))
    desc = "For each item the MACs of its standard form (open circle) and of its separable form (filled circle)."
    return svg_figure("forms", (FIGURE_WIDTH, bottom + 42), "Standard against separable", desc, "".join(body))


def _name(group: Sequence[LayerRow]) -> str:
    return group[0].name if len(group) == 1 else f"{group[0].name} x{len(group)}"


def _cut(name: str, room: float) -> str:
    letters = int((room - 16) / 7.2)
    return name if len(name) <= letters else f"{name[: letters - 3]}..."
