"""The convolutions that a file makes separable, by a field of their items or by their names."""

from dsconv_cost import patterns
from dsconv_cost.language.architecture import Spec, Unused
from dsconv_cost.language.nodes import ScalarNode
from dsconv_cost.layers.convolution import Conv
from dsconv_cost.network.builder import NetworkBuilder
from dsconv_cost.network.graph import Network
from dsconv_cost.network.transforms.convert import separate_convolutions
from dsconv_cost.network.transforms.groups import Groups
from dsconv_cost.text import shown


def make_separable(spec: Spec, network: Network, builder: NetworkBuilder) -> Network:
    """Return the network with the convolutions that its file makes separable, as the separable form has them.

    What is wrong with the names of `separable` is reported to the builder, and so are too many layers.
    """
    nodes = network.nodes
    chosen = {index for index, node in enumerate(nodes) if isinstance(node.layer, Conv) and node.layer.separable}
    unused: list[Unused] = []
    if spec.separable:
        named = _Named(network, builder, bool(spec.variants))
        for name in spec.separable:
            new = named.meant(name) - chosen
            if not new:
                unused.append(Unused(f"separable {shown(name.text)}", name.line))
            chosen |= new
        named.check_shared(chosen)
    if builder.problems:
        return network
    separated = separate_convolutions(network, sorted(chosen))
    if len(separated.nodes) > builder.max_layers:
        place = nodes[min(chosen)].place
        builder.too_many(ScalarNode("", True, place.line, place.column), f"{len(separated.nodes):,}")
    told = (*network.unused, *unused)
    return Network(separated.inputs, separated.nodes, separated.outputs, told, separated.shared)


class _Named:
    """The layers of a network by their names."""

    def __init__(self, network: Network, builder: NetworkBuilder, varies: bool) -> None:
        self.network = network
        self.varies = varies
        """Whether the file has variants, in another of which a layer may have a window."""
        self.builder = builder
        self.layers = {node.name: index for index, node in enumerate(network.nodes) if not node.part}
        self._entries: dict[int, ScalarNode] = {}
        """Convolution -> the name or pattern that means it."""

    def meant(self, name: ScalarNode) -> set[int]:
        """Return the convolutions that a name or pattern means; a pattern passes over those that cannot be separable."""
        text = name.text
        if patterns.is_glob(text):
            self.builder.step(name, len(self.layers))
            matches = patterns.matcher(text)
            found = {index for layer, index in self.layers.items() if matches(layer) and not self._why_not(index)}
        elif text in self.layers:
            found = {self.layers[text]}
            if why := self._why_not(self.layers[text]):
                if not (self.varies and isinstance(self.network.nodes[self.layers[text]].layer, Conv)):
                    message = f"separable: {shown(text)}: {why}: name convolutions with a window and one group"
                    self.builder.report(name, "wrong-value", message)
                return set()
        else:
            found = set()
            self._unknown(name)
        for index in found:
            self._entries.setdefault(index, name)
        return found

    def _why_not(self, index: int) -> str:
        layer = self.network.nodes[index].layer
        return layer.why_not_separable if isinstance(layer, Conv) else f"a {layer.type} layer has no separable form"

    def _unknown(self, name: ScalarNode) -> None:
        """Report the name of an item that is made of layers. Another one may be that of a layer that other settings have."""
        text = shown(name.text)
        if any(place.name == name.text for node in self.network.nodes for place in node.place.chain()[:-1]):
            message = f"separable: {text} is made of several layers: name one of them, or all of them with {text}/**"
            self.builder.report(name, "wrong-value", message)

    def check_shared(self, chosen: set[int]) -> None:
        """Report names of convolutions whose weights others share that are not made separable."""
        groups = Groups(self.network)
        for index, name in sorted(self._entries.items()):
            other = next((one for one in groups.members(index) if one not in chosen), None)
            if other is not None:
                mine, theirs = (shown(self.network.nodes[one].name) for one in (index, other))
                message = f"separable: {mine} has the same weights as {theirs}: name both, or neither"
                self.builder.report(name, "wrong-value", message)
