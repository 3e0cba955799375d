"""Equal repetitions are one row with the sums of their counts; everything else stays as it is."""

import pytest

from dsconv_cost.reports.folding import folded
from dsconv_cost.reports.table import EXACT, PLAIN, SIGNED, TEXT, Cell, Column
from tests.command import run

COLUMNS = (
    Column("layer", "layer", TEXT), Column("params", "params", EXACT), Column("change", "change", SIGNED),
    Column("line", "line", PLAIN), Column("what", "what", TEXT),
)  # fmt: skip
Rows = list[tuple[Cell, ...]]

CASES: dict[str, tuple[Rows, Rows]] = {
    "none": ([], []),
    "no repetition": ([("a", 1, 2, 3, ""), ("b", 1, 2, 3, "")], [("a", 1, 2, 3, ""), ("b", 1, 2, 3, "")]),
    "interleaved parts": (
        [("u[1]/dw", 1, 2, 3, "x"), ("u[1]/pw", 5, 6, 3, "y"), ("u[2]/dw", 1, 2, 3, "x"), ("u[2]/pw", 5, 6, 3, "y")],
        [("u[1-2]/dw", 2, 4, 3, "x"), ("u[1-2]/pw", 10, 12, 3, "y")],
    ),
    "the first is another": (
        [("u[1]", 1, 1, 3, "x"), ("u[2]", 2, 1, 3, "x"), ("u[3]", 2, 1, 3, "x")],
        [("u[1]", 1, 1, 3, "x"), ("u[2-3]", 4, 2, 3, "x")],
    ),
    "one is missing": (
        [("u[1]", 1, 1, 3, "x"), ("u[3]", 1, 1, 3, "x")], [("u[1]", 1, 1, 3, "x"), ("u[3]", 1, 1, 3, "x")],
    ),
    "one between is another": (
        [("u[1]", 1, 1, 3, "x"), ("u[2]", 1, 1, 3, "z"), ("u[3]", 1, 1, 3, "x")],
        [("u[1]", 1, 1, 3, "x"), ("u[2]", 1, 1, 3, "z"), ("u[3]", 1, 1, 3, "x")],
    ),
    "inside one another": (
        [("s[1]/u[1]", 1, 1, 3, ""), ("s[1]/u[2]", 1, 1, 3, ""), ("s[2]/u[1]", 1, 1, 3, ""), ("s[2]/u[2]", 1, 1, 3, "")],
        [("s[1-2]/u[1]", 2, 2, 3, ""), ("s[1-2]/u[2]", 2, 2, 3, "")],
    ),
    "no count": ([("u[1]", None, 1, 3, ""), ("u[2]", None, 1, 3, "")], [("u[1-2]", None, 2, 3, "")]),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_rows(case: str) -> None:
    rows, expected = CASES[case]
    assert folded(rows, COLUMNS) == expected


def test_the_rows_of_a_diff_still_add_up_to_its_total() -> None:
    lines = run("diff", "mobilenet", "mobilenet:thin").out.splitlines()
    rows = [line.split() for line in lines if " changed " in line and not line.startswith("layers")]
    assert [row[0] for row in rows if row[0].startswith("dsconv7")] == ["dsconv7[1-5]/dw", "dsconv7[1-5]/pw"]
    assert sum(int(row[5].replace(",", "")) for row in rows) == -1_646_416
    assert sum(int(row[8].replace(",", "")) for row in rows) == -243_339_904
