"""Whole numbers that depend on settings: all their values at once, with the arithmetic of integers.

The elaborator, the layers' own counting, conventions and transforms run on them as they run on integers. A comparison is decided
where it has one answer; where it has two, `Diverged` says how to split the space.
"""

from typing import Any

from dsconv_cost.spaces.space import Cells, Entangled, Space, diverged, union

Operand = Any
"""An int, or a Varying. Not a union: layers are to see no difference."""

WITHIN_INT64 = 1 << 62
"""Below it int64 holds every result; beyond it Python's own integers are taken."""


class Varying:
    """A whole number that depends on some axes of a space.

    Its arithmetic is deferred: of the many counts of a layer, only those are worked out that somebody asks for.
    """

    __slots__ = ("axes", "space")
    space: Space
    axes: tuple[int, ...]
    low: int
    """No value is below it."""
    high: int

    @property  # type: ignore[misc]  # mypy knows no __class__ that is a property
    def __class__(self) -> Any:  # layers tell numbers from lists and words by asking for int
        return int

    # -- arithmetic -----------------------------------------------------------------------------

    def __add__(self, other: Operand) -> Operand:
        return self if type(other) is int and other == 0 else self.space.defer("+", self, other)

    __radd__ = __add__

    def __sub__(self, other: Operand) -> Operand:
        return self if type(other) is int and other == 0 else self.space.defer("-", self, other)

    def __rsub__(self, other: Operand) -> Operand:
        return self.space.defer("-", other, self)

    def __neg__(self) -> Operand:
        return self.space.defer("*", self, -1)

    def __pos__(self) -> Operand:
        return self

    def __mul__(self, other: Operand) -> Operand:
        if type(other) is int and 0 <= other <= 1:
            return self if other else 0
        if type(other) is float:
            return self.space.times_float(self, other)
        return self.space.defer("*", self, other)

    __rmul__ = __mul__

    def __pow__(self, exponent: int) -> Operand:
        result: Operand = 1
        for _ in range(exponent):
            result = result * self
        return result

    def __floordiv__(self, other: Operand) -> Operand:
        return self if type(other) is int and other == 1 else self.space.defer("//", self, other)

    def __rfloordiv__(self, other: Operand) -> Operand:
        return self.space.defer("//", other, self)

    def __mod__(self, other: Operand) -> Operand:
        return 0 if type(other) is int and other == 1 else self.space.defer("%", self, other)

    def __rmod__(self, other: Operand) -> Operand:
        return self.space.defer("%", other, self)

    def __truediv__(self, other: Operand) -> float:
        return float(int(self) / other)  # each value by itself

    def __rtruediv__(self, other: Operand) -> float:
        return float(other / int(self))

    def __round__(self) -> "Varying":
        return self

    __floor__ = __ceil__ = __trunc__ = __round__

    # -- decisions ------------------------------------------------------------------------------

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not is_number(other) or self.high < low_of(other) or self.low > high_of(other):
            return False
        one, two = resolved(self), resolved(other)
        return one is two or self.space.is_zero(self.space.sum(one, two, -1))

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        value = resolved(self)
        return value if type(value) is int else id(value)

    def __lt__(self, other: Operand) -> bool:
        return self.space.is_negative(self - other)

    def __ge__(self, other: Operand) -> bool:
        return not self.space.is_negative(self - other)

    def __gt__(self, other: Operand) -> bool:
        return self.space.is_negative(other - self)

    def __le__(self, other: Operand) -> bool:
        return not self.space.is_negative(other - self)

    def __bool__(self) -> bool:
        return not self.space.is_zero(self)

    def __index__(self) -> int:
        """Return the only value; where there are several, each becomes a part of the space of its own."""
        table = self.space.tabulated(self)
        if type(table) is int:
            return table
        raise diverged(table.axes, table.cells)

    __int__ = __index__

    # -- words ----------------------------------------------------------------------------------

    @property
    def example(self) -> int:
        """The value at one of the points, for messages."""
        table = self.space.tabulated(self)
        return table if type(table) is int else int(table.cells.flat[0])

    def __str__(self) -> str:
        return str(self.example)

    def __format__(self, spec: str) -> str:
        return format(self.example, spec)

    def __repr__(self) -> str:
        return f"<varying {hash(self)}>"  # what a block is given is known by this


class NumberTable(Varying):
    """Its value for each combination of the values of its axes."""

    __slots__ = ("cells", "high", "low")

    def __init__(self, space: Space, axes: tuple[int, ...], cells: Cells, bounds: tuple[int, int]) -> None:
        self.space, self.axes, self.cells = space, axes, cells
        self.low, self.high = bounds


class Polynomial(Varying):
    """A constant, and products of tables and operations with whole factors: too many combinations for one table."""

    __slots__ = ("constant", "high", "low", "terms", "wide")

    def __init__(self, space: Space, constant: int, terms: "dict[tuple[Varying, ...], int]") -> None:
        self.space, self.constant, self.terms = space, constant, terms
        self.axes = union(*[factor.axes for factors in terms for factor in factors])
        low = high = constant
        reach = abs(constant)
        for factors, times in terms.items():
            bottom, top = bounds_of_product(factors, times)
            low, high = low + bottom, high + top
            reach += max(abs(bottom), abs(top))
        self.low, self.high = low, high
        self.wide = reach >= WITHIN_INT64
        """Whether int64 might not hold it on the way."""


class Operated(Varying):
    """What an operator makes of numbers with too many combinations for one table."""

    __slots__ = ("high", "low", "operands", "operator")

    def __init__(self, space: Space, operator: str, operands: tuple[Operand, ...]) -> None:
        self.space, self.operator, self.operands = space, operator, operands
        self.axes = union(*[each.axes for each in operands if varies(each)])
        self.low, self.high = bounds_of(operator, operands)


class Deferred(Varying):
    """The result of an operator that nobody has asked for yet."""

    __slots__ = ("_bounds", "_result", "operands", "operator")

    def __init__(self, space: Space, operator: str, operands: tuple[Operand, Operand]) -> None:
        self.space, self.operator, self.operands = space, operator, operands
        self._result: Operand = None
        self._bounds: tuple[int, int] | None = None

    @property
    def low(self) -> int:  # type: ignore[override]  # read only, where the base has it stored
        return self.bounds[0]

    @property
    def high(self) -> int:  # type: ignore[override]  # read only, where the base has it stored
        return self.bounds[1]

    @property
    def bounds(self) -> tuple[int, int]:
        """Between what it lies; exactly, where it is worked out already."""
        if self._result is not None:
            return low_of(self._result), high_of(self._result)
        if self._bounds is None:
            self._bounds = bounds_of(self.operator, self.operands)
        return self._bounds

    @property
    def known(self) -> bool:
        return self._result is not None

    @property
    def result(self) -> Operand:
        """The table, sum or operation that it is."""
        if self._result is None:
            self._result = self.space.work_out(self.operator, self)
        return self._result


# -- bounds ---------------------------------------------------------------------------------------


def varies(value: object) -> bool:
    """Return whether a number is one of these; `isinstance` takes them for ints."""
    return type(value) in _NUMBERS


_NUMBERS = frozenset((NumberTable, Polynomial, Operated, Deferred))


def resolved(value: Operand) -> Operand:
    """Return a number that is no longer deferred."""
    return value.result if type(value) is Deferred else value


def is_number(value: object) -> bool:
    return varies(value) or isinstance(value, int)


def low_of(value: Operand) -> int:
    return value.low if varies(value) else int(value)


def high_of(value: Operand) -> int:
    return value.high if varies(value) else int(value)


def bounds_of_product(factors: tuple[Varying, ...], times: int = 1) -> tuple[int, int]:
    """Return between what a product lies."""
    low = high = times
    for factor in factors:
        ends = [low * factor.low, low * factor.high, high * factor.low, high * factor.high]
        low, high = min(ends), max(ends)
    return low, high


def bounds_of(operator: str, operands: tuple[Operand, ...]) -> tuple[int, int]:
    """Return between what the result of an operator lies. Raises Entangled for a divisor that may be 0."""
    lows, highs = [low_of(each) for each in operands], [high_of(each) for each in operands]
    if operator == "max":
        return max(lows), max(highs)
    if operator == "+":
        return lows[0] + lows[1], highs[0] + highs[1]
    if operator == "-":
        return lows[0] - highs[1], highs[0] - lows[1]
    if operator != "*" and lows[1] <= 0:
        raise Entangled("a divisor that may be 0 or below")
    if operator == "%":
        return 0, highs[1] - 1
    ends = [a * b if operator == "*" else a // b for a in (lows[0], highs[0]) for b in (lows[1], highs[1])]
    return min(ends), max(ends)
