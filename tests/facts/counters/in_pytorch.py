"""A network of this project as a PyTorch module, so that counters can be run on it.

Every layer is made as PyTorch's users write it, in one of several codings:

- as a module of torch.nn (joins by operators, moves by tensor methods);
- by a function of torch.nn.functional, or torch.add and torch.mul for joins;
- in further ways that change what some counter sees: see `examples.CODINGS`.

The shapes that arise and the parameters that are learned are held to this project's; nothing else is taken from it.
"""

from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F  # noqa: N812  # everybody's name for it
from torch import Tensor, nn

from dsconv_cost.layers import Layer
from dsconv_cost.layers.shapes import axes_of
from dsconv_cost.network.graph import INPUT, Network
from tests.facts.counters import pytorch_channels as channels
from tests.facts.counters import pytorch_products as products
from tests.facts.counters import pytorch_windows as windows
from tests.facts.counters.pytorch_windows import NotInPyTorch, Shapes, Step

__all__ = ["Graph", "NotInPyTorch"]


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
            layer = node.layer
            if layer.type == "channel_scale":
                size = (1 if layer.shared else node.output[0], *[1] * (len(node.output) - 1))
                self.scales.append(nn.Parameter(torch.ones(size)))
                if layer.shift:
                    self.scales.append(nn.Parameter(torch.zeros(size)))
                self.steps.append(_scaled(self.scales, len(self.scales), layer.shift))
                continue
            if layer.type == "prelu" and coding == "function":
                self.scales.append(nn.Parameter(torch.ones(node.counts.weights)))
                self.steps.append(_sloped(self.scales, len(self.scales) - 1))
                continue
            step = made(layer, network.input_shapes(node), node.output, coding)
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
            found = tuple(out.shape[1:])
            assert found + (1,) * (len(shape) - len(found)) == shape, (step, found, shape)
            made.append(out)
        ends = [made[index] for index in self.ends]
        return ends[0] if len(ends) == 1 else ends


def _scaled(scales: nn.ParameterList, after: int, shift: bool) -> Step:
    if shift:
        return lambda x: scales[after - 2] * x + scales[after - 1]
    return lambda x: scales[after - 1] * x


def _sloped(slopes: nn.ParameterList, index: int) -> Step:
    return lambda x: F.prelu(x, slopes[index])


def made(layer: Layer, inputs: Shapes, output: Sequence[int], coding: str) -> Step:
    """Return one layer as a module or a function."""
    makers = FUNCTIONS if coding == "function" and layer.type in FUNCTIONS else MODULES
    if layer.type not in makers:
        raise NotInPyTorch(layer.type)
    return makers[layer.type](layer, inputs, output, coding)


def _module(module: Callable[[], nn.Module]) -> Callable[..., Step]:
    return lambda layer, inputs, output, coding: module()


def _step(function: Callable[[Layer, Sequence[int]], Step]) -> Callable[..., Step]:
    return lambda layer, inputs, output, coding: function(layer, output)


def _of_two(join: Callable[[Tensor, Tensor], Tensor]) -> Callable[..., Step]:
    """Return the maker of a join that takes tensors two at a time, in order."""

    def step(*tensors: Tensor) -> Tensor:
        first, *rest = tensors
        for tensor in rest:
            first = join(first, tensor)
        return first

    return lambda layer, inputs, output, coding: step


def _shuffled(x: Tensor, groups: int) -> Tensor:
    batch, count, *sides = x.shape
    parts = x.reshape(batch, groups, count // groups, *sides)
    return parts.transpose(1, 2).reshape(batch, count, *sides)


def _axis(name: str, shape: Sequence[int]) -> int:
    """Return the axis of a tensor, which has the batch before the channels."""
    return 1 + axes_of(len(shape) - 1).index(name)


def _sliced(layer: Layer, inputs: Shapes, output: Sequence[int], coding: str) -> Step:
    parts = [getattr(layer, axis) for axis in axes_of(len(output) - 1)]
    taken = (slice(None), *[slice(None) if part is None else slice(*part) for part in parts])
    return lambda x: x[taken]


def _permuted(layer: Layer, inputs: Shapes, output: Sequence[int], coding: str) -> Step:
    order = (0, *[_axis(axis, inputs[0]) for axis in layer.order])
    return lambda x: x.permute(order)


def _reduced(layer: Layer, inputs: Shapes, output: Sequence[int], coding: str) -> Step:
    over = [axis + 1 for axis, (old, new) in enumerate(zip(inputs[0], output, strict=True)) if new == 1 and old > 1]
    by = {"mean": torch.Tensor.mean, "sum": torch.Tensor.sum, "max": torch.Tensor.amax}[layer.how]
    return lambda x: by(x, over, keepdim=True)


def _pixels(module: type[nn.Module]) -> Callable[..., Step]:
    def make(layer: Layer, inputs: Shapes, output: Sequence[int], coding: str) -> Step:
        if len(output) != 3:
            raise NotInPyTorch("pixel shuffle on other than two sides")
        return module(layer.factor)

    return make


def _concat(layer: Layer, inputs: Shapes, output: Sequence[int], coding: str) -> Step:
    axis = _axis(layer.along, output)
    return lambda *x: torch.cat(x, axis)


ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "relu": nn.ReLU, "relu6": nn.ReLU6, "elu": nn.ELU, "selu": nn.SELU, "celu": nn.CELU, "softplus": nn.Softplus,
    "softsign": nn.Softsign, "gelu": nn.GELU, "silu": nn.SiLU, "mish": nn.Mish, "hardswish": nn.Hardswish,
    "sigmoid": nn.Sigmoid, "hardsigmoid": nn.Hardsigmoid, "tanh": nn.Tanh, "hardtanh": nn.Hardtanh,
    "log_sigmoid": nn.LogSigmoid, "softmax": lambda: nn.Softmax(dim=1), "log_softmax": lambda: nn.LogSoftmax(dim=1),
    "threshold": lambda: nn.Threshold(0.1, 0.0),
}  # fmt: skip

ELEMENTS: dict[str, Callable[[Tensor], Tensor]] = {
    "exponential": torch.exp, "log": torch.log, "sqrt": torch.sqrt, "square": torch.square, "abs": torch.abs,
    "negate": torch.neg, "reciprocal": torch.reciprocal, "sin": torch.sin, "cos": torch.cos,
    "clip": lambda x: torch.clamp(x, 0.1, 0.9),
}  # fmt: skip

MODULES: dict[str, Callable[..., Step]] = {
    "conv": windows.conv, "dwconv": windows.conv, "conv_transpose": windows.conv_transpose, "linear": channels.linear,
    "gru": channels.recurrent, "lstm": channels.recurrent, "rnn": channels.recurrent, "embedding": channels.embedding,
    "batchnorm": channels.batchnorm, "layernorm": channels.layernorm, "groupnorm": channels.groupnorm,
    "instancenorm": channels.instancenorm, "rmsnorm": channels.rmsnorm, "lrn": channels.lrn,
    **{name: _module(module) for name, module in ACTIVATIONS.items()},
    "leaky_relu": channels.leaky_relu, "prelu": channels.prelu,
    **{name: _step(lambda layer, output, function=function: function) for name, function in ELEMENTS.items()},
    "maxpool": windows.maxpool, "avgpool": windows.avgpool, "global_avgpool": windows.global_average,
    "global_maxpool": windows.global_maximum, "adaptive_avgpool": windows.adaptive, "blur_pool": windows.blur_pool,
    "reduce": _reduced,
    "add": _of_two(lambda a, b: a + b), "subtract": _of_two(lambda a, b: a - b),
    "multiply": _of_two(lambda a, b: a * b), "divide": _of_two(lambda a, b: a / b),
    "maximum": _of_two(torch.maximum), "minimum": _of_two(torch.minimum), "concat": _concat,
    "flatten": _step(lambda layer, output: nn.Flatten()), "dropout": _step(lambda layer, output: nn.Dropout(0.1)),
    "identity": _step(lambda layer, output: nn.Identity()), "permute": _permuted,
    "reshape": _step(lambda layer, output: lambda x: x.reshape(x.shape[0], *output)),
    "space_to_depth": _pixels(nn.PixelUnshuffle), "depth_to_space": _pixels(nn.PixelShuffle),
    "channel_shuffle": _step(lambda layer, output: lambda x: _shuffled(x, layer.groups)),
    "conv_at": products.deformable, "matmul": products.matmul, "attention": products.attention, "glu": products.glu,
    "expand": _step(lambda layer, output: lambda x: x.expand(x.shape[0], *output)),
    "slice": _sliced, "pad": windows.pad, "crop": windows.cropped, "upsample": windows.resized, "resize": windows.resized,
}  # fmt: skip


def _called(name: str) -> Callable[..., Step]:
    """Return a function of torch.nn.functional that is looked up when called, since counters replace it meanwhile."""
    return _step(lambda layer, output: lambda x: getattr(F, name)(x))


FUNCTIONS: dict[str, Callable[..., Step]] = {
    **{
        name: _called(name)
        for name in ("relu", "relu6", "leaky_relu", "elu", "selu", "celu", "softplus", "softsign", "gelu", "silu", "mish",
                     "hardswish", "hardsigmoid", "hardtanh")
    },
    "log_sigmoid": _called("logsigmoid"),
    "sigmoid": _step(lambda layer, output: lambda x: torch.sigmoid(x)),
    "tanh": _step(lambda layer, output: lambda x: torch.tanh(x)),
    "softmax": _step(lambda layer, output: lambda x: F.softmax(x, 1)),
    "log_softmax": _step(lambda layer, output: lambda x: F.log_softmax(x, 1)),
    "maxpool": windows.maxpool_function, "avgpool": windows.avgpool_function,
    "global_avgpool": windows.adaptive_function("adaptive_avg_pool", to_one=True),
    "global_maxpool": windows.adaptive_function("adaptive_max_pool", to_one=True),
    "adaptive_avgpool": windows.adaptive_function("adaptive_avg_pool", to_one=False),
    "add": _of_two(lambda a, b: torch.add(a, b)), "multiply": _of_two(lambda a, b: torch.mul(a, b)),
    "subtract": _of_two(lambda a, b: torch.sub(a, b)), "divide": _of_two(lambda a, b: torch.div(a, b)),
    "flatten": _step(lambda layer, output: lambda x: torch.flatten(x, 1)),
    "dropout": _step(lambda layer, output: lambda x: F.dropout(x, 0.1, False)),
    "channel_shuffle": _step(lambda layer, output: lambda x: F.channel_shuffle(x, layer.groups)),
    "space_to_depth": _step(lambda layer, output: lambda x: F.pixel_unshuffle(x, layer.factor)),
    "depth_to_space": _step(lambda layer, output: lambda x: F.pixel_shuffle(x, layer.factor)),
    "attention": products.attention, "glu": products.glu,
    "pad": windows.pad_function, "upsample": windows.resized, "resize": windows.resized,
}  # fmt: skip
