"""What is wrong with a text that is no YAML, in words of the file instead of the parser's."""

import re

from dsconv_cost.errors import Problem
from dsconv_cost.text import inert, lines_of, shown

_REFUSED_CHARACTER = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def character_problem(text: str) -> Problem:
    """Explain a character that YAML does not allow."""
    # libyaml counts bytes where it reports this, the pure parser characters: look for it again.
    match = _REFUSED_CHARACTER.search(text)
    before = lines_of(text[: match.start()] if match else "")
    name = inert(match.group()) if match else "that stands here"
    return Problem(
        len(before), len(before[-1]) + 1, f"YAML does not allow the character {name}: take it out", "bad-character"
    )


_GLUED = re.compile(r"((?:\s|- )*)([A-Za-z_]\w*):([^\s:/].*)")
_KEY_START = re.compile(r"(?:\s|- )*[\w.-]+")
_OPENERS = {"[": "list", "{": "mapping"}


def syntax_problem(said: str, context: str, place: tuple[int, int], start: tuple[int, int], text: str) -> Problem:
    """Explain what the parser said: of a place, while it read something that starts elsewhere."""
    line, column = place
    lines = lines_of(text)
    source = lines[line - 1] if line <= len(lines) else ""
    at = source[column - 1 : column]
    before = source[: column - 1]
    opener = lines[start[0] - 1][start[1] - 1 : start[1]] if start[0] <= len(lines) else ""

    if "\t" in before + at and not before.strip():
        column = before.index("\t") + 1 if "\t" in before else column
        return Problem(line, column, "a tab indents this line: YAML takes spaces only", "yaml-syntax")
    if source.startswith("%"):
        return Problem(line, 1, "a line that starts with % is a YAML directive: take it out", "yaml-feature")
    if "<document start>" in said:
        return Problem(line, column, "this stands after the end of the document: take it out", "yaml-syntax")
    if "cannot start any token" in said:
        name = "a tab" if at == "\t" else inert(repr(at))
        return Problem(line, column, f"a value cannot start with {name} here: quote it", "yaml-syntax")
    for kind, sign in (("an alias", "*"), ("an anchor", "&"), ("a tag", "!")):
        if kind in context:
            return Problem(*start, f"a value cannot start with {sign} here: quote it", "yaml-syntax")
    if "undefined alias" in said:
        return Problem(
            line,
            column,
            "aliases (*name) are not used here: write the value out, or make a block of it",
            "yaml-feature",
        )
    if "escape" in said or "hexadecimal" in said or "hexdecimal" in said:
        remedy = "double the backslash, or use single quotes"
        return Problem(line, column, f"an escape in double quotes that YAML does not have: {remedy}", "yaml-syntax")
    if "could not find expected ':'" in said:
        return _no_colon(lines, start[0]) or Problem(
            *start, "a key without its colon: write key: value", "missing-colon"
        )
    if "mapping values are not allowed" in said:
        return _stray_colon(lines, line, column)
    if ("',' or" in said or "unexpected end" in said or not source.strip()) and opener in ("[", "{", '"', "'"):
        return _unclosed(said, lines, (line, column), start)
    if "flow node" in context and not source.strip():
        for number in range(len(lines), 0, -1):
            at_last = max(lines[number - 1].rfind("["), lines[number - 1].rfind("{"))
            if at_last >= 0:
                opener_sign = lines[number - 1][at_last]
                return Problem(
                    number, at_last + 1, f"this {opener_sign} is never closed: close it, or take it out", "yaml-syntax"
                )
    if "expected" in said:
        if at and at in "]}":
            return Problem(line, column, f"this {at} closes nothing: take it out", "yaml-syntax")
        if not before.strip():
            return Problem(
                line, column,
                "this line's indentation fits none above it: line up the keys of a mapping, and the dashes of a list", "yaml-syntax",
            )  # fmt: skip
        return Problem(
            line,
            column,
            "this does not belong to the value before it: start a new line, or quote the whole value",
            "yaml-syntax",
        )
    return Problem(line, column, f"YAML syntax: {shown(said, 200)}", "yaml-syntax")


def _unclosed(said: str, lines: list[str], place: tuple[int, int], start: tuple[int, int]) -> Problem:
    """Explain a bracket or quote that is not closed, or what should not stand inside it."""
    opener = lines[start[0] - 1][start[1] - 1]
    source = lines[place[0] - 1] if place[0] <= len(lines) else ""
    at = source[place[1] - 1 : place[1]]
    if "',' or" not in said or not at or (place[0] > start[0] and at == ":"):
        return Problem(*start, f"this {opener} is never closed: close it, or take it out", "yaml-syntax")
    if at == "[":
        return Problem(
            *place,
            "YAML ends a plain value before [ inside { } or [ ]: quote the value ('\"depths[0]\"'), or use block style",
            "cut-off-value",
        )
    return Problem(
        *place,
        f"a comma or the closing bracket is missing before this {inert(at)}, in the {_OPENERS.get(opener, 'value')} that "
        f"starts in line {start[0]}, column {start[1]}",
        "yaml-syntax",
    )


def _no_colon(lines: list[str], line: int) -> Problem | None:
    """Explain a line that should be `key: value`, if it is none."""
    source = lines[line - 1]
    glued = _GLUED.fullmatch(source)
    if glued:
        key, value = glued[2], shown(glued[3])
        said = f"'{key}:' lacks a space after its colon: write {key}: {value}"
        return Problem(line, len(glued[1]) + 1, said, "run-together")
    if re.match(r"\s*-\w", source):
        column = source.index("-") + 1
        return Problem(
            line, column, f"this dash lacks a space behind it: write - {shown(source.strip()[1:])}", "run-together"
        )
    if ":" not in source.split(" #")[0]:
        column = len(source) - len(source.lstrip()) + 1
        return Problem(line, column, "a key without its colon: write key: value", "missing-colon")
    return None


def _stray_colon(lines: list[str], line: int, column: int) -> Problem:
    """Explain a colon where no key can be."""
    source = lines[line - 1]
    before = source[: column - 1]
    above = next((n for n in range(line - 1, 0, -1) if lines[n - 1].strip()), 0)
    if above and _KEY_START.fullmatch(before):
        found = _no_colon(lines, above)
        if found:
            return found
        key = re.match(r"(?:\s|- )*", lines[above - 1])
        wanted = len(key.group()) if key else 0
        indent = len(before) - len(before.lstrip())
        if indent > wanted:
            return Problem(
                line,
                indent + 1,
                f"this line stands deeper than the key above it: start it in column {wanted + 1}",
                "yaml-syntax",
            )
    return Problem(
        line,
        column,
        "a second 'key: value' in one value: put each key on its own line, or use { }; quote a text with ': '",
        "yaml-syntax",
    )
