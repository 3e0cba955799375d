"""`dsconv-cost fit`."""

from typing import TYPE_CHECKING

import click

from dsconv_cost.cli.emit import Output, output_options, points_content
from dsconv_cost.cli.options import (
    LIMITS_IN_BYTES,
    Command,
    architecture_argument,
    bits_option,
    convention_option,
    hyperparameter_options,
    limit_options,
    point_bound_option,
    top_option,
    vary_option,
)
from dsconv_cost.formats.format import POINTS

if TYPE_CHECKING:
    from dsconv_cost.costs.charges import Convention
    from dsconv_cost.language.limits import Limit
    from dsconv_cost.layers.values import Value


@click.command(cls=Command)
@architecture_argument
@vary_option(
    "Try the values of a range, without STEP every whole number, or of a list NAME=VALUE,VALUE. Repeatable: tries all combinations."
)
@limit_options(
    "max_macs",
    "max_params",
    "max_flops",
    "max_activations",
    "max_size",
    "max_peak",
    "max_arena",
    "max_flash",
    "min_saving",
)
@bits_option(LIMITS_IN_BYTES)
@click.option(
    "--objective",
    type=click.Choice(("macs", "params", "top1")),
    default="macs",
    show_default=True,
    help="Put those with the most MACs, the most params or the highest published top-1 first.",
)
@top_option("Show only the best N.")
@hyperparameter_options
@point_bound_option
@convention_option
@output_options(POINTS)
def command(
    architecture: str, varied: tuple[str, ...], limits: "list[Limit]", bits: int | None, objective: str, top: int | None,
    settings: "dict[str, Value]", layer_bound: int, convention: "Convention", out: Output,
) -> None:  # fmt: skip
    """Evaluate a network at every point of a grid of settings, and list those that keep within the limits, best first.

    Example: `dsconv-cost fit mobilenet --max-macs 300M --vary alpha=0.25..1.0:0.05 --vary resolution=128..224:32`.
    The exit code is 1 if no point fits.
    """
    from dsconv_cost.errors import EXIT_OVER_BUDGET, UsageError
    from dsconv_cost.reports.fit import fit_report
    from dsconv_cost.sources.arguments import SpecReader
    from dsconv_cost.sources.settings import split_settings
    from dsconv_cost.spaces.grid import check_grid, parse_axis
    from dsconv_cost.spaces.points import Sweep, evaluate, point_limit
    from dsconv_cost.text import inert

    point_limits = [point_limit(entry.metric, amount, bits) for entry in limits if (amount := entry.max or entry.min)]
    if not point_limits:
        raise UsageError("nothing to fit: give --max-macs, --max-params, --max-flash or another limit")
    if not varied:
        raise UsageError("nothing to vary: give --vary, e.g. --vary alpha=0.25..1.0:0.05")
    axes = [parse_axis(text) for text in varied]
    name, own = split_settings(architecture)
    fixed = {**settings, **own}
    check_grid(axes, fixed)
    source, spec = SpecReader().read(name)
    costs = evaluate(Sweep(source, spec, axes, fixed, point_limits, convention, layer_bound), objective, top)
    variant = f":{inert(source.variant)}" if source.variant else ""
    title = f"{inert(spec.name)}{variant} ({'bundled' if source.bundled else inert(source.path)})"
    result = fit_report(title, costs, objective, top)
    out.emit(points_content(result.report), [source.path])
    if not result.fits:
        raise click.exceptions.Exit(EXIT_OVER_BUDGET)
