"""What there is to change in a network: convolutions that can be made separable, and what each of them saves.

Shapes stay, so what one convolution saves does not depend on the others: the networks with none and with all of them changed tell the
savings of each. Convolutions that share weights, or that merge into one when the network is deployed, change together.
"""

from collections.abc import Callable, Collection, Iterable, Sequence

from dsconv_cost import patterns
from dsconv_cost.costs.analysis import Form, network_counted
from dsconv_cost.costs.charges import WRITTEN, Convention, Figures
from dsconv_cost.errors import UsageError
from dsconv_cost.layers.convolution import Conv, DepthwiseConv
from dsconv_cost.layers.norm import BatchNorm
from dsconv_cost.memory.measure import Memory, node_flash
from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.network.graph import Network, Node
from dsconv_cost.network.transforms.convert import CONVERTED, separable_form, separate_convolutions
from dsconv_cost.network.transforms.deploy import merge_branches
from dsconv_cost.network.transforms.groups import Groups
from dsconv_cost.text import inert, near

FLASH_METRIC, PEAK_METRIC = "flash", "peak"
METRICS_ADVISED = (*Figures._fields, FLASH_METRIC, PEAK_METRIC)


class Counting(NamedTuple):
    """How figures are counted."""

    convention: Convention
    bits: int = 8
    """Of an element, for flash and peak."""
    metrics: Collection[str] = ()
    """What is asked for beside params, macs and flops."""

    @property
    def in_memory(self) -> bool:
        """Whether flash or peak is asked for, which are those of the deployed network."""
        return FLASH_METRIC in self.metrics or PEAK_METRIC in self.metrics

    def figures(self, network: Network) -> dict[str, int]:
        """Return what a network costs: metric -> figure."""
        figures = dict(zip(Figures._fields, Form(network, self.convention).total, strict=True))
        if self.in_memory:
            memory = Memory(network, self.bits)
            figures |= {FLASH_METRIC: memory.flash, PEAK_METRIC: memory.peak()}
        return figures


class Separation(NamedTuple):
    """Convolutions that change together, most often one."""

    nodes: tuple[int, ...]
    """Their indices in the network."""
    names: tuple[str, ...]
    line: int
    """Of the first of them; 0 for a model, which has no lines."""
    saved: dict[str, int]
    """Metric -> what the change saves; of params, what it loses. Peak has no such number."""
    peaks: tuple[int, int] = (0, 0)
    """The most bytes alive at its own steps, as they are and changed."""

    @property
    def lost(self) -> int:
        """The params that it loses; a change that adds some loses none."""
        return max(self.saved["params"], 0)


class Separations(NamedTuple):
    """All changes that are possible, and what the network costs as it is."""

    network: Network
    every: list[Separation]
    figures: dict[str, int]
    other_peak: int = 0
    """The most bytes alive at the steps of all other layers, which no change makes fewer."""


def changes_of(
    network: Network, counting: Counting, keep: Sequence[str] = (), whole_items: bool = False
) -> Separations:
    """Return what can change: all that the separable form converts, without what a pattern of `keep` names.

    With `whole_items` all convolutions that one item of the file makes change together.
    Raises UsageError for a pattern that matches no layer.
    """
    _check_patterns(network, keep)
    nodes = network.nodes
    eligible = [
        decision.node for decision in separable_form(network).decisions
        if decision.verdict == CONVERTED and not _is_kept(nodes[decision.node], keep)
    ]  # fmt: skip
    together = _Together(eligible)
    groups = Groups(network)
    for index in eligible:
        together.join(groups.members(index))
    owners = {id(nodes[index].place): index for index in eligible}
    if counting.in_memory or counting.convention.graph != WRITTEN:
        for branches in _merging(network):
            inside = [owners[id(node.place)] for node in branches if id(node.place) in owners]
            together.join(inside)
            owners |= {id(node.place): inside[0] for node in branches if inside}
    if whole_items:
        for made in _made_by_items(network):
            together.join(made)
    sets = together.sets()
    position = {index: at for at, each in enumerate(sets) for index in each}
    measuring = _Measuring(counting, {place: position[index] for place, index in owners.items() if index in position})
    changed = separate_convolutions(network, sorted(position))
    saved, peaks, other = measuring.compare(network, changed, len(sets))
    every = [
        Separation(tuple(each), tuple([nodes[i].name for i in each]), nodes[each[0]].place.line, saved[at], peaks[at])
        for at, each in enumerate(sets)
    ]
    return Separations(network, every, counting.figures(network), other)


class _Measuring:
    """What each change saves, told by the places of layers: those of a pair are inside the place of their convolution."""

    def __init__(self, counting: Counting, owners: dict[int, int]) -> None:
        self.counting = counting
        self.owners = owners
        """The id of a place -> the change that its layers belong to."""

    def compare(
        self, network: Network, changed: Network, changes: int
    ) -> tuple[list[dict[str, int]], list[tuple[int, int]], int]:
        """Return what each change saves, the peaks of its steps before and after, and the peak of all other steps."""
        convention = self.counting.convention
        saved: list[dict[str, int]] = [{} for _ in range(changes)]
        counted = [network_counted(one, convention) for one in (network, changed)]
        figures = [self._sums(one, lambda node: convention.figures(node.case, node.counts)) for one in counted]
        for at, own in enumerate(saved):
            before, after = (sums.get(at, (0, 0, 0)) for sums in figures)
            own |= {metric: b - a for metric, b, a in zip(Figures._fields, before, after, strict=True)}
        if not self.counting.in_memory:
            return saved, [(0, 0)] * changes, 0
        memories = [Memory(one, self.counting.bits) for one in (network, changed)]
        flash = [self._sums(one.graph.network, self._flash) for one in memories]
        for at, own in enumerate(saved):
            own[FLASH_METRIC] = flash[0].get(at, (0,))[0] - flash[1].get(at, (0,))[0]
        as_it_is, after_all = (self._peaks(one) for one in memories)
        return saved, [(as_it_is.get(at, 0), after_all.get(at, 0)) for at in range(changes)], as_it_is.get(None, 0)

    def _flash(self, node: Node) -> tuple[int]:
        return (node_flash(node, self.counting.bits),)

    def _sums(self, network: Network, value: Callable[[Node], Sequence[int]]) -> dict[int, list[int]]:
        """Return for each change the sums of values over its layers."""
        sums: dict[int, list[int]] = {}
        for node in network.nodes:
            owner = self._owner(node)
            if owner is not None:
                values = value(node)
                known = sums.get(owner)
                sums[owner] = list(values) if known is None else list(map(sum, zip(known, values, strict=True)))
        return sums

    def _peaks(self, memory: Memory) -> dict[int | None, int]:
        """Return the most bytes alive at the steps of each change, and under None at all others."""
        peaks: dict[int | None, int] = {}
        for step, alive in zip(memory.graph.operations, memory.timeline(), strict=False):
            owner = self._owner(step.node)
            peaks[owner] = max(peaks.get(owner, 0), alive)
        return peaks

    def _owner(self, node: Node) -> int | None:
        place = node.place
        owner = self.owners.get(id(place))
        return owner if owner is not None or place.parent is None else self.owners.get(id(place.parent))


class _Together:
    """Which of some nodes change together: sets that are joined where they have a node in common."""

    def __init__(self, nodes: Iterable[int]) -> None:
        self._set_of = {index: [index] for index in nodes}
        self._dropped: set[int] = set()

    def join(self, nodes: Sequence[int]) -> None:
        """Let nodes change together; where one of them may not change, none of them does."""
        known = [index for index in nodes if index in self._set_of]
        merged = sorted({member for index in known for member in self._set_of[index]})
        if len(known) < len(nodes):
            self._dropped.update(merged)
        for member in merged:
            self._set_of[member] = merged

    def sets(self) -> list[list[int]]:
        """Return the sets in the order of their first nodes."""
        sets = {id(each): each for each in self._set_of.values()}
        return sorted(each for each in sets.values() if self._dropped.isdisjoint(each))


def _made_by_items(network: Network) -> list[list[int]]:
    """Return for each `conv` of the file the convolutions that it makes."""
    made: dict[tuple[int, int], list[int]] = {}
    for index, node in enumerate(network.nodes):
        if isinstance(node.layer, Conv) and not node.part:
            made.setdefault((node.place.line, node.place.column), []).append(index)
    return list(made.values())


def _merging(network: Network) -> list[list[Node]]:
    """Return for each addition whose branches merge at deployment the addition and the layers of its branches."""
    merged = {one.join for one in merge_branches(network).merged}
    if not merged:
        return []
    nodes, consumers = network.nodes, network.consumers()
    found: list[list[Node]] = []
    for node in nodes:
        if node.name not in merged:
            continue
        branches, ahead = [node], list(node.inputs)
        while ahead:
            index = ahead.pop()
            if index < 0 or len(consumers[index]) != 1:
                continue
            before = nodes[index]
            if isinstance(before.layer, (Conv, DepthwiseConv, BatchNorm)) or before.name in merged:
                branches.append(before)
                ahead += before.inputs
        found.append(branches)
    return found


# -- what stays ------------------------------------------------------------------------------------


def _is_kept(node: Node, keep: Sequence[str]) -> bool:
    return any(patterns.matches(pattern, place.name) for pattern in keep for place in node.place.chain())


def _check_patterns(network: Network, keep: Sequence[str]) -> None:
    names: dict[str, None] | None = None
    for pattern in keep:
        why = patterns.wrong(pattern)
        if why:
            raise UsageError(f"--keep: {why}")
        if names is None:
            names = {place.name: None for node in network.nodes for place in node.place.chain()}
        if not any(map(patterns.matcher(pattern), names)):
            hint = near(pattern, names) or ": see the names with explain"
            raise UsageError(f"--keep {inert(pattern)}: no layer or item has this name{hint}")
