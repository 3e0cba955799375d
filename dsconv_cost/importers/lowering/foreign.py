"""Layers for what models do and the language has no word for. Their sizes and counts come from the operation itself."""

from math import prod
from typing import ClassVar

from dsconv_cost.layers.base import Inputs, Layer, OperationKind
from dsconv_cost.layers.counts import Counts
from dsconv_cost.layers.fields import Field
from dsconv_cost.layers.kinds import ShapeKind
from dsconv_cost.layers.product import PRODUCT
from dsconv_cost.layers.shapes import Shape

_SIZE = Field("size", ShapeKind(), "the shape of the output")


class ForeignLayer(Layer):
    """An operation of a model. `operator` is its name there, `amounts` the counts that its kind adds to reading and writing."""

    __slots__ = ("amounts", "operator", "size")
    size: Shape
    operator: str
    amounts: Counts
    family = "Operations of imported models"
    mixes_axes = True

    def __init__(self, operator: str, size: Shape, amounts: Counts) -> None:
        self.operator = operator
        self.size = size
        self.amounts = amounts
        self._hash = 0

    def values(self) -> dict[str, object]:
        return {"operator": self.operator, "size": self.size, "amounts": self.amounts}

    def output(self, inputs: Inputs) -> Shape:
        return self.size

    def counts(self, inputs: Inputs, output: Shape) -> Counts:
        return self.amounts._replace(read=sum(x.elements for x in inputs), written=output.elements)

    def symbols(self, inputs: Inputs, output: Shape) -> dict[str, int]:
        return {"elements": prod(output)}

    def size_steps(self, inputs: Inputs, output: Shape) -> list[str]:
        return [f"{self.operator} gives {output}"]


class ForeignMove(ForeignLayer):
    """Elements moved, repeated or left out."""

    __slots__ = ()
    type = "move"
    kinds = (OperationKind("reshape"),)
    counted = "0 MACs, free on purpose: it moves elements and multiplies nothing"


class ForeignElementwise(ForeignLayer):
    """Elements of one tensor or several, each by itself."""

    __slots__ = ()
    type = "elementwise"
    kinds = (OperationKind("function"),)
    counted = "0 MACs, free on purpose: it multiplies no weight (its elements are counted for other conventions)"


class ForeignReduction(ForeignLayer):
    """Elements of axes or windows that become one."""

    __slots__ = ()
    type = "reduction"
    kinds = (OperationKind("pooling"),)
    counted = "0 MACs, free on purpose: it multiplies no weight (the elements read are counted for other conventions)"


class ForeignNorm(ForeignLayer):
    """A normalisation over axes, or with numbers of scales and shifts, that no norm of ours has."""

    __slots__ = ()
    type = "normalisation"
    kinds = (OperationKind("norm"),)
    counted = "0 MACs, free on purpose: it multiplies no weight matrix"


class ForeignProduct(ForeignLayer):
    """A product of data, or of data and a constant: MACs without weights."""

    __slots__ = ()
    type = "tensor_product"
    kinds = (PRODUCT,)
    formulas: ClassVar[dict[str, str]] = {"macs": "macs"}
    counted = "one MAC for each product of two elements that is summed up"

    def symbols(self, inputs: Inputs, output: Shape) -> dict[str, int]:
        return {"macs": self.amounts.macs}


class ForeignWeights(ForeignLayer):
    """A product of data and learned tensors that no layer of ours has."""

    __slots__ = ()
    type = "learned_product"
    kinds = (OperationKind("linear", weighted=True),)
    formulas: ClassVar[dict[str, str]] = {"weights": "weights", "biases": "biases", "macs": "macs"}
    counted = "one MAC for each product of an element and a weight that is summed up"

    def symbols(self, inputs: Inputs, output: Shape) -> dict[str, int]:
        amounts = self.amounts
        return {"weights": amounts.weights, "biases": amounts.biases, "macs": amounts.macs}
