"""Peak, arena and flash of small networks by hand, and what shares a tensor."""

import pytest

from dsconv_cost.errors import UsageError
from dsconv_cost.memory.conventions import MEMORY_CONVENTIONS, memory_convention_named
from dsconv_cost.memory.graph import memory_graph
from dsconv_cost.memory.measure import Memory
from tests.networks import network, of

RESIDUAL = """
- {conv: 16, kernel: 3, norm: batch, activation: relu, bias: false, name: a}
- residual:
    - {conv: 32, kernel: 1, bias: true, name: b}
    - {conv: 16, kernel: 1, bias: true, name: c}
- global_avgpool
- flatten
- linear: 10
"""


def test_norms_and_activations_are_within_their_convolution_and_flatten_has_no_tensor() -> None:
    graph = memory_graph(of(RESIDUAL))
    assert [one.name for one in graph.operations] == [
        "a", "residual1/b", "residual1/c", "residual1/add", "global_avgpool1", "linear1",
    ]  # fmt: skip
    assert graph.fused == {"a.act": "a"}
    assert [(tensor.first, tensor.last) for tensor in graph.tensors] == [
        (0, 0), (0, 3), (1, 2), (2, 3), (3, 4), (4, 5), (5, 5),
    ]  # fmt: skip


def test_the_conventions_of_a_residual_by_hand() -> None:
    # Elements: the input 8 x 256 = 2048, a 4096, b 8192, c 4096, the sum 4096, the pool 16, the result 10.
    memory = Memory(of(RESIDUAL))
    expected = {
        "in+out": [6144, 12288, 12288, 12288, 4112, 26],
        "liveness": [6144, 12288, 16384, 12288, 4112, 26],
        "liveness+inplace": [6144, 12288, 16384, 8192, 4112, 26],
        "tinyengine": [6144, 12288, 12288, 12288, 4112, 26],
    }
    assert {name: memory.timeline(MEMORY_CONVENTIONS[name]) for name in expected} == expected
    assert (memory.peak(), memory.peak_step(), memory.alive(2)) == (16384, 2, [1, 2, 3])
    assert not memory.reordering_cannot_help


def test_the_greedy_planner_by_hand() -> None:
    # Largest first: b (steps 1 to 2) at 0; the sum (3 to 4) at 0, which is not alive with b; c (2 to 3) above both, at 8192; a
    # (0 to 3) above c, at 12288; the input (0), which is alive with a alone, at 0; the pool (4 to 5) above the sum, 16 bytes; the
    # result (5) 16 bytes below it.
    memory = Memory(of(RESIDUAL))
    assert memory.placements() == [0, 12288, 0, 8192, 0, 4096, 0]
    assert memory.arena == 16384


def test_flash_has_weights_at_the_width_and_biases_at_32_bits() -> None:
    # Folding gives the first convolution a bias: weights 16*8*9 + 32*16 + 16*32 + 10*16, biases 16 + 32 + 16 + 10.
    weights, biases = 1152 + 512 + 512 + 160, 74
    net = of(RESIDUAL)
    assert [Memory(net, bits).flash for bits in (4, 8, 16, 32)] == [
        weights // 2 + 4 * biases, weights + 4 * biases, 2 * weights + 4 * biases, 4 * (weights + biases),
    ]  # fmt: skip


def test_odd_elements_at_4_bits_are_rounded_up() -> None:
    assert Memory(of("- {conv: 3, kernel: 1, bias: false}", "1, 1, 1"), 4).sizes == [1, 2]


def test_an_activation_stays_where_its_input_is_read_again_or_is_an_output() -> None:
    shared = memory_graph(of(_BRANCHED))
    assert shared.fused == {}
    assert [one.name for one in shared.operations] == ["a", "r", "add1"]


_BRANCHED = """
- {conv: 8, kernel: 1, name: a}
- {relu: , name: r}
- add: [a, r]
"""


def test_what_only_moves_bytes_hands_on_that_they_are_read_twice() -> None:
    graph = memory_graph(
        of("- {conv: 8, kernel: 1, name: a}\n- {identity: , name: i}\n- {relu: , name: r}\n- add: [a, r]")
    )
    assert [one.name for one in graph.operations] == ["a", "r", "add1"]
    assert graph.operations[2].inputs == (1, 2)


def test_an_activation_of_the_network_s_input_has_a_tensor() -> None:
    graph = memory_graph(of("- flatten\n- relu"))
    assert [one.name for one in graph.operations] == ["relu1"]


def test_softmax_has_a_tensor() -> None:
    assert [one.name for one in memory_graph(of("- {conv: 8, kernel: 1}\n- softmax")).operations] == [
        "conv1", "softmax1",
    ]  # fmt: skip


def test_a_learned_tensor_is_in_flash_alone() -> None:
    net = of("- {parameter: [8, 16, 16], name: p}\n- add: [input, p]")
    memory = Memory(net)
    assert [tensor.name for tensor in memory.tensors] == ["input", "add1"]
    assert memory.flash == 2048


def test_a_network_of_moves_alone_takes_its_input() -> None:
    for convention in MEMORY_CONVENTIONS.values():
        assert Memory(of("- flatten")).peak(convention) == 2048, convention.name


def test_several_inputs_are_alive_from_the_start() -> None:
    net = network("""
    input: {left: [4, 8, 8], right: [2, 8, 8]}
    layers:
      - concat: [left, right]
    """)
    assert Memory(net).timeline() == [256 + 128 + 384]


def test_an_unknown_convention_is_named() -> None:
    with pytest.raises(UsageError, match="unknown memory convention 'livenes': did you mean liveness"):
        memory_convention_named("livenes")
