"""Values of a file: literals, expressions and texts, read with every problem placed."""

import re
from collections.abc import Collection

from dsconv_cost.errors import Problem
from dsconv_cost.expressions import (
    IN_CHANNELS,
    Expression,
    ExpressionProblem,
    compile_expression,
    listed,
)
from dsconv_cost.inert import inert, near
from dsconv_cost.values import FUNCTIONS, Value, ValueProblem
from dsconv_cost.vocabulary import TYPES, WORDS, suggest_word
from dsconv_cost.yaml_events import REFUSED, Mapping, Node, Scalar, what

LONGEST_LIST = 10_000
_YAML_1_1 = {
    "yes": "write true", "no": "write false", "on": "write true", "off": "write false", "y": "write true",
    "n": "write false", "null": "leave the field out, or write none", "~": "leave the field out, or write none",
}  # fmt: skip

Known = Collection[str]
"""The names an expression may use."""


class ValueReader:
    """Reads values, and collects what is wrong with them."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        self._compiled: dict[str, Expression | ExpressionProblem] = {}

    def report(self, node: Node, message: str, offset: int = 0) -> None:
        """Add a problem at a node, or at a character of a one-line scalar."""
        column = node.column
        if offset and isinstance(node, Scalar) and "\n" not in node.text:
            column += offset + (0 if node.plain else 1)
        self.problems.append(Problem(node.line, column, message))

    # -- expressions ----------------------------------------------------------------------------

    def value(self, node: Node, known: Known, words: Collection[str] = ()) -> Expression | None:
        """Return the compiled value of a scalar or a list of scalars; None when a problem was reported.

        `words` are the words that would be right here, for suggestions.
        """
        if isinstance(node, Scalar):
            return self.scalar(node, known, words)
        if isinstance(node, Mapping):
            self.report(
                node, "received a mapping, expected a value: a number, a word, an expression or a list of these"
            )
            return None
        if len(node.items) > LONGEST_LIST:
            self.report(node, f"a list of {len(node.items):,} values; at most {LONGEST_LIST:,}")
            return None
        parts: list[Expression] = []
        for item in node.items:
            if not isinstance(item, Scalar):
                self.report(item, f"received {what(item)} inside a list, expected a number, a word or an expression")
                return None
            part = self.scalar(item, known, words)
            if part is None:
                return None
            parts.append(part)
        return listed(parts)

    def scalar(self, node: Scalar, known: Known, words: Collection[str] = ()) -> Expression | None:
        text = node.text
        if text == REFUSED:
            return None
        if not text.strip():
            self.report(node, "received nothing, expected a value: a number, a word or an expression")
            return None
        found = self._compiled.get(text)
        if found is None:
            try:
                found = compile_expression(text, WORDS)
            except ExpressionProblem as problem:
                found = problem
            except ValueProblem as problem:
                found = ExpressionProblem(str(problem), 0)
            self._compiled[text] = found
        if isinstance(found, ExpressionProblem):
            said = str(found)
            if text in _YAML_1_1 and node.plain:
                said = f"{text} is not a value here: {_YAML_1_1[text]}"
            elif text.count(":") and re.fullmatch(r"[0-9]+(:[0-9]+)+", text):
                said = f"{text} is not a number here: YAML 1.1 reads it as base 60; write the number, or a list [a, b]"
            self.report(node, inert(said), found.offset)
            return None
        unknown = [name for name in found.names if name not in known]
        if unknown:
            for name in sorted(unknown, key=text.find):
                match = re.search(rf"\b{name}\b", text)
                self.report(node, self._unknown(name, known, words), match.start() if match else 0)
            return None
        return found

    def _unknown(self, name: str, known: Known, words: Collection[str]) -> str:
        if name in _YAML_1_1:
            return f"{name} is not a value here: {_YAML_1_1[name]}"
        if name == IN_CHANNELS:
            return "in_channels does not exist here: it is the channels arriving at an item, or at a block"
        if name == "required":
            return "required stands only as the value of a hyperparameter or of a block's argument"
        meant = suggest_word(name, list(words)) if words else None
        if meant:
            return f"unknown name '{name}': did you mean '{meant}'?"
        hint = near(name, [*known, *FUNCTIONS, *words])
        if not hint and name in TYPES:
            hint = ": it is a type, and types stand where an item starts"
        if not hint and words:
            hint = f": here the words are {', '.join(words)}"
        if not hint:
            hint = f": the names here are {', '.join(sorted(known)[:12]) or 'none'}"
        return f"unknown name '{name}'{hint}"

    # -- literals -------------------------------------------------------------------------------

    def literal(self, node: Node) -> Value | None:
        """Return a number, word, true or false, or a list of these; None when a problem was reported."""
        before = len(self.problems)
        found = self.value(node, ())
        if found is None:
            for at in range(before, len(self.problems)):
                line, column, said = self.problems[at]
                if said.startswith("unknown name"):
                    said = said.split(": the names here")[0] + (
                        ""
                        if "did you mean" in said
                        else ": a literal is a number, true, false, a word, or a list of these"
                    )
                    self.problems[at] = Problem(line, column, said)
            return None
        if found.constant is None or _computed(node):
            self.report(
                node, f"received {what(node)}, expected a literal: a number, a word, true, false or a list of these; "
                "compute in let"
            )  # fmt: skip
            return None
        return found.constant

    # -- texts ----------------------------------------------------------------------------------

    def text(self, node: Node, where: str, longest: int = 1000) -> str | None:
        """Return free text, on one line; None when a problem was reported."""
        if not isinstance(node, Scalar):
            self.report(node, f"received {what(node)}, expected text for {where}")
            return None
        if node.text == REFUSED:
            return None
        if not node.text.strip():
            self.report(node, f"received nothing, expected text for {where}")
            return None
        if len(node.text) > longest:
            self.report(node, f"a text of {len(node.text):,} characters for {where}; at most {longest:,}")
            return None
        return " ".join(node.text.split())

    def scalar_text(self, node: Node, where: str) -> str | None:
        """Return the text of a short scalar, whatever it is."""
        if isinstance(node, Scalar) and node.text == REFUSED:
            return None
        if isinstance(node, Scalar) and node.text.strip() and len(node.text) <= 200:
            return node.text
        self.report(node, f"received {what(node)}, expected {where}")
        return None

    def mapping(self, node: Node, where: str) -> Mapping | None:
        """Return the node if it is a mapping; None when a problem was reported."""
        if isinstance(node, Mapping):
            return node
        if not (isinstance(node, Scalar) and node.text == REFUSED):
            self.report(node, f"received {what(node)}, expected {where}")
        return None


_LITERAL = re.compile(r"\s*-?\s*([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)\s*|\s*[A-Za-z_]\w*\s*")


def _computed(node: Node) -> bool:
    if isinstance(node, Scalar):
        return _LITERAL.fullmatch(node.text) is None
    return not isinstance(node, Mapping) and any(_computed(item) for item in node.items)
