"""`dsconv-cost list`."""

from typing import TYPE_CHECKING

import click

from dsconv_cost.cli.completion import offer_bundled
from dsconv_cost.cli.emit import Output, output_options
from dsconv_cost.cli.options import Command, limit_options, top_option
from dsconv_cost.formats.format import REPORT, TERMINAL, Content

if TYPE_CHECKING:
    from dsconv_cost.language.limits import Limit

_SORTS = ("name", "params", "macs", "top1", "year")


@click.command(cls=Command)
@click.argument("names", nargs=-1, metavar="[FAMILY]...", shell_complete=offer_bundled)
@click.option("--published", is_flag=True, help="Show every published figure beside the exact count instead.")
@limit_options("max_params", "max_macs")
@click.option(
    "--sort",
    type=click.Choice(_SORTS),
    default="name",
    show_default=True,
    help="Sort the rows: the smallest, most accurate or newest first.",
)
@top_option("Show only the first N.")
@output_options(REPORT)
def command(
    names: tuple[str, ...], published: bool, limits: "list[Limit]", sort: str, top: int | None, out: Output
) -> None:  # fmt: skip
    """List the bundled families with the range of their costs, or the networks of a FAMILY: the name to type, and the cost.

    JSON, CSV and Markdown hold every network.

    `dsconv-cost list --max-macs 300M --max-params 4M --sort top1` shows which published networks fit, the most accurate
    first.
    """
    from dsconv_cost.errors import UsageError
    from dsconv_cost.reports.list import Limits, catalogue, published_table
    from dsconv_cost.reports.list import families as families_report

    if published and (limits or sort != "name" or top):
        raise UsageError("--published lists every figure: it takes no limits and no order")
    wanted = Limits(names, limits, sort, top)
    if published:
        out.emit(published_table(wanted))
        return
    every = bool(names or limits or top) or sort != "name"
    out.emit(Content(REPORT, lambda read_in: catalogue(wanted) if every or read_in != TERMINAL else families_report()))
