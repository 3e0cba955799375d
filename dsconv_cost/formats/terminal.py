"""Tables for a terminal; the only module that imports rich.

Nothing is cut: where a table is wider than the terminal, columns go in a stated order and are named.
"""

import io
import textwrap
from typing import Literal

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from dsconv_cost.formats.numbers import cell_texts
from dsconv_cost.inert import width
from dsconv_cost.tables import TEXT, Column, Report, Table

GAP = 2
"""Between columns: one of padding and one that the box puts there."""

RULE = "\u2500"
MOST_RICH_ROWS = 1000
"""rich takes 1.5 ms for a row; longer tables are laid out here, in the same widths."""


def render(report: Report, columns: int | None, color: bool, utf8: bool) -> str:
    """Return the report for a terminal `columns` wide; None shows every column."""
    buffer = io.StringIO()
    laid_out = [_Layout(table, columns) for table in report.tables]
    widest = max([columns or 0, *(layout.total for layout in laid_out)], default=80)
    console = Console(
        file=buffer, width=widest + GAP, force_terminal=color, no_color=not color, highlight=False, markup=False,
        emoji=False, legacy_windows=False, color_system="standard" if color else None, _environ={},
    )  # fmt: skip
    _line(console, report.headline, "bold")
    for layout in laid_out:
        layout.print(console)
    notes = list(report.notes)
    for layout in laid_out:
        if layout.dropped:
            names = ", ".join(_title(layout.table, column) for column in layout.dropped)
            notes.append(
                ("left out", f"of {layout.table.name}, to fit {columns} columns, first to last: {names}")
            )  # fmt: skip
    label_width = max((len(label) for label, _ in notes), default=0)
    console.print()
    for label, text in notes:
        room = max(40, columns or 10_000) - label_width - GAP
        lines = textwrap.wrap(text, room, break_long_words=False, break_on_hyphens=False) or [""]
        for index, line in enumerate(lines):
            head = label if index == 0 else ""
            _line(console, f"{head:<{label_width}}{'':{GAP}}{line}")
    text = "".join(f"{line.rstrip()}\n" for line in buffer.getvalue().split("\n")[:-1])
    return text if utf8 else text.replace(RULE, "-")


def _line(console: Console, text: str, style: str = "") -> None:
    console.print(Text(text, style=style), soft_wrap=True)


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
        self.texts = cell_texts(table)
        widths = [width(column.title) for column in table.columns]
        for row in self.texts:
            for index, text in enumerate(row):
                if len(text) > widths[index] or not text.isascii():
                    widths[index] = max(widths[index], width(text))
        self.widths = widths
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

    def print(self, console: Console) -> None:
        columns = self.table.columns
        rich_rows = self.texts if len(self.texts) <= MOST_RICH_ROWS else []
        table = RichTable(
            box=SIMPLE_HEAD, padding=(0, GAP - 1, 0, 0), pad_edge=False, show_edge=False,
            header_style="bold",
        )  # fmt: skip
        for index in self.shown:
            left = columns[index].values == TEXT
            side: Literal["left", "right"] = "left" if left else "right"
            # The width is stated, or columns would shrink to the rows that rich is given.
            table.add_column(
                Text(columns[index].title, justify=side), justify=side, no_wrap=True, min_width=self.widths[index]
            )
        for row in rich_rows:
            table.add_row(*[Text(row[index]) for index in self.shown])
        console.print()
        console.print(table, soft_wrap=False)
        if not rich_rows:
            self._print_rows(console)

    def _print_rows(self, console: Console) -> None:
        columns = self.table.columns
        for row in self.texts:
            cells = [
                row[i].ljust(self.widths[i]) if columns[i].values == TEXT else row[i].rjust(self.widths[i])
                for i in self.shown
            ]
            console.file.write((" " * GAP).join(cells).rstrip() + "\n")
