"""Where networks, blocks and items begin and end: their inputs and outputs by name."""

from dsconv_cost.language.architecture import Block, InputSection, Item, Spec
from dsconv_cost.language.expressions.expression import NO_TENSOR, Unknown
from dsconv_cost.layers.fields import Rejected, Whole
from dsconv_cost.layers.shapes import Shape, axes_of
from dsconv_cost.layers.values import ValueProblem
from dsconv_cost.network.builder import NetworkBuilder
from dsconv_cost.network.environment import Environment, ItemError, Made, NamesInSight, NodeRange
from dsconv_cost.network.graph import INPUT, NamedInput
from dsconv_cost.network.joins import LEFT_OUT

_NO_RANGE: NodeRange = (0, 0)

# -- networks -------------------------------------------------------------------------------------


def read_inputs(spec: Spec, names: NamesInSight, builder: NetworkBuilder) -> dict[str, Made]:
    """Give a network its inputs; return what their names stand for.

    One whose shape has a problem is of unknown shape, so that what else is wrong is found.
    """
    made: dict[str, Made] = {}
    inputs: list[NamedInput] = []
    for index, section in enumerate(spec.inputs):
        tensor = INPUT - index
        shape = _shape(section, names, builder)
        if shape is None:
            builder.unknown[tensor] = None
        inputs.append(NamedInput(section.name, shape or Shape(0)))
        made[section.name] = Made((tensor,))
    if inputs:
        builder.start_at(tuple(inputs))
    else:
        builder.unknown[INPUT] = None
    return made


def _shape(section: InputSection, names: NamesInSight, builder: NetworkBuilder) -> Shape | None:
    sizes: list[int] = []
    kind = Whole(1)
    for expression, axis, at in zip(
        section.sizes, axes_of(len(section.node.items) - 1), section.node.items, strict=False
    ):
        try:
            sizes.append(names.run(expression, NO_TENSOR, kind))
        except Unknown:
            return None
        except (ValueProblem, Rejected) as problem:
            which = "input" if section.name == "input" else f"input {section.name}"
            builder.report(at, problem.code, f"{which} {axis}: {problem}")
            return None
    return Shape(*sizes) if sizes else None


def read_outputs(spec: Spec, last: int, environment: Environment) -> tuple[int, ...]:
    """Return the outputs of a network: those it names, or its last item's."""
    if not spec.outputs:
        return (last,)
    builder = environment.builder
    outputs: list[int] = []
    left_out = [reference for reference in spec.outputs if environment.is_left_out(reference.name)]
    if len(left_out) == len(spec.outputs):
        message = "every output is left out: its item has when: false or repeat: 0"
        builder.report(left_out[0].node, "empty-network", message)
    for reference in spec.outputs:
        if reference in left_out:
            continue
        try:
            outputs.append(environment.tensor(reference))
        except ItemError as fault:
            builder.report(reference.node, fault.code, str(fault), fault.suggestion)
            builder.mark_uncertain()
        except Unknown:
            builder.mark_uncertain()
    return tuple(outputs)


def report_unused_inputs(spec: Spec, outputs: tuple[int, ...], builder: NetworkBuilder) -> None:
    """Report the inputs that no layer takes."""
    used = {source for node in builder.nodes for source in node.inputs if source < 0}.union(outputs)
    if len(spec.inputs) == 1 and INPUT not in used:
        message = "nothing uses the input: put a learned tensor in a join, {add: [previous, {parameter: ...}]}, or use from: input after it"
        builder.report(spec.layers[0].node, "unused-output", message)
    for index, section in enumerate(spec.inputs if len(spec.inputs) > 1 else ()):
        if INPUT - index not in used:
            message = f"nothing uses the input {section.name}: start an item there with from, join it, or take it out"
            builder.report(spec.tensors[section.name], "unused-output", message)


# -- blocks ---------------------------------------------------------------------------------------


def block_inputs(block: Block, given: tuple[int, ...]) -> dict[str, Made]:
    """Return what the names of a block's inputs stand for. Raises ItemError where it has more or fewer than it is given."""
    wanted = block.inputs
    if len(wanted) > 1 and len(given) != len(wanted):
        names = ", ".join(wanted)
        has = "one tensor" if len(given) == 1 else f"{len(given)} tensors"
        raise ItemError(
            f"{block.name} has {len(wanted)} inputs ({names}), and {has} arrive{'s' * (len(given) == 1)}: give from: [{names}]",
            "missing-key",
        )
    return {name: Made((tensor,)) for name, tensor in zip(wanted, given, strict=False)}


def block_outputs(block: Block, inner: Environment) -> tuple[int, ...]:
    """Return the outputs of a block."""
    outputs: list[int] = []
    for reference in block.outputs:
        try:
            outputs.append(inner.tensor(reference))
        except ItemError as fault:
            inner.builder.report(reference.node, fault.code, str(fault), fault.suggestion)
            inner.builder.mark_uncertain()
            outputs.append(inner.builder.unknown_tensor(None))
    return tuple(outputs)


# -- items ----------------------------------------------------------------------------------------


class Repetitions:
    """What the repetitions of one item gave."""

    __slots__ = ("outputs", "rows", "spans")

    def __init__(self) -> None:
        self.outputs: list[int] = []
        """The first output of each."""
        self.rows: list[tuple[int, ...]] = []
        """All outputs of each; empty where it has one."""
        self.spans: list[NodeRange] = []
        """The nodes of each."""

    def add(self, output: int, beside: tuple[int, ...] = (), span: NodeRange = _NO_RANGE) -> None:
        if output != LEFT_OUT:
            self.outputs.append(output)
            self.rows.append(beside)
            self.spans.append(span)

    def name(self, item: Item, last: int, environment: Environment) -> None:
        """Give the outputs the names that the item gives them; `last` is of unknown shape where something was wrong."""
        if last != LEFT_OUT and last not in self.outputs[-1:]:
            self.add(last)
        for index, name in enumerate(item.names):
            outputs = self.outputs
            if index:
                builder = environment.builder
                outputs = [row[index] if index < len(row) else builder.unknown_tensor(None) for row in self.rows]
            environment.tensors.made[name] = Made(outputs, item, self.spans)
