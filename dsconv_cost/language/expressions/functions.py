"""The functions of expressions, and the arithmetic they share with operators."""

import math
from collections.abc import Callable

from dsconv_cost.layers.values import MAX_NUMBER, Value, ValueProblem, describe

BEYOND = "the value exceeds 2**53, the maximum that is counted exactly"


def number(value: Value, what: str) -> int | float:
    """Return `value` if it is a number, else raise ValueProblem naming the operation."""
    if type(value) is int or type(value) is float:
        return value
    raise ValueProblem(f"{what} needs numbers, received {describe(value)}", "wrong-type")


def bounded(value: int | float) -> int | float:
    """Return `value` if a double can hold it exactly as an integer, else raise ValueProblem."""
    if -MAX_NUMBER <= value <= MAX_NUMBER:
        return value
    raise ValueProblem(BEYOND)


def power(base: int | float, exponent: int | float) -> int | float:
    if abs(base) > 1 and exponent * math.log2(abs(base)) > 54:
        raise ValueProblem(BEYOND)
    if base == 0 and exponent < 0:
        raise ValueProblem("division by zero")
    result = base**exponent
    if isinstance(result, complex):
        raise ValueProblem("a negative number has no fractional power")
    return float(result) if isinstance(result, float) else int(result)


def make_divisible(v: int | float, divisor: int | float = 8) -> int:
    """Return `v` rounded to the nearest multiple of `divisor`, never more than 10 % below it.

    new = max(divisor, int(v + divisor/2) // divisor * divisor), plus divisor if new < 0.9 v
    (the rule of the MobileNetV2 and V3 reference code).
    """
    if divisor != int(divisor) or divisor < 1:
        raise ValueProblem(f"make_divisible needs a whole divisor of at least 1, received {divisor}")
    divisor = int(divisor)
    new = max(divisor, int(v + divisor / 2) // divisor * divisor)
    return new + divisor if new < 0.9 * v else new


FUNCTIONS: dict[str, tuple[Callable[..., int | float], int, int]] = {
    "int": (int, 1, 1),
    "round": (round, 1, 1),
    "ceil": (math.ceil, 1, 1),
    "floor": (math.floor, 1, 1),
    "min": (min, 2, 20),
    "max": (max, 2, 20),
    "make_divisible": (make_divisible, 1, 2),
}
"""Name -> the function, and the fewest and most arguments it takes."""

SIGNATURES = {
    "int": "int(x): towards zero",
    "round": "round(x): to the nearest whole number, halves to the even one",
    "ceil": "ceil(x): up",
    "floor": "floor(x): down",
    "min": "min(a, b, ...): the smallest",
    "max": "max(a, b, ...): the largest",
    "make_divisible": "make_divisible(x, divisor = 8): to a multiple of divisor, at most 10 % below x",
}
