"""`dsconv-cost list`."""

import click

FORMATS = ("table", "json", "csv", "markdown")


@click.command("list", short_help="The bundled architectures and variants, with their cost.")
@click.option("--format", "format_", type=click.Choice(FORMATS), default="table", help="What goes to standard output.")
def list_(format_: str) -> None:
    """List the bundled architectures and variants: what to type, and what it costs."""
    from dsconv_cost.catalogue import catalogue
    from dsconv_cost.cli.options import is_utf8
    from dsconv_cost.cli.screen import screen
    from dsconv_cost.conventions import DEFAULT
    from dsconv_cost.tables import Report

    table = catalogue()
    if format_ in ("json", "csv"):
        from dsconv_cost.formats import rows

        click.echo(rows.to_json(table) if format_ == "json" else rows.to_csv(table), nl=False)
        return
    notes = [("convention", f"{DEFAULT.name} {DEFAULT.version}: {DEFAULT.summary}")]
    report = Report(f"{len(table.rows)} bundled networks", [table], notes)
    if format_ == "markdown":
        from dsconv_cost.formats import markdown

        click.echo(markdown.render(report), nl=False)
        return
    from dsconv_cost.formats import terminal

    columns, color = screen()
    click.echo(terminal.render(report, columns, color, is_utf8()), nl=False, color=True)
