"""`separable`: a convolution is made what the separable form makes of it, whether its item says so or its name is in the list."""

import pytest

from dsconv_cost import analyze, load
from dsconv_cost.errors import InputError
from dsconv_cost.network.build import elaborate
from dsconv_cost.network.graph import Network
from dsconv_cost.network.transforms.convert import CONVERTED, separable_form, standard_form
from tests.networks import architecture, body, macs, network, of, params, types


def content(net: Network) -> list[object]:
    """Return all that is in a network but where it is written."""
    nodes = [(node.name, node.layer, node.inputs, node.output, node.counts) for node in net.nodes]
    return [*nodes, net.outputs, dict(net.shared)]


def unnamed(net: Network) -> list[object]:
    """Return all that is in a network but names: the standard form has a pair where its pointwise convolution was."""
    return [(node.layer, node.inputs, node.output, node.counts) for node in net.nodes]


CASES = {
    "alone": "- {conv: 32, kernel: 3%}",
    "norm and activation": "- {conv: 32, kernel: 3, norm: batch, activation: relu%}",
    "norm alone": "- {conv: 32, kernel: [1, 5], stride: 2, norm: batch%}",
    "activation alone": "- {conv: 32, kernel: 3, dilation: 2, activation: relu6%}",
    "norm and activation as items": "- {conv: 32, kernel: 3, bias: false%}\n- batchnorm\n- relu",
    "group norm": "- {conv: 32, kernel: 3, norm: group, activation: silu%}",
    "repeated": "- {conv: 32, kernel: 3, norm: batch, repeat: 3, first: {stride: 2}%}",
    "in a residual": "- residual: [{conv: 8, kernel: 3, norm: batch, activation: relu%}, {conv: 8, kernel: 3, norm: batch%}]\n- relu",
    "with shared weights": "- {conv: 8, kernel: 3, norm: batch, repeat: 3, weights: once%}",
}


@pytest.mark.parametrize("items", CASES.values(), ids=CASES)
def test_an_item_is_made_what_the_separable_form_makes_of_it(items: str) -> None:
    plain = of("- {conv: 8, kernel: 1}\n" + items.replace("%", ""))
    separable = of("- {conv: 8, kernel: 1}\n" + items.replace("%", ", separable: true"))
    assert content(separable) == content(separable_form(plain).network)
    if "group" not in items:  # a group norm breaks the pair
        assert unnamed(standard_form(separable).network) == unnamed(plain)
    assert content(separable_form(separable).network) == content(separable)


NETWORKS = ("resnet:18", "vgg:11_bn", "unet", "yolov8:n", "densenet:121", "inception_v3")


@pytest.mark.parametrize("name", NETWORKS)
def test_names_make_what_the_separable_form_makes(name: str) -> None:
    plain = load(name)
    made = elaborate(plain)
    form = separable_form(made)
    names = [made.nodes[one.node].name for one in form.decisions if one.verdict == CONVERTED]
    assert len(names) > 3
    section = "separable:\n" + "".join(f"  - {name}\n" for name in names)
    separable = architecture(section + plain.spec.text, plain.variant)
    assert content(elaborate(separable)) == content(form.network)


def test_the_counts_are_those_of_the_article() -> None:
    net = of("- {conv: 128, kernel: 3, bias: false, separable: true}", "64, 56, 56")
    assert types(net) == ["dwconv", "conv"]
    assert params(net) == 9 * 64 + 64 * 128
    assert macs(net) == 56 * 56 * (9 * 64 + 64 * 128)


def test_the_first_norm_gives_the_depthwise_one_of_its_own() -> None:
    net = of("- {conv: 16, kernel: 3, norm: batch, activation: relu, separable: true}")
    assert types(net) == ["dwconv", "batchnorm", "relu", "conv", "batchnorm", "relu"]
    assert params(net) == 9 * 8 + 2 * 8 + 8 * 16 + 2 * 16


def test_convert_false_keeps_it_as_it_is() -> None:
    net = of("- {conv: 16, kernel: 3, separable: true, convert: false}")
    assert standard_form(net).network is net


def test_a_convolution_that_reads_the_input_is_separable_where_it_is_said() -> None:
    assert types(of("- {conv: 16, kernel: 3, separable: true}")) == ["dwconv", "conv"]


def test_separable_may_depend_on_the_repetition() -> None:
    net = of("- {conv: 8, kernel: 3, separable: index > 0, repeat: 2}")
    assert [node.name for node in net.nodes] == ["conv1[1]", "conv1[2]/dw", "conv1[2]/pw"]


def test_patterns_pass_over_what_cannot_be_separable() -> None:
    net = network("separable: ['conv*', 's*/**']\n" + body("""
        - {conv: 8, kernel: 3}
        - {conv: 8, kernel: 1}
        - {dwconv: 3}
        - sequential: [{conv: 8, kernel: 3}]
    """))  # fmt: skip
    assert [node.name for node in net.nodes] == [
        "conv1/dw", "conv1/pw", "conv2", "dwconv1", "sequential1/conv3/dw", "sequential1/conv3/pw"
    ]  # fmt: skip


BLOCK = """
separable:
  - unit1[2]/conv1
  - unit1[4]/conv1
  - conv1
variants: {deep: {depth: 4}}
hyperparameters: {depth: 2}
input: [8, 16, 16]
blocks: {unit: {layers: [{conv: 8, kernel: 3}]}}
layers:
  - {conv: 8, kernel: 3, separable: true}
  - {unit, repeat: depth}
"""


def test_a_name_without_effect_is_told() -> None:
    told = [(one.what, one.line) for one in analyze(architecture(BLOCK)).unused]
    assert told == [("separable unit1[4]/conv1", 4), ("separable conv1", 5)]
    deep = analyze(architecture(BLOCK, "deep"))
    assert [one.what for one in deep.unused] == ["separable conv1"]
    assert [node.name for node in deep.network.nodes if node.layer.type == "dwconv"] == [
        "conv1/dw", "unit1[2]/conv1/dw", "unit1[4]/conv1/dw"
    ]  # fmt: skip


def test_a_layer_may_have_no_window_in_a_variant() -> None:
    text = """
        hyperparameters: {k: 1}
        variants: {wide: {k: 3}}
        input: [8, 9, 9]
        separable: conv1
        layers: [{conv: 8, kernel: k}]
    """
    assert [(one.what, one.line) for one in analyze(architecture(text)).unused] == [("separable conv1", 5)]
    assert types(network(text, "wide")) == ["dwconv", "conv"]


def test_all_with_the_same_weights_are_named_together() -> None:
    shared = body("- {conv: 8, kernel: 3, name: a}\n- {conv: 8, kernel: 3, weights: a, name: b}")
    net = network(f"separable: [a, b]\n{shared}")
    assert [node.name for node in net.nodes] == ["a/dw", "a/pw", "b/dw", "b/pw"]
    assert params(net) == 9 * 8 + 8 * 8 + 8


def test_separable_layers_count_against_the_bound() -> None:
    text = body("- {conv: 8, kernel: 3, norm: batch, activation: relu, separable: true, repeat: 10}")
    assert len(elaborate(architecture(text), 60).nodes) == 60
    with pytest.raises(InputError, match="the network would have 60 layers"):
        elaborate(architecture(text), 59)


def test_a_block_of_that_name_stays_valid() -> None:
    text = "input: [3, 8, 8]\nblocks:\n  separable: {layers: [{conv: 4, kernel: 3}]}\nlayers: [separable]\n"
    assert params(network(text)) == 3 * 9 * 4 + 4
