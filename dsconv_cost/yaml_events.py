"""YAML text to a tree of nodes with positions, from the parser's events.

Events are cheap and keep what composing loses: the text of scalars, whether they were quoted, the position of
everything. What the language has no use for (aliases, tags, merge keys, several documents) is refused here, as are
YAML 1.1's surprises wherever a value is read.
"""

import re
from collections.abc import Iterator
from typing import Any

import yaml

from dsconv_cost.errors import MOST_PROBLEMS, Problem
from dsconv_cost.inert import inert, lines_of, shown

DEEPEST = 64
MOST_NODES = 1_500_000
NO_KEY = "cannot be a key: keys are words"
REFUSED = "\0"
"""The text of a scalar whose problem has been reported; nothing more is said of it."""


class Scalar:
    """A word, number, expression or text, as written."""

    __slots__ = ("column", "line", "plain", "text")

    def __init__(self, text: str, plain: bool, line: int, column: int) -> None:
        self.text = text
        self.plain = plain
        self.line = line
        self.column = column


class Sequence:
    """A list."""

    __slots__ = ("column", "items", "line")

    def __init__(self, line: int, column: int) -> None:
        self.items: list[Node] = []
        self.line = line
        self.column = column


class Mapping:
    """Keys and values in the order of the file; a key that stands twice was reported and kept once."""

    __slots__ = ("column", "line", "pairs", "repeated")

    def __init__(self, line: int, column: int) -> None:
        self.pairs: list[tuple[Scalar, Node]] = []
        self.repeated = False
        """Whether a key stood twice, so that something was said that is not here."""
        self.line = line
        self.column = column

    def get(self, key: str) -> "Node | None":
        return next((v for k, v in self.pairs if k.text == key), None)


Node = Scalar | Sequence | Mapping


def what(node: Node) -> str:
    """Name what was received, for a message."""
    if isinstance(node, Scalar):
        if not node.text:
            return "an empty text" if not node.plain else "nothing"
        return inert(repr(node.text if len(node.text) <= 60 else node.text[:57] + "..."))
    if isinstance(node, Sequence):
        return "a list" if node.items else "an empty list"
    return "a mapping" if node.pairs else "an empty mapping"


class Cut:
    """Where the reading of a file stopped: what stands there may be the half of what was meant."""

    __slots__ = ("_line", "_places", "_start")

    def __init__(self, stack: list[Sequence | Mapping], keys: list[Scalar | None], stop: tuple[int, int]) -> None:
        self._start = stop
        self._line = stop[0]
        self._places: set[tuple[int, int]] = set()
        for depth, node in enumerate(stack):
            self._places.add((node.line, node.column))
            if isinstance(node, Mapping):
                pending = keys[depth]
                named = [key for key, _ in node.pairs]
                if not (depth and isinstance(stack[depth - 1], Sequence)):
                    named = named[-1:]
                self._places.update((key.line, key.column) for key in [*named, *([pending] if pending else [])])
        if not stack:
            return
        inner = stack[-1]
        last: Node | None = inner
        if isinstance(inner, Sequence):
            last = inner.items[-1] if inner.items and isinstance(inner.items[-1], Scalar) else None
        elif len(stack) == 1:
            last = keys[-1] or (inner.pairs[-1][1] if inner.pairs else None)
            if not isinstance(last, Scalar):
                last = None
        if last is not None:
            self._start = min(stop, (last.line, last.column))

    def covers(self, problem: Problem) -> bool:
        """Return whether the problem may come from the cut alone."""
        place = (problem.line, problem.column)
        return problem.line == self._line or place >= self._start or place in self._places


def _parser() -> tuple[Any, int]:
    """Return the parser, and how many values it may read."""
    # libyaml's is ten times faster; a PyYAML built without it has only the pure one, with the same events.
    if hasattr(yaml, "CSafeLoader"):
        return yaml.CSafeLoader, MOST_NODES
    return yaml.SafeLoader, MOST_NODES // 10


def read_nodes(text: str, problems: list[Problem]) -> tuple[Node | None, Cut | None]:
    """Return the root node of the only document in `text`, and where the reading was cut off, if it was.

    Everything wrong is added to `problems`. A syntax error, too deep a nesting or too many nodes end the reading:
    the tree holds what stood before, so that its problems can be reported in the same run.
    """
    loader, most = _parser()
    tree = _Tree(problems)
    problem: Problem | None
    try:
        tree.build(yaml.parse(text, Loader=loader), most)
    except yaml.MarkedYAMLError as error:
        problem = _syntax_problem(error, text)
    except (yaml.reader.ReaderError, UnicodeEncodeError):  # the latter from libyaml, for half of a surrogate pair
        problem = _character_problem(text)
    except _Stop as stop:
        problem = stop.problem
    else:
        return tree.root, None
    place = (problem.line, problem.column) if problem else (0, 0)
    if problem:
        # A template's {{ }} or a stray bracket reads as a key first.
        problems[:] = [p for p in problems if p.line != problem.line or not p.message.endswith(NO_KEY)]
        problems.append(problem)
    return tree.root, Cut(tree.stack, tree.keys, place)


_REFUSED_CHARACTER = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _character_problem(text: str) -> Problem:
    # libyaml counts bytes where it reports this, the pure parser characters: look for it again.
    match = _REFUSED_CHARACTER.search(text)
    before = lines_of(text[: match.start()] if match else "")
    name = inert(match.group()) if match else "that stands here"
    return Problem(len(before), len(before[-1]) + 1, f"YAML does not allow the character {name}: take it out")


class _Stop(Exception):
    def __init__(self, problem: Problem | None) -> None:
        self.problem = problem


class _Tree:
    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        self.root: Node | None = None
        self.stack: list[Sequence | Mapping] = []
        """The collections that are open."""
        self.keys: list[Scalar | None] = []
        """For each of them the key that waits for its value."""

    def build(self, events: Iterator[Any], most: int) -> None:
        stack, keys = self.stack, self.keys
        seen: list[dict[str, Scalar]] = []  # for each open mapping its keys so far
        texts: dict[str, str] = {}  # a text that stands many times in the file is kept once, and so is a line's number
        nodes = documents = line = 0
        scalar_event, mapping_start, sequence_start = yaml.ScalarEvent, yaml.MappingStartEvent, yaml.SequenceStartEvent
        mapping_end, sequence_end = yaml.MappingEndEvent, yaml.SequenceEndEvent
        for event in events:
            kind = type(event)
            node: Node
            opened: Sequence | Mapping | None = None
            if kind is scalar_event:
                mark = event.start_mark
                at = mark.line + 1
                if at != line:
                    line = at
                text = event.value
                node = Scalar(texts.setdefault(text, text), not event.style, line, mark.column + 1)
                if event.anchor or event.tag:
                    self._refuse_decorations(event)
                    node.text = event.value or REFUSED
                if event.style == '"' and "\0" in event.value:
                    self.report(node, "received the character \\x00: take it out")
                    node.text = REFUSED
            elif kind is mapping_end or kind is sequence_end:
                stack.pop()
                keys.pop()
                seen.pop()
                continue
            elif kind is mapping_start or kind is sequence_start:
                mark = event.start_mark
                at = mark.line + 1
                if at != line:
                    line = at
                node = opened = (Mapping if kind is mapping_start else Sequence)(line, mark.column + 1)
                if event.anchor or event.tag:
                    self._refuse_decorations(event)
            elif kind is yaml.AliasEvent:
                node = self._refuse_alias(event)
            elif kind is yaml.DocumentStartEvent:
                documents += 1
                if documents > 1:
                    mark = event.start_mark
                    said = "a second document starts here: one file is one architecture, so keep one"
                    raise _Stop(Problem(mark.line + 1, mark.column + 1, said))
                continue
            else:
                continue

            nodes += 1
            if nodes > most:
                raise _Stop(Problem(node.line, node.column, f"more than {most:,} values: use repeat and blocks"))
            if not stack:
                self.root = node
            else:
                parent = stack[-1]
                if type(parent) is Sequence:
                    parent.items.append(node)
                elif type(parent) is Mapping:
                    key = keys[-1]
                    if key is None:
                        keys[-1] = self._key(node, seen[-1])
                    else:
                        keys[-1] = None
                        first = seen[-1].setdefault(key.text, key)
                        if first is key:
                            parent.pairs.append((key, node))
                        else:
                            name = shown(key.text)
                            said = f"the key '{name}' stands twice; the first is in line {first.line}: keep one"
                            parent.repeated = True
                            self.report(key, said)
            if opened is not None:
                if len(stack) >= DEEPEST:
                    said = f"nested more than {DEEPEST} deep: make blocks of the inner parts"
                    raise _Stop(Problem(node.line, node.column, said))
                stack.append(opened)
                keys.append(None)
                seen.append({})

    def report(self, node: Node, message: str) -> None:
        self.problems.append(Problem(node.line, node.column, message))
        if len(self.problems) >= MOST_PROBLEMS:
            raise _Stop(None)

    def _refuse_alias(self, event: Any) -> Scalar:
        mark = event.start_mark
        node = Scalar(REFUSED, False, mark.line + 1, mark.column + 1)
        self.report(
            node, f"the alias *{shown(event.anchor)}: aliases are not used here. Write the value out, name it in let, "
            "or make a block of it"
        )  # fmt: skip
        return node

    def _key(self, node: Node, seen: dict[str, Scalar]) -> Scalar:
        if isinstance(node, Scalar) and node.text != REFUSED:
            if not (node.text == "<<" and node.plain):
                return node
            self.report(node, "the merge key << is not used here: use defaults, or make a block")
        elif isinstance(node, (Sequence, Mapping)):
            self.report(node, f"a {'list' if isinstance(node, Sequence) else 'mapping'} {NO_KEY}")
        return Scalar(f"{REFUSED}{node.line}:{node.column}", False, node.line, node.column)

    def _refuse_decorations(self, event: Any) -> None:
        mark = event.start_mark
        node = Scalar("", False, mark.line + 1, mark.column + 1)
        if event.tag and event.tag != "!":
            tag = shown(event.tag.replace("tag:yaml.org,2002:", "!!"))
            self.report(node, f"the tag {tag}: tags are not used here. Leave it out; negation is written not")
        elif event.tag:
            self.report(node, "a leading ! is a YAML tag: leave it out; negation is written not")
        if event.anchor:
            name = shown(event.anchor)
            said = f"the anchor &{name}: anchors are not used here. Name the value in let, or make a block of it"
            self.report(node, said)


_GLUED = re.compile(r"((?:\s|- )*)([A-Za-z_]\w*):([^\s:/].*)")
_KEY_START = re.compile(r"(?:\s|- )*[\w.-]+")
_OPENERS = {"[": "list", "{": "mapping"}


def _syntax_problem(error: yaml.MarkedYAMLError, text: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    said = str(error.problem or error.context or "")
    context = str(error.context or "")
    lines = lines_of(text)
    source = lines[line - 1] if line <= len(lines) else ""
    at = source[column - 1 : column]
    before = source[: column - 1]
    opened = error.context_mark
    start = (opened.line + 1, opened.column + 1) if opened else (line, column)
    opener = lines[start[0] - 1][start[1] - 1 : start[1]] if start[0] <= len(lines) else ""

    if "\t" in before + at and not before.strip():
        column = before.index("\t") + 1 if "\t" in before else column
        return Problem(line, column, "a tab indents this line: YAML takes spaces only")
    if source.startswith("%"):
        return Problem(line, 1, "a line that starts with % is a YAML directive: take it out")
    if "<document start>" in said:
        return Problem(line, column, "this stands after the end of the document: take it out")
    if "cannot start any token" in said:
        name = "a tab" if at == "\t" else inert(repr(at))
        return Problem(line, column, f"a value cannot start with {name} here: quote it")
    for kind, sign in (("an alias", "*"), ("an anchor", "&"), ("a tag", "!")):
        if kind in context:
            return Problem(*start, f"a value cannot start with {sign} here: quote it")
    if "undefined alias" in said:
        return Problem(line, column, "aliases (*name) are not used here: write the value out, or make a block of it")
    if "escape" in said or "hexadecimal" in said or "hexdecimal" in said:
        remedy = "double the backslash, or use single quotes"
        return Problem(line, column, f"an escape in double quotes that YAML does not have: {remedy}")
    if "could not find expected ':'" in said:
        return _no_colon(lines, start[0]) or Problem(*start, "a key without its colon: write key: value")
    if "mapping values are not allowed" in said:
        return _stray_colon(lines, line, column)
    if ("',' or" in said or "unexpected end" in said or not source.strip()) and opener in ("[", "{", '"', "'"):
        return _unclosed(said, lines, (line, column), start)
    if "flow node" in context and not source.strip():
        for number in range(len(lines), 0, -1):
            at_last = max(lines[number - 1].rfind("["), lines[number - 1].rfind("{"))
            if at_last >= 0:
                opener_sign = lines[number - 1][at_last]
                return Problem(number, at_last + 1, f"this {opener_sign} is never closed: close it, or take it out")
    if "expected" in said:
        if at and at in "]}":
            return Problem(line, column, f"this {at} closes nothing: take it out")
        if not before.strip():
            return Problem(
                line, column,
                "this line's indentation fits none above it: line up the keys of a mapping, and the dashes of a list",
            )  # fmt: skip
        return Problem(
            line, column, "this does not belong to the value before it: start a new line, or quote the whole value"
        )
    return Problem(line, column, f"YAML syntax: {shown(said, 200)}")


def _unclosed(said: str, lines: list[str], place: tuple[int, int], start: tuple[int, int]) -> Problem:
    """Explain a bracket or quote that is not closed, or what should not stand inside it."""
    opener = lines[start[0] - 1][start[1] - 1]
    source = lines[place[0] - 1] if place[0] <= len(lines) else ""
    at = source[place[1] - 1 : place[1]]
    if "',' or" not in said or not at or (place[0] > start[0] and at == ":"):
        return Problem(*start, f"this {opener} is never closed: close it, or take it out")
    if at == "[":
        return Problem(
            *place,
            "YAML ends a plain value before [ inside { } or [ ]: quote the value ('\"depths[0]\"'), or use block style",
        )
    return Problem(
        *place,
        f"a comma or the closing bracket is missing before this {inert(at)}, in the {_OPENERS.get(opener, 'value')} that "
        f"starts in line {start[0]}, column {start[1]}",
    )


def _no_colon(lines: list[str], line: int) -> Problem | None:
    """Explain a line that should be `key: value`, if it is none."""
    source = lines[line - 1]
    glued = _GLUED.fullmatch(source)
    if glued:
        key, value = glued[2], shown(glued[3])
        said = f"'{key}:' lacks a space after its colon: write {key}: {value}"
        return Problem(line, len(glued[1]) + 1, said)
    if re.match(r"\s*-\w", source):
        column = source.index("-") + 1
        return Problem(line, column, f"this dash lacks a space behind it: write - {shown(source.strip()[1:])}")
    if ":" not in source.split(" #")[0]:
        column = len(source) - len(source.lstrip()) + 1
        return Problem(line, column, "a key without its colon: write key: value")
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
                line, indent + 1, f"this line stands deeper than the key above it: start it in column {wanted + 1}"
            )
    return Problem(
        line,
        column,
        "a second 'key: value' in one value: put each key on its own line, or use { }; quote a text with ': '",
    )
