"""Peak, arena and flash of a network, and the places of its file that they come from."""

from collections.abc import Callable, Collection, Mapping, Sequence
from operator import add

from dsconv_cost.memory.conventions import ARENA, DEFAULT_MEMORY, MemoryConvention
from dsconv_cost.memory.graph import FUSING_RULE, MemoryGraph
from dsconv_cost.memory.measure import Memory, node_flash
from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.network.graph import Network, Place

MEMORY_METRICS = ("peak", "arena", "flash")
FLASH_VERSION = 1
_FLASH_NAMES = {4: "int4+int32", 8: "int8+int32", 16: "fp16+fp32", 32: "fp32+fp32"}


class MemoryRule(NamedTuple):
    """The convention that a metric of memory is counted by, for outputs to name."""

    metric: str
    name: str
    version: int
    summary: str
    fusing_rule: int | None = None
    """The rule of what is fused; None for flash, which no activation is part of."""

    @property
    def text(self) -> str:
        """Name, version and what it counts: `liveness 1: everything that ...`."""
        return f"{self.name} {self.version}: {self.summary}"


def memory_rule(metric: str, bits: int) -> MemoryRule:
    """Return the convention of `peak`, `arena` or `flash`; the name of flash's says the bits of weights and biases."""
    if metric == "flash":
        summary = "weights and biases of the deployed network, norms folded; no code, scales or file format"
        return MemoryRule(metric, _FLASH_NAMES[bits], FLASH_VERSION, summary)
    convention = _convention(metric)
    missing = "not its tail, nor kernels' scratch" if metric == "arena" else "without kernels' scratch"
    summary = f"{convention.summary}; {missing}; fused by rule {FUSING_RULE}"
    return MemoryRule(metric, convention.name, convention.version, summary, FUSING_RULE)


def memory_stamp(bits: int) -> dict[str, str]:
    """Return each metric of memory -> name and version of its convention; peak and arena with the rule of what is fused."""
    stamp: dict[str, str] = {}
    for metric in MEMORY_METRICS:
        rule = memory_rule(metric, bits)
        fused = "" if rule.fusing_rule is None else f", fused by rule {rule.fusing_rule}"
        stamp[metric] = f"{rule.name} {rule.version}{fused}"
    return stamp


def _convention(metric: str) -> MemoryConvention:
    return ARENA if metric == "arena" else DEFAULT_MEMORY


class TensorAlive(NamedTuple):
    """A tensor that is alive at a step."""

    name: str
    """That of the layer that writes it, or of an input."""
    place: Place | None
    """None for an input."""
    bytes: int


class Moment(NamedTuple):
    """A step of a run, and what it keeps in memory."""

    bytes: int
    name: str
    """The layer that runs; empty where the network has none."""
    place: Place | None
    tensors: list[TensorAlive]
    """The largest first."""


class PlacedMemory:
    """What a network takes of memory at a number of bits, in all and by place. Nothing is worked out before it is asked for."""

    def __init__(self, network: Network, bits: int) -> None:
        self.memory = Memory(network, bits)
        self._peaks: _OfPlaces | None = None
        self._flash: _OfPlaces | None = None

    def value(self, metric: str) -> int:
        """Return the bytes of `peak`, `arena` or `flash`."""
        return self.memory.flash if metric == "flash" else self.memory.peak(_convention(metric))

    def moment(self, metric: str = "peak", step: int | None = None) -> Moment:
        """Return a step; without one that which makes the peak or the arena, of several the first with the most alive."""
        return self.moment_by(_convention(metric), step)

    def moment_by(self, convention: MemoryConvention, step: int | None = None) -> Moment:
        """Return a step by a convention; without one that which makes its peak."""
        line, live = self.memory.timeline(convention), self.memory.timeline()
        if step is None:
            step = max(range(len(line)), key=lambda step: (line[step], live[step]))
        graph, sizes = self.memory.graph, self.memory.sizes
        tensors: list[TensorAlive] = []
        for number in self.memory.alive(step):
            written = number - graph.inputs
            place = graph.operations[written].node.place if written >= 0 else None
            tensors.append(TensorAlive(graph.tensors[number].name, place, sizes[number]))
        tensors.sort(key=lambda tensor: -tensor.bytes)
        if not graph.operations:
            return Moment(line[step], "", None, tensors)
        operation = graph.operations[step]
        return Moment(line[step], operation.name, operation.node.place, tensors)

    def alive_at(self, step: int) -> int:
        """Return the bytes that are alive at a step."""
        return self.memory.timeline()[step]

    def peak_step_of(self, places: Collection[Place], *, within: bool) -> int | None:
        """Return the step with the most alive among those in which some layers run, themselves or fused into another.

        With `within` places are items and composites too, and mean all that is inside. None for what runs in no step.
        """
        line = self.memory.timeline()
        if self._peaks is None:
            self._peaks = _peak_steps(self.memory.graph, line)
        known = self._peaks.within if within else self._peaks.alone
        steps = [known[place] for place in places if place in known]
        return max(steps, key=lambda step: (line[step], -step)) if steps else None

    def flash_of(self, places: Collection[Place], *, within: bool) -> int:
        """Return the bytes of flash of some layers; with `within` of items and composites too, with all that is inside."""
        known = self._flash_by_place.within if within else self._flash_by_place.alone
        return sum([known.get(place, 0) for place in places])

    @property
    def flash_by_layer(self) -> Mapping[Place, int]:
        """The bytes of flash of each layer that has any, with those of its norm, in order of execution."""
        return self._flash_by_place.alone

    @property
    def _flash_by_place(self) -> "_OfPlaces":
        if self._flash is None:
            self._flash = _OfPlaces({}, {})
            for node in self.memory.graph.network.nodes:
                stored = node_flash(node, self.memory.bits)
                if stored:
                    self._flash.put(node.place, stored, add)
        return self._flash


class _OfPlaces(NamedTuple):
    """A figure of each place."""

    alone: dict[Place, int]
    """Of layers."""
    within: dict[Place, int]
    """Of items, composites and layers, with all that is inside."""

    def put(self, place: Place, value: int, join: Callable[[int, int], int]) -> None:
        """Join a value to those of a layer and of everything around it."""
        self.alone[place] = join(self.alone[place], value) if place in self.alone else value
        at: Place | None = place
        while at is not None:
            self.within[at] = join(self.within[at], value) if at in self.within else value
            at = at.parent


def _peak_steps(graph: MemoryGraph, line: Sequence[int]) -> _OfPlaces:
    """Return for each place the step with the most alive; of several the first."""
    peaks = _OfPlaces({}, {})
    for step, operation in enumerate(graph.operations):
        for place in dict.fromkeys([node.place for node in (operation.node, *operation.fused)]):
            peaks.put(place, step, lambda known, new: new if line[new] > line[known] else known)
    return peaks
