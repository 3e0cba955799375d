"""Linear least squares with coefficients of at least 0, for a few columns, by normal equations that rows can be taken out of."""

from collections.abc import Sequence
from itertools import combinations
from math import fsum, sqrt

COLLINEAR = 1e-5
"""A column is taken for a combination of others where less than this share of its length is left without their parts."""


class LeastSquares:
    """The rows of a system and their results, as sums of products: rows x = results is solved for x in some of the columns."""

    def __init__(self, products: list[list[float]], right: list[float]) -> None:
        self._products = products
        """For each two columns the sum over the rows of their product."""
        self._right = right
        """For each column the sum over the rows of its product with the result."""

    @classmethod
    def of(cls, rows: Sequence[Sequence[float]], results: Sequence[float]) -> "LeastSquares":
        """Return the system of some rows."""
        columns = [*zip(*rows, strict=True)]
        return cls(
            [[scalar_product(a, b) for b in columns] for a in columns], [scalar_product(a, results) for a in columns]
        )

    def without(self, row: Sequence[float], result: float) -> "LeastSquares":
        """Return the system without one of its rows."""
        products = [
            [sum_ - a * b for sum_, b in zip(sums, row, strict=True)]
            for sums, a in zip(self._products, row, strict=True)
        ]
        return LeastSquares(products, [sum_ - a * result for sum_, a in zip(self._right, row, strict=True)])

    def at_least_zero(self, columns: Sequence[int]) -> list[float] | None:
        """Return the x >= 0 in these columns with the least sum of squares of rows x - results; None where they are collinear.

        The best x has some columns at 0 and is the plain solution of the others, so every set of columns is tried unless that of all
        is right: exact, and quick for the few terms of a model.
        """
        whole = self._solution(columns)
        if whole is None or min(whole) >= 0:
            return whole
        best, most = [0.0] * len(columns), 0.0
        for size in range(1, len(columns)):
            for chosen in combinations(columns, size):
                solution = self._solution(chosen)
                if solution is None or min(solution) < 0:
                    continue
                explained = scalar_product(solution, [self._right[column] for column in chosen])
                if explained > most:
                    values = dict(zip(chosen, solution, strict=True))
                    best, most = [values.get(column, 0.0) for column in columns], explained
        return best

    def _solution(self, columns: Sequence[int]) -> list[float] | None:
        """Return the plain solution in some columns, by a Cholesky decomposition of columns of length 1; None where they are collinear."""
        lengths = [sqrt(max(self._products[column][column], 0.0)) for column in columns]
        if not all(lengths):
            return None
        lower: list[list[float]] = []
        for i, row in enumerate(columns):
            lower.append([])
            for j, column in enumerate(columns[: i + 1]):
                rest = self._products[row][column] / (lengths[i] * lengths[j]) - scalar_product(
                    lower[i], lower[j][: len(lower[i])]
                )
                if i > j:
                    lower[i].append(rest / lower[j][j])
                elif rest < COLLINEAR**2:
                    return None
                else:
                    lower[i].append(sqrt(rest))
        solution = [self._right[column] / length for column, length in zip(columns, lengths, strict=True)]
        count = len(solution)
        for i in range(count):
            solution[i] = (solution[i] - scalar_product(lower[i][:i], solution[:i])) / lower[i][i]
        for i in reversed(range(count)):
            above = scalar_product([lower[j][i] for j in range(i + 1, count)], solution[i + 1 :])
            solution[i] = (solution[i] - above) / lower[i][i]
        return [value / length for value, length in zip(solution, lengths, strict=True)]


def scalar_product(a: Sequence[float], b: Sequence[float]) -> float:
    """Return the sum of the products of elements at the same place."""
    return fsum([x * y for x, y in zip(a, b, strict=True)])
