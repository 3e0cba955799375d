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

from collections.abc import Iterable
from math import gcd
from typing import NamedTuple

from dsconv_cost.layers.base import DEPTHWISE, GROUPED, LINEAR, TRANSPOSED, WEIGHTED, Layer
from dsconv_cost.layers.convolution import Conv, DepthwiseConv
from dsconv_cost.layers.norm import GroupNorm
from dsconv_cost.network.graph import INPUT, CostCache, Network, Node, Place
from dsconv_cost.network.transforms.pairing import SeparablePair, Tail, pairs_of, tails_of

CONVERTED = "converted"
MERGED = "merged"
KEPT = "kept"


class Decision(NamedTuple):
    """What a form did with one convolution or linear layer, and why."""

    node: int
    """The index of the node in the network as written."""
    verdict: str
    """CONVERTED, MERGED or KEPT."""
    reason: str
    into: int | None = None
    """For MERGED, the index of the node with which its cost stands."""


class Transformed(NamedTuple):
    """A form of a network."""

    network: Network
    decisions: list[Decision]


def standard_form(network: Network) -> Transformed:
    """Return the network with standard convolutions in place of depthwise ones."""
    pairs: dict[int, SeparablePair] = {}
    dropped: set[int] = set()
    decisions: dict[int, Decision] = {}
    full: set[int] = set()
    windowed: list[int] = []
    for index, node in enumerate(network.nodes):
        if node.kind != DEPTHWISE:
            continue
        if _convert(node) is False:
            decisions[index] = Decision(index, KEPT, "convert: false")
        elif not _windowed(node.layer):
            decisions[index] = Decision(index, KEPT, "a 1 x 1 depthwise convolution: no window to convert")
        else:
            windowed.append(index)
    for index, pair in zip(windowed, pairs_of(network, windowed), strict=True):
        node = network.nodes[index]
        if pair is None:
            full.add(index)
            decisions[index] = Decision(index, CONVERTED, "an unpaired depthwise convolution becomes the full one")
        elif _convert(network.nodes[pair.pointwise]) is False:
            decisions[index] = Decision(index, KEPT, "its pointwise convolution has convert: false")
        else:
            pairs[pair.pointwise] = pair
            dropped.add(index)
            dropped.update(pair.between)
            dropped.update(pair.gate)
            decisions[index] = Decision(
                index, MERGED, f"merged into {network.nodes[pair.pointwise].name}", pair.pointwise
            )
            decisions[pair.pointwise] = Decision(pair.pointwise, CONVERTED, f"one convolution with {node.name}")
            for part in pair.gate:
                if network.nodes[part].kind in WEIGHTED:
                    decisions[part] = Decision(part, KEPT, "in a gate, which goes before the convolution")
    for index, node in enumerate(network.nodes):
        if node.kind in WEIGHTED and index not in decisions:
            decisions[index] = Decision(index, KEPT, _why_standard(node))
    in_order = [decisions[index] for index in sorted(decisions)]
    if not pairs and not full:
        return Transformed(network, in_order)
    copy = _Copy(network)
    for index in range(len(network.nodes)):
        if index in pairs:
            copy.standard(pairs[index])
        elif index in full:
            copy.full(index)
        elif index not in dropped:
            copy.keep(index)
    return Transformed(copy.result(), in_order)


def separable_form(network: Network) -> Transformed:
    """Return the network with every eligible standard convolution made separable."""
    reasons = [_why_not_separable(node) for node in network.nodes]
    decisions: list[Decision] = []
    for index, (node, reason) in enumerate(zip(network.nodes, reasons, strict=True)):
        if reason is None:
            decisions.append(Decision(index, CONVERTED, "depthwise and pointwise"))
        elif node.kind in WEIGHTED:
            decisions.append(Decision(index, KEPT, reason))
    if None not in reasons:
        return Transformed(network, decisions)
    tails = tails_of(network, (index for index, reason in enumerate(reasons) if reason is None))
    copy = _Copy(network)
    for index, reason in enumerate(reasons):
        if reason is None:
            copy.separable(index, next(tails))
        else:
            copy.keep(index)
    return Transformed(copy.result(), decisions)


# -- what is what ---------------------------------------------------------------------------------


def _convert(node: Node) -> bool | str:
    layer = node.layer
    return layer.convert if isinstance(layer, (Conv, DepthwiseConv)) else "auto"


def _windowed(layer: Layer) -> bool:
    return isinstance(layer, (Conv, DepthwiseConv)) and layer.kernel != (1, 1)


def _why_standard(node: Node) -> str:
    if _convert(node) is False:
        return "convert: false"
    if node.kind == LINEAR:
        return "a linear layer"
    if node.kind == TRANSPOSED:
        return "a transposed convolution"
    if node.kind == GROUPED:
        return "a grouped convolution: neither standard nor depthwise"
    return "standard already"


def _why_not_separable(node: Node) -> str | None:
    """Return why a layer stays in the separable form, or None when it is made separable."""
    layer = node.layer
    if node.kind == LINEAR:
        return "a linear layer"
    if node.kind == TRANSPOSED:
        return "a transposed convolution"
    if node.kind == DEPTHWISE:
        return "depthwise already"
    if not isinstance(layer, Conv):
        return "no convolution"
    if layer.groups > 1:
        return "a grouped convolution: neither standard nor depthwise"
    if layer.kernel == (1, 1):
        return "1 x 1: no window to separate"
    if layer.convert is False:
        return "convert: false"
    if INPUT in node.inputs and layer.convert is not True:
        return "reads the network's input"
    return None


# -- making the new graph -------------------------------------------------------------------------


class _Copy:
    """Builds a form node by node, and remembers which new tensor stands for which old one."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.nodes: list[Node] = []
        self.moved: dict[int, int] = {INPUT: INPUT}
        self.cost = CostCache()
        self._made: dict[tuple[object, ...], Layer] = {}

    def result(self) -> Network:
        return Network(self.network.input, self.nodes, tuple(self.moved[i] for i in self.network.outputs))

    def keep(self, index: int) -> None:
        node = self.network.nodes[index]
        inputs = tuple([self.moved[i] for i in node.inputs])
        if inputs != node.inputs:
            node = Node(node.layer, inputs, node.output, node.counts, node.kind, node.place, node.part)
        self.nodes.append(node)
        self.moved[index] = len(self.nodes) - 1

    def add(self, layer: Layer, inputs: Iterable[int], place: Place, part: str = "") -> int:
        sources = tuple(inputs)
        shapes = tuple([self.network.input if i == INPUT else self.nodes[i].output for i in sources])
        output, counts, kind = self.cost(layer, shapes)
        self.nodes.append(Node(layer, sources, output, counts, kind, place, part))
        return len(self.nodes) - 1

    def standard(self, pair: SeparablePair) -> None:
        """Put one k x k convolution in place of a pair, at the pointwise's place."""
        nodes = self.network.nodes
        depthwise, pointwise = nodes[pair.depthwise].layer, nodes[pair.pointwise].layer
        assert isinstance(depthwise, (Conv, DepthwiseConv))
        assert isinstance(pointwise, Conv)
        x = self.moved[nodes[pair.depthwise].inputs[0]]
        if pair.gate:
            # The gate now reads the depthwise's input: same channels, another map.
            old = {nodes[pair.gate[0]].inputs[0]: x}
            for index in pair.gate:
                node = nodes[index]
                old[index] = self.add(node.layer, [old[i] for i in node.inputs], node.place, node.part)
            x = old[pair.gate[-1]]
        layer = self._conv(pointwise.out_channels, depthwise, pointwise.bias)
        self.moved[pair.pointwise] = self.add(layer, [x], nodes[pair.pointwise].place)

    def full(self, index: int) -> None:
        """Put the full convolution in place of an unpaired depthwise one."""
        node = self.network.nodes[index]
        assert isinstance(node.layer, (Conv, DepthwiseConv))
        layer = self._conv(node.output.channels, node.layer, node.layer.bias)
        self.moved[index] = self.add(layer, [self.moved[node.inputs[0]]], node.place)

    def separable(self, index: int, tail: Tail) -> None:
        """Put a depthwise and a pointwise convolution in place of a standard one."""
        nodes = self.network.nodes
        node = nodes[index]
        conv = node.layer
        assert isinstance(conv, Conv)
        inner = Place(node.place, "dw", "dwconv", node.place.line, node.place.column)
        x = self.add(self._depthwise(conv), [self.moved[node.inputs[0]]], inner)
        if tail.norm is not None:
            x = self.add(self._norm(nodes[tail.norm].layer, self.nodes[x].output.channels), [x], inner, "norm")
        if tail.activation is not None:
            x = self.add(nodes[tail.activation].layer, [x], inner, "act")
        outer = Place(node.place, "pw", "conv", node.place.line, node.place.column)
        self.moved[index] = self.add(self._pointwise(conv), [x], outer)

    def _conv(self, out_channels: int, window: Conv | DepthwiseConv, bias: bool) -> Layer:
        key = ("conv", out_channels, window.kernel, window.stride, window.padding, window.dilation, bias)
        if key not in self._made:
            self._made[key] = Conv(
                out_channels, window.kernel, window.stride, window.padding, window.dilation, bias=bias
            )  # fmt: skip
        return self._made[key]

    def _depthwise(self, conv: Conv) -> Layer:
        key = ("dwconv", conv.kernel, conv.stride, conv.padding, conv.dilation)
        if key not in self._made:
            self._made[key] = DepthwiseConv(conv.kernel, conv.stride, conv.padding, conv.dilation)
        return self._made[key]

    def _pointwise(self, conv: Conv) -> Layer:
        key = ("pointwise", conv.out_channels, conv.bias)
        if key not in self._made:
            self._made[key] = Conv(conv.out_channels, (1, 1), padding=(0, 0, 0, 0), bias=conv.bias)
        return self._made[key]

    def _norm(self, norm: Layer, channels: int) -> Layer:
        """Return the same norm for other channels; a group norm keeps as many of its groups as divide them."""
        if not isinstance(norm, GroupNorm) or channels % norm.groups == 0:
            return norm
        key = ("groupnorm", gcd(norm.groups, channels))
        return self._made.setdefault(key, GroupNorm(gcd(norm.groups, channels)))
