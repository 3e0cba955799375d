"""Memory and flash held to what runtimes plan and vendors print; the sources are in tests/facts/README.md."""

import csv
from pathlib import Path

import pytest

from dsconv_cost import load
from dsconv_cost.memory.conventions import MEMORY_CONVENTIONS
from dsconv_cost.memory.measure import Memory
from dsconv_cost.network.build import elaborate
from dsconv_cost.network.graph import Network
from tests.memory.naive import Run
from tests.networks import bundled_spec, network

FACTS = Path(__file__).parents[1] / "facts" / "memory"


def rows(name: str) -> list[dict[str, str]]:
    with (FACTS / name).open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    assert found
    return found


def _network(name: str, settings: str = "") -> Network:
    pairs = [pair.split("=") for pair in settings.split()]
    return elaborate(load(name, **{key: float(text) if "." in text else int(text) for key, text in pairs}))


def _id(row: dict[str, str]) -> str:
    return " ".join(filter(None, [row["network"], row.get("settings"), row.get("file")]))


@pytest.mark.parametrize("row", rows("tflm_heads.csv"), ids=_id)
def test_heads_that_tensorflow_lite_micro_planned(row: dict[str, str]) -> None:
    assert Memory(_network(row["network"], row["settings"]), int(row["bits"])).arena == int(row["head"])


def _person_detection() -> Network:
    """MobileNet with one input channel instead of three, two classes, and 96 x 96 pixels."""
    text = bundled_spec("mobilenet").text
    changed = text.replace("input: [3, ", "input: [1, ")
    assert changed != text
    return network(changed, alpha=0.25, resolution=96, classes=2)


@pytest.mark.parametrize("row", rows("real_heads.csv"), ids=_id)
def test_heads_of_real_models(row: dict[str, str]) -> None:
    net = _network(row["network"], row["settings"]) if row["network"] else _person_detection()
    assert Memory(net, int(row["bits"])).arena == int(row["head"])


@pytest.mark.parametrize("row", rows("stm32_flash.csv"), ids=_id)
def test_flash_of_weights_as_printed_by_stm32cube_ai(row: dict[str, str]) -> None:
    assert round(Memory(_network(row["network"], row["settings"])).flash / 1024, 2) == float(row["printed_kib"])


@pytest.mark.parametrize("row", rows("bundled.csv"), ids=_id)
def test_conventions_of_bundled_networks(row: dict[str, str]) -> None:
    """Worked out apart from this project; depthwise convolutions in place are the part of `tinyengine` without its additions."""
    net = _network(row["network"])
    memory = Memory(net)
    named = ("in+out", "liveness", "liveness+inplace", "arena-tflm")
    assert {name: memory.peak(MEMORY_CONVENTIONS[name]) for name in named} == {name: int(row[name]) for name in named}
    assert max(memory.sizes) == int(row["largest"])
    assert memory.graph.operations[memory.peak_step()].name == row["peak_at"]
    run = Run(net)
    assert max(run.in_place(depthwise=True)) == int(row["depthwise in place"])
    assert max(run.in_place(depthwise=True, projections=True)) == memory.peak(MEMORY_CONVENTIONS["tinyengine"])


def test_mobilenet_v2_in_tinyengine() -> None:
    """The expanded 96 x 112 x 112 are filtered in place, to 96 x 56 x 56, beside the smaller tensor: 1,372 KiB.

    Its first five blocks are those that take more than 450 KiB: 3 x 224 x 224 + 32 x 112 x 112 = 539 KiB, and so on. In the fourth
    the residual, 24 channels, is there while 144 are filtered in place, with one beside: 169 x 56 x 56 = 517.5625 KiB.
    """
    memory = Memory(_network("mobilenet_v2"))
    line = memory.timeline(MEMORY_CONVENTIONS["tinyengine"])
    # Step by step: the expansion reads 16 x 112 x 112 and writes 96 x 112 x 112.
    assert max(line) == (16 + 96) * 112 * 112 == 1372 * 1024
    blocks: dict[str, int] = {}
    for one, live in zip(memory.graph.operations, line, strict=True):
        block = one.node.place.chain()[0].label
        blocks[block] = max(blocks.get(block, 0), live)
    assert [(name, live / 1024) for name, live in blocks.items() if live > 450 * 1024] == [
        ("conv1", 539.0), ("inverted_residual1[1]", 588.0), ("inverted_residual2[1]", 1372.0), ("inverted_residual2[2]", 517.5625),
        ("inverted_residual3[1]", 514.5),
    ]  # fmt: skip
