"""One pass over a graph of tensors that puts idioms in place of their parts."""

from dsconv_cost.importers.idioms.activations import ACTIVATION_RULES
from dsconv_cost.importers.idioms.matching import Idiom, Idioms
from dsconv_cost.importers.idioms.norms import NORM_RULES
from dsconv_cost.importers.tensors import Operation, TensorGraph


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


_TABLES: list[dict[str, list[Idiom]]] = [NORM_RULES, ACTIVATION_RULES, {"reshape": [_shuffle]}]


def recognised(graph: TensorGraph) -> list[Operation]:
    """Return a graph's operations with idioms in place of their parts."""
    rules: dict[str, list[Idiom]] = {}
    for table in _TABLES:
        for kind, some in table.items():
            rules.setdefault(kind, []).extend(some)
    return Idioms(graph).run(rules)
