"""An analysis that failed hands over the layers it could make."""

from textwrap import dedent

import pytest

from dsconv_cost.errors import InputError
from dsconv_cost.network.build import elaborate
from dsconv_cost.network.graph import Network
from tests.networks import architecture, lines, network, sources

HEAD = "input: [8, 16, 16]\nlayers:\n"

# The layers before, beside and after what is wrong, as `name output`.
PARTIAL = {
    "before and not after": (
        "- {conv: 4, kernel: 3}\n- {conv: 5, kernel: 3, groups: 2}\n- {linear: 3}",
        ["conv1 4x16x16"],
        ["conv1"],
    ),
    "beside, in another branch": (
        "- {conv: 4, kernel: 1, name: a}\n- {conv: 5, kernel: 1, groups: 3}\n- {relu, from: a}\n- {maxpool: 2}",
        ["a 4x16x16", "relu1 4x16x16", "maxpool1 4x8x8"],
        ["maxpool1"],
    ),
    "the layer whose norm fails": (
        "- {conv: 4, kernel: 3}\n- {groupnorm: 3}",
        ["conv1 4x16x16"],
        ["conv1"],
    ),
    "two ends that nothing takes": (
        "- {conv: 4, kernel: 1, name: a}\n- relu\n- {conv: 6, kernel: 1, from: a}\n- {add: [previous, input, nowhere]}",
        ["a 4x16x16", "relu1 4x16x16", "conv2 6x16x16"],
        ["relu1", "conv2"],
    ),
    "an output that nothing uses": (
        "- {conv: 4, kernel: 1, name: a}\n- relu\n- {sigmoid, from: a}",
        ["a 4x16x16", "relu1 4x16x16", "sigmoid1 4x16x16"],
        ["relu1", "sigmoid1"],
    ),
    "an item that is no type, found with the file": (
        "- {conv: 4, kernel: 1}\n- {cnov: 5, kernel: 3}\n- relu",
        ["conv1 4x16x16"],
        ["conv1"],
    ),
    "a wrong field, found with the file": (
        "- {conv: 4, kernel: 1}\n- {maxpool: 2, stride: zero}",
        ["conv1 4x16x16"],
        ["conv1"],
    ),
}


def partial(text: str) -> Network | None:
    with pytest.raises(InputError) as caught:
        network(text)
    return caught.value.partial


@pytest.mark.parametrize(("layers", "made", "outputs"), PARTIAL.values(), ids=PARTIAL)
def test_what_could_be_made(layers: str, made: list[str], outputs: list[str]) -> None:
    found = partial(HEAD + layers.replace("- ", "  - "))
    assert found is not None
    assert lines(found) == made
    assert [found.nodes[i].name for i in found.outputs] == outputs
    taken = {name for names in sources(found).values() for name in names}
    assert not taken & set(outputs)


NOTHING = {
    "the first layer": "- {conv: 5, kernel: 3, groups: 2}",
    "an unknown type": "- cnov: 5",
}


@pytest.mark.parametrize("layers", NOTHING.values(), ids=NOTHING)
def test_nothing_could_be_made(layers: str) -> None:
    assert partial(f"{HEAD}  {layers}") is None


def test_an_input_of_unknown_size_makes_nothing() -> None:
    assert partial("input: [8, 0, 16]\nlayers: [{conv: 4, kernel: 3}]") is None


def test_a_bound_leaves_the_layers_below_it() -> None:
    text = dedent("""
        input: [8, 4, 4]
        blocks: {pair: {arguments: {n: 1}, layers: [{relu, repeat: n}]}}
        layers: [{pair, n: in_channels, repeat: 3}]
    """)
    with pytest.raises(InputError, match="more than 10 layers") as caught:
        elaborate(architecture(text), 10)
    made = caught.value.partial
    assert made is not None
    assert len(made.nodes) == 10
