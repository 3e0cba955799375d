"""Batch norms folded into the convolutions before them: the network as it is deployed.

At inference a batch norm is a factor and a summand for each channel; the factor goes into the convolution's weights,
the summand into its bias (Jacob et al. 2017, arXiv:1712.05877, section 3.2). A batch norm that does not directly follow
a convolution or linear layer of its own stays.
"""

from dsconv_cost.layers.base import Layer
from dsconv_cost.layers.convolution import Conv, ConvTranspose, DepthwiseConv
from dsconv_cost.layers.linear import Linear
from dsconv_cost.layers.norm import BatchNorm
from dsconv_cost.network.graph import INPUT, CostCache, Network, Node


def fold_norms(network: Network) -> Network:
    """Return the network without the batch norms that fold, and with a bias where they went."""
    consumers = network.consumers()
    outputs = set(network.outputs)
    folded: dict[int, int] = {}  # batch norm -> the layer it folds into
    for index, node in enumerate(network.nodes):
        if isinstance(node.layer, BatchNorm) and node.inputs[0] != INPUT:
            before = node.inputs[0]
            if len(consumers[before]) == 1 and before not in outputs and _takes_bias(network.nodes[before].layer):
                folded[index] = before
    biased = set(folded.values())
    cost = CostCache()
    made: dict[Layer, Layer] = {}
    nodes: list[Node] = []
    moved: dict[int, int] = {INPUT: INPUT}
    for index, node in enumerate(network.nodes):
        if index in folded:
            moved[index] = moved[folded[index]]
            continue
        inputs = tuple([moved[i] for i in node.inputs])
        if index in biased:
            layer = made.setdefault(node.layer, with_bias(node.layer))
            output, counts, kind = cost(layer, tuple(network.input_shapes(node)))
            nodes.append(Node(layer, inputs, output, counts, kind, node.place, node.part))
        else:
            nodes.append(Node(node.layer, inputs, node.output, node.counts, node.kind, node.place, node.part))
        moved[index] = len(nodes) - 1
    return Network(network.input, nodes, tuple(moved[i] for i in network.outputs))


def norms_left(network: Network) -> list[str]:
    """Return the names of a folded network's batch norms: no convolution or linear layer of their own is before them."""
    return [node.name for node in network.nodes if isinstance(node.layer, BatchNorm)]


def _takes_bias(layer: Layer) -> bool:
    return isinstance(layer, (Conv, DepthwiseConv, ConvTranspose, Linear))


def with_bias(layer: Layer) -> Layer:
    """Return the same convolution or linear layer with a bias."""
    if isinstance(layer, Conv):
        return Conv(
            layer.out_channels,
            layer.kernel,
            layer.stride,
            layer.padding,
            layer.dilation,
            layer.groups,
            True,
            layer.convert,
        )
    if isinstance(layer, DepthwiseConv):
        return DepthwiseConv(
            layer.kernel, layer.stride, layer.padding, layer.dilation, layer.depth_multiplier, True, layer.convert
        )
    if isinstance(layer, ConvTranspose):
        return ConvTranspose(
            layer.out_channels, layer.kernel, layer.stride, layer.padding, layer.output_padding, layer.dilation,
            layer.groups, True,
        )  # fmt: skip
    assert isinstance(layer, Linear)
    return Linear(layer.out_features, True)
