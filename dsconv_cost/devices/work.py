"""The work of each operation of a deployed network, in the terms that rates can be fitted to."""

from collections.abc import Callable, Iterable
from operator import attrgetter

from dsconv_cost.layers.convolution import DEPTHWISE
from dsconv_cost.memory.graph import MemoryGraph
from dsconv_cost.memory.traffic import traffic
from dsconv_cost.named_tuple import NamedTuple


class Work(NamedTuple):
    """What one operation does, or several."""

    depthwise_macs: int = 0
    other_macs: int = 0
    weights: int = 0
    """Weights, biases and norms that it reads, in elements."""
    activations: int = 0
    """Elements that convolutions and linear layers write."""
    moved: int = 0
    """Elements of inputs, weights and output, once each."""
    operations: int = 0

    @property
    def macs(self) -> int:
        return self.depthwise_macs + self.other_macs

    def plus(self, other: "Work") -> "Work":
        """Return the work of both."""
        return Work(*map(sum, zip(self, other, strict=True)))


class RateTerm(NamedTuple):
    """Something that takes time in proportion to how much of it there is."""

    name: str
    words: str
    of: Callable[[Work], int]


TERMS = {
    term.name: term
    for term in (
        RateTerm("macs", "MACs", attrgetter("macs")),
        RateTerm("depthwise_macs", "MACs of depthwise convolutions", attrgetter("depthwise_macs")),
        RateTerm("other_macs", "all other MACs", attrgetter("other_macs")),
        RateTerm("weights", "weights and biases, each time they are read", attrgetter("weights")),
        RateTerm("activations", "elements that convolutions and linear layers write", attrgetter("activations")),
        RateTerm("moved", "elements of inputs, weights and outputs, once for each operation", attrgetter("moved")),
        RateTerm("operations", "operations of the deployed network", attrgetter("operations")),
    )
}
"""Name of a term -> the term."""


def work_of(graph: MemoryGraph) -> list[Work]:
    """Return the work of each operation of a deployed network."""
    works: list[Work] = []
    for operation, elements in zip(
        graph.operations, traffic(graph, bits=8, bias_bits=8), strict=True
    ):  # a byte an element
        kind = operation.node.kind
        macs = sum([node.counts.macs for node in (operation.node, *operation.fused)])
        depthwise = macs if kind == DEPTHWISE else 0
        written = elements.output if kind.weighted else 0
        works.append(Work(depthwise, macs - depthwise, elements.weights, written, elements.total, 1))
    return works


def total_work(works: Iterable[Work]) -> Work:
    """Return the work of all."""
    return Work(*map(sum, zip(*works, strict=True))) if (works := list(works)) else Work()
