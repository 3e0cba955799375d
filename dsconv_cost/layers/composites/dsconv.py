"""dsconv: the depthwise-separable convolution of MobileNet."""

from collections.abc import Collection, Mapping
from typing import Any

from dsconv_cost.layers.composites.base import Build, Composite, given
from dsconv_cost.layers.fields import COUNT, DERIVED, FLAG, PADDING, SIDES, Field, Values
from dsconv_cost.layers.norm_and_activation import ACTIVATION_KIND, NORM_KIND

INNER_NORM = Field("norm", NORM_KIND, "the normalisation after each convolution", DERIVED)
INNER_ACTIVATION = Field("activation", ACTIVATION_KIND, "the activation after each norm", DERIVED)
POINTWISE_GEOMETRY = {"kernel": 1, "stride": 1, "padding": 0, "dilation": 1}
DEPTHWISE_FIELDS = (
    Field("stride", SIDES, "steps between the depthwise windows", DERIVED, ("strides",)),
    Field("padding", PADDING, "padding of the depthwise convolution", DERIVED, ("pad",)),
    Field("dilation", SIDES, "dilation of the depthwise convolution", DERIVED, ("dilation_rate",)),
    Field("depth_multiplier", COUNT, "channels that the depthwise convolution makes of each", DERIVED),
)
"""What is set of the depthwise convolution inside a composite; where it is not given, the defaults of dwconv hold."""


def depthwise_values(values: Values) -> dict[str, Any]:
    """Return the kernel, and those of DEPTHWISE_FIELDS that are given."""
    return {"kernel": values["kernel"], **given(values, *(field.name for field in DEPTHWISE_FIELDS))}


class Dsconv(Composite):
    """Depthwise-separable convolution: a dwconv, then a 1 x 1 conv, each with norm and activation.

    MACs = H_out W_out (k_h k_w C_in + C_in C_out): 1/C_out + 1/(k_h k_w) of the standard convolution's.
    """

    type = "dsconv"
    main = Field("out_channels", COUNT, "channels of the output", also=("filters", "channels", "out"))
    fields = (
        Field("kernel", SIDES, "sides of the depthwise window", 3, ("kernel_size",)),
        *DEPTHWISE_FIELDS,
        Field(
            "bias", FLAG, "whether both convolutions learn an offset for each output channel", DERIVED, ("use_bias",)
        ),
        Field("dw_bias", FLAG, "whether the depthwise one does, where it differs from the pointwise one", DERIVED),
        INNER_NORM,
        INNER_ACTIVATION,
    )
    also = ("separable_conv", "separableconv2d", "depthwise_separable", "sepconv", "dws", "ds_conv", "conv_ds")
    inner = ("dwconv", "conv")
    fewest_layers = 2
    made_of = "dw: dwconv; pw: conv 1 x 1; each with its norm and activation"
    source = "Howard et al. 2017, arXiv:1704.04861, section 3.1 and Figure 3"

    @classmethod
    def takes(cls, inner: str, field: str, given: Collection[str]) -> bool:
        if inner == "conv" and field in POINTWISE_GEOMETRY:
            return False
        return field not in given and not (inner == "dwconv" and field == "bias" and "dw_bias" in given)

    @classmethod
    def expand(cls, values: Values, inner: Mapping[str, Values], build: Build, x: int) -> int:
        both = given(values, "norm", "activation", "bias")
        depthwise = {**inner["dwconv"], **both, **depthwise_values(values)}
        if values["dw_bias"] is not DERIVED:
            depthwise["bias"] = values["dw_bias"]
        x = build.layer("dw", "dwconv", (x,), depthwise)
        pointwise = {**inner["conv"], **both, **POINTWISE_GEOMETRY, "out_channels": values["out_channels"]}
        return build.layer("pw", "conv", (x,), pointwise)
