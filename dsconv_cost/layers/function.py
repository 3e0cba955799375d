"""Functions of each element that are no activations: they are written as items, and not in the field `activation`."""

from dsconv_cost.layers.activation import Elementwise
from dsconv_cost.layers.base import OperationKind


class Function(Elementwise):
    """A function of each element."""

    __slots__ = ()
    family = "Functions of elements"
    kinds = (OperationKind("function"),)


class Exp(Function):
    """exp(x)."""

    __slots__ = ()
    type = "exponential"
    also = ("exp",)


class Log(Function):
    """The natural logarithm."""

    __slots__ = ()
    type = "log"


class Sqrt(Function):
    """The square root."""

    __slots__ = ()
    type = "sqrt"


class Square(Function):
    """x * x."""

    __slots__ = ()
    type = "square"


class Abs(Function):
    """|x|."""

    __slots__ = ()
    type = "abs"
    also = ("absolute",)


class Negate(Function):
    """-x."""

    __slots__ = ()
    type = "negate"
    also = ("neg", "negative")


class Reciprocal(Function):
    """1 / x."""

    __slots__ = ()
    type = "reciprocal"
    also = ("inverse",)


class Sin(Function):
    """The sine."""

    __slots__ = ()
    type = "sin"
    also = ("sine",)


class Cos(Function):
    """The cosine."""

    __slots__ = ()
    type = "cos"
    also = ("cosine",)


class Clip(Function):
    """min(max(low, x), high), with fixed bounds."""

    __slots__ = ()
    type = "clip"
    also = ("clamp", "clip_by_value")


class Threshold(Function):
    """x above a fixed threshold, else a fixed value."""

    __slots__ = ()
    type = "threshold"
    also = ("thresholdedrelu", "thresholded_relu")


ELEMENT_FUNCTIONS: tuple[type[Function], ...] = (
    Exp, Log, Sqrt, Square, Abs, Negate, Reciprocal, Sin, Cos, Clip, Threshold,
)  # fmt: skip
