"""Operators on integers of few bits: what they multiply is what their counterparts on floats do. Scales are not learned."""

from collections.abc import Callable, Sequence
from functools import partial

from dsconv_cost.importers.onnx.call import Call
from dsconv_cost.importers.onnx.operators.moves import add_concat
from dsconv_cost.importers.onnx.operators.pooling import add_average_pool, add_global_pool
from dsconv_cost.importers.onnx.operators.weighted import add_conv, add_gemm, add_product, adding_recurrent
from dsconv_cost.importers.tensors import Tensor

Operator = Callable[[Call], list[Tensor]]


def _quantize(call: Call) -> list[Tensor]:
    """Round to few bits, or go back: the elements are the same ones."""
    for index in range(1, len(call.inputs)):
        call.graph.dismiss(call.given(index))
    return call.add("quantize", call.inputs[:1], is_float=call.operator == "DequantizeLinear")


def _dynamic_quantize(call: Call) -> list[Tensor]:
    """The rounded input, its scale and its zero point."""
    return call.add("quantize", call.inputs[:1], is_float=True, outputs=3)


def _taken(operator: Operator, at: Sequence[int | None], call: Call) -> list[Tensor]:
    """Add the counterpart on floats, of some of the inputs: the others are scales and zero points."""
    kept = [call.given(i) if i is not None else None for i in at]
    for index, tensor in enumerate(call.inputs):
        if index not in at:
            call.graph.dismiss(tensor)
    while kept and kept[-1] is None:
        kept.pop()
    inner = Call(call.graph, call.node, kept, call.attributes, call.opset, call.name)
    return operator(inner)


def _same(call: Call) -> list[Tensor]:
    word = {"QLinearSigmoid": "sigmoid", "QLinearLeakyRelu": "leaky_relu", "QLinearSoftmax": "softmax"}[call.operator]
    return call.add("activation", call.inputs[:1], function=word)


def _join(kind: str, call: Call) -> list[Tensor]:
    """Add a join of two tensors; one that the file holds is as good as floats."""
    pair = [call.tensor(0), call.tensor(1)]
    floats = [one if one.is_data else call.graph.add("quantize", [one], {"is_float": True})[0] for one in pair]
    return call.add(kind, floats)


def _quantised_concat(call: Call) -> list[Tensor]:
    """Scale and zero point of the output, then the tensors, each with its own."""
    return _taken(add_concat, range(2, len(call.inputs), 3), call)


def _scaled_matmul(call: Call) -> list[Tensor]:
    """MatMulIntegerToFloat: A, B, two scales, two zero points, bias. DynamicQuantizeMatMul: A, B, scale, zero point, bias."""
    at = 6 if call.operator == "MatMulIntegerToFloat" else 4
    for index in range(2, at):
        call.graph.dismiss(call.given(index))
    return add_product(call, call.tensor(0), call.tensor(1), call.given(at))


def _few_bits(call: Call) -> list[Tensor]:
    """MatMulNBits: a matrix of N rows and K columns whose elements share bytes (com.microsoft)."""
    n, k = call.integer("N"), call.integer("K")
    packed = call.tensor(1)
    for index in (2, 3, 4):
        call.graph.dismiss(call.given(index))
    weight = Tensor(packed.name, (n, k), key=packed.key, origins=packed.origins)
    return call.add("linear", [call.tensor(0), weight, call.given(5)], out_features=n, axis=-1)


def _quantised_lstm(call: Call) -> list[Tensor]:
    for index in range(8, len(call.inputs)):
        call.graph.dismiss(call.given(index))
    weight, recurrence = call.tensor(1), call.tensor(2)
    if weight.dims is not None and recurrence.dims is not None and len(weight.dims) == len(recurrence.dims) == 3:
        # Stored as [directions, features, gates * hidden], the other way round than those of LSTM.
        turned = [call.graph.add("transpose", [one], {"order": (0, 2, 1)})[0] for one in (weight, recurrence)]
        call.inputs[1:3] = turned
    return _taken(adding_recurrent("lstm"), range(8), call)


_PAIRS = {"QLinearAdd": "add", "QLinearMul": "multiply"}

QUANTISED: dict[str, Operator] = {
    "QuantizeLinear": _quantize, "DequantizeLinear": _quantize, "DynamicQuantizeLinear": _dynamic_quantize,
    "QLinearConv": partial(_taken, add_conv, (0, 3, 8)), "ConvInteger": partial(_taken, add_conv, (0, 1)),
    "QLinearMatMul": partial(_taken, lambda call: add_product(call, call.tensor(0), call.tensor(1)), (0, 3)),
    "MatMulInteger": partial(_taken, lambda call: add_product(call, call.tensor(0), call.tensor(1)), (0, 1)),
    "QGemm": partial(_taken, add_gemm, (0, 3, 6)),
    **{name: partial(_taken, partial(_join, kind), (0, 3)) for name, kind in _PAIRS.items()},
    "QLinearSigmoid": partial(_taken, _same, (0,)), "QLinearLeakyRelu": partial(_taken, _same, (0,)),
    "QLinearSoftmax": partial(_taken, _same, (0,)),
    "QLinearAveragePool": partial(_taken, add_average_pool, (0,)),
    "QLinearGlobalAveragePool": partial(_taken, partial(add_global_pool, "mean"), (0,)),
    "QLinearConcat": _quantised_concat,
    "MatMulIntegerToFloat": _scaled_matmul, "DynamicQuantizeMatMul": _scaled_matmul, "MatMulNBits": _few_bits,
    "DynamicQuantizeLSTM": _quantised_lstm,
}  # fmt: skip
