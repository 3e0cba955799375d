"""Residuals: the identity, shortcuts, and what is never projected in silence."""

import pytest

from tests.networks import body, network, of, problems, refused, sources, types


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
