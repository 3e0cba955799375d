"""Fields of the language's types, and the kinds of value they take.

A kind checks a value and brings it into one normal form; it also says what it takes in words (for messages and the
reference) and as JSON Schema (for editors).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from dsconv_cost.errors import Code
from dsconv_cost.layers.shapes import MOST_SIDES, Padding, PerSide
from dsconv_cost.layers.values import Value, describe, written
from dsconv_cost.text import nearest_words

LARGEST_SIZE = 1_000_000_000

Schema = dict[str, object]


class Rejected(Exception):
    """A value of the wrong kind; the message says what was received and what would be right."""

    code: Code = "wrong-value"

    def __init__(self, message: str, suggestion: str | None = None) -> None:
        super().__init__(message)
        self.suggestion = suggestion


class Sentinel:
    """A default that is no value: `REQUIRED`, `DERIVED`."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name


REQUIRED = Sentinel("required")
DERIVED = Sentinel("derived")
"""Worked out from the other fields by the type itself, or taken from the convolutions inside a composite."""


class Kind:
    """What a field takes."""

    wants = "a value"
    example = ""
    """A value that every field of this kind takes, for the reference."""
    own_words: tuple[str, ...] = ()
    """Words that mean something in this field alone: they stay free as names, and no expression can give them."""

    def accept(self, value: Value) -> Any:
        """Return the normal form of `value`, or raise Rejected."""
        raise NotImplementedError(self)

    def schema(self) -> Schema:
        """Return the JSON Schema of literal values; an expression is always allowed besides."""
        raise NotImplementedError(self)

    def words(self) -> Sequence[str]:
        """Return the words this kind takes."""
        return ()

    def show(self, value: Any) -> str:
        """Return a normal form as it would be written."""
        return written(value)

    def refuse(self, value: Value) -> Rejected:
        return Rejected(f"received {describe(value)}, expected {self.wants}")


def whole(value: Value, low: int, kind: Kind) -> int:
    if type(value) is float and value == int(value):
        value = int(value)
    if type(value) is float and value >= low:
        raise Rejected(
            f"received {describe(value)}, expected {kind.wants}: round it with int, round, ceil, floor or make_divisible"
        )
    if type(value) is not int or value < low:
        raise kind.refuse(value)
    if value > LARGEST_SIZE:
        raise Rejected(f"received {value}, expected {kind.wants}, at most {LARGEST_SIZE:,}")
    return value


class Whole(Kind):
    """A whole number."""

    example = "4"

    def __init__(self, low: int = 1) -> None:
        self.low = low
        self.wants = f"a whole number of at least {low}"

    def accept(self, value: Value) -> int:
        return whole(value, self.low, self)

    def schema(self) -> Schema:
        return {"type": "integer", "minimum": self.low, "maximum": LARGEST_SIZE}


class SidesKind(Kind):
    """A whole number for all sides, or one for each: [length], [height, width] or [time, height, width]."""

    example = "3"

    def __init__(self, low: int = 1) -> None:
        self.low = low
        self.wants = f"a whole number of at least {low}, or one for each side: [height, width]"

    def accept(self, value: Value) -> PerSide:
        if isinstance(value, tuple):
            if not 1 <= len(value) <= MOST_SIDES:
                raise self.refuse(value)
            return tuple([whole(side, self.low, self) for side in value])
        return whole(value, self.low, self)

    def schema(self) -> Schema:
        one = Whole(self.low).schema()
        many: Schema = {"type": "array", "items": {"anyOf": [one, EXPRESSION]}, "minItems": 1, "maxItems": MOST_SIDES}
        return {"anyOf": [one, many]}


class PaddingKind(Kind):
    """How much to pad: same, valid, one number, one for each side, or before and after for each side."""

    wants = "same, valid, a whole number of at least 0, [h, w] or [top, bottom, left, right]"

    def __init__(self, words: tuple[str, ...] = ("same", "valid")) -> None:
        self._words = words
        if not words:
            self.wants = "a whole number of at least 0, [h, w] or [top, bottom, left, right]"

    def accept(self, value: Value) -> Padding:
        if isinstance(value, str):
            if value not in self._words:
                raise self.refuse(value)
            return "same" if value == "same" else 0
        if not isinstance(value, tuple):
            return whole(value, 0, self)
        if len(value) not in (*range(1, MOST_SIDES + 1), *range(2, 2 * MOST_SIDES + 1, 2)):
            raise self.refuse(value)
        return tuple([whole(side, 0, self) for side in value])

    def schema(self) -> Schema:
        one = Whole(0).schema()
        many: Schema = {"type": "array", "items": {"anyOf": [one, EXPRESSION]}}
        numbers = [{**many, "minItems": n, "maxItems": n} for n in (1, 2, 3, 4, 6)]
        return {"anyOf": [*([{"enum": list(self._words)}] if self._words else []), one, *numbers]}

    def words(self) -> Sequence[str]:
        return self._words


class Choice(Kind):
    """One of a few words."""

    def __init__(self, *choices: str) -> None:
        self.choices = choices
        self.example = choices[0]
        self.wants = " or ".join(choices) if len(choices) < 4 else f"one of {', '.join(choices)}"

    def accept(self, value: Value) -> str:
        if isinstance(value, str) and value in self.choices:
            return value
        meant = nearest_words(str(value), self.choices)
        hint = f": did you mean '{meant}'?" if meant else ""
        raise Rejected(f"received {describe(value)}, expected {self.wants}{hint}", meant)

    def schema(self) -> Schema:
        return {"enum": list(self.choices)}

    def words(self) -> Sequence[str]:
        return self.choices


class Flag(Kind):
    """true or false."""

    wants = "true or false"

    def accept(self, value: Value) -> bool:
        if isinstance(value, bool):
            return value
        raise self.refuse(value)

    def schema(self) -> Schema:
        return {"type": "boolean"}


class SizeOf(SidesKind):
    """The name of a tensor whose sides are meant, or [height, width]. The elaboration resolves names."""

    example = "[8, 8]"

    def __init__(self) -> None:
        super().__init__(1)
        self.wants = "the name of a tensor, or [height, width]"

    def schema(self) -> Schema:
        return {"anyOf": [{"type": "string"}, *super().schema()["anyOf"]]}  # type: ignore[misc]  # a list by construction


class BodyKind(Kind):
    """A list of items, or one item."""

    example = "{conv: 16, kernel: 3}"

    wants = "a list of items, or one item"

    def schema(self) -> Schema:
        return {"$ref": "#/$defs/body"}


class BranchesKind(Kind):
    """A list of branches: bodies and names of tensors."""

    example = "[{conv: 16, kernel: 3}, {conv: 16, kernel: 1}]"

    wants = "a list of branches, each a body or the name of a tensor"

    def schema(self) -> Schema:
        return {"type": "array", "items": {"$ref": "#/$defs/branch"}, "minItems": 1}


class ShortcutKind(BodyKind):
    """A body, or one of two words."""

    wants = "a body (a projection to add), none, or identity"

    def schema(self) -> Schema:
        return {"anyOf": [{"enum": ["none", "identity"]}, {"$ref": "#/$defs/body"}]}

    def words(self) -> Sequence[str]:
        return ("none", "identity")


EXPRESSION: Schema = {"$ref": "#/$defs/expression"}
COUNT = Whole(1)
SIDES = SidesKind(1)
SIDES_FROM_0 = SidesKind(0)
PADDING = PaddingKind()
FLAG = Flag()
BODY = BodyKind()
BRANCHES = BranchesKind()


class Field:
    """One field of a type: its name, what it takes, its default, and what it means."""

    __slots__ = ("also", "default", "doc", "in_defaults", "kind", "name")

    def __init__(
        self, name: str, kind: Kind, doc: str, default: object = REQUIRED, also: tuple[str, ...] = (), in_defaults: bool = True
    ) -> None:  # fmt: skip
        self.name = name
        self.kind = kind
        self.doc = doc
        self.default = default
        """The normal form of the value it has when it is not written, or REQUIRED, or DERIVED."""
        self.also = also
        """What other frameworks call it; used for suggestions only."""
        self.in_defaults = in_defaults and not isinstance(kind, ShortcutKind)
        """Whether a file's `defaults` may give it."""

    @property
    def default_text(self) -> str:
        return self.default.name if isinstance(self.default, Sentinel) else self.kind.show(self.default)


Values = Mapping[str, Any]
"""Field name -> normal form."""
