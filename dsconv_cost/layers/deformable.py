"""The deformable convolution, at positions that another branch gives: conv_at."""

from collections.abc import Sequence
from typing import Any

from dsconv_cost.errors import LayerError
from dsconv_cost.layers.base import Inputs, OperationKind
from dsconv_cost.layers.convolution import (
    BIAS_FIELD,
    DILATION_FIELD,
    GROUPS_FIELD,
    KERNEL_FIELD,
    OUT_FIELD,
    PADDING_FIELD,
    STRIDE_FIELD,
    Conv,
    Convolution,
    grouped_channels,
)
from dsconv_cost.layers.counts import Counts
from dsconv_cost.layers.fields import COUNT, BranchesKind, Field
from dsconv_cost.layers.join import BRANCHES_FIELD, Join
from dsconv_cost.layers.norm_and_activation import ACTIVATION_FIELD, NORM_FIELD
from dsconv_cost.layers.shapes import Shape
from dsconv_cost.layers.windows import ONE, SideWindows, entire

OFFSET_GROUPS_FIELD = Field(
    "offset_groups", COUNT, "groups of input channels with offsets of their own; divides the channels", 1,
    ("deformable_groups", "deform_groups", "offset_group"),
)  # fmt: skip


class _Branches(BranchesKind):
    """The branches of a window of 3 x 3."""

    example = "[previous, {conv: 18, kernel: 3}]"


class ConvAt(Convolution, Join):
    """Deformable convolution: its branches are the input, the offsets of every position of its windows, and perhaps a mask.

    With G offset groups the offsets have 2 G k_h k_w channels (as many as sides, for each position of a window), the mask, which
    weighs what is read there, G k_h k_w; both may be one branch of 3 G k_h k_w channels. They have the output's sides.
    weights = k_h k_w C_in/g C_out; MACs = H_out W_out weights: reading between positions multiplies no weight.
    """

    __slots__ = ("groups", "offset_groups", "out_channels")
    groups: int
    offset_groups: int
    out_channels: int

    type = "conv_at"
    family = Convolution.family
    kinds = (OperationKind("deformable", weighted=True, kept="a deformable convolution"),)
    main = Field(BRANCHES_FIELD.name, _Branches(), BRANCHES_FIELD.doc)
    fields = (
        OUT_FIELD, KERNEL_FIELD, STRIDE_FIELD, PADDING_FIELD, DILATION_FIELD, GROUPS_FIELD, OFFSET_GROUPS_FIELD, BIAS_FIELD,
        NORM_FIELD, ACTIVATION_FIELD,
    )  # fmt: skip
    also = ("deform_conv2d_function", "modulated_deform_conv2d")
    passes_one = False
    takes_every_branch = True
    formulas = Conv.formulas
    counted = "one MAC for each weight at each output position; the interpolation of what is read, and the mask, are free on purpose"
    source = "Dai et al. 2017, arXiv:1703.06211, section 2.1; the mask: Zhu et al. 2018, arXiv:1811.11168, section 3.2"

    def channels_after(self, arriving: int) -> int:
        return grouped_channels(self.groups, arriving, self.out_channels)

    def output(self, inputs: Inputs) -> Shape:
        if not 2 <= len(inputs) <= 3:
            raise LayerError(
                f"conv_at takes its input, offsets and perhaps a mask, received {len(inputs)}: give two or three branches",
                "branches", "shape-mismatch",
            )  # fmt: skip
        output = super().output(inputs)
        x, offsets, *mask = inputs
        if x.channels % self.offset_groups:
            raise LayerError(
                f"offset_groups {self.offset_groups} does not divide the {x.channels} channels arriving: take a divisor of {x.channels}",
                "offset_groups", "not-divisible",
            )  # fmt: skip
        each = self.offset_groups * self.window(x)
        sides = len(x.sides)
        wanted = {sides * each} if mask else {sides * each, (sides + 1) * each}
        if offsets.channels not in wanted or offsets.sides != output.sides:
            both = "" if mask else f", or {(sides + 1) * each} with the mask"
            raise LayerError(
                f"the offsets are {offsets}, expected {output.with_channels(sides * each)}{both}: {sides} for each position of the "
                "window and each offset group, at every output position",
                "branches", "shape-mismatch",
            )  # fmt: skip
        if mask and mask[0] != output.with_channels(each):
            raise LayerError(
                f"the mask is {mask[0]}, expected {output.with_channels(each)}: one for each position of the window and each offset "
                "group, at every output position",
                "branches", "shape-mismatch",
            )  # fmt: skip
        return output

    def is_modulated(self, inputs: Inputs) -> bool:
        """Return whether a mask weighs what is read."""
        x, offsets, *mask = inputs
        return bool(mask) or offsets.channels > len(x.sides) * self.offset_groups * self.window(x)

    def counts(self, inputs: Inputs, output: Shape) -> Counts:
        x = inputs[0]
        reads = x.channels * self.window(x) * output.positions
        return (
            super()
            .counts(inputs, output)
            ._replace(
                resampled=reads,
                multiplied=reads if self.is_modulated(inputs) else 0,
                read=sum(one.elements for one in inputs),
            )
        )

    def windows(self, inputs: Inputs, output: Shape) -> Sequence[SideWindows]:
        # The offsets are learned: they may point at any position of the input.
        x, *others = inputs
        return [tuple(map(entire, x.sides)), *[(ONE,) * len(other.sides) for other in others]]

    def weights(self, x: Shape, output: Shape) -> int:
        return self.window(x) * (x.channels // self.groups) * output.channels

    def symbols(self, inputs: Inputs, output: Shape) -> dict[str, int]:
        return {**super().symbols(inputs, output), "g": self.groups}

    def settings(self, inputs: Inputs) -> dict[str, Any]:
        return {**super().settings(inputs), "groups": self.groups}
