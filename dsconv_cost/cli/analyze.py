"""`dsconv-cost analyze`."""

from typing import TYPE_CHECKING

import click

from dsconv_cost.cli.completion import offer_columns, offer_memory_conventions
from dsconv_cost.cli.emit import Output, output_options
from dsconv_cost.cli.models import model_options
from dsconv_cost.cli.options import (
    Command,
    NumberType,
    architecture_argument,
    bits_option,
    convention_option,
    device_option,
    hyperparameter_options,
    is_given,
    layer_bound_option,
    load_chosen,
    top_option,
)
from dsconv_cost.formats.format import ANALYSIS, FORMATS, GRAPH, PICTURE, PROGRAM, TERMINAL, Content

if TYPE_CHECKING:
    from dsconv_cost.costs.analysis import Analysis
    from dsconv_cost.costs.breakdown import View
    from dsconv_cost.costs.charges import Convention
    from dsconv_cost.devices.device import Device
    from dsconv_cost.layers.values import Value
    from dsconv_cost.reports.table import Report

_SORTS = (
    "order", "name", "type", "params", "macs", "standard", "separable", "factor", "bytes_read", "bytes_written", "weight_bytes",
    "macs_per_byte", "macs_padded_8", "macs_padded_16", "macs_padded_32", "receptive_field", "live", "time",
)  # fmt: skip


def _chosen_columns(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[str, ...]:
    if value is None or ctx.resilient_parsing:
        return ()
    from dsconv_cost.reports.layer_columns import columns_named

    return columns_named(value)


def _memory_convention(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    if value is None or ctx.resilient_parsing:
        return None
    from dsconv_cost.memory.conventions import memory_convention_named

    return memory_convention_named(value).name


@click.command(cls=Command)
@architecture_argument
@click.option("--expand", is_flag=True, help="Show every convolution and linear layer, also inside composites.")
@click.option("--ops", is_flag=True, help="Show every primitive layer.")
@click.option(
    "--depth",
    type=NumberType(1, 100),
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
    metavar="KEY",
    help="Sort the rows by order, name, type, params, macs, standard, separable, factor, another column that is an amount, or time: "
    "costs in descending order, names in ascending order.",
)
@click.option(
    "--columns",
    metavar="NAMES",
    callback=_chosen_columns,
    shell_complete=offer_columns,
    help="Columns of the table, in their order, with commas between, or all: layer, type, input, output, kernel, stride, params, macs, "
    "share, standard, separable, factor (these by default), flops, bytes_read, bytes_written, weight_bytes, macs_per_byte, macs_padded_8, "
    "macs_padded_16, macs_padded_32, receptive_field, receptive_field_stride, receptive_field_padding, aligned, live.",
)
@bits_option("everything in bytes; 8 by default, or as the device has, while biases have 32")
@click.option(
    "--memory",
    metavar="CONVENTION",
    callback=_memory_convention,
    shell_complete=offer_memory_conventions,
    help="Convention of the peak and of live bytes: in+out, liveness (the default), liveness+inplace, tinyengine or arena-tflm.",
)
@top_option("Show only the first N rows; without --sort the costliest.")
@click.option("--all", "every", is_flag=True, help="Show a row for each repetition, and for items that cost nothing.")
@click.option("--exact", is_flag=True, help="Show the MACs of the rows in full.")
@click.option("--kinds", is_flag=True, help="Also show the cost by kind of layer.")
@click.option("--notes", is_flag=True, help="Also show the convention's rule, and what each form converted and kept.")
@click.option("--published", is_flag=True, help="Also show the published figures beside the exact ones.")
@click.option("--no-legend", is_flag=True, help="Do not explain the marks.")
@hyperparameter_options
@model_options
@layer_bound_option
@convention_option
@device_option
@output_options(ANALYSIS)
def command(
    architecture: str, expand: bool, ops: bool, depth: int, sort: str, top: int | None, columns: tuple[str, ...],
    bits: int | None, memory: str | None, settings: "dict[str, Value]", layer_bound: int, convention: "Convention",
    device: "Device | None", out: Output, no_legend: bool, **shown: bool,
) -> None:  # fmt: skip
    """Show what a network costs, per layer and in total, and what depthwise-separable convolution saves.

    ARCHITECTURE is a YAML file, a bundled name (e.g. mobilenet or resnet:50; see `dsconv-cost list`), or - for standard
    input. JSON and CSV hold every primitive layer, unless --expand or --depth asks for other rows. A graph (dot, mermaid) has a
    box for each layer with its norm and activation, of a large network for each item; --ops, --expand and --depth choose. A page
    (--output report.html) has figures and every layer.
    """
    from dsconv_cost.costs.analysis import analyze_architecture
    from dsconv_cost.costs.breakdown import EXPAND, ITEMS, OPS, View
    from dsconv_cost.errors import UsageError

    if expand + ops + is_given("depth") > 1:
        raise UsageError("--expand, --ops and --depth choose the rows: give one of them")
    read_in = FORMATS[out.format].read_in
    if read_in in (PROGRAM, PICTURE, GRAPH) and (no_legend or columns or any(shown.values())):
        raise UsageError(
            "--all, --columns, --exact, --kinds, --notes, --published and --no-legend are for tables: JSON and CSV hold all of it"
        )
    if read_in == GRAPH and (top is not None or is_given("sort")):
        raise UsageError(f"--format {out.format} draws every layer in its place: leave out --top and --sort")
    if out.format == "html" and memory is not None:
        raise UsageError("--format html shows every convention of memory: leave out --memory")
    if out.format == "html" and (
        expand or ops or is_given("depth") or is_given("sort") or top or no_legend or columns or any(shown.values())
    ):
        raise UsageError(
            "--format html has every layer, and the page sorts and filters: options for rows are for tables"
        )
    if read_in in (PICTURE, GRAPH) and device is not None:
        raise UsageError(f"--format {out.format} shows no times: leave out --device")
    if sort == "time" and device is None:
        raise UsageError("--sort time needs --device: without one there is no time")
    level = EXPAND if expand else OPS if ops else ITEMS if is_given("depth") else None
    chosen = load_chosen(architecture, settings)
    analysis = analyze_architecture(chosen, convention, layer_bound)
    times = None
    if device is not None:
        from dsconv_cost.devices.times import DeviceTimes

        times = DeviceTimes(analysis.network, device)
        bits = bits or device.bits
    view = View(level, depth, sort, top, times, columns, bits, memory)
    read = [chosen.path, *([device.path] if device is not None else ())]
    out.emit(analysis_content(analysis, view, legend=not no_legend, **shown), read)


def analysis_content(analysis: "Analysis", view: "View", **shown: bool) -> Content:
    """Return an analysis as content: for people the rows of a view, for programs its layers."""

    def tables(read_in: str) -> "Report":
        if read_in == TERMINAL:
            from dsconv_cost.reports.analyze_screen import Show, screen_report

            return screen_report(analysis, view, Show(**shown))
        from dsconv_cost.reports.analyze import report

        return report(analysis, view)

    return Content(ANALYSIS, tables, analysis, view)
