"""What is wrong with a text that is not YAML, in words of the file instead of the parser's."""

import re
from collections.abc import Callable
from typing import NamedTuple

from dsconv_cost.errors import Code, Problem
from dsconv_cost.text import inert, lines_of, shown

_REFUSED_CHARACTER = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_GLUED = re.compile(r"((?:\s|- )*)([A-Za-z_]\w*):([^\s:/].*)")
_KEY_START = re.compile(r"(?:\s|- )*[\w.-]+")
_OPENERS = {"[": "list", "{": "mapping"}
_SIGNS = (("an alias", "*"), ("an anchor", "&"), ("a tag", "!"))
"""What the parser says it was reading -> the sign that this starts with."""


def character_problem(text: str) -> Problem:
    """Explain a character that YAML does not allow."""
    # libyaml counts bytes where it reports this, the pure parser characters: look for it again.
    match = _REFUSED_CHARACTER.search(text)
    before = lines_of(text[: match.start()] if match else "")
    name = f"the character {inert(match.group())}" if match else "this character"
    return Problem(len(before), len(before[-1]) + 1, f"YAML does not allow {name}: remove it", "bad-character")


class Complaint(NamedTuple):
    """What the parser said of a place, while it read something that starts elsewhere."""

    text: str
    context: str
    place: tuple[int, int]
    start: tuple[int, int]
    lines: list[str]

    def line(self, number: int) -> str:
        return self.lines[number - 1] if number <= len(self.lines) else ""

    @property
    def source(self) -> str:
        """The line of the place."""
        return self.line(self.place[0])

    @property
    def at(self) -> str:
        """The character at the place."""
        return self.source[self.place[1] - 1 : self.place[1]]

    @property
    def before(self) -> str:
        """What is before the place in its line."""
        return self.source[: self.place[1] - 1]

    @property
    def opener(self) -> str:
        """The character at the start."""
        return self.line(self.start[0])[self.start[1] - 1 : self.start[1]]

    def here(self, message: str, code: Code = "yaml-syntax") -> Problem:
        return Problem(*self.place, message, code)

    def at_start(self, message: str, code: Code = "yaml-syntax") -> Problem:
        return Problem(*self.start, message, code)


def syntax_problem(complaint: Complaint) -> Problem:
    """Return the problem that the parser's complaint is about, explained by the first row of the table that fits."""
    for fits, explain in _TABLE:
        if fits(complaint):
            problem = explain(complaint)
            if problem is not None:
                return problem
    return complaint.here(f"YAML syntax: {shown(complaint.text, 200)}")


# -- explanations ---------------------------------------------------------------------------------


def _tab(c: Complaint) -> Problem:
    column = c.before.index("\t") + 1 if "\t" in c.before else c.place[1]
    return Problem(c.place[0], column, "this line is indented with a tab: YAML allows spaces only", "yaml-syntax")


def _directive(c: Complaint) -> Problem:
    message = "a line that starts with % is a YAML directive: remove it"
    return Problem(c.place[0], 1, message, "yaml-feature")


def _no_token(c: Complaint) -> Problem:
    name = "a tab" if c.at == "\t" else inert(repr(c.at))
    return c.here(f"a value cannot start with {name} here: quote it")


def _sign(c: Complaint) -> Problem:
    sign = next(sign for kind, sign in _SIGNS if kind in c.context)
    return c.at_start(f"a value cannot start with {sign} here: quote it")


def _alias(c: Complaint) -> Problem:
    message = "aliases (*name) are not supported: write the value out, or make it a block"
    return c.here(message, "yaml-feature")


def _missing_colon(c: Complaint) -> Problem:
    message = "missing colon after the key: write key: value"
    return _not_a_pair(c, c.start[0]) or c.at_start(message, "missing-colon")


def _not_a_pair(c: Complaint, line: int) -> Problem | None:
    """Explain a line that should be `key: value`, if it is not."""
    source = c.line(line)
    glued = _GLUED.fullmatch(source)
    if glued:
        key, value = glued[2], shown(glued[3])
        message = f"'{key}:' needs a space after its colon: write {key}: {value}"
        return Problem(line, len(glued[1]) + 1, message, "run-together")
    if re.match(r"\s*-\w", source):
        message = f"this dash needs a space after it: write - {shown(source.strip()[1:])}"
        return Problem(line, source.index("-") + 1, message, "run-together")
    if ":" not in source.split(" #")[0]:
        column = len(source) - len(source.lstrip()) + 1
        return Problem(line, column, "missing colon after the key: write key: value", "missing-colon")
    return None


def _stray_colon(c: Complaint) -> Problem:
    """Explain a colon where no key can be."""
    line = c.place[0]
    above = next((n for n in range(line - 1, 0, -1) if c.line(n).strip()), 0)
    if above and _KEY_START.fullmatch(c.before):
        problem = _not_a_pair(c, above)
        if problem:
            return problem
        key = re.match(r"(?:\s|- )*", c.line(above))
        wanted = len(key.group()) if key else 0
        indent = len(c.before) - len(c.before.lstrip())
        if indent > wanted:
            message = f"this line is indented deeper than the key above it: start it in column {wanted + 1}"
            return Problem(line, indent + 1, message, "yaml-syntax")
    return c.here(
        "a second 'key: value' in one value: put each key on its own line, or use { }; quote a text with ': '"
    )


def _is_open(c: Complaint) -> bool:
    ends = "',' or" in c.text or "unexpected end" in c.text or not c.source.strip()
    return ends and c.opener in ("[", "{", '"', "'")


def _unclosed(c: Complaint) -> Problem:
    """Explain a bracket or quote that is not closed, or what should not be inside it."""
    if "',' or" not in c.text or not c.at or (c.place[0] > c.start[0] and c.at == ":"):
        return c.at_start(f"this {c.opener} is never closed: close it, or remove it")
    if c.at == "[":
        message = (
            "YAML ends a plain value before [ inside { } or [ ]: quote the value ('\"depths[0]\"'), or use block style"
        )
        return c.here(message, "cut-off-value")
    within = f"in the {_OPENERS.get(c.opener, 'value')} that starts at line {c.start[0]}, column {c.start[1]}"
    return c.here(f"missing comma or closing bracket before this {inert(c.at)}, {within}")


def _last_bracket(c: Complaint) -> Problem | None:
    for number in range(len(c.lines), 0, -1):
        at = max(c.line(number).rfind("["), c.line(number).rfind("{"))
        if at >= 0:
            message = f"this {c.line(number)[at]} is never closed: close it, or remove it"
            return Problem(number, at + 1, message, "yaml-syntax")
    return None


def _unexpected(c: Complaint) -> Problem:
    if c.at and c.at in "]}":
        return c.here(f"this {c.at} closes nothing: remove it")
    if not c.before.strip():
        remedy = "align the keys of a mapping, and the dashes of a list"
        return c.here(f"this line's indentation matches no line above it: {remedy}")
    return c.here("this does not belong to the value before it: start a new line, or quote the whole value")


# The parser's messages are all it gives; libyaml and the pure one word some of them differently.
_TABLE: tuple[tuple[Callable[[Complaint], bool], Callable[[Complaint], Problem | None]], ...] = (
    (lambda c: "\t" in c.before + c.at and not c.before.strip(), _tab),
    (lambda c: c.source.startswith("%"), _directive),
    (
        lambda c: "<document start>" in c.text,
        lambda c: c.here("this follows the end of the document: remove it"),
    ),
    (lambda c: "cannot start any token" in c.text, _no_token),
    (lambda c: any(kind in c.context for kind, _ in _SIGNS), _sign),
    (lambda c: "undefined alias" in c.text, _alias),
    (
        lambda c: "escape" in c.text or "hexadecimal" in c.text or "hexdecimal" in c.text,
        lambda c: c.here("unknown escape in double quotes: double the backslash, or use single quotes"),
    ),
    (lambda c: "could not find expected ':'" in c.text, _missing_colon),
    (lambda c: "mapping values are not allowed" in c.text, _stray_colon),
    (_is_open, _unclosed),
    (lambda c: "flow node" in c.context and not c.source.strip(), _last_bracket),
    (lambda c: "expected" in c.text, _unexpected),
)
