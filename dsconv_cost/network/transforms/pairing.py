"""Which layers of a network belong together: a depthwise convolution with a pointwise one, a convolution with its norm.

- A pointwise convolution is 1 x 1, stride 1, no padding, one group.
- A pair is a depthwise convolution with k > 1 whose only consumer chain is batch norms, activations, dropouts and,
  if m = 1, one squeeze-excite gate, and then a pointwise convolution.
- A squeeze-excite gate is pooling to one value a channel, then 1 x 1 convolutions or linear layers with any norms,
  activations and dropouts, and the product with what went in (Hu et al. 2018, arXiv:1709.01507).
"""

from collections.abc import Iterable, Iterator, Sequence

from dsconv_cost.layers.activation import Activation
from dsconv_cost.layers.convolution import POINTWISE, Conv
from dsconv_cost.layers.join import Multiply
from dsconv_cost.layers.linear import Linear
from dsconv_cost.layers.norm import BatchNorm, Norm
from dsconv_cost.layers.pooling import MEAN, AdaptiveAvgPool, GlobalAvgPool, Reduce
from dsconv_cost.layers.reshape import Flatten, Identity
from dsconv_cost.layers.shapes import CHANNELS, is_one
from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.network.graph import Network, Node


class SeparablePair(NamedTuple):
    depthwise: int
    pointwise: int
    between: list[int]
    gate: list[int]
    """The nodes of the squeeze-excite gate between them, if there is one."""


class Unpaired(NamedTuple):
    """Why a depthwise convolution has no pointwise one of its own."""

    reason: str
    """In words, without names."""
    broken_by: tuple[int, ...]
    """The layers that come where the pair would go on."""


class Tail(NamedTuple):
    norm: int | None
    activation: int | None


def pairs_of(network: Network, depthwise: Sequence[int]) -> Iterator[SeparablePair | Unpaired]:
    """Yield for each of these depthwise convolutions its pair, or why it has none."""
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
        consumers = self.consumers[index]
        return consumers[0] if len(consumers) == 1 and index not in self.outputs else None

    def pair(self, depthwise: int) -> SeparablePair | Unpaired:
        nodes = self.network.nodes
        start = nodes[depthwise]
        same_width = start.output.channels == self.network.input_shapes(start)[0].channels
        between: list[int] = []
        gate: list[int] = []
        at = depthwise
        while True:
            following = self._only(at)
            if following is None:
                nodes_of_gate = self._gate(at)
                if not nodes_of_gate or gate or not same_width:
                    return self._broken(depthwise, at, nodes_of_gate, gate)
                gate = nodes_of_gate
                at = gate[-1]
                continue
            node = nodes[following]
            if _is_pointwise(node):
                return SeparablePair(depthwise, following, between, gate)
            if not isinstance(node.layer, (BatchNorm, Activation, Identity)):
                return Unpaired(_what_follows(node), (following,))
            between.append(following)
            at = following

    def _broken(self, depthwise: int, at: int, gate: list[int], gate_before: list[int]) -> Unpaired:
        """Return why the way from a depthwise convolution does not go on behind `at`."""
        if gate:
            again = "a second squeeze-excite gate follows"
            return Unpaired(again if gate_before else "a gate follows a depth multiplier above 1", (gate[-1],))
        if at in self.outputs:
            return Unpaired("an output of the network", (at,) if at != depthwise else ())
        return Unpaired("several layers take its output", tuple(dict.fromkeys(self.consumers[at])))

    def _gate(self, at: int) -> list[int]:
        """Return the nodes of the squeeze-excite gate on the output of `at`, the product last; none without a gate."""
        nodes = self.network.nodes
        takers = self.consumers[at]
        if len(takers) != 2 or at in self.outputs:
            return []
        pool = next((t for t in takers if _pools_to_one(nodes[t])), None)
        product = next((t for t in takers if isinstance(nodes[t].layer, Multiply)), None)
        if pool is None or product is None:
            return []
        gate = [pool]
        while (following := self._only(gate[-1])) != product:
            if following is None or not _is_in_gates(nodes[following]):
                return []
            gate.append(following)
        weighted = any(nodes[index].kind.weighted for index in gate)
        # Factors for several channels at once would widen what they multiply.
        if (
            not weighted
            or sorted(nodes[product].inputs) != sorted((at, gate[-1]))
            or nodes[product].output != nodes[at].output
        ):
            return []
        return [*gate, product]

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
    return node.kind == POINTWISE and isinstance(node.layer, Conv) and is_one(node.layer.stride)


def _pools_to_one(node: Node) -> bool:
    layer = node.layer
    if isinstance(layer, Reduce):
        return layer.how == MEAN and node.output.positions == 1 and CHANNELS not in (layer.over or ())
    return isinstance(layer, GlobalAvgPool) or (isinstance(layer, AdaptiveAvgPool) and is_one(layer.size))


def _is_in_gates(node: Node) -> bool:
    """Return whether a layer may be in a gate, after the pooling: there is still one value a channel."""
    layer = node.layer
    if isinstance(layer, Conv):
        return layer.is_flat and node.output.positions == 1
    return isinstance(layer, (Linear, Norm, Activation, Identity, Flatten))


def _what_follows(node: Node) -> str:
    """Return in words which layer comes where the pair would go on."""
    if node.kind == POINTWISE:
        return "a strided 1 x 1 convolution follows"
    if isinstance(node.layer, Linear) or not node.kind.weighted:
        return f"{node.layer.type} follows"
    return f"a {node.kind} layer follows"
