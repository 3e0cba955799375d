"""Convolutions, linear layers, embeddings."""

from collections.abc import Callable
from math import prod

from dsconv_cost.importers.lowering.fields import fields_of_convolution, per_side, window_fields
from dsconv_cost.importers.lowering.foreign import ForeignProduct
from dsconv_cost.importers.lowering.layout import Layout, channels_at, with_channels
from dsconv_cost.importers.lowering.lowering import Lowering, NotLowered, stored_elements
from dsconv_cost.importers.rules import axis_from_start, channels_and_sides
from dsconv_cost.importers.tensors import Operation, Tensor
from dsconv_cost.layers.base import Layer
from dsconv_cost.layers.convolution import Conv, DepthwiseConv
from dsconv_cost.layers.counts import Counts
from dsconv_cost.layers.embedding import Embedding
from dsconv_cost.layers.linear import Linear
from dsconv_cost.layers.transposed import ConvTranspose


def weight_and_bias(operation: Operation) -> tuple[Tensor, Tensor | None]:
    """Return what a convolution or linear layer multiplies by and adds."""
    inputs = operation.inputs
    weight = inputs[1] if len(inputs) > 1 else None
    if weight is None:
        raise NotLowered("its weight is missing")
    return weight, inputs[2] if len(inputs) > 2 else None


def count_once(lowering: Lowering, node: int, weight: Tensor, bias: Tensor | None) -> None:
    """Leave out what an earlier layer counts, or what is a constant. A bias is counted nowhere else than its weight."""
    known, bias_known = lowering.learned(weight, bias)
    if known:
        lowering.borrow(node, weight)
        return
    if not weight.origins:
        lowering.recount(node, weights=0)
    if bias is not None and (bias_known or not bias.origins):
        lowering.recount(node, biases=0)
    elif bias is not None and stored_elements(bias) < bias.elements and lowering.nodes[node].counts.biases:
        lowering.recount(node, biases=stored_elements(bias))  # e.g. of query and value, and zeros for the key


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
        more = per_side(a.get("output_padding") or (0,) * len(sides))
        layer = ConvTranspose(
            out_channels=leaving, groups=groups, bias=has_bias, output_padding=more, **window_fields(a)
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
    learned = [t for t in (weight, bias) if t is not None and not t.is_data]
    fresh = sum(
        t.elements
        for t, known in zip(learned, lowering.learned(*learned, by_next=True), strict=True)
        if not known and t.origins
    )
    amounts = Counts(macs=weight.elements * positions, weights=fresh)
    lowering.foreign(ForeignProduct, y, sources, layout, amounts)


def _linear(lowering: Lowering, operation: Operation) -> None:
    x, y = operation.x, operation.outputs[0]
    weight, bias = weight_and_bias(operation)
    features = operation.attributes["out_features"]
    axis = axis_from_start(operation.attributes.get("axis", -1), len(x.sizes))
    own = lowering.placed(x).layout
    layout = own if own[0] == (axis,) else with_channels(x.sizes, axis)
    source = lowering.arranged(x, layout)
    if bias is not None and (bias.is_data or bias.elements not in (1, features)):
        raise NotLowered(f"a bias of {bias.elements:,} elements for {features:,} features")
    node = lowering.add(Linear(out_features=features, bias=bias is not None), (source,))
    count_once(lowering, node, weight, bias)
    if bias is not None and bias.elements < features and lowering.nodes[node].counts.biases:
        lowering.recount(node, biases=bias.elements)
    lowering.place(y, node, layout)


def _embedding(lowering: Lowering, operation: Operation) -> None:
    indices, table = operation.inputs[:2]
    y = operation.outputs[0]
    assert indices is not None
    assert table is not None
    rank = len(indices.sizes)
    sides = channels_at(y.sizes, rank, [axis for axis in range(rank) if axis or indices.sizes[0] != 1])[1:]
    source = lowering.arranged(indices, ((), *sides))
    vocabulary, features = table.sizes
    node = lowering.add(Embedding(features=features, vocabulary=vocabulary), (source,))
    if lowering.learned(table)[0]:
        lowering.borrow(node, table)
    elif not table.origins:
        lowering.recount(node, weights=0)
    lowering.place(y, node, ((rank,), *sides))


WEIGHTED_KINDS: dict[str, Callable[[Lowering, Operation], None]] = {
    "conv": _conv, "conv_transpose": _conv, "linear": _linear, "embedding": _embedding,
}  # fmt: skip
