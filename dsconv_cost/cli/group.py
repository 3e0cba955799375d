"""The group of all commands. A new command is one module and one line here."""

import click

from dsconv_cost.cli.analyze import analyze
from dsconv_cost.cli.check import check
from dsconv_cost.cli.compare import compare
from dsconv_cost.cli.conventions import conventions
from dsconv_cost.cli.diff import diff
from dsconv_cost.cli.explain import explain
from dsconv_cost.cli.fit import fit
from dsconv_cost.cli.list import list_
from dsconv_cost.cli.reconcile import reconcile
from dsconv_cost.cli.reference import reference
from dsconv_cost.cli.schema import schema
from dsconv_cost.cli.show import show
from dsconv_cost.version import __version__


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="dsconv-cost")
def cli() -> None:
    """Parameters, MACs and FLOPs of convolutional networks described in YAML.

    Also what depthwise-separable convolution saves against standard convolution.

    \b
    Start with:  dsconv-cost analyze mobilenet
    Your own:    dsconv-cost show mobilenet > mine.yaml
                 dsconv-cost analyze mine.yaml
    """  # noqa: D301  # click reads the backspace character as "do not rewrap"


for command in (analyze, explain, check, compare, diff, fit, list_, show, conventions, reconcile, reference, schema):
    cli.add_command(command)
