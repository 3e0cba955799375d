"""Names in sight that have a value for each combination of settings, and expressions over them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dsconv_cost.language.expressions.expression import ARRIVING, NO_NAMES, Arriving, Expression, Unknown
from dsconv_cost.layers.fields import Kind, Rejected
from dsconv_cost.layers.shapes import Shape
from dsconv_cost.layers.values import Value, ValueProblem
from dsconv_cost.network.environment import NamesInSight
from dsconv_cost.spaces.arithmetic import ExactSpace
from dsconv_cost.spaces.space import Cells, Entangled, diverged, union
from dsconv_cost.spaces.varying import NumberTable, varies

_MOST_RUNS = 1 << 19
"""For how many combinations of settings an expression is worked out."""


class Choices:
    """A value of the language for each combination of the values of some axes."""

    __slots__ = ("axes", "cells", "codes", "values")

    def __init__(self, axes: tuple[int, ...], values: Sequence[Value], codes: Cells) -> None:
        self.axes = axes
        self.values = values
        """Each different one once."""
        self.codes = codes
        """Which of them it is, by the combination."""

    def __repr__(self) -> str:
        return (
            f"<choices {self.axes} {self.values!r} {self.codes.tobytes()!r}>"  # what a block is given is known by this
        )


class ChosenNames(NamesInSight):
    """Names of which some have a value for each combination of settings."""

    __slots__ = ("space",)

    def __init__(
        self, values: Mapping[str, Any], outer: "NamesInSight | None" = None, space: ExactSpace | None = None
    ) -> None:
        super().__init__(values, outer)
        self.space: ExactSpace = space if space is not None else outer.space  # type: ignore[union-attr]  # the first names of all have a space

    def run(self, expression: Expression, x: Arriving, kind: Kind | None = None) -> Any:
        """Return the value of an expression: of a field a table where it varies, else choices.

        Raises Diverged where it varies and no table has it: words, lists of different lengths, a problem at some points.
        """
        names = expression.names
        if names is NO_NAMES or not names:
            return super().run(expression, x, kind)
        chosen = {name: value for name in names if isinstance(value := self._value(name), Choices)}
        x, varying = (x, {}) if names.isdisjoint(ARRIVING) else _arriving(x)
        if not chosen and not varying:
            return super().run(expression, x, kind)
        axes = union(*[value.axes for value in chosen.values()], *[value.axes for value in varying.values()])
        if self.space.count(axes) > _MOST_RUNS:
            raise Entangled(expression.text)
        return self._collected(axes, *self._each(expression, x, kind, axes, chosen, varying), kind)

    def _value(self, name: str) -> Any:
        names: NamesInSight | None = self
        while names is not None:
            if name in names:
                return names[name]
            names = names.outer
        return None

    def _each(
        self, expression: Expression, x: Arriving, kind: Kind | None, axes: tuple[int, ...],
        chosen: Mapping[str, Choices], varying: Mapping[int, NumberTable],
    ) -> tuple[list[Any], Cells]:  # fmt: skip
        """Return the different results, and which of them each combination has; the result of a problem is the problem."""
        space = self.space
        sizes = [space.sizes[axis] for axis in axes]
        columns = [np.broadcast_to(space.broadcast(c.codes, c.axes, axes), sizes).reshape(-1) for c in chosen.values()]
        columns += [
            np.broadcast_to(space.broadcast(t.cells, t.axes, axes), sizes).reshape(-1) for t in varying.values()
        ]
        rows, row_of = _distinct(columns)
        overlay = NamesInSight({}, self)
        results: list[Any] = []
        code_of_result: dict[str, int] = {}
        codes: list[int] = []
        for row in rows:
            for (name, choices), code in zip(chosen.items(), row, strict=False):
                overlay[name] = choices.values[code]
            arriving = _at(x, dict(zip(varying, row[len(chosen) :], strict=True))) if varying else x
            result: Any
            try:
                result = expression.run(overlay, arriving)
                if kind is not None:
                    result = kind.accept(result)
            except Unknown:
                raise
            except (ValueProblem, Rejected) as problem:
                result = problem
            key = "problem" if isinstance(result, Exception) else repr(result)
            if key not in code_of_result:
                code_of_result[key] = len(results)
                results.append(result)
            codes.append(code_of_result[key])
        return results, np.array(codes, np.int64)[row_of].reshape(sizes)

    def _collected(self, axes: tuple[int, ...], results: list[Any], codes: Cells, kind: Kind | None) -> Any:
        if len(results) == 1:
            if isinstance(results[0], Exception):
                raise results[0]
            return results[0]
        wrong = [isinstance(result, Exception) for result in results]
        if any(wrong):
            raise diverged(axes, np.array(wrong)[codes])
        if kind is None:
            return Choices(*_reduced(axes, results, codes))
        if all(type(result) is int for result in results):
            return self.space.table(axes, np.array(results, np.int64)[codes])
        if all(type(result) is tuple and len(result) == len(results[0]) for result in results) and all(
            type(part) is int for result in results for part in result
        ):
            return tuple(
                [self.space.table(axes, np.array(part, np.int64)[codes]) for part in zip(*results, strict=True)]
            )
        raise diverged(axes, codes)


def chosen_names(space: ExactSpace, fixed: Mapping[str, Value]) -> ChosenNames:
    """Return the hyperparameters: those of the axes with all values that they have in a space, and the fixed ones."""
    values: dict[str, Any] = dict(fixed)
    for number, axis in enumerate(space.axes):
        values[axis.name] = axis.values[0]
        if len(axis.values) > 1:
            values[axis.name] = Choices((number,), axis.values, np.arange(len(axis.values)))
    return ChosenNames(values, space=space)


def _distinct(columns: list[Cells]) -> tuple[list[list[int]], Cells]:
    """Return the different rows of some columns, and which of them each row is."""
    if len(columns) == 1 and columns[0].dtype != object:
        values, row_of = np.unique(columns[0], return_inverse=True)
        return [[value] for value in values.tolist()], row_of.reshape(-1)
    rows, row_of = np.unique(np.stack(columns, axis=1).astype(np.int64), axis=0, return_inverse=True)
    return rows.tolist(), row_of.reshape(-1)


def _arriving(x: Arriving) -> tuple[Arriving, dict[int, NumberTable]]:
    """Return what arrives with its sizes worked out, and those of them that vary."""
    if x.shape is None:
        known = _worked_out(x.channels)
        return Arriving(known), {0: known} if varies(known) else {}
    sizes = [_worked_out(size) for size in x.shape]
    return Arriving(sizes[0], Shape(*sizes)), {index: size for index, size in enumerate(sizes) if varies(size)}


def _worked_out(size: Any) -> Any:
    return size.space.tabulated(size) if varies(size) else size


def _at(x: Arriving, sizes: Mapping[int, int]) -> Arriving:
    if x.shape is None:
        return Arriving(sizes.get(0, x.channels))
    shape = Shape(*[sizes.get(index, size) for index, size in enumerate(x.shape)])
    return Arriving(shape.channels, shape)


def _reduced(axes: tuple[int, ...], values: list[Any], codes: Cells) -> tuple[tuple[int, ...], list[Any], Cells]:
    """Return choices over those of the axes that they depend on."""
    for position in reversed(range(len(axes))):
        first = codes.take([0], axis=position)
        if bool((codes == first).all()):
            codes = first.squeeze(axis=position)
            axes = (*axes[:position], *axes[position + 1 :])
    return axes, values, np.ascontiguousarray(codes)
