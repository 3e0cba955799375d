"""The fields of flat buffers, read where they are: a buffer is tables of offsets, and what nobody asks for is never touched.

A table begins with the distance back to its vtable, which has its own size, the table's, and for each field the distance
from the table's start, 0 for one that is not there. Every offset is checked against the buffer.
"""

import struct
from collections.abc import Sequence

from dsconv_cost.importers.problems import BrokenModel

_NUMBERS = {1: "b", 2: "h", 4: "i", 8: "q"}
LONGEST_VECTOR = 10_000_000
"""How long a vector may say that it is."""


class Buffer:
    """The bytes, or the mapped file."""

    __slots__ = ("data", "size")

    def __init__(self, data: Sequence[int]) -> None:
        self.data = data
        self.size = len(data)

    def bytes(self, start: int, length: int) -> bytes:
        """Return a part. Raises BrokenModel where it is not inside."""
        if start < 0 or length < 0 or start + length > self.size:
            raise BrokenModel(f"{length:,} bytes are asked for at byte {start:,} of {self.size:,}")
        return bytes(self.data[start : start + length])

    def number(self, at: int, size: int, signed: bool = True) -> int:
        return int.from_bytes(self.bytes(at, size), "little", signed=signed)

    def root(self) -> "BufferTable":
        return BufferTable(self, self.number(0, 4, signed=False))


class BufferTable:
    """One table."""

    __slots__ = ("_at", "_buffer", "_vtable", "_vtable_size")

    def __init__(self, buffer: Buffer, at: int) -> None:
        self._buffer = buffer
        self._at = at
        self._vtable = at - buffer.number(at, 4)
        self._vtable_size = buffer.number(self._vtable, 2, signed=False)
        if self._vtable_size < 4 or self._vtable + self._vtable_size > buffer.size:
            raise BrokenModel(f"a table without fields at byte {at:,}")

    def _field(self, index: int) -> int:
        """Return where a field is; 0 where it is not given."""
        place = 4 + 2 * index
        if place + 2 > self._vtable_size:
            return 0
        distance = self._buffer.number(self._vtable + place, 2, signed=False)
        return self._at + distance if distance else 0

    def number(self, index: int, default: int = 0, size: int = 4, signed: bool = True) -> int:
        """Return a whole number of so many bytes."""
        at = self._field(index)
        return self._buffer.number(at, size, signed) if at else default

    def flag(self, index: int) -> bool:
        return bool(self.number(index, 0, 1))

    def real(self, index: int, default: float = 0.0) -> float:
        at = self._field(index)
        value: float = struct.unpack("<f", self._buffer.bytes(at, 4))[0] if at else default
        return value

    def _follow(self, at: int) -> int:
        return at + self._buffer.number(at, 4, signed=False)

    def table(self, index: int) -> "BufferTable | None":
        at = self._field(index)
        return BufferTable(self._buffer, self._follow(at)) if at else None

    def vector(self, index: int, size: int) -> tuple[int, int]:
        """Return where the items of a vector are, and how many there are; each has so many bytes."""
        at = self._field(index)
        if not at:
            return 0, 0
        start = self._follow(at)
        count = self._buffer.number(start, 4, signed=False)
        if start + 4 + count * size > self._buffer.size or (size > 1 and count > LONGEST_VECTOR):
            raise BrokenModel(f"a vector of {count:,} items at byte {start:,} of {self._buffer.size:,}")
        return start + 4, count

    def numbers(self, index: int, size: int = 4) -> tuple[int, ...]:
        start, count = self.vector(index, size)
        return struct.unpack(f"<{count}{_NUMBERS[size]}", self._buffer.bytes(start, count * size)) if count else ()

    def tables(self, index: int) -> "list[BufferTable]":
        start, count = self.vector(index, 4)
        return [BufferTable(self._buffer, self._follow(start + 4 * item)) for item in range(count)]

    def text(self, index: int) -> str:
        """Return a string; what is no UTF-8 is replaced."""
        start, count = self.vector(index, 1)
        return self._buffer.bytes(start, count).decode("utf-8", "replace") if count else ""

    def raw(self, index: int) -> bytes:
        """Return a vector of bytes."""
        start, count = self.vector(index, 1)
        return self._buffer.bytes(start, count) if count else b""
