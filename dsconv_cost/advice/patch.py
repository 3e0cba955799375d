"""Edits of a text as a unified diff, for `patch` and `git apply`."""

import os
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.text import inert

CONTEXT = 3
"""Lines before and after a change."""
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_.+@%=,:/~-]+")


class Edit(NamedTuple):
    """Some characters of a text replaced, by their offsets."""

    start: int
    end: int
    text: str


def edited(text: str, edits: Iterable[Edit]) -> str:
    """Return the text with all edits made; none overlaps another."""
    pieces: list[str] = []
    at = 0
    for edit in sorted(edits):
        pieces += [text[at : edit.start], edit.text]
        at = edit.end
    return "".join([*pieces, text[at:]])


class _Block(NamedTuple):
    """Lines in place of others."""

    first: int
    old: list[str]
    new: list[str]


def unified_diff(text: str, edits: Iterable[Edit], path: str) -> str:
    """Return the edits as a unified diff of a file, whose name is as seen from the working directory; empty where they change nothing."""
    lines = _lines(text)
    blocks = [block for block in _blocks(text, lines, edits) if block.old or block.new]
    if not blocks:
        return ""
    name = _header_name(path)
    pieces = [f"--- {name}\n", f"+++ {name}\n"]
    shift = 0
    for hunk in _hunks(blocks):
        start = max(hunk[0].first - CONTEXT, 0)
        end = min(hunk[-1].first + len(hunk[-1].old) + CONTEXT, len(lines))
        body: list[str] = []
        at = start
        for block in hunk:
            body += [f" {line}" for line in lines[at : block.first]]
            body += [f"-{line}" for line in block.old] + [f"+{line}" for line in block.new]
            at = block.first + len(block.old)
        body += [f" {line}" for line in lines[at:end]]
        more = sum(len(block.new) - len(block.old) for block in hunk)
        old, new = _range(start, end - start), _range(start + shift, end - start + more)
        pieces += [f"@@ -{old} +{new} @@\n", *map(_ended, body)]
        shift += more
    return "".join(pieces)


def is_printable(diff: str) -> bool:
    """Return whether a diff can be printed as it is: no line moves a cursor, hides anything or is a command to a CI runner."""
    return all(inert(line[1:].replace("\t", " ").removesuffix("\r")) == line[1:].replace("\t", " ").removesuffix("\r")
               for line in diff.split("\n"))  # fmt: skip


def _lines(text: str) -> list[str]:
    """Return the lines with what ends them, as diff counts them."""
    return re.findall(r"[^\n]*\n|[^\n]+$", text)


def _blocks(text: str, lines: list[str], edits: Iterable[Edit]) -> Iterator[_Block]:
    """Yield the lines that the edits change, those that follow each other together."""
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    spans: list[tuple[int, int, list[Edit]]] = []
    if lines and not lines[-1].endswith("\n"):
        starts.pop()  # what comes at the end of the text continues the last line
    for edit in sorted(edits):
        first = bisect_right(starts, edit.start) - 1
        last = min(bisect_right(starts, edit.end) - 1, len(lines) - 1)
        if spans and first <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(last, spans[-1][1]), [*spans[-1][2], edit])
        else:
            spans.append((first, last, [edit]))
    for first, last, inside in spans:
        start = starts[first]
        end = start + len("".join(lines[first : last + 1]))
        moved = [Edit(edit.start - start, edit.end - start, edit.text) for edit in inside]
        old, new = lines[first : last + 1], _lines(edited(text[start:end], moved))
        while old and new and old[0] == new[0]:
            first, old, new = first + 1, old[1:], new[1:]
        while old and new and old[-1] == new[-1]:
            old, new = old[:-1], new[:-1]
        yield _Block(first, old, new)


def _hunks(blocks: list[_Block]) -> Iterator[list[_Block]]:
    """Yield blocks that are so near that their context meets, together."""
    hunk = [blocks[0]]
    for block in blocks[1:]:
        before = hunk[-1]
        if block.first - (before.first + len(before.old)) > 2 * CONTEXT:
            yield hunk
            hunk = []
        hunk.append(block)
    yield hunk


def _range(first: int, count: int) -> str:
    """Return a range of lines as diff writes it: an empty one starts after the line before it."""
    return f"{first + (count > 0)}{'' if count == 1 else f',{count}'}"


def _ended(line: str) -> str:
    return line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _header_name(path: str) -> str:
    """Return a path as the head of a diff has it: seen from here where it is below, else the file's name."""
    seen = os.path.relpath(path) if os.path.isabs(path) else os.path.normpath(path)
    if seen.startswith(os.pardir):
        seen = os.path.basename(seen)
    seen = seen.replace(os.sep, "/")
    if _PLAIN_NAME.fullmatch(seen):
        return seen
    if seen.isprintable() and not set('"\\') & set(seen):
        return f"{seen}\t"  # the tab ends a name with spaces
    escaped = "".join(chr(b) if 32 <= b < 127 and b not in b'"\\' else f"\\{b:03o}" for b in os.fsencode(seen))
    return f'"{escaped}"'
