"""Sequences of items of equal structure: what blocks may be made of."""

from collections import Counter
from typing import Any

from dsconv_cost.importers.writing.recognise import follows
from dsconv_cost.importers.writing.tree import PREVIOUS, TensorRef, TreeItem, every_item
from dsconv_cost.language.vocabulary import TYPES
from dsconv_cost.layers.fields import Choice, SizeOf
from dsconv_cost.layers.kinds import Convert
from dsconv_cost.layers.norm_and_activation import NONE
from dsconv_cost.named_tuple import NamedTuple

LONGEST = 8
"""How many items a pattern holds side by side."""
FEWEST_ITEMS = 3
"""How many items it holds at least, those inside others counted."""
_STRUCTURAL = ("shortcut", "project", "split", "norm", "bias", "dw_bias")
"""Fields that make another block of it."""


class SequencePlace(NamedTuple):
    """Where a sequence of items is: the number of its body among all of a tree, and its first item."""

    body: int
    at: int
    length: int


class SequencePattern(NamedTuple):
    """Sequences that differ in values alone."""

    places: tuple[SequencePlace, ...]
    size: int
    """How many items each holds, those inside others counted."""


def bodies_of(items: list[TreeItem]) -> list[list[TreeItem]]:
    """Return the list itself and the lists inside it, in an order that copies of it have too."""
    return [items, *(body for item in every_item(items) for body in item.bodies())]


def find_patterns(items: list[TreeItem], outputs: tuple[int, ...]) -> list[SequencePattern]:
    """Return what comes more than once, the longest and most frequent first."""
    bodies = bodies_of(items)
    uses = Counter(ref.node for item in every_item(items) for ref in _refs_of(item))
    uses.update(outputs)
    places: dict[Any, list[SequencePlace]] = {}
    sizes: dict[Any, int] = {}
    known = {id(item): _Seen(item) for body in bodies for item in body}
    for number, body in enumerate(bodies):
        seen = [known[id(item)] for item in body]
        for at in range(len(body)):
            for length in range(1, min(LONGEST, len(body) - at) + 1):
                run = seen[at : at + length]
                if run[-1].is_composite and run[-1].structure in [one.structure for one in run[:-1]]:
                    break  # a repetition inside it is a block of its own
                size = sum(one.size for one in run)
                if size < FEWEST_ITEMS or (length > 1 and (_cuts(seen, at, at + length) or _begins_late(run))):
                    continue
                key = _key(run, _arriving_tensor(body, at) if number == 0 else None, uses)
                if key is None:
                    continue
                before = places.setdefault(key, [])
                if not before or before[-1].body != number or before[-1].at + length <= at:
                    before.append(SequencePlace(number, at, length))
                    sizes[key] = size
    found = [
        SequencePattern(tuple(each), sizes[key])
        for key, each in places.items()
        if len(each) > 1 and not all(place.body and place.length == len(bodies[place.body]) for place in each)
    ]  # what fills the bodies of others alone is a part of those
    return sorted(found, key=lambda pattern: (-(len(pattern.places) - 1) * pattern.size, pattern.places[0]))


def _arriving_tensor(body: list[TreeItem], at: int) -> int | None:
    start = body[at].start
    if start is not None:
        return start.node
    return body[at - 1].out if at else None


class _Seen:
    """An item without its values: its structure, and the tensors it names."""

    __slots__ = ("follows", "is_composite", "out", "refs", "size", "start", "structure")

    def __init__(self, item: TreeItem) -> None:
        self.structure = structure_of(item)
        self.start = item.start
        self.refs = [ref.node for each in every_item([item]) for ref in _branch_refs(each)]
        self.size = len(every_item([item]))
        self.follows = follows(item)
        self.is_composite = self.size > 1 or item.type not in TYPES
        self.out = item.out


def _cuts(seen: list[_Seen], start: int, stop: int) -> bool:
    """Return whether a run begins or ends amid equal composites, which would be a repetition of their own."""
    ends = [(at - 1, at) for at in (start, stop) if 0 < at < len(seen)]
    return any(seen[at].is_composite and seen[at].structure == seen[before].structure for before, at in ends)


def _begins_late(run: list[_Seen]) -> bool:
    """Return whether a run begins with what follows a composite, e.g. the activation after a sum: it belongs to the one before."""
    return run[0].follows and any(seen.is_composite for seen in run)


def _key(run: list[_Seen], arriving: int | None, uses: Counter[int]) -> Any:
    """Return what two runs have in common that differ in values alone; None where one names a tensor from outside."""
    structures = tuple([seen.structure for seen in run])
    named = [seen.refs for seen in run]
    starts = [seen.start.node for seen in run[1:] if seen.start is not None]
    if not any(named) and not starts:
        inside = any(uses[seen.out] for seen in run[:-1])
        return None if inside else structures
    at = {seen.out: index for index, seen in enumerate(run[:-1])}
    if arriving is not None:
        at[arriving] = -1
    refs = [ref for each in named for ref in each]
    if any(ref not in at for ref in (*refs, *starts)):
        return None
    inside_uses = Counter([*refs, *starts])
    if any(uses[seen.out] != inside_uses[seen.out] for seen in run[:-1]):
        return None
    relative = tuple([tuple([at[ref] for ref in each]) for each in named])
    return structures, relative, tuple([None if one.start is None else at[one.start.node] for one in run[1:]])


def _branch_refs(item: TreeItem) -> list[TensorRef]:
    return [branch for branch in item.branches or () if isinstance(branch, TensorRef) and branch != PREVIOUS]


def _refs_of(item: TreeItem) -> list[TensorRef]:
    return [*_branch_refs(item), *([item.start] if item.start is not None else [])]


def structure_of(item: TreeItem) -> tuple[Any, ...]:
    """Return what an item says without the values that an argument could give, and without the projection of a residual."""
    branches = tuple(
        [
            tuple(map(structure_of, branch)) if isinstance(branch, list) else branch == PREVIOUS
            for branch in item.branches or ()
        ]
    )
    body = tuple(map(structure_of, item.body or ()))
    fixed = tuple(sorted((name, _fixed(item, name)) for name in item.fields))
    main = item.main is None or (None if may_vary(item, None) else repr(item.main))
    return (item.type, main, tuple(sorted(item.fields)), fixed, branches, body, item.copies)


def _fixed(item: TreeItem, name: str) -> str:
    """Return what an argument cannot give of a field: its value, or whether there is an activation at all."""
    value = item.fields[name]
    if name == "activation":
        return str(value == NONE)
    return "" if may_vary(item, name) else repr(value)


def may_vary(item: TreeItem, name: str | None) -> bool:
    """Return whether an argument can give the value of a field, or the main value of an item."""
    type_ = TYPES.get(item.type)
    if type_ is None:
        return True  # of a block
    if name is None:
        return type_.main is not None and not isinstance(type_.main.kind, SizeOf) and not type_.main.kind.own_words
    kind = next(field.kind for field in type_.fields if field.name == name)
    if isinstance(kind, Choice) and not kind.words():
        return False
    return not isinstance(kind, (SizeOf, Convert)) and not kind.own_words and name not in _STRUCTURAL
