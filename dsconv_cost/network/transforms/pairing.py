"""Which layers of a network belong together: a depthwise convolution with a pointwise one, a convolution with its norm.

- A pointwise convolution is 1 x 1, stride 1, no padding, one group.
- A pair is a depthwise convolution with k > 1 whose only consumer chain is batch norms, activations, dropouts and,
  if m = 1, one squeeze-excite gate, and then a pointwise convolution.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from dsconv_cost.layers.activation import Activation
from dsconv_cost.layers.convolution import POINTWISE, Conv
from dsconv_cost.layers.join import Multiply
from dsconv_cost.layers.norm import BatchNorm, Norm
from dsconv_cost.layers.pooling import GlobalAvgPool
from dsconv_cost.layers.reshape import Dropout
from dsconv_cost.network.graph import Network, Node


class SeparablePair(NamedTuple):
    depthwise: int
    pointwise: int
    between: list[int]
    gate: list[int]
    """The nodes of the squeeze-excite gate between them, if there is one."""


class Tail(NamedTuple):
    norm: int | None
    activation: int | None


def pairs_of(network: Network, depthwise: Sequence[int]) -> Iterator[SeparablePair | None]:
    """Yield for each of these depthwise convolutions its pair, if it is in one."""
    if depthwise:
        yield from map(_Graph(network).pair, depthwise)


def tails_of(network: Network, convolutions: Iterable[int]) -> Iterator[Tail]:
    """Yield for each of these convolutions the norm and activation that follow it."""
    return map(_Graph(network).tail, convolutions)


class _Graph:
    """A network with the consumers of every node."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.consumers = network.consumers()
        self.outputs = set(network.outputs)

    def _only(self, index: int) -> int | None:
        """Return the one consumer of a node's output, or None when it has several or is an output itself."""
        found = self.consumers[index]
        return found[0] if len(found) == 1 and index not in self.outputs else None

    def pair(self, depthwise: int) -> SeparablePair | None:
        nodes = self.network.nodes
        start = nodes[depthwise]
        same_width = start.output.channels == self.network.input_shapes(start)[0].channels
        between: list[int] = []
        gate: list[int] = []
        at = depthwise
        while True:
            following = self._only(at)
            if following is None:
                found = self._gate(at) if same_width and not gate else None
                if found is None:
                    return None
                gate = found
                at = gate[-1]
                continue
            node = nodes[following]
            if _is_pointwise(node):
                return SeparablePair(depthwise, following, between, gate)
            if not isinstance(node.layer, (BatchNorm, Activation, Dropout)):
                return None
            between.append(following)
            at = following

    def _gate(self, at: int) -> list[int] | None:
        """Return the nodes of the squeeze-excite gate on the output of `at`, the product last, or None.

        The gate is what squeeze_excite makes, also when written out: global pool, 1 x 1 conv, activation, 1 x 1 conv,
        activation, and the product with what went in.
        """
        nodes = self.network.nodes
        takers = self.consumers[at]
        if len(takers) != 2 or at in self.outputs:
            return None
        pool = next((t for t in takers if isinstance(nodes[t].layer, GlobalAvgPool)), None)
        product = next((t for t in takers if isinstance(nodes[t].layer, Multiply)), None)
        if pool is None or product is None:
            return None
        found = [pool]
        convolutions = 0
        current: int | None = pool
        while True:
            current = self._only(found[-1])
            if current is None:
                return None
            if current == product:
                break
            if _is_pointwise(nodes[current]):
                convolutions += 1
            elif not isinstance(nodes[current].layer, Activation):
                return None
            found.append(current)
        if convolutions != 2 or sorted(nodes[product].inputs) != sorted((at, found[-1])):
            return None
        if nodes[product].output != nodes[at].output:
            return None
        return [*found, product]

    def tail(self, index: int) -> Tail:
        """Return the norm that directly follows a convolution and the activation after it, as the depthwise's model."""
        norm = self._only(index)
        if norm is None or not isinstance(self.network.nodes[norm].layer, Norm):
            return Tail(None, None)
        activation = self._only(norm)
        if activation is None or not isinstance(self.network.nodes[activation].layer, Activation):
            return Tail(norm, None)
        return Tail(norm, activation)


def _is_pointwise(node: Node) -> bool:
    return node.kind == POINTWISE and isinstance(node.layer, Conv) and node.layer.stride == (1, 1)
