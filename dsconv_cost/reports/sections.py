"""Explanations as headings and lines."""

from collections.abc import Iterable
from typing import NamedTuple

from dsconv_cost.reports.table import TEXT, Column, Report, Table


class Section(NamedTuple):
    """A heading and the lines below it."""

    title: str
    lines: list[str]


def sections_text(sections: Iterable[Section]) -> str:
    """Return sections as text, an empty line between them."""
    return "\n\n".join("\n".join([section.title, *(f"  {line}" for line in section.lines)]) for section in sections)


def sections_report(sections: list[Section]) -> Report:
    """Return sections as a table with a row for each line."""
    columns = (Column("part", "part", TEXT), Column("line", "line", TEXT))
    rows: list[tuple[str, ...]] = [(one.title, line.strip()) for one in sections for line in one.lines]
    return Report(sections[0].title, [Table("lines", columns, [*rows])], [])
