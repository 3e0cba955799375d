"""Writes HDF5 files by hand that hold one attribute of the root, as Keras's do: of the oldest form and of the newest."""

import struct


def _padded(part: bytes) -> bytes:
    return part + bytes(-len(part) % 8)


def oldest(name: str, text: bytes, split: bool = False) -> bytes:
    """A superblock of version 0, a header of version 1 and text of variable length in a global heap.

    With `split` the message stands in a continuation of the header.
    """
    header_at, heap_at, more_at = 96, 512, 320
    heap_size = 16 + 16 + len(_padded(text)) + 16
    kind = struct.pack("<B3BI", 0x19, 1, 0, 0, 16)  # variable length, of type string
    kind += struct.pack("<B3BI", 0x13, 0, 0, 0, 1) + struct.pack("<4B", 0, 0, 8, 0)
    space = struct.pack("<BBB5x", 1, 0, 0)
    value = struct.pack("<IQI", len(text), heap_at, 1)
    label = name.encode() + b"\0"
    attribute = struct.pack("<BBHHH", 1, 0, len(label), len(kind), len(space))
    attribute += _padded(label) + _padded(kind) + _padded(space) + value
    attribute = _padded(attribute)
    message = struct.pack("<HHB3x", 0x0C, len(attribute), 0) + attribute
    other = struct.pack("<HHB3x", 0x11, 16, 0) + bytes(16)  # a symbol table
    block = other + message
    if split:
        block = other + struct.pack("<HHB3x", 0x10, 16, 0) + struct.pack("<QQ", more_at, len(message))
    header = struct.pack("<BBHII4x", 1, 0, 2, 1, len(block)) + block
    superblock = b"\x89HDF\r\n\x1a\n" + bytes([0, 0, 0, 0, 0, 8, 8, 0]) + struct.pack("<HHI", 4, 16, 0)
    superblock += struct.pack("<QQQQ", 0, 2**64 - 1, heap_at + heap_size, 2**64 - 1)
    superblock += struct.pack("<QQII16x", 0, header_at, 0, 0)
    data = bytearray(heap_at + heap_size)
    data[: len(superblock)] = superblock
    data[header_at : header_at + len(header)] = header
    if split:
        data[more_at : more_at + len(message)] = message
    heap = b"GCOL" + struct.pack("<B3xQ", 1, heap_size)
    heap += struct.pack("<HHIQ", 1, 1, 0, len(text)) + _padded(text) + struct.pack("<HHIQ", 0, 0, 0, 0)
    data[heap_at : heap_at + len(heap)] = heap
    return bytes(data)


def newest(name: str, text: bytes) -> bytes:
    """A superblock of version 3, a header of version 2 and text of fixed length in its message."""
    label = name.encode() + b"\0"
    kind = struct.pack("<B3BI", 0x13, 0, 0, 0, len(text))
    space = struct.pack("<BBBB", 2, 0, 0, 0)
    attribute = struct.pack("<BBHHHB", 3, 0, len(label), len(kind), len(space), 0) + label + kind + space + text
    message = struct.pack("<BHB", 0x0C, len(attribute), 0) + attribute
    header = b"OHDR" + struct.pack("<BBI", 2, 2, len(message)) + message + bytes(4)
    superblock = (
        b"\x89HDF\r\n\x1a\n" + bytes([3, 8, 8, 0]) + struct.pack("<QQQQ", 0, 2**64 - 1, 48 + len(header), 48) + bytes(4)
    )
    return superblock + header
