"""The inputs of a model: which are data and which weights that are not in the file, and their sizes."""

import re
from collections.abc import Collection, Sequence
from math import prod

from dsconv_cost.importers.choices import ModelChoices
from dsconv_cost.importers.onnx.proto import OnnxGraph, OnnxNode, StatedValue

_PASSING = frozenset(
    {
        "Transpose",
        "Reshape",
        "Identity",
        "Cast",
        "Unsqueeze",
        "Squeeze",
        "DequantizeLinear",
        "Split",
        "Slice",
        "Flatten",
    }
)
_WEIGHT_SLOTS: dict[str, Collection[int]] = {
    "Conv": range(1, 3), "ConvTranspose": range(1, 3), "Gemm": range(1, 3), "BatchNormalization": range(1, 5),
    "LayerNormalization": range(1, 3), "GroupNormalization": range(1, 3), "InstanceNormalization": range(1, 3),
    "PRelu": range(1, 2), "LSTM": (1, 2, 3, 7), "GRU": range(1, 4), "RNN": range(1, 4), "QLinearConv": range(1, 9),
    "ConvInteger": range(1, 2), "MatMulInteger": range(1, 2),
}  # fmt: skip
_EITHER = frozenset(
    {"MatMul", "Add", "Mul", "Sub", "Div", "Concat", "Expand", "Gather", "Where", "Pow", "Max", "Min", "Einsum"}
)
"""Operators that take data and weights in the same places."""


_WEIGHT_NAME = re.compile(r"\.(?:weight|bias|gamma|beta|scale|slope|kernel)\w*$|^onnx::")


def data_inputs(graph: OnnxGraph, free: Sequence[StatedValue], choices: ModelChoices) -> set[str]:
    """Return the names of the inputs that are data; a file written without its weights has those among its inputs too."""
    if len(free) < 2:
        return {value.name for value in free}
    users: dict[str, list[tuple[OnnxNode, int]]] = {}
    for node in graph.nodes:
        for at, name in enumerate(node.inputs):
            users.setdefault(name, []).append((node, at))
    slots = {value.name: _slots(value.name, users, 0) for value in free}
    first = free[0].name
    weights = {
        name for name, seen in slots.items()
        if "weight" in seen or (seen == {"either"} and name != first and _WEIGHT_NAME.search(name))
    }  # fmt: skip
    if not weights:
        return {value.name for value in free}
    data = {first} if first not in weights else set()
    for value in free:
        sizes = value.shape or ()
        is_open = any(not isinstance(size, int) or size < 1 for size in sizes)
        if value.name in choices.inputs or (value.name not in weights and (is_open or "data" in slots[value.name])):
            data.add(value.name)
    return data


def stores_weights(graph: OnnxGraph) -> bool:
    """Return whether a graph, or one inside it, stores tensors of several floats: then none of its constant nodes is a weight."""
    if any(tensor.is_float and prod(tensor.dims) > 1 for tensor in graph.stored.values()):
        return True
    inner = [one for node in graph.nodes for one in node.attributes.values() if isinstance(one, OnnxGraph)]
    return any(map(stores_weights, inner))


def _slots(name: str, users: dict[str, list[tuple[OnnxNode, int]]], depth: int) -> set[str]:
    """Return `weight`, `data` or `either` for what takes a tensor, directly or after a move."""
    seen: set[str] = set()
    for node, at in users.get(name, ()):
        if node.operator in _PASSING and at == 0 and depth < 8:
            for output in node.outputs:
                seen |= _slots(output, users, depth + 1)
        elif node.operator in _WEIGHT_SLOTS:
            seen.add("weight" if at in _WEIGHT_SLOTS[node.operator] else "data")
        else:
            seen.add("either" if node.operator in _EITHER else "data")
    return seen
