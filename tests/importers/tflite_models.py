"""Models of TensorFlow Lite in tests: read, counted, refused."""

from collections.abc import Callable, Sequence

import pytest

from dsconv_cost.errors import InputError
from dsconv_cost.importers.choices import ModelChoices, choices_for_models
from dsconv_cost.importers.formats import TFLITE, ModelBytes
from dsconv_cost.importers.imported import ImportedModel, import_graph, read_model
from dsconv_cost.layers.counts import Counts, total
from tests.importers.tflite_writer import ModelWriter


def imported(data: bytes, choices: ModelChoices | None = None) -> ImportedModel:
    with choices_for_models(choices or ModelChoices()):
        return import_graph(read_model(ModelBytes(TFLITE, data), "model.tflite"), "model.tflite")


def counts(data: bytes, choices: ModelChoices | None = None) -> Counts:
    return total([node.counts for node in imported(data, choices).network.nodes])


def refused(data: bytes, choices: ModelChoices | None = None) -> list[str]:
    with pytest.raises(InputError) as caught:
        imported(data, choices)
    return [problem.message for problem in caught.value.problems]


def one(operator: str, inputs: Callable[[ModelWriter], Sequence[int]], output: Sequence[int], **more: object) -> bytes:
    """Return a file with one operator, whose first input is the model's."""
    w = ModelWriter()
    given = list(inputs(w))
    y = w.tensor("y", output)
    w.add(operator, given, [y], **more)
    return w.bytes([0], [y])
