"""The types, their fields, defaults and sizes."""

import pytest

from dsconv_cost.language.vocabulary import COMMON_KEYS, TYPES, WORDS
from dsconv_cost.layers import LAYERS
from dsconv_cost.layers.composites import COMPOSITES
from dsconv_cost.layers.fields import REQUIRED
from dsconv_cost.layers.pooling import Pool
from tests.networks import body, lines, macs, network, of, params, problems, refused, sources, types

# The language's table of types: main field and defaults. `derived` is worked out from what else is known.
TABLE = {
    "conv": "out_channels; kernel, stride=1, padding=same, dilation=1, groups=1, bias=derived, norm=none, activation=none, "
    "convert=auto, separable=false",
    "dwconv": "kernel; stride=1, padding=same, dilation=1, depth_multiplier=1, bias=derived, norm=none, activation=none, "
    "convert=auto",
    "conv_transpose": "out_channels; kernel, stride=1, padding=same, output_padding=0, dilation=1, groups=1, bias=derived, "
    "norm=none, activation=none",
    "linear": "out_features; bias=derived, norm=none, activation=none",
    "conv_at": "branches; out_channels, kernel, stride=1, padding=same, dilation=1, groups=1, offset_groups=1, bias=derived, "
    "norm=none, activation=none",
    "deform_conv": "out_channels; kernel, stride=1, padding=same, dilation=1, groups=1, offset_groups=1, modulated=true, "
    "bias=derived, norm=none, activation=none",
    "gru": "units; layers=1, directions=1, biases=2, returns=sequence",
    "lstm": "units; layers=1, directions=1, projection=none, peepholes=false, biases=2, returns=sequence",
    "rnn": "units; layers=1, directions=1, biases=2, returns=sequence, nonlinearity=tanh",
    "embedding": "features; vocabulary",
    "maxpool": "kernel; stride=derived, padding=0, ceil_mode=false",
    "avgpool": "kernel; stride=derived, padding=0, ceil_mode=false, count_padding=true",
    "adaptive_avgpool": "size; ",
    "groupnorm": "groups; scale=true, shift=true",
    "lrn": "size; ",
    "channel_shuffle": "groups; ",
    "slice": "channels; height=everything, width=everything, length=everything, time=everything",
    "pad": "sides; channels=0",
    "reshape": "size; ",
    "permute": "order; ",
    "blur_pool": "kernel; stride=2, padding=same",
    "reduce": "how; over=every side",
    "upsample": "factor; mode=nearest",
    "resize": "size; mode=bilinear",
    "crop": "size; ",
    "add": "branches; split=derived",
    "concat": "branches; split=derived, along=channels",
    "multiply": "branches; split=derived",
    **dict.fromkeys(("subtract", "divide", "maximum", "minimum"), "branches; split=derived"),
    "dropout": "rate; ",
    "attention": (
        "branches; heads=1, kv_heads=derived, window=none, grid=none, shift=0, over=positions, linear=false, divisor=false, "
        "position_bias=0, temperature=0, split=derived"
    ),
    "correlate": "branches; split=derived, depthwise=false",
    "matmul": "branches; split=derived, transposed=neither",
    "transformer": (
        "heads; mlp=4, activation=gelu, head_channels=derived, qkv_bias=true, reduction=1, layer_scale=false, post_norm=false, "
        "kv_heads=derived, window=none, grid=none, shift=0, position_bias=0"
    ),
    "parameter": "size; learned=true",
    "expand": "size; ",
    "glu": "gate; ",
    "space_to_depth": "factor; ",
    "depth_to_space": "factor; ",
    "residual": "body; shortcut=derived, project=on_change",
    "sequential": "body; ",
    "dsconv": "out_channels; kernel=3, stride=derived, padding=derived, dilation=derived, depth_multiplier=derived, bias=derived, "
    "dw_bias=derived, norm=derived, activation=derived",
    "inverted_residual": "out_channels; expand=6, kernel=3, stride=derived, padding=derived, dilation=derived, "
    "depth_multiplier=derived, bias=derived, squeeze=none, gate=derived, norm=derived, activation=derived",
    "squeeze_excite": "squeeze_channels; activation=relu, gate=sigmoid, bias=derived",
}


@pytest.mark.parametrize("name", TABLE)
def test_main_field_fields_and_defaults(name: str) -> None:
    type_ = TYPES[name]
    assert type_.main is not None
    fields = [f.name if f.default is REQUIRED else f"{f.name}={f.default_text}" for f in type_.fields]
    assert f"{type_.main.name}; {', '.join(fields)}" == TABLE[name]


def test_all_other_types_have_no_field() -> None:
    others = [name for name in TYPES if name not in TABLE]
    # 20 activations, 11 functions, 5 norms, 1 scale, 2 global pools, flatten, identity
    assert len(others) == 20 + 11 + 5 + 1 + 2 + 2
    norms = ("batchnorm", "layernorm", "instancenorm", "rmsnorm", "grn")
    optional = {
        **{norm: ["scale", "shift"] for norm in norms},
        "channel_scale": ["shift", "shared"],
        "prelu": ["slopes"],
    }
    assert {name: [f.name for f in TYPES[name].all_fields()] for name in others if TYPES[name].all_fields()} == optional


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
    ("linear: 4, norm: batch", False),
]


@pytest.mark.parametrize(("item", "bias"), BIASES, ids=[item for item, _ in BIASES])
def test_bias_is_there_exactly_when_no_norm_follows_unless_given(item: str, bias: bool) -> None:
    node = of(f"[{{{item}}}]", "8, 1, 1").nodes[0]
    assert node.counts.biases == (node.output.channels if bias else 0)


def test_pooling_strides_by_its_kernel_unless_given() -> None:
    layers = [node.layer for node in of("[{maxpool: [1, 2]}, {avgpool: 2, stride: 1}]").nodes]
    assert [layer.stride for layer in layers if isinstance(layer, Pool)] == [(1, 2), 1]


def test_linear_is_the_same_at_every_position() -> None:
    assert lines(of("[flatten, {linear: 5}]", "2, 3, 4")) == ["flatten1 24x1x1", "linear1 5x1x1"]
    net = of("[{linear: 5}]", "2, 3, 4")
    assert lines(net) == ["linear1 5x3x4"]
    assert (params(net), net.nodes[0].counts.macs) == (2 * 5 + 5, 3 * 4 * 2 * 5)


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


def test_types_are_layers_and_composites() -> None:
    assert set(TYPES) == set(LAYERS) | set(COMPOSITES)
    assert set(COMPOSITES) == {
        "dsconv",
        "inverted_residual",
        "squeeze_excite",
        "deform_conv",
        "residual",
        "sequential",
        "transformer",
    }


def test_words_are_those_of_the_fields() -> None:
    assert {"same", "valid", "none", "batch", "layer", "relu", "nearest", "bilinear", "auto"} <= WORDS
    assert not WORDS & set(COMMON_KEYS)
