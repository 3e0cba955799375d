"""The graph of tensors: the sizes of every kind, what folds, and what an operation that does not suit leaves behind."""

from typing import Any

import pytest

from dsconv_cost.importers.kinds import NEUTRAL_KINDS
from dsconv_cost.importers.move_rules import MOVE_RULES
from dsconv_cost.importers.rules import RULES, Dims
from dsconv_cost.importers.tensors import TensorGraph

CONV: dict[str, Any] = {"out_channels": 8, "kernel": (3, 3), "stride": (2, 2), "pads": ((1, 1), (1, 1))}
POOL: dict[str, Any] = {"kernel": (3, 3), "stride": (2, 2), "pads": ((0, 0), (0, 0))}

SIZES: list[tuple[str, list[Dims], dict[str, Any], list[Dims]]] = [
    ("conv", [(1, 3, 9, 8)], CONV, [(1, 8, 5, 4)]),  # (9 + 2 - 3) // 2 + 1 = 5, (8 + 2 - 3) // 2 + 1 = 4
    ("conv", [(1, 9, 8, 3)], {**CONV, "channels": -1}, [(1, 5, 4, 8)]),
    ("conv", [(1, 3, 9, 8)], {**CONV, "pads": "same"}, [(1, 8, 5, 4)]),
    ("conv", [(1, 4, 20)], {"out_channels": 6, "kernel": (5,), "stride": (1,), "dilation": (2,), "pads": ((0, 0),), "groups": 2},
     [(1, 6, 12)]),  # 20 - 2 * 4 = 12
    ("conv", [(1, 3, 4, 8, 8)], {"out_channels": 2, "kernel": (3, 1, 1), "stride": (1, 1, 1), "pads": ((1, 1), (0, 0), (0, 0))},
     [(1, 2, 4, 8, 8)]),
    ("conv_transpose", [(1, 4, 5, 5)], {**CONV, "pads": ((1, 1), (1, 1)), "output_padding": (1, 1)}, [(1, 8, 10, 10)]),
    ("conv_transpose", [(1, 5, 5, 4)], {**CONV, "pads": "same", "channels": -1}, [(1, 10, 10, 8)]),
    ("linear", [(1, 7, 5)], {"out_features": 9}, [(1, 7, 9)]),
    ("linear", [(1, 5, 7)], {"out_features": 9, "axis": 1}, [(1, 9, 7)]),
    ("rnn", [(20, 1, 6)], {"cell": "gru", "hidden": 4, "directions": 2}, [(20, 2, 1, 4), (2, 1, 4), (2, 1, 4)]),
    ("rnn", [(1, 20, 6)], {"cell": "lstm", "hidden": 4, "time_axis": 1, "layout": "joined", "last": True},
     [(1, 4), (1, 1, 4), (1, 1, 4)]),
    ("embedding", [(1, 12), (100, 16)], {}, [(1, 12, 16)]),
    ("matmul", [(1, 8, 10, 4), (1, 8, 4, 12)], {}, [(1, 8, 10, 12)]),
    ("matmul", [(8, 10, 4), (4,)], {}, [(8, 10)]),
    ("matmul", [(1, 10, 4), (3, 12, 4)], {"transpose_b": True}, [(3, 10, 12)]),
    ("einsum", [(1, 8, 10, 4), (1, 12, 8, 4)], {"equation": "bhqd,bkhd->bhqk"}, [(1, 8, 10, 12)]),
    ("einsum", [(2, 5, 3), (3, 7)], {"equation": "...i,ij->...j"}, [(2, 5, 7)]),
    ("einsum", [(5, 3), (3, 7)], {"equation": "ki,ij"}, [(7, 5)]),  # without an arrow: free letters in order, j before k
    ("attention", [(1, 8, 10, 4), (1, 8, 12, 4), (1, 8, 12, 6)], {}, [(1, 8, 10, 6)]),
    ("batchnorm", [(1, 4, 5, 5)], {}, [(1, 4, 5, 5)]),
    ("groupnorm", [(1, 4, 5, 5)], {"groups": 2}, [(1, 4, 5, 5)]),
    ("add", [(1, 4, 5, 5), (4, 1, 1)], {}, [(1, 4, 5, 5)]),
    ("maxpool", [(1, 4, 8, 8)], POOL, [(1, 4, 3, 3)]),
    ("maxpool", [(1, 4, 8, 8)], {**POOL, "ceil_mode": True}, [(1, 4, 4, 4)]),
    ("avgpool", [(1, 8, 8, 4)], {**POOL, "channels": -1}, [(1, 3, 3, 4)]),
    ("reduce", [(1, 4, 5, 6)], {"function": "mean", "axes": (2, -1)}, [(1, 4, 1, 1)]),
    ("reduce", [(1, 4, 5, 6)], {"function": "mean", "axes": (2, 3), "keep": False}, [(1, 4)]),
    ("reshape", [(1, 4, 5, 6)], {"shape": (1, -1, 30)}, [(1, 4, 30)]),
    ("transpose", [(1, 4, 5, 6)], {"order": (0, 2, 3, 1)}, [(1, 5, 6, 4)]),
    ("concat", [(1, 4, 5), (1, 3, 5)], {"axis": 1}, [(1, 7, 5)]),
    ("split", [(1, 7, 5)], {"axis": 1, "sizes": (4, 3)}, [(1, 4, 5), (1, 3, 5)]),
    ("slice", [(1, 7, 5)], {"parts": ((1, 1, 7, 2), (2, 4, -1, -1))}, [(1, 3, 5)]),
    ("gather", [(1, 7, 5), (2, 2)], {"axis": 1}, [(1, 2, 2, 5)]),
    ("pad", [(1, 4, 5)], {"pads": ((0, 0), (1, 2), (-1, 0))}, [(1, 7, 4)]),
    ("resize", [(1, 4, 5, 5)], {"sizes": (1, 4, 10, 10)}, [(1, 4, 10, 10)]),
    ("expand", [(1, 4, 1)], {"shape": (2, 1, 6)}, [(2, 4, 6)]),
    ("tile", [(4, 2)], {"repeats": (1, 2, 3)}, [(1, 8, 6)]),
    ("space_to_depth", [(1, 3, 8, 6)], {"factor": 2}, [(1, 12, 4, 3)]),
    ("depth_to_space", [(1, 4, 3, 12)], {"factor": 2, "channels": -1}, [(1, 8, 6, 3)]),
    ("channel_shuffle", [(1, 6, 3, 3)], {"groups": 3}, [(1, 6, 3, 3)]),
    ("gather_elements", [(5, 3), (2, 3)], {}, [(2, 3)]),
    ("gather_nd", [(4, 5, 6), (7, 2)], {}, [(7, 6)]),
    ("top_k", [(1, 9)], {"count": 3}, [(1, 3), (1, 3)]),
    ("one_hot", [(1, 9)], {"depth": 4}, [(1, 9, 4)]),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "inputs", "attributes", "outputs"), SIZES)
def test_sizes(kind: str, inputs: list[Dims], attributes: dict[str, Any], outputs: list[Dims]) -> None:
    graph = TensorGraph("net", "test")
    made = graph.add(kind, [graph.add_input(f"x{i}", dims) for i, dims in enumerate(inputs)], attributes)
    assert graph.unknown == []
    assert [tensor.dims for tensor in made] == outputs


def test_every_kind_has_a_rule() -> None:
    assert {*RULES, *MOVE_RULES} == NEUTRAL_KINDS.keys() - {"free"}


UNSUITABLE: list[tuple[str, list[Dims], dict[str, Any], str]] = [
    ("conv", [(1, 3, 9, 8)], {**CONV, "groups": 2}, "2 groups do not divide 3 and 8 channels"),
    ("conv", [(1, 3, 2, 2)], {**CONV, "pads": ((0, 0), (0, 0))}, "a kernel of 3 does not fit 2 + 0 of padding"),
    ("conv", [(1, 3, 9)], CONV, "a kernel of 2 sides on a tensor with 1"),
    ("matmul", [(4, 3), (4, 3)], {}, "a product over 3 and 4 elements"),
    ("add", [(4, 3), (4, 2)], {}, "sizes 4x3 and 4x2 do not go together"),
    ("concat", [(1, 4, 5), (1, 4, 6)], {"axis": 1}, "cannot concatenate 1x4x5, 1x4x6 along axis 1"),
    ("reshape", [(1, 4, 5)], {"shape": (3, -1)}, "cannot reshape 1x4x5 to 3x-1"),
    ("transpose", [(1, 4)], {"order": (0, 0)}, "an order of [0, 0] for 2 axes"),
    ("reduce", [(1, 4)], {"axes": (2,)}, "axis 2 of a tensor with 2 axes"),
    ("split", [(1, 4)], {"axis": 1, "sizes": (3, 3)}, "parts of [3, 3] of an axis of 4"),
]


@pytest.mark.parametrize(("kind", "inputs", "attributes", "reason"), UNSUITABLE)
def test_what_does_not_suit_is_noted_with_its_reason(
    kind: str, inputs: list[Dims], attributes: dict[str, Any], reason: str
) -> None:
    graph = TensorGraph("net", "test")
    made = graph.add(
        kind, [graph.add_input(f"x{i}", dims) for i, dims in enumerate(inputs)], attributes, "the node", "Op"
    )
    assert made[0].dims is None
    assert graph.unknown == [("Op", "the node", reason)]
    after = graph.add("activation", made, {"function": "relu"})
    assert after[0].dims is None
    assert len(graph.unknown) == 1, "what follows from it is not reported again"


FOLDS: list[tuple[str, list[tuple[Dims, tuple[int | float, ...]]], dict[str, Any], list[tuple[int | float, ...]]]] = [
    ("add", [((2,), (1, 2)), ((), (10,))], {}, [(11, 12)]),
    ("divide", [((3,), (7, -7, 8)), ((3,), (2, 2, -3))], {}, [(3, -3, -2)]),
    ("gather", [((4,), (5, 6, 7, 8)), ((2,), (-1, 0))], {"axis": 0}, [(8, 5)]),
    ("concat", [((2, 1), (1, 2)), ((2, 2), (3, 4, 5, 6))], {"axis": 1}, [(1, 3, 4, 2, 5, 6)]),
    ("slice", [((2, 3), (1, 2, 3, 4, 5, 6))], {"parts": ((1, 2, -1, -1),)}, [(3, 2, 1, 6, 5, 4)]),
    ("split", [((2, 3), (1, 2, 3, 4, 5, 6))], {"axis": 1, "sizes": (1, 2)}, [(1, 4), (2, 3, 5, 6)]),
    ("transpose", [((2, 3), (1, 2, 3, 4, 5, 6))], {"order": (1, 0)}, [(1, 4, 2, 5, 3, 6)]),
    ("reduce", [((2, 3), (1, 2, 3, 4, 5, 6))], {"function": "prod", "axes": (1,)}, [(6, 120)]),
    ("expand", [((2, 1), (1, 2))], {"shape": (2, 3)}, [(1, 1, 1, 2, 2, 2)]),
    ("tile", [((2,), (1, 2))], {"repeats": (2,)}, [(1, 2, 1, 2)]),
    ("compare", [((2,), (1, 2)), ((), (1,))], {"function": "equal"}, [(True, False)]),
    ("where", [((2,), (True, False)), ((), (1,)), ((), (9,))], {}, [(1, 9)]),
    ("cast", [((2,), (1.7, -1.7))], {"is_float": False}, [(1, -1)]),
    ("function", [((1,), (9.0,))], {"function": "sqrt"}, [(3.0,)]),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "constants", "attributes", "expected"), FOLDS)
def test_constants_fold(
    kind: str,
    constants: list[tuple[Dims, tuple[int | float, ...]]],
    attributes: dict[str, Any],
    expected: list[tuple[int | float, ...]],
) -> None:
    graph = TensorGraph("net", "test")
    inputs = [graph.constant(dims, values, any(isinstance(v, float) for v in values)) for dims, values in constants]
    made = graph.add(kind, inputs, attributes)
    assert [tensor.values for tensor in made] == expected
    assert graph.operations == []


def test_a_division_by_zero_has_no_values_but_its_size() -> None:
    graph = TensorGraph("net", "test")
    (made,) = graph.add("divide", [graph.constant((2,), (1, 2)), graph.constant((), (0,))])
    assert (made.values, made.dims) == (None, (2,))


def test_a_moved_weight_is_the_same_weight_and_a_part_of_it_another() -> None:
    graph = TensorGraph("net", "test")
    weight = graph.add_stored("w", (6, 4))
    (turned,) = graph.add("transpose", [weight], {"order": (1, 0)})
    query, key = graph.add("split", [weight], {"axis": 0, "sizes": (3, 3)})
    assert turned.key == weight.key
    assert turned.origins == query.origins == (weight,)
    assert len({weight.key, query.key, key.key}) == 3
    assert not turned.is_stored


def test_an_unknown_operator_is_an_error_unless_it_is_free() -> None:
    graph = TensorGraph("net", "test", free=["Fancy"])
    x = graph.add_input("x", (1, 4))
    (made,) = graph.unknown_outputs("com.acme::Other", "n1", [x], ["y"])
    assert made.dims is None
    (made,) = graph.unknown_outputs("Fancy", "n2", [x], ["y"])
    assert made.dims == (1, 4)
    assert [one.operator for one in graph.unknown] == ["com.acme::Other"]
    assert [one.name for one in graph.freed] == ["n2"]


def test_stated_shapes_are_compared() -> None:
    graph = TensorGraph("net", "test")
    x = graph.add_input("x", (1, 16, 4))
    graph.claim(x, ("batch", 16, 4))
    graph.claim(x, (1, 1, 4))
    assert graph.claims == [("x", (1, 1, 4), (1, 16, 4))]
