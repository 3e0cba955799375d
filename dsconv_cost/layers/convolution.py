"""Convolutions: conv, dwconv, conv_transpose."""

from collections.abc import Sequence
from math import prod
from typing import Any

from dsconv_cost.errors import LayerError
from dsconv_cost.layers.base import Inputs, Layer, OperationKind
from dsconv_cost.layers.counts import Counts
from dsconv_cost.layers.fields import COUNT, DERIVED, FLAG, PADDING, SIDES, Field, Values
from dsconv_cost.layers.kinds import Convert
from dsconv_cost.layers.letters import kernel_symbols
from dsconv_cost.layers.norm_and_activation import ACTIVATION_FIELD, NONE, NORM_FIELD
from dsconv_cost.layers.shapes import (
    Padding,
    PerSide,
    Shape,
    is_one,
    map_size,
    needs_sides,
    pads_of,
    pads_shown,
    sides_of,
    window_steps,
)  # fmt: skip
from dsconv_cost.layers.windows import SideWindows, sliding

STANDARD = OperationKind("standard", weighted=True, kept="")
DEPTHWISE = OperationKind("depthwise", weighted=True, kept="")
POINTWISE = OperationKind("pointwise", weighted=True, kept="")
GROUPED = OperationKind("grouped", weighted=True, kept="a grouped convolution: neither standard nor depthwise")

BIAS_FIELD = Field(
    "bias", FLAG, "whether an offset is learned for each output channel; true exactly when norm is none", DERIVED,
    ("use_bias",),
)  # fmt: skip
CONVERT_FIELD = Field(
    "convert",
    Convert(),
    "what the standard and separable forms do: auto converts what the transform can, except in the separable form "
    "a convolution that reads the network's input; true converts that too; false keeps the item as written",
    "auto",
)
SEPARABLE_FIELD = Field(
    "separable", FLAG,
    "true makes it depthwise-separable: a depthwise convolution with its window, then a 1 x 1 one with its channels and bias; if a "
    "norm follows directly, the depthwise gets that norm, and the activation behind it, too", False, in_defaults=False,
)  # fmt: skip
STRIDE_FIELD = Field("stride", SIDES, "steps between windows", 1, ("strides",))
PADDING_FIELD = Field(
    "padding", PADDING, "positions added around the input; same gives ceil(in / stride)", "same", ("pad",)
)
DILATION_FIELD = Field("dilation", SIDES, "distance between the kernel's positions", 1, ("dilation_rate",))
KERNEL_FIELD = Field("kernel", SIDES, "sides of the window", also=("kernel_size", "ksize", "filter_size", "k"))
OUT_FIELD = Field(
    "out_channels", COUNT, "channels of the output", also=("filters", "channels", "out", "features", "out_features")
)
GROUPS_FIELD = Field("groups", COUNT, "groups of channels that do not see each other; divides both channel counts", 1)
_OUTPUT_FORMULA = "H_out = floor((H_in + pads - d*(k_h-1) - 1) / s) + 1, with padding same ceil(H_in / s); W alike"


def grouped_channels(groups: int, arriving: int, leaving: int) -> int:
    """Return the channels that leave. Raises LayerError where the groups do not divide both."""
    if arriving % groups:
        raise LayerError(
            f"groups {groups} does not divide the {arriving} channels arriving: "
            f"take one of {_divisors(arriving)}, or another number of channels before",
            "groups",
            "not-divisible",
        )
    if leaving % groups:
        raise LayerError(
            f"groups {groups} does not divide the {leaving} output channels: take one of {_divisors(leaving)}",
            "groups",
            "not-divisible",
        )
    return leaving


def _divisors(n: int) -> str:
    divisors = [d for d in range(1, min(n, 4096) + 1) if n % d == 0]
    return ", ".join(map(str, divisors[:12])) + (", ..." if len(divisors) > 12 else "")


class Convolution(Layer):
    """A layer whose windows meet one set of weights at every position."""

    __slots__ = ("bias", "dilation", "kernel", "padding", "stride")
    # Padding may be said in words or in numbers, convert is for the forms; a dilated window may keep every size.
    unobserved = ("padding", "convert", "dilation")
    bias: bool
    dilation: PerSide
    kernel: PerSide
    padding: Padding
    stride: PerSide

    family = "Convolutions and linear layers"
    folds_norm = True

    def derived(self, field: str, values: Values) -> Any:
        # A bias beside a norm would be lost in the norm's shift.
        return values.get("norm", NONE) == NONE if field == "bias" else super().derived(field, values)

    def output(self, inputs: Inputs) -> Shape:
        x = inputs[0]
        needs_sides(x, self.type)
        return map_size(x, self.channels_after(x.channels), self.kernel, self.stride, self.padding, self.dilation)

    @property
    def is_flat(self) -> bool:
        """Whether its window is a single position."""
        return is_one(self.kernel)

    def window(self, x: Shape) -> int:
        """Return the positions of its window: the product of the kernel's sides."""
        return prod(sides_of(self.kernel, x, "kernel"))

    def counts(self, inputs: Inputs, output: Shape) -> Counts:
        weights = self.weights(inputs[0], output)
        return Counts(
            weights=weights,
            biases=output.channels if self.bias else 0,
            macs=weights * self.meetings(inputs[0], output),
            bias_adds=output.elements if self.bias else 0,
            read=inputs[0].elements,
            written=output.elements,
        )

    def weights(self, x: Shape, output: Shape) -> int:
        """Return how many weights it learns."""
        raise NotImplementedError

    def meetings(self, x: Shape, output: Shape) -> int:
        """Return at how many positions each weight multiplies."""
        return output.positions

    def windows(self, inputs: Inputs, output: Shape) -> Sequence[SideWindows]:
        return [sliding(inputs[0], output, self.kernel, self.stride, self.padding, self.dilation)]

    def symbols(self, inputs: Inputs, output: Shape) -> dict[str, int]:
        return {**super().symbols(inputs, output), **kernel_symbols(sides_of(self.kernel, inputs[0], "kernel"))}

    def size_steps(self, inputs: Inputs, output: Shape) -> list[str]:
        return window_steps((inputs[0], output), self.kernel, self.stride, self.padding, self.dilation)

    def settings(self, inputs: Inputs) -> dict[str, Any]:
        x = inputs[0]
        return {
            "kernel": sides_of(self.kernel, x, "kernel"), "stride": sides_of(self.stride, x, "stride"),
            "padding": pads_shown(self.padding, x),
        }  # fmt: skip

    def idle_fields(self, inputs: Inputs, output: Shape) -> list[str]:
        kernel, dilation = sides_of(self.kernel, inputs[0], "kernel"), sides_of(self.dilation, inputs[0], "dilation")
        dilated = [k for k, d in zip(kernel, dilation, strict=True) if d > 1]
        alone = bool(dilated) and all(k == 1 for k in dilated)  # a kernel of one position has no distances in it
        return [*super().idle_fields(inputs, output), *(["dilation"] if alone else [])]


class Conv(Convolution):
    """Convolution, then `norm`, then `activation`.

    weights = k_h k_w C_in/g C_out; MACs = H_out W_out weights (padding positions count); on one side k and L_out, on three
    k_t k_h k_w and T_out H_out W_out.
    Howard et al. 2017, arXiv:1704.04861, section 3.1: D_K D_K M N D_F D_F.
    """

    __slots__ = ("convert", "groups", "out_channels", "separable")
    convert: bool | str
    groups: int
    out_channels: int
    separable: bool

    type = "conv"
    kinds = (STANDARD, DEPTHWISE, POINTWISE, GROUPED)
    main = OUT_FIELD
    fields = (
        KERNEL_FIELD,
        STRIDE_FIELD,
        PADDING_FIELD,
        DILATION_FIELD,
        GROUPS_FIELD,
        BIAS_FIELD,
        NORM_FIELD,
        ACTIVATION_FIELD,
        CONVERT_FIELD,
        SEPARABLE_FIELD,
    )
    also = (
        "conv2d",
        "convolution",
        "conv1d",
        "conv3d",
        "conv_2d",
        "conv2dnormactivation",
        "convbn",
        "convbnrelu",
        "pwconv",
    )
    formulas = {
        "output": _OUTPUT_FORMULA,
        "weights": "k_h * k_w * C_in / g * C_out",
        "biases": "C_out",
        "macs": "H_out * W_out * k_h * k_w * C_in / g * C_out",
    }
    counted = "one MAC for each weight at each output position; padding positions count; adding the bias is free"
    source = "Howard et al. 2017, arXiv:1704.04861, section 3.1 (D_K D_K M N D_F D_F)"

    def kind(self, inputs: Inputs) -> OperationKind:
        arriving = inputs[0].channels
        if self.groups == 1:
            pads = () if isinstance(self.padding, str) else pads_of(self.padding, inputs[0])
            return POINTWISE if self.is_flat and not any(map(any, pads)) else STANDARD
        return DEPTHWISE if self.groups == arriving else GROUPED

    def channels_after(self, arriving: int) -> int:
        return grouped_channels(self.groups, arriving, self.out_channels)

    def output(self, inputs: Inputs) -> Shape:
        if self.separable and (why := self.why_not_separable):
            raise LayerError(f"{why}: leave separable out", "separable")
        return super().output(inputs)

    @property
    def why_not_separable(self) -> str:
        """Why it cannot be made a depthwise and a pointwise convolution; empty where it can."""
        if self.groups > 1:
            return f"a convolution with {self.groups} groups has no separable form"
        return "a 1 x 1 convolution has no window to separate" if self.is_flat else ""

    def weights(self, x: Shape, output: Shape) -> int:
        return self.window(x) * (x.channels // self.groups) * output.channels

    def symbols(self, inputs: Inputs, output: Shape) -> dict[str, int]:
        return {**super().symbols(inputs, output), "g": self.groups}

    def settings(self, inputs: Inputs) -> dict[str, Any]:
        return {**super().settings(inputs), "groups": self.groups}


class DepthwiseConv(Convolution):
    """Depthwise convolution: each channel by itself; then `norm`, then `activation`.

    weights = k_h k_w C_in m; MACs = H_out W_out weights.
    Howard et al. 2017, arXiv:1704.04861, section 3.1: D_K D_K M D_F D_F.
    """

    __slots__ = ("convert", "depth_multiplier")
    convert: bool | str
    depth_multiplier: int

    type = "dwconv"
    kinds = (DEPTHWISE,)
    main = Field("kernel", SIDES, "sides of the window", also=("kernel_size", "ksize", "k"))
    fields = (
        STRIDE_FIELD, PADDING_FIELD, DILATION_FIELD,
        Field("depth_multiplier", COUNT, "output channels for each input channel", 1),
        BIAS_FIELD, NORM_FIELD, ACTIVATION_FIELD, CONVERT_FIELD,
    )  # fmt: skip
    also = ("depthwise", "depthwise_conv", "depthwiseconv2d", "depthwise_conv2d", "dw", "conv_dw", "channelwise")
    formulas = {
        "output": _OUTPUT_FORMULA,
        "weights": "k_h * k_w * C_in * m",
        "biases": "C_out",
        "macs": "H_out * W_out * k_h * k_w * C_in * m",
    }
    counted = "one MAC for each weight at each output position; padding positions count; adding the bias is free"
    source = "Howard et al. 2017, arXiv:1704.04861, section 3.1 (D_K D_K M D_F D_F)"

    def channels_after(self, arriving: int) -> int:
        return arriving * self.depth_multiplier

    def weights(self, x: Shape, output: Shape) -> int:
        return self.window(x) * output.channels

    def symbols(self, inputs: Inputs, output: Shape) -> dict[str, int]:
        return {**super().symbols(inputs, output), "m": self.depth_multiplier}

    def settings(self, inputs: Inputs) -> dict[str, Any]:
        return {**super().settings(inputs), "groups": inputs[0].channels}
