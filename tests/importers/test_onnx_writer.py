"""The writer of ONNX files that importers are held to: its bytes, and what it leaves of a network."""

import pytest

from dsconv_cost.layers import LAYERS
from tests.importers import protobuf
from tests.importers.onnx_file import tensor
from tests.importers.onnx_operators import OPERATORS
from tests.importers.onnx_writer import OnnxWriter, Unsayable, onnx_bytes
from tests.importers.samples import ITEMS, samples
from tests.networks import of


@pytest.mark.parametrize(
    ("encoded", "expected"),
    [
        # protobuf.dev/programming-guides/encoding: "A Simple Message", "Length-Delimited Records", and "Signed Integers"
        (protobuf.number(1, 150), "08 96 01"),
        (protobuf.data(2, "testing"), "12 07 74 65 73 74 69 6e 67"),
        (protobuf.number(1, -2), "08 fe ff ff ff ff ff ff ff ff 01"),
        (protobuf.packed(6, [3, 270, 86942]), "32 06 03 8e 02 9e a7 05"),
        (protobuf.real(2, 1.0), "15 00 00 80 3f"),
    ],
)
def test_the_wire_format(encoded: bytes, expected: str) -> None:
    assert encoded.hex(" ") == expected


def test_a_tensor_is_its_dimensions_its_type_its_name_and_its_data() -> None:
    head = "08 02 08 01 10 01 42 01 77"  # dims 2, 1; data_type 1 (float); name "w"
    assert tensor("w", [2, 1], bytes(8)).hex(" ") == f"{head} 4a 08 00 00 00 00 00 00 00 00"
    beside = tensor("w", [2, 1], None)
    assert beside.hex(" ").startswith(head)
    assert beside.endswith(bytes([0x70, 1]))  # data_location 1: external
    assert b"weights.bin" in beside


def test_every_sample_and_operator_is_of_a_layer_type() -> None:
    assert set(ITEMS) <= set(LAYERS)
    assert set(OPERATORS) <= set(LAYERS)


@pytest.mark.parametrize("type_", OPERATORS)
def test_what_is_learned_is_in_the_file(type_: str) -> None:
    """The weights of the file are those of the network, and the statistics of its batch norms."""
    for network in samples(type_):
        writer = OnnxWriter(network, weights="inside")
        content = writer.file()
        learned = 0
        for dims in writer.learned.values():
            count = 1
            for dim in dims:
                count *= dim
            learned += count
        assert learned == sum(node.counts.params + node.counts.running for node in network.nodes)
        assert all(name.encode() in content for name in writer.learned)


def test_what_an_operator_set_cannot_say_is_named() -> None:
    with pytest.raises(Unsayable, match=r"maxpool1 \(maxpool\): ceil_mode came with operator set 10"):
        onnx_bytes(of("- {maxpool: 3, stride: 2, ceil_mode: true}"), opset=9)
    with pytest.raises(Unsayable, match="windows of one size"):
        onnx_bytes(of("- {adaptive_avgpool: 3}"))
