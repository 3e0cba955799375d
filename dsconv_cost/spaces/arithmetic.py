"""The arithmetic of numbers that vary: tables where the combinations are few, else sums of products of tables."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from dsconv_cost.layers.values import MAX_NUMBER
from dsconv_cost.spaces.space import SMALL, Cells, Entangled, Space, diverged, union
from dsconv_cost.spaces.terms import Products, add_to, divided, multiplied, simplified, terms_of
from dsconv_cost.spaces.varying import (
    WITHIN_INT64,
    Deferred,
    NumberTable,
    Operand,
    Operated,
    Polynomial,
    bounds_of,
    high_of,
    is_number,
    low_of,
    resolved,
    varies,
)

_LOOKED_AT = 1 << 22
"""How many combinations a single decision may be looked at for."""


class ExactSpace(Space):
    """A space whose numbers are exact: int64 where their bounds allow it, else Python's own integers."""

    __slots__ = ()

    def defer(self, operator: str, a: Operand, b: Operand) -> Operand:
        if not (is_number(a) and is_number(b)):
            return NotImplemented
        key = (operator, id(a) if varies(a) else f"{a}", id(b) if varies(b) else f"{b}")
        known = self.tables.get(key)
        if known is None:
            known = self.tables[key] = Deferred(self, operator, (a, b))
        return known

    def work_out(self, operator: str, deferred: Deferred) -> Operand:
        if operator in "+-":
            return self._total(deferred)
        a, b = map(resolved, deferred.operands)
        if not (varies(a) or varies(b)):
            return int(a * b if operator == "*" else a // b if operator == "//" else a % b)
        if operator == "*":
            return self.product(a, b) if varies(a) else self.product(b, a)
        return self.quotient(a, b) if operator == "//" and varies(a) else self.operation(operator, a, b)

    def _total(self, deferred: Deferred) -> Operand:
        """Return a sum of sums, however long."""
        constant, terms = 0, Products()
        waiting: list[tuple[Operand, int]] = [(deferred, 1)]
        while waiting:
            value, sign = waiting.pop()
            if type(value) is Deferred and value.operator in "+-" and not value.known:
                a, b = value.operands
                waiting.append((a, sign))
                waiting.append((b, sign if value.operator == "+" else -sign))
                continue
            more, others = terms_of(resolved(value))
            constant += sign * more
            for factors, times in others.items():
                add_to(terms, factors, sign * times)
        return self.of_terms(constant, terms)

    def sum(self, a: Operand, b: Operand, sign: int) -> Operand:
        constant, terms = terms_of(a)
        more, others = terms_of(b)
        terms = dict(terms)
        for factors, times in others.items():
            add_to(terms, factors, sign * times)
        return self.of_terms(constant + sign * more, terms)

    def product(self, a: Operand, b: Operand) -> Operand:
        if not varies(b):
            return self._times(a, int(b))
        if self._is_tabled((a, b)):
            return self.applied("*", (self.worked_out(a), self.worked_out(b)))
        result = multiplied(self, a, b)
        return self.operation("*", a, b) if result is None else self.of_terms(*result)

    def quotient(self, a: Operand, b: Operand) -> Operand:
        if not varies(b) and b == 1 and type(a) is NumberTable:
            return a
        if not varies(b) and b > 0 and type(a) is Polynomial and self.count(a.axes) > SMALL:
            result = divided(self, a, int(b))
            if result is not None:
                return self.of_terms(*result)
        return self.operation("//", a, b)

    def operation(self, operator: str, *operands: Operand) -> Operand:
        if self._is_tabled(operands):
            return self.applied(operator, tuple([self.worked_out(each) for each in operands]))
        key = (operator, *operands)
        known = self.tables.get(key)
        if known is None:
            known = self.tables[key] = Operated(self, operator, operands)
        return known

    def times_float(self, value: Operand, factor: float) -> Operand:
        number = self.tabulated(value)
        if type(number) is int:
            return number * factor
        products = number.cells.astype(float) * factor
        whole = (products == np.floor(products)) & (np.abs(products) < MAX_NUMBER)
        return self.table(number.axes, products.astype(np.int64)) if _decided(number, whole) else int(number) * factor

    def _is_tabled(self, operands: tuple[Operand, ...]) -> bool:
        """Return whether what becomes of numbers is a table: a small one, or no larger than one of them is."""
        varying = [each for each in operands if varies(each)]
        axes = union(*[each.axes for each in varying])
        return self.count(axes) <= SMALL or (
            all(type(each) is NumberTable for each in varying) and any(each.axes == axes for each in varying)
        )

    def is_zero(self, value: Operand) -> bool:
        value = resolved(value)
        if not varies(value):
            return bool(value == 0)
        if value.low > 0 or value.high < 0:
            return False
        number = self.tabulated(value)
        return bool(number == 0) if type(number) is int else _decided(number, number.cells == 0)

    def is_negative(self, value: Operand) -> bool:
        if low_of(value) >= 0 or high_of(value) < 0:
            return bool(high_of(value) < 0)
        number = self.tabulated(value)
        return bool(number < 0) if type(number) is int else _decided(number, number.cells < 0)

    def tabulated(self, value: Operand) -> Operand:
        value = resolved(value)
        if not varies(value) or type(value) is NumberTable:
            return value
        if self.count(value.axes) > _LOOKED_AT:
            raise Entangled("a decision depends on too many combinations of settings")
        return self.worked_out(value)

    # -- tables ---------------------------------------------------------------------------------

    def table(self, axes: tuple[int, ...], cells: Cells) -> Operand:
        """Return the number with these values, over those of the axes that it depends on."""
        for position in reversed(range(len(axes))):
            first = cells.take([0], axis=position)
            if cells.shape[position] == 1 or bool((cells == first).all()):
                cells = first.squeeze(axis=position)
                axes = (*axes[:position], *axes[position + 1 :])
        if not axes:
            return int(cells)
        low, high = int(cells.min()), int(cells.max())
        if cells.dtype == object and max(-low, high) < WITHIN_INT64:
            cells = cells.astype(np.int64)
        cells = np.ascontiguousarray(cells)
        key = (axes, tuple(cells.flat) if cells.dtype == object else cells.tobytes())
        known = self.tables.get(key)
        if known is None:
            known = self.tables[key] = NumberTable(self, axes, cells, (low, high))
        return known

    def worked_out(self, value: Operand) -> Operand:
        """Return the table of a number."""
        if not varies(value) or type(value) is NumberTable:
            return value
        if type(value) is Operated:
            return self.applied(value.operator, tuple([self.worked_out(each) for each in value.operands]))
        axes = value.axes
        total: Any = np.zeros([self.sizes[axis] for axis in axes], object if value.wide else np.int64)
        total += value.constant
        for factors, times in value.terms.items():
            product: Any = times
            for factor in factors:
                product = product * self._cells(self.worked_out(factor), axes, value.wide)
            total += product
        return self.table(axes, total)

    def applied(self, operator: str, operands: tuple[Operand, ...]) -> Operand:
        """Return the table that an operator makes of tables and integers."""
        axes = union(*[each.axes for each in operands if type(each) is NumberTable])
        ends = [*bounds_of(operator, operands), *map(low_of, operands), *map(high_of, operands)]
        wide = max(map(abs, ends)) >= WITHIN_INT64
        cells = [self._cells(each, axes, wide) for each in operands]
        result: Any = cells[0]
        if operator == "max":
            for each in cells[1:]:
                result = np.maximum(result, each)
        else:
            other = cells[1]
            result = result * other if operator == "*" else result // other if operator == "//" else result % other
        return self.table(axes, np.broadcast_to(result, [self.sizes[axis] for axis in axes]))

    def table_of_sum(self, axes: tuple[int, ...], members: list[tuple[NumberTable, int]]) -> Operand:
        """Return the table that a sum of tables over some of the axes is, each taken so many times."""
        reach = sum([max(abs(one.low), abs(one.high)) * abs(times) for one, times in members])
        total: Any = None
        for one, times in members:
            cells = self._cells(one, axes, reach >= WITHIN_INT64)
            cells = cells if times == 1 else cells * times
            total = cells if total is None else total + cells
        return self.table(axes, np.broadcast_to(total, [self.sizes[axis] for axis in axes]))

    def of_terms(self, constant: int, terms: Products) -> Operand:
        """Return the number that a sum of products is."""
        constant, terms = simplified(self, constant, terms)
        if not terms:
            return constant
        if len(terms) == 1:
            (factors, times), *_ = terms.items()
            first = factors[0]
            if len(factors) == 1 and times == 1 and not constant:
                return first
            if len(factors) == 1 and type(first) is NumberTable:
                reach = max(abs(first.low), abs(first.high)) * abs(times) + abs(constant)
                return self.table(first.axes, self._cells(first, first.axes, reach >= WITHIN_INT64) * times + constant)
        key = (constant, frozenset(terms.items()))
        known = self.tables.get(key)
        if known is None:
            known = self.tables[key] = Polynomial(self, constant, terms)
        return known

    def _cells(self, value: Operand, wanted: tuple[int, ...], wide: bool) -> Any:
        if type(value) is not NumberTable:
            return value
        return self.broadcast(value.cells.astype(object) if wide else value.cells, value.axes, wanted)

    def _times(self, a: Operand, b: int) -> Operand:
        if b == 0:
            return 0
        if b == 1:
            return a
        if type(a) is NumberTable:
            return self.table(a.axes, self._cells(a, a.axes, max(abs(a.low), abs(a.high)) * abs(b) >= WITHIN_INT64) * b)
        constant, terms = terms_of(a)
        return Polynomial(self, constant * b, {factors: times * b for factors, times in terms.items()})


def largest(values: Iterable[Operand]) -> Operand:
    """Return the largest of numbers, at every point."""
    numbers = list(dict.fromkeys([resolved(value) for value in values]))
    floor = max(map(low_of, numbers))
    left = [value for value in numbers if high_of(value) > floor]
    if not left or not any(low_of(value) == floor for value in left):
        left.append(floor)
    varying = next((value for value in left if varies(value)), None)
    return left[0] if varying is None or len(left) == 1 else varying.space.operation("max", *left)


def _decided(number: NumberTable, truth: Cells) -> bool:
    if truth.all():
        return True
    if not truth.any():
        return False
    raise diverged(number.axes, truth)
