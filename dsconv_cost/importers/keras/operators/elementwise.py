"""Layers that take each element by itself, joins of tensors, and what does nothing at inference."""

from collections.abc import Callable
from functools import partial

from dsconv_cost.importers.keras.call import KerasCall, activation
from dsconv_cost.importers.rules import RuleError
from dsconv_cost.importers.tensors import Tensor


def _activation_layer(call: KerasCall) -> list[Tensor]:
    return [activation(call, call.x, call.config.get("activation"))]


def _word(name: str, call: KerasCall) -> list[Tensor]:
    axis = call.config.get("axis", -1)
    return [call.step("activation", [call.x], function=name, axis=axis if isinstance(axis, int) else axis[-1])]


def _relu(call: KerasCall) -> list[Tensor]:
    """max_value 6 is relu6; a slope is a leaky relu."""
    if call.config.get("negative_slope"):
        return _word("leaky_relu", call)
    return _word("relu6" if call.config.get("max_value") == 6 else "relu", call)


def _prelu(call: KerasCall) -> list[Tensor]:
    """A slope for each element; one for all elements along shared axes, which are counted without the batch."""
    shared = call.config.get("shared_axes") or []
    slopes = [1 if axis + 1 in shared else size for axis, size in enumerate(call.dims[1:])]
    return [call.step("activation", [call.x, call.learned("alpha", slopes)], function="prelu")]


def _function(name: str, call: KerasCall) -> list[Tensor]:
    return [call.step("function", [call.x], function=name)]


def _join(kind: str, call: KerasCall) -> list[Tensor]:
    if len(call.inputs) < 2:
        others = [
            one for value in call.named.values() if isinstance(value, list) for one in value if isinstance(one, Tensor)
        ]
        constants = [value for value in call.named.values() if isinstance(value, (int, float))]
        if not others and constants:  # an operation on data and a number
            return [call.step(kind, [call.x, call.graph.constant((), (constants[0],), is_float=True)])]
        call.inputs += others
    if len(call.inputs) < 2:
        raise RuleError("two inputs are expected")
    return [call.step(kind, call.inputs)]


def _average(call: KerasCall) -> list[Tensor]:
    made = call.step("add", call.inputs)
    return [call.step("divide", [made, call.graph.constant((), (float(len(call.inputs)),), is_float=True)])]


def _same(call: KerasCall) -> list[Tensor]:
    """Nothing at inference."""
    return [call.step("identity", [call.x])]


def _dropout(call: KerasCall) -> list[Tensor]:
    return [call.step("dropout", [call.x])]


def _scaled(call: KerasCall) -> list[Tensor]:
    """The same factor and summand for all elements or all of a channel, which nobody learned: part of the preprocessing."""
    return [call.step("identity", [call.x])]


def _layer_scale(call: KerasCall) -> list[Tensor]:
    """The learned factor of each channel in keras.applications' ConvNeXt."""
    return [call.step("multiply", [call.x, call.learned("gamma", (call.config["projection_dim"],))])]


def _scaled_sum(call: KerasCall) -> list[Tensor]:
    """The first input and the second times a constant, in keras.applications' Inception-ResNet."""
    factor = call.graph.constant((), (float(call.config["scale"]),), is_float=True)
    return [call.step("add", [call.x, call.step("multiply", [call.inputs[1], factor])])]


_SAME = (
    "InputLayer", "Masking", "ActivityRegularization", "GaussianNoise", "GaussianDropout", "AlphaDropout", "Identity",
    "RandomFlip", "RandomRotation", "RandomZoom", "RandomTranslation", "RandomContrast", "RandomBrightness", "RandomShear",
    "RandomHeight", "RandomWidth", "RandomCrop", "RandAugment", "AugMix",
)  # fmt: skip
KERAS_ELEMENTWISE: dict[str, Callable[[KerasCall], list[Tensor]]] = {
    "Activation": _activation_layer, "ReLU": _relu, "LeakyReLU": partial(_word, "leaky_relu"), "ELU": partial(_word, "elu"),
    "Softmax": partial(_word, "softmax"), "ThresholdedReLU": partial(_function, "threshold"), "PReLU": _prelu,
    "HardSwish": partial(_word, "hardswish"), "Silu": partial(_word, "silu"), "Gelu": partial(_word, "gelu"),
    "Add": partial(_join, "add"), "Subtract": partial(_join, "subtract"), "Multiply": partial(_join, "multiply"),
    "TrueDivide": partial(_join, "divide"), "Divide": partial(_join, "divide"), "Maximum": partial(_join, "maximum"),
    "Minimum": partial(_join, "minimum"), "Average": _average,
    "LayerScale": _layer_scale, "CustomScaleLayer": _scaled_sum,
    "Rescaling": _scaled, "Normalization": _scaled, **dict.fromkeys(_SAME, _same),
    **dict.fromkeys(("Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"), _dropout),
}  # fmt: skip
