"""The memory of one network: peak, arena and flash in bytes."""

from dsconv_cost.layers.norm import BatchNorm
from dsconv_cost.memory.conventions import ARENA, DEFAULT_MEMORY, LOWER_BOUND, MemoryConvention
from dsconv_cost.memory.graph import LiveTensor, MemoryGraph, memory_graph
from dsconv_cost.memory.planner import head, lives_of, placements
from dsconv_cost.network.graph import Network, Node

DEFAULT_ACTIVATION_BITS = 8
BIAS_BYTES = 4
"""Biases, scales and shifts of norms are stored at 32 bits: `int8+int32`."""


class Memory:
    """What a network takes of a device's memory, with tensors and weights at some number of bits."""

    def __init__(self, network: Network, bits: int = DEFAULT_ACTIVATION_BITS) -> None:
        self.bits = bits
        self.graph: MemoryGraph = memory_graph(network)
        self.sizes = [bytes_of(tensor.elements, bits) for tensor in self.graph.tensors]
        """The bytes of each tensor."""
        self._stated = network.stated
        self._timelines: dict[str, list[int]] = {}
        self._head: int | None = None

    def timeline(self, convention: MemoryConvention = DEFAULT_MEMORY) -> list[int]:
        """Return the bytes that each step takes; of a network without operations, those of its inputs."""
        line = self._timelines.get(convention.name)
        if line is None:
            line = convention.timeline(self.graph, self.sizes) or [sum(self.sizes)]
            self._timelines[convention.name] = line
        return line

    def peak(self, convention: MemoryConvention = DEFAULT_MEMORY) -> int:
        """Return the bytes of the step that takes the most; the arena of a file that states its tensors is of those."""
        return self._arena_head if convention is ARENA else max(self.timeline(convention))

    def peak_step(self, convention: MemoryConvention = DEFAULT_MEMORY) -> int:
        """Return the first step that takes the most."""
        line = self.timeline(convention)
        return line.index(max(line))

    def alive(self, step: int) -> list[int]:
        """Return the numbers of the tensors that are alive at a step."""
        tensors = self.graph.tensors
        return [number for number, tensor in enumerate(tensors) if tensor.first <= step <= tensor.last]

    @property
    def arena(self) -> int:
        """The bytes of TensorFlow Lite Micro's arena that tensors take (its head)."""
        return self.peak(ARENA)

    @property
    def is_arena_of_file(self) -> bool:
        """Whether the arena is that of the operators of a model's file, which may be more than the layers that are counted."""
        return bool(self._stated)

    @property
    def arena_of_layers(self) -> int:
        """The bytes of the arena by the tensors of the layers that are counted: where `placements` end."""
        return head(self.sizes, lives_of(self.graph)) if self._stated else self.arena

    @property
    def _arena_head(self) -> int:
        if self._head is None:
            if self._stated:
                sizes = [bytes_of(one.elements, one.bits or self.bits) for one in self._stated]
                self._head = head(sizes, [(one.first, one.last) for one in self._stated])
            else:
                self._head = head(self.sizes, lives_of(self.graph))
        return self._head

    @property
    def reordering_cannot_help(self) -> bool:
        """Whether one operation alone needs all of the peak, so that no order of execution has a lower one."""
        return self.peak(LOWER_BOUND) == self.peak()

    def placements(self) -> list[int]:
        """Return the offset of each tensor in the arena."""
        return placements(self.graph, self.sizes)

    @property
    def tensors(self) -> list[LiveTensor]:
        """The tensors, those of the inputs first."""
        return self.graph.tensors

    @property
    def flash(self) -> int:
        """The bytes of weights and biases of the deployed network: weights at `bits`, biases at 32."""
        return flash_bytes(self.graph.network, self.bits)


def bytes_of(elements: int, bits: int) -> int:
    """Return the bytes of a packed tensor: ceil(elements * bits / 8)."""
    return -(-elements * bits // 8)


def flash_bytes(network: Network, bits: int = DEFAULT_ACTIVATION_BITS) -> int:
    """Return the bytes of the weights and biases of a deployed network, each tensor packed; shared ones are stored once."""
    return sum([node_flash(node, bits) for node in network.nodes])


def node_flash(node: Node, bits: int = DEFAULT_ACTIVATION_BITS) -> int:
    """Return the bytes that one layer stores: weights at `bits`, biases and the scales and shifts of norms at 32 bits."""
    counts = node.counts
    if not node.layer.takes_input:
        return bytes_of(node.output.elements, bits)  # a fixed table is stored too
    # A batch norm that is left stores one scale and one shift a channel, whether they were learned or not.
    norm = max(counts.norm, counts.running) if isinstance(node.layer, BatchNorm) else counts.norm
    return bytes_of(counts.weights, bits) + BIAS_BYTES * (counts.biases + norm)
