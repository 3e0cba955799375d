"""What keeps each operation of a network from being faster on a device, and the time that it takes at least.

An operation takes at least max(MACs / peak, bytes / bandwidth) (Williams et al. 2009, Roofline, doi:10.1145/1498765.1498785), where
its bytes are those of its inputs, weights and output, once each, at the device's data type. The sum over the operations holds for an
execution operation by operation; the MACs of all over the peak hold for any that makes every multiplication of the definition.
"""

from collections.abc import Callable, Iterable
from math import fsum

from dsconv_cost.devices.device import COMPUTE, MEMORY, Device
from dsconv_cost.devices.work import TERMS, work_of
from dsconv_cost.memory.graph import RunStep, memory_graph
from dsconv_cost.memory.traffic import traffic
from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.network.graph import Network, Node, Place


class TimedStep(NamedTuple):
    """One operation of a deployed network on a device."""

    operation: RunStep
    macs: int
    moved: int | None
    """The bytes that it must move; None for a device without a data type."""
    bound: str | None
    """MEMORY or COMPUTE; None where no peak is known, or nothing that the device has a bound for is done."""
    at_least: float | None
    """Seconds; None where no peak is known."""
    about: float | None
    """Seconds by the rates that were measured on the device; None where there are none."""

    @property
    def intensity(self) -> float | None:
        """MACs for each byte that it must move."""
        return self.macs / self.moved if self.moved else None


class PartTime(NamedTuple):
    """Some operations of a network, one after the other: those of a row."""

    bound: str | None
    """That of most of their time."""
    at_least: float | None
    about: float | None


NO_TIME = PartTime(None, None, None)
"""Of a part without an operation of its own, e.g. a norm that is folded."""


class DeviceTimes:
    """A network on a device."""

    def __init__(self, network: Network, device: Device) -> None:
        self.device = device
        graph = memory_graph(network)
        works = work_of(graph)
        moved: list[int] | list[None] = [None] * len(works)
        if device.dtype is not None:
            moved = [part.total for part in traffic(graph, device.dtype.bits, device.dtype.bias_bits)]
        rates = [(TERMS[name].of, seconds) for name, seconds in device.rates.items()]
        self.steps: list[TimedStep] = []
        """The operations in the order of execution."""
        for operation, work, bytes_ in zip(graph.operations, works, moved, strict=True):
            bound, at_least = _bound(device, work.macs, bytes_ or 0)
            about = fsum([seconds * of(work) for of, seconds in rates]) if rates else None
            self.steps.append(TimedStep(operation, work.macs, bytes_, bound, at_least, about))
        self._steps_at: dict[tuple[Place, str], list[TimedStep]] = {}
        for step in self.steps:
            node = step.operation.node
            self._steps_at.setdefault((node.place, node.part), []).append(step)

    @property
    def whole(self) -> PartTime:
        """All operations."""
        return _together(self.steps)

    @property
    def by_compute(self) -> float | None:
        """The seconds of all MACs at the peak, whatever is kept on the chip."""
        return sum(step.macs for step in self.steps) / self.device.peak if self.device.peak else None

    def bound_by(self, what: str) -> PartTime:
        """Return the operations that are bound by memory, or by compute."""
        return _together([step for step in self.steps if step.bound == what])

    def of(self, nodes: Iterable[Node]) -> PartTime:
        """Return the operations that begin with one of some layers of the network as written."""
        parts = dict.fromkeys((node.place, node.part) for node in nodes)
        steps = [step for part in parts for step in self._steps_at.get(part, ())]
        return _together(steps) if steps else NO_TIME


def on_device(device: Device) -> Callable[[Network], PartTime]:
    """Return what tells the time of a whole network on a device."""
    return lambda network: DeviceTimes(network, device).whole


def _bound(device: Device, macs: int, moved: int) -> tuple[str | None, float | None]:
    """Return what bounds an operation and the seconds that it takes at least, compared exactly."""
    if not device.peak:
        return None, None
    bandwidth = device.bandwidth
    if bandwidth and moved * device.peak > macs * bandwidth:
        return MEMORY, moved / bandwidth
    return (COMPUTE if macs else None), macs / device.peak


def _together(steps: list[TimedStep]) -> PartTime:
    """Return some operations as one."""
    at_least = [step.at_least for step in steps if step.at_least is not None]
    about = [step.about for step in steps if step.about is not None]
    by_memory = fsum([step.at_least or 0.0 for step in steps if step.bound == MEMORY])
    by_compute = fsum([step.at_least or 0.0 for step in steps if step.bound == COMPUTE])
    bound = None if not (by_memory or by_compute) else MEMORY if by_memory > by_compute else COMPUTE
    return PartTime(bound, fsum(at_least) if at_least else None, fsum(about) if about else None)
