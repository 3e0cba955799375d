"""Operators on sizes and types, and those that round: what they give is known, or the same elements in another type."""

from collections.abc import Callable
from math import prod

from dsconv_cost.importers.folding import MOST_VALUES
from dsconv_cost.importers.rules import RuleError
from dsconv_cost.importers.tensors import Tensor
from dsconv_cost.importers.tflite.call import TfliteCall

_FLOAT_TYPES = frozenset({0, 1, 10, 18})


def _shape(call: TfliteCall) -> list[Tensor]:
    dims = call.dims()
    return call.constant((len(dims),), dims)


def _rank(call: TfliteCall) -> list[Tensor]:
    return call.constant((), (len(call.dims()),))


def _fill(call: TfliteCall) -> list[Tensor]:
    dims = call.whole(0, "the shape")
    value = call.tensor(1)
    if value.is_data:
        return call.add("expand", [value], shape=dims)
    few = value.values is not None and prod(dims) <= MOST_VALUES
    return call.constant(dims, (value.values or ())[:1] * prod(dims) if few else None, value.is_float)


def _zeros(call: TfliteCall) -> list[Tensor]:
    dims = call.dims()
    return call.constant(dims, (0,) * prod(dims) if prod(dims) <= MOST_VALUES else None, call.tensor(0).is_float)


def _count_up(call: TfliteCall) -> list[Tensor]:
    start, stop, step = (call.whole(index, "a range")[0] for index in range(3))
    if not step or len(range(start, stop, step)) > MOST_VALUES:
        raise RuleError(f"a range from {start} to {stop} by {step}")
    values = tuple(range(start, stop, step))
    return call.constant((len(values),), values)


def _cast(call: TfliteCall) -> list[Tensor]:
    return call.add("cast", call.inputs[:1], is_float=call.option(1, 0, 1) in _FLOAT_TYPES)


def _quantize(call: TfliteCall) -> list[Tensor]:
    return call.add("quantize", call.inputs[:1], is_float=True)


def _densify(call: TfliteCall) -> list[Tensor]:
    """A sparse weight as the dense one that it stands for."""
    return call.add("identity", call.inputs[:1])


TFLITE_SIZES: dict[str, Callable[[TfliteCall], list[Tensor]]] = {
    "SHAPE": _shape, "RANK": _rank, "FILL": _fill, "ZEROS_LIKE": _zeros, "RANGE": _count_up, "CAST": _cast, "QUANTIZE": _quantize,
    "DEQUANTIZE": _quantize, "FAKE_QUANT": _quantize, "DENSIFY": _densify,
}  # fmt: skip
