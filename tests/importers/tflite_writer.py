"""Writes TensorFlow Lite files by hand: flat buffers of the fields of TensorFlow's schema.fbs."""

import struct
from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

from dsconv_cost.importers.tflite.names import OPERATOR_NAMES
from dsconv_cost.importers.tflite.schema import CUSTOM

FLOAT32, INT32, INT64, BOOL, INT8, RESOURCE = 0, 2, 4, 6, 9, 13
CODES = {name: code for code, name in OPERATOR_NAMES.items()}
Value = Any
"""A number with its format, text, bytes, a list of numbers, a table, or a list of tables."""


class Number:
    """A number of a struct format."""

    def __init__(self, form: str, value: float) -> None:
        self.bytes = struct.pack("<" + form, value)


def whole(value: int) -> Number:
    return Number("i", value)


def small(value: int) -> Number:
    return Number("b", value)


class Longs(list[int]):
    """A list of numbers of 64 bits."""


class Fields:
    """A table: field number -> value."""

    def __init__(self, fields: Mapping[int, Value]) -> None:
        self.fields = fields


def flat_buffer(root: Fields, identifier: bytes = b"TFL3") -> bytes:
    """Return a flat buffer: the offset of the root and the identifier, then every table behind the field that has it."""
    data = bytearray(struct.pack("<I", 0) + identifier)
    struct.pack_into("<I", data, 0, _table(data, root))
    return bytes(data)


def _align(data: bytearray) -> None:
    data += bytes(-len(data) % 8)


def _table(data: bytearray, table: Fields) -> int:
    _align(data)
    count = max(table.fields, default=-1) + 1
    vtable = len(data)
    data += bytes(4 + 2 * count)
    _align(data)
    start = len(data)
    data += struct.pack("<i", start - vtable)
    places: dict[int, int] = {}
    for index, value in sorted(table.fields.items()):
        part = value.bytes if isinstance(value, Number) else bytes(4)
        data += bytes(-len(data) % len(part))
        places[index] = len(data)
        data += part
    struct.pack_into("<HH", data, vtable, 4 + 2 * count, len(data) - start)
    for index, place in places.items():
        struct.pack_into("<H", data, vtable + 4 + 2 * index, place - start)
    for index, value in sorted(table.fields.items()):
        if not isinstance(value, Number):
            at = _reference(data, value)
            struct.pack_into("<I", data, places[index], at - places[index])
    return start


def _reference(data: bytearray, value: Value) -> int:
    if isinstance(value, Fields):
        return _table(data, value)
    _align(data)
    start = len(data)
    if isinstance(value, (str, bytes)):
        raw = value.encode() if isinstance(value, str) else value
        data += struct.pack("<I", len(raw)) + raw + b"\0"
        return start
    if value and isinstance(value[0], Fields):
        data += struct.pack(f"<I{len(value)}I", len(value), *[0] * len(value))
        for index, one in enumerate(value):
            place = start + 4 + 4 * index
            struct.pack_into("<I", data, place, _table(data, one) - place)
        return start
    if isinstance(value, Longs):
        data += bytes(4)  # so that the numbers behind the count are aligned
        data += struct.pack(f"<I{len(value)}q", len(value), *value)
        return start + 4
    form = "f" if any(isinstance(number, float) for number in value) else "i"
    data += struct.pack(f"<I{len(value)}{form}", len(value), *value)
    return start


class ModelWriter:
    """Collects the tensors and operators of one model."""

    def __init__(self) -> None:
        self.tensors: list[Fields] = []
        self.buffers: list[Fields] = [Fields({})]
        self.codes: list[Fields] = []
        self.operators: list[Fields] = []
        self.more: list[Fields] = []
        """Subgraphs behind the main one."""

    def tensor(
        self, name: str, dims: Sequence[int], type_: int = FLOAT32, values: Sequence[int] | None = None, weight: bool = False,
        signature: Sequence[int] | None = None, scale: bool = False, buffer: int | None = None,
    ) -> int:  # fmt: skip
        """Add a tensor; `values` are its elements, a `weight` is full of ones."""
        if weight:
            form = {FLOAT32: "f", INT8: "b", INT32: "i"}[type_]
            values = [1] * prod(dims)
        else:
            form = {FLOAT32: "f", INT8: "b", INT64: "q", BOOL: "?"}.get(type_, "i")
        if values is not None:
            self.buffers.append(Fields({0: struct.pack(f"<{len(values)}{form}", *values)}))
            buffer = len(self.buffers) - 1
        fields: dict[int, Value] = {0: list(dims), 1: small(type_), 2: Number("I", buffer or 0), 3: name}
        if scale:
            fields[4] = Fields({2: [0.5]})
        if signature is not None:
            fields[7] = list(signature)
        self.tensors.append(Fields(fields))
        return len(self.tensors) - 1

    def constant(self, name: str, values: Sequence[int]) -> int:
        return self.tensor(name, [len(values)], INT32, values)

    def operator(
        self, name: str, inputs: Sequence[int], outputs: Sequence[int], options: Mapping[int, Value] | None = None, custom: bytes = b""
    ) -> Fields:  # fmt: skip
        """Return an operator; a name that is none of TensorFlow Lite's is a custom one."""
        code: dict[int, Value] = {0: small(min(127, CODES.get(name, CUSTOM))), 3: whole(CODES.get(name, CUSTOM))}
        if name not in CODES:
            code[1] = name
        self.codes.append(Fields(code))
        fields: dict[int, Value] = {0: Number("I", len(self.codes) - 1), 1: list(inputs), 2: list(outputs)}
        if options is not None:
            fields |= {3: Number("B", 1), 4: Fields(options)}
        if custom:
            fields[5] = custom
        return Fields(fields)

    def add(self, *args: Any, **kwargs: Any) -> None:
        self.operators.append(self.operator(*args, **kwargs))

    def bytes(self, inputs: Sequence[int], outputs: Sequence[int], metadata: str = "") -> bytes:
        """Return the file; with metadata of a name, if there is one."""
        main = Fields({0: self.tensors, 1: list(inputs), 2: list(outputs), 3: self.operators, 4: "main"})
        fields = {0: Number("I", 3), 1: self.codes, 2: [main, *self.more], 3: "written by hand", 4: self.buffers}
        return flat_buffer(Fields({**fields, 6: [Fields({0: metadata})]} if metadata else fields))
