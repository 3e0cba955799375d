"""The flattened graph: every primitive layer in execution order, with shapes and exact counts."""

from collections.abc import Mapping, Sequence

from dsconv_cost.language.architecture import Unused
from dsconv_cost.language.vocabulary import TYPES
from dsconv_cost.layers.base import Layer, OperationKind
from dsconv_cost.layers.counts import Counts
from dsconv_cost.layers.shapes import Shape
from dsconv_cost.named_tuple import NamedTuple

INPUT = -1
"""Stands for the network's first input among the inputs of a node; the second is INPUT - 1, and so on."""
INPUT_NAME = "input"
"""What the only input is called: no item of a file can have this name."""


class NamedInput(NamedTuple):
    """An input of a network."""

    name: str
    shape: Shape


class StatedTensor(NamedTuple):
    """A tensor of a model's file, in which operators are as a runtime executes them."""

    elements: int
    bits: int | None
    """The width of an element whatever the activations' width; None for the type that most activations have."""
    first: int
    """The operator that writes it, from 1; 0 for what is there from the start, -1 for what no operator names."""
    last: int
    """The last operator that reads it; the last of all for an output."""


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
        """Indices of the nodes whose outputs it takes; a negative one is an input of the network."""
        self.output = output
        self.counts = counts
        self.kind = kind
        self.place = place
        self.part = part
        """`norm` or `act` for a layer that a field of an item adds, else empty."""

    def borrowing(self) -> "Node":
        """Return the same node with the weights of an earlier one."""
        return Node(self.layer, self.inputs, self.output, self.counts.borrowed(), self.kind, self.place, self.part)

    @property
    def case(self) -> str:
        """The word that conventions know it by, e.g. `batchnorm`, `batchnorm plain` or, on one side, `batchnorm 1d`."""
        case = self.layer.case_on(self.output)
        sides = len(self.output) - 1
        return case if sides in (0, 2) else f"{case} {sides}d"

    @property
    def name(self) -> str:
        return f"{self.place.name}.{self.part}" if self.part else self.place.name


def sizes_text(inputs: Sequence[NamedInput]) -> str:
    """Return the shapes of inputs alone, with spaces between."""
    return " ".join(str(each.shape) for each in inputs)


_NOTHING_SHARED: Mapping[int, int] = {}


class Network:
    """A graph of nodes; the inputs of each come before it."""

    __slots__ = ("_owners", "inputs", "nodes", "outputs", "shared", "stated", "unused")

    def __init__(
        self, inputs: tuple[NamedInput, ...], nodes: list[Node], outputs: tuple[int, ...], unused: tuple[Unused, ...] = (),
        shared: Mapping[int, int] = _NOTHING_SHARED, stated: Sequence[StatedTensor] = (),
    ) -> None:  # fmt: skip
        self.inputs = inputs
        self.nodes = nodes
        self.outputs = outputs
        """Indices of the nodes whose outputs are the network's."""
        self.unused = unused
        """What the file says and no layer of this network comes from."""
        self.shared = shared
        """Index of a node whose weights are those of an earlier one -> that one; its own counts have no params."""
        self.stated = stated
        """The tensors of the file that it was read from, in the file's order, where it is one that a runtime executes as it is."""
        self._owners: dict[int, Node] | None = None

    @property
    def input(self) -> Shape:
        """The shape of its first input."""
        return self.inputs[0].shape

    def shape(self, index: int) -> Shape:
        return self.inputs[INPUT - index].shape if index < 0 else self.nodes[index].output

    def name(self, index: int) -> str:
        return self.inputs[INPUT - index].name if index < 0 else self.nodes[index].name

    def input_shapes(self, node: Node) -> Sequence[Shape]:
        return [self.shape(i) for i in node.inputs]

    def weights_of(self, node: Node) -> Node | None:
        """Return the earlier node whose weights a node has; None where they are its own."""
        if not self.shared:
            return None
        if self._owners is None:
            self._owners = {id(self.nodes[index]): self.nodes[first] for index, first in self.shared.items()}
        return self._owners.get(id(node))

    @property
    def inputs_text(self) -> str:
        """Its inputs in words: `input 3x224x224`, or `inputs left 3x64x64, right 3x32x32`."""
        if len(self.inputs) == 1 and self.inputs[0].name == INPUT_NAME:
            return f"input {self.input}"
        named = ", ".join(f"{name} {shape}" for name, shape in self.inputs)
        return f"input{'s' * (len(self.inputs) > 1)} {named}"

    @property
    def input_sizes(self) -> str:
        """The shapes of its inputs alone, with spaces between."""
        return sizes_text(self.inputs)

    def consumers(self) -> list[list[int]]:
        """Return for every node the indices of the nodes that take its output."""
        consumers: list[list[int]] = [[] for _ in self.nodes]
        for index, node in enumerate(self.nodes):
            for source in node.inputs:
                if source >= 0:
                    consumers[source].append(index)
        return consumers


def inputs_document(network: Network) -> list[int] | dict[str, list[int]]:
    """Return the sizes of a network's input as JSON has them; of several, by their names."""
    if len(network.inputs) == 1 and network.inputs[0].name == INPUT_NAME:
        return list(network.input)
    return {name: list(shape) for name, shape in network.inputs}


IDENTITY, PROJECTION = "identity", "projection"


def shortcut_taken(network: Network, node: Node) -> str:
    """Return whether the addition of a residual adds the residual's input itself or a projection of it; empty for other layers."""
    place = node.place
    if place.parent is None or place.parent.type != "residual" or (place.label, place.type) != ("add", "add"):
        return ""
    ends = [network.nodes[i].place.chain() for i in node.inputs if i >= 0]
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
