"""`dsconv-cost reconcile`."""

import click

from dsconv_cost.cli.emit import emit, output_options, targets
from dsconv_cost.cli.once import Command
from dsconv_cost.cli.options import architecture_argument, hyperparameter_options, load_chosen, max_layers_option


@click.command(cls=Command, short_help="Why two counters print different numbers for the same network.")
@architecture_argument
@click.option("--from", "from_", metavar="NAME", help="The convention to start from.")
@click.option("--to", metavar="NAME", help="The convention to end with; macs when not given.")
@click.option("--number", metavar="N", help="A number seen elsewhere, as 610.1M or 4253864.")
@click.option(
    "--metric",
    type=click.Choice(("macs", "params", "flops")),
    help="What is compared: macs with --from, all with --number.",
)
@click.option("--layers", type=click.IntRange(0), default=10, show_default=True, help="How many layers are shown.")
@hyperparameter_options
@max_layers_option
@output_options
def reconcile(
    architecture: str,
    from_: str | None,
    to: str | None,
    number: str | None,
    metric: str | None,
    layers: int,
    settings: tuple[str, ...],
    alpha: str | None,
    resolution: str | None,
    max_layers: int,
    format_: str,
    outputs: tuple[str, ...],
) -> None:
    """Show the way from one convention's figure to another's, or which conventions give a number.

    `dsconv-cost reconcile mobilenet_v2 --alpha 1.4 --from ptflops --to macs`, or --number 610.1M.
    """
    from dsconv_cost.costs.conventions import convention_named
    from dsconv_cost.errors import UsageError
    from dsconv_cost.language.published import quantity
    from dsconv_cost.network.build import elaborate
    from dsconv_cost.reports.analyze import title_of
    from dsconv_cost.reports.reconcile import number_report, waterfall_report
    from dsconv_cost.text import inert

    files = targets(outputs)
    if (number is None) == (from_ is None):
        raise UsageError("give --from NAME [--to NAME], or --number N")
    wanted = quantity(number.replace(",", "")) if number is not None else None
    if number is not None and wanted is None:
        raise UsageError(f"--number {inert(number)}: expected a count with its digits, as 610.1M, 0.39B or 4253864")
    if wanted is not None and to is not None:
        raise UsageError("--to goes with --from")
    start, end = convention_named(from_ or "macs"), convention_named(to or "macs")
    chosen = load_chosen(architecture, settings, alpha, resolution)
    network = elaborate(chosen, max_layers)
    if wanted is not None:
        emit(number_report(title_of(chosen), chosen, network, wanted, metric), format_, files, [chosen.path])
    else:
        emit(
            waterfall_report(title_of(chosen), network, start, end, metric or "macs", layers),
            format_,
            files,
            [chosen.path],
        )
