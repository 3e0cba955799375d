"""One operator of a TensorFlow Lite file, with its inputs as tensors: what the functions for the operators read and add to."""

import struct
from collections.abc import Sequence
from typing import Any

from dsconv_cost.importers.folding import Number
from dsconv_cost.importers.operands import OperandCall
from dsconv_cost.importers.rules import Dims, RuleError
from dsconv_cost.importers.tensors import Tensor, TensorGraph
from dsconv_cost.importers.tflite.schema import FileOperator

_ACTIVATIONS = {1: "relu", 2: "hardtanh", 3: "relu6", 4: "tanh"}
SAME_PADDING, VALID_PADDING = 0, 1


class TfliteCall(OperandCall):
    """An operator with its inputs. Its methods raise RuleError for what the operator lacks."""

    __slots__ = ("_names", "file_operator", "graph", "name", "operator", "stated")

    def __init__(
        self, graph: TensorGraph, operator: FileOperator, inputs: Sequence[Tensor | None], name: str, names: Sequence[str],
        stated: Sequence[Dims],
    ) -> None:  # fmt: skip
        self.graph = graph
        self.file_operator = operator
        self.operator = operator.name
        super().__init__(inputs)
        self.name = name
        self.stated = list(stated)
        """The sizes that the file states of the outputs."""
        self._names = list(names)

    # -- inputs and options ---------------------------------------------------------------------

    def whole(self, index: int, what: str) -> tuple[int, ...]:
        """Return the elements of an input as whole numbers. Raises RuleError where they are not known."""
        tensor = self.tensor(index)
        if tensor.values is None:
            raise RuleError(f"{what} {'is computed from data' if tensor.is_data else 'is not in the file'}")
        return tuple(int(value) for value in tensor.values)

    def option(self, index: int, default: int = 0, size: int = 4) -> int:
        """Return an option that is a whole number of so many bytes."""
        options = self.file_operator.options
        return default if options is None else options.number(index, default, size)

    def flag(self, index: int) -> bool:
        return bool(self.option(index, 0, 1))

    def custom_numbers(self, count: int) -> tuple[int, ...]:
        """Return the first numbers of a custom operator's options, which are a structure of 4-byte numbers."""
        if len(self.file_operator.custom) < 4 * count:
            raise RuleError(f"its options are {len(self.file_operator.custom)} bytes long")
        return struct.unpack_from(f"<{count}i", self.file_operator.custom)

    # -- what it adds ---------------------------------------------------------------------------

    def add(self, kind: str, inputs: Sequence[Tensor | None], **attributes: Any) -> list[Tensor]:
        """Add an operation that makes the operator's outputs."""
        return self.graph.add(kind, inputs, attributes, self.name, self.operator, self._names)

    def step(self, kind: str, inputs: Sequence[Tensor | None], **attributes: Any) -> Tensor:
        """Add an operation on the way to the outputs and return what it makes."""
        return self.graph.add(kind, inputs, attributes, self.name, self.operator)[0]

    def fused(self, index: int, kind: str, inputs: Sequence[Tensor | None], **attributes: Any) -> list[Tensor]:
        """Add an operation, and the activation that the option of that number says follows it."""
        code = self.option(index, 0, 1)
        if not code:
            return self.add(kind, inputs, **attributes)
        if code not in _ACTIVATIONS:
            raise RuleError(f"a fused activation of number {code}")
        return self.add("activation", [self.step(kind, inputs, **attributes)], function=_ACTIVATIONS[code])

    def reshaped(self, tensor: Tensor, shape: Sequence[int]) -> Tensor:
        """Return a tensor in another shape, the same one where it has it."""
        return tensor if tensor.dims == tuple(shape) else self.step("reshape", [tensor], shape=tuple(shape))

    def constant(self, dims: Dims, values: tuple[Number, ...] | None, is_float: bool = False) -> list[Tensor]:
        return [self.graph.constant(dims, values, is_float)]

    def pads(self, code: int) -> Any:
        """Return `same` or no pads for the sides of the input."""
        if code not in (SAME_PADDING, VALID_PADDING):
            raise RuleError(f"a padding of number {code}")
        return "same" if code == SAME_PADDING else ((0, 0),) * (len(self.dims()) - 2)
