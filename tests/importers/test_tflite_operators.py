"""Every operator of TensorFlow Lite that is known: what leaves it, by hand, and that what moves or joins elements costs no MACs."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from dsconv_cost.importers.tflite.operators import TFLITE_OPERATORS
from dsconv_cost.importers.tflite.operators.elementwise import TFLITE_ELEMENTWISE
from tests.importers.tflite_models import imported, one, refused
from tests.importers.tflite_writer import CODES, INT32, Fields, ModelWriter, small, whole

X = [1, 4, 6, 8]
TWO = {
    "ADD", "SUB", "MUL", "DIV", "MAXIMUM", "MINIMUM", "POW", "ADD_N", "SQUARED_DIFFERENCE", "FLOOR_DIV", "FLOOR_MOD", "LESS",
    "LESS_EQUAL", "GREATER", "GREATER_EQUAL", "EQUAL", "NOT_EQUAL", "LOGICAL_AND", "LOGICAL_OR",
}  # fmt: skip


@pytest.mark.parametrize("name", TFLITE_ELEMENTWISE)
def test_elements_stay_where_they_are(name: str) -> None:
    def given(w: ModelWriter) -> list[int]:
        x = w.tensor("x", X)
        if name == "PRELU":
            return [x, w.tensor("slopes", [1, 1, 8], weight=True)]
        return [x, x, x][: 3 if name.startswith("SELECT") else 2 if name in TWO else 1]

    network = imported(one(name, given, X)).network
    assert sorted(network.nodes[-1].output) == [4, 6, 8]
    assert sum(node.counts.macs for node in network.nodes) == 0
    assert sum(node.counts.params for node in network.nodes) == (8 if name == "PRELU" else 0)


def _constant(name: str, *values: int) -> Callable[[ModelWriter], int]:
    return lambda w: w.constant(name, list(values))


def _activated(w: ModelWriter) -> int:
    """An input, and a layer on it: a network of moves alone has none."""
    x, y = w.tensor("x", X), w.tensor("relu", X)
    w.add("RELU", [x], [y])
    return y


Given = Callable[[ModelWriter], int]
MOVES: dict[str, tuple[str, Sequence[Given], Sequence[int], Mapping[int, Any]]] = {
    # what it shows: operator, inputs behind x, what leaves, options
    "the shape of an input": ("RESHAPE", [_constant("s", 1, 24, 8)], [1, 24, 8], {}),
    "the rest of a shape": ("RESHAPE", [_constant("s", 1, -1)], [1, 192], {}),
    "axes of 1 that go": ("SQUEEZE", [], [4, 6, 8], {0: [0]}),
    "every axis of 1": ("SQUEEZE", [], [4, 6, 8], {}),
    "an axis of 1 more": ("EXPAND_DIMS", [_constant("a", -1)], [1, 4, 6, 8, 1], {}),
    "an order": ("TRANSPOSE", [_constant("o", 0, 2, 1, 3)], [1, 6, 4, 8], {}),
    "a slice": ("SLICE", [_constant("b", 0, 1, 0, 0), _constant("n", 1, 2, -1, 8)], [1, 2, 6, 8], {}),
    "a slice of all": ("SLICE", [_constant("b", 0, 0, 0, 0), _constant("n", 1, 4, 6, 8)], X, {}),
    "a strided slice": (
        "STRIDED_SLICE", [_constant("b", 0, 0, 0, 0), _constant("e", 1, 4, 5, 8), _constant("s", 1, 2, 2, 1)], [1, 2, 3, 8],
        {0: whole(0), 1: whole(0)},
    ),
    "open ends": (
        "STRIDED_SLICE", [_constant("b", 9, 1, 9, 9), _constant("e", 9, 3, 9, 9), _constant("s", 1, 1, 1, 1)], [1, 2, 6, 8],
        {0: whole(0b1101), 1: whole(0b1101)},
    ),
    "an axis that goes": (
        "STRIDED_SLICE", [_constant("b", 0, 2, 0, 0), _constant("e", 1, 3, 6, 8), _constant("s", 1, 1, 1, 1)], [1, 6, 8], {4: whole(0b10)},
    ),
    "an axis that is new": (
        "STRIDED_SLICE", [_constant("b", 0, 0), _constant("e", 1, 0), _constant("s", 1, 1)], [1, 1, 4, 6, 8], {3: whole(0b10)},
    ),
    "all axes between": (
        "STRIDED_SLICE", [_constant("b", 0, 0, 2), _constant("e", 1, 0, 6), _constant("s", 1, 1, 1)], [1, 4, 6, 4], {2: whole(0b10)},
    ),
    "elements by indices": ("GATHER", [_constant("i", 0, 2)], [1, 4, 2, 8], {0: whole(2)}),
    "zeros around": ("PAD", [_constant("p", 0, 0, 1, 2, 0, 1, 0, 0)], [1, 7, 7, 8], {}),
    "channels of zeros": ("PADV2", [_constant("p", 0, 0, 0, 0, 0, 0, 0, 4)], [1, 4, 6, 12], {}),
    "a mirror": ("MIRROR_PAD", [_constant("p", 0, 0, 1, 1, 1, 1, 0, 0)], [1, 6, 8, 8], {}),
    "bilinear": ("RESIZE_BILINEAR", [_constant("s", 8, 12)], [1, 8, 12, 8], {}),
    "nearest": ("RESIZE_NEAREST_NEIGHBOR", [_constant("s", 2, 3)], [1, 2, 3, 8], {}),
    "squares to channels": ("SPACE_TO_DEPTH", [], [1, 2, 3, 32], {0: whole(2)}),
    "channels to squares": ("DEPTH_TO_SPACE", [], [1, 8, 12, 2], {0: whole(2)}),
    "repeats": ("TILE", [_constant("t", 1, 2, 1, 3)], [1, 8, 6, 24], {}),
    "repeats along axes of 1": ("BROADCAST_TO", [_constant("s", 1, 4, 6, 8)], X, {}),
    "backwards": ("REVERSE_V2", [_constant("a", 2)], X, {}),
    "running sums": ("CUMSUM", [_constant("a", 1)], X, {}),
    "a type": ("CAST", [], X, {0: small(0), 1: small(2)}),
    "rounded": ("FAKE_QUANT", [], X, {}),
    "a mean": ("MEAN", [_constant("a", 1, 2)], [1, 8], {0: small(0)}),
    "a maximum that keeps its axes": ("REDUCE_MAX", [_constant("a", 1, 2)], [1, 1, 1, 8], {0: small(1)}),
    "the largest of": ("ARG_MAX", [_constant("a", 3)], [1, 4, 6], {}),
}  # fmt: skip


@pytest.mark.parametrize(("name", "others", "output", "options"), MOVES.values(), ids=MOVES)
def test_moves_and_reductions(
    name: str, others: Sequence[Given], output: Sequence[int], options: Mapping[int, Any]
) -> None:
    model = imported(one(name, lambda w: [_activated(w), *[other(w) for other in others]], output, options=options))
    assert [text for word, text in model.notes if word == "shapes"] == []  # the file states what the operator gives
    assert sum(node.counts.macs + node.counts.params for node in model.network.nodes) == 0


PARTS: dict[str, tuple[Sequence[Given], int, Sequence[int], Mapping[int, Any]]] = {
    # inputs (None is x), how many parts, the sizes of each, options
    "SPLIT": ([_constant("axis", 3)], 2, [1, 4, 6, 4], {0: whole(2)}),
    "SPLIT_V": ([_constant("sizes", 2, -1, 2), _constant("axis", 1)], 3, [], {0: whole(3)}),
    "UNPACK": ([], 4, [1, 6, 8], {0: whole(4), 1: whole(1)}),
}


@pytest.mark.parametrize("name", PARTS)
def test_parts_are_joined_again(name: str) -> None:
    others, count, dims, options = PARTS[name]
    w = ModelWriter()
    x = w.tensor("x", X)
    given = [other(w) for other in others]
    inputs = [*given, x] if name == "SPLIT" else [x, *given]
    sizes = [dims] * count if dims else [[1, 2, 6, 8], [1, 0, 6, 8], [1, 2, 6, 8]]
    parts = [w.tensor(f"part{at}", size) for at, size in enumerate(sizes)]
    w.add(name, inputs, parts, options)
    if name == "UNPACK":
        y = w.tensor("y", [1, 4, 6, 8])
        w.add("PACK", parts, [y], {0: whole(4), 1: whole(1)})
    else:
        y = w.tensor("y", X)
        w.add("CONCATENATION", parts, [y], {0: whole(3 if name == "SPLIT" else 1), 1: small(0)})
    model = imported(w.bytes([x], [y]))
    assert sorted(model.network.nodes[-1].output) == [4, 6, 8]


def test_made_of_sizes() -> None:
    """Constants that are made of sizes and added to a map cost nothing and are not learned."""
    w = ModelWriter()
    x = w.tensor("x", X)
    shape = w.tensor("shape", [4], INT32)
    w.add("SHAPE", [x], [shape])
    filled = w.tensor("filled", X)
    w.add("FILL", [shape, w.tensor("half", [], 0, [0])], [filled])
    zeros = w.tensor("zeros", X)
    w.add("ZEROS_LIKE", [x], [zeros])
    rank = w.tensor("rank", [], INT32)
    w.add("RANK", [x], [rank])
    steps = w.tensor("steps", [4], INT32)
    w.add("RANGE", [w.tensor("a", [], INT32, [0]), rank, w.tensor("b", [], INT32, [1])], [steps])
    order = w.tensor("order", X)
    w.add("TRANSPOSE", [x, steps], [order])
    a, y = w.tensor("sum", X), w.tensor("y", X)
    w.add("ADD", [order, filled], [a], {0: small(1)})
    w.add("ADD", [a, zeros], [y], {0: small(0)})
    network = imported(w.bytes([x], [y])).network
    assert sum(node.counts.macs + node.counts.params for node in network.nodes) == 0
    assert sorted(network.nodes[-1].output) == [4, 6, 8]


def test_an_lstm_of_a_sequence() -> None:
    def given(w: ModelWriter) -> list[int]:
        x = w.tensor("x", [1, 10, 5])
        inputs = [w.tensor(f"w{at}", [6, 5], weight=True) for at in range(4)]
        states = [w.tensor(f"r{at}", [6, 6], weight=True) for at in range(4)]
        biases = [w.tensor(f"b{at}", [6], weight=True) for at in range(4)]
        return [x, *inputs, *states, -1, -1, -1, *biases, -1, -1]

    network = imported(
        one("UNIDIRECTIONAL_SEQUENCE_LSTM", given, [1, 10, 6], options={0: small(4), 3: small(0)})
    ).network
    assert sum(node.counts.macs for node in network.nodes) == 10 * 4 * 6 * (5 + 6)
    assert sum(node.counts.params for node in network.nodes) == 4 * 6 * (5 + 6 + 1)


def test_an_embedding_of_indices() -> None:
    def given(w: ModelWriter) -> list[int]:
        return [w.tensor("x", [7], INT32), w.tensor("table", [100, 8], weight=True)]

    network = imported(one("EMBEDDING_LOOKUP", given, [7, 8])).network
    assert sum(node.counts.params for node in network.nodes) == 800


def test_a_convolution_in_three_dimensions() -> None:
    def given(w: ModelWriter) -> list[int]:
        return [w.tensor("x", [1, 5, 6, 6, 3]), w.tensor("k", [2, 3, 3, 3, 4], weight=True), -1]

    options = {0: small(1), 1: whole(1), 2: whole(1), 3: whole(1), 4: small(0)}
    network = imported(one("CONV_3D", given, [1, 4, 4, 4, 4], options=options)).network
    assert sum(node.counts.macs for node in network.nodes) == 64 * 18 * 3 * 4


def test_pools() -> None:
    for name in ("MAX_POOL_2D", "AVERAGE_POOL_2D"):
        options = {0: small(1), 1: whole(2), 2: whole(2), 3: whole(2), 4: whole(2), 5: small(1)}
        network = imported(one(name, lambda w: [w.tensor("x", X)], [1, 2, 3, 8], options=options)).network
        assert network.nodes[0].output == (8, 2, 3)
        assert network.nodes[-1].layer.type == "relu"


WRONG: dict[str, tuple[str, Callable[[ModelWriter], list[int]], Mapping[int, Any], str]] = {
    "a shape of other elements": ("RESHAPE", lambda w: [w.tensor("x", X), w.constant("s", [1, 7])], {}, "cannot reshape 1x4x6x8 to 1x7"),
    "a shape that is data": ("RESHAPE", lambda w: [w.tensor("x", X), w.tensor("s", [2], INT32)], {}, "nothing makes the tensor s"),
    "an axis that is not 1": ("SQUEEZE", lambda w: [w.tensor("x", X)], {0: [1]}, "axes [1] of 1x4x6x8 are not all 1"),
    "pads of other axes": ("PAD", lambda w: [w.tensor("x", X), w.constant("p", [1, 1])], {}, "2 pads for 4 axes"),
    "a padding of another number": (
        "CONV_2D", lambda w: [w.tensor("x", X), w.tensor("k", [4, 3, 3, 8], weight=True), -1], {0: small(7)}, "a padding of number 7",
    ),
    "an activation of another number": (
        "ADD", lambda w: [w.tensor("x", X), w.tensor("b", [8], weight=True)], {0: small(9)}, "a fused activation of number 9",
    ),
    "a weight of other channels": (
        "CONV_2D", lambda w: [w.tensor("x", X), w.tensor("k", [4, 3, 3, 5], weight=True), -1], {0: small(0)}, "a weight for 5 channels",
    ),
    "indices for each of some axes": (
        "GATHER", lambda w: [w.tensor("x", X), w.constant("i", [0])], {0: whole(1), 1: whole(1)}, "indices of their own",
    ),
    "a loop": ("WHILE", lambda w: [w.tensor("x", X)], {0: whole(1), 1: whole(2)}, "a loop whose number of rounds"),
    "parts that were not cut": (
        "BATCH_TO_SPACE_ND", lambda w: [w.tensor("x", X), w.constant("b", [2, 2]), w.constant("c", [0] * 4)], {}, "no map was cut",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("name", "given", "options", "message"), WRONG.values(), ids=WRONG)
def test_refused(
    name: str, given: Callable[[ModelWriter], list[int]], options: Mapping[int, Any], message: str
) -> None:
    assert message in "; ".join(refused(one(name, given, X, options=options)))


def test_the_operators_of_the_table_have_names_of_the_schema() -> None:
    assert set(TFLITE_OPERATORS) - set(CODES) == {"Convolution2DTransposeBias"}
    assert len(TFLITE_OPERATORS) > 95
    assert Fields({}).fields == {}
