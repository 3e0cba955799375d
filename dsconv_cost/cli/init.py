"""`dsconv-cost init`."""

import click

from dsconv_cost.cli.completion import offer_files
from dsconv_cost.cli.options import Command


@click.command(cls=Command)
@click.argument("path", default="-", metavar="[PATH]", shell_complete=offer_files)
def command(path: str) -> None:
    """Write a commented network to start from: hyperparameters, layers, a variant and a budget.

    PATH is a new file, e.g. net.yaml; nothing is overwritten. Without it, or with -, the text goes to standard output. To
    start from a bundled network, use `dsconv-cost show NAME --bare`.
    """
    from dsconv_cost.budget.file import DEFAULT_PATH
    from dsconv_cost.formats.outputs import write_all
    from dsconv_cost.sources.read import STANDARD_INPUT
    from dsconv_cost.sources.template import TEMPLATE, refuse_start
    from dsconv_cost.text import inert

    if path == STANDARD_INPUT:
        click.echo(TEMPLATE, nl=False)
        return
    refuse_start(path, DEFAULT_PATH)
    write_all([(path, TEMPLATE)])
    click.echo(f"wrote {inert(path)}: see what it costs with dsconv-cost analyze {inert(path)}", err=True)
