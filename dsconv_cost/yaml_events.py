"""YAML text to a tree of nodes with positions, from the parser's events.

Events are cheap and keep what composing loses: the text of scalars, whether they were quoted, the position of
everything. What the language has no use for (aliases, tags, merge keys, several documents) is refused here, as are
YAML 1.1's surprises wherever a value is read.
"""

from collections.abc import Iterator
from typing import Any

import yaml

from dsconv_cost.errors import Problem
from dsconv_cost.inert import inert, lines_of

DEEPEST = 64
MOST_NODES = 4_000_000
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

    __slots__ = ("column", "line", "pairs")

    def __init__(self, line: int, column: int) -> None:
        self.pairs: list[tuple[Scalar, Node]] = []
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
    return "a list" if isinstance(node, Sequence) else "a mapping"


def _parser() -> Any:
    # libyaml's parser is ten times faster; a PyYAML built without it has only the pure one, with the same events.
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_nodes(text: str, problems: list[Problem]) -> tuple[Node | None, bool]:
    """Return the root node of the only document in `text`, and whether all of the text was read.

    Everything wrong is added to `problems`. A syntax error, too deep a nesting or too many nodes end the reading:
    the tree holds what stood before, so that its problems can be reported in the same run.
    """
    tree = _Tree(problems)
    try:
        tree.build(yaml.parse(text, Loader=_parser()))
    except yaml.MarkedYAMLError as error:
        problems.append(_syntax_problem(error, text))
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        column = error.position - (text.rfind("\n", 0, error.position) + 1) + 1
        character = chr(error.character) if isinstance(error.character, int) else error.character
        problems.append(
            Problem(line, column, f"YAML does not allow the character {inert(repr(character))}: take it out")
        )
    except _Stop as stop:
        problems.append(stop.problem)
    else:
        return tree.root, True
    return tree.root, False


class _Stop(Exception):
    def __init__(self, problem: Problem) -> None:
        self.problem = problem


class _Tree:
    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        self.root: Node | None = None

    def build(self, events: Iterator[Any]) -> None:
        problems = self.problems
        stack: list[Sequence | Mapping] = []
        keys: list[Scalar | None] = []  # for each open mapping the key that waits for its value
        seen: list[dict[str, Scalar]] = []  # for each open mapping its keys so far
        nodes = documents = 0
        scalar_event, mapping_start, sequence_start = yaml.ScalarEvent, yaml.MappingStartEvent, yaml.SequenceStartEvent
        mapping_end, sequence_end = yaml.MappingEndEvent, yaml.SequenceEndEvent
        for event in events:
            kind = type(event)
            node: Node
            opened: Sequence | Mapping | None = None
            if kind is scalar_event:
                mark = event.start_mark
                node = Scalar(event.value, not event.style, mark.line + 1, mark.column + 1)
                if event.anchor or event.tag:
                    _refuse_decorations(event, problems)
            elif kind is mapping_end or kind is sequence_end:
                stack.pop()
                keys.pop()
                seen.pop()
                continue
            elif kind is mapping_start or kind is sequence_start:
                mark = event.start_mark
                node = opened = (Mapping if kind is mapping_start else Sequence)(mark.line + 1, mark.column + 1)
                if event.anchor or event.tag:
                    _refuse_decorations(event, problems)
            elif kind is yaml.AliasEvent:
                node = _refuse_alias(event, problems)
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
            if nodes > MOST_NODES:
                raise _Stop(Problem(node.line, node.column, f"more than {MOST_NODES:,} values: use repeat and blocks"))
            if not stack:
                self.root = node
            else:
                parent = stack[-1]
                if type(parent) is Sequence:
                    parent.items.append(node)
                elif type(parent) is Mapping:
                    key = keys[-1]
                    if key is None:
                        keys[-1] = _key(node, seen[-1], problems)
                    else:
                        keys[-1] = None
                        first = seen[-1].setdefault(key.text, key)
                        if first is key:
                            parent.pairs.append((key, node))
                        else:
                            said = (
                                f"the key '{inert(key.text)}' stands twice; the first is in line {first.line}: keep one"
                            )
                            problems.append(Problem(key.line, key.column, said))
            if opened is not None:
                if len(stack) >= DEEPEST:
                    said = f"nested more than {DEEPEST} deep: make blocks of the inner parts"
                    raise _Stop(Problem(node.line, node.column, said))
                stack.append(opened)
                keys.append(None)
                seen.append({})


def _refuse_alias(event: Any, problems: list[Problem]) -> Scalar:
    mark = event.start_mark
    said = (
        f"the alias *{event.anchor}: aliases are not used here. Write the value out, name it in let, "
        "or make a block of it"
    )
    problems.append(Problem(mark.line + 1, mark.column + 1, said))
    return Scalar(REFUSED, False, mark.line + 1, mark.column + 1)


def _key(node: Node, seen: dict[str, Scalar], problems: list[Problem]) -> Scalar:
    if isinstance(node, Scalar):
        if node.text == "<<" and node.plain:
            problems.append(
                Problem(node.line, node.column, "the merge key << is not used here: use defaults, or make a block")
            )
        return node
    problems.append(Problem(node.line, node.column, f"{what(node)} cannot be a key: keys are words"))
    return Scalar(f"{REFUSED}{len(seen)}", False, node.line, node.column)


def _refuse_decorations(event: Any, problems: list[Problem]) -> None:
    mark = event.start_mark
    if event.tag and event.tag != "!":
        tag = event.tag.replace("tag:yaml.org,2002:", "!!")
        problems.append(
            Problem(mark.line + 1, mark.column + 1, f"the tag {inert(tag)}: tags are not used here. Leave it out")
        )
    elif event.tag:
        problems.append(Problem(mark.line + 1, mark.column + 1, "a leading ! is a YAML tag: negation is written not"))
    if event.anchor:
        problems.append(
            Problem(
                mark.line + 1,
                mark.column + 1,
                f"the anchor &{event.anchor}: anchors are not used here. Name the value in let, or make a block of it",
            )
        )


def _syntax_problem(error: yaml.MarkedYAMLError, text: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    said = inert(error.problem or error.context or "YAML syntax error")
    lines = lines_of(text)
    source = lines[line - 1] if line <= len(lines) else ""
    if not source and error.context_mark:
        opened = error.context_mark
        start = lines[opened.line][opened.column : opened.column + 1] if opened.line < len(lines) else ""
        return Problem(opened.line + 1, opened.column + 1, f"this {start} is never closed: close it, or take it out")
    at = source[column - 1 : column]
    before = source[: column - 1]
    if "\t" in before + at and not before.strip():
        return Problem(line, len(before) - len(before.lstrip()) + 1 if at != "\t" else column,
                       "a tab indents this line: YAML takes spaces only")  # fmt: skip
    if "cannot start any token" in said and at == "%":
        return Problem(line, column, "a value cannot start with %: quote it")
    if "cannot start any token" in said:
        name = "a tab" if at == "\t" else repr(at)
        return Problem(line, column, f"a value cannot start with {name} here: quote it")
    if "undefined alias" in said:
        return Problem(line, column, "aliases (*name) are not used here: write the value out, or make a block of it")
    if "mapping values are not allowed" in said:
        return Problem(line, column, "a second 'key: value' in one value: put each key on its own line, or use { }")
    if at == "[" and ("expected ',' or" in said or "did not find expected" in said):
        return Problem(
            line, column,
            "YAML ends a plain value before [ inside { } or [ ]: quote the value ('\"depths[0]\"'), or use block style",
        )  # fmt: skip
    if error.context and error.context_mark:
        opened = error.context_mark
        return Problem(
            line, column,
            f"YAML syntax: {said} ({inert(error.context)} that starts in line {opened.line + 1}, "
            f"column {opened.column + 1}): is a bracket, comma or quote missing?",
        )  # fmt: skip
    return Problem(line, column, f"YAML syntax: {said}")
