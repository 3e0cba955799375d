"""The report of `analyze`: a headline, the layers, the three forms, the kinds of layers, and notes."""

from dsconv_cost.costs.accuracy import is_of
from dsconv_cost.costs.analysis import Analysis, Form
from dsconv_cost.costs.breakdown import OPS, Breakdown, LayerRow, View
from dsconv_cost.costs.conventions import DEFAULT, convention_named
from dsconv_cost.costs.sums import Sums, costs_by_kind, sum_of
from dsconv_cost.language.architecture import unused_note
from dsconv_cost.language.published import Published, Quantity
from dsconv_cost.layers import KIND_ORDER
from dsconv_cost.network.graph import IDENTITY, PROJECTION, Network, shortcut_taken
from dsconv_cost.network.transforms.convert import CONVERTED, KEPT, NAMES_SHOWN, Decision
from dsconv_cost.network.transforms.deploy import Branches
from dsconv_cost.reports.answer import answer, cost_headline
from dsconv_cost.reports.layer_columns import ShownRow, layer_columns
from dsconv_cost.reports.memory import column_notes, memory_answer, memory_notes
from dsconv_cost.reports.on_device import time_answer, time_cells, time_columns, time_notes
from dsconv_cost.reports.shape_notes import shape_notes, some_of
from dsconv_cost.reports.table import (
    EXACT,
    FINE_PERCENT,
    TEXT,
    Cell,
    Column,
    Report,
    Table,
)
from dsconv_cost.reports.unmeasured import unmeasured_notes
from dsconv_cost.text import inert

_FORM_COLUMNS = (
    Column("form", "", TEXT),
    Column("params", "params", EXACT, 2),
    Column("macs", "MACs", EXACT),
    Column("flops", "FLOPs", EXACT, 1),
    Column("against", "against standard", TEXT),
)
_KIND_COLUMNS = (
    Column("kind", "kind", TEXT),
    Column("layers", "layers", EXACT, 5),
    Column("macs", "MACs", EXACT),
    Column("macs_share", "share", FINE_PERCENT),
    Column("weights", "weights", EXACT, 4),
    Column("weights_share", "share", FINE_PERCENT, 3),
    Column("biases", "biases", EXACT, 2),
    Column("norm", "norm", EXACT, 1),
    Column("params", "params", EXACT),
)


def report(analysis: Analysis, view: View) -> Report:
    """Return everything `analyze` shows."""
    breakdown = Breakdown(analysis, view)
    shown = list(breakdown.rows())
    notes = [
        *plain_notes(analysis, breakdown, len(shown)),
        *column_notes(analysis.as_written.footprints(view.bits, view.memory), view.columns),
        *folded_notes(analysis, shown, view),
        *(time_notes(view.times.device) if view.times else ()),
        *[("published", published_note(analysis, entry)) for entry in analysis.architecture.published],
    ]
    tables = [_layer_table(analysis, shown, view), form_table(analysis), kind_table(analysis)]
    return Report(cost_headline(analysis), tables, notes, answer=answers(analysis, view))


def answers(analysis: Analysis, view: View) -> tuple[str, ...]:
    """Return the sentences below the headline."""
    memory = memory_answer(analysis.as_written.footprints(view.bits, view.memory))
    return (*answer(analysis), memory, *(time_answer(view.times) if view.times else ()))


def _layer_table(analysis: Analysis, shown: list[LayerRow], view: View) -> Table:
    whole = analysis.total.macs
    timed = time_columns(view.times.device) if view.times else ()
    columns, cells_of = layer_columns(view.columns, draws=False)
    cells = [(*cells_of(ShownRow(row.name, row, 1, whole)), *time_cells(timed, row.time)) for row in shown]
    return Table("layers", (*columns, *timed), cells)


def form_table(analysis: Analysis) -> Table:
    """Return the totals of the forms, equal ones in one row, and what each saves against the standard one."""
    base, mine = analysis.standard, analysis.as_written
    same = [name for name, form in (("standard", base), ("separable", analysis.separable)) if form.total == mine.total]
    forms = [(" = ".join(["as written", *same]), mine)]
    forms += [
        (name, form) for name, form in (("standard", base), ("separable", analysis.separable)) if name not in same
    ]
    rows: list[tuple[Cell, ...]] = [
        (name, form.params, form.macs, form.flops, _saved(form, base)) for name, form in forms
    ]
    convention = analysis.convention
    first = _FORM_COLUMNS[0]._replace(title=f"convention {convention.name} {convention.version}")
    return Table("totals", (first, *_FORM_COLUMNS[1:]), rows)


def _saved(form: Form, base: Form) -> str:
    """Return how much less a form costs than the standard one."""
    pairs = (("MACs", form.total.macs, base.total.macs), ("params", form.total.params, base.total.params))
    return ", ".join(
        f"{100 * (own - standard) / standard:+.1f}% {what}"
        for what, own, standard in pairs
        if own != standard and standard
    )


def kind_table(analysis: Analysis) -> Table:
    """Return the costs by kind of layer."""
    by_kind = costs_by_kind(analysis.as_written)
    whole = sum_of(costs.sums for costs in by_kind.values())
    order = sorted([kind for kind in by_kind if kind.accumulates], key=KIND_ORDER.index)
    order += sorted(kind for kind, (_, sums) in by_kind.items() if not kind.accumulates and (sums.params or sums.macs))

    def row(kind: str, count: int, sums: Sums) -> tuple[Cell, ...]:
        return (
            kind, count, sums.macs, sums.macs / whole.macs if whole.macs else None,
            sums.weights, sums.weights / whole.weights if whole.weights else None, sums.biases, sums.norm, sums.params,
        )  # fmt: skip

    cells = [row(kind, *by_kind[kind]) for kind in order]
    cells.append(row("total", sum(by_kind[kind].layers for kind in order), whole))
    return Table("kinds", _KIND_COLUMNS, cells)


# -- notes ----------------------------------------------------------------------------------------


def plain_notes(analysis: Analysis, breakdown: Breakdown, shown: int) -> list[tuple[str, str]]:
    """Return what a reader of the figures has to know."""
    notes: list[tuple[str, str]] = []
    if shown < breakdown.total:
        notes.append(("rows", f"{shown:,} of {breakdown.total:,} shown, sorted by {breakdown.view.key}"))
    if breakdown.unshown_params:
        notes.append(
            ("no row", f"{breakdown.unshown_layers:,} layers that are neither convolutions nor linear layers, "
             f"with {breakdown.unshown_params:,} params")
        )  # fmt: skip
    imported = analysis.architecture.spec.imported
    if imported is not None:
        notes += imported.notes
    notes += unmeasured_notes(analysis.network, analysis.convention)
    notes += shared_notes(analysis.as_written.network)
    if analysis.unused:
        notes.append(("unused", unused_note(analysis.unused)))
    notes += shape_notes(analysis.network)
    if breakdown.view.level == OPS:
        notes += _shortcuts(analysis.as_written.network)
    return notes


def folded_notes(analysis: Analysis, shown: list[LayerRow], view: View) -> list[tuple[str, str]]:
    """Return how the figures came about: the convention, what each form converted and kept, and memory."""
    notes: list[tuple[str, str]] = []
    if any(row.merged for row in shown):
        notes.append(
            ("merged", "in the standard form the depthwise convolution is part of the pointwise one, whose factor covers both")
        )  # fmt: skip
    if partly := [row.name for row in shown if row.merged_in_part]:
        notes.append(
            ("merged", f"{some_of(partly)}: in the standard form the depthwise convolution is part of the pointwise one in another "
             "row, whose factor covers both")
        )  # fmt: skip
    convention = analysis.convention
    notes.append(("convention", f"{convention.name} {convention.version}: {convention.summary}"))
    if analysis.branches is not None:
        from dsconv_cost.network.transforms.fold_norms import norms_left

        notes.append(("deployed", _deployed_note(analysis.branches, norms_left(analysis.as_written.network))))
    for label, form in (("standard", analysis.standard), ("separable", analysis.separable)):
        notes.append((label, _form_note(analysis, form)))
    return [*notes, *memory_notes(analysis.as_written.footprints(view.bits, view.memory))]


def shared_notes(network: Network) -> list[tuple[str, str]]:
    """Return a note on the layers whose params are counted elsewhere."""
    if not network.shared:
        return []
    nodes = network.nodes
    params = sum(nodes[index].counts.shared for index in network.shared)
    owners = [nodes[first].name for first in dict.fromkeys(network.shared.values())]
    layers = f"{len(network.shared):,} layer{' has' if len(network.shared) == 1 else 's have'}"
    return [("shared", f"{layers} the weights of {some_of(owners)}: {params:,} params that are counted once, there")]


def _shortcuts(network: Network) -> list[tuple[str, str]]:
    """Return which residuals add their input itself and which a projection of it."""
    by_shortcut: dict[str, list[str]] = {IDENTITY: [], PROJECTION: []}
    for node in network.nodes:
        taken = shortcut_taken(network, node)
        if taken:
            by_shortcut[taken].append(node.name)
    told = [f"{taken} in {some_of(names)}" for taken, names in by_shortcut.items() if names]
    return [("shortcuts", "; ".join(told))] if told else []


def _deployed_note(branches: Branches, norms: list[str]) -> str:
    """Return how many branches merged, and by reason which did not; and the batch norms that did not fold."""
    count = len(branches.merged)
    parts = [f"{count:,} addition{'' if count == 1 else 's'} of linear branches merged"]
    reasons: dict[str, list[str]] = {}
    for join, reason in branches.unmerged:
        reasons.setdefault(reason, []).append(join)
    parts += [f"not merged: {some_of(names)} ({reason})" for reason, names in reasons.items()]
    if norms:
        parts.append(f"not folded: {some_of(norms)} (no convolution or linear layer of its own is before it)")
    return "; ".join(parts)


def _form_note(analysis: Analysis, form: Form) -> str:
    """Return what a form converted, which depthwise convolutions have no pair and why, and by reason what it kept."""
    nodes = analysis.network.nodes
    kept: dict[str, list[str]] = {}
    unpaired: dict[str, list[Decision]] = {}
    for decision in form.decisions:
        name = nodes[decision.node].name
        if decision.verdict == KEPT:
            kept.setdefault(decision.reason, []).append(name)
        elif decision.unpaired is not None:
            unpaired.setdefault(decision.unpaired.reason, []).append(decision)
    converted = sum(decision.verdict == CONVERTED for decision in form.decisions)
    told = [f"{converted:,} converted" if converted else "nothing to convert: the same as the network as written"]
    if unpaired:
        told.append(
            f"unpaired {'; '.join(_unpaired(analysis, reason, nodes_unpaired) for reason, nodes_unpaired in unpaired.items())}"
        )
    if kept:
        few = {
            reason: ", ".join(names) if len(names) <= NAMES_SHOWN else f"{len(names):,} layers"
            for reason, names in kept.items()
        }
        told.append(f"kept {'; '.join(f'{names} ({reason})' for reason, names in few.items())}")
    return "; ".join(told)


def _unpaired(analysis: Analysis, reason: str, decisions: list[Decision]) -> str:
    """Return depthwise convolutions without a pair, and what broke it."""
    nodes = analysis.network.nodes
    if len(decisions) > NAMES_SHOWN:
        return f"{len(decisions):,} layers ({reason})"
    return "; ".join(f"{nodes[decision.node].name} ({decision.broken(nodes)})" for decision in decisions)


def published_note(analysis: Analysis, entry: Published) -> str:
    """Return a source's figures beside the exact ones, and whether they agree."""
    form = {"as_written": analysis.as_written, "standard": analysis.standard, "separable": analysis.separable}[
        entry.form
    ]
    parts: list[str] = []
    rule = entry.convention or DEFAULT.name
    figures = form.under(convention_named(rule))
    for metric, figure in entry.figures().items():
        exact = getattr(figures, metric)
        name = {"params": "params", "macs": "MACs", "flops": "FLOPs"}[metric]
        if figure.agrees(exact):
            parts.append(f"{name} {_printed(figure)} agrees")
        else:
            reason = f": {inert(entry.differs[metric])}" if metric in entry.differs else ""
            parts.append(f"{name} {_printed(figure)} differs from {exact:,}{reason}")
    if entry.top1 and is_of(entry, analysis.architecture, form):
        parts.append(f"top-1 {entry.top1} %")
    label = "" if entry.form == "as_written" else f", {entry.form.replace('_', ' ')} form"
    if rule != analysis.convention.name:
        label += f"; compared under {rule}"
    return f"{'; '.join(parts)} ({inert(entry.source)}{label})"


def _printed(figure: Quantity) -> str:
    """Return a figure as its source prints it; whole numbers have separators, as ours have."""
    return f"{int(figure.text):,}" if figure.text.isdecimal() else figure.text
