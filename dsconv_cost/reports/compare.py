"""Networks as rows of a table: the cost of each, ratios to one of them, and which are Pareto-optimal."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from dsconv_cost.costs.charges import Convention
from dsconv_cost.costs.comparison import NetworkCosts, dominators, pareto_metrics
from dsconv_cost.costs.unmeasured import unmeasured_layers
from dsconv_cost.errors import UsageError
from dsconv_cost.language.limits import METRICS
from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.reports.memory_rules import memory_facts, memory_notes_of
from dsconv_cost.reports.on_device import device_document, error_notes, time_cells, time_columns, time_notes
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
from dsconv_cost.text import inert, nearest_words, shown

if TYPE_CHECKING:
    from dsconv_cost.devices.device import Device

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
    Column("peak", "peak bytes", EXACT, 5),
    Column("arena", "arena bytes", EXACT, 5),
    Column("flash", "flash bytes", EXACT, 5),
    Column("depthwise_share", "depthwise", PERCENT, 6),
    Column("pointwise_share", "pointwise", PERCENT, 7),
    Column("factor", "factor", FACTOR, 8),
    Column("params_ratio", "params ratio", FACTOR, 9),
    Column("macs_ratio", "MACs ratio", FACTOR, 10),
    Column("top1", "top-1", ACCURACY),
    Column("top1_source", "top-1 from", TEXT, 0, quoted=True),
)
_PARETO = Column("pareto", "pareto", TEXT, quoted=True)
COMPARED_COLUMNS = tuple(column.key for column in _COLUMNS)
"""The names that --columns takes, beside `all`."""
_MEMORY = tuple(key for key in COMPARED_COLUMNS if key in METRICS and METRICS[key].of_memory)
"""Columns that people see on request: few networks are for a microcontroller."""
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
_PARETO_WORDS = {"macs": "MACs", "flops": "FLOPs", "top1": "top-1"}


class ComparisonView(NamedTuple):
    """What a comparison shows of its networks, and in what order."""

    sort: str = "given"
    front: tuple[str, ...] | None = None
    """The metrics of the Pareto front, empty for the usual ones; None marks none."""
    columns: tuple[str, ...] = ()
    """Those that are asked for; empty: the usual ones."""
    every: bool = True
    """Whether the usual ones are all there are; otherwise those of memory are left out, and those that say the same of all networks."""
    brief: bool = False
    """Whether columns are not explained."""
    device: "Device | None" = None
    """The device that the times of the networks are of."""


USUAL_VIEW = ComparisonView()


def names_of(text: str) -> tuple[str, ...]:
    """Return the names in a list with commas."""
    return tuple(name.strip().lower().replace("-", "_") for name in text.split(","))


def columns_given(text: str) -> tuple[str, ...]:
    """Return the columns that a list with commas names. Raises UsageError."""
    names = names_of(text)
    if names == ("all",):
        return COMPARED_COLUMNS
    for name in names:
        if name not in COMPARED_COLUMNS:
            meant = nearest_words(name, [*COMPARED_COLUMNS, "all"]) if name else None
            hint = f"did you mean '{meant}'?" if meant else f"give all, or some of {', '.join(COMPARED_COLUMNS)}"
            raise UsageError(f"--columns: no column '{shown(name)}': {hint}")
        if names.count(name) > 1:
            raise UsageError(f"--columns: '{name}' is given twice: give it once")
    return names if "network" in names else ("network", *names)


def comparison_report(
    networks: Sequence[NetworkCosts], base: NetworkCosts, convention: Convention, how: ComparisonView = USUAL_VIEW
) -> Report:
    """Return a row for each network, with ratios to one of them, and notes that explain the columns."""
    keys = _columns_shown(networks, how)
    columns = tuple(column for column in _COLUMNS if column.key in keys)
    if how.columns:
        columns = tuple(sorted(columns, key=lambda column: keys.index(column.key)))
    ordered = in_order(networks, base, how.sort)
    table = [tuple(_VALUES[column.key](network, base) for column in columns) for network in ordered]
    if how.device is not None:
        timed = time_columns(how.device, of_whole=True)
        columns = (*columns, *timed)
        table = [(*row, *time_cells(timed, network.time)) for row, network in zip(table, ordered, strict=True)]
    dominating: dict[int, NetworkCosts | None] = {}
    if how.front is not None:
        columns = (*columns, _PARETO)
        dominating = dict(zip(map(id, networks), dominators(networks, how.front), strict=True))
        beaten = [dominating[id(network)] for network in ordered]
        verdicts = [f"dominated by {inert(other.label)}" if other else "front" for other in beaten]
        table = [(*row, verdict) for row, verdict in zip(table, verdicts, strict=True)]
    notes = [("ratio", f"to {inert(base.label)}: {base.figures.params:,} params, {base.figures.macs:,} MACs")]
    if not how.brief:
        notes += [(label, text) for label, text in _LEGENDS if label != "top-1" or "top1" in keys]
    if how.front is not None:
        notes.append(("pareto", _pareto_note(networks, list(dominating.values()), how.front)))
    notes += memory_notes_of([key for key in _MEMORY if key in keys], base.memory.bits)
    if how.device is not None:
        notes += [*time_notes(how.device, how.brief), *error_notes(how.device)]
    notes.append(convention_note(convention))
    notes += [
        ("unmeasured", f"{inert(network.label)}: {unmeasured_layers(network.unmeasured, convention)}")
        for network in networks
        if network.unmeasured
    ]
    facts = {
        "convention": {"name": convention.name, "version": convention.version},
        **memory_facts([key for key in _MEMORY if key in keys], base.memory.bits),
        **({} if how.device is None else {"device": device_document(how.device)}),
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
        more=("--notes explains the columns",) if how.brief else (),
    )


def _columns_shown(networks: Sequence[NetworkCosts], how: ComparisonView) -> tuple[str, ...]:
    """Return the keys of the columns: those that are asked for, by --columns or in another way, or the usual ones."""
    asked = (how.sort, *(how.front or ()))
    if how.columns:
        return (*how.columns, *(key for key in dict.fromkeys(asked) if key in _MEMORY and key not in how.columns))
    if how.every:
        return COMPARED_COLUMNS
    left_out = {*_uniform(networks), *(key for key in _MEMORY if key not in asked)}
    return tuple(key for key in COMPARED_COLUMNS if key not in left_out)


def pareto_words(networks: Sequence[NetworkCosts], front: Sequence[str]) -> str:
    """Return in words what the Pareto front is of, e.g. `params, MACs and top-1`."""
    names = [_PARETO_WORDS.get(metric, metric) for metric in pareto_metrics(networks, front)]
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]


def _pareto_note(
    networks: Sequence[NetworkCosts], dominating: Sequence[NetworkCosts | None], front: Sequence[str]
) -> str:
    metrics = pareto_words(networks, front)
    better = ", and better in one" if len(pareto_metrics(networks, front)) > 1 else ", and better"
    optimal = sum(other is None for other in dominating)
    return f"{optimal} of {len(networks)} Pareto-optimal: no other network is at least as good in {metrics}{better}"


def _uniform(networks: Sequence[NetworkCosts]) -> Iterator[str]:
    """Yield the keys of columns that do not distinguish the networks."""
    if len({network.bundled for network in networks}) == 1:
        yield "source"
    if all(network.top1 is None for network in networks):
        yield from ("top1", "top1_source")


def _ratio(top: int, bottom: int) -> float | None:
    return top / bottom if bottom else None


_VALUES: dict[str, Callable[[NetworkCosts, NetworkCosts], Cell]] = {
    "network": lambda row, base: inert(row.label),
    "source": lambda row, base: inert(row.source),
    "input": lambda row, base: row.input,
    "params": lambda row, base: row.params,
    "macs": lambda row, base: row.macs,
    "flops": lambda row, base: row.flops,
    "layers": lambda row, base: row.layers,
    "activations": lambda row, base: row.activations,
    "peak": lambda row, base: row.peak,
    "arena": lambda row, base: row.arena,
    "flash": lambda row, base: row.flash,
    "depthwise_share": lambda row, base: _ratio(row.depthwise, row.macs),
    "pointwise_share": lambda row, base: _ratio(row.pointwise, row.macs),
    "factor": lambda row, base: row.factor,
    "params_ratio": lambda row, base: _ratio(row.params, base.params),
    "macs_ratio": lambda row, base: _ratio(row.macs, base.macs),
    "top1": lambda row, base: row.top1,
    "top1_source": lambda row, base: inert(row.top1_source),
    "time": lambda row, base: (
        None if row.time is None else row.time.at_least if row.time.about is None else row.time.about
    ),
}
"""Key of a column -> what it shows of a network, beside the baseline."""


def in_order(networks: Sequence[NetworkCosts], base: NetworkCosts, sort: str) -> list[NetworkCosts]:
    """Return the networks in an order: costs upwards, factor and top-1 downwards; those without the value last."""
    if sort == "given":
        return list(networks)
    value_of = _VALUES["network" if sort == "name" else sort]

    def place(network: NetworkCosts) -> tuple[bool, float, str]:
        value = value_of(network, base)
        if value is None:
            return True, 0, ""
        if not isinstance(value, int | float):
            return False, 0, str(value)
        return False, -value if sort in _DOWNWARDS else value, ""

    return sorted(networks, key=place)
