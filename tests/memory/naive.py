"""A run of a network step by step with plain sets and buffers: what `dsconv_cost.memory` is held to.

Nothing of that package is used. Bytes are counted by making every tensor a buffer, and throwing a buffer away once no later
step reads it.
"""

from copy import copy
from typing import NamedTuple

from dsconv_cost.network.graph import Network, Node
from dsconv_cost.network.transforms.deploy import deployed

ELEMENTWISE = {
    "add", "subtract", "multiply", "divide", "maximum", "minimum", "batchnorm", "channel_scale", "relu", "relu6", "leaky_relu",
    "prelu", "elu", "selu", "celu", "softplus", "softsign", "gelu", "silu", "mish", "hardswish", "sigmoid", "hardsigmoid", "tanh",
    "hardtanh", "log_sigmoid",
}  # fmt: skip
FUNCTIONS = {"exponential", "log", "sqrt", "square", "abs", "negate", "reciprocal", "sin", "cos", "clip", "threshold"}
ACTIVATIONS = ELEMENTWISE - {"add", "subtract", "multiply", "divide", "maximum", "minimum"}
NO_TENSOR = {"flatten", "reshape", "identity", "dropout"}


class Step(NamedTuple):
    """One operation."""

    node: Node
    reads: frozenset[int]
    """Tensors, by the index of the node that makes them; negative ones are the network's inputs."""
    writes: int


class Run:
    """The steps of a network's run, and the sizes of its tensors in bytes."""

    def __init__(self, network: Network, bits: int = 8) -> None:
        net = deployed(network)
        readers: dict[int, set[int]] = {}
        for index, node in enumerate(net.nodes):
            for source in node.inputs:
                readers.setdefault(source, set()).add(index)
        share: dict[int, set[int]] = {-1 - number: {-1 - number} for number in range(len(net.inputs))}
        """Tensor -> the nodes whose outputs are in it."""
        tensor = {-1 - number: -1 - number for number in range(len(net.inputs))}
        stored: set[int] = set()
        self.steps: list[Step] = []
        for index, node in enumerate(net.nodes):
            type_ = node.layer.type
            if type_ == "parameter":
                stored.add(index)
                continue
            known = [tensor[source] for source in node.inputs if source not in stored]
            if type_ in NO_TENSOR and len(node.inputs) == 1:
                if not known:
                    stored.add(index)
                    continue
                tensor[index] = known[0]
                share[known[0]].add(index)
                continue
            if type_ in ACTIVATIONS and known and known[0] >= 0 and len(node.inputs) == 1:
                sharing = share[known[0]]
                outside = set().union(*(readers.get(one, set()) for one in sharing)) - sharing
                if outside == {index} and not sharing & set(net.outputs):
                    tensor[index] = known[0]
                    sharing.add(index)
                    continue
            tensor[index] = index
            share[index] = {index}
            self.steps.append(Step(node, frozenset(known), index))
        self.network = net
        self.bits = bits
        self.shapes = {number: net.shape(number) for number in share}
        self.elements = {number: shape.elements for number, shape in self.shapes.items()}
        self.size = {number: -(-elements * bits // 8) for number, elements in self.elements.items()}
        self.inputs = [-1 - number for number in range(len(net.inputs))]
        self.outputs = {tensor[index] for index in net.outputs if index not in stored}

    def needed(self, number: int, after: int) -> bool:
        """Return whether a tensor is read after a step, or is a result."""
        return number in self.outputs or any(number in step.reads for step in self.steps[after + 1 :])

    def liveness(self) -> list[int]:
        """Return the bytes at each step: all that exists and is needed then or later, and what the step writes."""
        there = set(self.inputs)
        line = []
        for at, step in enumerate(self.steps):
            there.add(step.writes)
            line.append(sum(self.size[number] for number in there))
            there = {number for number in there if self.needed(number, at)}
        return line

    def in_out(self) -> list[int]:
        return [sum(self.size[number] for number in step.reads) + self.size[step.writes] for step in self.steps]

    def in_place(self, depthwise: bool = False, projections: bool = False) -> list[int]:
        """Return the bytes at each step where steps may write into the buffer of a tensor that is read for the last time.

        Element by element that takes nothing more, a depthwise convolution needs one channel besides; with `projections` the sum
        of a residual is made by the 1 x 1 convolution before it, which adds to the residual in its place.
        """
        there = {number: self.size[number] for number in self.inputs}
        line: list[int] = []
        done = -1
        for at, step in enumerate(self.steps):
            if at == done:  # the projection before did it
                line.append(line[-1])
                there = {number: size for number, size in there.items() if self.needed(number, at)}
                continue
            size = self.size[step.writes]
            after = self.steps[at + 1] if projections and at + 1 < len(self.steps) else None
            if after is not None and self.sums(step, after):
                (residual,) = after.reads - {step.writes}
                free = not self.needed(residual, at + 1) and residual not in step.reads
                line.append(sum(there.values()) + (0 if free else size))
                if free:
                    del there[residual]
                there[after.writes] = size
                there = {
                    number: bytes_
                    for number, bytes_ in there.items()
                    if number == after.writes or self.needed(number, at)
                }
                done = at + 1
                continue
            dying = [n for n in step.reads if not self.needed(n, at) and self.size[n] >= size]
            extra = size
            if dying and step.node.layer.type in ELEMENTWISE | FUNCTIONS:
                extra = 0
            elif dying and depthwise and step.node.kind == "depthwise":
                extra = -(-size // step.node.output.channels)
            line.append(sum(there.values()) + extra)
            there[step.writes] = size
            there = {number: bytes_ for number, bytes_ in there.items() if self.needed(number, at)}
        return line

    def sums(self, step: Step, after: Step) -> bool:
        """Return whether a step is a 1 x 1 convolution whose output the next one alone reads, and adds to one other tensor."""
        return (
            step.node.kind == "pointwise"
            and after.node.layer.type == "add"
            and len(after.reads) == 2
            and step.writes in after.reads
            and not self.needed(step.writes, self.steps.index(after))
            and len({self.size[number] for number in (*after.reads, after.writes)}) == 1
        )

    def first(self, count: int, size: dict[int, int]) -> "Run":
        """Return the run of the first steps alone, with other sizes of its tensors."""
        run = copy(self)
        run.steps, run.size = self.steps[:count], size
        run.outputs = {run.steps[-1].writes}
        return run

    def arena(self) -> int:
        """Return the end of the highest tensor where each is put into the lowest gap, the largest first; of equal ones the last."""
        numbers = [*self.inputs, *[step.writes for step in self.steps]]
        end = len(self.steps) - 1
        first = dict.fromkeys(self.inputs, 0) | {step.writes: at for at, step in enumerate(self.steps)}
        last = {
            number: end
            if number in self.outputs
            else max([at for at, s in enumerate(self.steps) if number in s.reads], default=first[number])
            for number in numbers
        }
        size = {number: -(-self.size[number] // 16) * 16 for number in numbers}
        placed: dict[int, int] = {}
        for number in sorted(numbers, key=lambda n: (-size[n], -numbers.index(n))):
            others = sorted(
                (placed[o], size[o]) for o in placed if first[o] <= last[number] and first[number] <= last[o]
            )
            at = 0
            for offset, length in others:
                if offset - at >= size[number]:
                    break
                at = max(at, offset + length)
            placed[number] = at
        return max(placed[number] + size[number] for number in numbers)
