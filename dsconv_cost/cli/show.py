"""`dsconv-cost show`."""

import click

from dsconv_cost.cli.completion import offer_bundled
from dsconv_cost.cli.options import Command


@click.command(cls=Command)
@click.argument("architecture", metavar="NAME", shell_complete=offer_bundled)
@click.option("--bare", is_flag=True, help="Leave out published figures and all comments but those of hyperparameters.")
def command(architecture: str, bare: bool) -> None:
    """Print the YAML of a bundled architecture, the same text for every variant and setting.

    `dsconv-cost show mobilenet --bare > mine.yaml` starts a network of your own: published figures, and comments on the
    tables of a paper, would be wrong for it.
    """
    from pathlib import Path

    from dsconv_cost.sources import bundled
    from dsconv_cost.sources.settings import split_settings

    name = split_settings(architecture)[0].partition(":")[0]
    path = bundled.find(name)
    if path is None:
        raise bundled.unknown(architecture)
    text = Path(path).read_text(encoding="utf-8")
    click.echo(bundled.bare(text) if bare else text, nl=False)
