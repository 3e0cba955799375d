"""The rows of an analysis: its layers at a chosen depth, with the cost of each in the three forms."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from dsconv_cost.costs.analysis import Analysis
from dsconv_cost.costs.charges import Figures, HasFigures
from dsconv_cost.costs.sums import LayerSums, sum_of, sums_by
from dsconv_cost.layers.base import Layer
from dsconv_cost.layers.shapes import Shape, Sides, is_one
from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.network.graph import Node, Place
from dsconv_cost.network.transforms.convert import MERGED

if TYPE_CHECKING:
    from dsconv_cost.costs.footprint import Footprint, Footprints
    from dsconv_cost.devices.times import DeviceTimes, PartTime

ITEMS = "items"
EXPAND = "expand"
OPS = "ops"

FOOTPRINT_SORTS = (
    "bytes_read", "bytes_written", "weight_bytes", "macs_per_byte", "macs_padded_8", "macs_padded_16", "macs_padded_32", "live",
)  # fmt: skip
"""Amounts of a footprint that rows are sorted by."""


class View(NamedTuple):
    """Which rows are wanted, and in which order."""

    level: str | None = None
    """ITEMS of the file, EXPAND: convolutions and linear layers, OPS: every primitive; None: ITEMS, for programs OPS."""
    depth: int = 1
    """How many levels of items, blocks and composites have rows of their own."""
    sort: str = "order"
    top: int | None = None
    times: "DeviceTimes | None" = None
    """The network on a device, where one is named."""
    columns: tuple[str, ...] = ()
    """The columns of tables; none for those of the table's own choice."""
    bits: int | None = None
    """Of the elements of tensors and weights, where bytes are told; 8 if not given."""
    memory: str | None = None
    """The convention of memory; `liveness` if not given."""

    @property
    def key(self) -> str:
        """The key that rows are sorted by; `top` without `sort` means the costliest."""
        return "macs" if self.sort == "order" and self.top is not None else self.sort


class _Row(NamedTuple):
    """What a row holds."""

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
    """Whether another row includes its cost in the standard form."""
    merged_in_part: bool
    """Whether that is so for a depthwise convolution of several layers, so that the factor is that of the others."""
    factor: float | None
    """standard / separable, where they differ; with rows merged into this one, that of all of them together."""
    line: int
    nodes: list[Node]
    """Its layers in the network as written."""
    footprints: "Callable[[], Footprints]"
    """Makes the footprints of the network that it is a row of."""
    time: "PartTime | None" = None
    """What it takes on the device of the view; None where that names none."""


class LayerRow(_Row, HasFigures):
    """One row: an item, a layer or a group of layers, in the three forms."""

    __slots__ = ()

    @property
    def saving(self) -> float | None:
        """Per cent of the MACs of the standard form that the separable one saves, where `factor` has a value."""
        return None if self.factor is None else 100 * (1 - 1 / self.factor)

    @property
    def footprint(self) -> "Footprint":
        """What running it takes: bytes read, written and live, padded MACs, and the receptive field of its output."""
        return self.footprints().of(self.nodes)

    def __repr__(self) -> str:
        return f"<{self.type} {self.name}: {self.params:,} params, {self.macs:,} MACs>"


class _Group:
    """The layers of one row."""

    __slots__ = ("merged", "merged_in_part", "nodes", "part", "place", "taken")

    def __init__(self, place: Place, part: str) -> None:
        self.place = place
        self.part = part
        self.nodes: list[Node] = []
        self.merged = self.merged_in_part = False
        self.taken = 0
        """MACs of depthwise convolutions of other rows whose cost in the standard form is part of this row, less those
        of depthwise convolutions of this row whose cost is part of others: each belongs to one factor."""

    def merge(self, macs: int, into: "_Group", wholly: bool) -> None:
        """Note that a depthwise convolution of this row is part of another row in the standard form."""
        self.merged, self.merged_in_part = wholly, not wholly
        self.taken -= macs
        into.taken += macs

    @property
    def accumulates(self) -> bool:
        return any(node.kind.accumulates for node in self.nodes)


class _Grouping:
    """Which row a layer belongs to."""

    def __init__(self, view: View) -> None:
        self._whole = view.level in (EXPAND, OPS)
        """Whether a place has a row of its own however deep it is."""
        self._parts = view.level == OPS
        """Whether the norm or activation of an item's field has a row too."""
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


class Breakdown:
    """An analysis divided into the rows that a view asks for."""

    def __init__(self, analysis: Analysis, view: View) -> None:
        self._analysis = analysis
        self.view = view
        self._footprints = partial(analysis.as_written.footprints, view.bits, view.memory)
        grouping = _Grouping(view)
        for node in analysis.as_written.network.nodes:
            grouping.of(node).nodes.append(node)
        self._groups = list(grouping.groups.values())
        self._layer_sums = LayerSums(analysis.convention)
        self._standard, self._separable = (
            sums_by(self._costly(form.network.nodes), self._layer_sums, grouping.holding)
            for form in (analysis.standard, analysis.separable)
        )
        self._mark_merged(grouping)
        self.unshown_layers = self.unshown_params = 0
        """With EXPAND, layers that have no row, and their params."""
        if view.level == EXPAND:
            left_out = [group for group in self._groups if not group.accumulates]
            self._groups = [group for group in self._groups if group.accumulates]
            self.unshown_layers = sum(len(group.nodes) for group in left_out)
            self.unshown_params = sum(node.counts.params for group in left_out for node in group.nodes)

    @property
    def total(self) -> int:
        """How many rows there are without `top`."""
        return len(self._groups)

    def rows(self) -> Iterator[LayerRow]:
        """Yield the rows in the order of the view, at most its `top`; without an order they are made one at a time."""
        window = cache(_window)
        made = (self._row(group, window) for group in self._groups)
        key = self.view.key
        return islice(made if key == "order" else sorted(made, key=_SORT_KEYS[key]), self.view.top)

    def _costly(self, nodes: Sequence[Node]) -> Iterator[Node]:
        return (node for node in nodes if self._layer_sums.of(node).macs)

    def _mark_merged(self, grouping: _Grouping) -> None:
        """Note which rows are part of others in the standard form, and the MACs that those others take in."""
        nodes = self._analysis.network.nodes
        for decision in self._analysis.standard.decisions:
            if decision.verdict == MERGED and decision.into is not None:
                merged = nodes[decision.node]
                here, there = grouping.holding(merged), grouping.holding(nodes[decision.into])
                if here is not there:
                    here.merge(self._layer_sums.of(merged).macs, there, wholly=here not in self._standard)

    def _input_of(self, nodes: Sequence[Node]) -> Sequence[int]:
        """Return what the first layer of a row takes; of a learned tensor, what the row takes from outside."""
        if nodes[0].inputs:
            return nodes[0].inputs[:1]
        inside, network = set(map(id, nodes)), self._analysis.as_written.network
        taken = (i for node in nodes for i in node.inputs if i < 0 or id(network.nodes[i]) not in inside)
        return [*islice(taken, 1)]

    def _sides_of(self, node: Node) -> int:
        """Return the axes of what a layer reads, of a learned tensor those of itself."""
        return len(self._analysis.as_written.network.shape(node.inputs[0]) if node.inputs else node.output)

    def _row(self, group: _Group, window: Callable[..., tuple[Sides | None, Sides | None]]) -> LayerRow:
        nodes, place = group.nodes, group.place
        first = nodes[0]
        ops = self.view.level == OPS
        shape = self._analysis.as_written.network.shape
        if len(nodes) == 1:
            written = self._layer_sums.of(first)
            kernel, stride = window((first.layer, self._sides_of(first)))
        else:
            written = sum_of(map(self._layer_sums.of, nodes))
            kernel, stride = window(*{(node.layer, self._sides_of(node)) for node in nodes})
        in_standard, in_separable = self._standard.get(group), self._separable.get(group)
        standard = in_standard.macs if in_standard else 0
        separable = in_separable.macs if in_separable else 0
        against = separable + group.taken
        return LayerRow(
            f"{place.name}.{group.part}" if group.part else place.name,
            first.layer.type if ops else place.type,
            tuple([shape(i) for i in (first.inputs if ops else self._input_of(nodes))]),
            nodes[-1].output,
            kernel,
            stride,
            written.figures,
            standard,
            separable,
            group.merged,
            group.merged_in_part,
            standard / against if standard and against and standard != against else None,
            place.line,
            nodes,
            self._footprints,
            None if self.view.times is None else self.view.times.of(nodes),
        )


def _most_first(key: str, row: LayerRow) -> float:
    """Return what sorts rows by an amount of their footprint, in descending order; those without one last."""
    return -(getattr(row.footprint, key) or 0)


_SORT_KEYS: dict[str, Callable[[LayerRow], Any]] = {
    "name": lambda row: row.name,
    "type": lambda row: row.type,
    "params": lambda row: -row.figures.params,
    "macs": lambda row: -row.figures.macs,
    "standard": lambda row: -row.standard,
    "separable": lambda row: -row.separable,
    "factor": lambda row: -(row.factor or 0),
    "time": lambda row: -((row.time.about if row.time.at_least is None else row.time.at_least) or 0) if row.time else 0,
    **{key: partial(_most_first, key) for key in FOOTPRINT_SORTS},
    "receptive_field": lambda row: [-reach.size for reach in row.footprint.field.sides] if row.footprint.field else [0],
}


def _window(*layers: tuple[Layer, int]) -> tuple[Sides | None, Sides | None]:
    """Return kernel and stride of the layers of a row, where those with a wide window or a stride agree."""
    # Kernel and stride are the same for every input of as many axes.
    settings = [layer.settings((Shape(*[1] * axes),)) for layer, axes in layers]
    known = {(each["kernel"], each["stride"]) for each in settings if "kernel" in each}
    wide = {window for window in known if not all(map(is_one, window))} or known
    return wide.pop() if len(wide) == 1 else (None, None)
