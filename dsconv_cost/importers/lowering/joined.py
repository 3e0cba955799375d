"""Joins of tensors element by element, of data with data and of data with what the file holds."""

import re
from collections.abc import Callable, Sequence
from math import prod

from dsconv_cost.importers.lowering.fields import axis_name
from dsconv_cost.importers.lowering.foreign import ForeignElementwise
from dsconv_cost.importers.lowering.layout import Layout, channels_last, covers, shape_of, shifted
from dsconv_cost.importers.lowering.lowering import Lowering
from dsconv_cost.importers.rules import Dims, axis_from_start
from dsconv_cost.importers.tensors import Operation, Tensor
from dsconv_cost.layers.counts import Counts
from dsconv_cost.layers.join import JOINS, Concat, Join
from dsconv_cost.layers.norm import ChannelScale

_JOIN_TYPES: dict[str, type[Join]] = {one.type: one for one in JOINS}
_MODULE_PATH = re.compile(r"[A-Za-z_]\w*(?:\.\w+)+")
_MULTIPLIES = frozenset({"multiply", "divide", "power"})


def _join(lowering: Lowering, operation: Operation) -> None:
    """Add a join. Several floats of the file that take part are learned; one number, or integers, are constants."""
    y = operation.outputs[0]
    dims = y.sizes
    assert dims is not None
    given = [tensor for tensor in operation.inputs if tensor is not None]
    learned = [tensor for tensor in given if is_learned(tensor)]
    taking_part = [tensor for tensor in given if tensor.is_data or is_learned(tensor)]
    layout = _layout_for(lowering, given, dims)
    type_ = _JOIN_TYPES.get(operation.kind)
    fits = all(_repeats_whole_groups(_padded(t.dims or (), len(dims)), dims, layout) for t in taking_part)
    work = _work(operation.kind, len(given), y)
    if type_ is None or not fits or len(taking_part) < len(given) or len(given) < 2:
        nodes = [_anywhere(lowering, tensor) for tensor in taking_part]
        lowering.foreign(ForeignElementwise, y, nodes, layout, work)
        return
    if (
        operation.kind == "multiply"
        and len(given) == 2
        and len(learned) == 1
        and _scale(lowering, operation, given, learned[0], layout)
    ):
        return
    sources = [_in_layout(lowering, tensor, dims, layout) for tensor in given]
    lowering.place(y, lowering.add(type_(), sources), layout)


def is_learned(tensor: Tensor) -> bool:
    """Return whether a tensor is learned where it is joined with data: several floats that the file holds.

    One number is learned where it has the path of a module in its name: exporters store factors like 0.5 too.
    """
    if tensor.is_data or not tensor.origins or not tensor.is_float:
        return False
    return tensor.elements > 1 or all(_MODULE_PATH.fullmatch(origin.name) for origin in tensor.origins)


def _work(kind: str, count: int, y: Tensor) -> Counts:
    amount = max(1, count - 1) * y.elements
    return Counts(multiplied=amount) if kind in _MULTIPLIES else Counts(added=amount)


def _layout_for(lowering: Lowering, given: Sequence[Tensor], dims: Dims) -> Layout:
    """Return the layout of the result: that of the largest tensor of data, where it has all of its axes."""
    best: Layout | None = None
    most = 0
    for tensor in given:
        if tensor.is_data and tensor.sizes is not None and tensor.elements > most:
            layout = shifted(lowering.placed(tensor).layout, len(dims) - len(tensor.sizes))
            if covers(dims, layout):
                best, most = layout, tensor.elements
    return best if best is not None else channels_last(dims)


def _padded(dims: Dims, rank: int) -> Dims:
    return (1,) * (rank - len(dims)) + dims


def _repeats_whole_groups(own: Dims, dims: Dims, layout: Layout) -> bool:
    """Return whether along each group of axes a tensor is as long as the result, or 1."""
    return all(prod([own[axis] for axis in group]) in (1, prod([dims[axis] for axis in group])) for group in layout)


def _in_layout(lowering: Lowering, tensor: Tensor, dims: Dims, layout: Layout) -> int:
    if tensor.is_data:
        return lowering.arranged(tensor, shifted(layout, len(tensor.sizes) - len(dims)))
    return lowering.table(tensor, shape_of(_padded(tensor.sizes, len(dims)), layout))


def _anywhere(lowering: Lowering, tensor: Tensor) -> int:
    """Return the node of a tensor in any layout."""
    if tensor.is_data:
        return lowering.placed(tensor).node
    return lowering.table(tensor, shape_of(tensor.sizes, channels_last(tensor.sizes)))


def _scale(lowering: Lowering, operation: Operation, given: Sequence[Tensor], scale: Tensor, layout: Layout) -> bool:
    """Add a learned factor for each channel; return whether that is what is multiplied."""
    y = operation.outputs[0]
    data = next(tensor for tensor in given if tensor.is_data)
    own = shape_of(_padded(scale.sizes, len(y.sizes)), layout)
    if (
        own.channels != scale.elements
        or own.channels != shape_of(y.sizes, layout).channels
        or data.elements != y.elements
    ):
        return False
    source = _in_layout(lowering, data, y.sizes, layout)
    node = lowering.add(ChannelScale(), (source,))
    if lowering.learned(scale)[0]:
        lowering.borrow(node, scale)
    lowering.place(y, node, layout)
    return True


def _concat(lowering: Lowering, operation: Operation) -> None:
    """Add tensors one after another along an axis; floats of the file that take part are learned, e.g. a class token."""
    y = operation.outputs[0]
    dims = y.sizes
    assert dims is not None
    given = [tensor for tensor in operation.inputs if tensor is not None]
    axis = axis_from_start(operation.attributes["axis"], len(dims))
    first = next(tensor for tensor in given if tensor.is_data)
    own = lowering.placed(first).layout
    layout = own if covers(dims, own) else channels_last(dims)
    at = next((index for index, group in enumerate(layout) if axis in group), None)
    taking_part = [tensor for tensor in given if tensor.is_data or (is_learned(tensor) and tensor.elements)]
    if at is None or layout[at][0] != axis or len(taking_part) < len(given):
        lowering.move(y, [_anywhere(lowering, tensor) for tensor in taking_part], layout)
        return
    sources = [_in_layout(lowering, tensor, dims, layout) for tensor in given]
    node = sources[0] if len(sources) == 1 else lowering.add(Concat(along=axis_name(len(layout) - 1, at)), sources)
    lowering.place(y, node, layout)


JOIN_KINDS: dict[str, Callable[[Lowering, Operation], None]] = {
    **dict.fromkeys(["add", "subtract", "multiply", "divide", "maximum", "minimum", "power", "compare", "where"], _join),
    "concat": _concat,
}  # fmt: skip
