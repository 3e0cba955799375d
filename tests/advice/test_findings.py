"""What else is said of a network: what each rule finds, what it passes over, and that remedies save what they promise."""

from collections import Counter

import pytest

from dsconv_cost import load
from dsconv_cost.advice.findings import FINDING_RULES, Finding, findings_of
from dsconv_cost.memory.measure import Memory
from dsconv_cost.network.build import elaborate
from dsconv_cost.network.graph import Network
from tests.networks import macs, network, of, params

KNOWN = (
    "mobilenet", "mobilenet_v2", "mobilenet_v3_large", "mobilenet_v3_small", "mobilenet_v4:conv_small", "mnasnet:b1",
    "shufflenet_v1:1.0x_g3", "shufflenet_v2:1.0x", "ghostnet:1.0x", "efficientnet:b0", "efficientnet_lite:lite0", "mixnet:s",
    "regnet:y_400mf", "squeezenet:1.1", "resnet:18", "resnet:50", "densenet:121", "googlenet:paper", "inception_v3", "vgg:16",
    "convnext:tiny", "ds_cnn:mlperf_tiny",
)  # fmt: skip


def found(net: Network, rule: str | None = None) -> list[Finding]:
    return [one for one in findings_of(net, Memory(net)) if rule in (None, one.rule)]


def test_no_rule_speaks_about_most_good_networks() -> None:
    assert len(KNOWN) == 22
    spoken = Counter(rule for name in KNOWN for rule in {one.rule for one in found(elaborate(load(name)))})
    assert set(spoken) <= set(FINDING_RULES)
    assert all(count <= len(KNOWN) / 2 for count in spoken.values()), spoken
    silent = [name for name in KNOWN if not found(elaborate(load(name)))]
    assert {"mobilenet", "resnet:18", "resnet:50", "densenet:121", "inception_v3", "convnext:tiny"} <= set(silent)


def test_every_finding_has_a_place_a_figure_and_a_source() -> None:
    for name in KNOWN:
        net = elaborate(load(name))
        names = {place.name for node in net.nodes for place in node.place.chain()}
        for one in found(net):
            assert one.layer in names
            assert one.line > 0
            assert one.figure > 0
            assert one.words
            assert one.remedy
            assert one.source


# -- a bias before a norm ---------------------------------------------------------------------------

BIASED = """
- {conv: 8, kernel: 3, bias: true, norm: batch, repeat: 2}
- {conv: 16, kernel: 1, bias: true}
- batchnorm
- {dwconv: 3, bias: true, norm: batch}
"""


def test_biases_that_a_norm_takes_out() -> None:
    net = of(BIASED)
    told = found(net, "bias before a norm")
    assert [(one.layer, one.figure, one.saves) for one in told] == [
        ("conv1[1]", 16, 16),
        ("conv2", 16, 16),
        ("dwconv1", 16, 16),
    ]
    assert params(net) - params(of(BIASED.replace("bias: true", "bias: false"))) == sum(one.saves or 0 for one in told)


@pytest.mark.parametrize(
    "items",
    [
        "- {conv: 8, kernel: 3, norm: batch}",
        "- {conv: 8, kernel: 3, bias: true}\n- relu\n- batchnorm",
        "- {conv: 8, kernel: 3, bias: true, norm: layer}",
        "- {conv: 32, kernel: 3, bias: true, norm: group}",
        "- {conv: 8, kernel: 3, bias: true, name: a}\n- batchnorm\n- add: [previous, a]",
    ],
    ids=["none", "an activation between", "layer norm", "group norm", "another reader"],
)
def test_biases_that_mean_something(items: str) -> None:
    assert found(of(items), "bias before a norm") == []


# -- rows that no window reads ----------------------------------------------------------------------


def test_a_border_that_no_window_reads() -> None:
    # Windows of 3 every 2 reach 15 of 16 rows and columns: of 256 positions 31 are never read, 8 * 8 MACs in each.
    items = "- {conv: 8, kernel: 1, activation: relu}\n- {conv: 4, kernel: 3, stride: 2, padding: valid}"
    (one,) = found(of(items), "unread border")
    assert (one.layer, one.figure, one.saves) == ("conv2", 8 * 31, 64 * 31)
    filled = of(items, "8, 15, 15")
    assert found(filled, "unread border") == []
    assert macs(of(items)) - macs(filled) == 64 * 31


READ = {
    "same": "- {maxpool: 3, stride: 2, padding: same}",
    "padded": "- {maxpool: 3, stride: 2, padding: 1}",
    "gaps between windows": "- {conv: 8, kernel: 1, stride: 3, padding: 0}",
    "all of it": "- {avgpool: 2}",
    "another reader": "- add: [{maxpool: 3, stride: 2, ceil_mode: true}, {conv: 8, kernel: 3, stride: 2}]",
    "a reader without windows": "- concat: [[{maxpool: 3, stride: 2}, global_avgpool], [global_avgpool]]",
}


@pytest.mark.parametrize("items", READ.values(), ids=READ)
def test_borders_that_are_read(items: str) -> None:
    assert found(of(f"- {{conv: 8, kernel: 3}}\n{items}"), "unread border") == []


# -- a dominating layer -----------------------------------------------------------------------------


def test_the_first_linear_layer_of_vgg() -> None:
    (one,) = found(elaborate(load("vgg:16")), "dominating layer")
    # 512 x 7 x 7 to 4096, and one position in place of 49
    assert (one.layer, one.figure) == ("linear1", 512 * 49 * 4096 + 4096)
    assert one.saves == 512 * 48 * 4096
    assert one.remedy == "global_avgpool in place of flatten"


def test_a_head_without_positions_tells_what_a_channel_costs() -> None:
    (one,) = found(elaborate(load("mobilenet_v2")), "dominating layer")
    assert (one.layer, one.figure, one.saves) == ("linear1", 1280 * 1000 + 1000, None)
    assert one.remedy == "fewer channels before it: 1,000 weights for each of 1,280"


def test_in_a_small_network_some_layer_is_always_large() -> None:
    assert found(of("- {conv: 8, kernel: 3}\n- {conv: 64, kernel: 3}"), "dominating layer") == []


# -- a memory spike ---------------------------------------------------------------------------------


def test_the_second_block_of_mobilenet_v2() -> None:
    # Lin et al. 2021, arXiv:2110.15352: 1372 without patches and 172 with them, both in KiB.
    (one,) = found(elaborate(load("mobilenet_v2")), "memory spike")
    assert (one.layer, one.line, one.figure) == ("inverted_residual2[1]", 17, 96 * 112 * 112 + 96 * 56 * 56)
    assert one.saves == 1372 * 1024 - 176_400
    assert "by tinyengine 176,400 bytes in place of 1,404,928, +9.3% MACs" in one.remedy


def test_a_block_that_holds_most_of_the_network_is_looked_into() -> None:
    sizes = (
        "{conv: 32, kernel: 3}",
        "{conv: 96, kernel: 3, stride: 2}",
        "{conv: 8, kernel: 3}",
        "{conv: 8, kernel: 1}",
    )
    whole = f"blocks: {{whole: {{layers: [{', '.join(sizes)}]}}}}"
    (one,) = found(network(f"input: [3, 64, 64]\n{whole}\nlayers: [whole]"), "memory spike")
    assert one.layer == "whole1/conv2"
    assert one.figure == 32 * 64 * 64 + 96 * 32 * 32
