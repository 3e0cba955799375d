"""The deployed network as operations and the tensors that they read and write: what a runtime keeps in memory.

Rule 1 of what is fused: parallel linear branches are merged and batch norms folded first (`network/transforms/deploy.py`). Then an
activation other than softmax, a batch norm or a channel scale that is left is worked out within the operation before it, if that
alone makes its input and nothing else reads it. Flatten, reshape, identity and dropout have no tensor of their own: they read the
same bytes. A learned tensor is in flash and not among the activations. Concat, slice, pad and every other move own what they write.
"""

from typing import TYPE_CHECKING

from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.network.graph import INPUT, NamedInput, Network, Node
from dsconv_cost.network.transforms.deploy import deployed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dsconv_cost.layers.shapes import Shape

FUSING_RULE = 1
"""The version of what is fused; it changes with every change of the rule that changes a figure."""


class _LiveTensor(NamedTuple):
    source: "Node | NamedInput"
    """What makes it: the layer that an operation begins with, or an input of the network."""
    shape: "Shape"
    elements: int
    first: int
    """The step that writes it; 0 for an input, which is there from the start."""
    last: int
    """The last step that reads it; the last step of all for an output of the network."""
    is_output: bool


class LiveTensor(_LiveTensor):
    """A tensor that takes memory while a sample passes."""

    __slots__ = ()

    @property
    def name(self) -> str:
        """That of the network's input, or of the operation that writes it."""
        return self.source.name


class _RunStep(NamedTuple):
    node: Node
    """The layer that it begins with, of the deployed network."""
    inputs: tuple[int, ...]
    """The tensors that it reads, each once."""
    output: int
    """The tensor that it writes."""
    fused: tuple[Node, ...]
    """The layers after the first that are worked out within it."""


class RunStep(_RunStep):
    """One step of a run: what is worked out at once."""

    __slots__ = ()

    @property
    def name(self) -> str:
        return self.node.name


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
    readers = [0] * len(net.nodes)
    for node in net.nodes:
        for source in node.inputs:
            if source >= 0:
                readers[source] += 1
    for source in net.outputs:
        if source >= 0:
            readers[source] += 1
    count = len(net.inputs)
    tensor_of: dict[int, int | None] = {INPUT - index: index for index in range(count)}
    sole: list[bool] = []
    """For each node, whether one other node alone reads its tensor."""
    steps: list[tuple[Node, tuple[int, ...]]] = []
    fused: dict[int, list[Node]] = {}
    for index, node in enumerate(net.nodes):
        layer, sources = node.layer, node.inputs
        if len(sources) == 1:
            before = sources[0]
            tensor = tensor_of[before]
            if not layer.owns_tensor:
                tensor_of[index] = tensor
                sole.append(readers[index] == 1 and before >= 0 and sole[before])
                continue
            if layer.fuses and tensor is not None and tensor >= count and sole[before]:
                tensor_of[index] = tensor
                fused.setdefault(tensor, []).append(node)
                sole.append(readers[index] == 1)
                continue
            read: tuple[int, ...] = () if tensor is None else (tensor,)
        elif not layer.takes_input:
            tensor_of[index] = None
            sole.append(False)
            continue
        else:
            read = tuple(dict.fromkeys([number for i in sources if (number := tensor_of[i]) is not None]))
        sole.append(readers[index] == 1)
        tensor_of[index] = count + len(steps)
        steps.append((node, read))
    operations = [
        RunStep(node, read, number, tuple(fused[number]) if number in fused else ())
        for number, (node, read) in enumerate(steps, count)
    ]
    results = tuple(dict.fromkeys([number for i in net.outputs if (number := tensor_of[i]) is not None]))
    return MemoryGraph(net, operations, _tensors(net, operations, results), count, results)


def _tensors(network: Network, operations: list[RunStep], outputs: tuple[int, ...]) -> list[LiveTensor]:
    """Return the inputs' tensors and those of the operations, with the steps from which and to which each is needed."""
    count = len(network.inputs)
    last = [0] * count + list(range(len(operations)))
    for step, (_, inputs, _, _) in enumerate(operations):
        for number in inputs:
            last[number] = step
    for number in outputs:
        last[number] = max(len(operations) - 1, 0)
    kept = set(outputs)
    tensors = [
        LiveTensor(each, each.shape, each.shape.elements, 0, last[number], number in kept)
        for number, each in enumerate(network.inputs)
    ]
    for step, (node, _, number, _) in enumerate(operations):
        shape = node.output
        tensors.append(LiveTensor(node, shape, shape.elements, step, last[number], number in kept))
    return tensors
