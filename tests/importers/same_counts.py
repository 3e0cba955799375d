"""What two networks have in common if one was made from the other: every count of every layer."""

from collections import Counter
from typing import Any

from dsconv_cost.network.graph import Network


def counts_of(network: Network) -> Counter[tuple[Any, ...]]:
    """Return how often the network has a layer of a kind, an output and all counts: nothing of where it is or what it is called."""
    return Counter((node.case, str(node.kind), tuple(node.output), tuple(node.counts)) for node in network.nodes)


def multiplied(network: Network) -> list[tuple[int, ...]]:
    """Return weights, biases, MACs and the output's elements of the layers that multiply and accumulate, sorted."""
    nodes = [node for node in network.nodes if node.counts.macs]
    return sorted((node.counts.weights, node.counts.biases, node.counts.macs, node.output.elements) for node in nodes)


def assert_same(network: Network, other: Network) -> None:
    """Assert that two networks have the same layers, with the same counts, and the same totals."""
    assert [each.shape for each in other.inputs] == [each.shape for each in network.inputs]
    assert len(other.nodes) == len(network.nodes)
    assert counts_of(other) == counts_of(network)
    ends = [[tuple(net.shape(index)) for index in net.outputs] for net in (network, other)]
    assert ends[0] == ends[1]
