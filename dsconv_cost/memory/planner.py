"""Where TensorFlow Lite Micro's greedy planner puts each tensor of the arena.

Sizes are rounded up to 16 bytes. The largest tensor comes first, of equal ones the later; each goes into the lowest gap that is
large enough among the tensors placed before that are alive together with it (tensorflow/lite/micro/memory_planner/
greedy_memory_planner.cc). The arena's head ends where the highest tensor does.
"""

from collections.abc import Sequence

from dsconv_cost.memory.graph import MemoryGraph

ALIGNMENT = 16
"""Bytes; `MicroArenaBufferAlignment` of TensorFlow Lite Micro."""


def placements(graph: MemoryGraph, sizes: Sequence[int]) -> list[int]:
    """Return the offset of each tensor in bytes, given the bytes of each."""
    tensors = graph.tensors
    rounded = [-(-size // ALIGNMENT) * ALIGNMENT for size in sizes]
    alive = _alive_at_steps(graph)
    offsets = [-1] * len(tensors)
    for number in sorted(range(len(tensors)), key=lambda i: (-rounded[i], -i)):
        tensor, size = tensors[number], rounded[number]
        # Alive together: what is alive when it is written, and what is written while it lives, each by its own step.
        after = range(graph.inputs + tensor.first + 1, graph.inputs + tensor.last + 1)
        together = sorted([(offsets[i], i) for i in (*alive[tensor.first], *after) if offsets[i] >= 0])
        gap = 0
        for offset, other in together:
            if offset - gap >= size:
                break
            gap = max(gap, offset + rounded[other])
        offsets[number] = gap
    return offsets


def occupied(graph: MemoryGraph, sizes: Sequence[int]) -> list[int]:
    """Return for each step the end of the highest tensor that is alive then, in bytes; the largest is the arena's head."""
    offsets = placements(graph, sizes)
    ends = [offset - (-size // ALIGNMENT) * ALIGNMENT for offset, size in zip(offsets, sizes, strict=True)]
    return [max([ends[i] for i in alive], default=0) for alive in _alive_at_steps(graph)]


def _alive_at_steps(graph: MemoryGraph) -> list[list[int]]:
    """Return for each step the tensors that are alive then; there is one step where there is no operation."""
    alive: list[list[int]] = []
    now = list(range(graph.inputs))
    for step in range(max(len(graph.operations), 1)):
        if step < len(graph.operations):
            now.append(graph.inputs + step)
        alive.append(now)
        now = [i for i in now if graph.tensors[i].last > step]
    return alive
