"""Tiles against a walk over pixels: which of them each tile needs, one after another."""

from collections.abc import Iterable
from typing import Any

import pytest

from dsconv_cost import load
from dsconv_cost.memory.conventions import MEMORY_CONVENTIONS
from dsconv_cost.memory.measure import Memory
from dsconv_cost.memory.patches import MOST_MACS, Patched, best_patches, patched
from dsconv_cost.network.build import elaborate
from dsconv_cost.network.graph import Network, Node
from tests.memory.naive import Run
from tests.memory.random_networks import random_text
from tests.networks import network, of

Pixel = tuple[int, int]


def _read(node: Node, x: tuple[int, ...], y: tuple[int, ...], pixel: Pixel) -> Iterable[Pixel]:
    """Yield the pixels of an input that one pixel of the output depends on."""
    values: dict[str, Any] = node.layer.values()
    if node.layer.type in ("conv", "dwconv", "maxpool", "avgpool"):
        taps: list[list[int]] = []
        for side in (0, 1):
            k, s, d = (_side(values.get(name, 1), side) for name in ("kernel", "stride", "dilation"))
            padding = values["padding"]
            if padding == "same":
                before = max((y[side] - 1) * s + (k - 1) * d + 1 - x[side], 0) // 2
            else:
                before = 0 if padding == "valid" else _before(padding, side)
            taps.append([at for i in range(k) if 0 <= (at := pixel[side] * s - before + i * d) < x[side]])
        yield from ((row, column) for row in taps[0] for column in taps[1])
    else:
        assert node.layer.type in ("add", "concat", "multiply", "slice", "relu", "relu6", "dropout"), node.layer.type
        yield pixel


def _side(value: Any, side: int) -> int:
    return value if isinstance(value, int) else int(value[side])


def _before(padding: Any, side: int) -> int:
    if isinstance(padding, int):
        return padding
    return int(padding[side] if len(padding) == 2 else padding[2 * side])


class _Box:
    """The smallest rectangle around pixels."""

    def __init__(self, pixels: Iterable[Pixel]) -> None:
        rows, columns = zip(*pixels, strict=True)
        self.rows = range(min(rows), max(rows) + 1)
        self.columns = range(min(columns), max(columns) + 1)

    def pixels(self) -> list[Pixel]:
        return [(row, column) for row in self.rows for column in self.columns]


def _boxes(run: Run, count: int, tile: list[Pixel]) -> dict[int, _Box]:
    """Return the rectangle of each tensor that a tile of the output of the first steps needs."""
    steps = run.steps[:count]
    needed: dict[int, set[Pixel]] = {steps[-1].writes: set(tile)}
    for step in reversed(steps):
        if step.writes not in needed:
            continue
        for pixel in _Box(needed[step.writes]).pixels():
            for number in step.reads:
                x, y = run.shapes[number][1:], step.node.output[1:]
                needed.setdefault(number, set()).update(_read(step.node, x, y, pixel))
    return {number: _Box(pixels) for number, pixels in needed.items()}


def _walked(run: Run, count: int, tiles: int) -> Patched:
    """Return what the first steps in tiles take, pixel by pixel."""
    steps = run.steps[:count]
    output = run.shapes[steps[-1].writes]
    cuts = [[size * at // tiles for at in range(tiles + 1)] for size in output[1:]]
    macs = -sum(step.node.counts.macs for step in steps)
    heights: dict[int, int] = {}
    widths: dict[int, int] = {}
    for row in range(tiles):
        for column in range(tiles):
            tile = [(y, x) for y in range(*cuts[0][row : row + 2]) for x in range(*cuts[1][column : column + 2])]
            boxes = _boxes(run, count, tile)
            for step in steps:
                if step.writes in boxes:
                    each = step.node.counts.macs // step.node.output.positions
                    macs += each * len(boxes[step.writes].pixels())
            for number, box in boxes.items():
                heights[number] = max(heights.get(number, 0), len(box.rows))
                widths[number] = max(widths.get(number, 0), len(box.columns))
    size = {
        number: -(-run.shapes[number].channels * heights[number] * widths[number] * run.bits // 8) for number in heights
    }
    whole = run.size[steps[-1].writes]
    size[steps[-1].writes] = 0
    if count > 1 and run.sums(steps[-2], steps[-1]):
        size[steps[-2].writes] = 0
    in_tiles = whole + max(run.first(count, size).in_place(depthwise=True, projections=True))
    behind = max(run.in_place(depthwise=True, projections=True)[count:], default=0)
    inputs = sum(run.size[number] for number in run.inputs)
    beside = {number: 0 if number in run.inputs else bytes_ for number, bytes_ in size.items()}
    with_input = whole + inputs + max(run.first(count, beside).in_place(depthwise=True, projections=True))
    return Patched(count, tiles, max(in_tiles, behind), in_tiles, behind, max(with_input, behind), macs)


def _held(net: Network, bits: int = 8) -> int:
    """Hold every cut of a network to the walk; return how many there are."""
    run, memory = Run(net, bits), Memory(net, bits)
    held = 0
    for count in range(1, len(run.steps) + 1):
        for tiles in (2, 3, 4):
            found = patched(memory, count, tiles)
            if found is not None:
                assert found == _walked(run, count, tiles), (count, tiles)
                held += 1
    return held


@pytest.mark.parametrize("padding", ["same", "valid", "1", "[0, 2, 1, 0]"])
@pytest.mark.parametrize("dilation", [1, 2])
def test_windows(padding: str, dilation: int) -> None:
    # The first layers are wide, so that the peak is there.
    layers = f"""
    - {{conv: 32, kernel: [3, 2], padding: {padding}, dilation: {dilation}}}
    - {{dwconv: 5, padding: same, stride: [1, 2]}}
    - {{maxpool: 3, stride: 2, padding: 1}}
    - residual: [{{conv: 16, kernel: 1}}, {{dwconv: 3}}, {{conv: 32, kernel: 1}}]
    - {{avgpool: 2}}
    - {{conv: 4, kernel: 1}}
    """
    assert _held(of(layers, "3, 25, 30")) > 9


def test_random_networks() -> None:
    assert sum(_held(network(random_text(seed)), (8, 4)[seed % 2]) for seed in range(2000, 2015)) > 25


def test_mobilenet_v2() -> None:
    """MCUNetV2's split: the first five blocks in 4 x 4 tiles take an eighth of the memory, and add about a tenth of the MACs."""
    net = elaborate(load("mobilenet_v2"))
    memory = Memory(net)
    found = best_patches(memory, 1372 * 1024 // 2)
    assert found is not None
    assert memory.graph.operations[found.steps - 1].name == "inverted_residual3[1]/project"
    # Behind them 192 channels are filtered in place, one beside them, and the residual of 32 is there: at 28 x 28, 172.27 KiB.
    assert (found.tiles, found.peak) == (4, (192 + 1 + 32) * 28 * 28)
    assert round(1372 * 1024 / found.peak, 1) == 8.0
    assert round(found.macs / sum(node.counts.macs for node in net.nodes), 3) == 0.093
    assert found == _walked(Run(net), found.steps, 4)


def test_none_where_no_cut_is_good_enough() -> None:
    assert best_patches(Memory(elaborate(load("mobilenet_v2"))), 176_399) is None


GLOBAL = (
    "global_avgpool", "{groupnorm: 2}", "{resize: [8, 8]}", "{reduce: mean, over: width}", "flatten", "{reshape: [4, 8, 16]}",
    "{permute: [channels, width, height]}", "{conv_transpose: 2, kernel: 2, stride: 2}",
)  # fmt: skip


@pytest.mark.parametrize("layer", GLOBAL)
def test_what_reads_more_than_a_window_ends_the_tiles(layer: str) -> None:
    net = of(f"- {{conv: 64, kernel: 3}}\n- {{conv: 2, kernel: 1}}\n- {layer}\n- {{conv: 4, kernel: 1}}", "8, 16, 16")
    memory = Memory(net)
    assert [steps for steps in range(1, 5) if patched(memory, steps, 2)] == [1, 2]


def test_a_cut_has_one_tensor_alive_and_the_peak_before_it() -> None:
    layers = """
    - {conv: 8, kernel: 3}
    - {conv: 32, kernel: 3, name: a}
    - {conv: 4, kernel: 1}
    - {conv: 32, kernel: 1}
    - {add: [a, previous]}
    - {conv: 2, kernel: 1}
    """
    memory = Memory(of(layers, "3, 16, 16"))
    assert [steps for steps in range(1, 7) if patched(memory, steps, 2)] == [2, 5, 6]


def test_a_share_of_the_macs_at_most() -> None:
    # Each convolution widens the halo by 2 rows: of 32 rows, both tiles of the first one work out 16 + 3 * 2 each.
    net = of("\n".join(["- {conv: 32, kernel: 5}"] * 4 + ["- {maxpool: 2}"]), "16, 32, 32")
    memory = Memory(net)
    split = patched(memory, 5, 2)
    assert split is not None
    macs = [node.counts.macs for node in net.nodes]
    widened = [(2 * (16 + 2 * after)) ** 2 for after in (3, 2, 1, 0)]
    assert split.macs == sum(each * (area - 32 * 32) // (32 * 32) for each, area in zip(macs, widened, strict=False))
    assert split.macs > MOST_MACS * sum(macs)
    assert split.peak < memory.peak(MEMORY_CONVENTIONS["tinyengine"])
    assert best_patches(memory, split.peak) is None
