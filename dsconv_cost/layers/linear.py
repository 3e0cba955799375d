"""The fully connected layer."""

from collections.abc import Mapping
from typing import Any

from dsconv_cost.layers.base import Inputs, Layer, OperationKind
from dsconv_cost.layers.counts import Counts
from dsconv_cost.layers.fields import COUNT, DERIVED, FLAG, Field, Values
from dsconv_cost.layers.norm_and_activation import ACTIVATION_FIELD, NONE, NORM_FIELD
from dsconv_cost.layers.shapes import Shape


class Linear(Layer):
    """A fully connected layer, then `norm`, then `activation`; on a map the same one at every position.

    weights = C_in C_out; MACs = N weights at N positions.
    """

    __slots__ = ("bias", "out_features")
    bias: bool
    out_features: int

    type = "linear"
    family = "Convolutions and linear layers"
    kinds = (OperationKind("linear", weighted=True),)
    folds_norm = True
    main = Field("out_features", COUNT, "values of the output", also=("units", "features", "out_channels", "classes"))
    fields = (
        Field("bias", FLAG, "whether an offset is learned for each output; true exactly when norm is none", DERIVED, ("use_bias",)),
        NORM_FIELD, ACTIVATION_FIELD,
    )  # fmt: skip
    also = ("dense", "fc", "fully_connected", "innerproduct", "gemm")
    formulas = {"weights": "C_in * C_out", "biases": "C_out", "macs": "N * C_in * C_out"}
    letters = {"N": "positions"}
    counted = "one MAC for each weight at each position; adding the bias is free"

    def derived(self, field: str, values: Values) -> Any:
        return values.get("norm", NONE) == NONE if field == "bias" else super().derived(field, values)

    def case_on(self, output: Shape) -> str:
        return self.case if output.positions == 1 else "linear map"

    def formulas_on(self, inputs: Inputs) -> Mapping[str, str]:
        return self.formulas if inputs[0].positions > 1 else {**self.formulas, "macs": "C_in * C_out"}

    def channels_after(self, arriving: int) -> int:
        return self.out_features

    def counts(self, inputs: Inputs, output: Shape) -> Counts:
        weights = inputs[0].channels * output.channels
        return Counts(
            weights=weights, biases=output.channels if self.bias else 0, macs=weights * output.positions,
            bias_adds=output.elements if self.bias else 0, read=inputs[0].elements, written=output.elements,
        )  # fmt: skip

    def symbols(self, inputs: Inputs, output: Shape) -> dict[str, int]:
        return {**super().symbols(inputs, output), "N": output.positions}
