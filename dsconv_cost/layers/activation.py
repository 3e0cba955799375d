"""Activations: element by element, without parameters except prelu's slopes."""

from dsconv_cost.layers.base import Inputs, Layer, OperationKind
from dsconv_cost.layers.counts import Counts
from dsconv_cost.layers.fields import Choice, Field
from dsconv_cost.layers.shapes import Shape


class Elementwise(Layer):
    """Each element by itself: the output has the input's shape."""

    __slots__ = ()
    overwrites = True
    mixes_channels = False
    counted = "0 MACs, free on purpose: it multiplies no weight (its elements are counted for other conventions)"

    def counts(self, inputs: Inputs, output: Shape) -> Counts:
        return Counts(activated=output.elements, read=output.elements, written=output.elements)


class Activation(Elementwise):
    """An activation without parameters."""

    __slots__ = ()
    family = "Activations"
    kinds = (OperationKind("activation"),)
    fuses = True


class Relu(Activation):
    """max(0, x)."""

    __slots__ = ()
    type = "relu"


class Relu6(Activation):
    """min(max(0, x), 6), as in MobileNetV2."""

    __slots__ = ()
    type = "relu6"


class LeakyRelu(Activation):
    """x for x > 0, else a small fixed multiple of x."""

    __slots__ = ()
    type = "leaky_relu"
    also = ("leakyrelu", "lrelu")


PER_CHANNEL, PER_ELEMENT, PER_LAYER = "per_channel", "per_element", "per_layer"


class Prelu(Activation):
    """x for x > 0, else a learned multiple of x: n slopes, one a channel unless `slopes` says otherwise.

    PyTorch shares one slope unless told otherwise; Keras learns one for each element.
    """

    __slots__ = ("slopes",)
    slopes: str
    type = "prelu"
    fields = (
        Field("slopes", Choice(PER_CHANNEL, PER_ELEMENT, PER_LAYER), "what has a slope of its own: each channel, each element, "
              "or the layer as a whole", PER_CHANNEL, ("num_parameters", "shared_axes")),
    )  # fmt: skip
    formulas = {"weights": "n"}
    source = "He et al. 2015, arXiv:1502.01852, section 2.1, the channel-wise variant"

    @property
    def case(self) -> str:
        return "prelu element" if self.slopes == PER_ELEMENT else "prelu"

    def counts(self, inputs: Inputs, output: Shape) -> Counts:
        return super().counts(inputs, output)._replace(weights=self._learned(output))

    def symbols(self, inputs: Inputs, output: Shape) -> dict[str, int]:
        return {**super().symbols(inputs, output), "n": self._learned(output)}

    def _learned(self, output: Shape) -> int:
        return {PER_CHANNEL: output.channels, PER_ELEMENT: output.elements, PER_LAYER: 1}[self.slopes]


class Elu(Activation):
    """x for x > 0, else exp(x) - 1."""

    __slots__ = ()
    type = "elu"


class Selu(Activation):
    """Elu with two fixed factors that keep mean and variance."""

    __slots__ = ()
    type = "selu"
    source = "Klambauer et al. 2017, arXiv:1706.02515"


class Celu(Activation):
    """x for x > 0, else a (exp(x / a) - 1) with a fixed a."""

    __slots__ = ()
    type = "celu"
    source = "Barron 2017, arXiv:1704.07483"


class Softplus(Activation):
    """log(1 + exp(x))."""

    __slots__ = ()
    type = "softplus"


class Softsign(Activation):
    """x / (1 + |x|)."""

    __slots__ = ()
    type = "softsign"


class Gelu(Activation):
    """x times the normal distribution function of x."""

    __slots__ = ()
    type = "gelu"


class Silu(Activation):
    """x * sigmoid(x), also called swish."""

    __slots__ = ()
    type = "silu"
    also = ("swish",)


class Mish(Activation):
    """x * tanh(softplus(x))."""

    __slots__ = ()
    type = "mish"


class Hardswish(Activation):
    """x * relu6(x + 3) / 6, as in MobileNetV3."""

    __slots__ = ()
    type = "hardswish"
    also = ("hswish", "hard_swish", "h_swish")


class Sigmoid(Activation):
    """1 / (1 + exp(-x))."""

    __slots__ = ()
    type = "sigmoid"


class Hardsigmoid(Activation):
    """relu6(x + 3) / 6, as in MobileNetV3's gates."""

    __slots__ = ()
    type = "hardsigmoid"
    also = ("hsigmoid", "hard_sigmoid", "h_sigmoid")


class Tanh(Activation):
    """The hyperbolic tangent."""

    __slots__ = ()
    type = "tanh"


class Hardtanh(Activation):
    """min(max(-1, x), 1)."""

    __slots__ = ()
    type = "hardtanh"
    also = ("hard_tanh",)


class LogSigmoid(Activation):
    """log(sigmoid(x))."""

    __slots__ = ()
    type = "log_sigmoid"


class Softmax(Activation):
    """exp(x) over the sum of exp over the channels."""

    __slots__ = ()
    type = "softmax"
    fuses = False
    overwrites = False
    mixes_channels = True

    def counts(self, inputs: Inputs, output: Shape) -> Counts:
        return super().counts(inputs, output)._replace(positions=output.positions)


class LogSoftmax(Softmax):
    """log(softmax(x)), over the channels."""

    __slots__ = ()
    type = "log_softmax"


ACTIVATIONS: tuple[type[Activation], ...] = (
    Relu, Relu6, LeakyRelu, Prelu, Elu, Selu, Celu, Softplus, Softsign, Gelu, Silu, Mish, Hardswish, Sigmoid, Hardsigmoid,
    Tanh, Hardtanh, LogSigmoid, Softmax, LogSoftmax,
)  # fmt: skip
