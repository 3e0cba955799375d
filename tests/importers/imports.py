"""Models from bytes, as the tests of importers need them."""

from dsconv_cost.importers.choices import NO_CHOICES, ModelChoices
from dsconv_cost.importers.formats import ONNX, ModelBytes
from dsconv_cost.importers.imported import ImportedModel, import_graph
from dsconv_cost.importers.onnx.reader import read_onnx


def imported(data: bytes, choices: ModelChoices = NO_CHOICES) -> ImportedModel:
    """Return what the bytes of an ONNX file give."""
    return import_graph(read_onnx(data, "net", choices), "net.onnx")


def model_bytes(data: bytes) -> ModelBytes:
    return ModelBytes(ONNX, data)
