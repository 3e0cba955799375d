"""The fields of protocol buffers, read where they are: what nobody asks for, such as a weight, is skipped unread.

Encoding: a field is a key (number * 8 + wire type) and a value: a varint (0), 8 bytes (1), a length and bytes (2) or 4 bytes (5).
Every offset is checked against the message it is in.
"""

import struct
from collections.abc import Iterator, Sequence

from dsconv_cost.importers.problems import BrokenModel

ByteRange = tuple[int, int]
"""Where bytes start and end."""

VARINT, FIXED64, LENGTH_DELIMITED, FIXED32 = 0, 1, 2, 5
_LONGEST_VARINT = 63


class Message:
    """One message: a part of a buffer."""

    __slots__ = ("data", "end", "start")

    def __init__(self, data: Sequence[int], start: int, end: int) -> None:
        self.data = data
        """Bytes, or a mapped file."""
        self.start = start
        self.end = end

    def fields(self) -> Iterator[tuple[int, int, int, int]]:
        """Yield (number, wire type, value, end): of bytes their start and end, else the raw value and 0.

        Raises BrokenModel where a field is cut off or is none.
        """
        data, at, end = self.data, self.start, self.end
        while at < end:
            key = data[at]
            at += 1
            if key > 127:
                key, at = _varint(data, at, end, key & 127)
            wire, number = key & 7, key >> 3
            if wire > LENGTH_DELIMITED and wire != FIXED32:
                raise BrokenModel(f"a field of wire type {wire} at byte {at - 1:,}")
            if wire in (FIXED32, FIXED64):
                size = 4 if wire == FIXED32 else 8
                if at + size > end:
                    raise BrokenModel(f"a number is cut off at byte {at:,}")
                yield number, wire, int.from_bytes(bytes(data[at : at + size]), "little"), 0
                at += size
                continue
            if at >= end:
                raise BrokenModel(f"a field is cut off at byte {at:,}")
            value = data[at]
            at += 1
            if value > 127:
                value, at = _varint(data, at, end, value & 127)
            if wire == VARINT:
                yield number, VARINT, value, 0
                continue
            after = at + value
            if after > end:
                raise BrokenModel(f"{value:,} bytes are announced at byte {at:,}, and {end - at:,} are there")
            yield number, LENGTH_DELIMITED, at, after
            at = after

    def inner(self, start: int, end: int) -> "Message":
        """Return a message inside this one."""
        return Message(self.data, start, end)

    def text(self, start: int, end: int) -> str:
        """Return bytes as text; what is no UTF-8 is replaced."""
        return bytes(self.data[start:end]).decode("utf-8", "replace")

    def varints(self, start: int, end: int) -> list[int]:
        """Return packed signed varints."""
        data = self.data
        result: list[int] = []
        while start < end:
            value = data[start]
            start += 1
            if value > 127:
                value, start = _varint(data, start, end, value & 127)
            result.append(signed(value))
        return result

    def numbers(self, start: int, end: int, letter: str) -> tuple[int | float | bool, ...]:
        """Return packed numbers of fixed size; `letter` is that of the module struct."""
        count = (end - start) // struct.calcsize(letter)
        return struct.unpack_from(f"<{count}{letter}", bytes(self.data[start:end]))


def _varint(data: Sequence[int], at: int, end: int, value: int) -> tuple[int, int]:
    """Return a varint whose first byte has been read, and where it ends."""
    shift = 7
    while True:
        if at >= end or shift > _LONGEST_VARINT:
            raise BrokenModel(f"a number is cut off at byte {at:,}")
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value & (2**64 - 1), at
        shift += 7


def signed(value: int) -> int:
    """Return the number that 64 bits mean."""
    return value - 2**64 if value >> 63 else value


def float_of(bits: int) -> float:
    """Return the number that 32 bits mean."""
    number: float = struct.unpack("<f", struct.pack("<I", bits & 0xFFFFFFFF))[0]
    return number
