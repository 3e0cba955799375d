"""`dsconv-cost sweep`."""

import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import click

from dsconv_cost.cli.completion import offer_files
from dsconv_cost.cli.emit import Output
from dsconv_cost.cli.options import (
    Command,
    NumberType,
    architecture_argument,
    bits_option,
    convention_option,
    hyperparameter_options,
    point_bound_option,
    top_option,
    vary_option,
)
from dsconv_cost.formats.format import POINTS, Content, formats_of

if TYPE_CHECKING:
    from dsconv_cost.costs.charges import Convention
    from dsconv_cost.layers.values import Value
    from dsconv_cost.spaces.run import SweepState
    from dsconv_cost.spaces.sweep import Watcher

_FORMATS = formats_of(POINTS)
_DRAWN = 1000
"""How many points a page or a picture has, unless a number is asked for."""


def _condition_given(context: click.Context, parameter: click.Parameter, text: str | None) -> str | None:
    if text is not None and not text.strip():
        from dsconv_cost.errors import UsageError

        raise UsageError("--where: the condition is empty: give one, e.g. 'macs < 300M', or leave --where out")
    return text


@click.command(cls=Command)
@architecture_argument
@vary_option(
    "Try the values of a range, or of a list NAME=VALUE,VALUE. Repeatable: all combinations, with those of the file's search section."
)
@click.option(
    "--where",
    metavar="CONDITION",
    callback=_condition_given,
    help="Keep only points where it holds, e.g. 'macs < 300M and peak < 256KiB'.",
)
@click.option(
    "--pareto",
    metavar="NAME,NAME",
    help="Keep only points that no other beats in these figures or settings; max:NAME where more is better.",
)
@click.option(
    "--max",
    "most",
    multiple=True,
    metavar="NAME",
    help="Put the points with the most of a figure or setting first. Repeatable.",
)
@click.option(
    "--min",
    "least",
    multiple=True,
    metavar="NAME",
    help="Put the points with the least of a figure or setting first. Repeatable.",
)
@top_option("Keep only the best N.")
@click.option(
    "--metrics",
    metavar="NAME,NAME",
    default="params,macs",
    show_default=True,
    help="The figures to count, besides those named elsewhere.",
)
@click.option("--sample", type=NumberType(1), metavar="N", help="Draw N points at random instead of all.")
@click.option(
    "--seed",
    type=NumberType(0, 2**63),
    metavar="N",
    default=0,
    show_default=True,
    help="Where the random numbers of --sample start.",
)
@click.option(
    "--output",
    "-o",
    "outputs",
    multiple=True,
    metavar="[FORMAT=]PATH",
    shell_complete=offer_files,
    help="Write the points to a file (.parquet .csv) or in parts to a folder (PATH/), "
    "or the answer (.txt .json .md .html .svg). Repeatable.",
)
@click.option(
    "--workers", type=NumberType(1, 256), metavar="N", default=1, show_default=True, help="Count with N processes."
)
@click.option(
    "--scheduler", metavar="tcp://HOST:PORT", help="Count on a Dask cluster; --output is a path that its workers share."
)
@click.option(
    "--part-size",
    type=NumberType(1, 10_000_000),
    metavar="N",
    default=131_072,
    show_default=True,
    help="Points in a part.",
)
@bits_option("figures in bytes; without it 32 for size, 8 for peak, arena and flash")
@hyperparameter_options
@point_bound_option
@convention_option
@click.option(
    "--format", "-f", "format_", type=click.Choice(list(_FORMATS)), default="table", show_default=True,
    help="Format of standard output: " + ", ".join(f"{name} ({entry.words})" for name, entry in _FORMATS.items()) + ".",
)  # fmt: skip
def command(
    architecture: str, varied: tuple[str, ...], where: str | None, pareto: str | None, most: tuple[str, ...], least: tuple[str, ...],
    top: int | None, metrics: str, sample: int | None, seed: int, outputs: tuple[str, ...], workers: int, scheduler: str | None,
    part_size: int, bits: int | None, settings: "dict[str, Value]", layer_bound: int, convention: "Convention", format_: str,
) -> None:  # fmt: skip
    """Count a network at every point of a space of settings: millions in seconds, each exactly.

    Example: `dsconv-cost sweep mobilenet --vary alpha=0.25..1.4:0.01 --vary resolution=96..320:8 --where "macs < 300M" --max macs`.
    Needs the extra `sweep`: `pip install 'dsconv-cost[sweep]'`.
    """
    refuse_without_numpy()
    from dsconv_cost.formats.outputs import Target, target
    from dsconv_cost.reports.sweep import sweep_report
    from dsconv_cost.sources.arguments import SpecReader
    from dsconv_cost.sources.settings import split_settings
    from dsconv_cost.spaces.grid import parse_axis
    from dsconv_cost.spaces.plan import figure_names, objective
    from dsconv_cost.spaces.sweep import SweepTarget, carry_out, runner_of, sweep_axes, sweep_plan, sweep_target
    from dsconv_cost.text import inert

    points: SweepTarget | None = None
    files: list[Target] = []
    for text in outputs:
        one = sweep_target(text)
        if one is None or (text.partition("=")[0] == "csv" and points is not None):
            files.append(target(text, _FORMATS))
        elif points is not None:
            raise click.UsageError("the points go to one file or folder: give one --output for them")
        else:
            points = one
    name, own = split_settings(architecture)
    fixed = {**settings, **own}
    source, spec = SpecReader().read(name)
    axes = sweep_axes(spec, [parse_axis(text) for text in varied], fixed)
    plan = sweep_plan(
        source, axes, fixed, points, figures=tuple(figure_names(metrics, "--metrics")), convention=convention.name, bits=bits or 0,
        where=where or "", pareto=tuple(objective(text, axes, "--pareto") for text in pareto.split(",")) if pareto else (),
        best=(*(objective(text, axes, "--max", True) for text in most), *(objective(text, axes, "--min", False) for text in least)),
        top=top, sample=sample, seed=seed, part_size=part_size, max_layers=layer_bound,
    )  # fmt: skip
    with _progress(plan.total) as shown:
        watch = _watcher(shown) if shown is not None else None
        found = carry_out(plan, points, runner_of(workers, scheduler), watch, lambda text: click.echo(text, err=True))
    variant = f":{inert(source.variant)}" if source.variant else ""
    title = f"{inert(spec.name)}{variant} ({'bundled' if source.bundled else inert(source.path)})"
    whole = format_ in ("json", "csv") or bool(plan.top)
    told = sweep_report(title, found, None if whole else 20)
    drawn = sweep_report(title, found, None if plan.top else _DRAWN)
    Output(format_, files).emit(Content(POINTS, lambda read_in: told, drawn), [source.path])


def refuse_without_numpy() -> None:
    """Raise UsageError where what a sweep needs is not installed."""
    from importlib.util import find_spec

    if find_spec("numpy") is None:
        from dsconv_cost.errors import UsageError

        raise UsageError("a sweep needs numpy, which is not installed: pip install 'dsconv-cost[sweep]'")


def _progress(total: int) -> Any:
    """Return what shows progress on standard error, where that is a terminal."""
    if not sys.stderr.isatty():
        return nullcontext()
    from dsconv_cost.formats.terminal import SweepProgress

    return SweepProgress(total)


def _watcher(shown: Any) -> "Watcher":
    from dsconv_cost.reports.sweep import best_text

    def watch(state: "SweepState", counted_before: int) -> None:
        shown(state.points, state.points - counted_before, best_text(state))

    return watch
