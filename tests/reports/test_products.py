"""Products of data where commands show them: kinds, notes, explain, budgets, comparisons, other counters, deployed networks."""

import json

from tests.command import run_process

NETWORK = """
input: [64, 8, 8]
layers:
  - {linear: 3 * 64, norm: batch}
  - {attention, heads: 4, position_bias: 100, name: attend}
  - {matmul: [previous, {parameter: [64, 8, 8]}], name: mixed}
  - {conv: 8, kernel: 3}
  - global_avgpool
  - {linear: 10}
budget:
  - {metric: macs, max: 1M, kind: product}
  - {metric: layers, max: 2, kind: product}
"""
ATTENTION, MATMUL = 64 * 64 * (64 + 64), 64 * 8 * 8 * 8
PROJECTION = 64 * 64 * 192


def shown(*arguments: str, text: str = NETWORK) -> str:
    result = run_process(*arguments, stdin=text)
    assert result.code in (0, 1), result.err
    return result.out


def test_kinds() -> None:
    rows = [line.split() for line in shown("analyze", "-", "--kinds").splitlines()]
    assert ["product", "2", f"{ATTENTION + MATMUL:,}"] in [row[:3] for row in rows]
    assert ["parameter", "1", "0"] in [row[:3] for row in rows]


def test_both_forms_keep_them_with_a_reason() -> None:
    out = shown("analyze", "-", "--notes")
    assert out.count("attend, mixed (a product of data, which has no weights)") == 2


def test_rows_of_programs() -> None:
    rows = {row["name"]: row for row in json.loads(shown("analyze", "-", "--format", "json"))["layers"]}
    attend, tensor = rows["attend"], rows["mixed/parameter1"]
    assert (attend["kind"], attend["params"], attend["macs"], attend["standard"], attend["separable"]) == (
        "product", 100, ATTENTION, ATTENTION, ATTENTION,
    )  # fmt: skip
    assert (tensor["kind"], tensor["input"], tensor["output"], tensor["params"]) == (
        "parameter",
        [],
        [64, 8, 8],
        64 * 64,
    )
    assert "mixed/parameter1,parameter,parameter,<stdin>,6,,64x8x8," in shown("analyze", "-", "--format", "csv")


def test_explain_fills_the_numbers_in() -> None:
    out = shown("explain", "-", "attend")
    assert "MACs    = N_q * N_k * (C_q + heads * d_v) = 64 * 64 * (64 + 4 * 16) = 524,288" in out
    assert "biases  = position_bias = 100" in out
    assert "d_v: channels of a value of one head" in out
    out = shown("explain", "-", "mixed/parameter1")
    assert "input   none" in out
    assert "weights = C_out * H_out * W_out = 64 * 8 * 8 = 4,096" in out
    assert "MACs    = N * C_in * C_out = 64 * 64 * 192 = 786,432" in shown("explain", "-", "linear1")
    assert "MACs    = C_in * C_out = 8 * 10 = 80" in shown("explain", "-", "linear2")


def test_budgets_by_kind() -> None:
    out = shown("check", "-")
    assert "product" in out
    exceeded = shown("check", "-", text=NETWORK.replace("max: 1M", "max: 500K"))
    assert "exceeded" in exceeded


def test_folding_the_norm_of_a_linear_layer_on_a_map() -> None:
    """Batchnorm's 2 x 192 become the layer's 192 biases; attention stays."""
    plain, folded = (
        json.loads(shown("analyze", "-", "--format", "json", "--convention", c)) for c in ("macs", "deployed")
    )
    assert plain["totals"]["as_written"]["params"] - folded["totals"]["as_written"]["params"] == 2 * 192 - 192
    assert plain["totals"]["as_written"]["macs"] == folded["totals"]["as_written"]["macs"]


def test_a_linear_layer_that_makes_the_output_at_every_position() -> None:
    text = "input: [4, 8, 8]\nlayers:\n  - {conv: 4, kernel: 3}\n  - {linear: 10}\n"
    out = shown("analyze", "-", text=text)
    assert (
        "linear1 makes 10 values at each of 64 positions; for one output put global_avgpool or flatten before it" in out
    )
    assert "positions" not in shown("analyze", "-", text=text.replace("  - {linear", "  - global_avgpool\n  - {linear"))


def test_a_row_takes_what_comes_from_outside() -> None:
    """The first layer of the item is a learned tensor, whose slice is the second."""
    text = """
input: [4, 9]
layers:
  - relu
  - add: [[{parameter: [4, 20]}, {slice, length: [0, 9]}], previous]
    name: placed
  - {linear: 3}
"""
    rows = [line.split() for line in shown("analyze", "-", text=text).splitlines()]
    assert ["placed", "add", "4x9", "4x9"] in [row[:4] for row in rows]
