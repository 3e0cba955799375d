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
    fields: ClassVar[tuple[Field, ...]] = (_SCALE, _SHIFT)
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
    fuses = True
    overwrites = True
    mixes_channels = False
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
    word = "group"
    main = Field("groups", COUNT, "groups of channels; divides the channels", 32, ("num_groups",))
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


class InstanceNorm(Norm):
    """Normalisation of each channel by itself: a scale and a shift a channel.

    PyTorch learns neither unless told to; write scale: false, shift: false for that.
    """

    __slots__ = ()
    type = "instancenorm"
    word = "instance"
    also = ("instance_norm", "instancenorm2d", "instancenormalization")
    counted = "0 MACs, free on purpose: it multiplies no weight matrix"
    source = "Ulyanov et al. 2016, arXiv:1607.08022"


class RmsNorm(Norm):
    """Division by the root of the mean square over the channels of each position: a scale a channel."""

    __slots__ = ()
    type = "rmsnorm"
    word = "rms"
    also = ("rms_norm", "rmsnormalization")
    fields = (_SCALE, Field(_SHIFT.name, FLAG, _SHIFT.doc, False, _SHIFT.also))
    counted = "0 MACs, free on purpose: it multiplies no weight matrix"
    source = "Zhang and Sennrich 2019, arXiv:1910.07467"


class GlobalResponseNorm(Norm):
    """Global response normalisation: each channel times its share of the response; a scale and a shift a channel."""

    __slots__ = ()
    type = "grn"
    word = "grn"
    also = ("global_response_norm", "globalresponsenorm", "global_response_normalization")
    counted = "0 MACs, free on purpose: it multiplies no weight matrix"
    source = "Woo et al. 2023, arXiv:2301.00808, section 3.2"


class LocalResponseNorm(Norm):
    """Local response normalisation across neighbouring channels: nothing is learned."""

    __slots__ = ()
    type = "lrn"
    main = Field("size", COUNT, "neighbouring channels that it looks at; it changes no count", 5, ("n", "depth_radius"))
    fields = ()
    scale = shift = False
    also = ("local_response_norm", "localresponsenorm", "local_response_normalization", "crossmaplrn")
    formulas = {}
    counted = "0 MACs, free on purpose: it multiplies no weight matrix"
    source = "Krizhevsky et al. 2012, section 3.3"

    @property
    def case(self) -> str:
        return self.type


class ChannelScale(Layer):
    """A learned factor for each channel (LayerScale), and a summand if it says so."""

    __slots__ = ("shared", "shift")
    shared: bool
    shift: bool
    type = "channel_scale"
    fuses = True
    overwrites = True
    mixes_channels = False
    family = FAMILY
    kinds = (OperationKind("scale"),)
    moves_or_scales = True
    also = ("layer_scale", "layerscale", "scale")
    fields = (
        Field("shift", FLAG, "whether a summand is learned too", False, ("bias", "beta")),
        Field("shared", FLAG, "whether all channels share one factor and one summand", False),
    )
    formulas = {"weights": "n", "biases": "n * shift"}
    counted = "0 MACs, free on purpose: at inference it folds into the convolution before it"
    source = "Touvron et al. 2021, arXiv:2103.17239"

    def counts(self, inputs: Inputs, output: Shape) -> Counts:
        elements = output.elements
        learned = self._learned(output)
        shift = int(self.shift)
        return Counts(
            weights=learned, biases=shift * learned, bias_adds=shift * elements, multiplied=elements, read=elements,
            written=elements,
        )  # fmt: skip

    @property
    def case(self) -> str:
        return " ".join([self.type, *(["shared"] if self.shared else []), *(["shift"] if self.shift else [])])

    def symbols(self, inputs: Inputs, output: Shape) -> dict[str, int]:
        return {**super().symbols(inputs, output), "n": self._learned(output), "shift": int(self.shift)}

    def _learned(self, output: Shape) -> int:
        return 1 if self.shared else output.channels


NORMS: tuple[type[Layer], ...] = (
    BatchNorm, LayerNorm, GroupNorm, InstanceNorm, RmsNorm, GlobalResponseNorm, LocalResponseNorm, ChannelScale,
)  # fmt: skip
