"""Which settings of a network keep its limits: every point of a grid, counted exactly, and the best by an objective."""

import itertools
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from math import inf
from typing import NamedTuple

from dsconv_cost.budget.judging import LimitOfNothing, judge
from dsconv_cost.budget.networks import MeasuredNetwork
from dsconv_cost.costs.accuracy import top1
from dsconv_cost.costs.analysis import Form
from dsconv_cost.costs.conventions import Convention, Figures
from dsconv_cost.costs.parts import PartCosts
from dsconv_cost.errors import InputError, UsageError
from dsconv_cost.language.architecture import Spec
from dsconv_cost.language.limits import BYTES, SHARE, Amount, Limit, Metric
from dsconv_cost.layers.values import Value, describe
from dsconv_cost.network.build import MAX_LAYERS, elaborate
from dsconv_cost.network.graph import Network
from dsconv_cost.reports.table import ACCURACY, EXACT, FINE_SHARE, PLAIN, TEXT, Cell, Column, Report, Table
from dsconv_cost.sources.load import Source, architecture_of
from dsconv_cost.sources.settings import outside_brackets, parse_literal
from dsconv_cost.text import inert, shown

MOST_POINTS = 10_000
OBJECTIVES = {"macs": "the most MACs", "params": "the most params", "top1": "the highest published top-1"}

_RANGE = re.compile(r"\s*(\S+?)\s*\.\.\s*(\S+?)\s*:\s*(\S+)\s*")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,9})?")
_MEANT = re.compile(r"([0-9.]+?)\s*(?:-|:|to|\.{2,}|…)\s*([0-9.]+?)\s*(?:(?::|,?\s*step\b|/|\.{2,})\s*([0-9.]+?))?")
"""How else people write a range."""


class Axis(NamedTuple):
    """A hyperparameter, and the values it takes."""

    name: str
    values: tuple[Value, ...]


class PointLimit(NamedTuple):
    """The most that is allowed of a metric, or of a saving the least."""

    metric: Metric
    amount: Amount
    bits: int
    """Of a parameter, for a size."""

    @property
    def entry(self) -> Limit:
        """The limit as `check` has it."""
        high, low = (self.amount, None) if self.metric.less_is_better else (None, self.amount)
        return Limit(self.metric, high, low, bits=self.bits)

    @property
    def text(self) -> str:
        """In words, to stand behind `have`: `at most 300M MACs`."""
        written = inert(self.amount.text)
        if self.metric.measure == SHARE:
            return f"a {self.metric.title} of at least {written}"
        if self.metric.measure == BYTES:
            return f"at most {written} at {self.bits} bits"
        return f"at most {written} {self.metric.title}"

    def kept(self, actual: Amount) -> bool:
        return not (actual.above(self.amount) if self.metric.less_is_better else self.amount.above(actual))

    def times(self, actual: Amount) -> float:
        """Return which part of what is allowed is used; of a saving, of the MACs that it leaves."""
        used, allowed = actual, self.amount
        if not self.metric.less_is_better:
            used, allowed = (Amount("", a.bottom - a.top, a.bottom) for a in (actual, self.amount))
        if not allowed.top:
            return inf if used.top else 0.0
        return (used.top * allowed.bottom) / (used.bottom * allowed.top)

    def excess(self, actual: Amount) -> str:
        """Return in words by how much it is exceeded."""
        if self.metric.measure == SHARE:
            # Whole MACs of the standard form's that may be left.
            left = actual.bottom - -(-actual.bottom * self.amount.top // self.amount.bottom)
            return f"{actual.bottom - actual.top - left:,} MACs too many for a {self.metric.title} of {inert(self.amount.text)}"
        what = "bytes" if self.metric.measure == BYTES else self.metric.title
        return f"{actual.top - self.amount.top:,} {what} too many"


class Point(NamedTuple):
    """One choice of values, and what the network costs there."""

    values: tuple[Value, ...]
    figures: Figures
    actual: tuple[Amount, ...]
    """What each limit is held against, in their order."""
    top1: float | None
    foreign: bool = False
    """Whether the file has a top-1 for these values, of an original whose params or MACs are others."""

    def excess(self, limits: Sequence[PointLimit]) -> tuple[float, int]:
        """Return by which factor it exceeds the limit that it exceeds most, and its MACs where that says nothing."""
        return max(limit.times(a) for limit, a in zip(limits, self.actual, strict=True)), self.figures.macs

    def fits(self, limits: Sequence[PointLimit]) -> bool:
        return all(limit.kept(a) for limit, a in zip(limits, self.actual, strict=True))


# -- the grid -------------------------------------------------------------------------------------


def axis(text: str) -> Axis:
    """Return what `alpha=0.25..1.0:0.05` or `alpha=0.25,0.5,1.0` means. Raises UsageError."""
    where = f"--vary {shown(text)}"
    name, equals, values = text.partition("=")
    name = name.strip()
    if not equals or not name or not values.strip():
        raise UsageError(f"{where}: expected NAME=FIRST..LAST:STEP or NAME=VALUE,VALUE, as alpha=0.25..1.0:0.05")
    _refuse_other_ranges(name, values, where)
    if ".." in values:
        return Axis(name, tuple(_steps(values, where)))
    found = [parse_literal(part, where) for part in outside_brackets(values)]
    for index, value in enumerate(found):
        if value in found[:index]:
            raise UsageError(f"{where}: {_word(value)} is there twice")
    return Axis(name, tuple(found))


def _refuse_other_ranges(name: str, values: str, where: str) -> None:
    """Raise UsageError for a range that is written as other programs want it, and say how it is written here."""
    right = _RANGE.fullmatch(values)
    if right is not None and all(_DECIMAL.fullmatch(part) for part in right.groups()):
        return
    match = _MEANT.fullmatch(values.strip())
    if match is not None and all(_DECIMAL.fullmatch(part) for part in match.groups("1")):
        raise UsageError(
            f"{where}: a range is FIRST..LAST:STEP: write {name}={match[1]}..{match[2]}:{match[3] or 'STEP'}"
        )
    if ":" in values and ".." not in values:
        raise UsageError(f"{where}: a range is FIRST..LAST:STEP, as 0.25..1.0:0.05 or 128..224:32")


def _steps(text: str, where: str) -> Iterator[Value]:
    """Return the values of a range; steps are added as decimals, so that 0.25 + 0.05 is 0.3."""
    match = _RANGE.fullmatch(text)
    if match is None or not all(_DECIMAL.fullmatch(part) for part in match.groups()):
        raise UsageError(f"{where}: expected FIRST..LAST:STEP in decimal numbers, as 0.25..1.0:0.05 or 128..224:32")
    first, last, step = (Decimal(part) for part in match.groups())
    if step <= 0:
        raise UsageError(f"{where}: the step is {match[3]}, expected one above 0")
    if last < first:
        raise UsageError(f"{where}: the range ends before it begins: write the smaller value first")
    count = int((last - first) / step) + 1
    if count > MOST_POINTS:
        raise UsageError(f"{where}: {count:,} values; at most {MOST_POINTS:,} points are counted")
    whole = not any("." in part for part in (match[1], match[3]))
    return (int(first + i * step) if whole else float(first + i * step) for i in range(count))


def grid(axes: Sequence[Axis], fixed: Mapping[str, Value]) -> int:
    """Return how many points axes have. Raises UsageError for too many, and for a hyperparameter given twice."""
    names = [axis.name for axis in axes]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"the hyperparameter {shown(name)} is varied twice: name it once")
        if name in fixed:
            raise UsageError(f"the hyperparameter {shown(name)} is set and varied: do one of them")
    points = 1
    for axis in axes:
        points *= len(axis.values)
    if points > MOST_POINTS:
        raise UsageError(f"{points:,} points; at most {MOST_POINTS:,} are counted: take larger steps")
    return points


# -- the points -----------------------------------------------------------------------------------


class Found(NamedTuple):
    """Every point, and those where there is no network."""

    points: list[Point]
    impossible: list[tuple[tuple[Value, ...], InputError]]


def evaluate(
    source: Source, spec: Spec, axes: Sequence[Axis], fixed: Mapping[str, Value], limits: Sequence[PointLimit],
    convention: Convention, max_layers: int = MAX_LAYERS,
) -> Found:  # fmt: skip
    """Return what the network costs as written at every point. Raises InputError where it is wrong at all of them."""
    found = Found([], [])
    for values in itertools.product(*(axis.values for axis in axes)):
        chosen = {**fixed, **dict(zip((axis.name for axis in axes), values, strict=True))}
        architecture = architecture_of(source, spec, chosen)
        try:
            network = elaborate(architecture, max_layers)
        except InputError as error:
            found.impossible.append((values, error))
            continue
        form = Form(network, convention)
        try:
            actual = _held_against(limits, network, form)
        except LimitOfNothing as nothing:
            raise UsageError(f"{_settings(axes, values)}: {nothing}") from None
        printed = top1(architecture, form)
        accuracy = float(printed.top1) if printed is not None and printed.top1 else None
        foreign = printed is None and any(entry.top1 for entry in architecture.published)
        found.points.append(Point(values, form.total, actual, accuracy, foreign))
    if not found.points:
        raise found.impossible[0][1]
    return found


def _held_against(limits: Sequence[PointLimit], network: Network, form: Form) -> tuple[Amount, ...]:
    """Return what each limit is about, as `check` measures it. Raises LimitOfNothing."""
    if all(limit.metric.name in Figures._fields for limit in limits):
        figures = form.total  # what the measures below would say, at half the time
        return tuple(Amount("", getattr(figures, limit.metric.name)) for limit in limits)
    measured = MeasuredNetwork("", "", PartCosts(network, form.convention))
    return tuple(judge(measured, limit.entry)[0].actual for limit in limits)


def ranked(points: Sequence[Point], objective: str) -> list[Point]:
    """Return points with the best first; of equal ones the one with fewer MACs, then fewer params, then the earlier."""

    def place(point: Point) -> tuple[float, int, int]:
        if objective == "top1":
            return -(point.top1 if point.top1 is not None else -1.0), point.figures.macs, point.figures.params
        return -getattr(point.figures, objective), point.figures.macs, point.figures.params

    return sorted(points, key=place)


# -- as a report ----------------------------------------------------------------------------------


class Answer(NamedTuple):
    """The report, and whether any point fits."""

    report: Report
    fits: bool


def answer(
    title: str, axes: Sequence[Axis], found: Found, limits: Sequence[PointLimit], objective: str, convention: Convention,
    top: int | None = None,
) -> Answer:  # fmt: skip
    """Return the points that keep the limits, the best first; where none does, the one that exceeds them least."""
    fitting = [point for point in found.points if point.fits(limits)]
    if objective == "top1" and fitting and all(point.top1 is None for point in fitting):
        foreign = (
            "; those that it has are of a network with other params or MACs" if any(p.foreign for p in fitting) else ""
        )
        raise UsageError(
            f"--objective top1: the file has no published top-1 for any of the {len(fitting):,} points that fit{foreign}"
        )
    best = ranked(fitting, objective)
    rows = [_cells(point, limits) for point in best]
    wanted = " and ".join(limit.text for limit in limits)
    every = len(found.points) + len(found.impossible)
    notes: list[tuple[str, str]] = []
    if best:
        notes.append(("best", f"{_where(axes, best[0])}: {OBJECTIVES[objective]} of those that fit, {_cost(best[0])}"))
    else:
        nearest = min(found.points, key=lambda point: point.excess(limits))
        over = ", ".join(
            limit.excess(actual) for limit, actual in zip(limits, nearest.actual, strict=True) if not limit.kept(actual)
        )
        notes.append(("nearest", f"{_where(axes, nearest)}: {_cost(nearest)}, {over}"))
    if top is not None and top < len(best):
        notes.append(("rows", f"{top:,} of {len(best):,} shown"))
    if found.impossible:
        values, error = found.impossible[0]
        reason = error.problems[0].message
        notes.append(
            ("no network", f"at {len(found.impossible):,} of the points, as {_settings(axes, values)}: {inert(reason)}")
        )  # fmt: skip
    notes.append(("convention", f"{convention.name} {convention.version}: {convention.summary}"))
    costs = (
        Column("params", "params", EXACT),
        Column("macs", "MACs", EXACT),
        Column("flops", "FLOPs", EXACT, 0),
        *(column for limit in limits for column in _columns(limit)),
        Column("top1", "top-1", ACCURACY, 3),
    )
    taken = {column.key for column in costs}
    columns = (*(_setting(axis, taken) for axis in axes), *costs)
    bits = next(({"bits": limit.bits} for limit in limits if limit.metric.measure == BYTES), {})
    facts = {
        "convention": {"name": convention.name, "version": convention.version},
        "limits": {limit.metric.name: _number(limit.amount, limit.metric) for limit in limits},
        **bits,
        "objective": objective,
        "points": every,
        "fit_count": len(best),
        "best": dict(zip((axis.name for axis in axes), best[0].values, strict=True)) if best else None,
    }
    said = f"{len(best):,} of {every:,} points have {wanted}" if best else f"none of {every:,} points has {wanted}"
    return Answer(Report(f"{title}: {said}", [Table("fits", columns, rows[:top])], notes, facts), bool(best))


def _columns(limit: PointLimit) -> Iterator[Column]:
    """Yield the columns of a limit: the figure, if there is none yet, and how much of what is allowed it is."""
    metric = limit.metric
    if metric.name not in Figures._fields:
        title = f"bytes at {limit.bits} bits" if metric.measure == BYTES else metric.title
        yield Column(metric.name, title, FINE_SHARE if metric.measure == SHARE else EXACT)
    if metric.measure != SHARE:
        yield Column(f"{metric.name}_share", f"of {inert(limit.amount.text)}", FINE_SHARE, 2)


def _limit_cells(limit: PointLimit, actual: Amount) -> Iterator[Cell]:
    if limit.metric.name not in Figures._fields:
        yield _number(actual, limit.metric)
    if limit.metric.measure != SHARE:
        yield actual.top / limit.amount.top if limit.amount.top else None


def _number(value: Amount, metric: Metric) -> int | float:
    """Return a count or a size as an integer, a share as a fraction of 1."""
    return value.top / value.bottom if metric.measure == SHARE else value.top // value.bottom


def _setting(axis: Axis, taken: Collection[str]) -> Column:
    """Return a hyperparameter's column; the key of one that is called like a figure has a line behind it."""
    return Column(f"{axis.name}_" if axis.name in taken else axis.name, axis.name, _kind(axis))


def _kind(axis: Axis) -> str:
    return PLAIN if all(type(value) in (int, float) for value in axis.values) else TEXT


def _cells(point: Point, limits: Sequence[PointLimit]) -> tuple[Cell, ...]:
    shares = [cell for limit, a in zip(limits, point.actual, strict=True) for cell in _limit_cells(limit, a)]
    values = [value if type(value) in (int, float) else _word(value) for value in point.values]
    return (*values, *point.figures, *shares, point.top1)  # type: ignore[arg-type]  # numbers and words


def _word(value: Value) -> str:
    return inert(describe(value).removeprefix("the word ").removeprefix("the list "))


def _settings(axes: Sequence[Axis], values: Sequence[Value]) -> str:
    return " ".join(f"{axis.name}={_word(value)}" for axis, value in zip(axes, values, strict=True))


def _where(axes: Sequence[Axis], point: Point) -> str:
    return _settings(axes, point.values)


def _cost(point: Point) -> str:
    accuracy = f", top-1 {point.top1:.1f} %" if point.top1 is not None else ""
    return f"{point.figures.params:,} params, {point.figures.macs:,} MACs{accuracy}"
