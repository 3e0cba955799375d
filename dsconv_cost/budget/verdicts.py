"""Limits and the verdicts on them. Everything is compared as integers: shares by cross-multiplication, nothing is rounded."""

import re
from typing import NamedTuple

from dsconv_cost.costs.parts import PartCosts, PartRow, Sums
from dsconv_cost.errors import DsconvCostError
from dsconv_cost.language.limits import DEFAULT_BITS, SHARE, WARN, Amount, Limit, Metric
from dsconv_cost.text import shown

PASS, FAIL, WARNING, NEW, UNCOMPARABLE = STATUSES = ("pass", "fail", "warn", "new", "not comparable")
MAX, MIN, BASE, LOCK = "max", "min", "base", "lock"

MOST_LAYERS = 5
"""How many of the costliest layers a verdict names."""

_NUMBER = re.compile(r"\[\d+\]")
"""Of one of the layers that are repeated."""


class Share(NamedTuple):
    """A layer of those that a verdict is about."""

    name: str
    line: int
    column: int
    value: int
    """What it has of the metric; for a saving or a largest share its MACs."""
    of: int
    """What all of them have together; 0 where that is nothing."""
    before: int | None = None
    """What it had at the base or in the lock; None where there was none, or there is none to compare with."""


class Verdict(NamedTuple):
    """Whether one network, or a part of it, keeps one limit."""

    architecture: str
    """As the user named it, with its variant."""
    path: str
    """Of its file; empty for a bundled one."""
    metric: Metric
    part: str
    """`layer NAME` or `kind NAME`; empty for the whole network."""
    bits: int | None
    """For a size."""
    bound: str
    """MAX, MIN, BASE or LOCK."""
    limit: Amount | None
    """None where there is nothing to compare with."""
    actual: Amount
    base: int | None
    """What it was, for BASE and LOCK."""
    status: str
    source: str
    """Where the limit comes from: an option, file:line, a commit or a lock."""
    message: str
    """The budget's own words, or why there is no comparison."""
    layers: list[Share]
    line: int
    """Where in the architecture's file to look; 0 if nowhere."""
    column: int
    matched: int = 1
    """How many parts the limit's pattern named; the verdict is on the one that is nearest to it or furthest beyond."""
    beyond: int = 0
    """How many of them are beyond it."""
    about: str = ""
    """The parts as the limit names them, which stays the same whichever of them the verdict is on."""

    @property
    def exceeded(self) -> bool:
        return self.status in (FAIL, WARNING)

    @property
    def room(self) -> Amount | None:
        """How far the actual value is inside the limit; below 0 where it is beyond."""
        if self.limit is None:
            return None
        top = self.limit.top * self.actual.bottom - self.actual.top * self.limit.bottom
        sign = -1 if self.bound == MIN else 1
        return Amount("", sign * top, self.limit.bottom * self.actual.bottom)

    @property
    def room_share(self) -> float | None:
        """The room as a share of the limit; None for a limit of 0."""
        room, limit = self.room, self.limit
        if room is None or limit is None or not limit.top:
            return None
        return (room.top * limit.bottom) / (room.bottom * limit.top)


class Nothing(DsconvCostError):
    """A limit that is about nothing in the network: a pattern without a match, a share of nothing."""

    def __init__(self, message: str, key: str) -> None:
        super().__init__(message)
        self.key = key
        """The key of the entry that is at fault."""


class Subject(NamedTuple):
    """A network that limits are held against."""

    architecture: str
    path: str
    measured: PartCosts


def judge(subject: Subject, entry: Limit, bits: int = DEFAULT_BITS) -> list[Verdict]:
    """Return the verdicts on an entry's limits. Raises Nothing where the entry is about nothing."""
    bits = entry.bits or bits
    parts = _parts(subject.measured, entry)
    verdicts: list[Verdict] = []
    for bound, limit in ((MAX, entry.max), (MIN, entry.min)):
        if limit is None:
            continue
        found = [(_actual(subject.measured, entry.metric, part.sums, bits), part) for part in parts]
        beyond = sum(_beyond(value, limit, bound) for value, _ in found)
        actual, part = _worst(found, bound)
        worst = _costliest(subject.measured, entry.metric, part)
        first = worst[0] if worst else None
        level = WARNING if entry.level == WARN else FAIL
        verdicts.append(
            Verdict(
                subject.architecture,
                subject.path,
                entry.metric,
                part.name,
                bits if entry.metric.name == "size" else None,
                bound,
                limit,
                actual,
                None,
                level if beyond else PASS,
                entry.source,
                entry.message or "",
                worst,
                first.line if first else 0,
                first.column if first else 0,
                len(parts),
                beyond,
                _about(entry),
            )
        )
    return verdicts


def _about(entry: Limit) -> str:
    named = (("layer", entry.layer), ("kind", entry.kind))
    return " of ".join(f"{word} {pattern}" for word, pattern in named if pattern is not None)


class _Part(NamedTuple):
    name: str
    sums: Sums
    rows: list[PartRow]


def _parts(measured: PartCosts, entry: Limit) -> list[_Part]:
    """Return what an entry is about: the network, each layer or each kind that its pattern names."""
    if entry.layer is not None:
        rows = measured.named(entry.layer, entry.kind)
        if not rows:
            of_kind = f" of the kind {shown(entry.kind)}" if entry.kind else ""
            hint = _near_layer(measured, entry.layer, entry.kind)
            raise Nothing(f"the pattern '{shown(entry.layer)}' matches no layer{of_kind}{hint}", "layer")
        return [_Part(f"layer {row.name}", row.sums, [row]) for row in rows]
    if entry.kind is not None:
        kinds = measured.kinds(entry.kind)
        # A network without depthwise convolutions has 0 of everything in them: that can be held to a limit.
        return [_Part(f"kind {kind}", _sum(rows), rows) for kind, rows in kinds.items()] or [
            _Part(f"kind {entry.kind}", Sums(), [])
        ]
    return [_Part("", measured.total, [])]


def _near_layer(measured: PartCosts, layer: str, kind: str | None) -> str:
    """Return a hint at the name that was likely meant, of those that layers of the kind have."""
    from dsconv_cost.text import near

    names = (
        [place.name for place in measured.places()] if kind is None else [r.name for r in measured.named("**", kind)]
    )
    names = [name for name in names if name != layer]
    plain = {_NUMBER.sub("", name): name for name in reversed(names)}
    one = plain.get(layer)
    if one is not None:
        each, short = _NUMBER.sub("[*]", one), _NUMBER.sub("*", one)
        # The shorter means dsconv10 beside dsconv1[1], too.
        every = short if measured.named(short, kind) == measured.named(each, kind) else each
        return f": it is repeated, so write '{shown(every)}', or '{shown(one)}' for one of them"
    if kind is not None:
        within = f"{layer}/"
        inside = next((n for n in names if n.startswith(within) or _NUMBER.sub("", n).startswith(within)), None)
        if inside is not None:
            return f": did you mean '{shown(inside)}'?"
    return near(layer, names) or ": see `explain` for the names"


def _sum(rows: list[PartRow]) -> Sums:
    sums = Sums()
    for row in rows:
        sums.add(row.sums)
    return sums


def _actual(measured: PartCosts, metric: Metric, sums: Sums, bits: int) -> Amount:
    if metric.name == "size":
        return Amount("", -(-sums.params * bits // 8))
    if metric.measure != SHARE:
        return Amount("", sums.of(metric.name))
    whole = measured.total.macs if metric.name == "largest_share" else measured.standard_macs
    if not whole:
        raise Nothing(f"{metric.name} is a share of MACs, and this network has none", "metric")
    if metric.name == "largest_share":
        return Amount("", measured.largest, whole)
    return Amount("", whole - measured.total.macs, whole)


def _beyond(value: Amount, limit: Amount, bound: str) -> bool:
    return value.above(limit) if bound == MAX else limit.above(value)


def _worst(found: list[tuple[Amount, _Part]], bound: str) -> tuple[Amount, _Part]:
    best = found[0]
    for candidate in found[1:]:
        if candidate[0].above(best[0]) if bound == MAX else best[0].above(candidate[0]):
            best = candidate
    return best


def _costliest(measured: PartCosts, metric: Metric, part: _Part) -> list[Share]:
    """Return the layers of a part that have most of the metric; for the number of layers, the items with most of them."""
    if metric.name == "layers":
        rows = part.rows or measured.items()
    elif len(part.rows) == 1:
        rows = list(measured.inside(part.rows[0].place))
    else:
        rows = part.rows or measured.rows()
    valued = [(row.sums.of(metric.name), row) for row in rows]
    whole = sum(value for value, _ in valued)
    valued.sort(key=lambda pair: -pair[0])
    return [Share(row.name, row.line, row.column, value, whole) for value, row in valued[:MOST_LAYERS] if value]
