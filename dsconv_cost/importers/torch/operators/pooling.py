"""Pools, and reductions along axes."""

from collections.abc import Callable
from functools import partial

from dsconv_cost.importers.rules import RuleError
from dsconv_cost.importers.tensors import Tensor
from dsconv_cost.importers.torch.call import AtenCall


def _pool(kind: str, sides: int, call: AtenCall) -> list[Tensor]:
    kernel = call.per_side("kernel_size", sides)
    stride = call.per_side("stride", sides) or kernel
    pads = tuple((pad, pad) for pad in call.per_side("padding", sides))
    more: dict[str, object] = (
        {"outputs": len(call.sizes)} if kind == "maxpool" else {"count_padding": bool(call["count_include_pad"])}
    )
    dilation = call.per_side("dilation", sides) or (1,) * sides
    x = call.x
    if len(call.dims("self")) == sides + 1:
        raise RuleError("a map without a batch: give it a batch of 1")
    return call.add(
        kind, [x], kernel=kernel, stride=stride, pads=pads, dilation=dilation, ceil_mode=bool(call["ceil_mode"]), **more
    )


def _adaptive_pool(function: str, sides: int, call: AtenCall) -> list[Tensor]:
    """Means over as many windows as are wanted, where they are equal."""
    dims, wanted = call.dims("self"), call.per_side("output_size", sides)
    before = dims[-sides:]
    if set(wanted) == {1}:
        made = call.add("reduce", [call.x], function=function, axes=tuple(range(-sides, 0)), keep=True)
        return made * len(call.sizes)
    if any(size % out for size, out in zip(before, wanted, strict=True)):
        raise RuleError(
            f"an adaptive pool of {'x'.join(map(str, before))} to {'x'.join(map(str, wanted))}: its windows differ"
        )
    kernel = tuple(size // out for size, out in zip(before, wanted, strict=True))
    kind = "avgpool" if function == "mean" else "maxpool"
    more: dict[str, object] = {"outputs": len(call.sizes)} if kind == "maxpool" else {"count_padding": True}
    return call.add(kind, [call.x], kernel=kernel, stride=kernel, pads=((0, 0),) * sides, dilation=(1,) * sides, **more)


def _reduce(function: str, call: AtenCall) -> list[Tensor]:
    """Over all axes, one or several; some give the positions of what they find besides."""
    rank = len(call.dims("self"))
    given = call["dim"]
    axes = None if given is None or given == [] else (given,) if isinstance(given, int) else tuple(given)
    made = call.add("reduce", [call.x], function=function, axes=axes, keep=bool(call["keepdim"]) and rank > 0)
    return made * len(call.sizes)


def _variance(call: AtenCall) -> list[Tensor]:
    given = call["dim"]
    axes = None if not given else tuple([given] if isinstance(given, int) else given)
    keep = bool(call["keepdim"])
    mean = call.step("reduce", [call.x], function="mean", axes=axes, keep=True)
    less = call.step("function", [call.step("subtract", [call.x, mean])], function="square")
    made = call.step("reduce", [less], function="mean", axes=axes, keep=keep)
    if call.operator.startswith("std"):
        made = call.step("function", [made], function="sqrt")
    if len(call.sizes) < 2:
        return [made]
    return [made, call.step("reduce", [call.x], function="mean", axes=axes, keep=keep)]


def _find(function: str, call: AtenCall) -> list[Tensor]:
    axes = None if call["dim"] is None else (call["dim"],)
    return call.add("reduce", [call.x], function=function, axes=axes, keep=bool(call["keepdim"]), is_float=False)


def _norm(call: AtenCall) -> list[Tensor]:
    return _reduce("l2", call)


TORCH_POOLING_OPERATORS: dict[str, Callable[[AtenCall], list[Tensor]]] = {
    **{f"max_pool{n}d_with_indices": partial(_pool, "maxpool", n) for n in (1, 2, 3)},
    **{f"max_pool{n}d": partial(_pool, "maxpool", n) for n in (1, 2, 3)},
    **{f"avg_pool{n}d": partial(_pool, "avgpool", n) for n in (1, 2, 3)},
    **{f"{mark}adaptive_avg_pool{n}d": partial(_adaptive_pool, "mean", n) for n in (1, 2, 3) for mark in ("", "_")},
    **{f"adaptive_max_pool{n}d": partial(_adaptive_pool, "max", n) for n in (1, 2, 3)},
    "mean": partial(_reduce, "mean"), "sum": partial(_reduce, "sum"), "amax": partial(_reduce, "max"), "amin": partial(_reduce, "min"),
    "max": partial(_reduce, "max"), "min": partial(_reduce, "min"), "prod": partial(_reduce, "prod"), "any": partial(_reduce, "any"),
    "all": partial(_reduce, "all"), "logsumexp": partial(_reduce, "logsumexp"), "linalg_vector_norm": _norm, "norm": _norm,
    "var": _variance, "var_mean": _variance, "std": _variance, "std_mean": _variance,
    "argmax": partial(_find, "argmax"), "argmin": partial(_find, "argmin"),
}  # fmt: skip
