"""A network while it is made of a graph of tensors: its layers so far, and which tensor is where."""

import re
from collections.abc import Sequence

from dsconv_cost.errors import LayerError
from dsconv_cost.importers.lowering.foreign import ForeignLayer, ForeignMove
from dsconv_cost.importers.lowering.layout import Layout, essential, shape_of
from dsconv_cost.importers.tensors import Operation, Tensor, TensorGraph
from dsconv_cost.layers import Layer
from dsconv_cost.layers.counts import ZERO, Counts
from dsconv_cost.layers.parameter import Parameter
from dsconv_cost.layers.reshape import Permute, ToShape
from dsconv_cost.layers.shapes import Shape, axes_of
from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.network.graph import INPUT, INPUT_NAME, CostCache, NamedInput, Network, Node, Place
from dsconv_cost.text import inert

_UNFIT = re.compile(r"[\s/]+")
_NUMBERED = re.compile(r"_\d+(?=\.|$)|\[\d+\]$")
"""What PyTorch's exporter adds to the path of a module that is called again."""
_LONGEST_LABEL = 120


class Placed(NamedTuple):
    """Where a tensor of data is: the node that makes it, and how its axes are the channels and sides there."""

    node: int
    layout: Layout


class _Owner(NamedTuple):
    """Who counts a learned tensor first."""

    module: str
    node: int


class NotLowered(Exception):
    """An operation that no layer can be made of; the message says why."""


def stored_elements(tensor: Tensor) -> int:
    """Return how many elements of the file a learned tensor has: a table of position biases is spread over all pairs of positions."""
    return (
        min(tensor.elements, sum(origin.elements for origin in tensor.origins)) if tensor.origins else tensor.elements
    )


class Lowering:
    """What is made in one run."""

    def __init__(self, graph: TensorGraph) -> None:
        self.graph = graph
        self.nodes: list[Node] = []
        self.inputs: list[NamedInput] = []
        self.places: dict[int, Placed] = {}
        """By identity of tensors."""
        self._counted: dict[object, _Owner] = {}
        """Key of a learned tensor -> who counts it."""
        self.borrowed: dict[int, int] = {}
        """Layers that have the weights of an earlier one -> that one."""
        self.counted_origins: set[int] = set()
        """Tensors of the file of which a layer counts elements, by identity."""
        self.shared: set[str] = set()
        """Learned tensors that several layers use."""
        self.merged: set[str] = set()
        """Vectors that the exporter stored once for several layers, because they were equal."""
        self.takers: dict[int, int] = {}
        """Tensor of data, by identity -> how many operations take it, and outputs it is."""
        self.outputs: set[int] = set()
        self.operation: Operation | None = None
        self.label = ""
        self._cost = CostCache()
        self._labels: dict[str, int] = {}
        self._taken: set[str] = set()
        self._layers: dict[Layer, Layer] = {}

    # -- tensors --------------------------------------------------------------------------------

    def start(self, tensor: Tensor, layout: Layout) -> None:
        """Place an input of the model."""
        name = INPUT_NAME if not self.inputs else self._unique(tensor.name or INPUT_NAME)
        self.places[id(tensor)] = Placed(INPUT - len(self.inputs), layout)
        self.inputs.append(NamedInput(name, shape_of(tensor.sizes, layout)))

    def placed(self, tensor: Tensor | None) -> Placed:
        """Return where a tensor of data is."""
        if tensor is None:
            raise NotLowered("an input is missing")
        return self.places[id(tensor)]

    def shape(self, node: int) -> Shape:
        return self.inputs[INPUT - node].shape if node < 0 else self.nodes[node].output

    def arranged(self, tensor: Tensor, layout: Layout) -> int:
        """Return the node that gives a tensor in a layout: the one that makes it, or a layer that moves its elements."""
        node, own = self.placed(tensor)
        dims = tensor.sizes
        assert dims is not None
        before, after = essential(dims, own), essential(dims, layout)
        if before == after:
            return node
        shape = shape_of(dims, layout)
        if len(before) == len(after) and sorted(before) == sorted(after):
            free = list(range(len(before)))
            order: list[str] = []
            for group in after:
                at = next(place for place in free if before[place] == group)
                free.remove(at)
                order.append(axes_of(len(before) - 1)[at])
            return self.add(Permute(order=tuple(order)), (node,), "permute")
        if self.shape(node) == shape and [group for group in before if group] == [group for group in after if group]:
            return node
        return self.add(ToShape(size=tuple(shape)), (node,), "reshape")

    # -- layers ---------------------------------------------------------------------------------

    def begin(self, operation: Operation) -> None:
        """Take up an operation: what is added next has its name."""
        self.operation = operation
        self.label = ""

    def add(self, layer: Layer, inputs: Sequence[int], word: str = "") -> int:
        """Add a layer and return its index. `word` marks a layer beside the operation's own one."""
        operation = self.operation
        assert operation is not None
        name = operation.name or operation.outputs[0].name or operation.operator
        self.label = self._unique(f"{name}.{word}" if word else name)
        return self._append(layer, inputs, "")

    def add_tail(self, layer: Layer, source: int, part: str) -> int:
        """Add a norm or activation to the item of the layer before it."""
        return self._append(layer, (source,), part, self.nodes[source].place)

    def place(self, tensor: Tensor, node: int, layout: Layout) -> None:
        """Say where a tensor is. Raises NotLowered where its layer gives another shape."""
        wanted = shape_of(tensor.sizes, layout)
        if self.shape(node) != wanted:
            raise NotLowered(f"its layer gives {self.shape(node)}, and its tensor is {wanted}")
        self.places[id(tensor)] = Placed(node, layout)

    def foreign(
        self, type_: type[ForeignLayer], tensor: Tensor, sources: Sequence[int], layout: Layout, amounts: Counts = ZERO
    ) -> None:
        """Add a layer without a word of ours that makes a tensor."""
        assert self.operation is not None
        layer = type_(self.operation.operator, shape_of(tensor.sizes, layout), amounts)
        self.place(tensor, self.add(layer, sources), layout)

    def move(self, tensor: Tensor, sources: Sequence[int], layout: Layout) -> None:
        self.foreign(ForeignMove, tensor, sources, layout)

    def table(self, tensor: Tensor, shape: Shape) -> int:
        """Add a learned tensor that stands by itself and return its node."""
        operation = self.operation
        assert operation is not None
        self.label = self._unique(tensor.name or f"{operation.name}.learned")
        node = self._append(Parameter(size=tuple(shape)), (), "")
        if self.learned(tensor)[0]:
            self.borrow(node, tensor)
        elif stored_elements(tensor) < tensor.elements:
            self.recount(node, weights=stored_elements(tensor))
        return node

    def learned(self, *tensors: Tensor | None, by_next: bool = False) -> list[bool]:
        """Note that a layer counts learned tensors; return for each whether an earlier layer counts the same elements.

        Exporters store equal tensors once, e.g. the biases of a network that was never trained. Vectors that modules of
        different names have are such: each of them counts its own. The layer is the last one, or the next.
        """
        node = len(self.nodes) - (not by_next)
        return [tensor is not None and bool(tensor.origins) and self._is_counted(tensor, node) for tensor in tensors]

    def _is_counted(self, tensor: Tensor, node: int) -> bool:
        self.counted_origins.update(map(id, tensor.origins))
        operation = self.operation
        user = _NUMBERED.sub("", operation.name) if operation is not None else ""
        if tensor.key not in self._counted:
            self._counted[tensor.key] = _Owner(user, node)
            return False
        is_vector = sum(size > 1 for size in tensor.sizes) < 2
        if self.graph.repeats_merged and is_vector and self._counted[tensor.key].module != user:
            self.merged.add(tensor.name)
            return False
        self.shared.add(tensor.name)
        return True

    def borrow(self, node: int, tensor: Tensor) -> None:
        """Let a layer have the weights of the earlier one that counts a tensor."""
        owner = self._counted[tensor.key].node
        mine = self.nodes[node] = self.nodes[node].borrowing()
        if 0 <= owner < node and self.nodes[owner].layer == mine.layer:
            self.borrowed[node] = self.borrowed.get(owner, owner)

    def recount(self, node: int, **counts: int) -> None:
        """Set counts of a layer some of whose elements are no weights, or not its own."""
        self.nodes[node].counts = self.nodes[node].counts._replace(**counts)

    def _append(self, layer: Layer, inputs: Sequence[int], part: str, place: Place | None = None) -> int:
        layer = self._layers.setdefault(layer, layer)
        shapes = tuple([self.shape(node) for node in inputs])
        try:
            output, counts, kind = self._cost(layer, shapes)
        except LayerError as error:
            raise NotLowered(str(error)) from None
        if place is None:
            place = Place(None, self.label, layer.type, 0, 0)
        self.nodes.append(Node(layer, tuple(inputs), output, counts, kind, place, part))
        return len(self.nodes) - 1

    def _unique(self, name: str) -> str:
        """Return a label that no other layer has: a second layer of a name has a number."""
        label = _UNFIT.sub("_", inert(name)).strip("_")[:_LONGEST_LABEL] or "layer"
        count = self._labels.get(label, 0) + 1
        while (candidate := label if count == 1 else f"{label}[{count}]") in self._taken:
            count += 1
        self._labels[label] = count
        self._taken.add(candidate)
        return candidate

    def network(self, outputs: Sequence[int]) -> Network:
        results = tuple(dict.fromkeys(outputs))
        return Network(tuple(self.inputs), self.nodes, results, shared=self.borrowed, stated=self.graph.stated)
