"""Items that say the same as one that is repeated."""

from collections.abc import Set as AbstractSet
from typing import Any

from dsconv_cost.importers.writing.recognise import follows, may_be_one
from dsconv_cost.importers.writing.tree import TreeItem
from dsconv_cost.layers import LAYERS

LONGEST_PERIOD = 12
"""How many items a group may hold that is repeated."""
MOST_CHANGES = 3
"""How many fields the first repetition may have otherwise."""
INSIDE = -2_000_000
"""The output of an item inside a group, which nothing outside names."""


def fold_repeats(items: list[TreeItem], named: AbstractSet[int]) -> list[TreeItem]:
    """Return the items with runs of equal ones folded, inside them too; outputs of `named` layers are used elsewhere."""
    items = [_inside(item) for item in items]
    folded = _runs(items, named)
    while True:
        grouped = _periods(folded, named)
        if len(grouped) == len(folded):
            return folded
        folded = _runs(grouped, named)


def _inside(item: TreeItem) -> TreeItem:
    """Return the item with what is in it folded."""
    if not item.bodies():
        return item
    copy = duplicate(item)
    nothing: AbstractSet[int] = frozenset()
    copy.body = fold_repeats(item.body, nothing) if item.body is not None else None
    copy.shortcut = fold_repeats(item.shortcut, nothing) if item.shortcut is not None else None
    if item.branches is not None:
        copy.branches = [
            fold_repeats(branch, nothing) if isinstance(branch, list) else branch for branch in item.branches
        ]
    return copy


def duplicate(item: TreeItem) -> TreeItem:
    """Return an item that says the same."""
    copy = item.replaced(item.type, item.main, dict(item.fields))
    copy.body, copy.branches, copy.shortcut = item.body, item.branches, item.shortcut
    copy.repeat, copy.first, copy.copies, copy.ends = item.repeat, dict(item.first), item.copies, item.ends
    return copy


def _runs(items: list[TreeItem], named: AbstractSet[int]) -> list[TreeItem]:
    """Fold neighbours that say the same, but for other fields of the first."""
    folded: list[TreeItem] = []
    at = 0
    while at < len(items):
        end = at + 1
        if items[at].repeat == 1:
            while end < len(items) and _continues(items, at, end, named):
                end += 1
        folded.append(_repeated(items[at:end]) if end > at + 1 else items[at])
        at = end
    return folded


def _continues(items: list[TreeItem], at: int, end: int, named: AbstractSet[int]) -> bool:
    """Return whether the item at `end` may be another repetition of the one at `at`."""
    item = items[end]
    if item.start is not None or items[end - 1].out in named or item.repeat != 1:
        return False
    return item.key() == items[end - 1].key() if end > at + 1 else _may_lead(items[at], item)


def _changes(one: TreeItem, other: TreeItem) -> dict[str, Any]:
    """Return the fields of the first item that the other has otherwise."""
    return {
        name: value
        for name, value in one.fields.items()
        if (type(value), value) != (type(other.fields.get(name)), other.fields.get(name))
    }


def _may_lead(one: TreeItem, other: TreeItem) -> bool:
    """Return whether an item can be the first repetition of the other: they say the same but for fields."""
    if one.start is not None:
        start, one.start = one.start, None
        try:
            return _may_lead(one, other)
        finally:
            one.start = start
    if one.head() != other.head() or one.main != other.main or one.fields.keys() != other.fields.keys():
        return False
    changes = _changes(one, other)
    if one.type in LAYERS and not changes.keys() <= {"stride"}:
        return False  # two lines are easier to read
    return not changes or (not one.bodies() and len(changes) <= MOST_CHANGES and None not in changes.values())


def _repeated(items: list[TreeItem]) -> TreeItem:
    """Return one item for several."""
    first, second = items[0], items[1]
    item = duplicate(second)
    item.start, item.arriving = first.start, first.arriving
    item.first = _changes(first, second)
    if "norm" in item.first and "bias" in first.fields:
        item.first["bias"] = first.fields["bias"]  # what goes without saying is another bias then
    return _spanning(item, items, len(items))


def _spanning(item: TreeItem, items: list[TreeItem], repeat: int) -> TreeItem:
    item.nodes = tuple([at for one in items for at in one.nodes])
    item.out, item.leaving, item.repeat = items[-1].out, items[-1].leaving, repeat
    each = len(items) // repeat
    first, last = items[:each], items[-each:]
    item.ends = (tuple([at for one in first for at in one.nodes]), tuple([at for one in last for at in one.nodes]))
    return item


def _periods(items: list[TreeItem], named: AbstractSet[int]) -> list[TreeItem]:
    """Group the items of the first sequence that comes several times in a row."""
    keys = [item.key() for item in items]
    folded: list[TreeItem] = []
    at = 0
    while at < len(items):
        period, times = _best_period(keys, at)
        run = items[at : at + period * times]
        later = (
            times > 1
            and follows(items[at])
            and not follows(items[at + 1])
            and _best_period(keys, at + 1) == (period, times)
        )
        if times > 1 and not later and may_be_one(run, named):
            folded.append(_group(run, period, times))
            at += period * times
        else:
            folded.append(items[at])
            at += 1
    return folded


def _best_period(keys: list[Any], at: int) -> tuple[int, int]:
    """Return how many items from here on come how many times in a row, the sequence that covers the most; (0, 0) for none."""
    best = (0, 0)
    for period in range(2, min(LONGEST_PERIOD, (len(keys) - at) // 2) + 1):
        times = 1
        while keys[at + times * period : at + (times + 1) * period] == keys[at : at + period]:
            times += 1
        if times > 1 and (times - 1) * period > (best[1] - 1) * best[0]:
            best = (period, times)
    return best


def _group(items: list[TreeItem], period: int, times: int) -> TreeItem:
    body = [duplicate(item) for item in items[:period]]
    for item in body:
        item.out = INSIDE
    group = TreeItem("sequential", None, {}, items[0].nodes, items[0].arriving, items[-1].leaving)
    group.start, body[0].start = items[0].start, None
    group.body = body
    return _spanning(group, items, times)
