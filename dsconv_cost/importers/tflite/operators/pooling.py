"""Pools, and reductions along axes."""

from collections.abc import Callable
from functools import partial

from dsconv_cost.importers.tensors import Tensor
from dsconv_cost.importers.tflite.call import TfliteCall


def _pool(kind: str, call: TfliteCall) -> list[Tensor]:
    more = {"count_padding": False} if kind == "avgpool" else {}
    return call.fused(
        5, kind, call.inputs[:1], kernel=(call.option(4, 1), call.option(3, 1)), stride=(call.option(2, 1), call.option(1, 1)),
        pads=call.pads(call.option(0, 0, 1)), dilation=(1, 1), channels=-1, **more,
    )  # fmt: skip


def _reduce(word: str, call: TfliteCall) -> list[Tensor]:
    return call.add(
        "reduce", call.inputs[:1], function=word, axes=call.whole(1, "the axes to reduce"), keep=call.flag(0)
    )


def _find(word: str, call: TfliteCall) -> list[Tensor]:
    """The position of the largest or smallest element along one axis, which goes."""
    axes = call.whole(1, "the axis to search")
    return call.add("reduce", call.inputs[:1], function=word, axes=axes, keep=False, is_float=False)


TFLITE_POOLING_OPERATORS: dict[str, Callable[[TfliteCall], list[Tensor]]] = {
    "MAX_POOL_2D": partial(_pool, "maxpool"), "AVERAGE_POOL_2D": partial(_pool, "avgpool"), "L2_POOL_2D": partial(_pool, "avgpool"),
    "MEAN": partial(_reduce, "mean"), "SUM": partial(_reduce, "sum"), "REDUCE_MAX": partial(_reduce, "max"),
    "REDUCE_MIN": partial(_reduce, "min"), "REDUCE_PROD": partial(_reduce, "prod"), "REDUCE_ANY": partial(_reduce, "any"),
    "REDUCE_ALL": partial(_reduce, "all"), "ARG_MAX": partial(_find, "argmax"), "ARG_MIN": partial(_find, "argmin"),
}  # fmt: skip
