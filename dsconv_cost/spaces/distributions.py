"""Distributions of sums over independent choices: how many combinations have each sum, and which sums no other beats."""

from collections.abc import Sequence
from math import prod

import numpy as np

from dsconv_cost.spaces.space import Cells

_MOST_CELLS = 1 << 25
"""How long an array of all possible sums may be."""
_MOST_SUMS = 4_000_000
"""How many different sums are kept at a time."""


class NotIndependent(Exception):
    """A space that cannot be counted so; the message says why."""


Distribution = tuple[Cells, Cells]
"""Different sums in ascending order, and how many combinations have each."""


def halves(choices: Sequence[Cells]) -> tuple[Distribution, Distribution]:
    """Return the distributions of the sums of two halves of the choices, about as many combinations in each."""
    number = np.int64 if prod(map(len, choices)) < 1 << 62 else object
    sides: list[Distribution] = [(np.zeros(1, np.int64), np.ones(1, number)) for _ in range(2)]
    for cells in sorted(choices, key=len, reverse=True):
        values, counts = np.unique(cells, return_counts=True)
        smaller = 0 if len(sides[0][0]) <= len(sides[1][0]) else 1
        sides[smaller] = _added(sides[smaller], (values, counts.astype(number)))
    return sides[0], sides[1]


def _added(a: Distribution, b: Distribution) -> Distribution:
    """Return the distribution of the sums of two choices, by adding up in an array of all sums that there can be."""
    if not len(a[0]) or not len(b[0]):
        return a[0][:0], a[1][:0]
    first = int(a[0][0] + b[0][0])
    step = int(np.gcd(np.gcd.reduce(a[0] - a[0][0]), np.gcd.reduce(b[0] - b[0][0]))) or 1
    size = (int(a[0][-1] + b[0][-1]) - first) // step + 1
    if size > _MOST_CELLS:
        return _added_by_sorting(a, b)
    cells = np.zeros(size, a[1].dtype)
    for value, count in zip(b[0].tolist(), b[1].tolist(), strict=True):
        cells[(a[0] + value - first) // step] += a[1] * count
    there = np.flatnonzero(cells)
    return first + there * step, cells[there]


def _added_by_sorting(a: Distribution, b: Distribution) -> Distribution:
    if len(a[0]) * len(b[0]) > 8 * _MOST_SUMS:
        raise NotIndependent("its sums have too many different values")
    sums = (a[0][:, None] + b[0][None, :]).reshape(-1)
    counts = (a[1][:, None] * b[1][None, :]).reshape(-1)
    order = np.argsort(sums, kind="stable")
    sums, counts = sums[order], counts[order]
    starts = np.flatnonzero(np.concatenate([[True], sums[1:] != sums[:-1]]))
    if len(starts) > _MOST_SUMS:
        raise NotIndependent("its sums have too many different values")
    return sums[starts], np.add.reduceat(counts, starts)


def pairs_within(a: Distribution, b: Distribution, low: int, high: int) -> int:
    """Return how many combinations of both have a sum from low to high."""
    if not len(a[0]) or not len(b[0]):
        return 0
    below = np.concatenate([np.zeros(1, b[1].dtype), np.cumsum(b[1])])
    ends = np.searchsorted(b[0], clipped(high) - a[0], side="right")
    starts = np.searchsorted(b[0], clipped(low) - a[0], side="left")
    return int((a[1] * (below[np.maximum(ends, starts)] - below[starts])).sum())


def clipped(value: int) -> int:
    """Return a bound as int64 can hold it with a sum taken away: sums are below 2**61."""
    return max(-(1 << 61), min(1 << 61, value))


def nearest_sums(a: Cells, b: Cells, low: int, high: int, start: int) -> tuple[int, int] | None:
    """Return the least and the most sum of two that is from low to high."""
    ends = np.searchsorted(b, clipped(high) - a, side="right")
    starts = np.searchsorted(b, clipped(low) - a, side="left")
    there = ends > starts
    if not there.any():
        return None
    return start + int((a[there] + b[starts[there]]).min()), start + int((a[there] + b[ends[there] - 1]).max())


def best_under(choices: Sequence[tuple[Cells, Cells]], high: int) -> int | None:
    """Return the largest sum of the second numbers where the sum of the first is at most `high`.

    Of the sums so far only those are kept that no other beats: none is as small in the first and larger in the second.
    """
    costs, gains = np.zeros(1, np.int64), np.zeros(1, np.int64)
    least_left = sum(int(cost.min()) for cost, _ in choices)
    for cost, gain in sorted(choices, key=lambda pair: len(pair[0])):
        least_left -= int(cost.min())
        if len(costs) * len(cost) > 8 * _MOST_SUMS:
            raise NotIndependent("its sums have too many different values")
        all_costs = (costs[:, None] + cost[None, :]).reshape(-1)
        all_gains = (gains[:, None] + gain[None, :]).reshape(-1)
        possible = all_costs <= clipped(high - least_left)
        all_costs, all_gains = all_costs[possible], all_gains[possible]
        if not len(all_costs):
            return None
        order = np.lexsort([-all_gains, all_costs])
        all_costs, all_gains = all_costs[order], all_gains[order]
        best = np.maximum.accumulate(all_gains)
        kept = np.concatenate([[True], best[1:] > best[:-1]])
        costs, gains = all_costs[kept], all_gains[kept]
    return int(gains.max())
