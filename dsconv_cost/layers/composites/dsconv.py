"""dsconv: the depthwise-separable convolution of MobileNet."""

from collections.abc import Mapping

from dsconv_cost.layers.composites.base import Build, Composite, given
from dsconv_cost.layers.fields import COUNT, DERIVED, PADDING, SIDES, Field, Values
from dsconv_cost.layers.norm_and_activation import ACTIVATION_KIND, NORM_KIND

INNER_NORM = Field("norm", NORM_KIND, "the normalisation after each convolution", DERIVED)
INNER_ACTIVATION = Field("activation", ACTIVATION_KIND, "the activation after each norm", DERIVED)
POINTWISE_GEOMETRY = {"kernel": (1, 1), "stride": (1, 1), "padding": (0, 0, 0, 0), "dilation": (1, 1), "groups": 1}


class Dsconv(Composite):
    """Depthwise-separable convolution: a dwconv, then a 1 x 1 conv, each with norm and activation.

    MACs = H_out W_out (k_h k_w C_in + C_in C_out): 1/C_out + 1/(k_h k_w) of the standard convolution's.
    """

    type = "dsconv"
    main = Field("out_channels", COUNT, "channels of the output", also=("filters", "channels", "out"))
    fields = (
        Field("kernel", SIDES, "height and width of the depthwise window", (3, 3), ("kernel_size",)),
        Field("stride", SIDES, "steps between the depthwise windows", (1, 1), ("strides",)),
        Field("padding", PADDING, "padding of the depthwise convolution", DERIVED, ("pad",)),
        Field("dilation", SIDES, "dilation of the depthwise convolution", DERIVED, ("dilation_rate",)),
        INNER_NORM,
        INNER_ACTIVATION,
    )
    also = ("separable_conv", "separableconv2d", "depthwise_separable", "sepconv", "dws", "ds_conv", "conv_ds")
    inner = ("dwconv", "conv")
    fewest_layers = 2
    made_of = "dw: dwconv; pw: conv 1 x 1; each with its norm and activation"
    source = "Howard et al. 2017, arXiv:1704.04861, section 3.1 and Figure 3"

    @classmethod
    def expand(cls, values: Values, inner: Mapping[str, Values], build: Build, x: int) -> int:
        both = given(values, "norm", "activation")
        depthwise = {
            **inner["dwconv"], **both, **given(values, "padding", "dilation"),
            "kernel": values["kernel"], "stride": values["stride"], "depth_multiplier": 1,
        }  # fmt: skip
        x = build.layer("dw", "dwconv", (x,), depthwise)
        pointwise = {**inner["conv"], **both, **POINTWISE_GEOMETRY, "out_channels": values["out_channels"]}
        return build.layer("pw", "conv", (x,), pointwise)
