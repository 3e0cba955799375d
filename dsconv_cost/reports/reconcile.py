"""reconcile: the way from one convention's figure to another's, and which conventions give a number seen elsewhere."""

from typing import NamedTuple

from dsconv_cost.costs.candidates import RECONCILED, Candidate, figures, nearest_conventions
from dsconv_cost.costs.charges import FLOPS_PER_MAC, Convention
from dsconv_cost.costs.conventions import DEFAULT
from dsconv_cost.costs.unmeasured import unmeasured
from dsconv_cost.costs.waterfall import waterfall
from dsconv_cost.language.architecture import Architecture
from dsconv_cost.language.published import Quantity
from dsconv_cost.network.graph import Network
from dsconv_cost.reports.table import EXACT, SIGNED, TEXT, Cell, Column, Report, Table
from dsconv_cost.reports.unmeasured import unmeasured_notes
from dsconv_cost.text import inert


class Printed(NamedTuple):
    """A figure that a source prints for this network, near to the number asked about."""

    source: str
    text: str
    metric: str
    reason: str | None


def printed(architecture: Architecture, number: Quantity) -> list[Printed]:
    """Return the published figures for this network that are the number asked about."""
    figures: list[Printed] = []
    for entry in architecture.published:
        for metric, figure in entry.figures().items():
            if number.agrees(figure.value) or figure.agrees(number.value):
                figures.append(Printed(entry.source, figure.text, metric, entry.differs.get(metric)))
    return figures


# -- as reports -----------------------------------------------------------------------------------

STEP_COLUMNS = (
    Column("operation", "operation", TEXT),
    Column("from", "from", EXACT, 2),
    Column("to", "to", EXACT, 1),
    Column("change", "change", SIGNED),
    Column("total", "total", EXACT),
)
LAYER_COLUMNS = (
    Column("layer", "layer", TEXT),
    Column("operation", "operation", TEXT, 1),
    Column("change", "change", SIGNED),
)
CANDIDATE_COLUMNS = (
    Column("convention", "convention", TEXT),
    Column("metric", "figure", TEXT),
    Column("value", "value", EXACT),
    Column("distance", "from the number", SIGNED),
    Column("agrees", "agrees", TEXT),
    Column("coding", "where the network has", TEXT, 1),
)
NAMES = {"params": "params", "macs": "MACs", "flops": "FLOPs"}


def waterfall_report(
    title: str, network: Network, start: Convention, end: Convention, metric: str, layers: int
) -> Report:
    """Return the waterfall as tables: by kind of operation, and by layer."""
    way = waterfall(network, start, end, metric)
    rows: list[tuple[Cell, ...]] = [(f"{start.name} {start.version}", None, None, None, way.start)]
    running = way.start
    for step in way.steps:
        running += step.change
        rows.append((step.what, step.before, step.after, step.change, running))
    rows.append((f"{end.name} {end.version}", None, None, None, way.end))
    changes = sorted(
        ((name, step.what, change) for step in way.steps for name, change in step.layers),
        key=lambda entry: -abs(entry[2]),
    )
    tables = [
        Table("operations", STEP_COLUMNS, rows if way.steps else rows[:1]),
        Table("layers", LAYER_COLUMNS, [tuple(entry) for entry in changes[:layers]]),
    ]
    notes = [
        ("from", f"{start.name} {start.version}: {start.summary}"),
        ("to", f"{end.name} {end.version}: {end.summary}"),
    ]
    if not way.steps:
        others = [
            m
            for m in RECONCILED
            if m != metric and getattr(figures(network, start), m) != getattr(figures(network, end), m)
        ]
        differ = f"; they differ in {', '.join(NAMES[m] for m in others)}: --metric {others[0]}" if others else ""
        tables = tables[:1]
        notes.insert(0, ("equal", f"both count {way.start:,} {NAMES[metric]}{differ}"))
    if len(changes) > layers:
        rest = sum(change for _, _, change in changes[layers:])
        notes.append(("layers", f"{len(changes) - layers:,} more, with {rest:+,}"))
    notes += [note for convention in (start, end) for note in unmeasured_notes(network, convention)]
    return Report(f"{title}: {NAMES[metric]} from {start.name} to {end.name}", tables, notes)


def number_report(
    title: str, architecture: Architecture, network: Network, number: Quantity, metric: str | None = None
) -> Report:
    """Return which conventions give a number or come near to it, and what separates them from it."""
    candidates = nearest_conventions(network, number, metric)
    rows: list[tuple[Cell, ...]] = [
        (c.convention.name, NAMES[c.metric], c.value, c.distance, _agreement(c, number), c.coding) for c in candidates
    ]
    notes: list[tuple[str, str]] = []
    reached = [c for c in candidates if c.agrees]
    if reached:
        notes += [
            ("reached", f"{_named(c)} gives {c.value:,}: {c.convention.summary}{_apart(network, c)}") for c in reached
        ]
    else:
        near = candidates[0]
        notes.append(
            ("not reached", f"no measured rule gives {number.text} for this network; the nearest is {_named(near)} with "
             f"{near.value:,} {NAMES[near.metric]}, {abs(near.distance):,} {'more' if near.distance > 0 else 'less'}"
             f"{_apart(network, near)}")
        )  # fmt: skip
    if any(c.convention is DEFAULT and c.metric == "macs" for c in reached):
        macs = figures(network, DEFAULT).macs
        text = (
            f"{number.text} are its MACs; many print them as FLOPs, of which it has {FLOPS_PER_MAC * macs:,} at 2 a MAC"
        )
        notes.insert(0, ("MACs", text))
    notes += _unmeasured(network, candidates)
    for figure in printed(architecture, number):
        reason = f", which differs from the exact count: {inert(figure.reason)}" if figure.reason else ""
        notes.append(("printed", f"{NAMES[figure.metric]} {figure.text} by {inert(figure.source)}{reason}"))
    return Report(f"{title}: who gives {number.text}?", [Table("conventions", CANDIDATE_COLUMNS, rows)], notes)


def _unmeasured(network: Network, candidates: list[Candidate]) -> list[tuple[str, str]]:
    """Return a note on the layers that some counter was not measured with: its values take our own count of them."""
    by_case: dict[str, tuple[str, list[str]]] = {}
    for convention in {c.convention.name: c.convention for c in candidates if not c.measured}.values():
        for part in unmeasured(network, convention):
            by_case.setdefault(part.case, (part.words, []))[1].append(convention.name)
    causes = [f"{words} by {', '.join(names)}" for words, names in by_case.values()]
    return [("unmeasured", f"{'; '.join(causes)}: their values have what macs counts of it")] if causes else []


def _agreement(candidate: Candidate, number: Quantity) -> str:
    if not candidate.measured:
        return "unmeasured"
    if not candidate.agrees:
        return "no"
    if 2 * abs(candidate.distance) <= number.step:
        return "yes"
    return "cut off" if candidate.distance > 0 else "rounded up"


def _named(candidate: Candidate) -> str:
    coding = f" where the network has {candidate.coding}" if candidate.codings else ""
    return f"{candidate.convention.name} {candidate.convention.version}{coding}"


def _apart(network: Network, candidate: Candidate) -> str:
    """Return what separates a candidate from `macs`, the exact count that papers mean."""
    if candidate.convention is DEFAULT:
        return ""
    way = waterfall(network, DEFAULT, candidate.rule, candidate.metric)
    steps = ", ".join(f"{step.what} {step.change:+,}" for step in way.steps[:6])
    return f". From macs {way.start:,}: {steps}" if steps else ""
