"""`dsconv-cost reference`."""

import click

from dsconv_cost.cli.emit import files_option, screen
from dsconv_cost.cli.options import Command
from dsconv_cost.formats.format import FORMATS, TERMINAL, Format

_TEXT, _MARKDOWN = "text", "markdown"
_OFFERED = {_TEXT: Format(_TEXT, "for people", TERMINAL, (".txt",), {}), _MARKDOWN: FORMATS[_MARKDOWN]}
_COLUMNS, _MAX_COLUMNS = 120, 140


@click.command(cls=Command)
@click.argument("type_", metavar="[TYPE]", required=False)
@click.option(
    "--format",
    "-f",
    "format_",
    type=click.Choice(list(_OFFERED)),
    default=_TEXT,
    show_default=True,
    help="Format of standard output.",
)
@files_option(".txt .md")
def command(type_: str | None, format_: str, outputs: tuple[str, ...]) -> None:
    """Show the reference of the language, or of one TYPE of layer or composite."""
    from dsconv_cost.formats.outputs import target, write_all

    files = [target(text, _OFFERED) for text in outputs]
    write_all([(file.path, _text(type_, file.format, _COLUMNS)) for file in files])
    terminal = screen()
    text = _text(type_, format_, min(terminal.columns or _COLUMNS, _MAX_COLUMNS))
    if terminal.color and format_ == _TEXT:
        from dsconv_cost.formats.highlight import REFERENCE_RULES
        from dsconv_cost.formats.terminal import colored_text

        text = colored_text(text, REFERENCE_RULES)
    click.echo(text, nl=False, color=True)


def _text(type_: str | None, format_: str, columns: int) -> str:
    from dsconv_cost.reports.reference import as_markdown, as_text, reference, whole_page

    if format_ == _MARKDOWN:
        return whole_page() if type_ is None else as_markdown(reference(type_))
    return as_text(reference(type_), columns)
