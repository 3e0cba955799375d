"""A network of this project as a PyTorch module, so that counters can be run on it.

Every layer is made as PyTorch's users write it, in one of several codings:

- as a module of torch.nn (joins by operators, moves by tensor methods);
- by a function of torch.nn.functional, or torch.add and torch.mul for joins;
- in further ways that change what some counter sees: see `examples.CODINGS`.

The shapes that arise and the parameters that are learned are held to this project's; nothing else is taken from it.
"""

import math
from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F  # noqa: N812  # everybody's name for it
from torch import Tensor, nn

from dsconv_cost.layers import Layer
from dsconv_cost.network.graph import INPUT, Network

Step = Callable[..., Tensor]
Shapes = Sequence[Sequence[int]]


class NotInPyTorch(Exception):
    """PyTorch has no layer for it."""


class Graph(nn.Module):
    """The nodes of a network in execution order."""

    def __init__(self, network: Network, coding: str) -> None:
        super().__init__()
        self.parts = nn.ModuleList()
        self.scales = nn.ParameterList()
        self.steps: list[Step] = []
        self.sources = [node.inputs for node in network.nodes]
        self.outputs = [tuple(node.output) for node in network.nodes]
        self.ends = network.outputs
        for node in network.nodes:
            if node.layer.type == "channel_scale":
                self.scales.append(nn.Parameter(torch.ones(node.output[0], 1, 1)))
                self.steps.append(_scaled(self.scales, len(self.scales) - 1))
                continue
            if node.layer.type == "prelu" and coding == "function":
                self.scales.append(nn.Parameter(torch.ones(node.counts.weights)))
                self.steps.append(_sloped(self.scales, len(self.scales) - 1))
                continue
            step = made(node.layer, network.input_shapes(node), node.output, coding)
            if isinstance(step, nn.Module):
                self.parts.append(step)
            self.steps.append(step)
        learned = sum(node.counts.params for node in network.nodes)
        here = sum(parameter.numel() for parameter in self.parameters())
        assert here == learned, (here, learned)

    def forward(self, x: Tensor) -> "Tensor | list[Tensor]":
        made: list[Tensor] = []
        for step, sources, shape in zip(self.steps, self.sources, self.outputs, strict=True):
            out = step(*(x if source == INPUT else made[source] for source in sources))
            assert tuple(out.shape[1:]) + (1,) * (4 - out.dim()) == shape, (step, tuple(out.shape), shape)
            made.append(out)
        ends = [made[index] for index in self.ends]
        return ends[0] if len(ends) == 1 else ends


def _scaled(scales: nn.ParameterList, index: int) -> Step:
    return lambda x: scales[index] * x


def _sloped(slopes: nn.ParameterList, index: int) -> Step:
    return lambda x: F.prelu(x, slopes[index])


def made(layer: Layer, inputs: Shapes, output: Sequence[int], coding: str) -> Step:
    """Return one layer as a module or a function."""
    makers = FUNCTIONS if coding == "function" and layer.type in FUNCTIONS else MODULES
    return makers[layer.type](layer, inputs, output, coding)


# -- convolutions and linear layers -----------------------------------------------------------------


def _pads(layer: Layer, x: Sequence[int], output: Sequence[int]) -> tuple[int, int, int, int]:
    """Return top, bottom, left, right; `same` puts the odd position at the end."""
    if not isinstance(layer.padding, str):
        return tuple(layer.padding)
    pads: list[int] = []
    for size, out, kernel, stride, dilation in zip(
        x[1:], output[1:], layer.kernel, layer.stride, getattr(layer, "dilation", (1, 1)), strict=True
    ):
        both = max(0, (out - 1) * stride + dilation * (kernel - 1) + 1 - size)
        pads += (both // 2, both - both // 2)
    return pads[0], pads[1], pads[2], pads[3]


def _after_padding(
    pads: tuple[int, int, int, int], module: Callable[[object], nn.Module], fill: float = 0.0
) -> nn.Module:
    """Return a module with its padding, which is a layer of its own where the sides differ."""
    top, bottom, left, right = pads
    if (top, left) == (bottom, right):
        return module((top, left))
    pad = nn.ZeroPad2d((left, right, top, bottom)) if fill == 0 else nn.ConstantPad2d((left, right, top, bottom), fill)
    return nn.Sequential(pad, module(0))


def _conv(layer: Layer, inputs: Shapes, output: Sequence[int], coding: str) -> nn.Module:
    c_in = inputs[0][0]
    groups = c_in if layer.type == "dwconv" else layer.groups

    def conv(padding: object) -> nn.Module:
        return nn.Conv2d(
            c_in, output[0], layer.kernel, layer.stride, padding, layer.dilation, groups, bool(layer.bias)
        )  # fmt: skip

    if coding == "padding='same'":
        return conv("same")
    return _after_padding(_pads(layer, inputs[0], output), conv)


def _conv_transpose(layer: Layer, inputs: Shapes, output: Sequence[int], coding: str) -> nn.Module:
    x = inputs[0]
    if isinstance(layer.padding, str):
        padding, extra = [], []
        for size, out, k, s, d in zip(x[1:], output[1:], layer.kernel, layer.stride, layer.dilation, strict=True):
            whole = (size - 1) * s + d * (k - 1) + 1
            padding.append(max(0, -(-(whole - out) // 2)))
            extra.append(out - whole + 2 * padding[-1])
    else:
        top, bottom, left, right = layer.padding
        padding, extra = [max(top, bottom), max(left, right)], list(layer.output_padding)
        extra[0] += 2 * padding[0] - top - bottom
        extra[1] += 2 * padding[1] - left - right
    return nn.ConvTranspose2d(
        x[0], output[0], layer.kernel, layer.stride, tuple(padding), tuple(extra), layer.groups, bool(layer.bias),
        layer.dilation,
    )  # fmt: skip


class _Positions(nn.Module):
    """A module of the last axis applied to channels at each position."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module

    def forward(self, x: Tensor) -> Tensor:
        return self.module(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


def _linear(layer: Layer, inputs: Shapes, output: Sequence[int], coding: str) -> Step:
    x = inputs[0]
    module = nn.Linear(x[0], output[0], bool(layer.bias))
    if math.prod(x[1:]) > 1:
        return _Positions(module)
    return nn.Sequential(nn.Flatten(), module)


# -- norms ------------------------------------------------------------------------------------------


class _OwnLayerNorm(nn.LayerNorm):
    """A layer norm in a class of its own that moves the axes itself."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class _OwnBatchNorm(nn.BatchNorm2d):
    """A batch norm in a class of its own."""


class _OwnGroupNorm(nn.GroupNorm):
    """A group norm in a class of its own."""


def _affine(layer: Layer) -> bool:
    scale, shift = getattr(layer, "scale", True), getattr(layer, "shift", True)
    if scale != shift:
        raise NotInPyTorch("a norm with a scale alone or a shift alone")
    return bool(scale)


def _batchnorm(layer: Layer, inputs: Shapes, output: Sequence[int], coding: str) -> nn.Module:
    module = _OwnBatchNorm if coding == "own class" else nn.BatchNorm2d
    return module(output[0], affine=_affine(layer))


def _layernorm(layer: Layer, inputs: Shapes, output: Sequence[int], coding: str) -> nn.Module:
    if coding == "own class":
        return _OwnLayerNorm(output[0], elementwise_affine=_affine(layer))
    return _Positions(nn.LayerNorm(output[0], elementwise_affine=_affine(layer)))


def _groupnorm(layer: Layer, inputs: Shapes, output: Sequence[int], coding: str) -> nn.Module:
    module = _OwnGroupNorm if coding == "own class" else nn.GroupNorm
    return module(layer.groups, output[0], affine=_affine(layer))


# -- activations ------------------------------------------------------------------------------------


def _activation(module: Callable[[], nn.Module]) -> Callable[..., Step]:
    return lambda layer, inputs, output, coding: module()


def _leaky(layer: Layer, inputs: Shapes, output: Sequence[int], coding: str) -> nn.Module:
    return nn.LeakyReLU(0.1, inplace=coding == "in place")


def _prelu(layer: Layer, inputs: Shapes, output: Sequence[int], coding: str) -> nn.Module:
    slopes = getattr(layer, "slopes", "per_channel")
    if slopes == "per_element":
        raise NotInPyTorch("a slope for each element")
    return nn.PReLU(output[0] if slopes == "per_channel" else 1)


# -- pools ------------------------------------------------------------------------------------------


def _maxpool(layer: Layer, inputs: Shapes, output: Sequence[int], coding: str) -> Step:
    def pool(padding: object) -> nn.Module:
        return nn.MaxPool2d(layer.kernel, layer.stride, padding, ceil_mode=layer.ceil_mode)

    return _after_padding(_pads(layer, inputs[0], output), pool, -math.inf)


def _avgpool(layer: Layer, inputs: Shapes, output: Sequence[int], coding: str) -> Step:
    def pool(padding: object) -> nn.Module:
        return nn.AvgPool2d(layer.kernel, layer.stride, padding, layer.ceil_mode, layer.count_padding)

    top, bottom, left, right = pads = _pads(layer, inputs[0], output)
    if (top, left) != (bottom, right) and not layer.count_padding:
        raise NotInPyTorch("an average that leaves out padding which differs at its sides")
    return _after_padding(pads, pool)


def _maxpool_function(layer: Layer, inputs: Shapes, output: Sequence[int], coding: str) -> Step:
    top, bottom, left, right = _pads(layer, inputs[0], output)
    if (top, left) == (bottom, right):
        return lambda x: F.max_pool2d(x, layer.kernel, layer.stride, (top, left), 1, layer.ceil_mode)
    return lambda x: F.max_pool2d(
        F.pad(x, (left, right, top, bottom), value=-math.inf), layer.kernel, layer.stride, 0, 1, layer.ceil_mode
    )


def _avgpool_function(layer: Layer, inputs: Shapes, output: Sequence[int], coding: str) -> Step:
    top, bottom, left, right = _pads(layer, inputs[0], output)
    kernel, stride = layer.kernel, layer.stride
    if (top, left) == (bottom, right):
        return lambda x: F.avg_pool2d(x, kernel, stride, (top, left), layer.ceil_mode, layer.count_padding)
    if not layer.count_padding:
        raise NotInPyTorch("an average that leaves out padding which differs at its sides")
    return lambda x: F.avg_pool2d(F.pad(x, (left, right, top, bottom)), kernel, stride, 0, layer.ceil_mode)


def _global(layer: Layer, inputs: Shapes, output: Sequence[int], coding: str) -> Step:
    if coding == "mean":
        return lambda x: x.mean((2, 3), keepdim=True)
    return nn.AdaptiveAvgPool2d(1)


# -- joins and moves --------------------------------------------------------------------------------


def _folded(join: Callable[[Tensor, Tensor], Tensor]) -> Callable[..., Step]:
    def step(*tensors: Tensor) -> Tensor:
        first, *rest = tensors
        for tensor in rest:
            first = join(first, tensor)
        return first

    return lambda layer, inputs, output, coding: step


def _shuffled(x: Tensor, groups: int) -> Tensor:
    batch, channels, height, width = x.shape
    parts = x.reshape(batch, groups, channels // groups, height, width)
    return parts.transpose(1, 2).reshape(batch, channels, height, width)


def _cropped(layer: Layer, inputs: Shapes, output: Sequence[int], coding: str) -> Step:
    top, left = (inputs[0][1] - output[1]) // 2, (inputs[0][2] - output[2]) // 2
    return lambda x: x[:, :, top : top + output[1], left : left + output[2]]


def _resized(layer: Layer, inputs: Shapes, output: Sequence[int], coding: str) -> Step:
    size: dict[str, object] = {"size": tuple(output[1:])}
    if layer.type == "upsample":
        high, wide = layer.factor
        size = {"scale_factor": high if high == wide else (high, wide)}
    if coding == "function":
        return lambda x: F.interpolate(x, mode=layer.mode, **size)
    return nn.Upsample(mode=layer.mode, **size)


def _step(function: Callable[[Layer, Sequence[int]], Step]) -> Callable[..., Step]:
    return lambda layer, inputs, output, coding: function(layer, output)


MODULES: dict[str, Callable[..., Step]] = {
    "conv": _conv, "dwconv": _conv, "conv_transpose": _conv_transpose, "linear": _linear,
    "batchnorm": _batchnorm, "layernorm": _layernorm, "groupnorm": _groupnorm,
    "relu": _activation(nn.ReLU), "relu6": _activation(nn.ReLU6), "leaky_relu": _leaky, "prelu": _prelu,
    "elu": _activation(nn.ELU), "gelu": _activation(nn.GELU), "silu": _activation(nn.SiLU),
    "mish": _activation(nn.Mish), "hardswish": _activation(nn.Hardswish), "sigmoid": _activation(nn.Sigmoid),
    "hardsigmoid": _activation(nn.Hardsigmoid), "tanh": _activation(nn.Tanh),
    "softmax": _activation(lambda: nn.Softmax(dim=1)),
    "maxpool": _maxpool, "avgpool": _avgpool, "global_avgpool": _global,
    "adaptive_avgpool": _step(lambda layer, output: nn.AdaptiveAvgPool2d(tuple(output[1:]))),
    "add": _folded(lambda a, b: a + b), "multiply": _folded(lambda a, b: a * b),
    "concat": _step(lambda layer, output: lambda *x: torch.cat(x, 1)),
    "flatten": _step(lambda layer, output: nn.Flatten()), "dropout": _step(lambda layer, output: nn.Dropout(0.1)),
    "channel_shuffle": _step(lambda layer, output: lambda x: _shuffled(x, layer.groups)),
    "slice": _step(lambda layer, output: lambda x: x[:, layer.start : layer.stop]),
    "pad": _step(lambda layer, output: nn.ZeroPad2d((layer.pads[2], layer.pads[3], layer.pads[0], layer.pads[1]))),
    "crop": _cropped, "upsample": _resized, "resize": _resized,
}  # fmt: skip


def _called(name: str) -> Callable[..., Step]:
    """Return a function of torch.nn.functional that is looked up when called, since counters replace it meanwhile."""
    return _step(lambda layer, output: lambda x: getattr(F, name)(x))


FUNCTIONS: dict[str, Callable[..., Step]] = {
    **{
        name: _called(name)
        for name in ("relu", "relu6", "leaky_relu", "elu", "gelu", "silu", "mish", "hardswish", "hardsigmoid")
    },
    "sigmoid": _step(lambda layer, output: lambda x: torch.sigmoid(x)),
    "tanh": _step(lambda layer, output: lambda x: torch.tanh(x)),
    "softmax": _step(lambda layer, output: lambda x: F.softmax(x, 1)),
    "maxpool": _maxpool_function, "avgpool": _avgpool_function,
    "global_avgpool": _step(lambda layer, output: lambda x: F.adaptive_avg_pool2d(x, 1)),
    "adaptive_avgpool": _step(lambda layer, output: lambda x: F.adaptive_avg_pool2d(x, tuple(output[1:]))),
    "add": _folded(lambda a, b: torch.add(a, b)), "multiply": _folded(lambda a, b: torch.mul(a, b)),
    "flatten": _step(lambda layer, output: lambda x: torch.flatten(x, 1)),
    "dropout": _step(lambda layer, output: lambda x: F.dropout(x, 0.1, False)),
    "channel_shuffle": _step(lambda layer, output: lambda x: F.channel_shuffle(x, layer.groups)),
    "pad": _step(
        lambda layer, output: lambda x: F.pad(x, (layer.pads[2], layer.pads[3], layer.pads[0], layer.pads[1]))
    ),
    "upsample": _resized, "resize": _resized,
}  # fmt: skip
