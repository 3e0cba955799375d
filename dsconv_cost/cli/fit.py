"""`dsconv-cost fit`."""

import click

from dsconv_cost.cli.emit import emit, output_options, targets
from dsconv_cost.cli.once import Command
from dsconv_cost.cli.options import architecture_argument, chosen, hyperparameter_options, max_layers_option


@click.command(cls=Command, short_help="Which settings of a network keep a limit, and which of those is best?")
@architecture_argument
@click.option(
    "--vary",
    "varied",
    multiple=True,
    metavar="NAME=FIRST..LAST:STEP",
    help="A hyperparameter's values: a range, or NAME=VALUE,VALUE. Repeatable: all combinations.",
)
@click.option("--max-macs", metavar="N", help="At most so many MACs, as 300M.")
@click.option("--max-params", metavar="N", help="At most so many params, as 4.2M.")
@click.option("--max-flops", metavar="N", help="At most so many FLOPs, as 0.6G.")
@click.option(
    "--max-activations", metavar="N", help="At most so many elements written by convolutions and linear layers."
)
@click.option("--max-size", metavar="BYTES", help="At most so many bytes of parameters at --bits, as 512 KiB.")
@click.option("--min-saving", metavar="P", help="At least so much of the standard form's MACs saved, as 80%.")
@click.option(
    "--bits",
    type=click.Choice(("8", "16", "32")),
    default="32",
    show_default=True,
    help="Of a parameter, for --max-size.",
)
@click.option(
    "--objective",
    type=click.Choice(("macs", "params", "top1")),
    default="macs",
    show_default=True,
    help="What is best of those that fit: the most MACs, the most params, or the highest published top-1.",
)
@click.option("--top", type=click.IntRange(1), metavar="N", help="Only the best N.")
@hyperparameter_options
@max_layers_option
@click.option("--convention", default="macs", metavar="NAME", help="What is counted; see `conventions`.  [macs]")
@output_options
def fit(
    architecture: str, varied: tuple[str, ...], max_macs: str | None, max_params: str | None, max_flops: str | None,
    max_activations: str | None, max_size: str | None, min_saving: str | None, bits: str,
    objective: str, top: int | None, settings: tuple[str, ...], alpha: str | None, resolution: str | None, max_layers: int,
    convention: str, format_: str, outputs: tuple[str, ...],
) -> None:  # fmt: skip
    """Count a network at every point of a grid of settings, and list those that keep the limits, the best first.

    `dsconv-cost fit mobilenet --max-macs 300M --vary alpha=0.25..1.0:0.05 --vary resolution=128..224:32`.
    The exit code is 1 when none does.
    """
    from dsconv_cost.costs.conventions import convention_named
    from dsconv_cost.errors import EXIT_OVER_BUDGET, UsageError
    from dsconv_cost.language.limits import option, parse_limits
    from dsconv_cost.reports.fit import PointLimit, answer, axis, evaluate, grid
    from dsconv_cost.sources.arguments import SpecReader
    from dsconv_cost.sources.settings import split_settings
    from dsconv_cost.text import inert

    files = targets(outputs)
    rule = convention_named(convention)
    given = {
        "max_macs": max_macs, "max_params": max_params, "max_flops": max_flops, "max_activations": max_activations,
        "max_size": max_size, "min_saving": min_saving,
    }  # fmt: skip
    limits: list[PointLimit] = []
    for entry in parse_limits(given, option):
        limit = entry.max or entry.min
        assert limit is not None
        limits.append(PointLimit(entry.metric, limit, int(bits)))
    if not limits:
        raise UsageError("nothing to fit: give --max-macs, --max-params, --max-size or another limit")
    if not varied:
        raise UsageError("nothing to vary: give --vary, as --vary alpha=0.25..1.0:0.05")
    axes = [axis(text) for text in varied]
    name, own = split_settings(architecture)
    fixed = {**chosen(settings, alpha, resolution), **own}
    grid(axes, fixed)
    source, spec = SpecReader().read(name)
    found = evaluate(source, spec, axes, fixed, limits, rule, max_layers)
    variant = f":{inert(source.variant)}" if source.variant else ""
    title = f"{inert(spec.name)}{variant} ({'bundled' if source.bundled else inert(source.path)})"
    result = answer(title, axes, found, limits, objective, rule, top)
    emit(result.report, format_, files, [source.path])
    if not result.fits:
        raise click.exceptions.Exit(EXIT_OVER_BUDGET)
