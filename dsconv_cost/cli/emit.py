"""Reports, to standard output in the format asked for and to files."""

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dsconv_cost.cli.screen import is_utf8, screen

if TYPE_CHECKING:
    from dsconv_cost.formats.outputs import Target
    from dsconv_cost.reports.table import Report

F = TypeVar("F", bound=Callable[..., Any])

FORMATS = ("table", "json", "csv", "markdown")


def output_options(function: F) -> F:
    """Add --format and --output."""
    function = click.option(
        "--output", "outputs", multiple=True, metavar="[FORMAT=]PATH",
        help="Write a file too, whole or not at all. Repeatable; the ending names the format (.json .csv .md .txt).",
    )(function)  # fmt: skip
    return click.option(
        "--format", "format_", type=click.Choice(FORMATS), default="table", help="What goes to standard output."
    )(function)


def targets(outputs: tuple[str, ...]) -> "list[Target]":
    """Return what --output asks for. Raises UsageError; to be called before the work is done."""
    if not outputs:
        return []
    from dsconv_cost.formats.outputs import target

    return [target(text, FORMATS) for text in outputs]


def emit(
    report: "Report | Callable[[bool], Report]", format_: str, files: "list[Target]", read: Collection[str] = ()
) -> None:
    """Print a report and write it to files, none of those that were read; CSV holds its first table.

    A report that differs for programs is a function, called with whether it is for one.
    """
    reports: dict[bool, Report] = {}

    def of(wanted: str) -> "Report":
        if not callable(report):
            return report
        machine = wanted in ("json", "csv")
        if machine not in reports:
            reports[machine] = report(machine)
        return reports[machine]

    write([(file, of(file.format)) for file in files], read)
    columns, color = screen() if format_ == "table" else (None, False)
    click.echo(render(of(format_), format_, columns, color, is_utf8()), nl=False, color=color or None)


def write(reports: "list[tuple[Target, Report]]", read: Collection[str] = ()) -> None:
    """Write reports to files, all of them or none."""
    if reports:
        from dsconv_cost.formats.outputs import write_all

        write_all([(file.path, render(report, file.format, None, False, True)) for file, report in reports], read)


def render(report: "Report", format_: str, columns: int | None, color: bool, utf8: bool) -> str:
    """Return a report in a format."""
    if format_ in ("json", "csv"):
        from dsconv_cost.formats import rows

        return rows.to_json(report) if format_ == "json" else rows.to_csv(report.tables[0])
    if format_ == "markdown":
        from dsconv_cost.formats import markdown

        return markdown.render(report)
    from dsconv_cost.formats import terminal

    return terminal.render(report, columns, color, utf8)
