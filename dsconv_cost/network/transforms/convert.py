"""The standard and the separable form of a network.

Both work on the flattened graph and give a network again, which the ordinary counting counts. Howard et al. 2017,
arXiv:1704.04861, section 3.1 and Figure 3.

A depthwise convolution is a dwconv, or a conv with groups = C_in > 1 and C_out = m C_in; `pairing` says what a pair is.

Standard form: a pair becomes one k x k convolution with the depthwise's stride, padding and dilation and the
pointwise's bias; what stood between them vanishes, except the gate, which goes before the convolution. An unpaired
depthwise with k > 1 becomes the full convolution of its shape.

Separable form: a convolution with one group and k > 1 becomes depthwise (no bias) plus pointwise (its bias). If a norm
followed it directly, the depthwise gets a norm and activation of its own. A convolution that reads the network's
input stays, unless `convert` is true.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import count
from math import gcd

from dsconv_cost.layers.base import Layer
from dsconv_cost.layers.convolution import DEPTHWISE, Conv, DepthwiseConv
from dsconv_cost.layers.norm import GroupNorm
from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.network.graph import INPUT, Network, Node, Place
from dsconv_cost.network.transforms.groups import Groups
from dsconv_cost.network.transforms.pairing import SeparablePair, Tail, Unpaired, pairs_of, tails_of
from dsconv_cost.network.transforms.rewrite import Replacement, rewrite

CONVERTED = "converted"
MERGED = "merged"
KEPT = "kept"

NAMES_SHOWN = 6
"""How many layers that break a pair are named."""

LAYERS_KEPT = 1024
"""How many of the layers made for a form are kept: a network repeats few, and so do those beside it."""

READS_INPUT = "reads the network's input"
"""Why the separable form keeps a network's first convolutions, unless they have `convert: true`."""


class Decision(NamedTuple):
    """What a form did with one convolution or linear layer, and why."""

    node: int
    """The index of the node in the network as written."""
    verdict: str
    """CONVERTED, MERGED or KEPT."""
    reason: str
    into: int | None = None
    """For MERGED, the index of the node that its cost is counted with."""
    unpaired: Unpaired | None = None
    """For a depthwise convolution that is CONVERTED, what breaks its pair."""

    def broken(self, nodes: Sequence[Node]) -> str:
        """Return in words what breaks the pair, with the names of the layers; empty where nothing does."""
        if self.unpaired is None:
            return ""
        names = ", ".join(nodes[index].name for index in self.unpaired.broken_by[:NAMES_SHOWN])
        more = len(self.unpaired.broken_by) - NAMES_SHOWN
        return f"{self.unpaired.reason}{': ' if names else ''}{names}{f' and {more:,} more' if more > 0 else ''}"


class Transformed(NamedTuple):
    """A form of a network."""

    network: Network
    decisions: list[Decision]


def standard_form(network: Network) -> Transformed:
    """Return the network with standard convolutions in place of depthwise ones."""
    plan = _Plan(network)
    nodes = network.nodes
    windowed: list[int] = []
    for index, node in enumerate(nodes):
        if node.kind != DEPTHWISE:
            continue
        if _convert(node) is False:
            plan.decide(index, KEPT, "convert: false")
        elif not _windowed(node.layer):
            plan.decide(index, KEPT, "a 1 x 1 depthwise convolution: no window to convert")
        else:
            windowed.append(index)
    pairs = dict(zip(windowed, pairs_of(network, windowed), strict=True))
    for index, pair in (_shared_alike(network, pairs) if network.shared else pairs).items():
        if isinstance(pair, Unpaired):
            plan.full(index, pair)
        elif _convert(nodes[pair.pointwise]) is False:
            plan.decide(index, KEPT, "its pointwise convolution has convert: false")
        else:
            plan.merge(pair)
    for index, node in enumerate(nodes):
        if node.kind.accumulates and index not in plan.decisions:
            plan.decide(index, KEPT, _why_standard(node))
    return plan.done()


def separable_form(network: Network) -> Transformed:
    """Return the network with every eligible standard convolution made separable."""
    plan = _Plan(network)
    given = tensors_given(network)
    eligible: list[int] = []
    reasons = [_why_not_separable(node, given) for node in network.nodes]
    if network.shared:
        _keep_together(network, reasons)
    for index, reason in enumerate(reasons):
        if reason is None:
            eligible.append(index)
        elif network.nodes[index].kind.accumulates:
            plan.decide(index, KEPT, reason)
    for index, tail in zip(eligible, tails_of(network, eligible), strict=True):
        plan.separate(index, tail)
    return plan.done()


def separate_convolutions(network: Network, convolutions: Sequence[int]) -> Network:
    """Return the network with these convolutions made separable; each has a window and one group."""
    plan = _Plan(network)
    for index, tail in zip(convolutions, tails_of(network, convolutions), strict=True):
        plan.separate(index, tail)
    return plan.done().network


# -- what is what ---------------------------------------------------------------------------------


def _convert(node: Node) -> bool | str:
    layer = node.layer
    return layer.convert if isinstance(layer, (Conv, DepthwiseConv)) else "auto"


def _windowed(layer: Layer) -> bool:
    return isinstance(layer, (Conv, DepthwiseConv)) and not layer.is_flat


def _why_standard(node: Node) -> str:
    return "convert: false" if _convert(node) is False else node.kind.kept or "standard already"


def tensors_given(network: Network) -> set[int]:
    """Return the tensors that hold the elements of the network's inputs, moved or scaled at most."""
    given = {INPUT - index for index in range(len(network.inputs))}
    for index, node in enumerate(network.nodes):
        if node.layer.moves_or_scales and given.issuperset(node.inputs):
            given.add(index)
    return given


def _why_not_separable(node: Node, given: set[int]) -> str | None:
    """Return why a layer stays in the separable form, or None when it is made separable."""
    layer = node.layer
    if node.kind.kept:
        return node.kind.kept
    if node.kind == DEPTHWISE:
        return "depthwise already"
    if not isinstance(layer, Conv):
        return f"a {layer.type} layer"
    if layer.is_flat:
        return "1 x 1: no window to separate"
    if layer.convert is False:
        return "convert: false"
    if node.inputs[0] in given and layer.convert is not True:
        return READS_INPUT
    return None


# -- shared weights -------------------------------------------------------------------------------


def _keep_together(network: Network, reasons: list[str | None]) -> None:
    """Where a layer stays, let those with the same weights stay too."""
    groups = Groups(network)
    kept = {index: reason for index, reason in enumerate(reasons) if reason is not None}
    for index, reason in kept.items():
        for other in groups.members(index):
            if reasons[other] is None:
                reasons[other] = f"has the weights of {network.nodes[index].name}, which stays: {reason}"


def _shared_alike(
    network: Network, pairs: dict[int, SeparablePair | Unpaired]
) -> dict[int, SeparablePair | Unpaired]:  # fmt: skip
    """Return the pairs without those of which one half is shared otherwise than the other: no convolution could be shared so."""
    groups = Groups(network)
    alike: dict[int, SeparablePair | Unpaired] = {}
    for index, pair in pairs.items():
        alike[index] = pair
        if isinstance(pair, Unpaired):
            continue
        others = [pairs.get(member) for member in groups.members(index)]
        pointwise = sorted([other.pointwise for other in others if isinstance(other, SeparablePair)])
        if len(pointwise) < len(others) or pointwise != groups.members(pair.pointwise):
            alike[index] = Unpaired("its weights are not shared in the way of those that follow", (pair.pointwise,))
    return alike


# -- the plan of a form ---------------------------------------------------------------------------


class _Plan:
    """What a form does with each layer, and why: decided for all of them before anything is made."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.steps: dict[int, list[Replacement]] = {}
        self.decisions: dict[int, Decision] = {}
        self._new_tensor = count(len(network.nodes))

    def done(self) -> Transformed:
        """Return the form."""
        in_order = [self.decisions[index] for index in sorted(self.decisions)]
        return Transformed(rewrite(self.network, self.steps), in_order)

    def decide(self, node: int, verdict: str, reason: str, into: int | None = None) -> None:
        self.decisions[node] = Decision(node, verdict, reason, into)

    def merge(self, pair: SeparablePair) -> None:
        """Put one k x k convolution in place of a pair, at the pointwise's place."""
        nodes = self.network.nodes
        window, mixing = nodes[pair.depthwise], nodes[pair.pointwise]
        self.decide(pair.depthwise, MERGED, f"merged into {mixing.name}", pair.pointwise)
        self.decide(pair.pointwise, CONVERTED, f"one convolution with {window.name}")
        for index in pair.gate:
            if nodes[index].kind.accumulates:
                self.decide(index, KEPT, "in a gate, which goes before the convolution")
        for index in (pair.depthwise, *pair.between, *pair.gate):
            self.steps[index] = []
        x = window.inputs[0]
        steps: list[Replacement] = []
        if pair.gate:
            # The gate now reads the depthwise's input: same channels, another map.
            tensors = {nodes[pair.gate[0]].inputs[0]: x}
            for index in pair.gate:
                node = nodes[index]
                tensors[index] = next(self._new_tensor)
                inputs = tuple([tensors[i] for i in node.inputs])
                steps.append((tensors[index], node.layer, inputs, node.place, node.part, (index,)))
            x = tensors[pair.gate[-1]]
        assert isinstance(mixing.layer, Conv)
        layer = _standard(window.layer, mixing.layer.out_channels, mixing.layer.bias)
        self.steps[pair.pointwise] = [
            *steps, (pair.pointwise, layer, (x,), mixing.place, "", (pair.depthwise, pair.pointwise))
        ]  # fmt: skip

    def full(self, index: int, why: Unpaired) -> None:
        """Put the full convolution in place of an unpaired depthwise one."""
        node = self.network.nodes[index]
        reason = "an unpaired depthwise convolution becomes the full one"
        self.decisions[index] = Decision(index, CONVERTED, reason, unpaired=why)
        layer = _standard(node.layer, node.output.channels)
        self.steps[index] = [(index, layer, node.inputs, node.place, "", (index,))]

    def separate(self, index: int, tail: Tail) -> None:
        """Put a depthwise and a pointwise convolution in place of a standard one."""
        nodes = self.network.nodes
        node = nodes[index]
        self.decisions[index] = Decision(index, CONVERTED, "depthwise and pointwise")
        place = node.place
        inner = Place(place, "dw", "dwconv", place.line, place.column)
        outer = Place(place, "pw", "conv", place.line, place.column)
        depthwise, pointwise = _separable(node.layer)
        x = next(self._new_tensor)
        steps: list[Replacement] = [(x, depthwise, node.inputs, inner, "", (index,))]
        if tail.norm is not None:
            norm = nodes[tail.norm].layer
            if isinstance(norm, GroupNorm):
                norm = _regrouped(norm, self.network.shape(node.inputs[0]).channels)
            before, x = x, next(self._new_tensor)
            steps.append((x, norm, (before,), inner, "norm", (index, tail.norm)))
        if tail.activation is not None:
            before, x = x, next(self._new_tensor)
            steps.append((x, nodes[tail.activation].layer, (before,), inner, "act", (index, tail.activation)))
        steps.append((index, pointwise, (x,), outer, "", (index,)))
        self.steps[index] = steps


@lru_cache(LAYERS_KEPT)
def _standard(window: Layer, out_channels: int, bias: bool | None = None) -> Conv:
    """Return the convolution with the window of another one; its bias too where none is given."""
    assert isinstance(window, (Conv, DepthwiseConv))
    return Conv(
        out_channels=out_channels, kernel=window.kernel, stride=window.stride, padding=window.padding,
        dilation=window.dilation, bias=window.bias if bias is None else bias,
    )  # fmt: skip


@lru_cache(LAYERS_KEPT)
def _separable(conv: Layer) -> tuple[DepthwiseConv, Conv]:
    """Return the depthwise and the pointwise convolution that replace a standard one."""
    assert isinstance(conv, Conv)
    convert = "auto" if conv.convert is True else conv.convert  # a pair is separable already; false keeps it as it is
    return (
        DepthwiseConv(
            kernel=conv.kernel, stride=conv.stride, padding=conv.padding, dilation=conv.dilation, bias=False, convert=convert
        ),
        Conv(out_channels=conv.out_channels, kernel=1, padding=0, bias=conv.bias, convert=convert),
    )  # fmt: skip


def _regrouped(norm: GroupNorm, channels: int) -> GroupNorm:
    """Return the same norm for other channels, with as many of its groups as divide them."""
    return norm.replace(groups=gcd(norm.groups, channels))
