"""What `analyze` shows: a headline, the layers, the three forms, the kinds of layers, and notes."""

from collections import defaultdict
from typing import NamedTuple

from dsconv_cost.costs.accuracy import is_of
from dsconv_cost.costs.analysis import Analysis, Form
from dsconv_cost.costs.breakdown import LayerRow, View, rows
from dsconv_cost.costs.conventions import DEFAULT, Figures, convention_named
from dsconv_cost.language.architecture import Architecture, unused_note
from dsconv_cost.language.published import Published
from dsconv_cost.layers import KINDS
from dsconv_cost.layers.counts import Counts, total
from dsconv_cost.layers.values import describe
from dsconv_cost.network.transforms.convert import CONVERTED, KEPT
from dsconv_cost.network.transforms.deploy import Branches
from dsconv_cost.network.transforms.fold_norms import norms_left
from dsconv_cost.reports.table import (
    CHANGE,
    EXACT,
    FACTOR,
    FINE_SHARE,
    SCALED,
    SHARE,
    TEXT,
    Cell,
    Column,
    Report,
    Table,
)
from dsconv_cost.text import inert

NAMES_SHOWN = 6

LAYER_COLUMNS = (
    Column("layer", "layer", TEXT),
    Column("type", "type", TEXT, 4),
    Column("input", "input", TEXT, 1),
    Column("output", "output", TEXT, 5),
    Column("kernel", "k", TEXT, 2),
    Column("stride", "s", TEXT, 3),
    Column("params", "params", EXACT, 7),
    Column("macs", "MACs", SCALED),
    Column("share", "share", SHARE, 6),
    Column("standard", "standard", SCALED, 9),
    Column("separable", "separable", SCALED, 8),
    Column("factor", "factor", FACTOR, 10),
)

FORM_COLUMNS = (
    Column("form", "form", TEXT),
    Column("params", "params", EXACT),
    Column("macs", "MACs", EXACT),
    Column("flops", "FLOPs", EXACT, 1),
    Column("macs_factor", "fewer MACs", FACTOR),
    Column("macs_change", "", CHANGE, 3),
    Column("params_factor", "fewer params", FACTOR, 2),
    Column("params_change", "", CHANGE, 2),
)

KIND_COLUMNS = (
    Column("kind", "kind", TEXT),
    Column("layers", "layers", EXACT, 5),
    Column("macs", "MACs", EXACT),
    Column("macs_share", "share", FINE_SHARE),
    Column("weights", "weights", EXACT, 4),
    Column("weights_share", "share", FINE_SHARE, 3),
    Column("biases", "biases", EXACT, 2),
    Column("norm", "norm", EXACT, 1),
    Column("params", "params", EXACT),
)


def report(analysis: Analysis, view: View) -> Report:
    """Return everything `analyze` shows."""
    chosen = rows(analysis, view)
    notes: list[tuple[str, str]] = []
    if len(chosen.shown) < chosen.total:
        notes.append(("rows", f"{len(chosen.shown):,} of {chosen.total:,} shown, sorted by {view.key}"))
    if chosen.unshown_params:
        notes.append(
            ("no row", f"{chosen.unshown_layers:,} layers that are no convolution or linear layer, "
             f"with {chosen.unshown_params:,} params")
        )  # fmt: skip
    if any(row.merged for row in chosen.shown):
        notes.append(("merged", "its standard form is the pointwise convolution's, whose factor is that of both"))
    tables = [_layer_table(analysis, chosen.shown), form_table(analysis), kind_table(analysis)]
    return Report(headline(analysis), tables, [*notes, *_notes(analysis)])


def headline(analysis: Analysis) -> str:
    """Return name, source, hyperparameters and input on one line."""
    return f"{title_of(analysis.architecture)}, input {analysis.input}"


def title_of(architecture: Architecture) -> str:
    """Return name, variant, source and hyperparameters of an architecture on one line."""
    variant = f":{inert(architecture.variant)}" if architecture.variant else ""
    chosen = [f"{name} {_value(value)}" for name, value in architecture.hyperparameters.items()]
    return ", ".join([f"{inert(architecture.name)}{variant} ({inert(architecture.source)})", *chosen])


def _value(value: object) -> str:
    return describe(value).removeprefix("the word ").removeprefix("the list ")


def _layer_table(analysis: Analysis, shown: list[LayerRow]) -> Table:
    whole = analysis.total.macs
    cells: list[tuple[Cell, ...]] = [
        (
            name, type_, input_, output, kernel, stride, params, macs, macs / whole if whole else None,
            "merged" if merged else standard, separable, factor,
        )
        for (
            name, type_, input_, output, kernel, stride, params, macs, standard, separable, merged, factor, _, _,
        ) in shown
    ]  # fmt: skip
    return Table("layers", LAYER_COLUMNS, cells)


def form_table(analysis: Analysis) -> Table:
    """Return the totals of the three forms, and what each saves against the standard one."""
    base = analysis.standard

    def row(name: str, form: Form) -> tuple[Cell, ...]:
        cells: list[Cell] = [name, form.params, form.macs, form.flops]
        for mine, standard in ((form.macs, base.macs), (form.params, base.params)):
            cells += [standard / mine if mine else None, mine / standard - 1 if standard else None]
        return tuple(cells)

    forms = (("as written", analysis.as_written), ("standard", base), ("separable", analysis.separable))
    return Table("totals", FORM_COLUMNS, [row(name, form) for name, form in forms])


class KindCost(NamedTuple):
    """What the layers of one kind cost together."""

    layers: int
    counts: Counts
    figures: Figures


def kinds(form: Form) -> dict[str, KindCost]:
    """Return the cost of each kind of layer; a norm that a convolution's field names counts with the convolution."""
    by_kind: dict[str, dict[str, list[Counts]]] = defaultdict(lambda: defaultdict(list))
    layers: dict[str, int] = defaultdict(int)
    kind = ""
    for node in form.network.nodes:
        if not node.part:
            kind = node.kind
            layers[kind] += 1
        by_kind[kind or node.kind][node.layer.type].append(node.counts)
    found: dict[str, KindCost] = {}
    for kind, types in by_kind.items():
        sums = {type_: total(counts) for type_, counts in types.items()}
        found[kind] = KindCost(layers[kind], total(list(sums.values())), form.convention.total(sums.items()))
    return found


def kind_table(analysis: Analysis) -> Table:
    """Return the costs by kind of layer."""
    found = kinds(analysis.as_written)
    whole = analysis.as_written.counts
    weighted = [kind for kind in KINDS if kind.weighted]
    order: list[str] = [k for k in weighted if k in found]
    order += sorted(k for k in found if k not in weighted and (found[k].figures.params or found[k].figures.macs))

    def row(kind: str, count: int, counts: Counts, reported: Figures) -> tuple[Cell, ...]:
        share = reported.macs / analysis.total.macs if analysis.total.macs else None
        weights_share = counts.weights / whole.weights if whole.weights else None
        return (
            kind, count, reported.macs, share, counts.weights, weights_share, counts.biases, counts.norm, reported.params,
        )  # fmt: skip

    cells = [row(kind, *found[kind]) for kind in order]
    cells.append(row("total", sum(found[kind].layers for kind in order), whole, analysis.total))
    return Table("kinds", KIND_COLUMNS, cells)


# -- notes ----------------------------------------------------------------------------------------


def _notes(analysis: Analysis) -> list[tuple[str, str]]:
    convention = analysis.convention
    notes = [("convention", f"{convention.name} {convention.version}: {convention.summary}")]
    if analysis.branches is not None:
        notes.append(("deployed", _deployed_note(analysis.branches, norms_left(analysis.as_written.network))))
    for label, form in (("standard", analysis.standard), ("separable", analysis.separable)):
        notes.append((label, _form_note(analysis, form)))
    if analysis.architecture.spec.unused:
        notes.append(("unused", unused_note(analysis.architecture.spec)))
    notes += [("1-D", note) for note in _one_sided(analysis)]
    notes += [("published", published_note(analysis, entry)) for entry in analysis.architecture.published]
    return notes


def _one_sided(analysis: Analysis) -> list[str]:
    """Return a note when windows reach beyond an input side of 1: a 1-D signal needs its kernels written [1, k]."""
    network = analysis.network
    found: list[str] = []
    for node in network.nodes:
        if node.kind.weighted:
            x = network.shape(node.inputs[0])
            if (x.height == 1 or x.width == 1) and x.positions > 1:
                kernel = node.layer.settings((x,)).get("kernel", (1, 1))
                if (kernel[0] > 1 and x.height == 1) or (kernel[1] > 1 and x.width == 1):
                    found.append(node.name)
    if not found:
        return []
    return [
        f"{_some(found)}: the kernel is wider than an input side of 1 and meets only padding there; for a 1-D signal write [1, k]"
    ]


def _deployed_note(branches: Branches, norms: list[str]) -> str:
    """Return how many branches merged, and by reason which did not; and the batch norms that did not fold."""
    count = len(branches.merged)
    said = [f"{count:,} addition{'' if count == 1 else 's'} of linear branches merged"]
    reasons: dict[str, list[str]] = {}
    for join, reason in branches.unmerged:
        reasons.setdefault(reason, []).append(join)
    said += [f"not merged: {_some(names)} ({reason})" for reason, names in reasons.items()]
    if norms:
        said.append(f"not folded: {_some(norms)} (no convolution or linear layer of its own is before it)")
    return "; ".join(said)


def _some(names: list[str]) -> str:
    more = f" and {len(names) - NAMES_SHOWN:,} more" if len(names) > NAMES_SHOWN else ""
    return ", ".join(names[:NAMES_SHOWN]) + more


def _form_note(analysis: Analysis, form: Form) -> str:
    """Return what a form converted, and by reason what it kept."""
    converted = 0
    nodes = analysis.network.nodes
    reasons: dict[str, list[int]] = {}
    for index, verdict, reason, _ in form.decisions:
        if verdict == CONVERTED:
            converted += 1
        elif verdict == KEPT:
            reasons.setdefault(reason, []).append(index)
    kept = []
    for reason, found in reasons.items():
        if len(found) <= NAMES_SHOWN:
            kept.append(f"{', '.join(nodes[index].name for index in found)} ({reason})")
        else:
            kept.append(f"{len(found):,} layers ({reason})")
    done = f"{converted:,} converted" if converted else "nothing to convert, so it is the network as written"
    return f"{done}; kept {'; '.join(kept)}" if kept else done


def published_note(analysis: Analysis, entry: Published) -> str:
    """Return a source's figures beside the exact ones, and whether they agree."""
    form = {"as_written": analysis.as_written, "standard": analysis.standard, "separable": analysis.separable}[
        entry.form
    ]
    said: list[str] = []
    rule = entry.convention or DEFAULT.name
    figures = form.under(convention_named(rule))
    for metric, figure in entry.figures().items():
        exact = getattr(figures, metric)
        name = {"params": "params", "macs": "MACs", "flops": "FLOPs"}[metric]
        if figure.agrees(exact):
            said.append(f"{name} {figure.text} agrees")
        else:
            reason = f": {inert(entry.differs[metric])}" if metric in entry.differs else ""
            said.append(f"{name} {figure.text} differs from {exact:,}{reason}")
    if entry.top1 and is_of(entry, analysis.architecture, form):
        said.append(f"top-1 {entry.top1} %")
    label = "" if entry.form == "as_written" else f", {entry.form.replace('_', ' ')} form"
    if rule != analysis.convention.name:
        label += f"; compared under {rule}"
    return f"{'; '.join(said)} ({inert(entry.source)}{label})"
