"""Pooling: windows that are averaged or searched for their largest element."""

from collections.abc import Sequence
from math import prod
from typing import Any, ClassVar

from dsconv_cost.errors import LayerError
from dsconv_cost.layers.base import Inputs, Layer, OperationKind
from dsconv_cost.layers.counts import Counts
from dsconv_cost.layers.fields import DERIVED, FLAG, PADDING, SIDES, Field, Values
from dsconv_cost.layers.kinds import Axes, OwnChoice
from dsconv_cost.layers.letters import kernel_symbols
from dsconv_cost.layers.shapes import (
    CHANNELS,
    Padding,
    Pads,
    PerSide,
    Shape,
    Sides,
    is_one,
    map_size,
    needs_sides,
    pads_of,
    pads_shown,
    sides_of,
    window_steps,
)  # fmt: skip
from dsconv_cost.layers.windows import ONE, SideWindows, adaptive, entire, same_ends, sliding

FAMILY = "Pooling"
POOLING = OperationKind("pooling")


def _positive_sum(first: int, step: int, count: int) -> int:
    """Return the sum of max(0, first + i * step) over i = 0 ... count-1, by the arithmetic series."""
    skipped = max(0, -(first // step))
    terms = count - skipped
    return 0 if terms <= 0 else terms * (first + skipped * step) + step * terms * (terms - 1) // 2


def _read_along(size: int, out: int, kernel: int, stride: int, before: int) -> int:
    """Return how many positions of [0, size) all windows along one side read, the first starting at -before.

    A window from a to b reads clamp(b) - clamp(a), and clamp(t) = max(0, t) - max(0, t - size).
    """
    ends = _positive_sum(kernel - before, stride, out) - _positive_sum(kernel - before - size, stride, out)
    starts = _positive_sum(-before, stride, out) - _positive_sum(-before - size, stride, out)
    return ends - starts


def _is_even(padding: int | Sides) -> bool:
    """Return whether the padding is the same at both ends of every side; two numbers are one for each of two sides."""
    return isinstance(padding, int) or len(padding) < 4 or padding[::2] == padding[1::2]


class Pool(Layer):
    """A pooling over windows. An output reads k_h k_w positions; none is multiplied by a weight."""

    __slots__ = ("ceil_mode", "kernel", "padding", "stride")
    unobserved = ("padding", "ceil_mode")  # ceil_mode is for sizes that do not divide
    ceil_mode: bool
    kernel: PerSide
    padding: Padding
    stride: PerSide

    mixes_channels = False
    reads_padding = False
    """Whether positions of the padding take part."""

    family = FAMILY
    kinds = (POOLING,)
    main = Field("kernel", SIDES, "sides of the window", also=("pool_size", "kernel_size", "ksize"))
    fields: ClassVar[tuple[Field, ...]] = (
        Field("stride", SIDES, "steps between windows; the kernel when not given", DERIVED, ("strides",)),
        Field("padding", PADDING, "positions added around the input; same gives ceil(in / stride)", 0, ("pad",)),
        Field("ceil_mode", FLAG, "round the output's size up; the last window must start inside the input or its "
              "leading padding", False),
    )  # fmt: skip
    formulas = {
        "output": "H_out = floor((H_in + pads - k_h) / s) + 1, with ceil_mode the ceiling, with padding same "
        "ceil(H_in / s); W alike"
    }
    counted = "0 MACs, free on purpose: it multiplies no weight (the elements read are counted for other conventions)"

    def derived(self, field: str, values: Values) -> Any:
        return values["kernel"] if field == "stride" else super().derived(field, values)

    def output(self, inputs: Inputs) -> Shape:
        x = inputs[0]
        needs_sides(x, self.type)
        return map_size(x, x.channels, self.kernel, self.stride, self.padding, 1, self.ceil_mode)

    def counts(self, inputs: Inputs, output: Shape) -> Counts:
        x = inputs[0]
        pads = self.pads(x, output)
        reads = output.channels
        kernels, strides = sides_of(self.kernel, x, "kernel"), sides_of(self.stride, x, "stride")
        for size, out, kernel, stride, (before, after) in zip(x[1:], output[1:], kernels, strides, pads, strict=True):
            if self.reads_padding:  # the padding is read like the input
                reads *= _read_along(size + before + after, out, kernel, stride, 0)
            else:
                reads *= _read_along(size, out, kernel, stride, before)
        windowed = x.elements
        if any(before != after for before, after in pads):  # frameworks pad such a map before they pool it
            windowed = x.channels * prod(size + sum(ends) for size, ends in zip(x[1:], pads, strict=True))
        return Counts(pooled=reads, read=x.elements, written=output.elements, windowed=windowed)

    def pads(self, x: Shape, output: Shape) -> Pads:
        """Return the pads in numbers; `same` puts the odd one at the end, as TensorFlow does."""
        if not isinstance(self.padding, str):
            return pads_of(self.padding, x)
        kernels, strides = sides_of(self.kernel, x, "kernel"), sides_of(self.stride, x, "stride")
        return tuple(map(same_ends, x[1:], output[1:], kernels, strides))

    def windows(self, inputs: Inputs, output: Shape) -> Sequence[SideWindows]:
        return [sliding(inputs[0], output, self.kernel, self.stride, self.padding)]

    def size_steps(self, inputs: Inputs, output: Shape) -> list[str]:
        return window_steps((inputs[0], output), self.kernel, self.stride, self.padding, ceil_mode=self.ceil_mode)

    def symbols(self, inputs: Inputs, output: Shape) -> dict[str, int]:
        return {**super().symbols(inputs, output), **kernel_symbols(sides_of(self.kernel, inputs[0], "kernel"))}

    def settings(self, inputs: Inputs) -> dict[str, Any]:
        x = inputs[0]
        return {
            "kernel": sides_of(self.kernel, x, "kernel"), "stride": sides_of(self.stride, x, "stride"),
            "padding": pads_shown(self.padding, x),
        }  # fmt: skip


class MaxPool(Pool):
    """The largest element of each window."""

    __slots__ = ()
    type = "maxpool"
    also = ("max_pool", "maxpool2d", "maxpooling2d", "max_pooling")


class AvgPool(Pool):
    """The mean of each window."""

    __slots__ = ("count_padding",)
    count_padding: bool

    type = "avgpool"
    fields = (*Pool.fields, Field("count_padding", FLAG, "whether padding takes part in the mean", True,
                                  ("count_include_pad",)))  # fmt: skip

    also = ("avg_pool", "avgpool2d", "averagepooling2d", "average_pooling", "avg_pooling", "meanpool")

    @property
    def case(self) -> str:
        """`avgpool trimmed` where padding may differ at opposite sides and stays out of the mean."""
        if self.count_padding:
            return "avgpool"
        if isinstance(self.padding, str):
            kernel = self.kernel if isinstance(self.kernel, tuple) else (self.kernel,)
            even = is_one(self.stride) and all(k % 2 == 1 for k in kernel)
        else:
            even = _is_even(self.padding)
        return "avgpool" if even else "avgpool trimmed"

    @property
    def reads_padding(self) -> bool:  # type: ignore[override]  # settled for the others
        return self.count_padding


class BlurPool(Pool):
    """A fixed blur filter on each channel, usually with a stride: a depthwise convolution whose kernel is not learned.

    MACs = H_out W_out k_h k_w C_in, as of any depthwise convolution; nothing is a parameter.
    """

    __slots__ = ()
    type = "blur_pool"
    kinds = (OperationKind("blur", weighted=True, kept="a fixed filter"),)
    main = Field("kernel", SIDES, "sides of the filter", also=("filt_size", "filter_size", "kernel_size"))
    fields = (
        Field("stride", SIDES, "steps between windows", 2, ("strides",)),
        Field("padding", PADDING, "positions added around the input; same gives ceil(in / stride)", "same", ("pad",)),
    )
    ceil_mode = False
    also = ("blurpool", "blurpool2d", "blur", "antialias")
    formulas = {**Pool.formulas, "macs": "H_out * W_out * k_h * k_w * C_in"}
    counted = (
        "one MAC for each element of the filter at each output position; the filter is fixed, so it is no parameter"
    )
    source = "Zhang 2019, arXiv:1904.11486"

    def counts(self, inputs: Inputs, output: Shape) -> Counts:
        macs = output.elements * prod(sides_of(self.kernel, inputs[0], "kernel"))
        return Counts(macs=macs, read=inputs[0].elements, written=output.elements)


class GlobalPool(Layer):
    """One value of each channel: C x H x W becomes C x 1 x 1."""

    __slots__ = ()
    family = FAMILY
    kinds = (POOLING,)
    mixes_channels = False
    formulas = {"output": "C_in x 1 x 1"}
    counted = Pool.counted

    def output(self, inputs: Inputs) -> Shape:
        return Shape(inputs[0].channels, *[1] * len(inputs[0].sides))

    def counts(self, inputs: Inputs, output: Shape) -> Counts:
        elements = inputs[0].elements
        return Counts(pooled=elements, read=elements, written=output.elements, windowed=elements)

    def windows(self, inputs: Inputs, output: Shape) -> Sequence[SideWindows]:
        return [tuple(map(entire, inputs[0].sides))]


class GlobalAvgPool(GlobalPool):
    """The mean of each channel: C x H x W becomes C x 1 x 1."""

    __slots__ = ()
    type = "global_avgpool"
    also = (
        "gap", "globalavgpool", "globalaveragepooling2d", "global_average_pooling", "global_avg_pool", "global_pool",
    )  # fmt: skip


class GlobalMaxPool(GlobalPool):
    """The largest element of each channel: C x H x W becomes C x 1 x 1."""

    __slots__ = ()
    type = "global_maxpool"
    also = ("gmp", "globalmaxpool", "globalmaxpooling2d", "global_max_pooling", "global_max_pool")


class AdaptiveAvgPool(Layer):
    """Means over windows chosen so that the output has the given sides.

    Output i reads positions floor(i in/out) to ceil((i+1) in/out) - 1, as in PyTorch.
    """

    __slots__ = ("size",)
    size: PerSide
    type = "adaptive_avgpool"
    family = FAMILY
    kinds = (POOLING,)
    mixes_channels = False
    main = Field("size", SIDES, "sides of the output", also=("output_size",))
    also = ("adaptiveavgpool2d", "adaptive_avg_pool", "adaptive_avgpool2d")
    formulas = {"output": "the given sides"}
    counted = Pool.counted

    def output(self, inputs: Inputs) -> Shape:
        x = inputs[0]
        # An output larger than its input repeats positions; PyTorch allows it, and VGG on small inputs relies on it.
        needs_sides(x, self.type)
        size = sides_of(self.size, x, "size")
        if max(size) > 65_536:
            raise LayerError(f"an output of {max(size):,} positions a side; at most 65,536", "size", "too-large")
        return Shape(x.channels, *size)

    def counts(self, inputs: Inputs, output: Shape) -> Counts:
        x = inputs[0]
        reads = x.channels
        for size, out in zip(x[1:], output[1:], strict=True):
            reads *= sum(-(-(i + 1) * size // out) - i * size // out for i in range(out))
        return Counts(pooled=reads, read=x.elements, written=output.elements, windowed=x.elements)

    def windows(self, inputs: Inputs, output: Shape) -> Sequence[SideWindows]:
        return [tuple(map(adaptive, inputs[0].sides, output.sides))]


MEAN = "mean"


class Reduce(Layer):
    """The mean, maximum or sum over axes, each of which becomes 1; over every side where none is given."""

    __slots__ = ("how", "over")
    how: str
    over: tuple[str, ...] | None
    type = "reduce"
    family = FAMILY
    kinds = (POOLING,)
    main = Field("how", OwnChoice(MEAN, "max", "sum"), "what becomes of the elements: mean, max or sum")
    fields = (Field("over", Axes(), "the axes that become 1", None, ("axis", "axes", "dim", "dims")),)
    also = ("reduce_mean", "reducemean", "reduce_max", "reduce_sum")
    formulas = {"output": "1 along each axis given, the input's size along the others"}
    counted = Pool.counted

    @property
    def case(self) -> str:
        return f"reduce {self.how}"

    def channels_after(self, arriving: int) -> int:
        return 1 if self.over is not None and CHANNELS in self.over else arriving

    def output(self, inputs: Inputs) -> Shape:
        x = inputs[0]
        if self.over is None:
            return Shape(x.channels, *[1] * len(x.sides))
        reduced = {x.axis(axis, "over") for axis in self.over}
        return Shape(*[1 if index in reduced else size for index, size in enumerate(x)])

    def counts(self, inputs: Inputs, output: Shape) -> Counts:
        elements = inputs[0].elements
        return Counts(pooled=elements, read=elements, written=output.elements, windowed=elements)

    def windows(self, inputs: Inputs, output: Shape) -> Sequence[SideWindows]:
        x = inputs[0]
        over = x.axes[1:] if self.over is None else self.over
        return [tuple(entire(size) if axis in over else ONE for axis, size in zip(x.axes[1:], x.sides, strict=True))]


POOLS: tuple[type[Layer], ...] = (MaxPool, AvgPool, BlurPool, GlobalAvgPool, GlobalMaxPool, AdaptiveAvgPool, Reduce)
