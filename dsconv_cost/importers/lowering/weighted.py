"""Convolutions, linear layers, products, recurrence, embeddings."""

from collections.abc import Callable
from math import prod

from dsconv_cost.importers.lowering.fields import fields_of_convolution, per_side, window_fields
from dsconv_cost.importers.lowering.foreign import ForeignProduct, ForeignTable, ForeignWeights
from dsconv_cost.importers.lowering.layout import Layout, channels_at, channels_last, with_channels
from dsconv_cost.importers.lowering.lowering import Lowering, NotLowered
from dsconv_cost.importers.rules import axis_from_start, channels_and_sides, einsum_terms
from dsconv_cost.importers.tensors import Operation, Tensor
from dsconv_cost.layers.base import Layer
from dsconv_cost.layers.convolution import Conv, DepthwiseConv
from dsconv_cost.layers.counts import Counts
from dsconv_cost.layers.linear import Linear
from dsconv_cost.layers.shapes import Shape
from dsconv_cost.layers.transposed import ConvTranspose

GATES = {"lstm": 4, "gru": 3, "rnn": 1}


def weight_and_bias(operation: Operation) -> tuple[Tensor, Tensor | None]:
    inputs = operation.inputs
    weight = inputs[1] if len(inputs) > 1 else None
    if weight is None:
        raise NotLowered("its weight is missing")
    return weight, inputs[2] if len(inputs) > 2 else None


def count_once(lowering: Lowering, node: int, weight: Tensor, bias: Tensor | None) -> None:
    """Leave out what an earlier layer counts, or what is a constant. A bias is counted where its weight is."""
    known, _ = lowering.learned(weight, bias)
    if known or not weight.origins:
        lowering.recount(node, weights=0)
    if bias is not None and (known or not bias.origins):
        lowering.recount(node, biases=0)


def _conv(lowering: Lowering, operation: Operation) -> None:
    x, y = operation.x, operation.outputs[0]
    weight, bias = weight_and_bias(operation)
    a = operation.attributes
    channels, sides = channels_and_sides(x.sizes, a)
    layout = channels_at(x.sizes, channels, sides)
    source = lowering.arranged(x, layout)
    moved = [lowering.placed(t).node for t in operation.inputs[3:] if t is not None and t.is_data]
    arriving, groups, leaving = x.sizes[channels], a.get("groups", 1), a["out_channels"]
    if weight.is_data or (bias is not None and bias.is_data):
        _conv_of_data(lowering, operation, source, layout)
        return
    has_bias = bias is not None
    fields = fields_of_convolution(a, *[[tensor.sizes[axis] for axis in sides] for tensor in (x, y)])
    layer: Layer
    if operation.kind == "conv_transpose":
        more = a.get("output_padding") or (0,) * len(sides)
        layer = ConvTranspose(
            out_channels=leaving, groups=groups, bias=has_bias, output_padding=per_side(more), **window_fields(a)
        )
    elif groups == arriving > 1:
        layer = DepthwiseConv(depth_multiplier=leaving // arriving, bias=has_bias, **fields)
    else:
        layer = Conv(out_channels=leaving, groups=groups, bias=has_bias, **fields)
    node = lowering.add(layer, (source, *moved))
    count_once(lowering, node, weight, bias)
    lowering.place(y, node, layout)


def _conv_of_data(lowering: Lowering, operation: Operation, source: int, layout: Layout) -> None:
    """Add a convolution whose kernel is data: as many MACs, and no weights."""
    x, y = operation.x, operation.outputs[0]
    weight, bias = weight_and_bias(operation)
    _, sides = channels_and_sides(x.sizes, operation.attributes)
    met = x if operation.kind == "conv_transpose" else y
    positions = prod([met.sizes[axis] for axis in sides])
    sources = [source, *(lowering.placed(t).node for t in (weight, bias) if t is not None and t.is_data)]
    amounts = Counts(macs=weight.elements * positions)
    learned = [t for t in (weight, bias) if t is not None and not t.is_data]
    fresh = sum(
        t.elements for t, known in zip(learned, lowering.learned(*learned), strict=True) if not known and t.origins
    )
    lowering.foreign(ForeignProduct, y, sources, layout, amounts._replace(weights=fresh))


def _linear(lowering: Lowering, operation: Operation) -> None:
    x, y = operation.x, operation.outputs[0]
    weight, bias = weight_and_bias(operation)
    axis = axis_from_start(operation.attributes.get("axis", -1), len(x.sizes))
    own = lowering.placed(x).layout
    layout = own if own[0] == (axis,) else with_channels(x.sizes, axis)
    source = lowering.arranged(x, layout)
    if bias is not None and (bias.is_data or bias.elements not in (1, operation.attributes["out_features"])):
        raise NotLowered(f"a bias of {bias.elements:,} elements for {operation.attributes['out_features']:,} features")
    node = lowering.add(
        linear_layer(
            operation.operator, operation.attributes["out_features"], bias is not None, lowering.shape(source)
        ),
        (source,),
    )
    count_once(lowering, node, weight, bias)
    if bias is not None and bias.elements == 1 and bias.origins:
        lowering.recount(node, biases=min(1, lowering.nodes[node].counts.biases))
    lowering.place(y, node, layout)


def linear_layer(operator: str, features: int, bias: bool, x: Shape) -> Layer:
    """Return a linear layer; at several positions one without a word of ours."""
    if x.positions == 1:
        return Linear(out_features=features, bias=bias)
    weights = x.channels * features
    amounts = Counts(
        weights=weights, biases=features * bias, macs=weights * x.positions, bias_adds=features * bias * x.positions
    )
    return ForeignWeights(operator, x.with_channels(features), amounts)


def _matmul(lowering: Lowering, operation: Operation) -> None:
    """A product of two tensors, of which at most one is learned."""
    a, b = operation.inputs[:2]
    y = operation.outputs[0]
    assert a is not None
    assert b is not None
    inner = a.sizes[-2 if operation.attributes.get("transpose_a") and len(a.sizes) > 1 else -1]
    _product(lowering, operation, [a, b], prod(y.sizes) * inner)


def _einsum(lowering: Lowering, operation: Operation) -> None:
    given = [tensor for tensor in operation.inputs if tensor is not None]
    letters, output, sizes = einsum_terms(operation.attributes["equation"], [t.dims or () for t in given])
    if len(given) > 2:
        raise NotLowered(
            "a product of more than two tensors, whose cost depends on the order: write it as products of two"
        )
    summed = set("".join(letters)) - set(output)
    macs = prod(sizes[letter] for letter in {*"".join(letters)}) if len(given) == 2 and summed else 0
    _product(lowering, operation, given, macs)


def _product(lowering: Lowering, operation: Operation, given: list[Tensor], macs: int) -> None:
    y = operation.outputs[0]
    sources = [lowering.placed(tensor).node for tensor in given if tensor.is_data]
    learned = [tensor for tensor in given if not tensor.is_data and tensor.origins]
    layout = channels_last(y.sizes)
    if not learned:
        lowering.foreign(ForeignProduct, y, sources, layout, Counts(macs=macs))
        return
    fresh = sum(t.elements for t, known in zip(learned, lowering.learned(*learned), strict=True) if not known)
    lowering.foreign(ForeignWeights, y, sources, layout, Counts(macs=macs, weights=fresh))


def _attention(lowering: Lowering, operation: Operation) -> None:
    """Scores and sums of values: positions of the query x keys x (features of the query + features of the values)."""
    query, key, value = operation.inputs[:3]
    y = operation.outputs[0]
    assert query is not None
    assert key is not None
    assert value is not None
    before = prod(query.sizes[:-1])
    macs = before * key.sizes[-2] * (query.sizes[-1] + y.sizes[-1])
    sources = [lowering.placed(tensor).node for tensor in (query, key, value) if tensor.is_data]
    lowering.foreign(ForeignProduct, y, sources, channels_last(y.sizes), Counts(macs=macs))


def _recurrent(lowering: Lowering, operation: Operation) -> None:
    """A layer of recurrence: at each step and direction G h (features + h) MACs."""
    x, a = operation.x, operation.attributes
    time = axis_from_start(a.get("time_axis", 0), 3)
    steps, features = x.sizes[time], x.sizes[2]
    hidden, directions = a["hidden"], a.get("directions", 1)
    handed_on = a.get("projection") or hidden
    per_step = GATES[a["cell"]] * hidden * (features + handed_on) + (a.get("projection") or 0) * hidden
    source = lowering.arranged(x, ((2,), (time,)))
    whole = Shape(directions * handed_on, steps)
    learned = [tensor for tensor in operation.inputs[1:] if tensor is not None and not tensor.is_data]
    fresh = {True: 0, False: 0}
    for tensor, known in zip(learned, lowering.learned(*learned), strict=True):
        if tensor.origins and not known:
            is_bias = tensor.sizes is not None and (
                len(tensor.sizes) < 2 or (len(tensor.sizes) == 2 and tensor.sizes[0] == directions)
            )
            fresh[is_bias] += tensor.elements
    amounts = Counts(weights=fresh[False], biases=fresh[True], macs=steps * directions * per_step)
    layer = ForeignWeights(operation.operator, whole, amounts)
    node = lowering.add(layer, (source,))
    _place_recurrent(lowering, operation, node, time)


def _place_recurrent(lowering: Lowering, operation: Operation, node: int, time: int) -> None:
    a, outputs = operation.attributes, operation.outputs
    y = outputs[0]
    if a.get("layout", "onnx") == "onnx":
        lowering.place(y, node, ((1, 3), (0,)))
    elif a.get("last"):
        lowering.move(y, (node,), ((1,),))
    else:
        lowering.place(y, node, ((2,), (time,)))
    for state in outputs[1:]:
        lowering.move(state, (node,), ((0, 2),))


def _embedding(lowering: Lowering, operation: Operation) -> None:
    indices, table = operation.inputs[:2]
    y = operation.outputs[0]
    assert indices is not None
    assert table is not None
    (known,) = lowering.learned(table)
    amounts = Counts(weights=0 if known or not table.origins else table.elements)
    lowering.foreign(ForeignTable, y, (lowering.placed(indices).node,), channels_last(y.sizes), amounts)


WEIGHTED_KINDS: dict[str, Callable[[Lowering, Operation], None]] = {
    "conv": _conv, "conv_transpose": _conv, "linear": _linear, "matmul": _matmul, "einsum": _einsum, "attention": _attention,
    "rnn": _recurrent, "embedding": _embedding,
}  # fmt: skip
