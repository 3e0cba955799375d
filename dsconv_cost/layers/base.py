"""What every layer type provides. One layer type is one class: fields, shape rule, counts and their formulas."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, ClassVar, Self

from dsconv_cost.errors import LayerError
from dsconv_cost.layers.counts import Counts
from dsconv_cost.layers.fields import DERIVED, REQUIRED, Field, Sentinel, SizeOf, Values
from dsconv_cost.layers.letters import for_sides, shape_symbols
from dsconv_cost.layers.shapes import Shape
from dsconv_cost.layers.windows import ONE, SideWindows, entire

Inputs = Sequence[Shape]


class OperationKind(str):
    """A kind of operation: the word that tables, limits and JSON have for it, and what they need to know of it."""

    __slots__ = ("accumulates", "kept", "weighted")
    weighted: bool
    """Whether it multiplies by weights and accumulates."""
    accumulates: bool
    """Whether it multiplies and accumulates, by weights or data by data; all others cost 0 MACs."""
    kept: str
    """Why the standard and separable forms keep its layers; empty where they look at the layer itself."""

    def __new__(
        cls, word: str, *, weighted: bool = False, accumulates: bool = False, kept: str | None = None
    ) -> "OperationKind":
        self = super().__new__(cls, word)
        self.weighted = weighted
        self.accumulates = weighted or accumulates
        self.kept = f"a {word} layer" if kept is None else kept
        return self


class Layer:
    """One primitive operation: immutable, without a position in a network or a file.

    It holds the normal forms of its fields, those that have a slot of their name; layers of equal fields are equal.
    """

    __slots__ = ("_hash",)

    type: ClassVar[str]
    """The word the language has for it."""
    family: ClassVar[str]
    """The heading that the reference has it under."""
    kinds: ClassVar[tuple[OperationKind, ...]]
    """The kinds of operation it can be, in the order of tables."""
    folds_norm: ClassVar[bool] = False
    """Whether a batch norm after it can become part of its weights and its `bias`."""
    moves_or_scales: ClassVar[bool] = False
    """Whether its output holds the elements of its inputs, elsewhere or times a factor for a channel."""
    owns_tensor: ClassVar[bool] = True
    """Whether a runtime keeps its output apart from its input: a flatten reads the same bytes with other sizes."""
    fuses: ClassVar[bool] = False
    """Whether a runtime works it out within the layer before it, where no other layer reads that."""
    overwrites: ClassVar[bool] = False
    """Whether its output may take the place of an input as large: every element depends on the one at its place."""
    mixes_axes: ClassVar[bool] = False
    """Whether the output's channels depend on the input's height and width."""
    mixes_channels: ClassVar[bool] = True
    """Whether a channel of the output depends on other channels of the inputs."""
    takes_input: ClassVar[bool] = True
    """Whether it has inputs: a learned tensor has none."""
    main: ClassVar[Field | None] = None
    """The field whose value follows the type's name, if there is one."""
    fields: ClassVar[tuple[Field, ...]] = ()
    """The other fields."""
    held: ClassVar[tuple[Field, ...]] = ()
    """The fields that a layer holds; the others of the item, e.g. `norm`, add layers of their own."""
    needs_tensor: ClassVar[bool] = False
    """Whether the value of a field may depend on the shape of another tensor."""
    unobserved: ClassVar[tuple[str, ...]] = ()
    """Optional fields that may leave every count and size as it is and still mean something."""
    _names: ClassVar[AbstractSet[str]] = frozenset()
    _defaults: ClassVar[Mapping[str, Any]] = {}
    _without_default: ClassVar[Sequence[str]] = ()
    also: ClassVar[tuple[str, ...]] = ()
    """What other frameworks call it; used for suggestions only."""
    formulas: ClassVar[Mapping[str, str]] = {}
    """`weights`, `biases`, `norm`, `macs`, `output` -> the formula for two sides, in the letters that `symbols` gives values to."""
    letters: ClassVar[Mapping[str, str]] = {}
    """Letter -> what it means, of the letters in its formulas that few types have."""
    counted: ClassVar[str] = "0 MACs"
    """What the default convention counts of it, and why."""
    source: ClassVar[str] = ""
    """Where the formula or the operation comes from."""

    def __init_subclass__(cls) -> None:
        slots = {name for base in cls.__mro__ for name in getattr(base, "__slots__", ())}
        cls._names = {field.name for field in cls.all_fields()}
        cls.held = tuple(field for field in cls.all_fields() if field.name in slots)
        cls.needs_tensor = any(isinstance(field.kind, SizeOf) for field in cls.held)
        cls._defaults = {field.name: field.default for field in cls.held}
        cls._without_default = [name for name, default in cls._defaults.items() if isinstance(default, Sentinel)]

    def __init__(self, **values: Any) -> None:
        """Take the normal forms of an item's fields; a field that is not given has its default."""
        if not values.keys() <= self._names:
            raise TypeError(f"{self.type} has no field {', '.join(sorted(values.keys() - self._names))}")
        given = {**self._defaults, **values}
        for name in self._without_default:
            if given[name] is DERIVED or given[name] is REQUIRED:
                given[name] = self.derived(name, values)
        for name in self._defaults:
            setattr(self, name, given[name])
        self._hash = 0  # worked out when it is asked for

    def derived(self, field: str, values: Values) -> Any:
        """Return the value of a field whose default is DERIVED, from the others."""
        raise TypeError(f"{self.type} needs {field}")

    def replace(self, **values: Any) -> Self:
        """Return the same layer with other values of some of its fields."""
        return type(self)(**{**self.values(), **values})

    def values(self) -> dict[str, Any]:
        """Return the name and value of every field it holds."""
        return {name: getattr(self, name) for name in self._defaults}

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.values() == other.values()

    def __hash__(self) -> int:
        if not self._hash:
            self._hash = hash((type(self), *self.values().values()))
        return self._hash

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.values().items())})"

    @property
    def case(self) -> str:
        """The word conventions know it by: its type, and which of its fields counters tell apart."""
        return self.type

    def case_on(self, output: Shape) -> str:
        """Return the word that conventions know it by where it makes that output."""
        return self.case

    def formulas_on(self, inputs: Inputs) -> Mapping[str, str]:
        """Return `formulas` as they are for these fields and inputs."""
        return self.formulas

    def kind(self, inputs: Inputs) -> OperationKind:
        """Return which of its kinds it is of on these inputs."""
        return self.kinds[0]

    def channels_after(self, arriving: int) -> int:
        """Return the output's channels. Raises LayerError where the arriving ones do not suit."""
        return arriving

    def output(self, inputs: Inputs) -> Shape:
        """Return the output's shape. Raises LayerError where the inputs do not suit."""
        x = inputs[0]
        return x.with_channels(self.channels_after(x.channels))

    def counts(self, inputs: Inputs, output: Shape) -> Counts:
        """Return the exact counts for these inputs."""
        return Counts(read=sum(x.elements for x in inputs), written=output.elements)

    def windows(self, inputs: Inputs, output: Shape) -> Sequence[SideWindows]:
        """Return for each input which of its positions a position of the output reads, a window for each side."""
        if self.mixes_axes:
            return [tuple(map(entire, x.sides)) for x in inputs]
        return [(ONE,) * (len(x) - 1) for x in inputs]

    def symbols(self, inputs: Inputs, output: Shape) -> dict[str, int]:
        """Return the values of the letters in `formulas`, as they are for the input's number of sides."""
        return {**shape_symbols(inputs[0], "in"), **shape_symbols(output, "out")}

    def size_steps(self, inputs: Inputs, output: Shape) -> list[str]:
        """Return how the output's size arises, with the numbers filled in: a line for each side."""
        formula = self.formulas.get("output")
        return [for_sides(formula, len(inputs[0]) - 1)] if formula else []

    def settings(self, inputs: Inputs) -> dict[str, Any]:
        """Return kernel, stride, padding, groups where the layer has them."""
        return {}

    def idle_fields(self, inputs: Inputs, output: Shape) -> list[str]:
        """Return the optional fields that were given and change neither sizes nor what any convention counts on these inputs."""
        idle: list[str] = []
        for field in self.fields:
            default = field.default
            if field not in self.held or field.name in self.unobserved or default is DERIVED or default is REQUIRED:
                continue
            value = getattr(self, field.name)
            if value == default or (isinstance(value, tuple) and set(value) == {default}):
                continue
            try:
                plain = self.replace(**{field.name: default})
                same = plain.case == self.case and plain.output(inputs) == output
                same = same and plain.counts(inputs, output) == self.counts(inputs, output)
            except LayerError:
                continue
            if same:
                idle.append(field.name)
        return idle

    @classmethod
    def all_fields(cls) -> tuple[Field, ...]:
        return (cls.main, *cls.fields) if cls.main else cls.fields
