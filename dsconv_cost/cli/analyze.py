"""`dsconv-cost analyze`."""

from typing import TYPE_CHECKING

import click

from dsconv_cost.cli.emit import output_options, targets
from dsconv_cost.cli.once import Command
from dsconv_cost.cli.options import architecture_argument, hyperparameter_options, load_chosen, max_layers_option
from dsconv_cost.cli.screen import is_utf8, screen

if TYPE_CHECKING:
    from dsconv_cost.costs.analysis import Analysis
    from dsconv_cost.costs.breakdown import View

SORTS = ("order", "name", "type", "params", "macs", "standard", "separable", "factor")


@click.command(cls=Command, short_help="Per-layer and total cost, and what separable convolution saves.")
@architecture_argument
@click.option("--expand", is_flag=True, help="A row for every convolution and linear layer, inside composites too.")
@click.option("--ops", is_flag=True, help="A row for every primitive layer.")
@click.option(
    "--depth", type=click.IntRange(1, 100), metavar="N", help="Rows for N levels of items, blocks and composites (1)."
)
@click.option("--sort", type=click.Choice(SORTS), default="order", help="Order of the rows; costs go downwards.")
@click.option("--top", type=click.IntRange(1), metavar="N", help="Only the first N rows; the costliest without --sort.")
@hyperparameter_options
@max_layers_option
@click.option("--convention", default="macs", metavar="NAME", help="What is counted; see `conventions`.  [macs]")
@output_options
def analyze(
    architecture: str, expand: bool, ops: bool, depth: int | None, sort: str, top: int | None,
    settings: tuple[str, ...], alpha: str | None, resolution: str | None, max_layers: int, convention: str, format_: str,
    outputs: tuple[str, ...],
) -> None:  # fmt: skip
    """Show what a network costs, per layer and in total, and what depthwise-separable convolution saves.

    ARCHITECTURE is a YAML file, a bundled name (mobilenet, resnet:50; see `list`), or - for standard input.
    JSON and CSV hold every primitive layer.
    """
    from dsconv_cost.costs.analysis import analyze as run
    from dsconv_cost.costs.breakdown import EXPAND, ITEMS, OPS, View
    from dsconv_cost.costs.conventions import convention_named
    from dsconv_cost.errors import UsageError

    if expand + ops + (depth is not None) > 1:
        raise UsageError("--expand, --ops and --depth choose the rows: give one of them")
    view = View(EXPAND if expand else OPS if ops else ITEMS, depth or 1, sort, top)
    files = targets(outputs)
    convention_named(convention)  # a wrong name is told before a file is read
    chosen = load_chosen(architecture, settings, alpha, resolution)
    analysis = run(chosen, convention=convention, max_layers=max_layers)
    if files:
        from dsconv_cost.formats.outputs import write_all

        write_all(
            [(file.path, render(analysis, view, file.format, None, False, True)) for file in files], [chosen.path]
        )
    if format_ == "json":
        from dsconv_cost.formats.records import json_pieces

        for piece in json_pieces(analysis, view):
            click.echo(piece, nl=False)
        return
    columns, color = screen()
    click.echo(render(analysis, view, format_, columns, color, is_utf8()), nl=False, color=True)


def render(analysis: "Analysis", view: "View", format_: str, columns: int | None, color: bool, utf8: bool) -> str:
    """Return the analysis in a format."""
    if format_ in ("json", "csv"):
        from dsconv_cost.formats import records

        return records.to_json(analysis, view) if format_ == "json" else records.to_csv(analysis, view)
    from dsconv_cost.reports.analyze import report

    if format_ == "markdown":
        from dsconv_cost.formats import markdown

        return markdown.render(report(analysis, view))
    from dsconv_cost.formats import terminal

    return terminal.render(report(analysis, view), columns, color, utf8)
