"""Literals given outside a file, as on the command line."""

from dsconv_cost.errors import UsageError
from dsconv_cost.language.expressions.parser import ExpressionProblem, compile_expression
from dsconv_cost.language.vocabulary import WORDS
from dsconv_cost.layers.values import Value, ValueProblem
from dsconv_cost.text import inert, near


def parse_literal(text: str, where: str) -> Value:
    """Return the number, word, true or false, or list of these that `text` means. Raises UsageError."""
    text = text.strip()
    if text.startswith("[") and text.endswith("]"):
        inner = text[1:-1].strip()
        return tuple(_scalar(part, where) for part in inner.split(",")) if inner else ()
    return _scalar(text, where)


def _scalar(text: str, where: str) -> Value:
    shown = inert(text.strip()[:60])
    try:
        expression = compile_expression(text, WORDS)
    except (ExpressionProblem, ValueProblem) as problem:
        raise UsageError(f"{where}: received '{shown}': {inert(str(problem))}") from None
    if expression.constant is None:
        hint = near(shown, WORDS) or ": expected a number, a word, true, false or a list [a, b]"
        raise UsageError(f"{where}: received '{shown}'{hint}")
    return expression.constant
