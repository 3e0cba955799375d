"""The conventions of memory that a report is counted by, as notes and as keys of its JSON."""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from dsconv_cost.language.limits import METRICS

if TYPE_CHECKING:
    from dsconv_cost.memory.places import MemoryRule


def memory_rules(asked: Iterable[tuple[str, int]]) -> "list[MemoryRule]":
    """Return the convention of each metric of memory at its bits, each once, in the order of the metrics."""
    ordered = sorted(set(asked), key=lambda one: (list(METRICS).index(one[0]), one[1]))
    if not ordered:
        return []
    from dsconv_cost.memory.places import memory_rule

    return list(dict.fromkeys([memory_rule(metric, bits) for metric, bits in ordered]))


def memory_notes_of(metrics: Collection[str], bits: int) -> list[tuple[str, str]]:
    """Return a note on the conventions of some metrics of memory; none without metrics."""
    rules = memory_rules((metric, bits) for metric in metrics)
    named = ", ".join([f"{rule.metric} by {rule.name} {rule.version}" for rule in rules])
    return (
        [("memory", f"at {bits} bits: {named}; of the deployed network, without kernels' scratch and code")]
        if rules
        else []
    )


def memory_records(rules: "Iterable[MemoryRule]") -> list[dict[str, object]]:
    """Return conventions for programs."""
    return [
        {"metric": rule.metric, "name": rule.name, "version": rule.version, "fusing_rule": rule.fusing_rule}
        for rule in rules
    ]


def memory_facts(metrics: Collection[str], bits: int) -> dict[str, object]:
    """Return the keys of a JSON document on some metrics of memory; none without metrics."""
    if not metrics:
        return {}
    return {
        "memory_conventions": memory_records(memory_rules((metric, bits) for metric in metrics)),
        "memory_bits": bits,
    }
