"""The points of a sweep within the limits, the best first, as a table."""

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from dsconv_cost.costs.charges import Figures
from dsconv_cost.costs.unmeasured import unmeasured_layers
from dsconv_cost.errors import UsageError
from dsconv_cost.language.limits import BYTES, SHARE, Amount, Metric
from dsconv_cost.layers.values import Value, written
from dsconv_cost.reports.memory_rules import memory_facts, memory_notes_of
from dsconv_cost.reports.table import (
    ACCURACY,
    EXACT,
    FINE_PERCENT,
    PLAIN,
    TEXT,
    Cell,
    Column,
    Report,
    Table,
    convention_note,
)
from dsconv_cost.spaces.grid import Axis, settings_of
from dsconv_cost.spaces.points import Point, PointLimit, Sweep, SweepCosts
from dsconv_cost.text import inert

OBJECTIVES = {"macs": "the most MACs", "params": "the most params", "top1": "the highest published top-1"}


class FitReport(NamedTuple):
    """The report, and whether any point fits."""

    report: Report
    fits: bool


def fit_report(title: str, costs: SweepCosts, objective: str, top: int | None = None) -> FitReport:
    """Return the points that keep the limits, the best first; if there are none, the one that exceeds them least."""
    sweep = costs.sweep
    best = costs.fits
    if objective == "top1" and best and all(point.top1 is None for point in best):
        raise UsageError(_no_top1(costs))
    rows = [_cells(point, sweep.limits) for point in best[:top]]
    report = Report(
        f"{title}: {_headline(costs, best)}",
        [Table("fits", _columns(sweep), rows)],
        _notes(costs, best, objective, top),
        _facts(costs, best, objective),
    )
    return FitReport(report, bool(best))


def _no_top1(costs: SweepCosts) -> str:
    foreign = any(point.foreign for point in costs.fits)
    why = "; those that it has are of a network with other params or MACs" if foreign else ""
    return f"--objective top1: the file has no published top-1 for any of the {costs.fit_count:,} points that fit{why}"


def _headline(costs: SweepCosts, best: Sequence[Point]) -> str:
    every = costs.total
    wanted = " and ".join(map(_limit_text, costs.sweep.limits))
    return (
        f"{costs.fit_count:,} of {every:,} points have {wanted}" if best else f"none of {every:,} points has {wanted}"
    )


def _facts(costs: SweepCosts, best: Sequence[Point], objective: str) -> dict[str, object]:
    sweep, convention = costs.sweep, costs.sweep.convention
    bits = next(({"bits": limit.bits} for limit in sweep.limits if limit.metric.name == "size"), {})
    memory = [limit for limit in sweep.limits if limit.metric.of_memory]
    return {
        "convention": {"name": convention.name, "version": convention.version},
        "limits": {limit.metric.name: _number(limit.amount, limit.metric) for limit in sweep.limits},
        **bits,
        **memory_facts([limit.metric.name for limit in memory], memory[0].bits if memory else 0),
        "objective": objective,
        "points": costs.total,
        "fit_count": costs.fit_count,
        "best": settings_of(sweep.axes, best[0].values) if best else None,
    }


# -- notes ----------------------------------------------------------------------------------------


def _notes(costs: SweepCosts, best: Sequence[Point], objective: str, top: int | None) -> list[tuple[str, str]]:
    axes, limits = costs.sweep.axes, costs.sweep.limits
    notes: list[tuple[str, str]] = []
    if best:
        point = best[0]
        notes.append(
            ("best", f"{_settings(axes, point.values)}: {OBJECTIVES[objective]} of those that fit, {_cost(point)}")
        )
    else:
        point = costs.nearest
        excesses = [
            _excess_text(limit, actual)
            for limit, actual in zip(limits, point.actual, strict=True)
            if not limit.allows(actual)
        ]
        notes.append(("nearest", f"{_settings(axes, point.values)}: {_cost(point)}, {', '.join(excesses)}"))
    if top is not None and top < costs.fit_count:
        notes.append(("rows", f"{top:,} of {costs.fit_count:,} shown"))
    if costs.example is not None:
        values, error = costs.example
        text = (
            f"at {costs.impossible:,} of the points, e.g. {_settings(axes, values)}: {inert(error.problems[0].message)}"
        )
        notes.append(("no network", text))
    convention = costs.sweep.convention
    memory = [limit for limit in limits if limit.metric.of_memory]
    notes += memory_notes_of([limit.metric.name for limit in memory], memory[0].bits if memory else 0)
    notes.append(convention_note(convention))
    if costs.unmeasured:
        notes.append(("unmeasured", unmeasured_layers(costs.unmeasured, convention)))
    return notes


def _limit_text(limit: PointLimit) -> str:
    """Return a limit as the object of `have`: `at most 300M MACs`."""
    amount = inert(limit.amount.text)
    if limit.metric.measure == SHARE:
        return f"a {limit.metric.title} of at least {amount}"
    if limit.metric.measure == BYTES:
        of = f" of {limit.metric.title}" if limit.metric.of_memory else ""
        return f"at most {amount}{of} at {limit.bits} bits"
    return f"at most {amount} {limit.metric.title}"


def _excess_text(limit: PointLimit, actual: Amount) -> str:
    excess = limit.excess(actual)
    if limit.metric.measure == SHARE:
        return f"{excess:,} MACs too many for a {limit.metric.title} of {inert(limit.amount.text)}"
    what = f"bytes of {limit.metric.title}" if limit.metric.of_memory else "bytes"
    return f"{excess:,} {what if limit.metric.measure == BYTES else limit.metric.title} too many"


def _settings(axes: Sequence[Axis], values: Sequence[Value]) -> str:
    return " ".join(f"{name}={inert(written(value))}" for name, value in settings_of(axes, values).items())


def _cost(point: Point) -> str:
    accuracy = f", top-1 {point.top1:.1f} %" if point.top1 is not None else ""
    return f"{point.figures.params:,} params, {point.figures.macs:,} MACs{accuracy}"


# -- columns and cells ----------------------------------------------------------------------------


def _columns(sweep: Sweep) -> tuple[Column, ...]:
    costs = (
        Column("params", "params", EXACT),
        Column("macs", "MACs", EXACT),
        Column("flops", "FLOPs", EXACT, 0),
        *(column for limit in sweep.limits for column in _limit_columns(limit)),
        Column("top1", "top-1", ACCURACY, 3),
    )
    taken = {column.key for column in costs}
    return (*(_setting_column(axis, taken) for axis in sweep.axes), *costs)


def _limit_columns(limit: PointLimit) -> Iterator[Column]:
    """Yield the columns of a limit: its metric unless that has a column, and how much of the limit is used."""
    metric = limit.metric
    if metric.name not in Figures._fields:
        what = f"{metric.title} bytes" if metric.of_memory else "bytes"
        title = f"{what} at {limit.bits} bits" if metric.measure == BYTES else metric.title
        yield Column(metric.name, title, FINE_PERCENT if metric.measure == SHARE else EXACT)
    if metric.measure != SHARE:
        yield Column(f"{metric.name}_share", f"of {inert(limit.amount.text)}", FINE_PERCENT, 2)


def _setting_column(axis: Axis, taken: Collection[str]) -> Column:
    """Return a hyperparameter's column; its key gets a `_` if a figure has the same one."""
    values = PLAIN if all(type(value) in (int, float) for value in axis.values) else TEXT
    return Column(f"{axis.name}_" if axis.name in taken else axis.name, axis.name, values)


def _cells(point: Point, limits: Sequence[PointLimit]) -> tuple[Cell, ...]:
    return (
        *map(_value_cell, point.values),
        *point.figures,
        *(cell for limit, actual in zip(limits, point.actual, strict=True) for cell in _limit_cells(limit, actual)),
        point.top1,
    )


def _value_cell(value: Value) -> Cell:
    return value if type(value) is int or type(value) is float else inert(written(value))


def _limit_cells(limit: PointLimit, actual: Amount) -> Iterator[Cell]:
    if limit.metric.name not in Figures._fields:
        yield _number(actual, limit.metric)
    if limit.metric.measure != SHARE:
        yield actual.top / limit.amount.top if limit.amount.top else None


def _number(value: Amount, metric: Metric) -> int | float:
    """Return a count or a size as an integer, a share as a fraction of 1."""
    return value.top / value.bottom if metric.measure == SHARE else value.top // value.bottom
