"""deform_conv: a deformable convolution with the convolution that makes its offsets."""

from collections.abc import Mapping
from math import prod

from dsconv_cost.layers.composites.base import Build, Composite
from dsconv_cost.layers.convolution import (
    BIAS_FIELD,
    DILATION_FIELD,
    GROUPS_FIELD,
    KERNEL_FIELD,
    OUT_FIELD,
    PADDING_FIELD,
    STRIDE_FIELD,
)
from dsconv_cost.layers.deformable import OFFSET_GROUPS_FIELD
from dsconv_cost.layers.fields import DERIVED, FLAG, Field, Values
from dsconv_cost.layers.norm_and_activation import ACTIVATION_FIELD, NORM_FIELD
from dsconv_cost.layers.shapes import needs_sides, sides_of


class DeformConv(Composite):
    """Deformable convolution: a convolution of the same window makes the offsets, and a mask unless modulated is false.

    With G offset groups that convolution has 3 G k_h k_w channels, 2 G k_h k_w without the mask, and a bias.
    """

    type = "deform_conv"
    main = OUT_FIELD
    fields = (
        KERNEL_FIELD, STRIDE_FIELD, PADDING_FIELD, DILATION_FIELD, GROUPS_FIELD, OFFSET_GROUPS_FIELD,
        Field("modulated", FLAG, "whether a mask weighs what is read (version 2), or not (version 1)", True, ("use_mask", "mask")),
        BIAS_FIELD, NORM_FIELD, ACTIVATION_FIELD,
    )  # fmt: skip
    also = ("deformable_conv", "deformconv2d", "deform_conv2d", "dcn", "dcnv2", "deformable_convolution")
    fewest_layers = 2
    made_of = "offsets: conv of the same window; conv: conv_at, with its norm and activation"
    source = "Dai et al. 2017, arXiv:1703.06211; with the mask Zhu et al. 2018, arXiv:1811.11168"

    @classmethod
    def expand(cls, values: Values, inner: Mapping[str, Values], build: Build, x: int) -> int:
        shape = build.shape(x)
        needs_sides(shape, cls.type)
        window = {name: values[name] for name in ("kernel", "stride", "padding", "dilation")}
        each = values["offset_groups"] * prod(sides_of(values["kernel"], shape, "kernel"))
        channels = (len(shape.sides) + values["modulated"]) * each
        offsets = build.layer("offsets", "conv", (x,), {**window, "out_channels": channels})
        own = {name: values[name] for name in ("out_channels", "groups", "offset_groups", "norm", "activation")}
        bias = {} if values["bias"] is DERIVED else {"bias": values["bias"]}
        return build.layer("conv", "conv_at", (x, offsets), {**window, **own, **bias})
