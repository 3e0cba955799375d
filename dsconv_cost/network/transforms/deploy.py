"""The deployed network: parallel linear branches merged into one convolution, and norms folded.

Branches that start at one tensor and meet in one addition are linear if each is a convolution, a batch norm, a convolution with
its batch norm, or nothing at all. Their sum is one convolution whose window covers all of theirs (Ding et al. 2021,
arXiv:2101.03697, section 3.3): a 1 x 1 kernel is a k x k one with zeros around it, a norm or a plain skip a 1 x 1 kernel with
the identity in it.
"""

from collections.abc import Sequence
from itertools import count
from math import gcd

from dsconv_cost.layers.base import Layer
from dsconv_cost.layers.convolution import Conv, DepthwiseConv
from dsconv_cost.layers.join import Add
from dsconv_cost.layers.norm import BatchNorm
from dsconv_cost.layers.shapes import Shape, Sides, pads_of, sides_of
from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.network.graph import Network
from dsconv_cost.network.transforms.fold_norms import fold_norms
from dsconv_cost.network.transforms.rewrite import Replacement, rewrite


class Merged(NamedTuple):
    """Branches that became one convolution."""

    join: str
    """The name of the addition that they met in."""
    into: str
    """The name of the branch whose place the convolution has."""
    branches: int


class Unmerged(NamedTuple):
    """An addition with several branches from one tensor that stays, and why."""

    join: str
    reason: str


class Branches(NamedTuple):
    """A network whose linear branches are merged, and what became of them."""

    network: Network
    merged: list[Merged]
    unmerged: list[Unmerged]


def merge_branches(network: Network) -> Branches:
    """Return the network with one convolution in place of linear branches, wherever that costs no more than they do."""
    merged: list[Merged] = []
    while True:  # what merged may itself be a branch of another addition
        merging = _Merging(network)
        if not merging.plans:
            return Branches(network, merged, merging.unmerged)
        merged += [Merged(network.nodes[join].name, plan.into, plan.branches) for join, plan in merging.plans.items()]
        network = merging.apply()


def deployed(network: Network) -> Network:
    """Return the network as a runtime executes it: linear branches merged, then batch norms folded."""
    return fold_norms(merge_branches(network).network)


class _Branch(NamedTuple):
    """One linear branch, from the tensor where it starts to the addition."""

    source: int
    nodes: tuple[int, ...]
    """Its convolution and norm, as far as it has them; none for a plain skip."""
    layer: Layer | None
    """Its convolution."""
    shifts: bool
    """Whether it adds something to every output channel: a bias or a norm's shift."""


class _Plan(NamedTuple):
    """What takes the place of branches."""

    layer: Layer
    source: int
    main: int
    """The node whose place the convolution has."""
    into: str
    branches: int
    origins: tuple[int, ...]
    """The nodes that it takes the place of, and whose weights its own are made of."""
    others: tuple[int, ...]
    """What else the addition takes, which stays."""


class _Merging:
    """One pass over a network: every addition whose branches can merge does."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.plans: dict[int, _Plan] = {}
        self.unmerged: list[Unmerged] = []
        joins = [index for index, node in enumerate(network.nodes) if isinstance(node.layer, Add)]
        if not joins:
            return
        self._consumers = network.consumers()
        self._outputs = set(network.outputs)
        for index in joins:
            planned = self._plan(index)
            if isinstance(planned, _Plan):
                self.plans[index] = planned
            elif planned:
                self.unmerged.append(Unmerged(network.nodes[index].name, planned))

    def _plan(self, join: int) -> _Plan | str:
        """Return how branches of an addition merge, or why they do not; empty where there is nothing to merge."""
        branches = [self._branch(index) for index in self.network.nodes[join].inputs]
        sources = [branch.source for branch in branches]
        together = [source for source in dict.fromkeys(sources) if sources.count(source) > 1]
        for source in together:
            group = [branch for branch in branches if branch.source == source]
            if not any(branch.layer for branch in group):
                continue
            if sum(bool(branch.nodes) for branch in group) < 2:
                return "a plain skip around one convolution"
            merged = _one_convolution(self.network, group)
            if isinstance(merged, str):
                return merged
            layer, main = merged
            others = tuple(
                [index for index, b in zip(self.network.nodes[join].inputs, branches, strict=True) if b not in group]
            )
            dropped = tuple([index for branch in group for index in branch.nodes])
            return _Plan(layer, source, main, self.network.nodes[main].name, len(group), dropped, others)
        return ""

    def _branch(self, end: int) -> _Branch:
        """Return the linear branch that ends in a node; a plain skip of the node where that is no linear layer."""
        nodes: list[int] = []
        at = end
        if self._only_one_takes(at) and isinstance(self.network.nodes[at].layer, BatchNorm):
            nodes.append(at)
            at = self.network.nodes[at].inputs[0]
        layer = None
        if self._only_one_takes(at) and isinstance(self.network.nodes[at].layer, (Conv, DepthwiseConv)):
            nodes.append(at)
            layer = self.network.nodes[at].layer
            at = self.network.nodes[at].inputs[0]
        biased = isinstance(layer, (Conv, DepthwiseConv)) and layer.bias
        return _Branch(at, tuple(nodes), layer, biased or len(nodes) > (layer is not None))

    def _only_one_takes(self, index: int) -> bool:
        return index >= 0 and len(self._consumers[index]) == 1 and index not in self._outputs

    def apply(self) -> Network:
        """Return the network with the plans carried out."""
        new_tensor = count(len(self.network.nodes))
        steps: dict[int, list[Replacement]] = {}
        for join, plan in self.plans.items():
            steps.update({index: [] for index in plan.origins})
            node, place = self.network.nodes[join], self.network.nodes[plan.main].place
            if plan.others:
                merged = next(new_tensor)
                steps[join] = [
                    (merged, plan.layer, (plan.source,), place, "", plan.origins),
                    (join, node.layer, (merged, *plan.others), node.place, node.part, (join,)),
                ]
            else:
                steps[join] = [(join, plan.layer, (plan.source,), place, "", plan.origins)]
        return rewrite(self.network, steps)


# -- one convolution for several ------------------------------------------------------------------


class _Window(NamedTuple):
    """What a kernel sees of one side: positions relative to the first one that belongs to an output."""

    first: int
    last: int
    step: int
    """The distance between them; 0 for a single one."""

    def within(self, other: "_Window") -> bool:
        """Return whether every position is one of the other's."""
        grid = other.step or 1
        inside = other.first <= self.first and self.last <= other.last
        return inside and (self.first - other.first) % grid == 0 and self.step % grid == 0


def _one_convolution(network: Network, group: Sequence[_Branch]) -> tuple[Layer, int] | str:
    """Return the convolution that does what linear branches of one tensor do, and whose place it has; or why none does."""
    convolutions = [branch for branch in group if branch.layer is not None]
    x = network.shape(group[0].source)
    strides = {
        sides_of(branch.layer.stride, x, "stride")
        for branch in convolutions
        if isinstance(branch.layer, (Conv, DepthwiseConv))
    }
    if len(convolutions) < len(group):
        strides.add((1,) * len(x.sides))
    if len(strides) > 1:
        return "branches of several strides"
    windows = [_windows(branch.layer, x) for branch in group]
    widest = next((branch for branch in convolutions if _covers(_windows(branch.layer, x), windows)), None)
    if widest is None:
        return "no branch's window covers those of the others"
    main = widest.nodes[-1]
    groups = gcd(*(_groups(branch.layer, x) for branch in group))
    layer = widest.layer
    assert isinstance(layer, (Conv, DepthwiseConv))
    out = network.nodes[main].output.channels
    weights = layer.window(x) * (x.channels // groups) * out
    if weights > sum(network.nodes[branch.nodes[-1]].counts.used_weights for branch in convolutions):
        return "one convolution would cost more than its branches"
    bias = any(branch.shifts for branch in group)
    if groups == _groups(layer, x):
        return layer.replace(bias=bias), main
    window = {"kernel": layer.kernel, "stride": layer.stride, "padding": layer.padding, "dilation": layer.dilation}
    return Conv(out_channels=out, groups=groups, bias=bias, convert=layer.convert, **window), main


def _covers(whole: Sequence[_Window], windows: list[Sequence[_Window]]) -> bool:
    return all(mine.within(side) for sides in windows for mine, side in zip(sides, whole, strict=True))


def _groups(layer: Layer | None, x: Shape) -> int:
    """Return how many groups of channels do not see each other; for a norm or a skip every channel is one."""
    return layer.groups if isinstance(layer, Conv) else x.channels


def _windows(layer: Layer | None, x: Shape) -> Sequence[_Window]:
    """Return what the kernel of a branch sees along each side; a norm or a skip sees one position."""
    if not isinstance(layer, (Conv, DepthwiseConv)):
        return [_Window(0, 0, 0)] * len(x.sides)
    kernel, dilation = sides_of(layer.kernel, x, "kernel"), sides_of(layer.dilation, x, "dilation")
    return [
        _Window(-start, d * (k - 1) - start, d if k > 1 else 0)
        for start, k, d in zip(_starts(layer, kernel, dilation, x), kernel, dilation, strict=True)
    ]


def _starts(layer: Conv | DepthwiseConv, kernel: Sides, dilation: Sides, x: Shape) -> Sides:
    """Return how many positions are added before the input's first along each side; `same` puts the smaller half there."""
    if not isinstance(layer.padding, str):
        return tuple([before for before, _ in pads_of(layer.padding, x)])
    sizes = zip(x.sides, kernel, sides_of(layer.stride, x, "stride"), dilation, strict=True)
    return tuple([max((-(-n // s) - 1) * s + d * (k - 1) + 1 - n, 0) // 2 for n, k, s, d in sizes])
