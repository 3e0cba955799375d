"""Peak, arena and flash of both sides of a difference, and what was alive at each peak."""

from collections.abc import Iterator

from dsconv_cost.costs.deferred_memory import DeferredMemory
from dsconv_cost.costs.diff.attribution import TotalChange
from dsconv_cost.language.limits import MEMORY_BITS, METRICS
from dsconv_cost.reports.diff_sides import DiffSide
from dsconv_cost.reports.memory_rules import memory_facts, memory_notes_of
from dsconv_cost.text import inert

_METRICS = tuple(metric.name for metric in METRICS.values() if metric.of_memory)
_TENSORS_NAMED = 4


def memory_totals(old: DiffSide, new: DiffSide) -> dict[str, TotalChange]:
    """Return peak, arena and flash of both sides; 0 where there was no network."""
    return {metric: TotalChange(_bytes(old.memory, metric), _bytes(new.memory, metric)) for metric in _METRICS}


def _bytes(memory: DeferredMemory | None, metric: str) -> int:
    return memory.of(metric) if memory is not None else 0


def memory_changes(old: DiffSide, new: DiffSide) -> Iterator[tuple[str, str]]:
    """Yield notes: where each side has its peak and what is alive then, if the peak differs; and how all is counted."""
    if old.memory is not None and new.memory is not None and old.memory.of("peak") != new.memory.of("peak"):
        yield "peak", f"{_peak_text(old.memory)} -> {_peak_text(new.memory)}"
    yield from memory_notes_of(_METRICS, _bits(old, new))


def _peak_text(memory: DeferredMemory) -> str:
    """Return the bytes of a peak, the layer that runs then, and the largest tensors alive."""
    moment = memory.moment
    alive = [f"{inert(tensor.name)} {tensor.bytes:,}" for tensor in moment.tensors[:_TENSORS_NAMED]]
    more = len(moment.tensors) - len(alive)
    at = f" in {inert(moment.name)}" if moment.name else ""
    return f"{moment.bytes:,} B{at}: {', '.join(alive)}{f' and {more:,} more' if more else ''}"


def _bits(old: DiffSide, new: DiffSide) -> int:
    return next((side.memory.bits for side in (old, new) if side.memory is not None), MEMORY_BITS)


def side_document(side: DiffSide) -> dict[str, object]:
    """Return the keys of a side in JSON, with what is alive at its peak."""
    if side.memory is None:
        return dict(side.facts)
    moment = side.memory.moment
    tensors = [{"name": tensor.name, "bytes": tensor.bytes} for tensor in moment.tensors]
    return {**side.facts, "peak_at": moment.name or None, "peak_tensors": tensors}


def memory_document(old: DiffSide, new: DiffSide) -> dict[str, object]:
    """Return the keys of JSON on how memory is counted."""
    return memory_facts(_METRICS, _bits(old, new))
