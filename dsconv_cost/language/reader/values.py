"""Values of a file: literals, expressions and texts, read with every problem placed."""

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from dsconv_cost.errors import Code
from dsconv_cost.language.expressions.expression import ARRIVING, INDEX, SIDES_ARRIVING, Expression, listed, literal
from dsconv_cost.language.expressions.functions import FUNCTIONS
from dsconv_cost.language.expressions.parser import ExpressionProblem, compile_expression
from dsconv_cost.language.nodes import REFUSED, ListNode, MappingNode, ScalarNode, YamlNode, kind_of_node
from dsconv_cost.language.problems import Problems, TooManyProblems
from dsconv_cost.language.vocabulary import FOREIGN, TYPES, WORDS, is_foreign, suggest_word
from dsconv_cost.layers.fields import Kind
from dsconv_cost.layers.values import Value, ValueProblem
from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.text import inert, listing, nearest_words, shown

MAX_LIST = 256
MAX_NAMES = 1000
"""In one mapping of names to values: every block sees all of the file's."""
MAX_OPERATORS = 200_000
"""In the different expressions of one file; compiled, an operator takes a kilobyte."""
_YAML_1_1 = {
    "yes": "write true", "no": "write false", "on": "write true", "off": "write false", "y": "write true",
    "n": "write false", "null": "leave the field out", "~": "leave the field out",
}  # fmt: skip
_ABSENT = frozenset({"no", "n", "off", "null", "~"})
_ANY_VALUE = "a number, a word or an expression"

Known = Collection[str]
"""The names an expression may use."""
LITERAL: Known = ()
"""None, where a literal is wanted."""


class ValueReader:
    """Reads the values of one file."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self._used: set[str] = set()
        self._compiled: dict[str, Expression | ExpressionProblem] = {}
        self._operators = 0

    @contextmanager
    def names_used(self, hidden: Collection[str] = ()) -> Iterator[set[str]]:
        """Collect the names in the expressions that are read inside, apart from those read outside.

        Those `hidden` mean something else outside, and are not used there.
        """
        outside, self._used = self._used, set()
        inside = self._used
        yield inside
        outside |= inside.difference(hidden)
        self._used = outside

    # -- expressions ----------------------------------------------------------------------------

    def value(
        self, node: YamlNode, known: Known, words: Collection[str] = (), later: Collection[str] = ()
    ) -> Expression | None:
        """Return the compiled value of a scalar or a list of scalars; None when a problem was reported.

        `words` are the words that would be right here, for suggestions; `later` are the names defined further down.
        """
        if isinstance(node, ScalarNode):
            return self._scalar(node, known, words, later)
        if isinstance(node, MappingNode):
            if not any(self.problems.refused(key) for key, _ in node.pairs):
                message = f"received a mapping, expected a value: {_ANY_VALUE}, or a list of these"
                self.problems.report(node, "wrong-type", message)
            return None
        if len(node.items) > MAX_LIST:
            message = f"a list of {len(node.items):,} values: the maximum is {MAX_LIST:,}"
            self.problems.report(node, "too-large", message)
            return None
        parts: list[Expression] = []
        for item in node.items:
            if not isinstance(item, ScalarNode):
                message = f"received {kind_of_node(item)} inside a list, expected {_ANY_VALUE}"
                self.problems.report(item, "wrong-type", message)
                return None
            part = self._scalar(item, known, words, later)
            if part is None:
                return None
            parts.append(part)
        return listed(parts)

    def of_kind(self, node: YamlNode, known: Known, kind: Kind) -> Expression | None:
        """Return the compiled value of a field; its words where only words of its own are right there."""
        nodes = node.items if isinstance(node, ListNode) else [node]
        texts = [part.text for part in nodes if isinstance(part, ScalarNode) and part.text not in ("", REFUSED)]
        if not kind.own_words or len(texts) < len(nodes) or not texts:
            return self.value(node, known, kind.words())
        return literal(tuple(texts) if isinstance(node, ListNode) else texts[0])

    def _scalar(
        self, node: ScalarNode, known: Known, words: Collection[str], later: Collection[str]
    ) -> Expression | None:
        text = node.text
        if text == REFUSED:
            self.problems.already_reported()
            return None
        if not text.strip():
            hint = " or ".join(words) if words and len(words) < 4 else _ANY_VALUE
            self.problems.report(node, "missing-value", f"received nothing, expected a value: {hint}")
            return None
        compiled = self._compiled.get(text)
        if compiled is None:
            compiled = self._compile(node)
        if isinstance(compiled, ExpressionProblem):
            self._report(node, compiled, words)
            return None
        unknown = [name for name in compiled.names if name not in known]
        if unknown:
            for name in sorted(unknown, key=text.find):
                self._unknown_name(node, name, known, words, later)
            return None
        if compiled.names:
            self._used |= compiled.names
        return compiled

    def _compile(self, node: ScalarNode) -> Expression | ExpressionProblem:
        compiled: Expression | ExpressionProblem
        try:
            compiled = compile_expression(node.text, WORDS)
        except ExpressionProblem as problem:
            compiled = problem
        except ValueProblem as problem:
            compiled = ExpressionProblem(str(problem), 0, problem.code)
        self._compiled[node.text] = compiled
        self._operators += compiled.weight if isinstance(compiled, Expression) else 0
        if self._operators > MAX_OPERATORS:
            message = (
                f"more than {MAX_OPERATORS:,} operators in the expressions of one file: name repeated parts in let"
            )
            self.problems.report(node, "too-large", message)
            raise TooManyProblems
        return compiled

    def _report(self, node: ScalarNode, problem: ExpressionProblem, words: Collection[str]) -> None:
        text = node.text
        message: str | None = None
        if text in _YAML_1_1 and node.plain:
            message = f"{text} is not a value here: {_remedy(text, words)}"
        elif re.fullmatch(r"[-+]?\.(inf|nan)", text, re.IGNORECASE):
            message = f"{text} is not a number here: write a number with digits"
        elif re.fullmatch(r"[0-9]+(:[0-9]+)+", text):
            message = f"{text} is not a number here: YAML 1.1 reads it as base 60; write the number, or a list [a, b]"
        span = (problem.offset, problem.offset + 1)
        if message:
            self.problems.report(node, "ambiguous-value", inert(message), None, span)
        else:
            self.problems.report(node, problem.code, inert(str(problem)), problem.suggestion, span)

    def _unknown_name(
        self, node: ScalarNode, name: str, known: Known, words: Collection[str], later: Collection[str]
    ) -> None:
        match = re.search(rf"\b{name}\b", node.text)
        span = match.span() if match else (0, 0)
        lost = self.problems.lost("names") and name.lower() not in _YAML_1_1 and known is not LITERAL
        not_a_name = _not_a_name(name, words)
        if name in later:
            message = f"'{name}' is used before it is defined: define it above"
            self.problems.report(node, "used-before-definition", message, None, span)
        elif not_a_name is not None:
            code, what, remedy = not_a_name
            self.problems.unknown(node, code, what, None, remedy, lost, span)
        elif known is LITERAL:
            there = "a literal is a number, true, false, a word of the language, or a list of these"
            there = f"{FOREIGN}; {there}" if is_foreign(name) else there
            meant = suggest_word(name, list(WORDS))
            self.problems.suggest(node, "unknown-word", f"unknown word '{shown(name)}'", meant, there, span)
        else:
            meant = suggest_word(name, list(words)) if words else None
            foreign = bool(words) and (is_foreign(name) or name in TYPES)
            near = known if name.startswith("in") else set(known) - SIDES_ARRIVING  # width is not a slip of in_width
            meant = meant or nearest_words(name, list(near) if foreign else [*near, *(words or FUNCTIONS)])
            there = _names_there(name, known, words)
            self.problems.unknown(node, "unknown-name", f"unknown name '{shown(name)}'", meant, there, lost, span)

    # -- literals -------------------------------------------------------------------------------

    def literal(self, node: YamlNode) -> Value | None:
        """Return a number, word, true or false, or a list of these; None when a problem was reported."""
        expression = self.value(node, LITERAL)
        if expression is None:
            return None
        if expression.constant is None or _computed(node):
            expected = "expected a literal: a number, a word, true, false or a list of these; compute values in let"
            self.problems.report(node, "not-a-literal", f"received {kind_of_node(node)}, {expected}")
            return None
        return expression.constant

    # -- texts ----------------------------------------------------------------------------------

    def text(self, node: YamlNode, where: str, longest: int = 1000) -> str | None:
        """Return free text, on one line; None when a problem was reported."""
        if not isinstance(node, ScalarNode):
            self.problems.report(node, "wrong-type", f"received {kind_of_node(node)}, expected text for {where}")
            return None
        if self.problems.refused(node):
            return None
        if not node.text.strip():
            self.problems.report(node, "missing-value", f"received nothing, expected text for {where}")
            return None
        if len(node.text) > longest:
            message = f"the text for {where} has {len(node.text):,} characters: the maximum is {longest:,}"
            self.problems.report(node, "too-large", message)
            return None
        return " ".join(node.text.split())

    def scalar_text(self, node: YamlNode, where: str) -> str | None:
        """Return the text of a short scalar, whatever it is."""
        if self.problems.refused(node):
            return None
        if isinstance(node, ScalarNode) and node.text.strip() and len(node.text) <= 200:
            return node.text
        self.problems.report(node, "wrong-type", f"received {kind_of_node(node)}, expected {where}")
        return None

    # -- mappings -------------------------------------------------------------------------------

    def no_colon(self, key: ScalarNode, value: YamlNode) -> bool:
        """Report a key that holds its value too, with or without a colon (`stride:2`); return whether it is one."""
        if not is_nothing(value):
            return False
        match = re.fullmatch(JOINED, key.text)
        if match is None:
            return False
        self.problems.report(key, *separate(match))
        return True

    def mapping(self, node: YamlNode, where: str) -> MappingNode | None:
        """Return the node if it is a mapping; None when a problem was reported."""
        if isinstance(node, MappingNode):
            return node
        if not self.problems.refused(node):
            self.problems.report(node, "wrong-type", f"received {kind_of_node(node)}, expected {where}")
        return None

    def cut_off(self, key: ScalarNode, value: YamlNode, previous: YamlNode | None) -> bool:
        """Report a key that is the rest of a value that YAML ended at a comma; return whether it is one."""
        if not is_nothing(value) or not (re.search(_REST, key.text) or re.fullmatch(_NUMBER, key.text)):
            return False
        if isinstance(previous, ScalarNode) and previous.text.count("(") > previous.text.count(")"):
            self.problems.already_reported()  # as the value that is not closed
        else:
            self.problems.report(key, "cut-off-value", _CUT)
        return True

    def names(self, node: YamlNode, where: str) -> list[tuple[ScalarNode, YamlNode]]:
        """Return the pairs of a mapping that gives names to things; none when a problem was reported."""
        mapping = self.mapping(node, where)
        if mapping is None:
            self.problems.lose("names")
            return []
        pairs = mapping.pairs
        if len(pairs) > MAX_NAMES:
            message = f"{len(pairs):,} names in one mapping: the maximum is {MAX_NAMES:,}"
            self.problems.report(node, "too-large", message)
            pairs = pairs[:MAX_NAMES]
        return pairs


def is_nothing(node: YamlNode) -> bool:
    """Return whether there is nothing where a value could be."""
    return isinstance(node, ScalarNode) and not node.text and node.plain


JOINED = r"([A-Za-z_]\w*)(:?)\s*(?<=[\s:])(\S.*)"
"""A key and its value in one: `stride:2`, `stride 2`. What only explains a mistake is compiled when one is made."""


def separate(joined: re.Match[str]) -> tuple[Code, str]:
    """Return the code and message for what is missing between a key and its value."""
    name, colon, rest = joined.groups()
    missing = "a space after its colon" if colon else "a colon"
    code: Code = "run-together" if colon else "missing-colon"
    return code, f"'{shown(joined.group())}' needs {missing}: write {shown(name)}: {shown(rest)}"


_REST = r"[)\]]"
_NUMBER = r"[0-9.]+[KMGB]?"
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
    if name in ARRIVING:
        remedy = (
            f"it is the {ARRIVING[name]} that arrive{'' if ARRIVING[name] == 'channels' else 's'} at an item or a block"
        )
        return _NotAName("misplaced-value", f"{name} is not defined here", remedy)
    if name == INDEX:
        remedy = "it is the number of a repetition, from 0, in the fields and the body of an item with repeat or copies"
        return _NotAName("misplaced-value", "index is not defined here", remedy)
    if name == "required":
        remedy = "it replaces the default of a hyperparameter or of a block's argument"
        return _NotAName("misplaced-value", "required is not a value here", remedy)
    return None


def _names_there(name: str, known: Known, words: Collection[str]) -> str:
    """Return what to say of an unknown name that is near to no other."""
    if name in TYPES:
        return "it is a type, not a value"
    if words:
        return f"{FOREIGN + '; ' if is_foreign(name) else ''}the words allowed here are {', '.join(words)}"
    if name in WORDS:
        return "it is a word, not a number"
    there = sorted(set(known) - SIDES_ARRIVING)
    return f"the names defined here are {listing(there)}" if there else "no names are defined here"


def _remedy(text: str, words: Collection[str]) -> str:
    """Return what to write instead of a boolean or null of YAML 1.1."""
    if "none" in words and text in _ABSENT:
        return "write none"
    return _YAML_1_1[text]


_LITERAL = r"\s*-?\s*([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)\s*|\s*[A-Za-z_]\w*\s*"


def _computed(node: YamlNode) -> bool:
    if isinstance(node, ScalarNode):
        return re.fullmatch(_LITERAL, node.text) is None
    return isinstance(node, ListNode) and any(_computed(item) for item in node.items)
