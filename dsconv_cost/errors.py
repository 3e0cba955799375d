"""Every way to fail, and the exit code of each. Nothing here prints."""

from typing import NamedTuple

EXIT_OK = 0
EXIT_OVER_BUDGET = 1
EXIT_WRONG_INPUT = 2
EXIT_BUG = 3
EXIT_INTERRUPTED = 130

SHOWN_PROBLEMS = 200
MOST_PROBLEMS = 500
"""Where the looking for more of them ends: a message costs time, and a file may hold a million faults."""


class Location(NamedTuple):
    """A place in a file; line and column count from 1."""

    line: int
    column: int


class Problem(NamedTuple):
    """One thing wrong with a file, where it is, and what would be right."""

    line: int
    column: int
    message: str

    @property
    def location(self) -> Location:
        return Location(self.line, self.column)


class DsconvCostError(Exception):
    """Base of every error a user can cause."""

    exit_code = EXIT_WRONG_INPUT


class UsageError(DsconvCostError):
    """A wrong argument: an unknown architecture, layer or hyperparameter, an option that does not apply."""


class OutputError(DsconvCostError):
    """An output that cannot be written."""


class InputError(DsconvCostError):
    """A file that is not a valid architecture: all of its problems, in the order of the file."""

    def __init__(self, path: str, problems: list[Problem], text: str = "") -> None:
        super().__init__(path, problems)
        self.path = path
        self.problems: tuple[Problem, ...] = tuple(sorted(set(problems)))
        self.text = text

    def __str__(self) -> str:
        """Return one `path:line:column: error: ...` block a problem, with the source line and a caret."""
        from dsconv_cost.text import caret_line, inert, lines_of

        lines = lines_of(self.text) if self.text else []
        shown = self.problems[:SHOWN_PROBLEMS]
        blocks: list[str] = []
        for line, column, message in shown:
            blocks.append(f"{inert(self.path)}:{line}:{column}: error: {inert(message)}")
            if 0 < line <= len(lines):
                blocks.append(caret_line(line, column, lines[line - 1]))
        if len(shown) < len(self.problems):
            most = len(self.problems) >= MOST_PROBLEMS
            blocks.append(f"... and {len(self.problems) - len(shown):,} {'or more' if most else 'more'} problems")
        return "\n".join(blocks)


class LayerError(Exception):
    """A layer that cannot be: raised by layers, which do not know where they stand.

    `field` names the field at fault, when there is one.
    """

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field
