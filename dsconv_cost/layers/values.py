"""The values of the language: numbers, words, true and false, and lists."""

from dsconv_cost.errors import Code

Value = int | float | bool | str | tuple["Value", ...]
"""A word is a str, a list a tuple. true and false are not numbers."""

MAX_NUMBER = 2**53
"""Beyond it a double no longer tells neighbouring integers apart."""


class ValueProblem(Exception):
    """Arithmetic that has no answer; the message says why and what to do."""

    suggestion: str | None = None

    def __init__(self, message: str = "", code: Code = "no-result") -> None:
        super().__init__(message)
        self.code: Code = code


def describe(value: object) -> str:
    """Return the value as a message names it: `the word relu`, `33.6`, `true`, `the list [1, 2]`."""
    kind = "the word " if isinstance(value, str) else "the list " if isinstance(value, tuple) else ""
    return kind + written(value)


def written(value: object) -> str:
    """Return the value as a file has it: `relu`, `33.6`, `true`, `[1, 2]`; of a long list the start."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return f"[{', '.join(map(written, value[:8]))}{', ...' if len(value) > 8 else ''}]"
    return " ".join(value.split()) if isinstance(value, str) else str(value)  # a word may be written over lines


def whole_part(number: int | float) -> int:
    """Return a number without its fraction; a whole number is returned as it is."""
    return number if isinstance(number, int) else int(number)
