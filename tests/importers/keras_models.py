"""Models of Keras in tests: their configurations, read and counted."""

import json
from typing import Any

from dsconv_cost.importers.choices import ModelChoices, choices_for_models
from dsconv_cost.importers.formats import ModelBytes, format_of
from dsconv_cost.importers.imported import ImportedModel, import_graph, read_model
from dsconv_cost.layers.counts import Counts, total

Config = dict[str, Any]


def imported(data: bytes, choices: ModelChoices | None = None) -> ImportedModel:
    with choices_for_models(choices or ModelChoices()):
        format_ = format_of(data[:4096])
        assert format_ is not None
        return import_graph(read_model(ModelBytes(format_, data), "model"), "model")


def sequential(*layers: Config, shape: list[int | None]) -> bytes:
    """The JSON of a Sequential model."""
    first: Config = {"class_name": "InputLayer", "config": {"batch_shape": [None, *shape], "name": "image"}}
    return json.dumps({"class_name": "Sequential", "config": {"name": "net", "layers": [first, *layers]}}).encode()


def layer(kind: str, name: str = "", **config: Any) -> Config:
    return {"class_name": kind, "config": {"name": name or kind.lower(), **config}}


def counts(*layers: Config, shape: list[int | None]) -> Counts:
    return total([node.counts for node in imported(sequential(*layers, shape=shape)).network.nodes])


def tensor(name: str, call: int = 0) -> Config:
    return {
        "class_name": "__keras_tensor__",
        "config": {"shape": [None, 8], "dtype": "float32", "keras_history": [name, call, 0]},
    }
