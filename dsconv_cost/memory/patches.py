"""Patch-based execution: the first operations of a network run for one tile of their output after another.

Lin et al. 2021 (MCUNetV2), arXiv:2110.15352. The first operations up to a cut, behind which their last output alone is alive, run
p x p times. Each time makes one tile of that output, from the parts of the tensors that the tile depends on: along each side, rows
a to b - 1 of an output depend on rows a*s - before to (b-1)*s - before + extent - 1 of an input, cut off at its ends. Parts of
neighbouring tiles overlap, and what is in several is worked out several times.

Memory is that of the convention `tinyengine`, by one plan for all tiles: each part as long along each side as the longest one, and
the cut's output as a whole beside them. The network's input is read part by part, e.g. from a camera; `with_input` is what it
takes with the input in memory as a whole.
"""

from collections.abc import Iterator
from itertools import islice

from dsconv_cost.layers.norm import BatchNorm, Norm
from dsconv_cost.memory.conventions import MEMORY_CONVENTIONS, additions_within
from dsconv_cost.memory.graph import MemoryGraph, RunStep
from dsconv_cost.memory.measure import Memory, bytes_of
from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.network.graph import INPUT

TILES = (2, 3, 4)
"""How many tiles along each side are tried."""
MOST_STEPS = 128
"""How many operations run in tiles at most."""
MOST_MACS = 0.25
"""Of the network's MACs, the most that tiles may add."""
WORTH = 2
"""How many times less memory than without tiles makes them worth a word."""
_ENGINE = MEMORY_CONVENTIONS["tinyengine"]
_Spans = list[tuple[int, int]]
"""For each tensor the part along one side that a tile depends on: from a position up to before another."""


class Patched(NamedTuple):
    """What running the first operations tile by tile takes."""

    steps: int
    """How many operations run tile by tile, from the first."""
    tiles: int
    """Tiles along each side of their last output."""
    peak: int
    """The bytes of the whole run at its peak."""
    in_tiles: int
    """The bytes at the peak while tiles run."""
    behind: int
    """The bytes at the peak of the operations behind them."""
    with_input: int
    """The bytes of the whole run at its peak where the network's input is in memory until the last tile."""
    macs: int
    """How many MACs more than without tiles: those of what is worked out several times."""


class _Read(NamedTuple):
    """What an operation reads of a tensor along its two sides: extent, stride and positions before, for each."""

    tensor: int
    windows: tuple[tuple[int, int, int], ...]


def patched(memory: Memory, steps: int, tiles: int) -> Patched | None:
    """Return what the first `steps` operations in tiles x tiles take; None where they cannot run so."""
    stage = _Stage(memory)
    tiled = stage.tiled(steps, tiles) if steps in stage.cuts() else None
    return tiled.result() if tiled else None


def worthwhile_patches(memory: Memory) -> Patched | None:
    """Return the tiles with the lowest peak, if that is at most 1 / WORTH of the peak without them."""
    return best_patches(memory, memory.peak(_ENGINE) // WORTH)


def best_patches(memory: Memory, most: int) -> Patched | None:
    """Return the tiles with the lowest peak, if that is at most this many bytes; of equal ones those that add the fewest MACs.

    Cuts whose output and what follows take no more are tried from the first, until 2 x 2 tiles add more than MOST_MACS.
    """
    stage = _Stage(memory)
    allowed = MOST_MACS * sum([node.counts.macs for node in memory.graph.network.nodes])
    best: tuple[int, int] | None = None
    chosen: _Tiled | None = None
    for steps in stage.cuts():
        if stage.behind(steps) > most or stage.output_bytes(steps) > most:
            continue
        for tiles in TILES:
            tiled = stage.tiled(steps, tiles)
            if tiled is None or tiled.macs > allowed:
                break
            key = (tiled.peak(), tiled.macs)
            if key[0] <= most and (best is None or key < best):
                best, chosen = key, tiled
        else:
            continue
        if tiles == TILES[0]:
            break
    return chosen.result() if chosen else None


class _Stage:
    """The first operations of a network, of which some may run tile by tile."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory
        self.graph = memory.graph
        line = memory.timeline(_ENGINE)
        self._peak_step = line.index(max(line))
        self._behind = [0] * (len(line) + 1)
        for step in range(len(line) - 1, -1, -1):
            self._behind[step] = max(line[step], self._behind[step + 1])
        self.reads: list[list[_Read]] = []
        """What the first operations read, as far as it was asked for."""
        self._more_reads = _local_reads(self.graph)

    def behind(self, steps: int) -> int:
        """Return the bytes at the peak of what follows the first operations."""
        return self._behind[steps]

    def output_bytes(self, steps: int) -> int:
        return self.memory.sizes[self.graph.operations[steps - 1].output]

    def cuts(self) -> list[int]:
        """Return how many operations may run first: the peak among them, their last output alone alive behind them."""
        tensors = self.graph.tensors
        alive = self.graph.inputs
        dying = self.graph.dying()
        cuts: list[int] = []
        for step, operation in enumerate(self.graph.operations[:MOST_STEPS]):
            alive += 1 - sum([not tensors[number].is_output for number in dying[step]])
            output = tensors[operation.output]
            if alive == 1 and step >= self._peak_step and (output.last > step or output.is_output):
                cuts.append(step + 1)
        return cuts

    def is_square(self, steps: int) -> bool:
        """Return whether the first operations and their tensors are alike along both sides."""
        tensors = self.graph.tensors[: self.graph.inputs + steps]
        square = all(tensor.shape[1:2] == tensor.shape[2:] for tensor in tensors)
        return square and all(one.windows[0] == one.windows[1] for reads in self.reads[:steps] for one in reads)

    def tiled(self, steps: int, tiles: int) -> "_Tiled | None":
        """Return the first operations in tiles; None where one reads more than windows, or a side is shorter than that."""
        self.reads.extend(islice(self._more_reads, steps - len(self.reads) if steps > len(self.reads) else 0))
        if len(self.reads) < steps:
            return None
        output = self.graph.tensors[self.graph.operations[steps - 1].output]
        return _Tiled(self, steps, tiles) if min(output.shape.sides) >= tiles else None


class _Tiled:
    """The first operations in tiles x tiles."""

    def __init__(self, stage: _Stage, steps: int, tiles: int) -> None:
        self.stage, self.steps, self.tiles = stage, steps, tiles
        rows = self._parts_along(0)
        self._sides = (rows, rows if stage.is_square(steps) else self._parts_along(1))
        self.macs = 0
        """The MACs of all tiles less those of the operations as they are."""
        (all_rows, _), (all_columns, _) = self._sides
        for operation in stage.graph.operations[:steps]:
            if macs := operation.node.counts.macs:
                done = all_rows[operation.output] * all_columns[operation.output]
                self.macs += macs * done // operation.node.output.positions - macs

    def peak(self) -> int:
        return max(self._in_tiles(input_beside=False), self.stage.behind(self.steps))

    def result(self) -> Patched:
        in_tiles, behind = self._in_tiles(input_beside=False), self.stage.behind(self.steps)
        with_input = max(self._in_tiles(input_beside=True), behind)
        return Patched(self.steps, self.tiles, max(in_tiles, behind), in_tiles, behind, with_input, self.macs)

    def _in_tiles(self, input_beside: bool) -> int:
        """Return the bytes at the peak while tiles run; with the network's input as a whole, or the part that a tile reads."""
        graph, memory = self.stage.graph, self.stage.memory
        (_, heights), (_, widths) = self._sides
        tensors = [one._replace(last=min(one.last, self.steps - 1)) for one in graph.tensors[: len(heights)]]
        first = MemoryGraph(graph.network, graph.operations[: self.steps], tensors, graph.inputs, graph.outputs)
        sized = zip(tensors, heights, widths, strict=True)
        parts = [bytes_of(tensor.shape.channels * height * width, memory.bits) for tensor, height, width in sized]
        # The last operation writes into the whole output, and so does the projection that its addition is a part of.
        last = self.steps - 1
        parts[first.operations[last].output] = 0
        if last in additions_within(first):
            parts[first.operations[last - 1].output] = 0
        beside = self.stage.output_bytes(self.steps)
        if input_beside:
            beside += sum(memory.sizes[: graph.inputs])
            parts[: graph.inputs] = [0] * graph.inputs
        return beside + max(_ENGINE.timeline(first, parts))

    def _parts_along(self, side: int) -> tuple[list[int], list[int]]:
        """Return for each tensor how many positions all tiles depend on along a side, added up, and the most for one tile."""
        lengths = [[stop - start for start, stop in self._spans(side, at)] for at in range(self.tiles)]
        return [sum(each) for each in zip(*lengths, strict=True)], [max(each) for each in zip(*lengths, strict=True)]

    def _spans(self, side: int, at: int) -> _Spans:
        """Return the part of each tensor that one tile depends on, along one side."""
        graph, steps = self.stage.graph, self.steps
        spans: _Spans = [(0, 0)] * (graph.inputs + steps)
        output = graph.operations[steps - 1].output
        size = graph.tensors[output].shape[1 + side]
        spans[output] = (size * at // self.tiles, size * (at + 1) // self.tiles)
        for step in range(steps - 1, -1, -1):
            start, stop = spans[graph.operations[step].output]
            if start == stop:
                continue
            for tensor, windows in self.stage.reads[step]:
                extent, stride, before = windows[side]
                lower = max(0, start * stride - before)
                upper = min(graph.tensors[tensor].shape[1 + side], (stop - 1) * stride - before + extent)
                if lower < upper:
                    known = spans[tensor]
                    spans[tensor] = (min(lower, known[0]), max(upper, known[1])) if known[1] else (lower, upper)
        return spans


def _local_reads(graph: MemoryGraph) -> Iterator[list[_Read]]:
    """Yield what each operation reads, from the first to the last that reads windows of two sides alone."""
    network = graph.network
    tensor_of = {INPUT - number: number for number in range(graph.inputs)}
    of_node = {id(node): one.output for one in graph.operations for node in (one.node, *one.fused)}
    for index, node in enumerate(network.nodes):
        known = of_node.get(id(node))
        if known is None and node.inputs and not node.layer.mixes_axes:
            known = tensor_of.get(node.inputs[0])
        if known is not None:
            tensor_of[index] = known
    for operation in graph.operations[:MOST_STEPS]:
        reads = _windows(graph, operation, tensor_of)
        if reads is None:
            return
        yield reads


def _windows(graph: MemoryGraph, operation: RunStep, tensor_of: dict[int, int]) -> list[_Read] | None:
    """Return what an operation reads; None where it is more than a window."""
    node = operation.node
    local = not node.layer.mixes_axes and (isinstance(node.layer, BatchNorm) or not isinstance(node.layer, Norm))
    if not local or len(node.output) != 3:
        return None
    shapes = graph.network.input_shapes(node)
    reads: list[_Read] = []
    for source, windows in zip(node.inputs, node.layer.windows(shapes, node.output), strict=True):
        if source >= 0 and not graph.network.nodes[source].layer.takes_input:
            continue  # a learned tensor
        if source not in tensor_of or len(windows) != 2:
            return None
        if any(type(number) is not int for window in windows for number in window) or not all(
            w.stride for w in windows
        ):
            return None
        reads.append(_Read(tensor_of[source], tuple((int(w.extent), int(w.stride), int(w.before)) for w in windows)))
    return reads
