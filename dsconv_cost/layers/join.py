"""Joins: several tensors become one."""

from collections.abc import Sequence
from typing import ClassVar

from dsconv_cost.errors import LayerError
from dsconv_cost.layers.base import Inputs, Layer, OperationKind
from dsconv_cost.layers.counts import Counts
from dsconv_cost.layers.fields import BRANCHES, DERIVED, Field
from dsconv_cost.layers.kinds import OwnChoice, SplitParts
from dsconv_cost.layers.shapes import AXES, CHANNELS, Shape
from dsconv_cost.layers.windows import FIXED, ONE, SideWindows, Window

BRANCHES_FIELD = Field("branches", BRANCHES, "bodies and names of tensors; each body starts at the join's input")
SPLIT_FIELD = Field(
    "split",
    SplitParts(),
    "give the i-th branch only the i-th part of the channels: n equal parts, or a list of sizes",
    DERIVED,
)


class Join(Layer):
    """Several tensors become one."""

    __slots__ = ()
    family = "Joins"
    kinds = (OperationKind("join"),)
    main = BRANCHES_FIELD
    fields: ClassVar[tuple[Field, ...]] = (SPLIT_FIELD,)
    counted = "0 MACs, free on purpose: it multiplies no weight (its elements are counted for other conventions)"
    passes_one: ClassVar[bool] = True
    """Whether a single branch is the output as it is."""
    takes_every_branch: ClassVar[bool] = False
    """Whether each branch has a role of its own, so that none may be left out."""
    takes_two: ClassVar[str] = ""
    """Of a join of exactly two branches, how it takes them."""


def _alike(inputs: Inputs, what: str) -> Inputs:
    """Return the inputs with the same number of sides: one that has channels alone is 1 along each side of the others."""
    most = max(map(len, inputs))
    if any(len(x) not in (1, most) for x in inputs):
        raise LayerError(
            f"{what} needs branches of as many sides, received {', '.join(map(str, inputs[:6]))}: "
            "give one another shape with reshape, or take its sides away with reduce and reshape",
            "branches",
            "shape-mismatch",
        )
    return [x if len(x) == most else Shape(x.channels, *[1] * (most - 1)) for x in inputs]


def _broadcast(inputs: Inputs, what: str) -> Shape:
    sides: list[int] = []
    for side in zip(*_alike(inputs, what), strict=True):
        size = next((one for one in side if one != 1), 1)
        if any(one != size and one != 1 for one in side):
            shapes = ", ".join(map(str, inputs[:6])) + (", ..." if len(inputs) > 6 else "")
            raise LayerError(
                f"{what} needs branches of equal shape (or 1 along a side), received {shapes}: "
                "give them the same channels and strides, or use concat"
            )
        sides.append(size)
    return Shape(*sides)


def _joined(inputs: Inputs) -> int:
    """Return the elements of all results where inputs are joined in order, two at a time."""
    elements = 0
    result, *others = _alike(inputs, "a join")
    for x in others:
        result = Shape(*map(max, result, x))  # sides are equal or 1
        elements += result.elements
    return elements


class Broadcast(Join):
    """A join element by element; channels and every side are equal or 1."""

    __slots__ = ()
    overwrites = True
    mixes_channels = False

    def output(self, inputs: Inputs) -> Shape:
        if self.takes_two and len(inputs) != 2:
            raise LayerError(
                f"{self.type} {self.takes_two}, received {len(inputs)}: give two branches", "branches", "shape-mismatch"
            )
        return _broadcast(inputs, self.type)

    def windows(self, inputs: Inputs, output: Shape) -> Sequence[SideWindows]:
        return [
            tuple(ONE if own == size else FIXED for own, size in zip(x.sides, output.sides, strict=False))
            for x in inputs
        ]


class Sum(Broadcast):
    """A join with one addition, subtraction or comparison for each element and branch after the first."""

    __slots__ = ()

    def counts(self, inputs: Inputs, output: Shape) -> Counts:
        return super().counts(inputs, output)._replace(
            added=(len(inputs) - 1) * output.elements, joined=_joined(inputs)
        )  # fmt: skip


class Add(Sum):
    """The sum of the branches; channels and every side are equal or 1."""

    __slots__ = ()
    type = "add"
    also = ("sum", "plus", "elementwise_add", "eltwise")


class Subtract(Sum):
    """The first of two branches less the second; channels and every side are equal or 1."""

    __slots__ = ()
    type = "subtract"
    takes_two = "takes the second branch from the first"
    also = ("sub", "minus", "difference", "elementwise_sub")


class Maximum(Sum):
    """The largest of the branches, element by element; channels and every side are equal or 1."""

    __slots__ = ()
    type = "maximum"
    also = ("max", "elementwise_max", "eltwise_max")


class Minimum(Sum):
    """The smallest of the branches, element by element; channels and every side are equal or 1."""

    __slots__ = ()
    type = "minimum"
    also = ("min", "elementwise_min", "eltwise_min")


class Product(Broadcast):
    """A join with one multiplication or division for each element and branch after the first."""

    __slots__ = ()

    def counts(self, inputs: Inputs, output: Shape) -> Counts:
        return super().counts(inputs, output)._replace(
            multiplied=(len(inputs) - 1) * output.elements, joined=_joined(inputs)
        )  # fmt: skip


class Multiply(Product):
    """The product of the branches, element by element; channels and every side are equal or 1."""

    __slots__ = ()
    type = "multiply"
    also = ("mul", "product", "elementwise_mul", "gate_multiply")


class Divide(Product):
    """The first of two branches divided by the second; channels and every side are equal or 1."""

    __slots__ = ()
    type = "divide"
    takes_two = "divides the first branch by the second"
    also = ("div", "quotient", "elementwise_div")


class Concat(Join):
    """The branches one after another along the channels, or along another axis; the other axes are equal."""

    __slots__ = ("along",)
    along: str
    type = "concat"
    moves_or_scales = True
    also = ("cat", "concatenate", "merge", "route")
    fields = (
        *Join.fields,
        Field("along", OwnChoice(*AXES), "the axis along which they are put together", CHANNELS, ("axis", "dim")),
    )
    formulas = {"output": "the sum of the branches' channels and their sides; along another axis the sum of that"}

    def output(self, inputs: Inputs) -> Shape:
        inputs = _alike(inputs, self.type)
        at = inputs[0].axis(self.along, "along")
        first = inputs[0]
        if any(x[:at] != first[:at] or x[at + 1 :] != first[at + 1 :] for x in inputs):
            shapes = ", ".join(map(str, inputs[:6])) + (", ..." if len(inputs) > 6 else "")
            raise LayerError(
                f"concat{f' along {self.along}' if at else ''} needs branches of equal "
                f"{' and '.join([axis for axis in inputs[0].axes if axis != self.along])}, received {shapes}: "
                "give them the same strides and padding, or crop or resize one"
            )
        return Shape(*[sum(x[at] for x in inputs) if index == at else size for index, size in enumerate(inputs[0])])

    def windows(self, inputs: Inputs, output: Shape) -> Sequence[SideWindows]:
        at = output.axis(self.along) - 1
        windows: list[SideWindows] = []
        start = 0
        for x in _alike(inputs, self.type):
            windows.append(tuple(Window(1, 1, start) if side == at else ONE for side in range(len(x) - 1)))
            start += x.sides[at] if at >= 0 else 0
        return windows


JOINS: tuple[type[Join], ...] = (Add, Subtract, Maximum, Minimum, Multiply, Divide, Concat)
