"""The cost of a network at every point of a grid, the limits that each point keeps, and their order by an objective."""

from collections.abc import Mapping, Sequence
from math import inf
from typing import NamedTuple

from dsconv_cost.costs.accuracy import published_top1
from dsconv_cost.costs.analysis import Form
from dsconv_cost.costs.charges import Convention, Figures
from dsconv_cost.costs.parts import NoMacs, PartCosts
from dsconv_cost.costs.unmeasured import Unmeasured, unmeasured
from dsconv_cost.errors import InputError, UsageError
from dsconv_cost.language.architecture import Spec
from dsconv_cost.language.limits import SHARE, Amount, Metric
from dsconv_cost.layers.values import Value, written
from dsconv_cost.network.allowance import MAX_LAYERS
from dsconv_cost.network.build import elaborate
from dsconv_cost.network.graph import Network
from dsconv_cost.sources.load import Source, architecture_of
from dsconv_cost.spaces.grid import Axis, combinations, settings_of
from dsconv_cost.text import inert


class PointLimit(NamedTuple):
    """The maximum of a metric, or the minimum of a saving."""

    metric: Metric
    amount: Amount
    bits: int
    """Of an element, for bytes; 0 for what has none."""

    def allows(self, actual: Amount) -> bool:
        return not (actual.above(self.amount) if self.metric.less_is_better else self.amount.above(actual))

    def usage(self, actual: Amount) -> float:
        """Return which part of the limit is used; for a saving, of the MACs that it leaves."""
        used, allowed = actual, self.amount
        if not self.metric.less_is_better:
            used, allowed = (Amount("", a.bottom - a.top, a.bottom) for a in (actual, self.amount))
        if not allowed.top:
            return inf if used.top else 0.0
        return (used.top * allowed.bottom) / (used.bottom * allowed.top)

    def excess(self, actual: Amount) -> int:
        """Return by how much a point exceeds the limit, in units of the metric; for a saving in MACs."""
        if self.metric.measure == SHARE:
            # Whole MACs of the standard form's that may be left.
            left = actual.bottom - -(-actual.bottom * self.amount.top // self.amount.bottom)
            return actual.bottom - actual.top - left
        return actual.top - self.amount.top


def point_limit(metric: Metric, amount: Amount, bits: int | None) -> PointLimit:
    """Return a limit with the bits that are given, or those that its metric has without."""
    return PointLimit(metric, amount, bits or metric.bits or 0)


class Sweep(NamedTuple):
    """A grid to evaluate: the network, its varied and fixed hyperparameters, and the limits to keep."""

    source: Source
    spec: Spec
    axes: Sequence[Axis]
    fixed: Mapping[str, Value]
    limits: Sequence[PointLimit]
    convention: Convention
    max_layers: int = MAX_LAYERS


class Point(NamedTuple):
    """One combination of values and what the network costs there."""

    values: tuple[Value, ...]
    figures: Figures
    actual: tuple[Amount, ...]
    """The value that each limit is compared with, in the limits' order."""
    top1: float | None
    foreign: bool = False
    """Whether the file has a top-1 for these values that belongs to a network with other params or MACs."""

    def fits(self, limits: Sequence[PointLimit]) -> bool:
        return all(limit.allows(a) for limit, a in zip(limits, self.actual, strict=True))

    def worst_usage(self, limits: Sequence[PointLimit]) -> tuple[float, int]:
        """Return the factor by which the most exceeded limit is exceeded, and the MACs to break ties."""
        return max(limit.usage(a) for limit, a in zip(limits, self.actual, strict=True)), self.figures.macs


class ImpossiblePoint(NamedTuple):
    """A combination of values for which there is no network."""

    values: tuple[Value, ...]
    error: InputError


class SweepCosts(NamedTuple):
    """The points of a sweep with their costs, and those for which there is no network."""

    sweep: Sweep
    points: list[Point]
    impossible: list[ImpossiblePoint]
    unmeasured: list[Unmeasured]
    """The layers that the convention was not measured with, at the first point that has any."""

    def fitting(self, objective: str) -> list[Point]:
        """Return the points that keep every limit, the best first."""
        return _ranked([point for point in self.points if point.fits(self.sweep.limits)], objective)

    @property
    def nearest(self) -> Point:
        """The point that exceeds the limits least."""
        return min(self.points, key=lambda point: point.worst_usage(self.sweep.limits))


def evaluate(sweep: Sweep) -> SweepCosts:
    """Return what the network as written costs at every point. Raises InputError if there is no network at any of them."""
    points: list[Point] = []
    impossible: list[ImpossiblePoint] = []
    unknown: list[Unmeasured] = []
    for values in combinations(sweep.axes):
        settings = settings_of(sweep.axes, values)
        architecture = architecture_of(sweep.source, sweep.spec, {**sweep.fixed, **settings})
        try:
            network = elaborate(architecture, sweep.max_layers)
        except InputError as error:
            impossible.append(ImpossiblePoint(values, error))
            continue
        form = Form(network, sweep.convention)
        unknown = unknown or unmeasured(network, sweep.convention)
        try:
            actual = _measured(sweep.limits, network, form)
        except NoMacs as problem:
            at = " ".join(f"{name}={inert(written(value))}" for name, value in settings.items())
            raise UsageError(f"{at}: {problem}") from None
        printed = published_top1(architecture, form)
        top1 = float(printed.top1) if printed is not None and printed.top1 else None
        foreign = printed is None and any(entry.top1 for entry in architecture.published)
        points.append(Point(values, form.total, actual, top1, foreign))
    if not points:
        raise impossible[0].error
    return SweepCosts(sweep, points, impossible, unknown)


def _measured(limits: Sequence[PointLimit], network: Network, form: Form) -> tuple[Amount, ...]:
    """Return the network's value of each limit's metric. Raises NoMacs."""
    if all(limit.metric.name in Figures._fields for limit in limits):
        figures = form.total  # the same as below, in half the time
        return tuple(Amount("", getattr(figures, limit.metric.name)) for limit in limits)
    parts = PartCosts(network, form.convention)
    return tuple(parts.amount(limit.metric, limit.bits) for limit in limits)


def _ranked(points: Sequence[Point], objective: str) -> list[Point]:
    """Return points, the best first; of equal ones the one with fewer MACs, then fewer params, then the earlier."""

    def rank(point: Point) -> tuple[float, int, int]:
        if objective == "top1":
            return -(point.top1 if point.top1 is not None else -1.0), point.figures.macs, point.figures.params
        return -getattr(point.figures, objective), point.figures.macs, point.figures.params

    return sorted(points, key=rank)
