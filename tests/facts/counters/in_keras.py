"""A network of this project as a Keras 3 model, for the parameters that Keras counts. Channels come last."""

import os
from collections.abc import Callable, Sequence
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras  # after its backend is chosen
from keras import layers as k

from dsconv_cost.layers import Layer
from dsconv_cost.layers.shapes import Shape, axes_of, pads_of, sides_of
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


def _each(value: object, x: Sequence[int]) -> tuple[int, ...]:
    """Return a value of a field for each side of `x`."""
    return sides_of(value, Shape(*x), "value")


def _of_sides(name: str, x: Sequence[int]) -> Any:
    """Return Keras's layer of a name, e.g. `Conv{}D`, for the number of sides of `x`."""
    kind = getattr(k, name.format(len(x) - 1), None)
    if kind is None:
        raise NotInKeras(name.format(len(x) - 1))
    return kind


def _ends(ends: Sequence[tuple[int, int]]) -> Any:
    return ends[0] if len(ends) == 1 else tuple(ends)


def _padded(layer: Layer, x: Tensor, shape: Sequence[int]) -> tuple[Tensor, str]:
    if isinstance(layer.padding, str):
        return x, "same"
    ends = pads_of(layer.padding, Shape(*shape))
    return (_of_sides("ZeroPadding{}D", shape)(_ends(ends))(x) if any(map(any, ends)) else x), "valid"


def _strides(layer: Layer, x: Sequence[int]) -> Any:
    if set(_each(layer.dilation, x)) != {1} and set(_each(layer.stride, x)) != {1}:
        raise NotInKeras("a stride and a dilation together")
    return _each(layer.stride, x)


def _conv(layer: Layer, inputs: Sequence[Tensor], shapes: Any, output: Any) -> Tensor:
    x, padding = _padded(layer, inputs[0], shapes[0])
    return _of_sides("Conv{}D", output)(
        output[0], _each(layer.kernel, output), _strides(layer, output), padding,
        dilation_rate=_each(layer.dilation, output), groups=layer.groups, use_bias=bool(layer.bias),
    )(x)  # fmt: skip


def _dwconv(layer: Layer, inputs: Sequence[Tensor], shapes: Any, output: Any) -> Tensor:
    x, padding = _padded(layer, inputs[0], shapes[0])
    strides = _strides(layer, output)
    if len(set(strides)) > 1:
        raise NotInKeras("a depthwise convolution whose strides differ")
    return _of_sides("DepthwiseConv{}D", output)(
        _each(layer.kernel, output), strides, padding, layer.depth_multiplier,
        dilation_rate=_each(layer.dilation, output), use_bias=bool(layer.bias),
    )(x)  # fmt: skip


def _conv_transpose(layer: Layer, inputs: Sequence[Tensor], shapes: Any, output: Any) -> Tensor:
    if layer.groups != 1:
        raise NotInKeras("a transposed convolution with groups")
    same = isinstance(layer.padding, str)
    out = _of_sides("Conv{}DTranspose", output)(
        output[0], _each(layer.kernel, output), _strides(layer, output), "same" if same else "valid",
        dilation_rate=_each(layer.dilation, output), use_bias=bool(layer.bias),
    )(inputs[0])  # fmt: skip
    if not same:  # Keras cuts no edges and adds none: what PyTorch's padding and output_padding do is a crop or a pad
        extra = [new - old for new, old in zip(output[1:], out.shape[1:], strict=False)]
        if any(n > 0 for n in extra):
            out = _of_sides("ZeroPadding{}D", output)(_ends([(0, max(0, n)) for n in extra]))(out)
        if any(n < 0 for n in extra):
            cut = [max(0, -n) for n in extra]
            out = _of_sides("Cropping{}D", output)(_ends([(n // 2, n - n // 2) for n in cut]))(out)
    return out


def _linear(layer: Layer, inputs: Sequence[Tensor], shapes: Any, output: Any) -> Tensor:
    return k.Dense(output[0], use_bias=bool(layer.bias))(inputs[0])


def _recurrent(layer: Layer, inputs: Sequence[Tensor], shapes: Any, output: Any) -> Tensor:
    if getattr(layer, "projection", None) or getattr(layer, "peepholes", False):
        raise NotInKeras("a projection, and peepholes")
    if layer.biases == 2 and layer.type != "gru":
        raise NotInKeras("two biases for each gate")
    kind = {"gru": k.GRU, "lstm": k.LSTM, "rnn": k.SimpleRNN}[layer.type]
    steps, fields = shapes[0][-1], {"use_bias": bool(layer.biases)}
    if layer.type == "gru":
        fields["reset_after"] = layer.biases != 1
    x = k.Reshape((steps, shapes[0][0]))(inputs[0])
    for index in range(layer.layers):
        every = layer.returns == "sequence" or index < layer.layers - 1
        one = kind(layer.units, return_sequences=every, **fields)
        x = (k.Bidirectional(one) if layer.directions == 2 else one)(x)
    return k.Reshape((*output[1:], output[0]))(x)


def _embedding(layer: Layer, inputs: Sequence[Tensor], shapes: Any, output: Any) -> Tensor:
    return k.Embedding(layer.vocabulary, layer.features)(k.Reshape(tuple(output[1:]))(inputs[0]))


def _norm(kind: Any, **settings: Any) -> Maker:
    def make(layer: Layer, inputs: Sequence[Tensor], shapes: Any, output: Any) -> Tensor:
        given = {**settings, "scale": layer.scale, "center": layer.shift}
        if layer.type == "groupnorm":
            given["groups"] = layer.groups
        if layer.type == "instancenorm":
            given["groups"] = output[0]
        return kind(**given)(inputs[0])

    return make


def _rmsnorm(layer: Layer, inputs: Sequence[Tensor], shapes: Any, output: Any) -> Tensor:
    if not layer.scale or layer.shift:
        raise NotInKeras("an RMS norm with a shift, or without a scale")
    return k.RMSNormalization()(inputs[0])


def _prelu(layer: Layer, inputs: Sequence[Tensor], shapes: Any, output: Any) -> Tensor:
    sides = list(range(1, len(output)))
    shared = {"per_channel": sides, "per_layer": [*sides, len(output)], "per_element": None}[layer.slopes]
    return k.PReLU(shared_axes=shared)(inputs[0])


def _activation(name: str) -> Maker:
    return lambda layer, inputs, shapes, output: k.Activation(name)(inputs[0])


def _op(function: Any) -> Maker:
    return lambda layer, inputs, shapes, output: function(inputs[0])


def _pool(name: str) -> Maker:
    def make(layer: Layer, inputs: Sequence[Tensor], shapes: Any, output: Any) -> Tensor:
        if layer.ceil_mode:
            raise NotInKeras("ceil_mode")
        x, padding = _padded(layer, inputs[0], shapes[0])
        return _of_sides(name, output)(_each(layer.kernel, output), _each(layer.stride, output), padding)(x)

    return make


def _global_pool(name: str) -> Maker:
    return lambda layer, inputs, shapes, output: _of_sides(name, output)(keepdims=True)(inputs[0])


def _adaptive(layer: Layer, inputs: Sequence[Tensor], shapes: Any, output: Any) -> Tensor:
    size = tuple(output[1:])
    return _of_sides("AdaptiveAveragePooling{}D", output)(size if len(size) > 1 else size[0])(inputs[0])


def _resized(layer: Layer, inputs: Sequence[Tensor], shapes: Any, output: Any) -> Tensor:
    if layer.type == "upsample":
        factors = _each(layer.factor, output)
        if len(factors) == 2:
            return k.UpSampling2D(factors, interpolation=layer.mode)(inputs[0])
        if layer.mode != "nearest":
            raise NotInKeras("linear upsampling on other than two sides")
        return _of_sides("UpSampling{}D", output)(factors if len(factors) > 1 else factors[0])(inputs[0])
    if len(output) != 3:
        raise NotInKeras("resizing on other than two sides")
    return k.Resizing(output[1], output[2], interpolation=layer.mode)(inputs[0])


def _shuffled(layer: Layer, inputs: Sequence[Tensor], shapes: Any, output: Any) -> Tensor:
    channels, *sides = output
    parts = k.Reshape((*sides, layer.groups, channels // layer.groups))(inputs[0])
    order = [*range(1, len(sides) + 1), len(sides) + 2, len(sides) + 1]
    return k.Reshape((*sides, channels))(k.Permute(order)(parts))


def _cropped(layer: Layer, inputs: Sequence[Tensor], shapes: Any, output: Any) -> Tensor:
    edges = []
    for size, out in zip(shapes[0][1:], output[1:], strict=True):
        edges.append(((size - out) // 2, size - out - (size - out) // 2))
    return _of_sides("Cropping{}D", output)(_ends(edges))(inputs[0])


def _padding(layer: Layer, inputs: Sequence[Tensor], shapes: Any, output: Any) -> Tensor:
    if layer.channels != (0, 0):
        raise NotInKeras("padding of channels")
    return _of_sides("ZeroPadding{}D", output)(_ends(pads_of(layer.sides, Shape(*shapes[0]))))(inputs[0])


def _sliced(layer: Layer, inputs: Sequence[Tensor], shapes: Any, output: Any) -> Tensor:
    *sides, channels = [getattr(layer, axis) for axis in (*axes_of(len(output) - 1)[1:], "channels")]
    return inputs[0][(slice(None), *[slice(None) if part is None else slice(*part) for part in (*sides, channels)])]


def _join(kind: Any) -> Maker:
    def make(layer: Layer, inputs: Sequence[Tensor], shapes: Any, output: Any) -> Tensor:
        return kind()(list(inputs))

    return make


def _concat(layer: Layer, inputs: Sequence[Tensor], shapes: Any, output: Any) -> Tensor:
    axis = axes_of(len(output) - 1).index(layer.along)
    return k.Concatenate(axis or -1)(list(inputs))


def _flattened(layer: Layer, inputs: Sequence[Tensor], shapes: Any, output: Any) -> Tensor:
    return k.Reshape((*output[1:], output[0]))(k.Flatten()(inputs[0]))


def _scaled(layer: Layer, inputs: Sequence[Tensor], shapes: Any, output: Any) -> Tensor:
    from keras.src.applications.convnext import LayerScale  # the one that Keras has

    if layer.shared or layer.shift:
        raise NotInKeras("a shared scale, and one with a shift")
    return LayerScale(1e-6, output[0])(inputs[0])


MAKERS: dict[str, Maker] = {
    "conv": _conv, "dwconv": _dwconv, "conv_transpose": _conv_transpose, "linear": _linear,
    "gru": _recurrent, "lstm": _recurrent, "rnn": _recurrent, "embedding": _embedding,
    "batchnorm": _norm(k.BatchNormalization), "layernorm": _norm(k.LayerNormalization), "groupnorm": _norm(k.GroupNormalization),
    "instancenorm": _norm(k.GroupNormalization), "rmsnorm": _rmsnorm,
    "relu": _activation("relu"), "relu6": _activation("relu6"), "leaky_relu": _activation("leaky_relu"), "prelu": _prelu,
    "elu": _activation("elu"), "selu": _activation("selu"), "celu": _activation("celu"), "softplus": _activation("softplus"),
    "softsign": _activation("softsign"), "gelu": _activation("gelu"), "silu": _activation("silu"), "mish": _activation("mish"),
    "hardswish": _activation("hard_swish"), "sigmoid": _activation("sigmoid"), "hardsigmoid": _activation("hard_sigmoid"),
    "tanh": _activation("tanh"), "hardtanh": _activation("hard_tanh"), "log_sigmoid": _activation("log_sigmoid"),
    "softmax": _activation("softmax"), "log_softmax": _activation("log_softmax"), "exponential": _activation("exponential"),
    "log": _op(keras.ops.log), "sqrt": _op(keras.ops.sqrt), "square": _op(keras.ops.square), "abs": _op(keras.ops.abs),
    "negate": _op(keras.ops.negative), "reciprocal": _op(keras.ops.reciprocal), "sin": _op(keras.ops.sin), "cos": _op(keras.ops.cos),
    "clip": _op(lambda x: keras.ops.clip(x, 0.1, 0.9)),
    "channel_scale": _scaled, "maxpool": _pool("MaxPooling{}D"), "avgpool": _pool("AveragePooling{}D"),
    "global_avgpool": _global_pool("GlobalAveragePooling{}D"), "global_maxpool": _global_pool("GlobalMaxPooling{}D"),
    "adaptive_avgpool": _adaptive,
    "add": _join(k.Add), "multiply": _join(k.Multiply), "subtract": _join(k.Subtract), "maximum": _join(k.Maximum),
    "minimum": _join(k.Minimum), "concat": _concat,
    "flatten": _flattened, "dropout": lambda layer, inputs, shapes, output: k.Dropout(0.1)(inputs[0]),
    "identity": lambda layer, inputs, shapes, output: k.Identity()(inputs[0]),
    "channel_shuffle": _shuffled, "slice": _sliced, "pad": _padding, "crop": _cropped, "upsample": _resized, "resize": _resized,
}  # fmt: skip
