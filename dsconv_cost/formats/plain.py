"""Tables as text without colour; a screen that takes colour has them drawn by rich."""

from dsconv_cost.formats.format import Screen
from dsconv_cost.formats.layout import report_lines
from dsconv_cost.reports.table import Report


def report_table(report: Report, screen: Screen) -> str:
    """Return a report as tables and notes for people."""
    if screen.color:
        from dsconv_cost.formats.terminal import colored_table  # rich takes 20 ms to load

        return colored_table(report, screen)
    return "".join(["".join([text for text, _ in line]) + "\n" for line in report_lines(report, screen)])
