"""`dsconv-cost conventions`."""

import click

from dsconv_cost.cli.completion import offer_conventions
from dsconv_cost.cli.emit import Output, output_options
from dsconv_cost.cli.options import Command
from dsconv_cost.formats.format import REPORT


@click.command(cls=Command)
@click.argument("name", required=False, shell_complete=offer_conventions)
@output_options(REPORT)
def command(name: str | None, out: Output) -> None:
    """List the conventions, or show what the convention NAME counts."""
    from dsconv_cost.costs.conventions import convention_named
    from dsconv_cost.reports.conventions import one, overview

    out.emit(overview() if name is None else one(convention_named(name)))
