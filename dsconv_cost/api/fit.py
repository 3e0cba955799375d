"""`fit`: the settings of a network that keep within limits."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, Unpack

from dsconv_cost.api.inputs import (
    GivenNetwork,
    GivenSettings,
    architecture_given,
    bound_given,
    convention_given,
    settings_given,
)
from dsconv_cost.api.limits import FitLimits, bits_given, limits_given, refuse_unknown
from dsconv_cost.api.result import Result
from dsconv_cost.costs.conventions import DEFAULT
from dsconv_cost.errors import UsageError
from dsconv_cost.formats.format import POINTS, Content
from dsconv_cost.language.architecture import Spec
from dsconv_cost.layers.values import Value
from dsconv_cost.network.allowance import MAX_LAYERS, one_allowance
from dsconv_cost.reports.fit import OBJECTIVES, fit_report
from dsconv_cost.reports.table import Report
from dsconv_cost.sources.arguments import SpecReader, chosen_apart
from dsconv_cost.sources.load import Source
from dsconv_cost.sources.settings import literal_of, split_settings
from dsconv_cost.spaces.grid import Axis, axis_of, check_grid, parse_axis, settings_of
from dsconv_cost.spaces.points import Point, Sweep, SweepCosts, evaluate, point_limit
from dsconv_cost.text import inert

GivenAxes = Mapping[str, str | Iterable[object]]
"""Hyperparameter -> its values: a list, or a text such as "0.25..1.0:0.05"."""


class FitPoint(NamedTuple):
    """A combination of settings, and what the network costs there."""

    settings: dict[str, Value]
    params: int
    macs: int
    flops: int
    top1: float | None
    """As its file has it."""


class FitResult(Result):
    """The settings that keep within the limits, the best first; `for point in result` gives them."""

    def __init__(self, title: str, costs: SweepCosts, objective: str) -> None:
        self.objective = objective
        self._costs = costs
        self._made = fit_report(title, costs, objective)
        self.points = [self._point(point) for point in costs.fits]

    @property
    def fits(self) -> bool:
        """Whether any point keeps within the limits."""
        return self._made.fits

    @property
    def best(self) -> FitPoint | None:
        """The point with the most of the objective, among those that fit."""
        return self.points[0] if self.points else None

    @property
    def nearest(self) -> FitPoint:
        """The point that exceeds the limits least, or the one that uses least of them."""
        return self._point(self._costs.nearest)

    def _point(self, point: Point) -> FitPoint:
        return FitPoint(settings_of(self._costs.sweep.axes, point.values), *point.figures, point.top1)

    def __iter__(self) -> Iterator[FitPoint]:
        return iter(self.points)

    def __len__(self) -> int:
        return len(self.points)

    def to_dict(self) -> dict[str, Any]:
        """Return what `dsconv-cost fit --format json` prints."""
        from dsconv_cost.formats.records import report_json

        document: dict[str, Any] = json.loads(report_json(self._made.report))
        return document

    def _report(self) -> Report:
        return self._made.report

    def _content(self) -> Content:
        return Content(POINTS, lambda read_in: self._made.report, self._made.report)

    def __repr__(self) -> str:
        return f"<{self._made.report.headline}>"


def fit(
    network: GivenNetwork,
    vary: GivenAxes,
    *,
    objective: str = "macs",
    settings: GivenSettings | None = None,
    convention: str = DEFAULT.name,
    layer_bound: int = MAX_LAYERS,
    **limits: Unpack[FitLimits],
) -> FitResult:
    """Return the combinations of settings for which a network keeps within limits, the best first.

    The network is what `analyze` takes. `vary` has the values of each hyperparameter that is varied, a list or a range such as
    {"alpha": "0.25..1.0:0.05", "resolution": [128, 160]}; all combinations are tried. `objective` is "macs" or "params" (the most
    is best) or "top1" (as published). A limit is an exact integer (of bytes for a size), or a text, e.g. "300M": max_macs,
    max_params, max_flops, max_activations, max_size, max_peak, max_arena, max_flash and min_saving, with `bits` an element (without it
    32 for max_size, 8 for peak, arena and flash).
    """
    refuse_unknown("fit", limits, FitLimits.__annotations__)
    rule = convention_given(convention)
    bits = bits_given(limits)
    point_limits = [
        point_limit(one.metric, amount, bits) for one in limits_given(limits) if (amount := one.max or one.min)
    ]
    if not point_limits:
        raise UsageError("nothing to fit: give max_macs, max_params, max_flash or another limit")
    if objective not in OBJECTIVES:
        raise UsageError(f"objective: received {objective!r}, expected {', '.join(OBJECTIVES)}")
    axes = axes_given(vary)
    source, spec, fixed = swept_network(network, settings)
    check_grid(axes, fixed)
    with one_allowance(bound_given(layer_bound)):
        costs = evaluate(Sweep(source, spec, axes, fixed, point_limits, rule, layer_bound), objective)
    variant = f":{inert(source.variant)}" if source.variant else ""
    title = f"{inert(spec.name)}{variant} ({'bundled' if source.bundled else inert(source.path)})"
    return FitResult(title, costs, objective)


def axes_given(vary: GivenAxes) -> list[Axis]:
    """Return the axes that are meant. Raises TypeError and UsageError."""
    if not isinstance(vary, Mapping):
        raise TypeError(f'vary: received {type(vary).__name__}, expected a dict, e.g. {{"alpha": "0.25..1.0:0.05"}}')
    if not vary:
        raise UsageError('nothing to vary: give vary, e.g. {"alpha": "0.25..1.0:0.05"}')
    axes: list[Axis] = []
    for name, values in vary.items():
        if isinstance(values, str):
            axes.append(parse_axis(f"{name}={values}", "vary"))
            continue
        if not isinstance(values, Iterable) or isinstance(values, Mapping):
            raise TypeError(
                f"vary {name}: received {type(values).__name__}, expected a list of values, or a range as a text"
            )
        chosen = [literal_of(name, value) for value in values]
        if not chosen:
            raise UsageError(f"vary {name}: received no value, expected one or more")
        axes.append(axis_of(name, chosen, f"vary {name}"))
    return axes


def swept_network(network: GivenNetwork, settings: GivenSettings | None) -> tuple[Source, Spec, dict[str, Value]]:
    """Return what is evaluated, and the hyperparameters that are the same at every point."""
    if isinstance(network, (str, os.PathLike)):
        name, own = split_settings(os.fspath(network))
        return *SpecReader().read(name), {**settings_given(settings), **own}
    architecture = architecture_given(network, settings)
    spec = architecture.spec
    source = Source(spec.text, architecture.path, architecture.bundled, architecture.variant)
    return source, spec, chosen_apart(architecture)
