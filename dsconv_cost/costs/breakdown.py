"""The rows of an analysis: its layers at a chosen depth, with the cost of each in the three forms."""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from dsconv_cost.costs.analysis import Analysis
from dsconv_cost.costs.conventions import Figures
from dsconv_cost.layers.base import Layer
from dsconv_cost.layers.counts import Counts
from dsconv_cost.layers.shapes import Shape, Sides
from dsconv_cost.network.graph import Node, Place
from dsconv_cost.network.transforms.convert import MERGED

ITEMS = "items"
EXPAND = "expand"
OPS = "ops"

SORTS = ("order", "name", "type", "params", "macs", "standard", "separable", "factor")


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
    """One row: an item, a layer or a group, in the three forms."""

    name: str
    type: str
    input: str
    output: str
    kernel: str
    stride: str
    params: int
    macs: int
    standard: int
    separable: int
    merged: bool
    """Whether its cost in the standard form stands in another row."""
    factor: float | None
    """standard / separable, where they differ; with rows merged into this one, that of all of them together."""
    line: int
    first: int
    """The index of its first layer in the network as written."""


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

    __slots__ = ("first", "merged", "nodes", "part", "place", "separable", "standard", "taken")

    def __init__(self, place: Place, part: str, first: int) -> None:
        self.place = place
        self.part = part
        self.first = first
        self.nodes: list[Node] = []
        self.standard = self.separable = 0
        self.merged = False
        self.taken = 0
        """MACs of depthwise convolutions of other rows whose cost in the standard form stands here."""

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

    def of(self, node: Node, index: int) -> _Group:
        """Return the row of a layer of the network as written, a new one for the first layer of a row."""
        place, part = node.place, node.part if self._parts else ""
        if place.parent is not None and not self._whole:
            place = self._inside(place.parent) or place
        key = (place, part) if part else place
        group = self.groups.get(key)
        if group is None:
            group = self.groups[key] = _Group(place, part, index)
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
    figures = cache(analysis.convention.figures)  # a large network repeats few layers
    kept = _groups(analysis, view, figures)
    unshown_layers = unshown_params = 0
    if view.level == EXPAND:
        left = [node for group in kept if not group.weighted for node in group.nodes]
        kept = [group for group in kept if group.weighted]
        unshown_layers = len(left)
        unshown_params = sum(node.counts.params for node in left)
    made = _made(analysis, view, kept, figures)
    key_name = view.key
    if key_name in ("name", "type"):
        made.sort(key=lambda row: str(getattr(row, key_name)))
    elif key_name != "order":
        made.sort(key=lambda row: getattr(row, key_name) or 0, reverse=True)
    return LayerRows(made[: view.top], len(made), unshown_layers, unshown_params)


FiguresOf = Callable[[str, Counts], Figures]


def _groups(analysis: Analysis, view: View, figures: FiguresOf) -> list[_Group]:
    """Return the layers of each row, with their MACs in the forms that differ from the network as written."""
    grouping = _Grouping(view)
    for index, node in enumerate(analysis.as_written.network.nodes):
        grouping.of(node, index).nodes.append(node)
    if not _same(analysis):
        for node in analysis.standard.network.nodes:
            if macs := figures(node.layer.type, node.counts).macs:
                grouping.holding(node).standard += macs
    for node in analysis.separable.network.nodes:
        if macs := figures(node.layer.type, node.counts).macs:
            grouping.holding(node).separable += macs
    for decision in analysis.standard.decisions:
        if decision.verdict == MERGED and decision.into is not None:
            merged = analysis.network.nodes[decision.node]
            here, there = grouping.holding(merged), grouping.holding(analysis.network.nodes[decision.into])
            if here is not there:
                here.merged = here.standard == 0
                there.taken += figures(merged.layer.type, merged.counts).macs
    return list(grouping.groups.values())


def _same(analysis: Analysis) -> bool:
    """Return whether the standard form is the network as written."""
    return analysis.standard.network is analysis.as_written.network


def _made(analysis: Analysis, view: View, groups: list[_Group], figures: FiguresOf) -> list[LayerRow]:
    """Return the rows of groups."""
    network, same = analysis.as_written.network, _same(analysis)
    ops = view.level == OPS
    shape_text, window = cache(str), cache(_window)
    found: list[LayerRow] = []
    for group in groups:
        nodes, place = group.nodes, group.place
        first = nodes[0]
        params, macs, _ = figures(first.layer.type, first.counts)
        if len(nodes) == 1:
            kernel, stride = window(first.layer)
        else:
            kernel, stride = window(*{node.layer for node in nodes})
            for node in nodes[1:]:
                more = figures(node.layer.type, node.counts)
                params += more.params
                macs += more.macs
        arriving = [shape_text(network.shape(i)) for i in (first.inputs if ops else first.inputs[:1])]
        standard, separable = macs if same else group.standard, group.separable + group.taken
        found.append(
            LayerRow(
                f"{place.name}.{group.part}" if group.part else place.name,
                first.layer.type if ops else place.type,
                " ".join(arriving),
                shape_text(nodes[-1].output),
                kernel,
                stride,
                params,
                macs,
                standard,
                group.separable,
                group.merged,
                standard / separable if standard and separable and standard != separable else None,
                place.line,
                group.first,
            )
        )
    return found


def _window(*layers: Layer) -> tuple[str, str]:
    """Return kernel and stride of the layers of a row, where those with a wide window or a stride agree."""
    # Kernel and stride are the same for every input.
    settings = [layer.settings((Shape(1, 1, 1),)) for layer in layers]
    known = {(each["kernel"], each["stride"]) for each in settings if "kernel" in each}
    found = known - {((1, 1), (1, 1))} or known
    if len(found) != 1:
        return "", ""
    kernel, stride = found.pop()
    return _sides(kernel), _sides(stride)


def _sides(sides: Sides) -> str:
    return str(sides[0]) if sides[0] == sides[1] else f"{sides[0]}x{sides[1]}"
