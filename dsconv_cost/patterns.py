"""Names with wildcards: `*` is any characters but `/`, `?` one of them, and a segment `**` any number of segments.

Brackets have no special meaning, because the names of repeated layers have them: `dsconv7[1]`.
"""

import re
from collections.abc import Callable
from functools import lru_cache

LONGEST_PATTERN = 300
MOST_DOUBLE = 3
"""The maximum number of `**` in a pattern: each lets the matching try every place anew."""


def is_glob(text: str) -> bool:
    """Return whether a text has wildcards."""
    return "*" in text or "?" in text


def wrong(text: str) -> str | None:
    """Return why a text is not a pattern, or None."""
    if len(text) > LONGEST_PATTERN:
        return f"a pattern of {len(text):,} characters; the maximum is {LONGEST_PATTERN}"
    if text.split("/").count("**") > MOST_DOUBLE:
        return f"a pattern with more than {MOST_DOUBLE} **"
    return None


@lru_cache(256)
def pattern(text: str) -> re.Pattern[str]:
    """Return the pattern as a regular expression for whole names."""
    pieces: list[str] = []
    segments = text.split("/")
    for index, segment in enumerate(segments):
        last = index == len(segments) - 1
        if segment == "**" and not last and segments[index + 1] == "**":
            continue  # both mean any number of segments, and trying every way to share them out takes long
        if segment == "**":
            pieces.append("(?:[^/]+/)*" if not last else ".+")
        else:
            pieces.append(_segment(segment) + ("" if last else "/"))
    return re.compile("".join(pieces), re.DOTALL)


def _segment(text: str) -> str:
    fixed = ["".join("[^/]" if c == "?" else re.escape(c) for c in part) for part in re.split(r"\*+", text)]
    if len(fixed) == 1:
        return fixed[0]
    # The first place where the text between two stars fits is as good as any, so there is no need to try others.
    between = "".join(f"(?>[^/]*?{part})" for part in fixed[1:-1])
    return f"{fixed[0]}{between}[^/]*{fixed[-1]}"


def matcher(text: str) -> Callable[[str], bool]:
    """Return the test whether a pattern means a name, for many names."""
    fixed = re.split(r"[*?/]", text)[-1]
    fullmatch = pattern(text).fullmatch
    return lambda name: name.endswith(fixed) and fullmatch(name) is not None


def matches(text: str, name: str) -> bool:
    """Return whether a pattern means a name."""
    return pattern(text).fullmatch(name) is not None
