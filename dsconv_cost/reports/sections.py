"""Explanations as headings and lines."""

from collections.abc import Iterable
from typing import NamedTuple


class Section(NamedTuple):
    """A heading and the lines below it."""

    title: str
    lines: list[str]


def sections_text(sections: Iterable[Section]) -> str:
    """Return sections as text, an empty line between them."""
    return "\n\n".join("\n".join([section.title, *(f"  {line}" for line in section.lines)]) for section in sections)
