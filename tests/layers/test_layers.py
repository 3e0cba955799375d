"""Every layer type: input, fields, and what it makes and costs, written as arithmetic.

The arithmetic is the paper's (Howard et al. 2017, section 3.1) and PyTorch's documentation of each module; params of
the norms are their affine pair.
"""

import ast
import operator
from fractions import Fraction
from math import prod
from typing import Any, NamedTuple

import pytest

from dsconv_cost.errors import LayerError
from dsconv_cost.language.vocabulary import TYPES, WORDS
from dsconv_cost.layers import FIELD_WORDS, KIND_ORDER, LAYERS, Layer, all_kinds
from dsconv_cost.layers.activation import ACTIVATIONS, Activation
from dsconv_cost.layers.composites import COMPOSITE_WORDS, COMPOSITES
from dsconv_cost.layers.counts import ZERO, Counts, total
from dsconv_cost.layers.fields import REQUIRED
from dsconv_cost.layers.join import Join
from dsconv_cost.layers.shapes import Shape

STRUCTURE = ("branches", "split", "norm", "activation")
"""Fields that the elaboration reads: bodies, and what becomes layers of its own."""


def make(type_: str, fields: dict[str, Any]) -> Layer:
    """Make a layer from values as a file writes them."""
    cls = LAYERS[type_]
    values: dict[str, Any] = {}
    for field in cls.all_fields():
        if field.name in fields and field.name not in STRUCTURE:
            values[field.name] = field.kind.accept(fields[field.name])
        elif field.name in fields:
            values[field.name] = fields[field.name]
        elif field.default is not REQUIRED:
            values[field.name] = field.default
    assert set(fields) <= set(values), "a field that the type does not have"
    return cls(**values)


class Case(NamedTuple):
    """One layer: what it is given, and everything it has to answer."""

    type: str
    fields: dict[str, Any]
    inputs: list[tuple[int, ...]]
    output: tuple[int, ...]
    kind: str
    counts: Counts


def case(
    type_: str, fields: dict[str, Any], inputs: tuple[int, ...] | list[tuple[int, ...]],
    output: tuple[int, ...], kind: str, name: str = "", **counts: int,
) -> Any:  # fmt: skip
    """Return a row of the table. Elements read and written follow from the shapes unless they are given."""
    shapes = inputs if isinstance(inputs, list) else [inputs]
    counts.setdefault("read", sum(prod(shape) for shape in shapes))
    counts.setdefault("written", prod(output))
    return pytest.param(Case(type_, fields, shapes, output, kind, Counts(**counts)), id=f"{type_} {name}".strip())


CONVOLUTIONS = [
    case(
        "conv", {"out_channels": 32, "kernel": 3, "stride": 2}, (3, 224, 224), (32, 112, 112), "standard", "MobileNet stem",
        weights=3 * 3 * 3 * 32, biases=32, macs=112 * 112 * 3 * 3 * 3 * 32, bias_adds=32 * 112 * 112,
    ),
    case(
        "conv", {"out_channels": 32, "kernel": 3, "norm": "batch"}, (3, 8, 8), (32, 8, 8), "standard", "without bias",
        weights=27 * 32, macs=8 * 8 * 27 * 32,
    ),
    case(
        "conv", {"out_channels": 4, "kernel": 3, "norm": "batch", "bias": True}, (2, 8, 8), (4, 8, 8), "standard",
        "with bias before a norm", weights=18 * 4, biases=4, macs=64 * 18 * 4, bias_adds=4 * 64,
    ),
    case(
        "conv", {"out_channels": 4, "kernel": 3, "bias": False}, (2, 8, 8), (4, 8, 8), "standard",
        "without norm and bias", weights=18 * 4, macs=64 * 18 * 4,
    ),
    case(
        "conv", {"out_channels": 6, "kernel": (3, 5), "stride": (2, 1), "bias": False}, (2, 9, 7), (6, 5, 7), "standard",
        "unequal sides", weights=15 * 2 * 6, macs=5 * 7 * 15 * 2 * 6,
    ),
    case(
        "conv", {"out_channels": 6, "kernel": 3, "padding": "valid", "bias": False}, (2, 9, 7), (6, 7, 5), "standard",
        "valid", weights=9 * 2 * 6, macs=7 * 5 * 9 * 2 * 6,
    ),
    case(
        "conv", {"out_channels": 6, "kernel": 3, "padding": (1, 0), "bias": False}, (2, 9, 7), (6, 9, 5), "standard",
        "padding of height only", weights=9 * 2 * 6, macs=9 * 5 * 9 * 2 * 6,
    ),
    case(
        "conv", {"out_channels": 6, "kernel": 3, "stride": 2, "padding": (0, 1, 0, 1), "bias": False}, (2, 8, 8),
        (6, 4, 4), "standard", "TensorFlow's padding in numbers", weights=9 * 2 * 6, macs=4 * 4 * 9 * 2 * 6,
    ),
    case(
        "conv", {"out_channels": 6, "kernel": 3, "dilation": 2, "padding": 0, "bias": False}, (2, 9, 7), (6, 5, 3),
        "standard", "dilation", weights=9 * 2 * 6, macs=5 * 3 * 9 * 2 * 6,
    ),
    case(
        "conv", {"out_channels": 128, "kernel": 1, "bias": False}, (64, 56, 56), (128, 56, 56), "pointwise",
        weights=64 * 128, macs=56 * 56 * 64 * 128,
    ),
    case(
        "conv", {"out_channels": 8, "kernel": 1, "stride": 2, "bias": False}, (4, 7, 7), (8, 4, 4), "pointwise",
        "1 x 1 with a stride", weights=4 * 8, macs=4 * 4 * 4 * 8,
    ),
    case(
        "conv", {"out_channels": 8, "kernel": 1, "padding": 1, "bias": False}, (4, 7, 7), (8, 9, 9), "standard",
        "1 x 1 with padding", weights=4 * 8, macs=9 * 9 * 4 * 8,
    ),
    case(
        "conv", {"out_channels": 8, "kernel": 1, "padding": "valid", "bias": False}, (4, 7, 7), (8, 7, 7), "pointwise",
        "1 x 1 valid", weights=4 * 8, macs=7 * 7 * 4 * 8,
    ),
    case(
        "conv", {"out_channels": 12, "kernel": 3, "groups": 2, "bias": False}, (8, 5, 5), (12, 5, 5), "grouped",
        "AlexNet's groups", weights=9 * 4 * 12, macs=25 * 9 * 4 * 12,
    ),
    case(
        "conv", {"out_channels": 12, "kernel": 1, "groups": 4, "bias": False}, (8, 5, 5), (12, 5, 5), "grouped",
        "ShuffleNet's 1 x 1", weights=2 * 12, macs=25 * 2 * 12,
    ),
    case(
        "conv", {"out_channels": 16, "kernel": 3, "groups": 8, "bias": False}, (8, 5, 5), (16, 5, 5), "depthwise",
        "groups = C_in", weights=9 * 16, macs=25 * 9 * 16,
    ),
    case(
        "conv", {"out_channels": 16, "kernel": 3, "groups": 1, "bias": False}, (1, 5, 5), (16, 5, 5), "standard",
        "one channel is no depthwise", weights=9 * 16, macs=25 * 9 * 16,
    ),
    case(
        "conv", {"out_channels": 8, "kernel": (1, 9), "bias": False}, (4, 1, 100), (8, 1, 100), "standard",
        "a 1-D signal", weights=9 * 4 * 8, macs=100 * 9 * 4 * 8,
    ),
    case(
        "dwconv", {"kernel": 3, "norm": "batch"}, (32, 112, 112), (32, 112, 112), "depthwise", "MobileNet's first",
        weights=9 * 32, macs=112 * 112 * 9 * 32,
    ),
    case(
        "dwconv", {"kernel": 5, "stride": 2, "depth_multiplier": 3}, (4, 9, 8), (12, 5, 4), "depthwise", "multiplier",
        weights=25 * 4 * 3, biases=12, macs=5 * 4 * 25 * 4 * 3, bias_adds=12 * 5 * 4,
    ),
    case(
        "dwconv", {"kernel": (3, 1), "padding": "valid", "dilation": 2, "bias": False}, (4, 9, 8), (4, 5, 8), "depthwise",
        "one side, dilated", weights=3 * 4, macs=5 * 8 * 3 * 4,
    ),
    case(
        "conv_transpose", {"out_channels": 32, "kernel": 2, "stride": 2}, (64, 28, 28), (32, 56, 56), "transposed",
        "U-Net's up-convolution",
        weights=4 * 64 * 32, biases=32, macs=28 * 28 * 4 * 64 * 32, bias_adds=32 * 56 * 56,
    ),
    case(
        "conv_transpose", {"out_channels": 6, "kernel": 3, "stride": 2, "padding": 1, "output_padding": 1, "bias": False},
        (4, 5, 7), (6, 10, 14), "transposed", "output padding", weights=9 * 4 * 6, macs=5 * 7 * 9 * 4 * 6,
    ),
    case(
        "conv_transpose", {"out_channels": 6, "kernel": 4, "stride": 2, "padding": 1, "groups": 2, "bias": False},
        (4, 5, 7), (6, 10, 14), "transposed", "groups", weights=16 * 4 * 3, macs=5 * 7 * 16 * 4 * 3,
    ),
    case(
        "conv_transpose", {"out_channels": 2, "kernel": 3, "padding": 0, "dilation": (1, 2), "norm": "layer"}, (4, 5, 7),
        (2, 7, 11), "transposed", "dilation", weights=9 * 4 * 2, macs=5 * 7 * 9 * 4 * 2,
    ),
]  # fmt: skip

LINEAR = [
    case(
        "linear", {"out_features": 1000}, (1024, 1, 1), (1000, 1, 1), "linear", "MobileNet's classifier",
        weights=1024 * 1000, biases=1000, macs=1024 * 1000, bias_adds=1000,
    ),
    case(
        "linear", {"out_features": 10, "bias": False}, (64, 1, 1), (10, 1, 1), "linear", "without bias",
        weights=640, macs=640,
    ),
    case(
        "linear", {"out_features": 10}, (64, 7, 5), (10, 7, 5), "linear", "at every position",
        weights=640, biases=10, macs=7 * 5 * 64 * 10, bias_adds=7 * 5 * 10,
    ),
]  # fmt: skip

MATMUL = [
    case("matmul", {"branches": ()}, [(2, 3, 5), (2, 5, 4)], (2, 3, 4), "product", macs=2 * 3 * 5 * 4),
    case("correlate", {"branches": ()}, [(256, 22, 22), (256, 6, 6)], (1, 17, 17), "product", "SiamFC", macs=256 * 6 * 6 * 17 * 17),
    case("correlate", {"branches": (), "depthwise": True}, [(8, 9, 7), (8, 3, 2)], (8, 7, 6), "product", "each channel",
         macs=8 * 3 * 2 * 7 * 6),
    case("correlate", {"branches": ()}, [(4, 100), (4, 9)], (1, 92), "product", "a signal", macs=4 * 9 * 92),
    case("matmul", {"branches": (), "transposed": "first"}, [(2, 5, 3), (2, 5, 4)], (2, 3, 4), "product", "scores of queries and keys",
         macs=2 * 3 * 5 * 4),
    case("matmul", {"branches": (), "transposed": "second"}, [(2, 3, 5), (1, 4, 5)], (2, 3, 4), "product", "one matrix for all",
         macs=2 * 3 * 5 * 4),
    case("matmul", {"branches": (), "transposed": "both"}, [(1, 5, 3), (6, 4, 5)], (6, 3, 4), "product", "both", macs=6 * 3 * 5 * 4),
]  # fmt: skip

DEFORMABLE = [
    case(
        "conv_at", {"out_channels": 32, "kernel": 3}, [(16, 10, 12), (18, 10, 12)], (32, 10, 12), "deformable", "version 1",
        weights=9 * 16 * 32, biases=32, macs=120 * 9 * 16 * 32, bias_adds=120 * 32, resampled=120 * 9 * 16,
    ),
    case(
        "conv_at", {"out_channels": 32, "kernel": 3, "stride": 2, "groups": 2, "offset_groups": 4, "bias": False},
        [(16, 10, 12), (108, 5, 6)], (32, 5, 6), "deformable", "version 2, in groups",
        weights=9 * 8 * 32, macs=30 * 9 * 8 * 32, resampled=30 * 9 * 16, multiplied=30 * 9 * 16,
    ),
    case(
        "conv_at", {"out_channels": 8, "kernel": (1, 5), "norm": "batch"}, [(4, 10, 12), (10, 10, 12), (5, 10, 12)], (8, 10, 12),
        "deformable", "a mask of its own", weights=5 * 4 * 8, macs=120 * 5 * 4 * 8, resampled=120 * 5 * 4, multiplied=120 * 5 * 4,
    ),
]  # fmt: skip

RECURRENT = [
    case(
        "gru", {"units": 128}, (128, 1, 32), (128, 1, 32), "recurrent", "calflops's issue 55",
        weights=3 * 128 * (128 + 128), biases=2 * 3 * 128, macs=32 * 3 * 128 * 256, bias_adds=32 * 768,
        activated=32 * 128, added=2 * 32 * 128, multiplied=3 * 32 * 128,
    ),
    case(
        "gru", {"units": 6, "layers": 3, "directions": 2, "biases": 1, "returns": "last"}, (5, 4, 7), (12, 4, 1), "recurrent",
        "three layers both ways along four rows",
        weights=2 * 3 * 6 * (5 + 6) + 2 * (2 * 3 * 6 * (12 + 6)), biases=6 * 18,
        macs=28 * (2 * 3 * 6 * 11 + 2 * (2 * 3 * 6 * 18)), bias_adds=28 * 108,
        activated=28 * 36, added=2 * 28 * 36, multiplied=3 * 28 * 36,
    ),
    case(
        "lstm", {"units": 118}, (10, 1, 25), (118, 1, 25), "recurrent",
        weights=4 * 118 * (10 + 118), biases=2 * 4 * 118, macs=25 * 4 * 118 * 128, bias_adds=25 * 944,
        activated=25 * 118, added=25 * 118, multiplied=3 * 25 * 118,
    ),
    case(
        "lstm", {"units": 8, "projection": 3, "layers": 2, "directions": 2, "biases": 0}, (5, 1, 7), (6, 1, 7), "recurrent",
        "projected, without biases",
        weights=2 * (4 * 8 * (5 + 3) + 8 * 3) + 2 * (4 * 8 * (6 + 3) + 8 * 3),
        macs=7 * (2 * (4 * 8 * 8 + 24) + 2 * (4 * 8 * 9 + 24)), activated=7 * 32, added=7 * 32, multiplied=3 * 7 * 32,
    ),
    case(
        "lstm", {"units": 8, "projection": 3, "peepholes": True, "biases": 1}, (5, 1, 7), (3, 1, 7), "recurrent", "with peepholes",
        weights=4 * 8 * (5 + 3) + 8 * 3 + 3 * 8, biases=4 * 8, macs=7 * (4 * 8 * 8 + 24), bias_adds=7 * 32,
        activated=7 * 8, added=7 * 8 + 7 * 24, multiplied=3 * 7 * 8 + 7 * 24,
    ),
    case(
        "rnn", {"units": 16, "biases": 1, "nonlinearity": "relu"}, (5, 1, 7), (16, 1, 7), "recurrent", "Keras's",
        weights=16 * (5 + 16), biases=16, macs=7 * 16 * 21, bias_adds=7 * 16, activated=7 * 16,
    ),
]  # fmt: skip

TABLES = [
    case(
        "embedding", {"features": 64, "vocabulary": 10_000}, (1, 1, 128), (64, 1, 128), "embedding", "128 words",
        weights=10_000 * 64,
    ),
    case("embedding", {"features": 3, "vocabulary": 2}, (1, 4, 5), (3, 4, 5), "embedding", "a map", weights=2 * 3),
]  # fmt: skip

NORMS = [
    case("batchnorm", {}, (32, 7, 5), (32, 7, 5), "norm", norm=2 * 32, normalised=32 * 35),
    case("batchnorm", {"scale": False}, (32, 7, 5), (32, 7, 5), "norm", "shift alone", norm=32, normalised=32 * 35),
    case("batchnorm", {"scale": False, "shift": False}, (32, 7, 5), (32, 7, 5), "norm", "plain", normalised=32 * 35),
    case("layernorm", {}, (32, 7, 5), (32, 7, 5), "norm", norm=2 * 32, normalised=32 * 35),
    case("groupnorm", {"groups": 8}, (32, 7, 5), (32, 7, 5), "norm", norm=2 * 32, normalised=32 * 35),
    case("groupnorm", {}, (64, 7, 5), (64, 7, 5), "norm", "32 groups", norm=2 * 64, normalised=64 * 35),
    case("instancenorm", {}, (32, 7, 5), (32, 7, 5), "norm", norm=2 * 32, normalised=32 * 35),
    case(
        "instancenorm",
        {"scale": False, "shift": False},
        (32, 7, 5),
        (32, 7, 5),
        "norm",
        "PyTorch's",
        normalised=32 * 35,
    ),
    case("rmsnorm", {}, (32, 7, 5), (32, 7, 5), "norm", norm=32, normalised=32 * 35),
    case("rmsnorm", {"shift": True}, (32, 7, 5), (32, 7, 5), "norm", "with a shift", norm=2 * 32, normalised=32 * 35),
    case("grn", {}, (32, 7, 5), (32, 7, 5), "norm", "ConvNeXt V2's", norm=2 * 32, normalised=32 * 35),
    case("lrn", {}, (96, 55, 55), (96, 55, 55), "norm", "AlexNet's", normalised=96 * 55 * 55),
    case("lrn", {"size": 3}, (32, 7, 5), (32, 7, 5), "norm", "of three channels", normalised=32 * 35),
    case("channel_scale", {}, (32, 7, 5), (32, 7, 5), "scale", weights=32, multiplied=32 * 35),
    case(
        "channel_scale",
        {"shift": True},
        (32, 7, 5),
        (32, 7, 5),
        "scale",
        "ResMLP's affine",
        weights=32,
        biases=32,
        multiplied=32 * 35,
        bias_adds=32 * 35,
    ),
    case(
        "channel_scale",
        {"shared": True, "shift": True},
        (32, 7, 5),
        (32, 7, 5),
        "scale",
        "StarReLU's",
        weights=1,
        biases=1,
        multiplied=32 * 35,
        bias_adds=32 * 35,
    ),
]

PARAMETER_FREE = (
    "relu", "relu6", "leaky_relu", "elu", "selu", "celu", "softplus", "softsign", "gelu", "silu", "mish", "hardswish",
    "sigmoid", "hardsigmoid", "tanh", "hardtanh", "log_sigmoid", "softmax", "log_softmax",
)  # fmt: skip
FUNCTIONS = (
    "exponential", "log", "sqrt", "square", "abs", "negate", "reciprocal", "sin", "cos", "clip", "threshold",
)  # fmt: skip
ACTIVATION_CASES = [
    *(case(name, {}, (6, 5, 4), (6, 5, 4), "activation", activated=6 * 20) for name in PARAMETER_FREE),
    *(case(name, {}, (6, 5, 4), (6, 5, 4), "function", activated=6 * 20) for name in FUNCTIONS),
    case("glu", {}, (6, 5, 4), (3, 5, 4), "activation", activated=3 * 20, multiplied=3 * 20),
    case("glu", {"gate": "none"}, (6, 5, 4), (3, 5, 4), "activation", "a plain product", multiplied=3 * 20),
    case(
        "parameter",
        {"size": (192, 14, 14)},
        [],
        (192, 14, 14),
        "parameter",
        "a position embedding",
        weights=192 * 14 * 14,
    ),
    *MATMUL,
    case("prelu", {}, (6, 5, 4), (6, 5, 4), "activation", "one slope a channel", weights=6, activated=6 * 20),
    case(
        "prelu",
        {"slopes": "per_element"},
        (6, 5, 4),
        (6, 5, 4),
        "activation",
        "one slope an element",
        weights=6 * 20,
        activated=6 * 20,
    ),
    case(
        "prelu", {"slopes": "per_layer"}, (6, 5, 4), (6, 5, 4), "activation", "one slope", weights=1, activated=6 * 20
    ),
]

POOLS = [
    case(
        "maxpool", {"kernel": 3, "stride": 2, "padding": 1}, (64, 112, 112), (64, 56, 56), "pooling", "ResNet's",
        pooled=64 * (56 * 3 - 1) ** 2,  # only the first window of a row or column reaches into the padding
    ),
    case(
        "maxpool", {"kernel": 2}, (4, 7, 7), (4, 3, 3), "pooling", "stride of the kernel", pooled=4 * 6 * 6,
    ),
    case(
        "maxpool", {"kernel": 3, "stride": 2, "ceil_mode": True}, (4, 6, 6), (4, 3, 3), "pooling", "ceil_mode",
        pooled=4 * (3 + 3 + 2) ** 2,
    ),
    case(
        "maxpool", {"kernel": 2, "ceil_mode": True}, (4, 1, 1), (4, 1, 1), "pooling", "ceil_mode on less than a window",
        pooled=4,
    ),
    case(
        "maxpool", {"kernel": 3, "stride": 1, "padding": "same"}, (4, 5, 5), (4, 5, 5), "pooling", "same",
        pooled=4 * (2 + 3 + 3 + 3 + 2) ** 2,
    ),
    case(
        "maxpool", {"kernel": 3, "stride": 2, "padding": "same"}, (4, 4, 4), (4, 2, 2), "pooling",
        "same pads at the end first", pooled=4 * (3 + 2) ** 2,
    ),
    case(
        "avgpool", {"kernel": (1, 2)}, (4, 3, 6), (4, 3, 3), "pooling", "one side", pooled=4 * 3 * 6,
    ),
    case(
        "avgpool", {"kernel": 3, "stride": 1, "padding": 1}, (4, 5, 5), (4, 5, 5), "pooling", "padding in the mean",
        pooled=4 * 5 * 5 * 9,
    ),
    case(
        "avgpool", {"kernel": 3, "stride": 1, "padding": 1, "count_padding": False}, (4, 5, 5), (4, 5, 5), "pooling",
        "padding not in the mean", pooled=4 * (2 + 3 + 3 + 3 + 2) ** 2,
    ),
    case("global_maxpool", {}, (64, 17, 23), (64, 1, 1), "pooling", pooled=64 * 17 * 23),
    case("global_avgpool", {}, (1024, 7, 7), (1024, 1, 1), "pooling", pooled=1024 * 49),
    case(
        "blur_pool", {"kernel": 3}, (128, 56, 56), (128, 28, 28), "blur", "TResNet's, measured in timm 1.0.31",
        macs=903_168,
    ),
    case(
        "blur_pool", {"kernel": (1, 4), "stride": 1, "padding": "valid"}, (8, 7, 9), (8, 7, 6), "blur", "on one side",
        macs=8 * 7 * 6 * 4,
    ),
    case("reduce", {"how": "mean"}, (64, 7, 5), (64, 1, 1), "pooling", "a global mean", pooled=64 * 35),
    case("reduce", {"how": "max", "over": "channels"}, (64, 7, 5), (1, 7, 5), "pooling", "CBAM's", pooled=64 * 35),
    case(
        "reduce", {"how": "sum", "over": ("width", "channels")}, (64, 7, 5), (1, 7, 1), "pooling", "two axes",
        pooled=64 * 35,
    ),
    case("adaptive_avgpool", {"size": 7}, (512, 7, 7), (512, 7, 7), "pooling", "VGG's, doing nothing", pooled=512 * 49),
    case(
        "adaptive_avgpool", {"size": (3, 1)}, (2, 7, 4), (2, 3, 1), "pooling", "windows of 3, 3 and 3 rows",
        pooled=2 * (3 + 3 + 3) * 4,  # rows 0-2, 2-4, 4-6
    ),
    case("adaptive_avgpool", {"size": 7}, (2, 1, 1), (2, 7, 7), "pooling", "larger than its input", pooled=2 * 7 * 7),
]  # fmt: skip

JOINS = [
    case("add", {"branches": ()}, [(8, 7, 7)] * 2, (8, 7, 7), "join", "a residual", added=8 * 49),
    case("add", {"branches": ()}, [(8, 7, 7)] * 4, (8, 7, 7), "join", "four branches", added=3 * 8 * 49),
    case("add", {"branches": ()}, [(8, 7, 7), (1, 7, 1)], (8, 7, 7), "join", "1 along a side", added=8 * 49),
    case("subtract", {"branches": ()}, [(8, 7, 7)] * 2, (8, 7, 7), "join", added=8 * 49),
    case("maximum", {"branches": ()}, [(8, 7, 7)] * 3, (8, 7, 7), "join", "Maxout's", added=2 * 8 * 49),
    case("minimum", {"branches": ()}, [(8, 7, 7), (8, 1, 1)], (8, 7, 7), "join", added=8 * 49),
    case("divide", {"branches": ()}, [(8, 7, 7), (1, 7, 7)], (8, 7, 7), "join", "by a norm", multiplied=8 * 49),
    case("multiply", {"branches": ()}, [(8, 7, 7), (8, 1, 1)], (8, 7, 7), "join", "a gate", multiplied=8 * 49),
    case("multiply", {"branches": ()}, [(8, 1, 1), (1, 7, 5)], (8, 7, 5), "join", "both sides", multiplied=8 * 35),
    case("concat", {"branches": (), "along": "height"}, [(64, 32, 1), (64, 48, 1)], (64, 80, 1), "join", "of strips"),
    case("concat", {"branches": (), "along": "width"}, [(8, 7, 7), (8, 7, 2)], (8, 7, 9), "join", "of columns"),
    case("concat", {"branches": ()}, [(8, 7, 7), (4, 7, 7), (1, 7, 7)], (13, 7, 7), "join"),
]

RESHAPES = [
    case("flatten", {}, (512, 7, 7), (512 * 49, 1, 1), "reshape"),
    case("identity", {}, (512, 7, 7), (512, 7, 7), "reshape"),
    case("dropout", {}, (512, 1, 1), (512, 1, 1), "reshape"),
    case("dropout", {"rate": 0.2}, (512, 1, 1), (512, 1, 1), "reshape", "with a rate"),
    case("space_to_depth", {"factor": 2}, (3, 640, 480), (12, 320, 240), "reshape", "YOLOv5's Focus"),
    case("depth_to_space", {"factor": 3}, (27, 7, 5), (3, 21, 15), "reshape", "ESPCN's"),
    case("channel_shuffle", {"groups": 3}, (12, 7, 7), (12, 7, 7), "reshape"),
    case("expand", {"size": (-1, 7, 5)}, (12, 1, 5), (12, 7, 5), "reshape"),
    case("expand", {"size": (12, 7, 5)}, (1, 1, 1), (12, 7, 5), "reshape", "one value for all"),
    case("slice", {"channels": (4, 10)}, (12, 7, 7), (6, 7, 7), "reshape"),
    case("slice", {"channels": (0, 12)}, (12, 7, 7), (12, 7, 7), "reshape", "everything"),
    case("slice", {"channels": (1, 12, 4)}, (12, 7, 7), (3, 7, 7), "reshape", "channels 1, 5, 9"),
    case("slice", {"channels": (0, 12, 5)}, (12, 7, 7), (3, 7, 7), "reshape", "channels 0, 5, 10"),
    case("slice", {"height": (0, 7, 2), "width": (2, 6)}, (12, 7, 7), (12, 4, 4), "reshape", "rows 0, 2, 4, 6"),
    case("pad", {"channels": (0, 4)}, (24, 7, 7), (28, 7, 7), "reshape", "BlazeFace's shortcut"),
    case("pad", {"sides": (0, 1, 0, 1), "channels": 8}, (16, 7, 7), (32, 8, 8), "reshape", "both"),
    case("reshape", {"size": (4, 21, 3)}, (12, 7, 3), (4, 21, 3), "reshape"),
    case("reshape", {"size": (-1, 1, 7)}, (12, 7, 3), (36, 1, 7), "reshape", "the rest"),
    case("permute", {"order": ("width", "channels", "height")}, (12, 7, 3), (3, 12, 7), "reshape"),
    case("pad", {"sides": 1}, (3, 7, 7), (3, 9, 9), "reshape"),
    case("pad", {"sides": (1, 2)}, (3, 7, 7), (3, 9, 11), "reshape", "height and width"),
    case("pad", {"sides": (0, 1, 2, 3)}, (3, 7, 7), (3, 8, 12), "reshape", "four sides"),
    case("crop", {"size": (5, 3)}, (3, 7, 7), (3, 5, 3), "reshape"),
    case("upsample", {"factor": 2}, (3, 7, 5), (3, 14, 10), "reshape", resampled=3 * 140),
    case(
        "upsample", {"factor": (1, 3), "mode": "bilinear"}, (3, 7, 5), (3, 7, 15), "reshape", "one side", resampled=315
    ),
    case("resize", {"size": (4, 9)}, (3, 7, 5), (3, 4, 9), "reshape", resampled=3 * 36),
]

CASES = [*CONVOLUTIONS, *LINEAR, *DEFORMABLE, *RECURRENT, *TABLES, *NORMS, *ACTIVATION_CASES, *POOLS, *JOINS, *RESHAPES]


OF_COUNTERS = (
    "running", "joined", "windowed", "positions", "output_macs", "ungrouped_macs", "regrouped_macs", "forward_biases",
)  # fmt: skip
"""Counts for other counters' sake, which tests/costs/test_counters.py holds to what those print."""


@pytest.mark.parametrize("case", CASES)
def test_shape_kind_and_counts(case: Case) -> None:
    layer = make(case.type, case.fields)
    inputs = tuple(Shape(*x) for x in case.inputs)
    output = layer.output(inputs)
    assert output == Shape(*case.output)
    assert layer.kind(inputs) == case.kind
    assert layer.counts(inputs, output)._replace(**dict.fromkeys(OF_COUNTERS, 0)) == case.counts


def test_every_type_has_a_case() -> None:
    assert {param.values[0].type for param in CASES} | {"attention"} == set(LAYERS)  # it has test_attention.py


def test_every_activation_is_in_the_table() -> None:
    assert {a.type for a in ACTIVATIONS} == {*PARAMETER_FREE, "prelu"}
    assert {t for t, cls in LAYERS.items() if issubclass(cls, Activation)} == {*PARAMETER_FREE, "prelu"}


# -- the formulas in words ------------------------------------------------------------------------


OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}


def value_of(text: str, symbols: dict[str, int]) -> int:
    """Return the value of a formula of letters, whole numbers, `+ - * /` and parentheses; a division that leaves a rest is an error."""

    def value(part: ast.expr) -> Fraction:
        match part:
            case ast.BinOp(left, op, right):
                result: Fraction = OPERATORS[type(op)](value(left), value(right))
                assert result.denominator == 1, f"{text} divides with a rest"
                return result
            case ast.Constant(int(number)):
                return Fraction(number)
            case ast.Name(letter):
                return Fraction(symbols[letter])
        raise AssertionError(f"{ast.unparse(part)} in the formula {text}")

    return int(value(ast.parse(text, mode="eval").body))


@pytest.mark.parametrize("case", CASES)
def test_the_formulas_give_the_counts(case: Case) -> None:
    layer = make(case.type, case.fields)
    inputs = tuple(Shape(*x) for x in case.inputs)
    output = layer.output(inputs)
    symbols = layer.symbols(inputs, output)
    for name in ("weights", "biases", "norm", "macs"):
        counted = getattr(case.counts, name)
        if name in layer.formulas and (name != "biases" or getattr(layer, "bias", True)):
            assert value_of(layer.formulas[name], symbols) == counted
            assert value_of(layer.formulas_on(inputs)[name], symbols) == counted
        else:
            assert counted == 0, f"{case.type} counts {name} and has no formula for it"


@pytest.mark.parametrize("case", CASES)
def test_kinds_with_macs_are_those_that_accumulate(case: Case) -> None:
    assert (case.kind in [kind for kind in all_kinds() if kind.accumulates]) == (case.counts.macs > 0)


# -- shapes that a layer refuses ------------------------------------------------------------------


REFUSED = [
    pytest.param("conv", {"out_channels": 8, "kernel": 3, "groups": 4}, [(6, 5, 5)],
                 "groups 4 does not divide the 6 channels arriving: take one of 1, 2, 3, 6", "groups", id="conv groups in"),
    pytest.param("conv", {"out_channels": 9, "kernel": 3, "groups": 4}, [(8, 5, 5)],
                 "groups 4 does not divide the 9 output channels", "groups", id="conv groups out"),
    pytest.param("conv", {"out_channels": 8, "kernel": 5, "padding": 0}, [(6, 5, 4)],
                 "a kernel of 5 does not fit the input of 4", "kernel", id="conv kernel too wide"),
    pytest.param("conv", {"out_channels": 8, "kernel": 3, "padding": 1, "dilation": 4}, [(6, 9, 6)],
                 "a kernel of 3 with dilation 4 (it covers 9) does not fit the input of 6 + 2 of padding", "kernel",
                 id="conv dilated kernel too wide"),
    pytest.param("dwconv", {"kernel": (6, 1), "padding": 0}, [(6, 5, 4)],
                 "a kernel of 6 does not fit the input of 5", "kernel", id="dwconv kernel too high"),
    pytest.param("conv_transpose", {"out_channels": 8, "kernel": 1, "groups": 4}, [(6, 5, 5)],
                 "groups 4 does not divide the 6 channels", "groups", id="conv_transpose groups"),
    pytest.param("conv_transpose", {"out_channels": 8, "kernel": 1, "padding": 3}, [(6, 5, 5)],
                 "the output comes out empty (-1)", "padding", id="conv_transpose empty"),
    pytest.param("conv_transpose", {"out_channels": 8, "kernel": 3, "stride": 2, "output_padding": 1}, [(6, 5, 5)],
                 "output_padding goes with explicit padding", "output_padding", id="conv_transpose same and more"),
    pytest.param("correlate", {"branches": ()}, [(6, 5, 5)],
                 "correlate slides the second branch over the first, received 1: give two branches", "branches", id="correlate one"),
    pytest.param("correlate", {"branches": ()}, [(6, 5, 5), (6, 5)],
                 "correlate needs two maps of as many sides, received 6x5x5 and 6x5: reshape one", "branches", id="correlate sides"),
    pytest.param("correlate", {"branches": ()}, [(6, 5, 5), (4, 3, 3)],
                 "correlate needs the same channels in both branches, received 6x5x5 and 4x3x3", "branches", id="correlate channels"),
    pytest.param("correlate", {"branches": ()}, [(6, 3, 3), (6, 5, 5)],
                 "the second branch, 6x5x5, is larger than the first, 6x3x3", "branches", id="correlate larger"),
    pytest.param("matmul", {"branches": ()}, [(6, 5, 5)],
                 "matmul multiplies the first branch by the second, received 1: give two branches", "branches", id="matmul of one"),
    pytest.param("matmul", {"branches": ()}, [(6, 4, 5), (6, 4, 5)],
                 "matmul needs as many columns in the first branch as rows in the second, received 6x4x5 with 5 columns and "
                 "6x4x5 with 4 rows: change transposed, or permute or reshape one", "branches", id="matmul rows and columns"),
    pytest.param("matmul", {"branches": (), "transposed": "first"}, [(6, 4, 5), (6, 5, 4)],
                 "received 6x4x5 transposed with 4 columns and 6x5x4 with 5 rows", "branches", id="matmul transposed"),
    pytest.param("matmul", {"branches": ()}, [(6, 4, 5), (3, 5, 4)],
                 "matmul needs as many matrices in both branches, or one, received 6x4x5 and 3x5x4 with 6 and 3", "branches",
                 id="matmul matrices"),
    pytest.param("glu", {}, [(5, 4, 4)], "glu needs an even number of channels, received 5", None, id="glu"),
    pytest.param("expand", {"size": (6, 2, 5)}, [(6, 5, 5)],
                 "[6, 2, 5] makes 2 of 5 positions of 6x5x5: only an axis of size 1 is repeated", "size", id="expand"),
    pytest.param("conv_at", {"out_channels": 8, "kernel": 3}, [(6, 5, 5)],
                 "takes its input, offsets and perhaps a mask, received 1", "branches", id="conv_at without offsets"),
    pytest.param("conv_at", {"out_channels": 8, "kernel": 3}, [(6, 5, 5), (17, 5, 5)],
                 "the offsets are 17x5x5, expected 18x5x5, or 27 with the mask", "branches", id="conv_at offsets"),
    pytest.param("conv_at", {"out_channels": 8, "kernel": 3, "stride": 2}, [(6, 5, 5), (18, 5, 5)],
                 "the offsets are 18x5x5, expected 18x3x3", "branches", id="conv_at offsets of another map"),
    pytest.param("conv_at", {"out_channels": 8, "kernel": 3}, [(6, 5, 5), (27, 5, 5), (9, 5, 5)],
                 "the offsets are 27x5x5, expected 18x5x5: 2 for each", "branches", id="conv_at two masks"),
    pytest.param("conv_at", {"out_channels": 8, "kernel": 3}, [(6, 5, 5), (18, 5, 5), (1, 5, 5)],
                 "the mask is 1x5x5, expected 9x5x5", "branches", id="conv_at mask"),
    pytest.param("conv_at", {"out_channels": 8, "kernel": 3, "offset_groups": 4}, [(6, 5, 5), (72, 5, 5)],
                 "offset_groups 4 does not divide the 6 channels", "offset_groups", id="conv_at offset groups"),
    pytest.param("embedding", {"features": 8, "vocabulary": 9}, [(6, 5, 5)],
                 "received 6 channels, expected 1: one index at each position", None, id="embedding"),
    pytest.param("groupnorm", {"groups": 4}, [(6, 5, 5)],
                 "groups 4 does not divide the 6 channels arriving", "groups", id="groupnorm"),
    pytest.param("maxpool", {"kernel": 6}, [(6, 5, 5)], "a kernel of 6 does not fit", "kernel", id="maxpool"),
    pytest.param("maxpool", {"kernel": 6, "stride": 1, "ceil_mode": True}, [(6, 5, 5)], "a kernel of 6 does not fit",
                 "kernel", id="maxpool that ceil_mode does not help"),
    pytest.param("blur_pool", {"kernel": 6, "padding": 0}, [(6, 5, 5)], "a kernel of 6 does not fit", "kernel", id="blur_pool"),
    pytest.param("adaptive_avgpool", {"size": 100_000}, [(6, 5, 5)], "at most 65,536", "size", id="adaptive_avgpool"),
    pytest.param("add", {"branches": ()}, [(6, 5, 5), (7, 5, 5)],
                 "add needs branches of equal shape (or 1 along a side), received 6x5x5, 7x5x5", None, id="add"),
    pytest.param("multiply", {"branches": ()}, [(6, 5, 5), (6, 4, 5)], "received 6x5x5, 6x4x5", None, id="multiply"),
    pytest.param("concat", {"branches": ()}, [(6, 5, 5), (6, 1, 1)],
                 "concat needs branches of equal height and width, received 6x5x5, 6x1x1", None, id="concat"),
    pytest.param("subtract", {"branches": ()}, [(6, 5, 5)] * 3,
                 "subtract takes the second branch from the first, received 3: give two branches", "branches", id="subtract"),
    pytest.param("divide", {"branches": ()}, [(6, 5, 5)],
                 "divide divides the first branch by the second, received 1: give two branches", "branches", id="divide"),
    pytest.param("maximum", {"branches": ()}, [(6, 5, 5), (6, 4, 5)], "maximum needs branches of equal shape", None, id="maximum"),
    pytest.param("minimum", {"branches": ()}, [(6, 5, 5), (6, 4, 5)], "minimum needs branches of equal shape", None, id="minimum"),
    pytest.param("space_to_depth", {"factor": 2}, [(3, 6, 5)],
                 "factor 2 does not divide the height and width of 3x6x5: pad or crop it before", "factor", id="space_to_depth"),
    pytest.param("depth_to_space", {"factor": 2}, [(6, 5, 5)],
                 "factor 2 needs a multiple of 4 channels, received 6", "factor", id="depth_to_space"),
    pytest.param("channel_shuffle", {"groups": 4}, [(6, 5, 5)], "groups 4 does not divide", "groups", id="shuffle"),
    pytest.param("slice", {"channels": (2, 7)}, [(6, 5, 5)], "stop 7 is beyond the 6 channels", "channels", id="slice"),
    pytest.param("slice", {"width": (0, 6)}, [(6, 5, 5)], "stop 6 is beyond the 5 columns", "width", id="slice columns"),
    pytest.param("slice", {}, [(6, 5, 5)], "slice takes everything: write the channels", None, id="slice nothing"),
    pytest.param("pad", {}, [(6, 5, 5)], "pad adds nothing: write the sides", None, id="pad"),
    pytest.param("reshape", {"size": (5, 5, 5)}, [(6, 5, 5)],
                 "[5, 5, 5] cannot hold the 150 elements of 6x5x5", "size", id="reshape"),
    pytest.param("reshape", {"size": (-1, 4, 1)}, [(6, 5, 5)],
                 "[-1, 4, 1] cannot hold the 150 elements of 6x5x5", "size", id="reshape that leaves a rest"),
    pytest.param("concat", {"branches": (), "along": "height"}, [(6, 5, 5), (6, 5, 4)],
                 "concat along height needs branches of equal channels and width, received 6x5x5, 6x5x4", None, id="concat along"),
    pytest.param("crop", {"size": (6, 5)}, [(6, 5, 5)], "cannot crop 6x5x5 to 6 x 5", "size", id="crop"),
]  # fmt: skip


@pytest.mark.parametrize(("type_", "fields", "inputs", "message", "field"), REFUSED)
def test_refused(
    type_: str, fields: dict[str, Any], inputs: list[tuple[int, int, int]], message: str, field: str | None
) -> None:
    layer = make(type_, fields)
    with pytest.raises(LayerError) as caught:
        layer.output(tuple(Shape(*x) for x in inputs))
    assert message in str(caught.value)
    assert caught.value.field == field


def test_every_type_that_can_refuse_has_a_case_or_takes_any_shape() -> None:
    takes_any = {"linear", "parameter", "batchnorm", "layernorm", "instancenorm", "rmsnorm", "grn", "lrn", "channel_scale",
                 "global_avgpool", "global_maxpool", "flatten", "identity",
                 "dropout", "permute", "reduce", "upsample",
                 "resize", "avgpool", "gru", "lstm", "rnn", *PARAMETER_FREE, *FUNCTIONS, "prelu"}  # fmt: skip
    refused = {param.values[0] for param in REFUSED}
    assert refused | takes_any | {"attention"} == set(LAYERS)
    assert not refused & takes_any


# -- sums -----------------------------------------------------------------------------------------


def test_params_are_all_that_is_learned() -> None:
    assert Counts(weights=5, biases=3, norm=2, macs=1000, activated=7).params == 10


def test_total_adds_field_by_field() -> None:
    parts = [Counts(weights=1, macs=10, read=3), Counts(weights=2, biases=5), Counts(written=4)]
    assert total(parts) == Counts(weights=3, biases=5, macs=10, read=3, written=4)
    assert total([]) == ZERO


def test_joins_are_those_with_branches() -> None:
    assert {t for t, cls in LAYERS.items() if issubclass(cls, Join)} == {
        "add", "subtract", "maximum", "minimum", "multiply", "divide", "concat", "attention", "matmul", "correlate",
        "conv_at",
    }  # fmt: skip


def test_the_table_of_families_says_what_their_classes_do() -> None:
    assert all_kinds() == KIND_ORDER
    fields = [field for type_ in TYPES.values() for field in type_.all_fields()]
    assert {word for field in fields for word in field.kind.words()} == WORDS
    assert FIELD_WORDS | COMPOSITE_WORDS == WORDS
    assert {word: type_.type for word, type_ in TYPES.items()} == {word: word for word in (*LAYERS, *COMPOSITES)}
