"""Growth since an earlier state, a commit or a lock: params, MACs and memory may not grow beyond a tolerance."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from dsconv_cost.budget.memory import made_by, memory_of, places_of
from dsconv_cost.budget.networks import MeasuredNetwork
from dsconv_cost.budget.verdicts import (
    FAIL,
    LAYERS_NAMED,
    NEW,
    PASS,
    UNCOMPARABLE,
    Bound,
    FilePlace,
    LayerShare,
    Verdict,
)
from dsconv_cost.costs.diff.changes import changes
from dsconv_cost.costs.parts import PartCosts
from dsconv_cost.language.limits import MEMORY_BITS, METRICS, Amount
from dsconv_cost.network.graph import Place
from dsconv_cost.text import shown

MEMORY_COMPARED = ("peak", "arena", "flash")
"""At 8 bits."""
COMPARED_METRICS = ("params", "macs", *MEMORY_COMPARED)
FLOORS = {"params": 100, "macs": 10_000, **dict.fromkeys(MEMORY_COMPARED, 1024)}
"""With a tolerance, growth of up to this is always allowed: a per cent of a tiny network is next to nothing."""


class PastLayer(NamedTuple):
    """One layer of the earlier state."""

    name: str
    params: int
    macs: int
    flash: int = 0
    """Bytes; 0 where they are not known."""


class PastCosts(NamedTuple):
    """The cost of a network at an earlier time."""

    params: int
    macs: int
    layers: list[PastLayer]
    memory: Mapping[str, int] = {}
    """Bytes of peak, arena and flash, where the network is not at hand; empty where they are not known."""
    costs: PartCosts | None = None
    """Where the network itself is at hand, and not only what its layers cost."""

    def of(self, metric: str) -> int | None:
        """Return what the network had of a metric; None where that is not known."""
        if metric not in MEMORY_COMPARED:
            value: int = getattr(self, metric)
            return value
        return memory_of(self.costs, metric, MEMORY_BITS) if self.costs is not None else self.memory.get(metric)

    @property
    def in_figures(self) -> "PastCosts":
        """The same without the network."""
        memory = {metric: value for metric in MEMORY_COMPARED if (value := self.of(metric)) is not None}
        return self._replace(memory=memory, costs=None)


class PastState(NamedTuple):
    """The earlier state to compare with, and how strictly."""

    kind: str
    """BASE or LOCK."""
    home: str
    """The commit or the lock."""
    tolerance: Amount
    edited: Callable[[Place], tuple[int, int] | None] = lambda place: None
    """Where a layer's line, or that of an item around it, is not what it was; None where all are the same."""
    ref: str = ""
    """The reference of a base, where it says more than the commit."""
    setting: tuple[int, int] | None = None
    """The first hyperparameter, let or input whose line is not what it was."""

    @property
    def source(self) -> str:
        """What is compared with, in words."""
        return f"{self.home} ({self.ref})" if self.ref else self.home


class _Change(NamedTuple):
    """One layer then and now; a figure is 0 where there was or is none."""

    name: str
    place: Place | None
    before: PastLayer
    now: PastLayer

    def of(self, metric: str) -> tuple[int, int]:
        """Return the old and the new value of a metric; 0 of one that layers do not have."""
        return getattr(self.before, metric, 0), getattr(self.now, metric, 0)


def past_costs(costs: PartCosts) -> PastCosts:
    """Return what is kept of a network for later comparisons."""
    rows = [PastLayer(row.name, row.sums.params, row.sums.macs) for row in costs.rows()]
    return PastCosts(costs.total.params, costs.total.macs, rows, costs=costs)


def largest_allowed(metric: str, before: int, tolerance: Amount) -> int:
    """Return the largest value that is no growth: `before` and the tolerance's share of it, rounded down."""
    if not tolerance.top:
        return before
    return before + max(before * tolerance.top // tolerance.bottom, FLOORS[metric])


def growth_verdicts(
    network: MeasuredNetwork, past: PastCosts, state: PastState, message: str = "",
    metrics: Sequence[str] = COMPARED_METRICS,
) -> list[Verdict]:  # fmt: skip
    """Return a verdict on each metric: on params, MACs, peak, arena and flash."""
    changed = list(_changes(network, past))
    verdicts: list[Verdict] = []
    for metric in metrics:
        if past.of(metric) is None:
            verdicts += _without_past(network, state, _NOT_LOCKED.format(metric), NEW, (metric,))
        else:
            verdicts.append(_growth_of(metric, network, past, state, changed, message))
    return verdicts


_NOT_LOCKED = "the lock was written before it had the {}: check --update-lock adds it"


def _growth_of(
    metric: str, network: MeasuredNetwork, past: PastCosts, state: PastState, all_changes: list[_Change], message: str
) -> Verdict:
    before = past.of(metric)
    assert before is not None
    of_memory = metric in MEMORY_COMPARED
    now = _now(network, metric)
    most = largest_allowed(metric, before, state.tolerance)
    # The change that the total owes most to comes first: what grew where it grew, what shrank where it shrank.
    sign = 1 if now >= before else -1
    by = "params" if metric == "flash" and past.costs is None else metric  # a lock has no flash of layers
    changed = [change for change in all_changes if change.of(by)[0] != change.of(by)[1]]
    changed.sort(key=lambda change: sign * (change.of(by)[0] - change.of(by)[1]))
    grown = [change.place for change in changed if change.place and change.of(by)[1] > change.of(by)[0]]
    peak_at: LayerShare | None = None
    if of_memory and (by == "params" or metric != "flash"):  # nor is a peak the sum of layers
        peak_at, layers = made_by(network.costs, metric, MEMORY_BITS)
        grown = grown or places_of(network.costs, metric, MEMORY_BITS)
        if peak_at is not None and past.costs is not None and now > before:
            then = past.costs.memory(MEMORY_BITS).moment(metric).name
            moved = f"then {shown(then)} ran at the peak" if then and then != peak_at.name else ""
            message = "; ".join([text for text in (message, moved) if text])
    else:
        layers = tuple(_layer_change(change, metric) for change in changed[:LAYERS_NAMED])
    return Verdict(
        architecture=network.name,
        metric=METRICS[metric],
        bound=Bound(state.kind, Amount("", most), state.source, state.home, state.ref),
        actual=Amount("", now),
        status=PASS if now <= most else FAIL,
        place=_pointed(network.path, grown, state),
        bits=MEMORY_BITS if of_memory else None,
        before=before,
        message=message,
        layers=layers,
        peak_at=peak_at,
    )


def _now(network: MeasuredNetwork, metric: str) -> int:
    if metric not in MEMORY_COMPARED:
        return network.costs.total.of(metric)
    value = memory_of(network.costs, metric, MEMORY_BITS)
    assert value is not None
    return value


def _pointed(path: str, grown: list[Place], state: PastState) -> FilePlace:
    """Return where to look: the layer that grew most on a line that was edited, else an edited setting, else what grew most.

    A wider layer makes the next one wider too, and often by more; the line to look at is the one somebody edited.
    """
    for place in grown:
        edited = state.edited(place)
        if edited is not None:
            return FilePlace(path, *edited, place.use_line if place.use_line != edited[0] else 0)
    if grown and state.setting is not None:
        return FilePlace(path, *state.setting)
    return FilePlace(path, grown[0].line, grown[0].column, grown[0].use_line) if grown else FilePlace(path)


def _layer_change(change: _Change, metric: str) -> LayerShare:
    before, now = change.of(metric)
    if change.place is None:
        return LayerShare(change.name, 0, 0, 0, now, before=before)
    place = change.place
    return LayerShare(change.name, place.line, place.column, place.use_line, now, before=before)


def _changes(network: MeasuredNetwork, past: PastCosts) -> Iterator[_Change]:
    """Yield the layers then and now: aligned by what they are, or by their names where only these are known."""
    if past.costs is not None:
        if past.costs is network.costs:
            return
        flash_before, flash = (costs.memory(MEMORY_BITS).flash_by_layer for costs in (past.costs, network.costs))
        for change in changes(past.costs.form, network.costs.form):
            (params_before, params), (macs_before, macs) = change.of("params"), change.of("macs")
            place = change.new.place if change.new is not None else None
            stored_before = flash_before.get(change.old.place, 0) if change.old is not None else 0
            stored = flash.get(place, 0) if place is not None else 0
            name = change.name
            yield _Change(
                name, place, PastLayer(name, params_before, macs_before, stored_before), PastLayer(name, params, macs, stored)
            )  # fmt: skip
        return
    was = {layer.name: layer for layer in past.layers}
    for row in network.costs.rows():
        now = PastLayer(row.name, row.sums.params, row.sums.macs)
        yield _Change(row.name, row.place, was.pop(row.name, PastLayer(row.name, 0, 0)), now)
    for name, before in was.items():
        yield _Change(name, None, before, PastLayer(name, 0, 0))


def new_verdicts(network: MeasuredNetwork, state: PastState, why: str) -> list[Verdict]:
    """Return the verdicts on a network that did not exist then: shown, and passing."""
    return _without_past(network, state, why, NEW)


def not_comparable(
    network: MeasuredNetwork, state: PastState, why: str, metrics: Sequence[str] = COMPARED_METRICS
) -> list[Verdict]:
    """Return the verdicts on a network whose earlier state is none, or none in some metrics."""
    return _without_past(network, state, why, UNCOMPARABLE, metrics)


def _without_past(
    network: MeasuredNetwork, state: PastState, why: str, status: str, metrics: Sequence[str] = COMPARED_METRICS
) -> list[Verdict]:
    return [
        Verdict(
            architecture=network.name,
            metric=METRICS[metric],
            bound=Bound(state.kind, None, state.source, state.home, state.ref),
            actual=Amount("", _now(network, metric)),
            status=status,
            place=FilePlace(network.path),
            bits=MEMORY_BITS if metric in MEMORY_COMPARED else None,
            message=why,
        )
        for metric in metrics
    ]
