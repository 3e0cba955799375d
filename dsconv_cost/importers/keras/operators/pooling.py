"""Pools."""

from collections.abc import Callable
from functools import partial

from dsconv_cost.importers.keras.call import KerasCall
from dsconv_cost.importers.keras.operators.windows import keras_windows
from dsconv_cost.importers.tensors import Tensor


def _pool(kind: str, sides: int, call: KerasCall) -> list[Tensor]:
    more = {"count_padding": False} if kind == "avgpool" else {}
    return [call.step(kind, [call.x], **keras_windows(call, sides, "pool_size"), **more)]


def _global_pool(function: str, sides: int, call: KerasCall) -> list[Tensor]:
    rank = len(call.dims)
    last = rank if call.channels == 1 else rank - 1
    axes = tuple(range(last - sides, last))
    return [call.step("reduce", [call.x], function=function, axes=axes, keep=bool(call.config.get("keepdims", False)))]


_SIDES = (1, 2, 3)
KERAS_POOLING_LAYERS: dict[str, Callable[[KerasCall], list[Tensor]]] = {
    **{f"MaxPooling{n}D": partial(_pool, "maxpool", n) for n in _SIDES},
    **{f"AveragePooling{n}D": partial(_pool, "avgpool", n) for n in _SIDES},
    **{f"GlobalAveragePooling{n}D": partial(_global_pool, "mean", n) for n in _SIDES},
    **{f"GlobalMaxPooling{n}D": partial(_global_pool, "max", n) for n in _SIDES},
}
