"""How one convention's figure becomes another's, and which conventions come near to a number seen elsewhere."""

from typing import NamedTuple

from dsconv_cost.costs.analysis import Form, network_counted
from dsconv_cost.costs.conventions import CONVENTIONS, DEFAULT, FLOPS_PER_MAC, Charge, Convention
from dsconv_cost.language.architecture import Architecture
from dsconv_cost.language.published import Quantity
from dsconv_cost.network.graph import Network, Node
from dsconv_cost.reports.table import EXACT, SIGNED, TEXT, Cell, Column, Report, Table
from dsconv_cost.text import inert

RECONCILED = ("params", "macs", "flops")


class Step(NamedTuple):
    """One kind of operation that two conventions charge differently."""

    what: str
    before: int
    """What the first convention charges for it in this network."""
    after: int
    """What the second one does."""
    layers: list[tuple[str, int]]
    """The layers it comes from, with the change each makes; the largest first."""

    @property
    def change(self) -> int:
        return self.after - self.before


class Waterfall(NamedTuple):
    """The way from one figure to another: start + the changes of all steps = end."""

    metric: str
    start: int
    end: int
    steps: list[Step]


class Candidate(NamedTuple):
    """A figure that a convention gives, and how far it is from the number asked about."""

    convention: Convention
    metric: str
    value: int
    distance: int
    agrees: bool
    """Whether it rounds, floors or ceils to the digits of the number."""
    hidden: str
    """What the counter does not see in this figure: `pools called as functions`."""


def waterfall(network: Network, start: Convention, end: Convention, metric: str) -> Waterfall:
    """Return the steps from one convention's figure to the other's, by kind of operation and by layer.

    Every count that a rate applies to is charged by both conventions' rates; the steps add up exactly.
    """
    first = _charged(network, start, metric)
    second = _charged(network, end, metric)
    steps: list[Step] = []
    for what in dict.fromkeys([*first, *second]):
        before, after = first.get(what, {}), second.get(what, {})
        changes = {name: after.get(name, 0) - before.get(name, 0) for name in {**before, **after}}
        layers = sorted(((n, c) for n, c in changes.items() if c), key=lambda entry: -abs(entry[1]))
        step = Step(what, sum(before.values()), sum(after.values()), layers)
        if step.change or layers:
            steps.append(step)
    steps.sort(key=lambda step: -abs(step.change))
    return Waterfall(metric, _sum(first), _sum(second), steps)


def _sum(charged: dict[str, dict[str, int]]) -> int:
    return sum(sum(layers.values()) for layers in charged.values())


def _charged(network: Network, convention: Convention, metric: str) -> dict[str, dict[str, int]]:
    """Return operation -> layer -> what the convention charges for it."""
    network = network_counted(network, convention)
    found: dict[str, dict[str, int]] = {}
    for node in network.nodes:
        for what, amount in _operations(node, convention, metric):
            if amount:
                layers = found.setdefault(what, {})
                layers[node.name] = layers.get(node.name, 0) + amount
    return found


_PARAMS = (
    Charge("weights", 1, "weights"), Charge("biases", 1, "biases"), Charge("scale and shift of norms", 1, "norm"),
)  # fmt: skip

_WORDS = {
    "macs": "multiply-accumulates", "bias_adds": "adding biases", "normalised": "normalising", "activated": "activation",
    "read": "reading", "written": "writing", "pooled": "pooling", "added": "adding", "multiplied": "multiplying",
    "resampled": "resampling", "weights": "weights", "biases": "biases", "norm": "scale and shift",
}  # fmt: skip


def _operations(node: Node, convention: Convention, metric: str) -> list[tuple[str, int]]:
    """Return (operation, amount) pairs for one layer; operations are named alike in every convention."""
    type_, counts = node.layer.type, node.counts
    charges, factor = charges_of(convention, metric)
    amounts: dict[str, int] = {}
    for charge in charges:
        amount = factor * charge.of(type_, counts)
        if amount:
            what = _WORDS[charge.field] if charge not in convention.params else charge.what
            if charge.field not in ("macs", "weights") and charge not in convention.params:
                what = f"{what} of {type_}" if charge.field in ("bias_adds", "biases", "norm") else type_
            amounts[what] = amounts.get(what, 0) + amount
    return list(amounts.items())


def charges_of(convention: Convention, metric: str) -> tuple[tuple[Charge, ...], int]:
    """Return what makes up a metric in a convention, and the factor on all of it."""
    if metric == "params":
        return (*_PARAMS, *convention.params), 1
    if metric == "flops":
        return (convention.flops, 1) if convention.flops else (convention.macs, FLOPS_PER_MAC)
    return convention.macs, 1


def figures(network: Network, convention: Convention) -> dict[str, int]:
    """Return params, macs and flops of a network under a convention."""
    return Form(network, convention).total._asdict()


def nearest_conventions(network: Network, number: Quantity, metric: str | None = None) -> list[Candidate]:
    """Return what every convention gives, the nearest to the number first.

    Also what a counter gives that does not see part of the network for how it is coded. Figures that a convention
    shares with `macs` are left to `macs`.
    """
    found: list[Candidate] = []
    default = figures(network, DEFAULT)
    for convention in CONVENTIONS.values():
        for rule, hidden in ((convention, ""), (convention.without_missed(), convention.hides)):
            if rule is None:
                continue
            values = default if rule is DEFAULT else figures(network, rule)
            for name in RECONCILED if metric is None else (metric,):
                value = values[name]
                if rule is not DEFAULT and (value == default[name] or (name == "flops" and not rule.flops)):
                    continue  # no figure of its own
                found.append(Candidate(convention, name, value, value - number.value, number.agrees(value), hidden))
    # What papers mean comes first where it agrees.
    found.sort(key=lambda c: (not c.agrees, not (c.agrees and c.convention is DEFAULT), abs(c.distance)))
    return found


class Printed(NamedTuple):
    """A figure that a source prints for this network, near to the number asked about."""

    source: str
    text: str
    metric: str
    reason: str | None


def printed(architecture: Architecture, number: Quantity) -> list[Printed]:
    """Return the published figures for this network that are the number asked about."""
    found: list[Printed] = []
    for entry in architecture.published:
        for metric, figure in entry.figures().items():
            if number.agrees(figure.value) or figure.agrees(number.value):
                found.append(Printed(entry.source, figure.text, metric, entry.differs.get(metric)))
    return found


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
    Column("hidden", "not seen by it", TEXT, 1),
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
        others = [m for m in RECONCILED if m != metric and figures(network, start)[m] != figures(network, end)[m]]
        differ = f"; they differ in {', '.join(NAMES[m] for m in others)}: --metric {others[0]}" if others else ""
        tables = tables[:1]
        notes.insert(0, ("equal", f"both count {way.start:,} {NAMES[metric]}{differ}"))
    if len(changes) > layers:
        rest = sum(change for _, _, change in changes[layers:])
        notes.append(("layers", f"{len(changes) - layers:,} more, with {rest:+,}"))
    return Report(f"{title}: {NAMES[metric]} from {start.name} to {end.name}", tables, notes)


def number_report(
    title: str, architecture: Architecture, network: Network, number: Quantity, metric: str | None = None
) -> Report:
    """Return which conventions give a number or come near to it, and what separates them from it."""
    candidates = nearest_conventions(network, number, metric)
    rows: list[tuple[Cell, ...]] = [
        (c.convention.name, NAMES[c.metric], c.value, c.distance, _agreement(c, number), c.hidden) for c in candidates
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
        macs = figures(network, DEFAULT)["macs"]
        said = (
            f"{number.text} are its MACs; many print them as FLOPs, of which it has {FLOPS_PER_MAC * macs:,} at 2 a MAC"
        )
        notes.insert(0, ("MACs", said))
    for figure in printed(architecture, number):
        reason = f", which differs from the exact count: {inert(figure.reason)}" if figure.reason else ""
        notes.append(("printed", f"{NAMES[figure.metric]} {figure.text} by {inert(figure.source)}{reason}"))
    return Report(f"{title}: who gives {number.text}?", [Table("conventions", CANDIDATE_COLUMNS, rows)], notes)


def _agreement(candidate: Candidate, number: Quantity) -> str:
    if not candidate.agrees:
        return "no"
    if 2 * abs(candidate.distance) <= number.step:
        return "yes"
    return "cut off" if candidate.distance > 0 else "rounded up"


def _named(candidate: Candidate) -> str:
    hidden = f" where it does not see {candidate.hidden}" if candidate.hidden else ""
    return f"{candidate.convention.name} {candidate.convention.version}{hidden}"


def _apart(network: Network, candidate: Candidate) -> str:
    """Return what separates a candidate from `macs`, the exact count that papers mean."""
    rule = candidate.convention.without_missed() if candidate.hidden else candidate.convention
    if rule is None or rule is DEFAULT:
        return ""
    way = waterfall(network, DEFAULT, rule, candidate.metric)
    steps = ", ".join(f"{step.what} {step.change:+,}" for step in way.steps[:6])
    return f". From macs {way.start:,}: {steps}" if steps else ""
