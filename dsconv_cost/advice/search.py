"""The cheapest choice among equal and unequal candidates that meets several needs at once: exact, by branch and bound.

Minimise sum c_i x_i over 0 <= x_i <= n_i, subject to sum g_ij x_i >= need_j for every j; all of them whole numbers, gains and costs
below 0 too. A branch is left where no more than the best choice so far can come of it: where the needs cannot be met with all
that is left, or where a relaxation costs as much already. The relaxation adds the needs up with weights and takes fractions
(Dantzig 1957, Operations Research 5(2), the knapsack with fractions), for several weights; each gives a bound.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import combinations
from operator import ge

from dsconv_cost.errors import UsageError
from dsconv_cost.named_tuple import NamedTuple

MOST_BRANCHES = 100_000
"""How many branches are looked at; the search ends in seconds."""
_BOUNDS = 4
"""How many sums of needs bound a branch, beside each need alone."""
_SHARES = 16
"""In how many proportions two needs are added up, to find those that bound best."""

Numbers = tuple[int, ...]


class Alike(NamedTuple):
    """Candidates that are all alike."""

    times: int
    """How many there are."""
    cost: int
    gains: Numbers
    """What one of them adds to each need."""

    def is_no_worse(self, other: "Alike") -> bool:
        """Return whether one of these does all that one of the others does, and costs no more."""
        return self.cost <= other.cost and all(map(ge, self.gains, other.gains))


class Selected(NamedTuple):
    """How many of each kind to take."""

    taken: Numbers
    cost: int
    at_least: int
    """No choice costs less; equal to `cost` where that is proven."""


def cheapest(
    kinds: Sequence[Alike], needs: Numbers, most_steps: int = MOST_BRANCHES, known: Numbers | None = None
) -> Selected | None:
    """Return a choice of the least cost that meets all needs; None where no choice meets them.

    `known` is a choice that does, if there is one already. After `most_steps` branches it is the best choice so far, and `at_least` is
    what was proven. Raises UsageError where no choice was found by then.
    """
    every = tuple([kind.times for kind in kinds])
    if known is None and _meets(kinds, every, needs):
        known = every
    if known is not None:
        known = _improved(kinds, needs, known)
    return _Search(kinds, needs).run(most_steps, known)


def _improved(kinds: Sequence[Alike], needs: Numbers, taken: Numbers) -> Numbers:
    """Return a choice to which no leaving out of one, and no other one in its place, makes a cheaper one."""
    best = list(taken)
    spare = [
        sum([count * kind.gains[j] for kind, count in zip(kinds, best, strict=True)]) - need
        for j, need in enumerate(needs)
    ]
    nothing = Alike(1, 0, tuple([0] * len(needs)))
    others = [nothing, *kinds]
    better = True
    while better:
        better = False
        for out, kind in enumerate(kinds):
            for at, other in enumerate(others, -1):
                if not best[out] or other.cost >= kind.cost or (at >= 0 and best[at] == other.times):
                    continue
                left = [s - gone + come for s, gone, come in zip(spare, kind.gains, other.gains, strict=True)]
                if min(left) >= 0:
                    best[out] -= 1
                    if at >= 0:
                        best[at] += 1
                    spare, better = left, True
    return tuple(best)


def _meets(kinds: Sequence[Alike], taken: Numbers, needs: Numbers) -> bool:
    return all(
        sum([count * kind.gains[j] for kind, count in zip(kinds, taken, strict=True)]) >= need
        for j, need in enumerate(needs)
    )


class _Relaxation:
    """One sum of the needs: what it costs at least to meet it, with fractions, by the kinds from one position on."""

    def __init__(self, kinds: Sequence[Alike], weights: Numbers) -> None:
        self.weights = weights
        gains = [sum([w * g for w, g in zip(weights, kind.gains, strict=True)]) for kind in kinds]
        helping = sorted(
            [at for at, kind in enumerate(kinds) if kind.cost > 0 and gains[at] > 0],
            key=lambda at: (kinds[at].cost / gains[at], at),
        )
        self._free: list[tuple[int, int]] = []
        """For each position, what the kinds from there on add for nothing, and their cost, which is not above 0."""
        self._steps: list[tuple[list[int], list[tuple[int, int, int]]]] = []
        """For each position, of the kinds from there on, the best first: what they add up to, and gain, cost and cost before of each."""
        for position in range(len(kinds) + 1):
            rest = kinds[position:]
            self._free.append((
                sum([max(gain, 0) * kind.times for kind, gain in zip(rest, gains[position:], strict=True) if kind.cost <= 0]),
                sum([kind.cost * kind.times for kind in rest if kind.cost <= 0]),
            ))  # fmt: skip
            added = cost = 0
            sums: list[int] = []
            steps: list[tuple[int, int, int]] = []
            for at in helping:
                if at >= position:
                    kind = kinds[at]
                    steps.append((added, cost, at))
                    added, cost = added + gains[at] * kind.times, cost + kind.cost * kind.times
                    sums.append(added)
            self._steps.append((sums, steps))
        self._each = [(kind.cost, gain) for kind, gain in zip(kinds, gains, strict=True)]

    def bound(self, position: int, left: Numbers) -> int | None:
        """Return the least cost from a position on, rounded up; None where not even all of it meets the needs."""
        added, cost = self._free[position]
        need = -added
        for w, n in zip(self.weights, left, strict=True):
            need += w * n
        if need <= 0:
            return cost
        sums, steps = self._steps[position]
        at = bisect_left(sums, need)
        if at == len(sums):
            return None
        before, paid, kind = steps[at]
        each, gain = self._each[kind]
        return cost + paid - (before - need) * each // gain


class _Search:
    def __init__(self, kinds: Sequence[Alike], needs: Numbers) -> None:
        self.needs = needs
        self.order = sorted(range(len(kinds)), key=lambda index: (_worth(kinds[index], needs), index))
        self.kinds = [kinds[index] for index in self.order]
        alone = [tuple(int(i == j) for i in range(len(needs))) for j in range(len(needs))]
        sums = [_Relaxation(self.kinds, weights) for weights in _sums(needs)]
        sums = sorted(sums, key=lambda one: -(one.bound(0, needs) or 0))[:_BOUNDS]
        self.relaxations = [*sums, *(_Relaxation(self.kinds, weights) for weights in alone)]
        self.saves = [any(kind.cost < 0 for kind in self.kinds[at:]) for at in range(len(kinds) + 1)]
        """Whether a kind from a position on costs less than nothing."""
        self.losses: list[Numbers] = [tuple([0] * len(needs))]
        """For each position, what the kinds from there on can take away from each need."""
        for kind in reversed(self.kinds):
            more = [kind.times * max(-gain, 0) for gain in kind.gains]
            self.losses.insert(0, tuple(map(sum, zip(self.losses[0], more, strict=True))))
        self.better = [
            [before for before in range(at) if self.kinds[before].is_no_worse(kind)]
            for at, kind in enumerate(self.kinds)
        ]
        """For each position those before it whose kind is as good in everything: all of it is taken first."""

    def run(self, most_steps: int, known: Numbers | None) -> Selected | None:
        least = self._bound(0, self.needs)
        if least is None:
            return None
        best: tuple[int, Numbers] | None = None
        if known is not None:
            taken = tuple([known[index] for index in self.order])
            best = (sum([kind.cost * count for kind, count in zip(self.kinds, taken, strict=True)]), taken)
        steps = 0
        stack: list[tuple[int, Numbers, int, Numbers]] = [(0, self.needs, 0, ())]
        while stack:
            position, left, cost, taken = stack.pop()
            steps += 1
            if steps > most_steps:
                if best is None:
                    raise UsageError(
                        "the search for a plan ended at its bound: give fewer limits, or leave more layers out"
                    )
                return self._choice(best, min(least, best[0]))
            if not self._may_do_better(position, left, None if best is None else best[0] - cost):
                continue
            if position == len(self.kinds) or (not self.saves[position] and max(left) <= 0):
                best = (cost, taken)
                continue
            kind = self.kinds[position]
            most = self._most(position, left)
            if most and any(taken[before] < self.kinds[before].times for before in self.better[position]):
                most = 0  # to take one of those in place of one of these is no worse
            for count in range(most + 1):  # the most is looked at first: it is pushed last
                after = tuple([n - count * g for n, g in zip(left, kind.gains, strict=True)])
                stack.append((position + 1, after, cost + count * kind.cost, (*taken, count)))
        return None if best is None else self._choice(best, best[0])

    def _bound(self, position: int, left: Numbers) -> int | None:
        bounds = [one.bound(position, left) for one in self.relaxations]
        known = [bound for bound in bounds if bound is not None]
        return max(known) if len(known) == len(bounds) else None

    def _may_do_better(self, position: int, left: Numbers, than: int | None) -> bool:
        """Return whether the needs left can be met from a position on, and for less than that."""
        for relaxation in self.relaxations:
            bound = relaxation.bound(position, left)
            if bound is None or (than is not None and bound >= than):
                return False
        return True

    def _most(self, position: int, left: Numbers) -> int:
        """Return how many of a kind can be of use: no more than meet every need that it helps, whatever the others take from it."""
        kind, taken = self.kinds[position], self.losses[position + 1]
        if kind.cost < 0:
            return kind.times
        useful = [-(-(n + t) // g) for n, g, t in zip(left, kind.gains, taken, strict=True) if g > 0 and n + t > 0]
        return min(kind.times, max(useful, default=0))

    def _choice(self, best: tuple[int, Numbers], at_least: int) -> Selected:
        taken = [0] * len(self.order)
        for index, count in zip(self.order, best[1], strict=False):
            taken[index] = count
        return Selected(tuple(taken), best[0], at_least)


def _worth(kind: Alike, needs: Numbers) -> float:
    """Return what a kind costs for the share of the needs that it meets: the best come first."""
    share = sum([max(g, 0) / n for g, n in zip(kind.gains, needs, strict=True) if n > 0])
    return kind.cost / share if share else float("inf")


def _sums(needs: Numbers) -> Iterator[Numbers]:
    """Yield weights to add needs up with, two at a time, in several proportions."""
    for first, second in combinations(range(len(needs)), 2):
        scales = [max(abs(needs[j]), 1) for j in (first, second)]
        for part in range(-_SHARES, _SHARES + 1):
            weights = [0] * len(needs)
            weights[first] = scales[1] << max(part, 0)
            weights[second] = scales[0] << max(-part, 0)
            yield tuple(weights)
