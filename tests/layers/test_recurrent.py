"""Recurrent layers: against a walk over every step, and against PyTorch's and Keras's own layers (tests/facts/counters/recurrent.csv)."""

import csv
from itertools import product
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsconv_cost import analyze
from dsconv_cost.layers import LAYERS
from dsconv_cost.layers.recurrent import LAST, SEQUENCE, Recurrent
from dsconv_cost.layers.shapes import Shape
from dsconv_cost.network.transforms.convert import separable_form, standard_form
from tests.networks import architecture, macs, network, of, params

GATES = {
    "gru": ("reset", "update", "candidate"),
    "lstm": ("input", "forget", "output", "candidate"),
    "rnn": ("hidden",),
}


class Walked(NamedTuple):
    """What a walk found."""

    channels: int
    weights: int
    biases: int
    multiplications: int


def walk(
    type_: str, channels: int, sequences: int, steps: int, units: int, layers: int, directions: int, biases: int,
    projection: int | None,
) -> Walked:  # fmt: skip
    """Step through every sequence and multiply one weight after another; weights and biases are told apart by their use."""
    weights: set[tuple[object, ...]] = set()
    summands: set[tuple[object, ...]] = set()
    multiplications = 0
    for _ in range(sequences):
        arriving = [[f"x{c}" for c in range(channels)] for _ in range(steps)]
        for layer in range(layers):
            given_on: list[list[str]] = [[] for _ in range(steps)]
            for direction in range(directions):
                handed_on = [
                    f"l{layer}d{direction}h{i}" for i in range(projection or units)
                ]  # zeros at first, multiplied all the same
                for step in range(steps) if direction == 0 else reversed(range(steps)):
                    for gate, unit in product(GATES[type_], range(units)):
                        summands |= {(layer, direction, gate, unit, bias) for bias in range(biases)}
                        for source in (*arriving[step], *handed_on):
                            weights.add((layer, direction, gate, unit, source))
                            multiplications += 1
                    if projection:
                        for value, unit in product(range(projection), range(units)):
                            weights.add((layer, direction, "projection", value, unit))
                            multiplications += 1
                    given_on[step] += handed_on
            arriving = given_on
    return Walked(len(arriving[0]), len(weights), len(summands), multiplications)


@settings(max_examples=120, deadline=None, derandomize=True)
@given(
    type_=st.sampled_from(sorted(GATES)), channels=st.integers(1, 4), rows=st.integers(1, 2), steps=st.integers(1, 4),
    units=st.integers(1, 4), layers=st.integers(1, 3), directions=st.integers(1, 2), biases=st.integers(0, 2),
    projection=st.sampled_from([None, 1, 2, 5]), returns=st.sampled_from([SEQUENCE, LAST]),
)  # fmt: skip
def test_a_walk_over_every_step(
    type_: str, channels: int, rows: int, steps: int, units: int, layers: int, directions: int, biases: int,
    projection: int | None, returns: str,
) -> None:  # fmt: skip
    projection = projection if type_ == "lstm" else None
    walked = walk(type_, channels, rows, steps, units, layers, directions, biases, projection)
    fields = {"projection": projection} if projection else {}
    layer = LAYERS[type_](
        units=units, layers=layers, directions=directions, biases=biases, returns=returns, **fields
    )  # fmt: skip
    x = Shape(channels, rows, steps)
    y = layer.output((x,))
    counts = layer.counts((x,), y)
    assert Walked(y.channels, counts.weights, counts.biases, counts.macs) == walked
    assert tuple(y)[1:] == (rows, 1 if returns == LAST else steps)


with (Path(__file__).parents[1] / "facts" / "counters" / "recurrent.csv").open(newline="") as file:
    MEASURED = list(csv.DictReader(file))


def test_both_frameworks_were_measured() -> None:
    assert {row["framework"] for row in MEASURED} == {"torch", "keras"}
    assert {row["item"].partition(":")[0] for row in MEASURED} == set(GATES)


@pytest.mark.parametrize(
    "row", MEASURED, ids=[f"{row['framework']} {row['item']} on {row['channels']}x{row['steps']}" for row in MEASURED]
)
def test_a_measured_layer(row: dict[str, str]) -> None:
    net = of(f"- {{{row['item']}}}", f"{row['channels']}, 1, {row['steps']}")
    (node,) = net.nodes
    assert (node.output.channels, node.output[-1]) == (int(row["channels out"]), int(row["steps out"]))
    assert params(net) == int(row["params"])
    if row["macs"]:
        assert macs(net) == int(row["macs"])


@pytest.mark.parametrize("type_", GATES)
def test_layers_one_by_one_cost_what_they_cost_together(type_: str) -> None:
    # Each direction of the second layer reads both directions of the first.
    together = of(f"- {{{type_}: 6, layers: 3, directions: 2}}", "5, 1, 7")
    apart = of(f"- {{{type_}: 6, directions: 2, repeat: 3}}", "5, 1, 7")
    assert (params(together), macs(together)) == (params(apart), macs(apart))


@pytest.mark.parametrize("type_", GATES)
def test_rows_are_sequences_of_their_own(type_: str) -> None:
    one, four = of(f"- {{{type_}: 6}}", "5, 1, 7"), of(f"- {{{type_}: 6}}", "5, 4, 7")
    assert (params(four), macs(four)) == (params(one), 4 * macs(one))


def test_the_forms_leave_them_alone_and_say_why() -> None:
    net = of("- {conv: 8, kernel: 3}\n- {gru: 6}\n- {lstm: 6}\n- {rnn: 6}", "5, 4, 7")
    for form in (standard_form(net), separable_form(net)):
        reasons = {form_of.node: (form_of.verdict, form_of.reason) for form_of in form.decisions}
        assert [reasons[index] for index in (1, 2, 3)] == [("kept", "a recurrent layer")] * 3
        assert sum(node.counts.macs for node in form.network.nodes if isinstance(node.layer, Recurrent)) == sum(
            node.counts.macs for node in net.nodes[1:]
        )


COMPLETE = [
    # FLOPs of one step of one unit beside its matrices and biases
    ("gru", 9 + 3 + 2),  # two sigmoids of 4, tanh; r * Un, z * h, (1 - z) * n; 1 - z, the sum of the last two
    ("lstm", 14 + 3 + 1),  # three sigmoids, two tanh; f * c, i * g, o * tanh(c); the sum of the first two
    ("rnn", 1),  # tanh
]


@pytest.mark.parametrize(("type_", "flops"), COMPLETE)
def test_every_operation_of_a_step(type_: str, flops: int) -> None:
    text = f"input: [5, 1, 7]\nlayers: [{{{type_}: 6, biases: 0}}]\n"
    total = analyze(architecture(text), convention="complete").total
    assert total.flops == 2 * total.macs + 7 * 6 * flops


def test_peepholes_are_products_of_elements() -> None:
    plain, seeing = (
        network("input: [5, 1, 7]\nlayers: [{lstm: 6}]\n"),
        network("input: [5, 1, 7]\nlayers: [{lstm: 6, peepholes: true}]\n"),
    )
    assert params(seeing) - params(plain) == 3 * 6
    assert macs(seeing) == macs(plain)
