"""The arguments of a block: what differs between sequences of equal structure (anti-unification), in as few names as will do."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from dsconv_cost.importers.writing.patterns import may_vary
from dsconv_cost.importers.writing.tree import Term, TreeItem
from dsconv_cost.language.vocabulary import TYPES

_CHANNELS = ("conv", "conv_transpose", "dsconv", "inverted_residual", "squeeze_excite", "linear")
"""Types whose main value is a number of channels."""
_SIZED = ("slice", "parameter")
"""Types whose main value is a list that the channels decide."""
_COUNTS = ("squeeze", "groups")
"""Other fields that go with the channels."""
_MOST_PARTS = 8
"""The largest factor that is written between two numbers of channels."""
_ARRIVING = "in_channels"


class NoValue:
    """In place of a value that an occurrence does not have: any would do."""


ANY = NoValue()


class Leaf:
    """A value at one position of all occurrences."""

    __slots__ = ("arriving", "field", "holder", "is_channels", "values")

    def __init__(self, holder: TreeItem, field: str | None, is_channels: bool) -> None:
        self.holder = holder
        """The block's own item."""
        self.field = field
        """None for the main value."""
        self.is_channels = is_channels
        self.values: list[Any] = []
        self.arriving: list[int] = []
        """The channels that arrive at its item."""

    @property
    def word(self) -> str:
        """What the language calls it."""
        type_ = TYPES.get(self.holder.type)
        return self.field or (type_.main.name if type_ is not None and type_.main is not None else "size")

    @property
    def known(self) -> list[Any]:
        return [value for value in self.values if value is not ANY]

    @property
    def varies(self) -> bool:
        return len({_hashable(value) for value in self.known}) > 1


def _hashable(value: Any) -> Any:
    return (type(value), tuple(value) if isinstance(value, list) else value)


class BlockArguments:
    """The arguments of a block, and what each occurrence gives them."""

    def __init__(self, leaves: list[Leaf], count: int, is_free: Callable[[str], bool]) -> None:
        self.names: list[str] = []
        self.defaults: dict[str, Any] = {}
        """Those with a default; the others are required."""
        self.given: list[dict[str, Any]] = [{} for _ in range(count)]
        self._vectors: dict[str, list[Any]] = {}
        self._is_free = is_free
        self._solve([leaf for leaf in leaves if leaf.varies])
        for leaf in leaves:
            if ANY in leaf.values and not leaf.varies:
                self._follow(leaf)

    @property
    def main(self) -> str | None:
        """The argument that is written as the value of the block's name."""
        first = self.names[0] if self.names else None
        return first if first is not None and first not in self.defaults else None

    @property
    def declared(self) -> dict[str, Any]:
        """What `arguments` say of the block."""
        return {name: self.defaults.get(name, "required") for name in self.names}

    def _solve(self, leaves: list[Leaf]) -> None:
        """Give each leaf an expression, and make the arguments that it takes."""
        counts = [leaf for leaf in leaves if leaf.is_channels]
        others = [leaf for leaf in leaves if not leaf.is_channels]
        terms: dict[int, Any] = {}
        free = [leaf for leaf in counts if _by_arriving(leaf) is None]
        if free:
            sought = list(reversed(counts))
            mains = [leaf for leaf in sought if leaf.field is None and ANY not in leaf.values]
            ordered = [*mains[:1], *(leaf for leaf in counts if leaf is not (mains[0] if mains else None))]
            needed: list[Leaf] = []
            for leaf in ordered:
                if all(_ratio(leaf, other.values) is None for other in needed) and (
                    leaf in mains[:1] or _by_arriving(leaf) is None
                ):
                    needed.append(leaf)
            self._name_channels(needed, leaves)
        for leaf in counts:
            term = self._by_arguments(leaf) or _by_arriving(leaf)
            assert term is not None
            terms[id(leaf)] = term
        for leaf in others:
            terms[id(leaf)] = _part_of_arriving(leaf) or self._own(leaf)
        for leaf in leaves:
            if leaf.field is None:
                leaf.holder.main = terms[id(leaf)]
            else:
                leaf.holder.fields[leaf.field] = terms[id(leaf)]

    def _name_channels(self, leaves: list[Leaf], everything: list[Leaf]) -> None:
        """Make an argument of each; one or two have names that say what they are, more are numbered."""
        if len(leaves) <= 2:
            for at, leaf in enumerate(leaves):
                inner = "squeeze" if leaf.holder.type == "squeeze_excite" or leaf.field == "squeeze" else "hidden"
                self._add(inner if at else "channels", leaf, required=True)
            return
        order = {id(leaf): at for at, leaf in enumerate(everything)}
        for number, leaf in enumerate(sorted(leaves, key=lambda leaf: order[id(leaf)]), 1):
            self._add(f"c{number}", leaf, required=True)

    def _add(self, word: str, leaf: Leaf, required: bool = False) -> str:
        name, number = word, 2
        while name in self._vectors or not self._is_free(name):
            name, number = f"{word}{number}", number + 1
        counted = Counter(map(_hashable, leaf.known))
        common, times = counted.most_common(1)[0]
        default = next(value for value in leaf.known if _hashable(value) == common)
        vector = [default if value is ANY else value for value in leaf.values]
        if not required or (len(self.names) and 2 * times >= len(leaf.known)):
            self.defaults[name] = default
        self.names.append(name)
        self._vectors[name] = vector
        for given, value in zip(self.given, vector, strict=True):
            given[name] = value
        return name

    def _by_arguments(self, leaf: Leaf) -> Term | None:
        for name, vector in self._vectors.items():
            ratio = _ratio(leaf, vector)
            if ratio is not None:
                return _times(name, ratio)
        return None

    def _follow(self, leaf: Leaf) -> None:
        """Let a value that only some occurrences have, and always the same, come from an argument: a projection strides as its body."""
        name = self._same(leaf) if leaf.field is not None else None
        if name is not None and leaf.field is not None:
            leaf.holder.fields[leaf.field] = Term(name)

    def _own(self, leaf: Leaf) -> Term:
        """Return the argument that gives a value which is no number of channels."""
        return Term(self._same(leaf) or self._add(leaf.word, leaf))

    def _same(self, leaf: Leaf) -> str | None:
        """Return the argument of the same field that has the same values."""
        for name, vector in self._vectors.items():
            pairs = zip(leaf.values, vector, strict=True)
            if name.rstrip("0123456789") == leaf.word and all(
                one is ANY or _hashable(one) == _hashable(other) for one, other in pairs
            ):
                return name
        return None


def _ratio(leaf: Leaf, vector: list[Any]) -> int | None:
    """Return the factor between a leaf and a list of numbers: k for k times, -k for a k-th; None where there is no small one."""
    pairs = [(a, b) for a, b in zip(leaf.values, vector, strict=True) if a is not ANY and b is not ANY]
    if not pairs or not all(type(a) is int and type(b) is int and a and b for a, b in pairs):
        return None
    for factor in range(1, _MOST_PARTS + 1):
        if all(a == factor * b for a, b in pairs):
            return factor
        if all(a * factor == b for a, b in pairs):
            return -factor
    return None


def _by_arriving(leaf: Leaf) -> Term | None:
    ratio = _ratio(leaf, leaf.arriving)
    return None if ratio is None else _times(_ARRIVING, ratio)


def _part_of_arriving(leaf: Leaf) -> list[Any] | None:
    """Return a list of sizes by the channels that arrive, e.g. a slice `[in_channels // 2, in_channels]`."""
    if leaf.holder.type not in _SIZED or leaf.field is not None or ANY in leaf.values:
        return None
    sizes: list[Any] = []
    for at in range(min(map(len, leaf.values))):
        size = Leaf(leaf.holder, None, True)
        size.values, size.arriving = [value[at] for value in leaf.values], leaf.arriving
        term = _by_arriving(size) if size.varies else size.values[0]
        if term is None:
            return None
        sizes.append(term)
    return sizes


def _times(name: str, ratio: int) -> Term:
    if ratio == 1:
        return Term(name)
    return Term(f"{ratio} * {name}" if ratio > 0 else f"{name} // {-ratio}")


# -- leaves ---------------------------------------------------------------------------------------


def leaves_of(template: list[TreeItem], occurrences: list[list[TreeItem]]) -> list[Leaf]:
    """Return the values of sequences of equal structure, position by position, for the items of a block.

    A projection that only some residuals have is there for all: no other needs it, because their shape stays.
    """
    leaves: list[Leaf] = []
    _collect_bodies(template, list(occurrences), leaves)
    return leaves


Occurrences = list[list[TreeItem] | None]


def _collect_bodies(template: list[TreeItem], bodies: Occurrences, leaves: list[Leaf]) -> None:
    for at, holder in enumerate(template):
        _collect(holder, [body[at] if body is not None else None for body in bodies], leaves)


def _collect(holder: TreeItem, items: list[TreeItem | None], leaves: list[Leaf]) -> None:
    for name in [None, *holder.fields]:
        if may_vary(holder, name) and not (name is None and holder.main is None):
            counts = holder.type in _CHANNELS or holder.type not in TYPES if name is None else name in _COUNTS
            leaf = Leaf(holder, name, counts)
            for item in items:
                leaf.values.append(ANY if item is None else item.main if name is None else item.fields[name])
                leaf.arriving.append(item.arriving.channels if item is not None else 0)
            leaves.append(leaf)
    for index, branch in enumerate(holder.branches or ()):
        if isinstance(branch, list):
            inside = [item.branches[index] if item is not None and item.branches else None for item in items]
            _collect_bodies(branch, [body if isinstance(body, list) else None for body in inside], leaves)
    if holder.body is not None:
        _collect_bodies(holder.body, [item.body if item is not None else None for item in items], leaves)
    if holder.shortcut is not None:
        _collect_bodies(holder.shortcut, [item.shortcut if item is not None else None for item in items], leaves)
