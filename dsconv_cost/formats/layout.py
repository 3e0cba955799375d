"""Reports as lines for a terminal: which columns are shown, how wide they are, and what stands where.

Nothing is cut: where a table is wider than the terminal, columns go in a stated order and are named.
"""

from collections.abc import Iterable, Iterator
from functools import cache

from dsconv_cost.formats.format import Screen
from dsconv_cost.formats.numbers import column_texts
from dsconv_cost.reports.table import TEXT, Cell, Column, Report, Table
from dsconv_cost.text import width

Span = tuple[str, str]
"""Text and its style: bold, a colour, or empty."""
Line = list[Span]

GAP = 2
"""Spaces between columns."""
NARROWEST_NOTE = 40
"""How narrow a note may get before the terminal has to break its lines."""


def report_lines(report: Report, screen: Screen) -> Iterator[Line]:
    """Yield the lines of a report. None ends in a space."""
    columns = screen.columns
    layouts = [_Layout(table, columns) for table in report.tables if table.rows]
    for part in _wrapped(report.headline, columns):
        yield [(part, "bold")]
    visible = {layout.table.columns[index].key for layout in layouts for index in layout.shown}
    notes = [note for note in report.notes if note[0] not in report.legends or visible & set(report.legends[note[0]])]
    rule = "\u2500" if screen.utf8 else "-"
    for layout in layouts:
        yield []
        yield layout.head()
        yield [(rule * layout.total, "")]
        yield from layout.rows()
        if layout.dropped:
            names = ", ".join(_title(layout.table, column) for column in layout.dropped)
            notes.append(("left out", f"of {layout.table.name}, to fit {columns} columns, first to last: {names}"))
    yield []
    for line in _note_lines(notes, columns):
        yield [(line, "")]


def _wrapped(text: str, columns: int | None) -> list[str]:
    """Return text as lines of at most so many columns, but for words that are longer."""
    if columns is None or len(text) <= columns:
        return [text.rstrip()]
    from textwrap import wrap  # takes a millisecond to load, and off a terminal nothing is wrapped

    return wrap(text, columns, break_long_words=False, break_on_hyphens=False) or [""]


def _note_lines(notes: list[tuple[str, str]], columns: int | None) -> Iterator[str]:
    label_width = max((len(label) for label, _ in notes), default=0)
    for label, text in notes:
        wrapped = _wrapped(text, max(NARROWEST_NOTE, columns - label_width - GAP) if columns else None)
        heads = [label, *[""] * (len(wrapped) - 1)]
        yield from (f"{head:<{label_width + GAP}}{line}".rstrip() for head, line in zip(heads, wrapped, strict=True))


def _title(table: Table, column: Column) -> str:
    if column.title:
        before = table.columns[table.columns.index(column) - 1]
        same = [c for c in table.columns if c.title == column.title]
        return f"{before.title} {column.title}" if len(same) > 1 else column.title
    return f"change of {column.key.split('_')[0]}"


class _Layout:
    """Which columns of a table are shown, and how wide they are."""

    def __init__(self, table: Table, columns: int | None) -> None:
        self.table = table
        self.texts = column_texts(table)
        self.widths = [
            _widest([column.title, *texts.values()]) for column, texts in zip(table.columns, self.texts, strict=True)
        ]
        self.shown = list(range(len(table.columns)))
        self.dropped: list[Column] = []
        order = sorted((c.drop, i) for i, c in enumerate(table.columns) if c.drop is not None)
        while columns is not None and self.total > columns and order:
            _, index = order.pop(0)
            self.shown.remove(index)
            self.dropped.append(table.columns[index])

    @property
    def total(self) -> int:
        return sum(self.widths[i] for i in self.shown) + GAP * (len(self.shown) - 1)

    def head(self) -> Line:
        """Return the titles."""
        gap = " " * GAP
        titles = (self._padded(index, self.table.columns[index].title) for index in self.shown)
        return [(gap.join(titles).rstrip(), "bold")]

    def rows(self) -> Iterator[Line]:
        """Yield a line for each row."""
        lead, *others = self.shown

        @cache  # a long table repeats few rows but for their names
        def rest(cells: tuple[Cell, ...]) -> Line:
            return _joined(span for i in others for span in [(" " * GAP, ""), *self._cell(i, cells[i - lead - 1])])

        for row in self.table.rows:
            line = _joined([*self._cell(lead, row[lead]), *rest(row[lead + 1 :])])
            text, style = line[-1]
            yield [*line[:-1], (text.rstrip(), style)]

    def _cell(self, index: int, value: Cell) -> Line:
        """Return the text of a cell, as wide as its column; its colour goes to the text alone."""
        text = self.texts[index][value]
        padded = self._padded(index, text)
        color = self.table.columns[index].colors.get(text)
        if color is None:
            return [(padded, "")]
        before, _, after = padded.partition(text)
        return [(before, ""), (text, color), (after, "")]

    def _padded(self, index: int, text: str) -> str:
        columns = self.widths[index]
        if not text.isascii():
            columns -= width(text) - len(text)
        return text.ljust(columns) if self.table.columns[index].values == TEXT else text.rjust(columns)


def _joined(spans: Iterable[Span]) -> Line:
    """Return spans with neighbours of one style joined."""
    line: Line = []
    for text, style in spans:
        if line and line[-1][1] == style:
            line[-1] = line[-1][0] + text, style
        else:
            line.append((text, style))
    return line


def _widest(texts: list[str]) -> int:
    # Names differ from row to row: counting the columns of each one in turn would take longer than the rest.
    return max(map(len if all(map(str.isascii, texts)) else width, texts))
