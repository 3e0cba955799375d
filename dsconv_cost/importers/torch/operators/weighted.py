"""Operators that multiply and accumulate."""

from collections.abc import Callable

from dsconv_cost.importers.rules import RuleError
from dsconv_cost.importers.tensors import Tensor
from dsconv_cost.importers.torch.call import AtenCall


def _convolution(call: AtenCall) -> list[Tensor]:
    weight = call.dims("weight")
    sides, groups = len(weight) - 2, call["groups"]
    attributes = {
        "kernel": weight[2:], "stride": call.per_side("stride", sides), "dilation": call.per_side("dilation", sides),
        "pads": tuple((pad, pad) for pad in call.per_side("padding", sides)), "groups": groups,
    }  # fmt: skip
    inputs = [call.tensor("input"), call.tensor("weight"), call.optional("bias")]
    if call["transposed"]:
        more = call.per_side("output_padding", sides)
        return call.add("conv_transpose", inputs, out_channels=weight[1] * groups, output_padding=more, **attributes)
    return call.add("conv", inputs, out_channels=weight[0], **attributes)


def _product(call: AtenCall, a: Tensor, b: Tensor, bias: Tensor | None = None) -> list[Tensor]:
    """Add a @ b: a linear layer where one of them is a matrix that is no data."""
    assert a.dims is not None
    assert b.dims is not None
    if a.is_data and not b.is_data and len(b.dims) == 2:
        vector = bias is None or bias.elements in (1, b.dims[1])
        made = call.step("linear", [a, b, bias if vector else None], out_features=b.dims[1], axis=-1)
        return [made] if vector else call.add("add", [made, bias])
    if b.is_data and not a.is_data and len(a.dims) == 2 and len(b.dims) > 1:
        made = call.step("linear", [b, a], out_features=a.dims[0], axis=-2)
    else:
        made = call.step("matmul", [a, b])
    return [made] if bias is None else call.add("add", [made, bias])


def _addmm(call: AtenCall) -> list[Tensor]:
    return _product(call, call.tensor("mat1"), call.tensor("mat2"), call.tensor("self"))


def _mm(call: AtenCall) -> list[Tensor]:
    return _product(call, call.tensor("self"), call.tensor("mat2", "other", "vec", "tensor"))


def _baddbmm(call: AtenCall) -> list[Tensor]:
    made = call.step("matmul", [call.tensor("batch1"), call.tensor("batch2")])
    return call.add("add", [call.tensor("self"), made]) if call["beta"] != 0 else [made]


def _addmv(call: AtenCall) -> list[Tensor]:
    return call.add("add", [call.tensor("self"), call.step("matmul", [call.tensor("mat"), call.tensor("vec")])])


def _linear(call: AtenCall) -> list[Tensor]:
    weight = call.dims("weight")
    if len(weight) != 2:
        raise RuleError(f"a weight with {len(weight)} axes")
    bias = call.optional("bias")
    return call.add("linear", [call.tensor("input"), call.tensor("weight"), bias], out_features=weight[0], axis=-1)


def _embedding(call: AtenCall) -> list[Tensor]:
    return call.add("embedding", [call.tensor("indices"), call.tensor("weight")], is_float=True)


def _attention(call: AtenCall) -> list[Tensor]:
    """The fused kernels of attention; what they give besides the output is for training."""
    made = call.add("attention", [call.tensor("query"), call.tensor("key"), call.tensor("value")])
    return made + [call.constant(dims, None) for dims in call.sizes[1:]]


_ATTENTION = (
    "_scaled_dot_product_flash_attention", "_scaled_dot_product_flash_attention_for_cpu", "_scaled_dot_product_efficient_attention",
    "_scaled_dot_product_cudnn_attention", "_scaled_dot_product_attention_math", "scaled_dot_product_attention",
    "_scaled_dot_product_fused_attention_overrideable",
)  # fmt: skip
TORCH_WEIGHTED: dict[str, Callable[[AtenCall], list[Tensor]]] = {
    "convolution": _convolution, "_convolution": _convolution, "addmm": _addmm, "mm": _mm, "bmm": _mm, "matmul": _mm, "mv": _mm, "dot": _mm,
    "addmv": _addmv, "baddbmm": _baddbmm, "linear": _linear, "embedding": _embedding, **dict.fromkeys(_ATTENTION, _attention),
}  # fmt: skip
