"""The values of numbers that vary, at points of a space: gathers from tables, and sums of them."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from dsconv_cost.spaces.space import Cells, Ints, Space
from dsconv_cost.spaces.varying import NumberTable, Operand, Polynomial, resolved, varies


class Gathered:
    """Points of a space: for each axis the number of its value at each point."""

    def __init__(self, space: Space, numbers: Sequence[Ints], count: int) -> None:
        self._space = space
        self._numbers = numbers
        self._count = count
        self._known: dict[int, Any] = {}
        self._flat: dict[tuple[int, ...], Ints] = {}

    def of(self, value: Operand) -> Cells:
        """Return the value at each point."""
        cells = self._at(value)
        if isinstance(cells, int):
            exact = abs(cells) < 1 << 63
            return np.full(self._count, cells, np.int64 if exact else object)
        result: Cells = cells
        return result

    def _at(self, value: Operand) -> Any:
        value = resolved(value)
        if not varies(value):
            return int(value)
        known = self._known.get(id(value))
        if known is None:
            known = self._known[id(value)] = self._worked_out(value)
        return known

    def _worked_out(self, value: Any) -> Any:
        if type(value) is NumberTable:
            return value.cells.reshape(-1).take(self._places(value.axes))
        if type(value) is Polynomial:
            return self._sum(value)
        operands = [self._at(each) for each in value.operands]
        if max(abs(value.low), abs(value.high)) >= 1 << 62:
            operands = [each.astype(object) if isinstance(each, np.ndarray) else each for each in operands]
        result = operands[0]
        for other in operands[1:]:
            match value.operator:
                case "max":
                    result = np.maximum(result, other)
                case "*":
                    result = result * other
                case "//":
                    result = result // other
                case _:
                    result = result % other
        return result

    def _sum(self, value: Polynomial) -> Any:
        total: Any = None
        for factors, times in value.terms.items():
            product: Any = self._at(factors[0])
            if value.wide and product.dtype != object:
                product = product.astype(object)
            for factor in factors[1:]:
                product = product * self._at(factor)
            if times != 1:
                product = product * times
            if total is None:
                total = product.copy() if times == 1 and len(factors) == 1 else product
            else:
                total += product
        if value.constant:
            total += value.constant
        return total

    def _places(self, axes: tuple[int, ...]) -> Ints:
        """Return where in a table over some axes each point is."""
        places = self._flat.get(axes)
        if places is None:
            places = self._numbers[axes[0]]
            for axis in axes[1:]:
                places = places * self._space.sizes[axis] + self._numbers[axis]
            self._flat[axes] = places
        return places
