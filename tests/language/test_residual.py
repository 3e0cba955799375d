"""Residuals: the identity, shortcuts, and what is never projected in silence."""

import pytest

from tests.command import run
from tests.networks import body, macs, network, of, params, problems, refused, sources, types


def test_the_identity_where_the_body_keeps_its_shape() -> None:
    net = of("- residual: [{conv: 4, kernel: 3}, {conv: 8, kernel: 3}]")
    assert sources(net)["residual1/add"] == ["residual1/conv2", "input"]
    assert net.nodes[-1].output == (8, 16, 16)


@pytest.mark.parametrize("shortcut", ["none", "{conv: 8, kernel: 1}"])
def test_the_identity_wins_over_a_shortcut(shortcut: str) -> None:
    net = of(f"- residual: [{{conv: 8, kernel: 3}}]\n  shortcut: {shortcut}")
    assert types(net) == ["conv", "add"]


@pytest.mark.parametrize(
    ("inner", "word", "expected"),
    [
        ("{conv: 8, kernel: 3}", "always", ["conv", "conv", "add"]),
        ("{conv: 8, kernel: 3}", "on_change", ["conv", "add"]),
        ("{conv: 9, kernel: 3}", "on_change", ["conv", "conv", "add"]),
    ],
)
def test_project_says_where_the_shortcut_is_taken(inner: str, word: str, expected: list[str]) -> None:
    channels = inner[7]
    net = of(f"- residual: [{inner}]\n  shortcut: {{conv: {channels}, kernel: 1}}\n  project: {word}")
    assert types(net) == expected


def test_a_projection_in_every_block_as_in_quartznet() -> None:
    """The case of NeMo #638: 8 x 3 x 3 x 8 + 8, and the shortcut's 8 x 8 + 8, over 16 x 20 positions."""
    net = of("- residual: [{conv: 8, kernel: 3}]\n  shortcut: {conv: 8, kernel: 1}\n  project: always", "8, 16, 20")
    assert (params(net), macs(net)) == (656, 204_800)


def test_identity_insists_on_the_input_itself() -> None:
    net = of("- {residual: [{conv: 8, kernel: 3}], shortcut: identity}")
    assert sources(net)["residual1/add"] == ["residual1/conv1", "input"]
    strided = of("- {residual: [{maxpool: 2}, {upsample: 2}], shortcut: identity}")
    assert types(strided) == ["maxpool", "upsample", "add"]
    refused(
        body("- {residual: [{conv: 9, kernel: 3}], shortcut: identity}"),
        "3:50 residual: the body turns 8x16x16 into 9x16x16, so shortcut: identity cannot be added",
    )


@pytest.mark.parametrize("shortcut", ["", "shortcut: none, ", "shortcut: identity, "])
def test_project_needs_a_shortcut_that_is_a_body(shortcut: str) -> None:
    found = problems(body(f"- {{residual: [{{conv: 8, kernel: 3}}], {shortcut}project: always}}"))
    assert len(found) == 1
    assert "project says where a shortcut is taken that is a body" in found[0]


def test_a_side_branch_that_strides_does_not_make_its_body_stride() -> None:
    """GhostNetV2: a gate on half the resolution, resized back, beside a main path that keeps every position."""
    gated = """
    - residual:
        - {conv: 8, kernel: 1}
        - multiply: [previous, [{avgpool: 2}, {conv: 8, kernel: 3}, sigmoid, {upsample: 2}]]
        - {conv: 8, kernel: 1}
    """
    assert sources(of(gated))["residual1/add"] == ["residual1/conv3", "input"]
    projected = of(gated + "  shortcut: {conv: 8, kernel: 1}")
    assert types(projected).count("conv") == 3


UNTAKEN = """
input: [8, 16, 16]
blocks:
  unit:
    arguments: {channels: required}
    layers:
      - residual: {conv: channels, kernel: 3}
        shortcut: {conv: channels, kernel: 1}
layers:
"""


def test_a_shortcut_that_nothing_takes_is_unused() -> None:
    assert network(UNTAKEN + "  - {unit: 8, repeat: 2}\n").unused == (("shortcut of residual1", 8),)
    assert network(UNTAKEN + "  - {unit: 8}\n  - {unit: 9}\n").unused == ()
    assert network(UNTAKEN + "  - relu\n").unused == ()


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


def test_explain_and_ops_say_which_shortcut_was_taken() -> None:
    explained = run("explain", "resnet:18", "unit1[1]").out
    assert "  adds the residual's input itself (identity)" in explained
    assert (
        "adds    the residual's input itself (identity)"
        in run("explain", "resnet:18", "unit1[1]/basic1/residual1/add").out
    )
    assert "  adds the residual's shortcut (a projection of its input)" in run("explain", "resnet:18", "unit2[1]").out
    ops = " ".join(run("analyze", "resnet:18", "--ops").out.split())
    assert (
        "shortcuts identity in unit1[1]/basic1/residual1/add, unit1[2]/basic1/residual1/add, unit2[2]/basic1/residual1/add, "
        "unit3[2]/basic1/residual1/add, unit4[2]/basic1/residual1/add; projection in unit2[1]/basic1/residual1/add, "
        "unit3[1]/basic1/residual1/add, unit4[1]/basic1/residual1/add" in ops
    )
    assert "shortcuts" not in run("analyze", "resnet:18").out
    assert "shortcuts" not in run("analyze", "mobilenet", "--ops").out
