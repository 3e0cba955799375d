"""The flattened graph: every primitive layer in execution order, with shapes and exact counts."""

from collections.abc import Sequence

from dsconv_cost.language.architecture import Unused
from dsconv_cost.language.vocabulary import TYPES
from dsconv_cost.layers.base import Layer, OperationKind
from dsconv_cost.layers.counts import Counts
from dsconv_cost.layers.shapes import Shape

INPUT = -1
"""Stands for the network's input among the inputs of a node."""
INPUT_NAME = "input"
"""What it is called: no item of a file can have this name."""


class Place:
    """Where a layer is: an item, and the items around it."""

    __slots__ = ("column", "label", "line", "parent", "type")

    def __init__(self, parent: "Place | None", label: str, type_: str, line: int, column: int) -> None:
        self.parent = parent
        self.label = label
        self.type = type_
        self.line = line
        self.column = column

    @property
    def name(self) -> str:
        """The labels from the outermost item inwards, joined by `/`."""
        if self.parent is None:
            return self.label
        labels = []
        place: Place | None = self
        while place is not None:
            labels.append(place.label)
            place = place.parent
        return "/".join(reversed(labels))

    @property
    def use_line(self) -> int:
        """The line of the outermost item that uses a block around this place; 0 where there is no block."""
        outer = next((place for place in self.chain()[:-1] if place.type not in TYPES), None)
        return outer.line if outer is not None else 0

    def chain(self) -> list["Place"]:
        """Return the places from the outermost item inwards, this one last."""
        places: list[Place] = []
        place: Place | None = self
        while place is not None:
            places.append(place)
            place = place.parent
        places.reverse()
        return places


class Node:
    """One primitive layer of a network."""

    __slots__ = ("counts", "inputs", "kind", "layer", "output", "part", "place")

    def __init__(
        self,
        layer: Layer,
        inputs: tuple[int, ...],
        output: Shape,
        counts: Counts,
        kind: OperationKind,
        place: Place,
        part: str,
    ) -> None:
        self.layer = layer
        self.inputs = inputs
        """Indices of the nodes whose outputs it takes; INPUT is the network's input."""
        self.output = output
        self.counts = counts
        self.kind = kind
        self.place = place
        self.part = part
        """`norm` or `act` for a layer that a field of an item adds, else empty."""

    @property
    def case(self) -> str:
        """The word that conventions know it by, e.g. `batchnorm`, `batchnorm plain` or, on one side, `batchnorm 1d`."""
        case = self.layer.case_on(self.output)
        sides = len(self.output) - 1
        return case if sides in (0, 2) else f"{case} {sides}d"

    @property
    def name(self) -> str:
        return f"{self.place.name}.{self.part}" if self.part else self.place.name


class Network:
    """A graph of nodes; the inputs of each come before it."""

    __slots__ = ("input", "nodes", "outputs", "unused")

    def __init__(
        self, input_shape: Shape, nodes: list[Node], outputs: tuple[int, ...], unused: tuple[Unused, ...] = ()
    ) -> None:
        self.input = input_shape
        self.nodes = nodes
        self.outputs = outputs
        """Indices of the nodes whose outputs are the network's."""
        self.unused = unused
        """What the file says and no layer of this network comes from."""

    def shape(self, index: int) -> Shape:
        return self.input if index == INPUT else self.nodes[index].output

    def name(self, index: int) -> str:
        return INPUT_NAME if index == INPUT else self.nodes[index].name

    def input_shapes(self, node: Node) -> Sequence[Shape]:
        return [self.shape(i) for i in node.inputs]

    def consumers(self) -> list[list[int]]:
        """Return for every node the indices of the nodes that take its output."""
        consumers: list[list[int]] = [[] for _ in self.nodes]
        for index, node in enumerate(self.nodes):
            for source in node.inputs:
                if source != INPUT:
                    consumers[source].append(index)
        return consumers


IDENTITY, PROJECTION = "identity", "projection"


def shortcut_taken(network: Network, node: Node) -> str:
    """Return whether the addition of a residual adds the residual's input itself or a projection of it; empty for other layers."""
    place = node.place
    if place.parent is None or place.parent.type != "residual" or (place.label, place.type) != ("add", "add"):
        return ""
    ends = [network.nodes[i].place.chain() for i in node.inputs if i != INPUT]
    inside = sum(place.parent in chain for chain in ends)
    return PROJECTION if inside == len(node.inputs) else IDENTITY


class CostCache:
    """Works out output, counts and kind of layers, once for each layer and input."""

    def __init__(self) -> None:
        # By identity, which is faster than equality: layers are shared anyway. They are kept, so that no number is used twice.
        self._known: dict[tuple[int, tuple[Shape, ...]], tuple[Shape, Counts, OperationKind]] = {}
        self._layers: list[Layer] = []

    def __call__(self, layer: Layer, inputs: tuple[Shape, ...]) -> tuple[Shape, Counts, OperationKind]:
        """Return the output's shape, the counts and the kind. Raises LayerError where the inputs do not suit."""
        key = (id(layer), inputs)
        known = self._known.get(key)
        if known is None:
            output = layer.output(inputs)
            self._layers.append(layer)
            known = self._known[key] = (output, layer.counts(inputs, output), layer.kind(inputs))
        return known
