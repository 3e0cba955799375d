"""Networks as rows of a table: the cost of each, ratios to one of them, and which are Pareto-optimal."""

from collections.abc import Iterator, Sequence

from dsconv_cost.costs.charges import Convention
from dsconv_cost.costs.comparison import NetworkCosts, all_accurate, dominators
from dsconv_cost.costs.unmeasured import unmeasured_layers
from dsconv_cost.reports.table import (
    ACCURACY,
    EXACT,
    FACTOR,
    PERCENT,
    TEXT,
    Cell,
    Column,
    Report,
    Table,
    convention_note,
)
from dsconv_cost.text import inert

_DOWNWARDS = ("factor", "top1")
"""Columns in which more is better, so that the largest comes first."""

_COLUMNS = (
    Column("network", "network", TEXT),
    Column("source", "source", TEXT, 1, quoted=True),
    Column("input", "input", TEXT, 3),
    Column("params", "params", EXACT),
    Column("macs", "MACs", EXACT),
    Column("flops", "FLOPs", EXACT, 2),
    Column("layers", "layers", EXACT, 4),
    Column("activations", "activations", EXACT, 5),
    Column("depthwise_share", "depthwise", PERCENT, 6),
    Column("pointwise_share", "pointwise", PERCENT, 7),
    Column("factor", "factor", FACTOR, 8),
    Column("params_ratio", "params ratio", FACTOR, 9),
    Column("macs_ratio", "MACs ratio", FACTOR, 10),
    Column("top1", "top-1", ACCURACY),
    Column("top1_source", "top-1 from", TEXT, 0, quoted=True),
)
_PARETO = Column("pareto", "pareto", TEXT, quoted=True)
_LEGENDS = (
    ("layers", "convolutions and linear layers"),
    ("activations", "elements written by convolutions and linear layers"),
    ("depthwise", "share of the MACs in depthwise convolutions"),
    ("pointwise", "share of the MACs in 1 x 1 convolutions"),
    ("factor", "MACs of the network's own standard form per MAC of the network"),
    (
        "top-1",
        "per cent, on the data set and as printed by the source; - where the file has none for this network",
    ),
)
_EXPLAINED = {
    "ratio": ("params_ratio", "macs_ratio"),
    "layers": ("layers",),
    "activations": ("activations",),
    "depthwise": ("depthwise_share",),
    "pointwise": ("pointwise_share",),
    "factor": ("factor",),
}
"""Label of a note -> the keys of the columns that it explains."""


def comparison_report(
    networks: Sequence[NetworkCosts], base: NetworkCosts, convention: Convention, sort: str = "given", pareto: bool = False,
    every: bool = True, brief: bool = False,
) -> Report:  # fmt: skip
    """Return a row for each network, with ratios to one of them, and notes that explain the columns.

    With `brief` the columns are not explained.
    Without `every`, columns that say the same of all networks are left out: the source, and a missing top-1.
    """
    columns: tuple[Column, ...] = (*_COLUMNS, _PARETO) if pareto else _COLUMNS
    table = [_cells(network, base) for network in networks]
    dominating = dominators(networks) if pareto else []
    if pareto:
        verdicts = [f"beaten by {inert(other.label)}" if other else "front" for other in dominating]
        table = [(*row, verdict) for row, verdict in zip(table, verdicts, strict=True)]
    if sort != "given":
        _sort(table, columns, "network" if sort == "name" else sort, sort in _DOWNWARDS)
    left_out = set() if every else set(_uniform(networks))
    kept = [index for index, column in enumerate(columns) if column.key not in left_out]
    columns = tuple(columns[index] for index in kept)
    table = [tuple(row[index] for index in kept) for row in table]
    notes = [("ratio", f"to {inert(base.label)}: {base.figures.params:,} params, {base.figures.macs:,} MACs")]
    if not brief:
        notes += [(label, text) for label, text in _LEGENDS if label != "top-1" or "top1" not in left_out]
    if pareto:
        notes.append(("pareto", _pareto_note(networks, dominating)))
    notes.append(convention_note(convention))
    notes += [
        ("unmeasured", f"{inert(network.label)}: {unmeasured_layers(network.unmeasured, convention)}")
        for network in networks
        if network.unmeasured
    ]
    facts = {
        "convention": {"name": convention.name, "version": convention.version},
        "baseline": inert(base.label),
        "network_count": len(networks),
    }
    title = f"{len(networks)} network{'s' if len(networks) > 1 else ''} compared"
    return Report(
        title,
        [Table("networks", columns, table)],
        notes,
        facts,
        _EXPLAINED,
        more=("--notes explains the columns",) if brief else (),
    )


def _pareto_note(networks: Sequence[NetworkCosts], dominating: Sequence[NetworkCosts | None]) -> str:
    metrics = "params, MACs and top-1" if all_accurate(networks) else "params and MACs"
    optimal = sum(other is None for other in dominating)
    return f"{optimal} of {len(networks)} Pareto-optimal: no other network is at least as good in {metrics}, and better in one"


def _uniform(networks: Sequence[NetworkCosts]) -> Iterator[str]:
    """Yield the keys of columns that do not distinguish the networks."""
    if len({network.bundled for network in networks}) == 1:
        yield "source"
    if all(network.top1 is None for network in networks):
        yield from ("top1", "top1_source")


def _cells(row: NetworkCosts, base: NetworkCosts) -> tuple[Cell, ...]:
    params, macs, flops = row.figures
    return (
        inert(row.label), inert(row.source), row.input, params, macs, flops, row.layers, row.activations,
        row.depthwise / macs if macs else None, row.pointwise / macs if macs else None, row.factor,
        params / base.figures.params if base.figures.params else None,
        macs / base.figures.macs if base.figures.macs else None, row.top1, inert(row.top1_source),
    )  # fmt: skip


def _sort(rows: list[tuple[Cell, ...]], columns: tuple[Column, ...], key: str, downwards: bool) -> None:
    at = next(index for index, column in enumerate(columns) if column.key == key)

    def place(row: tuple[Cell, ...]) -> tuple[bool, float, str]:
        value = row[at]
        if value is None:
            return True, 0, ""
        if not isinstance(value, int | float):
            return False, 0, str(value)
        return False, -value if downwards else value, ""

    rows.sort(key=place)
