"""Convolutions, pools, paddings and resizes as PyTorch has them, on 1, 2 and 3 sides."""

import math
from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F  # noqa: N812  # everybody's name for it
from torch import Tensor, nn

from dsconv_cost.layers import Layer
from dsconv_cost.layers.shapes import Shape, pads_of, sides_of

Step = Callable[..., Tensor]
Shapes = Sequence[Sequence[int]]
Pads = Sequence[tuple[int, int]]


class NotInPyTorch(Exception):
    """PyTorch has no layer for it."""


def each(value: object, x: Sequence[int]) -> tuple[int, ...]:
    """Return a value of a field for each side of `x`."""
    return sides_of(value, Shape(*x), "value")


def of_sides(name: str, x: Sequence[int]) -> Callable[..., nn.Module]:
    """Return PyTorch's module of a name for the number of sides of `x`: Conv1d, Conv2d, Conv3d."""
    sides = len(x) - 1
    if not 1 <= sides <= 3:
        raise NotInPyTorch(f"{name} of {sides} sides")
    return getattr(nn, f"{name}{sides}d")


def functional(name: str, x: Sequence[int]) -> Step:
    """Return PyTorch's function for the number of sides of `x`, looked up when called: counters replace it meanwhile."""
    return lambda *args, **kwargs: getattr(F, f"{name}{len(x) - 1}d")(*args, **kwargs)


def flat(pads: Pads) -> tuple[int, ...]:
    """Return paddings in PyTorch's order: the last side first."""
    return tuple(end for ends in reversed(pads) for end in ends)


def pads(layer: Layer, x: Sequence[int], output: Sequence[int]) -> Pads:
    """Return before and after for each side; `same` puts the odd position at the end."""
    if not isinstance(layer.padding, str):
        return pads_of(layer.padding, Shape(*x))
    found: list[tuple[int, int]] = []
    dilations = each(getattr(layer, "dilation", 1), x)
    for size, out, kernel, stride, dilation in zip(
        x[1:], output[1:], each(layer.kernel, x), each(layer.stride, x), dilations, strict=True
    ):
        both = max(0, (out - 1) * stride + dilation * (kernel - 1) + 1 - size)
        found.append((both // 2, both - both // 2))
    return found


def even(ends: Pads) -> bool:
    return all(before == after for before, after in ends)


def _after_padding(ends: Pads, module: Callable[[object], nn.Module], fill: float = 0.0) -> nn.Module:
    """Return a module with its padding, which is a layer of its own where the ends differ."""
    if even(ends):
        return module(tuple(before for before, _ in ends))
    pad = (
        getattr(nn, f"ZeroPad{len(ends)}d")(flat(ends))
        if fill == 0
        else getattr(nn, f"ConstantPad{len(ends)}d")(flat(ends), fill)
    )
    return nn.Sequential(pad, module(0))


# -- convolutions -----------------------------------------------------------------------------------


def conv(layer: Layer, inputs: Shapes, output: Sequence[int], coding: str) -> nn.Module:
    x = inputs[0]
    groups = x[0] if layer.type == "dwconv" else layer.groups

    def made(padding: object) -> nn.Module:
        return of_sides("Conv", x)(
            x[0], output[0], each(layer.kernel, x), each(layer.stride, x), padding, each(layer.dilation, x), groups,
            bool(layer.bias),
        )  # fmt: skip

    if coding == "padding='same'":
        return made("same")
    return _after_padding(pads(layer, x, output), made)


def conv_transpose(layer: Layer, inputs: Shapes, output: Sequence[int], coding: str) -> nn.Module:
    x = inputs[0]
    kernel, stride, dilation = each(layer.kernel, x), each(layer.stride, x), each(layer.dilation, x)
    if isinstance(layer.padding, str):
        padding, extra = [], []
        for size, out, k, s, d in zip(x[1:], output[1:], kernel, stride, dilation, strict=True):
            whole = (size - 1) * s + d * (k - 1) + 1
            padding.append(max(0, -(-(whole - out) // 2)))
            extra.append(out - whole + 2 * padding[-1])
    else:
        ends = pads_of(layer.padding, Shape(*x))
        padding = [max(pair) for pair in ends]
        extra = [n + 2 * max(pair) - sum(pair) for n, pair in zip(each(layer.output_padding, x), ends, strict=True)]
    return of_sides("ConvTranspose", x)(
        x[0], output[0], kernel, stride, tuple(padding), tuple(extra), layer.groups, bool(layer.bias), dilation,
    )  # fmt: skip


class _Blur(nn.Module):
    """A fixed filter on every channel, as timm's BlurPool2d applies it."""

    def __init__(self, layer: Layer, x: Sequence[int], ends: Pads) -> None:
        super().__init__()
        self.stride, self.channels, self.ends, self.sides = each(layer.stride, x), x[0], flat(ends), len(x) - 1
        self.register_buffer("filter", torch.ones(x[0], 1, *each(layer.kernel, x)))

    def forward(self, x: Tensor) -> Tensor:
        x = F.pad(x, self.ends, "replicate")
        return getattr(F, f"conv{self.sides}d")(x, self.filter, stride=self.stride, groups=self.channels)


def blur_pool(layer: Layer, inputs: Shapes, output: Sequence[int], coding: str) -> nn.Module:
    return _Blur(layer, inputs[0], pads(layer, inputs[0], output))


# -- pools ------------------------------------------------------------------------------------------


def maxpool(layer: Layer, inputs: Shapes, output: Sequence[int], coding: str) -> Step:
    x = inputs[0]

    def pool(padding: object) -> nn.Module:
        return of_sides("MaxPool", x)(each(layer.kernel, x), each(layer.stride, x), padding, ceil_mode=layer.ceil_mode)

    return _after_padding(pads(layer, x, output), pool, -math.inf)


def _whole_average(layer: Layer, ends: Pads) -> None:
    if not even(ends) and not layer.count_padding:
        raise NotInPyTorch("an average that leaves out padding which differs at its ends")


def avgpool(layer: Layer, inputs: Shapes, output: Sequence[int], coding: str) -> Step:
    x = inputs[0]

    def pool(padding: object) -> nn.Module:
        return of_sides("AvgPool", x)(
            each(layer.kernel, x), each(layer.stride, x), padding, layer.ceil_mode, layer.count_padding
        )

    ends = pads(layer, x, output)
    _whole_average(layer, ends)
    return _after_padding(ends, pool)


def maxpool_function(layer: Layer, inputs: Shapes, output: Sequence[int], coding: str) -> Step:
    x = inputs[0]
    ends = pads(layer, x, output)
    pool, kernel, stride = functional("max_pool", x), each(layer.kernel, x), each(layer.stride, x)
    if even(ends):
        return lambda t: pool(t, kernel, stride, tuple(before for before, _ in ends), 1, layer.ceil_mode)
    return lambda t: pool(F.pad(t, flat(ends), value=-math.inf), kernel, stride, 0, 1, layer.ceil_mode)


def avgpool_function(layer: Layer, inputs: Shapes, output: Sequence[int], coding: str) -> Step:
    x = inputs[0]
    ends = pads(layer, x, output)
    pool, kernel, stride = functional("avg_pool", x), each(layer.kernel, x), each(layer.stride, x)
    if even(ends):
        return lambda t: pool(
            t, kernel, stride, tuple(before for before, _ in ends), layer.ceil_mode, layer.count_padding
        )
    _whole_average(layer, ends)
    return lambda t: pool(F.pad(t, flat(ends)), kernel, stride, 0, layer.ceil_mode)


def global_average(layer: Layer, inputs: Shapes, output: Sequence[int], coding: str) -> Step:
    if coding == "mean":
        return lambda x: x.mean(tuple(range(2, x.dim())), keepdim=True)
    return of_sides("AdaptiveAvgPool", inputs[0])(1)


def global_maximum(layer: Layer, inputs: Shapes, output: Sequence[int], coding: str) -> Step:
    return of_sides("AdaptiveMaxPool", inputs[0])(1)


def adaptive(layer: Layer, inputs: Shapes, output: Sequence[int], coding: str) -> Step:
    return of_sides("AdaptiveAvgPool", inputs[0])(tuple(output[1:]))


def adaptive_function(name: str, to_one: bool) -> Callable[..., Step]:
    """Return a maker of F.adaptive_avg_pool or F.adaptive_max_pool, to one position or to the output's."""

    def make(layer: Layer, inputs: Shapes, output: Sequence[int], coding: str) -> Step:
        pool = functional(name, inputs[0])
        return lambda t: pool(t, 1 if to_one else tuple(output[1:]))

    return make


# -- resizes and paddings ---------------------------------------------------------------------------


def resized(layer: Layer, inputs: Shapes, output: Sequence[int], coding: str) -> Step:
    size: dict[str, object] = {"size": tuple(output[1:])}
    if layer.type == "upsample":
        factors = each(layer.factor, inputs[0])
        size = {"scale_factor": factors[0] if len(set(factors)) == 1 else factors}
    mode = ("linear", "bilinear", "trilinear")[len(output) - 2] if layer.mode == "bilinear" else layer.mode
    if coding == "function":
        return lambda x: F.interpolate(x, mode=mode, **size)
    return nn.Upsample(mode=mode, **size)


def _padded(layer: Layer, x: Sequence[int]) -> tuple[int, ...]:
    sides = pads_of(layer.sides, Shape(*x)) if layer.sides else ((0, 0),) * (len(x) - 1)
    return flat([layer.channels, *sides]) if layer.channels != (0, 0) else flat(sides)


def pad(layer: Layer, inputs: Shapes, output: Sequence[int], coding: str) -> Step:
    if layer.channels != (0, 0):
        return pad_function(layer, inputs, output, coding)
    return of_sides("ZeroPad", inputs[0])(_padded(layer, inputs[0]))


def pad_function(layer: Layer, inputs: Shapes, output: Sequence[int], coding: str) -> Step:
    ends = _padded(layer, inputs[0])
    return lambda x: F.pad(x, ends)


def cropped(layer: Layer, inputs: Shapes, output: Sequence[int], coding: str) -> Step:
    starts = [(old - new) // 2 for old, new in zip(inputs[0][1:], output[1:], strict=True)]
    parts = tuple(slice(start, start + new) for start, new in zip(starts, output[1:], strict=True))
    return lambda x: x[(slice(None), slice(None), *parts)]
