"""squeeze_excite: a gate for each channel."""

from collections.abc import Mapping

from dsconv_cost.layers.composites.base import Build, Composite
from dsconv_cost.layers.composites.dsconv import POINTWISE_GEOMETRY
from dsconv_cost.layers.fields import COUNT, Field, Values
from dsconv_cost.layers.norm_and_activation import ACTIVATION_KIND

GATE = Field("gate", ACTIVATION_KIND, "the activation that makes the factors", "sigmoid")


class SqueezeExcite(Composite):
    """Squeeze-and-excitation: global pool, two 1 x 1 convolutions with bias and no norm, multiply."""

    type = "squeeze_excite"
    main = Field("squeeze_channels", COUNT, "channels between the two convolutions", also=("squeeze", "rd_channels"))
    fields = (Field("activation", ACTIVATION_KIND, "the activation between the two convolutions", "relu"), GATE)
    also = ("se", "squeezeexcitation", "squeeze_excitation", "seblock", "se_block", "selayer")
    fewest_layers = 4
    made_of = "pool: global_avgpool; reduce: conv 1 x 1 to squeeze_channels; expand: conv 1 x 1 back; multiply"
    source = "Hu et al. 2017, arXiv:1709.01507, with both layers as 1 x 1 convolutions with bias"

    @classmethod
    def expand(cls, values: Values, inner: Mapping[str, Values], build: Build, x: int) -> int:
        conv = {**POINTWISE_GEOMETRY, "bias": True, "norm": "none", "convert": "auto"}
        y = build.layer("pool", "global_avgpool", (x,), {})
        y = build.layer(
            "reduce", "conv", (y,),
            {**conv, "out_channels": values["squeeze_channels"], "activation": values["activation"]},
        )  # fmt: skip
        y = build.layer(
            "expand", "conv", (y,), {**conv, "out_channels": build.channels(x), "activation": values["gate"]}
        )  # fmt: skip
        return build.layer("multiply", "multiply", (x, y), {})
