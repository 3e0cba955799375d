"""How the axes of a tensor are the channels and sides of a shape.

A layout is a group of axes for the channels and one for each side, 0 to 3 of them. The axes of a group are multiplied; those in no
group have size 1. A transposition relabels the groups, so no layer comes of it.
"""

from collections.abc import Sequence
from math import prod

from dsconv_cost.importers.rules import Dims
from dsconv_cost.layers.shapes import MOST_SIDES, Shape

Layout = tuple[tuple[int, ...], ...]


def shape_of(dims: Dims, layout: Layout) -> Shape:
    """Return the shape that a tensor of these sizes has in a layout."""
    return Shape(*[prod([dims[axis] for axis in group]) for group in layout])


def essential(dims: Dims, layout: Layout) -> Layout:
    """Return a layout without the axes of size 1."""
    return tuple([tuple([axis for axis in group if dims[axis] != 1]) for group in layout])


def channels_at(dims: Dims, channels: int, sides: Sequence[int]) -> Layout:
    """Return the layout of these axes; where there are too many sides the first ones become one."""
    groups: list[tuple[int, ...]] = [(axis,) for axis in sides]
    if len(groups) > MOST_SIDES:
        more = [axis for axis in sides if dims[axis] != 1]
        cut = max(0, len(more) - MOST_SIDES + 1)
        groups = [tuple(more[:cut]), *[(axis,) for axis in more[cut:]]] if cut > 1 else [(axis,) for axis in more]
    return ((channels,), *groups)


def channels_first(dims: Dims) -> Layout:
    """Return the layout of batch, channels, sides."""
    rank = len(dims)
    if rank == 0:
        return ((),)
    if rank == 1:
        return ((0,),)
    if dims[0] != 1:
        return channels_last(dims)
    return channels_at(dims, 1, range(2, rank))


def channels_last(dims: Dims) -> Layout:
    """Return the layout whose channels are the last axis; a first axis of size 1 is the batch."""
    rank = len(dims)
    if rank == 0:
        return ((),)
    if rank == 1:
        return ((0,),)
    return channels_at(dims, rank - 1, range(1 if dims[0] == 1 else 0, rank - 1))


def with_channels(dims: Dims, axis: int) -> Layout:
    """Return the layout whose channels are an axis and whose sides are all others, without a batch of 1 in front."""
    others = [other for other in range(len(dims)) if other != axis]
    if others and others[0] == 0 and dims[0] == 1:
        del others[0]
    return channels_at(dims, axis, others)


def shifted(layout: Layout, by: int) -> Layout:
    """Return a layout for a tensor with more axes in front, or with fewer."""
    return tuple([tuple([axis + by for axis in group if axis + by >= 0]) for group in layout])


def relabelled(layout: Layout, order: Sequence[int]) -> Layout:
    """Return the layout after a transposition to this order of axes."""
    new = {old: at for at, old in enumerate(order)}
    return tuple([tuple([new[axis] for axis in group]) for group in layout])


def without(layout: Layout, gone: Sequence[int]) -> Layout:
    """Return the layout after axes are taken out; their groups stay, with size 1."""
    return tuple(
        [tuple([axis - sum(g < axis for g in gone) for axis in group if axis not in gone]) for group in layout]
    )


def covers(dims: Dims, layout: Layout) -> bool:
    """Return whether every axis above 1 is in a group."""
    inside = {axis for group in layout for axis in group}
    return all(size == 1 or axis in inside for axis, size in enumerate(dims))


def reshaped(before: Dims, layout: Layout, after: Dims) -> Layout | None:
    """Return the layout with which a reshaped tensor has the same shape, or one whose groups of axes merged.

    None where an axis of `after` takes elements of several groups.
    """
    blocks = _blocks(before, after)
    if blocks is None:
        return None
    group_of = {axis: at for at, group in enumerate(layout) for axis in group}
    groups: list[list[int]] = [[] for _ in layout]
    for old, new in blocks:
        owners = {group_of.get(axis, -1) for axis in old if before[axis] != 1}
        if len(owners) != 1:
            return None
        owner = owners.pop()
        if owner < 0:
            return None
        groups[owner] += [axis for axis in new if after[axis] != 1]
    # The axes of a group come in their order; where the old group had another one, the elements moved.
    for at, group in enumerate(layout):
        real = [axis for axis in group if before[axis] != 1]
        if real != sorted(real) and len(real) > 1 and groups[at] != sorted(groups[at]):
            return None
    return tuple([tuple(group) for group in groups])


def _blocks(before: Dims, after: Dims) -> list[tuple[list[int], list[int]]] | None:
    """Return which axes of `before` became which of `after`: the smallest blocks of equal products. None for 0 elements."""
    if 0 in before or 0 in after:
        return None
    blocks: list[tuple[list[int], list[int]]] = []
    i = j = 0
    while True:
        while i < len(before) and before[i] == 1:
            i += 1
        while j < len(after) and after[j] == 1:
            j += 1
        if i >= len(before) and j >= len(after):
            return blocks
        old, new, left, right = [], [], 1, 1
        while left != right or left == 1:
            if left <= right and i < len(before):
                old.append(i)
                left *= before[i]
                i += 1
            elif j < len(after):
                new.append(j)
                right *= after[j]
                j += 1
            else:
                return None
        blocks.append((old, new))
