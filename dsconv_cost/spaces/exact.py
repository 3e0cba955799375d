"""How many networks of a space keep limits, and the best of them, without going through them: sums over independent choices.

Where a network has one structure, a figure is a sum of tables over few settings. Settings that are in a table together are one
choice; those that most tables share (a resolution) are gone through, so that the rest are independent. The number of networks that
keep a limit is then counted by the distribution of sums, and the best found by the sums that no other beats: both exactly.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import Any

import numpy as np

from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.spaces.distributions import NotIndependent, best_under, halves, nearest_sums, pairs_within
from dsconv_cost.spaces.gather import Gathered
from dsconv_cost.spaces.plan import SweepPlan, engine_of
from dsconv_cost.spaces.space import Cells, Ints, Space
from dsconv_cost.spaces.terms import terms_of
from dsconv_cost.spaces.varying import Operated, high_of, low_of, resolved, varies
from dsconv_cost.spaces.where import PlainLimit

_MOST_STRUCTURES = 512
_MOST_SHARED = 20_000
"""How many combinations of the shared settings are gone through, over all structures."""
_MOST_CHOICES = 50_000
"""How many values one independent choice may have."""


class _Case(NamedTuple):
    """One combination of the shared settings: independent choices, each by what it changes of the figures."""

    start: dict[str, int]
    """The figures where every choice is its first value."""
    choices: list[dict[str, Cells]]
    """For each choice, what its values that keep the filters add to each figure."""
    counts: list[int]
    """How many values of each choice keep the filters."""


class ExactCount(NamedTuple):
    """What is known of all networks of a space."""

    networks: int
    kept: int
    """How many keep the limits."""
    impossible: int
    """How many combinations have no network."""
    ranges: Mapping[str, tuple[int, int]]
    """Figure -> the least and the most of it among those that keep the limits."""


def exact_count(plan: SweepPlan) -> ExactCount:
    """Return how many networks keep the plan's condition, and how far its figures reach. Raises NotIndependent."""
    limits: Sequence[PlainLimit] = ()
    if plan.where:
        found = plan.condition.limits
        if found is None:
            raise NotIndependent("the condition is more than limits joined by and")
        limits = found
    if any(limit.figure == "saving" for limit in limits):
        raise NotIndependent("saving is no sum")
    regions = engine_of(plan).structures(_MOST_STRUCTURES)
    if regions is None:
        raise NotIndependent("the network has too many structures")
    kept = impossible = 0
    ranges: dict[str, tuple[int, int]] = {}
    budget = [_MOST_SHARED]
    figures = [name for name in plan.counted_figures if name != "saving"]
    for region in regions:
        if region.figures is None:
            impossible += region.space.count(range(len(region.space.axes)))
            continue
        part = _Structure(region.space, region.figures, limits, budget)
        kept += part.count()
        for name in figures:
            both = part.reach(name)
            if both is not None:
                before = ranges.get(name, both)
                ranges[name] = min(before[0], both[0]), max(before[1], both[1])
    return ExactCount(plan.space_size, kept, impossible, ranges)


class _Structure:
    """The networks of one structure: shared settings that are gone through, and independent choices."""

    def __init__(
        self, space: Space, figures: Mapping[str, Any], limits: Sequence[PlainLimit], budget: list[int]
    ) -> None:
        self.space = space
        self.limits = limits
        self.figures = {name: resolved(value) for name, value in figures.items() if name != "saving"}
        if any(max(abs(low_of(value)), abs(high_of(value))) >= 1 << 60 for value in self.figures.values()):
            raise NotIndependent("its figures are beyond 64 bits")
        self.sums: list[PlainLimit] = []
        """The limits of figures that are sums."""
        self.filters: list[tuple[Any, PlainLimit]] = []
        """The limits that each of several sums is to keep: the peak's, of each step."""
        for limit in limits:
            value = self.figures[limit.figure]
            if _is_largest(value) and limit.comparison in ("<", "<="):
                self.filters += [(resolved(each), limit) for each in value.operands]
            elif limit.figure in ("peak", "arena"):
                self.filters.append((value, limit))
            else:
                self.sums.append(limit)
        self.sums.sort(key=lambda limit: limit.figure)
        if len({limit.figure for limit in self.sums}) > 1:
            raise NotIndependent("limits on several sums, e.g. macs and params, are not counted together")
        self.shared, self.groups = self._apart()
        budget[0] -= space.count(self.shared)
        if budget[0] < 0:
            raise NotIndependent("its figures depend on too many settings together")

    # -- which settings are independent ---------------------------------------------------------

    def _parts(self) -> Iterator[tuple[int, ...]]:
        """Yield the settings that meet in one table, product or operation."""
        wanted = [self.figures[limit.figure] for limit in self.sums] + [each for each, _ in self.filters]
        wanted += [
            value for value in self.figures.values() if not (type(value) is Operated and value.operator == "max")
        ]
        for value in wanted:
            for factors in terms_of(value)[1] if varies(value) else ():
                yield tuple(sorted({axis for factor in factors for axis in factor.axes}))
        for value, _ in self.filters:
            if varies(value):
                yield value.axes

    def _apart(self) -> tuple[list[int], list[list[int]]]:
        """Return the settings to go through, and the groups that are independent when those are fixed."""
        parts = sorted(set(self._parts()), key=len)
        shared: list[int] = []
        while True:
            groups = self._grouped([[axis for axis in part if axis not in shared] for part in parts])
            largest = max(groups, key=self.space.count, default=[])
            if self.space.count(largest) <= _MOST_CHOICES // 64 or len(largest) <= 2:
                break
            uses = {axis: sum(axis in part for part in parts) for axis in largest}
            shared.append(max(largest, key=lambda axis: (uses[axis], -self.space.sizes[axis])))
        used = {axis for group in groups for axis in group} | set(shared)
        free = [[axis] for axis in range(len(self.space.axes)) if axis not in used]
        if any(self.space.count(group) > _MOST_CHOICES for group in groups):
            raise NotIndependent("its figures depend on too many settings together")
        return sorted(shared), [*groups, *free]

    def _grouped(self, parts: list[list[int]]) -> list[list[int]]:
        groups: list[set[int]] = []
        for part in parts:
            if not part:
                continue
            meeting = [group for group in groups if group & set(part)]
            groups = [group for group in groups if group not in meeting]
            groups.append(set(part).union(*meeting))
        return [sorted(group) for group in groups]

    # -- counting -------------------------------------------------------------------------------

    def _cases(self) -> Iterator[_Case]:
        """Yield for each combination of the shared settings the choices that are left, where there are any."""
        for fixed in product(*(range(self.space.sizes[axis]) for axis in self.shared)):
            case = self._case(dict(zip(self.shared, fixed, strict=True)))
            if case is not None and all(case.counts):
                yield case

    def _case(self, fixed: Mapping[int, int]) -> _Case | None:
        base = {axis: fixed.get(axis, 0) for axis in range(len(self.space.axes))}
        at_base = self._values(base, [], 1)
        case = _Case({name: int(cells[0]) for name, cells in at_base.items() if name in self.figures}, [], [])
        for group in self.groups:
            count = self.space.count(group)
            numbers = np.unravel_index(np.arange(count), [self.space.sizes[axis] for axis in group])
            values = self._values(base, list(zip(group, numbers, strict=True)), count)
            keep = np.ones(count, bool)
            for index, (value, limit) in enumerate(self.filters):
                if varies(value) and set(value.axes) & set(group):
                    keep &= _keeps(values[f"step {index}"], limit)
            case.choices.append({name: values[name][keep] - at_base[name][0] for name in case.start})
            case.counts.append(int(keep.sum()))
        for index, (value, limit) in enumerate(self.filters):
            is_fixed = not varies(value) or set(value.axes) <= set(self.shared)
            if is_fixed and not bool(_keeps(at_base[f"step {index}"], limit)[0]):
                return None
        return case

    def _values(self, base: Mapping[int, int], varied: Sequence[tuple[int, Ints]], count: int) -> dict[str, Cells]:
        numbers = [np.full(count, base[axis], np.int64) for axis in range(len(self.space.axes))]
        for axis, values in varied:
            numbers[axis] = np.asarray(values, np.int64)
        at = Gathered(self.space, numbers, count)
        sums = {name: at.of(value) for name, value in self.figures.items() if name not in ("peak", "arena")}
        return {**sums, **{f"step {index}": at.of(value) for index, (value, _) in enumerate(self.filters)}}

    def count(self) -> int:
        """Return how many networks keep every limit."""
        total = 0
        for case in self._cases():
            if not self.sums:
                total += prod(case.counts)
                continue
            name = self.sums[0].figure
            low, high = _bounds(self.sums)
            both = halves([choice[name] for choice in case.choices])
            total += pairs_within(*both, low - case.start[name], high - case.start[name])
        return total

    def reach(self, name: str) -> tuple[int, int] | None:
        """Return the least and the most of a figure among the networks that keep every limit.

        None where there is no such network, or the figure is no sum.
        """
        if name in ("peak", "arena"):
            return None
        found = [both for case in self._cases() if (both := self._reach_of(name, case)) is not None]
        return (min(low for low, _ in found), max(high for _, high in found)) if found else None

    def _reach_of(self, name: str, case: _Case) -> tuple[int, int] | None:
        start = case.start[name]
        own = [choice[name] for choice in case.choices]
        if not self.sums:
            return start + sum(int(c.min()) for c in own), start + sum(int(c.max()) for c in own)
        limited = self.sums[0].figure
        low, high = (bound - case.start[limited] for bound in _bounds(self.sums))
        if limited == name:
            first, second = halves(own)
            return nearest_sums(first[0], second[0], low, high, start)
        if any(limit.comparison not in ("<", "<=") for limit in self.sums):
            return None  # not told: what is at least so much is no bound on what no other beats
        pairs = [(choice[limited], choice[name]) for choice in case.choices]
        most, least = best_under(pairs, high), best_under([(a, -b) for a, b in pairs], high)
        return None if most is None or least is None else (start - least, start + most)


def _is_largest(value: Any) -> bool:
    return type(value) is Operated and value.operator == "max"


def _keeps(values: Cells, limit: PlainLimit) -> Cells:
    low, high = _bounds([limit])
    kept: Cells = (values >= low) & (values <= high)
    return kept


def _bounds(limits: Sequence[PlainLimit]) -> tuple[int, int]:
    """Return the least and the most that limits on one figure allow."""
    low, high = -(1 << 61), 1 << 61
    for limit in limits:
        top = limit.amount.top
        match limit.comparison:
            case "<=":
                high = min(high, top)
            case "<":
                high = min(high, top - 1)
            case ">=":
                low = max(low, top)
            case _:
                low = max(low, top + 1)
    return low, high
