"""`dsconv-cost compare`."""

from typing import TYPE_CHECKING

import click

from dsconv_cost.cli.completion import offer_networks
from dsconv_cost.cli.emit import Output, output_options
from dsconv_cost.cli.models import model_options
from dsconv_cost.cli.options import (
    Command,
    bits_option,
    convention_option,
    device_option,
    hyperparameter_options,
    layer_bound_option,
)
from dsconv_cost.formats.format import COMPARISON, FORMATS, PICTURE, PROGRAM, TERMINAL, Content

if TYPE_CHECKING:
    from dsconv_cost.costs.charges import Convention
    from dsconv_cost.devices.device import Device
    from dsconv_cost.layers.values import Value
    from dsconv_cost.reports.table import Report

_SORTS = (
    "given",
    "name",
    "params",
    "macs",
    "flops",
    "layers",
    "activations",
    "peak",
    "arena",
    "flash",
    "factor",
    "top1",
    "time",
)


@click.command(cls=Command)
@click.argument("networks", nargs=-1, required=True, metavar="NETWORK...", shell_complete=offer_networks)
@click.option(
    "--baseline",
    metavar="NETWORK",
    help="Network that the ratios refer to, written as on the command line; without it the first.",
)
@click.option(
    "--sort",
    type=click.Choice(_SORTS),
    default="given",
    show_default=True,
    metavar="NAME",
    help=f"Sort the rows by {', '.join(_SORTS)}: costs in ascending order, factor and top-1 in descending order.",
)
@click.option(
    "--pareto", is_flag=True, help="Mark the Pareto-optimal networks by params, MACs and, if all have one, top-1."
)
@click.option(
    "--pareto-by",
    metavar="NAMES",
    help="Mark those that are Pareto-optimal by these metrics, e.g. macs,peak,top1.",
)
@click.option("--columns", metavar="NAMES", help="Show these columns, e.g. macs,peak,flash; `all` shows all.")
@bits_option("peak, arena and flash; without it 8, or as the device has")
@click.option("--notes", is_flag=True, help="Also explain the columns.")
@hyperparameter_options
@model_options
@layer_bound_option
@convention_option
@device_option
@output_options(COMPARISON)
def command(
    networks: tuple[str, ...], baseline: str | None, sort: str, pareto: bool, pareto_by: str | None, columns: str | None,
    bits: int | None, notes: bool, settings: "dict[str, Value]", layer_bound: int, convention: "Convention",
    device: "Device | None", out: Output,
) -> None:  # fmt: skip
    """Compare networks side by side, one per row.

    NETWORK is a YAML file or a bundled name, optionally with a variant and settings of its own, e.g. resnet:50 or
    mobilenet@alpha=0.5,resolution=160. A pattern selects several, e.g. 'mobilenet*' or 'resnet:*'.
    --set, --alpha and --resolution apply to all of them.
    """
    from dsconv_cost.costs.comparison import Comparison, baseline_of, network_costs, pareto_metrics
    from dsconv_cost.errors import UsageError
    from dsconv_cost.language.limits import MEMORY_BITS
    from dsconv_cost.reports.compare import ComparisonView, columns_given, comparison_report, names_of
    from dsconv_cost.sources.arguments import named_networks

    timed = None
    if device is not None:
        if FORMATS[out.format].read_in == PICTURE:
            raise UsageError(f"--format {out.format} shows no times: leave out --device")
        from dsconv_cost.devices.times import on_device

        timed = on_device(device)
        bits = bits or device.bits
    elif sort == "time":
        raise UsageError("--sort time needs --device: without one there is no time")
    shown = columns_given(columns) if columns is not None else ()
    named = named_networks(networks, settings)
    costs = [network_costs(network, convention, layer_bound, bits or MEMORY_BITS, timed) for network in named]
    base = baseline_of(costs, baseline)
    front = pareto_metrics(costs, names_of(pareto_by)) if pareto_by is not None else () if pareto else None

    view = ComparisonView(sort, front, shown, device=device)

    def report(read_in: str) -> "Report":
        how = view._replace(every=read_in == PROGRAM, brief=read_in == TERMINAL and not notes)
        return comparison_report(costs, base, convention, how)

    out.emit(
        Content(COMPARISON, report, Comparison(costs, base, convention), view),
        [*(network.architecture.path for network in named), *([device.path] if device is not None else ())],
    )
