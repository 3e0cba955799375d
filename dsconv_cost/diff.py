"""What changed between two networks: layers aligned by what they are, and where the change in cost comes from.

A layer here is an item, or a layer inside one, together with the norm and activation of its fields. Names are the last thing
that layers are aligned by: one put in front of others changes the names of all that follow.
"""

import re
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import NamedTuple

from dsconv_cost.align import align
from dsconv_cost.analysis import Form
from dsconv_cost.conventions import Convention, Figures
from dsconv_cost.inert import inert
from dsconv_cost.layers.base import WEIGHTED, Layer
from dsconv_cost.network import Network, Node, Place
from dsconv_cost.shapes import Shape
from dsconv_cost.tables import CHANGE, EXACT, PLAIN, SHARE, SIGNED, TEXT, Cell, Column, Report, Table

SAME, RENAMED, CHANGED, ADDED, REMOVED = "same", "renamed", "changed", "added", "removed"

METRICS = {"params": "params", "macs": "MACs"}
NAMED = 3
"""How many items a sentence names."""

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


class Subject(NamedTuple):
    """One of the two networks."""

    label: str
    """How it was named."""
    description: str
    """Its name, source and hyperparameters in words."""
    form: Form | None
    """None where there was no network yet."""
    facts: Mapping[str, object]
    """What JSON says of it."""


class Unit:
    """A layer with the norm and activation of its fields."""

    __slots__ = ("figures", "keys", "network", "nodes", "place")

    def __init__(self, network: Network, nodes: list[Node], figures: Figures, keys: tuple[int, ...]) -> None:
        self.network = network
        self.nodes = nodes
        self.figures = figures
        self.keys = keys
        self.place = nodes[0].place

    @property
    def name(self) -> str:
        return self.place.name

    @property
    def type(self) -> str:
        return self.nodes[0].layer.type

    @property
    def item(self) -> str:
        """The item of the file it belongs to, without the number of a repetition."""
        label = self.top.label
        return _REPETITION.sub("", label) if label.endswith("]") else label

    @property
    def top(self) -> Place:
        place = self.place
        while place.parent is not None:
            place = place.parent
        return place


_REPETITION = re.compile(r"\[[0-9]+\]$")


class Change(NamedTuple):
    """A layer of one network, and the one of the other that it belongs with."""

    old: Unit | None
    new: Unit | None

    @property
    def kind(self) -> str:
        """What became of it: one of the words at the top of this module."""
        if self.old is None:
            return ADDED
        if self.new is None:
            return REMOVED
        if self.old.keys[0] != self.new.keys[0]:
            return CHANGED
        return SAME if self.old.name == self.new.name else RENAMED

    @property
    def name(self) -> str:
        unit = self.new or self.old
        assert unit is not None
        return unit.name

    def of(self, metric: str) -> tuple[int, int]:
        """Return the old and the new value of `params`, `macs` or `flops`."""
        old, new = (0 if unit is None else getattr(unit.figures, metric) for unit in (self.old, self.new))
        return old, new

    def growth(self, metric: str) -> int:
        """Return how much larger the new value is."""
        old, new = self.of(metric)
        return new - old


# -- alignment ------------------------------------------------------------------------------------


class _Units:
    """Makes the units of networks, with small numbers for keys that are equal."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}
        self._known: dict[tuple[object, ...], tuple[Figures, tuple[int, ...]]] = {}
        self._fields: dict[Layer, tuple[tuple[str, Hashable], ...]] = {}

    def of(self, form: Form | None) -> list[Unit]:
        if form is None:
            return []
        found: list[Unit] = []
        nodes: list[Node] = []
        for node in form.network.nodes:
            if nodes and node.place is not nodes[0].place:
                found.append(self._unit(form, nodes))
                nodes = []
            nodes.append(node)
        if nodes:
            found.append(self._unit(form, nodes))
        return found

    def _unit(self, form: Form, nodes: list[Node]) -> Unit:
        network = form.network
        arriving = tuple(network.input_shapes(nodes[0]))
        # Layers are shared, so that what units have in common is worked out once.
        key = (*[node.layer for node in nodes], *arriving)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = (self._figures(form.convention, nodes), self._keys(nodes, arriving))
        figures, keys = known
        # The name is the last resort: a 1 x 1 convolution that became 3 x 3 is of another kind, and the same layer still.
        return Unit(network, nodes, figures, (*keys, self._number(4, (nodes[0].layer.type, nodes[0].name))))

    def _figures(self, convention: Convention, nodes: list[Node]) -> Figures:
        return convention.total([(node.layer.type, node.counts) for node in nodes])

    def _keys(self, nodes: list[Node], arriving: tuple[Shape, ...]) -> tuple[int, ...]:
        """Return a number for each of: all of it; all but height and width; type, kind and window; type and kind."""
        first = nodes[0]
        layers = tuple((node.part, node.layer.type, self.fields(node.layer)) for node in nodes)
        window = tuple(entry for entry in self.fields(first.layer) if entry[0] in ("kernel", "stride", "dilation"))
        keys = (
            (layers, arriving, nodes[-1].output),
            (layers, tuple(shape.channels for shape in arriving)),
            (first.layer.type, first.kind, window),
            (first.layer.type, first.kind),
        )
        return tuple(self._number(level, key) for level, key in enumerate(keys))

    def _number(self, level: int, key: Hashable) -> int:
        return self._numbers.setdefault((level, key), len(self._numbers))

    def fields(self, layer: Layer) -> tuple[tuple[str, Hashable], ...]:
        known = self._fields.get(layer)
        if known is None:
            known = self._fields[layer] = _fields(layer)
        return known


def changes(old: Form | None, new: Form | None) -> list[Change]:
    """Return every layer of both networks, aligned, in the order of the new one; None is a network without layers."""
    units = _Units()
    before, after = units.of(old), units.of(new)
    found: list[Change] = []
    a, b = 0, 0
    pairs = align([unit.keys for unit in before], [unit.keys for unit in after])
    for i, j in [*pairs, (len(before), len(after))]:
        found += [Change(unit, None) for unit in before[a:i]]
        found += [Change(None, unit) for unit in after[b:j]]
        if i < len(before):
            found.append(Change(before[i], after[j]))
        a, b = i + 1, j + 1
    return found


def _fields(layer: Layer) -> tuple[tuple[str, Hashable], ...]:
    """Return the name and value of everything a layer was made of."""
    names = [name for cls in type(layer).__mro__ for name in getattr(cls, "__slots__", ())]
    return tuple((name, getattr(layer, name)) for name in names)


def what(change: Change) -> str:
    """Return in words what of a layer changed: its fields, then its shapes."""
    old, new = change.old, change.new
    if old is None or new is None or change.kind != CHANGED:
        return ""
    said = _fields_changed(old, new)
    for label, shapes in (
        ("input", [" ".join(map(str, unit.network.input_shapes(unit.nodes[0]))) for unit in (old, new)]),
        ("output", [str(unit.nodes[-1].output) for unit in (old, new)]),
    ):
        if shapes[0] != shapes[1]:
            said.append(f"{label} {shapes[0]} -> {shapes[1]}")
    return ", ".join(said)


def _fields_changed(old: Unit, new: Unit) -> list[str]:
    said: list[str] = []
    other = dict(_fields(new.nodes[0].layer))
    for name, value in _fields(old.nodes[0].layer):
        # How many channels leave is told by the output's shape.
        if name in other and value != other[name] and name not in ("out_channels", "out_features"):
            said.append(f"{name} {_written(value)} -> {_written(other[name])}")
    for part, label in (("norm", "norm"), ("act", "activation")):
        before, after = _part(old, part), _part(new, part)
        if before != after:
            said.append(f"{label} {before} -> {after}")
    return said


def _part(unit: Unit, part: str) -> str:
    layer = next((node.layer for node in unit.nodes if node.part == part), None)
    if layer is None:
        return "none"
    settings = ", ".join(f"{name} {_written(value)}" for name, value in _fields(layer))
    return f"{layer.type} ({settings})" if settings else layer.type


def _written(value: object) -> str:
    if isinstance(value, tuple):
        return str(value[0]) if len(set(value)) == 1 else "x".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


# -- attribution ----------------------------------------------------------------------------------


class Part(NamedTuple):
    """What one item, or all items of a type, contribute to the change."""

    name: str
    params: int
    macs: int


def by_item(found: Sequence[Change]) -> list[Part]:
    """Return the change of each item of the new file; what was removed counts where the rest of its item went."""
    went: dict[str, str] = {}
    for change in found:
        if change.old is not None and change.new is not None:
            went.setdefault(change.old.item, change.new.item)

    def name(change: Change) -> str:
        if change.new is not None:
            return change.new.item
        assert change.old is not None
        return went.get(change.old.item) or f"{change.old.item} (removed)"

    sums: dict[str, list[int]] = {}
    for change in found:
        _add(sums, name(change), change.growth("params"), change.growth("macs"))
    return _parts(sums)


def by_type(found: Sequence[Change]) -> list[Part]:
    """Return the change of each type of item of the files."""
    sums: dict[str, list[int]] = {}
    for change in found:
        for unit, sign in ((change.old, -1), (change.new, 1)):
            if unit is not None:
                _add(sums, unit.top.type, sign * unit.figures.params, sign * unit.figures.macs)
    return _parts(sums)


def _add(sums: dict[str, list[int]], name: str, params: int, macs: int) -> None:
    entry = sums.setdefault(name, [0, 0])
    entry[0] += params
    entry[1] += macs


def _parts(sums: dict[str, list[int]]) -> list[Part]:
    parts = [Part(name, params, macs) for name, (params, macs) in sums.items() if params or macs]
    return sorted(parts, key=lambda part: (-abs(part.macs), -abs(part.params)))


def sentence(metric: str, old: int, new: int, parts: Sequence[Part]) -> str:
    """Return the change of a total, and which items it comes from."""
    change = new - old
    if metric == "params":
        parts = sorted(parts, key=lambda part: -abs(part.params))
    contributions: list[tuple[str, int]] = [(inert(part.name), getattr(part, metric)) for part in parts]
    contributions = [(name, amount) for name, amount in contributions if amount]
    head = f"{old:,} -> {new:,}: {change:+,}{_relative(old, new)}" if change else f"{new:,} as before"
    if not contributions:
        return head
    if _as_shares([amount for _, amount in contributions], change):
        shares = [
            f"{_share(amount, change)} from {name}"
            for name, amount in contributions[:NAMED]
            if 20 * amount / change >= 1
        ]
        if not shares:
            return f"{head}; from {len(contributions):,} items, none of which has 5% of it"
        return f"{head}; {shares[0].replace(' from', ' of it from', 1)}{''.join(f', {s}' for s in shares[1:])}"
    amounts = ", ".join(f"{amount:+,} from {name}" for name, amount in contributions[:NAMED])
    more = len(contributions) - NAMED
    return f"{head}; {amounts}{f' and {more:,} more' if more > 0 else ''}"


def _as_shares(amounts: Sequence[int], change: int) -> bool:
    """Return whether shares of the change mean something: hardly any part goes the other way, and none is more than all."""
    against = sum(abs(amount) for amount in amounts if (amount > 0) != (change > 0))
    return change != 0 and 10 * against <= abs(change) and all(abs(amount) <= abs(change) for amount in amounts)


def _share(amount: int, change: int) -> str:
    """Return a share in whole per cent that claims no more than is true."""
    if amount == change:
        return "all"
    percent = 100 * amount / change
    if percent > 99:
        return "over 99%"
    return f"{percent:.0f}%"


def _relative(old: int, new: int) -> str:
    if not old:
        return ""
    percent = 100 * (new - old) / old
    digits = next((d for d in (1, 2, 3) if f"{abs(percent):.{d}f}".strip("0.")), None)
    return f" ({percent:+,.{digits}f}%)" if digits else f" ({'less' if percent < 0 else 'more'} than 0.001% apart)"


# -- as a report ----------------------------------------------------------------------------------


def difference(
    old: Subject, new: Subject, convention: Convention, every: bool = False, top: int | None = None
) -> Report:
    """Return what changed as tables; `every` lists the layers too that are the same."""
    found = changes(old.form, new.form)
    items = by_item(found)
    totals = _totals(old.form, new.form)
    sums: dict[str, tuple[int, int]] = {row[0]: row[1:3] for row in totals}  # type: ignore[misc]  # as _totals says
    tables = [
        _layer_table(found, every, top),
        Table("items", _part_columns("item"), list(_part_rows(items, sums))),
        Table("types", _part_columns("type"), list(_part_rows(by_type(found), sums))),
        Table("totals", TOTAL_COLUMNS, list(totals)),
    ]
    counts: dict[str, int] = {}
    for change in found:
        counts[change.kind] = counts.get(change.kind, 0) + 1
    notes = [("old", old.description), ("new", new.description)]
    notes += [(title, sentence(metric, *sums[title], items)) for metric, title in METRICS.items()]
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
    }
    return Report(f"{inert(old.label)} -> {inert(new.label)}: {_headline(sums, differing)}", tables, notes, facts)


def _headline(sums: Mapping[str, tuple[int, int]], differing: int) -> str:
    if not differing:
        return "no layer differs"
    said = []
    for title in ("MACs", "params"):
        old, new = sums[title]
        said.append(f"{new - old:+,} {title}{_relative(old, new)}" if new != old else f"{title} as before")
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
        ("layers", lambda form: sum(node.kind in WEIGHTED for node in form.network.nodes)),
        ("activations", lambda form: sum(n.counts.written for n in form.network.nodes if n.kind in WEIGHTED)),
    )
    for name, measure in measures:
        before, after = (measure(form) if form is not None else 0 for form in (old, new))
        rows.append((name, before, after, after - before, (after - before) / before if before else None))
    return rows


def _part_rows(parts: Sequence[Part], sums: Mapping[str, tuple[int, int]]) -> Iterator[tuple[Cell, ...]]:
    params, macs = (sums[title][1] - sums[title][0] for title in ("params", "MACs"))
    share_params = _as_shares([part.params for part in parts], params)
    share_macs = _as_shares([part.macs for part in parts], macs)
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


def _layer_table(found: Sequence[Change], every: bool, top: int | None) -> Table:
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
                row.place.line, what(first) if len(row.changes) == 1 else f"{len(row.changes):,} layers",
            )
        )  # fmt: skip
    return Table("layers", LAYER_COLUMNS, rows)


def _follows(change: Change) -> bool:
    """Return whether a layer has no cost, and changed only in its shapes: the reason stands in another row."""
    if change.old is None or change.new is None or change.kind != CHANGED:
        return False
    return not any((*change.old.figures, *change.new.figures)) and not _fields_changed(change.old, change.new)


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
