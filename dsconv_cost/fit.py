"""Which settings of a network keep its limits: every point of a grid, counted exactly, and the best by an objective."""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from math import inf
from typing import NamedTuple

from dsconv_cost.analysis import Form
from dsconv_cost.architecture import Architecture, Spec
from dsconv_cost.conventions import Convention, Figures
from dsconv_cost.elaborate import MAX_LAYERS, elaborate
from dsconv_cost.errors import InputError, UsageError
from dsconv_cost.inert import inert, shown
from dsconv_cost.literals import parse_literal
from dsconv_cost.loading import Source
from dsconv_cost.sides import architecture_of, outside_brackets
from dsconv_cost.tables import ACCURACY, EXACT, FINE_SHARE, PLAIN, TEXT, Cell, Column, Report, Table
from dsconv_cost.values import Value, describe

MOST_POINTS = 10_000
OBJECTIVES = {"macs": "the most MACs", "params": "the most params", "top1": "the highest published top-1"}

_RANGE = re.compile(r"\s*(\S+?)\s*\.\.\s*(\S+?)\s*:\s*(\S+)\s*")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,9})?")


class Axis(NamedTuple):
    """A hyperparameter, and the values it takes."""

    name: str
    values: tuple[Value, ...]


class Limit(NamedTuple):
    """The most that is allowed of a metric."""

    metric: str
    text: str
    most: int


class Point(NamedTuple):
    """One choice of values, and what the network costs there."""

    values: tuple[Value, ...]
    figures: Figures
    top1: float | None

    def excess(self, limits: Sequence[Limit]) -> tuple[float, int]:
        """Return by which factor it exceeds the limit that it exceeds most, and its MACs where that says nothing."""
        values = [(getattr(self.figures, limit.metric), limit.most) for limit in limits]
        return max(value / most if most else (inf if value else 0.0) for value, most in values), self.figures.macs

    def fits(self, limits: Sequence[Limit]) -> bool:
        return all(getattr(self.figures, limit.metric) <= limit.most for limit in limits)


# -- the grid -------------------------------------------------------------------------------------


def axis(text: str) -> Axis:
    """Return what `alpha=0.25..1.0:0.05` or `alpha=0.25,0.5,1.0` means. Raises UsageError."""
    where = f"--vary {shown(text)}"
    name, equals, values = text.partition("=")
    name = name.strip()
    if not equals or not name or not values.strip():
        raise UsageError(f"{where}: expected NAME=FIRST..LAST:STEP or NAME=VALUE,VALUE, as alpha=0.25..1.0:0.05")
    if ".." in values:
        return Axis(name, tuple(_steps(values, where)))
    found = [parse_literal(part, where) for part in outside_brackets(values)]
    for index, value in enumerate(found):
        if value in found[:index]:
            raise UsageError(f"{where}: {_word(value)} is there twice")
    return Axis(name, tuple(found))


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


def count(
    source: Source, spec: Spec, axes: Sequence[Axis], fixed: Mapping[str, Value], convention: Convention,
    max_layers: int = MAX_LAYERS,
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
        found.points.append(Point(values, Form(network, convention).total, _top1(architecture)))
    if not found.points:
        raise found.impossible[0][1]
    return found


def _top1(architecture: Architecture) -> float | None:
    return next((float(p.top1) for p in architecture.published if p.top1 and p.form == "as_written"), None)


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
    title: str, axes: Sequence[Axis], found: Found, limits: Sequence[Limit], objective: str, convention: Convention,
    top: int | None = None,
) -> Answer:  # fmt: skip
    """Return the points that keep the limits, the best first; where none does, the one that exceeds them least."""
    fitting = [point for point in found.points if point.fits(limits)]
    if objective == "top1" and fitting and all(point.top1 is None for point in fitting):
        raise UsageError(
            f"--objective top1: the file has no published top-1 for any of the {len(fitting):,} points that fit"
        )
    best = ranked(fitting, objective)
    rows = [_cells(point, limits) for point in best]
    wanted = " and ".join(f"at most {limit.text} {_TITLES[limit.metric]}" for limit in limits)
    every = len(found.points) + len(found.impossible)
    notes: list[tuple[str, str]] = []
    if best:
        notes.append(("best", f"{_where(axes, best[0])}: {OBJECTIVES[objective]} of those that fit, {_cost(best[0])}"))
    else:
        nearest = min(found.points, key=lambda point: point.excess(limits))
        over = ", ".join(
            f"{getattr(nearest.figures, limit.metric) - limit.most:,} {_TITLES[limit.metric]} too many"
            for limit in limits
            if getattr(nearest.figures, limit.metric) > limit.most
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
    columns = (
        *(Column(_key(axis.name), axis.name, _kind(axis)) for axis in axes),
        Column("params", "params", EXACT),
        Column("macs", "MACs", EXACT),
        Column("flops", "FLOPs", EXACT, 0),
        *(Column(f"{limit.metric}_share", f"of {limit.text}", FINE_SHARE, 2) for limit in limits),
        Column("top1", "top-1", ACCURACY, 1),
    )
    facts = {
        "convention": {"name": convention.name, "version": convention.version},
        "limits": {limit.metric: limit.most for limit in limits},
        "objective": objective,
        "points": every,
        "best": dict(zip((axis.name for axis in axes), best[0].values, strict=True)) if best else None,
    }
    said = f"{len(best):,} of {every:,} points have {wanted}" if best else f"none of {every:,} points has {wanted}"
    return Answer(Report(f"{title}: {said}", [Table("fits", columns, rows[:top])], notes, facts), bool(best))


_TITLES = {"params": "params", "macs": "MACs", "flops": "FLOPs"}
_TAKEN = ("params", "macs", "flops", "params_share", "macs_share", "flops_share", "top1")


def _key(name: str) -> str:
    """Return a column's key for a hyperparameter; one that is called like a figure has a line behind it."""
    return f"{name}_" if name in _TAKEN else name


def _kind(axis: Axis) -> str:
    return PLAIN if all(type(value) in (int, float) for value in axis.values) else TEXT


def _cells(point: Point, limits: Sequence[Limit]) -> tuple[Cell, ...]:
    shares = [getattr(point.figures, limit.metric) / limit.most if limit.most else None for limit in limits]
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
