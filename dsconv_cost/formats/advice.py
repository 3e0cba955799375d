"""Advice as text for a terminal, as Markdown, and as the diff alone."""

from dsconv_cost.formats.format import Screen
from dsconv_cost.formats.markdown import report_markdown
from dsconv_cost.formats.plain import report_table
from dsconv_cost.reports.table import Report

_NOT_SHOWN = "The diff has characters that a terminal or a CI runner may take for commands: write it to a file, --output net.diff"


def advice_text(report: Report, diff: str, printable: bool, screen: Screen) -> str:
    """Return advice for people: its tables and notes, and the diff."""
    table = report_table(report, screen)
    if not diff:
        return table
    return f"{table}\n{diff}" if printable else f"{table}\n{_NOT_SHOWN}\n"


def advice_markdown(report: Report, diff: str, printable: bool) -> str:
    """Return advice as Markdown: its tables and notes, and the diff in a fence."""
    if not diff:
        return report_markdown(report)
    fence = "```"
    while fence in diff:
        fence += "`"
    shown = f"{fence}diff\n{diff}{fence}" if printable else _NOT_SHOWN
    return f"{report_markdown(report)}\n{shown}\n"


def advice_diff(report: Report, diff: str, printable: bool) -> str:
    """Return the diff alone."""
    return diff
