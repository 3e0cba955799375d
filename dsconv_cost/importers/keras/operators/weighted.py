"""Layers that multiply and accumulate: convolutions, dense layers, attention, embeddings."""

from collections.abc import Callable
from functools import partial
from math import prod

from dsconv_cost.importers.keras.call import KerasCall
from dsconv_cost.importers.keras.operators.windows import keras_windows
from dsconv_cost.importers.rules import RuleError
from dsconv_cost.importers.tensors import Tensor


def _conv(sides: int, call: KerasCall) -> list[Tensor]:
    out, groups, arriving = call.config["filters"], call.config.get("groups", 1) or 1, call.dims[call.channels]
    kernel = call.learned("kernel", (*call.per_side("kernel_size", sides), arriving // groups, out))
    return call.add(
        "conv", [call.x, kernel, call.bias(out)], out_channels=out, groups=groups, **keras_windows(call, sides, "kernel_size", (1,) * sides)
    )  # fmt: skip


def _depthwise_conv(sides: int, call: KerasCall) -> list[Tensor]:
    arriving, times = call.dims[call.channels], call.config.get("depth_multiplier", 1)
    kernel = call.learned("depthwise_kernel", (*call.per_side("kernel_size", sides), arriving, times))
    attributes = keras_windows(call, sides, "kernel_size", (1,) * sides)
    out = arriving * times
    return call.add("conv", [call.x, kernel, call.bias(out)], out_channels=out, groups=arriving, **attributes)


def _separable_conv(sides: int, call: KerasCall) -> list[Tensor]:
    """A depthwise convolution without a bias, then a pointwise one with the bias."""
    arriving, times, out = call.dims[call.channels], call.config.get("depth_multiplier", 1), call.config["filters"]
    window = call.learned("depthwise_kernel", (*call.per_side("kernel_size", sides), arriving, times))
    attributes = keras_windows(call, sides, "kernel_size", (1,) * sides)
    name, call.name = call.name, f"{call.name}.dw"
    made = call.step("conv", [call.x, window], out_channels=arriving * times, groups=arriving, **attributes)
    call.name = f"{name}.pw"
    kernel = call.weight(f"{name}/pointwise_kernel", ((1,) * sides + (arriving * times, out)))
    bias = call.weight(f"{name}/bias", (out,)) if call.config.get("use_bias", True) else None
    ones = (1,) * len(attributes["kernel"])
    return call.add(
        "conv", [made, kernel, bias], out_channels=out, groups=1, kernel=ones, stride=ones, dilation=ones,
        pads=((0, 0),) * len(ones), channels=call.channels,
    )  # fmt: skip


def _conv_transpose(sides: int, call: KerasCall) -> list[Tensor]:
    """The output's side is in * stride with padding same, and in * stride + max(kernel - stride, 0) with valid."""
    out, arriving = call.config["filters"], call.dims[call.channels]
    kernel = call.per_side("kernel_size", sides)
    attributes = keras_windows(call, sides, "kernel_size", (1,) * sides)
    stride, dilation = attributes["stride"], attributes["dilation"]
    more = call.per_side("output_padding", sides) if call.config.get("output_padding") is not None else None
    pads: list[tuple[int, int]] = []
    extra: list[int] = []
    for side in range(sides):
        k, s, d = kernel[side], stride[side], dilation[side]
        reach = (k - 1) * d + 1
        if more is None:
            both = reach - s if call.config.get("padding") == "same" else min(0, reach - s)
            pads.append((both // 2, both - both // 2) if both > 0 else (0, 0))
            extra.append(max(0, -both))
        else:
            pad = reach // 2 if call.config.get("padding") == "same" else 0
            pads.append((pad, pad))
            extra.append(more[side])
    weight = call.learned("kernel", (*kernel, out, arriving))
    return call.add(
        "conv_transpose", [call.x, weight, call.bias(out)],
        **{**attributes, "out_channels": out, "pads": tuple(pads), "output_padding": tuple(extra)},
    )  # fmt: skip


def _dense(call: KerasCall) -> list[Tensor]:
    units = call.config["units"]
    kernel = call.learned("kernel", (call.dims[-1], units))
    return call.add("linear", [call.x, kernel, call.bias(units)], out_features=units, axis=-1)


def _einsum_dense(call: KerasCall) -> list[Tensor]:
    """A product with a learned tensor: its letters have the sizes of the input or of the output's shape."""
    equation = call.config["equation"].replace(" ", "")
    inputs, _, output = equation.partition("->")
    left, right = inputs.split(",")
    if "..." in equation:
        spread = "ABCDEFGHIJ"[: len(call.dims) - len(left.replace("...", ""))]
        left, output = left.replace("...", spread), output.replace("...", spread)
    sizes = dict(zip(left, call.dims, strict=True))
    shape = call.config["output_shape"]
    shape = [shape] if isinstance(shape, int) else list(shape)
    for letter, size in zip(output[len(output) - len(shape) :], shape, strict=True):
        if size is not None:
            sizes.setdefault(letter, size)
    kernel = call.learned("kernel", [sizes[letter] for letter in right])
    made = call.step("einsum", [call.x, kernel], equation=f"{left},{right}->{output}")
    axes = call.config.get("bias_axes")
    if axes:
        bias = call.learned(
            "bias", [sizes[letter] if letter in axes else 1 for letter in output[output.index(axes[0]) :]]
        )
        made = call.step("add", [made, bias])
    return [call.activated(made)]


def _embedding(call: KerasCall) -> list[Tensor]:
    table = call.learned("embeddings", (call.config["input_dim"], call.config["output_dim"]))
    return [call.step("embedding", [call.x, table], is_float=True)]


def _projected(call: KerasCall, x: Tensor, word: str, features: int) -> Tensor:
    assert x.dims is not None
    kernel = call.learned(f"{word}/kernel", (x.dims[-1], features))
    bias = call.learned(f"{word}/bias", (features,)) if call.config.get("use_bias", True) else None
    name, call.name = call.name, f"{call.name}.{word}"
    made = call.step("linear", [x, kernel, bias], out_features=features, axis=-1)
    call.name = name
    return made


def _multi_head_attention(call: KerasCall) -> list[Tensor]:
    """Projections of query, key and value, attention, and a projection back."""

    def given(index: int, key: str) -> Tensor | None:
        value = call.named.get(key)
        return (
            call.inputs[index] if index < len(call.inputs) else value[0] if isinstance(value, list) and value else None
        )

    query, value = given(0, "query"), given(1, "value")
    if query is None or value is None or query.dims is None or len(query.dims) != 3:
        raise RuleError("a query and a value of [batch, positions, features] are expected")
    key = given(2, "key") or value
    heads, key_dim = call.config["num_heads"], call.config["key_dim"]
    value_dim = call.config.get("value_dim") or key_dim
    out = call.config.get("output_shape")
    width = query.dims[-1] if out is None else out if isinstance(out, int) else prod(out)
    parts = [
        _projected(call, tensor, word, heads * size)
        for tensor, word, size in ((query, "query", key_dim), (key, "key", key_dim), (value, "value", value_dim))
    ]
    made = call.step("attention", parts, heads=heads)
    return [_projected(call, made, "output", width)]


def _attention(call: KerasCall) -> list[Tensor]:
    """Of a query and a value, and a key that is the value where it is not given: nothing is learned unless scaled so."""
    if len(call.inputs) < 2:
        raise RuleError("a query and a value are expected")
    query, value, key = call.inputs[0], call.inputs[1], call.inputs[2] if len(call.inputs) > 2 else call.inputs[1]
    if call.config.get("score_mode") == "concat" or call.config.get("use_scale"):
        raise RuleError("learned scores")
    return [call.step("attention", [query, key, value])]


def _dot(call: KerasCall) -> list[Tensor]:
    """The products of two inputs along an axis of each."""
    axes = call.config["axes"]
    a, b = call.inputs
    assert a.dims is not None
    assert b.dims is not None
    first, second = (axes, axes) if isinstance(axes, int) else axes
    letters = "abcdefgh"
    left = list(letters[: len(a.dims)])
    right = ["a", *[letter.upper() for letter in letters[1 : len(b.dims)]]]
    first, second = first % len(left), second % len(right)
    right[second] = left[first]
    output = [x for x in left if x != left[first]] + [x for at, x in enumerate(right) if at not in (0, second)]
    return [call.step("einsum", [a, b], equation=f"{''.join(left)},{''.join(right)}->{''.join(output)}")]


_SIDES = (1, 2, 3)
KERAS_WEIGHTED: dict[str, Callable[[KerasCall], list[Tensor]]] = {
    **{f"Conv{n}D": partial(_conv, n) for n in _SIDES},
    **{f"Convolution{n}D": partial(_conv, n) for n in _SIDES},
    **{f"DepthwiseConv{n}D": partial(_depthwise_conv, n) for n in _SIDES},
    **{f"SeparableConv{n}D": partial(_separable_conv, n) for n in _SIDES},
    **{f"SeparableConvolution{n}D": partial(_separable_conv, n) for n in _SIDES},
    **{f"Conv{n}DTranspose": partial(_conv_transpose, n) for n in _SIDES},
    "Dense": _dense, "EinsumDense": _einsum_dense, "Embedding": _embedding, "MultiHeadAttention": _multi_head_attention,
    "Attention": _attention, "Dot": _dot,
}  # fmt: skip
