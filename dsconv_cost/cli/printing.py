"""Options that print a text and end the run. The help of the group loads nothing else of the options."""

from collections.abc import Callable, Iterable

import click

NARROW, LEAST = 60, 20
"""Up to which width descriptions of help are under what they describe, and the least width that is kept."""


class _HelpFormatter(click.HelpFormatter):
    """Help that no line of is wider than the terminal; click's own is at least 50 wide, and breaks no long word."""

    def __init__(self, indent_increment: int = 2, width: int | None = None, max_width: int | None = None) -> None:
        import shutil

        columns = min(shutil.get_terminal_size().columns, max_width or 80)
        super().__init__(indent_increment, max(columns - 2, LEAST), max_width)

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        if self.width + 2 > NARROW:
            super().write_dl(list(rows), col_max, col_spacing)
            return
        from dsconv_cost.text import wrap

        for term, words in rows:
            for text, indent in ((term, self.current_indent), (words, self.current_indent + 4)):
                for line in wrap(text, self.width - indent) if text else []:
                    self.write(f"{' ' * indent}{line}\n")


class HelpContext(click.Context):
    """The context of a command, with our help."""

    formatter_class = _HelpFormatter


def printing_option(names: list[str], words: str, text: Callable[[click.Context], str]) -> click.Option:
    """Return an option that prints a text and ends the run, like --help.

    click's own would look for translations of their help in every run, which takes a millisecond.
    """

    def show(ctx: click.Context, param: click.Parameter, value: bool) -> None:
        if value and not ctx.resilient_parsing:
            click.echo(text(ctx), color=ctx.color)
            ctx.exit()

    return click.Option(names, is_flag=True, is_eager=True, expose_value=False, callback=show, help=words)


def with_help(command: click.Command) -> None:
    """Add --help to a command."""
    command.add_help_option = False
    command.params.append(printing_option(["-h", "--help"], "Show this message and exit.", lambda ctx: ctx.get_help()))
