"""The graph of an analysis as a diagram: boxes, the clusters around them, and arrows with the shapes that flow."""

from collections.abc import Iterator, Sequence

from dsconv_cost.costs.analysis import Analysis
from dsconv_cost.costs.breakdown import EXPAND, ITEMS, OPS, Breakdown, LayerRow, View
from dsconv_cost.layers.shapes import Shape, Sides
from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.network.graph import INPUT, Network, Node, Place
from dsconv_cost.reports.answer import cost_headline

MOST_BOXES = 100
"""How many boxes a diagram has without an option that chooses them, if the items of the file are no more."""
NO_KIND = "other"
"""The kind of a box without multiply-accumulates."""
INPUT_BOX, OUTPUT_BOX = "input", "output"
"""The kinds of the boxes where data enters and leaves."""


class Box(NamedTuple):
    """A layer with its norm and activation, several layers, or an end of the network."""

    id: str
    name: str
    """Below the cluster that it is in."""
    path: str
    kind: str
    """That of most of its MACs, NO_KIND, INPUT_BOX or OUTPUT_BOX."""
    types: tuple[str, ...] = ()
    """Of its layer, and of the norm and activation that belong to it; of several layers that of the item."""
    layers: int = 1
    kernel: Sides | None = None
    stride: Sides | None = None
    params: int = 0
    macs: int = 0
    weights_of: str | None = None
    """The name of the earlier layer whose weights it has."""


class Cluster(NamedTuple):
    """A block, a composite or a layer around others."""

    id: str
    name: str
    """Below the cluster that it is in."""
    path: str
    inside: "list[Box | Cluster]"

    @property
    def boxes(self) -> "Iterator[Box]":
        return boxes_of(self.inside)

    @property
    def params(self) -> int:
        return sum(box.params for box in self.boxes)

    @property
    def macs(self) -> int:
        return sum(box.macs for box in self.boxes)


class Arrow(NamedTuple):
    """What one box gives another."""

    source: str
    target: str
    shape: Shape


class Diagram(NamedTuple):
    """A network as a picture: what is drawn, in the order of execution."""

    title: str
    inside: list[Box | Cluster]
    arrows: list[Arrow]


def boxes_of(inside: "Sequence[Box | Cluster]") -> Iterator[Box]:
    """Yield boxes and those inside clusters."""
    for each in inside:
        if isinstance(each, Box):
            yield each
        else:
            yield from each.boxes


def diagram(analysis: Analysis, view: View) -> Diagram:
    """Return the graph at the level of a view; without one the finest with at most MOST_BOXES boxes.

    OPS makes a box of every primitive layer, EXPAND one of every layer with its norm and activation.
    """
    network = analysis.as_written.network
    rows = _rows(analysis, view)
    ids = [f"n{number}" for number in range(1, len(rows) + 1)]
    box_of = {id(node): box_id for row, box_id in zip(rows, ids, strict=True) for node in row.nodes}
    sources = {INPUT - at: f"in{at + 1}" for at in range(len(network.inputs))}
    sources |= {index: box_of[id(node)] for index, node in enumerate(network.nodes)}
    inputs: list[Box | Cluster] = [
        Box(sources[INPUT - at], name, name, INPUT_BOX) for at, (name, _) in enumerate(network.inputs)
    ]
    outputs: list[Box | Cluster] = [
        Box(f"out{at}", name, name, OUTPUT_BOX) for at, name in enumerate(_output_names(network), start=1)
    ]
    inside = _Tree(network, rows, ids).inside
    return Diagram(cost_headline(analysis), [*inputs, *inside, *outputs], list(_arrows(network, sources)))


def _output_names(network: Network) -> list[str]:
    return ["output"] if len(network.outputs) == 1 else [f"output {network.name(index)}" for index in network.outputs]


def _arrows(network: Network, sources: dict[int, str]) -> Iterator[Arrow]:
    """Yield an arrow for every tensor that goes from one box into another, however many layers of that take it."""
    drawn: set[tuple[int, str]] = set()
    for index, node in enumerate(network.nodes):
        target = sources[index]
        for taken in node.inputs:
            if sources[taken] != target and (taken, target) not in drawn:
                drawn.add((taken, target))
                yield Arrow(sources[taken], target, network.shape(taken))
    for at, index in enumerate(network.outputs, start=1):
        yield Arrow(sources[index], f"out{at}", network.shape(index))


def _rows(analysis: Analysis, view: View) -> list[LayerRow]:
    """Return the layers or groups of layers that get a box."""
    deepest = max((len(node.place.chain()) for node in analysis.as_written.network.nodes), default=1)
    if view.level == OPS:
        views = [View(OPS)]
    elif view.level == ITEMS:
        views = [View(ITEMS, view.depth)]
    elif view.level == EXPAND:
        views = [View(ITEMS, deepest)]
    else:
        views = [View(ITEMS, depth) for depth in range(deepest, 0, -1)]
    for each in views[:-1]:
        breakdown = Breakdown(analysis, each)
        if breakdown.total <= MOST_BOXES:
            return list(breakdown.rows())
    return list(Breakdown(analysis, views[-1]).rows())


class _Tree:
    """Boxes in the clusters of the places around them."""

    def __init__(self, network: Network, rows: list[LayerRow], ids: list[str]) -> None:
        self.inside: list[Box | Cluster] = []
        self._network = network
        self._clusters: dict[Place, Cluster] = {}
        # Where layers of a place have several boxes, it is a cluster itself: a residual around its layers and its activation.
        self._around = {place for row in rows for place in row.nodes[0].place.chain()[: _depth(row)]}
        for row, box_id in zip(rows, ids, strict=True):
            self._add(row, box_id)
        self.inside = [_simple(each, "") for each in self.inside]

    def _add(self, row: LayerRow, box_id: str) -> None:
        chain = row.nodes[0].place.chain()
        own = chain[_depth(row)]
        around = [*chain[: _depth(row)], *([own] if own in self._around else [])]
        siblings = self.inside
        for place in around:
            if place not in self._clusters:
                self._clusters[place] = Cluster(f"c{len(self._clusters) + 1}", place.label, place.name, [])
                siblings.append(self._clusters[place])
            siblings = self._clusters[place].inside
        siblings.append(self._box(row, box_id))

    def _box(self, row: LayerRow, box_id: str) -> Box:
        heads = [node for node in row.nodes if not node.part] or row.nodes[:1]
        one = len(heads) == 1
        costly = max((node for node in row.nodes if node.kind.accumulates), key=_macs, default=None)
        types = [node.layer.type for node in row.nodes] if one else [row.type]
        owner = self._network.weights_of(heads[0]) if one else None
        return Box(
            box_id, row.name, row.name, str(costly.kind) if costly else NO_KIND, tuple(types),
            1 if one else len(row.nodes), row.kernel if one else None, row.stride if one else None,
            row.params, row.macs, None if owner is None else owner.name,
        )  # fmt: skip


def _macs(node: Node) -> int:
    return node.counts.macs


def _depth(row: LayerRow) -> int:
    """Return how many places are around the one of a row."""
    first = row.nodes[0].place
    return next(
        at for at, place in enumerate(first.chain()) if row.name in (place.name, f"{place.name}.{row.nodes[0].part}")
    )


def _simple(each: Box | Cluster, outer: str) -> Box | Cluster:
    """Return a box or cluster with its name below `outer`; a cluster around a single one is left out."""
    if isinstance(each, Box):
        return each._replace(name=_below(each.path, outer))
    if len(each.inside) == 1:
        return _simple(each.inside[0], outer)
    inside = [_simple(one, each.path) for one in each.inside]
    return each._replace(name=_below(each.path, outer), inside=inside)


def _below(path: str, outer: str) -> str:
    """Return the part of a path below a cluster; a layer that the item of the cluster adds itself keeps its last label."""
    if not outer:
        return path
    return path.removeprefix(f"{outer}/") if path.startswith(f"{outer}/") else path.rpartition("/")[2]
