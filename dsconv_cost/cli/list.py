"""`dsconv-cost list`."""

from typing import TYPE_CHECKING

import click

from dsconv_cost.cli.completion import offer_bundled
from dsconv_cost.cli.emit import Output, output_options
from dsconv_cost.cli.options import (
    LIMITS_IN_BYTES,
    Command,
    NumberType,
    bits_option,
    convention_option,
    is_given,
    limit_options,
    top_option,
)
from dsconv_cost.formats.format import REPORT, TERMINAL, Content

if TYPE_CHECKING:
    from dsconv_cost.costs.charges import Convention
    from dsconv_cost.language.limits import Limit
    from dsconv_cost.reports.table import Report

_SORTS = ("name", "params", "macs", "peak", "arena", "flash", "top1", "year")


@click.command(cls=Command)
@click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=offer_bundled)
@click.option("--published", is_flag=True, help="Show every published figure beside the exact count instead.")
@limit_options("max_params", "max_macs", "max_flops", "max_size", "max_peak", "max_arena", "max_flash")
@bits_option(LIMITS_IN_BYTES)
@click.option(
    "--min-top1",
    type=NumberType(0, 100, whole=False),
    metavar="P",
    help="Minimum published top-1 accuracy, in per cent.",
)
@click.option(
    "--sort",
    type=click.Choice(_SORTS),
    default="name",
    show_default=True,
    help="Sort the rows: the smallest, most accurate or newest first.",
)
@top_option("Show only the first N.")
@convention_option
@output_options(REPORT)
def command(
    names: tuple[str, ...], published: bool, limits: "list[Limit]", bits: int | None, min_top1: float | None, sort: str,
    top: int | None, convention: "Convention", out: Output,
) -> None:  # fmt: skip
    """List the bundled families with the range of their costs, or the networks of a NAME: the name to type, and the cost.

    NAME is a family, a network or a pattern: mobilenet, resnet:50, 'mobilenet*', 'resnet:*'. JSON, CSV and Markdown hold
    every network.

    `dsconv-cost list --max-macs 300M --max-params 4M --sort top1` shows which published networks fit, the most accurate
    first.
    """
    from dsconv_cost.costs.catalogue import Wanted
    from dsconv_cost.errors import UsageError
    from dsconv_cost.reports.list import families_report, networks_report, published_report

    selected = bool(limits or top) or min_top1 is not None or sort != "name"
    if published and (selected or is_given("convention")):
        raise UsageError(
            "--published lists every figure as it was printed: it takes no limits, no order and no convention"
        )
    if published:
        out.emit(published_report(names))
        return
    wanted = Wanted(names, limits, bits, min_top1, sort, top, convention)

    def report(read_in: str) -> "Report":
        return networks_report(wanted) if names or selected or read_in != TERMINAL else families_report(convention)

    out.emit(Content(REPORT, report))
