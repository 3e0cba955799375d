"""A network of this project as a Keras 3 model, for the parameters that Keras counts. Channels come last."""

import os
from collections.abc import Callable, Sequence
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras  # after its backend is chosen
from keras import layers as k

from dsconv_cost.layers import Layer
from dsconv_cost.network.graph import INPUT, Network

Tensor = Any
Maker = Callable[[Layer, Sequence[Tensor], Sequence[Sequence[int]], Sequence[int]], Tensor]


class NotInKeras(Exception):
    """Keras has no layer for it."""


def model(network: Network) -> keras.Model:
    """Return the network as a model of Keras's functional kind. Shapes are held to this project's."""
    channels, *sides = network.input
    start = k.Input((*sides, channels))
    made: list[Tensor] = []
    for node in network.nodes:
        inputs = [start if source == INPUT else made[source] for source in node.inputs]
        if node.layer.type not in MAKERS:
            raise NotInKeras(node.layer.type)
        out = MAKERS[node.layer.type](node.layer, inputs, network.input_shapes(node), node.output)
        assert tuple(out.shape[1:]) == (*node.output[1:], node.output[0]), (node.name, out.shape, node.output)
        made.append(out)
    return keras.Model(start, [made[index] for index in network.outputs])


def _padded(layer: Layer, x: Tensor) -> tuple[Tensor, str]:
    if isinstance(layer.padding, str):
        return x, "same"
    top, bottom, left, right = layer.padding
    return (k.ZeroPadding2D(((top, bottom), (left, right)))(x) if any(layer.padding) else x), "valid"


def _strides(layer: Layer) -> Any:
    if layer.dilation != (1, 1) and layer.stride != (1, 1):
        raise NotInKeras("a stride and a dilation together")
    return layer.stride


def _conv(layer: Layer, inputs: Sequence[Tensor], shapes: Any, output: Any) -> Tensor:
    x, padding = _padded(layer, inputs[0])
    return k.Conv2D(
        output[0], layer.kernel, _strides(layer), padding, dilation_rate=layer.dilation, groups=layer.groups,
        use_bias=bool(layer.bias),
    )(x)  # fmt: skip


def _dwconv(layer: Layer, inputs: Sequence[Tensor], shapes: Any, output: Any) -> Tensor:
    x, padding = _padded(layer, inputs[0])
    return k.DepthwiseConv2D(
        layer.kernel, _strides(layer), padding, layer.depth_multiplier, dilation_rate=layer.dilation,
        use_bias=bool(layer.bias),
    )(x)  # fmt: skip


def _conv_transpose(layer: Layer, inputs: Sequence[Tensor], shapes: Any, output: Any) -> Tensor:
    if layer.groups != 1:
        raise NotInKeras("a transposed convolution with groups")
    strides = _strides(layer)
    same = isinstance(layer.padding, str)
    out = k.Conv2DTranspose(
        output[0], layer.kernel, strides, "same" if same else "valid", dilation_rate=layer.dilation,
        use_bias=bool(layer.bias),
    )(inputs[0])  # fmt: skip
    if not same:  # Keras cuts no edges and adds none: what PyTorch's padding and output_padding do is a crop or a pad
        edges = [(0, 0), (0, 0)]
        for side in (0, 1):
            extra = output[1 + side] - out.shape[1 + side]
            edges[side] = (0, extra) if extra > 0 else (-extra // 2, -extra - -extra // 2)
        if any(output[1 + side] > out.shape[1 + side] for side in (0, 1)):
            out = k.ZeroPadding2D(tuple(edges))(out)
        elif edges != [(0, 0), (0, 0)]:
            out = k.Cropping2D(tuple(edges))(out)
    return out


def _linear(layer: Layer, inputs: Sequence[Tensor], shapes: Any, output: Any) -> Tensor:
    return k.Dense(output[0], use_bias=bool(layer.bias))(inputs[0])


def _norm(kind: Any, **settings: Any) -> Maker:
    def make(layer: Layer, inputs: Sequence[Tensor], shapes: Any, output: Any) -> Tensor:
        given = {**settings, "scale": getattr(layer, "scale", True), "center": getattr(layer, "shift", True)}
        if layer.type == "groupnorm":
            given["groups"] = layer.groups
        return kind(**given)(inputs[0])

    return make


def _prelu(layer: Layer, inputs: Sequence[Tensor], shapes: Any, output: Any) -> Tensor:
    shared = {"per_channel": [1, 2], "per_layer": [1, 2, 3], "per_element": None}[
        getattr(layer, "slopes", "per_channel")
    ]
    return k.PReLU(shared_axes=shared)(inputs[0])


def _activation(name: str) -> Maker:
    return lambda layer, inputs, shapes, output: k.Activation(name)(inputs[0])


def _pool(kind: Any) -> Maker:
    def make(layer: Layer, inputs: Sequence[Tensor], shapes: Any, output: Any) -> Tensor:
        if layer.ceil_mode:
            raise NotInKeras("ceil_mode")
        x, padding = _padded(layer, inputs[0])
        return kind(layer.kernel, layer.stride, padding)(x)

    return make


def _resized(layer: Layer, inputs: Sequence[Tensor], shapes: Any, output: Any) -> Tensor:
    if layer.type == "upsample":
        return k.UpSampling2D(layer.factor, interpolation=layer.mode)(inputs[0])
    return k.Resizing(output[1], output[2], interpolation=layer.mode)(inputs[0])


def _shuffled(layer: Layer, inputs: Sequence[Tensor], shapes: Any, output: Any) -> Tensor:
    channels, height, width = output
    parts = k.Reshape((height, width, layer.groups, channels // layer.groups))(inputs[0])
    return k.Reshape((height, width, channels))(k.Permute((1, 2, 4, 3))(parts))


def _cropped(layer: Layer, inputs: Sequence[Tensor], shapes: Any, output: Any) -> Tensor:
    edges = []
    for size, out in zip(shapes[0][1:], output[1:], strict=True):
        edges.append(((size - out) // 2, size - out - (size - out) // 2))
    return k.Cropping2D(tuple(edges))(inputs[0])


def _join(kind: Any) -> Maker:
    return lambda layer, inputs, shapes, output: kind()(list(inputs))


def _flattened(layer: Layer, inputs: Sequence[Tensor], shapes: Any, output: Any) -> Tensor:
    return k.Reshape((1, 1, output[0]))(k.Flatten()(inputs[0]))


def _scaled(layer: Layer, inputs: Sequence[Tensor], shapes: Any, output: Any) -> Tensor:
    from keras.src.applications.convnext import LayerScale  # the one that Keras has

    return LayerScale(1e-6, output[0])(inputs[0])


MAKERS: dict[str, Maker] = {
    "conv": _conv, "dwconv": _dwconv, "conv_transpose": _conv_transpose, "linear": _linear,
    "batchnorm": _norm(k.BatchNormalization), "layernorm": _norm(k.LayerNormalization), "groupnorm": _norm(k.GroupNormalization),
    "relu": _activation("relu"), "relu6": _activation("relu6"), "leaky_relu": _activation("leaky_relu"), "prelu": _prelu,
    "elu": _activation("elu"), "gelu": _activation("gelu"), "silu": _activation("silu"),
    "mish": _activation("mish"),
    "hardswish": _activation("hard_swish"), "sigmoid": _activation("sigmoid"), "hardsigmoid": _activation("hard_sigmoid"),
    "tanh": _activation("tanh"), "softmax": _activation("softmax"),
    "channel_scale": _scaled, "maxpool": _pool(k.MaxPooling2D), "avgpool": _pool(k.AveragePooling2D),
    "global_avgpool": lambda layer, inputs, shapes, output: k.GlobalAveragePooling2D(keepdims=True)(inputs[0]),
    "adaptive_avgpool": lambda layer, inputs, shapes, output: k.AdaptiveAveragePooling2D(tuple(output[1:]))(inputs[0]),
    "add": _join(k.Add), "multiply": _join(k.Multiply), "concat": _join(k.Concatenate),
    "flatten": _flattened, "dropout": lambda layer, inputs, shapes, output: k.Dropout(0.1)(inputs[0]),
    "channel_shuffle": _shuffled,
    "slice": lambda layer, inputs, shapes, output: inputs[0][..., layer.start : layer.stop],
    "pad": lambda layer, inputs, shapes, output: k.ZeroPadding2D((layer.pads[:2], layer.pads[2:]))(inputs[0]),
    "crop": _cropped, "upsample": _resized, "resize": _resized,
}  # fmt: skip
