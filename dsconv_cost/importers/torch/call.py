"""One call of an ATen operator: its arguments by name, tensors among them as tensors of the graph."""

from collections.abc import Mapping, Sequence
from typing import Any

from dsconv_cost.importers.folding import Number
from dsconv_cost.importers.rules import Dims, RuleError
from dsconv_cost.importers.tensors import Tensor, TensorGraph


class AtenCall:
    """A call. Its methods raise RuleError for what the operator lacks."""

    __slots__ = ("arguments", "graph", "name", "operator", "sizes")

    def __init__(
        self, graph: TensorGraph, operator: str, arguments: Mapping[str, Any], sizes: Sequence[Dims], name: str
    ) -> None:
        self.graph = graph
        self.operator = operator
        """Its name in ATen, without its overload."""
        self.arguments = arguments
        self.sizes = list(sizes)
        """The sizes of its outputs, as PyTorch has them."""
        self.name = name

    def __getitem__(self, argument: str) -> Any:
        return self.arguments.get(argument)

    def tensor(self, *names: str) -> Tensor:
        """Return the first of these arguments that is given; a number is a constant."""
        for name in names:
            value = self.arguments.get(name)
            if isinstance(value, Tensor):
                return value
            if isinstance(value, (int, float)):
                return self.constant((), (value,), isinstance(value, float))
        raise RuleError(f"its {names[0]} is missing")

    def optional(self, name: str) -> Tensor | None:
        value = self.arguments.get(name)
        return value if isinstance(value, Tensor) else None

    def dims(self, *names: str) -> Dims:
        dims = self.tensor(*names).dims
        if dims is None:
            raise RuleError("the sizes of its input are unknown")
        return dims

    @property
    def x(self) -> Tensor:
        return self.tensor("self", "input")

    def axis(self, name: str, rank: int | None = None) -> int:
        """Return an axis counted from the start."""
        count = len(self.dims("self", "input")) if rank is None else rank
        axis: int = self.arguments[name]
        return axis % count if count else 0

    def per_side(self, name: str, sides: int) -> tuple[int, ...]:
        value = self.arguments.get(name)
        if isinstance(value, int):
            return (value,) * sides
        values = tuple(value or ())
        return values * sides if len(values) == 1 else values

    def add(self, kind: str, inputs: Sequence[Tensor | None], **attributes: Any) -> list[Tensor]:
        return self.graph.add(kind, inputs, attributes, self.name, self.operator)

    def step(self, kind: str, inputs: Sequence[Tensor | None], **attributes: Any) -> Tensor:
        return self.add(kind, inputs, **attributes)[0]

    def constant(self, dims: Dims, values: tuple[Number, ...] | None, is_float: bool = True) -> Tensor:
        return self.graph.constant(dims, values, is_float)

    def reshaped(self, tensor: Tensor, shape: Dims) -> Tensor:
        return tensor if tensor.dims == shape else self.step("reshape", [tensor], shape=shape)
