"""`dsconv-cost conventions`."""

import click

from dsconv_cost.cli.completion import offer_conventions
from dsconv_cost.cli.emit import Output, output_options, report_content, screen
from dsconv_cost.cli.options import Command
from dsconv_cost.formats.format import REPORT


@click.command(cls=Command)
@click.argument("name", required=False, shell_complete=offer_conventions)
@output_options(REPORT)
def command(name: str | None, out: Output) -> None:
    """List the conventions, or show what the convention NAME counts."""
    from dsconv_cost.costs.conventions import convention_named
    from dsconv_cost.reports.conventions import one, overview, overview_text

    if name is not None:
        out.emit(one(convention_named(name)))
    elif out.format == "table":
        out.write(report_content(overview()))
        click.echo(overview_text(screen().columns or 120), nl=False)
    else:
        out.emit(overview())
