"""An architecture to its network: blocks used, items repeated, expressions evaluated, shapes inferred.

Problems do not stop it: an item that cannot be made leaves an unknown tensor behind, what follows is checked as far
as it does not depend on it, and all problems are raised together.
"""

from collections.abc import Mapping

from dsconv_cost.errors import InputError, LayerError, Problem, UsageError
from dsconv_cost.language.architecture import Architecture, Block, Item, Reference, Spec, Unused, Use
from dsconv_cost.language.expressions.expression import NO_TENSOR, Unknown
from dsconv_cost.layers import Layer
from dsconv_cost.layers.composites import Composite
from dsconv_cost.layers.composites.structure import Residual
from dsconv_cost.layers.fields import FLAG
from dsconv_cost.layers.join import Join
from dsconv_cost.layers.norm_and_activation import TAIL_TYPES
from dsconv_cost.layers.values import Value, ValueProblem
from dsconv_cost.network.allowance import MAX_LAYERS, current_allowance
from dsconv_cost.network.builder import BuiltParts, CompositeBuilder, NetworkBuilder, Stop
from dsconv_cost.network.environment import BlockNames, Environment, ItemError, NamesInSight, Tensors, field_node
from dsconv_cost.network.graph import INPUT, Network, Place
from dsconv_cost.network.joins import LEFT_OUT, PREVIOUS_NAME, REPETITIONS, join, residual
from dsconv_cost.network.layer_bound import fewest_layers, network_within
from dsconv_cost.network.ports import (
    Repetitions,
    block_inputs,
    block_outputs,
    read_inputs,
    read_outputs,
    report_unused_inputs,
)
from dsconv_cost.network.sharing import share_weights
from dsconv_cost.text import few_suggestions, shown


@few_suggestions
def elaborate(architecture: Architecture, max_layers: int | None = None) -> Network:
    """Return the network. Raises InputError with every problem found, and with the layers that could be made.

    Raises UsageError where the networks of one call have no allowance left for it.
    """
    call = current_allowance()
    if max_layers is None:
        max_layers = call.max_layers if call is not None else MAX_LAYERS
    bound = call.left(max_layers) if call is not None else max_layers
    if architecture.spec.imported is not None:
        return network_within(architecture.spec, architecture.spec.imported.network, bound, max_layers)
    network, builder = _built(architecture.spec, NamesInSight(architecture.hyperparameters), bound)
    if call is not None:
        if builder.is_too_large and bound < max_layers:
            raise UsageError(call.exceeded(max_layers))
        variant = f":{architecture.variant}" if architecture.variant else ""
        call.spend(architecture.spec.path + variant, len((network or builder).nodes), builder.steps)
    if network is None or builder.problems:
        raise InputError(architecture.path, builder.problems, architecture.spec.text, builder.layers_made())
    return network


def network_for(spec: Spec, names: NamesInSight, max_layers: int = MAX_LAYERS) -> Network:
    """Return the network of a file for the values that names stand for. Raises InputError with every problem found."""
    network, builder = _built(spec, names, max_layers)
    if network is None or builder.problems:
        raise InputError(spec.path, builder.problems, spec.text)
    return network


def _built(spec: Spec, names: NamesInSight, bound: int) -> tuple[Network | None, NetworkBuilder]:
    elaboration = _Elaboration(spec, names, bound)
    return elaboration.run(), elaboration.builder


def try_network(spec: Spec, hyperparameters: Mapping[str, Value]) -> tuple[list[Problem], Network | None]:
    """Return the problems of the network of a file that has problems of its own, and the layers that could be made."""
    elaboration = _Elaboration(spec, NamesInSight(hyperparameters), MAX_LAYERS)
    elaboration.builder.mark_uncertain()
    elaboration.run()
    return elaboration.builder.problems, elaboration.builder.layers_made()


class _Elaboration:
    """One run over one spec with all hyperparameters chosen."""

    def __init__(self, spec: Spec, names: NamesInSight, max_layers: int) -> None:
        self.spec = spec
        self.builder = NetworkBuilder(max_layers, spec.lost_tensors)
        self.names = names
        self._block_names = BlockNames(self.builder, self.names)
        self._beside: tuple[int, ...] = ()
        """All outputs of the item before, where there are several, or all tensors that an item starts at."""
        self._fixed: dict[Use, BuiltParts] = {}
        """What the uses are whose fields have the same values everywhere."""

    # -- the whole ------------------------------------------------------------------------------

    def run(self) -> Network | None:
        """Return the network, or None when it could not be made; see the builder's problems."""
        try:
            return self._run()
        except Stop:
            return None

    def _run(self) -> Network | None:
        spec, builder = self.spec, self.builder
        for let in spec.lets:
            try:
                self.names[let.name] = self.names.run(let.expression, NO_TENSOR)
            except Unknown:
                continue
            except ValueProblem as problem:
                builder.report(let.node, problem.code, str(problem))
        named = read_inputs(spec, self.names, builder)
        excess = fewest_layers(spec, self.names, builder.max_layers)
        if excess is not None:
            builder.too_many(field_node(excess.item, "repeat"), excess.text)
            return None
        environment = Environment(builder, self.names, Tensors(spec.tensors, made=named), INPUT, None)
        self._tails(environment)
        last = self.body(spec.layers, INPUT, environment)
        if last == LEFT_OUT or not (builder.nodes or builder.problems or builder.unknown):
            builder.report(
                spec.layers[0].node, "empty-network", "every item is left out: a network has at least one layer"
            )
            return None
        outputs = read_outputs(spec, last, environment)
        if not builder.uncertain and not builder.unknown and not builder.problems:
            builder.report_unused(outputs)
            report_unused_inputs(spec, outputs, builder)
        if builder.problems or builder.unknown:
            return None
        unused = [
            Unused(f"shortcut of {item.label}", field_node(item, "shortcut").line)
            for item, taken in builder.shortcuts.items()
            if not taken
        ]
        if spec.tails:
            tails = {node.layer.type for node in builder.nodes if node.part}
            unused += [idle for type_, tail in spec.tails.items() if type_ not in tails for idle in tail.idle]
        network = Network(builder.inputs, builder.nodes, outputs, tuple(unused), builder.shared)
        if not (builder.separable or spec.separable):
            return network
        from dsconv_cost.network.separable import make_separable  # few files need it

        return make_separable(spec, network, builder)

    def _tails(self, environment: Environment) -> None:
        """Make the layers that the fields `norm` and `activation` name, as the file's defaults have them."""
        for type_ in TAIL_TYPES:
            tail = self.spec.tails.get(type_.type)
            if tail is None:
                continue
            try:
                self.builder.tails[type_] = type_(**environment.settings(tail.settings, NO_TENSOR))
            except Unknown:
                continue  # reported where the unknown name is
            except ItemError as fault:
                if fault.node is not None:  # a default that is an expression is in the file
                    self.builder.report(fault.node, fault.code, f"{type_.type} {fault}", fault.suggestion)

    # -- items ----------------------------------------------------------------------------------

    def body(self, items: list[Item], x: int, environment: Environment, beside: tuple[int, ...] = ()) -> int:
        """Add the items one after another, starting at tensor `x`; return the last output, or LEFT_OUT.

        `beside` are all tensors that it starts at, where there are several.
        """
        last = LEFT_OUT
        self._beside = beside
        for item in items:
            y = self.item(item, x, environment)
            if y != LEFT_OUT:
                x = last = y
        return last

    def item(self, item: Item, x: int, environment: Environment, suffix: str = "") -> int:
        """Add one item as often as it says; return its last output, or LEFT_OUT."""
        use = item.use
        builder = self.builder
        builder.step(item.node)
        before = () if suffix else self._beside
        made = Repetitions() if item.names or item.weights is not None or use.repeat is not None else None
        y = LEFT_OUT
        try:
            if item.start:
                before = tuple([_start(reference, x, len(item.start) > 1, environment) for reference in item.start])
                x = before[0]
            self._beside = before
            if use.when is None or environment.value(use.when, FLAG, builder.arriving(x), "when"):
                if use.repeat is None:
                    node = item.node
                    label = item.label + suffix if suffix else item.label
                    start = len(builder.nodes)
                    y = self._once(
                        item, use, x, environment, Place(environment.place, label, use.type, node.line, node.column)
                    )
                    if made is not None:
                        made.add(y, self._beside, (start, len(builder.nodes)))
                else:
                    assert made is not None
                    y = self._repeat(item, use, x, environment, suffix, made)
                if item.weights is not None and made is not None:
                    share_weights(item, made.spans, environment)
        except Unknown:
            y = builder.unknown_tensor(None)
        except ItemError as fault:
            message = f"{shown(use.type)} {fault}" if fault.of_type else str(fault)
            builder.report(fault.node or field_node(item, fault.field), fault.code, message, fault.suggestion)
            y = builder.unknown_tensor(None)
        if y == LEFT_OUT:
            self._beside = before
        if made is not None and item.names:
            made.name(item, y, environment)
        return y

    def _repeat(self, item: Item, use: Use, x: int, environment: Environment, suffix: str, made: Repetitions) -> int:
        """Add an item as often as it says; return its last output, or LEFT_OUT."""
        assert use.repeat is not None
        builder = self.builder
        times = environment.value(use.repeat, REPETITIONS, builder.arriving(x), "repeat")
        if times > builder.most_steps - builder.steps:
            builder.step(field_node(item, "repeat"), times)
        node = item.node
        own_names = item.body is not None or bool(item.branches)
        before = len(builder.problems)
        for index in range(times):
            if len(builder.problems) > before:
                break  # more repetitions would say the same
            builder.step(item.node)
            place = Place(environment.place, f"{item.label}{suffix}[{index + 1}]", use.type, node.line, node.column)
            inner = environment.repetition(index, use.counted, own_names) if own_names or use.counted else environment
            start = len(builder.nodes)
            y = self._once(item, use.first if index == 0 and use.first else use, x, inner, place)
            made.add(y, self._beside, (start, len(builder.nodes)))
            if y != LEFT_OUT:
                x = y
            elif index and not use.counted:
                break  # nothing was made of the same input, and nothing will be
        return made.outputs[-1] if made.outputs else LEFT_OUT

    def _once(self, item: Item, use: Use, x: int, environment: Environment, place: Place) -> int:
        """Add one repetition of an item."""
        if item.use.broken:
            self.builder.mark_uncertain()
            return self.builder.unknown_tensor(None)
        if use.block is not None:
            return self._block(item, use, use.block, x, environment, place)
        if item.body is not None and use.layer_type is not Residual:
            return self.body(item.body, x, environment.inside(place), self._beside)
        self._beside = ()
        y = self._of_type(item, use, x, environment, place)
        self._beside = ()
        return y

    def _of_type(self, item: Item, use: Use, x: int, environment: Environment, place: Place) -> int:
        type_ = use.layer_type
        assert type_ is not None
        if issubclass(type_, Layer):
            if issubclass(type_, Join):
                return join(self, item, use, x, environment, place)
            return self._layer(item, use, type_, x, environment, place)
        if item.body is not None:
            return residual(self, item, x, environment.inside(place), place)
        return self._composite(item, use, type_, x, environment, place)

    # -- what items are made of -----------------------------------------------------------------

    def _layer(self, item: Item, use: Use, type_: type[Layer], x: int, environment: Environment, place: Place) -> int:
        builder = self.builder
        parts = self._fixed.get(use)
        if parts is None:
            values = environment.settings(use.settings, builder.arriving(x))
            parts = builder.parts(type_, values)
            if not use.varies and not type_.needs_tensor:
                self._fixed[use] = parts
        inputs = (x,) if type_.takes_input else ()
        try:
            for part, layer in parts:
                x = builder.add(layer, inputs, place, part)
                inputs = (x,)
        except LayerError as error:
            builder.report(field_node(item, error.field), error.code, _said(use, error))
            return builder.unknown_tensor(_channels_after(parts, builder.known_channels(x)))
        return x

    def _composite(
        self, item: Item, use: Use, type_: type[Composite], x: int, environment: Environment, place: Place
    ) -> int:
        builder = self.builder
        arriving = builder.arriving(x)
        values = environment.settings(use.settings, arriving)
        inner = {name: environment.settings(settings, arriving) for name, settings in use.inner.items()}
        try:
            return type_.expand(values, inner, CompositeBuilder(builder, place), x)
        except LayerError as error:
            builder.report(field_node(item, error.field), error.code, _said(use, error))
        except Unknown:
            pass
        return builder.unknown_tensor(values.get("out_channels", arriving.channels))

    def _block(self, item: Item, use: Use, block: Block, x: int, environment: Environment, place: Place) -> int:
        builder = self.builder
        arriving = builder.arriving(x)
        arguments = environment.arguments(use, block, arriving)
        if not block.body:  # reported at the block
            builder.mark_uncertain()
            return builder.unknown_tensor(None)
        builder.work(2)
        inputs = block_inputs(block, self._beside or (x,))
        builder.users.append(item)
        try:
            names = self._block_names.of(block, use, arguments, arriving)
            inner = Environment(builder, names, Tensors(block.tensors, made=inputs), x, place)
            y = self.body(block.body, x, inner)
            self._beside = ()
            if not block.outputs or y == LEFT_OUT:
                return y
            outputs = block_outputs(block, inner)
            self._beside = outputs if len(outputs) > 1 else ()
            return outputs[0]
        finally:
            builder.users.pop()


def _start(start: Reference, x: int, several: bool, environment: Environment) -> int:
    """Return a tensor that an item starts at; where it has `several`, `x`, that of the item before, is `previous`."""
    if several and start.name == PREVIOUS_NAME and start.number is None:
        return x
    try:
        return environment.tensor(start)
    except ItemError as fault:
        raise fault.at(start.node) from None


def _channels_after(parts: BuiltParts, c: int | None) -> int | None:
    """Return the channels that leave a layer and what follows it, as far as they are known."""
    try:
        for _, layer in parts:
            knows = not layer.mixes_axes and (c is not None or hasattr(layer, "out_channels"))
            c = layer.channels_after(c if c is not None else 1) if knows else None
    except LayerError:
        return getattr(parts[0][1], "out_channels", None)
    return c


def _said(use: Use, error: LayerError) -> str:
    return f"{use.type}: {error}"
