"""The layers of a network as items, one each, but for the norms and activations that become fields of the layer before."""

from collections import Counter

from dsconv_cost.importers.writing.spelling import spell_layer
from dsconv_cost.importers.writing.tree import TreeItem
from dsconv_cost.layers import Layer
from dsconv_cost.layers.norm_and_activation import NONE, TAIL_ACTIVATIONS, TAIL_NORMS
from dsconv_cost.network.graph import Network, Node

_WORD_OF: dict[type[Layer], tuple[str, str]] = {type_: ("norm", word) for word, type_ in TAIL_NORMS.items()}
_WORD_OF |= {type_: ("activation", word) for word, type_ in TAIL_ACTIVATIONS.items()}

TailLayers = dict[type[Layer], Layer]
"""What the fields `norm` and `activation` add, where that is not the type without fields."""


class ItemUnit:
    """An item and the tensors that it takes."""

    __slots__ = ("inputs", "item")

    def __init__(self, item: TreeItem, inputs: tuple[int, ...]) -> None:
        self.item = item
        self.inputs = inputs


def units_of(network: Network, tails: TailLayers | None) -> list[ItemUnit]:
    """Return the network's items in order; norms and activations equal to `tails` are fields where they can be.

    Without `tails` each layer is an item.
    """
    alone = _taken_once(network)
    units: list[ItemUnit] = []
    absorbed: set[int] = set()
    followers = {node.inputs[0]: index for index, node in enumerate(network.nodes) if len(node.inputs) == 1}
    for index, node in enumerate(network.nodes):
        if index in absorbed:
            continue
        inputs = tuple(network.input_shapes(node))
        main, fields = spell_layer(node.layer, inputs)
        nodes = [index]
        if {"norm", "activation"} <= {field.name for field in node.layer.fields}:
            fields |= {"norm": NONE, "activation": NONE}
            for field in ("norm", "activation"):
                follower = followers.get(nodes[-1]) if nodes[-1] in alone else None
                word = (
                    _word(network.nodes[follower], field, tails) if follower is not None and tails is not None else ""
                )
                if follower is not None and word:
                    fields[field] = word
                    nodes.append(follower)
                    absorbed.add(follower)
        leaving = network.nodes[nodes[-1]].output
        units.append(
            ItemUnit(
                TreeItem(node.layer.type, main, fields, tuple(nodes), inputs[0] if inputs else leaving, leaving),
                node.inputs,
            )
        )
    return units


def common_tails(network: Network) -> TailLayers:
    """Return of every norm and activation that follows a convolution the fields it mostly has."""
    alone = _taken_once(network)
    seen: dict[type[Layer], Counter[Layer]] = {}
    for node in network.nodes:
        if type(node.layer) in _WORD_OF and node.inputs[0] in alone:
            seen.setdefault(type(node.layer), Counter())[node.layer] += 1
    return {type_: layers.most_common(1)[0][0] for type_, layers in seen.items()}


def _word(node: Node, field: str, tails: TailLayers) -> str:
    type_ = type(node.layer)
    named, word = _WORD_OF.get(type_, ("", ""))
    return word if named == field and node.layer == (tails.get(type_) or type_()) else ""


def _taken_once(network: Network) -> set[int]:
    """Return the layers whose output one layer takes, once, and that is no output of the network."""
    times = Counter(source for node in network.nodes for source in node.inputs)
    return {index for index, count in times.items() if count == 1} - set(network.outputs)
