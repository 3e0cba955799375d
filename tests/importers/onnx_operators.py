"""How each layer type is written in ONNX's operators, by its word."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from dsconv_cost.layers.shapes import Shape
from tests.importers.onnx_file import zeros
from tests.importers.onnx_sequences import embedding, expand, glu, matmul, parameter, recurrent

if TYPE_CHECKING:
    from tests.importers.onnx_writer import OnnxWriter

Inputs = tuple[int, ...]
Shapes = tuple[Shape, ...]


class Write(Protocol):
    """Adds the nodes of a layer; returns the output's tensor, or nothing where it set the output itself."""

    def __call__(
        self, writer: "OnnxWriter", layer: Any, inputs: Inputs, shapes: Shapes, output: Shape
    ) -> str | None: ...


# -- sides ----------------------------------------------------------------------------------------


def axes(x: Shape) -> list[str]:
    """Return the names of a shape's axes."""
    return ["channels", *((), ("length",), ("height", "width"), ("time", "height", "width"))[len(x) - 1]]


def per_side(value: int | Sequence[int], sides: int) -> list[int]:
    """Return the value for each side."""
    return [value] * sides if isinstance(value, int) else list(value)


def pairs(padding: Any, sides: int) -> list[tuple[int, int]]:
    """Return before and after for each side of padding in numbers, however it is written."""
    if isinstance(padding, int):
        return [(padding, padding)] * sides
    flat = list(padding)
    if len(flat) == 2 * sides and all(isinstance(one, int) for one in flat):
        return list(zip(flat[::2], flat[1::2], strict=True))
    return [(one, one) if isinstance(one, int) else (one[0], one[1]) for one in flat]


def pads_in_numbers(layer: Any, x: Shape, output: Shape, dilation: list[int]) -> list[tuple[int, int]]:
    """Return the pads of a windowed layer; `same` puts the odd one at the end."""
    sides = len(x) - 1
    if layer.padding != "same":
        return pairs(layer.padding, sides)
    found = []
    kernel, stride = per_side(layer.kernel, sides), per_side(layer.stride, sides)
    for size, out, k, s, d in zip(x[1:], output[1:], kernel, stride, dilation, strict=True):
        both = max(0, (out - 1) * s + d * (k - 1) + 1 - size)
        found.append((both // 2, both - both // 2))
    return found


def ends(pads: list[tuple[int, int]]) -> list[int]:
    """Return pads in ONNX's order: all that come before, then all that come after."""
    return [before for before, _ in pads] + [after for _, after in pads]


def per_channel(x: Shape, count: int | None = None) -> list[int]:
    """Return the dimensions of values that belong to the channels of a map."""
    return [x.channels if count is None else count, *[1] * (len(x) - 1)]


# -- convolutions ---------------------------------------------------------------------------------


def _convolution(writer: "OnnxWriter", layer: Any, inputs: Inputs, shapes: Shapes, output: Shape, groups: int) -> str:
    x, sides = shapes[0], len(output) - 1
    kernel, dilation = per_side(layer.kernel, sides), per_side(layer.dilation, sides)
    weights = [writer.weight("weight", output.channels, x.channels // groups, *kernel)]
    if layer.bias:
        weights.append(writer.weight("bias", output.channels))
    return writer.op(
        "Conv", writer.map(inputs[0]), *weights, dilations=dilation, group=groups, kernel_shape=kernel,
        pads=ends(pads_in_numbers(layer, x, output, dilation)), strides=per_side(layer.stride, sides),
    )  # fmt: skip


def _conv(writer: "OnnxWriter", layer: Any, inputs: Inputs, shapes: Shapes, output: Shape) -> str:
    return _convolution(writer, layer, inputs, shapes, output, layer.groups)


def _dwconv(writer: "OnnxWriter", layer: Any, inputs: Inputs, shapes: Shapes, output: Shape) -> str:
    return _convolution(writer, layer, inputs, shapes, output, shapes[0].channels)


def _conv_transpose(writer: "OnnxWriter", layer: Any, inputs: Inputs, shapes: Shapes, output: Shape) -> str:
    x, sides = shapes[0], len(output) - 1
    kernel, dilation, stride = (per_side(value, sides) for value in (layer.kernel, layer.dilation, layer.stride))
    more = per_side(layer.output_padding, sides)
    if layer.padding == "same":
        cut = [d * (k - 1) + 1 - s for k, s, d in zip(kernel, stride, dilation, strict=True)]
        more = [max(0, -one) for one in cut]
        around = [(max(0, one) // 2, max(0, one) - max(0, one) // 2) for one in cut]
    else:
        around = pairs(layer.padding, sides)
    weights = [writer.weight("weight", x.channels, output.channels // layer.groups, *kernel)]
    if layer.bias:
        weights.append(writer.weight("bias", output.channels))
    added: dict[str, Any] = {"output_padding": more} if any(more) else {}
    return writer.op(
        "ConvTranspose", writer.map(inputs[0]), *weights, dilations=dilation, group=layer.groups, kernel_shape=kernel,
        pads=ends(around), strides=stride, **added,
    )  # fmt: skip


def _linear(writer: "OnnxWriter", layer: Any, inputs: Inputs, shapes: Shapes, output: Shape) -> str | None:
    x = shapes[0]
    if x.positions != 1:  # at each position: the channels go last
        y = writer.op(
            "MatMul",
            channels_last(writer, writer.map(inputs[0]), x),
            writer.weight("weight", x.channels, output.channels),
        )
        if layer.bias:
            y = writer.op("Add", writer.weight("bias", output.channels), y)
        return channels_first(writer, y, x)
    row = writer.row(inputs[0])
    if layer.bias:
        weights = writer.weight("weight", output.channels, x.channels), writer.weight("bias", output.channels)
        writer.as_rows[writer.at] = writer.op("Gemm", row, *weights, alpha=1.0, beta=1.0, transB=1)
    else:
        writer.as_rows[writer.at] = writer.op("MatMul", row, writer.weight("weight", x.channels, output.channels))
    return None


def channels_last(writer: "OnnxWriter", x: str, shape: Shape) -> str:
    rank = len(shape) + 1
    return writer.op("Transpose", x, perm=[0, *range(2, rank), 1]) if rank > 2 else x


def channels_first(writer: "OnnxWriter", x: str, shape: Shape) -> str:
    rank = len(shape) + 1
    return writer.op("Transpose", x, perm=[0, rank - 1, *range(1, rank - 1)]) if rank > 2 else x


# -- norms ----------------------------------------------------------------------------------------


def _learned_or_not(writer: "OnnxWriter", layer: Any, count: int) -> tuple[str, str]:
    """Return scale and shift: learned, or ones and zeros."""
    scale = writer.weight("weight", count) if layer.scale else writer.reals(*[1.0] * count)
    return scale, writer.weight("bias", count) if layer.shift else writer.reals(*[0.0] * count)


def _batchnorm(writer: "OnnxWriter", layer: Any, inputs: Inputs, shapes: Shapes, output: Shape) -> str:
    c = output.channels
    scale, shift = _learned_or_not(writer, layer, c)
    statistics = writer.weight("running_mean", c), writer.weight("running_var", c)
    return writer.op("BatchNormalization", writer.map(inputs[0]), scale, shift, *statistics, epsilon=1e-5, momentum=0.9)


def _scaled(writer: "OnnxWriter", layer: Any, y: str, dims: list[int]) -> str:
    """Multiply and add what the layer learns."""
    if layer.scale:
        y = writer.op("Mul", y, writer.weight("weight", *dims))
    return writer.op("Add", y, writer.weight("bias", *dims)) if layer.shift else y


def mean(writer: "OnnxWriter", x: str, axes: list[int], operator: str = "ReduceMean") -> str:
    """Return the mean over axes, each of which becomes 1."""
    if writer.opset >= (13 if operator == "ReduceSum" else 18):
        return writer.op(operator, x, writer.integers(*axes), keepdims=1)
    return writer.op(operator, x, axes=axes, keepdims=1)


def _layernorm(writer: "OnnxWriter", layer: Any, inputs: Inputs, shapes: Shapes, output: Shape) -> str:
    c = output.channels
    x = channels_last(writer, writer.map(inputs[0]), output)
    if writer.opset >= 17 and layer.scale:
        weights = [writer.weight("weight", c)] + ([writer.weight("bias", c)] if layer.shift else [])
        return channels_first(writer, writer.op("LayerNormalization", x, *weights, axis=-1, epsilon=1e-5), output)
    centred = writer.op("Sub", x, mean(writer, x, [-1]))
    variance = mean(writer, writer.op("Pow", centred, writer.scalar(2.0)), [-1])
    deviation = writer.op("Sqrt", writer.op("Add", variance, writer.scalar(1e-5)))
    return channels_first(writer, _scaled(writer, layer, writer.op("Div", centred, deviation), [c]), output)


def _rmsnorm(writer: "OnnxWriter", layer: Any, inputs: Inputs, shapes: Shapes, output: Shape) -> str:
    c = output.channels
    x = channels_last(writer, writer.map(inputs[0]), output)
    squares = mean(writer, writer.op("Pow", x, writer.scalar(2.0)), [-1])
    root = writer.op("Sqrt", writer.op("Add", squares, writer.scalar(1e-5)))
    return channels_first(writer, _scaled(writer, layer, writer.op("Div", x, root), [c]), output)


def _groupnorm(writer: "OnnxWriter", layer: Any, inputs: Inputs, shapes: Shapes, output: Shape) -> str:
    c, groups = output.channels, layer.groups
    x = writer.map(inputs[0])
    if writer.opset >= 21:
        scale, shift = _learned_or_not(writer, layer, c)
        return writer.op("GroupNormalization", x, scale, shift, epsilon=1e-5, num_groups=groups)
    ones, zeros = writer.reals(*[1.0] * groups), writer.reals(*[0.0] * groups)
    y = writer.op("InstanceNormalization", writer.reshape(x, groups, -1), ones, zeros, epsilon=1e-5)
    return _scaled(writer, layer, writer.reshape(y, *output), per_channel(output))


def _instancenorm(writer: "OnnxWriter", layer: Any, inputs: Inputs, shapes: Shapes, output: Shape) -> str:
    scale, shift = _learned_or_not(writer, layer, output.channels)
    return writer.op("InstanceNormalization", writer.map(inputs[0]), scale, shift, epsilon=1e-5)


def _grn(writer: "OnnxWriter", layer: Any, inputs: Inputs, shapes: Shapes, output: Shape) -> str:
    x = writer.map(inputs[0])
    squares = mean(writer, writer.op("Pow", x, writer.scalar(2.0)), list(range(2, len(output) + 1)), "ReduceSum")
    response = writer.op("Sqrt", squares)
    share = writer.op("Div", response, writer.op("Add", mean(writer, response, [1]), writer.scalar(1e-6)))
    return writer.op("Add", x, _scaled(writer, layer, writer.op("Mul", x, share), per_channel(output)))


def _lrn(writer: "OnnxWriter", layer: Any, inputs: Inputs, shapes: Shapes, output: Shape) -> str:
    return writer.op("LRN", writer.map(inputs[0]), size=5, alpha=1e-4, beta=0.75, bias=1.0)


def _channel_scale(writer: "OnnxWriter", layer: Any, inputs: Inputs, shapes: Shapes, output: Shape) -> str:
    dims = per_channel(output, 1 if layer.shared else None)
    y = writer.op("Mul", writer.map(inputs[0]), writer.weight("weight", *dims))
    return writer.op("Add", y, writer.weight("bias", *dims)) if layer.shift else y


# -- activations and functions --------------------------------------------------------------------


def _elementwise(operator: str, **attributes: Any) -> Write:
    """Return how a layer is written that is one operator on one tensor."""

    def write(writer: "OnnxWriter", layer: Any, inputs: Inputs, shapes: Shapes, output: Shape) -> str | None:
        return in_place(writer, inputs[0], lambda x: writer.op(operator, x, **attributes))

    return write


def in_place(writer: "OnnxWriter", x: int, act: Callable[[str], str]) -> str | None:
    """Write what works on any number of sides: on the row where there is one, as after a linear layer."""
    if x in writer.as_rows and x not in writer.named:
        writer.as_rows[writer.at] = act(writer.as_rows[x])
        return None
    return act(writer.map(x))


def _clip(low: float | None, high: float | None) -> Write:
    def clip(writer: "OnnxWriter", x: str) -> str:
        if writer.opset < 11:
            bounds: dict[str, Any] = {"min": low, "max": high}
            return writer.op("Clip", x, **{key: value for key, value in bounds.items() if value is not None})
        return writer.op("Clip", x, *("" if bound is None else writer.scalar(bound) for bound in (low, high)))

    def write(writer: "OnnxWriter", layer: Any, inputs: Inputs, shapes: Shapes, output: Shape) -> str | None:
        return in_place(writer, inputs[0], lambda x: clip(writer, x))

    return write


def _prelu(writer: "OnnxWriter", layer: Any, inputs: Inputs, shapes: Shapes, output: Shape) -> str:
    dims = {"per_channel": per_channel(output), "per_element": list(output), "per_layer": [1]}[layer.slopes]
    return writer.op("PRelu", writer.map(inputs[0]), writer.weight("weight", *dims))


def _written_out(since: int, operator: str, write_out: Callable[["OnnxWriter", str], str]) -> Write:
    """Return how an activation is written that has an operator of its own since an operator set only."""

    def write(writer: "OnnxWriter", layer: Any, inputs: Inputs, shapes: Shapes, output: Shape) -> str | None:
        own = writer.opset >= since
        return in_place(writer, inputs[0], lambda x: writer.op(operator, x) if own else write_out(writer, x))

    return write


def _gelu_by_erf(writer: "OnnxWriter", x: str) -> str:
    if writer.opset < 9:
        raise writer.unsayable("Erf came with operator set 9")
    erf = writer.op("Erf", writer.op("Div", x, writer.scalar(2.0**0.5)))
    return writer.op("Mul", writer.op("Mul", x, writer.op("Add", erf, writer.scalar(1.0))), writer.scalar(0.5))


def _hardswish_by_clip(writer: "OnnxWriter", x: str) -> str:
    return writer.op("Mul", x, writer.op("HardSigmoid", x, alpha=1 / 6, beta=0.5))


def _mish_by_tanh(writer: "OnnxWriter", x: str) -> str:
    return writer.op("Mul", x, writer.op("Tanh", writer.op("Softplus", x)))


def _silu_by_sigmoid(writer: "OnnxWriter", x: str) -> str:
    return writer.op("Mul", x, writer.op("Sigmoid", x))


def _celu_by_elu(writer: "OnnxWriter", x: str) -> str:
    return writer.op("Elu", x, alpha=1.0)  # celu with a = 1 is elu


def _log_of_sigmoid(writer: "OnnxWriter", x: str) -> str:
    return writer.op("Log", writer.op("Sigmoid", x))


def _square(writer: "OnnxWriter", x: str) -> str:
    return writer.op("Mul", x, x)


NEVER = 10_000
"""An operator set that does not come."""


def _softmax(operator: str) -> Write:
    def write(writer: "OnnxWriter", layer: Any, inputs: Inputs, shapes: Shapes, output: Shape) -> str | None:
        if writer.opset >= 13 or output.positions == 1:
            return in_place(writer, inputs[0], lambda x: writer.op(operator, x, axis=1))
        # Before operator set 13 a softmax took all axes from its own one on together.
        x = channels_last(writer, writer.map(inputs[0]), output)
        return channels_first(writer, writer.op(operator, x, axis=len(output)), output)

    return write


def _threshold(writer: "OnnxWriter", layer: Any, inputs: Inputs, shapes: Shapes, output: Shape) -> str | None:
    if writer.opset < 10:
        raise writer.unsayable("ThresholdedRelu came with operator set 10")
    return in_place(writer, inputs[0], lambda x: writer.op("ThresholdedRelu", x, alpha=0.1))


# -- pools ----------------------------------------------------------------------------------------


def _pool(operator: str) -> Write:
    def write(writer: "OnnxWriter", layer: Any, inputs: Inputs, shapes: Shapes, output: Shape) -> str:
        x, sides = shapes[0], len(output) - 1
        kernel, stride = per_side(layer.kernel, sides), per_side(layer.stride, sides)
        around = pads_in_numbers(layer, x, output, [1] * sides)
        attributes: dict[str, Any] = {"kernel_shape": kernel, "strides": stride}
        short = [
            max(0, (out - 1) * s + k - size - before - after)
            for size, out, k, s, (before, after) in zip(x[1:], output[1:], kernel, stride, around, strict=True)
        ]
        if any(short):  # the size is rounded up
            if writer.opset < 10:
                raise writer.unsayable("ceil_mode came with operator set 10")
            attributes["ceil_mode"] = 1
        if operator == "AveragePool":
            attributes["count_include_pad"] = int(layer.count_padding)
        return writer.op(operator, writer.map(inputs[0]), pads=ends(around), **attributes)

    return write


def _blur_pool(writer: "OnnxWriter", layer: Any, inputs: Inputs, shapes: Shapes, output: Shape) -> str:
    x, sides = shapes[0], len(output) - 1
    kernel = per_side(layer.kernel, sides)
    values = [x.channels, 1, *kernel]
    return writer.op(
        "Conv", writer.map(inputs[0]), writer.constant(zeros(values)), group=x.channels, kernel_shape=kernel,
        pads=ends(pads_in_numbers(layer, x, output, [1] * sides)), strides=per_side(layer.stride, sides),
    )  # fmt: skip


def _global_pool(operator: str) -> Write:
    def write(writer: "OnnxWriter", layer: Any, inputs: Inputs, shapes: Shapes, output: Shape) -> str:
        pooled = writer.op(operator, writer.map(inputs[0]))
        return pooled if len(output) == len(shapes[0]) else writer.op("Flatten", pooled, axis=1)

    return write


def _adaptive_avgpool(writer: "OnnxWriter", layer: Any, inputs: Inputs, shapes: Shapes, output: Shape) -> str:
    sizes = list(zip(shapes[0][1:], output[1:], strict=True))
    if any(size % out for size, out in sizes):
        raise writer.unsayable("AveragePool has windows of one size")
    kernel = [size // out for size, out in sizes]
    return writer.op("AveragePool", writer.map(inputs[0]), kernel_shape=kernel, strides=kernel)


def _reduce(writer: "OnnxWriter", layer: Any, inputs: Inputs, shapes: Shapes, output: Shape) -> str:
    names = axes(shapes[0])
    over: Sequence[str] = names[1:] if layer.over is None else layer.over
    operator = {"mean": "ReduceMean", "max": "ReduceMax", "sum": "ReduceSum"}[layer.how]
    return mean(writer, writer.map(inputs[0]), [names.index(axis) + 1 for axis in over], operator)


# -- joins ----------------------------------------------------------------------------------------


def _join(operator: str, of_many: str = "") -> Write:
    """Return how a join is written: one operator of two inputs after another, or one of many."""

    def write(writer: "OnnxWriter", layer: Any, inputs: Inputs, shapes: Shapes, output: Shape) -> str:
        tensors = [
            writer.reshape(writer.map(index), *shape, *[1] * (len(output) - 1))
            if len(shape) < len(output)
            else writer.map(index)
            for index, shape in zip(inputs, shapes, strict=True)
        ]
        if of_many and len(tensors) > 2:
            return writer.op(of_many, *tensors)
        y = tensors[0]
        for other in tensors[1:]:
            y = writer.op(operator, y, other)
        return y

    return write


def _concat(writer: "OnnxWriter", layer: Any, inputs: Inputs, shapes: Shapes, output: Shape) -> str:
    return writer.op("Concat", *(writer.map(index) for index in inputs), axis=axes(output).index(layer.along) + 1)


# -- moves ----------------------------------------------------------------------------------------


def _flatten(writer: "OnnxWriter", layer: Any, inputs: Inputs, shapes: Shapes, output: Shape) -> str | None:
    writer.as_rows[writer.at] = writer.op("Flatten", writer.map(inputs[0]), axis=1)
    return None


def _reshape(writer: "OnnxWriter", layer: Any, inputs: Inputs, shapes: Shapes, output: Shape) -> str:
    return writer.reshape(writer.map(inputs[0]), *output)


def _permute(writer: "OnnxWriter", layer: Any, inputs: Inputs, shapes: Shapes, output: Shape) -> str:
    order = [axes(shapes[0]).index(axis) + 1 for axis in layer.order]
    return writer.op("Transpose", writer.map(inputs[0]), perm=[0, *order])


def _dropout(writer: "OnnxWriter", layer: Any, inputs: Inputs, shapes: Shapes, output: Shape) -> str | None:
    rate: dict[str, Any] = {"ratio": 0.5} if writer.opset < 12 else {}
    return in_place(writer, inputs[0], lambda x: writer.op("Dropout", x, **rate))


def _channel_shuffle(writer: "OnnxWriter", layer: Any, inputs: Inputs, shapes: Shapes, output: Shape) -> str:
    sides = list(output[1:])
    y = writer.reshape(writer.map(inputs[0]), layer.groups, output.channels // layer.groups, *sides)
    y = writer.op("Transpose", y, perm=[0, 2, 1, *range(3, 3 + len(sides))])
    return writer.reshape(y, *output)


def _space_to_depth(writer: "OnnxWriter", layer: Any, inputs: Inputs, shapes: Shapes, output: Shape) -> str:
    return writer.op("SpaceToDepth", writer.map(inputs[0]), blocksize=layer.factor)


def _depth_to_space(writer: "OnnxWriter", layer: Any, inputs: Inputs, shapes: Shapes, output: Shape) -> str:
    order: dict[str, Any] = {"mode": "CRD"} if writer.opset >= 11 else {}
    return writer.op("DepthToSpace", writer.map(inputs[0]), blocksize=layer.factor, **order)


def _slice(writer: "OnnxWriter", layer: Any, inputs: Inputs, shapes: Shapes, output: Shape) -> str:
    parts = {at: getattr(layer, axis) for at, axis in enumerate(axes(output), 1) if getattr(layer, axis)}
    return writer.sliced(writer.map(inputs[0]), parts)


def _pad(writer: "OnnxWriter", layer: Any, inputs: Inputs, shapes: Shapes, output: Shape) -> str:
    sides = len(output) - 1
    around = pairs(layer.sides, sides) if layer.sides not in ((), None) else [(0, 0)] * sides
    values = ends([(0, 0), (layer.channels[0], layer.channels[1]), *around])
    x = writer.map(inputs[0])
    if writer.opset < 11:
        return writer.op("Pad", x, pads=values, mode="constant", value=0.0)
    return writer.op("Pad", x, writer.integers(*values), mode="constant")


def _crop(writer: "OnnxWriter", layer: Any, inputs: Inputs, shapes: Shapes, output: Shape) -> str:
    starts = [(before - after) // 2 for before, after in zip(shapes[0][1:], output[1:], strict=True)]
    parts = {at + 2: (start, start + size, 1) for at, (start, size) in enumerate(zip(starts, output[1:], strict=True))}
    return writer.sliced(writer.map(inputs[0]), parts)


def _upsample(writer: "OnnxWriter", layer: Any, inputs: Inputs, shapes: Shapes, output: Shape) -> str:
    factors = per_side(layer.factor, len(output) - 1)
    return _resized(writer, writer.map(inputs[0]), layer.mode, [float(factor) for factor in factors])


def _resize(writer: "OnnxWriter", layer: Any, inputs: Inputs, shapes: Shapes, output: Shape) -> str:
    x = writer.map(inputs[0])
    if writer.opset >= 11:
        sizes = writer.integers(1, *output)
        if isinstance(writer.batch, str):  # the batch and channels that arrive, as exporters write it
            arriving = writer.sliced(writer.op("Shape", x), {0: (0, 2, 1)})
            sizes = writer.op("Concat", arriving, writer.integers(*output[1:]), axis=0)
        mode: dict[str, Any] = {"mode": _MODES[layer.mode], "coordinate_transformation_mode": "pytorch_half_pixel"}
        return writer.op("Resize", x, *_left_out(writer, 2), sizes, **mode)
    # Half a position more, so that rounding down gives the size whatever floats make of it.
    scales = [(out + 0.5) / size if out != size else 1.0 for size, out in zip(shapes[0][1:], output[1:], strict=True)]
    return _resized(writer, x, layer.mode, scales)


def _left_out(writer: "OnnxWriter", count: int) -> list[str]:
    """Return inputs of Resize that say nothing; before operator set 13 they are empty tensors."""
    return [writer.reals() if writer.opset < 13 else ""] * count


_MODES = {"nearest": "nearest", "bilinear": "linear"}


def _resized(writer: "OnnxWriter", x: str, mode: str, scales: list[float]) -> str:
    word, all_scales = _MODES[mode], [1.0, 1.0, *scales]
    if writer.opset >= 11:
        return writer.op(
            "Resize",
            x,
            *_left_out(writer, 1),
            writer.reals(*all_scales),
            mode=word,
            coordinate_transformation_mode="asymmetric",
        )
    if writer.opset >= 9:
        return writer.op("Resize" if writer.opset >= 10 else "Upsample", x, writer.reals(*all_scales), mode=word)
    return writer.op("Upsample", x, mode=word, scales=all_scales)


OPERATORS: dict[str, Write] = {
    "conv": _conv, "dwconv": _dwconv, "conv_transpose": _conv_transpose, "linear": _linear,
    "batchnorm": _batchnorm, "layernorm": _layernorm, "groupnorm": _groupnorm, "instancenorm": _instancenorm,
    "rmsnorm": _rmsnorm, "grn": _grn, "lrn": _lrn, "channel_scale": _channel_scale,
    "relu": _elementwise("Relu"), "relu6": _clip(0.0, 6.0), "leaky_relu": _elementwise("LeakyRelu", alpha=0.01),
    "prelu": _prelu, "elu": _elementwise("Elu", alpha=1.0), "selu": _elementwise("Selu"),
    "celu": _written_out(12, "Celu", _celu_by_elu), "softplus": _elementwise("Softplus"), "softsign": _elementwise("Softsign"),
    "gelu": _written_out(20, "Gelu", _gelu_by_erf), "silu": _written_out(NEVER, "", _silu_by_sigmoid),
    "mish": _written_out(18, "Mish", _mish_by_tanh), "hardswish": _written_out(14, "HardSwish", _hardswish_by_clip),
    "sigmoid": _elementwise("Sigmoid"), "hardsigmoid": _elementwise("HardSigmoid", alpha=1 / 6, beta=0.5),
    "tanh": _elementwise("Tanh"), "hardtanh": _clip(-1.0, 1.0), "log_sigmoid": _written_out(NEVER, "", _log_of_sigmoid),
    "softmax": _softmax("Softmax"), "log_softmax": _softmax("LogSoftmax"),
    "exponential": _elementwise("Exp"), "log": _elementwise("Log"), "sqrt": _elementwise("Sqrt"),
    "square": _written_out(NEVER, "", _square), "abs": _elementwise("Abs"), "negate": _elementwise("Neg"),
    "reciprocal": _elementwise("Reciprocal"), "sin": _elementwise("Sin"), "cos": _elementwise("Cos"),
    "clip": _clip(-2.5, 2.5), "threshold": _threshold,
    "maxpool": _pool("MaxPool"), "avgpool": _pool("AveragePool"), "blur_pool": _blur_pool,
    "global_avgpool": _global_pool("GlobalAveragePool"), "global_maxpool": _global_pool("GlobalMaxPool"),
    "adaptive_avgpool": _adaptive_avgpool, "reduce": _reduce,
    "add": _join("Add", "Sum"), "subtract": _join("Sub"), "maximum": _join("Max", "Max"), "minimum": _join("Min", "Min"),
    "multiply": _join("Mul"), "divide": _join("Div"), "concat": _concat,
    "flatten": _flatten, "reshape": _reshape, "permute": _permute, "identity": _elementwise("Identity"), "dropout": _dropout,
    "channel_shuffle": _channel_shuffle, "space_to_depth": _space_to_depth, "depth_to_space": _depth_to_space,
    "lstm": recurrent, "gru": recurrent, "rnn": recurrent, "embedding": embedding, "parameter": parameter, "expand": expand,
    "glu": glu, "matmul": matmul,
    "slice": _slice, "pad": _pad, "crop": _crop, "upsample": _upsample, "resize": _resize,
}  # fmt: skip
"""Type -> how it is written."""
