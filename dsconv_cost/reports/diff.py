"""What changed between two networks, as tables: the layers, the items and types that cost more or less, and the totals."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from dsconv_cost.costs.analysis import Form
from dsconv_cost.costs.conventions import Convention
from dsconv_cost.costs.diff.attribution import NAMED, Part, as_shares, attribution_sentence, by_item, by_type, relative
from dsconv_cost.costs.diff.changes import (
    ADDED,
    CHANGED,
    REMOVED,
    RENAMED,
    SAME,
    Change,
    changes,
    fields_changed,
    what_changed,
)
from dsconv_cost.network.graph import Place
from dsconv_cost.reports.table import CHANGE, EXACT, PLAIN, SHARE, SIGNED, TEXT, Cell, Column, Report, Table
from dsconv_cost.text import inert

METRICS = {"params": "params", "macs": "MACs"}

LAYER_COLUMNS = (
    Column("layer", "layer", TEXT),
    Column("status", "status", TEXT),
    Column("was", "was", TEXT, 1, quoted=True),
    Column("type", "type", TEXT, 2, quoted=True),
    Column("old_params", "old params", EXACT, 4),
    Column("new_params", "params", EXACT, 6),
    Column("params_change", "change", SIGNED),
    Column("old_macs", "old MACs", EXACT, 5),
    Column("new_macs", "MACs", EXACT, 7),
    Column("macs_change", "change", SIGNED),
    Column("line", "line", PLAIN, 3),
    Column("what", "what", TEXT, 0, quoted=True),
)
TOTAL_COLUMNS = (
    Column("metric", "total", TEXT),
    Column("old", "old", EXACT),
    Column("new", "new", EXACT),
    Column("change", "change", SIGNED),
    Column("relative", "", CHANGE),
)


def _part_columns(key: str) -> tuple[Column, ...]:
    return (
        Column(key, key, TEXT),
        Column("params_change", "params", SIGNED),
        Column("params_share", "of the change", SHARE, 2),
        Column("macs_change", "MACs", SIGNED),
        Column("macs_share", "of the change", SHARE, 1),
    )


class DiffSide(NamedTuple):
    """One of the two networks."""

    label: str
    """How it was named."""
    description: str
    """Its name, source and hyperparameters in words."""
    form: Form | None
    """None where there was no network yet."""
    facts: Mapping[str, object]
    """What JSON says of it."""


def difference(
    old: DiffSide, new: DiffSide, convention: Convention, every: bool = False, top: int | None = None
) -> Report:
    """Return what changed as tables; `every` lists the layers too that are the same."""
    found = changes(old.form, new.form)
    items = by_item(found)
    totals = _totals(old.form, new.form)
    sums: dict[str, tuple[int, int]] = {row[0]: row[1:3] for row in totals}  # type: ignore[misc]  # as _totals says
    layers, layer_count = _layer_table(found, every, top)
    tables = [
        layers,
        Table("items", _part_columns("item"), list(_part_rows(items, sums))),
        Table("types", _part_columns("type"), list(_part_rows(by_type(found), sums))),
        Table("totals", TOTAL_COLUMNS, list(totals)),
    ]
    counts: dict[str, int] = {}
    for change in found:
        counts[change.kind] = counts.get(change.kind, 0) + 1
    notes = [("old", old.description), ("new", new.description)]
    notes += [(title, attribution_sentence(metric, *sums[title], items)) for metric, title in METRICS.items()]
    notes.append(("layers", _counted(counts)))
    renamed = [change for change in found if change.kind == RENAMED]
    if renamed and not every:
        names = ", ".join(f"{c.old.name} is now {c.new.name}" for c in renamed[:NAMED] if c.old and c.new)
        more = len(renamed) - NAMED
        notes.append(("renamed", f"{names}{f' and {more:,} more' if more > 0 else ''}"))
    following = sum(_follows(change) for change in found)
    if following and not every:
        notes.append(
            (
                "not shown",
                f"{following:,} layer{'s' if following > 1 else ''} without a cost of which only the shape changed; --all shows them",
            )
        )
    differing = sum(count for kind, count in counts.items() if kind not in (SAME, RENAMED))
    if top is not None and top < differing:
        notes.append(("rows", f"the {top} layers with the largest change in MACs, then params"))
    notes.append(("convention", f"{convention.name} {convention.version}: {convention.summary}"))
    facts = {
        "convention": {"name": convention.name, "version": convention.version},
        "old": old.facts,
        "new": new.facts,
        "same": not differing,
        "layer_count": layer_count,
    }
    said = _headline(sums, differing, len(renamed))
    return Report(f"{inert(old.label)} -> {inert(new.label)}: {said}", tables, notes, facts)


def _headline(sums: Mapping[str, tuple[int, int]], differing: int, renamed: int) -> str:
    if not differing:
        return (
            f"no cost differs, {renamed:,} layer{'s' if renamed > 1 else ''} renamed" if renamed else "no layer differs"
        )
    said = []
    for title in ("MACs", "params"):
        old, new = sums[title]
        said.append(f"{new - old:+,} {title}{relative(old, new)}" if new != old else f"{title} as before")
    return ", ".join(said)


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{counts[kind]:,} {kind}" for kind in (SAME, RENAMED, CHANGED, ADDED, REMOVED) if kind in counts)


def _totals(old: Form | None, new: Form | None) -> list[tuple[Cell, ...]]:
    """Return (name, old, new, change, relative change) rows."""
    rows: list[tuple[Cell, ...]] = []
    measures: tuple[tuple[str, Callable[[Form], int]], ...] = (
        ("params", lambda form: form.params),
        ("MACs", lambda form: form.macs),
        ("FLOPs", lambda form: form.flops),
        ("layers", lambda form: sum(node.kind.weighted for node in form.network.nodes)),
        ("activations", lambda form: sum(n.counts.written for n in form.network.nodes if n.kind.weighted)),
    )
    for name, measure in measures:
        before, after = (measure(form) if form is not None else 0 for form in (old, new))
        rows.append((name, before, after, after - before, (after - before) / before if before else None))
    return rows


def _part_rows(parts: Sequence[Part], sums: Mapping[str, tuple[int, int]]) -> Iterator[tuple[Cell, ...]]:
    params, macs = (sums[title][1] - sums[title][0] for title in ("params", "MACs"))
    share_params = as_shares([part.params for part in parts], params)
    share_macs = as_shares([part.macs for part in parts], macs)
    for part in parts:
        yield (
            inert(part.name), part.params, part.params / params if share_params else None, part.macs,
            part.macs / macs if share_macs else None,
        )  # fmt: skip


class _Row(NamedTuple):
    """One row: a layer, or an item of which all layers were added or removed."""

    place: Place
    type: str
    kind: str
    changes: list[Change]

    def of(self, metric: str) -> tuple[int, int]:
        pairs = [change.of(metric) for change in self.changes]
        return sum(old for old, _ in pairs), sum(new for _, new in pairs)

    def growth(self, metric: str) -> int:
        return sum(change.growth(metric) for change in self.changes)


def _layer_table(found: Sequence[Change], every: bool, top: int | None) -> tuple[Table, int]:
    """Return the rows that are shown, and how many there are in all."""
    shown = [_single(change) for change in found]
    if not every:
        shown = list(_gathered([change for change in found if not _follows(change)]))
    if top is not None:
        shown.sort(key=lambda row: (-abs(row.growth("macs")), -abs(row.growth("params"))))
    rows: list[tuple[Cell, ...]] = []
    for row in shown[:top]:
        (old_params, new_params), (old_macs, new_macs) = row.of("params"), row.of("macs")
        first = row.changes[0]
        was = first.old.name if first.old and first.new and first.old.name != first.new.name else ""
        rows.append(
            (
                row.place.name, row.kind, was, row.type,
                old_params if first.old else None, new_params if first.new else None, new_params - old_params,
                old_macs if first.old else None, new_macs if first.new else None, new_macs - old_macs,
                row.place.line, what_changed(first) if len(row.changes) == 1 else f"{len(row.changes):,} layers",
            )
        )  # fmt: skip
    return Table("layers", LAYER_COLUMNS, rows), len(shown)


def _follows(change: Change) -> bool:
    """Return whether a layer has no cost, and changed only in its shapes: the reason stands in another row."""
    if change.old is None or change.new is None or change.kind != CHANGED:
        return False
    return not any((*change.old.figures, *change.new.figures)) and not fields_changed(change.old, change.new)


def _single(change: Change) -> _Row:
    unit = change.new or change.old
    assert unit is not None
    return _Row(unit.place, unit.type, change.kind, [change])


def _gathered(found: Sequence[Change]) -> Iterator[_Row]:
    """Yield a row for every change of a layer; one for all layers of an item that is there in one network only."""
    layers: dict[Place, int] = {}
    alone: dict[Place, int] = {}
    for change in found:
        for unit in (change.old, change.new):
            if unit is not None:
                for place in unit.place.chain():
                    layers[place] = layers.get(place, 0) + 1
                    alone[place] = alone.get(place, 0) + (change.kind in (ADDED, REMOVED))
    row: _Row | None = None
    for change in found:
        if change.kind in (SAME, RENAMED):
            continue
        unit = change.new or change.old
        assert unit is not None
        whole = next((place for place in unit.place.chain() if layers[place] == alone[place]), unit.place)
        if row is not None and (row.place is not whole or row.kind != change.kind or layers[whole] == 1):
            yield row
            row = None
        if row is None:
            row = _Row(whole, unit.type if layers[whole] == 1 else whole.type, change.kind, [])
        row.changes.append(change)
    if row is not None:
        yield row
