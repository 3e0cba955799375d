"""Numbers that vary against Python's integers, point by point."""

import operator
from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsconv_cost.spaces import arithmetic, space, terms
from dsconv_cost.spaces.arithmetic import ExactSpace, largest
from dsconv_cost.spaces.gather import Gathered
from dsconv_cost.spaces.space import Diverged, SpaceAxis

SIZES = (3, 2, 4)
POINTS = list(product(*map(range, SIZES)))
OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "//": operator.floordiv, "%": operator.mod, "max": max,
}  # fmt: skip


def new_space() -> ExactSpace:
    return ExactSpace([SpaceAxis(f"a{i}", tuple(range(n)), np.arange(n)) for i, n in enumerate(SIZES)])


leaves = st.one_of(
    st.integers(-5, 10**10),
    st.tuples(
        st.sets(st.integers(0, 2), min_size=1).map(lambda s: tuple(sorted(s))), st.randoms(use_true_random=False)
    ),
)
trees = st.recursive(leaves, lambda inner: st.tuples(st.sampled_from(list(OPERATORS)), inner, inner), max_leaves=12)


def evaluated(tree: Any, where: ExactSpace) -> tuple[Any, list[int]]:
    """Return a number that varies, and its values point by point."""
    if isinstance(tree, int):
        return tree, [tree] * len(POINTS)
    if len(tree) == 2:
        axes, chance = tree
        cells = np.array(
            [chance.randint(1, 10 ** chance.randint(1, 9)) for _ in range(int(np.prod([SIZES[a] for a in axes])))]
        )
        cells = cells.reshape([SIZES[a] for a in axes])
        return where.table(axes, cells), [int(cells[tuple(point[a] for a in axes)]) for point in POINTS]
    name, left, right = tree
    (a, xs), (b, ys) = evaluated(left, where), evaluated(right, where)
    if name in ("//", "%"):
        # Divisors are above 0, as sizes are.
        b, ys = largest([b, 1]), [max(y, 1) for y in ys]
    result = largest([a, b]) if name == "max" else OPERATORS[name](a, b)
    return result, [OPERATORS[name](x, y) for x, y in zip(xs, ys, strict=True)]


@pytest.mark.parametrize("small", [1 << 16, 4, 0], ids=["tables", "some tables", "sums"])
@given(tree=trees)
@settings(max_examples=80, deadline=None)
def test_arithmetic_is_that_of_integers(small: int, tree: Any) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arithmetic, "SMALL", small)
        where = new_space()
        value, expected = evaluated(tree, where)
        numbers = [np.array(column) for column in zip(*POINTS, strict=True)]
        assert Gathered(where, numbers, len(POINTS)).of(value).tolist() == expected
        for decide in (operator.lt, operator.eq, operator.ge):
            truth = {decide(x, 7) for x in expected}
            if len(truth) == 1:
                assert decide(value, 7) is truth.pop()
            else:
                with pytest.raises(Diverged):
                    decide(value, 7)


def test_a_decision_names_the_axis_that_it_depends_on() -> None:
    where = new_space()
    value = where.table((0, 2), np.array([[1, 1, 9, 9]] * 3)) + where.table((1,), np.array([0, 1]))
    with pytest.raises(Diverged) as split:
        bool(value > 5)
    assert split.value.axis == 2
    assert [group.tolist() for group in split.value.groups] == [[0, 1], [2, 3]]


def test_equal_tables_are_one_object() -> None:
    where = new_space()
    table = where.table((0,), np.array([1, 2, 3]))
    again = (table + 4) // 1 - 4
    assert again == table
    assert hash(again) == hash(table)
    assert (table == 2) is False if table.low > 2 else True


def test_sums_find_common_factors() -> None:
    """A p + b p is (a + b) p: one product, however many layers have the same map."""
    where = new_space()
    p = where.table((2,), np.array([1, 4, 9, 16]))
    products: terms.Products = {(where.table((0,), np.array([i, i + 1, i * i])), p): 2 for i in range(2, 40)}
    assert len(terms.with_common_factors(where, products)) == 1
    assert space.SMALL == 1 << 16
