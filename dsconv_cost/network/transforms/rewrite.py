"""A network with some of its layers replaced, by a plan that is made before."""

from collections.abc import Mapping, Sequence

from dsconv_cost.layers.base import Layer
from dsconv_cost.layers.shapes import Shape
from dsconv_cost.network.graph import INPUT, CostCache, Network, Node, Place
from dsconv_cost.network.transforms.groups import Groups

Replacement = tuple[int, Layer, tuple[int, ...], Place, str, tuple[int, ...]]
"""A layer to put in place of another: (tensor, layer, inputs, place, part, origins).

`tensor` is what it makes: that of the layer it replaces, or a number of its own beyond those of the network. `inputs` are
inputs of the network, its tensors as it was, or those of steps before this one. `origins` are the layers whose weights its own
are made of: where all of them are shared, so is it.
"""


def rewrite(network: Network, plan: Mapping[int, Sequence[Replacement]]) -> Network:
    """Return the network with the steps of a plan in place of the nodes that it names; all others stay."""
    if not plan:
        return network
    cost = CostCache()
    nodes: list[Node] = []
    origins_of: list[tuple[int, ...]] = []
    moved: dict[int, int] = {INPUT - index: INPUT - index for index in range(len(network.inputs))}
    for index, node in enumerate(network.nodes):
        steps = plan.get(index)
        if steps is None:
            inputs = tuple([moved[i] for i in node.inputs])
            if inputs != node.inputs:
                node = Node(node.layer, inputs, node.output, node.counts, node.kind, node.place, node.part)
            moved[index] = len(nodes)
            nodes.append(node)
            origins_of.append((index,))
            continue
        for tensor, layer, taken, place, part, origins in steps:
            inputs = tuple([moved[i] for i in taken])
            shapes: tuple[Shape, ...] = tuple(
                [nodes[i].output if i >= 0 else network.inputs[INPUT - i].shape for i in inputs]
            )
            output, counts, kind = cost(layer, shapes)
            moved[tensor] = len(nodes)
            nodes.append(Node(layer, inputs, output, counts, kind, place, part))
            origins_of.append(origins)
    outputs = tuple(moved[i] for i in network.outputs)
    if not network.shared:
        return Network(network.inputs, nodes, outputs)
    shared = _share(Network(network.inputs, nodes, outputs), Groups(network), origins_of, cost)
    return Network(network.inputs, nodes, outputs, shared=shared)


def _share(network: Network, groups: Groups, origins_of: list[tuple[int, ...]], cost: CostCache) -> dict[int, int]:
    """Give the params of layers with the same weights to the first of them; return which have those of an earlier one."""
    shared: dict[int, int] = {}
    first: dict[tuple[object, ...], int] = {}
    nodes = network.nodes
    for index, origins in enumerate(origins_of):
        node = nodes[index]
        of = [groups.of(origin) for origin in origins]
        if None in of:
            continue
        counts = cost(node.layer, tuple(network.input_shapes(node)))[1]
        node = Node(node.layer, node.inputs, node.output, counts, node.kind, node.place, node.part)
        owner = first.setdefault((node.layer, *of), index)
        if owner != index and counts.params:
            shared[index] = owner
            node = node.borrowing()
        nodes[index] = node
    return shared
