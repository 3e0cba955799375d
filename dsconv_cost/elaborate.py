"""An architecture to its network: blocks used, items repeated, expressions evaluated, shapes inferred.

Problems do not stop it: an item that cannot be made leaves an unknown tensor behind, what follows is checked as far
as it does not depend on it, and all problems are raised together.
"""

from collections.abc import Mapping
from typing import Any

from dsconv_cost.architecture import Architecture, Block, Branch, Item, Setting, Spec, Use
from dsconv_cost.composites import Composite
from dsconv_cost.composites.structure import Residual
from dsconv_cost.errors import MOST_PROBLEMS, InputError, LayerError, Problem
from dsconv_cost.expressions import IN_CHANNELS, Expression, Unknown
from dsconv_cost.fields import FLAG, LARGEST_SIZE, Kind, Rejected, Values, Whole
from dsconv_cost.inert import near, shown
from dsconv_cost.layers import LAYERS, Layer
from dsconv_cost.layers.join import Join
from dsconv_cost.layers.reshape import Slice
from dsconv_cost.layers.tail import NONE, TAIL_ACTIVATIONS, TAIL_NORMS
from dsconv_cost.network import INPUT, Costed, Network, Node, Place
from dsconv_cost.shapes import Shape
from dsconv_cost.sizes import fewest_layers
from dsconv_cost.values import Value, ValueProblem, describe
from dsconv_cost.yaml_events import Node as YamlNode
from dsconv_cost.yaml_events import Scalar
from dsconv_cost.yaml_events import Sequence as YamlSequence

MAX_LAYERS = 200_000
STEPS_PER_LAYER = 12
"""How many items, repetitions, joined tensors and parts of expressions are looked at for each layer allowed."""

MOST_BINDINGS = 500_000
"""How many values of blocks' names are kept, in case a block is used in the same way again."""

LEFT_OUT = -2
"""What an item that makes nothing returns."""

Parts = list[tuple[str, Layer]]
"""A layer and what follows it in the same item: (part, layer)."""

_TIMES = Whole(0)


class Names(dict[str, Value]):
    """The values in sight. One whose problem was reported is missing, and using it says nothing more."""

    __slots__ = ("outer",)

    def __init__(self, values: Mapping[str, Value], outer: "Names | None" = None) -> None:
        super().__init__(values)
        self.outer = outer
        """Those of the file, for a block: copying them for every use would be slow."""

    def __missing__(self, name: str) -> Value:
        if self.outer is None:
            raise Unknown
        return self.outer[name]


class _Stop(Exception):
    """The network is too large to go on."""


class _Fault(Exception):
    """Something wrong with the item at hand, at a field of it."""

    def __init__(self, message: str, field: str | None = None, node: YamlNode | None = None) -> None:
        super().__init__(message)
        self.field = field
        self.node = node
        self.of_type = False
        """Whether the field is one of the item's type, and not a key that every item may have."""


class _Tensors:
    """The names of tensors in one scope; inside a repeated item they are that repetition's own."""

    __slots__ = ("declared", "found", "outer")

    def __init__(self, declared: Mapping[str, Scalar], outer: "_Tensors | None" = None) -> None:
        self.declared = declared
        self.outer = outer
        self.found: dict[str, list[int]] = {}

    def get(self, name: str) -> list[int] | None:
        scope: _Tensors | None = self
        while scope is not None:
            if name in scope.found:
                return scope.found[name]
            scope = scope.outer
        return None


class _Frame:
    """What an item sees: values, tensors, the input of the network or block, and where it stands."""

    __slots__ = ("input", "names", "place", "tensors")

    def __init__(self, names: Names, tensors: _Tensors, input_: int, place: Place | None) -> None:
        self.names = names
        self.tensors = tensors
        self.input = input_
        self.place = place


def elaborate(architecture: Architecture, max_layers: int = MAX_LAYERS) -> Network:
    """Return the network. Raises InputError with every problem found."""
    elaboration = Elaboration(architecture.spec, architecture.hyperparameters, max_layers)
    network = elaboration.run()
    if network is None or elaboration.problems:
        raise InputError(architecture.path, elaboration.problems, architecture.spec.text)
    return network


class Elaboration:
    """One run over one spec with all hyperparameters chosen."""

    def __init__(self, spec: Spec, hyperparameters: Mapping[str, Value], max_layers: int = MAX_LAYERS) -> None:
        self.spec = spec
        self.max_layers = max_layers
        self.problems: list[Problem] = []
        self.nodes: list[Node] = []
        self.shapes: list[Shape] = []
        self.unknown: dict[int, int | None] = {}
        """Tensors that could not be made -> their channels, if those are known."""
        self.uncertain = False
        """Whether something is missing from the graph, so that unused outputs prove nothing."""
        self.steps = 0
        self.names = Names(hyperparameters)
        self.cost = Costed()
        self._layers: dict[tuple[Any, ...], Layer] = {}
        self._parts: dict[tuple[Any, ...], Parts] = {}
        self._fixed: dict[Use, Parts] = {}
        self._environments: dict[tuple[Any, ...], Names] = {}
        self._bindings = 0
        self._reported: set[tuple[int, int]] = set()
        self._faults = 0
        self._users: list[Item] = []
        """The uses of blocks around the item at hand, for messages."""

    # -- the whole ------------------------------------------------------------------------------

    def run(self) -> Network | None:
        """Return the network, or None when it could not be made; see `problems`."""
        try:
            return self._run()
        except _Stop:
            return None

    def _run(self) -> Network | None:
        spec = self.spec
        for let in spec.lets:
            try:
                self.names[let.name] = let.expression.run(self.names, 0)
            except Unknown:
                continue
            except ValueProblem as problem:
                self.report(let.node, str(problem))
        shape = self._input()
        if shape is None:
            # Go on with an input of unknown shape, to find what else is wrong.
            self.unknown[INPUT] = None
            shape = Shape(0, 0, 0)
        self.input = shape
        if not spec.layers:
            return None
        excess = fewest_layers(spec, self.names, self.max_layers)
        if excess is not None:
            self.too_many(self._field_node(excess.item, "repeat"), excess.text)
            return None
        frame = _Frame(self.names, _Tensors(spec.tensors), INPUT, None)
        last = self.body(spec.layers, INPUT, frame)
        if last == LEFT_OUT or not (self.nodes or self.problems or self.unknown):
            self.report(spec.layers[0].node, "every item is left out: a network has at least one layer")
            return None
        outputs = self._outputs(last, frame)
        if not self.uncertain and not self.unknown and not self.problems:
            self._unused(outputs)
        if self.problems or self.unknown:
            return None
        return Network(shape, self.nodes, outputs)

    def _input(self) -> Shape | None:
        sizes: list[int] = []
        kind = Whole(1)
        for expression, what in zip(self.spec.input, ("channels", "height", "width"), strict=False):
            node = self.spec.input_node
            try:
                sizes.append(kind.accept(expression.run(self.names, 0)))
            except Unknown:
                return None
            except (ValueProblem, Rejected) as problem:
                assert isinstance(node, YamlSequence)
                at = node.items[len(sizes)]
                self.report(at, f"input {what}: {problem}")
                return None
        return Shape(*sizes) if len(sizes) == 3 else None

    def _outputs(self, last: int, frame: _Frame) -> tuple[int, ...]:
        if not self.spec.outputs:
            return (last,)
        outputs: list[int] = []
        for node in self.spec.outputs:
            try:
                outputs.append(self.tensor(node.text, frame))
            except _Fault as fault:
                self.report(node, str(fault))
                self.uncertain = True
            except Unknown:
                self.uncertain = True
        return tuple(outputs)

    def _unused(self, outputs: tuple[int, ...]) -> None:
        used = bytearray(len(self.nodes))
        for node in self.nodes:
            for source in node.inputs:
                if source >= 0:
                    used[source] = 1
        for output in outputs:
            if output >= 0:
                used[output] = 1
        for index, node in enumerate(self.nodes):
            if not used[index]:
                place = node.place
                message = f"nothing uses {node.name}: join it, name it in outputs, or take it out"
                self.problems.append(Problem(place.line, place.column, message))
                if len(self.problems) >= MOST_PROBLEMS:
                    return

    # -- problems -------------------------------------------------------------------------------

    def report(self, node: YamlNode, message: str) -> None:
        users = [f"{shown(item.use.type)} in line {item.node.line}" for item in self._users[-3:]]
        inside = f" (used by {', used by '.join(reversed(users))})" if users else ""
        place = (node.line, node.column)
        if place not in self._reported:
            self._reported.add(place)
            self.problems.append(Problem(*place, message + inside))
        self._faults += 1
        if len(self.problems) >= MOST_PROBLEMS or self._faults >= 4 * MOST_PROBLEMS:
            raise _Stop

    def too_many(self, node: YamlNode, count: str) -> None:
        self.report(
            node, f"the network would have {count} layers with this item; at most {self.max_layers:,} are made: "
            "lower repeat, or raise the bound with --max-layers"
        )  # fmt: skip

    def step(self, node: YamlNode, count: int = 1) -> None:
        """Count work done, and stop where it can no longer be meant."""
        self.steps += count
        if self.steps > self.max_layers * STEPS_PER_LAYER:
            most = self.max_layers * STEPS_PER_LAYER
            self.report(node, f"more than {most:,} items and joined tensors by here: lower repeat or copies")
            raise _Stop

    # -- tensors --------------------------------------------------------------------------------

    def shape(self, tensor: int) -> Shape | None:
        if self.unknown and tensor in self.unknown:
            return None
        return self.input if tensor == INPUT else self.shapes[tensor]

    def known_channels(self, tensor: int) -> int | None:
        if self.unknown and tensor in self.unknown:
            return self.unknown[tensor]
        return self.input.channels if tensor == INPUT else self.shapes[tensor].channels

    def unknown_tensor(self, channels: int | None) -> int:
        index = -3 - len(self.unknown)
        self.unknown[index] = channels
        return index

    def tensor(self, name: str, frame: _Frame) -> int:
        """Return the tensor of a name. Raises _Fault for a name that has none here."""
        if name == "input":
            return frame.input
        found = frame.tensors.get(name)
        if found is None:
            raise _Fault(self._no_tensor(name, frame))
        if not found:
            raise _Fault(f"'{name}' was left out here: its item has when: false or repeat: 0")
        return found[-1]

    def _no_tensor(self, name: str, frame: _Frame) -> str:
        declared = frame.tensors.declared
        if name in declared:
            line = declared[name].line
            return (
                f"'{name}' is not made before this item (see line {line}): only earlier names can be used, "
                "and those inside a repeated or left-out item only inside it"
            )
        if name == "previous":
            return "'previous' stands only as a branch of a join"
        self.uncertain = True
        if self.spec.lost_tensors:
            raise Unknown
        return f"no item is called '{name}'{near(name, declared) or ': give the item that is meant a name'}"

    # -- values ---------------------------------------------------------------------------------

    def value(self, expression: Expression, kind: Kind, names: Names, c: int | None, field: str) -> Any:
        try:
            if c is None and IN_CHANNELS in expression.names:
                raise Unknown
            self.steps += expression.weight
            return kind.accept(expression.run(names, c or 0))
        except Unknown:
            raise
        except (ValueProblem, Rejected) as problem:
            raise _Fault(f"{field}: {problem}", field) from None

    def settings(self, settings: list[Setting], frame: _Frame, c: int | None) -> dict[str, Any]:
        """Return the normal form of every field."""
        values: dict[str, Any] = {}
        for setting in settings:
            field = setting.field
            if setting.expression is None:
                constant = setting.constant
                if field.name == "size" and isinstance(constant, str):
                    try:
                        constant = self._size_of(constant, frame)
                    except _Fault as fault:
                        fault.field = field.name
                        raise
                values[field.name] = constant
            else:
                try:
                    values[field.name] = self.value(setting.expression, field.kind, frame.names, c, field.name)
                except _Fault as fault:
                    fault.node = setting.node
                    fault.of_type = True
                    raise
        return values

    def _size_of(self, name: str, frame: _Frame) -> tuple[int, int]:
        shape = self.shape(self.tensor(name, frame))
        if shape is None:
            raise Unknown
        return shape.height, shape.width

    # -- items ----------------------------------------------------------------------------------

    def body(self, items: list[Item], x: int, frame: _Frame) -> int:
        """Add the items one after another, starting at tensor `x`; return the last output, or LEFT_OUT."""
        last = LEFT_OUT
        for item in items:
            y = self.item(item, x, frame)
            if y != LEFT_OUT:
                x = last = y
        return last

    def item(self, item: Item, x: int, frame: _Frame, suffix: str = "") -> int:
        """Add one item as often as it says; return its last output, or LEFT_OUT."""
        use = item.use
        self.steps += 1
        if self.steps > self.max_layers * STEPS_PER_LAYER:
            self.step(item.node)
        made: list[int] = []
        try:
            if item.start is not None:
                x = self._start(item.start, frame)
            if use.when is not None:
                wanted = self.value(use.when, FLAG, frame.names, self.known_channels(x), "when")
                if not wanted:
                    if item.name is not None:
                        frame.tensors.found[item.name] = []
                    return LEFT_OUT
            if use.repeat is None:
                node = item.node
                place = Place(
                    frame.place, item.label + suffix if suffix else item.label, use.type, node.line, node.column
                )
                y = self._once(item, use, x, frame, place)
                if y != LEFT_OUT:
                    made.append(y)
            else:
                made = self._repeat(item, use, x, frame, suffix)
        except Unknown:
            made.append(self.unknown_tensor(None))
        except _Fault as fault:
            said = f"{shown(use.type)} {fault}" if fault.of_type else str(fault)
            self.report(fault.node or self._field_node(item, fault.field), said)
            made.append(self.unknown_tensor(None))
        if item.name is not None:
            frame.tensors.found[item.name] = made
        return made[-1] if made else LEFT_OUT

    def _start(self, start: Scalar, frame: _Frame) -> int:
        try:
            return self.tensor(start.text, frame)
        except _Fault as fault:
            fault.node = start
            raise

    def _field_node(self, item: Item, field: str | None) -> YamlNode:
        if field is None or isinstance(item.node, Scalar):
            return item.node
        first: YamlNode | None = None
        for key, value in item.node.pairs:
            main = item.use.layer_type.main if item.use.layer_type else None
            if key.text == field or (key.text == item.use.type and main is not None and main.name == field):
                return value
            if key.text == "first" and not isinstance(value, Scalar):
                first = next((v for k, v in getattr(value, "pairs", ()) if k.text == field), None)
        return first or item.node

    def _repeat(self, item: Item, use: Use, x: int, frame: _Frame, suffix: str) -> list[int]:
        assert use.repeat is not None
        times = self.value(use.repeat, _TIMES, frame.names, self.known_channels(x), "repeat")
        if times > self.max_layers * STEPS_PER_LAYER - self.steps:
            self.step(self._field_node(item, "repeat"), times)
        node = item.node
        made: list[int] = []
        own_names = item.body is not None or bool(item.branches)
        before = len(self.problems)
        for index in range(times):
            if len(self.problems) > before:
                break  # more repetitions would say the same
            self.steps += 1
            if self.steps > self.max_layers * STEPS_PER_LAYER:
                self.step(item.node)
            place = Place(frame.place, f"{item.label}{suffix}[{index + 1}]", use.type, node.line, node.column)
            inner = frame
            if own_names:
                inner = _Frame(frame.names, _Tensors(frame.tensors.declared, frame.tensors), frame.input, frame.place)
            y = self._once(item, use.first if index == 0 and use.first else use, x, inner, place)
            if y != LEFT_OUT:
                made.append(y)
                x = y
        return made

    def _once(self, item: Item, use: Use, x: int, frame: _Frame, place: Place) -> int:
        """Add one repetition of an item."""
        if item.use.broken:
            self.uncertain = True
            return self.unknown_tensor(None)
        if use.block is not None:
            return self._block(item, use, use.block, x, frame, place)
        type_ = use.layer_type
        assert type_ is not None
        if issubclass(type_, Layer):
            if issubclass(type_, Join):
                return self._join(item, use, x, frame, place)
            return self._layer(item, use, type_, x, frame, place)
        if item.body is not None:
            inner = _Frame(frame.names, frame.tensors, frame.input, place)
            if type_ is Residual:
                return self._residual(item, x, inner, place)
            return self.body(item.body, x, inner)
        return self._composite(item, use, type_, x, frame, place)

    # -- layers ---------------------------------------------------------------------------------

    def _layer(self, item: Item, use: Use, type_: type[Layer], x: int, frame: _Frame, place: Place) -> int:
        parts = self._fixed.get(use)
        if parts is None:
            c = self.known_channels(x)
            values = self.settings(use.settings, frame, c)
            parts = self.parts(type_, values)
            if not use.varies and "size" not in values:
                self._fixed[use] = parts
        try:
            for part, layer in parts:
                x = self.add(layer, (x,), place, part)
        except LayerError as error:
            self.report(self._field_node(item, error.field), _said(use, error))
            return self.unknown_tensor(self._channels_after(parts, x))
        return x

    def _channels_after(self, parts: Parts, x: int) -> int | None:
        c = self.known_channels(x)
        try:
            for _, layer in parts:
                c = (
                    layer.channels(c if c is not None else 1)
                    if c is not None or hasattr(layer, "out_channels")
                    else None
                )
        except LayerError:
            return getattr(parts[0][1], "out_channels", None)
        return c

    def parts(self, type_: type[Layer], values: Values) -> Parts:
        """Return the layer these values mean, and the norm and activation that follow it."""
        key = (type_, *values.values())
        parts = self._parts.get(key)
        if parts is None:
            parts = [("", type_.of(values))]
            norm = values.get("norm", NONE)
            if norm != NONE:
                parts.append(("norm", self.plain(TAIL_NORMS[norm])))
            activation = values.get("activation", NONE)
            if activation != NONE:
                parts.append(("act", self.plain(TAIL_ACTIVATIONS[activation])))
            self._parts[key] = parts
        return parts

    def plain(self, type_: type[Layer]) -> Layer:
        """Return the layer of a type without fields, the same one every time."""
        layer = self._layers.get((type_,))
        if layer is None:
            layer = self._layers[(type_,)] = type_()
        return layer

    def add(self, layer: Layer, inputs: tuple[int, ...], place: Place, part: str = "") -> int:
        """Add a primitive layer and return its output. Raises LayerError where its inputs do not suit."""
        if self.unknown and any(i in self.unknown for i in inputs):
            return self._add_unknown(layer, inputs)
        shapes = self.shapes
        if len(inputs) == 1:
            source = inputs[0]
            arriving: tuple[Shape, ...] = (shapes[source] if source >= 0 else self.input,)
        else:
            self.steps += len(inputs)
            arriving = tuple([shapes[i] if i >= 0 else self.input for i in inputs])
        output, counts, kind = self.cost(layer, arriving)
        if output.elements > LARGEST_SIZE * LARGEST_SIZE:
            raise LayerError(f"an output of {output} is beyond what this tool counts")
        if len(self.nodes) >= self.max_layers:
            self.problems.append(
                Problem(
                    place.line,
                    place.column,
                    f"the network has more than {self.max_layers:,} layers by here: "
                    "lower repeat, or raise the bound with --max-layers",
                )
            )
            raise _Stop
        self.nodes.append(Node(layer, inputs, output, counts, kind, place, part))
        shapes.append(output)
        return len(shapes) - 1

    def _add_unknown(self, layer: Layer, inputs: tuple[int, ...]) -> int:
        """Check what can be checked of a layer whose input is unknown."""
        c = self.known_channels(inputs[0])
        if isinstance(layer, Join):
            return self.unknown_tensor(None)
        if c is not None:
            return self.unknown_tensor(layer.channels(c))
        return self.unknown_tensor(getattr(layer, "out_channels", None))

    def _composite(self, item: Item, use: Use, type_: type[Composite], x: int, frame: _Frame, place: Place) -> int:
        c = self.known_channels(x)
        values = self.settings(use.settings, frame, c)
        inner = {name: self.settings(settings, frame, c) for name, settings in use.inner.items()}
        try:
            return type_.expand(values, inner, _Builder(self, place), x)
        except LayerError as error:
            self.report(self._field_node(item, error.field), _said(use, error))
        except Unknown:
            pass
        return self.unknown_tensor(values.get("out_channels", c))

    # -- structure ------------------------------------------------------------------------------

    def _residual(self, item: Item, x: int, frame: _Frame, place: Place) -> int:
        assert item.body is not None
        start = len(self.nodes)
        y = self.body(item.body, x, frame)
        if y == LEFT_OUT:
            return LEFT_OUT
        before, after = self.shape(x), self.shape(y)
        if before is None or after is None:
            return self.unknown_tensor(self.known_channels(y))
        strides = self.strides_since(start)
        add = self.plain(LAYERS["add"])
        inner = Place(place, "add", "add", place.line, place.column)
        if before == after and not strides:
            return self.add(add, (y, x), inner)
        if item.shortcut == "none":
            return y
        if item.shortcut is None:
            change = f"turns {before} into {after}" if before != after else f"strides, though it keeps {before}"
            self.report(
                item.node, f"residual: the body {change}, so its input cannot be added as it is: give shortcut: "
                "a projection (a body), or none to add nothing"
            )  # fmt: skip
            return self.unknown_tensor(after.channels)
        assert isinstance(item.shortcut, list)
        z = self.body(item.shortcut, x, frame)
        if z == LEFT_OUT:
            raise _Fault(
                "residual: every item of the shortcut is left out: write shortcut: none to add nothing", "shortcut"
            )
        try:
            return self.add(add, (y, z), inner)
        except LayerError as error:
            self.report(self._field_node(item, "shortcut"), f"residual: {error}")
            return self.unknown_tensor(after.channels)

    def strides_since(self, index: int) -> bool:
        """Return whether any layer added since then moves its window by more than one position."""
        return any(getattr(node.layer, "stride", (1, 1)) != (1, 1) for node in self.nodes[index:])

    def _join(self, item: Item, use: Use, x: int, frame: _Frame, place: Place) -> int:
        inner = _Frame(frame.names, frame.tensors, frame.input, place)
        split = next((s for s in use.settings if s.field.name == "split"), None)
        parts: list[int] | None = None
        if split is not None and (split.expression is not None or isinstance(split.constant, (int, tuple))):
            parts = self._split(item, use, x, frame, place)
        inputs: list[int] = []
        at = 0
        for branch in item.branches:
            for copy in self._copies(branch, x, frame):
                start = x if parts is None else parts[min(at, len(parts) - 1)]
                found = self._branch(branch, start, inner, copy)
                if found:
                    at += 1
                    inputs += found
                if parts is not None and at > len(parts):
                    said = f"split makes {len(parts)} parts, and there are more branches: make one for each branch"
                    raise _Fault(said, "split")
        if parts is not None and at < len(parts):
            said = f"split makes {len(parts)} parts, and the branches are {at}: make one for each branch"
            raise _Fault(said, "split")
        if not inputs:
            return LEFT_OUT
        if len(inputs) == 1:
            return inputs[0]
        self.step(item.node, len(inputs))
        type_ = use.layer_type
        assert type_ is not None
        assert issubclass(type_, Layer)
        try:
            return self.add(self.plain(type_), tuple(inputs), place)
        except LayerError as error:
            self.report(item.node, str(error))
            return self.unknown_tensor(self.known_channels(inputs[0]))

    def _copies(self, branch: Branch, x: int, frame: _Frame) -> list[str]:
        if not branch.items or len(branch.items) != 1 or branch.items[0].use.copies is None:
            return [""]
        item = branch.items[0]
        assert item.use.copies is not None
        try:
            times = self.value(item.use.copies, _TIMES, frame.names, self.known_channels(x), "copies")
        except _Fault as fault:
            fault.node = self._field_node(item, "copies")
            raise
        self.step(self._field_node(item, "copies"), times)
        return [f"[{i + 1}]" for i in range(times)]

    def _branch(self, branch: Branch, x: int, frame: _Frame, suffix: str) -> list[int]:
        """Return the tensors a branch gives: one, several for `all x`, or none where it is left out."""
        if branch.items is not None:
            y = self.item(branch.items[0], x, frame, suffix) if suffix else self.body(branch.items, x, frame)
            return [] if y == LEFT_OUT else [y]
        name = branch.tensor
        assert name is not None
        try:
            if branch.every:
                last = self.tensor(name, frame)
                every = frame.tensors.get(name) or [last]
                if name in ("input", "previous"):
                    raise _Fault(f"all {name}: {name} is one tensor; all stands before a repeated item's name")
                self.step(branch.node, len(every))
                return list(every)
            return [x] if name == "previous" else [self.tensor(name, frame)]
        except _Fault as fault:
            self.report(branch.node, str(fault))
            self.uncertain = True
            return [self.unknown_tensor(None)]

    def _split(self, item: Item, use: Use, x: int, frame: _Frame, place: Place) -> list[int]:
        c = self.known_channels(x)
        sizes = self.settings([s for s in use.settings if s.field.name == "split"], frame, c)["split"]
        if c is None:
            raise Unknown
        if isinstance(sizes, int):
            if c % sizes:
                said = f"split {sizes} does not divide the {c} channels arriving: take a divisor of {c}, or a list of sizes"
                raise _Fault(said, "split")
            self.step(self._field_node(item, "split"), sizes)
            sizes = (c // sizes,) * sizes
        elif sum(sizes) != c:
            raise _Fault(
                f"split: the parts of {describe(sizes)} add up to {sum(sizes)}, not to the {c} channels arriving",
                "split",
            )
        if len(sizes) == 1:
            return [x]
        parts: list[int] = []
        start = 0
        for index, size in enumerate(sizes):
            slice_place = Place(place, f"split[{index + 1}]", "slice", place.line, place.column)
            parts.append(self.add(self._slice(start, start + size), (x,), slice_place))
            start += size
        return parts

    def _slice(self, start: int, stop: int) -> Layer:
        return self.parts(Slice, {"channels": (start, stop)})[0][1]

    # -- blocks ---------------------------------------------------------------------------------

    def _block(self, item: Item, use: Use, block: Block, x: int, frame: _Frame, place: Place) -> int:
        c = self.known_channels(x)
        arguments: dict[str, Value] = {}
        for name, expression in use.arguments.items():
            try:
                if c is None and IN_CHANNELS in expression.names:
                    continue
                value = arguments[name] = expression.run(frame.names, c or 0)
                self.steps += expression.weight
                if isinstance(value, tuple):
                    self.steps += len(value)
            except Unknown:
                continue
            except ValueProblem as problem:
                raise _Fault(f"{name}: {problem}", use.type if name == block.main else name) from None
        if not block.body:  # reported where the block stands
            self.uncertain = True
            return self.unknown_tensor(None)
        self.steps += 2
        self._users.append(item)
        try:
            names = self._environment(block, use, arguments, c)
            inner = _Frame(names, _Tensors(block.tensors), x, place)
            return self.body(block.body, x, inner)
        finally:
            self._users.pop()

    def _environment(self, block: Block, use: Use, arguments: dict[str, Value], c: int | None) -> Names:
        """Return what the inside of a block sees, the same object for the same arguments."""
        key = (block.name, c, repr(arguments))  # 1, 1.0 and true are equal, and not the same
        names = self._environments.get(key)
        if names is not None:
            return names
        names = Names({}, self.names)
        bindings = [(a.name, a.default, a.node) for a in block.arguments if a.name not in use.arguments]
        names.update(arguments)
        for name, expression, node in [*bindings, *block.lets]:
            self.steps += 1 + (expression.weight if expression else 0)
            if expression is None or (c is None and IN_CHANNELS in expression.names):
                continue
            try:
                names[name] = expression.run(names, c or 0)
            except Unknown:
                continue
            except ValueProblem as problem:
                self.report(node, f"{name}: {problem}")
        if len(arguments) < len(use.arguments):
            return names  # one is unknown
        self._bindings += len(names)
        if self._bindings > MOST_BINDINGS:
            self._environments.clear()
            self._bindings = len(names)
        self._environments[key] = names
        return names


def _said(use: Use, error: LayerError) -> str:
    said = str(error)
    return said if said.startswith(f"{use.type} ") else f"{use.type}: {said}"


class _Builder:
    """What a composite builds with: places its layers inside the item."""

    def __init__(self, elaboration: Elaboration, place: Place) -> None:
        self._elaboration = elaboration
        self._place = place
        self._start = len(elaboration.nodes)

    def channels(self, tensor: int) -> int:
        found = self._elaboration.known_channels(tensor)
        if found is None:
            raise Unknown
        return found

    def layer(self, label: str, type_name: str, inputs: tuple[int, ...], values: Mapping[str, Any]) -> int:
        place = self._place
        inner = Place(place, label, type_name, place.line, place.column)
        for part, layer in self._elaboration.parts(LAYERS[type_name], values):
            inputs = (self._elaboration.add(layer, inputs, inner, part),)
        return inputs[0]

    def keeps_shape(self, start: int, end: int) -> bool:
        before, after = self._elaboration.shape(start), self._elaboration.shape(end)
        if before is None or after is None:
            raise Unknown
        if before != after:
            return False
        return not self._elaboration.strides_since(self._start)

    def inside(self, label: str, type_name: str) -> "_Builder":
        place = self._place
        return _Builder(self._elaboration, Place(place, label, type_name, place.line, place.column))
