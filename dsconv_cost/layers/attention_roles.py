"""What meets in an attention: query, key and value, and the parts of a map that see one another."""

from dsconv_cost.errors import LayerError
from dsconv_cost.layers.shapes import CHANNELS, Shape
from dsconv_cost.named_tuple import NamedTuple

POSITIONS = "positions"


class Roles(NamedTuple):
    """What meets in an attention."""

    query: Shape
    key: Shape
    value: Shape


class Tiles(NamedTuple):
    """The parts of a map whose positions see one another: all alike, the last ones padded."""

    windows: int
    queries: int
    """Positions of the query in each."""
    keys: int
    """Positions of the key and value in each."""


def check_positions(roles: Roles, over: str) -> None:
    """Raise LayerError where positions do not suit one another."""
    query, key, value = roles
    if key.sides != value.sides:
        raise LayerError(
            f"key and value need equal sides, received {key} and {value}: give them the same strides and padding",
            "branches", "shape-mismatch",
        )  # fmt: skip
    if over == CHANNELS and query.sides != key.sides:
        raise LayerError(
            f"over: channels needs query, key and value of equal sides, received {query} and {key}: give them the same strides",
            "branches", "shape-mismatch",
        )  # fmt: skip
