"""Operators that multiply and accumulate: convolutions, products of matrices, recurrence, attention."""

from collections.abc import Callable

from dsconv_cost.importers.onnx.call import Call
from dsconv_cost.importers.onnx.operators.windows import windows
from dsconv_cost.importers.rules import RuleError
from dsconv_cost.importers.tensors import Tensor

ACTIVATION_WORDS = {
    "Relu": "relu", "LeakyRelu": "leaky_relu", "Sigmoid": "sigmoid", "Tanh": "tanh", "Clip": "clip", "HardSigmoid": "hardsigmoid",
    "HardSwish": "hardswish", "Gelu": "gelu",
}  # fmt: skip


def add_conv(call: Call) -> list[Tensor]:
    weight = call.dims(1)
    if len(weight) < 3:
        raise RuleError(f"a weight with {len(weight)} axes")
    kernel = call.integers("kernel_shape", weight[2:])
    if kernel != weight[2:]:
        raise RuleError(f"kernel_shape {list(kernel)}, and a weight of {list(weight)}")
    return call.add(
        "conv", call.inputs[:3], out_channels=weight[0], groups=call.integer("group", 1), **windows(call, kernel)
    )


def _fused_conv(call: Call) -> list[Tensor]:
    """Conv, then the sum with a fourth input, then an activation (com.microsoft)."""
    made = add_conv(call)[0]
    other = call.given(3)
    if other is not None:
        made = call.step("add", [made, other])
    return _activated(call, made)


def _activated(call: Call, made: Tensor) -> list[Tensor]:
    name = call.text("activation", "")
    if not name:
        return [made]
    if name not in ACTIVATION_WORDS:
        raise RuleError(f"activation {name}")
    word = ACTIVATION_WORDS[name]
    return call.add("function" if word == "clip" else "activation", [made], function=word)


def _conv_transpose(call: Call) -> list[Tensor]:
    weight = call.dims(1)
    if len(weight) < 3:
        raise RuleError(f"a weight with {len(weight)} axes")
    groups = call.integer("group", 1)
    attributes = windows(call, call.integers("kernel_shape", weight[2:]))
    more = call.integers("output_padding", (0,) * (len(weight) - 2))
    wanted = call.attributes.get("output_shape")
    if wanted is not None:
        attributes["pads"], more = _pads_for(call, call.integers("output_shape"), attributes, more)
    return call.add(
        "conv_transpose",
        call.inputs[:3],
        out_channels=weight[1] * groups,
        groups=groups,
        output_padding=more,
        **attributes,
    )


def _pads_for(
    call: Call, wanted: tuple[int, ...], attributes: dict[str, tuple[int, ...]], more: tuple[int, ...]
) -> tuple[tuple[tuple[int, int], ...], tuple[int, ...]]:
    """Return the pads and output paddings with which a transposed convolution gives the sizes that are wanted."""
    sides = len(attributes["kernel"])
    pads: list[tuple[int, int]] = []
    extra: list[int] = []
    for size, out, k, s, d, e in zip(
        call.dims()[2:],
        wanted[-sides:],
        attributes["kernel"],
        attributes["stride"],
        attributes["dilation"],
        more,
        strict=True,
    ):
        both = (size - 1) * s + (k - 1) * d + 1 + e - out
        pads.append((both // 2, both - both // 2) if both > 0 else (0, 0))
        extra.append(e if both > 0 else e - both)
    return tuple(pads), tuple(extra)


def add_gemm(call: Call) -> list[Tensor]:
    """A' B' + C."""
    a, b = call.tensor(0), call.tensor(1)
    turned_a, turned_b = bool(call.integer("transA", 0)), bool(call.integer("transB", 0))
    if len(call.dims(0)) != 2 or len(call.dims(1)) != 2:
        raise RuleError("its factors have 2 axes each")
    bias = call.given(2)
    if a.is_data and not b.is_data:
        return call.add(
            "linear", [a, b, bias], out_features=call.dims(1)[0 if turned_b else 1], axis=0 if turned_a else 1
        )
    made = call.step("matmul", [a, b], transpose_a=turned_a, transpose_b=turned_b)
    return call.add("add", [made, bias]) if bias is not None else [made]


def _matmul(call: Call) -> list[Tensor]:
    return add_product(call, call.tensor(0), call.tensor(1))


def add_product(call: Call, a: Tensor, b: Tensor, bias: Tensor | None = None) -> list[Tensor]:
    """Add a @ b: a linear layer where b, or a, is a matrix that is no data."""
    if a.dims is not None and b.dims is not None:
        if a.is_data and not b.is_data and len(b.dims) == 2:
            return call.add("linear", [a, b, bias], out_features=b.dims[1], axis=-1)
        if b.is_data and not a.is_data and len(a.dims) == 2 and len(b.dims) > 1:
            if b.dims[-2] != a.dims[1]:
                raise RuleError(f"a product over {a.dims[1]} and {b.dims[-2]} elements")
            return call.add("linear", [b, a, bias], out_features=a.dims[0], axis=-2)
    made = call.add("matmul", [a, b])
    return call.add("add", [made[0], bias]) if bias is not None else made


def _fused_matmul(call: Call) -> list[Tensor]:
    a, b = call.tensor(0), call.tensor(1)
    turned_a, turned_b = bool(call.integer("transA", 0)), bool(call.integer("transB", 0))
    if a.is_data and not b.is_data and len(call.dims(1)) == 2 and not turned_a:
        return call.add("linear", [a, b], out_features=call.dims(1)[0 if turned_b else 1], axis=-1)
    return call.add("matmul", [a, b], transpose_a=turned_a, transpose_b=turned_b)


def _einsum(call: Call) -> list[Tensor]:
    return call.add("einsum", call.inputs, equation=call.text("equation", ""))


def adding_recurrent(cell: str) -> Callable[[Call], list[Tensor]]:
    """Return what adds an RNN, a GRU or an LSTM: X, W, R, B, sequence lengths, initial states, P."""

    def add(call: Call) -> list[Tensor]:
        weight = call.dims(2)
        if len(weight) != 3:
            raise RuleError(f"recurrent weights with {len(weight)} axes")
        first = call.integer("layout", 0)
        x = call.tensor(0)
        if first:
            x = call.step("transpose", [x], order=(1, 0, 2))
        learned = [call.tensor(1), call.tensor(2), call.given(3), call.given(7)]
        made = call.add(
            "rnn", [x, *learned], cell=cell, hidden=call.integer("hidden_size", weight[2]), directions=weight[0]
        )
        if not first:
            return made
        orders = [(2, 0, 1, 3), (1, 0, 2), (1, 0, 2)]
        return [call.step("transpose", [one], order=order) for one, order in zip(made, orders, strict=False)]

    return add


def _attention(call: Call) -> list[Tensor]:
    """Attention of operator set 23, and MultiHeadAttention of com.microsoft: query, key, value."""
    query, key, value = (call.tensor(i) for i in range(3))
    if len(call.dims()) == 4:
        return call.add("attention", [query, key, value], heads=1)
    heads = call.integer("q_num_heads", call.attributes.get("num_heads", 1))
    return call.add("attention", [query, key, value], heads=heads, key_heads=call.integer("kv_num_heads", heads))


def _multi_head_attention(call: Call) -> list[Tensor]:
    bias = call.given(3)
    query, key, value = (call.tensor(i) for i in range(3))
    if bias is not None:
        width = call.dims()[-1]
        sizes = (width, width, call.dims(2)[-1])
        parts = call.graph.add("split", [bias], {"axis": 0, "sizes": sizes}, call.name)
        query, key, value = (call.step("add", pair) for pair in zip((query, key, value), parts, strict=True))
    return call.add("attention", [query, key, value], heads=call.integer("num_heads", 1))


def _fused_attention(call: Call) -> list[Tensor]:
    """Attention of com.microsoft: one product with the weights of query, key and value, then attention."""
    weight = call.dims(1)
    made = call.step("linear", [call.tensor(0), call.tensor(1), call.given(2)], out_features=weight[1], axis=-1)
    sizes = call.integers("qkv_hidden_sizes", (weight[1] // 3,) * 3)
    parts = call.graph.add("split", [made], {"axis": -1, "sizes": sizes}, call.name)
    return call.add("attention", parts, heads=call.integer("num_heads", 1))


def _any_attention(call: Call) -> list[Tensor]:
    return _fused_attention(call) if call.node.domain == "com.microsoft" else _attention(call)


def _deform_conv(call: Call) -> list[Tensor]:
    """X, W, offset, B, mask: every window is taken where the offsets say, and costs what a convolution's costs."""
    weight = call.dims(1)
    kernel = call.integers("kernel_shape", weight[2:])
    moved = [call.tensor(2), *([call.tensor(4)] if call.given(4) is not None else [])]
    return call.add(
        "conv", [call.tensor(0), call.tensor(1), call.given(3), *moved], out_channels=weight[0],
        groups=call.integer("group", 1), **windows(call, kernel),
    )  # fmt: skip


WEIGHTED: dict[str, Callable[[Call], list[Tensor]]] = {
    "Conv": add_conv, "FusedConv": _fused_conv, "ConvTranspose": _conv_transpose, "DeformConv": _deform_conv,
    "Gemm": add_gemm, "FusedGemm": lambda call: _activated(call, add_gemm(call)[0]),
    "MatMul": _matmul, "FusedMatMul": _fused_matmul, "Einsum": _einsum,
    "RNN": adding_recurrent("rnn"), "GRU": adding_recurrent("gru"), "LSTM": adding_recurrent("lstm"),
    "Attention": _any_attention, "MultiHeadAttention": _multi_head_attention,
}  # fmt: skip
