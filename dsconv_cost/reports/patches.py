"""What `analyze` says of running the first operations patch by patch: a note and an object for programs."""

from typing import TYPE_CHECKING, Any

from dsconv_cost.text import inert

if TYPE_CHECKING:
    from dsconv_cost.memory.measure import Memory


def patches_text(memory: "Memory") -> str:
    """Return what patches of the first operations would take; empty where they are not worth it."""
    from dsconv_cost.memory.conventions import MEMORY_CONVENTIONS
    from dsconv_cost.memory.patches import worthwhile_patches

    found = worthwhile_patches(memory)
    if found is None:
        return ""
    convention = MEMORY_CONVENTIONS["tinyengine"]
    last = inert(memory.graph.operations[found.steps - 1].name)
    operations = f"the first {found.steps} operations" if found.steps > 1 else "the first operation"
    macs = sum([node.counts.macs for node in memory.graph.network.nodes])
    more = f"{100 * found.macs / macs:.1f}% more MACs" if macs else "no more MACs"
    return (
        f"{operations}, up to {last}, in {found.tiles} x {found.tiles} patches: a peak of {found.peak:,} B in place of "
        f"{memory.peak(convention):,} B by {convention.name} {convention.version}, for {more}; {found.with_input:,} B with the whole "
        "input in memory"
    )


def patches_document(memory: "Memory") -> dict[str, Any] | None:
    """Return the same as JSON has it; None where patches are not worth it."""
    from dsconv_cost.memory.conventions import MEMORY_CONVENTIONS
    from dsconv_cost.memory.patches import worthwhile_patches

    found = worthwhile_patches(memory)
    if found is None:
        return None
    convention = MEMORY_CONVENTIONS["tinyengine"]
    last = memory.graph.operations[found.steps - 1]
    return {
        "convention": {"name": convention.name, "version": str(convention.version)},
        "operations": found.steps,
        "until": {"layer": last.name, "line": last.node.place.line or None},
        "grid": [found.tiles, found.tiles],
        "peak": found.peak,
        "peak_without": memory.peak(convention),
        "peak_in_patches": found.in_tiles,
        "peak_behind": found.behind,
        "peak_with_input": found.with_input,
        "macs_added": found.macs,
    }
