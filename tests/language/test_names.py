"""Values and names: what a name means where."""

import pytest

from tests.networks import body, lines, network, of, problems, refused, sources


def test_whole_fields_take_whole_numbers_of_any_spelling() -> None:
    assert of("[{conv: 8 / 2, kernel: 3.0}]").nodes[0].counts.weights == 9 * 8 * 4
    refused(
        "hyperparameters: {alpha: 1.05}\ninput: [8, 4, 4]\nlayers: [{conv: 32 * alpha, kernel: 1}]\n",
        "3:17 received 33.6, expected a whole number of at least 1: round it with int, round, ceil, floor or make_divisible",
    )


def test_words_mean_themselves_in_conditions() -> None:
    net = of(
        "[{conv: 4, kernel: 3, padding: same if in_channels == 8 else valid, activation: relu if 1 > 2 else none}]"
    )
    assert lines(net) == ["conv1 4x16x16"]


NAMES_TAKEN = [
    ("hyperparameters: {relu: 1}", "1:19 'relu' cannot be a name: relu is a word"),
    ("hyperparameters: {max: 1}", "1:19 'max' cannot be a name: max is a function"),
    ("hyperparameters: {index: 1}", "1:19 'index' cannot be a name: index is reserved"),
    ("hyperparameters: {in_channels: 1}", "1:19 'in_channels' cannot be a name"),
    ("let: {same: 1}", "1:7 'same' cannot be a name: same is a word"),
    ("hyperparameters: {a: 1}\nlet: {a: 2}", "2:7 'a' cannot be a name: it is defined on line 1 already"),
    (
        "let: {a: 2}\nblocks: {u: {arguments: {a: 1}, layers: [relu]}}",
        "2:26 'a' cannot be a name: it is defined on line 1 already",
    ),
    (
        "blocks: {u: {arguments: {b: 1}, let: {b: 2}, layers: [relu]}}",
        "1:39 'b' cannot be a name: it is defined on line 1 already",
    ),
    ("blocks: {u: {arguments: {name: 1}, layers: [relu]}}", "1:26 'name' cannot be the name of an argument"),
    ("blocks: {u: {arguments: {u: 1}, layers: [relu]}}", "1:26 'u' cannot be the name of an argument: it is a block"),
    ("blocks: {conv: {layers: [relu]}}", "1:10 'conv' cannot be the name of a block: it is a built-in type"),
    ("blocks: {stride: {layers: [relu]}}", "1:10 'stride' cannot be the name of a block: it is a field"),
    ("blocks: {when: {layers: [relu]}}", "1:10 'when' cannot be the name of a block: it is a key"),
]


@pytest.mark.parametrize(("section", "expected"), NAMES_TAKEN, ids=[section for section, _ in NAMES_TAKEN])
def test_no_name_hides_another(section: str, expected: str) -> None:
    refused(f"{section}\n{body('[relu]')}", expected)


def test_blocks_may_use_the_same_argument_names() -> None:
    net = network(
        """
        input: [8, 4, 4]
        blocks:
          a: {arguments: {n: required}, let: {m: n + 1}, layers: {conv: m, kernel: 1}}
          b: {arguments: {n: required}, let: {m: n + 2}, layers: {conv: m, kernel: 1}}
        layers: [{a: 1}, {b: 1}]
        """
    )
    assert [n.output.channels for n in net.nodes] == [2, 3]


def test_in_channels_is_of_the_item_whose_field_it_stands_in() -> None:
    net = of(
        "[{conv: 3, kernel: 1}, {residual: [{conv: in_channels * 5, kernel: 1}, {conv: in_channels // 5, kernel: 1}]}]"
    )
    assert [n.output.channels for n in net.nodes] == [3, 15, 3, 3]
    refused(f"let: {{a: in_channels}}\n{body('[relu]')}", "1:10 in_channels is not defined here")


def test_tensor_names_are_a_space_of_their_own() -> None:
    net = network(
        "{hyperparameters: {a: 4}, input: [8, 4, 4], layers: [{conv: a, kernel: 1, name: a}, {add: [a, relu]}]}"
    )
    assert sources(net)["add1"] == ["a", "add1/relu1"]


SCOPES = [
    ("[{relu, from: b}, {relu, name: b}]", "3:17 'b' is not made before this item (see line 3): only earlier names"),
    ("[{relu, from: b}]", "3:17 no item named 'b'"),
    ("[{relu, name: b}, {relu, name: b}]", "3:34 duplicate name 'b' (first on line 3)"),
    ("[{relu, name: conv}]", "3:17 'conv' cannot be the name of an item: it is a type"),
    ("[{relu, name: input}]", "3:17 'input' cannot be the name of an item: it is reserved"),
    ("[{relu, name: previous}]", "3:17 'previous' cannot be the name of an item: it is reserved"),
    ("[{relu, name: b, when: false}, {relu, from: b}]", "3:47 'b' was left out here"),
    ("[{relu, name: b, repeat: 0}, {add: [b, relu]}]", "3:39 'b' was left out here"),
    ("[{relu, from: previous}]", "3:17 'previous' is for branches of joins only"),
    ("[relu, {relu, from: relu1}]", "3:23 no item named 'relu1'"),
    ("[{add: [all input, relu]}]", "3:11 all input: input is one tensor"),
    ("[{relu, name: 1b}]", "3:17 received '1b', expected a name"),
    ("[{relu, name: b c}]", "3:17 received 'b c', expected a name"),
]


@pytest.mark.parametrize(("layers", "expected"), SCOPES, ids=[layers for layers, _ in SCOPES])
def test_names_of_tensors(layers: str, expected: str) -> None:
    refused(body(layers), expected)


def test_names_inside_a_block_are_not_visible_outside_nor_the_other_way() -> None:
    head = "input: [8, 4, 4]\nblocks: {u: {layers: [{relu, name: inner}]}}\n"
    refused(head + "layers: [u, {relu, from: inner}]\n", "3:26 no item named 'inner'")
    text = "input: [8, 4, 4]\nblocks: {u: {layers: [{relu, from: outer}]}}\nlayers: [{relu, name: outer}, u]\n"
    refused(text, "2:36 no item named 'outer'")


def test_a_name_may_stand_in_several_blocks() -> None:
    net = network(
        """
        input: [8, 4, 4]
        blocks: {u: {layers: [{relu, name: a}, {add: [a, tanh]}]}, v: {layers: [{elu, name: a}, {add: [a, tanh]}]}}
        layers: [u, v, {relu, name: a}]
        """
    )
    assert [n.name for n in net.nodes] == ["u1/a", "u1/add1/tanh1", "u1/add1", "v1/a", "v1/add1/tanh1", "v1/add1", "a"]


def test_names_inside_a_repeated_item_are_that_repetitions_own() -> None:
    net = of("- {sequential: [{relu, name: a}, sigmoid, {add: [a, previous]}], repeat: 2}")
    assert sources(net)["sequential1[1]/add1"] == ["sequential1[1]/a", "sequential1[1]/sigmoid1"]
    assert sources(net)["sequential1[2]/add1"] == ["sequential1[2]/a", "sequential1[2]/sigmoid1"]
    found = problems(body("- {sequential: [{relu, name: a}, sigmoid], repeat: 2}\n- {relu, from: a}"))
    assert len(found) == 1
    assert found[0].startswith("4:18 ")


def test_outer_names_are_visible_inside_a_repeated_item() -> None:
    net = of("- {relu, name: a}\n- {sequential: [sigmoid, {add: [a, previous]}], repeat: 2}")
    assert sources(net)["sequential1[2]/add1"] == ["a", "sequential1[2]/sigmoid1"]


def test_previous_is_the_joins_input() -> None:
    net = of("- {conv: 4, kernel: 1}\n- add: [[relu, {add: [previous, sigmoid]}], previous]")
    assert sources(net)["add1/add2"] == ["add1/relu1", "add1/add2/sigmoid1"]
    assert sources(net)["add1"] == ["add1/add2", "conv1"]


def test_input_is_the_networks() -> None:
    assert sources(of("[{conv: 8, kernel: 1}, {add: [previous, input]}]"))["add1"] == ["conv1", "input"]


def test_all_stands_for_every_repetition() -> None:
    net = of("- {conv: 4, kernel: 1, repeat: 3, name: c}\n- concat: [input, all c, relu]")
    assert sources(net)["concat1"] == ["input", "c[1]", "c[2]", "c[3]", "concat1/relu1"]
    assert net.nodes[-1].output.channels == 8 + 3 * 4 + 4


def test_all_of_an_item_that_is_not_repeated_is_that_item() -> None:
    assert sources(of("- {relu, name: a}\n- concat: [all a, tanh]"))["concat1"] == ["a", "concat1/tanh1"]


def test_dense_connections() -> None:
    # DenseNet in the language: every repetition of a block sees the outputs of all before it through its own input.
    net = network(
        """
        input: [8, 4, 4]
        blocks: {dense: {layers: [{concat: [previous, [batchnorm, {conv: 4, kernel: 3}]]}]}}
        layers: [{dense, repeat: 3}]
        """
    )
    assert [n.output.channels for n in net.nodes if n.layer.type == "concat"] == [12, 16, 20]


@pytest.mark.parametrize(
    ("layers", "names"),
    [
        ("[{conv: 4, kernel: 1}, relu, {conv: 4, kernel: 1}, relu]", ["conv1", "relu1", "conv2", "relu2"]),
        ("[{conv: 4, kernel: 1, name: stem, activation: relu}]", ["stem", "stem.act"]),
        ("[relu, {relu, when: false}, relu]", ["relu1", "relu3"]),
        ("[{dsconv: 4, name: a.b-c}]", ["a.b-c/dw", "a.b-c/pw"]),
        ("[{dsconv: 4, repeat: 2}]", ["dsconv1[1]/dw", "dsconv1[1]/pw", "dsconv1[2]/dw", "dsconv1[2]/pw"]),
        ("[{residual: [relu]}, {residual: [relu]}]",
         ["residual1/relu1", "residual1/add", "residual2/relu2", "residual2/add"]),
        ("[{sequential: [relu, {sequential: [relu]}]}]", ["sequential1/relu1", "sequential1/sequential2/relu2"]),
        ("[{inverted_residual: 4, squeeze: 2, expand: 1}]",
         [f"inverted_residual1/{part}" for part in (
             "dw", "squeeze_excite/pool", "squeeze_excite/reduce", "squeeze_excite/reduce.act", "squeeze_excite/expand",
             "squeeze_excite/expand.act", "squeeze_excite/multiply", "project")]),
        ("[{concat: [relu, {relu, name: x}]}, {conv: 4, kernel: 1, norm: batch}]",
         ["concat1/relu1", "concat1/x", "concat1", "conv1", "conv1.norm"]),
    ],
)  # fmt: skip
def test_layer_names(layers: str, names: list[str]) -> None:
    assert [node.name for node in of(layers).nodes] == names


def test_two_layers_never_share_a_name() -> None:
    refused(body("[{relu, name: tanh2}, tanh, tanh]"), "3:31 is also named 'tanh2'")


def test_an_output_nothing_uses_is_an_error() -> None:
    refused(
        body("- {conv: 4, kernel: 1, name: p3}\n- {conv: 4, kernel: 1, from: input}"),
        "3:5 nothing uses p3: join it, name it in outputs",
    )


def test_a_part_of_a_split_nothing_uses_is_an_error() -> None:
    found = problems(body("- {concat: [{relu, from: input}, previous], split: 2}"))
    assert len(found) == 1
    assert "nothing uses concat1/split[1]" in found[0]
