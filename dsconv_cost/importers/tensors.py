"""The graph between a model's file and our own: tensors with any number of axes, and operations of a few neutral kinds.

A reader of a format makes a `TensorGraph` and adds the model's operations in the order they run. Every tensor has its sizes at
once, for one sample (a batch of 1), what depends on no input is folded, and what is unknown is collected, so that all of it is
reported together.
"""

from collections.abc import Hashable, Sequence
from math import prod

from dsconv_cost.importers.folding import MOST_VALUES, Number, fold
from dsconv_cost.importers.move_rules import MOVE_RULES
from dsconv_cost.importers.rules import MOST_ELEMENTS, RULES, Attributes, Dims, RuleError
from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.network.graph import StatedTensor


class Tensor:
    """One tensor: its sizes, and what is known of its elements."""

    __slots__ = ("dims", "is_data", "is_float", "key", "name", "origins", "values")

    def __init__(
        self, name: str, dims: Dims | None, *, is_data: bool = False, is_float: bool = True,
        values: tuple[Number, ...] | None = None, key: Hashable = None, origins: "tuple[Tensor, ...]" = (),
    ) -> None:  # fmt: skip
        self.name = name
        self.dims = dims
        """The size of each axis, with a batch of 1; None where only a run could tell."""
        self.is_data = is_data
        """Whether it depends on an input of the model."""
        self.is_float = is_float
        self.values = values
        """Its elements in row-major order, where it is no data and they are few and known."""
        self.key = key
        """Equal for tensors with the same elements of the file: what moves or casts a weight keeps its key."""
        self.origins = origins or ((self,) if key is not None and not is_data else ())
        """The tensors stored in the file that its elements come from; empty for data and for computed constants."""

    @property
    def sizes(self) -> Dims:
        """The size of each axis of a tensor whose sizes are known."""
        assert self.dims is not None
        return self.dims

    @property
    def elements(self) -> int:
        return prod(self.sizes)

    @property
    def is_stored(self) -> bool:
        """Whether the file holds its elements."""
        return not self.is_data and self.origins == (self,)

    def __repr__(self) -> str:
        kind = "data" if self.is_data else "constant" if self.values is not None else "weight"
        return f"<{kind} {self.name} {self.dims}>"


class Operation:
    """One operation on data. `kinds.py` says what inputs and attributes each kind has."""

    __slots__ = ("attributes", "inputs", "kind", "name", "operator", "outputs")

    def __init__(
        self, kind: str, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor], attributes: Attributes, name: str,
        operator: str,
    ) -> None:  # fmt: skip
        self.kind = kind
        self.inputs = tuple(inputs)
        """None for an optional input that is not given."""
        self.outputs = tuple(outputs)
        self.attributes = attributes
        self.name = name
        """The path of its module or the name of its node, as the file has it."""
        self.operator = operator
        """What the file's format calls it."""

    @property
    def x(self) -> Tensor:
        """Its first input."""
        first = self.inputs[0]
        assert first is not None
        return first

    def __repr__(self) -> str:
        return f"<{self.kind} {self.name} {dict(self.attributes)} {self.inputs} -> {self.outputs}>"


class Uncounted(NamedTuple):
    """An operation that cannot be counted, and why."""

    operator: str
    """What the format calls it, with its domain if that is not the format's own, e.g. `com.acme::FancyConv`."""
    name: str
    reason: str
    """Empty where the operator itself is unknown."""


class Claim(NamedTuple):
    """A shape that the file states and that the operations do not give."""

    tensor: str
    stated: tuple[int | str | None, ...]
    inferred: Dims


class TensorGraph:
    """A model's operations on data, in the order they run. Readers add to it; nothing is taken out."""

    def __init__(self, name: str, source: str, free: Sequence[str] = ()) -> None:
        self.name = name
        self.source = source
        """What wrote the file, for messages, e.g. `ONNX, opset 17, pytorch 2.13.0`."""
        self.free = frozenset(free)
        """Operators that the user counts as 0."""
        self.inputs: list[Tensor] = []
        self.outputs: list[Tensor] = []
        self.operations: list[Operation] = []
        self.stored: list[Tensor] = []
        """Every tensor of floats that the file holds."""
        self.dismissed: set[int] = set()
        """Which of them are known to be not learned, by identity."""
        self.unknown: list[Uncounted] = []
        self.freed: list[Uncounted] = []
        """Operations that are unknown, and free because the user says so."""
        self.batch = 1
        """How many samples the file is written for; it is counted for one."""
        self.claims: list[Claim] = []
        self.notes: list[str] = []
        self.stated: Sequence[StatedTensor] = ()
        """The tensors of a file whose operators a runtime executes as they are."""
        self.repeats_merged = True
        """Whether a vector that is stored once for modules of different names counts for each of them: PyTorch's exporter stores
        equal biases once. TensorFlow's converter instead gives layers without a bias one vector of zeros together."""

    # -- tensors --------------------------------------------------------------------------------

    def add_input(self, name: str, dims: Dims, is_float: bool = True) -> Tensor:
        """Add an input of the model."""
        tensor = Tensor(name, dims, is_data=True, is_float=is_float)
        self.inputs.append(tensor)
        return tensor

    def add_stored(
        self, name: str, dims: Dims, values: tuple[Number, ...] | None = None, is_float: bool = True, is_weight: bool | None = None
    ) -> Tensor:  # fmt: skip
        """Add a tensor of the file. `values` are its elements where they are few, `is_weight` says that integers are a weight."""
        tensor = Tensor(name, dims, is_float=is_float, values=values, key=name)
        if is_float if is_weight is None else is_weight:
            self.stored.append(tensor)
        return tensor

    def dismiss(self, tensor: Tensor | None) -> None:
        """Note that what the file holds of a tensor is not learned: a running mean, the scale of integers."""
        if tensor is not None:
            self.dismissed.update(id(origin) for origin in tensor.origins)

    def constant(self, dims: Dims, values: tuple[Number, ...] | None, is_float: bool = False) -> Tensor:
        """Return a tensor that is no data and nobody learned."""
        return Tensor("", dims, is_float=is_float, values=values)

    def add_output(self, tensor: Tensor) -> None:
        self.outputs.append(tensor)

    def claim(self, tensor: Tensor, stated: Sequence[int | str | None]) -> None:
        """Compare the shape that the file states of a tensor with its inferred one; only whole numbers above 0 state a size."""
        if tensor.dims is None:
            return
        pairs = zip(stated, tensor.dims, strict=False)
        if len(stated) != len(tensor.dims) or any(type(s) is int and s > 0 and s != d for s, d in pairs):
            self.claims.append(Claim(tensor.name, tuple(stated), tensor.dims))

    # -- operations -----------------------------------------------------------------------------

    def add(
        self, kind: str, inputs: Sequence[Tensor | None], attributes: Attributes | None = None, name: str = "",
        operator: str = "", output_names: Sequence[str] = ("",),
    ) -> list[Tensor]:  # fmt: skip
        """Add an operation and return its outputs.

        Where no input is data nothing is added: the outputs are constants, with their elements if those can be worked out.
        What cannot be counted is noted in `unknown`, and its outputs have unknown sizes; nothing raises.
        """
        attributes = attributes or {}
        operator = operator or kind
        given = [tensor for tensor in inputs if tensor is not None]
        if any(tensor.dims is None for tensor in given):
            return self._unsized(given, output_names)
        is_data = any(tensor.is_data for tensor in given)
        try:
            sizes = _RULES[kind](inputs, attributes)
            if any(prod(dims) > MOST_ELEMENTS for dims in sizes):
                raise RuleError(f"an output of more than {MOST_ELEMENTS:,} elements")
            if not is_data:
                return self._folded(kind, inputs, attributes, sizes, output_names)
        except RuleError as error:
            self.add_unknown(operator, name, str(error))
            return self._unsized(given, output_names)
        is_float = attributes["is_float"] if "is_float" in attributes else any(t.is_float for t in given if t.is_data)
        outputs = [
            Tensor(output, dims, is_data=True, is_float=is_float)
            for output, dims in zip([*output_names, *[""] * (len(sizes) - len(output_names))], sizes, strict=False)
        ]
        self.operations.append(Operation(kind, inputs, outputs, attributes, name, operator))
        return outputs

    def add_unknown(self, operator: str, name: str, reason: str = "") -> None:
        """Note an operation that cannot be counted."""
        self.unknown.append(Uncounted(operator, name, reason))

    def unknown_outputs(
        self, operator: str, name: str, inputs: Sequence[Tensor | None], output_names: Sequence[str],
        stated: Sequence[Dims | None] = (),
    ) -> list[Tensor]:  # fmt: skip
        """Return the outputs of an operator that the reader does not know: an error, or free if the user says so.

        A free one has the stated sizes of its outputs, or for its only output those of its first input.
        """
        if operator not in self.free:
            self.add_unknown(operator, name)
            return self._unsized([t for t in inputs if t is not None], output_names)
        self.freed.append(Uncounted(operator, name, ""))
        given = [tensor for tensor in inputs if tensor is not None]
        sizes = list(stated) or [given[0].dims if given else None]
        sizes += [None] * (len(output_names) - len(sizes))
        outputs = [Tensor(output, dims, is_data=True) for output, dims in zip(output_names, sizes, strict=False)]
        sized = [tensor for tensor in outputs if tensor.dims is not None]
        if sized and all(tensor.dims is not None for tensor in given):
            self.operations.append(Operation("free", given, sized, {}, name, operator))
        return outputs

    def _unsized(self, given: Sequence[Tensor], output_names: Sequence[str]) -> list[Tensor]:
        return [Tensor(name, None, is_data=any(t.is_data for t in given) or not given) for name in output_names]

    def _folded(
        self, kind: str, inputs: Sequence[Tensor | None], attributes: Attributes, sizes: Sequence[Dims],
        output_names: Sequence[str],
    ) -> list[Tensor]:  # fmt: skip
        """Return the outputs of an operation on constants and weights."""
        given = [tensor for tensor in inputs if tensor is not None]
        values: Sequence[tuple[Number, ...] | None] = [None] * len(sizes)
        if all(t.values is not None for t in given) and sum(map(prod, sizes)) <= MOST_VALUES:
            values = fold(kind, inputs, attributes, sizes) or values
        origins = tuple(dict.fromkeys(origin for tensor in given for origin in tensor.origins))
        is_float = attributes.get("is_float", any(t.is_float for t in given[:1]) if kind != "where" else True)
        outputs: list[Tensor] = []
        for index, dims in enumerate(sizes):
            key: Hashable = None
            if origins:
                keeps = kind in KEEPS_ELEMENTS and sum(t.key is not None for t in given) == 1
                first = next(t for t in given if t.key is not None)
                inner = tuple(t.values if t.key is None else t.key for t in given)
                key = first.key if keeps else (kind, index, inner, repr(sorted(attributes.items())))
            name = output_names[index] if index < len(output_names) else ""
            if origins and len(origins) == 1:
                name = origins[0].name
            outputs.append(Tensor(name, dims, is_float=is_float, values=values[index], key=key, origins=origins))
        return outputs


_RULES = {**RULES, **MOVE_RULES}
KEEPS_ELEMENTS = frozenset({"identity", "reshape", "transpose", "cast", "expand", "quantize"})
"""Kinds whose output has the elements of its first input, elsewhere or in another type."""
