"""The costs of a network's parts: its items and layers by name, and its kinds of layers."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import NamedTuple, TypeVar

from dsconv_cost import patterns
from dsconv_cost.costs.analysis import Form
from dsconv_cost.costs.charges import Convention, Figures
from dsconv_cost.errors import DsconvCostError
from dsconv_cost.language.limits import SHARE, Amount, Metric
from dsconv_cost.layers.base import OperationKind
from dsconv_cost.layers.counts import Counts
from dsconv_cost.network.graph import Network, Node, Place
from dsconv_cost.network.transforms.convert import standard_form

K = TypeVar("K", bound=Hashable)


class NoMacs(DsconvCostError):
    """A share of MACs was asked for, of a network that has none."""


class Sums:
    """The sums over some layers of a network; names of metrics are attributes."""

    __slots__ = ("activations", "biases", "flops", "largest", "layers", "macs", "norm", "params", "weights")

    def __init__(self) -> None:
        self.params = 0
        self.macs = 0
        self.flops = 0
        self.weights = 0
        self.biases = 0
        self.norm = 0
        self.activations = 0
        """Elements written by convolutions and linear layers."""
        self.layers = 0
        """Convolutions and linear layers."""
        self.largest = 0
        """The MACs of the costliest single layer."""

    def add(self, other: "Sums") -> None:
        self.params += other.params
        self.macs += other.macs
        self.flops += other.flops
        self.weights += other.weights
        self.biases += other.biases
        self.norm += other.norm
        self.activations += other.activations
        self.layers += other.layers
        if other.largest > self.largest:
            self.largest = other.largest

    @property
    def figures(self) -> Figures:
        return Figures(self.params, self.macs, self.flops)

    def of(self, metric: str) -> int:
        """Return the sum that a metric is made of: a size of params, a share of MACs."""
        name = {"size": "params", "largest_share": "macs", "saving": "macs"}.get(metric, metric)
        value: int = getattr(self, name)
        return value


class LayerSums:
    """The sums of single layers under a convention, worked out once for equal layers."""

    def __init__(self, convention: Convention) -> None:
        self._figures = convention.figures
        self._known: dict[tuple[str, str, Counts], Sums] = {}

    def of(self, node: Node) -> Sums:
        """Return the sums of one layer. Not to be added to: equal layers share them."""
        identity = node.layer.case, node.kind, node.counts
        sums = self._known.get(identity)
        if sums is None:
            sums = self._known[identity] = _sums_of(node, self._figures(node.layer.case, node.counts))
        return sums


def sums_by(nodes: Iterable[Node], layer_sums: LayerSums, key: Callable[[Node], K]) -> dict[K, Sums]:
    """Return the sums over all layers that have the same key. Not to be added to."""
    of = layer_sums.of
    members: dict[K, list[Sums]] = {}
    for node in nodes:
        at = key(node)
        if at in members:
            members[at].append(of(node))
        else:
            members[at] = [of(node)]
    return {at: sums[0] if len(sums) == 1 else sum_of(sums) for at, sums in members.items()}


def sums_of_form(form: Form, key: Callable[[Node], K]) -> dict[K, Sums]:
    """Return the sums over all layers of a form that have the same key. Not to be added to."""
    return sums_by(form.network.nodes, LayerSums(form.convention), key)


def sum_of(parts: Iterable[Sums]) -> Sums:
    """Return the sum of parts."""
    whole = Sums()
    for part in parts:
        whole.add(part)
    return whole


def _sums_of(node: Node, figures: Figures) -> Sums:
    sums, counts = Sums(), node.counts
    sums.params, sums.macs, sums.flops = figures
    sums.weights, sums.biases, sums.norm = counts.weights, counts.biases, counts.norm
    sums.largest = figures.macs
    if node.kind.weighted:
        sums.activations = counts.written
        sums.layers = 1
    return sums


class KindCosts(NamedTuple):
    """The cost of all layers of one kind."""

    layers: int
    """How many layers there are; a norm or activation in a convolution's item counts with the convolution."""
    sums: Sums


def costs_by_kind(form: Form) -> dict[OperationKind, KindCosts]:
    """Return the cost of each kind of layer, in order of first appearance."""
    kinds = _kinds(form)
    counts = Counter(kinds.values())
    return {kind: KindCosts(counts[kind], sums) for kind, sums in sums_of_form(form, lambda n: kinds[n.place]).items()}


def _kinds(form: Form) -> dict[Place, OperationKind]:
    """Return the kind of the layer at each place: that of its first primitive."""
    kinds: dict[Place, OperationKind] = {}
    for node in form.network.nodes:
        kinds.setdefault(node.place, node.kind)
    return kinds


class PartRow(NamedTuple):
    """A layer as reports name it, with the norm and activation of its item."""

    name: str
    line: int
    column: int
    sums: Sums
    place: Place


class PartCosts:
    """The figures of one network and its parts under a convention."""

    def __init__(self, network: Network, convention: Convention) -> None:
        self.network = network
        self.form = Form(network, convention)
        self.convention = convention
        self._leaves = sums_of_form(self.form, lambda node: node.place)
        self._kinds = _kinds(self.form)
        self.total = sum_of(self._leaves.values())
        self._places: dict[Place, Sums] | None = None
        self._standard: int | None = None

    @property
    def largest(self) -> int:
        """The MACs of the costliest single layer."""
        return self.total.largest

    @property
    def standard_macs(self) -> int:
        """The MACs of the network's standard form."""
        if self._standard is None:
            self._standard = Form(standard_form(self.network).network, self.convention).macs
        return self._standard

    def amount(self, metric: Metric, bits: int, sums: Sums | None = None) -> Amount:
        """Return the value of a metric, of the network or of a part with these sums. Raises NoMacs."""
        sums = sums or self.total
        if metric.name == "size":
            return Amount("", -(-sums.params * bits // 8))
        if metric.measure != SHARE:
            return Amount("", sums.of(metric.name))
        whole = self.total.macs if metric.name == "largest_share" else self.standard_macs
        if not whole:
            raise NoMacs(f"{metric.name} is a share of MACs, and this network has none")
        if metric.name == "largest_share":
            return Amount("", self.largest, whole)
        return Amount("", whole - self.total.macs, whole)

    def rows(self) -> list[PartRow]:
        """Return the layers that cost something, in execution order."""
        return [_row(place, sums) for place, sums in self._leaves.items() if sums.params or sums.macs]

    def items(self) -> list[PartRow]:
        """Return the items of the file, in execution order."""
        return [_row(place, sums) for place, sums in self.places().items() if place.parent is None]

    def places(self) -> dict[Place, Sums]:
        """Return the figures of every item, composite and layer."""
        if self._places is None:
            places: dict[Place, Sums] = {}
            for place, leaf in self._leaves.items():
                at: Place | None = place
                while at is not None:
                    sums = places.get(at)
                    if sums is None:
                        sums = places[at] = Sums()
                    sums.add(leaf)
                    at = at.parent
            self._places = places
        return self._places

    def named(self, layer: str, kind: str | None) -> list[PartRow]:
        """Return the items, composites and layers that a pattern names; with a kind, only layers of that kind."""
        pattern = patterns.pattern(layer)
        candidates = self.places() if kind is None else self._of_kind(kind)
        return [_row(place, sums) for place, sums in candidates.items() if pattern.fullmatch(place.name)]

    def kinds(self, kind: str) -> dict[str, list[PartRow]]:
        """Return the layers of each kind that a pattern names; a norm in a convolution's item counts with it."""
        by_kind: dict[str, list[PartRow]] = {}
        for place, sums in self._of_kind(kind).items():
            by_kind.setdefault(self._kinds[place], []).append(_row(place, sums))
        return by_kind

    def _of_kind(self, kind: str) -> dict[Place, Sums]:
        return {place: sums for place, sums in self._leaves.items() if patterns.matches(kind, self._kinds[place])}

    def inside(self, place: Place) -> Iterator[PartRow]:
        """Yield the layers of an item or composite, itself included."""
        for leaf_place, sums in self._leaves.items():
            at: Place | None = leaf_place
            while at is not None and at is not place:
                at = at.parent
            if at is place:
                yield _row(leaf_place, sums)


def _row(place: Place, sums: Sums) -> PartRow:
    return PartRow(place.name, place.line, place.column, sums, place)
