"""What `analyze` says of memory: a sentence, notes, and an object for programs; and the notes on columns of footprints."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from dsconv_cost.network.transforms.convert import NAMES_SHOWN
from dsconv_cost.reports.layer_columns import FIELD_COLUMNS, MOVED_COLUMNS, PADDED_COLUMNS
from dsconv_cost.reports.patches import patches_document, patches_text
from dsconv_cost.text import inert

if TYPE_CHECKING:
    from dsconv_cost.costs.footprint import Footprints
    from dsconv_cost.memory.measure import Memory
    from dsconv_cost.memory.places import Moment

NOT_COUNTED = (
    "kernels' scratch buffers, the tail of TensorFlow Lite Micro's arena (its own records and per-channel quantisation), code, the stack, "
    "and the size of a .tflite file"
)
"""What no tool can know from the network alone."""


def memory_answer(footprints: "Footprints") -> str:
    """Return peak, arena and flash in a sentence, and the layer that runs at the peak."""
    moment = footprints.moment
    at = f" in {inert(moment.name)}" if moment.name else ""
    memory = footprints.placed.memory
    return f"Memory ({footprints.bits} bits): peak {kib(moment.bytes)}{at}, arena {kib(memory.arena)}, flash {kib(memory.flash)}."


def kib(size: int) -> str:
    """Return bytes in the unit that memories of microcontrollers have: 512 B, 54 KiB, 172.3 KiB, 1,372 KiB, 97.7 MiB."""
    if size < 1024:
        return f"{size} B"
    unit, scale = ("MiB", 2**20) if size >= 10_000 * 1024 else ("KiB", 1024)
    text = f"{size / scale:,.{0 if size >= 1000 * scale else 1}f}"
    return f"{text.removesuffix('.0')} {unit}"


def memory_notes(footprints: "Footprints") -> list[tuple[str, str]]:
    """Return how the figures of memory come about: what is alive at the peak, what is fused, and what is not counted."""
    from dsconv_cost.memory.conventions import ARENA
    from dsconv_cost.memory.graph import FUSING_RULE
    from dsconv_cost.memory.places import memory_rule

    memory, convention = footprints.placed.memory, footprints.convention
    flash = memory_rule("flash", footprints.bits)
    fused = memory.graph.fused
    notes = [
        ("peak", f"{_peak_text(footprints.moment)} ({convention.name} {convention.version}: {convention.summary})"),
        ("order", _order_text(footprints)),
        ("arena", f"{memory.arena:,} B ({ARENA.name} {ARENA.version}: {ARENA.summary}{_of_file(memory)})"),
        ("flash", f"{memory.flash:,} B ({flash.text})"),
    ]
    if patches := patches_text(memory):
        notes.append(("patches", patches))
    if fused:
        within = [f"{inert(layer)} in {inert(into)}" for layer, into in fused.items()]
        notes.append(("fused", f"rule {FUSING_RULE}, {len(fused):,} layers: {_some(within)}"))
    return [*notes, ("not counted", NOT_COUNTED)]


def _of_file(memory: "Memory") -> str:
    return ", of the file's own tensors and operators" if memory.is_arena_of_file else ""


def _peak_text(moment: "Moment") -> str:
    """Return the bytes of a peak, where it is, and the tensors that make it."""
    alive = _some([f"{inert(tensor.name)} {tensor.bytes:,} B" for tensor in moment.tensors])
    if moment.place is None:
        return f"{moment.bytes:,} B: {alive}"
    line = f" (line {moment.place.line})" if moment.place.line else ""
    return f"{moment.bytes:,} B while {inert(moment.name)}{line} runs, with {alive} alive"


def _order_text(footprints: "Footprints") -> str:
    from dsconv_cost.memory.conventions import LOWER_BOUND

    memory = footprints.placed.memory
    lowest = memory.peak(LOWER_BOUND)
    if memory.reordering_cannot_help:
        return f"no other order of execution has a lower peak: one operation alone needs these {lowest:,} B"
    return f"another order of execution might have a lower peak, of {lowest:,} B at least: what the largest operation alone needs"


def _some(texts: list[str]) -> str:
    more = len(texts) - NAMES_SHOWN
    return ", ".join(texts[:NAMES_SHOWN]) + (f" and {more:,} more" if more > 0 else "")


def column_notes(footprints: "Footprints", columns: Collection[str]) -> list[tuple[str, str]]:
    """Return what a reader of the columns of footprints has to know."""
    notes: list[tuple[str, str]] = []
    if any(key in MOVED_COLUMNS for key in columns):
        convention = footprints.convention
        live = f"; live by {convention.name} {convention.version}" if "live" in columns else ""
        notes.append(
            ("bytes", f"tensors and weights at {footprints.bits} bits, biases at 32, of the deployed network: norms folded, an activation "
             f"within the layer before it; each tensor is read once by each layer{live}")
        )  # fmt: skip
    padded = [key for key in PADDED_COLUMNS if key in columns]
    if padded:
        whole, macs = footprints.whole, footprints.macs
        more = [f"to {key.rpartition('_')[2]} {_more(getattr(whole, key), macs)}" for key in padded]
        notes.append(("padded", f"channels rounded up to a multiple, all MACs: {', '.join(more)}"))
    if any(key in FIELD_COLUMNS for key in columns):
        notes.append(("field", _field_text(footprints)))
    return notes


def _more(padded: int, macs: int) -> str:
    return f"{100 * (padded - macs) / macs:+.1f}%" if macs else "+0.0%"


def _field_text(footprints: "Footprints") -> str:
    network, gates = footprints.network, footprints.fields.gates
    about = "the receptive field of a row's output"
    if len(network.inputs) > 1:
        about += ", on the first of the inputs that it sees"
    aside = "the statistics of norms are set aside"
    if gates:
        names = [inert(network.nodes[index].name) for index in gates]
        aside = f"the factors of {_some(names)} and {aside}"
    return f"{about} (Araujo et al. 2019); {aside}"


# -- for programs ---------------------------------------------------------------------------------


def running_document(footprints: "Footprints") -> dict[str, Any]:
    """Return the memory of a network as JSON has it, and the sums of its rows' footprints."""
    from dsconv_cost.memory.conventions import ARENA
    from dsconv_cost.memory.graph import FUSING_RULE
    from dsconv_cost.memory.places import memory_rule

    memory, moment, convention = footprints.placed.memory, footprints.moment, footprints.convention
    flash = memory_rule("flash", footprints.bits)
    whole = footprints.whole
    return {
        "memory": {
            "convention": {"name": convention.name, "version": str(convention.version)},
            "bits": footprints.bits,
            "peak": moment.bytes,
            "at": None if moment.place is None else {"layer": moment.name, "line": moment.place.line or None},
            "tensors": [{"name": tensor.name, "bytes": tensor.bytes} for tensor in moment.tensors],
            "arena": memory.arena,
            "arena_is_of_file": memory.is_arena_of_file,
            "arena_convention": {"name": ARENA.name, "version": str(ARENA.version)},
            "flash": memory.flash,
            "flash_convention": {"name": flash.name, "version": str(flash.version)},
            "reordering_can_help": not memory.reordering_cannot_help,
            "patches": patches_document(memory),
            "fusing_rule": FUSING_RULE,
            "fused": dict(memory.graph.fused),
            "not_counted": NOT_COUNTED,
        },
        "deployed_totals": {
            "macs": footprints.macs,
            "bytes_read": whole.bytes_read,
            "bytes_written": whole.bytes_written,
            "weight_bytes": whole.weight_bytes,
            "macs_per_byte": whole.macs_per_byte,
            "macs_padded_8": whole.macs_padded_8,
            "macs_padded_16": whole.macs_padded_16,
            "macs_padded_32": whole.macs_padded_32,
        },
        "gates": [footprints.network.nodes[index].name for index in footprints.fields.gates],
    }
