"""Shared weights: params once, MACs each time, in every form and everywhere a figure is shown."""

import csv
import io
import json
from pathlib import Path

import pytest

import dsconv_cost
from dsconv_cost.costs.conventions import convention_named
from dsconv_cost.layers.convolution import Conv, DepthwiseConv
from dsconv_cost.network.graph import Network
from dsconv_cost.network.transforms.convert import separable_form, standard_form
from dsconv_cost.network.transforms.deploy import deployed
from dsconv_cost.network.transforms.fold_norms import fold_norms
from tests.command import run
from tests.networks import architecture, body, costs, network, of, problems


def params(net: Network) -> int:
    return sum(node.counts.params for node in net.nodes)


def macs(net: Network) -> int:
    return sum(node.counts.macs for node in net.nodes)


def owners(net: Network) -> dict[str, str]:
    """Return which layers have the weights of which, by name."""
    return {net.name(index): net.name(first) for index, first in net.shared.items()}


CONV = 8 * 9 * 8 + 8  # a convolution of 8 channels with kernel 3 and a bias
MAP = 16 * 16


def test_an_item_has_the_weights_of_an_earlier_one() -> None:
    net = of("- {conv: 8, kernel: 3, name: a}\n- relu\n- {conv: 8, kernel: 3, weights: a, activation: none}")
    assert (params(net), macs(net)) == (CONV, 2 * 576 * MAP)
    assert owners(net) == {"conv2": "a"}
    counts = net.nodes[2].counts
    assert (counts.params, counts.shared, counts.shared_weights, counts.shared_biases) == (0, CONV, 576, 8)


def test_shared_norms_and_slopes_count_once_too() -> None:
    conv = "conv: 8, kernel: 3, norm: batch, activation: prelu"
    net = of(f"- {{{conv}, name: a}}\n- {{{conv}, weights: a}}")
    assert params(net) == 576 + 16 + 8
    assert net.nodes[4].counts.running == 0


def test_chains_of_shares_lead_to_the_first() -> None:
    net = of(
        "- {conv: 8, kernel: 3, name: a}\n- {conv: 8, kernel: 3, name: b, weights: a}\n- {conv: 8, kernel: 3, weights: b}"
    )
    assert net.shared == {1: 0, 2: 0}
    assert params(net) == CONV


def test_repetitions_share_with_each_other() -> None:
    net = of("- {conv: 8, kernel: 3, repeat: 5, weights: once}")
    assert (params(net), macs(net)) == (CONV, 5 * 576 * MAP)
    assert params(of("- {conv: 8, kernel: 3, repeat: 1, weights: once}")) == CONV


def test_repeated_items_share_one_by_one_or_with_one() -> None:
    one_by_one = of("- {conv: 8, kernel: 3, repeat: 3, name: a}\n- {conv: 8, kernel: 3, repeat: 3, weights: a}")
    assert one_by_one.shared == {3: 0, 4: 1, 5: 2}
    with_one = of("- {conv: 8, kernel: 3, repeat: 3, name: a}\n- {conv: 8, kernel: 3, repeat: 2, weights: 'a[2]'}")
    assert with_one.shared == {3: 1, 4: 1}
    single = of("- {conv: 8, kernel: 3, name: a}\n- {conv: 8, kernel: 3, repeat: 2, weights: a}")
    assert single.shared == {1: 0, 2: 0}
    by_index = of(
        """
        - {conv: 8, kernel: 3, repeat: 3, name: a}
        - sequential: [{conv: 8, kernel: 3, weights: "a[3 - index]"}]
          repeat: 3
        """
    )
    assert by_index.shared == {3: 2, 4: 1, 5: 0}


@pytest.mark.parametrize(
    "item",
    [
        "dsconv: 16, norm: batch",
        "inverted_residual: 8, expand: 6",
        "squeeze_excite: 4",
        "residual: [{conv: 8, kernel: 3}, {conv: 8, kernel: 3}]",
        "sequential: [{conv: 8, kernel: 3}, {dwconv: 3}]",
        "concat: [{conv: 8, kernel: 1}, {conv: 8, kernel: 3}]",
    ],
)
def test_composites_groups_and_joins_share(item: str) -> None:
    once = of(f"- {{{item}, name: a}}")
    twice = of(
        f"- {{identity, name: x}}\n- {{{item}, from: x, name: a}}\n- {{{item}, from: x, weights: a, name: b}}\n- add: [a, b]"
    )
    assert (params(twice), macs(twice)) == (params(once), 2 * macs(once))


TOWER = """
input: {left: [3, 28, 28], right: [3, 28, 28]}
blocks:
  tower:
    layers: [{conv: 64, kernel: 10, padding: valid}, {maxpool: 2}, flatten, {linear: 1}]
layers:
  - {tower, from: left, name: a}
  - {tower, from: right, name: b, weights: a}
  - subtract: [a, b]
"""


def test_uses_of_a_block_share() -> None:
    net = network(TOWER)
    # 19 x 19 windows of 10 x 10 x 3; 9 x 9 x 64 values into one
    assert (params(net), macs(net)) == (3 * 100 * 64 + 64 + 5184 + 1, 2 * (19200 * 361 + 5184))


def test_a_block_inside_a_shared_one_shares_too_and_parts_may_have_weights_of_their_own() -> None:
    net = network(
        """
        input: [8, 16, 16]
        blocks:
          inner:
            layers: [{conv: 8, kernel: 3, name: a}, {conv: 8, kernel: 3, weights: a}, {batchnorm, weights: own}]
          outer: {layers: [inner, {conv: 8, kernel: 3}]}
        layers: [{outer, name: first}, {outer, weights: first}]
        """
    )
    assert params(net) == 2 * CONV + 2 * 16
    assert set(net.shared.values()) == {0, 3}


# -- the forms ------------------------------------------------------------------------------------


def test_the_separable_form_shares_the_depthwise_and_the_pointwise() -> None:
    text = body(
        """
        - {conv: 8, kernel: 1, name: x}
        - {conv: 8, kernel: 3, norm: batch, activation: relu, from: x, name: a}
        - {conv: 8, kernel: 3, norm: batch, activation: relu, from: x, weights: a, name: b}
        - add: [a, b]
        """
    )
    form = separable_form(network(text)).network
    pair = 8 * 9 + 16 + 64 + 16  # depthwise and its norm, pointwise and its norm
    assert params(form) == 8 * 8 + 8 + pair
    assert macs(form) == MAP * (64 + 2 * (72 + 64))
    assert separable_form(form).network.shared == form.shared


def test_the_standard_form_shares_merged_pairs() -> None:
    net = of("- {dsconv: 16, name: a}\n- {conv: 8, kernel: 1}\n- {dsconv: 16, weights: a}")
    form = standard_form(net).network
    assert [type(node.layer) for node in form.nodes] == [Conv, Conv, Conv]
    assert params(form) == 8 * 9 * 16 + 16 + 16 * 8 + 8
    assert owners(form) == {"dsconv2/pw": "a/pw"}


def test_a_pair_whose_halves_are_shared_differently_is_no_pair() -> None:
    net = of(
        """
        - {dwconv: 3, name: a}
        - {conv: 16, kernel: 1}
        - {conv: 8, kernel: 1}
        - {dwconv: 3, weights: a}
        - {conv: 16, kernel: 1}
        """
    )
    form = standard_form(net)
    full, into_16, into_8 = 8 * 9 * 8 + 8, 8 * 16 + 16, 16 * 8 + 8
    assert params(form.network) == full + 2 * into_16 + into_8
    assert {d.unpaired.reason for d in form.decisions if d.unpaired} == {
        "its weights are not shared in the way of those that follow"
    }


def test_layers_with_the_weights_of_one_that_reads_the_input_stay_too() -> None:
    form = separable_form(of("- {conv: 8, kernel: 3, name: a}\n- {conv: 8, kernel: 3, weights: a}"))
    assert params(form.network) == CONV
    reasons = [decision.reason for decision in form.decisions]
    assert reasons == ["reads the network's input", "has the weights of a, which stays: reads the network's input"]


def test_a_folded_norm_leaves_weights_shared_only_if_it_is_shared_itself() -> None:
    both = of("- {conv: 8, kernel: 3, norm: batch, name: a}\n- {conv: 8, kernel: 3, norm: batch, weights: a}")
    assert params(fold_norms(both)) == CONV
    one = of(
        """
        - sequential: [{conv: 8, kernel: 3, bias: false}, {batchnorm, weights: own}]
          name: a
        - sequential: [{conv: 8, kernel: 3, bias: false}, {batchnorm, weights: own}]
          weights: a
        """
    )
    assert params(one) == 576 + 2 * 16
    assert params(fold_norms(one)) == 2 * CONV


def test_merged_branches_share() -> None:
    block = "add: [previous, {conv: 8, kernel: 3, norm: batch}, {conv: 8, kernel: 1, norm: batch}]"
    net = of(f"- {{{block}, name: a}}\n- {{{block}, weights: a}}")
    assert params(net) == 576 + 64 + 32
    merged = deployed(net)
    assert [type(node.layer) for node in merged.nodes] == [Conv, Conv]
    assert params(merged) == CONV


def test_shared_depthwise_convolutions_become_full_ones_that_are_shared() -> None:
    form = standard_form(of("- {dwconv: 3, name: a}\n- {dwconv: 3, weights: a}")).network
    assert params(form) == 8 * 9 * 8 + 8
    assert not any(isinstance(node.layer, DepthwiseConv) for node in form.nodes)


# -- everywhere -----------------------------------------------------------------------------------


def test_counters_charge_each_call_and_count_params_once() -> None:
    net = network(
        """
        input: {x: [3, 16, 16], y: [3, 16, 16]}
        blocks:
          one: {layers: [{conv: 8, kernel: 3, norm: batch, bias: true, activation: prelu}, flatten, {linear: 10}]}
        layers: [{one, from: x, name: a}, {one, from: y, name: b, weights: a}, {add: [a, b]}]
        """
    )
    # Measured with torchinfo 1.8.0, thop 0.1.1, fvcore 0.1.5 and ptflops 0.7.5: one module called twice has the params of one call
    # and twice its MACs; torchinfo prints 20,738 and 155,716.
    convention = convention_named("torchinfo")
    assert convention.total((node.case, node.counts) for node in net.nodes)[:2] == (20_738, 155_716)


def test_rows_kinds_and_formats_agree(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(TOWER, encoding="utf-8")
    analysis = costs(TOWER)
    assert analysis.total == (24_449, 13_872_768, 2 * 13_872_768)
    rows = {row.name: row.params for row in dsconv_cost.analyze(architecture(TOWER)).rows()}
    assert rows == {"a": 24_449, "b": 0, "subtract1": 0}
    document = json.loads(run("analyze", "net.yaml", "--format", "json", cwd=tmp_path).out)
    assert document["shared"] == [
        {"layer": "b/conv1", "weights_of": "a/conv1"}, {"layer": "b/linear1", "weights_of": "a/linear1"},
    ]  # fmt: skip
    assert document["architecture"]["input"] == {"left": [3, 28, 28], "right": [3, 28, 28]}
    assert sum(layer["params"] for layer in document["layers"]) == document["totals"]["as_written"]["params"] == 24_449
    table = list(csv.DictReader(io.StringIO(run("analyze", "net.yaml", "--format", "csv", cwd=tmp_path).out)))
    assert sum(int(row["params"]) for row in table) == 24_449
    text = run("analyze", "net.yaml", "--notes", cwd=tmp_path).out
    assert (
        "shared       2 layers have the weights of a/conv1, a/linear1: 24,449 params that are counted once, there"
        in text
    )
    assert "inputs left 3x28x28, right 3x28x28" in text
    explained = run("explain", "net.yaml", "b/conv1", cwd=tmp_path).out
    assert "params  = 0 here: its 19,264 are those of a/conv1, counted there" in explained
    assert (
        "shared = 24,449 params of a/conv1 to a/linear1, counted there"
        in run("explain", "net.yaml", "b", cwd=tmp_path).out
    )


def test_budgets_and_locks_count_shared_weights_once(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(TOWER, encoding="utf-8")
    assert run("check", "net.yaml", "--max-params", "24449", cwd=tmp_path).code == 0
    assert run("check", "net.yaml", "--max-params", "24448", cwd=tmp_path).code == 1


def test_a_difference_shows_what_sharing_saves(tmp_path: Path) -> None:
    (tmp_path / "new.yaml").write_text(TOWER, encoding="utf-8")
    (tmp_path / "old.yaml").write_text(TOWER.replace(", weights: a", ""), encoding="utf-8")
    document = json.loads(run("diff", "old.yaml", "new.yaml", "--format", "json", cwd=tmp_path).out)
    text = json.dumps(document)
    assert "48898" in text
    assert "24449" in text


def test_python_names_the_owner() -> None:
    analysis = dsconv_cost.analyze(architecture(TOWER))
    assert {layer.name: layer.weights_of for layer in analysis.layers if layer.weights_of} == {
        "b/conv1": "a/conv1", "b/linear1": "a/linear1",
    }  # fmt: skip
    assert analysis.inputs_of("b") == ["right"]
    assert ("left", "a") in analysis.edges()
    assert "inputs left 3x28x28, right 3x28x28" in repr(analysis)


def test_a_problem_before_does_not_bring_another_one() -> None:
    text = body("- {conv: 8, kernel: 3, name: a}\n- {conv: 8, kernal: 3}\n- {conv: 8, kernel: 3, weights: a}")
    assert len(problems(text)) == 1


def test_a_layer_without_input_has_an_empty_cell(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(body("- add: [previous, {parameter: [8, 16, 16]}]"), encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(run("analyze", "net.yaml", "--format", "csv", cwd=tmp_path).out)))
    assert [row["input"] for row in rows] == ["", "8x16x16 8x16x16"]
