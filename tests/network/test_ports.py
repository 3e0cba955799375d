"""Several inputs of a network, blocks with several inputs and outputs, and one of several repetitions."""

import pytest

from dsconv_cost.network.graph import Network
from dsconv_cost.network.transforms.convert import separable_form
from tests.networks import architecture, lines, network, of


def taken(net: Network) -> dict[str, list[str]]:
    """Return what every layer takes its inputs from, by name."""
    return {node.name: [net.name(index) for index in node.inputs] for node in net.nodes}


# -- inputs ---------------------------------------------------------------------------------------


def test_a_network_starts_at_its_first_input() -> None:
    net = network("input: {x: [3, 8, 8], y: [4, 8, 8]}\nlayers: [{conv: 4, kernel: 1}, {concat: [previous, y, input]}]")
    assert lines(net) == ["conv1 4x8x8", "concat1 11x8x8"]
    assert taken(net) == {"conv1": ["x"], "concat1": ["conv1", "y", "x"]}


def test_inputs_are_tensors_everywhere() -> None:
    net = network(
        """
        hyperparameters: {resolution: 16}
        input: {image: [3, resolution, resolution], map: [1, 4, 4], more: [5, 16, 16]}
        layers:
          - {conv: 4, kernel: 3, from: more}
          - {resize: map}
          - concat: [previous, [{conv: 2, kernel: 1, from: map}]]
            name: joined
          - {conv: 8, kernel: 3, stride: 4, from: image, name: last}
        outputs: [last, map, joined]
        """,
        resolution=32,
    )
    assert [str(net.shape(index)) for index in net.outputs] == ["8x8x8", "1x4x4", "6x4x4"]
    assert net.inputs_text == "inputs image 3x32x32, map 1x4x4, more 5x16x16"


def test_one_input_may_have_a_name() -> None:
    net = network("input: {image: [3, 8, 8]}\nlayers: [{conv: 4, kernel: 1}, {concat: [previous, image]}]")
    assert taken(net)["concat1"] == ["conv1", "image"]
    assert net.inputs_text == "input image 3x8x8"


def test_convolutions_that_read_any_input_stay() -> None:
    net = network(
        """
        input: {x: [3, 8, 8], y: [3, 8, 8]}
        layers:
          - {conv: 4, kernel: 3, name: a}
          - {channel_scale, from: y}
          - {conv: 4, kernel: 3, name: b}
          - add: [a, b]
          - {conv: 4, kernel: 3}
        """
    )
    kept = [net.name(d.node) for d in separable_form(net).decisions if d.reason == "reads the network's input"]
    assert kept == ["a", "b"]


# -- blocks ---------------------------------------------------------------------------------------

EXCHANGE = """
input: [8, 16, 16]
blocks:
  exchange:
    inputs: [high, low]
    layers:
      - {conv: 8, kernel: 1, from: low}
      - {upsample: 2}
      - {add: [high, previous], name: up}
      - {conv: 16, kernel: 3, stride: 2, from: high}
      - {add: [low, previous], name: down}
    outputs: [up, down]
layers:
  - {conv: 8, kernel: 3, name: h}
  - {conv: 16, kernel: 3, stride: 2, name: l}
"""


def test_inputs_come_from_a_list_and_outputs_have_names() -> None:
    net = network(EXCHANGE + "  - {exchange, from: [h, l], name: [a, b]}\noutputs: [a, b]\n")
    assert [str(net.shape(index)) for index in net.outputs] == ["8x16x16", "16x8x8"]
    assert taken(net)["exchange1/up"] == ["h", "exchange1/upsample1"]


@pytest.mark.parametrize(
    "rest",
    [
        "  - {exchange, from: [h, l]}\n  - exchange\n  - {exchange, name: [a, b]}\n",
        "  - {exchange, from: [h, l], repeat: 3, name: [a, b]}\n",
        "  - {exchange, from: [h, l], repeat: 2}\n  - {exchange, name: [a, b]}\n",
        "  - sequential: [{exchange, from: [h, l]}, exchange]\n  - {exchange, name: [a, b]}\n",
        "  - {exchange, from: [h, l]}\n  - {relu, when: false}\n  - {exchange, repeat: 2, name: [a, b]}\n",
    ],
)
def test_what_follows_directly_takes_all_outputs(rest: str) -> None:
    net = network(EXCHANGE + rest + "outputs: [a, b]\n")
    assert len(net.nodes) == 2 + 3 * 5
    # the last exchange takes both results of the one before
    last_add = net.nodes[-1]
    before = net.nodes[last_add.inputs[0]]
    assert before.layer.type == "add"
    assert str(before.output) == "16x8x8"


def test_previous_may_be_one_of_several_inputs() -> None:
    net = network(
        EXCHANGE
        + "  - {conv: 8, kernel: 1, from: h, name: g}\n  - {exchange, from: [previous, l], name: [a, b]}\noutputs: [a, b]\n"
    )
    assert taken(net)["exchange1/up"] == ["g", "exchange1/upsample1"]


def test_an_ordinary_item_takes_the_first_output() -> None:
    net = network(
        EXCHANGE + "  - {exchange, from: [h, l], name: [a, b]}\n  - {conv: 4, kernel: 1, name: c}\noutputs: [b, c]\n"
    )
    assert taken(net)["c"] == ["exchange1/up"]


def test_an_output_may_be_an_input() -> None:
    net = network(
        """
        input: [4, 8, 8]
        blocks:
          cell:
            inputs: [here, before]
            layers:
              - {add: [{conv: 4, kernel: 3}, [{conv: 4, kernel: 1, from: before}]], name: out}
            outputs: [out, here]
        layers:
          - {conv: 4, kernel: 3, name: stem}
          - {cell, from: [stem, stem], repeat: 3, name: [c, d]}
          - add: [c, d]
        """
    )
    names = taken(net)
    assert names["cell1[2]/out/conv2"] == ["stem"]  # before: what the first cell got
    assert names["cell1[3]/out/conv2"] == ["cell1[1]/out"]
    assert names["add1"] == ["cell1[3]/out", "cell1[2]/out"]


def test_blocks_pass_inputs_on_and_in_channels_is_that_of_the_first() -> None:
    net = network(
        """
        input: [4, 8, 8]
        blocks:
          inner:
            inputs: [x, y]
            let: {width: in_channels * 2}
            layers: [{conv: width, kernel: 1, name: a}, {conv: width, kernel: 1, from: y, name: b}]
            outputs: [b, a]
          outer:
            inputs: [p, q]
            layers: [{inner, from: [q, p], name: [m, n]}]
            outputs: [n, m]
        layers:
          - {conv: 6, kernel: 1, name: six}
          - {outer, from: [input, six], name: [r, s]}
        outputs: [r, s]
        """
    )
    assert taken(net)["outer1/inner1/a"] == ["six"]
    assert [str(net.shape(index)) for index in net.outputs] == ["12x8x8", "12x8x8"]


def test_a_name_of_several_outputs_is_known_in_joins_of_all() -> None:
    rest = """
  - {exchange, from: [h, l], repeat: 2, name: [a, b]}
  - {concat: [all a], name: x}
  - {concat: [all b], name: y}
outputs: [x, y]
"""
    net = network(EXCHANGE + rest)
    assert [str(net.shape(index)) for index in net.outputs] == ["16x16x16", "32x8x8"]


def test_an_input_of_a_block_that_nothing_mentions_is_unused() -> None:
    text = """
        input: {x: [3, 8, 8], y: [3, 8, 8]}
        blocks:
          b: {inputs: [p, q], layers: [relu]}
        layers: [{add: [x, y], name: z}, {b, from: [z, z]}]
        """
    assert [unused.what for unused in architecture(text).spec.unused] == ["input q of block b"]


# -- repetitions ----------------------------------------------------------------------------------


def test_a_repetition_has_the_name_that_tables_print() -> None:
    net = of(
        """
        - {conv: 8, kernel: 3, repeat: 3, name: enc}
        - concat: [enc, "enc[1]", "enc[2 + 0]"]
          name: joined
        - {conv: 4, kernel: 1, from: "enc[3]", name: c}
        - concat: [joined, c]
        """
    )
    assert taken(net)["joined"] == ["enc[3]", "enc[1]", "enc[2]"]
    assert taken(net)["c"] == ["enc[3]"]


def test_the_number_of_a_repetition_may_use_index() -> None:
    net = of(
        """
        - {conv: 4 * (index + 1), kernel: 3, stride: 2, repeat: 3, name: enc}
        - sequential:
            - {resize: "enc[3 - index]"}
            - concat: [previous, "enc[3 - index]"]
          repeat: 3
        """
    )
    assert [line for line in lines(net) if "concat" in line] == [
        "sequential1[1]/concat1 24x2x2", "sequential1[2]/concat1 32x4x4", "sequential1[3]/concat1 36x8x8",
    ]  # fmt: skip


def test_outputs_may_be_repetitions() -> None:
    net = network("input: [3, 8, 8]\nlayers: [{conv: 4, kernel: 3, repeat: 2, name: e}]\noutputs: ['e[1]', e]\n")
    assert net.outputs == (0, 1)
