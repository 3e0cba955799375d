"""The deployed network: which branches merge into one convolution, what that costs, and why others stay."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsconv_cost import analyze, load
from dsconv_cost.costs.conventions import MACS
from dsconv_cost.layers.convolution import Conv
from dsconv_cost.layers.shapes import Shape, pads_of, sides_of
from dsconv_cost.network.transforms.deploy import deployed, merge_branches
from tests.command import run
from tests.networks import architecture, body, costs, lines, macs, network, of, params

FIELD_CASES = Path(__file__).parents[1] / "facts" / "field_cases"

REPVGG_A0 = """
input: [3, 224, 224]
defaults: {conv: {norm: batch, bias: false}}
blocks:
  rep:
    arguments: {c: required, s: 1}
    layers:
      - add:
          - {conv: c, kernel: 3, stride: s, padding: 1}
          - {conv: c, kernel: 1, stride: s, padding: 0}
          - {batchnorm, when: s == 1 and in_channels == c}
      - relu
layers:
  - {rep: 48, s: 2}
  - {rep: 48, repeat: 2, first: {s: 2}}
  - {rep: 96, repeat: 4, first: {s: 2}}
  - {rep: 192, repeat: 14, first: {s: 2}}
  - {rep: 1280, s: 2}
  - global_avgpool
  - {linear: 1000}
"""
"""Ding et al. 2021, arXiv:2101.03697, Table 2 with the widths of A0."""


def test_mobileone_s0_deployed() -> None:
    """Vasu et al. 2022, arXiv:2206.04040, Table 9 prints 2.1 M and 275 M for S0."""
    file = FIELD_CASES / "mobileone_folded.yaml"
    trained = analyze(load(file))
    merged = analyze(load(file), convention="deployed")
    assert trained.total.macs == 1_100_706_304  # of the file as it is trained
    assert merged.total.params == 2_078_504
    assert merged.total.macs == 275_110_400
    assert merged.total == analyze(load(file, deploy=True), convention="deployed").total


def test_repvgg_a0_deployed() -> None:
    """Ding et al. 2021, Table 4: 8.30 M parameters and 1.4 B multiplications for A0."""
    merged = costs(REPVGG_A0)
    assert (merged.total.params, merged.total.macs) == (9_108_968, 1_512_581_120)
    net = deployed(merged.network)
    assert (params(net), macs(net)) == (8_309_384, 1_361_451_008)
    assert {node.layer.type for node in net.nodes} == {"conv", "relu", "global_avgpool", "linear"}


CASES: dict[str, tuple[str, list[str]]] = {
    # branches on an 8 x 16 x 16 input -> the layers of the deployed network, with their outputs
    "k x k, 1 x 1 and a norm": (
        "- add: [{conv: 8, kernel: 3, norm: batch}, {conv: 8, kernel: 1, norm: batch}, batchnorm]",
        ["add1/conv1 8x16x16"],
    ),
    "copies side by side": ("- add: [{conv: 8, kernel: 3, norm: batch, copies: 4}]", ["add1/conv1[1] 8x16x16"]),
    "strided alike": (
        "- add: [{conv: 4, kernel: 3, stride: 2, padding: 1}, {conv: 4, kernel: 1, stride: 2, padding: 0}]",
        ["add1/conv1 4x8x8"],
    ),
    "depthwise, with a plain skip": ("- add: [{dwconv: 3}, {dwconv: 1}, previous]", ["add1/dwconv1 8x16x16"]),
    "a norm after the addition folds too": (
        "- add: [{dwconv: 7, bias: false}, {dwconv: 3, bias: false}]\n- batchnorm",
        ["add1/dwconv1 8x16x16"],
    ),
    "grouped beside depthwise": (
        "- add: [{conv: 8, kernel: 3, groups: 4}, {dwconv: 3}]",
        ["add1/conv1 8x16x16"],
    ),
    "an addition in an addition": (
        "- add:\n    - add: [{conv: 8, kernel: 3}, {conv: 8, kernel: 1}]\n    - batchnorm",
        ["add1/add2/conv1 8x16x16"],
    ),
    "other branches stay": (
        "- {conv: 8, kernel: 1, name: a}\n- relu\n- add: [{conv: 8, kernel: 3}, {conv: 8, kernel: 1}, a]",
        ["a 8x16x16", "relu1 8x16x16", "add1/conv2 8x16x16", "add1 8x16x16"],
    ),
    "dilated inside what is not": (
        "- add: [{dwconv: 5}, {dwconv: 3, dilation: 2}]",
        ["add1/dwconv1 8x16x16"],
    ),
    "1 x 3 and 3 x 1 inside 3 x 3": (
        "- add: [{conv: 8, kernel: [1, 3]}, {conv: 8, kernel: [3, 1]}, {conv: 8, kernel: 3}]",
        ["add1/conv3 8x16x16"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_branches_merge(case: str) -> None:
    layers, expected = CASES[case]
    net = deployed(of(layers))
    assert lines(net) == expected


UNMERGED: dict[str, tuple[str, str]] = {
    "a skip around one convolution": ("- add: [{conv: 8, kernel: 3}, previous]", "a plain skip around one convolution"),
    "several strides": (
        "- add: [{conv: 4, kernel: 16, stride: 16, padding: 0}, {conv: 4, kernel: 16, padding: 0}]",
        "branches of several strides",
    ),
    "no window covers the others": (
        "- add: [{conv: 8, kernel: [1, 3]}, {conv: 8, kernel: [3, 1]}]",
        "no branch's window covers those of the others",
    ),
    "windows side by side": (
        "- add: [{conv: 8, kernel: 3, padding: [0, 2, 1, 1]}, {conv: 8, kernel: 3, padding: [2, 0, 1, 1]}]",
        "no branch's window covers those of the others",
    ),
    "between the steps of a dilated one": (
        "- add: [{conv: 8, kernel: 3, dilation: 3}, {conv: 8, kernel: 3}]",
        "no branch's window covers those of the others",
    ),
    "depthwise beside dense": (
        "- add: [{dwconv: 3}, {conv: 8, kernel: 1}]",
        "one convolution would cost more than its branches",
    ),
}


@pytest.mark.parametrize("case", UNMERGED)
def test_branches_that_do_not_merge_say_why(case: str) -> None:
    layers, reason = UNMERGED[case]
    net = of(layers)
    branches = merge_branches(net)
    assert branches.network is net
    assert [(join, why) for join, why in branches.unmerged] == [("add1", reason)]


NOT_LINEAR = {
    "an activation in a branch": "- add: [{conv: 8, kernel: 3, activation: relu}, {conv: 8, kernel: 1, activation: relu}]",
    "a residual of two convolutions": "- residual: [{conv: 8, kernel: 3}, {conv: 8, kernel: 3}]",
    "a branch that something else takes": ("- {conv: 8, kernel: 3, name: a}\n- relu\n- add: [a, previous]"),
    "a concatenation": "- concat: [{conv: 8, kernel: 3}, {conv: 8, kernel: 1}]",
    "only norms": "- add: [batchnorm, batchnorm]",
}


@pytest.mark.parametrize("case", NOT_LINEAR)
def test_what_is_not_linear_is_not_listed(case: str) -> None:
    net = of(NOT_LINEAR[case])
    branches = merge_branches(net)
    assert branches.network is net
    assert branches.unmerged == []


def test_the_bias_comes_from_any_branch() -> None:
    plain = of("- add: [{conv: 8, kernel: 3, bias: false}, {conv: 8, kernel: 1, bias: false}]")
    assert params(deployed(plain)) == 3 * 3 * 8 * 8
    shifted = of("- add: [{conv: 8, kernel: 3, bias: false}, {conv: 8, kernel: 1, bias: true}]")
    assert params(deployed(shifted)) == 3 * 3 * 8 * 8 + 8
    normed = of("- add: [{conv: 8, kernel: 3, bias: false}, {conv: 8, kernel: 1, bias: false}, batchnorm]")
    assert params(deployed(normed)) == 3 * 3 * 8 * 8 + 8


def test_branches_of_several_groups_have_those_that_both_respect() -> None:
    net = of("- add: [{conv: 8, kernel: 1, groups: 4}, {conv: 8, kernel: 1, groups: 2, bias: false}]")
    made = merge_branches(net).network
    assert [node.name for node in made.nodes] == ["add1/conv1"]
    assert made.nodes[0].layer.settings([net.input])["groups"] == 2
    # Two groups of 4 -> 4 channels, and a bias, from 4 groups of 2 -> 2 with a bias and two groups of 4 -> 4.
    assert (params(net), params(made)) == (4 * 2 * 2 + 8 + 2 * 4 * 4, 2 * 4 * 4 + 8)


def test_a_branch_that_is_an_output_stays() -> None:
    text = body("- add: [{conv: 8, kernel: 3, name: a}, {conv: 8, kernel: 1}]\n- {conv: 8, kernel: 1, name: b}")
    assert len(deployed(network(text)).nodes) == 2
    assert [node.layer.type for node in deployed(network(f"{text}outputs: [a, b]\n")).nodes] == [
        "conv",
        "conv",
        "add",
        "conv",
    ]


PAIR = """
- {conv: 16, kernel: 1, activation: relu}
- add: [{dwconv: 3, norm: batch}, {dwconv: 1, norm: batch}]
- relu
- add: [{conv: 32, kernel: 1, norm: batch}, {conv: 32, kernel: 1, norm: batch}]
"""


def test_forms_are_made_of_the_merged_network() -> None:
    """A depthwise convolution and the pointwise one after it are a pair once their branches are merged."""
    found = analyze(architecture(body(PAIR)), convention="deployed")
    assert found.as_written.macs == 16 * 16 * (8 * 16 + 9 * 16 + 16 * 32)
    assert found.standard.macs == 16 * 16 * (8 * 16 + 9 * 16 * 32)
    as_written = 16 * 16 * (8 * 16 + 9 * 16 + 16 + 2 * 16 * 32)
    assert found.as_written.under(MACS).macs == as_written
    unpaired = 16 * 16 * (8 * 16 + 9 * 16 * 16 + 16 + 2 * 16 * 32)  # as written an addition stands between the two
    assert found.standard.under(MACS).macs == unpaired


def test_what_merged_is_told(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(
        body(PAIR + "- relu\n- add: [{dwconv: 3}, {conv: 32, kernel: 1}]\n- relu\n- batchnorm\n")
    )
    result = run("analyze", "net.yaml", "--notes", "--convention", "deployed", cwd=tmp_path)
    assert (
        "deployed     2 additions of linear branches merged; not merged: add3 (one convolution would cost more than its branches); "
        "not folded: batchnorm1 (no convolution or linear layer of its own is before it)" in result.out
    )
    document = json.loads(run("analyze", "net.yaml", "--convention", "deployed", "--format", "json", cwd=tmp_path).out)
    assert document["deployed"] == {
        "merged": [
            {"join": "add1", "into": "add1/dwconv1", "branches": 2},
            {"join": "add2", "into": "add2/conv2", "branches": 2},
        ],
        "unmerged": [{"join": "add3", "reason": "one convolution would cost more than its branches"}],
        "norms_left": ["batchnorm1"],
    }


# -- the geometry, by brute force -----------------------------------------------------------------


def taps(kernel: int, stride: int, pad: int, dilation: int, out: int) -> list[set[int]]:
    """Return the input positions that each output position of one side sees, those in the padding too."""
    return [{o * stride - pad + dilation * i for i in range(kernel)} for o in range(out)]


@st.composite
def windows(draw: st.DrawFn) -> tuple[int, int, int]:
    """Draw a kernel, its dilation and the padding before it; with the rest behind it every output is as large as the input."""
    kernel, dilation = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    return kernel, dilation, draw(st.integers(0, dilation * (kernel - 1)))


@given(st.lists(windows(), min_size=2, max_size=3), st.integers(1, 3))
def test_the_merged_window_sees_what_each_branch_sees(branches: list[tuple[int, int, int]], stride: int) -> None:
    def written(kernel: int, dilation: int, before: int) -> str:
        after = dilation * (kernel - 1) - before
        pads = f"[{before}, {after}, {before}, {after}]"
        return f"{{conv: 2, kernel: {kernel}, stride: {stride}, padding: {pads}, dilation: {dilation}}}"

    result = merge_branches(of(f"- add: [{', '.join(written(*branch) for branch in branches)}]", "2, 7, 7"))
    out = -(-7 // stride)
    seen = [taps(kernel, stride, before, dilation, out) for kernel, dilation, before in branches]
    covering = [mine for mine in seen if all(a <= b for other in seen for a, b in zip(other, mine, strict=True))]
    assert len(result.merged) == bool(covering)
    if covering:
        layer = result.network.nodes[0].layer
        assert isinstance(layer, Conv)
        x = Shape(2, 7, 7)
        assert not isinstance(layer.padding, str)
        kernel, dilation = sides_of(layer.kernel, x, "kernel"), sides_of(layer.dilation, x, "dilation")
        assert taps(kernel[0], stride, pads_of(layer.padding, x)[0][0], dilation[0], out) in covering
