"""Fields that a file gives and that change nothing in its network."""

from dsconv_cost.language.architecture import Unused
from dsconv_cost.layers import Layer
from dsconv_cost.layers.shapes import Shape
from dsconv_cost.network.graph import Network


def idle_fields(network: Network) -> list[Unused]:
    """Return the fields of layers that change neither a size nor a count, each named for the first layer of its line."""
    known: dict[tuple[Layer, tuple[Shape, ...]], list[str]] = {}
    unused: dict[tuple[str, int], Unused] = {}
    for node in network.nodes:
        inputs = tuple(network.input_shapes(node))
        key = (node.layer, inputs)
        fields = known.get(key)
        if fields is None:
            fields = known[key] = node.layer.idle_fields(inputs, node.output)
        for field in fields:
            line = node.place.line
            unused.setdefault((field, line), Unused(f"{field} of {node.name}", line))
    return list(unused.values())
