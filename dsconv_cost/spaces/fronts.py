"""The best of many points: those that no other beats, and those with the most or least of something."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from dsconv_cost.spaces.columns import Columns
from dsconv_cost.spaces.plan import Objective
from dsconv_cost.spaces.space import Cells, Ints


def ranks_of(objectives: Sequence[Objective], columns: Columns) -> list[Ints]:
    """Return for each objective how good each point is: 0 is best, and equal points are equal."""
    return [_ranks(each, columns) for each in objectives]


def _ranks(each: Objective, columns: Columns) -> Ints:
    values: Any = columns.get(f"setting {each.name}")
    if values is None:
        values = columns[each.name]
        if each.name == "saving":
            values = values / np.maximum(columns["standard_macs"], 1)
    _, ranks = np.unique(values, return_inverse=True)
    ranks = ranks.reshape(-1).astype(np.int64)
    return ranks.max(initial=0) - ranks if each.most else ranks


def front(ranks: Sequence[Ints]) -> Ints:
    """Return the points that no other beats: none is as good in everything and better in something.

    Of equal points the first is taken.
    """
    count = len(ranks[0])
    if not count:
        return np.zeros(0, np.int64)
    order = np.lexsort([np.arange(count), *reversed(ranks)])
    rows = np.stack(ranks, axis=1)[order]
    if len(ranks) == 1:
        return order[:1]
    if len(ranks) == 2:
        best = np.minimum.accumulate(rows[:, 1])
        beats = np.ones(count, bool)
        beats[1:] = best[1:] < best[:-1]
        return np.sort(order[beats])
    left = np.arange(count)
    chosen: list[int] = []
    while len(left):
        first = left[0]  # nothing before it beats it, and nothing after can
        chosen.append(int(order[first]))
        left = left[(rows[left] < rows[first]).any(axis=1)]
    return np.sort(np.array(chosen, np.int64))


def best_of(ranks: Sequence[Ints], many: int | None) -> Ints:
    """Return the points in the order of the objectives, the first ones where only some are asked for."""
    order: Cells = np.lexsort([np.arange(len(ranks[0])), *reversed(ranks)])
    return order if many is None else order[:many]
