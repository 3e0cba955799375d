"""Footprints: bytes by visible arithmetic, padded MACs against figures worked out elsewhere, live bytes, receptive fields."""

import csv
from pathlib import Path

import pytest

import dsconv_cost
from dsconv_cost.costs.footprint import Footprint, footprints_of
from dsconv_cost.network.graph import Network
from tests.networks import of

FACTS = Path(__file__).parents[1] / "facts" / "padded_macs.csv"
PADDED = list(csv.DictReader(FACTS.read_text(encoding="utf-8").splitlines()))


def footprint(net: Network, name: str, bits: int = 8) -> Footprint:
    """Return the footprint of the layer of a name."""
    return footprints_of(net, bits).of([next(node for node in net.nodes if node.name == name)])


@pytest.mark.parametrize("row", PADDED, ids=lambda row: row["network"])
def test_padded_macs_of_bundled_networks(row: dict[str, str]) -> None:
    footprints = dsconv_cost.analyze(row["network"]).footprints
    whole = footprints.whole
    padded = (whole.macs_padded_8, whole.macs_padded_16, whole.macs_padded_32)
    assert whole.macs is not None
    more = [f"{macs / whole.macs - 1:.4f}" for macs in padded if macs is not None]
    assert more == [row["padded_8"], row["padded_16"], row["padded_32"]]


PADDED_LAYERS = {
    # 16 x 16 positions, 9 positions of the kernel; the 3 channels of the input stay, 20 become 24 and 32
    "first": ("3, 16, 16", "- {conv: 20, kernel: 3}", (256 * 9 * 3 * 24, 256 * 9 * 3 * 32, 256 * 9 * 3 * 32)),
    # behind a move of the input the first layer is still the first
    "moved first": ("3, 16, 16", "- {pad: 1}\n- {conv: 20, kernel: 3, padding: 0}", (256 * 9 * 3 * 24, 256 * 9 * 3 * 32, 256 * 9 * 3 * 32)),
    "second": (
        "8, 16, 16", "- relu\n- {conv: 20, kernel: 3}",
        (256 * 9 * 8 * 24, 256 * 9 * 16 * 32, 256 * 9 * 32 * 32),
    ),
    # each channel alone: rounded up once
    "depthwise": ("20, 16, 16", "- relu\n- {dwconv: 3}", (256 * 9 * 24, 256 * 9 * 32, 256 * 9 * 32)),
    "depthwise as a convolution": ("20, 16, 16", "- relu\n- {conv: 40, kernel: 3, groups: 20}", (256 * 9 * 40, 256 * 9 * 48, 256 * 9 * 64)),
    # each of 5 groups of 4 channels in and 2 out by itself
    "grouped": ("20, 16, 16", "- relu\n- {conv: 10, kernel: 1, groups: 5}", (256 * 5 * 8 * 8, 256 * 5 * 16 * 16, 256 * 5 * 32 * 32)),
    "transposed": (
        "20, 16, 16", "- relu\n- {conv_transpose: 10, kernel: 2, stride: 2}",
        (256 * 4 * 24 * 16, 256 * 4 * 32 * 16, 256 * 4 * 32 * 32),
    ),
    "linear": ("20", "- relu\n- {linear: 10}", (24 * 16, 32 * 16, 32 * 32)),
    "product": ("20, 16", "- {matmul: [{conv: 20, kernel: 1}, previous], transposed: second}", None),
}  # fmt: skip


@pytest.mark.parametrize(("size", "layers", "wanted"), PADDED_LAYERS.values(), ids=PADDED_LAYERS)
def test_padded_macs_of_layers(size: str, layers: str, wanted: tuple[int, int, int] | None) -> None:
    net = of(layers, size)
    own = footprints_of(net).of([net.nodes[-1]])
    padded = (own.macs_padded_8, own.macs_padded_16, own.macs_padded_32)
    assert padded == (wanted or (net.nodes[-1].counts.macs,) * 3)


NET = "- {conv: 8, kernel: 3, stride: 2, norm: batch, activation: relu}\n- {maxpool: 2}\n- {linear: 5}"


@pytest.mark.parametrize("bits", [4, 8, 16, 32])
def test_bytes_of_a_layer(bits: int) -> None:
    """Biases have 32 bits; the norm is folded into a bias, and the activation is worked out within the convolution."""
    net = of(NET, "3, 16, 16")
    own = footprint(net, "conv1", bits)
    read, written, weights = 3 * 16 * 16 * bits // 8, 8 * 8 * 8 * bits // 8, 27 * 8 * bits // 8 + 4 * 8
    assert (own.bytes_read, own.bytes_written, own.weight_bytes) == (read, written, weights)
    assert own.macs_per_byte == 8 * 8 * 27 * 8 / (read + written + weights)
    assert own.live == read + written


def test_layers_within_others_have_no_bytes() -> None:
    net = of(NET, "3, 16, 16")
    for name in ("conv1.norm", "conv1.act"):
        own = footprint(net, name)
        assert own[:-1] == (None,) * 9
        assert own.field is not None


def test_a_group_of_layers_has_sums_and_the_peak() -> None:
    net = of(NET, "3, 16, 16")
    footprints = footprints_of(net)
    whole = footprints.of(net.nodes)
    # 3*16*16, 8*8*8 and 8*4*4 elements are read; 8*8*8, 8*4*4 and 5*4*4 written
    assert whole.bytes_read == 768 + 512 + 128
    assert whole.bytes_written == 512 + 128 + 80
    assert whole.live == 768 + 512 == footprints.moment.bytes
    assert whole._replace(field=None) == footprints.whole


def test_live_bytes_are_by_the_convention_that_is_asked_for() -> None:
    # conv1 stays alive over the branch: 2,048 bytes each; in place the sum overwrites one of its summands
    text = "- {conv: 8, kernel: 3}\n- residual: [{conv: 8, kernel: 3}]"
    net = of(text, "8, 16, 16")
    lives = {}
    for memory in ("liveness", "liveness+inplace", "in+out"):
        footprints = footprints_of(net, None, memory)
        lives[memory] = [footprints.of([node]).live for node in net.nodes]
    assert lives == {
        "liveness": [4096, 4096, 6144],
        "liveness+inplace": [4096, 4096, 4096],
        "in+out": [4096, 4096, 6144],
    }
    with pytest.raises(dsconv_cost.UsageError, match="unknown memory convention 'livenes': did you mean liveness"):
        footprints_of(net, None, "livenes")
