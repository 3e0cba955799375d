"""Items, bodies and branches, and the common keys."""

import pytest

from dsconv_cost.language.vocabulary import COMMON_KEYS, TYPES, field_names
from dsconv_cost.network.build import elaborate
from tests.networks import architecture, body, lines, network, of, problems, refused, sources, types


def test_type_names_field_names_and_common_keys_are_disjoint() -> None:
    assert TYPES
    assert field_names()
    assert COMMON_KEYS
    assert set(TYPES) & field_names() == {"expand", "linear"}  # fields of other types, which an item tells apart
    assert not set(TYPES) & set(COMMON_KEYS)
    assert not field_names() & set(COMMON_KEYS)


def test_an_item_is_a_name_or_a_mapping_with_one_type() -> None:
    assert types(of("[relu, {conv: 4, kernel: 1}, {relu}]")) == ["relu", "conv", "relu"]
    refused("input: [8, 4, 4]\nlayers:\n  - {relu, sigmoid}\n", "3:12 two types in one item, 'relu' and 'sigmoid'")


def test_a_type_without_main_field_has_an_empty_value() -> None:
    assert types(of("[{relu, repeat: 2}, {global_avgpool: }]")) == ["relu", "relu", "global_avgpool"]
    refused("input: [8, 4, 4]\nlayers: [{relu: 6}]\n", "2:17 relu takes no value after its colon")


def test_a_body_is_a_list_or_one_item() -> None:
    assert lines(of("{conv: 4, kernel: 3}")) == ["conv1 4x16x16"]
    assert lines(of("relu")) == ["relu1 8x16x16"]
    assert lines(of("- residual: {conv: 8, kernel: 3}")) == lines(of("- residual: [{conv: 8, kernel: 3}]"))


def test_each_item_starts_where_the_one_before_ended() -> None:
    net = of("[{conv: 4, kernel: 3, stride: 2}, {conv: in_channels * 2, kernel: 3, stride: 2}, global_avgpool]")
    assert lines(net) == ["conv1 4x8x8", "conv2 8x4x4", "global_avgpool1 8x1x1"]


def test_from_starts_elsewhere() -> None:
    net = network(
        """
        input: [8, 16, 16]
        layers:
          - {conv: 4, kernel: 1, name: a}
          - {conv: in_channels + 1, kernel: 1, name: b}
          - {conv: in_channels * 10, kernel: 1, from: a, name: c}
          - {conv: 2, kernel: 1, from: input, name: d}
        outputs: [b, c, d]
        """
    )
    assert lines(net) == ["a 4x16x16", "b 5x16x16", "c 40x16x16", "d 2x16x16"]
    assert sources(net) == {"a": ["input"], "b": ["a"], "c": ["a"], "d": ["input"]}


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("true", ["relu", "sigmoid"]),
        ("false", ["sigmoid"]),
        ("in_channels == 8", ["relu", "sigmoid"]),
        ("in_channels != 8 or 1 > 2", ["sigmoid"]),
    ],
)
def test_when(when: str, expected: list[str]) -> None:
    assert types(of(f"[{{relu, when: {when}}}, sigmoid]")) == expected


def test_when_is_never_a_number() -> None:
    refused(body("[{relu, when: 1}, sigmoid]"), "3:17 when: received 1, expected true or false")


def test_when_is_evaluated_once_before_repeat() -> None:
    # Were it evaluated at every repetition, the second would see 4 channels and be left out.
    net = of("[{conv: 4, kernel: 1, repeat: 3, when: in_channels == 8}, relu]")
    assert types(net) == ["conv", "conv", "conv", "relu"]
    assert types(of("[{conv: 4, kernel: 1, repeat: -1, when: false}, relu]")) == ["relu"]


def test_repeat_evaluates_expressions_anew() -> None:
    net = of("[{conv: in_channels * 2, kernel: 1, repeat: 3}]")
    assert lines(net) == ["conv1[1] 16x16x16", "conv1[2] 32x16x16", "conv1[3] 64x16x16"]


def test_repeat_0_leaves_out_and_1_counts() -> None:
    assert lines(of("[{conv: 4, kernel: 1, repeat: 0}, relu]")) == ["relu1 8x16x16"]
    assert lines(of("[{conv: 4, kernel: 1, repeat: 1}]")) == ["conv1[1] 4x16x16"]
    assert lines(of("[{conv: 4, kernel: 1, repeat: 4 / 2}]")) == ["conv1[1] 4x16x16", "conv1[2] 4x16x16"]


def test_first_gives_the_first_repetition_other_fields() -> None:
    net = of("[{conv: 4, kernel: 3, repeat: 3, first: {stride: 2, kernel: 5}}]")
    assert lines(net) == ["conv1[1] 4x8x8", "conv1[2] 4x8x8", "conv1[3] 4x8x8"]
    assert [node.counts.weights for node in net.nodes] == [25 * 8 * 4, 9 * 4 * 4, 9 * 4 * 4]


def test_first_gives_a_blocks_first_repetition_other_arguments() -> None:
    net = network(
        """
        input: [8, 16, 16]
        blocks:
          unit: {arguments: {channels: required, stride: 1}, layers: [{conv: channels, kernel: 3, stride: stride}]}
        layers: [{unit: 4, repeat: 2, first: {stride: 2}}]
        """
    )
    assert lines(net) == ["unit1[1]/conv1 4x8x8", "unit1[2]/conv1 4x8x8"]


def test_first_needs_repeat() -> None:
    refused(body("[{conv: 4, kernel: 3, first: {stride: 2}}]"), "3:32 `first` needs `repeat`")


def test_copies_stand_side_by_side() -> None:
    net = of("- concat: [{conv: 4, kernel: 3, copies: 3}, previous]")
    assert lines(net) == [
        "concat1/conv1[1] 4x16x16", "concat1/conv1[2] 4x16x16", "concat1/conv1[3] 4x16x16", "concat1 20x16x16",
    ]  # fmt: skip
    assert sources(net)["concat1"] == ["concat1/conv1[1]", "concat1/conv1[2]", "concat1/conv1[3]", "input"]
    assert sources(net)["concat1/conv1[3]"] == ["input"]


def test_copies_repeat_each() -> None:
    net = of("- concat: [{conv: 4, kernel: 3, copies: 2, repeat: 2}]")
    assert [line.split()[0] for line in lines(net)] == [
        "concat1/conv1[1][1]", "concat1/conv1[1][2]", "concat1/conv1[2][1]", "concat1/conv1[2][2]", "concat1",
    ]  # fmt: skip
    assert net.nodes[-1].output == (8, 16, 16)


def test_copies_0_leave_the_branch_out() -> None:
    assert lines(of("- concat: [{conv: 4, kernel: 3, copies: 0}, {relu}, {sigmoid}]"))[-1] == "concat1 16x16x16"


@pytest.mark.parametrize(
    "layers",
    [
        pytest.param("- {relu, copies: 2}", id="an item"),
        pytest.param("- concat: [[{relu, copies: 2}], previous]", id="a branch that is a list"),
        pytest.param("- concat: [[{relu, copies: 2}, relu], previous]", id="an item of a branch"),
        pytest.param(
            "- concat: [{conv: 8, kernel: 1, copies: 2}]\n- {conv: 8, kernel: 1, copies: 2}",
            id="the same text as a branch before",
        ),
    ],
)
def test_copies_stand_only_on_a_branch_of_one_item(layers: str) -> None:
    found = problems(body(layers))
    assert len(found) == 1
    assert "`copies` is for a branch written as one item" in found[0]


@pytest.mark.parametrize(
    "layers",
    [
        "- concat: [{sequential: [relu], repeat: 10 ** 9, copies: 0}, tanh]",
        "- concat: [{relu, copies: 0}, tanh]",
        "- concat: [{relu, when: false}, tanh]",
        "- {relu, repeat: 10 ** 9, when: false}\n- tanh",
        "- {sequential: [{relu, repeat: 10 ** 9}], repeat: 0}\n- tanh",
    ],
)
def test_what_is_left_out_does_not_count_against_the_bound(layers: str) -> None:
    assert types(elaborate(architecture(body(layers)), max_layers=1)) == ["tanh"]


def test_a_branch_left_with_no_item_is_left_out() -> None:
    assert lines(of("- concat: [{relu, when: false}, {sigmoid}, previous]"))[-1] == "concat1 16x16x16"
    assert lines(of("- add: [[{relu, when: false}, {elu, repeat: 0}], sigmoid]")) == ["add1/sigmoid1 8x16x16"]
    assert lines(of("- relu\n- concat: [{relu, when: false}]")) == ["relu1 8x16x16"]
