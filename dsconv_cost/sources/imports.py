"""The text of an architecture for a model of another tool."""

import os

from dsconv_cost.errors import UsageError
from dsconv_cost.gc_pause import without_gc
from dsconv_cost.importers.imported import import_graph, read_model
from dsconv_cost.importers.writing.write import write_architecture
from dsconv_cost.sources.load import read_source
from dsconv_cost.text import inert

_NOT_WRITTEN = ("imported", "incomplete")
"""Notes that the text says by itself."""


@without_gc
def text_of_model(argument: str) -> str:
    """Return the YAML of a model's file, which has been compared with the model.

    Raises UsageError for a file that is no model, and for a model that the language cannot say; InputError for a broken one.
    """
    source = read_source(argument, strict=True)
    if source.model is None:
        raise UsageError(
            f"{inert(argument)} is not a model of another tool: import takes ONNX, TFLite and Keras files; a YAML file needs none"
        )
    graph = read_model(source.model, source.path)
    imported = import_graph(graph, source.path)
    if imported.incomplete:
        raise UsageError(
            f"{inert(argument)} cannot be written as YAML, which has no word for what is counted as 0: {imported.incomplete}"
        )
    paths = [node.place.name for node in imported.network.nodes]
    notes = [f"{word}: {text}" for word, text in imported.notes if word not in _NOT_WRITTEN]
    return write_architecture(imported.network, graph.name, os.path.basename(source.path), paths, notes)
