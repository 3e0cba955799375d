"""Growth against an earlier state: a commit or a lock. Params and MACs may not grow beyond a tolerance."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from dsconv_cost.budget.verdicts import FAIL, MOST_LAYERS, NEW, PASS, Share, Subject, Verdict
from dsconv_cost.costs.analysis import Form
from dsconv_cost.costs.diff.changes import changes
from dsconv_cost.language.limits import METRICS, Amount
from dsconv_cost.network.graph import Place

COMPARED = ("params", "macs")
FLOORS = {"params": 100, "macs": 10_000}
"""With a tolerance, growth of up to this is always allowed: a per cent of a tiny network is next to nothing."""


class PastLayer(NamedTuple):
    """One layer of the earlier state."""

    name: str
    params: int
    macs: int


class PastCosts(NamedTuple):
    """A network as it was."""

    params: int
    macs: int
    layers: list[PastLayer]
    form: Form | None = None
    """Where the network itself is at hand, and not only what its layers cost."""


class Against(NamedTuple):
    """What is compared with, and how strictly."""

    bound: str
    """BASE or LOCK."""
    source: str
    tolerance: Amount
    edited: Callable[[Place], tuple[int, int] | None] = lambda place: None
    """Where a layer's line, or that of an item around it, is not what it was; None where all are the same."""
    setting: tuple[int, int] | None = None
    """The first hyperparameter, let or input whose line is not what it was."""


class _Change(NamedTuple):
    """One layer then and now; a figure is 0 where there was or is none."""

    name: str
    place: Place | None
    before: PastLayer
    now: PastLayer

    def of(self, metric: str) -> tuple[int, int]:
        return getattr(self.before, metric), getattr(self.now, metric)


def allowed(metric: str, before: int, tolerance: Amount) -> int:
    """Return the largest value that is no growth: `before` and the tolerance's share of it, rounded down."""
    if not tolerance.top:
        return before
    return before + max(before * tolerance.top // tolerance.bottom, FLOORS[metric])


def growth_verdicts(subject: Subject, earlier: PastCosts, against: Against) -> list[Verdict]:
    """Return a verdict on params and one on MACs."""
    verdicts: list[Verdict] = []
    found = list(_changes(subject, earlier))
    for metric in COMPARED:
        before: int = getattr(earlier, metric)
        now = subject.measured.total.of(metric)
        most = allowed(metric, before, against.tolerance)
        # The change that the total owes most to comes first: what grew where it grew, what shrank where it shrank.
        sign = 1 if now >= before else -1
        changed = [change for change in found if change.of(metric)[0] != change.of(metric)[1]]
        changed.sort(key=lambda change: sign * (change.of(metric)[0] - change.of(metric)[1]))
        line, column = _pointed([c.place for c in changed if c.place and c.of(metric)[1] > c.of(metric)[0]], against)
        verdicts.append(
            Verdict(
                subject.architecture, subject.path, METRICS[metric], "", None, against.bound, Amount("", most),
                Amount("", now), before, PASS if now <= most else FAIL, against.source, "",
                [_share(change, metric) for change in changed[:MOST_LAYERS]], line, column,
            )
        )  # fmt: skip
    return verdicts


def _pointed(grown: list[Place], against: Against) -> tuple[int, int]:
    """Return where to look: the layer that grew most on a line that was edited, else an edited setting, else what grew most.

    A wider layer makes the next one wider too, and often by more; the line to look at is the one somebody edited.
    """
    for place in grown:
        found = against.edited(place)
        if found is not None:
            return found
    if grown and against.setting is not None:
        return against.setting
    return (grown[0].line, grown[0].column) if grown else (0, 0)


def _share(change: _Change, metric: str) -> Share:
    before, now = change.of(metric)
    line, column = (change.place.line, change.place.column) if change.place else (0, 0)
    return Share(change.name, line, column, now, 0, before)


def _changes(subject: Subject, earlier: PastCosts) -> Iterator[_Change]:
    """Yield the layers then and now: aligned by what they are, or by their names where only these are known."""
    if earlier.form is not None:
        if earlier.form is subject.measured.form:
            return
        for change in changes(earlier.form, subject.measured.form):
            (params_before, params), (macs_before, macs) = change.of("params"), change.of("macs")
            place = change.new.place if change.new is not None else None
            name = change.name
            yield _Change(name, place, PastLayer(name, params_before, macs_before), PastLayer(name, params, macs))
        return
    was = {layer.name: layer for layer in earlier.layers}
    for row in subject.measured.rows():
        now = PastLayer(row.name, row.sums.params, row.sums.macs)
        yield _Change(row.name, row.place, was.pop(row.name, PastLayer(row.name, 0, 0)), now)
    for name, before in was.items():
        yield _Change(name, None, before, PastLayer(name, 0, 0))


def new(subject: Subject, against: Against, why: str) -> list[Verdict]:
    """Return the verdicts on a network that did not exist then: shown, and passing."""
    return [
        Verdict(
            subject.architecture, subject.path, METRICS[metric], "", None, against.bound, None,
            Amount("", subject.measured.total.of(metric)), None, NEW, against.source, why, [], 0, 0,
        )
        for metric in COMPARED
    ]  # fmt: skip
