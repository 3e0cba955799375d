"""A network with some of its layers replaced, by a plan that is made before."""

from collections.abc import Mapping, Sequence

from dsconv_cost.layers.base import Layer
from dsconv_cost.layers.shapes import Shape
from dsconv_cost.network.graph import INPUT, CostCache, Network, Node, Place

Replacement = tuple[int, Layer, tuple[int, ...], Place, str]
"""A layer to put in place of another: (tensor, layer, inputs, place, part).

`tensor` is what it makes: that of the layer it replaces, or a number of its own beyond those of the network. `inputs` are
INPUT, tensors of the network as it was, or those of steps before this one.
"""


def rewrite(network: Network, plan: Mapping[int, Sequence[Replacement]]) -> Network:
    """Return the network with the steps of a plan in place of the nodes that it names; all others stay."""
    if not plan:
        return network
    cost = CostCache()
    nodes: list[Node] = []
    moved: dict[int, int] = {INPUT: INPUT}
    for index, node in enumerate(network.nodes):
        steps = plan.get(index)
        if steps is None:
            inputs = tuple([moved[i] for i in node.inputs])
            if inputs != node.inputs:
                node = Node(node.layer, inputs, node.output, node.counts, node.kind, node.place, node.part)
            moved[index] = len(nodes)
            nodes.append(node)
            continue
        for tensor, layer, taken, place, part in steps:
            if len(taken) == 1:
                source = moved[taken[0]]
                inputs = (source,)
                shapes: tuple[Shape, ...] = (nodes[source].output if source >= 0 else network.input,)
            else:
                inputs = tuple([moved[i] for i in taken])
                shapes = tuple([nodes[i].output if i >= 0 else network.input for i in inputs])
            output, counts, kind = cost(layer, shapes)
            moved[tensor] = len(nodes)
            nodes.append(Node(layer, inputs, output, counts, kind, place, part))
    return Network(network.input, nodes, tuple(moved[i] for i in network.outputs))
