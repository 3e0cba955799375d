"""One node as the operators see it: its inputs as tensors, its attributes, and what they add to the graph."""

from collections.abc import Sequence
from typing import Any

from dsconv_cost.importers.folding import Number
from dsconv_cost.importers.onnx.proto import OnnxNode
from dsconv_cost.importers.operands import OperandCall
from dsconv_cost.importers.rules import Attributes, Dims, RuleError
from dsconv_cost.importers.tensors import Tensor, TensorGraph


class Call(OperandCall):
    """A node with its inputs. Its methods raise RuleError for what the node lacks."""

    __slots__ = ("attributes", "graph", "name", "node", "operator", "opset", "weights_in_nodes")

    def __init__(
        self, graph: TensorGraph, node: OnnxNode, inputs: Sequence[Tensor | None], attributes: Attributes, opset: int, name: str,
        weights_in_nodes: bool = False,
    ) -> None:  # fmt: skip
        self.graph = graph
        self.node = node
        super().__init__(inputs)
        self.attributes = attributes
        self.opset = opset
        self.name = name
        self.operator = node.operator
        self.weights_in_nodes = weights_in_nodes
        """Whether constant nodes hold the weights, as some exporters write it."""

    # -- inputs and attributes ------------------------------------------------------------------

    def values(self, index: int, what: str) -> tuple[Number, ...] | None:
        """Return the elements of an input; None where it is not given. Raises RuleError where they are not known."""
        tensor = self.given(index)
        if tensor is None:
            return None
        if tensor.values is None:
            raise RuleError(f"{what}: {'computed from data' if tensor.is_data else 'not in the file'}")
        return tensor.values

    def whole(self, index: int, what: str) -> tuple[int, ...] | None:
        """Return the elements of an input as whole numbers."""
        values = self.values(index, what)
        return None if values is None else tuple(int(value) for value in values)

    def integers(self, name: str, default: Sequence[int] | None = None) -> tuple[int, ...]:
        """Return an attribute that is a list of whole numbers."""
        value = self.attributes.get(name, default)
        if not isinstance(value, (tuple, list)) or not all(type(v) is int for v in value):
            raise RuleError(f"{name} is missing" if value is None else f"{name} is not a list of whole numbers")
        return tuple(value)

    def integer(self, name: str, default: int | None = None) -> int:
        """Return an attribute that is a whole number."""
        value = self.attributes.get(name, default)
        if type(value) is not int:
            raise RuleError(f"{name} is missing" if value is None else f"{name} is not a whole number")
        return value

    def text(self, name: str, default: str) -> str:
        value = self.attributes.get(name, default)
        return value if isinstance(value, str) else default

    def number(self, name: str) -> float | None:
        value = self.attributes.get(name)
        return value if isinstance(value, (int, float)) else None

    def axes(self, at: int, since: int) -> tuple[int, ...] | None:
        """Return axes, which are an attribute and since an operator set input `at`; None where they are not given."""
        if "axes" in self.attributes:
            return self.integers("axes")
        return self.whole(at, "its axes") if self.opset >= since or self.given(at) is not None else None

    # -- what it adds ---------------------------------------------------------------------------

    def add(self, kind: str, inputs: Sequence[Tensor | None], **attributes: Any) -> list[Tensor]:
        """Add an operation that makes the node's outputs."""
        return self.graph.add(kind, inputs, attributes, self.name, self.operator, self.node.outputs)

    def step(self, kind: str, inputs: Sequence[Tensor | None], **attributes: Any) -> Tensor:
        """Add an operation on the way to the node's outputs and return what it makes."""
        return self.graph.add(kind, inputs, attributes, self.name, self.operator)[0]

    def constant(self, dims: Dims, values: tuple[Number, ...] | None, is_float: bool = False) -> list[Tensor]:
        return [self.graph.constant(dims, values, is_float)]
