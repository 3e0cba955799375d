"""The points of a grid within limits, by the tables of the engine: limits are held against many points at once."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np

from dsconv_cost.costs.analysis import Form
from dsconv_cost.costs.charges import Figures
from dsconv_cost.costs.unmeasured import unmeasured
from dsconv_cost.errors import InputError
from dsconv_cost.language.limits import SHARE, Amount
from dsconv_cost.layers.values import Value
from dsconv_cost.network.allowance import one_allowance
from dsconv_cost.network.build import elaborate
from dsconv_cost.sources.load import architecture_of
from dsconv_cost.sources.settings import choose
from dsconv_cost.spaces.grid import combinations, settings_of
from dsconv_cost.spaces.metrics import SWEPT, WantedFigures
from dsconv_cost.spaces.points import Point, PointLimit, Sweep, SweepCollector, accuracy, no_macs, one_point
from dsconv_cost.spaces.regions import Counted, Engine
from dsconv_cost.spaces.space import Cells, Ints

_AT_ONCE = 1 << 16


def count_by_tables(collector: SweepCollector) -> None:
    """Count all points of a sweep."""
    sweep = collector.sweep
    sizes = [len(axis.values) for axis in sweep.axes]
    total = int(np.prod(sizes, dtype=object))
    engine = _engine(sweep)
    if engine is None:
        for values in combinations(sweep.axes):
            with one_allowance(sweep.max_layers):
                one_point(collector, values)
        return
    special = _published_points(sweep, engine)
    for first in range(0, total, _AT_ONCE):
        numbers = np.arange(first, min(first + _AT_ONCE, total))
        rows = np.stack(np.unravel_index(numbers, sizes), axis=1)
        _Chunk(collector, engine, rows, engine.count(rows)).take(special)
    _note_unmeasured(collector, engine)


def _engine(sweep: Sweep) -> Engine | None:
    """Return what counts the points, or None where a limit is of a figure that it does not know."""
    names = ["params", "macs", "flops"]
    for limit in sweep.limits:
        if limit.metric.name not in SWEPT:
            return None
        names += [limit.metric.name, "standard_macs"] if limit.metric.measure == SHARE else [limit.metric.name]
    for axis in sweep.axes:  # a wrong name or value is an error before anything is counted
        for value in {type(value): value for value in axis.values}.values():
            choose(sweep.spec, sweep.source.variant, {**sweep.fixed, axis.name: value, **_firsts(sweep, axis.name)})
    values = choose(sweep.spec, sweep.source.variant, {**sweep.fixed, **_firsts(sweep)})
    varied = {axis.name for axis in sweep.axes}
    fixed = {name: value for name, value in values.items() if name not in varied}
    bits = {limit.metric.name: limit.bits for limit in sweep.limits if limit.bits}
    size_bits = bits.pop("size", 32)
    memory_bits = next(iter(bits.values()), 8)
    wanted = WantedFigures(tuple(dict.fromkeys(names)), sweep.convention, size_bits, memory_bits)
    return Engine(sweep.spec, fixed, sweep.axes, wanted, sweep.max_layers)


def _firsts(sweep: Sweep, but: str = "") -> dict[str, Value]:
    return {axis.name: axis.values[0] for axis in sweep.axes if axis.name != but}


def _published_points(sweep: Sweep, engine: Engine) -> set[tuple[int, ...]]:
    """Return the points for whose settings the file has a top-1."""
    found: set[tuple[int, ...]] = set()
    spec = sweep.spec
    defaults = {h.name: h.default for h in spec.hyperparameters.values() if h.default is not None}
    for entry in spec.published:
        if not entry.top1:
            continue
        chosen = {**defaults, **spec.variants.get(entry.variant or "", {}), **entry.set}
        if all(chosen.get(name) == value for name, value in engine.fixed.items()):
            places = [
                [n for n, value in enumerate(axis.values) if value == chosen.get(axis.name)] for axis in sweep.axes
            ]
            if all(places):
                found.add(tuple(place[0] for place in places))
    return found


def _note_unmeasured(collector: SweepCollector, engine: Engine) -> None:
    """Find the layers that the convention was not measured with, at one point of each structure."""
    sweep = collector.sweep
    if sweep.convention.measured is None:
        return
    for row in sorted(engine.examples):
        settings = settings_of(sweep.axes, _values(sweep, row))
        with one_allowance(sweep.max_layers):
            network = elaborate(
                architecture_of(sweep.source, sweep.spec, {**sweep.fixed, **settings}), sweep.max_layers
            )
        collector.unmeasured = unmeasured(network, sweep.convention)
        if collector.unmeasured:
            return


def _values(sweep: Sweep, row: Sequence[int]) -> tuple[Value, ...]:
    return tuple(axis.values[number] for axis, number in zip(sweep.axes, row, strict=True))


class _Chunk:
    """Some points with their figures."""

    def __init__(self, collector: SweepCollector, engine: Engine, rows: Ints, counted: Counted) -> None:
        self.collector = collector
        self.sweep = collector.sweep
        self.engine = engine
        self.rows = rows
        self.columns = counted.columns
        self.possible = counted.possible

    def take(self, special: set[tuple[int, ...]]) -> None:
        """Give the collector the points that fit, the nearest one, and how many there are of each."""
        collector, sweep = self.collector, self.sweep
        missing = np.flatnonzero(~self.possible)
        if len(missing):
            row = self.rows[missing[0]].tolist()
            try:
                self.engine.ordinary(row)
            except InputError as error:
                collector.refuse(_values(sweep, row), error, len(missing))
        at = np.flatnonzero(self.possible)
        if not len(at):
            return
        collector.possible += len(at)
        self._refuse_no_macs(at)
        usages = [self._usage(limit, at) for limit in sweep.limits]
        worst = np.maximum.reduce(usages)
        best = at[np.lexsort([self.columns["macs"][at], worst])[0]]
        nearest = self._point(int(best), special)
        usage = nearest.worst_usage(sweep.limits)
        if collector.nearest is None or usage < collector.nearest[0]:
            collector.nearest = usage, nearest
        fits = at[np.logical_and.reduce([self._allows(limit, at) for limit in sweep.limits])]
        collector.fit_count += len(fits)
        for index in self._best(fits, special):
            collector.add(self._point(index, special))

    def _best(self, fits: Ints, special: set[tuple[int, ...]]) -> Iterator[int]:
        """Yield the points that can be among those that are kept."""
        collector = self.collector
        if collector.keep is None or len(fits) <= collector.keep:
            yield from fits.tolist()
            return
        macs, params = self.columns["macs"][fits], self.columns["params"][fits]
        objective = macs if collector.objective == "macs" else params
        if collector.objective == "top1":
            known = [index for index in fits.tolist() if tuple(self.rows[index].tolist()) in special]
            yield from known
            order: Cells = np.lexsort([params, macs])
        else:
            known = []
            order = np.lexsort([params, macs, -objective])
        yield from islice((index for index in fits[order].tolist() if index not in known), collector.keep)

    def _refuse_no_macs(self, at: Ints) -> None:
        if "saving" not in self.columns:
            return
        nothing = at[self.columns["standard_macs"][at] == 0]
        if len(nothing):
            settings = settings_of(self.sweep.axes, _values(self.sweep, self.rows[nothing[0]].tolist()))
            raise no_macs(settings, "saving is a share of MACs, and this network has none")

    def _usage(self, limit: PointLimit, at: Ints) -> Any:
        actual: Any = self.columns[limit.metric.name][at].astype(float)
        if limit.metric.measure == SHARE:
            whole: Any = self.columns["standard_macs"][at].astype(float)
            allowed = 1 - limit.amount.top / limit.amount.bottom
            actual = (whole - actual) / whole
        else:
            allowed = limit.amount.top / limit.amount.bottom
        if not allowed:
            return np.where(actual > 0, np.inf, 0.0)
        return actual / allowed

    def _allows(self, limit: PointLimit, at: Ints) -> Any:
        actual: Any = self.columns[limit.metric.name][at]
        if limit.metric.measure != SHARE:
            return actual <= limit.amount.top
        exact: Any = actual.astype(object) * limit.amount.bottom
        whole: Any = self.columns["standard_macs"][at].astype(object) * limit.amount.top
        return (exact >= whole).astype(bool)

    def _point(self, index: int, special: set[tuple[int, ...]]) -> Point:
        sweep = self.sweep
        row = self.rows[index].tolist()
        values = _values(sweep, row)
        figures = Figures(*[int(self.columns[name][index]) for name in Figures._fields])
        actual = tuple(self._amount(limit, index) for limit in sweep.limits)
        if tuple(row) not in special:
            return Point(values, figures, actual, None)
        architecture = architecture_of(sweep.source, sweep.spec, {**sweep.fixed, **settings_of(sweep.axes, values)})
        with one_allowance(sweep.max_layers):
            form = Form(elaborate(architecture, sweep.max_layers), sweep.convention)
        return Point(values, figures, actual, *accuracy(architecture, form))

    def _amount(self, limit: PointLimit, index: int) -> Amount:
        value = int(self.columns[limit.metric.name][index])
        if limit.metric.measure == SHARE:
            return Amount("", value, int(self.columns["standard_macs"][index]))
        return Amount("", value)
