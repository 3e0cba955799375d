"""Blocks: arguments, let and what they see."""

import pytest

from tests.networks import lines, network, problems, refused, sources, types

MBCONV = """
hyperparameters: {divisor: 4}
input: [8, 16, 16]
blocks:
  mbconv:
    arguments: {channels: required, expand: 6, kernel: 3, stride: 1, hidden_max: expand * 100}
    let:
      hidden: min(in_channels * expand, hidden_max)
      squeeze: max(1, in_channels // divisor)
    layers:
      - {conv: hidden, kernel: 1}
      - {dwconv: kernel, stride: stride}
      - {squeeze_excite: squeeze}
      - {conv: channels, kernel: 1}
layers:
"""


def test_a_block_is_used_like_a_type() -> None:
    net = network(MBCONV + "  - {mbconv: 24, stride: 2}\n  - {mbconv: 10, expand: 2, name: last}\n")
    names = [line for line in lines(net) if "squeeze_excite" not in line]
    assert names == [
        "mbconv1/conv1 48x16x16", "mbconv1/dwconv1 48x8x8", "mbconv1/conv2 24x8x8",
        "last/conv1 48x8x8", "last/dwconv1 48x8x8", "last/conv2 10x8x8",
    ]  # fmt: skip


def test_let_of_a_block_sees_the_blocks_input_and_all_before_it() -> None:
    net = network(MBCONV + "  - {mbconv: 24}\n  - {mbconv: 24, hidden_max: 50}\n")
    reduced = [node.output.channels for node in net.nodes if node.name.endswith("/reduce")]
    assert reduced == [8 // 4, 24 // 4]  # of the block's input, though 48 channels arrive at the gate
    assert next(n for n in net.nodes if n.name == "mbconv2/conv1").output.channels == 50


def test_defaults_of_arguments_are_evaluated_inside_in_order() -> None:
    net = network(
        """
        input: [8, 4, 4]
        blocks:
          unit:
            arguments: {a: in_channels + 1, b: a * 2, c: b + a}
            layers: [{conv: a, kernel: 1}, {conv: b, kernel: 1}, {conv: c, kernel: 1}]
        layers: [unit, {unit, a: 2}, {unit, b: in_channels}]
        """
    )
    assert [n.output.channels for n in net.nodes] == [9, 18, 27, 2, 4, 6, 7, 6, 13]


def test_arguments_are_evaluated_where_the_block_is_used() -> None:
    net = network(
        """
        hyperparameters: {wide: 2}
        input: [8, 4, 4]
        blocks:
          inner: {arguments: {n: required}, layers: [{conv: 3, kernel: 1}, {conv: n, kernel: 1}]}
          outer: {arguments: {k: required}, layers: [{inner: k * in_channels * wide}]}
        layers: [{outer: 5}]
        """
    )
    assert [n.output.channels for n in net.nodes] == [3, 80]


def test_words_and_lists_and_truths_are_arguments() -> None:
    net = network(
        """
        input: [8, 4, 4]
        blocks:
          unit:
            arguments: {sizes: required, nl: relu, gated: true}
            layers:
              - {conv: "sizes[0]", kernel: 1, activation: nl}
              - {conv: "sizes[1]", kernel: 1, activation: relu6 if nl == silu else nl, when: gated}
        layers: [{unit: [3, 5], nl: silu}, {unit: [4, 6], gated: false}]
        """
    )
    assert types(net) == ["conv", "silu", "conv", "relu6", "conv", "relu"]
    assert [n.output.channels for n in net.nodes] == [3, 3, 5, 5, 4, 4]


def test_the_first_argument_is_the_main_field_only_if_it_is_required() -> None:
    head = "input: [8, 4, 4]\nblocks: {u: {arguments: {n: 4, m: required}, layers: {conv: n + m, kernel: 1}}}\n"
    assert network(head + "layers: [{u, m: 2}]\n").nodes[0].output.channels == 6
    assert network(head + "layers: [{u, m: 2, n: 1}]\n").nodes[0].output.channels == 3
    refused(head + "layers: [{u: 2, m: 1}]\n", "3:14 u takes no value after its colon")
    refused(head + "layers: [u]\n", "3:10 u needs m")


def test_a_block_sees_nothing_of_its_caller() -> None:
    text = """
input: [8, 4, 4]
blocks:
  inner: {layers: {conv: k, kernel: 1}}
  outer: {arguments: {k: required}, layers: [inner]}
layers: [{outer: 4}]
"""
    refused(text, "4:26 unknown name 'k'")


def test_blocks_stand_in_any_order() -> None:
    net = network(
        """
        input: [8, 4, 4]
        blocks:
          outer: {layers: [inner, inner]}
          inner: {layers: [relu]}
        layers: [outer]
        """
    )
    assert [n.name for n in net.nodes] == ["outer1/inner1/relu1", "outer1/inner2/relu1"]


def test_blocks_are_not_recursive() -> None:
    text = "input: [8, 4, 4]\nblocks:\n  a: {layers: [b]}\n  b: {layers: [a]}\nlayers: [a]\n"
    found = problems(text)
    assert len(found) == 1
    assert "uses itself: a -> b -> a" in found[0]


def test_a_tensor_is_no_argument() -> None:
    text = """
input: [8, 4, 4]
blocks: {u: {arguments: {n: required}, layers: {conv: n, kernel: 1}}}
layers: [{relu, name: a}, {u: a}]
"""
    refused(text, "4:31 'a' is a tensor, not a value")


def test_arguments_that_are_equal_and_not_the_same_are_kept_apart() -> None:
    text = """
input: [8, 4, 4]
blocks: {u: {arguments: {wide: required}, layers: [{relu, when: wide}, sigmoid]}}
layers: [{u: true}, {u: 1}]
"""
    refused(text, "3:65 when: received 1, expected true or false (used by u in line 4)")


def test_input_inside_a_block_is_the_blocks() -> None:
    net = network(
        """
        input: [8, 4, 4]
        blocks: {u: {layers: [{conv: 5, kernel: 1}, {concat: [previous, input]}]}}
        layers: [{conv: 3, kernel: 1, name: stem}, u]
        """
    )
    assert sources(net)["u1/concat1"] == ["u1/conv1", "stem"]
    assert net.nodes[-1].output.channels == 8


def test_a_block_of_many_arguments_is_the_same_when_what_it_bound_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    text = """
input: [1, 4, 4]
blocks: {u: {arguments: {n: required}, let: {m: n * 10}, layers: {conv: m, kernel: 1}}}
layers: [{u: 1}, {u: 2}, {u: 3}, {u: 1}, {u: 2}]
"""
    # Each use binds n and m: with room for four, the third and the fifth push out what is known.
    monkeypatch.setattr("dsconv_cost.network.environment.MOST_BINDINGS", 4)
    assert [node.output.channels for node in network(text).nodes] == [10, 20, 30, 10, 20]
