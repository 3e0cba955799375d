"""`dsconv-cost conventions`."""

import click

from dsconv_cost.cli.emit import emit, output_options, targets, write
from dsconv_cost.cli.once import Command


@click.command(cls=Command, short_help="The rules for what counts: ours and those of other counters.")
@click.argument("name", required=False)
@output_options
def conventions(name: str | None, format_: str, outputs: tuple[str, ...]) -> None:
    """List the conventions, or show what the one called NAME charges for."""
    from dsconv_cost.costs.conventions import convention_named
    from dsconv_cost.reports.conventions import one, overview, overview_text

    files = targets(outputs)
    if name is not None:
        emit(one(convention_named(name)), format_, files)
    elif format_ == "table":
        from dsconv_cost.cli.screen import screen

        write([(file, overview()) for file in files])
        click.echo(overview_text(screen()[0] or 120), nl=False)
    else:
        emit(overview(), format_, files)
