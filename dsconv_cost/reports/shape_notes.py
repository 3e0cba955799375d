"""What the shapes of a network say of likely slips: in the order of its input's sizes, in kernels, in a missing pool."""

from dsconv_cost.layers.linear import Linear
from dsconv_cost.layers.shapes import Shape
from dsconv_cost.network.graph import Network
from dsconv_cost.network.transforms.convert import NAMES_SHOWN

LEAST_SIDE = 16
"""The smallest side that an image has, for the note on channels that are written last."""


def shape_notes(network: Network) -> list[tuple[str, str]]:
    """Return the notes, each with its topic."""
    notes = [
        ("input", note)
        for _, shape in network.inputs
        for note in (*_channels_last(shape), *_is_image_without_channels(shape))
    ]
    notes += [("1-D", note) for note in _one_sided(network)]
    return notes + [("positions", note) for note in _outputs_at_positions(network)]


def _channels_last(x: Shape) -> list[str]:
    """Return a note when an input has the sizes of an image in the order of other tools: height, width, channels."""
    if (
        len(x) != 3
        or x.channels < LEAST_SIDE
        or x.height < LEAST_SIDE
        or not (x.width in (3, 4) or (x.width == 1 and x.channels == x.height))
    ):
        return []
    return [
        f"{x} is {x.channels:,} channels, {x.height:,} high and {x.width} wide: the order is [channels, height, width]; where "
        f"it is an image of {x.width} channel{'' if x.width == 1 else 's'}, write [{x.width}, {x.channels}, {x.height}]"
    ]


def _is_image_without_channels(x: Shape) -> list[str]:
    """Return a note when an input of two numbers has the sizes of a square image."""
    if len(x) != 2 or x.channels < LEAST_SIDE or x[0] != x[1]:
        return []
    return [f"{x} is {x.channels:,} channels and a length of {x[1]:,}; for an image write [channels, height, width]"]


def _one_sided(network: Network) -> list[str]:
    """Return a note when windows reach beyond an input side of 1: a 1-D signal needs its kernels written [1, k]."""
    names: list[str] = []
    for node in network.nodes:
        if node.kind.accumulates:
            x = network.shape(node.inputs[0])
            if 1 in x.sides and x.positions > 1:
                kernel = node.layer.settings((x,)).get("kernel", ())
                if any(k > 1 and size == 1 for k, size in zip(kernel, x.sides, strict=False)):
                    names.append(node.name)
    if not names:
        return []
    return [
        f"{some_of(names)}: the kernel is wider than an input side of 1 and meets only padding there; for a 1-D signal write [1, k], "
        "or the input as [channels, length]"
    ]


def _outputs_at_positions(network: Network) -> list[str]:
    """Return a note when a linear layer makes an output of the network at several positions: a pool may be missing."""
    ends = [network.nodes[i] for i in network.outputs if i >= 0]
    wide = [node for node in ends if isinstance(node.layer, Linear) and node.output.positions > 1]
    return [
        f"{node.name} makes {node.output.channels:,} values at each of {node.output.positions:,} positions; for one output put "
        "global_avgpool or flatten before it"
        for node in wide[:1]
    ]


def some_of(names: list[str]) -> str:
    more = f" and {len(names) - NAMES_SHOWN:,} more" if len(names) > NAMES_SHOWN else ""
    return ", ".join(names[:NAMES_SHOWN]) + more
