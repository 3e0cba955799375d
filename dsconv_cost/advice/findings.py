"""What else an expert would say of a network: each finding with its place, an exact figure, and what the remedy saves.

No rule depends on a device, and none speaks about every good network: a test counts how many of 22 well-known ones each speaks about.
"""

from collections import Counter
from collections.abc import Callable, Iterator

from dsconv_cost.layers.activation import Activation
from dsconv_cost.layers.base import Inputs
from dsconv_cost.layers.convolution import Conv, Convolution, DepthwiseConv
from dsconv_cost.layers.linear import Linear
from dsconv_cost.layers.norm import BatchNorm, Norm
from dsconv_cost.layers.pooling import Pool
from dsconv_cost.layers.shapes import pads_of, sides_of
from dsconv_cost.memory.conventions import MEMORY_CONVENTIONS
from dsconv_cost.memory.measure import Memory
from dsconv_cost.memory.patches import best_patches
from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.network.graph import Network, Node

HEAD_SHARE = 4
"""A layer is dominant from one part in so many of the params on."""
_FEWEST_LAYERS = 8
"""In a network of fewer convolutions and linear layers some layer is always large."""
SPIKE = 1.5
"""From this many times the memory of the next block on, one stands out."""
_FEWEST_BLOCKS = 3
_ENGINE = MEMORY_CONVENTIONS["tinyengine"]
_TUNING = "PyTorch performance tuning guide, Disable bias for convolutions directly followed by a batch norm"
_POOLING = "Lin et al. 2013 (Network In Network), arXiv:1312.4400"
_PATCHES = "Lin et al. 2021 (MCUNetV2), arXiv:2110.15352"
ARITHMETIC = "arithmetic"
"""The source of a finding that needs none."""


class Finding(NamedTuple):
    """One finding."""

    rule: str
    layer: str
    """The name of the layer, or of the first of several."""
    line: int
    figure: int
    unit: str
    """What the figure counts."""
    words: str
    """What there is, in words."""
    remedy: str
    saves: int | None
    """What the remedy saves; None where it depends on more than the network."""
    saved_unit: str
    source: str


def findings_of(network: Network, memory: Memory) -> list[Finding]:
    """Return all findings, in the order of the rules."""
    return [finding for rule in FINDING_RULES.values() for finding in rule(network, memory)]


def _bias_before_norm(network: Network, memory: Memory) -> Iterator[Finding]:
    """Yield for each item the biases whose convolutions a batch norm follows directly: it subtracts the mean, and them with it."""
    consumers, outputs = network.consumers(), set(network.outputs)
    by_item: dict[tuple[int, int, str], list[Node]] = {}
    for index, node in enumerate(network.nodes):
        followed = len(consumers[index]) == 1 and index not in outputs
        if node.counts.biases and node.layer.folds_norm and followed:
            after = network.nodes[consumers[index][0]]
            if isinstance(after.layer, BatchNorm):
                place = node.place
                by_item.setdefault((place.line, place.column, "" if place.line else place.name), []).append(node)
    for nodes in by_item.values():
        biases = sum([node.counts.biases for node in nodes])
        several = f" of {len(nodes):,} layers" if len(nodes) > 1 else ""
        yield Finding(
            "bias before a norm", nodes[0].name, nodes[0].place.line, biases, "params",
            f"{biases:,} biases{several}, which the batch norm behind takes out with the mean",
            "bias: false", biases, "params", _TUNING,
        )  # fmt: skip


def _unread_border(network: Network, memory: Memory) -> Iterator[Finding]:
    """Yield the tensors whose last rows or columns no window reads, and the MACs that went into them."""
    consumers, outputs = network.consumers(), set(network.outputs)
    for index, node in enumerate(network.nodes):
        readers = [network.nodes[reader] for reader in consumers[index]]
        if not readers or index in outputs:
            continue
        read = [_read_sides(reader, network.input_shapes(reader)) for reader in readers]
        sides = tuple(node.output[1:])
        known = [each for each in read if each is not None]
        if len(known) < len(read):
            continue
        used = tuple(map(max, zip(*known, strict=True)))
        if used == sides:
            continue
        positions = 1
        for side in used:
            positions *= side
        unread = node.output.positions - positions
        macs = _macs_of_positions(network, index, unread)
        shown, whole = "x".join(map(str, used)), "x".join(map(str, sides))
        yield Finding(
            "unread border", readers[0].name, readers[0].place.line, unread * node.output.channels, "elements",
            f"reads {shown} of {whole} positions: {unread * node.output.channels:,} elements of {node.name} are never read",
            "a size that the windows fill", macs or None, "MACs", ARITHMETIC,
        )  # fmt: skip


def _read_sides(node: Node, inputs: Inputs) -> tuple[int, ...] | None:
    """Return how far the windows of a layer reach along each side; None for a layer without windows, or with gaps between them."""
    layer, x = node.layer, inputs[0]
    if not isinstance(layer, (Conv, DepthwiseConv, Pool)):
        return None
    if isinstance(layer.padding, str):
        return tuple(x[1:])
    dilation = layer.dilation if isinstance(layer, Convolution) else 1
    parts = (
        sides_of(layer.kernel, x, "kernel"),
        sides_of(layer.stride, x, "stride"),
        sides_of(dilation, x, "dilation"),
    )
    reached: list[int] = []
    for side, out, k, s, d, pads in zip(x[1:], node.output[1:], *parts, pads_of(layer.padding, x), strict=True):
        if d > 1 or k < s:
            return None
        reached.append(min((out - 1) * s + k - pads[0], side))
    return tuple(reached)


def _macs_of_positions(network: Network, index: int, positions: int) -> int:
    """Return the MACs of the convolution that makes a tensor, norms and activations between aside, at some of its positions."""
    node = network.nodes[index]
    while isinstance(node.layer, (Norm, Activation)) and node.inputs[0] >= 0:
        node = network.nodes[node.inputs[0]]
    return node.counts.macs // node.output.positions * positions if isinstance(node.layer, (Conv, DepthwiseConv)) else 0


def _dominating_layer(network: Network, memory: Memory) -> Iterator[Finding]:
    """Yield the layer that has a quarter of the params or more."""
    weighted = [node for node in network.nodes if node.kind.weighted]
    total = sum([node.counts.params for node in network.nodes])
    if len(weighted) < _FEWEST_LAYERS or not total:
        return
    node = max(weighted, key=lambda one: one.counts.params)
    params = node.counts.params
    if params * HEAD_SHARE < total:
        return
    arriving = network.input_shapes(node)[0]
    words = f"{params:,} params, {100 * params / total:.1f}% of all"
    flattened = _flattened(network, node) if isinstance(node.layer, Linear) else None
    if flattened is None:
        each = node.counts.weights // arriving.channels
        yield Finding(
            "dominating layer", node.name, node.place.line, params, "params", words,
            f"fewer channels before it: {each:,} weights for each of {arriving.channels:,}", None, "params", ARITHMETIC,
        )  # fmt: skip
        return
    channels, positions = flattened
    saved = node.counts.weights // (channels * positions) * channels * (positions - 1)
    yield Finding(
        "dominating layer", node.name, node.place.line, params, "params", f"{words}, for each of {positions:,} positions",
        "global_avgpool in place of flatten", saved, "params", _POOLING,
    )  # fmt: skip


def _flattened(network: Network, node: Node) -> tuple[int, int] | None:
    """Return channels and positions of the map that a linear layer gets flattened; None where it gets one position."""
    index = node.inputs[0]
    while index >= 0 and network.nodes[index].layer.type in ("dropout", "identity", "relu"):
        index = network.nodes[index].inputs[0]
    if index < 0 or network.nodes[index].layer.type != "flatten":
        return None
    shape = network.shape(network.nodes[index].inputs[0])
    return (shape.channels, shape.positions) if shape.positions > 1 else None


def _memory_spike(network: Network, memory: Memory) -> Iterator[Finding]:
    """Yield the block that needs far more memory than all others."""
    peaks: dict[str, tuple[int, int]] = {}
    for (name, line), alive in zip(_blocks(memory), memory.timeline(), strict=False):
        peaks[name] = (max(peaks.get(name, (0, 0))[0], alive), line)
    if len(peaks) < _FEWEST_BLOCKS:
        return
    (name, (most, line)), (second, (following, _)) = sorted(peaks.items(), key=lambda one: -one[1][0])[:2]
    if most < SPIKE * following:
        return
    words = f"{most:,} bytes alive, {most / following:.2f} times what {second} needs, the next"
    patches = best_patches(memory, most - 1)
    if patches is None:
        remedy = f"fewer channels or a stride there: {second} needs {following:,}"
        yield Finding(
            "memory spike", name, line, most, "bytes", words, remedy, most - following, "bytes", ARITHMETIC
        )  # fmt: skip
        return
    total = sum([node.counts.macs for node in memory.graph.network.nodes])
    remedy = (
        f"the first {patches.steps} operations in {patches.tiles} x {patches.tiles} tiles: by {_ENGINE.name} {patches.peak:,} bytes in "
        f"place of {memory.peak(_ENGINE):,}, {100 * patches.macs / total:+.1f}% MACs"
    )  # fmt: skip
    yield Finding(
        "memory spike", name, line, most, "bytes", words, remedy, memory.peak(_ENGINE) - patches.peak, "bytes", _PATCHES
    )  # fmt: skip


def _blocks(memory: Memory) -> list[tuple[str, int]]:
    """Return for each step the item that it belongs to and its line: the outermost one that holds at most half of all steps."""
    chains = [step.node.place.chain() for step in memory.graph.operations]
    depth = [0] * len(chains)
    while True:
        names = [chain[min(level, len(chain) - 1)].name for chain, level in zip(chains, depth, strict=True)]
        counts = Counter(names)
        large = {name for name, count in counts.items() if count > len(chains) / 2}
        deeper = [
            level + 1 if name in large and level < len(chain) - 1 else level
            for name, chain, level in zip(names, chains, depth, strict=True)
        ]
        if deeper == depth:
            return [
                (name, chain[min(level, len(chain) - 1)].line)
                for name, chain, level in zip(names, chains, depth, strict=True)
            ]
        depth = deeper


FINDING_RULES: dict[str, Callable[[Network, Memory], Iterator[Finding]]] = {
    "bias before a norm": _bias_before_norm,
    "unread border": _unread_border,
    "dominating layer": _dominating_layer,
    "memory spike": _memory_spike,
}
