"""Tables as Markdown, for pull requests and documents. Text from a file stands in code spans: it links to nothing."""

import re

from dsconv_cost.formats.numbers import cell_texts
from dsconv_cost.tables import TEXT, Report, Table


def render(report: Report) -> str:
    """Return the report as Markdown."""
    blocks = [code(report.headline)]
    blocks += [_table(table) for table in report.tables]
    if report.notes:
        blocks.append("\n".join(f"- {label}: {code(text)}" for label, text in report.notes))
    return "\n\n".join(blocks) + "\n"


def code(text: str) -> str:
    """Return text as a code span, fenced with more backticks than it holds in a row."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _table(table: Table) -> str:
    rules = ["---" if column.values == TEXT else "---:" for column in table.columns]
    lines = [_line([column.title or " " for column in table.columns]), _line(rules)]
    for row in cell_texts(table):
        cells = [
            code(text) if column.values == TEXT and text and (index == 0 or column.quoted) else text
            for index, (text, column) in enumerate(zip(row, table.columns, strict=True))
        ]
        # Behind a backslash of the text, an escaped bar would end the cell all the same.
        lines.append(_line([cell.replace("|", "\\x7c") for cell in cells]))
    return "\n".join(lines)


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
