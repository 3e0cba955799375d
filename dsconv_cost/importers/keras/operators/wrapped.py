"""TimeDistributed: a layer at every step of an axis before the others."""

from collections.abc import Callable

from dsconv_cost.importers.keras.call import KerasCall
from dsconv_cost.importers.keras.config import KerasLayer
from dsconv_cost.importers.keras.operators.elementwise import KERAS_ELEMENTWISE
from dsconv_cost.importers.keras.operators.normalisation import KERAS_NORMALISATION
from dsconv_cost.importers.keras.operators.pooling import KERAS_POOLING_LAYERS
from dsconv_cost.importers.keras.operators.weighted import KERAS_WEIGHTED
from dsconv_cost.importers.rules import RuleError
from dsconv_cost.importers.tensors import Tensor

_INNER = {**KERAS_WEIGHTED, **KERAS_NORMALISATION, **KERAS_ELEMENTWISE, **KERAS_POOLING_LAYERS}
_WINDOWED = ("Conv1D", "Conv2D", "DepthwiseConv", "SeparableConv1D", "SeparableConv2D", "MaxPooling", "AveragePooling")


def _time_distributed(call: KerasCall) -> list[Tensor]:
    """Windows have one position along the axis of time; what works on the last axes alone needs nothing more."""
    inner = call.config["layer"]
    kind, config = inner["class_name"], inner["config"]
    if kind == "Flatten":
        batch, steps, *others = call.dims
        features = 1
        for size in others:
            features *= size
        return [call.step("reshape", [call.x], shape=(batch, steps, features))]
    windowed = kind.startswith(_WINDOWED)
    plain = kind in KERAS_ELEMENTWISE or kind in KERAS_NORMALISATION or kind == "Dense" or kind.startswith("Global")
    if kind not in _INNER or not (windowed or plain) or config.get("data_format") == "channels_first":
        raise RuleError(f"{kind} at every step of time")
    layer = KerasLayer(kind, call.layer.name, config, [], {})
    own = KerasCall(call.graph, layer, call.inputs, call.named, call.name, call.weight)
    own.steps = int(windowed)
    return _INNER[kind](own)


KERAS_WRAPPERS: dict[str, Callable[[KerasCall], list[Tensor]]] = {"TimeDistributed": _time_distributed}
