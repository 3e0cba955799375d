"""Layers that move elements without arithmetic on weights: slices, shuffles, pads, crops, resizes."""

from typing import Any

from dsconv_cost.errors import LayerError
from dsconv_cost.layers.base import Inputs, Layer, OperationKind
from dsconv_cost.layers.counts import Counts
from dsconv_cost.layers.fields import COUNT, SIDES, Choice, Field, PaddingKind, SizeOf
from dsconv_cost.layers.kinds import FRACTION, ChannelRange
from dsconv_cost.layers.shapes import Pads, Shape, Sides

MODE_FIELD = Field("mode", Choice("nearest", "bilinear"), "how new elements are made", "nearest", ("interpolation",))


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
    formulas = {"output": "C_in * H_in * W_in x 1 x 1"}

    def output(self, inputs: Inputs) -> Shape:
        return Shape(inputs[0].elements, 1, 1)


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
    """Channels start to stop-1."""

    __slots__ = ("channels",)
    channels: tuple[int, int]
    type = "slice"
    main = Field("channels", ChannelRange(), "[start, stop]: from start up to stop-1, counted from 0")
    also = ("chunk", "narrow")

    def channels_after(self, arriving: int) -> int:
        start, stop = self.channels
        if stop > arriving:
            raise LayerError(f"stop {stop} is beyond the {arriving} channels arriving", "channels")
        return stop - start


class Pad(Reshape):
    """Positions added around the input."""

    __slots__ = ("sides",)
    sides: Pads
    type = "pad"
    main = Field("sides", PaddingKind(()), "positions added: one number, [h, w] or [top, bottom, left, right]")
    also = ("zero_pad", "zeropadding2d", "zeropad2d", "constantpad2d")
    formulas = {"output": "H_out = H_in + top + bottom; W_out = W_in + left + right"}

    def output(self, inputs: Inputs) -> Shape:
        x = inputs[0]
        top, bottom, left, right = self.sides
        return Shape(x.channels, x.height + top + bottom, x.width + left + right)

    def settings(self, inputs: Inputs) -> dict[str, Any]:
        return {"padding": self.sides}


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
    Flatten, Identity, Dropout, ChannelShuffle, SpaceToDepth, DepthToSpace, Slice, Pad, Crop, Upsample, Resize,
)  # fmt: skip
