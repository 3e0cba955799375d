"""Memory of networks and their parts as limits see it: bytes, the layer that runs at a peak, and the tensors that make it."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from dsconv_cost.budget.verdicts import LAYERS_NAMED, LayerShare
from dsconv_cost.costs.parts import PartCosts
from dsconv_cost.network.graph import Place

if TYPE_CHECKING:
    from dsconv_cost.memory.places import Moment


class MemoryPart(NamedTuple):
    """What a limit on memory is about."""

    places: tuple[Place, ...] | None
    """None for the whole network."""
    within: bool = False
    """Whether places are items and composites, and mean all that is inside them."""


WHOLE_NETWORK = MemoryPart(None)


class MemoryMade(NamedTuple):
    """What makes a figure of memory."""

    at: LayerShare | None
    """The layer that runs at a peak; None for flash, and where no layer runs."""
    layers: tuple[LayerShare, ...]
    """Of a peak or an arena the largest tensors that are alive then, each with the layer that writes it; of flash the layers with most."""


def memory_of(costs: PartCosts, metric: str, bits: int, part: MemoryPart = WHOLE_NETWORK) -> int | None:
    """Return the bytes of peak, arena or flash; None for the peak of layers that run in no step of the deployed network."""
    memory = costs.memory(bits)
    if part.places is None:
        return memory.value(metric)
    if metric == "flash":
        return memory.flash_of(part.places, within=part.within)
    step = memory.peak_step_of(part.places, within=part.within)
    return None if step is None else memory.alive_at(step)


def made_by(costs: PartCosts, metric: str, bits: int, part: MemoryPart = WHOLE_NETWORK) -> MemoryMade:
    """Return what makes a figure of memory."""
    memory = costs.memory(bits)
    if metric == "flash":
        stored = memory.flash_by_layer
        if part.places is None:
            return MemoryMade(None, _largest((place.name, place, size) for place, size in stored.items()))
        inside = [row.place for place in part.places for row in costs.inside(place)] if part.within else part.places
        return MemoryMade(None, _largest((place.name, place, stored.get(place, 0)) for place in inside))
    if part.places is None:
        moment = memory.moment(metric)
    else:
        step = memory.peak_step_of(part.places, within=part.within)
        if step is None:
            return MemoryMade(None, ())
        moment = memory.moment(metric, step)
    tensors = [(tensor.name, tensor.place, tensor.bytes) for tensor in moment.tensors]
    # The arena of a model's file may be more than its layers take at any step.
    whole = memory.value(metric) if part.places is None else moment.bytes
    return MemoryMade(running(moment), _largest(tensors, whole))


def places_of(costs: PartCosts, metric: str, bits: int) -> list[Place]:
    """Return where to look for what makes a figure of the whole network, the first place first."""
    memory = costs.memory(bits)
    if metric == "flash":
        stored = memory.flash_by_layer
        return sorted(stored, key=lambda place: -stored[place])
    moment = memory.moment(metric)
    places = [moment.place, *(tensor.place for tensor in moment.tensors)]
    return [place for place in places if place is not None]


def running(moment: "Moment") -> LayerShare | None:
    """Return the layer that runs at a moment, with the bytes that are alive."""
    if moment.place is None:
        return None
    place = moment.place
    return LayerShare(moment.name, place.line, place.column, place.use_line, moment.bytes)


def _largest(valued: Iterable[tuple[str, Place | None, int]], whole: int | None = None) -> tuple[LayerShare, ...]:
    rows = sorted([row for row in valued if row[2]], key=lambda row: -row[2])
    whole = sum([value for _, _, value in rows]) if whole is None else whole
    return tuple(
        LayerShare(name, place.line, place.column, place.use_line, value, whole)
        if place is not None
        else LayerShare(name, 0, 0, 0, value, whole)
        for name, place, value in rows[:LAYERS_NAMED]
    )
