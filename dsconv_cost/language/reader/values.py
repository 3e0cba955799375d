"""Values of a file: literals, expressions and texts, read with every problem placed."""

import re
from collections.abc import Collection
from typing import NamedTuple

from dsconv_cost.errors import MOST_PROBLEMS, Code, Problem
from dsconv_cost.language.architecture import Use
from dsconv_cost.language.expressions.expression import IN_CHANNELS, Expression, listed
from dsconv_cost.language.expressions.parser import ExpressionProblem, compile_expression
from dsconv_cost.language.nodes import REFUSED, MappingNode, ScalarNode, YamlNode, kind_of_node, problem_at
from dsconv_cost.language.vocabulary import FOREIGN, TYPES, WORDS, is_foreign, suggest_word
from dsconv_cost.layers.values import FUNCTIONS, Value, ValueProblem
from dsconv_cost.text import inert, listing, nearest_words, shown

LONGEST_LIST = 256
MOST_NAMES = 1000
"""In one mapping of names to values: every block sees all of the file's."""
MOST_OPERATORS = 200_000
"""In the different expressions of one file; compiled, an operator takes a kilobyte."""
_YAML_1_1 = {
    "yes": "write true", "no": "write false", "on": "write true", "off": "write false", "y": "write true",
    "n": "write false", "null": "leave the field out", "~": "leave the field out",
}  # fmt: skip
_ABSENT = frozenset({"no", "n", "off", "null", "~"})

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,99}")
"""What an item, a tensor or a block may be called."""

Known = Collection[str]
"""The names an expression may use."""
LITERAL: Known = ()
"""None, where a literal is wanted."""


class Scope:
    """What a body sees: the names of values, and the names it gives to tensors."""

    def __init__(self, names: Collection[str], varying: Collection[str], tensors: dict[str, ScalarNode]) -> None:
        self.names = frozenset(names) | {IN_CHANNELS}
        self.varying = frozenset(varying) | {IN_CHANNELS}
        """Those whose value can differ between two uses in one network."""
        self.tensors = tensors
        self.ordinals: dict[str, int] = {}
        self.uses: dict[object, Use] = {}
        self.labels: dict[str, YamlNode] = {}

    def names_tensor(self, node: ScalarNode) -> bool:
        text = node.text
        return text not in self.names and (text in self.tensors or text in ("previous", "input"))

    def may_name_tensor(self, node: ScalarNode) -> bool:
        return node.text not in self.names and NAME.fullmatch(node.text) is not None


class TooManyProblems(Exception):
    """The file has so many problems that more of them would help nobody."""


class ValueReader:
    """Reads values, and collects what is wrong with them."""

    def __init__(self, problems: list[Problem], partial: bool = False) -> None:
        self.problems = problems
        self.partial = partial
        """Whether the file was read in part only, so that what is missing or unknown may stand in the rest of it."""
        self.lost_sections = False
        """Whether a section could not be read, so that what it defines would be unknown."""
        self.lost_names = False
        """Whether a name of a value could not be read, so that it would be unknown wherever it is used."""
        self.lost_tensors = False
        """Whether a name of a tensor could not be read."""
        self.wrong = 0
        """How often something was wrong so far, reported here or before."""
        self.used: set[str] = set()
        """The names in the expressions read so far."""
        self._compiled: dict[str, Expression | ExpressionProblem] = {}
        self._operators = 0
        self._hidden = 0

    def report(
        self, node: YamlNode, code: Code, message: str, suggestion: str | None = None, span: tuple[int, int] = (0, 0)
    ) -> None:
        """Add a problem of a node, or of the characters from one offset to another of a scalar on one line."""
        problem = problem_at(node, code, message, suggestion)
        start, end = span
        if isinstance(node, ScalarNode) and 0 < end - start < len(node.text) and "\n" not in node.text:
            first = node.column + (0 if node.plain else 1)
            if start:
                problem = problem._replace(column=first + start)
            problem = problem._replace(end_line=node.line, end_column=first + end)
        self.wrong += 1
        self.problems.append(problem)
        if len(self.problems) >= MOST_PROBLEMS:
            raise TooManyProblems

    def refused(self, node: YamlNode) -> bool:
        """Return whether a problem of this node was reported when the file was read."""
        if isinstance(node, ScalarNode) and node.text.startswith(REFUSED):
            self.wrong += 1
            return True
        return False

    def unknown(
        self, node: YamlNode, code: Code, what: str, meant: str | None, otherwise: str, lost: bool = False,
        span: tuple[int, int] = (0, 0),
    ) -> None:  # fmt: skip
        """Report something unknown, unless it may have been in what was lost of the file."""
        if lost or ((self.partial or self.lost_sections) and not meant):
            self.wrong += 1
            self._hidden += 1
            if self._hidden >= MOST_PROBLEMS:
                raise TooManyProblems
        else:
            self.suggest(node, code, what, meant, otherwise, span)

    def suggest(
        self, node: YamlNode, code: Code, what: str, meant: str | None, otherwise: str, span: tuple[int, int] = (0, 0)
    ) -> None:
        """Report something unknown: the name that was meant, or `otherwise` what there is."""
        hint = f"did you mean '{shown(meant)}'?" if meant else otherwise
        self.report(node, code, f"{what}: {hint}", meant, span)

    # -- expressions ----------------------------------------------------------------------------

    def value(
        self, node: YamlNode, known: Known, words: Collection[str] = (), later: Collection[str] = ()
    ) -> Expression | None:
        """Return the compiled value of a scalar or a list of scalars; None when a problem was reported.

        `words` are the words that would be right here, for suggestions; `later` the names that get their values further down.
        """
        if isinstance(node, ScalarNode):
            return self.scalar(node, known, words, later)
        if isinstance(node, MappingNode):
            if any(self.refused(key) for key, _ in node.pairs):
                return None
            self.report(
                node,
                "wrong-type",
                "received a mapping, expected a value: a number, a word, an expression or a list of these",
            )
            return None
        if len(node.items) > LONGEST_LIST:
            self.report(node, "too-large", f"a list of {len(node.items):,} values; at most {LONGEST_LIST:,}")
            return None
        parts: list[Expression] = []
        for item in node.items:
            if not isinstance(item, ScalarNode):
                self.report(
                    item,
                    "wrong-type",
                    f"received {kind_of_node(item)} inside a list, expected a number, a word or an expression",
                )
                return None
            part = self.scalar(item, known, words, later)
            if part is None:
                return None
            parts.append(part)
        return listed(parts)

    def scalar(
        self, node: ScalarNode, known: Known, words: Collection[str] = (), later: Collection[str] = ()
    ) -> Expression | None:
        text = node.text
        if text == REFUSED:
            self.wrong += 1
            return None
        if not text.strip():
            hint = f": {' or '.join(words)}" if words and len(words) < 4 else ": a number, a word or an expression"
            self.report(node, "missing-value", f"received nothing, expected a value{hint}")
            return None
        found = self._compiled.get(text)
        if found is None:
            try:
                found = compile_expression(text, WORDS)
            except ExpressionProblem as problem:
                found = problem
            except ValueProblem as problem:
                found = ExpressionProblem(str(problem), 0, "no-result")
            self._compiled[text] = found
            self._operators += found.weight if isinstance(found, Expression) else 0
            if self._operators > MOST_OPERATORS:
                self.report(
                    node,
                    "too-large",
                    f"more than {MOST_OPERATORS:,} operators in different expressions: name some in let",
                )
                raise TooManyProblems
        if isinstance(found, ExpressionProblem):
            said, code = str(found), found.code
            if text in _YAML_1_1 and node.plain:
                code = "ambiguous-value"
                said = f"{text} is not a value here: {_remedy(text, words)}"
            elif re.fullmatch(r"[-+]?\.(inf|nan)", text, re.IGNORECASE):
                code = "ambiguous-value"
                said = f"{text} is not a number here: write a number with digits"
            elif text.count(":") and re.fullmatch(r"[0-9]+(:[0-9]+)+", text):
                code = "ambiguous-value"
                said = f"{text} is not a number here: YAML 1.1 reads it as base 60; write the number, or a list [a, b]"
            self.report(node, code, inert(said), found.suggestion, (found.offset, found.offset + 1))
            return None
        unknown = [name for name in found.names if name not in known]
        if unknown:
            for name in sorted(unknown, key=text.find):
                match = re.search(rf"\b{name}\b", text)
                span = match.span() if match else (0, 0)
                if name in later:
                    said = f"'{name}' has no value yet: names get theirs in order, so define it above"
                    self.report(node, "used-before-definition", said, None, span)
                elif known is LITERAL:
                    self._unknown_word(node, name, span)
                else:
                    self._unknown_name(node, name, known, words, span)
            return None
        if found.names:
            self.used |= found.names
        return found

    def _unknown_name(
        self, node: ScalarNode, name: str, known: Known, words: Collection[str], span: tuple[int, int]
    ) -> None:
        meant, hint = None, _not_a_name(name, words)
        if hint is not None:
            code, what = hint.code, hint.what
            otherwise = hint.remedy
        else:
            code, what = "unknown-name", f"unknown name '{shown(name)}'"
            foreign = bool(words) and is_foreign(name)
            meant = (suggest_word(name, list(words)) if words else None) or nearest_words(
                name, list(known) if foreign else [*known, *(words or FUNCTIONS)]
            )
            otherwise = f"the names here are {listing(sorted(known))}" if known else "no name has a value here"
            if name in TYPES:
                otherwise = "it is a type, and types stand where an item starts"
            elif words:
                otherwise = f"{FOREIGN + '; ' if foreign else ''}here the words are {', '.join(words)}"
            elif name in WORDS:
                otherwise = "it is a word, and stands for no number"
        lost = self.lost_names and name.lower() not in _YAML_1_1
        self.unknown(node, code, what, meant, otherwise, lost, span)

    def _unknown_word(self, node: ScalarNode, name: str, span: tuple[int, int]) -> None:
        hint = _not_a_name(name, ())
        if hint is not None:
            self.unknown(node, hint.code, hint.what, None, hint.remedy, False, span)
            return
        otherwise = "a literal is a number, true, false, a word of the language, or a list of these"
        if is_foreign(name):
            otherwise = f"{FOREIGN}; {otherwise}"
        self.unknown(
            node,
            "unknown-word",
            f"unknown word '{shown(name)}'",
            suggest_word(name, list(WORDS)),
            otherwise,
            False,
            span,
        )

    # -- literals -------------------------------------------------------------------------------

    def literal(self, node: YamlNode) -> Value | None:
        """Return a number, word, true or false, or a list of these; None when a problem was reported."""
        found = self.value(node, LITERAL)
        if found is None:
            return None
        if found.constant is None or _computed(node):
            self.report(
                node, "not-a-literal", f"received {kind_of_node(node)}, expected a literal: a number, a word, true, "
                "false or a list of these; compute in let"
            )  # fmt: skip
            return None
        return found.constant

    # -- texts ----------------------------------------------------------------------------------

    def text(self, node: YamlNode, where: str, longest: int = 1000) -> str | None:
        """Return free text, on one line; None when a problem was reported."""
        if not isinstance(node, ScalarNode):
            self.report(node, "wrong-type", f"received {kind_of_node(node)}, expected text for {where}")
            return None
        if self.refused(node):
            return None
        if not node.text.strip():
            self.report(node, "missing-value", f"received nothing, expected text for {where}")
            return None
        if len(node.text) > longest:
            self.report(node, "too-large", f"a text of {len(node.text):,} characters for {where}; at most {longest:,}")
            return None
        return " ".join(node.text.split())

    def scalar_text(self, node: YamlNode, where: str) -> str | None:
        """Return the text of a short scalar, whatever it is."""
        if self.refused(node):
            return None
        if isinstance(node, ScalarNode) and node.text.strip() and len(node.text) <= 200:
            return node.text
        self.report(node, "wrong-type", f"received {kind_of_node(node)}, expected {where}")
        return None

    def no_colon(self, key: ScalarNode, value: YamlNode) -> bool:
        """Report a key that holds its value too, with or without a colon (`stride:2`); return whether it is one."""
        if not is_nothing(value):
            return False
        match = JOINED.fullmatch(key.text)
        if match is None:
            return False
        self.report(key, *lacks(match))
        return True

    def mapping(self, node: YamlNode, where: str) -> MappingNode | None:
        """Return the node if it is a mapping; None when a problem was reported."""
        if isinstance(node, MappingNode):
            return node
        if not self.refused(node):
            self.report(node, "wrong-type", f"received {kind_of_node(node)}, expected {where}")
        return None

    def cut_off(self, key: ScalarNode, value: YamlNode, previous: YamlNode | None) -> bool:
        """Report a key that is the rest of a value that YAML ended at a comma; return whether it is one."""
        if not is_nothing(value) or not (_REST.search(key.text) or _NUMBER.fullmatch(key.text)):
            return False
        if isinstance(previous, ScalarNode) and previous.text.count("(") > previous.text.count(")"):
            self.wrong += 1  # reported as the value that is not closed
        else:
            self.report(key, "cut-off-value", _CUT)
        return True

    def names(self, node: YamlNode, where: str) -> list[tuple[ScalarNode, YamlNode]]:
        """Return the pairs of a mapping that gives names to things; none when a problem was reported."""
        mapping = self.mapping(node, where)
        pairs = mapping.pairs if mapping else []
        self.lost_names |= mapping is None
        if len(pairs) > MOST_NAMES:
            self.report(node, "too-large", f"{len(pairs):,} names in one mapping; at most {MOST_NAMES:,}")
            pairs = pairs[:MOST_NAMES]
        return pairs


def is_nothing(node: YamlNode) -> bool:
    """Return whether nothing stands where a value could."""
    return isinstance(node, ScalarNode) and not node.text and node.plain


JOINED = re.compile(r"([A-Za-z_]\w*)(:?)\s*(?<=[\s:])(\S.*)")
"""A key and its value in one: `stride:2`, `stride 2`."""


def lacks(joined: re.Match[str]) -> tuple[Code, str]:
    """Return the code and message for what is missing between a key and its value."""
    name, colon, rest = joined.groups()
    missing = "a space after its colon" if colon else "its colon"
    code: Code = "run-together" if colon else "missing-colon"
    return code, f"'{shown(joined.group())}' lacks {missing}: write {shown(name)}: {shown(rest)}"


_REST = re.compile(r"[)\]]")
_NUMBER = re.compile(r"[0-9.]+[KMGB]?")
_CUT = (
    "this looks like the rest of a value that YAML ended at a comma: inside { } quote the value, "
    "or write the item in block style"
)


class _NotAName(NamedTuple):
    """Why a word cannot be the name of a value, and what to write instead."""

    code: Code
    what: str
    remedy: str


def _not_a_name(name: str, words: Collection[str]) -> _NotAName | None:
    if name.lower() in _YAML_1_1:
        return _NotAName("ambiguous-value", f"{name} is not a value here", _remedy(name.lower(), words))
    if name.lower() in ("true", "false"):
        return _NotAName("ambiguous-value", f"{name} is not a value here", f"write {name.lower()}")
    if name == IN_CHANNELS:
        remedy = "it is the channels arriving at an item, or at a block"
        return _NotAName("misplaced-value", "in_channels does not exist here", remedy)
    if name == "required":
        remedy = "it replaces the default of a hyperparameter or of a block's argument"
        return _NotAName("misplaced-value", "required is not a value here", remedy)
    return None


def _remedy(text: str, words: Collection[str]) -> str:
    """Return what to write instead of a boolean or null of YAML 1.1."""
    if "none" in words and text in _ABSENT:
        return "write none"
    return _YAML_1_1[text]


_LITERAL = re.compile(r"\s*-?\s*([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)\s*|\s*[A-Za-z_]\w*\s*")


def _computed(node: YamlNode) -> bool:
    if isinstance(node, ScalarNode):
        return _LITERAL.fullmatch(node.text) is None
    return not isinstance(node, MappingNode) and any(_computed(item) for item in node.items)
