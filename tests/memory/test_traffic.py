"""The bytes that operations must move, of small networks by hand."""

import pytest

from dsconv_cost import analyze
from dsconv_cost.memory.graph import memory_graph
from dsconv_cost.memory.measure import flash_bytes
from dsconv_cost.memory.traffic import Traffic, traffic
from tests.networks import of


def moved(layers: str, size: str = "8, 16, 16", **widths: int) -> dict[str, Traffic]:
    graph = memory_graph(of(layers, size))
    return {one.name: part for one, part in zip(graph.operations, traffic(graph, **widths), strict=True)}


CASES = [
    # 3 x 3 x 8 x 16 weights and, of the folded norm, 16 biases of 4 bytes; the activation is within the convolution.
    ("{conv: 16, kernel: 3, norm: batch, activation: relu}", (8 * 256, 9 * 8 * 16 + 4 * 16, 16 * 256)),
    ("{dwconv: 3, bias: false}", (8 * 256, 9 * 8, 8 * 256)),
    # A window of 1 with stride 2 meets every other row and column: 8 x 8 of 16 x 16 positions.
    ("{conv: 4, kernel: 1, stride: 2, bias: false}", (8 * 8 * 8, 8 * 4, 4 * 8 * 8)),
    ("{maxpool: 1, stride: 4}", (8 * 4 * 4, 0, 8 * 4 * 4)),
    # Windows that overlap read an element once.
    ("{maxpool: 3, stride: 2, padding: 1}", (8 * 256, 0, 8 * 8 * 8)),
    ("{slice: [0, 2]}", (2 * 256, 0, 2 * 256)),
    ("{linear: 5}", (8 * 256, 8 * 5 + 4 * 5, 5 * 256)),
    ("global_avgpool", (8 * 256, 0, 8)),
    ("{add: [input, input]}", (8 * 256, 0, 8 * 256)),
]


@pytest.mark.parametrize(("layer", "expected"), CASES, ids=[layer for layer, _ in CASES])
def test_inputs_weights_and_output_are_moved_once(layer: str, expected: tuple[int, int, int]) -> None:
    assert [*moved(f"- {layer}").values()] == [Traffic(*expected)]
    assert Traffic(*expected).total == sum(expected)


def test_widths_of_tensors_and_of_biases() -> None:
    layer = "- {conv: 16, kernel: 3, bias: true}"
    assert moved(layer, bits=4) == {"conv1": Traffic(1024, 576 + 64, 2048)}
    assert moved(layer, bits=16, bias_bits=16) == {"conv1": Traffic(4096, 2304 + 32, 8192)}
    assert moved(layer, bits=32) == {"conv1": Traffic(8192, 4608 + 64, 16384)}


def test_a_table_gives_the_rows_that_are_looked_up_and_a_learned_tensor_counts_as_weights() -> None:
    # 12 positions of 4 values each, of a table of 1000 rows; the positions' own 4 x 12 values are read from where weights are.
    layers = """
    - {embedding: 4, vocabulary: 1000, name: words}
    - {parameter: [4, 12], name: positions}
    - {add: [words, positions], name: sum}
    """
    assert moved(layers, "1, 12") == {"words": Traffic(12, 48, 48), "sum": Traffic(48, 48, 48)}
    reshaped = layers.replace(
        "- {parameter: [4, 12], name: positions}",
        "- {parameter: [48], name: p}\n    - {reshape: [4, 12], name: positions}",
    )
    assert moved(reshaped, "1, 12")["sum"] == Traffic(48, 48, 48)


def test_shared_weights_are_read_at_each_use_and_stored_once() -> None:
    layers = "- {conv: 8, kernel: 3, bias: false, name: a}\n- {conv: 8, kernel: 3, bias: false, weights: a, name: b}"
    assert [part.weights for part in moved(layers).values()] == [576, 576]
    assert flash_bytes(memory_graph(of(layers)).network) == 576


@pytest.mark.parametrize("name", ["mobilenet", "densenet:121", "shufflenet_v2"])
def test_all_weights_of_a_network_are_read_once(name: str) -> None:
    graph = memory_graph(analyze(name).network)
    assert sum(part.weights for part in traffic(graph)) == flash_bytes(graph.network)
