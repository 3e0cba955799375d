"""`sweep`: a network at every point of a space of settings."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypedDict, Unpack, cast

from dsconv_cost.api.fit import GivenAxes, axes_given, swept_network
from dsconv_cost.api.inputs import GivenNetwork, GivenSettings, bound_given, convention_given
from dsconv_cost.api.limits import refuse_unknown
from dsconv_cost.api.result import Result
from dsconv_cost.costs.conventions import DEFAULT
from dsconv_cost.errors import UsageError
from dsconv_cost.layers.values import Value
from dsconv_cost.network.allowance import MAX_LAYERS, one_allowance
from dsconv_cost.reports.table import Report
from dsconv_cost.text import inert

GivenNames = str | Sequence[str]
"""Names of figures and settings: a list, or a text with commas."""


class SweepResult(Result):
    """The answer of a sweep: its points, the best first; `for point in result` gives them as dicts."""

    def __init__(self, report: Report) -> None:
        self._made = report
        columns = [column.key for column in report.tables[0].columns]
        rows = cast("list[tuple[Value, ...]]", report.tables[0].rows)
        self.points: list[dict[str, Value]] = [dict(zip(columns, row, strict=True)) for row in rows]
        """Settings and figures of each point, by the names of the columns."""

    @property
    def kept(self) -> int:
        """How many points keep the condition."""
        return int(str(self._made.facts["kept"]))

    @property
    def exact_kept(self) -> int | None:
        """How many networks of the whole space keep it, where points were drawn and that is known."""
        kept = self._made.facts.get("exact_kept")
        return None if kept is None else int(str(kept))

    @property
    def best(self) -> dict[str, Value] | None:
        """The first point; None where there is none."""
        return self.points[0] if self.points else None

    def __iter__(self) -> Iterator[dict[str, Value]]:
        return iter(self.points)

    def __len__(self) -> int:
        return len(self.points)

    def to_dict(self) -> dict[str, Any]:
        """Return what `dsconv-cost sweep --format json` prints."""
        from dsconv_cost.formats.records import report_json

        document: dict[str, Any] = json.loads(report_json(self._made))
        return document

    def _report(self) -> Report:
        return self._made

    def __repr__(self) -> str:
        return f"<{self._made.headline}>"


class SweepOptions(TypedDict, total=False):
    """More of what a sweep takes by name."""

    metrics: GivenNames
    sample: int
    """How many points are drawn at random."""
    seed: int
    output: str | os.PathLike[str]
    workers: int
    scheduler: str
    settings: GivenSettings
    convention: str
    bits: int
    layer_bound: int


def sweep(
    network: GivenNetwork, vary: GivenAxes | None = None, *, where: str = "", pareto: GivenNames = (), most: GivenNames = (),
    least: GivenNames = (), top: int | None = None, **options: Unpack[SweepOptions],
) -> SweepResult:  # fmt: skip
    """Count a network at every point of a space of settings, and return those that keep a condition, the best first.

    `vary` has the values of each hyperparameter, as for `fit`; those of the file's `search` section come besides. `where` is a
    condition such as "macs <= 300M and peak <= 256KiB". `pareto` names what no other point may beat at once, `most` and `least`
    what the order goes by, `metrics` what is counted: params, macs, flops, activations, layers, size, saving, peak, arena, flash
    and the params and macs of the standard and separable forms. `output` is a file (.parquet, .csv) or a folder ("points/") for
    the points. Needs numpy (`pip install 'dsconv-cost[sweep]'`); raises UsageError and InputError.
    """
    from importlib.util import find_spec

    if find_spec("numpy") is None:
        raise UsageError("a sweep needs numpy, which is not installed: pip install 'dsconv-cost[sweep]'")
    from dsconv_cost.reports.sweep import sweep_report
    from dsconv_cost.spaces.plan import figure_names, objective
    from dsconv_cost.spaces.sweep import carry_out, runner_of, sweep_axes, sweep_plan, sweep_target

    refuse_unknown("sweep", options, SweepOptions.__annotations__)
    rule = convention_given(options.get("convention", DEFAULT.name))
    bits, bound = options.get("bits", 0), bound_given(options.get("layer_bound", MAX_LAYERS))
    output = options.get("output")
    figures = figure_names(",".join(_names(options.get("metrics", "params,macs"))), "metrics")
    source, spec, fixed = swept_network(network, options.get("settings"))
    axes = sweep_axes(spec, axes_given(vary) if vary else [], fixed)
    target = sweep_target(os.fspath(output)) if output is not None else None
    if output is not None and target is None:
        raise UsageError(
            f"output: received {inert(os.fspath(output))}, expected a path that ends in .parquet, .csv or /"
        )
    if bits not in (0, 4, 8, 16, 32):
        raise UsageError(f"bits: received {bits}, expected 4, 8, 16 or 32")
    plan = sweep_plan(
        source, axes, fixed, target, figures=tuple(figures), convention=rule.name,
        bits=bits, where=where, pareto=tuple(objective(name, axes, "pareto") for name in _names(pareto)),
        best=(
            *(objective(name, axes, "most", True) for name in _names(most)),
            *(objective(name, axes, "least", False) for name in _names(least)),
        ),
        top=top, sample=options.get("sample"), seed=options.get("seed", 0), max_layers=bound,
    )  # fmt: skip
    with one_allowance(bound):
        found = carry_out(plan, target, runner_of(options.get("workers", 1), options.get("scheduler")))
    variant = f":{inert(source.variant)}" if source.variant else ""
    title = f"{inert(spec.name)}{variant} ({'bundled' if source.bundled else inert(source.path)})"
    return SweepResult(sweep_report(title, found, None))


def _names(names: GivenNames) -> list[str]:
    if isinstance(names, str):
        return [name.strip() for name in names.split(",") if name.strip()]
    if isinstance(names, Mapping) or not all(isinstance(name, str) for name in names):
        raise TypeError(f"received {names!r}, expected names, e.g. ['macs', 'params']")
    return list(names)
