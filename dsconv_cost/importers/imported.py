"""A model of another tool as what a file of our own would be: a spec without settings, whose network is there already."""

import os
from collections import Counter

from dsconv_cost.errors import MOST_PROBLEMS, InputError, Problem, UsageError
from dsconv_cost.importers.choices import current_choices
from dsconv_cost.importers.formats import ONNX, TFLITE, TORCH, ModelBytes
from dsconv_cost.importers.idioms.recognise import recognised
from dsconv_cost.importers.lowering.lower import lower
from dsconv_cost.importers.lowering.lowering import Lowering
from dsconv_cost.importers.problems import BrokenModel
from dsconv_cost.importers.tensors import TensorGraph
from dsconv_cost.language.architecture import Spec
from dsconv_cost.layers.convolution import Convolution
from dsconv_cost.layers.norm import Norm
from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.network.graph import Network
from dsconv_cost.text import inert, listing, shown

_NAMED = 3
"""How many tensors or nodes a message names."""


class ImportedModel(NamedTuple):
    """What a model's file gave."""

    network: Network
    graph: TensorGraph
    notes: list[tuple[str, str]]
    """What a reader of its figures has to know: a word, and a sentence."""
    incomplete: str
    """Which operations are counted as 0 because the user says so; empty for a complete result."""

    @property
    def freed(self) -> set[str]:
        """The operators that are counted as 0 because the user says so."""
        return {one.operator for one in self.graph.freed}


def read_model(model: ModelBytes, path: str) -> TensorGraph:
    """Return the graph of a model's file. Raises InputError where its bytes are broken, UsageError for wrong choices."""
    choices = current_choices()
    name = os.path.splitext(os.path.basename(path))[0].strip("<>") or "model"
    try:
        if model.format == ONNX:
            from dsconv_cost.importers.onnx.reader import read_onnx

            return read_onnx(model.data, name, choices)
        if model.format == TFLITE:
            from dsconv_cost.importers.tflite.reader import read_tflite

            return read_tflite(model.data, name, choices)
        if model.format == TORCH:
            from dsconv_cost.importers.torch.reader import read_torch

            return read_torch(path, choices)
        from dsconv_cost.importers.keras.reader import read_keras

        return read_keras(model.format, model.data, name, choices)
    except UsageError as error:
        raise UsageError(f"{inert(path)}: {error}") from None
    except BrokenModel as error:
        raise InputError(path, [Problem(0, 0, f"a broken {model.format} file: {error}", "broken-model")]) from None


def import_graph(graph: TensorGraph, path: str) -> ImportedModel:
    """Return the network of a graph of tensors. Raises InputError with every operation that cannot be counted."""
    network, lowering = lower(graph, recognised(graph))
    if network is None:
        raise InputError(path, _problems(graph) or [_empty()])
    return ImportedModel(network, graph, _notes(graph, network, lowering), _freed(graph))


def spec_of_model(model: ModelBytes, path: str) -> Spec:
    """Return what stands for the text of a file: the model's network. Raises as `read_model` and `import_graph` do."""
    graph = read_model(model, path)
    return spec_of_import(import_graph(graph, path), path)


def spec_of_import(imported: ImportedModel, path: str) -> Spec:
    """Return a spec whose network is made already."""
    return Spec(
        path=path, text="", name=imported.graph.name, source="", hyperparameters={}, lets=[], inputs=[], input_node=None, blocks={},
        layers=[], tails={}, tensors={}, lost_tensors=False, outputs=[], variants={}, published=[], budget=[], unused=[],
        imported=imported,
    )  # fmt: skip


# -- errors ---------------------------------------------------------------------------------------


def _empty() -> Problem:
    return Problem(0, 0, "nothing that the model's outputs depend on is an operation on its inputs", "empty-network")


def _problems(graph: TensorGraph) -> list[Problem]:
    """Return one problem for each operator and reason, with the node that has it first and how many there are."""
    counts: Counter[tuple[str, str]] = Counter((one.operator, one.reason) for one in graph.unknown)
    problems: list[Problem] = []
    for (operator, reason), count in list(counts.items())[:MOST_PROBLEMS]:
        name = next(one.name for one in graph.unknown if (one.operator, one.reason) == (operator, reason))
        where = f"node {shown(name)}" + (f" and {count - 1:,} more" if count > 1 else "")
        if graph.batch > 1:
            where += f"; the file is written for a batch of {graph.batch}, and counted for 1"
        if reason:
            problems.append(Problem(0, 0, f"{shown(operator)} ({where}): {inert(reason)}", "uncounted-operator"))
        else:
            message = f"operator {shown(operator)} is not known here ({where}): give --free {shown(operator)} to count it as 0"
            problems.append(Problem(0, 0, message, "unknown-operator"))
    return problems


def _freed(graph: TensorGraph) -> str:
    counts = Counter(one.operator for one in graph.freed)
    return (
        f"{listing([f'{count:,} {inert(operator)}' for operator, count in counts.items()])} counted as 0"
        if counts
        else ""
    )


# -- notes ----------------------------------------------------------------------------------------


def _notes(graph: TensorGraph, network: Network, lowering: Lowering) -> list[tuple[str, str]]:
    notes = [("imported", f"{inert(graph.source)}; {_inputs(graph)}")]
    if graph.batch > 1:
        notes.append(("batch", f"the file is written for a batch of {graph.batch}: counted for one sample"))
    if freed := _freed(graph):
        notes.append(("incomplete", freed))
    layers = [node.layer for node in network.nodes]
    if any(isinstance(layer, Convolution) for layer in layers) and not any(isinstance(layer, Norm) for layer in layers):
        notes.append(
            ("norms", "no norm is in the file: where the model had batch norms, the exporter folded them into the convolutions, so "
             "params are those of the folded network")
        )  # fmt: skip
    if lowering.shared:
        notes.append(("shared", f"{_tensors(lowering.shared)} used by several layers: counted once"))
    if lowering.merged:
        notes.append(
            (
                "merged",
                f"{_tensors(lowering.merged)} stored once for several layers, as equal ones are: counted for each",
            )
        )
    left = [
        tensor for tensor in graph.stored
        if id(tensor) not in lowering.counted_origins and id(tensor) not in graph.dismissed and tensor.elements > 1
    ]  # fmt: skip
    if left:
        total = sum(tensor.elements for tensor in left)
        names = {tensor.name for tensor in left}
        listed = listing([shown(name) for name in sorted(names)], _NAMED)
        notes.append(("not counted", f"{total:,} stored floats that no layer counts: {listed}"))
    if graph.claims:
        first = graph.claims[0]
        stated = "x".join("?" if size is None else str(size) for size in first.stated) or "a single number"
        inferred = "x".join(map(str, first.inferred)) or "a single number"
        more = f", and {len(graph.claims) - 1:,} more" if len(graph.claims) > 1 else ""
        notes.append(
            (
                "shapes",
                f"the file states {inert(stated)} for {shown(first.tensor)}, its operations give {inferred}{more}",
            )
        )
    notes += [("model", inert(note)) for note in graph.notes]
    return notes


def _inputs(graph: TensorGraph) -> str:
    inputs = [f"{shown(tensor.name)} {'x'.join(map(str, tensor.sizes)) or 'one number'}" for tensor in graph.inputs]
    return f"{'inputs' if len(inputs) > 1 else 'input'} {listing(inputs, 6) or 'none'}"


def _tensors(names: "set[str]") -> str:
    ordered = sorted(names)
    are = "is" if len(ordered) == 1 else "are"
    return f"{len(ordered):,} tensor{'s' * (len(ordered) != 1)} ({listing([shown(name) for name in ordered], _NAMED)}) {are}"
