"""A report to standard output, in the format asked for."""

from typing import TYPE_CHECKING

import click

from dsconv_cost.cli.screen import is_utf8, screen

if TYPE_CHECKING:
    from dsconv_cost.tables import Report

FORMATS = ("table", "json", "csv", "markdown")

format_option = click.option(
    "--format", "format_", type=click.Choice(FORMATS), default="table", help="What goes to standard output."
)


def emit(report: "Report", format_: str) -> None:
    """Print a report; CSV holds its first table."""
    if format_ in ("json", "csv"):
        from dsconv_cost.formats import rows

        click.echo(rows.to_json(report) if format_ == "json" else rows.to_csv(report.tables[0]), nl=False)
        return
    if format_ == "markdown":
        from dsconv_cost.formats import markdown

        click.echo(markdown.render(report), nl=False)
        return
    from dsconv_cost.formats import terminal

    columns, color = screen()
    click.echo(terminal.render(report, columns, color, is_utf8()), nl=False, color=True)
