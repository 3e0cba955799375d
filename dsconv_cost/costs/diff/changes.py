"""What became of every layer between two networks: layers aligned by what they are, and in words what changed of them.

A layer here is an item, or a layer inside one, together with the norm and activation of its fields. Names are the last thing
that layers are aligned by: one put in front of others changes the names of all that follow.
"""

import re
from collections.abc import Hashable
from typing import NamedTuple

from dsconv_cost.costs.analysis import Form
from dsconv_cost.costs.conventions import Convention, Figures
from dsconv_cost.costs.diff.align import align
from dsconv_cost.layers.base import Layer
from dsconv_cost.layers.shapes import Shape
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
        """What became of it: one of the words at the top of this module."""
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


class _Units:
    """Makes the units of networks, with small numbers for keys that are equal."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}
        self._known: dict[tuple[object, ...], tuple[Figures, tuple[int, ...]]] = {}
        self._fields: dict[Layer, tuple[tuple[str, Hashable], ...]] = {}

    def of(self, form: Form | None) -> list[LayerUnit]:
        if form is None:
            return []
        found: list[LayerUnit] = []
        nodes: list[Node] = []
        for node in form.network.nodes:
            if nodes and node.place is not nodes[0].place:
                found.append(self._unit(form, nodes))
                nodes = []
            nodes.append(node)
        if nodes:
            found.append(self._unit(form, nodes))
        return found

    def _unit(self, form: Form, nodes: list[Node]) -> LayerUnit:
        network = form.network
        arriving = tuple(network.input_shapes(nodes[0]))
        # Layers are shared, so that what units have in common is worked out once.
        key = (*[node.layer for node in nodes], *arriving)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = (self._figures(form.convention, nodes), self._keys(nodes, arriving))
        figures, keys = known
        # The name is the last resort: a 1 x 1 convolution that became 3 x 3 is of another kind, and the same layer still.
        return LayerUnit(network, nodes, figures, (*keys, self._number(4, (nodes[0].layer.type, nodes[0].name))))

    def _figures(self, convention: Convention, nodes: list[Node]) -> Figures:
        return convention.total([(node.layer.type, node.counts) for node in nodes])

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
            known = self._fields[layer] = _fields(layer)
        return known


def changes(old: Form | None, new: Form | None) -> list[Change]:
    """Return every layer of both networks, aligned, in the order of the new one; None is a network without layers."""
    units = _Units()
    before, after = units.of(old), units.of(new)
    found: list[Change] = []
    a, b = 0, 0
    pairs = align([unit.keys for unit in before], [unit.keys for unit in after])
    for i, j in [*pairs, (len(before), len(after))]:
        found += [Change(unit, None) for unit in before[a:i]]
        found += [Change(None, unit) for unit in after[b:j]]
        if i < len(before):
            found.append(Change(before[i], after[j]))
        a, b = i + 1, j + 1
    return found


def _fields(layer: Layer) -> tuple[tuple[str, Hashable], ...]:
    """Return the name and value of every field of a layer."""
    return tuple(layer.values().items())


def what_changed(change: Change) -> str:
    """Return in words what of a layer changed: its fields, then its shapes."""
    old, new = change.old, change.new
    if old is None or new is None or change.kind != CHANGED:
        return ""
    said = fields_changed(old, new)
    for label, shapes in (
        ("input", [" ".join(map(str, unit.network.input_shapes(unit.nodes[0]))) for unit in (old, new)]),
        ("output", [str(unit.nodes[-1].output) for unit in (old, new)]),
    ):
        if shapes[0] != shapes[1]:
            said.append(f"{label} {shapes[0]} -> {shapes[1]}")
    return ", ".join(said)


def fields_changed(old: LayerUnit, new: LayerUnit) -> list[str]:
    """Return in words how the fields of two layers differ, and their norms and activations."""
    said: list[str] = []
    other = dict(_fields(new.nodes[0].layer))
    for name, value in _fields(old.nodes[0].layer):
        # How many channels leave is told by the output's shape.
        if name in other and value != other[name] and name not in ("out_channels", "out_features"):
            said.append(f"{name} {_written(value)} -> {_written(other[name])}")
    for part, label in (("norm", "norm"), ("act", "activation")):
        before, after = _part(old, part), _part(new, part)
        if before != after:
            said.append(f"{label} {before} -> {after}")
    return said


def _part(unit: LayerUnit, part: str) -> str:
    layer = next((node.layer for node in unit.nodes if node.part == part), None)
    if layer is None:
        return "none"
    settings = ", ".join(f"{name} {_written(value)}" for name, value in _fields(layer))
    return f"{layer.type} ({settings})" if settings else layer.type


def _written(value: object) -> str:
    if isinstance(value, tuple):
        return str(value[0]) if len(set(value)) == 1 else "x".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
