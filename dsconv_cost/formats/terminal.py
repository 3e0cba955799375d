"""Tables and texts in colour, drawn by rich; the only module that imports it. Where everything stands is decided elsewhere."""

import io
import re
import time
from collections.abc import Iterable
from typing import Self

from rich.console import Console, ConsoleOptions, RenderResult
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.segment import Segment
from rich.style import Style
from rich.table import Column as RichColumn
from rich.text import Text

from dsconv_cost.formats.format import Screen
from dsconv_cost.formats.highlight import Highlight
from dsconv_cost.formats.layout import report_lines
from dsconv_cost.reports.table import Report


def colored_table(report: Report, screen: Screen) -> str:
    """Return a report as tables and notes with the colours of a terminal."""
    console = _console()
    with console.capture() as capture:
        console.print(_Lines(report, screen), end="", crop=False)
    return capture.get()


def colored_text(text: str, rules: Iterable[Highlight]) -> str:
    """Return a text whose lines fit already, with what the rules find in colour."""
    marked = Text(text)
    for pattern, style in rules:
        marked.highlight_regex(re.compile(pattern, re.MULTILINE), style)
    console = _console()
    with console.capture() as capture:
        console.print(marked, end="", soft_wrap=True)
    return capture.get()


def _console() -> Console:
    return Console(file=io.StringIO(), force_terminal=True, color_system="standard", legacy_windows=False, _environ={})


class _Lines:
    """A report for rich's console: a segment for each span."""

    def __init__(self, report: Report, screen: Screen) -> None:
        self.report = report
        self.screen = screen

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line in report_lines(self.report, self.screen):
            for text, style in line:
                yield Segment(text, Style.parse(style) if style else None)
            yield Segment.line()


class SweepProgress:
    """Points done, how many in a second, the time left and the best so far, on standard error; gone when it is done."""

    def __init__(self, total: int) -> None:
        best = TextColumn("{task.fields[best]}", table_column=RichColumn(no_wrap=True, overflow="ellipsis", ratio=1))
        left = TimeRemainingColumn(table_column=RichColumn(no_wrap=True, min_width=7))
        points = TextColumn("{task.completed:,.0f} of {task.total:,.0f} points")
        self._progress = Progress(
            BarColumn(10), points, TextColumn("{task.fields[rate]}"), left, best, console=Console(stderr=True), transient=True, expand=True
        )  # fmt: skip
        self._task: TaskID = self._progress.add_task("", total=total, rate="", best="")
        self._start = time.monotonic()

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._progress.stop()

    def __call__(self, done: int, counted: int, best: str) -> None:
        """Show that so many points are done, of which so many were counted since the start."""
        rate = counted / max(time.monotonic() - self._start, 1e-9)
        self._progress.update(self._task, completed=done, rate=f"{rate:,.0f}/s", best=best)
