"""What exporters write out in several operations, taken as the one operation that it means.

Each rule looks at an operation and at those that make its inputs, and gives the operation that stands for them. An idiom that is
missed costs readability alone: its parts have the same MACs.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dsconv_cost.importers.rules import RuleError
from dsconv_cost.importers.tensors import Operation, Tensor, TensorGraph


class Idioms:
    """One pass over a graph's operations."""

    def __init__(self, graph: TensorGraph, operations: Sequence[Operation]) -> None:
        self.graph = graph
        self.operations = operations
        self.takers: dict[int, int] = {}
        self.makers: dict[int, Operation] = {}
        for operation in operations:
            for tensor in operation.inputs:
                if tensor is not None:
                    self.takers[id(tensor)] = self.takers.get(id(tensor), 0) + 1
        for tensor in graph.outputs:
            self.takers[id(tensor)] = self.takers.get(id(tensor), 0) + 1

    def run(self, rules: "Mapping[str, Sequence[Idiom]]") -> list[Operation]:
        """Return the operations with idioms in place of their parts, which nothing takes any longer."""
        result: list[Operation] = []
        for operation in self.operations:
            for rule in rules.get(operation.kind, ()):
                try:
                    replaced = rule(self, operation)
                except RuleError:  # axes that the parts do not have
                    continue
                if replaced is not None:
                    operation = replaced
            result.append(operation)
            for tensor in operation.outputs:
                self.makers[id(tensor)] = operation
        return result

    # -- what rules ask -------------------------------------------------------------------------

    def maker(self, tensor: Tensor | None, kind: str, function: str = "") -> Operation | None:
        """Return the operation of that kind that makes a tensor which nothing else takes."""
        if tensor is None or self.takers.get(id(tensor)) != 1:
            return None
        made = self.makers.get(id(tensor))
        if made is None or made.kind != kind or (function and made.attributes.get("function") != function):
            return None
        return made

    def instead(
        self, last: Operation, parts: Sequence[Operation | None], kind: str, inputs: Sequence[Tensor | None], name: str = "",
        **attributes: Any,
    ) -> Operation:  # fmt: skip
        """Return an operation that stands for `last` and for those parts before it that nothing else needs."""
        for given in inputs:
            if given is not None:
                self.takers[id(given)] = self.takers.get(id(given), 0) + 1
        self._release(last)
        waiting = [part for part in dict.fromkeys(parts) if part is not None and part is not last]
        while dead := [part for part in waiting if not any(self.takers.get(id(t), 0) for t in part.outputs)]:
            for part in dead:
                self._release(part)
                waiting.remove(part)
        return Operation(kind, inputs, last.outputs, attributes, name or last.name, last.operator)

    def _release(self, operation: Operation) -> None:
        """Note that an operation takes its inputs no longer."""
        for tensor in operation.inputs:
            if tensor is not None:
                self.takers[id(tensor)] -= 1


def scalar(tensor: Tensor | None) -> float | None:
    """Return the number that a constant of one element is."""
    if tensor is None or tensor.is_data or tensor.values is None or len(tensor.values) != 1:
        return None
    return float(tensor.values[0])


def is_near(value: float | None, wanted: float) -> bool:
    return value is not None and math.isclose(value, wanted, rel_tol=1e-3, abs_tol=1e-6)


def pair_of(operation: Operation) -> tuple[Tensor, Tensor] | None:
    if len(operation.inputs) != 2 or None in operation.inputs:
        return None
    a, b = operation.inputs
    assert a is not None
    assert b is not None
    return a, b


def with_number(operation: Operation | None) -> tuple[Tensor, float] | None:
    """Return the tensor and the number of a join of both; of a division the number that it multiplies by."""
    pair = pair_of(operation) if operation is not None else None
    if operation is None or pair is None:
        return None
    a, b = pair
    number = scalar(b)
    if number is not None and a.is_data:
        if operation.kind == "divide":
            return (a, 1 / number) if number else None
        return a, number
    number = scalar(a)
    return (b, number) if number is not None and b.is_data and operation.kind in ("add", "multiply") else None


Idiom = Callable[[Idioms, Operation], Operation | None]
"""Gives the operation that stands for one and for those before it; None where it is no such idiom."""
