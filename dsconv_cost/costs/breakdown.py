"""The rows of an analysis: its layers at a chosen depth, with the cost of each in the three forms."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from dsconv_cost.costs.analysis import Analysis
from dsconv_cost.costs.conventions import Figures
from dsconv_cost.costs.parts import LayerSums, Sums, sum_of, sums_by
from dsconv_cost.layers.base import Layer
from dsconv_cost.layers.shapes import Shape, Sides
from dsconv_cost.network.graph import Node, Place
from dsconv_cost.network.transforms.convert import MERGED

ITEMS = "items"
EXPAND = "expand"
OPS = "ops"


class View(NamedTuple):
    """Which rows are wanted, and in which order."""

    level: str = ITEMS
    """ITEMS of the file, EXPAND: convolutions and linear layers, OPS: every primitive."""
    depth: int = 1
    """How many levels of items, blocks and composites have rows of their own."""
    sort: str = "order"
    top: int | None = None

    @property
    def key(self) -> str:
        """What the rows are sorted by: `top` without `sort` means the costliest."""
        return "macs" if self.sort == "order" and self.top is not None else self.sort


class LayerRow(NamedTuple):
    """One row: an item, a layer or a group of layers, in the three forms."""

    name: str
    type: str
    inputs: tuple[Shape, ...]
    """Of its first layer; without OPS only the first of them."""
    output: Shape
    kernel: Sides | None
    """Of its layers with a wide window or a stride, where these agree."""
    stride: Sides | None
    figures: Figures
    standard: int
    """MACs in the standard form."""
    separable: int
    """MACs in the separable form."""
    merged: bool
    """Whether its cost in the standard form is part of another row."""
    factor: float | None
    """standard / separable, where they differ; with rows merged into this one, that of all of them together."""
    line: int
    layers: list[int]
    """The indices of its layers in the network as written."""

    @property
    def params(self) -> int:
        return self.figures.params

    @property
    def macs(self) -> int:
        return self.figures.macs


class LayerRows(NamedTuple):
    """The rows chosen, and what was left out."""

    shown: list[LayerRow]
    total: int
    """How many there are, shown or not."""
    unshown_layers: int
    """With EXPAND, layers that have no row."""
    unshown_params: int


class _Group:
    """The layers of one row."""

    __slots__ = ("indices", "merged", "nodes", "part", "place", "taken")

    def __init__(self, place: Place, part: str) -> None:
        self.place = place
        self.part = part
        self.nodes: list[Node] = []
        self.indices: list[int] = []
        self.merged = False
        self.taken = 0
        """MACs of depthwise convolutions of other rows whose cost in the standard form is part of this row."""

    def add(self, node: Node, index: int) -> None:
        self.nodes.append(node)
        self.indices.append(index)

    @property
    def weighted(self) -> bool:
        return any(node.kind.weighted for node in self.nodes)


class _Grouping:
    """Which row a layer belongs to."""

    def __init__(self, view: View) -> None:
        self._whole = view.level != ITEMS
        """Whether a place has a row of its own however deep it is."""
        self._parts = view.level == OPS
        """Whether what a field of an item stands for has one too."""
        self._depth = view.depth
        self._around: dict[Place, Place | None] = {}
        """For a place with others inside: whose row those belong to, None where each has its own."""
        self.groups: dict[Place | tuple[Place, str], _Group] = {}

    def of(self, node: Node) -> _Group:
        """Return the row of a layer of the network as written, a new one for the first layer of a row."""
        place, part = node.place, node.part if self._parts else ""
        if place.parent is not None and not self._whole:
            place = self._inside(place.parent) or place
        key = (place, part) if part else place
        group = self.groups.get(key)
        if group is None:
            group = self.groups[key] = _Group(place, part)
        return group

    def holding(self, node: Node) -> _Group:
        """Return the row of a layer of another form; one that the form put inside a place is in that place's row."""
        group_at = self.groups.get
        group = group_at((node.place, node.part)) if self._parts and node.part else None
        place: Place | None = node.place
        while group is None and place is not None:
            group = group_at(place)
            place = place.parent
        assert group is not None, node.name
        return group

    def _inside(self, parent: Place) -> Place | None:
        if parent not in self._around:
            chain = parent.chain()
            self._around[parent] = chain[self._depth - 1] if len(chain) >= self._depth else None
        return self._around[parent]


def rows(analysis: Analysis, view: View) -> LayerRows:
    """Return the rows that a view asks for."""
    grouping = _Grouping(view)
    for index, node in enumerate(analysis.as_written.network.nodes):
        grouping.of(node).add(node, index)
    groups = list(grouping.groups.values())
    layer_sums = LayerSums(analysis.convention)
    written = {group: sum_of(map(layer_sums.of, group.nodes)) for group in groups}
    # Most networks are their own standard or separable form.
    standard, separable = (
        written if form.network is analysis.as_written.network else sums_by(form, grouping.holding)
        for form in (analysis.standard, analysis.separable)
    )
    _mark_merged(analysis, grouping, standard)
    unshown_layers = unshown_params = 0
    if view.level == EXPAND:
        left = [group for group in groups if not group.weighted]
        groups = [group for group in groups if group.weighted]
        unshown_layers = sum(len(group.nodes) for group in left)
        unshown_params = sum(node.counts.params for group in left for node in group.nodes)
    window = cache(_window)
    nothing = Sums()
    made = [
        _row(analysis, view, group, window, [sums.get(group, nothing) for sums in (written, standard, separable)])
        for group in groups
    ]
    if view.key != "order":
        made.sort(key=_SORT_KEYS[view.key])
    return LayerRows(made[: view.top], len(made), unshown_layers, unshown_params)


_SORT_KEYS: dict[str, Callable[[LayerRow], Any]] = {
    "name": lambda row: row.name,
    "type": lambda row: row.type,
    "params": lambda row: -row.figures.params,
    "macs": lambda row: -row.figures.macs,
    "standard": lambda row: -row.standard,
    "separable": lambda row: -row.separable,
    "factor": lambda row: -(row.factor or 0),
}


def _mark_merged(analysis: Analysis, grouping: _Grouping, standard: Mapping[_Group, Sums]) -> None:
    """Note which rows are part of others in the standard form, and the MACs that those others take in."""
    nodes, figures = analysis.network.nodes, analysis.convention.figures
    for decision in analysis.standard.decisions:
        if decision.verdict == MERGED and decision.into is not None:
            merged = nodes[decision.node]
            here, there = grouping.holding(merged), grouping.holding(nodes[decision.into])
            if here is not there:
                here.merged = here not in standard or not standard[here].macs
                there.taken += figures(merged.layer.type, merged.counts).macs


def _row(
    analysis: Analysis, view: View, group: _Group, window: Callable[..., Sequence[Sides | None]], sums: Sequence[Sums]
) -> LayerRow:
    network, first = analysis.as_written.network, group.nodes[0]
    written, standard, separable = sums
    ops = view.level == OPS
    kernel, stride = window(first.layer) if len(group.nodes) == 1 else window(*{node.layer for node in group.nodes})
    against = separable.macs + group.taken
    return LayerRow(
        f"{group.place.name}.{group.part}" if group.part else group.place.name,
        first.layer.type if ops else group.place.type,
        tuple(network.shape(i) for i in (first.inputs if ops else first.inputs[:1])),
        group.nodes[-1].output,
        kernel,
        stride,
        written.figures,
        standard.macs,
        separable.macs,
        group.merged,
        standard.macs / against if standard.macs and against and standard.macs != against else None,
        group.place.line,
        group.indices,
    )


def _window(*layers: Layer) -> tuple[Sides | None, Sides | None]:
    """Return kernel and stride of the layers of a row, where those with a wide window or a stride agree."""
    # Kernel and stride are the same for every input.
    settings = [layer.settings((Shape(1, 1, 1),)) for layer in layers]
    known = {(each["kernel"], each["stride"]) for each in settings if "kernel" in each}
    wide = known - {((1, 1), (1, 1))} or known
    return wide.pop() if len(wide) == 1 else (None, None)
