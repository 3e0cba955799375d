"""Series-parallel reduction: items one after another become bodies, and paths that part and meet become the branches of a join.

What cannot be reduced stays as several bodies, each of which starts at a tensor that has a name.
"""

from collections import Counter

from dsconv_cost.importers.writing.items import ItemUnit
from dsconv_cost.importers.writing.tree import PREVIOUS, TensorRef, TreeItem, every_item
from dsconv_cost.layers import LAYERS
from dsconv_cost.layers.join import Join
from dsconv_cost.layers.shapes import Shape
from dsconv_cost.network.graph import INPUT, Network

LONGEST_SKIP = 40
"""How many items a path may hold beside one that skips them: beyond that a person gives the tensor a name."""
LONGEST_DIP = 3
"""The same of a path that makes the map smaller and larger again, as in a U-Net."""
DEEPEST = 8
"""How many branches may be inside each other: beyond that a person gives tensors names."""


class _Chain:
    """Items one after another, from one tensor, or from a join of several, to another."""

    __slots__ = ("depth", "inputs", "items")

    def __init__(self, items: list[TreeItem], inputs: tuple[int, ...]) -> None:
        self.items = items
        self.inputs = inputs
        self.depth = 0
        """How deep its branches are inside each other."""

    @property
    def out(self) -> int:
        return self.items[-1].out


def reduce_graph(network: Network, units: list[ItemUnit]) -> list[TreeItem]:
    """Return the items of the whole network in order, with tensors where they start elsewhere than at the item before."""
    reduction = _Reduction(network, units)
    for unit in units:
        reduction.add(unit)
    return _in_order(list(reduction.chains.values()))


class _Reduction:
    """The chains so far, by the layer whose output they end in."""

    def __init__(self, network: Network, units: list[ItemUnit]) -> None:
        self.network = network
        self.chains: dict[int, _Chain] = {}
        self.uses = Counter(source for unit in units for source in unit.inputs)
        """Tensor -> how often it is taken by what is there now."""
        for index in network.outputs:
            self.uses[index] += 1

    def add(self, unit: ItemUnit) -> None:
        """Add an item, and join what it completes."""
        item, inputs = unit.item, unit.inputs
        chain = _Chain([item], inputs)
        is_join = issubclass(LAYERS[item.type], Join)
        if is_join:
            item.branches = [TensorRef(source) for source in inputs]
            if not self._parallel(chain) and len(inputs) > 2:
                self._partly_parallel(chain)
        if len(chain.inputs) == 1:
            self._series(chain)
        self.chains[chain.out] = chain

    def _series(self, chain: _Chain) -> None:
        """Put the chain that it starts at before it, if nothing else starts there."""
        before = self.chains.get(chain.inputs[0])
        if before is not None and self.uses[chain.inputs[0]] == 1:
            del self.chains[before.out]
            before.items += chain.items  # long chains grow by the shorter part
            chain.items = before.items
            chain.depth = max(chain.depth, before.depth)
            chain.inputs = before.inputs

    def _branch(self, source: int) -> _Chain | None:
        """Return the chain that makes a tensor, if a join may take it in: from one tensor or none, for the join alone."""
        chain = self.chains.get(source)
        fits = chain is not None and self.uses[source] == 1 and len(chain.inputs) < 2 and chain.depth < DEEPEST
        return chain if fits else None

    def _parallel(self, chain: _Chain) -> bool:
        """Make branches of the join's inputs, where all of them start at one tensor."""
        starts = dict.fromkeys(chain.inputs[:1])
        for source in chain.inputs:
            branch = self._branch(source)
            starts |= dict.fromkeys(branch.inputs if branch is not None else ())
        for start in starts:
            branches = [None if source == start else self._branch(source) for source in chain.inputs]
            paths = [branch for branch in branches if branch is not None]
            if any(branch is None and source != start for source, branch in zip(chain.inputs, branches, strict=True)):
                continue
            if any(branch.inputs not in ((start,), ()) for branch in paths):
                continue
            if len(branches) == 2 and _is_long_skip(chain.items[0].type, [branch.items for branch in paths]):
                continue
            self._take_in(chain, start, branches)
            return True
        return False

    def _partly_parallel(self, chain: _Chain) -> None:
        """Make branches of those inputs that start at the same tensor as another; the others stay tensors with names."""
        taken = [self._branch(source) for source in chain.inputs]
        starts = Counter(branch.inputs[0] for branch in taken if branch is not None and branch.inputs)
        if not starts:
            return
        start, count = starts.most_common(1)[0]
        if count < 2:
            return
        branches = []
        for source in chain.inputs:
            branch = self._branch(source)
            branches.append(branch if branch is not None and branch.inputs in ((start,), ()) else None)
        self._take_in(chain, start, branches)

    def _take_in(self, chain: _Chain, start: int, branches: list[_Chain | None]) -> None:
        item = chain.items[0]
        held: list[list[TreeItem] | TensorRef] = []
        others: list[int] = []
        for source, branch in zip(chain.inputs, branches, strict=True):
            if branch is not None:
                held.append(branch.items)
                chain.depth = max(chain.depth, branch.depth + 1)
                if not branch.inputs:
                    branch.items[0].arriving = self._shape(start)
                del self.chains[branch.out]
                self.uses[start] -= len(branch.inputs)
            elif source == start:
                held.append(PREVIOUS)
                self.uses[start] -= 1
            else:
                held.append(TensorRef(source))
                others.append(source)
        self.uses[start] += 1
        item.branches = held
        item.arriving = self._shape(start)
        chain.inputs = (start, *others)
        item.nodes = tuple(
            sorted({*item.nodes, *(at for one in held if isinstance(one, list) for each in one for at in each.nodes)})
        )

    def _shape(self, index: int) -> Shape:
        return self.network.shape(index)


def _is_long_skip(type_: str, paths: list[list[TreeItem]]) -> bool:
    """Return whether two branches are a long way and one that skips it."""
    lengths = sorted(len(every_item(items)) for items in paths)
    if type_ == "multiply" or not paths or (len(lengths) > 1 and lengths[0] > 1):
        return False
    longest = max(paths, key=lambda items: len(every_item(items)))
    least = min(item.leaving.positions for item in longest)
    dips = least < min(longest[0].arriving.positions, longest[-1].leaving.positions)
    return lengths[-1] > (LONGEST_DIP if dips else LONGEST_SKIP)


def _in_order(chains: list[_Chain]) -> list[TreeItem]:
    """Return the items of all chains, one after another; a chain starts where its first item says."""
    items: list[TreeItem] = []
    previous = INPUT
    for chain in sorted(chains, key=lambda chain: chain.out):
        first = chain.items[0]
        branches = first.branches
        if branches is None or PREVIOUS in branches or any(isinstance(branch, list) for branch in branches):
            if chain.inputs and chain.inputs[0] != previous:
                first.start = TensorRef(chain.inputs[0])
        elif previous in [branch.node for branch in branches if isinstance(branch, TensorRef)]:
            first.branches = [PREVIOUS if branch == TensorRef(previous) else branch for branch in branches]
        items += chain.items
        previous = chain.out
    return items
