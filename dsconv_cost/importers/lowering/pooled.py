"""Pools, and reductions along axes."""

from collections.abc import Callable
from math import prod

from dsconv_cost.importers.lowering.fields import axis_name, padding_of, per_side
from dsconv_cost.importers.lowering.foreign import ForeignReduction
from dsconv_cost.importers.lowering.layout import Layout, channels_at, essential, without
from dsconv_cost.importers.lowering.lowering import Lowering, NotLowered
from dsconv_cost.importers.rules import axes_from_start, channels_and_sides
from dsconv_cost.importers.tensors import Operation
from dsconv_cost.layers.base import Layer
from dsconv_cost.layers.counts import Counts
from dsconv_cost.layers.pooling import AvgPool, GlobalAvgPool, GlobalMaxPool, MaxPool, Reduce

_REDUCE_WORDS = frozenset({"mean", "max", "sum"})


def _pool(lowering: Lowering, operation: Operation) -> None:
    x, y, a = operation.x, operation.outputs[0], operation.attributes
    channels, sides = channels_and_sides(x.sizes, a)
    layout = channels_at(x.sizes, channels, sides)
    source = lowering.arranged(x, layout)
    kernel = tuple(a["kernel"])
    is_whole = kernel == tuple(x.sizes[axis] for axis in sides) and all(y.sizes[axis] == 1 for axis in sides)
    if is_whole and (a["pads"] == "same" or not any(map(any, a["pads"]))):
        whole = GlobalMaxPool if operation.kind == "maxpool" else GlobalAvgPool
        lowering.place(y, lowering.add(whole(), (source,)), layout)
    elif any(step != 1 for step in a.get("dilation") or ()):
        lowering.foreign(ForeignReduction, y, (source,), layout, Counts(pooled=y.elements * prod(kernel)))
    else:
        fields = {
            "kernel": per_side(kernel), "stride": per_side(a["stride"]), "padding": padding_of(a["pads"]),
            "ceil_mode": bool(a.get("ceil_mode")),
        }  # fmt: skip
        layer: Layer
        if operation.kind == "maxpool":
            layer = MaxPool(**fields)
        else:
            padded = a["pads"] == "same" or any(map(any, a["pads"]))
            layer = AvgPool(**fields, count_padding=bool(a.get("count_padding")) or not padded)
        lowering.place(y, lowering.add(layer, (source,)), layout)
    for indices in operation.outputs[1:]:
        lowering.move(indices, (source,), layout)


def _reduce(lowering: Lowering, operation: Operation) -> None:
    """A reduction: of all sides a global pool, of whole axes of the shape `reduce`, else one without a word of ours."""
    x, y, a = operation.x, operation.outputs[0], operation.attributes
    dims = x.sizes
    assert dims is not None
    axes = axes_from_start(a["axes"], len(dims)) if a.get("axes") is not None else list(range(len(dims)))
    word = a["function"]
    own = lowering.placed(x).layout
    node = lowering.placed(x).node
    left = (
        without(own, axes)
        if not a.get("keep", True)
        else tuple(tuple(axis for axis in group if axis not in axes) for group in own)
    )
    gone = {axis for axis in axes if dims[axis] != 1}
    groups = essential(dims, own)
    touched = [at for at, group in enumerate(groups) if gone & set(group)]
    if any(not set(groups[at]) <= gone for at in touched) or word not in _REDUCE_WORDS:
        lowering.foreign(ForeignReduction, y, (node,), left, Counts(pooled=x.elements))
        return
    layer = _reduction(word, own, groups, touched)
    lowering.place(y, lowering.add(layer, (node,)) if layer is not None else node, left)


def _reduction(word: str, layout: Layout, groups: Layout, touched: list[int]) -> Layer | None:
    """Return the layer of a reduction of whole axes of a shape; None where every one of them has size 1 already."""
    if not touched:
        return None
    sides = [at for at, group in enumerate(groups) if at and group]
    if touched == sides and len(layout) > 1 and word in ("mean", "max"):
        return GlobalAvgPool() if word == "mean" else GlobalMaxPool()
    if len(layout) < 1:
        raise NotLowered("a reduction of a single number")
    return Reduce(how=word, over=tuple([axis_name(len(layout) - 1, at) for at in touched]))


POOL_KINDS: dict[str, Callable[[Lowering, Operation], None]] = {"maxpool": _pool, "avgpool": _pool, "reduce": _reduce}
