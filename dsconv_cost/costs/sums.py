"""The sums over layers of a network under a convention: of all that share a place, a kind or another key."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

from dsconv_cost.costs.analysis import Form
from dsconv_cost.costs.charges import Convention, Figures
from dsconv_cost.layers.base import OperationKind
from dsconv_cost.layers.counts import Counts
from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.network.graph import Node, Place

K = TypeVar("K", bound=Hashable)


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

    @classmethod
    def of_layer(cls, node: Node, figures: Figures) -> "Sums":
        """Return those of one layer."""
        sums, counts = cls(), node.counts
        sums.params, sums.macs, sums.flops = figures
        sums.weights, sums.biases, sums.norm = counts.weights, counts.biases, counts.norm
        sums.largest = figures.macs
        if node.kind.weighted:
            sums.activations = counts.written
            sums.layers = 1
        return sums

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
        identity = node.case, node.kind, node.counts
        sums = self._known.get(identity)
        if sums is None:
            sums = self._known[identity] = Sums.of_layer(node, self._figures(node.case, node.counts))
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


class KindCosts(NamedTuple):
    """The cost of all layers of one kind."""

    layers: int
    """How many layers there are; a norm or activation in a convolution's item counts with the convolution."""
    sums: Sums


def costs_by_kind(form: Form) -> dict[OperationKind, KindCosts]:
    """Return the cost of each kind of layer, in order of first appearance."""
    kinds = kinds_by_place(form)
    counts = Counter(kinds.values())
    return {kind: KindCosts(counts[kind], sums) for kind, sums in sums_of_form(form, lambda n: kinds[n.place]).items()}


def kinds_by_place(form: Form) -> dict[Place, OperationKind]:
    """Return the kind of the layer at each place: that of its first primitive."""
    kinds: dict[Place, OperationKind] = {}
    for node in form.network.nodes:
        kinds.setdefault(node.place, node.kind)
    return kinds
