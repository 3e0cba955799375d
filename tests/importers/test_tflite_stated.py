"""The arena of a TensorFlow Lite file: that of its own tensors, by hand."""

import pytest

from dsconv_cost.importers.choices import ModelChoices
from dsconv_cost.memory.conventions import ARENA
from dsconv_cost.memory.measure import Memory
from tests.importers.tflite_models import imported
from tests.importers.tflite_writer import BOOL, FLOAT32, INT8, INT32, Fields, ModelWriter, small, whole


def _conv(w: ModelWriter, x: int, y: int, kernel: tuple[int, int, int, int], type_: int = INT8) -> None:
    """Add a convolution without padding."""
    filters = w.tensor("filters", kernel, type_, weight=True, scale=True)
    w.add("CONV_2D", [x, filters], [y], {0: small(1), 1: whole(1), 2: whole(1), 4: whole(1), 5: whole(1)})


def _padded(batch: int = 1, metadata: str = "", signature: list[int] | None = None) -> bytes:
    """A padding of 4 x 4 to 6 x 6, and a convolution with a 3 x 3 kernel that reads it."""
    w = ModelWriter()
    x = w.tensor("x", [batch, 4, 4, 8], INT8, signature=signature)
    paddings = w.tensor("paddings", [4, 2], INT32, [0, 0, 1, 1, 1, 1, 0, 0])
    padded = w.tensor("padded", [batch, 6, 6, 8], INT8)
    w.add("PAD", [x, paddings], [padded])
    y = w.tensor("y", [batch, 4, 4, 16], INT8)
    _conv(w, padded, y, (16, 3, 3, 8))
    return w.bytes([x], [y], metadata)


def test_paddings_have_tensors_of_their_own() -> None:
    net = imported(_padded()).network
    assert [node.layer.type for node in net.nodes] == ["conv"]
    assert Memory(net).arena == 6 * 6 * 8 + 4 * 4 * 16
    assert Memory(net, 32).arena == 4 * (6 * 6 * 8 + 4 * 4 * 16)
    # The layers are one convolution that reads 4 x 4 x 8 elements.
    assert (
        max(Memory(net).timeline(ARENA)) == Memory(net).arena_of_layers == Memory(net).peak() == 4 * 4 * 8 + 4 * 4 * 16
    )
    assert Memory(net).is_arena_of_file


@pytest.mark.parametrize(
    ("data", "choices", "layers"),
    [
        # Offsets that the file has are not planned.
        (_padded(metadata="OfflineMemoryAllocation"), ModelChoices(), 16 * 24),
        # The file is for two samples, and counted for one.
        (_padded(batch=2), ModelChoices(), 16 * 24),
        # Other sizes than those that the tensors have: 8 x 8 positions of 8 and 16 channels.
        (_padded(signature=[1, -1, -1, 8]), ModelChoices({"": (1, 8, 8, 8)}), 64 * 24),
    ],
    ids=["offsets", "batch", "sizes"],
)
def test_the_layers_count_where_the_tensors_are_not_those_that_run(
    data: bytes, choices: ModelChoices, layers: int
) -> None:
    net = imported(data, choices).network
    assert not net.stated
    assert Memory(net).arena == layers


def test_another_type_keeps_its_width() -> None:
    # 128 floats of 4 bytes are quantised to 128 bytes, which go through an activation of their own.
    w = ModelWriter()
    x, q, y = w.tensor("x", [1, 4, 4, 8], FLOAT32), w.tensor("q", [1, 4, 4, 8], INT8), w.tensor("y", [1, 4, 4, 8], INT8)
    w.add("QUANTIZE", [x], [q])
    _conv(w, q, y, (8, 1, 1, 8))
    net = imported(w.bytes([x], [y])).network
    assert Memory(net).arena == 4 * 128 + 128
    assert Memory(net, 16).arena == 4 * 128 + 2 * 128


def test_of_several_outputs_each_has_a_tensor_from_the_same_step() -> None:
    w = ModelWriter()
    x = w.tensor("x", [1, 4, 4, 32], INT8)
    axis = w.tensor("axis", [], INT32, [3])
    halves = [w.tensor(name, [1, 4, 4, 16], INT8) for name in ("low", "high")]
    w.add("SPLIT", [axis, x], halves, {0: whole(2)})
    y = w.tensor("y", [1, 4, 4, 16], INT8)
    w.add("ADD", halves, [y])
    z = w.tensor("z", [1, 4, 4, 2], INT8)
    _conv(w, y, z, (2, 1, 1, 16))
    net = imported(w.bytes([x], [z])).network
    # The split reads 512 bytes and writes 256 twice.
    assert Memory(net).arena == 1024


def test_a_graph_that_an_operator_runs_is_within_it() -> None:
    """The tensors of the graph live while the operator does: 48 more bytes beside its input, not instead of it."""
    w = ModelWriter()
    x = w.tensor("x", [1, 4, 4, 8], INT8)
    started = w.tensor("started", [1], BOOL, [1])
    w.add("CALL_ONCE", [], [], {0: whole(1)})
    y = w.tensor("y", [1, 4, 4, 1], INT8)
    _conv(w, x, y, (1, 1, 1, 8))
    other = ModelWriter()
    inside = [other.tensor(name, [24], INT8) for name in ("a", "b")]
    w.codes.append(Fields({0: small(0), 3: whole(0)}))
    w.more.append(Fields({0: other.tensors, 1: [inside[0]], 2: [inside[1]], 3: [], 4: "once"}))
    assert started
    # While it runs: the input's 128 bytes, and 2 tensors of 24, each rounded up to 32. Then 128 and 16.
    assert Memory(imported(w.bytes([x], [y])).network).arena == 128 + 32 + 32


def test_graphs_that_run_each_other_without_end_have_no_plan() -> None:
    w = ModelWriter()
    x, y = w.tensor("x", [1, 4, 4, 8], INT8), w.tensor("y", [1, 4, 4, 1], INT8)
    once = w.operator("CALL_ONCE", [], [], {0: whole(1)})
    w.operators.append(once)
    _conv(w, x, y, (1, 1, 1, 8))
    w.more.append(Fields({0: [], 1: [], 2: [], 3: [once], 4: "again"}))
    net = imported(w.bytes([x], [y])).network
    assert not net.stated
    assert Memory(net).arena == Memory(net).arena_of_layers == 128 + 16
