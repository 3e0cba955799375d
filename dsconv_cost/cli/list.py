"""`dsconv-cost list`."""

import click

from dsconv_cost.cli.emit import emit, output_options, targets
from dsconv_cost.cli.once import Command

SORTS = ("name", "params", "macs", "top1", "year")


@click.command(
    "list", cls=Command, short_help="The bundled networks with their cost: which fits, and which is most accurate?"
)
@click.argument("families", nargs=-1, metavar="[FAMILY]...")
@click.option("--published", is_flag=True, help="Every published figure beside the exact count instead.")
@click.option("--max-params", metavar="N", help="Only networks with at most so many params, as 4M.")
@click.option("--max-macs", metavar="N", help="Only networks with at most so many MACs, as 300M.")
@click.option(
    "--sort", type=click.Choice(SORTS), default="name", help="Order: the smallest, most accurate or newest first."
)
@click.option("--top", type=click.IntRange(1), metavar="N", help="Only the first N.")
@output_options
def list_(
    families: tuple[str, ...],
    published: bool,
    max_params: str | None,
    max_macs: str | None,
    sort: str,
    top: int | None,
    format_: str,
    outputs: tuple[str, ...],
) -> None:
    """List the bundled networks: what to type, and what it costs.

    `dsconv-cost list --max-macs 300M --max-params 4M --sort top1` answers which published network fits, and which of
    those is most accurate.
    """
    from dsconv_cost.errors import UsageError
    from dsconv_cost.language.published import quantity
    from dsconv_cost.reports.list import Limits, catalogue, published_table
    from dsconv_cost.text import inert

    files = targets(outputs)
    limits = []
    for option, text in (("--max-params", max_params), ("--max-macs", max_macs)):
        limit = quantity(text) if text is not None else None
        if text is not None and limit is None:
            raise UsageError(f"{option} {inert(text)}: expected a count, as 300M, 1.2G or 4231976")
        limits.append(limit)
    if published and (max_params or max_macs or sort != "name" or top):
        raise UsageError("--published lists every figure: it takes no limits and no order")
    wanted = Limits(families, limits[0], limits[1], sort, top)
    emit(published_table(wanted) if published else catalogue(wanted), format_, files)
