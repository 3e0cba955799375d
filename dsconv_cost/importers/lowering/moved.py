"""Operations that move elements: most only relabel axes, the others are layers that cost nothing."""

from collections.abc import Callable

from dsconv_cost.importers.lowering.fields import axis_name, padding_of, per_side
from dsconv_cost.importers.lowering.foreign import ForeignMove, ForeignReduction
from dsconv_cost.importers.lowering.layout import (
    Layout,
    channels_at,
    channels_last,
    covers,
    essential,
    relabelled,
    reshaped,
    shape_of,
)  # fmt: skip
from dsconv_cost.importers.lowering.lowering import Lowering
from dsconv_cost.importers.rules import axis_from_start, channels_and_sides
from dsconv_cost.importers.tensors import Operation, Tensor
from dsconv_cost.layers.base import Layer
from dsconv_cost.layers.counts import Counts
from dsconv_cost.layers.reshape import ChannelShuffle, DepthToSpace, Dropout, Flatten, SpaceToDepth, ToShape
from dsconv_cost.layers.resize import Pad, Resize, Slice, Upsample


def _nothing(lowering: Lowering, operation: Operation) -> None:
    """An operation that changes no element."""
    lowering.places[id(operation.outputs[0])] = lowering.placed(operation.inputs[0])


def _quantize(lowering: Lowering, operation: Operation) -> None:
    _nothing(lowering, operation)
    for number in operation.outputs[1:]:
        if id(number) in lowering.takers:
            x = operation.x
            lowering.foreign(ForeignReduction, number, (lowering.placed(x).node,), ((),), Counts(pooled=x.elements))


def _dropout(lowering: Lowering, operation: Operation) -> None:
    placed = lowering.placed(operation.inputs[0])
    lowering.place(operation.outputs[0], lowering.add(Dropout(), (placed.node,)), placed.layout)


def _transpose(lowering: Lowering, operation: Operation) -> None:
    placed = lowering.placed(operation.inputs[0])
    layout = relabelled(placed.layout, operation.attributes["order"])
    lowering.places[id(operation.outputs[0])] = placed._replace(layout=layout)


def _reshape(lowering: Lowering, operation: Operation) -> None:
    x, y = operation.x, operation.outputs[0]
    node, own = lowering.placed(x)
    layout = reshaped(x.sizes, own, y.sizes)
    if layout is not None and covers(y.sizes, layout):
        lowering.place(y, node, layout)
        return
    rank = len(y.sizes)
    if rank == 2 and y.sizes[0] == 1:
        layer: Layer = Flatten()
        layout = ((1,), *((),) * (len(lowering.shape(node)) - 1))
        flat = lowering.add(layer, (node,))
        if lowering.shape(flat) != shape_of(y.sizes, layout):
            layout = ((1,),)
        lowering.place(y, flat, layout)
        return
    layout = _layout_after(x.sizes, own, y.sizes)
    lowering.place(y, lowering.add(ToShape(size=tuple(shape_of(y.sizes, layout))), (node,)), layout)


def _layout_after(before: tuple[int, ...], own: Layout, after: tuple[int, ...]) -> Layout:
    """Return the layout of a reshaped tensor whose elements move between channels and sides."""
    rank = len(after)
    channels = essential(before, own)[0]
    first = next((axis for axis in range(rank) if after[axis] != 1), 0)
    in_front = bool(channels) and channels[0] == min((a for group in essential(before, own) for a in group), default=0)
    if in_front and first == 1 and after[0] == 1 and rank <= 4:
        return channels_at(after, 1, range(2, rank))
    return channels_last(after)


def _slice(lowering: Lowering, operation: Operation) -> None:
    x, y = operation.x, operation.outputs[0]
    parts = [(axis_from_start(axis, len(x.sizes)), *part) for axis, *part in operation.attributes["parts"]]
    _taken(lowering, x, y, parts)


def _taken(lowering: Lowering, x: Tensor, y: Tensor, parts: list[tuple[int, ...]]) -> None:
    """Add what takes a part of some axes."""
    node, layout = lowering.placed(x)
    groups = essential(x.sizes, layout)
    taken: dict[str, tuple[int, int, int]] = {}
    for axis, start, stop, step in parts:
        if x.sizes[axis] == y.sizes[axis] and step > 0:
            continue
        at = next((i for i, group in enumerate(groups) if group == (axis,)), None)
        if at is None or step < 0 or y.sizes[axis] == 0:
            own = layout if covers(y.sizes, layout) else channels_last(y.sizes)
            lowering.move(y, (node,), own)
            return
        taken[axis_name(len(layout) - 1, at)] = (start, stop, step)
    made = lowering.add(Slice(**taken), (node,)) if taken else node
    lowering.place(y, made, layout)


def _split(lowering: Lowering, operation: Operation) -> None:
    x = operation.x
    axis = axis_from_start(operation.attributes["axis"], len(x.sizes))
    start = 0
    for part, size in zip(operation.outputs, operation.attributes["sizes"], strict=False):
        if id(part) in lowering.takers or id(part) in lowering.outputs:
            _taken(lowering, x, part, [(axis, start, start + size, 1)])
        start += size


def _pad(lowering: Lowering, operation: Operation) -> None:
    x, y, pads = operation.x, operation.outputs[0], operation.attributes["pads"]
    node, layout = lowering.placed(x)
    groups = essential(x.sizes, layout)
    ends: list[tuple[int, int]] = [(0, 0)] * len(layout)
    fits = True
    for axis, (before, after) in enumerate(pads):
        if not (before or after):
            continue
        at = next(
            (i for i, group in enumerate(groups) if axis in layout[i] and len(group) <= 1 and group in ((axis,), ())),
            None,
        )
        if at is None or min(before, after) < 0:
            fits = False
        else:
            ends[at] = (before, after)
    if not fits:
        lowering.move(y, (node,), layout if covers(y.sizes, layout) else channels_last(y.sizes))
        return
    sides = padding_of(ends[1:]) if any(map(any, ends[1:])) else ()
    lowering.place(y, lowering.add(Pad(sides=sides, channels=ends[0]), (node,)), layout)


def _resize(lowering: Lowering, operation: Operation) -> None:
    x, y = operation.x, operation.outputs[0]
    node, layout = lowering.placed(x)
    if x.sizes == y.sizes:
        lowering.place(y, node, layout)
        return
    groups = layout[1:]
    changed = {axis for axis, size in enumerate(y.sizes) if size != x.sizes[axis]}
    if (
        any(axis in layout[0] for axis in changed)
        or any(len(g) != 1 for g in groups)
        or not covers(y.sizes, layout)
        or not groups
    ):
        lowering.move(y, (node,), layout if covers(y.sizes, layout) else channels_last(y.sizes))
        return
    sides = [(x.sizes[g[0]], y.sizes[g[0]]) for g in groups]
    mode = operation.attributes.get("mode", "nearest")
    layer: Layer
    if all(after % before == 0 for before, after in sides):
        layer = Upsample(factor=per_side([after // before for before, after in sides]), mode=mode)
    else:
        layer = Resize(size=per_side([after for _, after in sides]), mode=mode)
    lowering.place(y, lowering.add(layer, (node,)), layout)


def _blocks(lowering: Lowering, operation: Operation) -> None:
    x, y, a = operation.x, operation.outputs[0], operation.attributes
    layout = channels_at(x.sizes, *channels_and_sides(x.sizes, a))
    source = lowering.arranged(x, layout)
    layer: Layer
    if operation.kind == "channel_shuffle":
        layer = ChannelShuffle(groups=a["groups"])
    else:
        type_ = SpaceToDepth if operation.kind == "space_to_depth" else DepthToSpace
        layer = type_(factor=a["factor"])
    lowering.place(y, lowering.add(layer, (source,)), layout)


def _elsewhere(lowering: Lowering, operation: Operation) -> None:
    """Elements that are gathered, scattered, repeated or left out."""
    nodes = [lowering.placed(tensor).node for tensor in operation.inputs if tensor is not None and tensor.is_data]
    first = operation.inputs[0]
    for y in operation.outputs:
        layout: Layout | None = None
        if first is not None and first.is_data and first.dims is not None and len(first.dims) == len(y.sizes):
            layout = lowering.placed(first).layout
        layout = layout if layout is not None and covers(y.sizes, layout) else channels_last(y.sizes)
        lowering.foreign(ForeignMove, y, nodes, layout)


MOVE_KINDS: dict[str, Callable[[Lowering, Operation], None]] = {
    "identity": _nothing, "cast": _nothing, "quantize": _quantize, "dropout": _dropout, "transpose": _transpose, "reshape": _reshape,
    "slice": _slice, "split": _split, "pad": _pad, "resize": _resize, "space_to_depth": _blocks, "depth_to_space": _blocks,
    "channel_shuffle": _blocks,
    **dict.fromkeys(
        ["gather", "expand", "tile", "flip", "roll", "rearrange", "scatter", "gather_elements", "gather_nd", "top_k", "one_hot", "cumulate",
         "triangle", "free"],
        _elsewhere,
    ),
}  # fmt: skip
