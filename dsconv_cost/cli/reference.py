"""`dsconv-cost reference`."""

import click

from dsconv_cost.cli.once import Command


@click.command(cls=Command, short_help="The language: every type, its fields, defaults, formulas and what is counted.")
@click.argument("type_", metavar="[TYPE]", required=False)
@click.option(
    "--format", "format_", type=click.Choice(("text", "markdown")), default="text", help="What goes to standard output."
)
def reference(type_: str | None, format_: str) -> None:
    """Show the reference of the language, or of one TYPE of layer or composite."""
    from dsconv_cost.cli.screen import screen
    from dsconv_cost.reports.reference import as_markdown, as_text, whole_page
    from dsconv_cost.reports.reference import reference as sections

    if format_ == "markdown":
        click.echo(whole_page() if type_ is None else as_markdown(sections(type_)), nl=False)
        return
    columns, _ = screen()
    click.echo(as_text(sections(type_), min(columns or 120, 140)), nl=False)
