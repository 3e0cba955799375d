"""squeeze_excite: a gate for each channel."""

from collections.abc import Collection, Mapping

from dsconv_cost.errors import LayerError
from dsconv_cost.layers.composites.base import Build, Composite
from dsconv_cost.layers.composites.dsconv import POINTWISE_GEOMETRY
from dsconv_cost.layers.fields import COUNT, DERIVED, FLAG, Field, Values
from dsconv_cost.layers.norm_and_activation import ACTIVATION_KIND

GATE = Field("gate", ACTIVATION_KIND, "the activation that makes the factors", "sigmoid")


class SqueezeExcite(Composite):
    """Squeeze-and-excitation: global pool, two 1 x 1 convolutions with bias and no norm, multiply.

    It has its own norm, activations and bias; a default of conv that would be lost here is refused by name.
    """

    type = "squeeze_excite"
    main = Field("squeeze_channels", COUNT, "channels between the two convolutions", also=("squeeze", "rd_channels"))
    fields = (
        Field("activation", ACTIVATION_KIND, "the activation between the two convolutions", "relu"),
        GATE,
        Field(
            "bias", FLAG, "whether both convolutions learn an offset for each output channel", DERIVED, ("use_bias",)
        ),
    )
    also = ("se", "squeezeexcitation", "squeeze_excitation", "seblock", "se_block", "selayer")
    fewest_layers = 4
    inner = ("conv",)
    made_of = "pool: global_avgpool; reduce: conv 1 x 1 to squeeze_channels; expand: conv 1 x 1 back; multiply"
    source = "Hu et al. 2017, arXiv:1709.01507, with both layers as 1 x 1 convolutions with bias"

    @classmethod
    def takes(cls, inner: str, field: str, given: Collection[str]) -> bool:
        own = ("norm", "activation", *POINTWISE_GEOMETRY)
        return field not in given and field not in own

    @classmethod
    def expand(cls, values: Values, inner: Mapping[str, Values], build: Build, x: int) -> int:
        _refuse_lost_defaults(values, inner["conv"])
        bias = True if values["bias"] is DERIVED else values["bias"]
        conv = {**inner["conv"], **POINTWISE_GEOMETRY, "bias": bias, "norm": "none"}
        y = build.layer("pool", "global_avgpool", (x,), {})
        y = build.layer(
            "reduce", "conv", (y,),
            {**conv, "out_channels": values["squeeze_channels"], "activation": values["activation"]},
        )  # fmt: skip
        y = build.layer(
            "expand", "conv", (y,), {**conv, "out_channels": build.channels(x), "activation": values["gate"]}
        )  # fmt: skip
        return build.layer("multiply", "multiply", (x, y), {})


def _refuse_lost_defaults(values: Values, conv: Values) -> None:
    """Raise LayerError for a default of conv that says other than the convolutions here."""
    if conv["bias"] is False and values["bias"] is DERIVED:
        raise LayerError(
            "defaults.conv.bias is false, and the convolutions of squeeze_excite have a bias: write bias: true or false here, or in "
            "defaults.squeeze_excite",
            "bias",
            "ambiguous-value",
        )
    if conv["groups"] != 1:
        raise LayerError(
            f"defaults.conv.groups is {conv['groups']}, and the convolutions of squeeze_excite have one group: "
            "write groups in the items that are meant, or write the gate out",
            code="ambiguous-value",
        )
