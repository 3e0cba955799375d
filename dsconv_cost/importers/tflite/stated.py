"""The tensors of a TensorFlow Lite file as TensorFlow Lite Micro takes them for its arena: lives by the file's operators.

Steps are numbered as there (`micro_allocation_info.cc`): one for each operator, and those of a graph that an operator runs within
that operator. What an operator takes or gives lives until the graphs that it runs are done.
"""

from collections.abc import Mapping, Sequence
from math import prod

from dsconv_cost.importers.tflite.schema import FileTensor, TfliteFile
from dsconv_cost.network.graph import StatedTensor

_BITS = {
    0: 32,
    1: 16,
    2: 32,
    3: 8,
    4: 64,
    6: 8,
    7: 16,
    8: 64,
    9: 8,
    10: 64,
    11: 128,
    12: 64,
    13: 32,
    15: 32,
    16: 16,
    17: 8,
}
"""Number of a type in schema.fbs -> the bits of an element; of text and variants nothing is known."""
_ACTIVATIONS = (0, 1, 3, 7, 9, 17)
"""float32, float16, uint8, int16, int8, int4."""
_RUNS: Mapping[str, tuple[int, ...]] = {"IF": (0, 1), "CALL_ONCE": (0,), "WHILE": (0, 1)}
"""Operator -> the fields of its options that name the graphs that it runs."""
_MOST_GRAPHS = 1000
_DEEPEST_GRAPH = 32
_MOST_STEPS = 1_000_000


class _Endless(Exception):
    """Graphs that run each other without end, or one that is not there."""


class _Lives:
    """The steps that tensors are needed for, by their graph and index."""

    def __init__(self, file: TfliteFile) -> None:
        self.first: dict[tuple[int, int], int] = {}
        self.last: dict[tuple[int, int], int] = {}
        self._file = file
        self._step = 0
        self._graphs = 0

    def run(self, at: int, depth: int = 0) -> None:
        """Go through a graph and those that it runs. Raises _Endless."""
        self._graphs += 1
        if self._graphs > _MOST_GRAPHS or depth > _DEEPEST_GRAPH or not 0 <= at < len(self._file.subgraphs):
            raise _Endless
        graph = self._file.subgraphs[at]
        self._made(at, graph.inputs)
        self._used(at, graph.inputs)
        if self._step + len(graph.operators) > _MOST_STEPS:
            raise _Endless
        for operator in graph.operators:
            self._step += 1
            self._made(at, operator.outputs)
            for field in _RUNS.get(operator.name, ()):
                self._step += 1
                self.run(operator.options.number(field) if operator.options is not None else 0, depth + 1)
            self._used(at, (*operator.inputs, *operator.outputs))
        self._made(at, graph.outputs)
        self._used(at, graph.outputs)

    def _made(self, graph: int, tensors: Sequence[int]) -> None:
        for index in tensors:
            self.first.setdefault((graph, index), self._step)

    def _used(self, graph: int, tensors: Sequence[int]) -> None:
        for index in tensors:
            self.last[graph, index] = self._step


def stated_tensors(file: TfliteFile) -> Sequence[StatedTensor]:
    """Return the tensors that need memory in a run, in the file's order.

    None where the file has offsets of its own for them, one of a type without a size, or graphs that run without end.
    """
    lives = _Lives(file)
    try:
        lives.run(0)
    except _Endless:
        return ()
    # The kernel of VAR_HANDLE has its output in memory of its own.
    handles = {
        (at, index)
        for at, graph in enumerate(file.subgraphs)
        for operator in graph.operators
        if operator.name == "VAR_HANDLE"
        for index in operator.outputs
    }
    needed = [
        ((at, index), one)
        for at, graph in enumerate(file.subgraphs)
        for index, one in enumerate(graph.tensors)
        if (at, index) not in handles and not one.is_variable and 0 not in one.dims and not file.is_stored(one)
    ]
    if file.plans_offsets or any(one.type not in _BITS for _, one in needed):
        return ()
    main = _main_type([one for _, one in needed])
    return [
        StatedTensor(
            prod(one.dims), None if one.type == main else _BITS[one.type], lives.first.get(key, -1), lives.last.get(key, -1)
        )
        for key, one in needed
    ]  # fmt: skip


def _main_type(tensors: Sequence[FileTensor]) -> int:
    """Return the type that most elements of activations have."""
    elements = dict.fromkeys(_ACTIVATIONS, 0)
    for one in tensors:
        if one.type in elements:
            elements[one.type] += prod(one.dims)
    return max(elements, key=lambda type_: elements[type_])
