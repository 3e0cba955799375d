"""Rows with their names, and beside each name a bar for each measure with its value: aligned, in whatever width there is."""

from collections.abc import Sequence

from dsconv_cost.formats.html.lettering import text_width, wrapped
from dsconv_cost.formats.html.svg import label, line, mark, rect
from dsconv_cost.named_tuple import NamedTuple

_LINE = 17
_ROW = 8
"""What a row has above and below its text."""
_BAR = 13
_GAP = 18
_LEAST_BAR = 90


class BarColumn(NamedTuple):
    """A measure: for each row the pieces of its bar, and its value in words."""

    title: str
    bars: Sequence[Sequence[tuple[str, float]]]
    """(class, value) pairs for each row; a piece without a class is a gap."""
    words: Sequence[str]


class BarRows(NamedTuple):
    """The rows of a chart."""

    names: Sequence[str]
    columns: Sequence[BarColumn]
    types: Sequence[str] = ()
    """A word or two beside each name; left out where there is no room."""
    tips: Sequence[str] = ()
    """With these a row is a mark, which says them."""


def row_bars(rows: BarRows, left: float, right: float, y: float) -> tuple[str, float]:
    """Return the rows between two edges below a height, and where they end. Long names take several lines."""
    room = right - left
    most_name = 0.36 * room
    names = [wrapped(name, most_name) for name in rows.names]
    wide = max((text_width(each) for lines in names for each in lines), default=0.0)
    types = max(map(text_width, rows.types), default=0.0)
    if wide + types > room - len(rows.columns) * (_LEAST_BAR + 110):
        types = 0.0
    most = [
        max((sum(value for _, value in pieces) for pieces in column.bars), default=0) or 1 for column in rows.columns
    ]
    places = _places(rows.columns, left + wide + (12 + types if types else 0) + 14, right)
    y += _LINE
    parts = [label(x, y, column.title, "axis head") for (x, _), column in zip(places, rows.columns, strict=True)]
    y += 6
    for number, lines in enumerate(names):
        high = _ROW + _LINE * len(lines)
        middle = y + high / 2
        row = [label(left, y + _ROW / 2 + _LINE * (at + 0.76), each, "lab") for at, each in enumerate(lines)]
        if types:
            row.append(label(left + wide + 12, middle + 4.5, rows.types[number], "axis"))
        for (x, longest), whole, column in zip(places, most, rows.columns, strict=True):
            row.append(_bar(column.bars[number], column.words[number], (x, middle), longest / whole))
        parts.append(line((left, y), (right, y), "grid"))
        if rows.tips:
            parts.append(mark(rows.tips[number], rect(left, y + 0.5, (room, high - 1), "hit") + "".join(row)))
        else:
            parts += row
        y += high
    return "".join([*parts, line((left, y), (right, y), "grid")]), y


def _places(columns: Sequence[BarColumn], start: float, right: float) -> list[tuple[float, float]]:
    """Return for each measure where its bars begin, and how long the longest is."""
    each = (right - start - _GAP * (len(columns) - 1)) / max(len(columns), 1)
    return [
        (start + number * (each + _GAP), max(each - max(map(text_width, column.words), default=0) - 8, 20))
        for number, column in enumerate(columns)
    ]


def _bar(pieces: Sequence[tuple[str, float]], words: str, place: tuple[float, float], scale: float) -> str:
    """Return the bar of a row, a piece for each part, and its value behind it."""
    x, middle = place
    parts: list[str] = []
    for css, value in pieces:
        if value and css:
            parts.append(rect(x, middle - _BAR / 2, (max(value * scale, 0.75), _BAR), css))
        x += value * scale
    return "".join(parts) + label(x + 6, middle + 4.5, words, "lab")
