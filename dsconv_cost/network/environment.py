"""What an item sees while the network is made: values and tensors by their names, and where it is."""

from collections.abc import Mapping, Sequence
from typing import Any

from dsconv_cost.errors import Code
from dsconv_cost.language.architecture import Block, Item, Reference, Setting, Use
from dsconv_cost.language.expressions.expression import INDEX, NO_TENSOR, Arriving, Expression, Unknown
from dsconv_cost.language.nodes import ScalarNode, YamlNode
from dsconv_cost.layers.fields import Kind, Rejected, Whole
from dsconv_cost.layers.shapes import Sides
from dsconv_cost.layers.values import Value, ValueProblem
from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.network.builder import NetworkBuilder
from dsconv_cost.network.graph import Place
from dsconv_cost.text import nearest_words, shown

MOST_BINDINGS = 500_000
"""How many values of blocks' names are kept, in case a block is used in the same way again."""


class ItemError(Exception):
    """Something wrong with the item at hand, at a field of it."""

    def __init__(
        self,
        message: str,
        code: Code,
        field: str | None = None,
        suggestion: str | None = None,
        node: YamlNode | None = None,
        of_type: bool = False,
    ) -> None:
        super().__init__(message)
        self.code: Code = code
        self.field = field
        self.suggestion = suggestion
        self.node = node
        self.of_type = of_type
        """Whether the field is one of the item's type, and not a key that every item may have."""

    def of_field(self, field: str) -> "ItemError":
        """Return it as an error of that field."""
        return ItemError(str(self), self.code, field, self.suggestion, self.node, self.of_type)

    def at(self, node: YamlNode | None, of_type: bool = False) -> "ItemError":
        """Return it with the place it is at."""
        return ItemError(str(self), self.code, self.field, self.suggestion, node, of_type)


def field_node(item: Item, field: str | None) -> YamlNode:
    """Return where a field of an item is written: the item itself where it is not."""
    if field is None or isinstance(item.node, ScalarNode):
        return item.node
    first: YamlNode | None = None
    for key, value in item.node.pairs:
        main = item.use.layer_type.main if item.use.layer_type else None
        if key.text == field or (key.text == item.use.type and main is not None and main.name == field):
            return value
        if key.text == "first" and not isinstance(value, ScalarNode):
            first = next((v for k, v in getattr(value, "pairs", ()) if k.text == field), None)
    return first or item.node


class NamesInSight(dict[str, Value]):
    """The values in sight. One whose problem was reported is missing, and using it says nothing more."""

    __slots__ = ("outer",)

    def __init__(self, values: Mapping[str, Value], outer: "NamesInSight | None" = None) -> None:
        super().__init__(values)
        self.outer = outer
        """Those of the file, for a block: copying them for every use would be slow."""

    def __missing__(self, name: str) -> Value:
        if self.outer is None:
            raise Unknown
        return self.outer[name]

    def inner(self, values: Mapping[str, Value]) -> "NamesInSight":
        """Return what is seen where these values are there besides."""
        return type(self)(values, self)

    def run(self, expression: Expression, x: Arriving, kind: Kind | None = None) -> Any:
        """Return the value of an expression, in the normal form of a kind where one is given.

        Raises ValueProblem and Rejected.
        """
        value = expression.run(self, x)
        return value if kind is None else kind.accept(value)

    @property
    def of_file(self) -> "NamesInSight":
        """Those of the whole file."""
        names = self
        while names.outer is not None:
            names = names.outer
        return names


NodeRange = tuple[int, int]
"""The nodes of one repetition of an item: the first, and the one behind the last."""


class Made(NamedTuple):
    """What a name stands for."""

    outputs: Sequence[int]
    """One tensor for each repetition; none where its item is left out."""
    item: Item | None = None
    """None for an input."""
    spans: Sequence[NodeRange] = ()


class Tensors:
    """The names of tensors in one scope; inside a repeated item they are that repetition's own."""

    __slots__ = ("declared", "made", "outer")

    def __init__(
        self, declared: Mapping[str, ScalarNode], outer: "Tensors | None" = None, made: dict[str, Made] | None = None
    ) -> None:
        self.declared = declared
        self.outer = outer
        self.made: dict[str, Made] = {} if made is None else made

    def get(self, name: str) -> Made | None:
        scope: Tensors | None = self
        while scope is not None:
            if name in scope.made:
                return scope.made[name]
            scope = scope.outer
        return None


class Environment:
    """What an item sees: values, tensors, the input of the network or block, and where it is."""

    __slots__ = ("builder", "input", "names", "place", "tensors")

    def __init__(
        self, builder: NetworkBuilder, names: NamesInSight, tensors: Tensors, input_: int, place: Place | None
    ) -> None:
        self.builder = builder
        self.names = names
        self.tensors = tensors
        self.input = input_
        self.place = place

    def inside(self, place: Place) -> "Environment":
        """Return what the items inside the one at that place see: the same values and tensors."""
        return Environment(self.builder, self.names, self.tensors, self.input, place)

    def repetition(self, index: int, counted: bool, named: bool) -> "Environment":
        """Return what one repetition of an item sees.

        Where `counted`, expressions use its number; where `named`, it has names of its own for the tensors it makes.
        """
        names = self.names.inner({INDEX: index}) if counted else self.names
        tensors = Tensors(self.tensors.declared, self.tensors) if named else self.tensors
        return Environment(self.builder, names, tensors, self.input, self.place)

    def is_left_out(self, name: str) -> bool:
        """Return whether the item of a name has `when: false` or `repeat: 0` here."""
        made = self.tensors.get(name)
        return made is not None and not made.outputs

    def made(self, name: str) -> Made:
        """Return what a name stands for. Raises ItemError for a name that has no tensor here."""
        made = self.tensors.get(name)
        if made is None:
            raise self._no_tensor(name)
        if not made.outputs:
            raise ItemError(f"'{name}' was left out here: its item has when: false or repeat: 0", "unknown-tensor")
        return made

    def tensor(self, reference: Reference) -> int:
        """Return the tensor that is meant. Raises ItemError where there is none."""
        if reference.name == "input" and reference.number is None:
            return self.input
        index = self.repetition_meant(reference)
        return self.made(reference.name).outputs[index]

    def repetition_meant(self, reference: Reference) -> int:
        """Return the index of the repetition that is meant, the last where no number is given.

        Raises ItemError where there is none.
        """
        name, number, _ = reference
        if number is None:
            return -1
        made = self.tensors.get(name)
        if name in ("input", "previous") or (made is not None and (made.item is None or made.item.use.repeat is None)):
            message = f"'{name}' is one tensor: only a repeated item has several, to be numbered as {name}[1]"
            raise ItemError(message, "misplaced-value")
        count = len(self.made(name).outputs)
        index: int = self.value(number, Whole(1), NO_TENSOR, name)
        if index > count:
            there = f"has repetitions 1 to {count}" if count > 1 else "is repeated once"
            raise ItemError(f"{name}: received [{index}], but it {there}", "wrong-value")
        return index - 1

    def _no_tensor(self, name: str) -> ItemError:
        declared = self.tensors.declared
        if name in declared:
            line = declared[name].line
            return ItemError(
                f"'{name}' is not made before this item (see line {line}): only earlier names can be used, "
                "and those inside a repeated or left-out item only inside it",
                "used-before-definition",
            )
        if name == "previous":
            return ItemError("'previous' is for branches of joins only", "misplaced-value")
        self.builder.mark_uncertain()
        if self.builder.lost_tensors:
            raise Unknown
        meant = nearest_words(name, declared)
        hint = f"did you mean '{shown(meant)}'?" if meant else "give the intended item this name"
        return ItemError(f"no item named '{name}': {hint}", "unknown-tensor", suggestion=meant)

    def value(self, expression: Expression, kind: Kind, x: Arriving, field: str, of_file: bool = False) -> Any:
        """Return the normal form of a value; of one `of_file`, which sees the names of the file alone."""
        try:
            self.builder.work(expression.weight)
            return (self.names.of_file if of_file else self.names).run(expression, x, kind)
        except Unknown:
            raise
        except (ValueProblem, Rejected) as problem:
            raise ItemError(f"{field}: {problem}", problem.code, field, problem.suggestion) from None

    def settings(self, settings: list[Setting], x: Arriving) -> dict[str, Any]:
        """Return the normal form of every field."""
        values: dict[str, Any] = {}
        for setting in settings:
            field = setting.field
            if setting.expression is None:
                constant = setting.constant
                if isinstance(constant, Reference):
                    try:
                        constant = self._size_of(constant)
                    except ItemError as fault:
                        raise fault.of_field(field.name) from None
                values[field.name] = constant
            else:
                try:
                    of_file = setting.node is not None  # a default: no argument of a block hides its names
                    values[field.name] = self.value(setting.expression, field.kind, x, field.name, of_file)
                except ItemError as fault:
                    raise fault.at(setting.node, of_type=True) from None
        return values

    def _size_of(self, reference: Reference) -> Sides:
        shape = self.builder.shape(self.tensor(reference))
        if shape is None:
            raise Unknown
        return shape.sides

    def arguments(self, use: Use, block: Block, x: Arriving) -> dict[str, Value]:
        """Return the values of the arguments written at the use of a block; one that is unknown is missing."""
        arguments: dict[str, Value] = {}
        for name, expression in use.arguments.items():
            try:
                value = arguments[name] = self.names.run(expression, x)
                self.builder.work(expression.weight)
                if isinstance(value, tuple):
                    self.builder.work(len(value))
            except Unknown:
                continue
            except ValueProblem as problem:
                raise ItemError(f"{name}: {problem}", problem.code, use.type if name == block.main else name) from None
        return arguments


class BlockNames:
    """What the insides of blocks see, the same object for the same arguments."""

    def __init__(self, builder: NetworkBuilder, names: NamesInSight) -> None:
        self._builder = builder
        self._names = names
        self._known: dict[tuple[Any, ...], NamesInSight] = {}
        self._bindings = 0

    def of(self, block: Block, use: Use, arguments: dict[str, Value], x: Arriving) -> NamesInSight:
        """Return what the inside of a block sees, where it is used with these arguments on a tensor."""
        if not block.takes_shape:
            x = Arriving(x.channels)
        key = (block.name, x.channels, x.shape, repr(arguments))  # 1, 1.0 and true are equal, and not the same
        names = self._known.get(key)
        if names is not None:
            return names
        builder = self._builder
        names = self._names.inner({})
        bindings = [(a.name, a.default, a.node) for a in block.arguments if a.name not in use.arguments]
        names.update(arguments)
        for name, expression, node in [*bindings, *block.lets]:
            builder.work(1 + (expression.weight if expression else 0))
            if expression is None:
                continue
            try:
                names[name] = names.run(expression, x)
            except Unknown:
                continue
            except ValueProblem as problem:
                builder.report(node, problem.code, f"{name}: {problem}")
        if len(arguments) < len(use.arguments):
            return names  # one is unknown
        self._bindings += len(names)
        if self._bindings > MOST_BINDINGS:
            self._known.clear()
            self._bindings = len(names)
        self._known[key] = names
        return names
