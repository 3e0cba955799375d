"""Tables as Markdown, for pull requests and documents. Text from a file stands in code spans: it links to nothing."""

import re
from itertools import groupby

from dsconv_cost.formats.numbers import cell_texts
from dsconv_cost.reports.table import TEXT, Report, Table


def report_markdown(report: Report) -> str:
    """Return the report as Markdown."""
    blocks = [f"### {plain(report.headline)}"]
    blocks += [plain(" ".join(report.answer))] if report.answer else []
    blocks += [_table(table) for table in report.tables if table.rows]
    if report.notes:
        blocks.append("\n".join(f"- {label}: {plain(text)}" for label, text in report.notes))
    return "\n\n".join(blocks) + "\n"


ARROW = "->"


def plain(text: str) -> str:
    """Return text whose words are as they are where nothing in them means anything to Markdown or to GitHub, else code spans."""
    parts: list[str] = []
    for harmless, words in groupby(text.split(" "), key=_is_harmless):
        joined = " ".join(words)
        if harmless:
            parts.append(_ESCAPED.sub(r"\\\g<0>", joined).replace(ARROW, "-&gt;"))
        else:
            bare = joined.rstrip(":,") if joined[0].isalnum() else joined
            parts.append(code(bare) + joined[len(bare) :])
    return " ".join(parts)


def _is_harmless(word: str) -> bool:
    return word == ARROW or (bool(_HARMLESS.fullmatch(word)) and not _LIVE.search(word))


# No <, > or &, # or @, no marks but those that a backslash makes harmless for sure.
_HARMLESS = re.compile(r"[A-Za-z0-9 .,;:()%/+='\"?_\[\]*-]*")
_ESCAPED = re.compile(r"[_\[\]*]")
_LIVE = re.compile(r"://|www\.|\bGH-|:[A-Za-z0-9_+-]+:|[0-9a-f]{7,}", re.IGNORECASE)
"""Addresses, issues, emoji and commits, which GitHub finds in plain text."""


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
