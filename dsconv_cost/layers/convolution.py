"""Convolutions: conv, dwconv, conv_transpose."""

from typing import Any

from dsconv_cost.errors import LayerError
from dsconv_cost.layers.base import Inputs, Layer, OperationKind
from dsconv_cost.layers.counts import Counts
from dsconv_cost.layers.fields import COUNT, DERIVED, FLAG, PADDING, SIDES, SIDES_FROM_0, Field, Values
from dsconv_cost.layers.kinds import Convert
from dsconv_cost.layers.norm_and_activation import ACTIVATION_FIELD, NONE, NORM_FIELD
from dsconv_cost.layers.shapes import Padding, Shape, Sides, map_size, transposed_size, window_steps

STANDARD = OperationKind("standard", weighted=True, kept="")
DEPTHWISE = OperationKind("depthwise", weighted=True, kept="")
POINTWISE = OperationKind("pointwise", weighted=True, kept="")
GROUPED = OperationKind("grouped", weighted=True, kept="a grouped convolution: neither standard nor depthwise")
TRANSPOSED = OperationKind("transposed", weighted=True, kept="a transposed convolution")

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
_STRIDE = Field("stride", SIDES, "steps between windows", (1, 1), ("strides",))
_PADDING = Field("padding", PADDING, "positions added around the input; same gives ceil(in / stride)", "same", ("pad",))
_DILATION = Field("dilation", SIDES, "distance between the kernel's positions", (1, 1), ("dilation_rate",))
_KERNEL = Field("kernel", SIDES, "height and width of the window", also=("kernel_size", "ksize", "filter_size", "k"))
_OUT = Field(
    "out_channels", COUNT, "channels of the output", also=("filters", "channels", "out", "features", "out_features")
)
_GROUPS = Field("groups", COUNT, "groups of channels that do not see each other; divides both channel counts", 1)
_OUTPUT_FORMULA = "H_out = floor((H_in + pads - d*(k_h-1) - 1) / s) + 1, with padding same ceil(H_in / s); W alike"


def _grouped(groups: int, arriving: int, leaving: int) -> int:
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
    dilation: Sides
    kernel: Sides
    padding: Padding
    stride: Sides

    family = "Convolutions and linear layers"
    folds_norm = True

    def derived(self, field: str, values: Values) -> Any:
        # A bias beside a norm would be lost in the norm's shift.
        return values.get("norm", NONE) == NONE if field == "bias" else super().derived(field, values)

    def output(self, inputs: Inputs) -> Shape:
        x = inputs[0]
        return map_size(x, self.channels_after(x.channels), self.kernel, self.stride, self.padding, self.dilation)

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

    def symbols(self, inputs: Inputs, output: Shape) -> dict[str, int]:
        return {**super().symbols(inputs, output), "k_h": self.kernel[0], "k_w": self.kernel[1]}

    def size_steps(self, inputs: Inputs, output: Shape) -> list[str]:
        return window_steps((inputs[0], output), self.kernel, self.stride, self.padding, self.dilation)

    def settings(self, inputs: Inputs) -> dict[str, Any]:
        return {"kernel": self.kernel, "stride": self.stride, "padding": self.padding}

    def idle_fields(self, inputs: Inputs, output: Shape) -> list[str]:
        dilated = [k for k, d in zip(self.kernel, self.dilation, strict=True) if d > 1]
        alone = bool(dilated) and all(k == 1 for k in dilated)  # a kernel of one position has no distances in it
        return [*super().idle_fields(inputs, output), *(["dilation"] if alone else [])]


class Conv(Convolution):
    """Convolution, then `norm`, then `activation`.

    weights = k_h k_w C_in/g C_out; MACs = H_out W_out weights (padding positions count).
    Howard et al. 2017, arXiv:1704.04861, section 3.1: D_K D_K M N D_F D_F.
    """

    __slots__ = ("convert", "groups", "out_channels")
    convert: bool | str
    groups: int
    out_channels: int

    type = "conv"
    kinds = (STANDARD, DEPTHWISE, POINTWISE, GROUPED)
    main = _OUT
    fields = (_KERNEL, _STRIDE, _PADDING, _DILATION, _GROUPS, BIAS_FIELD, NORM_FIELD, ACTIVATION_FIELD, CONVERT_FIELD)
    also = ("conv2d", "convolution", "conv1d", "conv_2d", "conv2dnormactivation", "convbn", "convbnrelu", "pwconv")
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
            flat = self.kernel == (1, 1) and (self.padding == "same" or not any(self.padding))
            return POINTWISE if flat else STANDARD
        return DEPTHWISE if self.groups == arriving else GROUPED

    def channels_after(self, arriving: int) -> int:
        return _grouped(self.groups, arriving, self.out_channels)

    def weights(self, x: Shape, output: Shape) -> int:
        return self.kernel[0] * self.kernel[1] * (x.channels // self.groups) * output.channels

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
    main = Field("kernel", SIDES, "height and width of the window", also=("kernel_size", "ksize", "k"))
    fields = (
        _STRIDE, _PADDING, _DILATION,
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
        return self.kernel[0] * self.kernel[1] * output.channels

    def symbols(self, inputs: Inputs, output: Shape) -> dict[str, int]:
        return {**super().symbols(inputs, output), "m": self.depth_multiplier}

    def settings(self, inputs: Inputs) -> dict[str, Any]:
        return {**super().settings(inputs), "groups": inputs[0].channels}


class ConvTranspose(Convolution):
    """Transposed convolution, then `norm`, then `activation`.

    weights = k_h k_w C_in C_out/g; MACs = H_in W_in weights: every input position meets every weight once.
    """

    __slots__ = ("groups", "out_channels", "output_padding")
    groups: int
    out_channels: int
    output_padding: Sides

    type = "conv_transpose"
    kinds = (TRANSPOSED,)
    main = _OUT
    fields = (
        _KERNEL,
        Field("stride", SIDES, "how far apart the inputs are put", (1, 1), ("strides",)),
        Field("padding", PADDING, "positions cut from the output's edges; same gives in * stride", "same", ("pad",)),
        Field("output_padding", SIDES_FROM_0, "positions added at the output's end", (0, 0)),
        _DILATION, _GROUPS, BIAS_FIELD, NORM_FIELD, ACTIVATION_FIELD,
    )  # fmt: skip
    also = ("deconv", "convtranspose2d", "conv2dtranspose", "conv_transpose2d", "transposed_conv", "upconv")
    formulas = {
        "output": "H_out = (H_in-1)*s - pads + d*(k_h-1) + output_padding + 1, with padding same H_in * s; W alike",
        "weights": "k_h * k_w * C_in * C_out / g",
        "biases": "C_out",
        "macs": "H_in * W_in * k_h * k_w * C_in * C_out / g",
    }
    counted = "one MAC for each weight at each input position; adding the bias is free"
    source = "Dumoulin and Visin 2016, arXiv:1603.07285, chapter 4"

    @property
    def case(self) -> str:
        return "conv_transpose grouped" if self.groups > 1 else "conv_transpose"

    def channels_after(self, arriving: int) -> int:
        return _grouped(self.groups, arriving, self.out_channels)

    def output(self, inputs: Inputs) -> Shape:
        x = inputs[0]
        pads = (None, None) if isinstance(self.padding, str) else (sum(self.padding[:2]), sum(self.padding[2:]))
        sides = zip(
            (x.height, x.width), self.kernel, self.stride, pads, self.dilation, self.output_padding, strict=True
        )
        height, width = (transposed_size(*side) for side in sides)
        return Shape(self.channels_after(x.channels), height, width)

    def size_steps(self, inputs: Inputs, output: Shape) -> list[str]:
        steps: list[str] = []
        for side, before, after in zip((0, 1), inputs[0][1:], output[1:], strict=True):
            letter, k, s, d = "HW"[side], self.kernel[side], self.stride[side], self.dilation[side]
            if isinstance(self.padding, str):
                steps.append(f"{letter}_out = {letter}_in * s = {before} * {s} = {after}")
                continue
            pads = sum(self.padding[2 * side : 2 * side + 2])
            steps.append(
                f"{letter}_out = ({letter}_in-1)*s - pads + d*(k-1) + output_padding + 1 = "
                f"({before}-1)*{s} - {pads} + {d}*({k}-1) + {self.output_padding[side]} + 1 = {after}"
            )
        return steps

    def weights(self, x: Shape, output: Shape) -> int:
        return self.kernel[0] * self.kernel[1] * x.channels * (output.channels // self.groups)

    def meetings(self, x: Shape, output: Shape) -> int:
        return x.positions

    def counts(self, inputs: Inputs, output: Shape) -> Counts:
        x, groups = inputs[0], self.groups
        counts = super().counts(inputs, output)
        at_output = counts.weights * output.positions
        window = self.kernel[0] * self.kernel[1]
        return counts._replace(
            output_macs=at_output,
            ungrouped_macs=at_output * (1 if x.channels == output.channels else groups),
            regrouped_macs=window * x.channels * (output.channels // groups // groups) * x.positions,
            forward_biases=output.channels // groups * self._forward_positions(x, output) if self.bias else 0,
        )

    def _forward_positions(self, x: Shape, output: Shape) -> int:
        """Return how many positions a convolution with the same fields has on this input, by PyTorch's padding."""
        positions = 1
        pads = (None, None) if isinstance(self.padding, str) else (max(self.padding[:2]), max(self.padding[2:]))
        sides = zip(x[1:], output[1:], self.kernel, self.stride, pads, self.dilation, strict=True)
        for size, out, kernel, stride, given, dilation in sides:
            reach = dilation * (kernel - 1) + 1
            pad = max(0, -(-((size - 1) * stride + reach - out) // 2)) if given is None else given
            positions *= (size + 2 * pad - reach) // stride + 1
        return positions

    def symbols(self, inputs: Inputs, output: Shape) -> dict[str, int]:
        return {**super().symbols(inputs, output), "g": self.groups}

    def settings(self, inputs: Inputs) -> dict[str, Any]:
        return {**super().settings(inputs), "groups": self.groups}
