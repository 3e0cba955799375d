"""The difference between two networks as tables: changed layers, contributions of items and types, and totals."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from dsconv_cost.costs.charges import Convention
from dsconv_cost.costs.diff.attribution import Difference, Part, TotalChange, as_shares
from dsconv_cost.costs.diff.changes import (
    ADDED,
    CHANGED,
    REMOVED,
    RENAMED,
    SAME,
    Change,
    ChangeGroup,
    fields_of,
    grouped,
    single_groups,
)
from dsconv_cost.layers.base import Layer
from dsconv_cost.reports.diff_memory import memory_changes, memory_document, memory_totals, side_document
from dsconv_cost.reports.diff_sides import DiffSide
from dsconv_cost.reports.folding import folded
from dsconv_cost.reports.table import (
    CHANGE,
    EXACT,
    GROWTH,
    PERCENT,
    PLAIN,
    SIGNED,
    TEXT,
    Cell,
    Column,
    Report,
    Table,
    convention_note,
)
from dsconv_cost.reports.unmeasured import unmeasured_notes
from dsconv_cost.text import inert

_MAX_NAMES = 3
"""How many items or layers a note names."""
_TITLES = {
    "params": "params", "macs": "MACs", "flops": "FLOPs", "layers": "layers", "activations": "activations",
    "peak": "peak bytes", "arena": "arena bytes", "flash": "flash bytes",
}  # fmt: skip

_LAYER_COLUMNS = (
    Column("layer", "layer", TEXT),
    Column("status", "status", TEXT),
    Column("was", "was", TEXT, 3, quoted=True),
    Column("type", "type", TEXT, 6, quoted=True),
    Column("old_params", "old params", EXACT, 0),
    Column("new_params", "params", EXACT, 4),
    Column("params_change", "params change", SIGNED, 7, colors=GROWTH),
    Column("old_macs", "old MACs", EXACT, 1),
    Column("new_macs", "MACs", EXACT, 5),
    Column("macs_change", "MACs change", SIGNED, colors=GROWTH),
    Column("line", "line", PLAIN, 2),
    Column("use_line", "used at", PLAIN, 2),
    Column("what", "what", TEXT, quoted=True),
)
_TOTAL_COLUMNS = (
    Column("metric", "total", TEXT),
    Column("old", "old", EXACT),
    Column("new", "new", EXACT),
    Column("change", "change", SIGNED, colors=GROWTH),
    Column("relative", "", CHANGE, colors=GROWTH),
)


def _part_columns(key: str) -> tuple[Column, ...]:
    return (
        Column(key, key, TEXT),
        Column("params_change", "params", SIGNED, colors=GROWTH),
        Column("params_share", "of the change", PERCENT, 2),
        Column("macs_change", "MACs", SIGNED, colors=GROWTH),
        Column("macs_share", "of the change", PERCENT, 1),
    )


def diff_report(
    old: DiffSide, new: DiffSide, difference: Difference, convention: Convention, every: bool = False, top: int | None = None,
    brief: bool = False,
) -> Report:  # fmt: skip
    """Return a difference as tables; with `every`, layers that are the same have rows too.

    With `brief`, for people, nothing is told twice: equal repetitions have one row, totals have a table and no notes, and one item
    that all of it comes from, or types that are items one for one, have no table of their own.
    """
    groups = _groups(difference.changes, every, top)
    totals = {**difference.totals, **memory_totals(old, new)}
    tables = [
        _layer_table(groups[:top], brief),
        Table("items", _part_columns("item"), list(_part_rows(difference.items, totals))),
        Table("types", _part_columns("type"), list(_part_rows(difference.types, totals))),
        Table("totals", _TOTAL_COLUMNS, [_total_cells(metric, total) for metric, total in totals.items()]),
    ]
    if brief:
        tables[1:3] = [without_empty(table) for table in tables[1:3]]
    if brief and len(difference.items) <= 1:
        del tables[1:3]
    elif brief and len(difference.types) == len(difference.items):
        del tables[2]
    counts = Counter(change.kind for change in difference.changes)
    differing = counts[CHANGED] + counts[ADDED] + counts[REMOVED]
    notes = [("old", old.description), ("new", new.description), *_notes(difference, counts, every, brief)]
    if top is not None and top < differing:
        notes.append(("rows", f"the {top} layers with the largest change in MACs, then params"))
    notes += memory_changes(old, new)
    notes.append(convention_note(convention))
    for side in (old, new):
        if side.form is not None:
            unmeasured = unmeasured_notes(side.form.network, convention)
            notes += [(label, f"{inert(side.label)}: {text}") for label, text in unmeasured]
    facts = {
        "convention": {"name": convention.name, "version": convention.version},
        **memory_document(old, new),
        "old": side_document(old),
        "new": side_document(new),
        "same": not differing,
        "layer_count": len(groups),
    }
    headline = _headline(totals, differing, counts[RENAMED])
    return Report(f"{inert(old.label)} -> {inert(new.label)}: {headline}", tables, notes, facts)


def without_empty(table: Table) -> Table:
    """Return a table without the columns that have no value."""
    kept = [index for index in range(len(table.columns)) if any(row[index] is not None for row in table.rows)]
    columns = tuple(table.columns[index] for index in kept)
    return table._replace(columns=columns, rows=[tuple(row[index] for index in kept) for row in table.rows])


def _headline(totals: Mapping[str, TotalChange], differing: int, renamed: int) -> str:
    if not differing:
        return (
            f"no cost differs, {renamed:,} layer{'s' if renamed > 1 else ''} renamed" if renamed else "no layer differs"
        )
    return ", ".join(
        f"{total.change:+,} {_TITLES[metric]}{_relative_text(total)}"
        if total.change
        else f"{_TITLES[metric]} as before"
        for metric, total in ((metric, totals[metric]) for metric in ("macs", "params"))
    )


# -- notes ----------------------------------------------------------------------------------------


def _notes(difference: Difference, counts: Mapping[str, int], every: bool, brief: bool) -> Iterator[tuple[str, str]]:
    for metric in () if brief else ("params", "macs"):
        yield _TITLES[metric], _attribution(metric, difference.totals[metric], difference.items)
    yield (
        "layers",
        ", ".join(f"{counts[kind]:,} {kind}" for kind in (SAME, RENAMED, CHANGED, ADDED, REMOVED) if counts[kind]),
    )
    if every:
        return
    renamed = [change for change in difference.changes if change.kind == RENAMED]
    if renamed:
        names = ", ".join(f"{c.old.name} is now {c.new.name}" for c in renamed[:_MAX_NAMES] if c.old and c.new)
        yield "renamed", names + _more(len(renamed))
    hidden = sum(change.only_shapes for change in difference.changes)
    if hidden:
        layers = f"{hidden:,} layer{'s' if hidden > 1 else ''}"
        yield "not shown", f"{layers} without a cost of which only the shape changed; --all shows them"


def _more(count: int) -> str:
    return f" and {count - _MAX_NAMES:,} more" if count > _MAX_NAMES else ""


def _attribution(metric: str, total: TotalChange, parts: Sequence[Part]) -> str:
    """Return the change of a total, and the items that it comes from."""
    if metric == "params":
        parts = sorted(parts, key=lambda part: -abs(part.params))
    amounts: list[tuple[str, int]] = [(inert(part.name), amount) for part in parts if (amount := getattr(part, metric))]
    change = total.change
    head = (
        f"{total.old:,} -> {total.new:,}: {change:+,}{_relative_text(total)}" if change else f"{total.new:,} as before"
    )
    if not amounts:
        return head
    if not as_shares([amount for _, amount in amounts], change):
        listed = ", ".join(f"{amount:+,} from {name}" for name, amount in amounts[:_MAX_NAMES])
        return f"{head}; {listed}{_more(len(amounts))}"
    shares = [(_share(amount, change), name) for name, amount in amounts[:_MAX_NAMES] if 20 * amount / change >= 1]
    if not shares:
        return f"{head}; from {len(amounts):,} items, none of which has 5% of it"
    (share, name), *others = shares
    return f"{head}; {share} of it from {name}{''.join(f', {share} from {name}' for share, name in others)}"


def _share(amount: int, change: int) -> str:
    """Return a share in whole per cent that claims no more than is true."""
    if amount == change:
        return "all"
    percent = 100 * amount / change
    return "over 99%" if percent > 99 else f"{percent:.0f}%"


def _relative_text(total: TotalChange) -> str:
    """Return the relative change in parentheses, to follow the absolute one; nothing where there is none."""
    if total.relative is None:
        return ""
    percent = 100 * total.change / total.old
    digits = next((d for d in (1, 2, 3) if f"{abs(percent):.{d}f}".strip("0.")), None)
    return f" ({percent:+,.{digits}f}%)" if digits else f" ({'less' if percent < 0 else 'more'} than 0.001% apart)"


# -- rows -----------------------------------------------------------------------------------------


def _total_cells(metric: str, total: TotalChange) -> tuple[Cell, ...]:
    return _TITLES[metric], total.old, total.new, total.change, total.relative


def _part_rows(parts: Sequence[Part], totals: Mapping[str, TotalChange]) -> Iterator[tuple[Cell, ...]]:
    params, macs = totals["params"].change, totals["macs"].change
    share_params = as_shares([part.params for part in parts], params)
    share_macs = as_shares([part.macs for part in parts], macs)
    for part in parts:
        yield (
            inert(part.name), part.params, part.params / params if share_params else None, part.macs,
            part.macs / macs if share_macs else None,
        )  # fmt: skip


def _groups(changes: Sequence[Change], every: bool, top: int | None) -> list[ChangeGroup]:
    groups = (
        single_groups(changes) if every else list(grouped([change for change in changes if not change.only_shapes]))
    )
    if top is not None:
        groups.sort(key=lambda group: (-abs(group.growth("macs")), -abs(group.growth("params"))))
    return groups


def _layer_table(groups: list[ChangeGroup], brief: bool) -> Table:
    """Return the layers, with `brief` equal repetitions in one row; the lines where blocks are used only where there are some."""
    rows = [_layer_cells(group) for group in groups]
    if brief:
        rows = folded(rows, _LAYER_COLUMNS)
    used = _LAYER_COLUMNS.index(next(column for column in _LAYER_COLUMNS if column.key == "use_line"))
    if any(row[used] is not None for row in rows):
        return Table("layers", _LAYER_COLUMNS, rows)
    return Table(
        "layers",
        (*_LAYER_COLUMNS[:used], *_LAYER_COLUMNS[used + 1 :]),
        [(*row[:used], *row[used + 1 :]) for row in rows],
    )


def _layer_cells(group: ChangeGroup) -> tuple[Cell, ...]:
    (old_params, new_params), (old_macs, new_macs) = group.of("params"), group.of("macs")
    first = group.changes[0]
    was = first.old.name if first.old and first.new and first.old.name != first.new.name else ""
    return (
        group.place.name, group.kind, was, group.type,
        old_params if first.old else None, new_params if first.new else None, new_params - old_params,
        old_macs if first.old else None, new_macs if first.new else None, new_macs - old_macs,
        group.place.line or None, group.place.use_line or None,
        _change_text(first) if len(group.changes) == 1 else f"{len(group.changes):,} layers",
    )  # fmt: skip


def _change_text(change: Change) -> str:
    """Return in words what changed of a layer: its fields, then its shapes."""
    old, new = change.old, change.new
    if old is None or new is None or change.kind != CHANGED:
        return ""
    texts = [f"{name} {_value_text(before)} -> {_value_text(after)}" for name, before, after in change.fields]
    for label, shapes in (
        ("input", [" ".join(map(str, unit.network.input_shapes(unit.nodes[0]))) for unit in (old, new)]),
        ("output", [str(unit.nodes[-1].output) for unit in (old, new)]),
    ):
        if shapes[0] != shapes[1]:
            texts.append(f"{label} {shapes[0]} -> {shapes[1]}")
    return ", ".join(texts)


def _value_text(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, Layer):
        usual = {field.name: field.default for field in value.held}
        settings = ", ".join(f"{name} {_value_text(x)}" for name, x in fields_of(value) if x != usual.get(name))
        return f"{value.type} ({settings})" if settings else value.type
    if isinstance(value, tuple):
        return str(value[0]) if len(set(value)) == 1 else "x".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
