"""Protocol buffers' wire format, as far as an ONNX file needs it.

A message is the fields it is made of, one after another. See https://protobuf.dev/programming-guides/encoding.
"""

import struct


def varint(value: int) -> bytes:
    """Return a whole number, seven bits a byte; a negative one as its two's complement of 64 bits."""
    value &= (1 << 64) - 1
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def number(field: int, value: int) -> bytes:
    """Return a field that holds a whole number."""
    return varint(field << 3) + varint(value)


def real(field: int, value: float) -> bytes:
    """Return a field that holds a float of 32 bits."""
    return varint(field << 3 | 5) + struct.pack("<f", value)


def data(field: int, value: bytes | str) -> bytes:
    """Return a field that holds bytes, text or another message."""
    if isinstance(value, str):
        value = value.encode()
    return varint(field << 3 | 2) + varint(len(value)) + value


def packed(field: int, values: list[int]) -> bytes:
    """Return a field that holds a list of whole numbers in one piece."""
    return data(field, b"".join(map(varint, values)))
