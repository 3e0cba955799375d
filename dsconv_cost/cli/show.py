"""`dsconv-cost show`."""

import click

from dsconv_cost.cli.once import Command


@click.command(cls=Command, short_help="The text of a bundled architecture, to start from.")
@click.argument("architecture", metavar="NAME")
def show(architecture: str) -> None:
    """Print the YAML of a bundled architecture: `dsconv-cost show mobilenet > mine.yaml`."""
    from pathlib import Path

    from dsconv_cost.sources import bundled

    path = bundled.find(architecture.partition(":")[0])
    if path is None:
        raise bundled.unknown(architecture)
    click.echo(Path(path).read_text(encoding="utf-8"), nl=False)
