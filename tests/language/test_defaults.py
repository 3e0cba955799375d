"""The section defaults."""

import pytest

from dsconv_cost.layers.convolution import Conv, DepthwiseConv
from dsconv_cost.layers.norm import GroupNorm
from dsconv_cost.network.graph import Network
from tests.networks import body, network, refused, types


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


NORMS = {
    "batch norms of convolutions": ("batchnorm: {scale: false}", "[{conv: 4, kernel: 1, norm: batch}]", 4),
    "inside composites": ("batchnorm: {scale: false}", "[{dsconv: 4}]", 8 + 4),
    "items too": ("batchnorm: {shift: false}", "[batchnorm]", 8),
    "the item wins": ("batchnorm: {scale: false}", "[{batchnorm, scale: true}]", 2 * 8),
    "layer norms": ("layernorm: {scale: false, shift: false}", "[{conv: 4, kernel: 1, norm: layer}]", 0),
    "no other type": ("layernorm: {scale: false}", "[{conv: 4, kernel: 1, norm: batch}]", 2 * 4),
    "an expression": ("batchnorm: {scale: 1 > 2}", "[{conv: 4, kernel: 1, norm: batch}]", 4),
}


@pytest.mark.parametrize(("defaults", "layers", "learned"), NORMS.values(), ids=NORMS)
def test_defaults_of_norms_reach_the_field_norm(defaults: str, layers: str, learned: int) -> None:
    """8 channels arrive; a scale or a shift is one param a channel."""
    conv = ", conv: {norm: batch}" if "dsconv" in layers else ""
    assert sum(node.counts.norm for node in with_defaults(defaults + conv, layers).nodes) == learned


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("in_channels > 4", "batchnorm scale: a default of batchnorm holds after all convolutions, whatever arrives"),
        ("s", "batchnorm scale: received 3, expected true or false"),
    ],
)
def test_defaults_of_norms_that_are_refused(value: str, message: str) -> None:
    text = f"hyperparameters: {{s: 3}}\ndefaults: {{batchnorm: {{scale: {value}}}}}\n"
    refused(text + body("[{conv: 4, kernel: 1, norm: batch}]"), f"2:31 {message}")


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
    assert found == strides


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
    ("conv: {norm: batch, activation: silu}", "{squeeze_excite: 4}",
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


REACHED: list[tuple[str, str, list[int]]] = [
    # defaults -> the weights and biases of each layer of a composite on 8 channels that has any, as sums
    ("dwconv: {depth_multiplier: 2}", "{dsconv: 4}", [9 * 16 + 16, 16 * 4 + 4]),
    ("dwconv: {depth_multiplier: 2}", "{dsconv: 4, depth_multiplier: 3}", [9 * 24 + 24, 24 * 4 + 4]),
    ("dwconv: {depth_multiplier: 2}", "{inverted_residual: 4, expand: 2}", [8 * 16 + 16, 9 * 32 + 32, 32 * 4 + 4]),
    ("conv: {groups: 2}", "{dsconv: 4}", [9 * 8 + 8, 4 * 4 + 4]),
    ("conv: {groups: 2}", "{inverted_residual: 4, expand: 2}", [4 * 16 + 16, 9 * 16 + 16, 8 * 4 + 4]),
    ("conv: {bias: false}", "{dsconv: 4}", [9 * 8, 8 * 4]),
    ("dwconv: {bias: false}", "{dsconv: 4}", [9 * 8, 8 * 4 + 4]),
    ("conv: {bias: false}", "{dsconv: 4, bias: true}", [9 * 8 + 8, 8 * 4 + 4]),
    ("dsconv: {dw_bias: false}", "{dsconv: 4}", [9 * 8, 8 * 4 + 4]),
    ("dsconv: {bias: false}", "{dsconv: 4, dw_bias: true}", [9 * 8 + 8, 8 * 4]),
    ("inverted_residual: {bias: false}", "{inverted_residual: 4, expand: 1}", [9 * 8, 8 * 4]),
    ("squeeze_excite: {bias: false}", "{squeeze_excite: 2}", [8 * 2, 2 * 8]),
    ("conv: {bias: false}", "{squeeze_excite: 2, bias: true}", [8 * 2 + 2, 2 * 8 + 8]),
    ("conv: {bias: false}, squeeze_excite: {bias: false}", "{inverted_residual: 4, expand: 1, squeeze: 2}",
     [9 * 8, 8 * 2, 2 * 8, 8 * 4]),
    ("conv: {bias: true}", "{squeeze_excite: 2}", [8 * 2 + 2, 2 * 8 + 8]),
]  # fmt: skip


@pytest.mark.parametrize(("defaults", "item", "expected"), REACHED, ids=[f"{d} {i}" for d, i, _ in REACHED])
def test_defaults_reach_the_convolutions_inside_composites(defaults: str, item: str, expected: list[int]) -> None:
    net = with_defaults(defaults, f"[{item}]")
    assert [node.counts.params for node in net.nodes if node.counts.params] == expected


def test_the_window_of_a_dsconv_takes_stride_padding_and_dilation_and_its_pointwise_stays_1x1() -> None:
    net = with_defaults(
        "conv: {kernel: 5, stride: 2, padding: 3, dilation: 2, groups: 2, bias: false}", "[{dsconv: 4}]"
    )
    assert [node.counts.weights for node in net.nodes] == [9 * 8, 4 * 4]
    # floor((16 + 6 - 2*2 - 1) / 2) + 1
    assert [node.output for node in net.nodes] == [(8, 9, 9), (4, 9, 9)]


def test_a_default_that_a_gate_would_lose_is_refused_by_name() -> None:
    refused(
        f"defaults: {{conv: {{bias: false}}}}\n{body('[{squeeze_excite: 2}]')}",
        "4:4 squeeze_excite: defaults.conv.bias is false, and the convolutions of squeeze_excite have a bias: write bias",
    )
    refused(
        f"defaults: {{conv: {{groups: 2}}}}\n{body('[{inverted_residual: 4, squeeze: 2}]')}",
        "4:4 inverted_residual: defaults.conv.groups is 2, and the convolutions of squeeze_excite have one group",
    )


def test_defaults_give_any_field_but_the_main_one() -> None:
    refused(f"defaults: {{dwconv: {{kernel: 3}}}}\n{body('[relu]')}", "1:21 has no default")
    refused(f"defaults: {{conv: {{when: true}}}}\n{body('[relu]')}", "1:19 'when' is not a field of conv")
    refused(f"defaults: {{unknown: {{stride: 2}}}}\n{body('[relu]')}", "1:12 unknown type 'unknown'")


def test_groups_of_a_group_norm_by_default() -> None:
    text = "input: [3, 8, 8]\n{}layers: [{{conv: 64, kernel: 1, norm: group}}, groupnorm, {{groupnorm: 2}}]\n"
    layers = [node.layer for node in network(text.format("")).nodes if isinstance(node.layer, GroupNorm)]
    assert [layer.groups for layer in layers] == [32, 32, 2]
    given = network(text.format("defaults: {groupnorm: {groups: 8}}\n"))
    assert [node.layer.groups for node in given.nodes if isinstance(node.layer, GroupNorm)] == [8, 8, 2]
