"""`index`, the number of a repetition, and the sides that arrive: what expressions see where they are evaluated."""

from dsconv_cost import analyze
from dsconv_cost.layers.convolution import Conv
from dsconv_cost.network.graph import Network
from tests.networks import architecture, body, lines, network, of, refused


def channels(net: Network) -> list[int]:
    """Return the output channels of every convolution."""
    return [node.output.channels for node in net.nodes if isinstance(node.layer, Conv)]


def test_index_starts_at_0_and_is_evaluated_anew() -> None:
    net = of("- {conv: 8 * 2 ** index, kernel: 3, dilation: 2 ** index, repeat: 4}")
    assert channels(net) == [8, 16, 32, 64]
    assert [node.layer.values()["dilation"] for node in net.nodes] == [1, 2, 4, 8]


def test_first_sees_index_0() -> None:
    assert channels(of("- {conv: 8, kernel: index + 1, repeat: 2, first: {kernel: 5 + index}}")) == [8, 8]
    kernels = [node.layer.values()["kernel"] for node in of(
        "- {conv: 8, kernel: index + 1, repeat: 2, first: {kernel: 5 + index}}"
    ).nodes]  # fmt: skip
    assert kernels == [5, 2]


def test_bodies_and_branches_see_the_index_of_the_item_around_them() -> None:
    net = of(
        """
        - sequential:
            - {conv: 4 + index, kernel: 1}
            - add: [{conv: 10 + index, kernel: 1}, [{conv: 10 + index, kernel: 1}]]
            - {conv: 20, kernel: 1, when: index == 1}
          repeat: 2
        """
    )
    assert channels(net) == [4, 10, 10, 5, 11, 11, 20]


def test_of_nested_repetitions_the_innermost_counts() -> None:
    net = of(
        """
        - sequential:
            - {conv: 10 + index, kernel: 1}
            - {conv: 20 + index, kernel: 1, repeat: index + 1}
          repeat: 2
        """
    )
    # repeat itself is evaluated outside: 1 and 2 repetitions
    assert channels(net) == [10, 20, 11, 20, 21]


def test_items_that_say_the_same_in_two_repeated_items_keep_their_index() -> None:
    body = "- sequential: [{conv: 8 + index, kernel: 1}]\n  repeat: 2\n"
    assert channels(of(body + body)) == [8, 9, 8, 9]


def test_copies_have_an_index_and_a_repeat_inside_them_one_of_its_own() -> None:
    assert channels(of("- concat: [{conv: 8 + index, kernel: 1, copies: 3}]")) == [8, 9, 10]
    net = of("- concat: [{conv: 8 + index, kernel: 1, copies: 2, repeat: index + 1}]")
    assert channels(net) == [8, 8, 9]
    net = of("- concat: [{conv: 8, kernel: 1, copies: 2, when: index > 0}, {conv: 4, kernel: 1}]")
    assert channels(net) == [8, 4]


def test_a_block_gets_its_index_as_an_argument() -> None:
    net = network(
        """
        input: [8, 16, 16]
        blocks:
          unit:
            arguments: {width: required}
            layers: [{conv: width, kernel: 1}, {conv: width + index, kernel: 1, repeat: 2}]
        layers: [{unit: 10 * (index + 1), repeat: 2}]
        """
    )
    assert channels(net) == [10, 10, 11, 20, 20, 21]


def test_the_sides_that_arrive() -> None:
    net = of("- {conv: in_height + in_width, kernel: 3, stride: [2, 1], repeat: 2}", "3, 16, 8")
    assert lines(net) == ["conv1[1] 24x8x8", "conv1[2] 16x4x8"]


def test_the_sides_that_arrive_at_a_block_in_its_let_and_defaults() -> None:
    net = network(
        """
        input: [8, 16, 12]
        blocks:
          unit:
            arguments: {high: in_height}
            let: {wide: in_width * 2}
            layers: [{conv: high + wide, kernel: 3, stride: 2}, {conv: high + in_height, kernel: 1}]
        layers: [{unit, repeat: 2}, {unit, high: 1}]
        """
    )
    # 16 + 24 on 16 x 12, then 16 + 8; 8 + 12 on 8 x 6, then 8 + 4; 1 + 6 on 4 x 3, then 1 + 2
    assert channels(net) == [40, 24, 20, 12, 7, 3]


HIDDEN = """
hyperparameters: {width: 4, kernel: 1}
let: {twice: width * 2}
defaults: {conv: {kernel: kernel}}
input: [8, 16, 16]
blocks:
  unit:
    arguments: {width: width + 3, kernel: 9}
    let: {more: width + 1}
    layers: [{conv: width}, {conv: more}, {conv: twice + kernel}]
layers: [unit, {unit, width: width * 5}, {conv: width}]
"""


def test_an_argument_hides_a_hyperparameter_inside_the_block_only() -> None:
    net = network(HIDDEN)
    assert channels(net) == [7, 8, 17, 20, 21, 17, 4]
    # defaults belong to the file: their kernel is the hyperparameter's
    assert {node.layer.values()["kernel"] for node in net.nodes} == {1}
    assert channels(network(HIDDEN, width=6))[0] == 9


def test_a_hyperparameter_that_only_a_hidden_name_mentions_is_unused() -> None:
    text = """
        hyperparameters: {width: 4, depth: 3}
        input: [8, 16, 16]
        blocks:
          unit: {arguments: {width: 2, depth: depth}, layers: [{conv: width, kernel: 1, repeat: depth}]}
        layers: [unit]
        """
    assert [unused.what for unused in architecture(text).spec.unused] == ["hyperparameter width"]


def test_the_name_of_a_network_and_comments_are_in_any_script() -> None:
    text = "name: Сеть 网络 é\n# комментарий: ñ\ninput: [3, 8, 8]\nlayers:\n  - relu    # 层\n"
    analysis = analyze(architecture(text))
    assert analysis.architecture.name == "Сеть 网络 é"
    assert "Сеть 网络 é" in repr(analysis)


def test_the_sides_of_signals_and_videos() -> None:
    assert channels(of("- {conv: in_length // 2, kernel: 1}", "3, 20")) == [10]
    assert channels(of("- {conv: in_time * in_height + in_width, kernel: 1}", "3, 2, 4, 5")) == [13]
    refused(
        body("[{conv: in_height, kernel: 1}]", "3, 20"),
        "3:11 the input 3x20 has no height; there is in_channels and in_length",
    )


def test_a_body_that_is_left_out_at_first_is_made_later() -> None:
    net = of("- sequential: [{conv: 8 + index, kernel: 1, when: index > 1}]\n  repeat: 4\n")
    assert channels(net) == [10, 11]


def test_index_deep_inside_and_in_numbers_of_repetitions_is_seen() -> None:
    deep = "- sequential:\n    - residual: [{add: [previous, {conv: 8, kernel: index + 1}]}]\n  repeat: 2\n"
    assert [node.layer.values()["kernel"] for node in of(deep).nodes if isinstance(node.layer, Conv)] == [1, 2]
    meant = (
        "- {conv: 8, kernel: 1, repeat: 3, name: e}\n- sequential: [{add: [previous, 'e[index + 1]']}]\n  repeat: 2\n"
    )
    assert [node.inputs for node in of(meant).nodes[3:]] == [(2, 0), (3, 1)]
    conv = "{conv: 8, kernel: 1, from: 'e[index + 1]', weights: 'e[index + 1]'}"
    start = f"- {{conv: 8, kernel: 1, repeat: 3, name: e}}\n- sequential: [{conv}]\n  repeat: 3\n  name: f\n- concat: [all f]\n"
    assert [node.inputs for node in of(start).nodes[3:6]] == [(0,), (1,), (2,)]
