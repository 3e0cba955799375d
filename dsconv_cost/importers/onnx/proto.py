"""The parts of an ONNX file, as `onnx.proto` numbers their fields. Weights are not read, and no file that one names is opened.

Source: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto (field numbers are stable).
"""

from collections.abc import Sequence
from functools import cached_property
from math import prod

from dsconv_cost.importers.folding import Number
from dsconv_cost.importers.problems import BrokenModel
from dsconv_cost.importers.wire import LENGTH_DELIMITED, VARINT, Message, float_of, signed

DEEPEST_GRAPH = 24
"""How many graphs may be inside each other."""
MOST_FLOATS = 64
"""Of a stored tensor with more elements only whole numbers are read, and of those at most `MOST_WHOLE`."""
MOST_WHOLE = 4096

FLOAT, UINT8, INT8, INT32, INT64, STRING, BOOL, FLOAT16, DOUBLE, BFLOAT16 = 1, 2, 3, 6, 7, 8, 9, 10, 11, 16
_LETTERS = {1: "f", 2: "B", 3: "b", 4: "H", 5: "h", 6: "i", 7: "q", 9: "?", 10: "e", 11: "d", 12: "I", 13: "Q"}
_FLOATS = frozenset({1, 10, 11, 14, 15, 16, 17, 18, 19, 20, 23, 24})
_WHOLE_TYPES = frozenset({INT32, INT64, BOOL, 12, 13})

Size = int | str | None
"""Of an axis: a number, a name, or nothing."""


def is_float_type(data_type: int) -> bool:
    return data_type in _FLOATS


class StoredTensor:
    """A tensor in the file; its elements are read when they are asked for, if they are few."""

    def __init__(self, message: Message) -> None:
        self.name = ""
        self.dims: tuple[int, ...] = ()
        self.data_type = 0
        self.is_external = False
        self._message = message
        self._raw: tuple[int, int] | None = None
        self._packed: list[tuple[int, int, int]] = []
        self._single: list[tuple[int, int]] = []
        dims: list[int] = []
        for number, wire, value, end in message.fields():
            if number == 1:
                dims += [signed(value)] if wire == VARINT else message.varints(value, end)
            elif number == 2 and wire == VARINT:
                self.data_type = value
            elif number == 8 and wire == LENGTH_DELIMITED:
                self.name = message.text(value, end)
            elif number == 9 and wire == LENGTH_DELIMITED:
                self._raw = (value, end)
            elif number in (4, 5, 7, 10, 11):
                if wire == LENGTH_DELIMITED:
                    self._packed.append((number, value, end))
                else:
                    self._single.append((number, value))
            elif number == 14:
                self.is_external = value == 1
        if any(size < 0 for size in dims):
            raise BrokenModel(f"a stored tensor of {dims}")
        self.dims = tuple(dims)

    @property
    def is_float(self) -> bool:
        return self.data_type in _FLOATS

    @cached_property
    def values(self) -> tuple[Number, ...] | None:
        """The elements in row-major order; None where they are many, in another file, or of a type without numbers."""
        count = prod(self.dims)
        most = MOST_WHOLE if self.data_type in _WHOLE_TYPES else MOST_FLOATS
        if count > most or self.is_external or self.data_type not in _LETTERS:
            return None
        values = self._elements()
        return values if len(values) == count else None

    def _elements(self) -> tuple[Number, ...]:
        message = self._message
        letter = _LETTERS[self.data_type]
        if self._raw is not None:
            return message.numbers(*self._raw, letter)
        values: list[Number] = []
        for number, start, end in self._packed:
            if number in (4, 10):
                values += message.numbers(start, end, "f" if number == 4 else "d")
            else:
                values += message.varints(start, end)
        for number, value in self._single:
            values.append(float_of(value) if number == 4 else signed(value))
        if self.data_type == FLOAT16:  # stored as the whole numbers of its bits
            packed = b"".join((int(value) & 0xFFFF).to_bytes(2, "little") for value in values)
            return Message(packed, 0, len(packed)).numbers(0, len(packed), "e")
        return tuple(map(bool, values)) if self.data_type == BOOL else tuple(values)


class OnnxNode:
    """One node: an operator with names of tensors."""

    __slots__ = ("attributes", "domain", "inputs", "name", "operator", "outputs", "overload", "references", "scope")

    def __init__(self, message: Message, depth: int) -> None:
        self.inputs: list[str] = []
        self.outputs: list[str] = []
        self.name = self.operator = self.domain = self.overload = self.scope = ""
        self.attributes: dict[str, object] = {}
        self.references: dict[str, str] = {}
        """Attributes of a function's node that the call of the function gives -> the name it gives them under."""
        for number, wire, value, end in message.fields():
            if wire != LENGTH_DELIMITED:
                continue
            if number == 1:
                self.inputs.append(message.text(value, end))
            elif number == 2:
                self.outputs.append(message.text(value, end))
            elif number == 3:
                self.name = message.text(value, end)
            elif number == 4:
                self.operator = message.text(value, end)
            elif number == 5:
                name, attribute, reference = _attribute(message.inner(value, end), depth)
                if reference:
                    self.references[name] = reference
                else:
                    self.attributes[name] = attribute
            elif number == 7:
                self.domain = message.text(value, end)
            elif number == 8:
                self.overload = message.text(value, end)
            elif number == 9:
                key, text = _entry(message.inner(value, end))
                if key == "pkg.torch.onnx.name_scopes":
                    self.scope = text


def _attribute(message: Message, depth: int) -> tuple[str, object, str]:
    """Return the name and value of an attribute, and the name of the one that it refers to."""
    name = reference = ""
    kind = 0
    single: object = None
    many: list[object] = []
    for number, wire, value, end in message.fields():
        if number == 1 and wire == LENGTH_DELIMITED:
            name = message.text(value, end)
        elif number == 20:
            kind = value
        elif number == 21 and wire == LENGTH_DELIMITED:
            reference = message.text(value, end)
        elif number == 2:
            single = float_of(value)
        elif number == 3:
            single = signed(value)
        elif number == 4 and wire == LENGTH_DELIMITED:
            single = message.text(value, end)
        elif number == 5 and wire == LENGTH_DELIMITED:
            single = StoredTensor(message.inner(value, end))
        elif number == 6 and wire == LENGTH_DELIMITED:
            single = OnnxGraph(message.inner(value, end), depth + 1)
        elif number == 22 and wire == LENGTH_DELIMITED:
            single = _sparse(message.inner(value, end))
        elif number == 7:
            many += message.numbers(value, end, "f") if wire == LENGTH_DELIMITED else [float_of(value)]
        elif number == 8:
            many += message.varints(value, end) if wire == LENGTH_DELIMITED else [signed(value)]
        elif number == 9 and wire == LENGTH_DELIMITED:
            many.append(message.text(value, end))
    if kind in (6, 7, 8) or (not kind and many):
        return name, tuple(many), reference
    if single is None and kind in (1, 2, 3):
        single = {1: 0.0, 2: 0, 3: ""}[kind]
    return name, single, reference


class StatedValue:
    """What the file states of a tensor: its name, type and shape."""

    __slots__ = ("data_type", "name", "shape")

    def __init__(self, message: Message) -> None:
        self.name = ""
        self.data_type = 0
        self.shape: tuple[Size, ...] | None = None
        for number, wire, value, end in message.fields():
            if number == 1 and wire == LENGTH_DELIMITED:
                self.name = message.text(value, end)
            elif number == 2 and wire == LENGTH_DELIMITED:
                self._read_type(message.inner(value, end))

    def _read_type(self, message: Message) -> None:
        for number, wire, value, end in message.fields():
            if number != 1 or wire != LENGTH_DELIMITED:
                continue
            tensor = message.inner(value, end)
            for field, kind, at, after in tensor.fields():
                if field == 1:
                    self.data_type = at
                elif field == 2 and kind == LENGTH_DELIMITED:
                    self.shape = _shape(tensor.inner(at, after))


def _shape(message: Message) -> tuple[Size, ...]:
    sizes: list[Size] = []
    for number, wire, value, end in message.fields():
        if number != 1 or wire != LENGTH_DELIMITED:
            continue
        size: Size = None
        axis = message.inner(value, end)
        for field, kind, at, after in axis.fields():
            if field == 1 and kind == VARINT:
                size = signed(at)
            elif field == 2 and kind == LENGTH_DELIMITED:
                size = axis.text(at, after)
        sizes.append(size)
    return tuple(sizes)


def _sparse(message: Message) -> StoredTensor:
    """Return the elements of a sparse tensor that are there, in the shape of the whole."""
    tensor: StoredTensor | None = None
    dims: list[int] = []
    for number, wire, value, end in message.fields():
        if number == 1 and wire == LENGTH_DELIMITED:
            tensor = StoredTensor(message.inner(value, end))
        elif number == 3:
            dims += [signed(value)] if wire == VARINT else message.varints(value, end)
    if tensor is None or any(size < 0 for size in dims):
        raise BrokenModel("a sparse tensor without values")
    tensor.dims = tuple(dims)
    return tensor


class OnnxGraph:
    """Nodes in the order they run, stored tensors, and what goes in and out."""

    __slots__ = ("inputs", "name", "nodes", "outputs", "stated", "stored")

    def __init__(self, message: Message, depth: int = 0) -> None:
        if depth > DEEPEST_GRAPH:
            raise BrokenModel(f"graphs are nested deeper than {DEEPEST_GRAPH}")
        self.name = ""
        self.nodes: list[OnnxNode] = []
        self.stored: dict[str, StoredTensor] = {}
        self.inputs: list[StatedValue] = []
        self.outputs: list[StatedValue] = []
        self.stated: list[StatedValue] = []
        for number, wire, value, end in message.fields():
            if wire != LENGTH_DELIMITED:
                continue
            if number == 1:
                self.nodes.append(OnnxNode(message.inner(value, end), depth))
            elif number == 2:
                self.name = message.text(value, end)
            elif number in (5, 15):
                part = message.inner(value, end)
                tensor = StoredTensor(part) if number == 5 else _sparse(part)
                self.stored[tensor.name] = tensor
            elif number == 11:
                self.inputs.append(StatedValue(message.inner(value, end)))
            elif number == 12:
                self.outputs.append(StatedValue(message.inner(value, end)))
            elif number == 13:
                self.stated.append(StatedValue(message.inner(value, end)))


class OnnxFunction:
    """A function of the file: an operator made of nodes."""

    __slots__ = ("attributes", "domain", "inputs", "name", "nodes", "opsets", "outputs", "overload")

    def __init__(self, message: Message) -> None:
        self.name = self.domain = self.overload = ""
        self.inputs: list[str] = []
        self.outputs: list[str] = []
        self.nodes: list[OnnxNode] = []
        self.opsets: dict[str, int] = {}
        self.attributes: dict[str, object] = {}
        """The default values of its attributes."""
        for number, wire, value, end in message.fields():
            if wire != LENGTH_DELIMITED:
                continue
            if number == 1:
                self.name = message.text(value, end)
            elif number == 4:
                self.inputs.append(message.text(value, end))
            elif number == 5:
                self.outputs.append(message.text(value, end))
            elif number == 7:
                self.nodes.append(OnnxNode(message.inner(value, end), 1))
            elif number == 9:
                _add_opset(message.inner(value, end), self.opsets)
            elif number == 10:
                self.domain = message.text(value, end)
            elif number == 11:
                name, attribute, _ = _attribute(message.inner(value, end), 1)
                self.attributes[name] = attribute
            elif number == 13:
                self.overload = message.text(value, end)


def _entry(message: Message) -> tuple[str, str]:
    key = text = ""
    for number, wire, value, end in message.fields():
        if wire == LENGTH_DELIMITED and number == 1:
            key = message.text(value, end)
        elif wire == LENGTH_DELIMITED and number == 2:
            text = message.text(value, end)
    return key, text


def _add_opset(message: Message, opsets: dict[str, int]) -> None:
    domain, version = "", 0
    for number, wire, value, end in message.fields():
        if number == 1 and wire == LENGTH_DELIMITED:
            domain = message.text(value, end)
        elif number == 2 and wire == VARINT:
            version = value
    opsets["" if domain == "ai.onnx" else domain] = version


class OnnxModel:
    """What a file holds. Raises BrokenModel where its bytes are no model."""

    def __init__(self, data: Sequence[int]) -> None:
        message = Message(data, 0, len(data))
        self.producer = self.producer_version = ""
        self.opsets: dict[str, int] = {}
        self.functions: dict[tuple[str, str, str], OnnxFunction] = {}
        graph: OnnxGraph | None = None
        for number, wire, value, end in message.fields():
            if wire != LENGTH_DELIMITED:
                continue
            if number == 2:
                self.producer = message.text(value, end)
            elif number == 3:
                self.producer_version = message.text(value, end)
            elif number == 7:
                graph = OnnxGraph(message.inner(value, end))
            elif number == 8:
                _add_opset(message.inner(value, end), self.opsets)
            elif number == 25:
                function = OnnxFunction(message.inner(value, end))
                self.functions[function.domain, function.name, function.overload] = function
        if graph is None:
            raise BrokenModel("no graph is in it")
        self.graph = graph
