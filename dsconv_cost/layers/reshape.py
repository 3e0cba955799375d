"""Layers that move elements without arithmetic on weights: slices, shuffles, pads, crops, resizes."""

from collections.abc import Sequence
from math import prod

from dsconv_cost.errors import LayerError
from dsconv_cost.layers.base import Inputs, Layer, OperationKind
from dsconv_cost.layers.fields import COUNT, Field
from dsconv_cost.layers.kinds import FRACTION, AxisOrder, ShapeKind
from dsconv_cost.layers.shapes import (
    LETTERS,
    Shape,
    needs_sides,
)  # fmt: skip
from dsconv_cost.layers.windows import SideWindows, Window, nearest


class Reshape(Layer):
    """A layer that moves elements."""

    __slots__ = ()
    family = "Moving elements"
    kinds = (OperationKind("reshape"),)
    moves_or_scales = True
    counted = "0 MACs, free on purpose: it moves elements and multiplies nothing"


class Flatten(Reshape):
    """C x H x W becomes (C H W) x 1 x 1: every side becomes 1."""

    __slots__ = ()
    type = "flatten"
    owns_tensor = False
    mixes_axes = True
    formulas = {"output": "C_in * H_in * W_in x 1 x 1"}

    def output(self, inputs: Inputs) -> Shape:
        x = inputs[0]
        return Shape(x.elements, *[1] * len(x.sides))


class ToShape(Reshape):
    """The same elements in another shape, which may have another number of sides; the last side runs fastest."""

    __slots__ = ("size",)
    size: tuple[int, ...]
    type = "reshape"
    owns_tensor = False
    mixes_axes = True
    main = Field(
        "size", ShapeKind(), "channels and sides of the output; -1 is the rest", also=("shape", "target_shape")
    )
    also = ("view",)
    formulas = {"output": "the given channels and sides"}

    def output(self, inputs: Inputs) -> Shape:
        x = inputs[0]
        known = prod([size for size in self.size if size != -1])
        if x.elements % known or (-1 not in self.size and x.elements != known):
            wanted = ", ".join(map(str, self.size))
            raise LayerError(
                f"[{wanted}] cannot hold the {x.elements:,} elements of {x}: a reshape keeps their number",
                "size",
                "shape-mismatch",
            )
        return Shape(*(x.elements // known if size == -1 else size for size in self.size))


class Permute(Reshape):
    """The axes in another order."""

    __slots__ = ("order",)
    order: tuple[str, ...]
    type = "permute"
    mixes_axes = True
    main = Field("order", AxisOrder(), "the axes of the input, in the order that the output has", also=("dims", "perm"))
    also = ("transpose", "swapaxes")
    formulas = {"output": "the sizes of the input in the given order"}

    def output(self, inputs: Inputs) -> Shape:
        x = inputs[0]
        if len(self.order) != len(x):
            raise LayerError(
                f"order names {len(self.order)} axes, but the input {x} has {len(x)}: {', '.join(x.axes)}",
                "order",
                "shape-mismatch",
            )
        return Shape(*[x[x.axis(axis, "order")] for axis in self.order])


class Identity(Reshape):
    """The input itself."""

    __slots__ = ()
    type = "identity"
    owns_tensor = False
    mixes_channels = False
    also = ("noop", "no_op", "passthrough", "pass_through")
    counted = "0 MACs, free on purpose: it does nothing"


class Dropout(Identity):
    """Nothing at inference, whatever its rate."""

    __slots__ = ()
    type = "dropout"
    main = Field(
        "rate", FRACTION, "the share of elements that training drops; it changes nothing here", 0, ("p", "prob")
    )
    also = ("drop", "drop_path", "stochastic_depth", "dropout2d")
    counted = "0 MACs, free on purpose: at inference it does nothing"


class ChannelShuffle(Reshape):
    """Interleave the channels of `groups` groups."""

    __slots__ = ("groups",)
    groups: int
    type = "channel_shuffle"
    main = Field("groups", COUNT, "groups of channels; divides the channels")
    also = ("shuffle", "channelshuffle")
    source = "Zhang et al. 2017, arXiv:1707.01083, section 3.1"

    def channels_after(self, arriving: int) -> int:
        if arriving % self.groups:
            message = (
                f"groups {self.groups} does not divide the {arriving} channels arriving: take a divisor of {arriving}"
            )
            raise LayerError(message, "groups", "not-divisible")
        return arriving


class SpaceToDepth(Reshape):
    """Squares of positions become channels: C x H x W becomes (C f f) x H/f x W/f; runs on one side, cubes on three."""

    __slots__ = ("factor",)
    factor: int
    type = "space_to_depth"
    main = Field("factor", COUNT, "positions along a side of each square; divides every side",
                 also=("block_size", "downscale_factor", "block"))  # fmt: skip
    also = ("pixel_unshuffle", "pixelunshuffle", "space2depth", "reorg")
    formulas = {"output": "C_in * factor * factor x H_in / factor x W_in / factor"}
    source = "Shi et al. 2016, arXiv:1609.05158, section 3.2, backwards"

    mixes_axes = True

    def output(self, inputs: Inputs) -> Shape:
        x = inputs[0]
        needs_sides(x, self.type)
        if any(size % self.factor for size in x.sides):
            raise LayerError(
                f"factor {self.factor} does not divide the {' and '.join(x.axes[1:])} of {x}: pad or crop it before",
                "factor", "not-divisible",
            )  # fmt: skip
        return Shape(x.channels * self.factor ** len(x.sides), *[size // self.factor for size in x.sides])

    def windows(self, inputs: Inputs, output: Shape) -> Sequence[SideWindows]:
        return [(Window(self.factor, self.factor, 0),) * len(output.sides)]

    def size_steps(self, inputs: Inputs, output: Shape) -> list[str]:
        letters = LETTERS[len(inputs[0].sides)]
        return [" x ".join(["C_in" + " * factor" * len(letters), *[f"{letter}_in / factor" for letter in letters]])]


class DepthToSpace(Reshape):
    """Channels become squares of positions: C x H x W becomes C/(f f) x (H f) x (W f); runs on one side, cubes on three."""

    __slots__ = ("factor",)
    factor: int
    type = "depth_to_space"
    main = Field("factor", COUNT, "positions along a side of each square; its square divides the channels (on three sides its cube)",
                 also=("block_size", "upscale_factor", "block"))  # fmt: skip
    also = ("pixel_shuffle", "pixelshuffle", "depth2space", "subpixel")
    formulas = {"output": "C_in / (factor * factor) x H_in * factor x W_in * factor"}
    source = "Shi et al. 2016, arXiv:1609.05158, section 3.2"

    mixes_axes = True

    def output(self, inputs: Inputs) -> Shape:
        x = inputs[0]
        needs_sides(x, self.type)
        positions = self.factor ** len(x.sides)
        if x.channels % positions:
            raise LayerError(
                f"factor {self.factor} needs a multiple of {positions} channels, received {x.channels}: "
                f"make {positions} channels for each that is wanted",
                "factor", "not-divisible",
            )  # fmt: skip
        return Shape(x.channels // positions, *[size * self.factor for size in x.sides])

    def windows(self, inputs: Inputs, output: Shape) -> Sequence[SideWindows]:
        return [tuple(map(nearest, inputs[0].sides, output.sides))]

    def size_steps(self, inputs: Inputs, output: Shape) -> list[str]:
        letters = LETTERS[len(inputs[0].sides)]
        by = " * ".join(["factor"] * len(letters))
        return [" x ".join([f"C_in / ({by})", *[f"{letter}_in * factor" for letter in letters]])]


RESHAPES: tuple[type[Layer], ...] = (
    Flatten, ToShape, Permute, Identity, Dropout, ChannelShuffle, SpaceToDepth, DepthToSpace,
)  # fmt: skip
