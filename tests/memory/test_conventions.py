"""Every convention of memory against a run step by step, on random networks of all layers."""

import random

import pytest

from dsconv_cost.errors import InputError
from dsconv_cost.memory.conventions import MEMORY_CONVENTIONS
from dsconv_cost.memory.measure import Memory
from dsconv_cost.network.graph import Network
from tests.fuzz import generate
from tests.fuzz.write import text_of
from tests.memory.naive import Run
from tests.memory.random_networks import random_text
from tests.networks import network

SEEDS = 400


def _timelines(net: Network, bits: int) -> dict[str, list[int]]:
    memory = Memory(net, bits)
    found = {name: memory.timeline(MEMORY_CONVENTIONS[name]) for name in MEMORY_CONVENTIONS if name != "arena-tflm"}
    return {**found, "arena-tflm": [memory.arena]}


def _expected(run: Run) -> dict[str, list[int]]:
    lines = {
        "in+out": run.in_out(), "liveness": run.liveness(), "liveness+inplace": run.in_place(),
        "tinyengine": run.in_place(depthwise=True, projections=True), "arena-tflm": [run.arena()],
    }  # fmt: skip
    inputs = [sum(run.size[number] for number in run.inputs)]
    return {name: line or inputs for name, line in lines.items()}


@pytest.mark.parametrize("seed", range(60))
def test_networks_of_convolutions(seed: int) -> None:
    net = network(random_text(1000 + seed))
    bits = (4, 8, 16, 32)[seed % 4]
    assert _timelines(net, bits) == _expected(Run(net, bits))


def test_networks_of_every_layer() -> None:
    """Files of the fuzzer: attention, products, recurrent layers, functions, moves, shared weights, several inputs and outputs."""
    types: set[str] = set()
    tried = 0
    for seed in range(SEEDS):
        try:
            net = network(text_of(generate.network(random.Random(seed))))
        except InputError:
            continue
        tried += 1
        types.update(node.layer.type for node in net.nodes)
        bits = (4, 8, 16, 32)[seed % 4]
        assert _timelines(net, bits) == _expected(Run(net, bits)), seed
    assert tried > SEEDS / 3
    assert len(types) > 60
