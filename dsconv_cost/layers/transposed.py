"""The transposed convolution."""

from collections.abc import Sequence
from typing import Any

from dsconv_cost.layers.base import Inputs, OperationKind
from dsconv_cost.layers.convolution import (
    BIAS_FIELD,
    DILATION_FIELD,
    GROUPS_FIELD,
    KERNEL_FIELD,
    OUT_FIELD,
    Convolution,
    grouped_channels,
)
from dsconv_cost.layers.counts import Counts
from dsconv_cost.layers.fields import PADDING, SIDES, SIDES_FROM_0, Field
from dsconv_cost.layers.norm_and_activation import ACTIVATION_FIELD, NORM_FIELD
from dsconv_cost.layers.shapes import LETTERS, PerSide, Shape, needs_sides, pads_of, sides_of, transposed_size
from dsconv_cost.layers.windows import SideWindows, Window, transposed

TRANSPOSED = OperationKind("transposed", weighted=True, kept="a transposed convolution")


class ConvTranspose(Convolution):
    """Transposed convolution, then `norm`, then `activation`.

    weights = k_h k_w C_in C_out/g; MACs = H_in W_in weights: every input position meets every weight once.
    """

    __slots__ = ("groups", "out_channels", "output_padding")
    groups: int
    out_channels: int
    output_padding: PerSide

    type = "conv_transpose"
    kinds = (TRANSPOSED,)
    main = OUT_FIELD
    fields = (
        KERNEL_FIELD,
        Field("stride", SIDES, "how far apart the inputs are put", 1, ("strides",)),
        Field("padding", PADDING, "positions cut from the output's edges; same gives in * stride", "same", ("pad",)),
        Field("output_padding", SIDES_FROM_0, "positions added at the output's end", 0),
        DILATION_FIELD, GROUPS_FIELD, BIAS_FIELD, NORM_FIELD, ACTIVATION_FIELD,
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
        return grouped_channels(self.groups, arriving, self.out_channels)

    def output(self, inputs: Inputs) -> Shape:
        x = inputs[0]
        needs_sides(x, self.type)
        sizes = [
            transposed_size(size, k, s, None if ends is None else sum(ends), d, extra)
            for size, k, s, ends, d, extra in self._sides(x)
        ]
        return Shape(self.channels_after(x.channels), *sizes)

    def _sides(self, x: Shape) -> list[tuple[int, int, int, tuple[int, int] | None, int, int]]:
        """Return size, kernel, stride, pads (None for same), dilation and output padding of each side."""
        kernel, stride, dilation = (sides_of(getattr(self, f), x, f) for f in ("kernel", "stride", "dilation"))
        pads: Sequence[tuple[int, int] | None] = (
            [None] * len(x[1:]) if isinstance(self.padding, str) else pads_of(self.padding, x)
        )
        extra = sides_of(self.output_padding, x, "output_padding")
        return list(zip(x[1:], kernel, stride, pads, dilation, extra, strict=True))

    def size_steps(self, inputs: Inputs, output: Shape) -> list[str]:
        steps: list[str] = []
        x = inputs[0]
        for letter, after, side in zip(LETTERS[len(x) - 1], output[1:], self._sides(x), strict=True):
            before, k, s, ends, d, extra = side
            if ends is None:
                steps.append(f"{letter}_out = {letter}_in * s = {before} * {s} = {after}")
                continue
            steps.append(
                f"{letter}_out = ({letter}_in-1)*s - pads + d*(k-1) + output_padding + 1 = "
                f"({before}-1)*{s} - {sum(ends)} + {d}*({k}-1) + {extra} + 1 = {after}"
            )
        return steps

    def weights(self, x: Shape, output: Shape) -> int:
        return self.window(x) * x.channels * (output.channels // self.groups)

    def meetings(self, x: Shape, output: Shape) -> int:
        return x.positions

    def counts(self, inputs: Inputs, output: Shape) -> Counts:
        x, groups = inputs[0], self.groups
        counts = super().counts(inputs, output)
        at_output = counts.weights * output.positions
        window = self.window(x)
        return counts._replace(
            output_macs=at_output,
            ungrouped_macs=at_output * (1 if x.channels == output.channels else groups),
            regrouped_macs=window * x.channels * (output.channels // groups // groups) * x.positions,
            forward_biases=output.channels // groups * self._forward_positions(x, output) if self.bias else 0,
        )

    def _forward_positions(self, x: Shape, output: Shape) -> int:
        """Return how many positions a convolution with the same fields has on this input, by PyTorch's padding."""
        positions = 1
        for out, (size, kernel, stride, ends, dilation, _) in zip(output[1:], self._sides(x), strict=True):
            reach = dilation * (kernel - 1) + 1
            pad = max(0, -(-((size - 1) * stride + reach - out) // 2)) if ends is None else max(ends)
            positions *= (size + 2 * pad - reach) // stride + 1
        return positions

    def windows(self, inputs: Inputs, output: Shape) -> Sequence[SideWindows]:
        windows: list[Window] = []
        for _, k, s, ends, d, _ in self._sides(inputs[0]):
            reach = d * (k - 1) + 1
            windows.append(transposed(reach, s, max(0, reach - s) // 2 if ends is None else ends[0]))
        return [tuple(windows)]

    def symbols(self, inputs: Inputs, output: Shape) -> dict[str, int]:
        return {**super().symbols(inputs, output), "g": self.groups}

    def settings(self, inputs: Inputs) -> dict[str, Any]:
        return {**super().settings(inputs), "groups": self.groups}
