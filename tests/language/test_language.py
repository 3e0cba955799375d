"""The rules of the architecture language, one small network each."""

import pytest

from dsconv_cost.errors import UsageError
from dsconv_cost.language.vocabulary import COMMON_KEYS, FIELD_NAMES, TYPES, WORDS
from dsconv_cost.layers import LAYERS
from dsconv_cost.layers.composites import COMPOSITES
from dsconv_cost.layers.convolution import Conv, DepthwiseConv
from dsconv_cost.layers.fields import REQUIRED
from dsconv_cost.layers.pooling import Pool
from dsconv_cost.layers.values import Value
from dsconv_cost.network.build import elaborate
from dsconv_cost.network.graph import Network
from tests.networks import architecture, body, lines, macs, network, of, params, problems, sources, types


def refused(text: str, *expected: str) -> None:
    """Assert the problems of a file, each as `line:column` and a part of its message."""
    found = problems(text)
    assert len(found) == len(expected), found
    for problem, wanted in zip(found, expected, strict=True):
        place, _, message = wanted.partition(" ")
        assert problem.startswith(f"{place} "), problem
        assert message in problem


# -- 1 the file -----------------------------------------------------------------------------------


def test_the_least_file() -> None:
    net = network("{input: [3, 4, 5], layers: [relu]}")
    assert net.input == (3, 4, 5)
    assert lines(net) == ["relu1 3x4x5"]
    assert net.outputs == (0,)


def test_the_name_is_the_files_unless_given() -> None:
    assert architecture("{input: [3, 4, 5], layers: [relu]}").name == "net"
    assert architecture("{name: Other Net, input: [3, 4, 5], layers: [relu]}").name == "Other Net"


def test_source_and_format_are_read() -> None:
    arch = architecture("{format: 1, source: 'Paper, Table 1', input: [3, 4, 5], layers: [relu]}")
    assert arch.spec.source == "Paper, Table 1"
    refused("{format: 2, input: [3, 4, 5], layers: [relu]}", "1:10 expected 1")


HYPER = """
hyperparameters: {alpha: 1.0, depths: [1, 2], nl: relu, wide: true, classes: 10}
let:
  base: int(8 * alpha)
  twice: base * 2
input: [base, 4, 4]
layers:
  - {conv: twice, kernel: 1, repeat: "depths[1]", activation: nl, when: wide}
  - {conv: classes, kernel: 1}
variants:
  half: {alpha: 0.5}
  18: {depths: [3, 4]}
  0.5x: {nl: relu6, wide: true}
"""


def test_hyperparameters_and_let() -> None:
    net = network(HYPER)
    assert lines(net) == [
        "conv1[1] 16x4x4", "conv1[1].act 16x4x4", "conv1[2] 16x4x4", "conv1[2].act 16x4x4", "conv2 10x4x4",
    ]  # fmt: skip


def test_a_set_value_replaces_the_default() -> None:
    assert network(HYPER, alpha=0.5, classes=3, wide=False).nodes[0].output == (3, 4, 4)


def test_a_variants_value_replaces_the_whole_hyperparameter_and_set_comes_last() -> None:
    assert network(HYPER, "half").input == (4, 4, 4)
    assert network(HYPER, "half", alpha=2.0).input == (16, 4, 4)
    assert len(network(HYPER, "18").nodes) == 4 * 2 + 1


def test_variant_names_are_the_keys_text() -> None:
    assert types(network(HYPER, "0.5x")) == ["conv", "relu6", "conv", "relu6", "conv"]
    with pytest.raises(UsageError, match=r"no variant '0\.5'"):
        network(HYPER, "0.5")


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("beta", 1, "no hyperparameter 'beta'"),
        ("twice", 8, "'twice' is computed in let and cannot be set"),
    ],
)
def test_what_cannot_be_set(name: str, value: Value, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        network(HYPER, None, **{name: value})


def test_a_required_hyperparameter_has_no_default_variant() -> None:
    text = """
    hyperparameters: {width: required}
    input: [width, 4, 4]
    layers: [relu]
    variants: {small: {width: 4}, large: {width: 8}}
    """
    assert network(text, "large").input == (8, 4, 4)
    assert network(text, width=5).input == (5, 4, 4)
    with pytest.raises(
        UsageError, match=r"needs width: name a variant, as net:small \(there are small, large\), or set it"
    ):
        network(text)


def test_let_is_in_order() -> None:
    refused(
        "let: {b: a + 1, a: 2}\ninput: [3, 4, 4]\nlayers: [relu]\n",
        "1:10 'a' has no value yet",
    )


def test_without_outputs_the_last_item_is_the_only_one() -> None:
    net = of("[relu, sigmoid]")
    assert net.outputs == (1,)


def test_outputs_by_name() -> None:
    net = network(
        """
        input: [8, 16, 16]
        layers:
          - {conv: 4, kernel: 3, stride: 2, name: c1}
          - {conv: 6, kernel: 3, stride: 2, name: c2}
        outputs: [c1, c2]
        """
    )
    assert [net.nodes[i].name for i in net.outputs] == ["c1", "c2"]


def test_outputs_can_leave_out_the_last_item_only_if_it_is_used() -> None:
    refused(
        "input: [8, 4, 4]\nlayers: [{relu, name: a}, sigmoid]\noutputs: [a]\n",
        "2:27 nothing uses sigmoid1: join it, name it in outputs",
    )


def test_the_output_of_a_repeated_item_is_its_last() -> None:
    net = network("{input: [8, 4, 4], layers: [{relu, repeat: 3, name: a}, sigmoid], outputs: [a, b]}".replace(
        "sigmoid", "{sigmoid, name: b}"
    ))  # fmt: skip
    assert net.outputs == (2, 3)


# -- 2 items, bodies, branches --------------------------------------------------------------------


def test_type_names_field_names_and_common_keys_are_disjoint() -> None:
    assert TYPES
    assert FIELD_NAMES
    assert COMMON_KEYS
    assert not set(TYPES) & FIELD_NAMES
    assert not set(TYPES) & set(COMMON_KEYS)
    assert not FIELD_NAMES & set(COMMON_KEYS)


def test_an_item_is_a_name_or_a_mapping_with_one_type() -> None:
    assert types(of("[relu, {conv: 4, kernel: 1}, {relu}]")) == ["relu", "conv", "relu"]
    refused("input: [8, 4, 4]\nlayers:\n  - {relu, sigmoid}\n", "3:12 two types in one item, 'relu' and 'sigmoid'")


def test_a_type_without_main_field_has_an_empty_value() -> None:
    assert types(of("[{relu, repeat: 2}, {global_avgpool: }]")) == ["relu", "relu", "global_avgpool"]
    refused("input: [8, 4, 4]\nlayers: [{relu: 6}]\n", "2:17 relu takes no value behind its colon")


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
    refused(body("[{conv: 4, kernel: 3, first: {stride: 2}}]"), "3:32 first stands only beside repeat")


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
    assert "copies stands only on a branch written as one item" in found[0]


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


# -- 3 types --------------------------------------------------------------------------------------

# The language's table of types: main field and defaults. `derived` is worked out from what else is known.
TABLE = {
    "conv": "out_channels; kernel, stride=1, padding=same, dilation=1, groups=1, bias=derived, norm=none, activation=none, "
    "convert=auto",
    "dwconv": "kernel; stride=1, padding=same, dilation=1, depth_multiplier=1, bias=derived, norm=none, activation=none, "
    "convert=auto",
    "conv_transpose": "out_channels; kernel, stride=1, padding=same, output_padding=0, dilation=1, groups=1, bias=derived, "
    "norm=none, activation=none",
    "linear": "out_features; bias=true",
    "maxpool": "kernel; stride=derived, padding=0, ceil_mode=false",
    "avgpool": "kernel; stride=derived, padding=0, ceil_mode=false, count_padding=true",
    "adaptive_avgpool": "size; ",
    "groupnorm": "groups; ",
    "channel_shuffle": "groups; ",
    "slice": "channels; ",
    "pad": "sides; ",
    "upsample": "factor; mode=nearest",
    "resize": "size; mode=bilinear",
    "crop": "size; ",
    "add": "branches; split=derived",
    "concat": "branches; split=derived",
    "multiply": "branches; split=derived",
    "residual": "body; shortcut=derived",
    "sequential": "body; ",
    "dsconv": "out_channels; kernel=3, stride=1, padding=derived, dilation=derived, norm=derived, activation=derived",
    "inverted_residual": "out_channels; expand=6, kernel=3, stride=1, squeeze=none, gate=derived, norm=derived, "
    "activation=derived",
    "squeeze_excite": "squeeze_channels; activation=relu, gate=sigmoid",
}


@pytest.mark.parametrize("name", TABLE)
def test_main_field_fields_and_defaults(name: str) -> None:
    type_ = TYPES[name]
    assert type_.main is not None
    assert type_.main.default is REQUIRED
    fields = [f.name if f.default is REQUIRED else f"{f.name}={f.default_text}" for f in type_.fields]
    assert f"{type_.main.name}; {', '.join(fields)}" == TABLE[name]


def test_all_other_types_have_no_field() -> None:
    others = [name for name in TYPES if name not in TABLE]
    assert len(others) == 19  # 13 activations, 3 norms and scale, global_avgpool, flatten, dropout
    assert all(not TYPES[name].all_fields() for name in others)


SIZES = [
    # same: ceil(in / stride)
    ("conv: 4, kernel: 3", "9, 10", (9, 10)),
    ("conv: 4, kernel: 3, stride: 2", "9, 10", (5, 5)),
    ("conv: 4, kernel: 4, stride: 3", "9, 10", (3, 4)),
    ("conv: 4, kernel: 7, stride: [1, 2], dilation: 3", "9, 10", (9, 5)),
    ("conv: 4, kernel: 3, stride: 5", "2, 2", (1, 1)),
    # explicit: floor((in + pads - dilation*(k-1) - 1) / stride) + 1
    ("conv: 4, kernel: 3, padding: valid", "9, 10", (7, 8)),
    ("conv: 4, kernel: 3, padding: 0", "9, 10", (7, 8)),
    ("conv: 4, kernel: 3, padding: 1, stride: 2", "9, 10", (5, 5)),
    ("conv: 4, kernel: 3, padding: 1, stride: 2", "8, 8", (4, 4)),
    ("conv: 4, kernel: 3, padding: 0, stride: 2", "8, 8", (3, 3)),
    ("conv: 4, kernel: 3, padding: [1, 2]", "9, 10", (9, 12)),
    ("conv: 4, kernel: 3, padding: [0, 1, 2, 3]", "9, 10", (8, 13)),
    ("conv: 4, kernel: 3, padding: 2, dilation: 2", "9, 10", (9, 10)),
    ("conv: 4, kernel: [3, 1], padding: 0, dilation: [4, 1]", "9, 10", (1, 10)),
    ("dwconv: 3, stride: 2, padding: 1", "9, 10", (5, 5)),
    ("dwconv: [1, 3], padding: valid", "9, 10", (9, 8)),
    # pooling
    ("maxpool: 2", "9, 10", (4, 5)),
    ("maxpool: 3, stride: 2", "9, 10", (4, 4)),
    ("maxpool: 3, stride: 2, padding: 1", "9, 10", (5, 5)),
    ("maxpool: 3, stride: 2, ceil_mode: true", "9, 10", (4, 5)),
    ("maxpool: 2, stride: 3, padding: 1, ceil_mode: true", "9, 8", (4, 3)),
    ("avgpool: [1, 2]", "9, 10", (9, 5)),
    ("avgpool: 2, padding: same", "9, 10", (5, 5)),
    # transposed: same is in * stride, else (in-1)*stride - pads + dilation*(k-1) + output_padding + 1
    ("conv_transpose: 4, kernel: 3, stride: 2", "9, 10", (18, 20)),
    ("conv_transpose: 4, kernel: 2, stride: 2, padding: 0", "9, 10", (18, 20)),
    ("conv_transpose: 4, kernel: 3, stride: 2, padding: 1", "9, 10", (17, 19)),
    ("conv_transpose: 4, kernel: 3, stride: 2, padding: 1, output_padding: 1", "9, 10", (18, 20)),
    ("conv_transpose: 4, kernel: 3, stride: 2, padding: 1, output_padding: [0, 1]", "9, 10", (17, 20)),
    ("conv_transpose: 4, kernel: 3, padding: valid, dilation: 2", "9, 10", (13, 14)),
    # the rest
    ("pad: [1, 2]", "9, 10", (11, 14)),
    ("crop: [3, 4]", "9, 10", (3, 4)),
    ("resize: [3, 20]", "9, 10", (3, 20)),
    ("upsample: 2", "9, 10", (18, 20)),
    ("upsample: [1, 3]", "9, 10", (9, 30)),
    ("adaptive_avgpool: [3, 7]", "9, 10", (3, 7)),
]


@pytest.mark.parametrize(("item", "size", "expected"), SIZES, ids=[f"{item} on {size}" for item, size, _ in SIZES])
def test_sizes(item: str, size: str, expected: tuple[int, int]) -> None:
    assert of(f"[{{{item}}}]", f"4, {size}").nodes[-1].output == (4, *expected)


def test_an_empty_output_is_an_error_at_its_line() -> None:
    text = body("- relu\n- {conv: 4, kernel: 3, padding: 0}", "4, 9, 2")
    refused(text, "4:23 conv: a kernel of 3 does not fit the input of 2")


def test_conv_then_norm_then_activation() -> None:
    net = of("[{conv: 4, kernel: 3, norm: batch, activation: relu6}, {dwconv: 3, norm: layer, activation: prelu}]")
    assert types(net) == ["conv", "batchnorm", "relu6", "dwconv", "layernorm", "prelu"]
    assert lines(net)[:3] == ["conv1 4x16x16", "conv1.norm 4x16x16", "conv1.act 4x16x16"]
    assert sources(net)["conv1.act"] == ["conv1.norm"]


BIASES = [
    ("conv: 4, kernel: 1", True),
    ("conv: 4, kernel: 1, norm: none", True),
    ("conv: 4, kernel: 1, norm: batch", False),
    ("conv: 4, kernel: 1, norm: layer", False),
    ("conv: 4, kernel: 1, norm: batch, bias: true", True),
    ("conv: 4, kernel: 1, bias: false", False),
    ("conv: 4, kernel: 1, norm: none if in_channels == 8 else batch", True),
    ("conv: 4, kernel: 1, norm: none if in_channels != 8 else batch", False),
    ("dwconv: 3", True),
    ("dwconv: 3, norm: batch", False),
    ("conv_transpose: 4, kernel: 2", True),
    ("conv_transpose: 4, kernel: 2, norm: batch", False),
    ("linear: 4", True),
    ("linear: 4, bias: false", False),
]


@pytest.mark.parametrize(("item", "bias"), BIASES, ids=[item for item, _ in BIASES])
def test_bias_is_there_exactly_when_no_norm_follows_unless_given(item: str, bias: bool) -> None:
    node = of(f"[{{{item}}}]", "8, 1, 1").nodes[0]
    assert node.counts.biases == (node.output.channels if bias else 0)


def test_pooling_strides_by_its_kernel_unless_given() -> None:
    layers = [node.layer for node in of("[{maxpool: [1, 2]}, {avgpool: 2, stride: 1}]").nodes]
    assert [layer.stride for layer in layers if isinstance(layer, Pool)] == [(1, 2), (1, 1)]


def test_linear_takes_one_position_only() -> None:
    assert lines(of("[flatten, {linear: 5}]", "2, 3, 4")) == ["flatten1 24x1x1", "linear1 5x1x1"]
    refused(body("[{linear: 5}]", "2, 3, 4"), "3:4 put global_avgpool or flatten before it")


def test_norms_and_scale_as_items() -> None:
    net = of("[batchnorm, layernorm, {groupnorm: 4}, channel_scale, {conv: 4, kernel: 1}]")
    assert [node.counts.params for node in net.nodes] == [16, 16, 16, 8, 8 * 4 + 4]


def test_slice_takes_from_start_up_to_stop() -> None:
    assert of("[{slice: [2, 7]}]").nodes[0].output == (5, 16, 16)


def test_resize_and_crop_to_a_tensor() -> None:
    net = network(
        """
        input: [8, 20, 16]
        layers:
          - {conv: 4, kernel: 3, stride: 2, name: small}
          - {conv: 6, kernel: 3, stride: 2}
          - {resize: small, name: up}
          - {crop: small, from: input}
          - {resize: input}
          - {add: [previous, {relu, from: input, when: false}]}
          - {concat: [previous, [{resize: input, from: up}], [{resize: input, from: small}]]}
        """
    )
    assert lines(net) == [
        "small 4x10x8", "conv2 6x5x4", "up 6x10x8", "crop1 8x10x8", "resize2 8x20x16", "concat1/resize3 6x20x16",
        "concat1/resize4 4x20x16", "concat1 18x20x16",
    ]  # fmt: skip


def test_joins() -> None:
    assert lines(of("- add: [{conv: 8, kernel: 1}, previous]"))[-1] == "add1 8x16x16"
    assert lines(of("- multiply: [global_avgpool, previous]"))[-1] == "multiply1 8x16x16"
    assert (
        lines(of("- concat: [{conv: 5, kernel: 1}, [relu, {conv: 2, kernel: 1}], previous]"))[-1] == "concat1 15x16x16"
    )


def test_every_branch_starts_at_the_joins_input() -> None:
    net = of("- {conv: 4, kernel: 1}\n- add: [[relu, sigmoid], tanh, [elu, gelu]]")
    taken = sources(net)
    assert taken["add1/relu1"] == taken["add1/tanh1"] == taken["add1/elu1"] == ["conv1"]
    assert taken["add1"] == ["add1/sigmoid1", "add1/tanh1", "add1/gelu1"]


def test_a_join_starts_at_its_from() -> None:
    net = network(
        """
        input: [8, 4, 4]
        layers:
          - {relu, name: a}
          - {sigmoid, name: b}
          - {add: [previous, tanh], from: a, name: c}
        outputs: [b, c]
        """
    )
    assert sources(net)["c"] == ["a", "c/tanh1"]
    assert sources(net)["c/tanh1"] == ["a"]


def test_split_gives_the_i_th_branch_the_i_th_part() -> None:
    net = of("- concat: [previous, {conv: in_channels * 2, kernel: 1}]\n  split: 2")
    assert lines(net) == [
        "concat1/split[1] 4x16x16", "concat1/split[2] 4x16x16", "concat1/conv1 8x16x16", "concat1 12x16x16",
    ]  # fmt: skip
    assert sources(net)["concat1"] == ["concat1/split[1]", "concat1/conv1"]


def test_split_by_sizes() -> None:
    net = of("- {concat: [{conv: in_channels, kernel: 1, copies: 2}, relu], split: [1, 5, in_channels - 6]}")
    assert [str(node.output.channels) for node in net.nodes] == ["1", "5", "2", "1", "5", "2", "8"]


def test_split_into_one_part_is_the_whole() -> None:
    assert lines(of("- {concat: [relu], split: 1}")) == ["concat1/relu1 8x16x16"]


@pytest.mark.parametrize(
    ("split", "message"),
    [
        ("3", "split 3 does not divide the 8 channels"),
        ("[4, 5]", "add up to 9, not to the 8 channels"),
        ("4", "split makes 4 parts"),
        ("[8]", "split makes 1 parts"),
    ],
)
def test_split_that_does_not_fit(split: str, message: str) -> None:
    found = problems(body(f"- {{add: [relu, tanh], split: {split}}}"))
    assert len(found) == 1
    assert message in found[0]


def test_sequential_is_a_group_without_scope() -> None:
    net = network(
        """
        input: [8, 16, 16]
        layers:
          - {sequential: [{conv: 4, kernel: 1, name: a}, relu], repeat: 1, name: s}
          - {sequential: [{conv: 6, kernel: 1, name: b}, relu]}
          - {add: [{conv: 6, kernel: 1, from: s}, b, previous]}
        """
    )
    assert lines(net) == [
        "s[1]/a 4x16x16", "s[1]/relu1 4x16x16", "sequential2/b 6x16x16", "sequential2/relu2 6x16x16",
        "add1/conv3 6x16x16", "add1 6x16x16",
    ]  # fmt: skip
    assert sources(net)["add1"] == ["add1/conv3", "sequential2/b", "sequential2/relu2"]


def test_dsconv_is_dwconv_and_pointwise() -> None:
    net = of("[{dsconv: 12, kernel: 5, stride: 2, norm: batch, activation: relu}]")
    assert lines(net) == [
        "dsconv1/dw 8x8x8", "dsconv1/dw.norm 8x8x8", "dsconv1/dw.act 8x8x8",
        "dsconv1/pw 12x8x8", "dsconv1/pw.norm 12x8x8", "dsconv1/pw.act 12x8x8",
    ]  # fmt: skip
    assert params(net) == 25 * 8 + 2 * 8 + 8 * 12 + 2 * 12
    assert macs(net) == 64 * (25 * 8 + 8 * 12)


def test_dsconv_passes_padding_and_dilation_to_its_window() -> None:
    assert of("[{dsconv: 12, padding: 0, dilation: 2}]").nodes[-1].output == (12, 12, 12)


def test_inverted_residual() -> None:
    net = of("[{inverted_residual: 8, norm: batch, activation: relu6}]")
    assert lines(net) == [
        "inverted_residual1/expand 48x16x16", "inverted_residual1/expand.norm 48x16x16",
        "inverted_residual1/expand.act 48x16x16",
        "inverted_residual1/dw 48x16x16", "inverted_residual1/dw.norm 48x16x16", "inverted_residual1/dw.act 48x16x16",
        "inverted_residual1/project 8x16x16", "inverted_residual1/project.norm 8x16x16", "inverted_residual1/add 8x16x16",
    ]  # fmt: skip
    assert params(net) == 8 * 48 + 96 + 9 * 48 + 96 + 48 * 8 + 16
    assert sources(net)["inverted_residual1/add"] == ["inverted_residual1/project.norm", "input"]


INVERTED = [
    ("inverted_residual: 8", ["conv", "dwconv", "conv", "add"]),
    ("inverted_residual: 8, expand: 1", ["dwconv", "conv", "add"]),
    ("inverted_residual: 8, expand: 0.5", ["conv", "dwconv", "conv", "add"]),
    ("inverted_residual: 8, stride: 2", ["conv", "dwconv", "conv"]),
    ("inverted_residual: 8, stride: [1, 2]", ["conv", "dwconv", "conv"]),
    ("inverted_residual: 9", ["conv", "dwconv", "conv"]),
    (
        "inverted_residual: 9, squeeze: in_channels // 4",
        ["conv", "dwconv", "global_avgpool", "conv", "relu", "conv", "sigmoid", "multiply", "conv"],
    ),
    ("inverted_residual: 9, squeeze: none", ["conv", "dwconv", "conv"]),
    (
        "inverted_residual: 9, squeeze: 2, gate: hardsigmoid, activation: silu",
        ["conv", "silu", "dwconv", "silu", "global_avgpool", "conv", "relu", "conv", "hardsigmoid", "multiply", "conv"],
    ),
]


@pytest.mark.parametrize(("item", "expected"), INVERTED, ids=[item for item, _ in INVERTED])
def test_parts_of_inverted_residual(item: str, expected: list[str]) -> None:
    assert types(of(f"[{{{item}}}]")) == expected


def test_inverted_residual_strides_on_one_position_without_shortcut() -> None:
    assert types(of("[{inverted_residual: 8, stride: 2}]", "8, 1, 1")) == ["conv", "dwconv", "conv"]


def test_inverted_residual_needs_whole_hidden_channels() -> None:
    refused(body("[{inverted_residual: 8, expand: 0.3}]"), "3:35 expand 0.3 makes 2.4 of the 8 channels")


def test_squeeze_excite() -> None:
    net = of("[{squeeze_excite: 2}]")
    assert lines(net) == [
        "squeeze_excite1/pool 8x1x1", "squeeze_excite1/reduce 2x1x1", "squeeze_excite1/reduce.act 2x1x1",
        "squeeze_excite1/expand 8x1x1", "squeeze_excite1/expand.act 8x1x1", "squeeze_excite1/multiply 8x16x16",
    ]  # fmt: skip
    assert types(net) == ["global_avgpool", "conv", "relu", "conv", "sigmoid", "multiply"]
    assert params(net) == 8 * 2 + 2 + 2 * 8 + 8


# -- defaults -------------------------------------------------------------------------------------


def with_defaults(defaults: str, layers: str) -> Network:
    return network(f"defaults: {{{defaults}}}\n{body(layers)}")


def test_defaults_reach_every_item_of_the_type() -> None:
    net = with_defaults("conv: {kernel: 1, norm: batch, activation: relu}", "[{conv: 4}, {conv: 6}]")
    assert types(net) == ["conv", "batchnorm", "relu"] * 2


def test_defaults_reach_into_blocks() -> None:
    net = network(
        """
        defaults: {conv: {norm: batch}}
        input: [8, 4, 4]
        blocks: {unit: {layers: {conv: 4, kernel: 1}}}
        layers: [unit]
        """
    )
    assert types(net) == ["conv", "batchnorm"]


def test_defaults_use_hyperparameters_and_in_channels() -> None:
    net = network(
        """
        hyperparameters: {nl: silu}
        defaults: {conv: {activation: nl, groups: in_channels // 2}}
        input: [8, 4, 4]
        layers: [{conv: 4, kernel: 1}, {conv: 4, kernel: 1}]
        """
    )
    assert types(net) == ["conv", "silu"] * 2
    assert [node.layer.groups for node in net.nodes if isinstance(node.layer, Conv)] == [4, 2]


NEAREST = [
    # item, then first above it, then dwconv, then conv
    ("conv: {stride: 2}", "{conv: 4, kernel: 1}", [2]),
    ("conv: {stride: 2}", "{conv: 4, kernel: 1, stride: 4}", [4]),
    ("conv: {stride: 2}", "{conv: 4, kernel: 1, stride: 4, repeat: 2, first: {stride: 1}}", [1, 4]),
    ("conv: {stride: 2}", "{conv: 4, kernel: 1, repeat: 2, first: {stride: 1}}", [1, 2]),
    ("conv: {stride: 2}", "{dwconv: 3}", [2]),
    ("conv: {stride: 2}, dwconv: {stride: 4}", "{dwconv: 3}", [4]),
    ("conv: {stride: 2}, dwconv: {stride: 4}", "{dwconv: 3, stride: 1}", [1]),
    ("dwconv: {stride: 4}", "{conv: 4, kernel: 1}", [1]),
    ("dwconv: {stride: 4}, conv: {stride: 2}", "{dwconv: 3, repeat: 2, first: {stride: 1}}", [1, 4]),
]


@pytest.mark.parametrize(("defaults", "item", "strides"), NEAREST, ids=[f"{d} {i}" for d, i, _ in NEAREST])
def test_the_nearest_wins(defaults: str, item: str, strides: list[int]) -> None:
    net = with_defaults(defaults, f"[{item}]")
    found = [node.layer.stride for node in net.nodes if isinstance(node.layer, (Conv, DepthwiseConv))]
    assert found == [(s, s) for s in strides]


def test_a_dwconv_does_not_take_the_kernel_of_conv() -> None:
    net = with_defaults("conv: {kernel: 5}", "[{dwconv: 3}, {conv: 4}]")
    assert [node.counts.weights for node in net.nodes] == [9 * 8, 25 * 8 * 4]


def test_a_norm_default_takes_the_bias_away() -> None:
    assert [n.counts.biases for n in with_defaults("conv: {norm: batch}", "[{conv: 4, kernel: 1}]").nodes] == [0, 0]
    net = with_defaults("conv: {norm: batch}", "[{conv: 4, kernel: 1, norm: none}]")
    assert [n.counts.biases for n in net.nodes] == [4]


COMPOSITE_DEFAULTS = [
    ("conv: {norm: batch, activation: relu}", "{dsconv: 4}", "dwconv batchnorm relu conv batchnorm relu"),
    ("conv: {norm: batch}, dwconv: {activation: relu6}", "{dsconv: 4}", "dwconv batchnorm relu6 conv batchnorm"),
    ("conv: {activation: relu}, dwconv: {activation: none}", "{dsconv: 4}", "dwconv conv relu"),
    ("conv: {activation: relu}, dsconv: {activation: silu}", "{dsconv: 4}", "dwconv silu conv silu"),
    ("conv: {activation: relu}", "{dsconv: 4, activation: none}", "dwconv conv"),
    ("dsconv: {activation: silu}", "{dsconv: 4, activation: relu, norm: batch}", "dwconv batchnorm relu conv batchnorm relu"),
    ("conv: {kernel: 5, activation: relu}", "{dsconv: 4}", "dwconv relu conv relu"),
    (
        "conv: {norm: batch, activation: relu}, dwconv: {activation: silu}",
        "{inverted_residual: 4, expand: 2}",
        "conv batchnorm relu dwconv batchnorm silu conv batchnorm",
    ),
    ("inverted_residual: {activation: elu, expand: 1}", "{inverted_residual: 4}", "dwconv elu conv"),
    ("conv: {norm: batch, activation: silu, bias: false}", "{squeeze_excite: 4}",
     "global_avgpool conv relu conv sigmoid multiply"),
    ("squeeze_excite: {activation: silu, gate: hardsigmoid}", "{squeeze_excite: 4}",
     "global_avgpool conv silu conv hardsigmoid multiply"),
    ("squeeze_excite: {activation: silu, gate: hardsigmoid}", "{inverted_residual: 4, expand: 1, squeeze: 2}",
     "dwconv global_avgpool conv silu conv hardsigmoid multiply conv"),
    ("squeeze_excite: {gate: hardsigmoid}, inverted_residual: {gate: tanh}",
     "{inverted_residual: 4, expand: 1, squeeze: 2}", "dwconv global_avgpool conv relu conv tanh multiply conv"),
    ("conv: {norm: batch}", "{conv_transpose: 4, kernel: 2}", "conv_transpose"),
    ("conv: {activation: relu}", "[global_avgpool, {linear: 4}]", "global_avgpool linear"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("defaults", "layers", "expected"), COMPOSITE_DEFAULTS, ids=[f"{d} {i}" for d, i, _ in COMPOSITE_DEFAULTS]
)
def test_defaults_inside_composites(defaults: str, layers: str, expected: str) -> None:
    assert types(with_defaults(defaults, layers if layers.startswith("[") else f"[{layers}]")) == expected.split()


def test_the_gates_convolutions_keep_bias_under_any_default_of_conv() -> None:
    net = with_defaults("conv: {norm: batch, bias: false, kernel: 3, stride: 2, groups: 2}", "[{squeeze_excite: 2}]")
    assert params(net) == 8 * 2 + 2 + 2 * 8 + 8


def test_the_pointwise_of_a_dsconv_stays_1x1_under_any_default_of_conv() -> None:
    net = with_defaults(
        "conv: {kernel: 5, stride: 2, padding: 3, dilation: 2, groups: 2, bias: false}", "[{dsconv: 4}]"
    )
    assert [node.counts.weights for node in net.nodes] == [9 * 8, 8 * 4]
    # The window takes padding and dilation: 16 + 6 - 2*2 - 1 + 1; the stride is dsconv's own.
    assert [node.output for node in net.nodes] == [(8, 18, 18), (4, 18, 18)]


def test_defaults_give_any_field_but_the_main_one() -> None:
    refused(f"defaults: {{dwconv: {{kernel: 3}}}}\n{body('[relu]')}", "1:21 has no default")
    refused(f"defaults: {{conv: {{when: true}}}}\n{body('[relu]')}", "1:19 'when' is no field of conv")
    refused(f"defaults: {{unknown: {{stride: 2}}}}\n{body('[relu]')}", "1:12 unknown type 'unknown'")


# -- 4 blocks -------------------------------------------------------------------------------------

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
    refused(head + "layers: [{u: 2, m: 1}]\n", "3:14 u takes no value behind its colon")
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
    refused(text, "4:31 'a' is a tensor: an argument is a value")


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


# -- 5 residual -----------------------------------------------------------------------------------


def test_the_identity_where_the_body_keeps_its_shape() -> None:
    net = of("- residual: [{conv: 4, kernel: 3}, {conv: 8, kernel: 3}]")
    assert sources(net)["residual1/add"] == ["residual1/conv2", "input"]
    assert net.nodes[-1].output == (8, 16, 16)


@pytest.mark.parametrize("shortcut", ["none", "{conv: 8, kernel: 1}"])
def test_the_identity_wins_over_a_shortcut(shortcut: str) -> None:
    net = of(f"- residual: [{{conv: 8, kernel: 3}}]\n  shortcut: {shortcut}")
    assert types(net) == ["conv", "add"]


RESIDUALS = [
    ("{conv: 9, kernel: 3}", "none", ["conv"]),
    ("{conv: 8, kernel: 3, stride: 2}", "none", ["conv"]),
    ("{conv: 9, kernel: 3}", "{conv: 9, kernel: 1}", ["conv", "conv", "add"]),
    ("{conv: 9, kernel: 3, stride: 2}", "[{avgpool: 2}, {conv: 9, kernel: 1}]", ["conv", "avgpool", "conv", "add"]),
    # strides somewhere, though the shape comes out the same
    ("[{conv: 8, kernel: 3, stride: 2}, {upsample: 2}]", "none", ["conv", "upsample"]),
    ("[{maxpool: 2}, {upsample: 2}]", "{conv: 8, kernel: 1}", ["maxpool", "upsample", "conv", "add"]),
    ("[{residual: [{maxpool: 2}, {upsample: 2}], shortcut: none}]", "none", ["maxpool", "upsample"]),
]


@pytest.mark.parametrize(("inner", "shortcut", "expected"), RESIDUALS, ids=[f"{b} {s}" for b, s, _ in RESIDUALS])
def test_the_shortcut_elsewhere(inner: str, shortcut: str, expected: list[str]) -> None:
    assert types(of(f"- residual: {inner}\n  shortcut: {shortcut}")) == expected


def test_a_stride_on_one_position_is_a_stride() -> None:
    assert types(of("- {residual: {conv: 8, kernel: 3, stride: 2}, shortcut: none}", "8, 1, 1")) == ["conv"]


@pytest.mark.parametrize(
    ("inner", "message"),
    [
        ("{conv: 9, kernel: 3}", "turns 8x16x16 into 9x16x16"),
        ("{conv: 8, kernel: 3, stride: 2}", "turns 8x16x16 into 8x8x8"),
        ("[{maxpool: 2}, {upsample: 2}]", "strides, though it keeps 8x16x16"),
    ],
)
def test_nothing_is_projected_in_silence(inner: str, message: str) -> None:
    refused(body(f"- residual: {inner}"), f"3:5 residual: the body {message}")


def test_a_shortcut_of_another_shape_is_an_error() -> None:
    found = problems(body("- residual: {conv: 9, kernel: 3}\n  shortcut: {conv: 7, kernel: 1}"))
    assert len(found) == 1
    assert "received 9x16x16, 7x16x16" in found[0]


def test_names_of_a_residual() -> None:
    net = network(
        """
        input: [8, 16, 16]
        blocks: {unit: {layers: [{residual: [{conv: 8, kernel: 3, norm: batch}]}, relu]}}
        layers: [{unit, repeat: 2}]
        """
    )
    assert [n.name for n in net.nodes] == [
        f"unit1[{i}]/{part}" for i in (1, 2) for part in ("residual1/conv1", "residual1/conv1.norm", "residual1/add", "relu1")
    ]  # fmt: skip


# -- 6 values and names ---------------------------------------------------------------------------


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
    ("hyperparameters: {a: 1}\nlet: {a: 2}", "2:7 'a' cannot be a name: the name is taken in line 1"),
    ("let: {a: 2}\nblocks: {u: {arguments: {a: 1}, layers: [relu]}}", "2:26 no name hides another"),
    ("blocks: {u: {arguments: {b: 1}, let: {b: 2}, layers: [relu]}}", "1:39 no name hides another"),
    ("blocks: {u: {arguments: {name: 1}, layers: [relu]}}", "1:26 'name' cannot be an argument"),
    ("blocks: {u: {arguments: {conv: 1}, layers: [relu]}}", "1:26 'conv' cannot be an argument"),
    ("blocks: {conv: {layers: [relu]}}", "1:10 a block cannot be called 'conv': it is a built-in type"),
    ("blocks: {stride: {layers: [relu]}}", "1:10 a block cannot be called 'stride': it is a field"),
    ("blocks: {when: {layers: [relu]}}", "1:10 a block cannot be called 'when': it is a key"),
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
    refused(f"let: {{a: in_channels}}\n{body('[relu]')}", "1:10 in_channels does not exist here")


def test_tensor_names_are_a_space_of_their_own() -> None:
    net = network(
        "{hyperparameters: {a: 4}, input: [8, 4, 4], layers: [{conv: a, kernel: 1, name: a}, {add: [a, relu]}]}"
    )
    assert sources(net)["add1"] == ["a", "add1/relu1"]


SCOPES = [
    ("[{relu, from: b}, {relu, name: b}]", "3:17 'b' is not made before this item (see line 3): only earlier names"),
    ("[{relu, from: b}]", "3:17 no item is called 'b'"),
    ("[{relu, name: b}, {relu, name: b}]", "3:34 the name 'b' is given twice here"),
    ("[{relu, name: conv}]", "3:17 'conv' is a type and cannot be the name of an item"),
    ("[{relu, name: input}]", "3:17 'input' is reserved"),
    ("[{relu, name: previous}]", "3:17 'previous' is reserved"),
    ("[{relu, name: b, when: false}, {relu, from: b}]", "3:47 'b' was left out here"),
    ("[{relu, name: b, repeat: 0}, {add: [b, relu]}]", "3:39 'b' was left out here"),
    ("[{relu, from: previous}]", "3:17 'previous' stands only as a branch"),
    ("[relu, {relu, from: relu1}]", "3:23 no item is called 'relu1'"),
    ("[{add: [all input, relu]}]", "3:11 all input: input is one tensor"),
    ("[{relu, name: 1b}]", "3:17 received '1b', expected a name"),
    ("[{relu, name: b c}]", "3:17 received 'b c', expected a name"),
]


@pytest.mark.parametrize(("layers", "expected"), SCOPES, ids=[layers for layers, _ in SCOPES])
def test_names_of_tensors(layers: str, expected: str) -> None:
    refused(body(layers), expected)


def test_names_inside_a_block_are_not_visible_outside_nor_the_other_way() -> None:
    head = "input: [8, 4, 4]\nblocks: {u: {layers: [{relu, name: inner}]}}\n"
    refused(head + "layers: [u, {relu, from: inner}]\n", "3:26 no item is called 'inner'")
    text = "input: [8, 4, 4]\nblocks: {u: {layers: [{relu, from: outer}]}}\nlayers: [{relu, name: outer}, u]\n"
    refused(text, "2:36 no item is called 'outer'")


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
    refused(body("[{relu, name: tanh2}, tanh, tanh]"), "3:31 is called 'tanh2' too")


def test_an_output_nothing_uses_is_an_error() -> None:
    refused(
        body("- {conv: 4, kernel: 1, name: p3}\n- {conv: 4, kernel: 1, from: input}"),
        "3:5 nothing uses p3: join it, name it in outputs",
    )


def test_a_part_of_a_split_nothing_uses_is_an_error() -> None:
    found = problems(body("- {concat: [{relu, from: input}, previous], split: 2}"))
    assert len(found) == 1
    assert "nothing uses concat1/split[1]" in found[0]


# -- the whole ------------------------------------------------------------------------------------


def test_types_are_layers_and_composites() -> None:
    assert set(TYPES) == set(LAYERS) | set(COMPOSITES)
    assert set(COMPOSITES) == {"dsconv", "inverted_residual", "squeeze_excite", "residual", "sequential"}


def test_words_are_those_of_the_fields() -> None:
    assert {"same", "valid", "none", "batch", "layer", "relu", "nearest", "bilinear", "auto"} <= WORDS
    assert not WORDS & set(COMMON_KEYS)
