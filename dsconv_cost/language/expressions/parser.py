"""The arithmetic of the language: text in, a function of names out. Never Python's eval.

choice  := either [ "if" either "else" choice ]
either  := both { "or" both }          both := negated { "and" negated }
negated := "not" negated | compared    compared := sum [ ( == != < <= > >= ) sum ]
sum     := term { (+ -) term }         term := unary { (* / // %) unary }
unary   := ( - + ) unary | powered     powered := item [ "**" unary ]
item    := number | name [ "[" choice "]" ] | function "(" choice { "," choice } ")" | "(" choice ")"
"""

import re

from dsconv_cost.errors import Code
from dsconv_cost.language.expressions.expression import (
    ARRIVING,
    NO_NAMES,
    NO_TENSOR,
    Arriving,
    Expression,
    Names,
    Run,
    and_,
    arithmetic,
    comparison,
    element,
    literal,
    or_,
    size_arriving,
    truth,
)
from dsconv_cost.language.expressions.functions import FUNCTIONS, SIGNATURES, bounded, number
from dsconv_cost.layers.values import MAX_NUMBER, Value, ValueProblem
from dsconv_cost.text import nearest_words

LONGEST_EXPRESSION = 500
DEEPEST_EXPRESSION = 30
WEIGHT_OF_EQUALITY = 4
"""What == weighs, as it may compare lists."""


class ExpressionProblem(Exception):
    """Text that is not an expression: what is wrong, and at which character (from 0)."""

    def __init__(
        self, message: str, offset: int, code: Code = "expression-syntax", suggestion: str | None = None
    ) -> None:
        super().__init__(message)
        self.offset = offset
        self.code: Code = code
        self.suggestion = suggestion


# -- tokens ---------------------------------------------------------------------------------------

_TOKEN = re.compile(
    r"""\s*(?:(?P<number>(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+))
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<op>\*\*|//|==|!=|<=|>=|[-+*/%<>()\[\],]))""",
    re.VERBOSE,
)
_WORDY = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.")
_KEYWORDS = frozenset({"and", "or", "not", "if", "else"})

Token = tuple[str, str, int]


def _tokens(text: str) -> list[Token]:
    tokens: list[Token] = []
    at = 0
    end = len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None:
            at += len(text[at:]) - len(text[at:].lstrip())
            raise ExpressionProblem(_unexpected(text, at), at)
        kind = str(match.lastgroup)
        word = match.group(kind)
        start = match.start(kind)
        if kind == "number":
            behind = match.end()
            while behind < end and text[behind] in _WORDY:
                behind += 1
            tail = text[match.end() : behind]
            if tail or (len(word) > 1 and word[0] == "0" and word.isdigit()):
                raise ExpressionProblem(_odd_number(word + tail), start)
        tokens.append((kind, word, start))
        at = match.end()
    return tokens


def _unexpected(text: str, at: int) -> str:
    character = text[at]
    if character == "=":
        return "= is not an operator: compare with =="
    if character == "^":
        return "^ is not an operator: write ** for a power"
    if character == ":":
        return ": is not an operator: to end a field's name, put a space after the colon"
    if character in "&|!":
        return f"{character} is not an operator: write and, or, not"
    return f"{character!r} is not allowed in a value: write numbers, names, words and + - * / // % ** ( )"


def _odd_number(word: str) -> str:
    remedy = "write it with plain decimal digits"
    if re.fullmatch(r"0[0-9]+", word):
        return f"{word} could be octal or decimal: write {int(word)}"
    if re.fullmatch(r"[0-9_]+", word):
        return f"{word} is not a number here: write {word.replace('_', '')}"
    if re.fullmatch(r"([0-9]+(\.[0-9]*)?|\.[0-9]+)[eE][0-9]{1,2}", word):
        value = float(word)
        if value < 1e15 and value == int(value):
            remedy = f"write {int(value)}"
    elif re.fullmatch(r"([0-9]+(\.[0-9]*)?|\.[0-9]+)[kKMGB]", word):
        remedy = "write all of its digits"
    return f"{word[:40]} is not a number here: {remedy}"


class _Parser:
    def __init__(self, text: str, words: frozenset[str]) -> None:
        self.text = text
        self.words = words
        self.tokens = _tokens(text)
        self.at = 0
        self.depth = 0
        self.names: set[str] = set()

    # -- tokens ---------------------------------------------------------------------------------

    @property
    def word(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    @property
    def offset(self) -> int:
        return self.tokens[self.at][2] if self.at < len(self.tokens) else max(0, len(self.text.rstrip()) - 1)

    def take(self, *words: str) -> str:
        word = self.word
        if word in words:
            self.at += 1
            return word
        return ""

    def expect(self, word: str, opened: int) -> None:
        if not self.take(word):
            if not self.word:
                opener = self.text[opened]
                raise ExpressionProblem(
                    f"this {opener} is never closed. Inside {{ }} or [ ] YAML ends a plain value at a comma or bracket: "
                    f"quote the value, or write the item in block style",
                    opened,
                    "cut-off-value",
                )
            raise ExpressionProblem(f"expected {word}, received {self.word!r}", self.offset)

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST_EXPRESSION:
            raise ExpressionProblem(
                f"nested more than {DEEPEST_EXPRESSION} levels deep: name parts of it in let", self.offset, "too-deep"
            )

    # -- grammar --------------------------------------------------------------------------------

    def choice(self) -> Run:
        self.deeper()
        yes = self.either()
        if self.take("if"):
            test = self.either()
            if not self.take("else"):
                raise ExpressionProblem("`if` needs `else`: a if condition else b", self.offset)
            no = self.choice()
            self.depth -= 1
            return lambda n, x: yes(n, x) if truth(test(n, x), "if") else no(n, x)
        self.depth -= 1
        return yes

    def either(self) -> Run:
        left = self.both()
        while self.take("or"):
            left = or_(left, self.both())
        return left

    def both(self) -> Run:
        left = self.negated()
        while self.take("and"):
            left = and_(left, self.negated())
        return left

    def negated(self) -> Run:
        if self.take("not"):
            self.deeper()
            inner = self.negated()
            self.depth -= 1
            return lambda n, x: not truth(inner(n, x), "not")
        return self.compared()

    def compared(self) -> Run:
        left = self.sum()
        if op := self.take("==", "!=", "<", "<=", ">", ">="):
            left = comparison(op, left, self.sum())
            if self.word in ("==", "!=", "<", "<=", ">", ">="):
                raise ExpressionProblem("comparisons cannot be chained: write a < b and b < c", self.offset)
        return left

    def sum(self) -> Run:
        left = self.term()
        while op := self.take("+", "-"):
            left = arithmetic(op, left, self.term())
        return left

    def term(self) -> Run:
        left = self.unary()
        while op := self.take("*", "/", "//", "%"):
            left = arithmetic(op, left, self.unary())
        return left

    def unary(self) -> Run:
        if op := self.take("-", "+"):
            self.deeper()
            inner = self.unary()
            self.depth -= 1
            if op == "-":
                return lambda n, x: -number(inner(n, x), "-")
            return lambda n, x: number(inner(n, x), "+")
        base = self.item()
        if self.take("**"):
            self.deeper()
            exponent = self.unary()
            self.depth -= 1
            return arithmetic("**", base, exponent)
        return base

    def item(self) -> Run:
        if self.at >= len(self.tokens):
            raise ExpressionProblem("the value ends early: a number or a name is missing", self.offset)
        kind, word, start = self.tokens[self.at]
        self.at += 1
        if kind == "number":
            value = float(word) if "." in word else int(word)
            if value > MAX_NUMBER:
                shown = word if len(word) <= 17 else f"{word[:17]}..."
                raise ExpressionProblem(f"{shown} exceeds 2**53, the maximum", start, "too-large")
            return lambda n, x: value
        if kind == "name" and word not in _KEYWORDS:
            return self.named(word, start)
        if word == "(":
            inner = self.choice()
            self.expect(")", start)
            return inner
        if word == "[":
            raise ExpressionProblem("a list cannot be part of an expression: write [a, b] by itself", start)
        raise ExpressionProblem(f"expected a number or a name, received {word!r}", start)

    def named(self, word: str, start: int) -> Run:
        if word in FUNCTIONS:
            return self.call(word, start)
        if self.word == "(":
            meant = nearest_words(word, FUNCTIONS)
            hint = f"did you mean '{meant}'?" if meant else f"the functions are {', '.join(FUNCTIONS)}"
            raise ExpressionProblem(f"unknown function '{word}': {hint}", start, "unknown-function", meant)
        if word == "true":
            return lambda n, x: True
        if word == "false":
            return lambda n, x: False
        if word in self.words:
            return lambda n, x: word
        self.names.add(word)
        if word in ARRIVING:
            return size_arriving(word)
        if self.word != "[":
            return lambda n, x: n[word]
        opened = self.offset
        self.at += 1
        index = self.choice()
        self.expect("]", opened)
        return lambda n, x: element(n[word], index(n, x), word)

    def call(self, word: str, start: int) -> Run:
        opened = self.offset
        if not self.take("("):
            raise ExpressionProblem(f"{word} is a function: write {SIGNATURES[word]}", start)
        function, fewest, most = FUNCTIONS[word]
        arguments = [self.choice()]
        while self.take(","):
            arguments.append(self.choice())
        if not self.word and len(arguments) < fewest:
            raise ExpressionProblem(
                f"this {word}(...) was cut off. Inside {{ }} or [ ] YAML ends a plain value at a comma: "
                "quote the value, or write the item in block style",
                start,
                "cut-off-value",
            )
        self.expect(")", opened)
        if not fewest <= len(arguments) <= most:
            raise ExpressionProblem(f"{word} received {len(arguments)} arguments: write {SIGNATURES[word]}", start)

        def run(n: Names, x: Arriving) -> Value:
            return bounded(function(*[number(a(n, x), word) for a in arguments]))

        return run


def compile_expression(text: str, words: frozenset[str]) -> Expression:
    """Compile `text`; `words` are the constants of the language, which mean themselves.

    Raises ExpressionProblem with the offset of what is wrong. A constant part that has no value (1 / 0)
    raises when it is run, as `ValueProblem`.
    """
    if len(text) > LONGEST_EXPRESSION:
        raise ExpressionProblem(
            f"a value of {len(text):,} characters: the maximum is {LONGEST_EXPRESSION}; name parts of it in let",
            0,
            "too-large",
        )
    if not text.strip():
        raise ExpressionProblem("an empty value", 0, "missing-value")
    if len(text) <= 15 and text.isascii() and text.isdigit() and (text[0] != "0" or text == "0"):
        return literal(int(text), text)  # by far the most frequent, and every different one is compiled
    parser = _Parser(text, words)
    run = parser.choice()
    if parser.at < len(parser.tokens):
        raise ExpressionProblem(_trailing(parser), parser.offset)
    names = frozenset(parser.names) if parser.names else NO_NAMES
    weight = len(parser.tokens) // 2 + WEIGHT_OF_EQUALITY * sum(word in ("==", "!=") for _, word, _ in parser.tokens)
    if names:
        return Expression(text, run, names, weight=weight)
    try:
        value = run({}, NO_TENSOR)
    except ValueProblem:
        return Expression(text, run, names, weight=weight)
    return Expression(text, lambda n, x: value, names, value, weight)


def _trailing(parser: _Parser) -> str:
    word = parser.word
    if word == ")":
        return (
            "this ) closes nothing. Inside { } or [ ] YAML ends a plain value at a comma: "
            "quote the whole value, or write the item in block style"
        )
    if word == "," and "(" not in parser.text:
        return "a comma between values: write a list as [a, b]"
    return f"expected an operator or the end of the value, received {word!r}"
