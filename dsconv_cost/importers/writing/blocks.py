"""Blocks with arguments in place of sequences of equal structure: a ResNet becomes its table."""

from collections import Counter
from collections.abc import Callable, Collection
from typing import Any

from dsconv_cost.importers.writing.arguments import BlockArguments, leaves_of
from dsconv_cost.importers.writing.naming import is_free
from dsconv_cost.importers.writing.patterns import SequencePattern, bodies_of, find_patterns, structure_of
from dsconv_cost.importers.writing.repeats import INSIDE, duplicate
from dsconv_cost.importers.writing.tree import PREVIOUS, TensorRef, TreeItem, every_item
from dsconv_cost.language.vocabulary import COMMON_KEYS, TYPES, may_not_be_named
from dsconv_cost.network.graph import INPUT

MOST_TRIED = 12
"""How many patterns are tried for the next block."""
MOST_BLOCKS = 8
MOST_ARGUMENTS = 6
MOST_OF_PLAIN = 2
"""How many arguments a block has that is nothing but layers one after another."""
MOST_ITEMS = 4000
"""In a larger tree nothing is sought."""


class BlockDraft:
    """A block: its arguments and what it is made of."""

    def __init__(self, name: str, arguments: BlockArguments, body: list[TreeItem]) -> None:
        self.name = name
        self.arguments = arguments
        self.body = body


Tree = tuple[list[TreeItem], list[BlockDraft]]
"""The items of the network, and the blocks they use."""


def all_items(tree: Tree) -> list[TreeItem]:
    """Return the items of the network and of its blocks, and all inside them."""
    return [*every_item(tree[0]), *(item for block in tree[1] for item in every_item(block.body))]


def with_blocks(items: list[TreeItem], outputs: tuple[int, ...], cost: Callable[[Tree], int]) -> Tree:
    """Return the tree with those blocks that make its text shorter; `cost` is the length of a text."""
    best: Tree = (items, [])
    if len(every_item(items)) > MOST_ITEMS:
        return best
    least = cost(best)
    while len(best[1]) < MOST_BLOCKS:
        tried = [_with_block(best, pattern) for pattern in find_patterns(best[0], outputs)[:MOST_TRIED]]
        trees = [tree for tree in tried if tree is not None]
        costs = [cost(tree) for tree in trees]
        if not costs or min(costs) >= least:
            return best
        least = min(costs)
        best = trees[costs.index(least)]
    return best


def _with_block(tree: Tree, pattern: SequencePattern) -> Tree | None:
    """Return the tree with a block in place of a pattern; None where the sequences project in different ways."""
    items, blocks = copied_items(tree[0]), tree[1]
    bodies = bodies_of(items)
    occurrences = [bodies[place.body][place.at : place.at + place.length] for place in pattern.places]
    template = copied_items(occurrences[0])
    if not _merge_projections(template, occurrences):
        return None
    name = _block_name(template, {block.name for block in blocks})
    taken = {block.name for block in blocks} | {name}
    leaves = leaves_of(template, occurrences)
    arguments = BlockArguments(leaves, len(occurrences), lambda word: _is_free_argument(word, taken))
    if len(arguments.names) > (MOST_ARGUMENTS if any(item.bodies() for item in template) else MOST_OF_PLAIN):
        return None
    arriving = _arriving(bodies[0], pattern) if pattern.places[0].body == 0 else None
    _make_local(template, arriving)
    for place, occurrence, given in reversed(list(zip(pattern.places, occurrences, arguments.given, strict=True))):
        use = _use(name, arguments, occurrence, given)
        bodies[place.body][place.at : place.at + place.length] = [use]
    return items, [*blocks, BlockDraft(name, arguments, template)]


def _is_free_argument(word: str, taken: Collection[str]) -> bool:
    """Return whether an argument may have a name."""
    return word not in taken and word not in COMMON_KEYS and word not in TYPES and may_not_be_named(word) is None


def _use(name: str, arguments: BlockArguments, occurrence: list[TreeItem], given: dict[str, Any]) -> TreeItem:
    """Return the item that uses a block in place of an occurrence."""
    main = given.get(arguments.main) if arguments.main is not None else None
    fields = {key: given[key] for key in arguments.names if key != arguments.main}
    nodes = tuple([at for item in occurrence for at in item.nodes])
    use = TreeItem(name, main, fields, nodes, occurrence[0].arriving, occurrence[-1].leaving)
    use.start, use.out = occurrence[0].start, occurrence[-1].out
    return use


def copied_items(items: list[TreeItem]) -> list[TreeItem]:
    """Return items that share nothing with these."""
    copies = []
    for item in items:
        copy = duplicate(item)
        copy.body = copied_items(item.body) if item.body is not None else None
        copy.shortcut = copied_items(item.shortcut) if item.shortcut is not None else None
        if item.branches is not None:
            copy.branches = [copied_items(branch) if isinstance(branch, list) else branch for branch in item.branches]
        copies.append(copy)
    return copies


def _merge_projections(template: list[TreeItem], occurrences: list[list[TreeItem]]) -> bool:
    """Give the template the projections that any occurrence has; return whether they are of one structure."""
    for each in zip(_residuals(template), *map(_residuals, occurrences), strict=True):
        shortcuts = [item.shortcut for item in each if item.shortcut is not None]
        if len({tuple(map(structure_of, shortcut)) for shortcut in shortcuts}) > 1:
            return False
        if shortcuts and each[0].shortcut is None:
            each[0].shortcut = copied_items(shortcuts[0])
    return True


def _residuals(items: list[TreeItem]) -> list[TreeItem]:
    """Return the residuals among items, in the order that all sequences of one structure have; not those inside projections."""
    found: list[TreeItem] = []
    for item in items:
        if item.type == "residual":
            found.append(item)
        for branch in (item.body, *(item.branches or ())):
            if isinstance(branch, list):
                found += _residuals(branch)
    return found


def _arriving(top: list[TreeItem], pattern: SequencePattern) -> int | None:
    place = pattern.places[0]
    start = top[place.at].start
    if start is not None:
        return start.node
    return top[place.at - 1].out if place.at else INPUT


def _make_local(template: list[TreeItem], arriving: int | None) -> None:
    """Let the items of a block start at its input, which is called `input` there."""
    template[0].start = None
    for item in every_item(template):
        if item.start is not None and item.start.node == arriving:
            item.start = TensorRef(INPUT)
        if item.branches is not None:
            item.branches = [
                TensorRef(INPUT) if isinstance(branch, TensorRef) and branch.node == arriving else branch
                for branch in item.branches
            ]
    template[-1].out = INSIDE  # the block's output has no name inside it


def _block_name(template: list[TreeItem], taken: Collection[str]) -> str:
    """Return a name for what a block does."""
    word = _kind_of_block(template)
    name, number = word, 2
    while name in taken or not is_free(name, ()):
        name, number = f"{word}_{number}", number + 1  # without the sign, unit2 and the second unit are one name
    return name


def _kind_of_block(template: list[TreeItem]) -> str:
    types = Counter(item.type for item in every_item(template))
    join = next((item for item in template if item.branches is not None), None)
    if join is not None and join.type == "concat":
        if PREVIOUS not in (join.branches or ()):
            return "inception" if len(join.branches or ()) > 2 else "branches"
        return "unit" if "split" in join.fields or "slice" in types else "dense_layer"
    residual = next((item for item in template if item.type == "residual"), None)
    if residual is None or residual.body is None:
        return "unit"
    kernels = [item.fields["kernel"] for item in residual.body if item.type == "conv"]
    if "dwconv" in types or "inverted_residual" in types:
        return "mbconv" if types["conv"] >= 2 else "unit"
    if len(kernels) == 3 and kernels[0] == kernels[-1] == 1:
        return "bottleneck"
    return "basic" if len(kernels) == 2 else "residual_block"
