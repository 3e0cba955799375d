"""The cost of a network at every point of a grid, the limits that each point keeps, and their order by an objective."""

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from math import inf, prod
from typing import NamedTuple

from dsconv_cost.costs.accuracy import published_top1
from dsconv_cost.costs.analysis import Form
from dsconv_cost.costs.charges import Convention, Figures
from dsconv_cost.costs.parts import NoMacs, PartCosts
from dsconv_cost.costs.unmeasured import Unmeasured, unmeasured
from dsconv_cost.errors import InputError, UsageError
from dsconv_cost.language.architecture import Architecture, Spec
from dsconv_cost.language.limits import SHARE, Amount, Metric
from dsconv_cost.layers.values import Value, written
from dsconv_cost.network.allowance import MAX_LAYERS, one_allowance
from dsconv_cost.network.build import elaborate
from dsconv_cost.network.graph import Network
from dsconv_cost.sources.load import Source, architecture_of
from dsconv_cost.spaces.grid import Axis, combinations, settings_of
from dsconv_cost.text import inert

_FEW_POINTS = 64
"""So few are counted sooner the ordinary way."""


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
    """The points of a sweep that keep its limits, and what is to be said of the others."""

    sweep: Sweep
    fits: list[Point]
    """Those that keep every limit, the best first; the best ones where only some were asked for."""
    fit_count: int
    nearest: Point
    """The point that exceeds the limits least, or uses least of them."""
    possible: int
    """How many points have a network."""
    impossible: int
    example: ImpossiblePoint | None
    """The first of those without one."""
    unmeasured: list[Unmeasured]
    """The layers that the convention was not measured with, at the first point that has any."""

    @property
    def total(self) -> int:
        return self.possible + self.impossible


class SweepCollector:
    """Takes points as they are counted, and keeps what the answer needs."""

    def __init__(self, sweep: Sweep, objective: str, keep: int | None) -> None:
        self.sweep = sweep
        self.objective = objective
        self.keep = keep
        self.fits: list[Point] = []
        self.fit_count = self.possible = self.impossible = 0
        self.nearest: tuple[tuple[float, int], Point] | None = None
        self.example: ImpossiblePoint | None = None
        self.unmeasured: list[Unmeasured] = []

    def take(self, point: Point) -> None:
        """Take a point that has a network."""
        self.possible += 1
        usage = point.worst_usage(self.sweep.limits)
        if self.nearest is None or usage < self.nearest[0]:
            self.nearest = usage, point
        if point.fits(self.sweep.limits):
            self.fit_count += 1
            self.add(point)

    def add(self, point: Point) -> None:
        """Keep a point that fits, as long as it can be among the best."""
        self.fits.append(point)
        if self.keep is not None and len(self.fits) > 4 * self.keep + 1000:
            self.fits = ranked(self.fits, self.objective)[: self.keep]

    def refuse(self, values: tuple[Value, ...], error: InputError, many: int = 1) -> None:
        """Take so many points without a network, of which this is the first."""
        self.impossible += many
        self.example = self.example or ImpossiblePoint(values, error)

    def done(self) -> SweepCosts:
        """Return the answer. Raises InputError if there is no network at any point."""
        if self.nearest is None:
            assert self.example is not None
            raise self.example.error
        fits = ranked(self.fits, self.objective)[: self.keep]
        return SweepCosts(
            self.sweep, fits, self.fit_count, self.nearest[1], self.possible, self.impossible, self.example, self.unmeasured
        )  # fmt: skip


def evaluate(sweep: Sweep, objective: str = "macs", keep: int | None = None) -> SweepCosts:
    """Return what the network as written costs at the points that keep the limits, the best first, at most `keep` of them.

    Raises InputError if there is no network at any of them.
    """
    collector = SweepCollector(sweep, objective, keep)
    if prod(len(axis.values) for axis in sweep.axes) > _FEW_POINTS and find_spec("numpy") is not None:
        from dsconv_cost.spaces.fit import count_by_tables

        count_by_tables(collector)
        return collector.done()
    for values in combinations(sweep.axes):
        with one_allowance(sweep.max_layers):
            one_point(collector, values)
    return collector.done()


def one_point(collector: SweepCollector, values: tuple[Value, ...]) -> None:
    """Count one point the ordinary way."""
    sweep = collector.sweep
    settings = settings_of(sweep.axes, values)
    architecture = architecture_of(sweep.source, sweep.spec, {**sweep.fixed, **settings})
    try:
        network = elaborate(architecture, sweep.max_layers)
    except InputError as error:
        collector.refuse(values, error)
        return
    form = Form(network, sweep.convention)
    collector.unmeasured = collector.unmeasured or unmeasured(network, sweep.convention)
    try:
        actual = _measured(sweep.limits, network, form)
    except NoMacs as problem:
        raise no_macs(settings, problem) from None
    collector.take(Point(values, form.total, actual, *accuracy(architecture, form)))


def accuracy(architecture: Architecture, form: Form) -> tuple[float | None, bool]:
    """Return the published top-1 of a network, and whether the file has one for its settings that is another network's."""
    printed = published_top1(architecture, form)
    top1 = float(printed.top1) if printed is not None and printed.top1 else None
    return top1, printed is None and any(entry.top1 for entry in architecture.published)


def no_macs(settings: Mapping[str, Value], problem: object) -> UsageError:
    at = " ".join(f"{name}={inert(written(value))}" for name, value in settings.items())
    return UsageError(f"{at}: {problem}")


def _measured(limits: Sequence[PointLimit], network: Network, form: Form) -> tuple[Amount, ...]:
    """Return the network's value of each limit's metric. Raises NoMacs."""
    if all(limit.metric.name in Figures._fields for limit in limits):
        figures = form.total  # the same as below, in half the time
        return tuple(Amount("", getattr(figures, limit.metric.name)) for limit in limits)
    parts = PartCosts(network, form.convention)
    return tuple(parts.amount(limit.metric, limit.bits) for limit in limits)


def ranked(points: Sequence[Point], objective: str) -> list[Point]:
    """Return points, the best first; of equal ones the one with fewer MACs, then fewer params, then the earlier."""

    def rank(point: Point) -> tuple[float, int, int]:
        if objective == "top1":
            return -(point.top1 if point.top1 is not None else -1.0), point.figures.macs, point.figures.params
        return -getattr(point.figures, objective), point.figures.macs, point.figures.params

    return sorted(points, key=rank)
