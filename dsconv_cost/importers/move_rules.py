"""The sizes of the outputs of each kind of operation that moves elements."""

from math import prod

from dsconv_cost.importers.rules import (
    Attributes,
    Dims,
    Operands,
    Rule,
    RuleError,
    axis_from_start,
    broadcast,
    channels_and_sides,
    dims_of,
)


def _reshape(inputs: Operands, a: Attributes) -> list[Dims]:
    dims = dims_of(inputs)
    shape = list(a["shape"])
    if shape.count(-1) > 1 or any(size < -1 for size in shape):
        raise RuleError(f"a shape of {shape}")
    if -1 in shape:
        known = prod(size for size in shape if size != -1)
        shape[shape.index(-1)] = prod(dims) // known if known else 0
    if prod(shape) != prod(dims):
        raise RuleError(f"cannot reshape {'x'.join(map(str, dims))} to {'x'.join(map(str, a['shape']))}")
    return [tuple(shape)]


def _transpose(inputs: Operands, a: Attributes) -> list[Dims]:
    dims = dims_of(inputs)
    order = a["order"]
    if sorted(order) != list(range(len(dims))):
        raise RuleError(f"an order of {list(order)} for {len(dims)} axes")
    return [tuple(dims[axis] for axis in order)]


def _concat(inputs: Operands, a: Attributes) -> list[Dims]:
    first = dims_of(inputs)
    axis = axis_from_start(a["axis"], len(first))
    total = 0
    for index in range(len(inputs)):
        dims = dims_of(inputs, index)
        if len(dims) != len(first) or dims[:axis] + dims[axis + 1 :] != first[:axis] + first[axis + 1 :]:
            shapes = ", ".join("x".join(map(str, dims_of(inputs, i))) for i in range(len(inputs)))
            raise RuleError(f"cannot concatenate {shapes} along axis {axis}")
        total += dims[axis]
    return [(*first[:axis], total, *first[axis + 1 :])]


def _split(inputs: Operands, a: Attributes) -> list[Dims]:
    dims = dims_of(inputs)
    axis = axis_from_start(a["axis"], len(dims))
    if sum(a["sizes"]) != dims[axis] or min(a["sizes"], default=0) < 0:
        raise RuleError(f"parts of {list(a['sizes'])} of an axis of {dims[axis]}")
    return [(*dims[:axis], size, *dims[axis + 1 :]) for size in a["sizes"]]


def _slice(inputs: Operands, a: Attributes) -> list[Dims]:
    result = list(dims_of(inputs))
    for axis, start, stop, step in a["parts"]:
        axis = axis_from_start(axis, len(result))
        if step == 0:
            raise RuleError("a slice with step 0")
        taken = range(start, stop, step)
        if taken and not 0 <= min(taken[0], taken[-1]) <= max(taken[0], taken[-1]) < result[axis]:
            raise RuleError(f"a slice from {start} to {stop} of an axis of {result[axis]}")
        result[axis] = len(taken)
    return [tuple(result)]


def _gather(inputs: Operands, a: Attributes) -> list[Dims]:
    dims, indices = dims_of(inputs, 0), dims_of(inputs, 1)
    axis = axis_from_start(a.get("axis", 0), len(dims))
    return [(*dims[:axis], *indices, *dims[axis + 1 :])]


def _pad(inputs: Operands, a: Attributes) -> list[Dims]:
    dims = dims_of(inputs)
    if len(a["pads"]) != len(dims):
        raise RuleError(f"pads for {len(a['pads'])} axes of a tensor with {len(dims)}")
    result = tuple(before + size + after for size, (before, after) in zip(dims, a["pads"], strict=True))
    if min(result, default=1) < 0:
        raise RuleError(f"pads that leave {min(result)} elements of an axis")
    return [result]


def _resize(inputs: Operands, a: Attributes) -> list[Dims]:
    if len(a["sizes"]) != len(dims_of(inputs)) or min(a["sizes"], default=1) < 1:
        raise RuleError(f"a size of {list(a['sizes'])} for {len(dims_of(inputs))} axes")
    return [tuple(a["sizes"])]


def _expand(inputs: Operands, a: Attributes) -> list[Dims]:
    return [broadcast([dims_of(inputs), tuple(a["shape"])])]


def _tile(inputs: Operands, a: Attributes) -> list[Dims]:
    dims, repeats = dims_of(inputs), tuple(a["repeats"])
    rank = max(len(dims), len(repeats))
    pairs = zip((1,) * (rank - len(dims)) + dims, (1,) * (rank - len(repeats)) + repeats, strict=True)
    return [tuple(size * times for size, times in pairs)]


def _space_to_depth(inputs: Operands, a: Attributes) -> list[Dims]:
    result = list(dims_of(inputs))
    channels, sides = channels_and_sides(tuple(result), a)
    for axis in sides:
        if result[axis] % a["factor"]:
            raise RuleError(f"factor {a['factor']} does not divide {result[axis]}")
        result[axis] //= a["factor"]
        result[channels] *= a["factor"]
    return [tuple(result)]


def _depth_to_space(inputs: Operands, a: Attributes) -> list[Dims]:
    result = list(dims_of(inputs))
    channels, sides = channels_and_sides(tuple(result), a)
    if result[channels] % a["factor"] ** len(sides):
        raise RuleError(f"factor {a['factor']} on {result[channels]} channels")
    for axis in sides:
        result[axis] *= a["factor"]
        result[channels] //= a["factor"]
    return [tuple(result)]


def _same(inputs: Operands, a: Attributes) -> list[Dims]:
    return [dims_of(inputs)]


def _quantize(inputs: Operands, a: Attributes) -> list[Dims]:
    scales: int = a.get("outputs", 1) - 1
    return [dims_of(inputs), *[()] * scales]


def _shuffle(inputs: Operands, a: Attributes) -> list[Dims]:
    dims = dims_of(inputs)
    if dims[channels_and_sides(dims, a)[0]] % a["groups"]:
        raise RuleError(f"{a['groups']} groups of {'x'.join(map(str, dims))}")
    return [dims]


def _rearrange(inputs: Operands, a: Attributes) -> list[Dims]:
    dims_of(inputs)
    return [tuple(a["sizes"])]


def _gather_elements(inputs: Operands, a: Attributes) -> list[Dims]:
    return [dims_of(inputs, 1)]


def _gather_nd(inputs: Operands, a: Attributes) -> list[Dims]:
    dims, indices = dims_of(inputs, 0), dims_of(inputs, 1)
    used = a.get("batch_axes", 0) + indices[-1] if indices else 0
    if not indices or used > len(dims):
        raise RuleError(f"indices of {indices} into {dims}")
    return [(*indices[:-1], *dims[used:])]


def _top_k(inputs: Operands, a: Attributes) -> list[Dims]:
    dims = dims_of(inputs)
    axis = axis_from_start(a.get("axis", -1), len(dims))
    if not 0 <= a["count"] <= dims[axis]:
        raise RuleError(f"the first {a['count']} of {dims[axis]}")
    return [(*dims[:axis], a["count"], *dims[axis + 1 :])] * 2


def _one_hot(inputs: Operands, a: Attributes) -> list[Dims]:
    dims = dims_of(inputs)
    axis = axis_from_start(a.get("axis", -1), len(dims) + 1)
    return [(*dims[:axis], a["depth"], *dims[axis:])]


MOVE_RULES: dict[str, Rule] = {
    "identity": _same, "cast": _same, "quantize": _quantize, "dropout": _same, "reshape": _reshape, "transpose": _transpose,
    "concat": _concat, "split": _split, "slice": _slice, "gather": _gather, "pad": _pad, "resize": _resize,
    "expand": _expand, "tile": _tile, "space_to_depth": _space_to_depth, "depth_to_space": _depth_to_space,
    "channel_shuffle": _shuffle, "flip": _same, "roll": _same, "rearrange": _rearrange, "scatter": _same,
    "gather_elements": _gather_elements,
    "gather_nd": _gather_nd, "top_k": _top_k, "one_hot": _one_hot, "cumulate": _same, "triangle": _same,
}  # fmt: skip
