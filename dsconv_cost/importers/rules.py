"""The sizes of the outputs of each kind of operation."""

from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dsconv_cost.importers.tensors import Tensor

Dims = tuple[int, ...]
Operands = Sequence["Tensor | None"]
Attributes = Mapping[str, Any]
Rule = Callable[[Operands, Attributes], list[Dims]]

MOST_ELEMENTS = 10**18


class RuleError(Exception):
    """Operands or attributes that do not suit an operation."""


def dims_of(inputs: Operands, index: int = 0) -> Dims:
    """Return the sizes of an input that must be there."""
    tensor = inputs[index] if index < len(inputs) else None
    if tensor is None or tensor.dims is None:
        raise RuleError(f"input {index + 1} is missing")
    return tensor.dims


def axis_from_start(axis: int, rank: int) -> int:
    """Return an axis counted from the start. Raises RuleError where there is none of that number."""
    if not -rank <= axis < rank:
        raise RuleError(f"axis {axis} of a tensor with {rank} axes")
    return axis % rank


def axes_from_start(axes: Sequence[int], rank: int) -> list[int]:
    return sorted({axis_from_start(axis, rank) for axis in axes})


def broadcast(shapes: Sequence[Dims]) -> Dims:
    """Return the sizes of tensors that are joined element by element; missing axes in front count as 1."""
    rank = max(map(len, shapes))
    result: list[int] = []
    for sizes in zip(*[(1,) * (rank - len(dims)) + dims for dims in shapes], strict=True):
        wanted = set(sizes) - {1}
        if len(wanted) > 1:
            raise RuleError(f"sizes {' and '.join('x'.join(map(str, dims)) for dims in shapes)} do not go together")
        result.append(wanted.pop() if wanted else 1)
    return tuple(result)


def channels_and_sides(dims: Dims, attributes: Attributes) -> tuple[int, list[int]]:
    """Return the axis of the channels, and the axes of the sides."""
    if len(dims) < 2:
        raise RuleError(f"received {len(dims)} axes, expected a batch and channels at least")
    channels = axis_from_start(attributes.get("channels", 1), len(dims))
    return channels, [axis for axis in range(1, len(dims)) if axis != channels]


def numeric_pads(
    sizes: Sequence[int], kernel: Sequence[int], stride: Sequence[int], dilation: Sequence[int], pads: Any
) -> list[tuple[int, int]]:
    """Return the pads of each side in numbers; `same` puts the odd one at the end, as TensorFlow does."""
    if pads != "same":
        return [(before, after) for before, after in pads]
    result: list[tuple[int, int]] = []
    for size, k, s, d in zip(sizes, kernel, stride, dilation, strict=True):
        both = max(0, (-(-size // s) - 1) * s + (k - 1) * d + 1 - size)
        result.append((both // 2, both - both // 2))
    return result


def _windows(dims: Dims, a: Attributes, leaving: int | None) -> list[Dims]:
    channels, sides = channels_and_sides(dims, a)
    kernel, stride = a["kernel"], a["stride"]
    dilation = a.get("dilation") or (1,) * len(sides)
    if not len(kernel) == len(stride) == len(dilation) == len(sides):
        raise RuleError(f"a kernel of {len(kernel)} sides on a tensor with {len(sides)}")
    if min((*kernel, *stride, *dilation), default=1) < 1:
        raise RuleError("kernel, stride and dilation are at least 1")
    pads = numeric_pads([dims[axis] for axis in sides], kernel, stride, dilation, a["pads"])
    if len(pads) != len(sides):
        raise RuleError(f"pads for {len(pads)} sides on a tensor with {len(sides)}")
    result = list(dims)
    for axis, k, s, d, (before, after) in zip(sides, kernel, stride, dilation, pads, strict=True):
        span = dims[axis] + before + after - d * (k - 1) - 1
        size = span // s + 1
        if a.get("ceil_mode"):
            size = min(-(-span // s) + 1, -(-(dims[axis] + before) // s))
        if size < 1:
            raise RuleError(f"a kernel of {k} does not fit {dims[axis]} + {before + after} of padding")
        result[axis] = size
    if leaving is not None:
        result[channels] = leaving
    return [tuple(result)]


def _conv(inputs: Operands, a: Attributes) -> list[Dims]:
    dims = dims_of(inputs)
    channels, _ = channels_and_sides(dims, a)
    groups, leaving = a.get("groups", 1), a["out_channels"]
    if groups < 1 or dims[channels] % groups or leaving % groups:
        raise RuleError(f"{groups} groups do not divide {dims[channels]} and {leaving} channels")
    weight = inputs[1] if len(inputs) > 1 else None
    if weight is not None and weight.dims is not None:
        wanted = dims[channels] // groups * leaving * prod(a["kernel"])
        if weight.elements != wanted:
            raise RuleError(
                f"a weight of {weight.elements:,} elements, expected {wanted:,} for {dims[channels]} channels"
            )
    return _windows(dims, a, leaving)


def _conv_transpose(inputs: Operands, a: Attributes) -> list[Dims]:
    dims = dims_of(inputs)
    channels, sides = channels_and_sides(dims, a)
    if dims[channels] % a.get("groups", 1) or a["out_channels"] % a.get("groups", 1):
        raise RuleError(f"{a['groups']} groups do not divide {dims[channels]} and {a['out_channels']} channels")
    result = list(dims)
    result[channels] = a["out_channels"]
    more = a.get("output_padding") or (0,) * len(sides)
    dilation = a.get("dilation") or (1,) * len(sides)
    for at, axis in enumerate(sides):
        if a["pads"] == "same":
            result[axis] = dims[axis] * a["stride"][at]
            continue
        reach = dilation[at] * (a["kernel"][at] - 1) + 1
        result[axis] = (dims[axis] - 1) * a["stride"][at] - sum(a["pads"][at]) + reach + more[at]
        if result[axis] < 1:
            raise RuleError(f"an output of {result[axis]} along axis {axis}")
    return [tuple(result)]


def _linear(inputs: Operands, a: Attributes) -> list[Dims]:
    dims = dims_of(inputs)
    axis = axis_from_start(a.get("axis", -1), len(dims))
    weight = inputs[1] if len(inputs) > 1 else None
    if weight is not None and weight.dims is not None and weight.elements != dims[axis] * a["out_features"]:
        raise RuleError(
            f"a weight of {weight.elements:,} elements for {dims[axis]} features in and {a['out_features']} out"
        )
    return [(*dims[:axis], a["out_features"], *dims[axis + 1 :])]


def _rnn(inputs: Operands, a: Attributes) -> list[Dims]:
    dims = dims_of(inputs)
    if len(dims) != 3:
        raise RuleError(f"received {len(dims)} axes, expected time, batch and features")
    time = axis_from_start(a.get("time_axis", 0), 3)
    hidden, directions = a["hidden"], a.get("directions", 1)
    leaving = a.get("projection") or hidden
    steps, batch = dims[time], dims[1 - time]
    state = (directions, batch, leaving)
    if a.get("layout", "onnx") == "onnx":
        return [(steps, directions, batch, leaving), state, (directions, batch, hidden)]
    whole = (*dims[:2], directions * leaving)
    return [(batch, directions * leaving) if a.get("last") else whole, state, (directions, batch, hidden)]


def _matmul(inputs: Operands, a: Attributes) -> list[Dims]:
    left, right = dims_of(inputs, 0), dims_of(inputs, 1)
    if not left or not right:
        raise RuleError("a product of a single number")
    left, right = (1, *left) if len(left) == 1 else left, (*right, 1) if len(right) == 1 else right
    if a.get("transpose_a"):
        left = (*left[:-2], left[-1], left[-2])
    if a.get("transpose_b"):
        right = (*right[:-2], right[-1], right[-2])
    if left[-1] != right[-2]:
        raise RuleError(f"a product over {left[-1]} and {right[-2]} elements")
    result = [*broadcast([left[:-2], right[:-2]]), left[-2], right[-1]]
    if len(dims_of(inputs, 0)) == 1:
        del result[-2]
    if len(dims_of(inputs, 1)) == 1:
        del result[-1]
    return [tuple(result)]


def einsum_terms(equation: str, shapes: Sequence[Dims]) -> tuple[list[str], str, dict[str, int]]:
    """Return the letters of each input and of the output, and the size of each letter. Raises RuleError."""
    equation = equation.replace(" ", "")
    left, arrow, right = equation.partition("->")
    terms = left.split(",")
    if len(terms) != len(shapes):
        raise RuleError(f"{equation} for {len(shapes)} tensors")
    capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    more = max(
        len(dims) - len(term.replace("...", "")) if "..." in term else 0
        for term, dims in zip(terms, shapes, strict=True)
    )
    if more > len(capitals) or more < 0:
        raise RuleError(f"{equation} for tensors of these axes")
    spread = "".join(letter for letter in capitals if letter not in equation)[:more]
    sizes: dict[str, int] = {}
    letters: list[str] = []
    for term, dims in zip(terms, shapes, strict=True):
        if "..." in term:
            count = len(dims) - len(term.replace("...", ""))
            term = term.replace("...", spread[len(spread) - count :] if count > 0 else "")
        if len(term) != len(dims):
            raise RuleError(f"{equation} for a tensor with {len(dims)} axes")
        for letter, size in zip(term, dims, strict=True):
            if sizes.get(letter, 1) not in (1, size) and size != 1:
                raise RuleError(f"{equation}: {letter} is {sizes[letter]} and {size}")
            sizes[letter] = max(size, sizes.get(letter, 1))
        letters.append(term)
    every = "".join(letters)
    output = (
        right.replace("...", spread)
        if arrow
        else spread
        + "".join(sorted(letter for letter in set(every) if every.count(letter) == 1 and letter not in spread))
    )
    if not set(output) <= set(sizes):
        raise RuleError(f"{equation}: the output has letters that no input has")
    return letters, output, sizes


def _einsum(inputs: Operands, a: Attributes) -> list[Dims]:
    _, output, sizes = einsum_terms(a["equation"], [dims_of(inputs, i) for i in range(len(inputs))])
    return [tuple(sizes[letter] for letter in output)]


def _attention(inputs: Operands, a: Attributes) -> list[Dims]:
    query, key, value = (dims_of(inputs, i) for i in range(3))
    heads = a.get("heads", 1)
    shared = heads // a.get("key_heads", heads)
    if min(len(query), len(key), len(value)) < 2 or query[-1] != key[-1] * shared:
        raise RuleError(f"queries of {query[-1:]} and keys of {key[-1:]} features")
    if key[-2] != value[-2]:
        raise RuleError(f"{key[-2]} keys and {value[-2]} values")
    return [(*query[:-1], value[-1] * shared)]


def _embedding(inputs: Operands, a: Attributes) -> list[Dims]:
    return [(*dims_of(inputs, 0), dims_of(inputs, 1)[-1])]


def _same(inputs: Operands, a: Attributes) -> list[Dims]:
    return [dims_of(inputs)]


def _channelwise(inputs: Operands, a: Attributes) -> list[Dims]:
    dims = dims_of(inputs)
    channels, _ = channels_and_sides(dims, a)
    if dims[channels] % a.get("groups", 1):
        raise RuleError(f"{a['groups']} groups do not divide {dims[channels]} channels")
    return [dims]


def _joined(inputs: Operands, a: Attributes) -> list[Dims]:
    return [broadcast([dims_of(inputs, i) for i in range(len(inputs))])]


def _pooled(inputs: Operands, a: Attributes) -> list[Dims]:
    outputs: int = a.get("outputs", 1)
    return _windows(dims_of(inputs), a, None) * outputs


def _reduce(inputs: Operands, a: Attributes) -> list[Dims]:
    dims = dims_of(inputs)
    axes = axes_from_start(a["axes"], len(dims)) if a.get("axes") is not None else list(range(len(dims)))
    keep = a.get("keep", True)
    return [tuple(1 if axis in axes else size for axis, size in enumerate(dims) if keep or axis not in axes)]


RULES: dict[str, Rule] = {
    "conv": _conv, "conv_transpose": _conv_transpose, "linear": _linear, "rnn": _rnn, "embedding": _embedding,
    "matmul": _matmul, "einsum": _einsum, "attention": _attention,
    "batchnorm": _channelwise, "layernorm": _same, "rmsnorm": _same, "groupnorm": _channelwise,
    "instancenorm": _channelwise, "lrn": _same, "l2norm": _same,
    "activation": _same, "function": _same,
    "add": _joined, "subtract": _joined, "multiply": _joined, "divide": _joined, "maximum": _joined, "minimum": _joined,
    "power": _joined, "compare": _joined, "where": _joined,
    "maxpool": _pooled, "avgpool": _pooled, "reduce": _reduce,
}  # fmt: skip
"""Kind -> the sizes of its outputs; `move_rules.py` has the kinds that move elements."""
