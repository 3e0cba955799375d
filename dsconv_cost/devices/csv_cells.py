"""CSV text to rows of cells with their places, as the reader of YAML has them."""

import re

from dsconv_cost.language.nodes import ScalarNode
from dsconv_cost.language.problems import Problems
from dsconv_cost.text import lines_of

_CELL = re.compile(r'[ \t]*(?:"((?:[^"]|"")*)"|([^",]*?))[ \t]*(,|$)')


def csv_rows(text: str, problems: Problems) -> list[list[ScalarNode]]:
    """Return the rows of a text with commas between cells; empty lines and those that begin with # are none.

    A cell in quotes may have commas, and quotes that are doubled; it ends in its line.
    """
    rows: list[list[ScalarNode]] = []
    for number, line in enumerate(lines_of(text), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        row: list[ScalarNode] = []
        start, more = 0, True
        while more:
            match = _CELL.match(line, start)
            if match is None:
                end = len(line) + 1
                problems.report(
                    ScalarNode("", False, number, start + 1, number, end), "wrong-value",
                    "quotes that do not end with the cell: write quotes around all of it, and those inside twice",
                )  # fmt: skip
                break
            quoted, plain, comma = match.groups()
            first = match.start(1) - 1 if quoted is not None else match.start(2)
            cell = plain if quoted is None else quoted.replace('""', '"')
            last = match.end(1) + 1 if quoted is not None else match.end(2)
            row.append(ScalarNode(cell, quoted is None, number, first + 1, number, last + 1))
            start, more = match.end(), bool(comma)
        else:
            rows.append(row)
    return rows
