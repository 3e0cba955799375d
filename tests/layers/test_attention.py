"""Attention against a brute force that walks every position, head and channel, and what it refuses."""

import re
from collections.abc import Sequence
from itertools import product
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsconv_cost.errors import LayerError
from dsconv_cost.layers.attention import Attention
from dsconv_cost.layers.shapes import Shape


class Case(NamedTuple):
    fields: dict[str, Any]
    inputs: Sequence[tuple[int, ...]]
    output: tuple[int, ...]
    macs: int
    weights: int = 0
    biases: int = 0
    scores: int = 0
    summands: int = 0


CASES = {
    "YOLOv10-N at 20 x 20": Case({"heads": 2}, [(64, 20, 20), (64, 20, 20), (128, 20, 20)], (128, 20, 20),
                                 2 * 400 * 400 * (32 + 64), scores=2 * 400 * 400),
    "three in one": Case({"heads": 3}, [(576, 1, 197)], (192, 1, 197), 3 * 197 * 197 * (64 + 64), scores=3 * 197 * 197),
    "query, and key with value": Case({"heads": 2}, [(64, 8, 8), (64 + 96, 4, 4)], (96, 8, 8), 64 * 16 * (64 + 96), scores=2 * 64 * 16),
    "one head of keys for all": Case({"heads": 4, "kv_heads": 1}, [(256, 8, 8), (64, 4, 4), (48, 4, 4)], (4 * 48, 8, 8),
                                     64 * 16 * 4 * (64 + 48), scores=4 * 64 * 16),
    "two heads of keys in one tensor": Case({"heads": 4, "kv_heads": 2}, [(8 * (4 + 2 * 2), 3, 3)], (32, 3, 3),
                                            9 * 9 * 4 * (8 + 8), scores=4 * 81),
    "windows, with a learned table": Case({"heads": 3, "window": 7, "shift": 3, "position_bias": 13 * 13 * 3}, [(288, 56, 56)],
                                          (96, 56, 56), 64 * 49 * 49 * (96 + 96), biases=507, scores=64 * 3 * 49 * 49),
    "a map padded to whole windows": Case({"heads": 1, "window": (4, 7)}, [(24, 9, 9)], (8, 9, 9),
                                          3 * 2 * 28 * 28 * (8 + 8), scores=6 * 28 * 28),
    "a window larger than the map": Case({"window": 8}, [(24, 5, 5)], (8, 5, 5), 64 * 64 * (8 + 8), scores=64 * 64),
    "a grid of 2 x 2 (MobileViT's patches)": Case({"heads": 4, "grid": 2}, [(432, 32, 32)], (144, 32, 32),
                                                  4 * 256 * 256 * (144 + 144), scores=4 * 4 * 256 * 256),
    "a grid of parts that are padded": Case({"grid": (2, 3)}, [(24, 5, 7)], (8, 5, 7), 6 * 9 * 9 * (8 + 8), scores=6 * 81),
    "a grid with fewer keys": Case({"grid": 2}, [(8, 8, 8), (16, 4, 4)], (8, 8, 8), 4 * 16 * 4 * (8 + 8), scores=4 * 16 * 4),
    "summands of the scores that another layer makes": Case({"heads": 2}, [(8, 3, 3), (8, 3, 3), (8, 3, 3), (2, 5, 5)], (8, 3, 3),
                                                            9 * 9 * (8 + 8), scores=2 * 81, summands=1),
    "over channels (XCA)": Case({"heads": 4, "over": "channels", "temperature": 4}, [(3 * 88, 16, 16)], (88, 16, 16),
                                88 * 256 * (22 + 22), weights=4, scores=88 * 22),
    "keys times values first": Case({"heads": 2, "linear": True}, [(16, 6, 6), (16, 3, 3), (24, 3, 3)], (24, 6, 6),
                                    2 * (9 + 36) * 8 * 12),
    "with a value of ones": Case({"heads": 2, "linear": True, "divisor": True}, [(48, 6, 6)], (16, 6, 6), 2 * (36 + 36) * 8 * 9),
    "linear, one head of keys": Case({"heads": 4, "kv_heads": 1, "linear": True}, [(16, 6, 6), (4, 6, 6), (5, 6, 6)], (20, 6, 6),
                                     36 * 4 * 5 + 36 * 4 * 4 * 5),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_attention(case: Case) -> None:
    layer = Attention(**{name: field_value(name, value) for name, value in case.fields.items()})
    inputs = tuple(Shape(*x) for x in case.inputs)
    output = layer.output(inputs)
    counts = layer.counts(inputs, output)
    assert output == Shape(*case.output)
    assert layer.kind(inputs) == "product"
    assert (counts.macs, counts.weights, counts.biases, counts.norm) == (case.macs, case.weights, case.biases, 0)
    assert (counts.activated, counts.bias_adds) == (case.scores, case.scores * (bool(case.biases) + case.summands))
    assert (counts.read, counts.written) == (sum(x.elements for x in inputs), output.elements)
    symbols = layer.symbols(inputs, output)
    formula = layer.formulas_on(inputs)["macs"]
    assert not set(re.findall(r"[^\W\d]\w*", formula)) - set(symbols)
    assert eval(formula, {}, symbols) == case.macs  # of the package, not of a file


def field_value(name: str, value: object) -> object:
    """Return a value of a field as a file gives it, in its normal form."""
    return next(field for field in Attention.fields if field.name == name).kind.accept(value)  # type: ignore[arg-type]


# -- a walk over everything that is multiplied ----------------------------------------------------


def dealt(size: int, parts: int) -> list[int]:
    """Return the part that each of `size` things belongs to, dealt out in equal runs."""
    return [part for part in range(parts) for _ in range(size // parts)]


def windows_of(sides: Sequence[int], window: Sequence[int] | None) -> list[list[tuple[int, ...]]]:
    """Return the positions of each window, padding included; the whole map without windows."""
    whole = [list(range(side)) for side in sides]
    if window is None:
        return [list(product(*whole))]
    starts = product(*(range(0, side, size) for side, size in zip(sides, window, strict=True)))
    return [list(product(*(range(at, at + size) for at, size in zip(start, window, strict=True)))) for start in starts]


def walk(
    heads: int, shared: int, query: tuple[int, ...], key: tuple[int, ...], value: int, window: Sequence[int] | None
) -> int:
    """Count one by one the multiplications of scores and of sums of values."""
    of_query, of_key, of_value = dealt(query[0], heads), dealt(key[0], shared), dealt(value, shared)
    serves = dealt(heads, shared)
    count = 0
    for queries, keys in zip(windows_of(query[1:], window), windows_of(key[1:], window), strict=True):
        for head, _, _ in product(range(heads), queries, keys):
            channels = sum(h == head for h in of_query)
            assert channels == sum(h == serves[head] for h in of_key)
            count += channels + sum(h == serves[head] for h in of_value)
    return count


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    shared=st.integers(1, 2), times=st.integers(1, 3), d_k=st.integers(1, 3), d_v=st.integers(1, 3),
    sides=st.tuples(st.integers(1, 5), st.integers(1, 5)), reduced=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    window=st.none() | st.tuples(st.integers(1, 4), st.integers(1, 4)),
)  # fmt: skip
def test_every_product_is_counted(
    shared: int, times: int, d_k: int, d_v: int, sides: tuple[int, int], reduced: tuple[int, int], window: tuple[int, int] | None
) -> None:  # fmt: skip
    heads = shared * times
    query = (heads * d_k, *sides)
    key = (shared * d_k, *(sides if window else reduced))
    value = (shared * d_v, *key[1:])
    layer = Attention(heads=heads, kv_heads=shared, window=window)
    inputs = tuple(Shape(*x) for x in (query, key, value))
    output = layer.output(inputs)
    assert output == Shape(heads * d_v, *sides)
    assert layer.counts(inputs, output).macs == walk(heads, shared, query, key, value[0], window)
    both = (inputs[0], Shape(key[0] + value[0], *key[1:]))
    assert layer.counts(both, layer.output(both)) == layer.counts(inputs, output)


# -- what it refuses ------------------------------------------------------------------------------

A = (8, 4, 4)
REFUSED: dict[str, tuple[dict[str, Any], list[tuple[int, ...]], str, str]] = {
    "heads of the query": ({"heads": 3}, [A, A, A], "heads 3 does not divide the query's 8 channels: take a divisor of 8", "heads"),
    "heads of all in one": ({"heads": 3}, [A], "8x4x4 holds query, key and value in one, but 9 (heads 3 + twice kv_heads 3) does not "
                            "divide its 8 channels", "heads"),
    "heads that share": ({"heads": 4, "kv_heads": 3}, [A, A, A], "kv_heads 3 does not divide heads 4", "kv_heads"),
    "five branches": ({}, [A] * 5, "attention takes query, key and value, received 5 branches", "branches"),
    "summands for other heads": ({"heads": 2}, [A, A, A, (4, 7, 7)], "a channel for each of the 2 heads, or one for all, received 4x7x7",
                                 "branches"),
    "summands without scores": ({"linear": True}, [A, A, A, (1, 7, 7)], "received linear: true: leave one of the two out", "branches"),
    "a narrow key": ({"heads": 4}, [A, (2, 4, 4), A], "the key needs 8 channels (the query's 8 / heads 4 * kv_heads 4), received 2x4x4: "
                     "give it 8, or write kv_heads: 1", "branches"),
    "a key that nothing suits": ({"heads": 4}, [A, (5, 4, 4), A], "received 5x4x4: give it 8", "branches"),
    "no value": ({}, [A, A], "the second of two branches, 8x4x4, holds key and value in one: the key takes 8 channels", "branches"),
    "heads of the value": ({"heads": 4}, [A, A, (6, 4, 4)], "kv_heads 4 does not divide the value's 6 channels", "heads"),
    "key and value apart": ({}, [A, A, (8, 2, 2)], "key and value need equal sides, received 8x4x4 and 8x2x2", "branches"),
    "window and grid": ({"window": 2, "grid": 2}, [A, A, A], "give one of them", "grid"),
    "a shift of nothing": ({"shift": 1}, [A, A, A], "shift moves windows, and there are none", "shift"),
    "windows of fewer keys": ({"window": 2}, [A, (8, 2, 2), (8, 2, 2)], "window needs query and key of equal sides", "window"),
    "a divisor beside softmax": ({"divisor": True}, [A, A, A], "divisor is for linear attention", "divisor"),
    "windows over channels": ({"over": "channels", "window": 2}, [A, A, A], "over: channels sums up over all positions", "window"),
    "a grid over channels": ({"over": "channels", "grid": 2}, [A, A, A], "received grid: leave one of the two out", "grid"),
    "linear over channels": ({"over": "channels", "linear": True}, [A, A, A], "over: channels is linear in the positions", "linear"),
    "shared heads over channels": ({"over": "channels", "heads": 2, "kv_heads": 1}, [A, A, A], "received kv_heads 1", "kv_heads"),
    "positions over channels": ({"over": "channels", "position_bias": 9}, [A, A, A], "received over: channels", "position_bias"),
    "fewer keys over channels": ({"over": "channels"}, [A, (8, 2, 2), (8, 2, 2)], "over: channels needs query, key and value of equal",
                                 "branches"),
    "another value over channels": ({"over": "channels"}, [A, A, (4, 4, 4)], "over: channels needs key and value of equal channels",
                                    "branches"),
    "a bias without scores": ({"linear": True, "position_bias": 9}, [A, A, A], "linear attention makes no scores that position_bias",
                              "position_bias"),
    "a temperature without scores": ({"linear": True, "temperature": 9}, [A, A, A], "no scores that temperature", "temperature"),
}  # fmt: skip


@pytest.mark.parametrize(("fields", "inputs", "message", "field"), REFUSED.values(), ids=REFUSED)
def test_refused(fields: dict[str, Any], inputs: list[tuple[int, ...]], message: str, field: str) -> None:
    layer = Attention(**{name: field_value(name, value) for name, value in fields.items()})
    with pytest.raises(LayerError) as caught:
        layer.output(tuple(Shape(*x) for x in inputs))
    assert message in str(caught.value)
    assert caught.value.field == field
