"""The elements of small constants: what shape chains, paddings and sizes are computed from."""

import math
import operator
from collections.abc import Callable, Sequence
from math import prod
from typing import TYPE_CHECKING, Any

from dsconv_cost.importers.rules import Attributes, Dims, Operands, axes_from_start, axis_from_start

if TYPE_CHECKING:
    from dsconv_cost.importers.tensors import Tensor

Number = int | float | bool
Elements = tuple[Number, ...]

MOST_VALUES = 4096
"""Of how many elements at most the values are worked out."""
_LARGEST = 2**63


def fold(kind: str, inputs: Operands, attributes: Attributes, sizes: Sequence[Dims]) -> list[Elements] | None:
    """Return the elements of an operation's outputs from those of its inputs; None where they cannot be worked out."""
    given = [tensor for tensor in inputs if tensor is not None]
    try:
        result = _evaluated(kind, given, attributes, sizes)
    except (ArithmeticError, ValueError, IndexError, KeyError, TypeError):
        return None
    if result is None or [len(values) for values in result] != [prod(dims) for dims in sizes]:
        return None
    if any(type(v) is int and abs(v) >= _LARGEST for values in result for v in values):
        return None
    return result


def positions(dims: Dims, order: Sequence[int], strides: Sequence[int], start: int = 0) -> list[int]:
    """Return the places of the elements that are visited axis by axis."""
    places = [start]
    for axis in order:
        places = [place + index * strides[axis] for place in places for index in range(dims[axis])]
    return places


def strides_of(dims: Dims) -> list[int]:
    """Return how far apart neighbours along each axis are, in row-major order."""
    strides = [1] * len(dims)
    for axis in range(len(dims) - 2, -1, -1):
        strides[axis] = strides[axis + 1] * dims[axis + 1]
    return strides


def broadcast_values(tensor: "Tensor", dims: Dims) -> Elements:
    """Return the elements of a tensor repeated along its axes of size 1."""
    assert tensor.values is not None
    assert tensor.dims is not None
    if tensor.dims == dims:
        return tensor.values
    if len(tensor.values) == 1:
        return tensor.values * prod(dims)
    own = (1,) * (len(dims) - len(tensor.dims)) + tensor.dims
    strides = [0 if size == 1 else stride for size, stride in zip(own, strides_of(own), strict=True)]
    return tuple(tensor.values[place] for place in positions(dims, range(len(dims)), strides))


def _quotient(a: Number, b: Number) -> Number:
    if isinstance(a, int) and isinstance(b, int):
        return (abs(a) // abs(b)) * (1 if (a < 0) == (b < 0) else -1)  # towards 0, as every format does
    return a / b


def _modulo(a: Number, b: Number) -> Number:
    return a % b


_PAIRS: dict[str, Callable[[Any, Any], Number]] = {
    "add": operator.add, "subtract": operator.sub, "multiply": operator.mul, "divide": _quotient, "maximum": max,
    "minimum": min, "power": operator.pow, "modulo": _modulo,
    "equal": operator.eq, "greater": operator.gt, "less": operator.lt, "greater_equal": operator.ge,
    "less_equal": operator.le, "and": lambda a, b: bool(a and b), "or": lambda a, b: bool(a or b),
    "xor": lambda a, b: bool(a) != bool(b), "not_equal": operator.ne,
}  # fmt: skip
_FUNCTIONS: dict[str, Callable[[Any], Number]] = {
    "exponential": math.exp, "log": math.log, "sqrt": math.sqrt, "abs": abs, "negate": operator.neg, "floor": math.floor,
    "ceil": math.ceil, "round": round, "reciprocal": lambda v: 1 / v, "square": lambda v: v * v, "sin": math.sin,
    "cos": math.cos, "not": lambda v: not v, "sign": lambda v: (v > 0) - (v < 0),
}  # fmt: skip
_WHOLE = {"floor", "ceil", "round"}
_REDUCTIONS: dict[str, Callable[[Sequence[Any]], Number]] = {
    "mean": lambda values: sum(values) / len(values), "max": max, "min": min, "sum": sum, "prod": prod,
    "any": any, "all": all, "argmax": lambda values: values.index(max(values)), "argmin": lambda values: values.index(min(values)),
}  # fmt: skip


def _evaluated(kind: str, given: "list[Tensor]", a: Attributes, sizes: Sequence[Dims]) -> list[Elements] | None:
    first = given[0]
    values, dims = first.values, first.dims
    assert values is not None
    assert dims is not None
    out = sizes[0]
    if kind in ("identity", "reshape", "dropout", "quantize"):
        return [values]
    if kind == "cast":
        return [tuple(map(float, values)) if a.get("is_float") else tuple(map(int, values))]
    if kind in _PAIRS or kind == "compare":
        function = _PAIRS[a["function"] if kind == "compare" else kind]
        result = broadcast_values(first, out)
        for other in given[1:]:
            result = tuple(map(function, result, broadcast_values(other, out)))
        return [result]
    if kind == "function":
        function_of_one = _FUNCTIONS[a["function"]]
        made = tuple(map(function_of_one, values))
        return [tuple(map(float, made)) if first.is_float and a["function"] in _WHOLE else made]
    if kind == "where":
        chosen = zip(*(broadcast_values(tensor, out) for tensor in given), strict=True)
        return [tuple(yes if condition else no for condition, yes, no in chosen)]
    if kind == "reduce":
        return [_reduced(values, dims, a)]
    return _moved(kind, given, a, sizes)


def _reduced(values: Elements, dims: Dims, a: Attributes) -> Elements:
    axes = axes_from_start(a["axes"], len(dims)) if a.get("axes") is not None else list(range(len(dims)))
    strides = strides_of(dims)
    kept = [axis for axis in range(len(dims)) if axis not in axes]
    function = _REDUCTIONS[a["function"]]
    return tuple(
        function([values[place] for place in positions(dims, axes, strides, start)])
        for start in positions(dims, kept, strides)
    )


def _moved(kind: str, given: "list[Tensor]", a: Attributes, sizes: Sequence[Dims]) -> list[Elements] | None:
    first = given[0]
    values, dims, out = first.values, first.dims, sizes[0]
    assert values is not None
    assert dims is not None
    strides = strides_of(dims)
    if kind == "transpose":
        return [tuple(values[place] for place in positions(dims, a["order"], strides))]
    if kind == "expand":
        return [broadcast_values(first, out)]
    if kind == "concat":
        return [_concatenated(given, axis_from_start(a["axis"], len(dims)))]
    if kind == "gather":
        return [_gathered(given, axis_from_start(a.get("axis", 0), len(dims)))]
    if kind == "slice":
        start, steps = 0, list(strides)
        for axis, begin, _, step in a["parts"]:
            axis = axis_from_start(axis, len(dims))
            start += begin * strides[axis]
            steps[axis] = strides[axis] * step
        return [tuple(values[place] for place in positions(out, range(len(out)), steps, start))]
    if kind == "split":
        axis, at = axis_from_start(a["axis"], len(dims)), 0
        parts: list[Elements] = []
        for size in sizes:
            parts.append(tuple(values[p] for p in positions(size, range(len(size)), strides, at * strides[axis])))
            at += size[axis]
        return parts
    if kind == "tile":
        own = (1,) * (len(out) - len(dims)) + dims
        places = [0]
        for length, repeated, stride in zip(own, out, strides_of(own), strict=True):
            places = [place + index % length * stride for place in places for index in range(repeated)]
        return [tuple(values[place] for place in places)]
    if kind == "flip" and len(dims) == 1:
        return [values[::-1]]
    if kind == "cumulate" and len(dims) == 1:
        return [tuple(sum(values[: i + 1]) for i in range(len(values)))]
    return None


def _concatenated(given: "list[Tensor]", axis: int) -> Elements:
    result: list[Number] = []
    blocks: list[tuple[Elements, int]] = []
    for tensor in given:
        assert tensor.values is not None
        assert tensor.dims is not None
        blocks.append((tensor.values, prod(tensor.dims[axis:])))
    assert given[0].dims is not None
    for outer in range(prod(given[0].dims[:axis])):
        for values, block in blocks:
            result += values[outer * block : (outer + 1) * block]
    return tuple(result)


def _gathered(given: "list[Tensor]", axis: int) -> Elements:
    first, indices = given
    assert first.values is not None
    assert first.dims is not None
    assert indices.values is not None
    block, length = prod(first.dims[axis + 1 :]), first.dims[axis]
    result: list[Number] = []
    for outer in range(prod(first.dims[:axis])):
        for index in indices.values:
            if not -length <= index < length:
                raise IndexError
            at = (outer * length + int(index) % length) * block
            result += first.values[at : at + block]
    return tuple(result)
