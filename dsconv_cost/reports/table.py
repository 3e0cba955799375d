"""Tables of raw values: a column says what its values are, a format decides how they look."""

from collections.abc import Collection, Mapping

from dsconv_cost.costs.charges import Convention
from dsconv_cost.named_tuple import NamedTuple

TEXT = "text"
EXACT = "exact"
SCALED = "scaled"
"""A count shown in one unit for all columns of a table that are scaled."""
PLAIN = "plain"
"""A number without separators: a year."""
ACCURACY = "accuracy"
DECIMAL = "decimal"
"""A ratio with three digits."""
PERCENT = "percent"
"""A fraction of 1."""
FINE_PERCENT = "fine percent"
"""The same with a digit more."""
FACTOR = "factor"
CHANGE = "change"
SIGNED = "signed"
"""An exact difference."""
MARK = "mark"
"""A kind of operation, shown as its mark."""
DURATION = "duration"
"""Milliseconds, shown with as many decimals as the usual ones of the column need."""
BAR = "bar"
"""A Portion, drawn as long as the terminal has room for it; like marks it is for terminals alone."""


GROWTH = {"+": "red", "-": "green"}
"""The colours of changes in cost: more is red."""


class Repeated(NamedTuple):
    """A count that several equal rows have each."""

    times: int
    each: int


class Portion(NamedTuple):
    """A fraction of 1, and the kind of operation that most of it is of."""

    share: float
    kind: str


Cell = str | int | float | Repeated | Portion | None
"""None where there is no value."""


class Column(NamedTuple):
    """One column: its title, the kind of its values, and when it is dropped on a narrow terminal."""

    key: str
    title: str
    values: str
    drop: int | None = None
    """Columns with the lowest number are dropped first; None is never dropped."""
    quoted: bool = False
    """Whether its text comes from a file or a user, so that Markdown shows it as code; the first column always is."""
    below: bool = False
    """Whether a terminal that has no room for it shows its text below the row."""
    colors: Mapping[str, str] = {}
    """Text, or the sign of a number -> its colour on a terminal: red, yellow or green."""


class Table(NamedTuple):
    """Rows of raw values under columns."""

    name: str
    columns: tuple[Column, ...]
    rows: list[tuple[Cell, ...]]
    costly: Collection[int] = ()
    """The numbers of rows that stand out."""


class Report(NamedTuple):
    """The answer of a command: a headline, tables and notes."""

    headline: str
    tables: list[Table]
    notes: list[tuple[str, str]]
    """(label, text) pairs, below the tables."""
    facts: Mapping[str, object] = {}
    """More keys of the JSON document."""
    legends: Mapping[str, tuple[str, ...]] = {}
    """Label of a note -> the keys of the columns that it explains; a terminal that shows none of them omits the note."""
    answer: tuple[str, ...] = ()
    """Sentences below the headline."""
    legend: str = ""
    """Explains the marks, for a terminal."""
    terms: Mapping[str, str] = {}
    """Key of a column -> what its title means, for a terminal that shows it."""
    more: tuple[str, ...] = ()
    """Short remarks for a terminal: what is folded, and which option shows it."""


def convention_note(convention: Convention) -> tuple[str, str]:
    """Return the note that names the convention of a report's figures."""
    return "convention", f"{convention.name} {convention.version}: {convention.summary}"
