"""A Keras model's configuration to a graph of tensors: every call of every layer, in the order they can run."""

from collections.abc import Mapping, Sequence
from typing import Any

from dsconv_cost.importers.choices import ModelChoices
from dsconv_cost.importers.formats import KERAS_JSON
from dsconv_cost.importers.inputs import StatedInput, input_tensors
from dsconv_cost.importers.keras.call import KerasCall
from dsconv_cost.importers.keras.config import (
    KERAS_MODELS,
    Config,
    KerasLayer,
    KerasTensor,
    ends_of,
    layers_of,
    read_config,
)
from dsconv_cost.importers.keras.operators import KERAS_OPERATORS
from dsconv_cost.importers.problems import BrokenModel
from dsconv_cost.importers.rules import RuleError
from dsconv_cost.importers.tensors import Tensor, TensorGraph

DEEPEST_MODEL = 32
MOST_CALLS = 1_000_000


class KerasReader:
    """Reads one model."""

    def __init__(self, graph: TensorGraph) -> None:
        self.graph = graph
        self._weights: dict[str, Tensor] = {}
        self._count = 0

    def read(self, model: Config, choices: ModelChoices) -> None:
        """Fill the graph. What cannot be counted is noted there; wrong choices raise UsageError."""
        layers = layers_of(model)
        stated = _inputs_of(model, layers)
        tensors = input_tensors(self.graph, stated, choices)
        for tensor in self.run(model, layers, [tensors[one.name] for one in stated], "", 0):
            self.graph.add_output(tensor)

    def weight(self, name: str, dims: Sequence[int]) -> Tensor:
        """Return the weight of a name, the same one at every call of its layer."""
        known = self._weights.get(name)
        if known is None:
            known = self._weights[name] = self.graph.add_stored(name, tuple(dims))
        return known

    def run(
        self, model: Config, layers: Sequence[KerasLayer], inputs: Sequence[Tensor], prefix: str, depth: int
    ) -> list[Tensor]:
        """Add one call of a model and return its outputs."""
        if depth > DEEPEST_MODEL:
            raise BrokenModel(f"models in models deeper than {DEEPEST_MODEL}")
        if model["class_name"] == "Sequential":
            made = list(inputs[:1])
            for layer in layers:
                if layer.kind != "InputLayer":
                    made = self._called(layer, made, {}, prefix, depth)
            return made[:1]
        config = model["config"]
        values: dict[KerasTensor, Tensor] = {}
        starts = ends_of(config, "input_layers")
        firsts = _first_calls(layers, config)
        for start, tensor in zip(starts, inputs, strict=False):
            values[KerasTensor(start.layer, 0, 0)] = tensor
        waiting = [
            (layer, index) for layer in layers for index in range(len(layer.calls)) if layer.kind != "InputLayer"
        ]
        while waiting:
            later: list[tuple[KerasLayer, int]] = []
            for layer, index in waiting:
                call = layer.calls[index]
                named = {
                    key: [_from(values, firsts, one) for one in value] if _is_references(value) else value
                    for key, value in call.named.items()
                }
                needed = [_from(values, firsts, one) for one in call.inputs]
                given = [*needed, *(one for value in named.values() if isinstance(value, list) for one in value)]
                if any(tensor is None for tensor in given):
                    later.append((layer, index))
                    continue
                made = self._called(layer, [t for t in needed if t is not None], named, prefix, depth)
                for output, tensor in enumerate(made):
                    values[KerasTensor(layer.name, index, output)] = tensor
            if len(later) == len(waiting):
                raise BrokenModel(f"the layer {later[0][0].name} takes what no layer gives")
            waiting = later
        outputs = [_from(values, firsts, one) for one in ends_of(config, "output_layers")]
        return [tensor for tensor in outputs if tensor is not None]

    def _called(
        self, layer: KerasLayer, inputs: Sequence[Tensor], named: Mapping[str, Any], prefix: str, depth: int
    ) -> list[Tensor]:
        self._count += 1
        if self._count > MOST_CALLS:
            raise BrokenModel(f"more than {MOST_CALLS:,} calls of layers")
        name = f"{prefix}{layer.name}"
        if layer.kind in KERAS_MODELS:
            inner = {"class_name": layer.kind, "config": layer.config}
            return self.run(inner, layers_of(inner), inputs, f"{name}.", depth + 1)
        graph = self.graph
        if layer.kind in graph.free:
            return graph.unknown_outputs(layer.kind, name, inputs, [name])
        add = KERAS_OPERATORS.get(layer.kind)
        if add is None:
            return graph.unknown_outputs(layer.kind, name, inputs, [name])
        if any(tensor.dims is None for tensor in inputs):
            return [Tensor(name, None, is_data=True)]
        call = KerasCall(graph, layer, inputs, named, name, self.weight)
        try:
            return add(call)
        except RuleError as error:
            reason = str(error)
        except (ValueError, IndexError, TypeError, KeyError, AttributeError, ArithmeticError) as error:
            reason = f"its configuration is not as the layer has it ({type(error).__name__})"
        graph.add_unknown(layer.kind, name, reason)
        return [Tensor(name, None, is_data=True)]


def _is_references(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, KerasTensor) for one in value)


def _from(values: Mapping[KerasTensor, Tensor], firsts: Mapping[str, int], wanted: KerasTensor) -> Tensor | None:
    return values.get(KerasTensor(wanted.layer, wanted.call - firsts.get(wanted.layer, 0), wanted.output))


def _first_calls(layers: Sequence[KerasLayer], config: Config) -> dict[str, int]:
    """Return by how much references to the calls of a layer are too high: a layer may have been called before in another model."""
    highest: dict[str, int] = {}
    references = [
        one for layer in layers for call in layer.calls for one in (*call.inputs, *_named_references(call.named))
    ]
    for one in [*references, *ends_of(config, "output_layers")]:
        highest[one.layer] = max(one.call, highest.get(one.layer, 0))
    counts = {layer.name: 1 if layer.kind == "InputLayer" else len(layer.calls) for layer in layers}
    return {
        name: most - counts[name] + 1 for name, most in highest.items() if name in counts and most >= counts[name] > 0
    }


def _named_references(named: Mapping[str, Any]) -> list[KerasTensor]:
    return [one for value in named.values() if _is_references(value) for one in value]


def _inputs_of(model: Config, layers: Sequence[KerasLayer]) -> list[StatedInput]:
    if not layers:
        raise BrokenModel("it has no layer")
    by_name = {layer.name: layer for layer in layers}
    if model["class_name"] != "Sequential":
        starts = ends_of(model["config"], "input_layers")
        return [_stated(by_name[one.layer]) for one in starts if one.layer in by_name] or [_stated(layers[0])]
    first: KerasLayer = layers[0]
    built = model["config"].get("build_input_shape") if isinstance(model["config"], dict) else None
    inner = first
    while inner.kind in KERAS_MODELS and _shape_of(inner) is None and (below := layers_of({"config": inner.config})):
        inner = below[0]
    shape = _shape_of(inner) or built
    return [StatedInput(first.name, _sizes(shape), _is_float(inner))]


def _stated(layer: KerasLayer) -> StatedInput:
    return StatedInput(layer.name, _sizes(_shape_of(layer)), _is_float(layer))


def _shape_of(layer: KerasLayer) -> Any:
    config = layer.config
    shape = config.get("batch_shape") or config.get("batch_input_shape") or layer.built.get("input_shape")
    if shape is None and isinstance(config.get("layer"), dict):  # a wrapper
        shape = config["layer"].get("config", {}).get("batch_input_shape")
    return shape


def _is_float(layer: KerasLayer) -> bool:
    return not (layer.kind == "Embedding" or str(layer.config.get("dtype", "")).startswith(("int", "uint")))


def _sizes(shape: Any) -> tuple[int | None, ...] | None:
    if not isinstance(shape, (list, tuple)):
        return None
    return tuple(None if not isinstance(size, int) else size for size in shape)


def read_keras(format_: str, data: Sequence[int], name: str, choices: ModelChoices) -> TensorGraph:
    """Return the graph of a file. Raises BrokenModel where its bytes are no model, UsageError for wrong choices."""
    try:
        model = read_config(format_, data)
        version = model.get("keras_version") or (
            model["config"].get("keras_version") if isinstance(model["config"], dict) else ""
        )
        kind = "Keras" if format_ != KERAS_JSON else "Keras configuration"
        graph = TensorGraph(name, f"{kind}{f' {version}' if version else ''}, {model['class_name']}", choices.free)
        KerasReader(graph).read(model, choices)
    except (KeyError, IndexError, TypeError, AttributeError, RecursionError, ValueError) as error:
        raise BrokenModel(f"its configuration is not as Keras writes it ({type(error).__name__})") from None
    return graph
