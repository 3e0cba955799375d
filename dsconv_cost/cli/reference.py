"""`dsconv-cost reference`."""

import click

from dsconv_cost.cli.emit import screen
from dsconv_cost.cli.options import Command


@click.command(cls=Command)
@click.argument("type_", metavar="[TYPE]", required=False)
@click.option(
    "--format",
    "format_",
    type=click.Choice(("text", "markdown")),
    default="text",
    show_default=True,
    help="Format of standard output.",
)
def command(type_: str | None, format_: str) -> None:
    """Show the reference of the language, or of one TYPE of layer or composite."""
    from dsconv_cost.reports.reference import as_markdown, as_text, reference, whole_page

    if format_ == "markdown":
        click.echo(whole_page() if type_ is None else as_markdown(reference(type_)), nl=False)
        return
    click.echo(as_text(reference(type_), min(screen().columns or 120, 140)), nl=False)
