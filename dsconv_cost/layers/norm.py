"""Normalisations, and the learned scale of a channel."""

from typing import ClassVar

from dsconv_cost.errors import LayerError
from dsconv_cost.layers.base import Inputs, Layer, OperationKind
from dsconv_cost.layers.counts import Counts
from dsconv_cost.layers.fields import COUNT, FLAG, Field
from dsconv_cost.layers.shapes import Shape

FAMILY = "Normalisation and scale"
_SCALE = Field("scale", FLAG, "whether a factor is learned for each channel", True, ("gamma",))
_SHIFT = Field("shift", FLAG, "whether a summand is learned for each channel", True, ("center", "beta"))


class Norm(Layer):
    """A normalisation. For each channel n values are learned: a scale and a shift, unless it is without them."""

    __slots__ = ("scale", "shift")
    scale: bool
    shift: bool
    family = FAMILY
    kinds = (OperationKind("norm"),)
    moves_or_scales = True
    word: ClassVar[str] = ""
    """Its name in the field `norm` of a convolution; empty where it cannot be there."""
    fields = (_SCALE, _SHIFT)
    formulas = {"norm": "n * C_in"}
    counted = "0 MACs, free on purpose: at inference it folds into the convolution before it"

    @property
    def case(self) -> str:
        if self.scale and self.shift:
            return self.type
        return f"{self.type} half" if self.scale or self.shift else f"{self.type} plain"

    def counts(self, inputs: Inputs, output: Shape) -> Counts:
        elements = output.elements
        learned = (self.scale + self.shift) * output.channels
        return Counts(norm=learned, normalised=elements, read=elements, written=elements)

    def symbols(self, inputs: Inputs, output: Shape) -> dict[str, int]:
        return {**super().symbols(inputs, output), "n": self.scale + self.shift}


class BatchNorm(Norm):
    """Batch normalisation: gamma and beta a channel; the running mean and variance are not trained and not counted."""

    __slots__ = ()
    type = "batchnorm"
    word = "batch"
    also = ("bn", "batch_norm", "batchnorm2d", "batchnormalization")
    source = "Ioffe and Szegedy 2015, arXiv:1502.03167"

    def counts(self, inputs: Inputs, output: Shape) -> Counts:
        return super().counts(inputs, output)._replace(running=2 * output.channels)


class LayerNorm(Norm):
    """Layer normalisation over the channels of each position: a scale and a shift a channel."""

    __slots__ = ()
    type = "layernorm"
    word = "layer"
    also = ("ln", "layer_norm", "layernormalization", "layernorm2d")
    counted = "0 MACs, free on purpose: it multiplies no weight matrix"
    source = "Ba et al. 2016, arXiv:1607.06450"


class GroupNorm(Norm):
    """Group normalisation: statistics over groups of channels, a scale and a shift a channel."""

    __slots__ = ("groups",)
    groups: int
    type = "groupnorm"
    main = Field("groups", COUNT, "groups of channels; divides the channels", also=("num_groups",))
    also = ("gn", "group_norm", "groupnormalization")
    counted = "0 MACs, free on purpose: it multiplies no weight matrix"
    source = "Wu and He 2018, arXiv:1803.08494"

    def channels_after(self, arriving: int) -> int:
        if arriving % self.groups:
            message = (
                f"groups {self.groups} does not divide the {arriving} channels arriving: take a divisor of {arriving}"
            )
            raise LayerError(message, "groups", "not-divisible")
        return arriving


class ChannelScale(Layer):
    """A learned factor for each channel (LayerScale)."""

    __slots__ = ()
    type = "channel_scale"
    family = FAMILY
    kinds = (OperationKind("scale"),)
    moves_or_scales = True
    also = ("layer_scale", "layerscale", "scale")
    formulas = {"weights": "C_in"}
    counted = "0 MACs, free on purpose: at inference it folds into the convolution before it"
    source = "Touvron et al. 2021, arXiv:2103.17239"

    def counts(self, inputs: Inputs, output: Shape) -> Counts:
        elements = output.elements
        return Counts(weights=output.channels, multiplied=elements, read=elements, written=elements)


NORMS: tuple[type[Layer], ...] = (BatchNorm, LayerNorm, GroupNorm, ChannelScale)
