"""Kinds of value that few types take."""

from collections.abc import Sequence
from typing import Any

from dsconv_cost.layers.fields import EXPRESSION, LARGEST_SIZE, Kind, Schema, Whole, whole
from dsconv_cost.layers.values import Value


class Convert(Kind):
    """auto, true or false."""

    wants = "auto, true or false"

    def accept(self, value: Value) -> bool | str:
        if isinstance(value, bool) or value == "auto":
            return value
        raise self.refuse(value)

    def schema(self) -> Schema:
        return {"enum": ["auto", True, False]}

    def words(self) -> Sequence[str]:
        return ("auto",)


class OptionalWhole(Kind):
    """A whole number, or none."""

    wants = "a whole number of at least 1, or none"

    def accept(self, value: Value) -> int | None:
        return None if value == "none" else whole(value, 1, self)

    def schema(self) -> Schema:
        return {"anyOf": [{"enum": ["none"]}, Whole().schema()]}

    def words(self) -> Sequence[str]:
        return ("none",)

    def show(self, value: Any) -> str:
        return "none" if value is None else str(value)


class Ratio(Kind):
    """A number above 0."""

    wants = "a number above 0"

    def accept(self, value: Value) -> int | float:
        if (type(value) is int or type(value) is float) and 0 < value <= LARGEST_SIZE:
            return value
        raise self.refuse(value)

    def schema(self) -> Schema:
        return {"type": "number", "exclusiveMinimum": 0}


class Fraction(Kind):
    """A number from 0 to 1."""

    wants = "a number from 0 to 1"

    def accept(self, value: Value) -> int | float:
        if (type(value) is int or type(value) is float) and 0 <= value <= 1:
            return value
        raise self.refuse(value)

    def schema(self) -> Schema:
        return {"type": "number", "minimum": 0, "maximum": 1}


class ChannelRange(Kind):
    """[start, stop]: channels start to stop-1."""

    wants = "[start, stop], the channels from start up to stop-1, counted from 0"

    def accept(self, value: Value) -> tuple[int, int]:
        if not isinstance(value, tuple) or len(value) != 2:
            raise self.refuse(value)
        start, stop = whole(value[0], 0, self), whole(value[1], 0, self)
        if start >= stop:
            raise self.refuse(value)
        return start, stop

    def schema(self) -> Schema:
        one = Whole(0).schema()
        return {"type": "array", "items": {"anyOf": [one, EXPRESSION]}, "minItems": 2, "maxItems": 2}


class SplitParts(Kind):
    """A number of equal parts, or the list of their sizes."""

    wants = "a number of equal parts, or the list of their sizes"

    def accept(self, value: Value) -> int | tuple[int, ...]:
        if isinstance(value, tuple):
            if not value:
                raise self.refuse(value)
            return tuple(whole(v, 1, self) for v in value)
        return whole(value, 1, self)

    def schema(self) -> Schema:
        one = Whole().schema()
        return {"anyOf": [one, {"type": "array", "items": {"anyOf": [one, EXPRESSION]}, "minItems": 1}]}


RATIO = Ratio()
FRACTION = Fraction()
