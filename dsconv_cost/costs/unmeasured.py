"""Layers of a network that a convention was not measured with: what its counter makes of them is not known."""

from collections.abc import Sequence
from typing import Any

from dsconv_cost.costs.charges import Convention
from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.network.graph import Network, Node
from dsconv_cost.text import inert

_NAMED = 3
"""How many layers of a case are named."""


class Unmeasured(NamedTuple):
    """The layers of one case that a convention was not measured with."""

    case: str
    layers: tuple[str, ...]
    params: int
    """What this project counts of them; the counter may print anything."""
    macs: int
    elements: int
    """Elements of their outputs: what a counter would add that charges 1 for each."""

    @property
    def words(self) -> str:
        """The case, and the first of its layers by name."""
        names = ", ".join([inert(name) for name in self.layers[:_NAMED]])
        more = len(self.layers) - _NAMED
        return f"{self.case} ({names}{f' and {more:,} more' if more > 0 else ''})"

    def document(self) -> dict[str, Any]:
        return {**self._asdict(), "layers": list(self.layers)}


def unmeasured(network: Network, convention: Convention) -> list[Unmeasured]:
    """Return what of a network is unmeasured under a convention, by case in the order of the network."""
    if convention.measured is None:
        return []
    nodes_by_case: dict[str, list[Node]] = {}
    for node in network.nodes:
        if not convention.knows(node.case):
            nodes_by_case.setdefault(node.case, []).append(node)
    return [
        Unmeasured(
            case, tuple([node.name for node in nodes]), sum(node.counts.params for node in nodes),
            sum(node.counts.macs for node in nodes), sum(node.counts.written for node in nodes),
        )
        for case, nodes in nodes_by_case.items()
    ]  # fmt: skip


def unmeasured_layers(parts: Sequence[Unmeasured], convention: Convention) -> str:
    """Return which layers are not measured, in a sentence."""
    cases = "; ".join([part.words for part in parts])
    return f"{convention.name} {convention.version} was not measured with {cases}"
