"""Tables for a terminal; the only module that imports rich.

Nothing is cut: where a table is wider than the terminal, columns go in a stated order and are named.
"""

import io
import textwrap
from functools import cache
from typing import Literal

from rich.box import SIMPLE_HEAD
from rich.console import Console, RenderableType
from rich.table import Table as RichTable
from rich.text import Text

from dsconv_cost.formats.numbers import column_texts
from dsconv_cost.reports.table import TEXT, Cell, Column, Report, Table
from dsconv_cost.text import width

GAP = 2
"""Between columns: one of padding and one that the box puts there."""

RULE = "\u2500"
CODES = {"red": 31, "green": 32, "yellow": 33}
"""Of colours, as a terminal takes them."""
LEAST_NOTE = 40
"""How narrow a note may get before the terminal has to break its lines."""


def render(report: Report, columns: int | None, color: bool, utf8: bool) -> str:
    """Return the report for a terminal `columns` wide; None shows every column."""
    laid_out = [_Layout(table, columns, color) for table in report.tables if table.rows]
    widest = max([columns or 0, width(report.headline), *(layout.total for layout in laid_out)])
    console = Console(
        file=io.StringIO(), width=widest + GAP, force_terminal=color, no_color=not color, highlight=False, markup=False,
        emoji=False, legacy_windows=False, color_system="standard" if color else None, _environ={},
    )  # fmt: skip
    headline = textwrap.wrap(report.headline, columns or len(report.headline) + 1, break_long_words=False) or [""]
    lines = [line for part in headline for line in _drawn(console, Text(part, style="bold"))]
    shown = {layout.table.columns[index].key for layout in laid_out for index in layout.shown}
    notes = [note for note in report.notes if note[0] not in report.legends or shown & set(report.legends[note[0]])]
    for layout in laid_out:
        lines += ["", *_drawn(console, layout.head()), *layout.rows()]
        if layout.dropped:
            names = ", ".join(_title(layout.table, column) for column in layout.dropped)
            notes.append(("left out", f"of {layout.table.name}, to fit {columns} columns, first to last: {names}"))
    lines += ["", *_note_lines(notes, columns)]
    text = "\n".join([*lines, ""])
    return text if utf8 else text.replace(RULE, "-")


def _drawn(console: Console, what: RenderableType) -> list[str]:
    """Return the lines that rich makes of something."""
    with console.capture() as capture:
        console.print(what)
    return [line.rstrip() for line in capture.get().rstrip("\n").split("\n")]


def _note_lines(notes: list[tuple[str, str]], columns: int | None) -> list[str]:
    label_width = max((len(label) for label, _ in notes), default=0)
    lines: list[str] = []
    for label, text in notes:
        room = max(LEAST_NOTE, columns - label_width - GAP) if columns else len(text) + 1
        wrapped = textwrap.wrap(text, room, break_long_words=False, break_on_hyphens=False) or [""]
        heads = [label, *[""] * (len(wrapped) - 1)]
        lines += [f"{head:<{label_width + GAP}}{line}".rstrip() for head, line in zip(heads, wrapped, strict=True)]
    return lines


def _title(table: Table, column: Column) -> str:
    if column.title:
        before = table.columns[table.columns.index(column) - 1]
        same = [c for c in table.columns if c.title == column.title]
        return f"{before.title} {column.title}" if len(same) > 1 else column.title
    return f"change of {column.key.split('_')[0]}"


class _Layout:
    """Which columns of a table are shown, and how wide they are."""

    def __init__(self, table: Table, columns: int | None, color: bool) -> None:
        self.table = table
        self.color = color
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

    def head(self) -> RichTable:
        """Return the titles and the rule below them."""
        head = RichTable(
            box=SIMPLE_HEAD, padding=(0, GAP - 1, 0, 0), pad_edge=False, show_edge=False, header_style="bold"
        )
        for index in self.shown:
            column = self.table.columns[index]
            side: Literal["left", "right"] = "left" if column.values == TEXT else "right"
            head.add_column(Text(column.title, justify=side), justify=side, no_wrap=True, width=self.widths[index])
        return head

    def rows(self) -> list[str]:
        """Return the rows as lines below the head. rich would take 1.5 ms for each."""
        lead, *others = self.shown

        @cache  # a long table repeats few rows but for their names
        def rest(cells: tuple[Cell, ...]) -> str:
            return "".join([" " * GAP + self._cell(index, cells[index - lead - 1]) for index in others])

        return [(self._cell(lead, row[lead]) + rest(row[lead + 1 :])).rstrip() for row in self.table.rows]

    def _cell(self, index: int, value: Cell) -> str:
        """Return the text of a cell, as wide as its column."""
        text, columns = self.texts[index][value], self.widths[index]
        if not text.isascii():
            columns -= width(text) - len(text)
        column = self.table.columns[index]
        padded = text.ljust(columns) if column.values == TEXT else text.rjust(columns)
        if self.color and text in column.colors:
            return padded.replace(text, f"\x1b[{CODES[column.colors[text]]}m{text}\x1b[0m")
        return padded


def _widest(texts: list[str]) -> int:
    # Names differ from row to row: counting the columns of each one in turn would take longer than the rest.
    return max(map(len if all(map(str.isascii, texts)) else width, texts))
