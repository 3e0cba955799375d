"""Conditions on the points of a space: `macs <= 300M and peak <= 256 KiB`.

condition := both { "or" both }       both := one { "and" one }      one := "not" one | compared
compared  := sum [ (<= < >= > == !=) sum ]                            sum := term { (+ -) term }
term      := factor { (* /) factor }  factor := number [unit] | name | word | "-" factor | "(" condition ")"

Names are settings and figures; numbers have the units of limits.
"""

import re
from collections.abc import Callable, Collection, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from dsconv_cost.errors import UsageError
from dsconv_cost.language.limits import BYTES, COUNTS, METRICS, SHARE, Amount, QuantityProblem, amount
from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.spaces.columns import Columns
from dsconv_cost.spaces.grid import Axis
from dsconv_cost.spaces.metrics import SWEPT
from dsconv_cost.spaces.space import Cells
from dsconv_cost.text import inert, near, shown

LONGEST_CONDITION = 2_000
_DEEPEST = 30
_TOKEN = re.compile(
    r"\s*(?:(?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][0-9]{1,2})?(?:[ \t]?(?:[KMGTkB]|[KMGT]i|[KMGTk]i?B|%)(?![A-Za-z0-9_]))?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<op><=|>=|==|!=|[<>()+*/-]))"
)
_OPPOSITE = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_PLAIN = "plain"
"""What has no unit: settings, and ratios of figures."""


class PlainLimit(NamedTuple):
    """A figure that is to be at most, or at least, an amount."""

    figure: str
    comparison: str
    """One of <= < >= >."""
    amount: Amount


class Condition:
    """A condition that can be looked at for many points at once."""

    __slots__ = ("_holds", "figures", "limits", "text")

    def __init__(
        self, text: str, holds: Callable[[Columns], Any], figures: Collection[str], limits: Sequence[PlainLimit] | None
    ) -> None:
        self.text = text
        self._holds = holds
        self.figures = tuple(figures)
        """Those that it needs."""
        self.limits = limits
        """The same as limits that all hold, where it is that simple."""

    def holds(self, columns: Columns, count: int) -> Cells:
        """Return for each of so many points whether it holds there."""
        return np.broadcast_to(np.asarray(self._holds(columns), bool), (count,))


class _Part(NamedTuple):
    """A part of a condition: how it is worked out, and what it is."""

    of: Callable[[Columns], Any]
    kind: str
    """`truth`, `word`, or the unit of a number: `count`, `bytes`, `share`, `plain`."""
    name: str = ""
    """Of a figure or setting alone."""
    text: str = ""
    """Of a number alone."""
    limits: Sequence[PlainLimit] | None = None


def parse_condition(text: str, axes: Sequence[Axis], where: str = "--where") -> Condition:
    """Return the condition that a text describes. Raises UsageError with the place of what is wrong."""
    parser = _ConditionParser(text, axes, where)
    part = parser.condition()
    if parser.word:
        raise parser.problem(f"expected and, or, or the end, received '{shown(parser.word)}'")
    if part.kind != "truth":
        raise parser.problem("received a number, expected a comparison, e.g. macs <= 300M", 0)
    return Condition(text, part.of, sorted(parser.figures), part.limits)


class _ConditionParser:
    def __init__(self, text: str, axes: Sequence[Axis], where: str) -> None:
        self.text = text
        self.where = where
        self.axes = {axis.name: axis for axis in axes}
        self.words = {value for axis in axes for value in axis.values if isinstance(value, str)}
        self.figures: set[str] = set()
        self.depth = 0
        if len(text) > LONGEST_CONDITION:
            raise UsageError(f"{where}: a condition of {len(text):,} characters: the maximum is {LONGEST_CONDITION:,}")
        self.tokens: list[tuple[str, str, int]] = []
        at, end = 0, len(text.rstrip())
        while at < end:
            match = _TOKEN.match(text, at)
            if match is None:
                start = at + len(text[at:]) - len(text[at:].lstrip())
                hint = ": compare with ==" if text[start] == "=" else ""
                raise self.problem(f"'{shown(text[start])}' is not an operator{hint}", start)
            kind = str(match.lastgroup)
            self.tokens.append((kind, match.group(kind), match.start(kind)))
            at = match.end()
        self.at = 0

    def problem(self, message: str, offset: int | None = None) -> UsageError:
        if offset is None:
            offset = self.tokens[self.at][2] if self.at < len(self.tokens) else len(self.text.rstrip())
        return UsageError(f"{self.where} {shown(self.text)}: at character {offset + 1}: {message}")

    @property
    def word(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def take(self, *words: str) -> str:
        word = self.word
        if word in words:
            self.at += 1
            return word
        return ""

    # -- grammar --------------------------------------------------------------------------------

    def condition(self) -> _Part:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self.problem(f"nested more than {_DEEPEST} levels deep")
        left = self.both()
        while self.take("or"):
            left = _joined(self.truth(left), self.truth(self.both()), np.logical_or, None)
        self.depth -= 1
        return left

    def both(self) -> _Part:
        left = self.one()
        while self.take("and"):
            right = self.one()
            together = None if left.limits is None or right.limits is None else [*left.limits, *right.limits]
            left = _joined(self.truth(left), self.truth(right), np.logical_and, together)
        return left

    def one(self) -> _Part:
        if self.take("not"):
            inner = self.truth(self.one()).of
            return _Part(lambda columns: ~np.asarray(inner(columns), bool), "truth")
        return self.compared()

    def compared(self) -> _Part:
        start = self.at
        left = self.sum()
        comparison = self.take("<=", ">=", "<", ">", "==", "!=")
        if not comparison:
            return left
        right = self.sum()
        if self.word in _OPPOSITE:
            raise self.problem("comparisons cannot be chained: write a < b and b < c")
        if "truth" in (left.kind, right.kind):
            raise self.problem("a comparison cannot be compared", self.tokens[start][2])
        if "word" in (left.kind, right.kind):
            if comparison not in ("==", "!="):
                raise self.problem("words have no order: compare them with == or !=", self.tokens[start][2])
            return _Part(lambda columns: _same(left.of(columns), right.of(columns)) == (comparison == "=="), "truth")
        if left.text and right.name in SWEPT:
            left, right, comparison = right, left, _OPPOSITE[comparison]
        if left.name in SWEPT and right.text:
            return self.limit(left, comparison, right, self.tokens[start][2])
        if {left.kind, right.kind} in ({BYTES, COUNTS}, {BYTES, SHARE}, {COUNTS, SHARE}):
            raise self.problem(f"compares {_UNITS[left.kind]} with {_UNITS[right.kind]}", self.tokens[start][2])
        return _Part(lambda columns: _COMPARED[comparison](left.of(columns), right.of(columns)), "truth")

    def limit(self, figure: _Part, comparison: str, number: _Part, offset: int) -> _Part:
        """Return the comparison of a figure with an amount in its unit, exactly."""
        unit = figure.kind
        metric = METRICS.get(figure.name) or METRICS["macs"]
        try:
            bound = amount(number.text, metric)
        except QuantityProblem as problem:
            raise self.problem(f"{figure.name}: {problem}", offset) from None
        name, top, bottom = figure.name, bound.top, bound.bottom
        compare = _COMPARED[comparison]
        limits = [PlainLimit(name, comparison, bound)] if comparison in ("<=", "<", ">=", ">") else None
        if unit != SHARE:
            return _Part(lambda columns: compare(columns[name], top), "truth", limits=limits)
        # saved / standard against top / bottom, both multiplied by the two below.
        return _Part(
            lambda columns: compare(_times(columns[name], bottom), _times(columns["standard_macs"], top)),
            "truth",
            limits=limits,
        )

    def sum(self) -> _Part:
        left = self.term()
        while operator := self.take("+", "-"):
            left = self.calculated(left, operator, self.term())
        return left

    def term(self) -> _Part:
        left = self.factor()
        while operator := self.take("*", "/"):
            left = self.calculated(left, operator, self.factor())
        return left

    def calculated(self, left: _Part, operator: str, right: _Part) -> _Part:
        for part in (left, right):
            if part.kind in ("truth", "word"):
                raise self.problem(f"{operator} needs numbers")
        a, b = left.of, right.of
        kind = (
            left.kind
            if left.kind == right.kind or right.kind == _PLAIN
            else right.kind
            if left.kind == _PLAIN
            else _PLAIN
        )
        if operator == "/" and right.kind != _PLAIN:
            kind = _PLAIN
        return _Part(lambda columns: _CALCULATED[operator](a(columns), b(columns)), kind)

    def factor(self) -> _Part:
        if self.at >= len(self.tokens):
            raise self.problem("the condition ends early: a number or a name is missing")
        kind, word, start = self.tokens[self.at]
        self.at += 1
        if kind == "number":
            return self.number(word, start)
        if word == "-":
            inner = self.factor()
            return self.calculated(_Part(lambda columns: 0, _PLAIN), "-", inner)
        if word == "(":
            inner = self.condition()
            if not self.take(")"):
                raise self.problem("this ( is never closed", start)
            return inner
        if kind == "name" and word not in ("and", "or", "not"):
            return self.named(word, start)
        raise self.problem(f"expected a number or a name, received '{shown(word)}'", start)

    def number(self, word: str, start: int) -> _Part:
        digits = re.match(r"[0-9.]+(?:[eE][0-9]+)?", word)
        assert digits is not None
        unit = word[digits.end() :].strip()
        measure = SHARE if unit == "%" else BYTES if unit.endswith("B") and unit != "B" else COUNTS
        plain = not unit
        try:
            value = Fraction(digits[0]) if plain else _fraction(amount(word, METRICS[_EXAMPLE[measure]]))
        except QuantityProblem as problem:
            raise self.problem(str(problem), start) from None
        number = int(value) if value.denominator == 1 else float(value)
        return _Part(lambda columns: number, _PLAIN if plain else measure, text=word)

    def named(self, word: str, start: int) -> _Part:
        axis = self.axes.get(word)
        if axis is not None:
            numbers = all(type(value) in (int, float, bool) for value in axis.values)
            return _Part(
                lambda columns: columns[f"setting {word}"], _PLAIN if numbers else "word", name=f"setting {word}"
            )
        if word in SWEPT:
            self.figures |= {word, "standard_macs"} if word == "saving" else {word}
            if word == "saving":
                return _Part(lambda columns: columns[word] / np.maximum(columns["standard_macs"], 1), SHARE, name=word)
            return _Part(lambda columns: columns[word], SWEPT[word].unit, name=word)
        if word in ("true", "false"):
            return _Part(lambda columns: word == "true", _PLAIN)
        if word in self.words:
            return _Part(lambda columns: word, "word")
        there = [*self.axes, *SWEPT]
        raise self.problem(
            f"unknown name '{shown(word)}'{near(word, there) or ': there are ' + inert(', '.join(there))}", start
        )

    def truth(self, part: _Part) -> _Part:
        if part.kind != "truth":
            raise self.problem("and, or and not join comparisons, e.g. macs <= 300M")
        return part


_EXAMPLE = {COUNTS: "macs", BYTES: "size", SHARE: "saving"}
_UNITS = {COUNTS: "a count", BYTES: "bytes", SHARE: "a share"}
_COMPARED: dict[str, Callable[[Any, Any], Any]] = {
    "<=": lambda a, b: a <= b, "<": lambda a, b: a < b, ">=": lambda a, b: a >= b, ">": lambda a, b: a > b,
    "==": lambda a, b: a == b, "!=": lambda a, b: a != b,
}  # fmt: skip
_CALCULATED: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: _wide(a, 2) + _wide(b, 2),
    "-": lambda a, b: _wide(a, 2) - _wide(b, 2),
    "*": lambda a, b: _times(a, b),
    "/": lambda a, b: np.divide(
        np.asarray(a, float), np.where(np.asarray(b, float) == 0, np.nan, np.asarray(b, float))
    ),
}


def _joined(
    left: _Part, right: _Part, how: Callable[[Any, Any], Any], limits: Sequence[PlainLimit] | None
) -> _Part:  # fmt: skip
    a, b = left.of, right.of
    return _Part(
        lambda columns: how(np.asarray(a(columns), bool), np.asarray(b(columns), bool)), "truth", limits=limits
    )


def _same(a: Any, b: Any) -> Any:
    if isinstance(a, np.ndarray) and a.dtype == object and isinstance(b, str):
        return np.array([value == b for value in a.tolist()], bool)
    return np.asarray(a == b)


def _fraction(bound: Amount) -> Fraction:
    return Fraction(bound.top, bound.bottom)


def _reach(value: Any) -> int:
    if isinstance(value, np.ndarray):
        return int(max(abs(value.max(initial=0)), abs(value.min(initial=0)))) if value.dtype.kind in "iu" else 0
    return abs(value) if isinstance(value, int) else 0


def _wide(value: Any, times: int) -> Any:
    """Return numbers in Python's own integers where int64 might not hold so many times as much."""
    if isinstance(value, np.ndarray) and _reach(value) * max(times, 1) >= 1 << 62:
        return value.astype(object)
    return value


def _times(a: Any, b: Any) -> Any:
    return _wide(a, _reach(b)) * _wide(b, _reach(a))
