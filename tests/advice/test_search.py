"""The choice of the least cost, against all choices that there are."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsconv_cost.advice.search import Alike, Selected, cheapest
from dsconv_cost.errors import UsageError


def all_choices(kinds: list[Alike], needs: tuple[int, ...]) -> int | None:
    """Return the least cost of all choices that meet the needs, by trying each; None where none does."""
    costs = [
        sum(count * kind.cost for count, kind in zip(taken, kinds, strict=True))
        for taken in product(*(range(kind.times + 1) for kind in kinds))
        if all(sum(c * k.gains[j] for c, k in zip(taken, kinds, strict=True)) >= need for j, need in enumerate(needs))
    ]
    return min(costs, default=None)


@st.composite
def problems(draw: st.DrawFn) -> tuple[list[Alike], tuple[int, ...]]:
    count, lowest = draw(st.integers(1, 3)), draw(st.sampled_from((-3, 0)))
    kind = st.builds(
        Alike, st.integers(1, 3), st.integers(-2, 9), st.tuples(*[st.integers(lowest, 12)] * count)
    )  # fmt: skip
    return draw(st.lists(kind, min_size=1, max_size=6)), draw(st.tuples(*[st.integers(-5, 40)] * count))


@settings(max_examples=150, deadline=None)
@given(problems())
def test_no_choice_is_cheaper(problem: tuple[list[Alike], tuple[int, ...]]) -> None:
    kinds, needs = problem
    found = cheapest(kinds, needs)
    least = all_choices(kinds, needs)
    if found is None:
        assert least is None
        return
    assert found.cost == found.at_least == least
    assert found.cost == sum(count * kind.cost for count, kind in zip(found.taken, kinds, strict=True))
    for j, need in enumerate(needs):
        assert sum(count * kind.gains[j] for count, kind in zip(found.taken, kinds, strict=True)) >= need


# Cost and gain differ by one in two thousand, so that hardly any branch is cut: a sum is looked for that is just large enough.
HARD = [Alike(3, 2000 + 37 * n % 101, (2001 + 37 * n % 101,)) for n in range(6)]


def test_a_search_that_ends_at_its_bound_says_what_is_proven() -> None:
    found = cheapest(HARD, (20_010,), most_steps=5)
    assert found is not None
    exact = cheapest(HARD, (20_010,))
    assert exact is not None
    assert found.at_least <= exact.at_least == exact.cost <= found.cost
    assert found.at_least < found.cost


def test_a_choice_that_is_known_is_made_better_one_by_one() -> None:
    kinds = [Alike(2, 5, (4,)), Alike(1, 3, (4,))]
    assert cheapest(kinds, (8,), most_steps=0, known=(2, 0)) == Selected((1, 1), 8, 8)
    assert cheapest(kinds, (4,), most_steps=0) == Selected((0, 1), 3, 3)


def test_no_choice_by_the_bound_is_an_error() -> None:
    kinds = [Alike(1, 1, (3, -9)), Alike(9, 1, (1, 1))]
    with pytest.raises(UsageError, match="the search for a plan ended at its bound"):
        cheapest(kinds, (7, 7), most_steps=0)
