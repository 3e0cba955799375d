"""The named conventions of activation memory: what is alive at each step of a run, in bytes.

All of them take the operations in the order of the file. Size of a tensor: ceil(elements * bits / 8) bytes.
"""

from collections.abc import Callable, Sequence

from dsconv_cost.errors import UsageError
from dsconv_cost.layers.convolution import DEPTHWISE, POINTWISE
from dsconv_cost.layers.join import Add
from dsconv_cost.memory.graph import MemoryGraph, RunStep
from dsconv_cost.memory.planner import occupied
from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.text import nearest_words, shown

Sizes = Sequence[int]
"""The bytes of each tensor."""


class MemoryConvention(NamedTuple):
    """A rule for how much memory a run takes; the peak is the largest step."""

    name: str
    version: int
    summary: str
    source: str
    timeline: Callable[[MemoryGraph, Sizes], list[int]]
    """The bytes that each step takes; for a network without operations, those of its inputs."""


def _in_out(graph: MemoryGraph, sizes: Sizes) -> list[int]:
    return [sum([sizes[i] for i in one.inputs]) + sizes[one.output] for one in graph.operations]


def _liveness(graph: MemoryGraph, sizes: Sizes) -> list[int]:
    return _alive(graph, sizes, graph.operations)


def _in_place(graph: MemoryGraph, sizes: Sizes) -> list[int]:
    def saved(one: RunStep, replaceable: list[int]) -> int:
        return sizes[one.output] if one.node.layer.overwrites and replaceable else 0

    return _alive(graph, sizes, graph.operations, saved)


def _alive(
    graph: MemoryGraph, sizes: Sizes, steps: Sequence[RunStep], saved: Callable[[RunStep, list[int]], int] | None = None
) -> list[int]:
    """Return what is alive at each step, less what an operation saves by writing over inputs that nothing reads after it.

    `saved` gets the operation, and its inputs that die with it and are at least as large as its output.
    """
    dying = graph.dying()
    tensors = graph.tensors
    alive = sum(sizes[: graph.inputs])
    line: list[int] = []
    for step, one in enumerate(steps):
        size = sizes[one.output]
        alive += size
        if saved is None:
            line.append(alive)
        else:
            replaceable = [
                i for i in one.inputs if tensors[i].last == step and not tensors[i].is_output and sizes[i] >= size
            ]
            line.append(alive - saved(one, replaceable))
        for number in dying[step]:
            alive -= sizes[number]
    return line


def _tinyengine(graph: MemoryGraph, sizes: Sizes) -> list[int]:
    """A depthwise convolution overwrites its input but for one channel; an addition is part of the projection before it."""
    within = additions_within(graph)

    def saved(one: RunStep, replaceable: list[int]) -> int:
        if not replaceable:
            return 0
        size = sizes[one.output]
        if one.node.kind == DEPTHWISE:
            return size - -(-size // one.node.output.channels)
        return size if one.node.layer.overwrites else 0

    line = _alive(graph, sizes, graph.operations, saved)
    for step, residual in within.items():
        # The projection adds to the residual where that is, or writes the sum: its own output never is there.
        projection = step - 1
        reads_it = residual in graph.operations[projection].inputs
        if graph.tensors[residual].last == step and not graph.tensors[residual].is_output and not reads_it:
            line[projection] -= sizes[graph.operations[step].output]
        line[step] = line[projection]
    return line


def additions_within(graph: MemoryGraph) -> dict[int, int]:
    """Return the steps that add one other tensor to what the projection before them makes for them alone -> that tensor."""
    tensors = graph.tensors
    within: dict[int, int] = {}
    for step, one in enumerate(graph.operations[1:], 1):
        before = graph.operations[step - 1]
        made = tensors[before.output]
        if before.node.kind != POINTWISE or not isinstance(one.node.layer, Add) or made.is_output or made.last != step:
            continue
        if len(one.inputs) == 2 and before.output in one.inputs:
            residual = one.inputs[one.inputs[0] == before.output]
            if tensors[residual].elements == made.elements == tensors[one.output].elements:
                within[step] = residual
    return within


MEMORY_CONVENTIONS = {
    convention.name: convention
    for convention in (
        MemoryConvention(
            "in+out", 1, "inputs and output of one operation at a time: a lower bound for every order of execution",
            "as github.com/mit-han-lab/mcunet counts convolutions, but for what it adds in residual blocks", _in_out,
        ),
        MemoryConvention(
            "liveness", 1, "everything that is written and still to be read, in the order of the file",
            "as tflite-tools lists tensors in memory (Liberis and Lane 2019, arXiv:1910.05110)", _liveness,
        ),
        MemoryConvention(
            "liveness+inplace", 1, "liveness; an operation element by element overwrites an input that nothing reads after it",
            "as ONNX Runtime lets kernels work in place (MayInplace)", _in_place,
        ),
        MemoryConvention(
            "tinyengine", 1, "liveness+inplace; a depthwise convolution overwrites its input but for one channel, and a residual's "
            "addition is part of the projection before it",
            "in-place depthwise convolution of TinyEngine (Lin et al. 2020, arXiv:2007.10319); with the additions it gives what patches "
            "save in MobileNetV2, a factor of 8 (Lin et al. 2021, arXiv:2110.15352)", _tinyengine,
        ),
        MemoryConvention(
            "arena-tflm", 1, "the arena's head of TensorFlow Lite Micro's greedy planner, gaps between tensors included",
            "tensorflow/lite/micro/memory_planner/greedy_memory_planner.cc", occupied,
        ),
    )
}  # fmt: skip
DEFAULT_MEMORY = MEMORY_CONVENTIONS["liveness"]
ARENA = MEMORY_CONVENTIONS["arena-tflm"]
LOWER_BOUND = MEMORY_CONVENTIONS["in+out"]


def memory_convention_named(name: str) -> MemoryConvention:
    """Return the convention of a name. Raises UsageError for one that does not exist."""
    convention = MEMORY_CONVENTIONS.get(name)
    if convention is None:
        near = nearest_words(name, list(MEMORY_CONVENTIONS))
        hint = f"did you mean {near}?" if near else f"choose one of {', '.join(MEMORY_CONVENTIONS)}"
        raise UsageError(f"unknown memory convention '{shown(name)}': {hint}")
    return convention
