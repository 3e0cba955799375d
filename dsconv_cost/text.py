"""Text from a file, made harmless: it moves no cursor, starts no workflow command and hides nothing."""

import re
import unicodedata
from collections.abc import Collection, Iterable
from itertools import islice

GUTTER = 6
SHOWN_COLUMNS = 120
MOST_COMPARED = 500


def _escape(character: str) -> str:
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _visible(character: str) -> str:
    # Cc, Cf, Cs, Co, Cn: controls, bidirectional marks, surrogates, private and unassigned; Zl, Zp: line breaks.
    category = unicodedata.category(character)
    return _escape(character) if category[0] == "C" or category in ("Zl", "Zp") else character


def inert(text: str) -> str:
    """Return `text` on one line, with control and bidirectional characters shown as escapes.

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
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


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


def shown(text: str, most: int = 60) -> str:
    """Return the text, inert and cut to `most` characters, for a message."""
    return inert(text if len(text) <= most else text[: most - 3] + "...")


def listing(names: Collection[str], most: int = 20) -> str:
    """Return the names for a message: all of a few, the first of many."""
    text = ", ".join(shown(name) for name in islice(names, most))
    return text if len(names) <= most else f"{text} and {len(names) - most:,} more"


def near(word: str, known: Iterable[str]) -> str:
    """Return `: did you mean 'x'?`, or an empty string when nothing is near."""
    found = nearest_words(word, known)
    return f": did you mean '{shown(found)}'?" if found else ""


def nearest_words(word: str, known: Iterable[str]) -> str | None:
    """Return the one of `known` that `word` most likely was meant to be, or None."""
    import difflib

    names = list(islice(known, MOST_COMPARED + 1))
    if len(names) > MOST_COMPARED:
        return None  # comparing takes microseconds a name, and a file may hold many of both
    names.sort()
    folded = {n.lower().replace("-", "_"): n for n in names}
    word = word[:64].lower().replace("-", "_")
    if word in folded:
        return folded[word]
    squeezed = {n.replace("_", ""): n for n in names}
    if word.replace("_", "") in squeezed:
        return squeezed[word.replace("_", "")]
    match = difflib.get_close_matches(word, list(folded), n=1, cutoff=0.7)
    return folded[match[0]] if match else None
