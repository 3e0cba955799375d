"""The fully connected layer."""

from dsconv_cost.errors import LayerError
from dsconv_cost.layers.base import Inputs, Layer, OperationKind
from dsconv_cost.layers.counts import Counts
from dsconv_cost.layers.fields import COUNT, FLAG, Field
from dsconv_cost.layers.shapes import Shape


class Linear(Layer):
    """A fully connected layer on a C x 1 x 1 input.

    weights = C_in C_out; MACs = weights.
    """

    __slots__ = ("bias", "out_features")
    bias: bool
    out_features: int

    type = "linear"
    family = "Convolutions and linear layers"
    kinds = (OperationKind("linear", weighted=True),)
    folds_norm = True
    main = Field("out_features", COUNT, "values of the output", also=("units", "features", "out_channels", "classes"))
    fields = (Field("bias", FLAG, "whether an offset is learned for each output", True, ("use_bias",)),)
    also = ("dense", "fc", "fully_connected", "innerproduct", "gemm")
    formulas = {"weights": "C_in * C_out", "biases": "C_out", "macs": "C_in * C_out"}
    counted = "one MAC for each weight; adding the bias is free"

    def channels_after(self, arriving: int) -> int:
        return self.out_features

    def output(self, inputs: Inputs) -> Shape:
        x = inputs[0]
        if x.positions != 1:
            raise LayerError(f"received an input of {x}, expected C x 1 x 1: put global_avgpool or flatten before it")
        return x.with_channels(self.out_features)

    def counts(self, inputs: Inputs, output: Shape) -> Counts:
        weights = inputs[0].channels * output.channels
        bias = output.channels if self.bias else 0
        return Counts(
            weights=weights, biases=bias, macs=weights, bias_adds=bias,
            read=inputs[0].elements, written=output.elements,
        )  # fmt: skip
