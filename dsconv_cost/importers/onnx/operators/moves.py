"""Operators that move elements."""

from collections.abc import Callable
from functools import partial
from math import floor, prod

from dsconv_cost.importers.onnx.call import Call
from dsconv_cost.importers.rules import RuleError, axis_from_start
from dsconv_cost.importers.tensors import Tensor


def _reshape(call: Call) -> list[Tensor]:
    wanted = call.integers("shape") if "shape" in call.attributes else call.whole(1, "its shape")
    if wanted is None:
        raise RuleError("its shape is missing")
    dims = call.dims()
    if not call.integer("allowzero", 0):
        if any(size == 0 and at >= len(dims) for at, size in enumerate(wanted)):
            raise RuleError(f"a shape of {list(wanted)} for {len(dims)} axes")
        wanted = tuple(dims[at] if size == 0 else size for at, size in enumerate(wanted))
    return call.add("reshape", call.inputs[:1], shape=wanted)


def _flatten(call: Call) -> list[Tensor]:
    dims = call.dims()
    axis = call.integer("axis", 1)
    axis = axis + len(dims) if axis < 0 else axis
    return call.add("reshape", call.inputs[:1], shape=(prod(dims[:axis]), prod(dims[axis:])))


def _squeeze(call: Call) -> list[Tensor]:
    dims = call.dims()
    axes = call.axes(1, 13)
    gone = (
        {axis_from_start(axis, len(dims)) for axis in axes} if axes else {a for a, size in enumerate(dims) if size == 1}
    )
    if any(dims[axis] != 1 for axis in gone):
        raise RuleError(f"axes {sorted(gone)} of {'x'.join(map(str, dims))} are not all 1")
    return call.add("reshape", call.inputs[:1], shape=tuple(size for axis, size in enumerate(dims) if axis not in gone))


def _unsqueeze(call: Call) -> list[Tensor]:
    axes = call.axes(1, 13)
    if axes is None:
        raise RuleError("its axes are missing")
    shape = list(call.dims())
    rank = len(shape) + len(axes)
    for axis in sorted(axis_from_start(axis, rank) for axis in axes):
        shape.insert(axis, 1)
    return call.add("reshape", call.inputs[:1], shape=tuple(shape))


def _transpose(call: Call) -> list[Tensor]:
    rank = len(call.dims())
    return call.add("transpose", call.inputs[:1], order=call.integers("perm", tuple(range(rank))[::-1]))


def add_concat(call: Call) -> list[Tensor]:
    return call.add("concat", call.inputs, axis=call.integer("axis", 1))


def _split(call: Call) -> list[Tensor]:
    axis = axis_from_start(call.integer("axis", 0), len(call.dims()))
    length, count = call.dims()[axis], len(call.node.outputs)
    sizes = call.integers("split") if "split" in call.attributes else call.whole(1, "the sizes of its parts")
    if sizes is None:
        count = call.integer("num_outputs", count)
        part = -(-length // count)
        sizes = (*[part] * (count - 1), length - part * (count - 1))
    return call.add("split", call.inputs[:1], axis=axis, sizes=sizes)


def _slice(call: Call) -> list[Tensor]:
    dims = call.dims()
    if "starts" in call.attributes:
        starts, ends = call.integers("starts"), call.integers("ends")
        axes, steps = call.integers("axes", tuple(range(len(starts)))), (1,) * len(starts)
    else:
        given = [call.whole(i, f"its {what}") for i, what in ((1, "starts"), (2, "ends"), (3, "axes"), (4, "steps"))]
        if given[0] is None or given[1] is None:
            raise RuleError("its starts and ends are missing")
        starts, ends = given[0], given[1]
        axes = given[2] if given[2] is not None else tuple(range(len(starts)))
        steps = given[3] if given[3] is not None else (1,) * len(starts)
    parts: list[tuple[int, int, int, int]] = []
    for axis, start, end, step in zip(axes, starts, ends, steps, strict=True):
        axis = axis_from_start(axis, len(dims))
        if not step:
            raise RuleError("a step of 0")
        taken = range(dims[axis])[start:end:step]
        if len(taken) < dims[axis] or step < 0:
            parts.append((axis, taken.start, taken.stop, step))
    if not parts:
        return call.add("identity", call.inputs[:1])
    return call.add("slice", call.inputs[:1], parts=tuple(parts))


def _gather(call: Call) -> list[Tensor]:
    x, indices = call.tensor(0), call.tensor(1)
    axis = axis_from_start(call.integer("axis", 0), len(call.dims()))
    if not x.is_data and indices.is_data and axis == 0 and len(call.dims()) == 2:
        return call.add("embedding", [indices, x], is_float=x.is_float)
    if x.is_data and indices.values is not None and len(indices.values) == 1:
        at = int(indices.values[0]) % max(1, call.dims()[axis])
        made = (call.add if call.dims(1) else call.step)("slice", [x], parts=((axis, at, at + 1, 1),))
        part = made[0] if isinstance(made, list) else made
        shape = (*call.dims()[:axis], *call.dims(1), *call.dims()[axis + 1 :])
        return [part] if part.dims == shape else call.add("reshape", [part], shape=shape)
    return call.add("gather", [x, indices], axis=axis, is_float=x.is_float)


def _pad(call: Call) -> list[Tensor]:
    rank = len(call.dims())
    pads = call.attributes.get("pads") or call.attributes.get("paddings") or call.whole(1, "its pads")
    axes = call.whole(3, "its axes") or tuple(range(rank))
    if pads is None or len(pads) != 2 * len(axes):
        raise RuleError(f"{len(pads or ())} pads for {len(axes)} axes")
    every = [(0, 0)] * rank
    for at, axis in enumerate(axes):
        every[axis_from_start(axis, rank)] = (int(pads[at]), int(pads[at + len(axes)]))
    if not any(map(any, every)):
        return call.add("identity", call.inputs[:1])
    value = call.given(2)
    number = value.values[0] if value is not None and value.values else call.number("value") or 0
    return call.add("pad", call.inputs[:1], pads=tuple(every), mode=call.text("mode", "constant"), value=number)


def _resize(call: Call) -> list[Tensor]:
    """Resize, and Upsample before it: scales or sizes, of all axes or of some."""
    dims = call.dims()
    at = 1 if call.operator == "Upsample" or (call.opset < 11 and len(call.inputs) == 2) else 2
    for index in range(1, len(call.inputs)):
        call.graph.dismiss(call.given(index))
    axes = call.integers("axes", tuple(range(len(dims))))
    sizes = call.whole(3, "its sizes") if at == 2 else None
    result = list(dims)
    if sizes:
        if len(sizes) != len(axes):
            raise RuleError(f"{len(sizes)} sizes for {len(axes)} axes")
        for axis, size in zip(axes, sizes, strict=True):
            result[axis_from_start(axis, len(dims))] = size
    else:
        scales = call.attributes.get("scales") or call.values(at, "its scales")
        if not scales or len(scales) != len(axes):
            raise RuleError(f"{len(scales or ())} scales for {len(axes)} axes")
        for axis, scale in zip(axes, scales, strict=True):
            axis = axis_from_start(axis, len(dims))
            # Scales are stored in 32 bits: 1/3 of 9 is 3, whatever the last bits say.
            result[axis] = floor(dims[axis] * scale + 1e-4) if scale != 1 else dims[axis]
    mode = call.text("mode", "nearest")
    return call.add("resize", call.inputs[:1], sizes=tuple(result), mode="nearest" if mode == "nearest" else "bilinear")


def _expand(call: Call) -> list[Tensor]:
    shape = call.whole(1, "its shape")
    if shape is None:
        raise RuleError("its shape is missing")
    x = call.tensor(0)
    made = call.add("expand", [x], shape=shape)
    return call.add("identity", [x]) if made[0].dims == x.dims and not x.is_data else made


def _tile(call: Call) -> list[Tensor]:
    repeats = call.whole(1, "its repeats")
    if repeats is None:
        raise RuleError("its repeats are missing")
    return call.add("tile", call.inputs[:1], repeats=repeats)


def _blocks(kind: str, call: Call) -> list[Tensor]:
    return call.add(kind, call.inputs[:1], factor=call.integer("blocksize"))


def _gather_elements(call: Call) -> list[Tensor]:
    return call.add("gather_elements", call.inputs[:2], is_float=call.tensor(0).is_float)


def _gather_nd(call: Call) -> list[Tensor]:
    return call.add(
        "gather_nd", call.inputs[:2], batch_axes=call.integer("batch_dims", 0), is_float=call.tensor(0).is_float
    )


def _scatter(call: Call) -> list[Tensor]:
    return call.add("scatter", call.inputs[:3])


def _top_k(call: Call) -> list[Tensor]:
    count = (call.integer("k"),) if "k" in call.attributes else call.whole(1, "its count")
    if not count:
        raise RuleError("its count is missing")
    return call.add("top_k", call.inputs[:1], count=count[0], axis=call.integer("axis", -1))


def _one_hot(call: Call) -> list[Tensor]:
    depth = call.whole(1, "its depth")
    if not depth:
        raise RuleError("its depth is missing")
    return call.add(
        "one_hot", call.inputs[:1], depth=depth[0], axis=call.integer("axis", -1), is_float=call.tensor(2).is_float
    )


def _cumulate(call: Call) -> list[Tensor]:
    return call.add("cumulate", call.inputs[:1])


def _triangle(call: Call) -> list[Tensor]:
    return call.add("triangle", call.inputs[:1])


def _reverse(call: Call) -> list[Tensor]:
    return call.add("flip", call.inputs[:1], axes=(call.integer("time_axis", 0),))


def _grid_sample(call: Call) -> list[Tensor]:
    """Elements of x where the grid says; the output has the grid's sides."""
    dims, grid = call.dims(0), call.dims(1)
    made = call.step("resize", call.inputs[:1], sizes=(*dims[:2], *grid[1:-1]), mode="bilinear")
    return [made]


def _depends(call: Call) -> list[Tensor]:
    """Operators whose number of results only a run can tell."""
    raise RuleError("the number of its results depends on the data")


def _nonzero(call: Call) -> list[Tensor]:
    values, dims = call.tensor(0).values, call.dims()
    if values is None or call.tensor(0).is_data:
        return _depends(call)
    strides = [prod(dims[axis + 1 :]) for axis in range(len(dims))]
    places = [at for at, value in enumerate(values) if value]
    found = tuple(place // stride % size for stride, size in zip(strides, dims, strict=True) for place in places)
    return call.constant((len(dims), len(places)), found)


MOVES: dict[str, Callable[[Call], list[Tensor]]] = {
    "Reshape": _reshape, "Flatten": _flatten, "Squeeze": _squeeze, "Unsqueeze": _unsqueeze, "Transpose": _transpose,
    "Concat": add_concat, "Split": _split, "Slice": _slice, "Gather": _gather, "Pad": _pad, "Resize": _resize, "Upsample": _resize,
    "Expand": _expand, "Tile": _tile, "SpaceToDepth": partial(_blocks, "space_to_depth"),
    "DepthToSpace": partial(_blocks, "depth_to_space"), "GatherElements": _gather_elements, "GatherND": _gather_nd,
    "Scatter": _scatter, "ScatterElements": _scatter, "ScatterND": _scatter, "TopK": _top_k, "OneHot": _one_hot,
    "CumSum": _cumulate, "Trilu": _triangle, "ReverseSequence": _reverse, "GridSample": _grid_sample, "NonZero": _nonzero,
    "Compress": _depends, "Unique": _depends,
}  # fmt: skip
