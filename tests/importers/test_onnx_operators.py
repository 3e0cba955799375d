"""Operators of ONNX that the writer does not write: what leaves them, by hand, and that moves and joins cost no MACs."""

import struct
from collections.abc import Mapping, Sequence

import pytest

from dsconv_cost.errors import InputError
from dsconv_cost.importers.onnx.operators.elementwise import ELEMENTWISE
from dsconv_cost.importers.onnx.operators.pooling import POOLING_OPERATORS
from tests.importers import onnx_file
from tests.importers.imports import imported
from tests.importers.onnx_file import Attribute

X = [1, 8, 4, 6]
Stored = Mapping[str, Sequence[int] | Sequence[float]]
"""Name -> whole numbers, or floats, in one axis."""


def model(
    operator: str, others: Sequence[str], stored: Stored, output: Sequence[int], attributes: Mapping[str, Attribute], opset: int = 18,
    outputs: Sequence[str] = ("y",),
) -> bytes:  # fmt: skip
    """A file with a Relu on x, and an operator on that and on stored tensors."""
    tensors: list[bytes] = []
    for name, values in stored.items():
        if any(isinstance(value, float) for value in values):
            tensors.append(onnx_file.tensor(name, [len(values)], struct.pack(f"<{len(values)}f", *values)))
        else:
            tensors.append(onnx_file.integers([int(value) for value in values], name))
    nodes = [
        onnx_file.node("Relu", ["x"], ["r"], "relu", {}),
        onnx_file.node(operator, ["r", *others], list(outputs), "op", dict(attributes)),
    ]
    ends = [onnx_file.value_info("x", [*X])], [onnx_file.value_info("y", [*output])]
    return onnx_file.model(nodes, tensors, *ends, opset, "net")


TWO = {
    "Add", "Sub", "Mul", "Div", "Pow", "Max", "Min", "Sum", "Mean", "Mod", "PRelu", "BiasGelu", "Equal", "Greater", "Less",
    "GreaterOrEqual", "LessOrEqual", "And", "Or", "Xor", "BitwiseAnd", "BitwiseOr", "BitwiseXor", "BitShift",
}  # fmt: skip


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_elements_stay_where_they_are(name: str) -> None:
    others = ["r", "r"] if name == "Where" else ["r"] if name in TWO else []
    network = imported(model(name, others, {}, X, {})).network
    assert sorted(network.nodes[-1].output) == [4, 6, 8]
    assert sum(node.counts.macs + node.counts.params for node in network.nodes) == 0


@pytest.mark.parametrize("name", [name for name in POOLING_OPERATORS if name.startswith(("Reduce", "Arg", "Global"))])
def test_reductions(name: str) -> None:
    attributes: dict[str, Attribute] = (
        {} if name.startswith("Global") else {"axis": 2} if name.startswith("Arg") else {"axes": [2, 3]}
    )
    output = [1, 8, 1, 6] if name.startswith("Arg") else [1, 8, 1, 1]
    made = imported(model(name, [], {}, output, attributes, opset=12))
    assert [text for word, text in made.notes if word == "shapes"] == []
    assert sum(node.counts.macs for node in made.network.nodes) == 0


MOVES: dict[str, tuple[str, Stored, Sequence[int], Mapping[str, Attribute]]] = {
    "a shape": ("Reshape", {"s": [1, 8, 24]}, [1, 8, 24], {}),
    "a shape with a kept axis": ("Reshape", {"s": [0, -1]}, [1, 192], {}),
    "flat": ("Flatten", {}, [1, 192], {"axis": 1}),
    "flat from the end": ("Flatten", {}, [32, 6], {"axis": -1}),
    "an axis of 1 more": ("Unsqueeze", {"a": [0, -1]}, [1, 1, 8, 4, 6, 1], {}),
    "axes of 1 that go": ("Squeeze", {"a": [0]}, [8, 4, 6], {}),
    "an order": ("Transpose", {}, [1, 4, 6, 8], {"perm": [0, 2, 3, 1]}),
    "the order backwards": ("Transpose", {}, [6, 4, 8, 1], {}),
    "a slice": ("Slice", {"b": [1, 0], "e": [3, 100], "a": [2, 3], "s": [1, 2]}, [1, 8, 2, 3], {}),
    "a slice backwards": ("Slice", {"b": [-1], "e": [-100], "a": [3], "s": [-1]}, X, {}),
    "elements by indices": ("Gather", {"i": [0, 2]}, [1, 2, 4, 6], {"axis": 1}),
    "zeros around": ("Pad", {"p": [0, 0, 1, 2, 0, 0, 1, 0]}, [1, 8, 6, 8], {}),
    "repeats": ("Tile", {"t": [1, 2, 1, 1]}, [1, 16, 4, 6], {}),
    "repeats along axes of 1": ("Expand", {"s": [1, 8, 4, 6]}, X, {}),
    "squares to channels": ("SpaceToDepth", {}, [1, 32, 2, 3], {"blocksize": 2}),
    "channels to squares": ("DepthToSpace", {}, [1, 2, 8, 12], {"blocksize": 2}),
    "running sums": ("CumSum", {"a": [1]}, X, {}),
    "one half": ("Trilu", {}, X, {"upper": 1}),
    "a type": ("Cast", {}, X, {"to": 10}),
    "dropped in training": ("Dropout", {}, X, {}),
    "normalised": ("LpNormalization", {}, X, {"axis": 1}),
    "mean and variance": ("MeanVarianceNormalization", {}, X, {}),
    "neighbouring channels": ("LRN", {}, X, {"size": 5}),
}  # fmt: skip


@pytest.mark.parametrize(("operator", "stored", "output", "attributes"), MOVES.values(), ids=MOVES)
def test_moves(operator: str, stored: Stored, output: Sequence[int], attributes: Mapping[str, Attribute]) -> None:
    made = imported(model(operator, list(stored), stored, output, attributes))
    assert [text for word, text in made.notes if word == "shapes"] == []  # the file states what the operator gives
    assert sum(node.counts.macs + node.counts.params for node in made.network.nodes) == 0


def test_sizes_by_factors_and_by_numbers() -> None:
    for stored, others in (({"f": [1.0, 1.0, 2.0, 0.5]}, ["", "f"]), ({"s": [1, 8, 8, 3]}, ["", "", "s"])):
        made = imported(model("Resize", others, stored, [1, 8, 8, 3], {"mode": "linear"}))
        assert [text for word, text in made.notes if word == "shapes"] == []
        assert made.network.nodes[-1].output == (8, 8, 3)


WRONG: dict[str, tuple[str, Stored, Mapping[str, Attribute], str]] = {
    "a shape of other elements": ("Reshape", {"s": [1, 7]}, {}, "cannot reshape 1x8x4x6 to 1x7"),
    "an order of other axes": ("Transpose", {}, {"perm": [0, 1]}, "an order of [0, 1] for 4 axes"),
    "an axis that is not 1": ("Squeeze", {"a": [1]}, {}, "axes [1] of 1x8x4x6 are not all 1"),
    "a step of 0": ("Slice", {"b": [0], "e": [1], "a": [2], "s": [0]}, {}, "a step of 0"),
    "a factor that does not divide": ("SpaceToDepth", {}, {"blocksize": 3}, "factor 3 does not divide"),
    "elements that are looked for": ("NonZero", {}, {}, "NonZero (node op)"),
}  # fmt: skip


@pytest.mark.parametrize(("operator", "stored", "attributes", "message"), WRONG.values(), ids=WRONG)
def test_refused(operator: str, stored: Stored, attributes: Mapping[str, Attribute], message: str) -> None:
    with pytest.raises(InputError) as caught:
        imported(model(operator, list(stored), stored, X, attributes))
    assert message in str(caught.value)
