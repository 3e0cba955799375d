"""One call of a Keras layer: its configuration, its inputs and its weights, and what it adds to the graph of tensors."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dsconv_cost.importers.keras.config import KerasLayer
from dsconv_cost.importers.rules import Dims, RuleError
from dsconv_cost.importers.tensors import Tensor, TensorGraph

Weight = Callable[[str, Sequence[int]], Tensor]

KERAS_ACTIVATIONS = {
    "relu": "relu", "relu6": "relu6", "sigmoid": "sigmoid", "tanh": "tanh", "softmax": "softmax", "swish": "silu", "silu": "silu",
    "hard_sigmoid": "hardsigmoid", "elu": "elu", "selu": "selu", "gelu": "gelu", "softplus": "softplus", "softsign": "softsign",
    "hard_swish": "hardswish", "hard_silu": "hardswish", "mish": "mish", "leaky_relu": "leaky_relu", "celu": "celu",
    "log_softmax": "log_softmax", "log_sigmoid": "log_sigmoid", "hard_tanh": "hardtanh",
}  # fmt: skip
"""What Keras calls an activation -> what we do."""
KERAS_FUNCTIONS = {"exponential": "exponential"}


class KerasCall:
    """A call. Its methods raise RuleError for what the layer lacks."""

    __slots__ = ("config", "graph", "inputs", "layer", "name", "named", "operator", "steps", "weight")

    def __init__(
        self, graph: TensorGraph, layer: KerasLayer, inputs: Sequence[Tensor], named: Mapping[str, Any], name: str, weight: Weight
    ) -> None:  # fmt: skip
        self.graph = graph
        self.layer = layer
        self.config = layer.config
        self.operator = layer.kind
        self.inputs = list(inputs)
        self.named = named
        """Arguments of the call by name; tensors are lists of them."""
        self.name = name
        self.steps = 0
        """1 for a layer at every step of an axis of time before the sides."""
        self.weight = weight

    @property
    def x(self) -> Tensor:
        if not self.inputs:
            raise RuleError("its input is missing")
        return self.inputs[0]

    @property
    def dims(self) -> Dims:
        dims = self.x.dims
        assert dims is not None
        return dims

    @property
    def channels(self) -> int:
        """The axis of the channels."""
        return 1 if self.config.get("data_format") == "channels_first" else -1

    def per_side(self, key: str, sides: int, default: int = 1) -> tuple[int, ...]:
        """Return a field that is one number or one for each side."""
        value = self.config.get(key, default)
        value = default if value is None else value
        sizes = (value,) * sides if isinstance(value, int) else tuple(value)
        if len(sizes) != sides or not all(isinstance(size, int) for size in sizes):
            raise RuleError(f"{key} {value} for {sides} sides")
        return sizes

    def learned(self, name: str, dims: Sequence[int]) -> Tensor:
        """Return a weight of the layer."""
        return self.weight(f"{self.name}/{name}", dims)

    def bias(self, size: int) -> Tensor | None:
        return self.learned("bias", (size,)) if self.config.get("use_bias", True) else None

    def step(self, kind: str, inputs: Sequence[Tensor | None], **attributes: Any) -> Tensor:
        """Add an operation and return what it makes."""
        return self.graph.add(kind, inputs, attributes, self.name, self.operator, [self.name])[0]

    def add(self, kind: str, inputs: Sequence[Tensor | None], **attributes: Any) -> list[Tensor]:
        """Add an operation and the activation of the layer's configuration."""
        return [self.activated(self.step(kind, inputs, **attributes))]

    def activated(self, made: Tensor) -> Tensor:
        return activation(self, made, self.config.get("activation"))


def activation(call: KerasCall, made: Tensor, value: Any) -> Tensor:
    """Return a tensor after an activation: a name, or the configuration of a function or a layer."""
    config: Mapping[str, Any] = {}
    if isinstance(value, dict):
        inner = value.get("config")
        config = inner if isinstance(inner, dict) else {}
        value = inner if isinstance(inner, str) else config.get("name") or value.get("class_name")
        if value not in KERAS_ACTIVATIONS and isinstance(config.get("name"), str) and str(inner) != value:
            value = _snake(str(config.get("class_name") or value))
    if value in (None, "linear"):
        return made
    if value in KERAS_FUNCTIONS:
        return call.step("function", [made], function=KERAS_FUNCTIONS[value])
    if value not in KERAS_ACTIVATIONS:
        raise RuleError(f"activation {value}")
    return call.step("activation", [made], function=KERAS_ACTIVATIONS[value], axis=-1)


def _snake(name: str) -> str:
    return "".join(
        f"_{letter.lower()}" if letter.isupper() and at else letter.lower() for at, letter in enumerate(name)
    )
