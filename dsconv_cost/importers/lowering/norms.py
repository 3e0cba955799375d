"""Normalisations, activations and functions of elements."""

from collections.abc import Callable

from dsconv_cost.importers.lowering.foreign import ForeignElementwise, ForeignNorm
from dsconv_cost.importers.lowering.layout import Layout, with_channels
from dsconv_cost.importers.lowering.lowering import Lowering
from dsconv_cost.importers.rules import axes_from_start, axis_from_start, channels_and_sides
from dsconv_cost.importers.tensors import Operation, Tensor
from dsconv_cost.layers.activation import ACTIVATIONS, PER_CHANNEL, PER_ELEMENT, PER_LAYER, Activation
from dsconv_cost.layers.base import Layer
from dsconv_cost.layers.convolution import Convolution
from dsconv_cost.layers.counts import Counts
from dsconv_cost.layers.function import ELEMENT_FUNCTIONS
from dsconv_cost.layers.linear import Linear
from dsconv_cost.layers.norm import BatchNorm, GroupNorm, InstanceNorm, LayerNorm, LocalResponseNorm, Norm, RmsNorm

_ACTIVATION_TYPES = {one.type: one for one in ACTIVATIONS}
_FUNCTION_TYPES = {one.type: one for one in ELEMENT_FUNCTIONS}
_NORM_TYPES: dict[str, type[Norm]] = {
    "batchnorm": BatchNorm, "layernorm": LayerNorm, "rmsnorm": RmsNorm, "groupnorm": GroupNorm, "instancenorm": InstanceNorm,
}  # fmt: skip


def _norm(lowering: Lowering, operation: Operation) -> None:
    x, y = operation.x, operation.outputs[0]
    layout = _norm_layout(lowering, operation, x)
    scale, shift = (operation.inputs[i] if len(operation.inputs) > i else None for i in (1, 2))
    scale, shift = (tensor if tensor is not None and tensor.origins else None for tensor in (scale, shift))
    given = [tensor for tensor in (scale, shift) if tensor is not None]
    source = lowering.arranged(x, layout)
    channels = lowering.shape(source).channels
    known = lowering.learned(*given, by_next=True)
    fresh = sum(t.elements for t, is_known in zip(given, known, strict=True) if not is_known)
    if any(t.elements != channels for t in given):
        amounts = Counts(norm=fresh, normalised=x.elements)
        lowering.foreign(ForeignNorm, y, (source,), layout, amounts)
        return
    values: dict[str, object] = {"scale": scale is not None, "shift": shift is not None}
    if operation.kind == "groupnorm":
        values["groups"] = operation.attributes["groups"]
    node = tail_or_layer(lowering, x, source, _NORM_TYPES[operation.kind](**values), "norm")
    if given and all(known):
        lowering.borrow(node, given[0])
    elif any(known):
        lowering.recount(node, norm=fresh)
    lowering.place(y, node, layout)


def _norm_layout(lowering: Lowering, operation: Operation, x: Tensor) -> Layout:
    """Return the layout in which the channels are what the norm has a scale for each of."""
    dims = x.sizes
    assert dims is not None
    own = lowering.placed(x).layout
    if operation.kind in ("layernorm", "rmsnorm"):
        axes = tuple(axes_from_start(operation.attributes["axes"], len(dims)))
        if own[0] == axes:
            return own
        if len(axes) == 1:
            return with_channels(dims, axes[0])
        others = [axis for axis in range(len(dims)) if axis not in axes and (axis or dims[0] != 1)]
        return (axes, *[(axis,) for axis in others])
    channels, _ = channels_and_sides(dims, operation.attributes)
    return own if own[0] == (channels,) else with_channels(dims, channels)


def tail_or_layer(lowering: Lowering, x: Tensor, source: int, layer: Layer, part: str) -> int:
    """Add a norm or activation: to the item of the convolution before it where it is the only one that takes its output."""
    if source >= 0 and lowering.placed(x).node == source and lowering.takers.get(id(x)) == 1:
        before = lowering.nodes[source]
        if isinstance(before.layer, (Convolution, Linear)) and (part == "act" or isinstance(before.layer, Convolution)):
            return lowering.add_tail(layer, source, part)
        if part == "act" and before.part == "norm":
            return lowering.add_tail(layer, source, part)
    return lowering.add(layer, (source,))


def _lrn(lowering: Lowering, operation: Operation) -> None:
    x, y = operation.x, operation.outputs[0]
    placed = lowering.placed(x)
    layer = LocalResponseNorm(size=operation.attributes.get("size", 5))
    lowering.place(y, lowering.add(layer, (placed.node,)), placed.layout)


def _l2_norm(lowering: Lowering, operation: Operation) -> None:
    x, y = operation.x, operation.outputs[0]
    placed = lowering.placed(x)
    lowering.foreign(ForeignNorm, y, (placed.node,), placed.layout, Counts(normalised=x.elements))


def _activation(lowering: Lowering, operation: Operation) -> None:
    x, y = operation.x, operation.outputs[0]
    word = operation.attributes["function"]
    placed = lowering.placed(x)
    node, layout = placed.node, placed.layout
    type_ = _ACTIVATION_TYPES.get(word)
    if type_ is None:
        lowering.foreign(ForeignElementwise, y, (node,), layout, Counts(activated=x.elements))
        return
    if word in ("softmax", "log_softmax") and operation.attributes.get("axis") is not None:
        axis = axis_from_start(operation.attributes["axis"], len(x.sizes))
        if axis not in layout[0] and x.sizes[axis] != 1:
            layout = with_channels(x.sizes, axis)
            node = lowering.arranged(x, layout)
    slope = operation.inputs[1] if len(operation.inputs) > 1 else None
    layer: Activation = type_(slopes=_slopes(x, slope, lowering.shape(node).channels)) if slope is not None else type_()
    if slope is not None:
        (known,) = lowering.learned(slope, by_next=True)
        made = lowering.add(layer, (node,))
        if known or slope.elements != lowering.nodes[made].counts.weights or not slope.origins:
            lowering.recount(made, weights=0 if known or not slope.origins else slope.elements)
    else:
        made = tail_or_layer(lowering, x, node, layer, "act")
    lowering.place(y, made, layout)


def _slopes(x: Tensor, slope: Tensor, channels: int) -> str:
    if slope.elements == channels and channels > 1:
        return PER_CHANNEL
    return PER_ELEMENT if slope.elements == x.elements and slope.elements > 1 else PER_LAYER


def _function(lowering: Lowering, operation: Operation) -> None:
    x, y = operation.x, operation.outputs[0]
    placed = lowering.placed(x)
    type_ = _FUNCTION_TYPES.get(operation.attributes["function"])
    if type_ is None:
        lowering.foreign(ForeignElementwise, y, (placed.node,), placed.layout, Counts(activated=x.elements))
        return
    lowering.place(y, lowering.add(type_(), (placed.node,)), placed.layout)


NORM_KINDS: dict[str, Callable[[Lowering, Operation], None]] = {
    **dict.fromkeys(_NORM_TYPES, _norm), "lrn": _lrn, "l2norm": _l2_norm, "activation": _activation, "function": _function,
}  # fmt: skip
