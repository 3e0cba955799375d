"""The deployed network as operations and the tensors that they read and write: what a runtime keeps in memory.

Rule 1 of what is fused: parallel linear branches are merged and batch norms folded first (`network/transforms/deploy.py`). Then an
activation other than softmax, a batch norm or a channel scale that is left is worked out within the operation before it, if that
alone makes its input and nothing else reads it. Flatten, reshape, identity and dropout have no tensor of their own: they read the
same bytes. A learned tensor is in flash and not among the activations. Concat, slice, pad and every other move own what they write.
"""

from typing import TYPE_CHECKING

from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.network.graph import INPUT, Network, Node
from dsconv_cost.network.transforms.deploy import deployed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dsconv_cost.layers.shapes import Shape

FUSING_RULE = 1
"""The version of what is fused; it changes with every change of the rule that changes a figure."""


class LiveTensor(NamedTuple):
    """A tensor that takes memory while a sample passes."""

    name: str
    """That of the network's input, or of the operation that writes it."""
    shape: "Shape"
    elements: int
    first: int
    """The step that writes it; 0 for an input, which is there from the start."""
    last: int
    """The last step that reads it; the last step of all for an output of the network."""
    is_output: bool


class RunStep(NamedTuple):
    """One step of a run: what is worked out at once."""

    name: str
    node: Node
    """The layer that it begins with, of the deployed network."""
    inputs: tuple[int, ...]
    """The tensors that it reads, each once."""
    output: int
    """The tensor that it writes."""
    fused: tuple[Node, ...]
    """The layers after the first that are worked out within it."""


class MemoryGraph:
    """The operations of a deployed network in order of execution, with their tensors."""

    __slots__ = ("inputs", "network", "operations", "outputs", "tensors")

    def __init__(
        self, network: Network, operations: list[RunStep], tensors: list[LiveTensor], inputs: int, outputs: tuple[int, ...]
    ) -> None:  # fmt: skip
        self.network = network
        """The deployed network."""
        self.operations = operations
        self.tensors = tensors
        """Those of the inputs first, then one for each operation, in order."""
        self.inputs = inputs
        """How many of the tensors are inputs of the network."""
        self.outputs = outputs
        """The tensors that are the network's outputs, each once."""

    @property
    def fused(self) -> "Mapping[str, str]":
        """The name of each layer that is worked out within another -> the name of that one."""
        return {node.name: operation.name for operation in self.operations for node in operation.fused}

    def dying(self) -> list[list[int]]:
        """Return for each step the tensors whose last step it is."""
        dying: list[list[int]] = [[] for _ in self.operations]
        if dying:
            for number, tensor in enumerate(self.tensors):
                dying[tensor.last].append(number)
        return dying


def memory_graph(network: Network) -> MemoryGraph:
    """Return the operations and tensors of a network as it is deployed."""
    net = deployed(network)
    consumers = net.consumers()
    outputs = set(net.outputs)
    count = len(net.inputs)
    tensor_of: dict[int, int | None] = {INPUT - index: index for index in range(count)}
    sole: list[bool] = []
    """For each node, whether one other node alone reads its tensor."""
    operations: list[RunStep] = []
    fused: list[list[Node]] = []
    for index, node in enumerate(net.nodes):
        layer, before = node.layer, node.inputs[0] if node.inputs else None
        read_once = len(consumers[index]) == 1 and index not in outputs
        if not layer.takes_input:
            tensor_of[index] = None
            sole.append(False)
            continue
        assert before is not None
        tensor = tensor_of[before]
        if not layer.owns_tensor and len(node.inputs) == 1:
            tensor_of[index] = tensor
            sole.append(read_once and before >= 0 and sole[before])
            continue
        if layer.fuses and len(node.inputs) == 1 and tensor is not None and tensor >= count and sole[before]:
            tensor_of[index] = tensor
            fused[tensor - count].append(node)
            sole.append(read_once)
            continue
        sole.append(read_once)
        read = dict.fromkeys([number for i in node.inputs if (number := tensor_of[i]) is not None])
        tensor_of[index] = count + len(operations)
        operations.append(RunStep(node.name, node, tuple(read), count + len(operations), ()))
        fused.append([])
    operations = [
        one._replace(fused=tuple(within)) if within else one for one, within in zip(operations, fused, strict=True)
    ]
    results = tuple(dict.fromkeys([number for i in net.outputs if (number := tensor_of[i]) is not None]))
    return MemoryGraph(net, operations, _tensors(net, operations, results), count, results)


def _tensors(network: Network, operations: list[RunStep], outputs: tuple[int, ...]) -> list[LiveTensor]:
    """Return the inputs' tensors and those of the operations, with the steps from which and to which each is needed."""
    count = len(network.inputs)
    last = [0] * count + list(range(len(operations)))
    for step, operation in enumerate(operations):
        for number in operation.inputs:
            last[number] = step
    for number in outputs:
        last[number] = max(len(operations) - 1, 0)
    kept = set(outputs)
    tensors = [
        LiveTensor(name, shape, shape.elements, 0, last[number], number in kept)
        for number, (name, shape) in enumerate(network.inputs)
    ]
    for step, operation in enumerate(operations):
        shape = operation.node.output
        number = count + step
        tensors.append(LiveTensor(operation.name, shape, shape.elements, step, last[number], number in kept))
    return tensors
