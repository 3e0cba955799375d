"""What a TensorFlow Lite file holds: subgraphs of tensors and operators, by the fields of TensorFlow's schema.fbs, version 3."""

import struct
from collections.abc import Sequence
from math import prod

from dsconv_cost.importers.flatbuffer import Buffer, BufferTable
from dsconv_cost.importers.folding import MOST_VALUES, Number
from dsconv_cost.importers.problems import BrokenModel
from dsconv_cost.importers.tflite.names import OPERATOR_NAMES
from dsconv_cost.named_tuple import NamedTuple

FLOATS = frozenset({0, 1, 10, 18})
"""The types float32, float16, float64 and bfloat16."""
_FORMATS = {0: "f", 1: "e", 2: "i", 3: "B", 4: "q", 6: "?", 7: "h", 9: "b", 10: "d", 12: "Q", 15: "I", 16: "H"}
_EXTERNAL = 1
"""The offset of a buffer that is not given; smaller ones are no offset."""
CUSTOM = 32
_OFFSETS = "OfflineMemoryAllocation"
_LARGEST_SIZE = 2**31


class FileTensor(NamedTuple):
    """One tensor of a subgraph."""

    name: str
    dims: tuple[int, ...]
    signature: tuple[int, ...]
    """Its sizes, -1 where one is open; empty where all are as in `dims`."""
    type: int
    buffer: int
    is_variable: bool
    is_quantised: bool

    @property
    def is_float(self) -> bool:
        return self.type in FLOATS


class FileOperator(NamedTuple):
    """One operator of a subgraph."""

    name: str
    inputs: tuple[int, ...]
    """Indices of tensors; -1 for an optional one that is not given."""
    outputs: tuple[int, ...]
    options: BufferTable | None
    custom: bytes
    """The options of a custom operator, in a form of its own."""


class Subgraph(NamedTuple):
    """Tensors, and the operators on them in the order they run."""

    tensors: list[FileTensor]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    operators: list[FileOperator]


class TfliteFile:
    """One file."""

    def __init__(self, data: Sequence[int]) -> None:
        self._buffer = Buffer(data)
        root = self._buffer.root()
        self.description = root.text(3)
        self._names = [_operator_name(code) for code in root.tables(1)]
        self._stored = root.tables(4)
        self.plans_offsets = any(table.text(0) == _OFFSETS for table in root.tables(6))
        """Whether the file itself says where in memory each tensor is."""
        self.subgraphs = [self._subgraph(table) for table in root.tables(2)]
        if not self.subgraphs:
            raise BrokenModel("it has no graph")

    def _subgraph(self, table: BufferTable) -> Subgraph:
        tensors = [_tensor(one) for one in table.tables(0)]
        operators = [self._operator(one) for one in table.tables(3)]
        subgraph = Subgraph(tensors, table.numbers(1), table.numbers(2), operators)
        used = [subgraph.inputs, subgraph.outputs, *(index for one in operators for index in (one.inputs, one.outputs))]
        if any(not -1 <= tensor < len(tensors) for indices in used for tensor in indices):
            raise BrokenModel(f"an operator takes a tensor that is not among the {len(tensors):,}")
        return subgraph

    def _operator(self, table: BufferTable) -> FileOperator:
        code = table.number(0, signed=False)
        if code >= len(self._names):
            raise BrokenModel(f"an operator of number {code:,}, and there are {len(self._names):,}")
        options = table.table(4) if table.number(3, 0, 1, signed=False) else None
        return FileOperator(self._names[code], table.numbers(1), table.numbers(2), options, table.raw(5))

    def is_stored(self, tensor: FileTensor) -> bool:
        """Return whether the file holds the elements of a tensor."""
        if not 0 < tensor.buffer < len(self._stored):
            return False
        table = self._stored[tensor.buffer]
        return table.vector(0, 1)[1] > 0 or table.number(1, 0, 8, signed=False) > _EXTERNAL

    def values(self, tensor: FileTensor) -> tuple[Number, ...] | None:
        """Return the elements of a stored tensor, where they are few."""
        count, form = prod(tensor.dims), _FORMATS.get(tensor.type)
        if form is None or count > MOST_VALUES:
            return None
        table = self._stored[tensor.buffer]
        start, length = table.vector(0, 1)
        if not length:
            start, length = table.number(1, 0, 8, signed=False), table.number(2, 0, 8, signed=False)
        size = struct.calcsize(f"<{count}{form}")
        return struct.unpack(f"<{count}{form}", self._buffer.bytes(start, size)) if length == size else None


def _operator_name(table: BufferTable) -> str:
    code = max(table.number(0, 0, 1), table.number(3))
    if code == CUSTOM:
        return table.text(1) or "CUSTOM"
    return OPERATOR_NAMES.get(code, f"operator {code}")


def _tensor(table: BufferTable) -> FileTensor:
    quantisation = table.table(4)
    dims = table.numbers(0)
    if any(not 0 <= size < _LARGEST_SIZE for size in dims):
        raise BrokenModel(f"a tensor of {'x'.join(map(str, dims))}")
    return FileTensor(
        table.text(3), dims, table.numbers(7), table.number(1, 0, 1), table.number(2, signed=False), table.flag(5),
        quantisation is not None and quantisation.vector(2, 4)[1] > 0,
    )  # fmt: skip
