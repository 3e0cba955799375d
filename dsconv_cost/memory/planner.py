"""Where TensorFlow Lite Micro's greedy planner puts each tensor of the arena.

Sizes are rounded up to 16 bytes. The largest tensor comes first, of equal ones the later; each goes into the lowest gap that is
large enough among the tensors placed before that are alive together with it (tensorflow/lite/micro/memory_planner/
greedy_memory_planner.cc). The arena's head ends where the highest tensor does.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from heapq import heappop, heappush

from dsconv_cost.memory.graph import MemoryGraph

ALIGNMENT = 16
"""Bytes; `MicroArenaBufferAlignment` of TensorFlow Lite Micro."""
Life = tuple[int, int]
"""The first and the last step that a tensor is needed for."""
_FEW = 32
"""How many tensors alive together, on average, are compared one by one."""


def offsets(sizes: Sequence[int], lives: Sequence[Life]) -> list[int]:
    """Return where each tensor is put, in bytes, given the bytes of each."""
    rounded = [_rounded(size) for size in sizes]
    # The largest first, of equal ones the later: sorting keeps the order of equal ones.
    order = sorted(range(len(sizes) - 1, -1, -1), key=rounded.__getitem__, reverse=True)
    born = _born(lives)
    if _meetings(lives, born) > _FEW * len(lives):
        return _among_many(rounded, lives, order)
    alive: dict[int, list[int]] = {}
    now: list[int] = []
    for step, new in born.items():
        now = [i for i in now if lives[i][1] >= step] + new
        alive[step] = now
    placed = [-1] * len(sizes)
    for number in order:
        first, last = lives[number]
        # Alive together: what is alive when it is written, and what is written while it lives.
        taken = [(placed[i], placed[i] + rounded[i]) for i in alive[first] if placed[i] >= 0]
        for step in range(first + 1, last + 1):
            taken += [(placed[i], placed[i] + rounded[i]) for i in born.get(step, ()) if placed[i] >= 0]
        taken.sort()
        placed[number] = _lowest_gap(taken, rounded[number])
    return placed


def head(sizes: Sequence[int], lives: Sequence[Life]) -> int:
    """Return the end of the highest tensor in bytes."""
    return max(_ends(sizes, lives), default=0)


def placements(graph: MemoryGraph, sizes: Sequence[int]) -> list[int]:
    """Return the offset of each tensor in bytes, given the bytes of each."""
    return offsets(sizes, lives_of(graph))


def occupied(graph: MemoryGraph, sizes: Sequence[int]) -> list[int]:
    """Return for each step the end of the highest tensor that is alive then, in bytes; the largest is the arena's head."""
    lives = lives_of(graph)
    ends = _ends(sizes, lives)
    born = _born(lives)
    highest: list[tuple[int, int]] = []
    line: list[int] = []
    for step in range(max(len(graph.operations), 1)):
        for number in born.get(step, ()):
            heappush(highest, (-ends[number], number))
        while lives[highest[0][1]][1] < step:
            heappop(highest)
        line.append(-highest[0][0])
    return line


def lives_of(graph: MemoryGraph) -> list[Life]:
    """Return the life of each tensor."""
    return [(tensor.first, tensor.last) for tensor in graph.tensors]


def _ends(sizes: Sequence[int], lives: Sequence[Life]) -> list[int]:
    return [offset + _rounded(size) for offset, size in zip(offsets(sizes, lives), sizes, strict=True)]


def _rounded(size: int) -> int:
    return -(-size // ALIGNMENT) * ALIGNMENT


def _lowest_gap(taken: Sequence[tuple[int, int]], size: int) -> int:
    """Return the lowest place for a size between parts that are taken, in order of their starts."""
    gap = 0
    for start, stop in taken:
        if start - gap >= size:
            break
        gap = max(gap, stop)
    return gap


def _born(lives: Sequence[Life]) -> dict[int, list[int]]:
    """Return the steps at which tensors are written, in order -> those tensors."""
    born: dict[int, list[int]] = {}
    for number, (first, _) in enumerate(lives):
        if first in born:
            born[first].append(number)
        else:
            born[first] = [number]
    return dict(sorted(born.items()))


def _meetings(lives: Sequence[Life], born: Mapping[int, Sequence[int]]) -> int:
    """Return how many tensors those that are written find alive, added up."""
    ends = sorted([last for _, last in lives])
    written = gone = meetings = 0
    for step, new in born.items():
        while ends[gone] < step:
            gone += 1
        written += len(new)
        meetings += len(new) * (written - gone)
    return meetings


# -- many tensors alive together ------------------------------------------------------------------


class _Taken:
    """Parts of the memory that are taken, with those that touch as one."""

    __slots__ = ("starts", "stops")

    def __init__(self) -> None:
        self.starts: list[int] = []
        self.stops: list[int] = []

    def add(self, start: int, stop: int) -> None:
        low, high = bisect_left(self.stops, start), bisect_right(self.starts, stop)
        if low < high:
            start, stop = min(start, self.starts[low]), max(stop, self.stops[high - 1])
        self.starts[low:high] = [start]
        self.stops[low:high] = [stop]


def _among_many(rounded: Sequence[int], lives: Sequence[Life], order: Sequence[int]) -> list[int]:
    """Return the same offsets by a tree over the steps, whose nodes know what is taken at any of their steps, and at all of them.

    What is alive together mostly lies side by side, so that a node knows few parts, however many tensors there are.
    """
    earliest = min(first for first, _ in lives)
    leaves = 1 << (max(last for _, last in lives) - earliest).bit_length()
    some: dict[int, _Taken] = {}
    """Node -> what is taken at one of its steps at least, but for what is taken at all steps of a node above."""
    always: dict[int, _Taken] = {}
    placed = [-1] * len(rounded)
    for number in order:
        first, last = (leaves + step - earliest for step in lives[number])
        above = {*_upwards(first), *_upwards(last)}
        whole = list(_covering(first, last))
        parts = [some[node] for node in whole if node in some] + [always[node] for node in above if node in always]
        taken = sorted([part for each in parts for part in zip(each.starts, each.stops, strict=True)])
        start = placed[number] = _lowest_gap(taken, rounded[number])
        for known, nodes in ((always, whole), (some, {*above, *whole})):
            for node in nodes:
                if node not in known:
                    known[node] = _Taken()
                known[node].add(start, start + rounded[number])
    return placed


def _upwards(node: int) -> Iterator[int]:
    while node:
        yield node
        node >>= 1


def _covering(first: int, last: int) -> Iterator[int]:
    """Yield the nodes whose steps are those from one leaf to another."""
    last += 1
    while first < last:
        if first & 1:
            yield first
            first += 1
        if last & 1:
            last -= 1
            yield last
        first >>= 1
        last >>= 1
