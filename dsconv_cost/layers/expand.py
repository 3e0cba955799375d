"""Elements repeated along axes of size 1."""

from collections.abc import Sequence

from dsconv_cost.errors import LayerError
from dsconv_cost.layers.base import Inputs
from dsconv_cost.layers.fields import Field
from dsconv_cost.layers.kinds import ExpandedSize
from dsconv_cost.layers.reshape import Reshape
from dsconv_cost.layers.shapes import Shape
from dsconv_cost.layers.windows import FIXED, ONE, SideWindows


class Expand(Reshape):
    """An axis of size 1 becomes as long as the given size, its element repeated; -1 leaves an axis as it is."""

    __slots__ = ("size",)
    size: tuple[int, ...]
    type = "expand"
    mixes_axes = True
    main = Field("size", ExpandedSize(), "sizes of the output's axes, -1 for those that stay", also=("shape", "sizes"))
    also = ("broadcast", "broadcast_to", "expand_as", "repeat_elements")
    formulas = {"output": "the given sizes, the input's where -1 is given"}
    counted = "0 MACs, free on purpose: it repeats elements and multiplies nothing"

    def output(self, inputs: Inputs) -> Shape:
        x = inputs[0]
        if len(self.size) != len(x):
            raise LayerError(
                f"[{_listed(self.size)}] has {len(self.size)} axes and the input {x} has {len(x)}: give a size for each, "
                "-1 for those that stay",
                "size", "shape-mismatch",
            )  # fmt: skip
        for before, after in zip(x, self.size, strict=True):
            if after not in (-1, before) and before != 1:
                raise LayerError(
                    f"[{_listed(self.size)}] makes {after} of {before} positions of {x}: only an axis of size 1 is repeated; "
                    "give -1 there, or take resize or concat",
                    "size", "shape-mismatch",
                )  # fmt: skip
        return Shape(*[before if after == -1 else after for before, after in zip(x, self.size, strict=True)])

    def windows(self, inputs: Inputs, output: Shape) -> Sequence[SideWindows]:
        return [tuple(ONE if old == new else FIXED for old, new in zip(inputs[0].sides, output.sides, strict=True))]


def _listed(size: tuple[int, ...]) -> str:
    return ", ".join(map(str, size))
