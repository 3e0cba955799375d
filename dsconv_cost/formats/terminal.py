"""Tables in colour, drawn by rich; the only module that imports it. Where everything stands is decided by the layout."""

import io

from rich.console import Console, ConsoleOptions, RenderResult
from rich.segment import Segment
from rich.style import Style

from dsconv_cost.formats.format import Screen
from dsconv_cost.formats.layout import report_lines
from dsconv_cost.reports.table import Report


def colored_table(report: Report, screen: Screen) -> str:
    """Return a report as tables and notes with the colours of a terminal."""
    console = Console(
        file=io.StringIO(), force_terminal=True, color_system="standard", legacy_windows=False, _environ={}
    )
    with console.capture() as capture:
        console.print(_Lines(report, screen), end="", crop=False)
    return capture.get()


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
