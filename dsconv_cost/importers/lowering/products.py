"""Products of tensors, attention, recurrence."""

from collections.abc import Callable
from math import prod
from typing import Any

from dsconv_cost.importers.lowering.foreign import ForeignMove, ForeignProduct, ForeignWeights
from dsconv_cost.importers.lowering.layout import Layout, channels_last, essential, shifted
from dsconv_cost.importers.lowering.lowering import Lowering, NotLowered
from dsconv_cost.importers.rules import Dims, axis_from_start, einsum_terms
from dsconv_cost.importers.tensors import Operation, Tensor
from dsconv_cost.layers.attention import Attention
from dsconv_cost.layers.base import Layer
from dsconv_cost.layers.counts import ZERO, Counts
from dsconv_cost.layers.product import MatMul
from dsconv_cost.layers.recurrent import LAST, Gru, Lstm, Recurrent, Rnn
from dsconv_cost.layers.shapes import MOST_SIDES, Shape

_BATCHED = 3
"""How many axes a batch, positions and features are."""
_CELLS: dict[str, type[Recurrent]] = {"lstm": Lstm, "gru": Gru, "rnn": Rnn}
_TRANSPOSED = {(False, False): "neither", (True, False): "first", (False, True): "second", (True, True): "both"}


def _matmul(lowering: Lowering, operation: Operation) -> None:
    """A product of two tensors, of which at most one is learned."""
    a, b = operation.inputs[:2]
    y = operation.outputs[0]
    assert a is not None
    assert b is not None
    turns = bool(operation.attributes.get("transpose_a")), bool(operation.attributes.get("transpose_b"))
    layouts = _matrices(a.sizes, b.sizes) if a.is_data and b.is_data else None
    if layouts is None:
        _product(lowering, operation, [a, b], prod(y.sizes) * a.sizes[-2 if turns[0] and len(a.sizes) > 1 else -1])
        return
    first, second, whole = layouts
    (one, turned_one), (other, turned_other) = (
        _rows_and_columns(lowering, *pair) for pair in ((a, first), (b, second))
    )
    turns = turns[0] != turned_one, turns[1] != turned_other
    lowering.place(y, lowering.add(MatMul(transposed=_TRANSPOSED[turns]), (one, other)), whole)


def _rows_and_columns(lowering: Lowering, tensor: Tensor, layout: Layout) -> tuple[int, bool]:
    """Return the node of matrices, and whether it has their rows and columns the other way round."""
    node, own = lowering.placed(tensor)
    turned = (*layout[:-2], layout[-1], layout[-2])
    if essential(tensor.sizes, own) == essential(tensor.sizes, turned) != essential(tensor.sizes, layout):
        return node, True
    return lowering.arranged(tensor, layout), False


def _matrices(a: Dims, b: Dims) -> tuple[Layout, Layout, Layout] | None:
    """Return the layouts of two factors and of their product: matrices side by side, rows, columns.

    None for a vector, or where more axes are in front than a shape has and they cannot be taken as one.
    """
    if min(len(a), len(b)) < 2:
        return None
    rank = max(len(a), len(b))
    padded = [(1,) * (rank - len(dims)) + dims for dims in (a, b)]
    before = [axis for axis in range(rank - 2) if padded[0][axis] != 1 or padded[1][axis] != 1]
    groups: list[tuple[int, ...]] = [(axis,) for axis in before]
    if len(before) > MOST_SIDES - 1:
        if any(padded[0][axis] != padded[1][axis] for axis in before):
            return None
        groups = [tuple(before)]
    whole = (*groups, (rank - 2,), (rank - 1,))
    return shifted(whole, len(a) - rank), shifted(whole, len(b) - rank), whole


def _einsum(lowering: Lowering, operation: Operation) -> None:
    given = [tensor for tensor in operation.inputs if tensor is not None]
    letters, output, sizes = einsum_terms(operation.attributes["equation"], [tensor.sizes for tensor in given])
    if len(given) > 2:
        raise NotLowered(
            "a product of more than two tensors, whose cost depends on the order: write it as products of two"
        )
    summed = set("".join(letters)) - set(output)
    macs = prod(sizes[letter] for letter in {*"".join(letters)}) if len(given) == 2 and summed else 0
    _product(lowering, operation, given, macs)


def _product(lowering: Lowering, operation: Operation, given: list[Tensor], macs: int) -> None:
    """Add a product that has no word of ours, or that elements of the file take part in."""
    y = operation.outputs[0]
    sources = [lowering.placed(tensor).node for tensor in given if tensor.is_data]
    learned = [tensor for tensor in given if not tensor.is_data and tensor.origins]
    layout = channels_last(y.sizes)
    if not learned:
        type_ = ForeignProduct if macs else ForeignMove
        lowering.foreign(type_, y, sources, layout, Counts(macs=macs) if macs else ZERO)
        return
    fresh = sum(
        t.elements for t, known in zip(learned, lowering.learned(*learned, by_next=True), strict=True) if not known
    )
    lowering.foreign(ForeignWeights, y, sources, layout, Counts(macs=macs, weights=fresh))


def _attention(lowering: Lowering, operation: Operation) -> None:
    """Scores and sums of values: positions of the query x keys x (features of the query + features of the values)."""
    query, key, value = operation.inputs[:3]
    y = operation.outputs[0]
    assert query is not None
    assert key is not None
    assert value is not None
    heads = operation.attributes.get("heads", 1)
    layouts = _heads_and_positions(query.sizes, key.sizes, value.sizes, heads)
    if layouts is not None and all(tensor.is_data for tensor in (query, key, value)):
        layout, heads = layouts
        shared = operation.attributes.get("key_heads", heads) if len(query.sizes) == _BATCHED else heads
        nodes = [lowering.arranged(tensor, layout) for tensor in (query, key, value)]
        lowering.place(y, lowering.add(Attention(heads=heads, kv_heads=shared), nodes), layout)
        return
    macs = prod(query.sizes[:-1]) * key.sizes[-2] * (query.sizes[-1] + y.sizes[-1])
    sources = [lowering.placed(tensor).node for tensor in (query, key, value) if tensor is not None and tensor.is_data]
    lowering.foreign(ForeignProduct, y, sources, channels_last(y.sizes), Counts(macs=macs))


def _heads_and_positions(query: Dims, key: Dims, value: Dims, heads: int) -> tuple[Layout, int] | None:
    """Return where the features and the positions are, and how many heads: in the features, or in an axis before the positions."""
    ranks = {len(query), len(key), len(value)}
    if len(ranks) > 1 or any(dims[0] != 1 for dims in (query, key, value)):
        return None
    if ranks == {_BATCHED}:
        return ((2,), (1,)), heads
    if ranks == {_BATCHED + 1} and heads == 1 and query[1] == key[1] == value[1]:
        return ((1, 3), (2,)), query[1]
    return None


def _recurrent(lowering: Lowering, operation: Operation) -> None:
    """Add a layer of recurrence; one that ours do not have, e.g. with other biases, has the counts of its tensors."""
    x, a = operation.x, operation.attributes
    time = axis_from_start(a.get("time_axis", 0), 3)
    steps, features = x.sizes[time], x.sizes[2]
    hidden, directions, projection = a["hidden"], a.get("directions", 1), a.get("projection")
    type_ = _CELLS[a["cell"]]
    gates = type_.gates * hidden * directions
    matrices = gates * (features + (projection or hidden)) + (projection or 0) * hidden * directions
    learned = [tensor for tensor in operation.inputs[1:] if tensor is not None and not tensor.is_data]
    elements = sum(tensor.elements for tensor in learned)
    source = lowering.arranged(x, ((2,), (time,)))
    biases, rest = divmod(elements - matrices, gates)
    layer: Layer
    if rest == 0 and 0 <= biases <= 2:
        fields: dict[str, Any] = {"projection": projection} if projection else {}
        if a.get("last"):
            fields["returns"] = LAST
        layer = type_(units=hidden, directions=directions, biases=biases, **fields)
    else:
        amounts = Counts(weights=elements, macs=steps * matrices)
        left = 1 if a.get("last") else steps
        layer = ForeignWeights(operation.operator, Shape(directions * (projection or hidden), left), amounts)
    node = lowering.add(layer, (source,))
    known = lowering.learned(*learned)
    if learned and known[0]:
        lowering.borrow(node, learned[0])
    elif not learned or not learned[0].origins:
        lowering.recount(node, weights=0, biases=0)
    _place_recurrent(lowering, operation, node, time)


def _place_recurrent(lowering: Lowering, operation: Operation, node: int, time: int) -> None:
    a, outputs = operation.attributes, operation.outputs
    y = outputs[0]
    if a.get("layout", "onnx") == "onnx":
        lowering.place(y, node, ((1, 3), (0,)))
    elif a.get("last"):
        lowering.place(y, node, ((1,), (0,)))
    else:
        lowering.place(y, node, ((2,), (time,)))
    for state in outputs[1:]:
        if id(state) in lowering.takers:
            lowering.move(state, (node,), ((0, 2),))


PRODUCT_KINDS: dict[str, Callable[[Lowering, Operation], None]] = {
    "matmul": _matmul, "einsum": _einsum, "attention": _attention, "rnn": _recurrent,
}  # fmt: skip
