"""Items of the language while a text is made of them: what they say, what they hold, and which layers they stand for."""

from typing import Any

from dsconv_cost.layers.shapes import Shape
from dsconv_cost.named_tuple import NamedTuple


class TensorRef(NamedTuple):
    """A tensor: the index of the layer whose output it is, or INPUT; names are given at the end."""

    node: int


PREVIOUS = TensorRef(-1_000_000)
"""What arrives at a join, as one of its branches."""


class Term(str):
    """An expression, among the values of an item; a word is a plain str."""

    __slots__ = ()


class TreeItem:
    """One item. Every field of its type has a value here; those that go without saying are left out at the end."""

    __slots__ = (
        "arriving", "body", "branches", "copies", "ends", "fields", "first", "leaving", "main", "nodes", "out", "repeat",
        "shortcut", "start", "type", "weights",
    )  # fmt: skip

    def __init__(
        self, type_: str, main: Any, fields: dict[str, Any], nodes: tuple[int, ...], arriving: Shape, leaving: Shape
    ) -> None:
        self.type = type_
        self.main = main
        """The value after the type's name, where it is neither a body nor branches."""
        self.fields = fields
        self.nodes = nodes
        """The indices of the layers it stands for, in order."""
        self.out = nodes[-1]
        """The layer whose output is the item's."""
        self.arriving = arriving
        """The shape it starts at."""
        self.leaving = leaving
        self.body: list[TreeItem] | None = None
        """The items of a residual or a group."""
        self.branches: list[list[TreeItem] | TensorRef] | None = None
        """Of a join: bodies and tensors."""
        self.shortcut: list[TreeItem] | None = None
        """Of a residual: its projection."""
        self.start: TensorRef | None = None
        """Where it starts, if not at the item before."""
        self.weights: TensorRef | None = None
        """The earlier layer whose weights it has."""
        self.repeat = 1
        self.first: dict[str, Any] = {}
        """The fields that the first repetition has otherwise."""
        self.copies = 1
        self.ends = (nodes, nodes)
        """The layers of its first and of its last repetition."""

    def bodies(self) -> "list[list[TreeItem]]":
        """Return the lists of items inside it."""
        held = [self.body, self.shortcut, *(branch for branch in self.branches or () if isinstance(branch, list))]
        return [body for body in held if body is not None]

    def key(self) -> tuple[Any, ...]:
        """Return what it says: items of equal keys can be written as one that is repeated."""
        return (*self.head(), _frozen(self.main), self.field_key())

    def head(self) -> tuple[Any, ...]:
        """Return what it says without its main value and its fields."""
        branches = tuple([body_key(branch) if isinstance(branch, list) else branch for branch in self.branches or ()])
        inside = [None if body is None else body_key(body) for body in (self.body, self.shortcut)]
        return (
            self.type,
            self.start,
            self.weights,
            branches,
            *inside,
            self.repeat,
            tuple(sorted(self.first.items())),
            self.copies,
        )

    def field_key(self) -> tuple[Any, ...]:
        return tuple(sorted((name, _frozen(value)) for name, value in self.fields.items()))

    def replaced(self, type_: str, main: Any, fields: dict[str, Any]) -> "TreeItem":
        """Return an item that stands for the same layers, said otherwise."""
        item = TreeItem(type_, main, fields, self.nodes, self.arriving, self.leaving)
        item.out, item.start = self.out, self.start
        return item


def _frozen(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(map(_frozen, value))
    return (type(value), value)  # 1, 1.0 and true are equal, and not the same


def body_key(items: list[TreeItem]) -> tuple[Any, ...]:
    """Return what a list of items says."""
    return tuple([item.key() for item in items])


def every_item(items: list[TreeItem]) -> list[TreeItem]:
    """Return the items and all inside them."""
    found: list[TreeItem] = []
    left = list(reversed(items))
    while left:
        item = left.pop()
        found.append(item)
        for body in item.bodies():
            left.extend(reversed(body))
    return found
