"""The bytes that each operation must move: what it reads of its inputs and weights, and its output, once each.

That is the compulsory traffic of an execution operation by operation: a cache can save none of it within an operation, but a runtime
that keeps a tensor on the chip from one operation to the next moves less.
"""

from math import prod

from dsconv_cost.layers.convolution import Convolution
from dsconv_cost.layers.embedding import Embedding
from dsconv_cost.layers.norm import BatchNorm
from dsconv_cost.layers.pooling import Pool
from dsconv_cost.layers.resize import Crop, Slice
from dsconv_cost.layers.shapes import Shape, sides_of
from dsconv_cost.memory.graph import MemoryGraph
from dsconv_cost.memory.measure import BIAS_BYTES, DEFAULT_ACTIVATION_BITS, bytes_of
from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.network.graph import Network, Node


class Traffic(NamedTuple):
    """What one operation reads and writes at least, in bytes."""

    inputs: int
    weights: int
    output: int

    @property
    def total(self) -> int:
        return self.inputs + self.weights + self.output


def traffic(graph: MemoryGraph, bits: int = DEFAULT_ACTIVATION_BITS, bias_bits: int = 8 * BIAS_BYTES) -> list[Traffic]:
    """Return the traffic of each operation, with tensors and weights at `bits`, and biases and norms at `bias_bits`.

    An input is read once although several windows read its elements, and those that no window reads are not; of a learned table an
    operation reads the rows that it looks up.
    """
    network = graph.network
    learned = _learned(network)
    parts: list[Traffic] = []
    for operation in graph.operations:
        node = operation.node
        elements = [graph.tensors[number].elements for number in operation.inputs]
        if len(node.inputs) == 1 and elements:
            elements = [_read(node, network.shape(node.inputs[0]))]
        inputs = sum([bytes_of(count, bits) for count in elements])
        weights = sum([_weight_bytes(one, bits, bias_bits) for one in (node, *operation.fused)])
        weights += sum([bytes_of(learned.get(i, 0), bits) for i in set(node.inputs)])
        parts.append(Traffic(inputs, weights, bytes_of(graph.tensors[operation.output].elements, bits)))
    return parts


def _learned(network: Network) -> dict[int, int]:
    """Return the index of each learned tensor, however it is reshaped -> its elements: it is read from where weights are."""
    learned: dict[int, int] = {}
    for index, node in enumerate(network.nodes):
        if not node.layer.takes_input:
            learned[index] = node.output.elements
        elif len(node.inputs) == 1 and not node.layer.owns_tensor and node.inputs[0] in learned:
            learned[index] = learned[node.inputs[0]]
    return learned


def _read(node: Node, x: Shape) -> int:
    """Return how many elements of its only input a layer reads."""
    layer, output = node.layer, node.output
    if isinstance(layer, (Slice, Crop)):
        return output.elements
    if isinstance(layer, (Convolution, Pool)):
        # Windows with a step wider than themselves leave positions out; the padding may make it fewer still.
        kernels = sides_of(layer.kernel, x, "kernel")
        return x.channels * prod([min(size, out * k) for size, out, k in zip(x[1:], output[1:], kernels, strict=True)])
    return x.elements


def _weight_bytes(node: Node, bits: int, bias_bits: int) -> int:
    """Return the bytes of the weights, biases and norms that a layer uses, whosever they are."""
    counts = node.counts
    weights = counts.used_weights
    if isinstance(node.layer, Embedding):
        weights = min(weights, node.output.elements)
    norm = max(counts.used_norm, counts.running) if isinstance(node.layer, BatchNorm) else counts.used_norm
    return bytes_of(weights, bits) + bytes_of(counts.used_biases + norm, bias_bits)
