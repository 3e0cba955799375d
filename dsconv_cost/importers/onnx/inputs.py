"""The inputs of a model: which are data and which weights that are not in the file, and their sizes."""

import re
from collections.abc import Sequence
from math import prod

from dsconv_cost.errors import UsageError
from dsconv_cost.importers.choices import InputValue, ModelChoices
from dsconv_cost.importers.onnx.proto import OnnxGraph, OnnxNode, Size, StatedValue, is_float_type
from dsconv_cost.importers.tensors import Tensor, TensorGraph
from dsconv_cost.text import inert, listing, shown

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
_WEIGHT_SLOTS = {
    "Conv": range(1, 3), "ConvTranspose": range(1, 3), "Gemm": range(1, 3), "BatchNormalization": range(1, 5),
    "LayerNormalization": range(1, 3), "GroupNormalization": range(1, 3), "InstanceNormalization": range(1, 3),
    "PRelu": range(1, 2), "LSTM": range(1, 4), "GRU": range(1, 4), "RNN": range(1, 4), "QLinearConv": range(1, 9),
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


def input_tensors(graph: TensorGraph, values: Sequence[StatedValue], choices: ModelChoices) -> dict[str, Tensor]:
    """Add the inputs to the graph with their sizes, for one sample. Raises UsageError where a size is open or a choice wrong."""
    names = [value.name for value in values]
    chosen = _chosen(names, choices)
    used_dims: set[str] = set()
    tensors: dict[str, Tensor] = {}
    open_inputs: list[str] = []
    for value in values:
        wanted = chosen.get(value.name)
        if isinstance(wanted, (int, float)):
            dims = tuple(1 for _ in value.shape or ())
            tensors[value.name] = graph.constant(dims, (wanted,), is_float_type(value.data_type))
            continue
        dims_or_open = _dims(value, wanted, choices, used_dims)
        if dims_or_open is None:
            open_inputs.append(
                f"{inert(value.name)} [{', '.join(inert(str(s)) if s is not None else '?' for s in value.shape or ())}]"
            )
            continue
        tensors[value.name] = graph.add_input(value.name, dims_or_open, is_float_type(value.data_type))
    unused = [name for name in choices.dims if name not in used_dims]
    if unused:
        known = sorted({size for value in values for size in value.shape or () if isinstance(size, str)})
        raise UsageError(f"--dim {inert(unused[0])}: no axis of an input has this name: {_have(known)}")
    if open_inputs:
        example = "--input 1x3x224x224" if len(values) == 1 else f"--input {inert(values[0].name)}=1x3x224x224"
        raise UsageError(
            f"the model leaves sizes of its input open: {listing(open_inputs)}: give {example}, or the size of an axis "
            "by its name, e.g. --dim height=224"
        )
    return tensors


def _have(names: Sequence[str]) -> str:
    return f"it has {listing([shown(name) for name in names])}" if names else "it has none"


def _chosen(names: Sequence[str], choices: ModelChoices) -> dict[str, InputValue]:
    chosen = dict(choices.inputs)
    if "" in chosen:
        if len(names) != 1:
            raise UsageError(
                f"--input without a name, and the model has {len(names)} inputs: give --input NAME=..., of {listing(names)}"
            )
        chosen[names[0]] = chosen.pop("")
    for name in chosen:
        if name not in names:
            raise UsageError(f"--input {inert(name)}: the model has no input of this name: it has {listing(names)}")
    return chosen


def _dims(
    value: StatedValue, wanted: tuple[int, ...] | None, choices: ModelChoices, used: set[str]
) -> tuple[int, ...] | None:
    """Return the sizes of an input with a batch of 1; None where one is open."""
    stated: tuple[Size, ...] | None = value.shape
    used.update(size for size in stated or () if isinstance(size, str) and size in choices.dims)
    if wanted is not None:
        if stated is not None and len(wanted) != len(stated):
            sizes = "x".join(map(str, wanted))
            raise UsageError(f"--input {inert(value.name)}: received {sizes}, expected {len(stated)} sizes")
        return wanted
    if stated is None:
        return None
    dims = [choices.dims.get(size, 0) if isinstance(size, str) else size or 0 for size in stated]
    if len(dims) > 1 or (dims and not isinstance(stated[0], int)):
        dims[0] = dims[0] if dims[0] > 0 and isinstance(stated[0], str) else 1 if dims[0] < 1 else dims[0]
    return tuple(dims) if all(size > 0 for size in dims) else None
