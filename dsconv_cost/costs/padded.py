"""MACs on hardware that works on channels in eights, sixteens or thirty-twos: those of a layer with its channels padded.

A convolution or linear layer has its input and output channels rounded up to a multiple, those of each group by itself; a depthwise
convolution (and a fixed blur), whose channels each work alone, has them rounded up once. The channels of the network's input stay as
they are: a first layer has a layout of its own on most devices. Products of data and recurrent layers stay as they are, too.
"""

from collections.abc import Collection

from dsconv_cost.layers.convolution import DEPTHWISE, Convolution
from dsconv_cost.layers.linear import Linear
from dsconv_cost.layers.pooling import BlurPool
from dsconv_cost.layers.shapes import ceil_div
from dsconv_cost.network.graph import Network, Node

MULTIPLES = (8, 16, 32)


def padded_macs(network: Network, node: Node, multiple: int, given: Collection[int]) -> int:
    """Return the MACs of a layer with channels rounded up to a multiple; `given` are the tensors with the network's input."""
    macs, layer = node.counts.macs, node.layer
    if not macs or not isinstance(layer, (Convolution, Linear, BlurPool)):
        return macs
    arriving, leaving = network.shape(node.inputs[0]).channels, node.output.channels
    groups = getattr(layer, "groups", 1) if isinstance(layer, Convolution) else 1
    if isinstance(layer, BlurPool) or node.kind == DEPTHWISE or groups == arriving > 1:
        return macs // leaving * _up(leaving, multiple)
    within, out = arriving // groups, leaving // groups
    each = macs // (within * leaving)  # positions times the sides of the kernel
    padded = within if node.inputs[0] in given else _up(within, multiple)
    return each * padded * _up(out, multiple) * groups


def _up(channels: int, multiple: int) -> int:
    return ceil_div(channels, multiple) * multiple
