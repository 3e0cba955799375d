"""Layers that move elements without arithmetic on weights: slices, shuffles, pads, crops, resizes."""

from math import prod
from typing import Any

from dsconv_cost.errors import LayerError
from dsconv_cost.layers.base import Inputs, Layer, OperationKind
from dsconv_cost.layers.counts import Counts
from dsconv_cost.layers.fields import COUNT, SIDES, Choice, Field, PaddingKind, SizeOf
from dsconv_cost.layers.kinds import FRACTION, AxisOrder, AxisPart, Ends, ShapeKind
from dsconv_cost.layers.shapes import AXES, Pads, Shape, Sides, ceil_div

MODE_FIELD = Field("mode", Choice("nearest", "bilinear"), "how new elements are made", "nearest", ("interpolation",))


_PART = AxisPart()
_ARE = {"channels": "channels", "height": "rows", "width": "columns"}


class Reshape(Layer):
    """A layer that moves elements."""

    __slots__ = ()
    family = "Moving elements"
    kinds = (OperationKind("reshape"),)
    moves_or_scales = True
    counted = "0 MACs, free on purpose: it moves elements and multiplies nothing"


class Flatten(Reshape):
    """C x H x W becomes (C H W) x 1 x 1."""

    __slots__ = ()
    type = "flatten"
    mixes_axes = True
    formulas = {"output": "C_in * H_in * W_in x 1 x 1"}

    def output(self, inputs: Inputs) -> Shape:
        return Shape(inputs[0].elements, 1, 1)


class ToShape(Reshape):
    """The same elements in another shape, in the order of channels, rows and columns."""

    __slots__ = ("size",)
    size: tuple[int, int, int]
    type = "reshape"
    mixes_axes = True
    main = Field(
        "size", ShapeKind(), "channels, height and width of the output; -1 is the rest", also=("shape", "target_shape")
    )
    also = ("view",)
    formulas = {"output": "the given channels, height and width"}

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
    main = Field(
        "order", AxisOrder(), "the three axes of the input, in the order that the output has", also=("dims", "perm")
    )
    also = ("transpose", "swapaxes")
    formulas = {"output": "the sizes of the input in the given order"}

    def output(self, inputs: Inputs) -> Shape:
        return Shape(*(inputs[0][AXES.index(axis)] for axis in self.order))


class Identity(Reshape):
    """The input itself."""

    __slots__ = ()
    type = "identity"
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
    """Squares of positions become channels: C x H x W becomes (C f f) x H/f x W/f."""

    __slots__ = ("factor",)
    factor: int
    type = "space_to_depth"
    main = Field("factor", COUNT, "positions along a side of each square; divides the height and the width",
                 also=("block_size", "downscale_factor", "block"))  # fmt: skip
    also = ("pixel_unshuffle", "pixelunshuffle", "space2depth", "reorg")
    formulas = {"output": "C_in * factor * factor x H_in / factor x W_in / factor"}
    source = "Shi et al. 2016, arXiv:1609.05158, section 3.2, backwards"

    def channels_after(self, arriving: int) -> int:
        return arriving * self.factor * self.factor

    def output(self, inputs: Inputs) -> Shape:
        x = inputs[0]
        if x.height % self.factor or x.width % self.factor:
            raise LayerError(
                f"factor {self.factor} does not divide the height and width of {x}: pad or crop it before",
                "factor", "not-divisible",
            )  # fmt: skip
        return Shape(self.channels_after(x.channels), x.height // self.factor, x.width // self.factor)


class DepthToSpace(Reshape):
    """Channels become squares of positions: C x H x W becomes C/(f f) x (H f) x (W f)."""

    __slots__ = ("factor",)
    factor: int
    type = "depth_to_space"
    main = Field("factor", COUNT, "positions along a side of each square; its square divides the channels",
                 also=("block_size", "upscale_factor", "block"))  # fmt: skip
    also = ("pixel_shuffle", "pixelshuffle", "depth2space", "subpixel")
    formulas = {"output": "C_in / (factor * factor) x H_in * factor x W_in * factor"}
    source = "Shi et al. 2016, arXiv:1609.05158, section 3.2"

    def channels_after(self, arriving: int) -> int:
        squared = self.factor * self.factor
        if arriving % squared:
            raise LayerError(
                f"factor {self.factor} needs a multiple of {squared} channels, received {arriving}: "
                f"make {squared} channels for each that is wanted",
                "factor", "not-divisible",
            )  # fmt: skip
        return arriving // squared

    def output(self, inputs: Inputs) -> Shape:
        x = inputs[0]
        return Shape(self.channels_after(x.channels), x.height * self.factor, x.width * self.factor)


class Slice(Reshape):
    """A part of the channels, of the height or of the width: start to stop-1, every step-th of them."""

    __slots__ = AXES
    channels: tuple[int, int, int] | None
    height: tuple[int, int, int] | None
    width: tuple[int, int, int] | None
    type = "slice"
    main = Field("channels", _PART, "the channels that are taken: [start, stop], or [start, stop, step]", None)
    fields = (
        Field("height", _PART, "the rows that are taken", None),
        Field("width", _PART, "the columns that are taken", None),
    )
    also = ("chunk", "narrow", "strided_slice")

    def channels_after(self, arriving: int) -> int:
        return self._taken("channels", arriving)

    def output(self, inputs: Inputs) -> Shape:
        x = inputs[0]
        if self.channels is self.height is self.width is None:
            raise LayerError("slice takes everything: write the channels as its value, or give height or width")
        return Shape(*(self._taken(axis, size) for axis, size in zip(AXES, x, strict=True)))

    def _taken(self, axis: str, size: int) -> int:
        part: tuple[int, int, int] | None = getattr(self, axis)
        if part is None:
            return size
        start, stop, step = part
        if stop > size:
            raise LayerError(f"stop {stop} is beyond the {size} {_ARE[axis]} arriving", axis)
        return ceil_div(stop - start, step)


class PadSides(PaddingKind):
    """What is padded; nothing where it is not written."""

    example = "1"

    def __init__(self) -> None:
        super().__init__(())

    def show(self, value: Any) -> str:
        return super().show(value) if value else "none"


class Pad(Reshape):
    """Positions added around the input, or channels before and after its own."""

    __slots__ = ("channels", "sides")
    channels: tuple[int, int]
    sides: Pads | tuple[()]
    type = "pad"
    main = Field("sides", PadSides(), "positions added: one number, [h, w] or [top, bottom, left, right]", ())
    fields = (Field("channels", Ends(), "channels added: [before, after], or one number for both", (0, 0)),)
    also = ("zero_pad", "zeropadding2d", "zeropad2d", "constantpad2d")
    formulas = {"output": "H_out = H_in + top + bottom; W_out = W_in + left + right; C_out = C_in + before + after"}

    def channels_after(self, arriving: int) -> int:
        return arriving + sum(self.channels)

    def output(self, inputs: Inputs) -> Shape:
        x = inputs[0]
        if not self.sides and self.channels == (0, 0):
            raise LayerError("pad adds nothing: write the sides as its value, or give channels")
        top, bottom, left, right = self.sides or (0, 0, 0, 0)
        return Shape(self.channels_after(x.channels), x.height + top + bottom, x.width + left + right)

    def settings(self, inputs: Inputs) -> dict[str, Any]:
        return {"padding": self.sides or (0, 0, 0, 0)}


class Crop(Reshape):
    """The middle of the input, of the height and width of another tensor or as given."""

    __slots__ = ("size",)
    size: Sides
    type = "crop"
    main = Field("size", SizeOf(), "the tensor whose height and width are meant, or [height, width]", also=("to",))
    also = ("center_crop", "centercrop", "cropping2d")

    def output(self, inputs: Inputs) -> Shape:
        x = inputs[0]
        if self.size[0] > x.height or self.size[1] > x.width:
            raise LayerError(
                f"cannot crop {x} to {self.size[0]} x {self.size[1]}: a crop only takes away; use resize or pad", "size"
            )
        return Shape(x.channels, *self.size)


class Upsample(Reshape):
    """Height and width times a factor."""

    __slots__ = ("factor", "mode")
    factor: Sides
    mode: str
    type = "upsample"
    main = Field("factor", SIDES, "how many times as high and wide", also=("scale_factor", "size", "scale"))
    fields = (MODE_FIELD,)
    also = ("upsampling2d", "upsamplingnearest2d")
    formulas = {"output": "H_out = H_in * factor; W alike"}

    @property
    def case(self) -> str:
        return f"upsample {self.mode}" + (" oblong" if self.factor[0] != self.factor[1] else "")

    def output(self, inputs: Inputs) -> Shape:
        x = inputs[0]
        return Shape(x.channels, x.height * self.factor[0], x.width * self.factor[1])

    def counts(self, inputs: Inputs, output: Shape) -> Counts:
        return super().counts(inputs, output)._replace(resampled=output.elements, positions=output.positions)


class Resize(Reshape):
    """To the height and width of another tensor, or as given."""

    __slots__ = ("mode", "size")
    mode: str
    size: Sides
    type = "resize"
    main = Crop.main
    fields = (Field("mode", MODE_FIELD.kind, MODE_FIELD.doc, "bilinear", MODE_FIELD.also),)
    also = ("interpolate", "resize_bilinear", "resizing")

    @property
    def case(self) -> str:
        return f"resize {self.mode}"

    def output(self, inputs: Inputs) -> Shape:
        return Shape(inputs[0].channels, *self.size)

    def counts(self, inputs: Inputs, output: Shape) -> Counts:
        return super().counts(inputs, output)._replace(resampled=output.elements, positions=output.positions)


RESHAPES: tuple[type[Layer], ...] = (
    Flatten, ToShape, Permute, Identity, Dropout, ChannelShuffle, SpaceToDepth, DepthToSpace, Slice, Pad, Crop, Upsample, Resize,
)  # fmt: skip
