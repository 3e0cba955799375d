"""Pools, and reductions along axes."""

from collections.abc import Callable
from functools import partial

from dsconv_cost.importers.onnx.call import Call
from dsconv_cost.importers.onnx.operators.windows import windows
from dsconv_cost.importers.tensors import Tensor


def _max_pool(call: Call) -> list[Tensor]:
    return call.add(
        "maxpool", call.inputs[:1], ceil_mode=bool(call.integer("ceil_mode", 0)), outputs=max(1, len(call.node.outputs)),
        **windows(call, call.integers("kernel_shape")),
    )  # fmt: skip


def add_average_pool(call: Call) -> list[Tensor]:
    return call.add(
        "avgpool", call.inputs[:1], ceil_mode=bool(call.integer("ceil_mode", 0)),
        count_padding=bool(call.integer("count_include_pad", 0)), **windows(call, call.integers("kernel_shape")),
    )  # fmt: skip


def add_global_pool(word: str, call: Call) -> list[Tensor]:
    return call.add("reduce", call.inputs[:1], function=word, axes=tuple(range(2, len(call.dims()))), keep=True)


def _reduce(word: str, call: Call) -> list[Tensor]:
    """A reduction over axes: an attribute, and since operator set 18 (of a sum since 13) an input."""
    axes = call.axes(1, 13 if word == "sum" else 18)
    if not axes and call.integer("noop_with_empty_axes", 0):
        return call.add("identity", call.inputs[:1])
    return call.add("reduce", call.inputs[:1], function=word, axes=axes or None, keep=bool(call.integer("keepdims", 1)))


def _find(word: str, call: Call) -> list[Tensor]:
    return call.add(
        "reduce",
        call.inputs[:1],
        function=word,
        axes=(call.integer("axis", 0),),
        keep=bool(call.integer("keepdims", 1)),
        is_float=False,
    )


_REDUCTIONS = {
    "ReduceMean": "mean", "ReduceMax": "max", "ReduceMin": "min", "ReduceSum": "sum", "ReduceProd": "prod", "ReduceL1": "l1",
    "ReduceL2": "l2", "ReduceLogSum": "logsum", "ReduceLogSumExp": "logsumexp", "ReduceSumSquare": "sumsquare",
}  # fmt: skip

POOLING_OPERATORS: dict[str, Callable[[Call], list[Tensor]]] = {
    **{name: partial(_reduce, word) for name, word in _REDUCTIONS.items()},
    "MaxPool": _max_pool, "AveragePool": add_average_pool, "LpPool": add_average_pool,
    "GlobalAveragePool": partial(add_global_pool, "mean"), "GlobalMaxPool": partial(add_global_pool, "max"),
    "GlobalLpPool": partial(add_global_pool, "l2"),
    "ArgMax": partial(_find, "argmax"), "ArgMin": partial(_find, "argmin"),
}  # fmt: skip
