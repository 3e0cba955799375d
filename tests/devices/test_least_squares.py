"""Least squares with coefficients of at least 0: by hand, and by the conditions that a least sum of squares must meet."""

import random

import pytest

from dsconv_cost.devices.least_squares import LeastSquares, scalar_product


def test_one_column_by_hand() -> None:
    # x = (1 * 2 + 2 * 4 + 3 * 7) / (1 + 4 + 9)
    assert LeastSquares.of([[1], [2], [3]], [2, 4, 7]).at_least_zero([0]) == pytest.approx([31 / 14])


def test_rates_that_are_exact_are_found() -> None:
    rows = [[1.0, 5e6], [2.0, 3e6], [4.0, 9e6], [8.0, 1e6]]
    assert LeastSquares.of(rows, [3 * a + 2e-6 * b for a, b in rows]).at_least_zero([0, 1]) == pytest.approx([3, 2e-6])


def test_what_would_be_below_0_is_0() -> None:
    # Without the bound x = (2, -1); with it the second column is left out: x = (1 * 1 + 1 * 2 + 0) / 2.
    rows, results = [[1.0, 1.0], [1.0, 0.0], [0.0, 1.0]], [1.0, 2.0, -1.0]
    assert LeastSquares.of(rows, results).at_least_zero([0, 1]) == pytest.approx([1.5, 0.0])
    assert LeastSquares.of(rows, [-1.0, -2.0, -1.0]).at_least_zero([0, 1]) == [0.0, 0.0]


@pytest.mark.parametrize(
    "second", [[2.0, 4.0, 6.0], [0.0, 0.0, 0.0], [2.0, 4.0, 6.0 + 1e-7]], ids=["twice", "zero", "nearly"]
)
def test_collinear_columns_have_no_answer(second: list[float]) -> None:
    rows = [[a, b] for a, b in zip([1.0, 2.0, 3.0], second, strict=True)]
    system = LeastSquares.of(rows, [1.0, 2.0, 2.0])
    assert system.at_least_zero([0, 1]) is None
    assert system.at_least_zero([0]) == pytest.approx([11 / 14])


def test_more_columns_than_rows_have_no_answer() -> None:
    assert LeastSquares.of([[1.0, 2.0]], [1.0]).at_least_zero([0, 1]) is None


def test_a_row_can_be_taken_out() -> None:
    rows, results = [[1.0, 0.5], [2.0, 3.0], [4.0, 1.0], [3.0, 7.0]], [1.0, 2.0, 5.0, 1.0]
    without = LeastSquares.of(rows, results).without(rows[1], results[1])
    kept = LeastSquares.of([rows[0], *rows[2:]], [results[0], *results[2:]])
    assert without.at_least_zero([0, 1]) == pytest.approx(kept.at_least_zero([0, 1]))


def test_no_step_makes_the_sum_of_squares_smaller() -> None:
    """At the least sum the gradient is 0 where x > 0 and not below 0 where x = 0: enough for it to be the least, as it is convex."""
    chance = random.Random(7)
    bounded = 0
    for _ in range(200):
        count = chance.randint(1, 4)
        rows = [
            [chance.random() * 10 ** chance.randint(-2, 2) for _ in range(count)]
            for _ in range(chance.randint(count + 1, 9))
        ]
        results = [chance.uniform(-1, 2) for _ in rows]
        x = LeastSquares.of(rows, results).at_least_zero(range(count))
        assert x is not None
        rest = [scalar_product(row, x) - result for row, result in zip(rows, results, strict=True)]
        for column, value in enumerate(x):
            values = [row[column] for row in rows]
            slope = scalar_product(values, rest) / scalar_product(values, values) ** 0.5
            assert value >= 0
            assert slope > -1e-9
            assert value == 0 or abs(slope) < 1e-9
        bounded += 0.0 in x
    assert bounded > 20
