"""Operators that multiply and accumulate: convolutions, products of matrices, recurrence."""

from collections.abc import Callable
from math import prod
from typing import Any

from dsconv_cost.importers.rules import RuleError
from dsconv_cost.importers.tensors import Tensor
from dsconv_cost.importers.tflite.call import TfliteCall


def _kernel(call: TfliteCall, sides: int) -> tuple[int, ...]:
    dims = call.dims(1)
    if len(dims) != sides + 2:
        raise RuleError(f"a weight with {len(dims)} axes, expected {sides + 2}")
    return dims[1:-1]


def _conv(call: TfliteCall) -> list[Tensor]:
    """A weight of [out, height, width, in / groups]."""
    kernel = _kernel(call, 2)
    out, arriving = call.dims(1)[0], call.dims(1)[3]
    return call.fused(
        3, "conv", call.inputs[:3], out_channels=out, groups=_groups(call, arriving), kernel=kernel, channels=-1,
        stride=(call.option(2, 1), call.option(1, 1)), dilation=(call.option(5, 1), call.option(4, 1)),
        pads=call.pads(call.option(0, 0, 1)),
    )  # fmt: skip


def _groups(call: TfliteCall, arriving: int) -> int:
    channels = call.dims()[-1]
    if not arriving or channels % arriving:
        raise RuleError(f"a weight for {arriving} channels on {channels}")
    return channels // arriving


def _depthwise_conv(call: TfliteCall) -> list[Tensor]:
    """A weight of [1, height, width, out]."""
    kernel = _kernel(call, 2)
    return call.fused(
        4, "conv", call.inputs[:3], out_channels=call.dims(1)[3], groups=call.dims()[-1], kernel=kernel, channels=-1,
        stride=(call.option(2, 1), call.option(1, 1)), dilation=(call.option(6, 1), call.option(5, 1)),
        pads=call.pads(call.option(0, 0, 1)),
    )  # fmt: skip


def _conv_3d(call: TfliteCall) -> list[Tensor]:
    """A weight of [depth, height, width, in / groups, out]."""
    weight = call.dims(1)
    if len(weight) != 5:
        raise RuleError(f"a weight with {len(weight)} axes, expected 5")
    return call.fused(
        4, "conv", call.inputs[:3], out_channels=weight[4], groups=_groups(call, weight[3]), kernel=weight[:3], channels=-1,
        stride=(call.option(1, 1), call.option(3, 1), call.option(2, 1)),
        dilation=(call.option(5, 1), call.option(7, 1), call.option(6, 1)), pads=call.pads(call.option(0, 0, 1)),
    )  # fmt: skip


def _transposed(
    call: TfliteCall, x: Tensor, weight: Tensor, bias: Tensor | None, padding: int, stride: tuple[int, int], wanted: tuple[int, ...] | None
) -> dict[str, Any]:  # fmt: skip
    if x.dims is None or weight.dims is None or len(x.dims) != 4 or len(weight.dims) != 4:
        raise RuleError("an input and a weight with 4 axes each are expected")
    kernel = weight.dims[1:3]
    pads: list[tuple[int, int]] = []
    more: list[int] = []
    for side, (size, k, s) in enumerate(zip(x.dims[1:3], kernel, stride, strict=True)):
        out = wanted[1 + side] if wanted is not None else size * s if padding == 0 else (size - 1) * s + max(k, s)
        both = (size - 1) * s + k - out
        pads.append((both // 2, both - both // 2) if both > 0 else (0, 0))
        more.append(max(0, -both))
    return {
        "out_channels": weight.dims[0], "kernel": kernel, "stride": stride, "pads": tuple(pads), "dilation": (1, 1),
        "output_padding": tuple(more), "channels": -1,
    }  # fmt: skip


def _transpose_conv(call: TfliteCall) -> list[Tensor]:
    """The output's sizes, a weight of [out, height, width, in], the input, a bias."""
    x, weight, bias = call.tensor(2), call.tensor(1), call.given(3)
    wanted = call.whole(0, "the output's size")
    stride = (call.option(2, 1), call.option(1, 1))
    attributes = _transposed(call, x, weight, bias, call.option(0, 0, 1), stride, wanted)
    return call.fused(3, "conv_transpose", [x, weight, bias], **attributes)


def _transpose_conv_bias(call: TfliteCall) -> list[Tensor]:
    """MediaPipe's: the input, a weight of [out, height, width, in], a bias; padding (1 same, 2 valid), stride across and down."""
    padding, across, down = call.custom_numbers(3)
    x, weight, bias = call.tensor(0), call.tensor(1), call.given(2)
    return call.add(
        "conv_transpose",
        [x, weight, bias],
        **_transposed(call, x, weight, bias, padding - 1, (down, across), None),
    )


def _fully_connected(call: TfliteCall) -> list[Tensor]:
    """A weight of [out, in]; the input is taken as rows of `in` elements."""
    x, weight = call.tensor(0), call.tensor(1)
    dims, matrix = call.dims(), call.dims(1)
    if len(matrix) != 2 or not matrix[1]:
        raise RuleError(f"a weight with {len(matrix)} axes, expected 2")
    keeps = call.flag(2) and dims[-1:] == (matrix[1],)
    if not keeps:
        x = call.reshaped(x, (prod(dims) // matrix[1], matrix[1]))
    if weight.is_data:
        made = call.step("matmul", [x, weight], transpose_b=True)
        return call.fused(0, "add", [made, call.given(2)]) if call.given(2) is not None else [made]
    return call.fused(0, "linear", [x, weight, call.given(2)], out_features=matrix[0], axis=-1)


def _batch_matmul(call: TfliteCall) -> list[Tensor]:
    a, b, turned_b = call.tensor(0), call.tensor(1), call.flag(1)
    if a.is_data and not b.is_data and len(call.dims(1)) == 2 and not call.flag(0):
        return call.add("linear", [a, b], out_features=call.dims(1)[0 if turned_b else 1], axis=-1)
    return call.add("matmul", [a, b], transpose_a=call.flag(0), transpose_b=turned_b)


def _svdf(call: TfliteCall) -> list[Tensor]:
    """A dense layer of rank x units filters, and for each a filter over the last steps of what it gave.

    Inputs: x [batch, in], weights_feature [filters, in], weights_time [filters, memory], bias, state. The filters over time
    are a depthwise convolution whose window is the whole memory; of each `rank` filters the sum is a unit.
    """
    features, in_time = call.dims(1), call.dims(2)
    if len(features) != 2 or len(in_time) != 2 or in_time[0] != features[0]:
        raise RuleError("weights of [filters, in] and [filters, memory] are expected")
    rank, (filters, memory) = call.option(0, 1), in_time
    made = call.step("linear", [call.tensor(0), call.tensor(1)], out_features=filters, axis=-1)
    state = call.step("tile", [call.reshaped(made, (1, 1, filters))], repeats=(1, memory, 1))
    made = call.step(
        "conv", [state, call.tensor(2)], out_channels=filters, groups=filters, kernel=(memory,), stride=(1,), pads=((0, 0),),
        channels=-1,
    )  # fmt: skip
    if rank > 1:
        made = call.step(
            "reduce", [call.reshaped(made, (1, filters // rank, rank))], function="sum", axes=(-1,), keep=False
        )
    made = call.reshaped(made, (1, filters // max(1, rank)))
    bias = call.given(3)
    return call.fused(1, "add", [made, bias]) if bias is not None else call.fused(1, "identity", [made])


def _sequence_lstm(call: TfliteCall) -> list[Tensor]:
    """x, 4 matrices of the input, 4 of the state, 3 peepholes, 4 biases, a projection and its bias; states and norms follow."""
    if call.given(1) is None:
        raise RuleError("gates that share a matrix (an input gate that is 1 less the forget gate)")
    learned = [call.given(index) for index in range(1, 18)]
    hidden = call.dims(5)[0]
    projection = call.dims(16)[0] if call.given(16) is not None else None
    time_axis = 0 if call.flag(3) else 1
    return call.add(
        "rnn", [call.tensor(0), *[t for t in learned if t is not None]], cell="lstm", hidden=hidden, time_axis=time_axis,
        layout="joined", **({"projection": projection} if projection else {}),
    )[:1]  # fmt: skip


def _sequence_rnn(call: TfliteCall) -> list[Tensor]:
    """X [batch, time, in], weights of the input and of the state, a bias, a state."""
    return call.add(
        "rnn", [call.tensor(0), call.tensor(1), call.tensor(2), call.given(3)], cell="rnn", hidden=call.dims(1)[0],
        time_axis=0 if call.flag(0) else 1, layout="joined",
    )[:1]  # fmt: skip


def _embedding(call: TfliteCall) -> list[Tensor]:
    """Indices, a table."""
    return call.add("embedding", [call.tensor(0), call.tensor(1)], is_float=True)


TFLITE_WEIGHTED: dict[str, Callable[[TfliteCall], list[Tensor]]] = {
    "CONV_2D": _conv, "DEPTHWISE_CONV_2D": _depthwise_conv, "CONV_3D": _conv_3d, "TRANSPOSE_CONV": _transpose_conv,
    "Convolution2DTransposeBias": _transpose_conv_bias, "FULLY_CONNECTED": _fully_connected, "BATCH_MATMUL": _batch_matmul,
    "SVDF": _svdf, "UNIDIRECTIONAL_SEQUENCE_LSTM": _sequence_lstm, "UNIDIRECTIONAL_SEQUENCE_RNN": _sequence_rnn,
    "EMBEDDING_LOOKUP": _embedding,
}  # fmt: skip
