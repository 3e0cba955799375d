"""Text from a file, made harmless: it moves no cursor, starts no workflow command and hides nothing."""

import os
import re
from collections.abc import Callable, Collection, Iterable
from contextvars import ContextVar
from functools import lru_cache, wraps
from itertools import islice
from typing import ParamSpec, TextIO, TypeVar

_P = ParamSpec("_P")
_T = TypeVar("_T")

GUTTER = 6
SHOWN_COLUMNS = 120
MOST_COMPARED = 500
"""The maximum number of names that a word is compared with."""
LONGEST_COMPARED = 64
"""How many characters of a name are compared."""
MOST_SUGGESTIONS = 20
"""The maximum number of words of a file that are compared with others: each may take milliseconds."""


def _escape(character: str) -> str:
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


# Those of the property Default_Ignorable_Code_Point that have another category than C: fillers, joiners, variation selectors.
_IGNORABLE = "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]"
_BRAILLE_BLANK = "\u2800"  # the only symbol without ink; no property says so


@lru_cache(maxsize=4096)
def _visible(character: str) -> str:
    from unicodedata import category  # most texts are ASCII

    # Categories C: controls, bidirectional marks, surrogates, private and unassigned; Z: line breaks, and spaces but one.
    if category(character)[0] not in "CZ" and not re.match(_IGNORABLE, character) and character != _BRAILLE_BLANK:
        return character
    return character if character == " " else _escape(character)


def inert(text: str) -> str:
    """Return `text` on one line, with control, bidirectional and invisible characters shown as escapes.

    A leading `::` and any `##[` would be commands to a CI runner, and are escaped too.
    """
    if not (text.isascii() and text.isprintable()):
        text = "".join(map(_visible, text))
    if "##[" in text:
        text = text.replace("##[", "#\\x23[")
    start = len(text) - len(text.lstrip())
    if text.startswith("::", start):
        text = f"{text[:start]}\\x3a{text[start + 1 :]}"
    return text


def lines_of(text: str) -> list[str]:
    """Return the lines of `text` as YAML counts them."""
    return re.split("\r\n|[\n\r\x85\u2028\u2029]", text)


def width(text: str) -> int:
    """Return how many terminal columns `text` takes."""
    if text.isascii():
        return len(text)
    return sum(map(_columns, text))


@lru_cache(maxsize=4096)
def _columns(character: str) -> int:
    from unicodedata import category, east_asian_width

    if category(character) in ("Mn", "Me"):
        return 0
    return 2 if east_asian_width(character) in "WF" else 1


def wrap(text: str, columns: int) -> list[str]:
    """Return the lines of `text`, each at most so many terminal columns wide; only a word that is wider is broken."""
    lines: list[str] = []
    line, taken = "", 0
    for word in text.split():
        size = width(word)
        if line and taken + 1 + size <= columns:
            line, taken = f"{line} {word}", taken + 1 + size
            continue
        if line:
            lines.append(line)
        while size > columns:
            end = 1
            while width(word[: end + 1]) <= columns:
                end += 1
            lines.append(word[:end])
            word = word[end:]
            size = width(word)
        line, taken = word, size
    if line or not lines:
        lines.append(line)
    return lines


_LABEL = r" *\S+ +(?:= )?"
"""The indent and the word that a line begins with."""


def indented(line: str, columns: int | None) -> list[str]:
    """Return a line as the lines it needs; those behind the first begin below what follows its first word."""
    if columns is None or width(line) <= columns:
        return [line]
    label = re.match(_LABEL, line)
    head = label.group() if label and width(label.group()) <= columns // 2 else line[: len(line) - len(line.lstrip())]
    first, *others = wrap(line[len(head) :], columns - width(head))
    return [head + first, *(" " * width(head) + other for other in others)]


def caret_line(line: int, column: int, source: str, end: int = 0) -> str:
    """Return the source line behind a gutter, and carets from `column` (counted from 1) up to the one before `end`."""
    start = max(0, column - SHOWN_COLUMNS // 2) if len(source) > SHOWN_COLUMNS else 0
    piece = source[start : start + SHOWN_COLUMNS]
    head = "..." if start else ""
    tail = "..." if start + SHOWN_COLUMNS < len(source) else ""
    shown = head + "".join(" " if c == "\t" else _visible(c) for c in piece) + tail
    before = head + "".join(" " if c == "\t" else _visible(c) for c in source[start : column - 1])
    shown = shown.replace("##[", "#\\x23[")
    stop = min(end - 1, start + SHOWN_COLUMNS) if end else 0
    marked = "".join(" " if c == "\t" else _visible(c) for c in source[column - 1 : stop])
    carets = "^" * max(1, width(marked))
    return f"{line:>{GUTTER}} | {shown}\n{'':>{GUTTER}} | {' ' * width(before)}{carets}"


def takes_color(stream: TextIO) -> bool:
    """Return whether a stream is a terminal that shows colours, and nobody asked for none."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def told_on(stream: TextIO, text: str) -> str:
    """Return errors as a stream shows them: in colour the word `error:` and the carets are red."""
    if not takes_color(stream):
        return text
    text = re.sub(r"(?m)^((?:\S.*?:[0-9]+:[0-9]+: )?)error:", "\\1\x1b[1;31merror:\x1b[0m", text)
    return re.sub(r"(?m)^( +\| +)(\^+)$", "\\1\x1b[31m\\2\x1b[0m", text)


def shown(text: str, most: int = 60) -> str:
    """Return the text, inert and cut to `most` characters, for a message."""
    return inert(text if len(text) <= most else text[: most - 3] + "...")


def listing(names: Collection[str], most: int = 20) -> str:
    """Return the names for a message: all of a few, the first of many."""
    text = ", ".join(shown(name) for name in islice(names, most))
    return text if len(names) <= most else f"{text} and {len(names) - most:,} more"


def choices(what: str, names: Collection[str]) -> str:
    """Return `the variants are a, b`, or that there are none."""
    return f"the {what} are {listing(names)}" if names else f"there are no {what}"


def near(word: str, known: Iterable[str]) -> str:
    """Return `: did you mean 'x'?`, or an empty string when nothing is near."""
    nearest = nearest_words(word, known)
    return f": did you mean '{shown(nearest)}'?" if nearest else ""


def nearest_words(word: str, known: Iterable[str]) -> str | None:
    """Return the one of `known` that `word` most likely was meant to be, or None."""
    names = list(islice(known, MOST_COMPARED + 1))
    if len(names) > MOST_COMPARED:
        return None  # comparing takes microseconds a name, and a file may hold many of both
    names.sort()
    folded = {n[:LONGEST_COMPARED].lower().replace("-", "_"): n for n in names}
    word = word[:LONGEST_COMPARED].lower().replace("-", "_")
    if word in folded:
        return folded[word]
    squeezed = {n.replace("_", ""): n for n in names}
    if word.replace("_", "") in squeezed:
        return squeezed[word.replace("_", "")]
    left = _suggestions_left.get()
    if left is not None:
        if not left[0]:
            return None
        left[0] -= 1
    match = _closest(word, tuple(folded))
    return folded[match] if match is not None else None


@lru_cache(MOST_COMPARED)
def _closest(word: str, known: tuple[str, ...]) -> str | None:
    import difflib  # slow to load, and a right file needs none

    return next(iter(difflib.get_close_matches(word, known, n=1, cutoff=0.7)), None)


_suggestions_left: ContextVar[list[int] | None] = ContextVar("_suggestions_left", default=None)


def few_suggestions(function: Callable[_P, _T]) -> Callable[_P, _T]:
    """Return the function with at most MOST_SUGGESTIONS searches for a near name while it runs: a file may have many unknown names."""

    @wraps(function)
    def run(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        if _suggestions_left.get() is not None:
            return function(*args, **kwargs)
        token = _suggestions_left.set([MOST_SUGGESTIONS])
        try:
            return function(*args, **kwargs)
        finally:
            _suggestions_left.reset(token)

    return run


def spreadsheet_safe(text: str) -> str:
    """Return text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r", "'") else text
