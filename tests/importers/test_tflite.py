"""TensorFlow Lite files, written by hand: what each kind of operator costs, and what is refused."""

import random
import struct

import pytest

from dsconv_cost.errors import InputError, UsageError
from dsconv_cost.importers.choices import ModelChoices
from dsconv_cost.importers.flatbuffer import Buffer
from dsconv_cost.layers.counts import total
from tests.importers.tflite_models import counts, imported, one, refused
from tests.importers.tflite_writer import (
    BOOL,
    INT8,
    INT32,
    RESOURCE,
    Fields,
    ModelWriter,
    Number,
    flat_buffer,
    small,
    whole,
)


def mobile(type_: int = 0) -> bytes:
    """A convolution with relu6, a depthwise one, a pool to one position and a dense layer; float, or int8 with int32 biases."""
    w = ModelWriter()
    scale, bias_type = type_ != 0, INT32 if type_ else 0
    x = w.tensor("image", [1, 8, 8, 3], type_, scale=scale)
    kernel = w.tensor("conv/kernel", [4, 3, 3, 3], type_, weight=True, scale=scale)
    bias = w.tensor("conv/bias", [4], bias_type, weight=True, scale=scale)
    a = w.tensor("net/conv/Relu6;net/conv/BiasAdd;net/conv/Conv2D", [1, 4, 4, 4], type_, scale=scale)
    w.add("CONV_2D", [x, kernel, bias], [a], {0: small(0), 1: whole(2), 2: whole(2), 3: small(3)})
    window = w.tensor("dw/kernel", [1, 3, 3, 8], type_, weight=True, scale=scale)
    b = w.tensor("net/dw/depthwise", [1, 2, 2, 8], type_, scale=scale)
    w.add("DEPTHWISE_CONV_2D", [a, window, -1], [b], {0: small(1), 1: whole(1), 2: whole(1), 3: whole(2), 4: small(0)})
    c = w.tensor("net/pool", [1, 8], type_, scale=scale)
    w.add("MEAN", [b, w.constant("axes", [1, 2])], [c], {0: small(0)})
    matrix = w.tensor("fc/kernel", [10, 8], type_, weight=True, scale=scale)
    d = w.tensor("net/fc/MatMul", [1, 10], type_, scale=scale)
    w.add("FULLY_CONNECTED", [c, matrix, -1], [d], {0: small(0)})
    return w.bytes([x], [d])


@pytest.mark.parametrize("type_", [0, INT8], ids=["float", "int8"])
def test_convolutions_and_a_dense_layer(type_: int) -> None:
    model = imported(mobile(type_))
    net = model.network
    assert [(node.name, node.layer.type) for node in net.nodes] == [
        ("net.conv", "conv"), ("net.conv.act", "relu6"), ("net.dw", "dwconv"), ("net.pool", "global_avgpool"), ("net.fc", "linear"),
    ]  # fmt: skip
    whole_counts = total([node.counts for node in net.nodes])
    assert whole_counts.macs == 4 * 4 * 27 * 4 + 2 * 2 * 9 * 8 + 80
    assert whole_counts.params == 27 * 4 + 4 + 9 * 8 + 80
    assert not [note for note in model.notes if note[0] in ("not counted", "shapes")]


def test_a_dilated_convolution_in_three_operators_is_one() -> None:
    w = ModelWriter()
    x = w.tensor("x", [1, 8, 8, 4])
    block, pads, crops = (
        w.constant("block", [2, 2]),
        w.constant("pads", [2, 2, 2, 2]),
        w.constant("crops", [0, 0, 0, 0]),
    )
    a = w.tensor("cut", [4, 6, 6, 4])
    w.add("SPACE_TO_BATCH_ND", [x, block, pads], [a])
    window = w.tensor("k", [1, 3, 3, 4], weight=True)
    b = w.tensor("dw/depthwise", [4, 4, 4, 4])
    w.add("DEPTHWISE_CONV_2D", [a, window, -1], [b], {0: small(1), 1: whole(1), 2: whole(1), 3: whole(1), 4: small(0)})
    y = w.tensor("y", [1, 8, 8, 4])
    w.add("BATCH_TO_SPACE_ND", [b, block, crops], [y])
    net = imported(w.bytes([x], [y])).network
    (conv,) = [node for node in net.nodes if node.kind.weighted]
    assert conv.layer.values()["dilation"] == 2
    assert (conv.output, conv.counts.macs) == ((4, 8, 8), 64 * 9 * 4)


def test_a_transposed_convolution() -> None:
    w = ModelWriter()
    x = w.tensor("x", [1, 4, 4, 6])
    kernel = w.tensor("k", [3, 2, 2, 6], weight=True)
    y = w.tensor("y", [1, 8, 8, 3])
    w.add("TRANSPOSE_CONV", [w.constant("size", [1, 8, 8, 3]), kernel, x], [y], {0: small(0), 1: whole(2), 2: whole(2)})
    assert counts(w.bytes([x], [y])).macs == 16 * 4 * 6 * 3


def test_mediapipes_transposed_convolution() -> None:
    data = one(
        "Convolution2DTransposeBias",
        lambda w: [w.tensor("x", [1, 4, 4, 6]), w.tensor("k", [3, 2, 2, 6], weight=True), w.tensor("b", [3], weight=True)],
        [1, 8, 8, 3], custom=struct.pack("<3i", 1, 2, 2),
    )  # fmt: skip
    assert counts(data).macs == 16 * 4 * 6 * 3
    assert counts(data).params == 4 * 6 * 3 + 3


def test_svdf_filters_features_and_then_time() -> None:
    data = one(
        "SVDF",
        lambda w: [
            w.tensor("x", [1, 40]), w.tensor("feature", [16, 40], weight=True), w.tensor("time", [16, 10], weight=True),
            w.tensor("b", [8], weight=True), w.tensor("state", [1, 160]),
        ],
        [1, 8], options={0: whole(2), 1: small(1)},
    )  # fmt: skip
    # The state is a variable in real files; here it is stored as nothing.
    with pytest.raises(InputError, match="nothing makes the tensor state"):
        counts(data)
    data = one(
        "SVDF",
        lambda w: [
            w.tensor("x", [1, 40]), w.tensor("feature", [16, 40], weight=True), w.tensor("time", [16, 10], weight=True),
            w.tensor("b", [8], weight=True),
        ],
        [1, 8], options={0: whole(2), 1: small(1)},
    )  # fmt: skip
    assert counts(data).macs == 40 * 16 + 16 * 10
    assert counts(data).params == 40 * 16 + 16 * 10 + 8


def test_a_product_of_data() -> None:
    w = ModelWriter()
    x = w.tensor("x", [1, 6, 8])
    y = w.tensor("y", [1, 6, 6])
    w.add("BATCH_MATMUL", [x, x], [y], {0: small(0), 1: small(1)})
    result = counts(w.bytes([x], [y]))
    assert (result.macs, result.params) == (6 * 8 * 6, 0)


def test_sizes_that_are_computed_fold() -> None:
    w = ModelWriter()
    x = w.tensor("x", [1, 4, 4, 8], signature=[-1, 4, 4, 8])
    shape = w.tensor("shape", [4], INT32)
    w.add("SHAPE", [x], [shape])
    batch = w.tensor("batch", [], INT32)
    slices = [w.constant(name, values) for name, values in (("from", [0]), ("to", [1]), ("by", [1]))]
    w.add("STRIDED_SLICE", [shape, *slices], [batch], {4: whole(1)})
    packed = w.tensor("packed", [2], INT32)
    w.add("PACK", [batch, w.tensor("rest", [], INT32, [128])], [packed], {0: whole(2), 1: whole(0)})
    flat = w.tensor("flat", [1, 128])
    w.add("RESHAPE", [x, packed], [flat])
    y = w.tensor("y", [1, 5])
    w.add("FULLY_CONNECTED", [flat, w.tensor("k", [5, 128], weight=True), -1], [y], {0: small(0)})
    assert counts(w.bytes([x], [y])).macs == 640


def streaming() -> bytes:
    """A step of a keyword spotter: what is new and what a variable holds, a convolution over both, and the variable anew."""
    w = ModelWriter()
    x = w.tensor("x", [1, 1, 1, 4])
    handle = w.tensor("handle", [], RESOURCE)
    w.add("CALL_ONCE", [], [], {0: whole(1)})
    w.add("VAR_HANDLE", [], [handle], {1: "state"})
    old = w.tensor("old", [1, 2, 1, 4])
    w.add("READ_VARIABLE", [handle], [old])
    both = w.tensor("both", [1, 3, 1, 4])
    w.add("CONCATENATION", [old, x], [both], {0: whole(1), 1: small(0)})
    new = w.tensor("new", [1, 2, 1, 4])
    slices = [
        w.constant(name, values) for name, values in (("a", [0, 1, 0, 0]), ("b", [1, 3, 1, 4]), ("c", [1, 1, 1, 1]))
    ]
    w.add("STRIDED_SLICE", [both, *slices], [new], {0: whole(0), 1: whole(0)})
    w.add("ASSIGN_VARIABLE", [handle, new], [])
    y = w.tensor("y", [1, 1, 1, 8])
    w.add(
        "CONV_2D",
        [both, w.tensor("k", [8, 3, 1, 4], weight=True), -1],
        [y],
        {0: small(1), 1: whole(1), 2: whole(1), 3: small(0)},
    )
    w.more.append(Fields({0: [], 1: [], 2: [], 3: []}))
    return w.bytes([x], [y])


def test_variables_are_inputs_and_outputs_of_a_step() -> None:
    model = imported(streaming())
    assert total([node.counts for node in model.network.nodes]).macs == 3 * 4 * 8
    assert [tensor.name for tensor in model.graph.inputs] == ["x", "state"]
    assert len(model.graph.outputs) == 2


def branches(known: bool) -> bytes:
    w = ModelWriter()
    x = w.tensor("x", [1, 4])
    condition = w.tensor("condition", [], BOOL, None if not known else [1])
    y = w.tensor("y", [1, 3])
    inner = ModelWriter()
    inner.buffers, inner.codes = w.buffers, w.codes
    a = inner.tensor("a", [1, 4])
    k = inner.tensor("k", [3, 4], weight=True)
    b = inner.tensor("b", [1, 3])
    inner.add("FULLY_CONNECTED", [a, k, -1], [b], {0: small(0)})
    graph = Fields({0: inner.tensors, 1: [a], 2: [b], 3: inner.operators})
    w.more += [graph, graph]
    w.add("IF", [condition, x], [y], {0: whole(1), 1: whole(2)})
    return w.bytes([x] if known else [x, condition], [y])


def test_a_branch_is_taken_where_its_condition_is_known() -> None:
    assert counts(branches(True)).macs == 12
    assert refused(branches(False)) == ["IF (node y): its condition is computed from data"]


def test_unknown_operators_are_told_together() -> None:
    w = ModelWriter()
    x = w.tensor("x", [1, 4, 4, 8])
    a, b = w.tensor("a", [1, 4, 4, 8]), w.tensor("b", [1, 4, 4, 8])
    w.add("MyFancyOp", [x], [a])
    w.add("AnotherOp", [x], [b])
    y = w.tensor("y", [1, 4, 4, 8])
    w.add("ADD", [a, b], [y], {0: small(0)})
    data = w.bytes([x], [y])
    assert [message.split(" (")[0] for message in refused(data)] == [
        "operator AnotherOp is not known here", "operator MyFancyOp is not known here",
    ]  # fmt: skip
    freed = imported(data, ModelChoices(free=("MyFancyOp", "AnotherOp")))
    assert freed.incomplete == "1 MyFancyOp, 1 AnotherOp counted as 0"


def test_a_shape_that_the_file_states_wrongly_is_told() -> None:
    data = one("RELU", lambda w: [w.tensor("x", [1, 4, 4, 8])], [1, 1, 1, 1])
    (note,) = [text for word, text in imported(data).notes if word == "shapes"]
    assert note == "the file states 1x1x1x1 for y, its operations give 1x4x4x8"


def test_an_open_size_needs_the_user() -> None:
    w = ModelWriter()
    x = w.tensor("x", [1, 1, 1, 3], signature=[-1, -1, -1, 3])
    y = w.tensor("y", [1, 1, 1, 3], signature=[-1, -1, -1, 3])
    window = w.tensor("k", [1, 3, 3, 3], weight=True)
    w.add("DEPTHWISE_CONV_2D", [x, window, -1], [y], {0: small(0), 1: whole(1), 2: whole(1), 3: whole(1), 4: small(0)})
    data = w.bytes([x], [y])
    with pytest.raises(UsageError, match="--input 1x224x224x3"):
        imported(data)
    assert imported(data, ModelChoices(inputs={"": (1, 10, 12, 3)})).network.nodes[0].output == (3, 10, 12)


def test_elements_that_several_layers_use_count_once() -> None:
    w = ModelWriter()
    x = w.tensor("x", [1, 8])
    k = w.tensor("k", [8, 8], weight=True)
    zeros = w.tensor("zeros", [8], values=[0] * 8)
    a, y = w.tensor("a/MatMul", [1, 8]), w.tensor("b/MatMul", [1, 8])
    w.add("FULLY_CONNECTED", [x, k, zeros], [a], {0: small(0)})
    w.add("FULLY_CONNECTED", [a, k, zeros], [y], {0: small(0)})
    result = counts(w.bytes([x], [y]))
    assert (result.macs, result.params) == (2 * 64, 64 + 8)


# -- bytes that are no model ----------------------------------------------------------------------


def outcome(data: bytes) -> str:
    """Return what becomes of bytes; anything but a network or an error of ours is raised."""
    try:
        imported(data)
    except (InputError, UsageError) as error:
        return type(error).__name__
    return "network"


@pytest.mark.parametrize("data", [mobile(), streaming()], ids=["mobile", "streaming"])
def test_cut_off_at_every_byte(data: bytes) -> None:
    results = [outcome(data[:end]) for end in range(8, len(data))]
    assert results.count("InputError") > len(results) * 0.9


def test_changed_bytes() -> None:
    data, generator = mobile(), random.Random(1)
    for _ in range(1500):
        changed = bytearray(data)
        for _ in range(generator.choice((1, 1, 2, 8))):
            changed[generator.randrange(len(changed))] = generator.choice(
                (0, 1, 127, 128, 255, generator.randrange(256))
            )
        outcome(bytes(changed))


def test_offsets_out_of_range_are_told() -> None:
    data = bytearray(mobile())
    struct.pack_into("<I", data, 0, 2**31)
    assert refused(bytes(data)) == [
        f"a broken TFLite file: 4 bytes are asked for at byte 2,147,483,648 of {len(data):,}"
    ]


def test_graphs_that_call_themselves_end() -> None:
    w = ModelWriter()
    x = w.tensor("x", [1, 4])
    y = w.tensor("y", [1, 4])
    condition = w.tensor("c", [], BOOL, buffer=1)
    w.buffers.append(Fields({0: b"\x01"}))
    inner = ModelWriter()
    inner.buffers, inner.codes = w.buffers, w.codes
    c, a, b = inner.tensor("c", [], BOOL, buffer=1), inner.tensor("a", [1, 4]), inner.tensor("b", [1, 4])
    inner.add("IF", [c, a], [b], {0: whole(1), 1: whole(1)})
    w.more.append(Fields({0: inner.tensors, 1: [a], 2: [b], 3: inner.operators}))
    w.add("IF", [condition, x], [y], {0: whole(1), 1: whole(1)})
    (message,) = refused(w.bytes([x], [y]))
    assert "call each other deeper than 32" in message


def test_the_numbers_of_a_field_are_read_with_their_sign() -> None:
    table = Buffer(flat_buffer(Fields({0: Number("i", -5), 1: Number("B", 200), 3: "é", 4: [1, -2]}))).root()
    assert (table.number(0), table.number(1, 0, 1, signed=False), table.number(2, 7), table.text(3)) == (
        -5,
        200,
        7,
        "é",
    )
    assert table.numbers(4) == (1, -2)
