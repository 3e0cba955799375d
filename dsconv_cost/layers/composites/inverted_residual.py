"""inverted_residual: the block of MobileNetV2 and its successors."""

from collections.abc import Collection, Mapping

from dsconv_cost.errors import LayerError
from dsconv_cost.layers.composites.base import Build, Composite, given
from dsconv_cost.layers.composites.dsconv import (
    DEPTHWISE_FIELDS,
    INNER_ACTIVATION,
    INNER_NORM,
    POINTWISE_GEOMETRY,
    depthwise_values,
)
from dsconv_cost.layers.composites.squeeze_excite import SqueezeExcite
from dsconv_cost.layers.fields import COUNT, DERIVED, FLAG, SIDES, Field, Values
from dsconv_cost.layers.kinds import RATIO, OptionalWhole
from dsconv_cost.layers.norm_and_activation import ACTIVATION_KIND
from dsconv_cost.layers.values import whole_part


class InvertedResidual(Composite):
    """Expand by a 1 x 1 conv, filter by a dwconv, project by a 1 x 1 conv without activation.

    The input is added where the block keeps its shape and does not stride.
    """

    type = "inverted_residual"
    main = Field("out_channels", COUNT, "channels of the output", also=("filters", "channels", "out"))
    fields = (
        Field("expand", RATIO, "hidden channels for each input channel; at 1 the first conv is left out", 6,
              ("expand_ratio", "expansion", "t")),
        Field("kernel", SIDES, "sides of the depthwise window", 3, ("kernel_size",)),
        *DEPTHWISE_FIELDS,
        Field("bias", FLAG, "whether its convolutions, but those of squeeze_excite, learn an offset for each output channel",
              DERIVED, ("use_bias",)),
        Field("squeeze", OptionalWhole(), "channels inside a squeeze_excite after the dwconv", None, ("se",)),
        Field("gate", ACTIVATION_KIND, "the activation that makes the factors; that of squeeze_excite when not given",
              DERIVED),
        INNER_NORM,
        INNER_ACTIVATION,
    )  # fmt: skip
    also = ("mbconv", "invertedresidual", "invertedbottleneck", "inverted_bottleneck")
    inner = ("dwconv", "conv", "squeeze_excite")
    fewest_layers = 2
    made_of = "expand: conv 1 x 1; dw: dwconv; squeeze_excite; project: conv 1 x 1 without activation; add"
    source = "Sandler et al. 2018, arXiv:1801.04381, Table 1"

    @classmethod
    def takes(cls, inner: str, field: str, given: Collection[str]) -> bool:
        if inner == SqueezeExcite.type:
            return "squeeze" in given and not (field == "gate" and "gate" in given)
        return field not in given and not (inner == "conv" and field in POINTWISE_GEOMETRY)

    @classmethod
    def idle_fields(cls, given: Collection[str]) -> tuple[str, ...]:
        return ("gate",) if "gate" in given and "squeeze" not in given else ()

    @classmethod
    def expand(cls, values: Values, inner: Mapping[str, Values], build: Build, x: int) -> int:
        arriving = build.channels(x)
        hidden = arriving * values["expand"]
        channels = whole_part(hidden)
        if hidden != channels:
            raise LayerError(
                f"expand {values['expand']} makes {hidden} of the {arriving} channels arriving, "
                "expected a whole number: take another expand",
                "expand",
                "not-divisible",
            )
        both = given(values, "norm", "activation", "bias")
        conv = {**inner["conv"], **both, **POINTWISE_GEOMETRY}
        y = x
        if hidden != arriving:
            y = build.layer("expand", "conv", (y,), {**conv, "out_channels": channels})
        y = build.layer("dw", "dwconv", (y,), {**inner["dwconv"], **both, **depthwise_values(values)})
        if values["squeeze"] is not None:
            squeeze = {
                **inner["squeeze_excite"], **given(values, "gate"), "squeeze_channels": values["squeeze"],
            }  # fmt: skip
            y = SqueezeExcite.expand(squeeze, inner, build.inside("squeeze_excite", "squeeze_excite"), y)
        y = build.layer("project", "conv", (y,), {**conv, "out_channels": values["out_channels"], "activation": "none"})
        return build.layer("add", "add", (y, x), {}) if build.keeps_shape(x, y) else y
