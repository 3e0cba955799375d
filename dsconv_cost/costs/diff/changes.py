"""The changes between two networks, layer by layer: what was added, removed, renamed or changed, and which fields.

A layer here is an item, or a layer inside one, together with the norm and activation of its fields. Layers are aligned by
name only as a last resort: one put in front of others changes the names of all that follow.
"""

import re
from collections.abc import Hashable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from dsconv_cost.costs.analysis import Form
from dsconv_cost.costs.charges import Figures
from dsconv_cost.costs.diff.align import align
from dsconv_cost.costs.sums import sums_of_form
from dsconv_cost.layers.base import Layer
from dsconv_cost.layers.convolution import Conv, DepthwiseConv
from dsconv_cost.layers.shapes import Shape, is_one
from dsconv_cost.network.graph import Network, Node, Place

SAME, RENAMED, CHANGED, ADDED, REMOVED = "same", "renamed", "changed", "added", "removed"


class LayerUnit:
    """A layer with the norm and activation of its fields."""

    __slots__ = ("figures", "keys", "network", "nodes", "place")

    def __init__(self, network: Network, nodes: list[Node], figures: Figures, keys: tuple[int, ...]) -> None:
        self.network = network
        self.nodes = nodes
        self.figures = figures
        self.keys = keys
        self.place = nodes[0].place

    @property
    def name(self) -> str:
        return self.place.name

    @property
    def type(self) -> str:
        return self.nodes[0].layer.type

    @property
    def item(self) -> str:
        """The item of the file it belongs to, without the number of a repetition."""
        label = self.top.label
        return _REPETITION.sub("", label) if label.endswith("]") else label

    @property
    def top(self) -> Place:
        place = self.place
        while place.parent is not None:
            place = place.parent
        return place


_REPETITION = re.compile(r"\[[0-9]+\]$")


class Change(NamedTuple):
    """A layer of one network, and the one of the other that it belongs with."""

    old: LayerUnit | None
    new: LayerUnit | None

    @property
    def kind(self) -> str:
        """SAME, RENAMED, CHANGED, ADDED or REMOVED."""
        if self.old is None:
            return ADDED
        if self.new is None:
            return REMOVED
        if self.old.keys[0] != self.new.keys[0]:
            return CHANGED
        return SAME if self.old.name == self.new.name else RENAMED

    @property
    def name(self) -> str:
        unit = self.new or self.old
        assert unit is not None
        return unit.name

    def of(self, metric: str) -> tuple[int, int]:
        """Return the old and the new value of `params`, `macs` or `flops`."""
        old, new = (0 if unit is None else getattr(unit.figures, metric) for unit in (self.old, self.new))
        return old, new

    def growth(self, metric: str) -> int:
        """Return how much larger the new value is."""
        old, new = self.of(metric)
        return new - old

    def __repr__(self) -> str:
        return f"<{self.kind} {self.name}: {self.growth('params'):+,} params, {self.growth('macs'):+,} MACs>"

    @property
    def fields(self) -> "list[FieldChange]":
        """The fields that differ, and the norms and activations; not the shapes."""
        return [] if self.old is None or self.new is None else _fields_changed(self.old, self.new)

    @property
    def only_shapes(self) -> bool:
        """Whether it is a layer without a cost that changed only in its shapes, so that another row has the reason."""
        if self.old is None or self.new is None or self.kind != CHANGED:
            return False
        return not any((*self.old.figures, *self.new.figures)) and not self.fields


class _Units:
    """Makes the units of networks, with small numbers for keys that are equal."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}
        self._known: dict[tuple[object, ...], tuple[int, ...]] = {}
        self._fields: dict[Layer, tuple[tuple[str, Hashable], ...]] = {}

    def of(self, form: Form | None) -> list[LayerUnit]:
        if form is None:
            return []
        sums = sums_of_form(form, lambda node: node.place)
        units: list[LayerUnit] = []
        for place, nodes in groupby(form.network.nodes, lambda node: node.place):
            units.append(self._unit(form.network, list(nodes), sums[place].figures))
        return units

    def _unit(self, network: Network, nodes: list[Node], figures: Figures) -> LayerUnit:
        arriving = tuple(network.input_shapes(nodes[0]))
        # Layers are shared, so that the keys of equal units are worked out once.
        key = (*[node.layer for node in nodes], *arriving)
        keys = self._known.get(key)
        if keys is None:
            keys = self._known[key] = self._keys(nodes, arriving)
        # The name is the last resort: a 1 x 1 convolution that became 3 x 3 is of another kind, and the same layer still.
        return LayerUnit(network, nodes, figures, (*keys, self._number(4, (nodes[0].layer.type, nodes[0].name))))

    def _keys(self, nodes: list[Node], arriving: tuple[Shape, ...]) -> tuple[int, ...]:
        """Return a number for each of: all of it; all but height and width; type, kind and window; type and kind."""
        first = nodes[0]
        layers = tuple((node.part, node.layer.type, self.fields(node.layer)) for node in nodes)
        window = tuple(entry for entry in self.fields(first.layer) if entry[0] in ("kernel", "stride", "dilation"))
        keys = (
            (layers, arriving, nodes[-1].output),
            (layers, tuple(shape.channels for shape in arriving)),
            (first.layer.type, first.kind, window),
            (first.layer.type, first.kind),
        )
        return tuple(self._number(level, key) for level, key in enumerate(keys))

    def _number(self, level: int, key: Hashable) -> int:
        return self._numbers.setdefault((level, key), len(self._numbers))

    def fields(self, layer: Layer) -> tuple[tuple[str, Hashable], ...]:
        known = self._fields.get(layer)
        if known is None:
            known = self._fields[layer] = fields_of(layer)
        return known


def changes(old: Form | None, new: Form | None) -> list[Change]:
    """Return every layer of both networks, aligned, in the order of the new one; None is a network without layers."""
    units = _Units()
    before, after = units.of(old), units.of(new)
    all_changes: list[Change] = []
    a, b = 0, 0
    pairs = align([unit.keys for unit in before], [unit.keys for unit in after])
    for i, j in [*pairs, (len(before), len(after))]:
        all_changes += [Change(unit, None) for unit in before[a:i]]
        all_changes += [Change(None, unit) for unit in after[b:j]]
        if i < len(before):
            all_changes.append(Change(before[i], after[j]))
        a, b = i + 1, j + 1
    return all_changes


def fields_of(layer: Layer) -> tuple[tuple[str, Hashable], ...]:
    """Return the name and value of every field of a layer; a kernel of 1 has `same` for no padding, which means as much."""
    values = layer.values()
    if isinstance(layer, (Conv, DepthwiseConv)) and is_one(layer.kernel) and layer.padding == 0:
        values["padding"] = "same"
    return tuple(values.items())


class FieldChange(NamedTuple):
    """A field with its old and its new value; for `norm` and `activation` these are layers."""

    name: str
    old: object
    new: object


def _fields_changed(old: LayerUnit, new: LayerUnit) -> list[FieldChange]:
    other = dict(fields_of(new.nodes[0].layer))
    changed = [
        FieldChange(name, value, other[name])
        for name, value in fields_of(old.nodes[0].layer)
        # How many channels leave is told by the output's shape.
        if name in other and value != other[name] and name not in ("out_channels", "out_features")
    ]
    for part, label in (("norm", "norm"), ("act", "activation")):
        before, after = _part(old, part), _part(new, part)
        if before != after:
            changed.append(FieldChange(label, before, after))
    return changed


def _part(unit: LayerUnit, part: str) -> Layer | None:
    return next((node.layer for node in unit.nodes if node.part == part), None)


class ChangeGroup(NamedTuple):
    """A change of one layer, or of all layers of an item that is in one of the networks only."""

    place: Place
    type: str
    kind: str
    changes: list[Change]

    def of(self, metric: str) -> tuple[int, int]:
        """Return the old and the new sum of `params`, `macs` or `flops`."""
        pairs = [change.of(metric) for change in self.changes]
        return sum(old for old, _ in pairs), sum(new for _, new in pairs)

    def growth(self, metric: str) -> int:
        old, new = self.of(metric)
        return new - old


def single_groups(all_changes: Sequence[Change]) -> list[ChangeGroup]:
    """Return a group for every layer, whether it changed or not."""
    groups = []
    for change in all_changes:
        unit = _unit_of(change)
        groups.append(ChangeGroup(unit.place, unit.type, change.kind, [change]))
    return groups


def _unit_of(change: Change) -> LayerUnit:
    unit = change.new or change.old
    assert unit is not None
    return unit


def grouped(all_changes: Sequence[Change]) -> Iterator[ChangeGroup]:
    """Yield a group for every layer that changed, and one for all layers of an item that is in one network only."""
    layers: dict[Place, int] = {}
    alone: dict[Place, int] = {}
    for change in all_changes:
        for unit in (change.old, change.new):
            if unit is not None:
                for place in unit.place.chain():
                    layers[place] = layers.get(place, 0) + 1
                    alone[place] = alone.get(place, 0) + (change.kind in (ADDED, REMOVED))
    group: ChangeGroup | None = None
    for change in all_changes:
        if change.kind in (SAME, RENAMED):
            continue
        unit = _unit_of(change)
        whole = next((place for place in unit.place.chain() if layers[place] == alone[place]), unit.place)
        if group is not None and (group.place is not whole or group.kind != change.kind or layers[whole] == 1):
            yield group
            group = None
        if group is None:
            group = ChangeGroup(whole, unit.type if layers[whole] == 1 else whole.type, change.kind, [])
        group.changes.append(change)
    if group is not None:
        yield group
