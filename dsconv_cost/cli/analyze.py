"""`dsconv-cost analyze`."""

from typing import TYPE_CHECKING

import click

from dsconv_cost.cli.emit import Output, output_options
from dsconv_cost.cli.options import (
    Command,
    architecture_argument,
    convention_option,
    hyperparameter_options,
    is_given,
    layer_bound_option,
    load_chosen,
    top_option,
)
from dsconv_cost.formats.format import ANALYSIS, Content

if TYPE_CHECKING:
    from dsconv_cost.costs.analysis import Analysis
    from dsconv_cost.costs.breakdown import View
    from dsconv_cost.costs.charges import Convention
    from dsconv_cost.layers.values import Value
    from dsconv_cost.reports.table import Report

_SORTS = ("order", "name", "type", "params", "macs", "standard", "separable", "factor")


@click.command(cls=Command)
@architecture_argument
@click.option("--expand", is_flag=True, help="Show every convolution and linear layer, also inside composites.")
@click.option("--ops", is_flag=True, help="Show every primitive layer.")
@click.option(
    "--depth",
    type=click.IntRange(1, 100),
    default=1,
    show_default=True,
    metavar="N",
    help="Show N levels of items, blocks and composites.",
)
@click.option(
    "--sort",
    type=click.Choice(_SORTS),
    default="order",
    show_default=True,
    help="Sort the rows: costs in descending order, names in ascending order.",
)
@top_option("Show only the first N rows; without --sort the costliest.")
@hyperparameter_options
@layer_bound_option
@convention_option
@output_options(ANALYSIS)
def command(
    architecture: str, expand: bool, ops: bool, depth: int, sort: str, top: int | None, settings: "dict[str, Value]",
    layer_bound: int, convention: "Convention", out: Output,
) -> None:  # fmt: skip
    """Show what a network costs, per layer and in total, and what depthwise-separable convolution saves.

    ARCHITECTURE is a YAML file, a bundled name (e.g. mobilenet or resnet:50; see `dsconv-cost list`), or - for standard
    input. JSON and CSV hold every primitive layer, unless --expand or --depth asks for other rows.
    """
    from dsconv_cost.costs.analysis import analyze_architecture
    from dsconv_cost.costs.breakdown import EXPAND, ITEMS, OPS, View
    from dsconv_cost.errors import UsageError

    if expand + ops + is_given("depth") > 1:
        raise UsageError("--expand, --ops and --depth choose the rows: give one of them")
    level = EXPAND if expand else OPS if ops else ITEMS if is_given("depth") else None
    view = View(level, depth, sort, top)
    chosen = load_chosen(architecture, settings)
    out.emit(analysis_content(analyze_architecture(chosen, convention, layer_bound), view), [chosen.path])


def analysis_content(analysis: "Analysis", view: "View") -> Content:
    """Return an analysis as content: for people the rows of a view, for programs its layers."""

    def tables(program: bool) -> "Report":
        from dsconv_cost.reports.analyze import report

        return report(analysis, view)

    return Content(ANALYSIS, tables, analysis, view)
