"""Learned tensors that no other layer owns."""

from dsconv_cost.layers.base import Inputs, Layer, OperationKind
from dsconv_cost.layers.counts import Counts
from dsconv_cost.layers.fields import FLAG, Field
from dsconv_cost.layers.kinds import TensorSize
from dsconv_cost.layers.letters import shape_symbols
from dsconv_cost.layers.shapes import Shape


class Parameter(Layer):
    """A learned tensor: a branch of a join, e.g. a position embedding that is added, or a class token.

    It has no input. weights = its elements, if it is learned; MACs 0, whatever it is joined with counts by itself.
    """

    __slots__ = ("learned", "size")
    learned: bool
    size: tuple[int, ...]
    type = "parameter"
    family = "Learned tensors"
    kinds = (OperationKind("parameter"),)
    takes_input = False
    mixes_axes = True
    main = Field("size", TensorSize(), "channels and sides of the tensor", also=("shape",))
    fields = (
        Field(
            "learned",
            FLAG,
            "whether it is trained; a fixed one, e.g. a table of sines, counts no params",
            True,
            ("trainable",),
        ),
    )
    also = ("param", "learned", "learned_tensor", "variable", "position_embedding", "class_token", "cls_token")
    formulas = {"output": "the given channels and sides", "weights": "C_out * H_out * W_out"}
    counted = "0 MACs, free on purpose: it is stored, and what it is joined with is counted there"

    def output(self, inputs: Inputs) -> Shape:
        return Shape(*self.size)

    def size_steps(self, inputs: Inputs, output: Shape) -> list[str]:
        return [self.formulas["output"]]

    def counts(self, inputs: Inputs, output: Shape) -> Counts:
        return Counts(weights=output.elements * self.learned, written=output.elements)

    def symbols(self, inputs: Inputs, output: Shape) -> dict[str, int]:
        return shape_symbols(output, "out")
