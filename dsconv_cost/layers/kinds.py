"""Kinds of value that few types take."""

from collections.abc import Sequence
from typing import Any

from dsconv_cost.layers.fields import (
    EXPRESSION,
    LARGEST_SIZE,
    BranchesKind,
    Choice,
    Kind,
    Schema,
    SidesKind,
    Whole,
    whole,
)
from dsconv_cost.layers.shapes import AXES, MOST_SIDES, axes_of
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


class UpTo(Kind):
    """A whole number between two bounds."""

    def __init__(self, high: int, low: int = 1) -> None:
        self._numbers = range(low, high + 1)
        self.wants = " or ".join(map(str, self._numbers)) if high - low < 2 else f"a whole number from {low} to {high}"

    def accept(self, value: Value) -> int:
        number = whole(value, self._numbers.start, self)
        if number not in self._numbers:
            raise self.refuse(value)
        return number

    def schema(self) -> Schema:
        return {"type": "integer", "minimum": self._numbers.start, "maximum": self._numbers.stop - 1}


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

    example = "0.2"

    wants = "a number from 0 to 1"

    def accept(self, value: Value) -> int | float:
        if (type(value) is int or type(value) is float) and 0 <= value <= 1:
            return value
        raise self.refuse(value)

    def schema(self) -> Schema:
        return {"type": "number", "minimum": 0, "maximum": 1}


class AxisPart(Kind):
    """[start, stop] or [start, stop, step]: what is taken along an axis; None is everything."""

    example = "[0, 8]"

    wants = "[start, stop] or [start, stop, step]: from start up to stop-1, counted from 0"

    def accept(self, value: Value) -> tuple[int, int, int]:
        if not isinstance(value, tuple) or len(value) not in (2, 3):
            raise self.refuse(value)
        start, stop = whole(value[0], 0, self), whole(value[1], 0, self)
        if start >= stop:
            raise self.refuse(value)
        return start, stop, whole(value[2], 1, self) if len(value) == 3 else 1

    def schema(self) -> Schema:
        one = Whole(0).schema()
        return {"type": "array", "items": {"anyOf": [one, EXPRESSION]}, "minItems": 2, "maxItems": 3}

    def show(self, value: Any) -> str:
        return "everything" if value is None else super().show(value)


class Ends(Kind):
    """How many are added before the first and after the last."""

    wants = "a whole number of at least 0 for both ends, or [before, after]"

    def accept(self, value: Value) -> tuple[int, int]:
        if not isinstance(value, tuple):
            value = (value, value)
        if len(value) != 2:
            raise self.refuse(value)
        return whole(value[0], 0, self), whole(value[1], 0, self)

    def show(self, value: Any) -> str:
        return str(value[0]) if value[0] == value[1] else super().show(value)

    def schema(self) -> Schema:
        one = Whole(0).schema()
        return {"anyOf": [one, {"type": "array", "items": {"anyOf": [one, EXPRESSION]}, "minItems": 2, "maxItems": 2}]}


class OwnChoice(Choice):
    """One of a few words that only this field has."""

    def __init__(self, *choices: str) -> None:
        super().__init__(*choices)
        self.own_words = choices

    def accept(self, value: Value) -> str:
        if isinstance(value, str) and value in self.choices:
            return value
        raise self.refuse(value)  # without a guess: median is not mean

    def words(self) -> Sequence[str]:
        return ()


class Axes(Kind):
    """One axis by name, or several; each once."""

    own_words = AXES
    wants = f"one of {', '.join(AXES)}, or a list of some of them"

    def accept(self, value: Value) -> tuple[str, ...]:
        names = value if isinstance(value, tuple) else (value,)
        if not names or not set(names) <= set(AXES) or len(set(names)) < len(names):
            raise self.refuse(value)
        return tuple([axis for axis in AXES if axis in names])

    def show(self, value: Any) -> str:
        return "every side" if value is None else super().show(value)

    def schema(self) -> Schema:
        one: Schema = {"enum": list(AXES)}
        return {"anyOf": [one, {"type": "array", "items": one, "minItems": 1, "uniqueItems": True}]}


class AxisOrder(Kind):
    """All axes, in another order."""

    example = "[channels, width, height]"

    own_words = AXES
    wants = "all axes of the input in the order that the output has: [channels, width, height]"

    def accept(self, value: Value) -> tuple[str, ...]:
        names = tuple(map(str, value)) if isinstance(value, tuple) else ()
        if sorted(names) not in [sorted(axes_of(sides)) for sides in range(1, MOST_SIDES + 1)]:
            raise self.refuse(value)
        return names

    def schema(self) -> Schema:
        most = MOST_SIDES + 1
        return {"type": "array", "items": {"enum": list(AXES)}, "minItems": 2, "maxItems": most, "uniqueItems": True}


class ShapeKind(Kind):
    """Channels and 0 to 3 sides, one of which may be -1: the rest."""

    example = "[-1, 1, 1]"

    wants = "[channels, height, width] (or other sides), one of which may be -1: the rest"

    def accept(self, value: Value) -> tuple[int, ...]:
        if not isinstance(value, tuple) or not 1 <= len(value) <= MOST_SIDES + 1 or list(value).count(-1) > 1:
            raise self.refuse(value)
        return tuple([-1 if size == -1 else whole(size, 1, self) for size in value])

    def schema(self) -> Schema:
        one: Schema = {"anyOf": [{"type": "integer", "minimum": -1}, EXPRESSION]}
        return {"type": "array", "items": one, "minItems": 1, "maxItems": MOST_SIDES + 1}


class TensorSize(Kind):
    """Channels and 0 to 3 sides of a tensor that nothing else says."""

    example = "[16, 1, 1]"

    wants = "[channels], or [channels, height, width] (or other sides), each a whole number of at least 1"
    low = 1

    def accept(self, value: Value) -> tuple[int, ...]:
        if not isinstance(value, tuple) or not 1 <= len(value) <= MOST_SIDES + 1:
            raise self.refuse(value)
        return tuple([self.size(size) for size in value])

    def size(self, value: Value) -> int:
        return whole(value, 1, self)

    def schema(self) -> Schema:
        one: Schema = {"anyOf": [{"type": "integer", "minimum": self.low}, EXPRESSION]}
        return {"type": "array", "items": one, "minItems": 1, "maxItems": MOST_SIDES + 1}

    def show(self, value: Any) -> str:
        return f"[{', '.join(map(str, value))}]"


class ExpandedSize(TensorSize):
    """Channels and sides, each of which may be -1: as it is."""

    example = "[-1, 16, 16]"

    wants = (
        "[channels, height, width] (or other sides), each a whole number of at least 1, or -1 for an axis that stays"
    )
    low = -1

    def size(self, value: Value) -> int:
        return -1 if value == -1 and value is not True else whole(value, 1, self)


class OptionalSides(SidesKind):
    """Sides, or none."""

    def __init__(self) -> None:
        super().__init__(1)
        self.wants += ", or none"

    def accept(self, value: Value) -> Any:
        return None if value == "none" else super().accept(value)

    def schema(self) -> Schema:
        return {"anyOf": [{"enum": ["none"]}, super().schema()]}

    def words(self) -> Sequence[str]:
        return ("none",)

    def show(self, value: Any) -> str:
        return "none" if value is None else super().show(value)


class RolesKind(BranchesKind):
    """Branches of which each has a role of its own."""

    def __init__(self, roles: int) -> None:
        self.roles = roles
        self.example = f"[{', '.join(['previous'] * roles)}]"


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
