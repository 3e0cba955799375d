"""Which convolutions to make separable to keep within budgets: with the fewest changes, and with the fewest params lost.

Both are exact. Macs, params, flops and flash are sums over layers, so the choice is a knapsack with a need for each budget. The peak is
not a sum but the largest of all steps, and what a convolution's own steps take depends on that convolution alone: a pair keeps the
depthwise's output too. So a limit on the peak forces some changes, forbids others, and says nothing of the rest.
"""

from collections.abc import Iterator, Sequence

from dsconv_cost.advice.changes import PEAK_METRIC, Separation, Separations
from dsconv_cost.advice.search import MOST_BRANCHES, Alike, Selected, cheapest
from dsconv_cost.named_tuple import NamedTuple

FEWEST_LAYERS, FEWEST_PARAMS = "layers", "params"
PLAN_OBJECTIVES = {FEWEST_LAYERS: "fewest layers changed", FEWEST_PARAMS: "fewest params lost"}


class Plan(NamedTuple):
    """Changes that keep the network within the budgets."""

    objective: str
    changes: list[Separation]
    at_least: dict[str, int]
    """For both objectives what is proven: no plan does with less of its own, and none of those that do as well with less of the other."""

    @property
    def layers(self) -> int:
        """How many convolutions it changes."""
        return sum(len(change.nodes) for change in self.changes)

    @property
    def lost(self) -> int:
        """How many params it loses."""
        return sum(change.saved["params"] for change in self.changes)

    @property
    def proven(self) -> bool:
        """Whether no plan is better."""
        return self._reached(self.objective) == self.at_least[self.objective]

    @property
    def is_best_of_equals(self) -> bool:
        """Whether of the plans that do as well none is better by the other objective."""
        return all(self._reached(key) == least for key, least in self.at_least.items())

    def _reached(self, objective: str) -> int:
        return sum(_cost(change, objective) for change in self.changes)


class Advised(NamedTuple):
    """The plans for some budgets, or why there is none."""

    plans: dict[str, Plan]
    """By their objectives; none where no set of changes keeps within all budgets, or where nothing needs to change."""
    met: bool
    """Whether the network keeps within the budgets as it is."""
    least: dict[str, int]
    """For each budget's metric the least that it can be, where nothing else matters."""
    largest_first: Plan | None = None
    """What taking the largest savings first comes to, for one budget that a sum has."""


def advise_on(changes: Separations, budgets: dict[str, int], most_steps: int = MOST_BRANCHES) -> Advised:
    """Return the plans that keep within budgets: metric -> the most that it may be."""
    figures = changes.figures
    least = {metric: _least(changes, metric) for metric in budgets}
    if all(figures[metric] <= most for metric, most in budgets.items()):
        return Advised({}, True, least)
    if any(least[metric] > most for metric, most in budgets.items()):
        return Advised({}, False, least)
    forced, free = _by_peak(changes, budgets.get(PEAK_METRIC))
    sums = [metric for metric in budgets if metric != PEAK_METRIC]
    needs = tuple([figures[m] - budgets[m] - sum([change.saved[m] for change in forced]) for m in sums])
    plans: dict[str, Plan] = {}
    for objective in PLAN_OBJECTIVES:
        found = _Choosing(free, sums, needs, most_steps).best(objective)
        if found is None:
            return Advised({}, False, least)
        chosen, *least_found = found
        both = (objective, *(key for key in PLAN_OBJECTIVES if key != objective))
        at_least = {
            key: known + sum([_cost(change, key) for change in forced])
            for key, known in zip(both, least_found, strict=True)
        }
        plans[objective] = Plan(objective, sorted([*forced, *chosen], key=lambda one: one.nodes), at_least)
    first = _largest_first(free, sums[0], needs[0]) if len(budgets) == 1 and sums else None
    return Advised(plans, False, least, first)


def _cost(change: Separation, objective: str) -> int:
    return len(change.nodes) if objective == FEWEST_LAYERS else change.lost


def _least(changes: Separations, metric: str) -> int:
    """Return the least that a metric can be."""
    if metric == PEAK_METRIC:
        return max([changes.other_peak, *(min(change.peaks) for change in changes.every)])
    return changes.figures[metric] - sum([max(change.saved[metric], 0) for change in changes.every])


def _by_peak(changes: Separations, most: int | None) -> tuple[list[Separation], list[Separation]]:
    """Return the changes without which the peak is too high, and those that it leaves free."""
    if most is None:
        return [], changes.every
    forced = [change for change in changes.every if change.peaks[0] > most]
    return forced, [change for change in changes.every if max(change.peaks) <= most]


class _Choosing:
    """The choice among changes, with those that are alike taken together."""

    def __init__(
        self, changes: Sequence[Separation], sums: Sequence[str], needs: tuple[int, ...], most_steps: int
    ) -> None:
        self.alike: dict[tuple[int, ...], list[Separation]] = {}
        for change in changes:
            gains = [change.saved[metric] for metric in sums] or [0]
            self.alike.setdefault((len(change.nodes), change.lost, *gains), []).append(change)
        self.needs = needs or (0,)  # a limit on the peak alone leaves nothing to add up
        self.most_steps = most_steps

    def best(self, objective: str) -> tuple[list[Separation], int, int] | None:
        """Return the changes that do best, those among them that do best by the other objective, and what both are at least."""
        own, other = (0, 1) if objective == FEWEST_LAYERS else (1, 0)
        first = cheapest(self._kinds(own), self.needs, self.most_steps)
        if first is None:
            return None
        within = (*self.needs, -first.cost)
        second = cheapest(self._kinds(other, limited=own), within, self.most_steps, first.taken)
        assert second is not None  # the first choice is one
        return list(self._taken(second)), first.at_least, second.at_least

    def _kinds(self, cost: int, limited: int | None = None) -> list[Alike]:
        """Return the kinds with one of their two costs, and the other one as what a need limits."""
        return [
            Alike(len(same), key[cost], (*key[2:], *([] if limited is None else [-key[limited]])))
            for key, same in self.alike.items()
        ]

    def _taken(self, choice: Selected) -> Iterator[Separation]:
        for count, same in zip(choice.taken, self.alike.values(), strict=True):
            yield from same[:count]


def _largest_first(changes: Sequence[Separation], metric: str, need: int) -> Plan:
    """Return the plan that takes the largest savings first, and as its last change the smallest that suffices."""
    by_size = sorted(changes, key=lambda one: -one.saved[metric])
    taken: list[Separation] = []
    for change in by_size:
        if change.saved[metric] >= need:
            break
        taken.append(change)
        need -= change.saved[metric]
    rest = [change for change in by_size[len(taken) :] if change.saved[metric] >= need]
    taken.append(rest[-1])
    return Plan(FEWEST_LAYERS, taken, {})
