"""What limits are about: the figures of a network, of its items and layers by name, and of its kinds of layers."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from dsconv_cost import patterns
from dsconv_cost.costs.analysis import Form
from dsconv_cost.costs.conventions import Convention, Figures
from dsconv_cost.layers.counts import Counts
from dsconv_cost.network.graph import Network, Place
from dsconv_cost.network.transforms.convert import standard_form


class Sums:
    """The figures of a part of a network; the names are those of metrics."""

    __slots__ = ("activations", "flops", "layers", "macs", "params")

    def __init__(self) -> None:
        self.params = 0
        self.macs = 0
        self.flops = 0
        self.activations = 0
        self.layers = 0

    def add(self, other: "Sums") -> None:
        self.params += other.params
        self.macs += other.macs
        self.flops += other.flops
        self.activations += other.activations
        self.layers += other.layers

    def of(self, metric: str) -> int:
        """Return one figure; a size and a share are made of params and MACs."""
        name = {"size": "params", "largest_share": "macs", "saving": "macs"}.get(metric, metric)
        value: int = getattr(self, name)
        return value


class PartRow(NamedTuple):
    """A layer as reports name it, with the norm and activation of its item."""

    name: str
    line: int
    column: int
    sums: Sums
    place: Place


class _Leaf:
    __slots__ = ("kind", "sums")

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.sums = Sums()


class PartCosts:
    """The figures of one network under a convention, made when they are asked for."""

    def __init__(self, network: Network, convention: Convention) -> None:
        self.network = network
        self.form = Form(network, convention)
        self.convention = convention
        self.total = Sums()
        self.largest = 0
        """The MACs of the costliest single layer."""
        self._leaves: dict[Place, _Leaf] = {}
        self._places: dict[Place, Sums] | None = None
        self._standard: int | None = None
        self._count()

    def _count(self) -> None:
        figures = _remembered(self.convention.figures)
        for node in self.form.network.nodes:
            leaf = self._leaves.get(node.place)
            if leaf is None:
                leaf = self._leaves[node.place] = _Leaf(node.kind)
            reported = figures(node.layer.type, node.counts)
            sums = leaf.sums
            sums.params += reported.params
            sums.macs += reported.macs
            sums.flops += reported.flops
            if node.kind.weighted:
                sums.activations += node.counts.written
                sums.layers += 1
            self.largest = max(self.largest, reported.macs)
        for leaf in self._leaves.values():
            self.total.add(leaf.sums)

    @property
    def standard_macs(self) -> int:
        """The MACs of the network's standard form."""
        if self._standard is None:
            self._standard = Form(standard_form(self.network).network, self.convention).macs
        return self._standard

    def rows(self) -> list[PartRow]:
        """Return the layers that cost something, in execution order."""
        return [
            PartRow(place.name, place.line, place.column, leaf.sums, place)
            for place, leaf in self._leaves.items()
            if leaf.sums.params or leaf.sums.macs
        ]

    def items(self) -> list[PartRow]:
        """Return the items of the file, in execution order."""
        return [PartRow(p.name, p.line, p.column, sums, p) for p, sums in self.places().items() if p.parent is None]

    def places(self) -> dict[Place, Sums]:
        """Return the figures of every item, composite and layer."""
        if self._places is None:
            found: dict[Place, Sums] = {}
            for place, leaf in self._leaves.items():
                at: Place | None = place
                while at is not None:
                    sums = found.get(at)
                    if sums is None:
                        sums = found[at] = Sums()
                    sums.add(leaf.sums)
                    at = at.parent
            self._places = found
        return self._places

    def named(self, layer: str, kind: str | None) -> list[PartRow]:
        """Return the items, composites and layers that a pattern names; with a kind, layers of that kind alone."""
        pattern = patterns.pattern(layer)
        if kind is None:
            candidates = [(place, sums) for place, sums in self.places().items()]
        else:
            candidates = [
                (place, leaf.sums) for place, leaf in self._leaves.items() if patterns.matches(kind, leaf.kind)
            ]
        return [
            PartRow(name, place.line, place.column, sums, place)
            for place, sums in candidates
            if pattern.fullmatch(name := place.name)
        ]

    def kinds(self, kind: str) -> dict[str, list[PartRow]]:
        """Return the layers of each kind that a pattern names; a norm in a convolution's item counts with it."""
        found: dict[str, list[PartRow]] = {}
        for place, leaf in self._leaves.items():
            if patterns.matches(kind, leaf.kind):
                found.setdefault(leaf.kind, []).append(PartRow(place.name, place.line, place.column, leaf.sums, place))
        return found

    def inside(self, place: Place) -> Iterator[PartRow]:
        """Yield the layers of an item or composite, itself included."""
        for leaf_place, leaf in self._leaves.items():
            at: Place | None = leaf_place
            while at is not None and at is not place:
                at = at.parent
            if at is place:
                yield PartRow(leaf_place.name, leaf_place.line, leaf_place.column, leaf.sums, leaf_place)


def _remembered(function: Callable[[str, Counts], Figures]) -> Callable[[str, Counts], Figures]:
    known: dict[tuple[str, Counts], Figures] = {}

    def of(type_: str, counts: Counts) -> Figures:
        key = (type_, counts)
        found = known.get(key)
        if found is None:
            found = known[key] = function(type_, counts)
        return found

    return of
