"""Operators that move elements, and those that make constants."""

from collections.abc import Callable
from functools import partial

from dsconv_cost.importers.rules import RuleError
from dsconv_cost.importers.tensors import Tensor
from dsconv_cost.importers.torch.call import AtenCall


def _same(call: AtenCall) -> list[Tensor]:
    return call.add("identity", [call.x])


def _cast(call: AtenCall) -> list[Tensor]:
    kind = str(call["dtype"] or "")
    return call.add(
        "cast", [call.x], is_float="float" in kind or ("int" not in kind and "bool" not in kind and call.x.is_float)
    )


def _copied(call: AtenCall) -> list[Tensor]:
    """The elements of the second in the place of the first."""
    source = call.tensor("src")
    return (
        call.add("expand", [source], shape=call.sizes[0])
        if source.dims != call.sizes[0]
        else call.add("identity", [source])
    )


def _reshape(call: AtenCall) -> list[Tensor]:
    return call.add("reshape", [call.x], shape=call.sizes[0])


def _expand(call: AtenCall) -> list[Tensor]:
    return call.add("expand", [call.x], shape=call.sizes[0])


def _permute(call: AtenCall) -> list[Tensor]:
    rank = len(call.dims("self"))
    return call.add("transpose", [call.x], order=tuple(axis % rank for axis in call["dims"]))


def _transpose(call: AtenCall) -> list[Tensor]:
    rank = len(call.dims("self"))
    if rank < 2:
        return _same(call)
    first, second = (0, 1) if call["dim0"] is None else (call.axis("dim0"), call.axis("dim1"))
    order = list(range(rank))
    order[first], order[second] = second, first
    return call.add("transpose", [call.x], order=tuple(order))


def _slice(call: AtenCall) -> list[Tensor]:
    axis = call.axis("dim")
    size, step = call.dims("self")[axis], call["step"] or 1
    taken = range(size)[slice(call["start"], call["end"], step)]
    if len(taken) == size:
        return _same(call)
    return call.add("slice", [call.x], parts=((axis, taken.start, taken.stop, taken.step),))


def _select(call: AtenCall) -> list[Tensor]:
    axis = call.axis("dim")
    size = call.dims("self")[axis]
    at = call["index"]
    if not isinstance(at, int):
        raise RuleError("an index that is computed from data")
    at %= max(1, size)
    made = call.step("slice", [call.x], parts=((axis, at, at + 1, 1),)) if size > 1 else call.x
    return call.add("reshape", [made], shape=call.sizes[0])


def _split(call: AtenCall) -> list[Tensor]:
    axis = call.axis("dim")
    return call.add("split", [call.x], axis=axis, sizes=tuple(dims[axis] for dims in call.sizes))


def _unbind(call: AtenCall) -> list[Tensor]:
    axis = call.axis("dim")
    parts = call.add("split", [call.x], axis=axis, sizes=(1,) * len(call.sizes))
    return [call.reshaped(part, dims) for part, dims in zip(parts, call.sizes, strict=True)]


def _concat(call: AtenCall) -> list[Tensor]:
    tensors = [tensor for tensor in call["tensors"] if tensor.dims != (0,)]
    return call.add("concat", tensors, axis=call["dim"] or 0)


def _stack(call: AtenCall) -> list[Tensor]:
    tensors = call["tensors"]
    rank = len(tensors[0].dims) + 1
    axis = (call["dim"] or 0) % rank
    parts = [call.reshaped(tensor, (*tensor.dims[:axis], 1, *tensor.dims[axis:])) for tensor in tensors]
    return call.add("concat", parts, axis=axis)


def _repeat(call: AtenCall) -> list[Tensor]:
    return call.add("tile", [call.x], repeats=tuple(call["repeats"]))


def _roll(call: AtenCall) -> list[Tensor]:
    return call.add("roll", [call.x])


def _flip(call: AtenCall) -> list[Tensor]:
    return call.add("flip", [call.x], axes=tuple(call["dims"]))


def _pad(mode: str, call: AtenCall) -> list[Tensor]:
    """Pads are written from the last axis to the first."""
    pads, rank = call["pad"] if call["pad"] is not None else call["padding"], len(call.dims("self"))
    every = [(0, 0)] * rank
    for at in range(len(pads) // 2):
        every[rank - 1 - at] = (pads[2 * at], pads[2 * at + 1])
    if not any(map(any, every)):
        return _same(call)
    return call.add("pad", [call.x], pads=tuple(every), mode=mode)


def _resize(mode: str, call: AtenCall) -> list[Tensor]:
    return call.add("resize", [call.x], sizes=call.sizes[0], mode=mode)


def _squares(kind: str, key: str, call: AtenCall) -> list[Tensor]:
    return call.add(kind, [call.x], factor=call[key], channels=1)


def _shuffle(call: AtenCall) -> list[Tensor]:
    return call.add("channel_shuffle", [call.x], groups=call["groups"], channels=1)


def _index(call: AtenCall) -> list[Tensor]:
    """Elements by one tensor of indices along one axis; along several, or by a mask, the sizes say what is taken."""
    indices = call["indices"]
    given = [at for at, one in enumerate(indices) if one is not None]
    if len(given) == 1:
        made = call.add("gather", [call.x, indices[given[0]]], axis=given[0], is_float=call.x.is_float)
        if made[0].dims == call.sizes[0]:
            return made
    raise RuleError("indices along several axes, or a mask")


def _index_select(call: AtenCall) -> list[Tensor]:
    return call.add("gather", [call.x, call.tensor("index")], axis=call.axis("dim"), is_float=call.x.is_float)


def _gather(call: AtenCall) -> list[Tensor]:
    return call.add("gather_elements", [call.x, call.tensor("index")])


def _scatter(call: AtenCall) -> list[Tensor]:
    updates = call.tensor("src", "value", "values")
    return call.add("scatter", [call.x, call.optional("index"), updates])


def _cumulate(call: AtenCall) -> list[Tensor]:
    return call.add("cumulate", [call.x], axis=call["dim"])


def _triangle(call: AtenCall) -> list[Tensor]:
    return call.add("triangle", [call.x])


def _top_k(call: AtenCall) -> list[Tensor]:
    return call.add("top_k", [call.x], axis=call["dim"], count=call["k"])


def _rearranged(call: AtenCall) -> list[Tensor]:
    return call.add("rearrange", [call.x], sizes=call.sizes[0])


def _constant(call: AtenCall) -> list[Tensor]:
    return [call.constant(dims, None) for dims in call.sizes]


_RESHAPES = (
    "view", "_unsafe_view", "reshape", "_reshape_alias", "squeeze", "squeeze_copy", "unsqueeze", "flatten", "view_copy", "as_strided",
    "movedim",
)  # fmt: skip
_SAME = (
    "clone",
    "alias",
    "detach",
    "contiguous",
    "lift_fresh",
    "lift_fresh_copy",
    "dropout",
    "native_dropout",
    "alpha_dropout",
    "zero_grad",
)
_CONSTANTS = (
    "arange", "zeros", "ones", "full", "empty", "rand", "randn", "zeros_like", "ones_like", "full_like", "empty_like", "new_zeros",
    "new_ones", "new_full", "new_empty", "scalar_tensor", "eye", "linspace", "fill", "zero", "tril_indices", "triu_indices",
    "empty_strided", "new_empty_strided", "rand_like", "randn_like", "bernoulli", "_efficientzerotensor",
)  # fmt: skip
TORCH_MOVES: dict[str, Callable[[AtenCall], list[Tensor]]] = {
    **dict.fromkeys(_RESHAPES, _reshape), **dict.fromkeys(_SAME, _same), **dict.fromkeys(_CONSTANTS, _constant),
    "_to_copy": _cast, "to": _cast, "copy": _copied, "expand": _expand, "expand_as": _expand, "permute": _permute, "transpose": _transpose,
    "t": _transpose, "slice": _slice, "select": _select, "split": _split, "split_with_sizes": _split, "unsafe_split": _split,
    "chunk": _split,
    "unsafe_chunk": _split, "unbind": _unbind, "cat": _concat, "stack": _stack, "repeat": _repeat, "roll": _roll, "flip": _flip,
    "constant_pad_nd": partial(_pad, "constant"), "pad": partial(_pad, "constant"),
    **{f"reflection_pad{n}d": partial(_pad, "reflect") for n in (1, 2, 3)},
    **{f"replication_pad{n}d": partial(_pad, "edge") for n in (1, 2, 3)},
    **{f"upsample_nearest{n}d": partial(_resize, "nearest") for n in (1, 2, 3)},
    **{f"_upsample_nearest_exact{n}d": partial(_resize, "nearest") for n in (1, 2, 3)},
    **{name: partial(_resize, "bilinear") for name in
       ("upsample_linear1d", "upsample_bilinear2d", "upsample_trilinear3d", "upsample_bicubic2d", "_upsample_bilinear2d_aa",
        "_upsample_bicubic2d_aa")},
    "pixel_shuffle": partial(_squares, "depth_to_space", "upscale_factor"),
    "pixel_unshuffle": partial(_squares, "space_to_depth", "downscale_factor"), "channel_shuffle": _shuffle,
    "native_channel_shuffle": _shuffle, "index": _index, "index_select": _index_select, "gather": _gather, "scatter": _scatter,
    "index_put": _scatter, "slice_scatter": _scatter, "select_scatter": _scatter, "scatter_add": _scatter, "cumsum": _cumulate,
    "im2col": _rearranged, "unfold": _rearranged, "col2im": _rearranged, "tril": _triangle, "triu": _triangle, "topk": _top_k,
}  # fmt: skip
