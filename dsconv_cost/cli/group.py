"""The group of all commands. To add a command, add its module to this package and a line to the table."""

from importlib import import_module
from typing import Any

import click

from dsconv_cost.cli.printing import HelpContext, printing_option, with_help
from dsconv_cost.version import __version__

COMMANDS = {
    "advise": "Say which convolutions to make separable to meet a budget.",
    "analyze": "Show a network's cost and what separable convolution saves.",
    "calibrate": "Fit rates to times measured on a device.",
    "check": "Check networks against limits; exit with 1 if one is exceeded.",
    "compare": "Compare networks side by side; mark the Pareto-optimal ones.",
    "conventions": "List the conventions: what each counts, and what it leaves out.",
    "devices": "List the devices that bounds can be shown for.",
    "diff": "Show what changed between two networks, layer by layer.",
    "explain": "Show one layer's formulas with the numbers filled in.",
    "fit": "Find the settings of a network that keep within limits.",
    "import": "Write a model of another tool as YAML.",
    "init": "Write a commented network to start from.",
    "list": "List the bundled networks with their cost and accuracy.",
    "reconcile": "Explain why two counters print different numbers.",
    "reference": "Show every type of the language with its fields and formulas.",
    "schema": "Print the JSON Schema of the language, for editors.",
    "show": "Print the text of a bundled architecture.",
    "sweep": "Count a network at all points of a space of settings.",
    "validate": "Check that files can be read; report all of their problems.",
}
"""Name of a command, which is that of its module -> its line in the help."""


class Commands(click.Group):
    """The commands of the table; a command's module is imported when it is called."""

    context_class = HelpContext

    def __init__(self, *arguments: Any, **others: Any) -> None:
        super().__init__(*arguments, **others)
        version = f"dsconv-cost, version {__version__}"
        self.params.append(printing_option(["--version"], "Show the version and exit.", lambda ctx: version))
        with_help(self)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, [*args[1:2], "--help"] if args[:1] == ["help"] else args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in COMMANDS and not name.startswith("-") and not ctx.resilient_parsing:
            from dsconv_cost.text import near, shown

            ctx.fail(f"No such command '{shown(name)}'{near(name, COMMANDS) or '.'}")
        return super().resolve_command(ctx, args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"dsconv_cost.cli.{cmd_name}").command
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[Any]:
        from click.shell_completion import CompletionItem

        # click's own would import every command for its help.
        names = [name for name in self.list_commands(ctx) if name.startswith(incomplete)]
        return [CompletionItem(name, help=COMMANDS[name]) for name in names] + click.Command.shell_complete(
            self, ctx, incomplete
        )

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name]) for name in self.list_commands(ctx)])


@click.group(cls=Commands, context_settings={"max_content_width": 100})
def cli() -> None:
    """Count the parameters, MACs and FLOPs of convolutional networks described in YAML.

    Also show what depthwise-separable convolution saves against standard convolution.

    \b
    Start with:
      dsconv-cost analyze mobilenet
    Your own network:
      dsconv-cost init mine.yaml
      dsconv-cost analyze mine.yaml
    """  # noqa: D301  # click reads the backspace character as "do not rewrap"
