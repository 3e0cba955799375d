"""Linear layers, norms, recurrent layers and tables as PyTorch has them."""

import math
from collections.abc import Sequence

from torch import Tensor, nn

from dsconv_cost.layers import Layer
from tests.facts.counters.pytorch_windows import NotInPyTorch, Shapes, Step, of_sides


class Positions(nn.Module):
    """A module of the last axis applied to channels at each position."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module

    def forward(self, x: Tensor) -> Tensor:
        return channels_first(self.module(channels_last(x)))


def channels_last(x: Tensor) -> Tensor:
    return x.permute(0, *range(2, x.dim()), 1)


def channels_first(x: Tensor) -> Tensor:
    return x.permute(0, x.dim() - 1, *range(1, x.dim() - 1))


def linear(layer: Layer, inputs: Shapes, output: Sequence[int], coding: str) -> Step:
    x = inputs[0]
    module = nn.Linear(x[0], output[0], bool(layer.bias))
    if math.prod(x[1:]) > 1:
        return Positions(module)
    return nn.Sequential(nn.Flatten(), module)


# -- norms ------------------------------------------------------------------------------------------


class _OwnLayerNorm(nn.LayerNorm):
    """A layer norm in a class of its own that moves the axes itself."""

    def forward(self, x: Tensor) -> Tensor:
        return channels_first(super().forward(channels_last(x)))


class _OwnBatchNorm1d(nn.BatchNorm1d):
    """A batch norm in a class of its own."""


class _OwnBatchNorm2d(nn.BatchNorm2d):
    """A batch norm in a class of its own."""


class _OwnBatchNorm3d(nn.BatchNorm3d):
    """A batch norm in a class of its own."""


class _OwnGroupNorm(nn.GroupNorm):
    """A group norm in a class of its own."""


def _affine(layer: Layer) -> bool:
    if layer.scale != layer.shift:
        raise NotInPyTorch("a norm with a scale alone or a shift alone")
    return bool(layer.scale)


def batchnorm(layer: Layer, inputs: Shapes, output: Sequence[int], coding: str) -> nn.Module:
    if coding == "own class":
        own = (_OwnBatchNorm1d, _OwnBatchNorm2d, _OwnBatchNorm3d)[len(output) - 2]
        return own(output[0], affine=_affine(layer))
    return of_sides("BatchNorm", output)(output[0], affine=_affine(layer))


def layernorm(layer: Layer, inputs: Shapes, output: Sequence[int], coding: str) -> nn.Module:
    if coding == "own class":
        return _OwnLayerNorm(output[0], elementwise_affine=_affine(layer))
    return Positions(nn.LayerNorm(output[0], elementwise_affine=_affine(layer)))


def groupnorm(layer: Layer, inputs: Shapes, output: Sequence[int], coding: str) -> nn.Module:
    module = _OwnGroupNorm if coding == "own class" else nn.GroupNorm
    return module(layer.groups, output[0], affine=_affine(layer))


def instancenorm(layer: Layer, inputs: Shapes, output: Sequence[int], coding: str) -> nn.Module:
    return of_sides("InstanceNorm", output)(output[0], affine=_affine(layer))


def rmsnorm(layer: Layer, inputs: Shapes, output: Sequence[int], coding: str) -> nn.Module:
    if layer.shift:
        raise NotInPyTorch("an RMS norm with a shift")
    return Positions(nn.RMSNorm(output[0], elementwise_affine=bool(layer.scale)))


def lrn(layer: Layer, inputs: Shapes, output: Sequence[int], coding: str) -> nn.Module:
    return nn.LocalResponseNorm(5)  # the size changes no figure, and no layer here holds it


# -- activations with parameters --------------------------------------------------------------------


def leaky_relu(layer: Layer, inputs: Shapes, output: Sequence[int], coding: str) -> nn.Module:
    return nn.LeakyReLU(0.1, inplace=coding == "in place")


def prelu(layer: Layer, inputs: Shapes, output: Sequence[int], coding: str) -> nn.Module:
    if layer.slopes == "per_element":
        raise NotInPyTorch("a slope for each element")
    return nn.PReLU(output[0] if layer.slopes == "per_channel" else 1)


# -- recurrent layers and tables --------------------------------------------------------------------


class _Sequence(nn.Module):
    """A recurrent module on channels and steps, or on a map of height 1."""

    def __init__(self, module: nn.Module, last: bool) -> None:
        super().__init__()
        self.module = module
        self.last = last

    def forward(self, x: Tensor) -> Tensor:
        steps = x.flatten(2).transpose(1, 2)
        y, _ = self.module(steps)
        y = y[:, -1:] if self.last else y
        y = y.transpose(1, 2)
        return y if x.dim() == 3 else y.unsqueeze(2)


def recurrent(layer: Layer, inputs: Shapes, output: Sequence[int], coding: str) -> nn.Module:
    x = inputs[0]
    if layer.biases == 1 or getattr(layer, "peepholes", False):
        raise NotInPyTorch("one bias for each gate, and peepholes")
    if math.prod(x[1:-1]) > 1:
        raise NotInPyTorch("several sequences of one sample")
    kind = {"gru": nn.GRU, "lstm": nn.LSTM, "rnn": nn.RNN}[layer.type]
    fields: dict[str, object] = {
        "bias": bool(layer.biases),
        "bidirectional": layer.directions == 2,
        "batch_first": True,
    }
    if layer.type == "lstm":
        fields["proj_size"] = layer.projection or 0
    if layer.type == "rnn":
        fields["nonlinearity"] = layer.nonlinearity
    return _Sequence(kind(x[0], layer.units, layer.layers, **fields), layer.returns == "last")


class _Table(nn.Module):
    """A table that is looked up with the values of the one channel that arrives."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module

    def forward(self, x: Tensor) -> Tensor:
        return channels_first(self.module(x[:, 0].long()))


def embedding(layer: Layer, inputs: Shapes, output: Sequence[int], coding: str) -> nn.Module:
    return _Table(nn.Embedding(layer.vocabulary, layer.features))
