"""The layers that the page of `analyze` draws, with the bytes that each writes and moves in the deployed network."""

from collections.abc import Iterable, Iterator, Sequence

from dsconv_cost.costs.analysis import Analysis
from dsconv_cost.costs.breakdown import ITEMS, Breakdown, LayerRow, View
from dsconv_cost.costs.parts import REPETITION
from dsconv_cost.memory.measure import Memory
from dsconv_cost.named_tuple import NamedTuple

MOST_DRAWN = 400
"""Above so many layers figures draw items instead."""
OTHER_KIND = "other"


class PageLayer(NamedTuple):
    """One column of the figures: a layer, an item of several layers, or several of those one after the other."""

    name: str
    kind: str
    """The kind of its costliest operation."""
    item: str
    """The item of the file that it is in, all repetitions together."""
    size: str
    """The shapes of its input and output."""
    params: int
    macs: int
    written: int
    """Bytes of the tensors that its operations write; 0 where it is worked out within another layer."""
    moved: int
    """Bytes that its operations read of inputs and weights, and write."""
    run_macs: int
    """MACs of its operations: of the deployed network, in which branches may be merged."""

    @property
    def intensity(self) -> float:
        """MACs for each byte moved."""
        return self.run_macs / self.moved if self.moved else 0.0


_AMOUNTS = slice(PageLayer._fields.index("params"), len(PageLayer._fields))
"""The fields of a layer that several layers sum up."""


class PageLayers:
    """The rows of the page's table, and the layers that its figures draw."""

    def __init__(self, analysis: Analysis, view: View) -> None:
        self.analysis = analysis
        self.times = view.times
        self.memory: Memory = analysis.as_written.footprints(view.bits).placed.memory
        deepest = max((len(node.place.chain()) for node in analysis.as_written.network.nodes), default=1)
        view = View(ITEMS, deepest, bits=view.bits, times=view.times)
        self.rows = list(Breakdown(analysis, view).rows())
        """A row for every layer, a norm and an activation in a convolution's item with the convolution."""
        self.kinds = [kind_of_row(row) for row in self.rows]
        self.depth = deepest
        self.layers = _drawn(self.rows)
        """What figures draw, in execution order."""
        self.whole = len(self.layers)
        """How many layers there are to draw."""
        while len(self.layers) > MOST_DRAWN and self.depth > 1:
            self.depth -= 1
            self.layers = _drawn(Breakdown(analysis, view._replace(depth=self.depth)).rows())
        self.together = -(-len(self.layers) // MOST_DRAWN)
        """How many items one after the other are drawn as one, where there are too many of those too."""
        if self.together > 1:
            self.layers = list(_several(self.layers, self.together))
        self.draws_layers = len(self.layers) == self.whole


def _drawn(rows: Iterable[LayerRow]) -> list[PageLayer]:
    """Return the rows that cost something or move bytes."""
    drawn: list[PageLayer] = []
    for row in rows:
        footprint = row.footprint
        written = footprint.bytes_written or 0
        moved = (footprint.bytes_read or 0) + (footprint.weight_bytes or 0) + written
        if row.params or row.macs or moved:
            kind, item, size = kind_of_row(row), item_of_row(row), size_of_row(row)
            drawn.append(
                PageLayer(row.name, kind, item, size, row.params, row.macs, written, moved, footprint.macs or 0)
            )
    return drawn


def item_of_row(row: LayerRow) -> str:
    """Return the name of the item of the file that a row is in, without the number of a repetition."""
    return REPETITION.sub("", row.nodes[0].place.chain()[0].label)


def kind_of_row(row: LayerRow) -> str:
    """Return the kind of the operation with the most MACs in a row, of equal ones the first."""
    return str(max(row.nodes, key=lambda node: node.counts.macs).kind)


def size_of_row(row: LayerRow) -> str:
    """Return the shapes of a row's inputs and output."""
    return f"{' '.join(map(str, row.inputs))} to {row.output}" if row.inputs else str(row.output)


def _several(layers: Sequence[PageLayer], count: int) -> Iterator[PageLayer]:
    """Yield so many layers one after the other as one."""
    for start in range(0, len(layers), count):
        part = layers[start : start + count]
        main = max(part, key=lambda layer: layer.macs)
        name = part[0].name if len(part) == 1 else f"{part[0].name} to {part[-1].name}"
        sums = [sum(values) for values in zip(*[layer[_AMOUNTS] for layer in part], strict=True)]
        size = main.size if len(part) == 1 else f"{len(part)} items"
        yield PageLayer(name, main.kind, name, size, *sums)
