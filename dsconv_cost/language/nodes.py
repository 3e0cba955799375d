"""YAML text to a tree of nodes with positions, from the parser's events.

Events are cheap, and keep what composing loses: the text of scalars, whether they were quoted, the position of
everything. Aliases, tags, merge keys and second documents are refused here; the surprises of YAML 1.1 are refused
where a value is read.
"""

from collections.abc import Iterator
from typing import Any

import yaml

from dsconv_cost.errors import MOST_PROBLEMS, Code, Problem
from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.text import inert, lines_of, shown

_MAX_DEPTH = 64
MOST_NODES = 1_500_000
REFUSED = "\0"
"""The text of a scalar whose problem has been reported; nothing more is said of it."""
_ODD_KEYS = frozenset({"<<", REFUSED})


class ScalarNode:
    """A word, number, expression or text, as written; it ends before `end_column`."""

    __slots__ = ("column", "end_column", "end_line", "line", "plain", "text")

    def __init__(self, text: str, plain: bool, line: int, column: int, end_line: int = 0, end_column: int = 0) -> None:
        self.text = text
        self.plain = plain
        self.line = line
        self.column = column
        self.end_line = end_line
        self.end_column = end_column


class ListNode:
    """A list."""

    __slots__ = ("column", "end_column", "end_line", "items", "line")

    def __init__(self, line: int, column: int) -> None:
        self.items: list[YamlNode] = []
        self.line = line
        self.column = column
        self.end_line = self.end_column = 0

    def close(self, line: int, column: int) -> None:
        """Set where it ends: at its closing bracket, in block style with its last item."""
        self.end_line, self.end_column = line, column


class MappingNode:
    """Keys and values in the order of the file; a duplicate key was reported, and the first one kept."""

    __slots__ = ("column", "end_column", "end_line", "line", "pairs", "repeated")

    def __init__(self, line: int, column: int) -> None:
        self.pairs: list[tuple[ScalarNode, YamlNode]] = []
        self.repeated = False
        """Whether a key was duplicate, so that something of the file is not here."""
        self.line = line
        self.column = column
        self.end_line = self.end_column = 0

    def close(self, line: int, column: int) -> None:
        """Set where it ends: at its closing brace, in block style with its last value."""
        self.end_line, self.end_column = line, column

    def mark_repeated(self) -> None:
        self.repeated = True

    def get(self, key: str) -> "YamlNode | None":
        return next((v for k, v in self.pairs if k.text == key), None)


YamlNode = ScalarNode | ListNode | MappingNode


def problem_at(node: YamlNode, code: Code, message: str, suggestion: str | None = None) -> Problem:
    """Return a problem of a whole node."""
    return Problem(node.line, node.column, message, code, suggestion, node.end_line, node.end_column)


def kind_of_node(node: YamlNode) -> str:
    """Name what was received, for a message."""
    if isinstance(node, ScalarNode):
        if not node.text:
            return "an empty text" if not node.plain else "nothing"
        return inert(repr(node.text if len(node.text) <= 60 else node.text[:57] + "..."))
    if isinstance(node, ListNode):
        return "a list" if node.items else "an empty list"
    return "a mapping" if node.pairs else "an empty mapping"


class Truncation(NamedTuple):
    """Where the reading of a file stopped: what is there may be the half of what was meant."""

    line: int
    start: tuple[int, int]
    """Everything from here on may be."""
    places: frozenset[tuple[int, int]]
    """Places before it that may be, as the collections that are open start there."""

    def covers(self, problem: Problem) -> bool:
        """Return whether the problem may come from the truncation alone."""
        place = (problem.line, problem.column)
        return problem.line == self.line or place >= self.start or place in self.places


def truncated(stack: list[ListNode | MappingNode], keys: list[ScalarNode | None], stop: tuple[int, int]) -> Truncation:
    """Return what a stop at this place leaves in doubt, with these collections open and these keys without a value."""
    open_nodes: list[YamlNode] = []
    for depth, node in enumerate(stack):
        open_nodes.append(node)
        if isinstance(node, MappingNode):
            named = [key for key, _ in node.pairs]
            in_list = depth > 0 and isinstance(stack[depth - 1], ListNode)
            open_nodes += named if in_list else named[-1:]
            pending = keys[depth]
            open_nodes += [pending] if pending else []
    last: YamlNode | None = stack[-1] if stack else None
    if isinstance(last, ListNode):
        last = last.items[-1] if last.items and isinstance(last.items[-1], ScalarNode) else None
    elif isinstance(last, MappingNode) and len(stack) == 1:
        last = keys[-1] or (last.pairs[-1][1] if last.pairs else None)
        last = last if isinstance(last, ScalarNode) else None
    start = min(stop, (last.line, last.column)) if last is not None else stop
    return Truncation(stop[0], start, frozenset((node.line, node.column) for node in open_nodes))


def _parser() -> tuple[Any, int]:
    """Return the parser, and how many values it may read."""
    # libyaml's is ten times faster; a PyYAML built without it has only the pure one, with the same events.
    if hasattr(yaml, "CSafeLoader"):
        return yaml.CSafeLoader, MOST_NODES
    return yaml.SafeLoader, MOST_NODES // 10


def read_nodes(text: str, problems: list[Problem]) -> tuple[YamlNode | None, Truncation | None]:
    """Return the root node of the only document in `text`, and where the reading was cut off, if it was.

    Everything wrong is added to `problems`. A syntax error, too deep a nesting or too many nodes end the reading:
    the tree holds what came before, so that its problems can be reported in the same run.
    """
    loader, most = _parser()
    tree = _Tree(problems)
    problem: Problem | None
    try:
        tree.build(yaml.parse(text, Loader=loader), most)
    except yaml.MarkedYAMLError as error:
        problem = _syntax_problem(error, text)
    except (yaml.reader.ReaderError, UnicodeEncodeError):  # the latter from libyaml, for half of a surrogate pair
        from dsconv_cost.language.yaml_errors import character_problem

        problem = character_problem(text)
    except _Stop as stop:
        problem = stop.problem
    else:
        return tree.root, None
    place = (problem.line, problem.column) if problem else (0, 0)
    if problem:
        # A template's {{ }} or a stray bracket reads as a key first.
        problems[:] = [p for p in problems if p.line != problem.line or p.code != "not-a-key"]
        problems.append(problem)
    return tree.root, truncated(tree.stack, tree.keys, place)


def _syntax_problem(error: yaml.MarkedYAMLError, text: str) -> Problem:
    from dsconv_cost.language.yaml_errors import Complaint, syntax_problem  # most files have none

    start, place = (mark and (mark.line + 1, mark.column + 1) for mark in (error.context_mark, error.problem_mark))
    place = place or start or (1, 1)
    message, context = str(error.problem or ""), str(error.context or "")
    return syntax_problem(Complaint(message or context, context, place, start or place, lines_of(text)))


class _Stop(Exception):
    def __init__(self, problem: Problem | None) -> None:
        self.problem = problem


class _Tree:
    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        self.root: YamlNode | None = None
        self.stack: list[ListNode | MappingNode] = []
        """The collections that are open."""
        self.keys: list[ScalarNode | None] = []
        """For each of them the key that waits for its value."""

    def build(self, events: Iterator[Any], most: int) -> None:
        """Make the tree, and refuse what the language has no use for: every event of a large file passes here."""
        stack, keys = self.stack, self.keys
        seen: list[dict[str, ScalarNode]] = []  # for each open mapping its keys so far
        texts: dict[str, str] = {}  # a text that is many times in the file is kept once, and so is a line's number
        nodes = documents = line = 0
        scalar_event, mapping_start, sequence_start = yaml.ScalarEvent, yaml.MappingStartEvent, yaml.SequenceStartEvent
        mapping_end, sequence_end = yaml.MappingEndEvent, yaml.SequenceEndEvent
        for event in events:
            kind = type(event)
            node: YamlNode
            opened: ListNode | MappingNode | None = None
            if kind is scalar_event:
                mark, end = event.start_mark, event.end_mark
                at = mark.line + 1
                if at != line:
                    line = at
                until = end.line + 1
                text = event.value
                node = ScalarNode(
                    texts.setdefault(text, text), not event.style, line, mark.column + 1,
                    line if until == line else until, end.column + 1,
                )  # fmt: skip
                if event.anchor or event.tag or (event.style == '"' and "\0" in text):
                    node = self._refuse_scalar(event, node)
            elif kind is mapping_end or kind is sequence_end:
                self._close(stack.pop(), event)
                keys.pop()
                seen.pop()
                continue
            elif kind is mapping_start or kind is sequence_start:
                mark = event.start_mark
                at = mark.line + 1
                if at != line:
                    line = at
                node = opened = (MappingNode if kind is mapping_start else ListNode)(line, mark.column + 1)
                if event.anchor or event.tag:
                    self._refuse_decorations(event)
            elif kind is yaml.AliasEvent:
                node = self._refuse_alias(event)
            else:
                if kind is yaml.DocumentStartEvent:
                    documents += 1
                    if documents > 1:
                        self._refuse_document(event)
                continue

            nodes += 1
            if nodes > most:
                raise _Stop(problem_at(node, "too-large", f"more than {most:,} values: use repeat and blocks"))
            if not stack:
                self.root = node
            else:
                parent = stack[-1]
                if type(parent) is ListNode:
                    parent.items.append(node)
                elif type(parent) is MappingNode:
                    key = keys[-1]
                    if key is None:
                        plain = kind is scalar_event and node.text not in _ODD_KEYS  # type: ignore[union-attr]  # an event of a scalar made a scalar
                        keys[-1] = node if plain else self._key(node)  # type: ignore[assignment]  # a scalar
                    else:
                        keys[-1] = None
                        first = seen[-1].setdefault(key.text, key)
                        if first is key:
                            parent.pairs.append((key, node))
                        else:
                            self._refuse_duplicate(parent, key, first)
            if opened is not None:
                if len(stack) >= _MAX_DEPTH:
                    message = f"nested more than {_MAX_DEPTH} levels deep: make blocks of the inner parts"
                    raise _Stop(Problem(opened.line, opened.column, message, "too-deep"))
                stack.append(opened)
                keys.append(None)
                seen.append({})

    def report(self, node: YamlNode, code: Code, message: str) -> None:
        self.problems.append(problem_at(node, code, message))
        if len(self.problems) >= MOST_PROBLEMS:
            raise _Stop(None)

    def _close(self, node: ListNode | MappingNode, event: Any) -> None:
        start, end = event.start_mark, event.end_mark
        if start.index != end.index:  # a bracket; what ends a list in block style is the next thing after it
            node.close(end.line + 1, end.column + 1)
            return
        last = (node.items and node.items[-1]) if isinstance(node, ListNode) else (node.pairs and node.pairs[-1][1])
        if last:
            node.close(last.end_line, last.end_column)

    def _refuse_scalar(self, event: Any, node: ScalarNode) -> ScalarNode:
        text = node.text
        if event.anchor or event.tag:
            self._refuse_decorations(event)
            text = text or REFUSED
        if event.style == '"' and "\0" in event.value:
            self.report(node, "bad-character", "received the character \\x00: remove it")
            text = REFUSED
        return ScalarNode(text, node.plain, node.line, node.column, node.end_line, node.end_column)

    def _refuse_document(self, event: Any) -> None:
        mark = event.start_mark
        message = "a second document starts here: a file holds one architecture"
        raise _Stop(Problem(mark.line + 1, mark.column + 1, message, "yaml-feature"))

    def _refuse_duplicate(self, parent: MappingNode, key: ScalarNode, first: ScalarNode) -> None:
        parent.mark_repeated()
        message = f"duplicate key '{shown(key.text)}' (first on line {first.line}): remove one"
        self.report(key, "duplicate-key", message)

    def _refuse_alias(self, event: Any) -> ScalarNode:
        node = _node_at(event, REFUSED)
        self.report(
            node, "yaml-feature", f"aliases (*{shown(event.anchor)}) are not supported: write the value out, name it in let, "
            "or make it a block"
        )  # fmt: skip
        return node

    def _key(self, node: YamlNode) -> ScalarNode:
        if isinstance(node, ScalarNode) and node.text != REFUSED:
            if not (node.text == "<<" and node.plain):
                return node
            self.report(node, "yaml-feature", "merge keys (<<) are not supported: use defaults or a block")
        elif isinstance(node, (ListNode, MappingNode)):
            self.report(
                node,
                "not-a-key",
                f"a {'list' if isinstance(node, ListNode) else 'mapping'} cannot be a key: keys are words",
            )
        text = f"{REFUSED}{node.line}:{node.column}"
        return ScalarNode(text, False, node.line, node.column, node.end_line, node.end_column)

    def _refuse_decorations(self, event: Any) -> None:
        node = _node_at(event, "")
        if event.tag and event.tag != "!":
            tag = shown(event.tag.replace("tag:yaml.org,2002:", "!!"))
            self.report(node, "yaml-feature", f"tags ({tag}) are not supported: remove it; for negation write not")
        elif event.tag:
            self.report(node, "yaml-feature", "a leading ! is a YAML tag: remove it; for negation write not")
        if event.anchor:
            name = shown(event.anchor)
            message = f"anchors (&{name}) are not supported: name the value in let, or make it a block"
            self.report(node, "yaml-feature", message)


def _node_at(event: Any, text: str) -> ScalarNode:
    start, end = event.start_mark, event.end_mark
    return ScalarNode(text, False, start.line + 1, start.column + 1, end.line + 1, end.column + 1)
