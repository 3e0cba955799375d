"""Tables of raw values: columns say what a value is, formats say how it looks."""

from collections.abc import Mapping
from typing import NamedTuple

TEXT = "text"
EXACT = "exact"
SCALED = "scaled"
"""A count shown in one unit for all columns of a table that are scaled."""
PLAIN = "plain"
"""A number without separators: a year."""
ACCURACY = "accuracy"
SHARE = "share"
FINE_SHARE = "fine share"
FACTOR = "factor"
CHANGE = "change"
SIGNED = "signed"
"""An exact difference."""

Cell = str | int | float | None
"""None is shown as nothing to say."""


class Column(NamedTuple):
    """One column: its title, what its values are, and when it goes if there is no room."""

    key: str
    title: str
    values: str
    drop: int | None = None
    """The lowest goes first; None stays."""
    quoted: bool = False
    """Whether its text is from a file or a user, so that Markdown shows it as code; the first column's always is."""
    colors: Mapping[str, str] = {}
    """Text -> its colour on a terminal: red, yellow or green."""


class Table(NamedTuple):
    """Rows of raw values under columns."""

    name: str
    columns: tuple[Column, ...]
    rows: list[tuple[Cell, ...]]


class Report(NamedTuple):
    """What a command answers: headline, tables, and what has to be said beside them."""

    headline: str
    tables: list[Table]
    notes: list[tuple[str, str]]
    """(label, text) pairs, below the tables."""
    facts: Mapping[str, object] = {}
    """More keys of the JSON document."""
    legends: Mapping[str, tuple[str, ...]] = {}
    """Label of a note -> the keys of the columns that it explains; without any of them on a terminal it is not needed."""
