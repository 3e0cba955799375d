"""`dsconv-cost reconcile`."""

from typing import TYPE_CHECKING

import click

from dsconv_cost.cli.completion import offer_conventions
from dsconv_cost.cli.emit import Output, output_options
from dsconv_cost.cli.models import model_options
from dsconv_cost.cli.options import (
    Command,
    ConventionType,
    architecture_argument,
    hyperparameter_options,
    is_given,
    layer_bound_option,
    load_chosen,
    renamed_option,
    top_option,
)
from dsconv_cost.formats.format import REPORT

if TYPE_CHECKING:
    from dsconv_cost.costs.charges import Convention
    from dsconv_cost.layers.values import Value


@click.command(cls=Command)
@architecture_argument
@click.option(
    "--from",
    "start",
    type=ConventionType(),
    metavar="NAME",
    shell_complete=offer_conventions,
    help="Start from this convention.",
)
@click.option(
    "--to",
    "end",
    type=ConventionType(),
    default="macs",
    show_default=True,
    metavar="NAME",
    shell_complete=offer_conventions,
    help="End with this convention.",
)
@click.option("--number", metavar="N", help="Explain a number seen elsewhere, e.g. 610.1M or 4253864.")
@click.option(
    "--metric",
    type=click.Choice(("macs", "params", "flops")),
    help="Metric to compare; without it macs with --from and all with --number.",
)
@top_option("Show at most N layers.", 0, default=10, show_default=True)
@renamed_option("--layers", "--top")
@hyperparameter_options
@model_options
@layer_bound_option
@output_options(REPORT)
def command(
    architecture: str, start: "Convention | None", end: "Convention", number: str | None, metric: str | None, top: int,
    settings: "dict[str, Value]", layer_bound: int, out: Output,
) -> None:  # fmt: skip
    """Show how one convention's figure turns into another's, or which conventions give a number.

    Examples: `dsconv-cost reconcile mobilenet_v2 --alpha 1.4 --from ptflops --to macs`, or with --number 610.1M.
    """
    from dsconv_cost.errors import UsageError
    from dsconv_cost.language.published import quantity
    from dsconv_cost.network.build import elaborate
    from dsconv_cost.reports.answer import title_of
    from dsconv_cost.reports.reconcile import number_report, waterfall_report
    from dsconv_cost.text import inert

    if (number is None) == (start is None):
        raise UsageError("give --from NAME [--to NAME], or --number N")
    wanted = quantity(number.replace(",", "")) if number is not None else None
    if number is not None and wanted is None:
        raise UsageError(f"--number {inert(number)}: expected a count with its digits, e.g. 610.1M, 0.39B or 4253864")
    if wanted is not None and is_given("end"):
        raise UsageError("--to goes with --from")
    chosen = load_chosen(architecture, settings)
    network = elaborate(chosen, layer_bound)
    if start is not None:
        report = waterfall_report(title_of(chosen), network, start, end, metric or "macs", top)
    else:
        assert wanted is not None
        report = number_report(title_of(chosen), chosen, network, wanted, metric)
    out.emit(report, [chosen.path])
