"""The values that hyperparameters take, from text such as `alpha=0.25..1.0:0.05`, and the points they span."""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from dsconv_cost.errors import UsageError
from dsconv_cost.layers.values import Value, written
from dsconv_cost.sources.settings import outside_brackets, parse_literal
from dsconv_cost.text import inert, shown

MAX_POINTS = 10_000

# No part of these matches what the next one may begin with, so that there is one way to try.
_DECIMAL = r"([+-]?[0-9]{1,15}(?:\.[0-9]{1,9})?)"
_RANGE = re.compile(rf"\s*{_DECIMAL}\s*\.\.\s*{_DECIMAL}\s*(?::\s*{_DECIMAL}\s*)?")
_FOREIGN_RANGE = re.compile(
    rf"{_DECIMAL}\s*(?:-|:|to|\.{{2,}}|…)\s*{_DECIMAL}\s*(?:(?::|,?\s*step\b|/|\.{{2,}})\s*{_DECIMAL})?"
)
"""A range as other programs write it."""


class Axis(NamedTuple):
    """A hyperparameter and the values it takes."""

    name: str
    values: tuple[Value, ...]


def parse_axis(text: str, option: str = "--vary") -> Axis:
    """Return the axis that `alpha=0.25..1.0:0.05` or `alpha=0.25,0.5,1.0` describes. Raises UsageError."""
    where = f"{option} {shown(text)}"
    name, equals, values = text.partition("=")
    name = name.strip()
    if not equals or not name or not values.strip():
        raise UsageError(f"{where}: expected NAME=FIRST..LAST:STEP or NAME=VALUE,VALUE, e.g. alpha=0.25..1.0:0.05")
    _refuse_foreign_range(name, values, where)
    if ".." in values:
        return Axis(name, tuple(_steps(values, where)))
    return axis_of(name, [parse_literal(part, where) for part in outside_brackets(values)], where)


def axis_of(name: str, values: Sequence[Value], where: str) -> Axis:
    """Return the axis of a hyperparameter and its values. Raises UsageError where one is there twice, or there are too many."""
    if len(values) > MAX_POINTS:
        raise UsageError(f"{where}: {len(values):,} values; the maximum is {MAX_POINTS:,} points")
    for index, value in enumerate(values):
        if value in values[:index]:
            raise UsageError(f"{where}: duplicate value {inert(written(value))}")
    return Axis(name, tuple(values))


def _refuse_foreign_range(name: str, values: str, where: str) -> None:
    """Raise UsageError for a range written as in other programs, and show how to write it here."""
    if _RANGE.fullmatch(values) is not None:
        return
    match = _FOREIGN_RANGE.fullmatch(values.strip())
    if match is not None:
        whole = not any("." in part for part in (match[1], match[2]))
        step = f":{match[3]}" if match[3] else "" if whole else ":STEP"
        raise UsageError(f"{where}: a range is FIRST..LAST:STEP: write {name}={match[1]}..{match[2]}{step}")
    if ":" in values and ".." not in values:
        raise UsageError(f"{where}: a range is FIRST..LAST:STEP, e.g. 0.25..1.0:0.05 or 128..224:32")


def _steps(text: str, where: str) -> Iterator[Value]:
    """Return the values of a range; steps are added as decimals, so that 0.25 + 0.05 is 0.3."""
    match = _RANGE.fullmatch(text)
    if match is None:
        raise UsageError(f"{where}: expected FIRST..LAST:STEP in decimal numbers, e.g. 0.25..1.0:0.05 or 128..224:32")
    if match[3] is None and ("." in match[1] or "." in match[2]):
        raise UsageError(f"{where}: decimals need a step: write FIRST..LAST:STEP, e.g. 0.25..1.0:0.05")
    given = (match[1], match[2], match[3] or "1")
    first, last, step = (Decimal(part) for part in given)
    if step <= 0:
        raise UsageError(f"{where}: the step is {match[3]}, expected a number above 0")
    if last < first:
        raise UsageError(f"{where}: the range ends before it begins: write the smaller value first")
    count = int((last - first) / step) + 1
    if count > MAX_POINTS:
        raise UsageError(f"{where}: {count:,} values; the maximum is {MAX_POINTS:,} points")
    whole = not any("." in part for part in (given[0], given[2]))
    return (int(first + i * step) if whole else float(first + i * step) for i in range(count))


def check_grid(axes: Sequence[Axis], fixed: Mapping[str, Value]) -> None:
    """Raise UsageError for a grid with too many points, and for a hyperparameter given twice."""
    names = [axis.name for axis in axes]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"the hyperparameter {shown(name)} is varied twice: name it once")
        if name in fixed:
            raise UsageError(f"the hyperparameter {shown(name)} is both set and varied: do one of the two")
    points = 1
    for axis in axes:
        points *= len(axis.values)
    if points > MAX_POINTS:
        raise UsageError(f"{points:,} points; the maximum is {MAX_POINTS:,}: take larger steps")


def combinations(axes: Sequence[Axis]) -> Iterator[tuple[Value, ...]]:
    """Yield the values of every point of a grid, the last axis changing fastest."""
    return itertools.product(*(axis.values for axis in axes))


def settings_of(axes: Sequence[Axis], values: Sequence[Value]) -> dict[str, Value]:
    """Return the hyperparameters of one point by name."""
    return dict(zip((axis.name for axis in axes), values, strict=True))
