"""Layers that take positions away, add some or make new ones: slices, pads, crops, resizes."""

from collections.abc import Sequence
from typing import Any

from dsconv_cost.errors import LayerError
from dsconv_cost.layers.base import Inputs, Layer
from dsconv_cost.layers.counts import Counts
from dsconv_cost.layers.fields import SIDES, Choice, Field, PaddingKind, SizeOf
from dsconv_cost.layers.kinds import AxisPart, Ends
from dsconv_cost.layers.reshape import Reshape
from dsconv_cost.layers.shapes import (
    AXES,
    CHANNELS,
    Padding,
    Pads,
    PerSide,
    Shape,
    ceil_div,
    needs_sides,
    pads_of,
    sides_of,
)
from dsconv_cost.layers.windows import SideWindows, Window, bilinear, nearest

MODE_FIELD = Field("mode", Choice("nearest", "bilinear"), "how new elements are made", "nearest", ("interpolation",))


_PART = AxisPart()
_ARE = {"length": "positions", "time": "steps", "height": "rows", "width": "columns"}


class Slice(Reshape):
    """A part of the channels or of a side: start to stop-1, every step-th of them."""

    __slots__ = AXES
    channels: tuple[int, int, int] | None
    type = "slice"
    main = Field("channels", _PART, "the channels that are taken: [start, stop], or [start, stop, step]", None)
    fields = (
        Field("height", _PART, "the rows that are taken", None),
        Field("width", _PART, "the columns that are taken", None),
        Field("length", _PART, "the positions of a signal that are taken", None),
        Field("time", _PART, "the steps in time that are taken", None),
    )
    also = ("chunk", "narrow", "strided_slice")

    def channels_after(self, arriving: int) -> int:
        return self._taken(CHANNELS, arriving)

    def output(self, inputs: Inputs) -> Shape:
        x = inputs[0]
        given = [axis for axis in AXES if getattr(self, axis) is not None]
        if not given:
            raise LayerError("slice takes everything: write the channels as its value, or give a side, e.g. height")
        for axis in given:
            x.axis(axis, axis)
        return Shape(*[self._taken(axis, size) for axis, size in zip(x.axes, x, strict=True)])

    def windows(self, inputs: Inputs, output: Shape) -> Sequence[SideWindows]:
        parts = [getattr(self, axis) or (0, 0, 1) for axis in inputs[0].axes[1:]]
        return [tuple(Window(1, step, -start) for start, _, step in parts)]

    def _taken(self, axis: str, size: int) -> int:
        part: tuple[int, int, int] | None = getattr(self, axis)
        if part is None:
            return size
        start, stop, step = part
        if stop > size:
            raise LayerError(f"stop {stop} is beyond the {size} {_ARE.get(axis, axis)} arriving", axis)
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
    sides: Padding
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
        sizes = [size + sum(ends) for size, ends in zip(x.sides, self._pads(x), strict=True)]
        return Shape(self.channels_after(x.channels), *sizes)

    def _pads(self, x: Shape) -> Pads:
        if not self.sides:
            return ((0, 0),) * len(x.sides)
        needs_sides(x, self.type)
        assert not isinstance(self.sides, str)
        return pads_of(self.sides, x)

    def windows(self, inputs: Inputs, output: Shape) -> Sequence[SideWindows]:
        return [tuple(Window(1, 1, before) for before, _ in self._pads(inputs[0]))]

    def settings(self, inputs: Inputs) -> dict[str, Any]:
        return {"padding": tuple([end for ends in self._pads(inputs[0]) for end in ends])}


class Crop(Reshape):
    """The middle of the input, of the sides of another tensor or as given."""

    __slots__ = ("size",)
    size: PerSide
    type = "crop"
    main = Field("size", SizeOf(), "the tensor whose sides are meant, or [height, width]", also=("to",))
    also = ("center_crop", "centercrop", "cropping2d")

    def output(self, inputs: Inputs) -> Shape:
        x = inputs[0]
        needs_sides(x, self.type)
        size = sides_of(self.size, x, "size")
        if any(new > old for new, old in zip(size, x.sides, strict=True)):
            raise LayerError(
                f"cannot crop {x} to {' x '.join(map(str, size))}: a crop only takes away; use resize or pad", "size"
            )
        return Shape(x.channels, *size)

    def windows(self, inputs: Inputs, output: Shape) -> Sequence[SideWindows]:
        return [
            tuple(Window(1, 1, -((old - new) // 2)) for old, new in zip(inputs[0].sides, output.sides, strict=True))
        ]


def _resized(mode: str, x: Shape, output: Shape) -> SideWindows:
    return tuple(map(nearest if mode == "nearest" else bilinear, x.sides, output.sides))


class Upsample(Reshape):
    """Every side times a factor."""

    __slots__ = ("factor", "mode")
    factor: PerSide
    mode: str
    type = "upsample"
    mixes_channels = False
    main = Field(
        "factor", SIDES, "how many times as long every side is, or one for each", also=("scale_factor", "size", "scale")
    )
    fields = (MODE_FIELD,)
    also = ("upsampling2d", "upsamplingnearest2d")
    formulas = {"output": "H_out = H_in * factor; W alike"}

    @property
    def case(self) -> str:
        return f"upsample {self.mode}" + (
            " oblong" if isinstance(self.factor, tuple) and any(one != self.factor[0] for one in self.factor) else ""
        )

    def output(self, inputs: Inputs) -> Shape:
        x = inputs[0]
        needs_sides(x, self.type)
        factors = sides_of(self.factor, x, "factor")
        return Shape(x.channels, *[size * factor for size, factor in zip(x.sides, factors, strict=True)])

    def counts(self, inputs: Inputs, output: Shape) -> Counts:
        return super().counts(inputs, output)._replace(resampled=output.elements, positions=output.positions)

    def windows(self, inputs: Inputs, output: Shape) -> Sequence[SideWindows]:
        return [_resized(self.mode, inputs[0], output)]


class Resize(Reshape):
    """To the sides of another tensor, or as given."""

    __slots__ = ("mode", "size")
    mode: str
    size: PerSide
    type = "resize"
    mixes_channels = False
    main = Crop.main
    fields = (Field("mode", MODE_FIELD.kind, MODE_FIELD.doc, "bilinear", MODE_FIELD.also),)
    also = ("interpolate", "resize_bilinear", "resizing")

    @property
    def case(self) -> str:
        return f"resize {self.mode}"

    def output(self, inputs: Inputs) -> Shape:
        x = inputs[0]
        needs_sides(x, self.type)
        return Shape(x.channels, *sides_of(self.size, x, "size"))

    def counts(self, inputs: Inputs, output: Shape) -> Counts:
        return super().counts(inputs, output)._replace(resampled=output.elements, positions=output.positions)

    def windows(self, inputs: Inputs, output: Shape) -> Sequence[SideWindows]:
        return [_resized(self.mode, inputs[0], output)]


RESIZES: tuple[type[Layer], ...] = (Slice, Pad, Crop, Upsample, Resize)
