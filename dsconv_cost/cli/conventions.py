"""`dsconv-cost conventions`."""

import click

from dsconv_cost.cli.emit import emit, format_option


@click.command(short_help="The rules for what counts: ours and those of other counters.")
@click.argument("name", required=False)
@format_option
def conventions(name: str | None, format_: str) -> None:
    """List the conventions, or show what the one called NAME charges for."""
    from dsconv_cost.convention_tables import one, overview, overview_text
    from dsconv_cost.conventions import named

    if name is not None:
        emit(one(named(name)), format_)
    elif format_ == "table":
        from dsconv_cost.cli.screen import screen

        click.echo(overview_text(screen()[0] or 120), nl=False)
    else:
        emit(overview(), format_)
