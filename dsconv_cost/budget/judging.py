"""Limits held against what networks cost: as integers, shares by cross-multiplication."""

from typing import NamedTuple

from dsconv_cost.budget.memory import WHOLE_NETWORK, MemoryPart, made_by, memory_of
from dsconv_cost.budget.networks import MeasuredNetwork
from dsconv_cost.budget.verdicts import (
    FAIL,
    LAYERS_NAMED,
    MAX,
    MIN,
    PASS,
    WARNING,
    Bound,
    FilePlace,
    LayerShare,
    Verdict,
)
from dsconv_cost.costs.parts import REPETITION, NoMacs, PartCosts, PartRow
from dsconv_cost.costs.sums import Sums, sum_of
from dsconv_cost.errors import DsconvCostError
from dsconv_cost.language.limits import WARN, Amount, Limit, Metric
from dsconv_cost.text import nearest_words, shown


class LimitOfNothing(DsconvCostError):
    """A limit that is about nothing in the network: a pattern without a match, a share of nothing."""

    def __init__(self, message: str, key: str, suggestion: str | None = None) -> None:
        super().__init__(message)
        self.key = key
        """The key of the limit that is at fault."""
        self.suggestion = suggestion
        """The name that was probably meant; it is in the message too."""


def judge(network: MeasuredNetwork, limit: Limit, bits: int | None = None, strict: bool = False) -> list[Verdict]:
    """Return the verdicts on a limit; with `strict` warnings fail. Raises LimitOfNothing where it is about nothing.

    `bits` are those of a limit that says none; without them each metric has its own.
    """
    bits = limit.bits or bits or limit.metric.bits
    parts = _parts(network.costs, limit)
    return [
        _verdict(network, limit, Bound(kind, amount, limit.source, limit.path), parts, bits, strict)
        for kind, amount in ((MAX, limit.max), (MIN, limit.min))
        if amount is not None
    ]


class _Part(NamedTuple):
    name: str
    sums: Sums
    rows: list[PartRow]
    within: bool = False
    """Whether rows are items and composites, and not only layers."""

    @property
    def of_memory(self) -> MemoryPart:
        return MemoryPart(tuple([row.place for row in self.rows]), self.within) if self.name else WHOLE_NETWORK


def _verdict(
    network: MeasuredNetwork, limit: Limit, bound: Bound, parts: list[_Part], bits: int | None, strict: bool
) -> Verdict:
    metric, costs = limit.metric, network.costs
    valued = _valued(costs, limit, parts, bits)
    beyond = sum(_is_beyond(value, bound) for value, _ in valued)
    actual, part = _worst(valued, bound.kind)
    peak_at: LayerShare | None = None
    if metric.of_memory:
        assert bits is not None
        peak_at, layers = made_by(costs, metric.name, bits, part.of_memory)
    else:
        layers = _costliest(costs, metric, part)
    first = peak_at or (layers[0] if layers else None)
    level = WARNING if limit.level == WARN and not strict else FAIL
    return Verdict(
        architecture=network.name,
        metric=metric,
        bound=bound,
        actual=actual,
        status=level if beyond else PASS,
        place=FilePlace(network.path, first.line, first.column, first.use_line) if first else FilePlace(network.path),
        part=part.name,
        limited=_limited(limit),
        matched=len(valued),
        beyond=beyond,
        bits=bits if metric.bits is not None else None,
        message=limit.message or "",
        layers=layers,
        peak_at=peak_at,
    )


def _limited(limit: Limit) -> str:
    named = (("layer", limit.layer), ("kind", limit.kind))
    return " of ".join(f"{word} {pattern}" for word, pattern in named if pattern is not None)


def _parts(costs: PartCosts, limit: Limit) -> list[_Part]:
    """Return what a limit is about: the network, each layer or each kind that its pattern names."""
    if limit.layer is not None:
        rows = costs.named(limit.layer, limit.kind)
        if not rows:
            of_kind = f" of the kind {shown(limit.kind)}" if limit.kind else ""
            meant, hint = _near_layer(costs, limit.layer, limit.kind)
            raise LimitOfNothing(
                f"the pattern '{shown(limit.layer)}' matches no layer{of_kind}: {hint}", "layer", meant
            )
        return [_Part(f"layer {row.name}", row.sums, [row], limit.kind is None) for row in rows]
    if limit.kind is not None:
        kinds = costs.kinds(limit.kind)
        # A network without depthwise convolutions has 0 of everything in them: that can be held to a limit.
        return [_Part(f"kind {kind}", sum_of(row.sums for row in rows), rows) for kind, rows in kinds.items()] or [
            _Part(f"kind {limit.kind}", Sums(), [])
        ]
    return [_Part("", costs.total, [])]


def _near_layer(costs: PartCosts, layer: str, kind: str | None) -> tuple[str | None, str]:
    """Return the name that was probably meant, of those that layers of the kind have, and a hint at it."""
    names = [name for name in costs.names(kind) if name != layer]
    one = costs.unnumbered(kind).get(layer)
    if one is not None and one != layer:
        each, short = REPETITION.sub("[*]", one), REPETITION.sub("*", one)
        # The shorter means dsconv10 beside dsconv1[1], too.
        every = short if costs.named(short, kind) == costs.named(each, kind) else each
        return every, f"it is repeated, so write '{shown(every)}', or '{shown(one)}' for one of them"
    meant: str | None = None
    if kind is not None:
        within = f"{layer}/"
        meant = next((n for n in names if n.startswith(within) or REPETITION.sub("", n).startswith(within)), None)
    meant = meant or nearest_words(layer, names)
    return meant, f"did you mean '{shown(meant)}'?" if meant else "see `explain` for the names"


def _valued(costs: PartCosts, limit: Limit, parts: list[_Part], bits: int | None) -> list[tuple[Amount, _Part]]:
    """Return the value of each part. Raises LimitOfNothing where none has one."""
    metric = limit.metric
    if not metric.of_memory:
        try:
            return [(costs.amount(metric, bits or 0, part.sums), part) for part in parts]
        except NoMacs as problem:
            raise LimitOfNothing(str(problem), "metric") from None
    assert bits is not None
    valued: list[tuple[Amount, _Part]] = []
    for part in parts:
        value = memory_of(costs, metric.name, bits, part.of_memory)
        if value is not None or limit.layer is None:  # a kind that runs in no step has 0, as one that is not there
            valued.append((Amount("", value or 0), part))
    if not valued:
        why = "nothing that it matches runs in the deployed network: it is folded, merged, or moves nothing"
        raise LimitOfNothing(f"{metric.name} of the layer '{shown(limit.layer or '')}': {why}", "layer")
    return valued


def _is_beyond(value: Amount, bound: Bound) -> bool:
    assert bound.amount is not None
    return value.above(bound.amount) if bound.kind == MAX else bound.amount.above(value)


def _worst(valued: list[tuple[Amount, _Part]], kind: str) -> tuple[Amount, _Part]:
    worst = valued[0]
    for candidate in valued[1:]:
        if candidate[0].above(worst[0]) if kind == MAX else worst[0].above(candidate[0]):
            worst = candidate
    return worst


def _costliest(costs: PartCosts, metric: Metric, part: _Part) -> tuple[LayerShare, ...]:
    """Return the layers of a part that have most of the metric; for the number of layers, the items with most of them."""
    if metric.name == "layers":
        rows = part.rows or costs.items()
    elif len(part.rows) == 1:
        rows = list(costs.inside(part.rows[0].place))
    else:
        rows = part.rows or costs.rows()
    valued = [(row.sums.of(metric.name), row) for row in rows]
    whole = sum(value for value, _ in valued)
    valued.sort(key=lambda pair: -pair[0])
    return tuple(
        LayerShare(row.name, row.line, row.column, row.place.use_line, value, whole)
        for value, row in valued[:LAYERS_NAMED]
        if value
    )
