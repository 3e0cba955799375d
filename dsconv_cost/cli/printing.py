"""Options that print a text and end the run. The help of the group loads nothing else of the options."""

from collections.abc import Callable

import click


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
