"""Operators that move elements."""

from collections.abc import Callable
from functools import partial

from dsconv_cost.importers.rules import RuleError, axis_from_start
from dsconv_cost.importers.tensors import Tensor
from dsconv_cost.importers.tflite.call import TfliteCall


def _reshape(call: TfliteCall) -> list[Tensor]:
    """The shape is an input, or an option where the input is not given."""
    options = call.file_operator.options
    if call.given(1) is not None:
        shape = call.whole(1, "the shape")
    elif options is not None and options.numbers(0):
        shape = options.numbers(0)
    else:
        shape = call.stated[0]
    return call.add("reshape", call.inputs[:1], shape=shape)


def _squeeze(call: TfliteCall) -> list[Tensor]:
    dims, options = call.dims(), call.file_operator.options
    given = options.numbers(0) if options is not None else ()
    gone = (
        {axis_from_start(axis, len(dims)) for axis in given}
        if given
        else {a for a, size in enumerate(dims) if size == 1}
    )
    if any(dims[axis] != 1 for axis in gone):
        raise RuleError(f"axes {sorted(gone)} of {'x'.join(map(str, dims))} are not all 1")
    return call.add("reshape", call.inputs[:1], shape=tuple(size for axis, size in enumerate(dims) if axis not in gone))


def _expand_dims(call: TfliteCall) -> list[Tensor]:
    shape = list(call.dims())
    shape.insert(axis_from_start(call.whole(1, "the new axis")[0], len(shape) + 1), 1)
    return call.add("reshape", call.inputs[:1], shape=tuple(shape))


def _transpose(call: TfliteCall) -> list[Tensor]:
    return call.add("transpose", call.inputs[:1], order=call.whole(1, "the order of the axes"))


def _concatenation(call: TfliteCall) -> list[Tensor]:
    return call.fused(1, "concat", call.inputs, axis=call.option(0))


def _split(call: TfliteCall) -> list[Tensor]:
    """The axis, the input."""
    dims = call.dims(1)
    axis, count = axis_from_start(call.whole(0, "the axis")[0], len(dims)), len(call.file_operator.outputs)
    if not count or dims[axis] % count:
        raise RuleError(f"{count} equal parts of {dims[axis]}")
    return call.add("split", [call.tensor(1)], axis=axis, sizes=(dims[axis] // count,) * count)


def _split_by_sizes(call: TfliteCall) -> list[Tensor]:
    """The input, the sizes, the axis."""
    dims = call.dims()
    axis, sizes = axis_from_start(call.whole(2, "the axis")[0], len(dims)), list(call.whole(1, "the sizes"))
    if -1 in sizes:
        sizes[sizes.index(-1)] = dims[axis] - sum(sizes) - 1
    return call.add("split", call.inputs[:1], axis=axis, sizes=tuple(sizes))


def _pack(call: TfliteCall) -> list[Tensor]:
    """Tensors put together along a new axis."""
    rank = len(call.dims()) + 1
    axis = axis_from_start(call.option(1), rank)
    parts: list[Tensor] = []
    for index in range(len(call.inputs)):
        shape = list(call.dims(index))
        shape.insert(axis, 1)
        parts.append(call.reshaped(call.tensor(index), shape))
    return call.add("concat", parts, axis=axis)


def _unpack(call: TfliteCall) -> list[Tensor]:
    """The parts along an axis, which goes."""
    dims = call.dims()
    axis = axis_from_start(call.option(1), len(dims))
    parts = call.graph.add(
        "split", call.inputs[:1], {"axis": axis, "sizes": (1,) * dims[axis]}, call.name, call.operator
    )
    return [call.reshaped(part, dims[:axis] + dims[axis + 1 :]) for part in parts]


def _slice(call: TfliteCall) -> list[Tensor]:
    """The input, where it begins, and how many; -1 is all that are left."""
    dims = call.dims()
    parts: list[tuple[int, int, int, int]] = []
    pairs = zip(call.whole(1, "where the slice begins"), call.whole(2, "the size of the slice"), strict=True)
    for axis, (start, size) in enumerate(pairs):
        stop = dims[axis] if size == -1 else start + size
        if (start, stop) != (0, dims[axis]):
            parts.append((axis, start, stop, 1))
    return call.add("slice", call.inputs[:1], parts=tuple(parts)) if parts else call.add("identity", call.inputs[:1])


def _strided_slice(call: TfliteCall) -> list[Tensor]:
    """NumPy's slices: bits of five masks say which starts and ends are left open, and which axes are new or go."""
    begin, end = call.whole(1, "where the slice begins"), call.whole(2, "where the slice ends")
    steps = call.whole(3, "the steps of the slice")
    open_begin, open_end, ellipsis, new, shrink = (call.option(index) for index in range(5))
    dims = call.dims()
    rows = list(range(len(begin)))
    consumed = sum(1 for row in rows if not (new | ellipsis) >> row & 1)
    parts: list[tuple[int, int, int, int]] = []
    shape: list[int] = []
    axis = 0
    for row in rows:
        if ellipsis >> row & 1:
            skipped = len(dims) - consumed
            shape += dims[axis : axis + skipped]
            axis += skipped
            continue
        if new >> row & 1:
            shape.append(1)
            continue
        if axis >= len(dims) or not steps[row]:
            raise RuleError(f"a slice of {len(begin)} axes from {'x'.join(map(str, dims))}")
        if shrink >> row & 1:
            at = begin[row] % max(1, dims[axis])
            parts.append((axis, at, at + 1, 1))
        else:
            start = None if open_begin >> row & 1 else begin[row]
            taken = range(dims[axis])[start : None if open_end >> row & 1 else end[row] : steps[row]]
            if len(taken) < dims[axis] or steps[row] < 0:
                parts.append((axis, taken.start, taken.stop, taken.step))
            shape.append(len(taken))
        axis += 1
    shape += dims[axis:]
    made = call.step("slice", call.inputs[:1], parts=tuple(parts)) if parts else call.tensor(0)
    if made.dims == tuple(shape):
        return call.add("identity", [made]) if not parts else [made]
    return call.add("reshape", [made], shape=tuple(shape))


def _gather(call: TfliteCall) -> list[Tensor]:
    x, indices = call.tensor(0), call.tensor(1)
    if call.option(1):
        raise RuleError(f"indices of their own for each of {call.option(1)} leading axes")
    axis = axis_from_start(call.option(0), len(call.dims()))
    if not x.is_data and indices.is_data and axis == 0 and len(call.dims()) == 2:
        return call.add("embedding", [indices, x], is_float=x.is_float)
    return call.add("gather", [x, indices], axis=axis, is_float=x.is_float)


def _pad(mode: str, call: TfliteCall) -> list[Tensor]:
    pads = call.whole(1, "the padding")
    if len(pads) != 2 * len(call.dims()):
        raise RuleError(f"{len(pads)} pads for {len(call.dims())} axes")
    return call.add("pad", call.inputs[:1], pads=tuple(zip(pads[::2], pads[1::2], strict=True)), mode=mode)


def _resize(mode: str, call: TfliteCall) -> list[Tensor]:
    dims, size = call.dims(), call.whole(1, "the size")
    if len(dims) != 4 or len(size) != 2:
        raise RuleError(f"a size of {len(size)} sides for a tensor with {len(dims)} axes")
    return call.add("resize", call.inputs[:1], sizes=(dims[0], *size, dims[3]), mode=mode)


def _squares(kind: str, call: TfliteCall) -> list[Tensor]:
    return call.add(kind, call.inputs[:1], factor=call.option(0, 1), channels=-1)


def _tile(call: TfliteCall) -> list[Tensor]:
    return call.add("tile", call.inputs[:1], repeats=call.whole(1, "how often each axis is repeated"))


def _broadcast_to(call: TfliteCall) -> list[Tensor]:
    return call.add("expand", call.inputs[:1], shape=call.whole(1, "the shape"))


def _reverse(call: TfliteCall) -> list[Tensor]:
    return call.add("flip", call.inputs[:1], axes=call.whole(1, "the axes"))


def _cumulative_sum(call: TfliteCall) -> list[Tensor]:
    return call.add("cumulate", call.inputs[:1], axis=call.whole(1, "the axis")[0])


def _top_k(call: TfliteCall) -> list[Tensor]:
    return call.add("top_k", call.inputs[:1], axis=-1, count=call.whole(1, "how many")[0])


def _one_hot(call: TfliteCall) -> list[Tensor]:
    return call.add("one_hot", call.inputs[:1], depth=call.whole(1, "the depth")[0], axis=call.option(0, -1))


def _gather_nd(call: TfliteCall) -> list[Tensor]:
    return call.add("gather_nd", [call.tensor(0), call.tensor(1)], is_float=call.tensor(0).is_float)


TFLITE_MOVES: dict[str, Callable[[TfliteCall], list[Tensor]]] = {
    "RESHAPE": _reshape, "SQUEEZE": _squeeze, "EXPAND_DIMS": _expand_dims, "TRANSPOSE": _transpose, "CONCATENATION": _concatenation,
    "SPLIT": _split, "SPLIT_V": _split_by_sizes, "PACK": _pack, "UNPACK": _unpack, "SLICE": _slice, "STRIDED_SLICE": _strided_slice,
    "GATHER": _gather, "GATHER_ND": _gather_nd, "PAD": partial(_pad, "constant"), "PADV2": partial(_pad, "constant"),
    "MIRROR_PAD": partial(_pad, "reflect"), "RESIZE_BILINEAR": partial(_resize, "bilinear"),
    "RESIZE_NEAREST_NEIGHBOR": partial(_resize, "nearest"), "SPACE_TO_DEPTH": partial(_squares, "space_to_depth"),
    "DEPTH_TO_SPACE": partial(_squares, "depth_to_space"), "TILE": _tile, "BROADCAST_TO": _broadcast_to, "REVERSE_V2": _reverse,
    "CUMSUM": _cumulative_sum, "TOPK_V2": _top_k, "ONE_HOT": _one_hot,
}  # fmt: skip
