"""The layers that a convolution's `norm` and `activation` fields add."""

from dsconv_cost.layers.activation import ACTIVATIONS, Activation
from dsconv_cost.layers.base import Layer
from dsconv_cost.layers.fields import Choice, Field
from dsconv_cost.layers.norm import NORMS, Norm

NONE = "none"

TAIL_NORMS: dict[str, type[Norm]] = {norm.word: norm for norm in NORMS if issubclass(norm, Norm) and norm.word}
TAIL_ACTIVATIONS: dict[str, type[Activation]] = {a.type: a for a in ACTIVATIONS}

TAIL_TYPES: tuple[type[Layer], ...] = (*TAIL_NORMS.values(), *TAIL_ACTIVATIONS.values())

NORM_KIND = Choice(NONE, *TAIL_NORMS)
ACTIVATION_KIND = Choice(NONE, *TAIL_ACTIVATIONS)

NORM_FIELD = Field("norm", NORM_KIND, "the normalisation that follows", NONE, ("normalization", "bn"))
ACTIVATION_FIELD = Field(
    "activation", ACTIVATION_KIND, "the activation that follows", NONE, ("act", "nonlinearity", "nl")
)
