"""A network as the language says it: the same layers and counts, arranged so that fewer words are needed."""

from dsconv_cost.layers import Layer
from dsconv_cost.layers.convolution import Conv, DepthwiseConv
from dsconv_cost.layers.join import Concat
from dsconv_cost.layers.pooling import BlurPool
from dsconv_cost.layers.shapes import is_one
from dsconv_cost.network.graph import Network, Node


def reworded(network: Network) -> Network:
    """Return the network with nested concats, and with blurs in place of depthwise convolutions whose filter is not learned.

    A concat that begins with the tensors of an earlier one takes that one, as in a DenseNet: it reads the same elements.
    """
    known: dict[tuple[int, ...], int] = {}
    nodes: list[Node] = []
    for index, node in enumerate(network.nodes):
        inputs = node.inputs
        if isinstance(node.layer, Concat) and node.layer.along == "channels":
            for length in range(len(inputs) - 1, 1, -1):
                if inputs[:length] in known:
                    nested = (known[inputs[:length]], *inputs[length:])
                    node = Node(node.layer, nested, node.output, node.counts, node.kind, node.place, node.part)
                    break
            known.setdefault(inputs, index)
        elif index not in network.shared:
            blur = _blur(network, node)
            if blur is not None:
                node = Node(
                    blur, inputs, node.output, node.counts, blur.kind(network.input_shapes(node)), node.place, node.part
                )
        nodes.append(node)
    return Network(network.inputs, nodes, network.outputs, shared=network.shared)


def _blur(network: Network, node: Node) -> Layer | None:
    """Return the blur that a convolution without weights of its own is."""
    layer = node.layer
    if (
        not isinstance(layer, (Conv, DepthwiseConv))
        or node.counts.params
        or not node.counts.macs
        or not is_one(layer.dilation)
    ):
        return None
    inputs = network.input_shapes(node)
    blur = BlurPool(kernel=layer.kernel, stride=layer.stride, padding=layer.padding)
    same = blur.output(inputs) == node.output and blur.counts(inputs, node.output) == node.counts
    return blur if same else None
