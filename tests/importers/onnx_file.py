"""The parts of an ONNX file as bytes: tensors, attributes, nodes, graph, model. Field numbers are those of onnx.proto."""

import struct
from math import prod

from tests.importers.protobuf import data, number, packed, real

FLOAT, INT64 = 1, 7
"""Types of elements."""

Attribute = int | float | str | bytes | list[int] | list[float]
"""What an attribute may hold here; bytes are a tensor."""

IR_VERSIONS = ((21, 10), (20, 9), (19, 9), (15, 8), (12, 7), (11, 6), (10, 5), (9, 4), (0, 3))
"""The version of the file format that came with an operator set, by the first of the sets."""


def tensor(name: str, dims: list[int], values: bytes | None, element: int = FLOAT) -> bytes:
    """Return a tensor; without values its data are in another file, `weights.bin`."""
    head = b"".join(number(1, dim) for dim in dims) + number(2, element) + data(8, name)
    if values is not None:
        return head + data(9, values)
    entries = {"location": "weights.bin", "offset": "0", "length": str(4 * prod(dims))}
    external = b"".join(data(13, data(1, key) + data(2, value)) for key, value in entries.items())
    return head + external + number(14, 1)


def integers(values: list[int], name: str = "") -> bytes:
    """Return a tensor of whole numbers."""
    return tensor(name, [len(values)], struct.pack(f"<{len(values)}q", *values), INT64)


def scalar(value: float) -> bytes:
    """Return a tensor of one float and no axis, without a name."""
    return tensor("", [], struct.pack("<f", value))


def reals(values: list[float]) -> bytes:
    """Return a tensor of floats, without a name."""
    return tensor("", [len(values)], struct.pack(f"<{len(values)}f", *values))


def zeros(dims: list[int]) -> bytes:
    """Return a tensor of zeros, without a name."""
    return tensor("", dims, bytes(4 * prod(dims)))


def _attribute(name: str, value: Attribute) -> bytes:
    head = data(1, name)
    match value:
        case int():
            return head + number(3, value) + number(20, 2)
        case float():
            return head + real(2, value) + number(20, 1)
        case str():
            return head + data(4, value) + number(20, 3)
        case bytes():
            return head + data(5, value) + number(20, 4)
        case list() if any(isinstance(one, float) for one in value):
            return head + b"".join(real(7, one) for one in value) + number(20, 6)
    return head + packed(8, [int(one) for one in value]) + number(20, 7)


def node(operator: str, inputs: list[str], outputs: list[str], name: str, attributes: dict[str, Attribute]) -> bytes:
    """Return a node; the name of an input that is left out is empty."""
    ends = b"".join([*(data(1, tensor) for tensor in inputs), *(data(2, tensor) for tensor in outputs)])
    own = b"".join(data(5, _attribute(key, value)) for key, value in attributes.items())
    return ends + data(3, name) + data(4, operator) + own


def value_info(name: str, dims: list[int | str], element: int = FLOAT) -> bytes:
    """Return the name and type of an input or output; a dimension that is text is a dynamic one of that name."""
    shape = b"".join(data(1, data(2, dim) if isinstance(dim, str) else number(1, dim)) for dim in dims)
    return data(1, name) + data(2, data(1, number(1, element) + data(2, shape)))


def model(
    nodes: list[bytes], initialisers: list[bytes], inputs: list[bytes], outputs: list[bytes], opset: int, name: str
) -> bytes:
    """Return a whole file."""
    graph = b"".join(
        [
            *(data(1, one) for one in nodes),
            data(2, name),
            *(data(5, one) for one in initialisers),
            *(data(11, one) for one in inputs),
            *(data(12, one) for one in outputs),
        ]
    )
    version = next(version for first, version in IR_VERSIONS if opset >= first)
    return number(1, version) + data(2, "dsconv-cost tests") + data(7, graph) + data(8, data(1, "") + number(2, opset))
