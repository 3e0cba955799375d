"""Layers that move elements."""

from collections.abc import Callable, Sequence
from functools import partial
from math import prod
from typing import Any

from dsconv_cost.importers.keras.call import KerasCall
from dsconv_cost.importers.rules import RuleError
from dsconv_cost.importers.tensors import Tensor


def _flatten(call: KerasCall) -> list[Tensor]:
    return [call.step("reshape", [call.x], shape=(call.dims[0], prod(call.dims[1:])))]


def _reshape(call: KerasCall) -> list[Tensor]:
    return [call.step("reshape", [call.x], shape=(call.dims[0], *call.config["target_shape"]))]


def _permute(call: KerasCall) -> list[Tensor]:
    return [call.step("transpose", [call.x], order=(0, *call.config["dims"]))]


def _repeat_vector(call: KerasCall) -> list[Tensor]:
    batch, features = call.dims
    made = call.step("reshape", [call.x], shape=(batch, 1, features))
    return [call.step("tile", [made], repeats=(1, call.config["n"], 1))]


def _concatenate(call: KerasCall) -> list[Tensor]:
    return [call.step("concat", call.inputs, axis=call.config.get("axis", -1))]


def _pairs(value: Any, sides: int) -> list[tuple[int, int]]:
    """Return before and after of each side: one number, one for each side, or a pair for each."""
    if isinstance(value, int):
        return [(value, value)] * sides
    if sides == 1 and len(value) == 2 and all(isinstance(one, int) for one in value):
        return [(value[0], value[1])]
    if len(value) != sides:
        raise RuleError(f"{value} for {sides} sides")
    return [(one, one) if isinstance(one, int) else (one[0], one[1]) for one in value]


def _sides_at(call: KerasCall, sides: int) -> list[int]:
    start = 2 if call.channels == 1 else 1
    if len(call.dims) != sides + 2:
        raise RuleError(f"an input with {len(call.dims)} axes, expected {sides + 2}")
    return list(range(start, start + sides))


def _zero_padding(sides: int, call: KerasCall) -> list[Tensor]:
    every = [(0, 0)] * len(call.dims)
    for axis, pads in zip(_sides_at(call, sides), _pairs(call.config["padding"], sides), strict=True):
        every[axis] = pads
    return [call.step("pad", [call.x], pads=tuple(every), mode="constant")]


def _cropping(sides: int, call: KerasCall) -> list[Tensor]:
    cropped = zip(_sides_at(call, sides), _pairs(call.config["cropping"], sides), strict=True)
    parts = tuple((axis, before, call.dims[axis] - after, 1) for axis, (before, after) in cropped if before or after)
    return [call.step("slice", [call.x], parts=parts) if parts else call.step("identity", [call.x])]


def _up_sampling(sides: int, call: KerasCall) -> list[Tensor]:
    sizes = list(call.dims)
    for axis, factor in zip(_sides_at(call, sides), call.per_side("size", sides, 2), strict=True):
        sizes[axis] *= factor
    return [_resized(call, sizes)]


def _resized(call: KerasCall, sizes: Sequence[int]) -> Tensor:
    mode = call.config.get("interpolation", "nearest")
    return call.step(
        "resize", [call.x], sizes=tuple(sizes), mode=mode if mode in ("nearest", "bilinear") else "bilinear"
    )


def _resizing(call: KerasCall) -> list[Tensor]:
    sizes = list(call.dims)
    for axis, key in zip(_sides_at(call, 2), ("height", "width"), strict=True):
        sizes[axis] = call.config[key]
    return [_resized(call, sizes)]


def _center_crop(call: KerasCall) -> list[Tensor]:
    parts: list[tuple[int, int, int, int]] = []
    for axis, key in zip(_sides_at(call, 2), ("height", "width"), strict=True):
        start = (call.dims[axis] - call.config[key]) // 2
        parts.append((axis, start, start + call.config[key], 1))
    return [call.step("slice", [call.x], parts=tuple(parts))]


def _get_item(call: KerasCall) -> list[Tensor]:
    raise RuleError("a slice of a tensor in Python: write it as a layer, or export the model to ONNX")


_SIDES = (1, 2, 3)
KERAS_MOVES: dict[str, Callable[[KerasCall], list[Tensor]]] = {
    "Flatten": _flatten, "Reshape": _reshape, "Permute": _permute, "RepeatVector": _repeat_vector, "Concatenate": _concatenate,
    "Resizing": _resizing, "CenterCrop": _center_crop, "GetItem": _get_item, "SlicingOpLambda": _get_item,
    **{f"ZeroPadding{n}D": partial(_zero_padding, n) for n in _SIDES},
    **{f"Cropping{n}D": partial(_cropping, n) for n in _SIDES},
    **{f"UpSampling{n}D": partial(_up_sampling, n) for n in _SIDES},
}  # fmt: skip
