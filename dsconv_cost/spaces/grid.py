"""The values that settings take, from text such as `alpha=0.25..1.0:0.05`, and the points they span."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from dsconv_cost.errors import UsageError
from dsconv_cost.language.ranges import MOST_AXIS_VALUES, RangeProblem, range_values, refuse_foreign_range
from dsconv_cost.layers.values import Value, written
from dsconv_cost.sources.settings import outside_brackets, parse_literal
from dsconv_cost.text import inert, shown


class Axis(NamedTuple):
    """A hyperparameter and the values it takes."""

    name: str
    values: tuple[Value, ...]


def parse_axis(text: str, option: str = "--vary") -> Axis:
    """Return the axis that `alpha=0.25..1.0:0.05`, `alpha=0.25,0.5` or `depths=[[1,2],[2,3]]` describes. Raises UsageError."""
    where = f"{option} {shown(text)}"
    name, equals, values = text.partition("=")
    name = name.strip()
    if not equals or not name or not values.strip():
        raise UsageError(f"{where}: expected NAME=FIRST..LAST:STEP or NAME=VALUE,VALUE, e.g. alpha=0.25..1.0:0.05")
    try:
        refuse_foreign_range(name, values)
        if ".." in values:
            return Axis(name, range_values(values))
    except RangeProblem as problem:
        raise UsageError(f"{where}: {problem}") from None
    values = values.strip()
    if values.startswith("[[") and values.endswith("]]"):
        values = values[1:-1]
    return axis_of(name, [parse_literal(part, where) for part in outside_brackets(values)], where)


def axis_of(name: str, values: Sequence[Value], where: str) -> Axis:
    """Return the axis of a hyperparameter and its values. Raises UsageError where one is there twice, or there are too many."""
    if len(values) > MOST_AXIS_VALUES:
        raise UsageError(f"{where}: {len(values):,} values; the maximum is {MOST_AXIS_VALUES:,}")
    seen: set[Value] = set()
    for value in values:
        if value in seen:
            raise UsageError(f"{where}: duplicate value {inert(written(value))}")
        seen.add(value)
    return Axis(name, tuple(values))


def check_grid(axes: Sequence[Axis], fixed: Mapping[str, Value]) -> None:
    """Raise UsageError for a hyperparameter given twice."""
    names = [axis.name for axis in axes]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"the hyperparameter {shown(name)} is varied twice: name it once")
        if name in fixed:
            raise UsageError(f"the hyperparameter {shown(name)} is both set and varied: do one of the two")


def combinations(axes: Sequence[Axis]) -> Iterator[tuple[Value, ...]]:
    """Yield the values of every point of a grid, the last axis changing fastest."""
    return itertools.product(*(axis.values for axis in axes))


def settings_of(axes: Sequence[Axis], values: Sequence[Value]) -> dict[str, Value]:
    """Return the hyperparameters of one point by name."""
    return dict(zip((axis.name for axis in axes), values, strict=True))
