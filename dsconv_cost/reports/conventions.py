"""Conventions as tables: all of them, and what one charges for."""

from collections.abc import Callable, Iterable

from dsconv_cost.costs.cases import in_words
from dsconv_cost.costs.charges import DEPLOYED, FLOPS_PER_MAC, PARAMS, WRITTEN, Charge, Convention
from dsconv_cost.costs.conventions import all_conventions
from dsconv_cost.language.limits import MEMORY_BITS
from dsconv_cost.memory.conventions import ARENA, DEFAULT_MEMORY, MEMORY_CONVENTIONS
from dsconv_cost.memory.places import memory_rule
from dsconv_cost.reports.table import EXACT, TEXT, Cell, Column, Report, Table

OVERVIEW_COLUMNS = (
    Column("name", "convention", TEXT),
    Column("version", "version", TEXT, 1),
    Column("counts", "counts", TEXT),
)
CHARGE_COLUMNS = (
    Column("metric", "figure", TEXT),
    Column("what", "operation", TEXT),
    Column("rate", "rate", EXACT),
    Column("field", "for each of", TEXT),
    Column("types", "of layers", TEXT, 1),
)
FIELDS = {
    "macs": "its MACs", "bias_adds": "its bias additions", "normalised": "the elements it normalises",
    "activated": "the elements it activates", "pooled": "the elements its windows read", "read": "its input's elements",
    "written": "its output's elements", "added": "its additions", "multiplied": "its multiplications",
    "resampled": "the elements it interpolates", "norm": "its scales and shifts", "weights": "its weights",
    "biases": "its biases", "used_weights": "its weights, shared or not", "used_biases": "its biases, shared or not",
    "used_norm": "its scales and shifts, shared or not", "joined": "the elements of its results, two inputs at a time",
    "running": "its running means and variances", "positions": "its output's positions",
    "windowed": "its input's elements, padding that differs at opposite sides included",
    "output_macs": "its weights at each output position",
    "ungrouped_macs": "its weights at each output position, times its groups where the channels change",
    "regrouped_macs": "its MACs with a group's output channels divided by the groups again",
    "forward_biases": "a group's biases at the positions of an ordinary convolution",
}  # fmt: skip


def overview() -> Report:
    """Return all conventions."""
    flash = memory_rule("flash", MEMORY_BITS)
    rows: list[tuple[Cell, ...]] = [(c.name, c.version, c.summary) for c in all_conventions().values()]
    notes = [
        ("use", "analyze ARCHITECTURE --convention NAME; conventions NAME shows what it charges for"),
        ("compare", "reconcile ARCHITECTURE --from NAME --to NAME, or --number 610.1M"),
        (
            "memory",
            f"peak is by {DEFAULT_MEMORY.name}, arena by {ARENA.name}, flash by {flash.name}, at 8 bits, under every convention of MACs",
        ),
    ]
    of_memory: list[tuple[Cell, ...]] = [(c.name, str(c.version), c.summary) for c in MEMORY_CONVENTIONS.values()]
    of_memory.append((flash.name, str(flash.version), flash.summary))
    tables = [
        Table("conventions", OVERVIEW_COLUMNS, rows),
        Table("memory", (OVERVIEW_COLUMNS[0]._replace(title="memory"), *OVERVIEW_COLUMNS[1:]), of_memory),
    ]
    return Report(f"{len(rows)} conventions, and {len(of_memory)} of memory", tables, notes)


def one(convention: Convention) -> Report:
    """Return what a convention charges for."""
    told = ", ".join if convention.measured is None else in_words
    rows = [_row("params", charge, told) for charge in (*PARAMS, *convention.params)]
    rows += [_row("MACs", charge, told) for charge in convention.macs]
    rows += [_row("FLOPs", charge, told) for charge in convention.flops]
    notes = [("known", convention.known)]
    if not convention.flops:
        notes.append(("FLOPs", f"{FLOPS_PER_MAC} for each of its MACs"))
    if convention.graph == DEPLOYED:
        notes.append(
            ("merged", "convolutions, batch norms and plain skips that start at one tensor and meet in one addition")
        )
    if convention.graph != WRITTEN:
        notes.append(("folded", "batch norms that directly follow a convolution or linear layer of their own"))
    if convention.measured is not None:
        notes.append(("measured", f"{in_words(sorted(convention.measured))}; nothing is known of any other layer"))
    for coding in convention.codings:
        charges = coding.macs or coding.flops
        instead = "; ".join(
            f"{charge.rate} for each of {FIELDS[charge.field]} ({in_words(charge.cases)})" for charge in charges
        )
        notes.append((coding.words, instead or "not counted"))
    title = f"{convention.name} {convention.version}: {convention.summary}"
    return Report(title, [Table("charges", CHARGE_COLUMNS, rows)], notes)


def _row(metric: str, charge: Charge, told: Callable[[Iterable[str]], str]) -> tuple[Cell, ...]:
    return metric, charge.what, charge.rate, FIELDS[charge.field], told(charge.cases) or "all"
