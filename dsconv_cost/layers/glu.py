"""Gated linear units: half of the channels open and close the other half."""

from dsconv_cost.errors import LayerError
from dsconv_cost.layers.activation import Activation, Prelu
from dsconv_cost.layers.base import Inputs, Layer
from dsconv_cost.layers.counts import Counts
from dsconv_cost.layers.fields import Choice, Field
from dsconv_cost.layers.norm_and_activation import NONE, TAIL_ACTIVATIONS
from dsconv_cost.layers.shapes import Shape

_GATE = Choice(
    NONE, *[word for word in TAIL_ACTIVATIONS if word != Prelu.type]
)  # one without params: it is no layer of its own


class Glu(Layer):
    """The first half of the channels, times the activation of the second half.

    sigmoid is GLU, silu SwiGLU, gelu GEGLU, relu ReGLU; none is the plain product (NAFNet's SimpleGate).
    """

    __slots__ = ("gate",)
    gate: str
    type = "glu"
    family = "Activations"
    kinds = Activation.kinds
    main = Field("gate", _GATE, "the activation of the second half", "sigmoid", ("activation", "act"))
    also = ("gated_linear_unit", "geglu", "swiglu", "reglu", "simple_gate", "simplegate")
    formulas = {"output": "C_in / 2 x H_in x W_in"}
    counted = "0 MACs, free on purpose: it multiplies no weight (its elements are counted for other conventions)"
    source = "Dauphin et al. 2017, arXiv:1612.08083; Shazeer 2020, arXiv:2002.05202"

    @property
    def case(self) -> str:
        return f"glu {self.gate}"

    def channels_after(self, arriving: int) -> int:
        if arriving % 2:
            raise LayerError(
                f"glu needs an even number of channels, received {arriving}: make twice as many as it should leave",
                code="not-divisible",
            )
        return arriving // 2

    def counts(self, inputs: Inputs, output: Shape) -> Counts:
        elements = output.elements
        gated = 0 if self.gate == NONE else elements
        return Counts(activated=gated, multiplied=elements, read=inputs[0].elements, written=elements)
