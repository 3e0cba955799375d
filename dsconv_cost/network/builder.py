"""A network while it is made: its layers and tensors so far, the work done for it, and what was found wrong.

A tensor is a number: the index of the node that makes it, a negative one for an input of the network, or a much lower one for
what could not be made.
"""

from collections.abc import Mapping
from typing import Any

from dsconv_cost.errors import MOST_PROBLEMS, Code, LayerError, Problem
from dsconv_cost.language.architecture import Item
from dsconv_cost.language.expressions.expression import Arriving, Unknown
from dsconv_cost.language.nodes import YamlNode, problem_at
from dsconv_cost.layers import LAYERS, Layer
from dsconv_cost.layers.fields import LARGEST_SIZE, Values
from dsconv_cost.layers.join import Join
from dsconv_cost.layers.norm_and_activation import NONE, TAIL_ACTIVATIONS, TAIL_NORMS
from dsconv_cost.layers.shapes import Shape, is_one
from dsconv_cost.network.allowance import STEPS_PER_LAYER
from dsconv_cost.network.graph import INPUT, INPUT_NAME, CostCache, NamedInput, Network, Node, Place
from dsconv_cost.text import shown

BuiltParts = list[tuple[str, Layer]]
"""A layer and what follows it in the same item: (part, layer)."""


_UNKNOWN = -1_000_000
"""The highest number of a tensor that could not be made."""


class Stop(Exception):
    """The network is too large to go on, or there is too much wrong with it."""


class NetworkBuilder:
    """What is made and found in one run."""

    __slots__ = (
        "_cost", "_faults", "_parts", "_plain", "_reported", "inputs", "is_too_large", "lost_tensors", "max_layers", "most_steps",
        "nodes", "own", "problems", "separable", "shapes", "shared", "shortcuts", "steps", "tails", "uncertain", "unknown", "users",
    )  # fmt: skip

    def __init__(self, max_layers: int, lost_tensors: bool) -> None:
        self.max_layers = max_layers
        self.most_steps = max_layers * STEPS_PER_LAYER
        self.lost_tensors = lost_tensors
        """Whether an item's name could not be read, so that it is unknown wherever it is used."""
        self.problems: list[Problem] = []
        self.inputs: tuple[NamedInput, ...] = (NamedInput(INPUT_NAME, Shape(0)),)
        self.nodes: list[Node] = []
        self.shapes: list[Shape] = []
        self.tails: dict[type[Layer], Layer] = {}
        """What the fields `norm` and `activation` add where `defaults` say something of the type."""
        self.unknown: dict[int, int | None] = {}
        """Tensors that could not be made -> their channels, if those are known."""
        self.uncertain = False
        """Whether something is missing from the graph, so that unused outputs prove nothing."""
        self.steps = 0
        self.users: list[Item] = []
        """The uses of blocks around the item at hand, for messages."""
        self._cost = CostCache()
        self._plain: dict[type[Layer], Layer] = {}
        self._parts: dict[tuple[Any, ...], BuiltParts] = {}
        self._reported: set[tuple[int, int]] = set()
        self._faults = 0
        self.is_too_large = False
        """Whether it was given up because it takes more layers or steps than allowed."""
        self.shortcuts: dict[Item, bool] = {}
        """Residuals whose shortcut is a body -> whether any repetition or use took it."""
        self.shared: dict[int, int] = {}
        """Nodes whose weights are those of an earlier one -> that one."""
        self.separable = False
        """Whether some convolution is to be made separable."""
        self.own: set[int] = set()
        """Nodes that have new weights, though a use around them has those of an earlier one."""

    # -- problems -------------------------------------------------------------------------------

    def report(self, node: YamlNode, code: Code, message: str, suggestion: str | None = None) -> None:
        users = [f"{shown(item.use.type)} in line {item.node.line}" for item in self.users[-3:]]
        inside = f" (used by {', used by '.join(reversed(users))})" if users else ""
        place = (node.line, node.column)
        if place not in self._reported:
            self._reported.add(place)
            self.problems.append(problem_at(node, code, message + inside, suggestion))
        self._faults += 1
        if len(self.problems) >= MOST_PROBLEMS or self._faults >= 4 * MOST_PROBLEMS:
            raise Stop

    def too_many(self, node: YamlNode, count: str) -> None:
        self.is_too_large = True
        self.report(
            node, "too-large", f"the network would have {count} layers with this item; at most {self.max_layers:,} are made: "
            "lower repeat, or raise the bound with --layer-bound"
        )  # fmt: skip

    def start_at(self, inputs: tuple[NamedInput, ...]) -> None:
        """Set the network's inputs."""
        self.inputs = inputs

    def mark_uncertain(self) -> None:
        """Note that something is missing from the graph."""
        self.uncertain = True

    def work(self, count: int) -> None:
        """Count work that the next step looks at."""
        self.steps += count

    def step(self, node: YamlNode, count: int = 1) -> None:
        """Count work done, and stop where it can no longer be meant."""
        self.steps += count
        if self.steps > self.most_steps:
            self.is_too_large = True
            self.report(
                node,
                "too-large",
                f"more than {self.most_steps:,} items and joined tensors by here: lower repeat or copies",
            )
            raise Stop

    def report_unused(self, outputs: tuple[int, ...]) -> None:
        for index in self._taken_by_none(outputs)[: MOST_PROBLEMS - len(self.problems)]:
            place = self.nodes[index].place
            message = f"nothing uses {self.nodes[index].name}: join it, name it in outputs, or take it out"
            self.problems.append(Problem(place.line, place.column, message, "unused-output"))

    def layers_made(self) -> Network | None:
        """Return the layers made so far as a network, whose outputs are all that nothing takes; None without any."""
        if not self.nodes:
            return None
        return Network(self.inputs, self.nodes, tuple(self._taken_by_none(())), shared=self.shared)

    def _taken_by_none(self, outputs: tuple[int, ...]) -> list[int]:
        """Return the layers whose output no layer takes and that are no outputs."""
        used = bytearray(len(self.nodes))
        for node in self.nodes:
            for source in node.inputs:
                if source >= 0:
                    used[source] = 1
        for output in outputs:
            if output >= 0:
                used[output] = 1
        return [index for index, taken in enumerate(used) if not taken]

    # -- tensors --------------------------------------------------------------------------------

    def shape(self, tensor: int) -> Shape | None:
        if self.unknown and tensor in self.unknown:
            return None
        return self.inputs[INPUT - tensor].shape if tensor < 0 else self.shapes[tensor]

    def known_channels(self, tensor: int) -> int | None:
        if self.unknown and tensor in self.unknown:
            return self.unknown[tensor]
        return (self.inputs[INPUT - tensor].shape if tensor < 0 else self.shapes[tensor]).channels

    def arriving(self, tensor: int) -> Arriving:
        """Return what expressions may use of a tensor."""
        if tensor >= 0:
            shape = self.shapes[tensor]
            return Arriving(shape[0], shape)
        return Arriving(self.known_channels(tensor), self.shape(tensor))

    def unknown_tensor(self, channels: int | None) -> int:
        index = _UNKNOWN - len(self.unknown)
        self.unknown[index] = channels
        return index

    # -- layers ---------------------------------------------------------------------------------

    def parts(self, type_: type[Layer], values: Values) -> BuiltParts:
        """Return the layer these values mean, and the norm and activation that follow it."""
        key = (type_, *values.values())
        parts = self._parts.get(key)
        if parts is None:
            parts = [("", type_(**values))]
            self.separable |= bool(values.get("separable"))
            norm = values.get("norm", NONE)
            if norm != NONE:
                parts.append(("norm", self._tail(TAIL_NORMS[norm])))
            activation = values.get("activation", NONE)
            if activation != NONE:
                parts.append(("act", self._tail(TAIL_ACTIVATIONS[activation])))
            self._parts[key] = parts
        return parts

    def _tail(self, type_: type[Layer]) -> Layer:
        return self.tails.get(type_) or self.plain(type_)

    def plain(self, type_: type[Layer]) -> Layer:
        """Return the layer of a type without fields, the same one every time."""
        layer = self._plain.get(type_)
        if layer is None:
            layer = self._plain[type_] = type_()
        return layer

    def add(self, layer: Layer, inputs: tuple[int, ...], place: Place, part: str = "") -> int:
        """Add a primitive layer and return its output. Raises LayerError where its inputs do not suit."""
        if self.unknown and any(i in self.unknown for i in inputs):
            return self._add_unknown(layer, inputs)
        shapes = self.shapes
        if len(inputs) == 1:
            source = inputs[0]
            arriving: tuple[Shape, ...] = (shapes[source] if source >= 0 else self.inputs[INPUT - source].shape,)
        else:
            self.steps += len(inputs)
            arriving = tuple([shapes[i] if i >= 0 else self.inputs[INPUT - i].shape for i in inputs])
        try:
            output, counts, kind = self._cost(layer, arriving)
        except LayerError as error:
            if not part:
                raise
            defaults = f"defaults: {{{layer.type}: {{{error.field}: ...}}}}"
            raise LayerError(f"norm: {error}, under {defaults}, or take another norm", "norm", error.code) from None
        if output.elements > LARGEST_SIZE * LARGEST_SIZE:
            raise LayerError(f"an output of {output} is beyond what this tool counts", code="too-large")
        if len(self.nodes) >= self.max_layers:
            self.is_too_large = True
            self.problems.append(
                Problem(
                    place.line,
                    place.column,
                    f"the network has more than {self.max_layers:,} layers by here: "
                    "lower repeat, or raise the bound with --layer-bound",
                    "too-large",
                )
            )
            raise Stop
        self.nodes.append(Node(layer, inputs, output, counts, kind, place, part))
        shapes.append(output)
        return len(shapes) - 1

    def borrow(self, index: int, earlier: int) -> None:
        """Let a node have the weights of an earlier one. Raises KeyError where it has those of another one."""
        first = self.shared.get(earlier, earlier)
        before = self.shared.get(index, index)
        if before != index and self.shared.get(before, before) != first:
            raise KeyError(index)
        self.shared[index] = first
        self.nodes[index] = self.nodes[index].borrowing()

    def arriving_at(self, node: Node) -> tuple[Shape, ...]:
        """Return the shapes of a node's inputs."""
        return tuple([self.shapes[i] if i >= 0 else self.inputs[INPUT - i].shape for i in node.inputs])

    def _add_unknown(self, layer: Layer, inputs: tuple[int, ...]) -> int:
        """Check what can be checked of a layer whose input is unknown."""
        c = self.known_channels(inputs[0])
        if isinstance(layer, Join) or layer.mixes_axes:
            return self.unknown_tensor(None)
        if c is not None:
            return self.unknown_tensor(layer.channels_after(c))
        return self.unknown_tensor(getattr(layer, "out_channels", None))

    def strides_between(self, x: int, y: int, start: int) -> bool:
        """Return whether every way from tensor `x` to `y`, through the nodes since `start`, moves a window by more than one position.

        A side branch that strides and is resized back does not make its body stride.
        """
        striding = [not is_one(getattr(node.layer, "stride", 1)) for node in self.nodes[start:]]
        if not any(striding):
            return False
        plain = {x}
        for index, (node, strides) in enumerate(zip(self.nodes[start:], striding, strict=True), start):
            if not strides and not plain.isdisjoint(node.inputs):
                plain.add(index)
        return y not in plain


class CompositeBuilder:
    """What a composite builds with: places its layers inside the item."""

    def __init__(self, builder: NetworkBuilder, place: Place) -> None:
        self._builder = builder
        self._place = place
        self._start = len(builder.nodes)

    def channels(self, tensor: int) -> int:
        channels = self._builder.known_channels(tensor)
        if channels is None:
            raise Unknown
        return channels

    def shape(self, tensor: int) -> Shape:
        shape = self._builder.shape(tensor)
        if shape is None:
            raise Unknown
        return shape

    def layer(self, label: str, type_name: str, inputs: tuple[int, ...], values: Mapping[str, Any]) -> int:
        place = self._place
        inner = Place(place, label, type_name, place.line, place.column)
        for part, layer in self._builder.parts(LAYERS[type_name], values):
            inputs = (self._builder.add(layer, inputs, inner, part),)
        return inputs[0]

    def keeps_shape(self, start: int, end: int) -> bool:
        before, after = self._builder.shape(start), self._builder.shape(end)
        if before is None or after is None:
            raise Unknown
        if before != after:
            return False
        return not self._builder.strides_between(start, end, self._start)

    def inside(self, label: str, type_name: str) -> "CompositeBuilder":
        place = self._place
        return CompositeBuilder(self._builder, Place(place, label, type_name, place.line, place.column))
