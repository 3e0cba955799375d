"""How deep bodies and blocks are nested in each other, and blocks that use themselves."""

from collections.abc import Iterator

from dsconv_cost.language.architecture import Block, Item, Unused
from dsconv_cost.language.problems import Problems
from dsconv_cost.text import shown

_MAX_NESTING = 60
_MAX_STEPS = 8
"""How many blocks of a circle a message names."""


def check_nesting(blocks: dict[str, Block], layers: list[Item], problems: Problems) -> bool:
    """Return whether a network can be made: no block uses itself, and nothing is nested too deep. Report what is not so."""
    if not blocks and not any(item.body or item.branches for item in layers):
        return True
    users: dict[str, dict[str, Item]] = {name: {} for name in blocks}
    for name, block in blocks.items():
        for item in _uses(block.body):
            users[name].setdefault(item.use.type, item)
    order = _order(users, problems)
    if order is None:
        return False
    depths: dict[str, int] = {}
    try:
        for name in order:
            depths[name] = _deepest(blocks[name].body, 1, depths)
        _deepest(layers, 1, depths)
    except _TooDeep as too_deep:
        message = f"bodies and blocks are nested more than {_MAX_NESTING} levels deep: use fewer levels"
        problems.report(too_deep.item.node, "too-deep", message)
        return False
    return True


def _order(users: dict[str, dict[str, Item]], problems: Problems) -> list[str] | None:
    """Return the blocks, each after those it uses; None where some use themselves, which is reported."""
    from graphlib import CycleError, TopologicalSorter  # most files have no blocks

    names = list(users)
    order: list[str] | None = None
    circles = False
    while order is None:
        try:
            order = list(TopologicalSorter(users).static_order())
        except CycleError as error:
            circles = True
            # graphlib names each block before the one that uses it; the circle starts at the block defined first.
            circle = error.args[1][:0:-1]
            start = circle.index(min(circle, key=names.index))
            circle = circle[start:] + circle[:start]
            around = [shown(name) for name in circle]
            steps = around if len(around) <= _MAX_STEPS else [*around[:4], "...", around[-1]]
            message = f"block {around[0]} uses itself: {' -> '.join([*steps, around[0]])}; blocks cannot be recursive"
            closing = users[circle[-1]].pop(circle[0])
            problems.report(closing.node, "recursive-block", message)
    return None if circles else order


def blocks_without_use(blocks: dict[str, Block], layers: list[Item]) -> list[Unused]:
    """Return the blocks that no item of the network leads to."""
    reached: set[str] = set()
    bodies = [layers]
    while bodies:
        for item in _uses(bodies.pop()):
            block = item.use.block
            if block is not None and block.name not in reached:
                reached.add(block.name)
                bodies.append(block.body)
    return [Unused(f"block {name}", block.node.line) for name, block in blocks.items() if name not in reached]


class _TooDeep(Exception):
    def __init__(self, item: Item) -> None:
        self.item = item


def _deepest(items: list[Item], level: int, depths: dict[str, int]) -> int:
    deepest = level
    for item in items:
        if level > _MAX_NESTING:
            raise _TooDeep(item)
        for body in _bodies(item):
            deepest = max(deepest, _deepest(body, level + 1, depths))
        if item.use.block is not None:
            deepest = max(deepest, level + depths[item.use.block.name])
        if deepest > _MAX_NESTING:
            raise _TooDeep(item)
    return deepest


def _uses(items: list[Item]) -> Iterator[Item]:
    """Yield the items that use blocks, in the order of the file."""
    for item in items:
        if item.use.block is not None:
            yield item
        for body in _bodies(item):
            yield from _uses(body)


def _bodies(item: Item) -> list[list[Item]]:
    bodies = [item.body] if item.body else []
    bodies += [branch.items for branch in item.branches if branch.items]
    if isinstance(item.shortcut, list):
        bodies.append(item.shortcut)
    return bodies
