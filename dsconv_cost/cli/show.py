"""`dsconv-cost show`."""

import click

from dsconv_cost.cli.options import Command


@click.command(cls=Command)
@click.argument("architecture", metavar="NAME")
def command(architecture: str) -> None:
    """Print the YAML of a bundled architecture, e.g. `dsconv-cost show mobilenet > mine.yaml`."""
    from pathlib import Path

    from dsconv_cost.sources import bundled
    from dsconv_cost.sources.settings import split_settings

    path = bundled.find(split_settings(architecture)[0].partition(":")[0])
    if path is None:
        raise bundled.unknown(architecture)
    click.echo(Path(path).read_text(encoding="utf-8"), nl=False)
