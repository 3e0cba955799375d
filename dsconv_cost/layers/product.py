"""Products of data with data: they multiply and accumulate, and have no weights."""

from collections.abc import Sequence
from math import prod

from dsconv_cost.errors import LayerError
from dsconv_cost.layers.base import Inputs, OperationKind
from dsconv_cost.layers.counts import Counts
from dsconv_cost.layers.fields import Field
from dsconv_cost.layers.join import SPLIT_FIELD, Join
from dsconv_cost.layers.kinds import OwnChoice, RolesKind
from dsconv_cost.layers.shapes import Shape
from dsconv_cost.layers.windows import FIXED, ONE, SideWindows, entire

PRODUCT = OperationKind("product", accumulates=True, kept="a product of data, which has no weights")
FAMILY = "Products of data"

_NEITHER, _FIRST, _SECOND, _BOTH = "neither", "first", "second", "both"


class MatMul(Join):
    """The matrix product of two tensors.

    The last two axes are the rows and columns of a matrix; the axes before them hold matrices side by side, of which
    both tensors have as many, or one of them has 1. A tensor with fewer axes is taken as it is for every matrix of
    the other. n x k and k x m give n x m; MACs = matrices n k m, weights 0.
    """

    __slots__ = ("transposed",)
    transposed: str
    type = "matmul"
    family = FAMILY
    kinds = (PRODUCT,)
    takes_two = "multiplies the first branch by the second"
    takes_every_branch = True
    unobserved = ("transposed",)  # rows and columns may be as many
    main = Field(
        "branches",
        RolesKind(2),
        "the first and the second tensor: bodies and names; each body starts at the join's input",
    )
    fields = (
        SPLIT_FIELD,
        Field("transposed", OwnChoice(_NEITHER, _FIRST, _SECOND, _BOTH), "the branches whose rows and columns change places first",
              _NEITHER, ("transpose",)),
    )  # fmt: skip
    also = ("bmm", "batch_matmul", "einsum", "dot", "mm")
    formulas = {
        "output": "the rows of the first branch and the columns of the second, beside the axes before",
        "macs": "matrices * n * k * m",
    }
    letters = {
        "matrices": "products side by side",
        "n": "rows of the first",
        "k": "what is summed over",
        "m": "columns of the second",
    }
    counted = "one MAC for each product of two elements; it has no weights"

    def _matrices(self, inputs: Inputs) -> tuple[list[int], list[int]]:
        """Return the axes of both tensors, rows and columns last, as they are multiplied."""
        if len(inputs) != 2:
            raise LayerError(
                f"{self.type} {self.takes_two}, received {len(inputs)}: give two branches", "branches", "shape-mismatch"
            )
        if min(map(len, inputs)) < 2:
            flat = next(x for x in inputs if len(x) < 2)
            raise LayerError(
                f"matmul needs rows and columns, received {flat}, which has one axis: reshape it to [{flat}, 1] or [1, {flat}]",
                "branches", "shape-mismatch",
            )  # fmt: skip
        first, second = list(inputs[0]), list(inputs[1])
        if self.transposed in (_FIRST, _BOTH):
            first[-2:] = reversed(first[-2:])
        if self.transposed in (_SECOND, _BOTH):
            second[-2:] = reversed(second[-2:])
        return first, second

    def _sizes(self, inputs: Inputs) -> tuple[list[int], int, int, int]:
        """Return the axes of matrices side by side, and n, k, m of each product."""
        first, second = self._matrices(inputs)
        n, k = first[-2:]
        rows, m = second[-2:]
        if k != rows:
            one, two = (" transposed" * (self.transposed in (which, _BOTH)) for which in (_FIRST, _SECOND))
            raise LayerError(
                f"matmul needs as many columns in the first branch as rows in the second, received {inputs[0]}{one} with "
                f"{k} columns and {inputs[1]}{two} with {rows} rows: change transposed, or permute or reshape one",
                "branches", "shape-mismatch",
            )  # fmt: skip
        before = first[:-2], second[:-2]
        longest = max(map(len, before))
        one_side, other_side = ([1] * (longest - len(axes)) + axes for axes in before)
        side_by_side: list[int] = []
        for a, b in zip(one_side, other_side, strict=True):
            if a != b and 1 not in (a, b):
                raise LayerError(
                    f"matmul needs as many matrices in both branches, or one, received {inputs[0]} and {inputs[1]} with {a} and {b}: "
                    "the last two axes are rows and columns; permute or reshape one",
                    "branches", "shape-mismatch",
                )  # fmt: skip
            side_by_side.append(max(a, b))
        return side_by_side, n, k, m

    def output(self, inputs: Inputs) -> Shape:
        before, n, _, m = self._sizes(inputs)
        return Shape(*[*before, n, m])

    def counts(self, inputs: Inputs, output: Shape) -> Counts:
        before, n, k, m = self._sizes(inputs)
        return super().counts(inputs, output)._replace(macs=prod(before) * n * k * m)

    def windows(self, inputs: Inputs, output: Shape) -> Sequence[SideWindows]:
        # Rows meet columns; the axes before them hold matrices side by side, and are matched from the last one on.
        windows: list[SideWindows] = []
        for x in inputs:
            if len(x) < len(output):
                windows.append(tuple(map(entire, x.sides)))
                continue
            beside = [ONE if own == size else FIXED for own, size in zip(x[1:-2], output[1:-2], strict=True)]
            windows.append((*beside, *[entire(size) for size in x.sides[-2:]]))
        return windows

    def symbols(self, inputs: Inputs, output: Shape) -> dict[str, int]:
        before, n, k, m = self._sizes(inputs)
        return {"matrices": prod(before), "n": n, "k": k, "m": m}
