"""The inputs of an operator of a file, as its reader needs them."""

from collections.abc import Sequence

from dsconv_cost.importers.rules import Dims, RuleError
from dsconv_cost.importers.tensors import Tensor


class OperandCall:
    """An operator with its inputs by position. Its methods raise RuleError for an input that is missing."""

    __slots__ = ("inputs",)

    def __init__(self, inputs: Sequence[Tensor | None]) -> None:
        self.inputs = list(inputs)

    def given(self, index: int) -> Tensor | None:
        """Return an input; None where it is not given."""
        return self.inputs[index] if index < len(self.inputs) else None

    def tensor(self, index: int) -> Tensor:
        """Return an input that must be given."""
        tensor = self.given(index)
        if tensor is None:
            raise RuleError(f"input {index + 1} is missing")
        return tensor

    def dims(self, index: int = 0) -> Dims:
        """Return the sizes of an input."""
        dims = self.tensor(index).dims
        if dims is None:
            raise RuleError(f"the sizes of input {index + 1} are unknown")
        return dims
