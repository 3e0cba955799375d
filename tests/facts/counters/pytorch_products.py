"""Products of data as PyTorch's users write them: matmul, attention, gated linear units, deformable convolutions."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F  # noqa: N812  # everybody's name for it
from torch import Tensor, nn

from dsconv_cost.layers import Layer
from tests.facts.counters.pytorch_windows import NotInPyTorch, Shapes, Step, each, even, pads


def matmul(layer: Layer, inputs: Shapes, output: Sequence[int], coding: str) -> Step:
    first = layer.transposed in ("first", "both")
    second = layer.transposed in ("second", "both")

    def step(a: Tensor, b: Tensor) -> Tensor:
        a = a.transpose(-2, -1) if first else a
        b = b.transpose(-2, -1) if second else b
        return torch.matmul(a, b)

    return step


class _Attention(nn.Module):
    """Attention between all positions, with matrix products and a softmax."""

    def __init__(self, layer: Layer, output: Sequence[int]) -> None:
        super().__init__()
        self.heads, self.sides = layer.heads, tuple(output[1:])
        self.softmax = nn.Softmax(dim=-1)

    def heads_of(self, x: Tensor) -> Tensor:
        """Return batch, heads, positions, channels."""
        return x.flatten(2).unflatten(1, (self.heads, -1)).transpose(2, 3)

    def attend(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        scores = query @ key.transpose(-2, -1)
        return self.softmax(scores) @ value

    def forward(self, *x: Tensor) -> Tensor:
        query, key, value = x if len(x) == 3 else x[0].chunk(3, 1)
        y = self.attend(self.heads_of(query), self.heads_of(key), self.heads_of(value))
        return y.transpose(2, 3).flatten(1, 2).unflatten(2, self.sides)


class _Fused(_Attention):
    """The same by PyTorch's own function."""

    def attend(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        return F.scaled_dot_product_attention(query, key, value)


def attention(layer: Layer, inputs: Shapes, output: Sequence[int], coding: str) -> nn.Module:
    plain = layer.replace(heads=1, kv_heads=1) == type(layer)(heads=1)
    if not plain or layer.kv_heads != layer.heads or len(inputs) == 2:
        raise NotInPyTorch("attention with windows, shared heads, learned summands, or over channels")
    return (_Fused if coding == "function" else _Attention)(layer, output)


def glu(layer: Layer, inputs: Shapes, output: Sequence[int], coding: str) -> Step:
    if layer.gate != "sigmoid":
        raise NotInPyTorch("a gated linear unit with another gate than sigmoid")
    return (lambda x: F.glu(x, 1)) if coding == "function" else nn.GLU(1)


class _Deformable(nn.Module):
    """torchvision's deformable convolution, with the mask behind the offsets or as a tensor of its own."""

    def __init__(self, module: nn.Module, offsets: int) -> None:
        super().__init__()
        self.module = module
        self.offsets = offsets

    def forward(self, x: Tensor, offsets: Tensor, mask: Tensor | None = None) -> Tensor:
        if mask is None and offsets.shape[1] > self.offsets:
            mask = offsets[:, self.offsets :]
        return self.module(x, offsets[:, : self.offsets], mask)


def deformable(layer: Layer, inputs: Shapes, output: Sequence[int], coding: str) -> nn.Module:
    from torchvision.ops import DeformConv2d

    x = inputs[0]
    ends = pads(layer, x, output)
    if len(x) != 3 or not even(ends):
        raise NotInPyTorch("a deformable convolution of other than two sides, or with uneven padding")
    kernel = each(layer.kernel, x)
    module = DeformConv2d(
        x[0], output[0], kernel, each(layer.stride, x), tuple(before for before, _ in ends), each(layer.dilation, x), layer.groups,
        bool(layer.bias),
    )  # fmt: skip
    return _Deformable(module, 2 * layer.offset_groups * kernel[0] * kernel[1])
