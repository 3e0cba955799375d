"""A space of settings: axes with the values that they take, and how it is split where a decision depends on one of them."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from dsconv_cost.layers.values import Value
from dsconv_cost.named_tuple import NamedTuple

Ints = npt.NDArray[np.int64]
Cells = npt.NDArray[Any]
"""int64 where the bounds allow it, else Python's own integers; of what is no number, objects."""

SMALL = 1 << 16
"""How many cells a table has at most; a larger one stays a sum of products of tables."""


class SpaceAxis(NamedTuple):
    """A setting, and those of its values that are looked at together."""

    name: str
    values: tuple[Value, ...]
    numbers: Ints
    """Which of all values of the setting they are."""


class Space:
    """The points that one run of the elaborator stands for: all combinations of the values of its axes."""

    __slots__ = ("axes", "sizes", "tables")

    def __init__(self, axes: Sequence[SpaceAxis]) -> None:
        self.axes = tuple(axes)
        self.sizes = tuple([len(axis.values) for axis in axes])
        self.tables: dict[tuple[Any, ...], Any] = {}
        """Tables and operations by their content, so that equal ones are the same object."""

    def count(self, axes: Sequence[int]) -> int:
        """Return how many combinations the values of some axes have."""
        cells = 1
        for axis in axes:
            cells *= self.sizes[axis]
        return cells

    def within(self, axis: int, chosen: Ints) -> Self:
        """Return the part of the space where an axis has some of its values."""
        whole = self.axes[axis]
        part = SpaceAxis(whole.name, tuple([whole.values[i] for i in chosen.tolist()]), whole.numbers[chosen])
        return type(self)([*self.axes[:axis], part, *self.axes[axis + 1 :]])

    def broadcast(self, cells: Cells, axes: Sequence[int], wanted: Sequence[int]) -> Cells:
        """Return cells over some axes as a view that can meet others over the wanted axes, both in order."""
        return cells.reshape([self.sizes[axis] if axis in axes else 1 for axis in wanted])

    # The arithmetic of what varies over it: `arithmetic.py` has it.

    def sum(self, a: Any, b: Any, sign: int) -> Any:
        """Return a + b, or a - b."""
        raise NotImplementedError

    def defer(self, operator: str, a: Any, b: Any) -> Any:
        """Return what an operator makes of two numbers, to be worked out when it is asked for."""
        raise NotImplementedError

    def work_out(self, operator: str, deferred: Any) -> Any:
        """Return the result of a deferred operator."""
        raise NotImplementedError

    def product(self, a: Any, b: Any) -> Any:
        raise NotImplementedError

    def quotient(self, a: Any, b: Any) -> Any:
        """Return a // b."""
        raise NotImplementedError

    def operation(self, operator: str, *operands: Any) -> Any:
        """Return what `*`, `//`, `%` or `max` makes of its operands."""
        raise NotImplementedError

    def times_float(self, value: Any, factor: float) -> Any:
        """Return a product that is a whole number everywhere. Raises Diverged where it is one at some points alone."""
        raise NotImplementedError

    def is_zero(self, value: Any) -> bool:
        """Return whether a number is 0 everywhere, or nowhere. Raises Diverged."""
        raise NotImplementedError

    def is_negative(self, value: Any) -> bool:
        """Return whether a number is below 0 everywhere, or nowhere. Raises Diverged."""
        raise NotImplementedError

    def tabulated(self, value: Any) -> Any:
        """Return a number as a table, or as an int where it is the same everywhere. Raises Entangled."""
        raise NotImplementedError


class Diverged(Exception):
    """A decision that is not the same at all points: the space is to be split along an axis."""

    def __init__(self, axis: int, groups: Sequence[Ints]) -> None:
        super().__init__(axis)
        self.axis = axis
        self.groups = groups
        """The values of the axis, apart where the decision differs."""


class Entangled(Exception):
    """A decision that depends on more combinations of settings than can be looked at: points are counted one by one."""


def diverged(axes: Sequence[int], cells: Cells) -> Diverged:
    """Return how to split a space so that cells become equal: along the axis that tells the fewest groups apart."""
    best: tuple[int, list[Ints]] | None = None
    for position, axis in enumerate(axes):
        rows = np.moveaxis(cells, position, 0).reshape(cells.shape[position], -1)
        _, group_of = np.unique(rows, axis=0, return_inverse=True)
        group_of = group_of.reshape(-1)
        groups = [np.flatnonzero(group_of == group) for group in range(int(group_of.max()) + 1)]
        if len(groups) > 1 and (best is None or len(groups) < len(best[1])):
            best = (axis, groups)
    assert best is not None, "the cells are equal"
    return Diverged(*best)


def union(*axes: Sequence[int]) -> tuple[int, ...]:
    """Return all of these axes in order."""
    if len(axes) == 2 and tuple(axes[0]) == tuple(axes[1]):
        return tuple(axes[0])
    return tuple(sorted(set().union(*axes)))
