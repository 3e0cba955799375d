"""The difference between two networks in numbers: totals, and how much each item and type of item contributes."""

from collections.abc import Sequence
from typing import NamedTuple

from dsconv_cost.costs.analysis import Form
from dsconv_cost.costs.diff.changes import Change, changes
from dsconv_cost.costs.sums import Sums, sum_of, sums_of_form


class Part(NamedTuple):
    """The contribution of one item, or of all items of a type, to the change."""

    name: str
    params: int
    macs: int


def by_item(all_changes: Sequence[Change]) -> list[Part]:
    """Return the change of each item of the new file; a removed layer counts with the item that the rest of its own became."""
    went: dict[str, str] = {}
    for change in all_changes:
        if change.old is not None and change.new is not None:
            went.setdefault(change.old.item, change.new.item)

    def name(change: Change) -> str:
        if change.new is not None:
            return change.new.item
        assert change.old is not None
        return went.get(change.old.item) or f"{change.old.item} (removed)"

    sums: dict[str, list[int]] = {}
    for change in all_changes:
        _add(sums, name(change), change.growth("params"), change.growth("macs"))
    return _parts(sums)


def by_type(all_changes: Sequence[Change]) -> list[Part]:
    """Return the change of each type of item of the files."""
    sums: dict[str, list[int]] = {}
    for change in all_changes:
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


class TotalChange(NamedTuple):
    """A total of both networks."""

    old: int
    new: int

    @property
    def change(self) -> int:
        return self.new - self.old

    @property
    def relative(self) -> float | None:
        """The change as a fraction of the old total; None where that is 0."""
        return self.change / self.old if self.old else None


class Difference(NamedTuple):
    """Everything that differs between two networks."""

    changes: list[Change]
    """Every layer of both networks, in the order of the new one."""
    totals: dict[str, TotalChange]
    """By metric: params, macs, flops, layers and activations."""
    items: list[Part]
    types: list[Part]


def difference(old: Form | None, new: Form | None) -> Difference:
    """Return what changed from one network to another; None is a network without layers."""
    all_changes = changes(old, new)
    before, after = _totals(old), _totals(new)
    totals = {metric: TotalChange(before[metric], after[metric]) for metric in after}
    return Difference(all_changes, totals, by_item(all_changes), by_type(all_changes))


def _totals(form: Form | None) -> dict[str, int]:
    sums = Sums() if form is None else sum_of(sums_of_form(form, lambda node: node.layer.type).values())
    return {metric: sums.of(metric) for metric in ("params", "macs", "flops", "layers", "activations")}


def as_shares(amounts: Sequence[int], change: int) -> bool:
    """Return whether parts can be given as shares of a change: they hardly cancel, and none is larger than the change."""
    against = sum(abs(amount) for amount in amounts if (amount > 0) != (change > 0))
    return change != 0 and 10 * against <= abs(change) and all(abs(amount) <= abs(change) for amount in amounts)
