"""Rows of equal repetitions as one row: `dsconv7[1-5]/dw`, with the sums of its counts."""

import re
from collections.abc import Sequence

from dsconv_cost.reports.table import EXACT, SIGNED, Cell, Column

_REPETITION = re.compile(r"\[([0-9]+)\]")


def folded(rows: Sequence[tuple[Cell, ...]], columns: Sequence[Column]) -> list[tuple[Cell, ...]]:
    """Return rows, those that differ only in the number of a repetition as one where the first of them is.

    The first column is the name, counts are summed. Only repetitions that follow each other are one: 1, 2, 3 and not 1, 3.
    """
    summed = [column.values in (EXACT, SIGNED) for column in columns]
    runs: list[list[tuple[Cell, ...]]] = []
    open_runs: dict[tuple[object, ...], int] = {}
    for row in rows:
        match = _REPETITION.search(str(row[0]))
        if match is None:
            runs.append([row])
            continue
        name = str(row[0])
        key = (name[: match.start()], name[match.end() :], *row[1:])
        at = open_runs.get((*key, int(match[1]) - 1))
        if at is None:
            at = len(runs)
            runs.append([])
        runs[at].append(row)
        open_runs[(*key, int(match[1]))] = at
    return [run[0] if len(run) == 1 else _sum(run, summed) for run in runs]


def _sum(run: list[tuple[Cell, ...]], summed: Sequence[bool]) -> tuple[Cell, ...]:
    first, last = (str(row[0]) for row in (run[0], run[-1]))
    begin, end = _REPETITION.search(first), _REPETITION.search(last)
    assert begin is not None
    assert end is not None
    name = f"{first[: begin.start()]}[{begin[1]}-{end[1]}]{first[begin.end() :]}"
    cells = [
        len(run) * cell if is_count and isinstance(cell, int) else cell
        for cell, is_count in zip(run[0], summed, strict=True)
    ]
    return (name, *cells[1:])
