"""Where a change in cost comes from: how much each item, and each type of item, contributes to it."""

from collections.abc import Sequence
from typing import NamedTuple

from dsconv_cost.costs.diff.changes import Change
from dsconv_cost.text import inert

NAMED = 3
"""How many items a sentence names."""


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


def attribution_sentence(metric: str, old: int, new: int, parts: Sequence[Part]) -> str:
    """Return the change of a total, and which items it comes from."""
    change = new - old
    if metric == "params":
        parts = sorted(parts, key=lambda part: -abs(part.params))
    contributions: list[tuple[str, int]] = [(inert(part.name), getattr(part, metric)) for part in parts]
    contributions = [(name, amount) for name, amount in contributions if amount]
    head = f"{old:,} -> {new:,}: {change:+,}{relative(old, new)}" if change else f"{new:,} as before"
    if not contributions:
        return head
    if as_shares([amount for _, amount in contributions], change):
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


def as_shares(amounts: Sequence[int], change: int) -> bool:
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


def relative(old: int, new: int) -> str:
    """Return the relative change in parentheses, to be put behind the absolute one; nothing where there is none."""
    if not old:
        return ""
    percent = 100 * (new - old) / old
    digits = next((d for d in (1, 2, 3) if f"{abs(percent):.{d}f}".strip("0.")), None)
    return f" ({percent:+,.{digits}f}%)" if digits else f" ({'less' if percent < 0 else 'more'} than 0.001% apart)"
