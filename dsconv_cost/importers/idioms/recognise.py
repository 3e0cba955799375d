"""One pass over a graph of tensors that puts idioms in place of their parts."""

from dsconv_cost.importers.idioms.activations import ACTIVATION_RULES
from dsconv_cost.importers.idioms.matching import Idiom, Idioms
from dsconv_cost.importers.idioms.norms import NORM_RULES
from dsconv_cost.importers.idioms.padding import PADDING_RULES
from dsconv_cost.importers.tensors import Operation, Tensor, TensorGraph


def _shuffle(idioms: Idioms, operation: Operation) -> Operation | None:
    """A reshape that parts the channels into groups, a transposition, and the reshape back."""
    turned = idioms.maker(operation.inputs[0], "transpose")
    parted = idioms.maker(turned.x, "reshape") if turned else None
    if turned is None or parted is None:
        return None
    dims, inner, order = parted.x.sizes, parted.outputs[0].sizes, tuple(turned.attributes["order"])
    if operation.outputs[0].dims != dims or len(inner) != len(dims) + 1:
        return None
    rank = len(dims)
    if inner[0] == dims[0] and inner[3:] == dims[2:] and order == (0, 2, 1, *range(3, rank + 1)):
        return idioms.instead(operation, [turned, parted], "channel_shuffle", [parted.x], groups=inner[1], channels=1)
    if inner[: rank - 1] == dims[:-1] and order == (*range(rank - 1), rank, rank - 1):
        return idioms.instead(
            operation, [turned, parted], "channel_shuffle", [parted.x], groups=inner[rank - 1], channels=-1
        )
    return None


_TABLES: list[dict[str, list[Idiom]]] = [NORM_RULES, ACTIVATION_RULES, PADDING_RULES, {"reshape": [_shuffle]}]


_PASSING = frozenset({"identity", "cast", "quantize"})


def _without_passing(graph: TensorGraph) -> list[Operation]:
    """Return the operations without those that only round or rename elements: what they give is what they take."""
    kept: list[Operation] = []
    same: dict[int, Tensor] = {}
    outputs = {id(tensor) for tensor in graph.outputs}
    for operation in graph.operations:
        if any(tensor is not None and id(tensor) in same for tensor in operation.inputs):
            inputs = [same.get(id(tensor), tensor) if tensor is not None else None for tensor in operation.inputs]
            operation = Operation(
                operation.kind, inputs, operation.outputs, operation.attributes, operation.name, operation.operator
            )
        if operation.kind in _PASSING and id(operation.outputs[0]) not in outputs and len(operation.outputs) == 1:
            same[id(operation.outputs[0])] = operation.x
        else:
            kept.append(operation)
    return kept


def recognised(graph: TensorGraph) -> list[Operation]:
    """Return a graph's operations with idioms in place of their parts."""
    rules: dict[str, list[Idiom]] = {}
    for table in _TABLES:
        for kind, some in table.items():
            rules.setdefault(kind, []).extend(some)
    return Idioms(graph, _without_passing(graph)).run(rules)
