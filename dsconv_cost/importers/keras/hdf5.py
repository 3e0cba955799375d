"""One attribute of the root of an HDF5 file, where Keras keeps a model's configuration; weights are never read.

By the HDF5 File Format Specification, version 3.0: superblocks 0 to 3, object headers 1 and 2, attribute messages 1 to 3, strings of
fixed length in the header and of variable length in a global heap.
"""

from collections.abc import Iterator, Sequence

from dsconv_cost.importers.problems import BrokenModel

SIGNATURE = b"\x89HDF\r\n\x1a\n"
MOST_BYTES = 64 << 20
"""How long an attribute may be."""
_MOST_BLOCKS = 10_000
_CONTINUATION, _ATTRIBUTE, _ATTRIBUTE_INFO = 0x10, 0x0C, 0x15
_FIXED_STRING, _VARIABLE_LENGTH = 3, 9


class Hdf5File:
    """The bytes of a file, and the sizes of its numbers."""

    def __init__(self, data: Sequence[int]) -> None:
        self.data = data
        if self.part(0, 8) != SIGNATURE:
            raise BrokenModel("it does not begin as an HDF5 file")
        version = self.number(8, 1)
        if version > 3:
            raise BrokenModel(f"a superblock of version {version}")
        at = 13 if version < 2 else 9
        self.offset, self.length = self.number(at, 1), self.number(at + 1, 1)
        if self.offset not in (2, 4, 8) or self.length not in (2, 4, 8):
            raise BrokenModel(f"addresses of {self.offset} and lengths of {self.length} bytes")
        if version < 2:
            base_at = 24 if version == 0 else 28
            self.base = self.number(base_at, self.offset)
            self.root = self.number(base_at + 4 * self.offset + self.offset, self.offset)
        else:
            self.base = self.number(12, self.offset)
            self.root = self.number(12 + 3 * self.offset, self.offset)

    def part(self, start: int, length: int) -> bytes:
        if start < 0 or length < 0 or start + length > len(self.data):
            raise BrokenModel(f"{length:,} bytes are asked for at byte {start:,} of {len(self.data):,}")
        return bytes(self.data[start : start + length])

    def number(self, at: int, size: int) -> int:
        return int.from_bytes(self.part(at, size), "little")

    # -- object headers -------------------------------------------------------------------------

    def messages(self) -> Iterator[tuple[int, int, int]]:
        """Yield (type, start, length) of the messages of the root's header."""
        start = self.base + self.root
        newer = self.part(start, 4) == b"OHDR"
        blocks = [self._first_block(start) if newer else (start + 16, self.number(start + 8, 4))]
        ordered = bool(self.number(start + 5, 1) & 4) if newer else False
        for count, (block, length) in enumerate(blocks, 1):
            if count > _MOST_BLOCKS:
                raise BrokenModel(f"a header of more than {_MOST_BLOCKS:,} parts")
            for kind, at, size in self._block(block, length, newer, ordered):
                if kind == _CONTINUATION:
                    place = self.base + self.number(at, self.offset)
                    extent = self.number(at + self.offset, self.length)
                    blocks.append((place + 4, extent - 8) if newer else (place, extent))
                else:
                    yield kind, at, size

    def _first_block(self, start: int) -> tuple[int, int]:
        flags = self.number(start + 5, 1)
        at = start + 6 + (16 if flags & 0x20 else 0) + (4 if flags & 0x10 else 0)
        width = 1 << (flags & 3)
        return at + width, self.number(at, width)

    def _block(self, at: int, length: int, newer: bool, ordered: bool) -> Iterator[tuple[int, int, int]]:
        end = at + length
        head = (6 if ordered else 4) if newer else 8
        while at + head <= end:
            kind, size = (
                (self.number(at, 1), self.number(at + 1, 2)) if newer else (self.number(at, 2), self.number(at + 2, 2))
            )
            yield kind, at + head, size
            at += head + size

    # -- attributes -----------------------------------------------------------------------------

    def attribute(self, wanted: str) -> bytes | None:
        """Return the text of an attribute of the root; None where there is none of the name."""
        is_elsewhere = False
        for kind, at, _ in self.messages():
            is_elsewhere |= kind == _ATTRIBUTE_INFO
            value = self._attribute(at, wanted) if kind == _ATTRIBUTE else None
            if value is not None:
                return value
        return self._scanned() if is_elsewhere else None

    def _attribute(self, at: int, wanted: str) -> bytes | None:
        version = self.number(at, 1)
        sizes = [self.number(at + 2 + 2 * index, 2) for index in range(3)]
        start = at + (9 if version == 3 else 8)
        name = self.part(start, sizes[0]).rstrip(b"\0")
        if name != wanted.encode():
            return None
        if version == 1:
            sizes = [-(-size // 8) * 8 for size in sizes]
        kind_at = start + sizes[0]
        value_at = kind_at + sizes[1] + sizes[2]
        kind, size = self.number(kind_at, 1) & 15, self.number(kind_at + 4, 4)
        if kind == _FIXED_STRING:
            return self._text(value_at, size)
        if kind == _VARIABLE_LENGTH:
            length = self.number(value_at, 4)
            heap = self.base + self.number(value_at + 4, self.offset)
            return self._heap_object(heap, self.number(value_at + 4 + self.offset, 4), length)
        raise BrokenModel(f"the attribute {wanted} is not text")

    def _text(self, at: int, size: int) -> bytes:
        if size > MOST_BYTES:
            raise BrokenModel(f"an attribute of {size:,} bytes")
        return self.part(at, size).rstrip(b"\0")

    def _heap_object(self, heap: int, wanted: int, length: int) -> bytes:
        """Return an object of a collection of the global heap."""
        if self.part(heap, 4) != b"GCOL":
            raise BrokenModel(f"no heap at byte {heap:,}")
        end = heap + self.number(heap + 8, self.length)
        at = heap + 8 + self.length
        while at + 8 + self.length <= end:
            index, size = self.number(at, 2), self.number(at + 8, self.length)
            if index == wanted:
                return self._text(at + 8 + self.length, min(size, length))
            if index == 0:
                break
            at += 8 + self.length + -(-size // 8) * 8
        raise BrokenModel(f"a heap without object {wanted}")

    def _scanned(self) -> bytes | None:
        """Return the configuration where a file keeps its attributes outside the header: it stands there as one piece."""
        import re

        found = re.search(rb'\{"(?:class_name|module)": ?"', self.data)  # type: ignore[call-overload]  # bytes, or a mapped file
        if found is None:
            return None
        return self.part(found.start(), min(MOST_BYTES, len(self.data) - found.start()))
