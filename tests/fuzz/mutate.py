"""Makes wrong texts of right ones: what typing, merging, copying from elsewhere and malice do to a file."""

import re
from collections.abc import Callable
from random import Random

from dsconv_cost.language.expressions.functions import FUNCTIONS
from dsconv_cost.language.limits import METRICS
from dsconv_cost.language.reader.file import FILE_KEYS
from dsconv_cost.language.vocabulary import COMMON_KEYS, RESERVED, TYPES, WORDS, field_names

SCRAPS = (
    "", "", "0", "-1", "1e3", "no", "017", "3:4", "~", "''", '"', "'", "{", "}", "[", "]", ",", ": ", ":", "- ", "\n", "  ", "\t", "*a",
    "&a ", "!x ", "!!str ", "%", "@", "|\n", ">\n", "<<: ", "? ", "1/0", "9**9**9", "33.6", "10**9", "(", ")", "max(", "[1, 2]", "{a: 1}",
    "\0", "\x1b[31m", "é", "\u202e", "\u3164", "\u2028", "\x85", "\r", "\r\n", "\ufeff", "\ud800",
    "\U000e0100", "#", " #", "...\n", "---\n",
    "::error::", "##[group]", ".inf", "x[9]", "9007199254740993", "1" * 30, "a" * 101, "\\x41", '"l\\x61yers"', "true", "required",
    "<<<<<<< a\n", "=======\n", ">>>>>>> b\n", "\\", "`", "$(id)", "\u0663", "²", "1_000", "0x10", "+1", "1.", ".5", "not", "all ", "!",
)  # fmt: skip
NUMBERS = (
    "0",
    "1",
    "2",
    "-1",
    "0.5",
    "1.0",
    "7",
    "999",
    "1000000000",
    "1000000001",
    "10**9",
    "9007199254740992",
    "9007199254740993",
    "3.7",
)
VOCABULARY = tuple(sorted({*TYPES, *field_names(), *WORDS, *COMMON_KEYS, *FILE_KEYS, *RESERVED, *METRICS, *FUNCTIONS}))
_WORD = re.compile(r"[A-Za-z_]\w*")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
LONGEST = 6000
"""What grows beyond this is cut, so that an input takes milliseconds."""

Change = Callable[[str, Random], str]


def _scrap(text: str, random: Random) -> str:
    at = random.randint(0, len(text))
    return text[:at] + random.choice(SCRAPS) + text[at + random.choice((0, 0, 0, 1, 1, 2, 3, 8)) :]


def _one_of(pattern: re.Pattern[str], words: tuple[str, ...]) -> Change:
    def change(text: str, random: Random) -> str:
        places = [match.span() for match in pattern.finditer(text)]
        if not places:
            return text
        start, end = random.choice(places)
        return text[:start] + random.choice(words) + text[end:]

    return change


def _misspell(text: str, random: Random) -> str:
    places = [match.span() for match in _WORD.finditer(text)]
    if not places:
        return text
    start, end = random.choice(places)
    word = text[start:end]
    at = random.randrange(len(word))
    wrong = random.choice(
        (word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:], word.upper(), word + "s", word.replace("_", "-"))
    )
    return text[:start] + wrong + text[end:]


def _lines(text: str, random: Random) -> str:
    lines = text.split("\n")
    at, other = random.randrange(len(lines)), random.randrange(len(lines))
    match random.randrange(6):
        case 0:
            del lines[at]
        case 1:
            lines.insert(other, lines[at])
        case 2:
            lines[at], lines[other] = lines[other], lines[at]
        case 3:
            lines[at] = f"{random.choice(('  ', ' ', chr(9), '- '))}{lines[at]}"
        case 4:
            lines[at] = lines[at].removeprefix("  ").removeprefix("- ")
        case _:
            lines[at : at + 1] = lines[at : at + 1] * random.choice((2, 3, 30))
    return "\n".join(lines)


def _cut(text: str, random: Random) -> str:
    return text[: random.randint(0, len(text))]


def _copy(text: str, random: Random) -> str:
    start = random.randint(0, len(text))
    piece = text[start : start + random.randint(1, 40)]
    at = random.randint(0, len(text))
    return text[:at] + piece * random.choice((1, 1, 2, 70)) + text[at:]


def _remove(text: str, random: Random) -> str:
    start = random.randint(0, len(text))
    return text[:start] + text[start + random.randint(1, 60) :]


CHANGES: tuple[Change, ...] = (
    _scrap, _scrap, _scrap, _one_of(_WORD, VOCABULARY), _one_of(_WORD, VOCABULARY), _one_of(_NUMBER, NUMBERS),
    _one_of(re.compile(r"[:,\[\]{}#-]"), ("", ":", ",", "[", "]", "{", "}", "#", "-", "\n")),
    _misspell, _lines, _lines, _cut, _copy, _remove,
)  # fmt: skip


def mutated(text: str, random: Random) -> str:
    """Return the text with a change, or a few."""
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        text = random.choice(CHANGES)(text, random)
    return text[:LONGEST]


def spliced(text: str, other: str, random: Random) -> str:
    """Return the start of one text and the end of another, cut at lines."""
    first, second = text.split("\n"), other.split("\n")
    return "\n".join(first[: random.randint(0, len(first))] + second[random.randint(0, len(second)) :])
