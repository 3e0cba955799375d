"""Values as functions of the names in sight: what an expression is once it is compiled, and what its operators do."""

from collections.abc import Callable, Mapping

from dsconv_cost.language.expressions.functions import BEYOND, bounded, number, power
from dsconv_cost.layers.shapes import AXES, Shape
from dsconv_cost.layers.values import Value, ValueProblem, describe

INDEX = "index"
"""How many repetitions there are before this one."""
ARRIVING: Mapping[str, str] = {f"in_{axis}": axis for axis in AXES}
"""The names of the sizes that arrive at an item or a block -> the axis they are those of."""
SIDES_ARRIVING = frozenset(ARRIVING) - {"in_channels"}


class Arriving:
    """What is known of the tensor that arrives."""

    __slots__ = ("channels", "shape")

    def __init__(self, channels: int | None = None, shape: Shape | None = None) -> None:
        self.channels = channels
        self.shape = shape


NO_TENSOR = Arriving()

Names = Mapping[str, Value]
Run = Callable[[Names, Arriving], Value]
"""The compiled form: from the names in sight and what arrives, the value."""


class Expression:
    """A compiled value: its text, the names it uses, and for a constant its value."""

    __slots__ = ("constant", "names", "run", "text", "weight")

    def __init__(
        self, text: str, run: Run, names: frozenset[str], constant: Value | None = None, weight: int = 0
    ) -> None:
        self.text = text
        self.run = run
        self.names = names
        self.constant = constant
        self.weight = weight
        """How much work it is to run: about its number of operators."""


NO_NAMES: frozenset[str] = frozenset()


def literal(value: Value, text: str = "") -> Expression:
    """Return the expression that is always `value`."""
    return Expression(text or describe(value), lambda names, x: value, NO_NAMES, value)


class Unknown(ValueProblem):
    """A value that cannot be had, for a reason that has been reported."""


def _unknown(names: Names, x: Arriving) -> Value:
    raise Unknown


UNKNOWN = Expression("", _unknown, frozenset())
"""Takes the place of an expression that was wrong, so that nothing more is said of it."""


def listed(items: list[Expression]) -> Expression:
    """Return the expression whose value is the list of the values of `items`."""
    text = f"[{', '.join(e.text for e in items)}]"
    if all(e.constant is not None for e in items):
        return literal(tuple(e.constant for e in items if e.constant is not None), text)
    runs = [e.run for e in items]
    return Expression(
        text,
        lambda names, x: tuple([_scalar(run(names, x)) for run in runs]),
        frozenset().union(*(e.names for e in items)),
        weight=len(items) + sum(e.weight for e in items),
    )


def _scalar(value: Value) -> Value:
    if isinstance(value, tuple):
        raise ValueProblem(f"a list holds numbers and words, not lists: received {describe(value)}", "wrong-type")
    return value


def size_arriving(name: str) -> Run:
    """Return the compiled form of the name of a size that arrives."""
    axis = ARRIVING[name]

    def run(names: Names, x: Arriving) -> Value:
        if axis == "channels" and x.channels is not None:
            return x.channels
        if x.shape is None:
            raise Unknown
        axes = x.shape.axes
        if axis not in axes:
            there = " and ".join(f"in_{side}" for side in axes)
            raise ValueProblem(f"{name}: the input {x.shape} has no {axis}; there is {there}", "unknown-name")
        return x.shape[axes.index(axis)]

    return run


# -- operators ------------------------------------------------------------------------------------


def truth(value: Value, what: str) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueProblem(f"{what} needs true or false, received {describe(value)}: compare it, e.g. x > 0", "wrong-type")


def or_(left: Run, right: Run) -> Run:
    return lambda n, x: truth(left(n, x), "or") or truth(right(n, x), "or")


def and_(left: Run, right: Run) -> Run:
    return lambda n, x: truth(left(n, x), "and") and truth(right(n, x), "and")


def comparison(op: str, left: Run, right: Run) -> Run:
    if op == "==":
        return lambda n, x: _same(left(n, x), right(n, x))
    if op == "!=":
        return lambda n, x: not _same(left(n, x), right(n, x))
    order: Callable[[float, float], bool] = {
        "<": lambda a, b: a < b,
        "<=": lambda a, b: a <= b,
        ">": lambda a, b: a > b,
        ">=": lambda a, b: a >= b,
    }[op]
    return lambda n, x: order(number(left(n, x), op), number(right(n, x), op))


def _same(a: Value, b: Value) -> bool:
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(map(_same, a, b))
    return isinstance(a, bool) == isinstance(b, bool) and a == b


def element(values: Value, index: Value, name: str) -> Value:
    if not isinstance(values, tuple):
        raise ValueProblem(f"{name} is {describe(values)}, not a list: only a list has elements", "wrong-type")
    if type(index) is float and index.is_integer():
        index = int(index)
    if type(index) is not int or not 0 <= index < len(values):
        there = f"elements 0 to {len(values) - 1}" if values else "no elements"
        raise ValueProblem(f"{name} has {there}, received [{describe(index)}]")
    return values[index]


def arithmetic(op: str, left: Run, right: Run) -> Run:
    function: Callable[[int | float, int | float], int | float] = {
        "+": lambda a, b: a + b,
        "-": lambda a, b: a - b,
        "*": lambda a, b: a * b,
        "/": lambda a, b: a / b,
        "//": lambda a, b: a // b,
        "%": lambda a, b: a % b,
        "**": power,
    }[op]

    def run(n: Names, x: Arriving) -> Value:
        a = number(left(n, x), op)
        b = number(right(n, x), op)
        try:
            return bounded(function(a, b))
        except ZeroDivisionError:
            raise ValueProblem(f"division by zero: {describe(a)} {op} {describe(b)}") from None
        except OverflowError:
            raise ValueProblem(BEYOND) from None

    return run
