"""Networks written as YAML: what is written is the network again, layer by layer, whatever it looks like."""

import re
from random import Random

import pytest

from dsconv_cost.errors import DsconvCostError, UsageError
from dsconv_cost.importers.writing.write import write_architecture
from dsconv_cost.layers import LAYERS
from dsconv_cost.layers.base import Layer, OperationKind
from dsconv_cost.network.build import elaborate
from dsconv_cost.network.graph import Network, Node
from dsconv_cost.sources.load import load
from tests.fuzz import generate
from tests.fuzz.write import text_of
from tests.importers.round_trip import bundled_arguments, written_again
from tests.importers.same_counts import assert_same
from tests.importers.samples import samples
from tests.networks import body, network, of


@pytest.mark.parametrize("argument", [family[0] for family in bundled_arguments()[::5]])
def test_every_fifth_family_is_written_and_read_again(argument: str) -> None:
    written_again(elaborate(load(argument)))


@pytest.mark.parametrize("type_", LAYERS)
def test_every_layer_type_is_written_and_read_again(type_: str) -> None:
    for net in samples(type_):
        assert_same(net, network(write_architecture(net, type_)))


@pytest.mark.parametrize("seeds", [range(start, start + 100) for start in range(0, 800, 100)])
def test_random_networks_are_written_and_read_again(seeds: range) -> None:
    """Files of the language from chance: all types and fields, blocks, joins, repetitions, several outputs."""
    written = 0
    for seed in seeds:
        try:
            net = network(text_of(generate.network(Random(seed))))
        except DsconvCostError:
            continue
        assert_same(net, network(write_architecture(net, "random")))
        written += 1
    assert written > 40


# -- what cannot be said --------------------------------------------------------------------------


class Unheard(Layer):
    """A layer that the language has no word for."""

    __slots__ = ()
    type = "unheard"
    kinds = (OperationKind("unheard"),)


def test_a_layer_without_a_word_is_refused_by_its_name() -> None:
    net = of("- relu\n- tanh")
    last = net.nodes[1]
    node = Node(Unheard(), last.inputs, last.output, last.counts, last.kind, last.place, "")
    with pytest.raises(UsageError, match=r"the language has no word for unheard \(tanh1\)"):
        write_architecture(Network(net.inputs, [net.nodes[0], node], (1,)), "net")


def test_a_layer_whose_output_nothing_takes_is_refused() -> None:
    net = of("- relu\n- tanh")
    with pytest.raises(UsageError, match=r"cannot be written as YAML: line \d+: nothing uses tanh1"):
        write_architecture(Network(net.inputs, net.nodes, (0,)), "net")


def test_names_of_files_stay_harmless() -> None:
    text = write_architecture(of("- relu"), 'a: "b"\n::error::\x1b', "x\ny")
    assert text.splitlines()[0] == 'name: "a: \\"b\\"\\\\x0a::error::\\\\x1b"  # imported from x\\x0ay'
    assert_same(of("- relu"), network(text))


# -- what it looks like ---------------------------------------------------------------------------


def written(layers: str, size: str = "8, 16, 16") -> str:
    """Return the layers of a network as they are written."""
    text = write_architecture(network(body(layers, size)), "net")
    return text[text.index("layers:\n") + 8 :]


LOOKS = {
    "norm and activation": ("- {conv: 8, kernel: 3}\n- batchnorm\n- relu",
                            "  - {conv: 8, kernel: 3, bias: true, norm: batch, activation: relu}\n"),
    "padding that is same": ("- {conv: 8, kernel: 3, padding: 1}\n- {conv: 8, kernel: 3, padding: 0}",
                             "  - {conv: 8, kernel: 3}\n  - {conv: 8, kernel: 3, padding: 0}\n"),
    "repeat": ("- relu\n- relu\n- relu", "  - {relu, repeat: 3}\n"),
    "first": ("- {dsconv: 8, stride: 2}\n- {dsconv: 8}\n- {dsconv: 8}", "  - {dsconv: 8, repeat: 3, first: {stride: 2}}\n"),
    "a group": ("- relu\n- tanh\n- relu\n- tanh", "  - sequential:\n      - relu\n      - tanh\n    repeat: 2\n"),
    "squeeze_excite": ("- {squeeze_excite: 2, gate: hardsigmoid}", "  - {squeeze_excite: 2, gate: hardsigmoid}\n"),
    "residual": ("- add: [previous, {conv: 8, kernel: 3}]", "  - residual: {conv: 8, kernel: 3}\n"),
    "a residual that strides": (
        "- residual: {conv: 8, kernel: 3, stride: 2}\n  shortcut: {conv: 8, kernel: 1, stride: 2}",
        "  - residual: {conv: 8, kernel: 3, stride: 2}\n    shortcut: {conv: 8, kernel: 1, stride: 2}\n",
    ),
    "split": ("- {concat: [previous, relu], split: 2}", "  - {concat: [previous, relu], split: 2}\n"),
    "copies": ("- {concat: [{conv: 4, kernel: 1, copies: 3}], split: [2, 2, 4]}",
               "  - {concat: [{conv: 4, kernel: 1, copies: 3}], split: [2, 2, 4]}\n"),
    "two kernels": ("- {dwconv: [1, 3]}\n- {maxpool: 2, stride: 1}", "  - {dwconv: [1, 3]}\n  - {maxpool: 2, stride: 1}\n"),
    "an earlier tensor": (
        "- {conv: 8, kernel: 3, name: a}\n- {maxpool: 2}\n- {conv: 8, kernel: 3}\n- {conv: 4, kernel: 3}\n- {conv: 8, kernel: 3}\n"
        "- {upsample: 2}\n- concat: [a, previous]",
        "  - {conv: 8, kernel: 3, name: t1}\n  - {maxpool: 2}\n  - {conv: 8, kernel: 3}\n  - {conv: 4, kernel: 3}\n"
        "  - {conv: 8, kernel: 3}\n  - {upsample: 2}\n  - concat: [t1, previous]\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("look", LOOKS)
def test_it_looks_like_what_a_person_writes(look: str) -> None:
    layers, expected = LOOKS[look]
    assert re.sub(r"  # .*", "", written(layers)) == expected


# -- what a file says besides ---------------------------------------------------------------------


def test_the_resolution_and_the_classes_can_be_set() -> None:
    text = write_architecture(elaborate(load("mobilenet_v2")), "net")
    assert text.splitlines()[1:3] == [
        "hyperparameters: {resolution: 224, classes: 1000}",
        "input: [3, resolution, resolution]",
    ]
    assert_same(elaborate(load("mobilenet_v2", resolution=96, classes=7)), network(text, resolution=96, classes=7))


@pytest.mark.parametrize(
    "layers",
    [
        "- flatten\n- {linear: 4, bias: false}\n- relu",  # its weights are one for each position
        "- {conv: 8, kernel: 3, name: a}\n- {maxpool: 2}\n- {conv: 8, kernel: 3}\n- {conv: 8, kernel: 3}\n- {conv: 8, kernel: 3}\n"
        "- {resize: 16}\n- add: [a, previous]\n- {resize: 5}",
        "- {slice: [0, 4], height: [0, 16]}",
        "- add: [previous, {parameter: [8, 16, 16]}]",
    ],
)
def test_no_resolution_is_offered_where_another_makes_another_network(layers: str) -> None:
    text = write_architecture(network(body(layers)), "net")
    assert "resolution: " not in text


def test_what_has_the_size_of_the_input_has_its_resolution() -> None:
    assert "{resize: resolution}" in write_architecture(
        of("- {maxpool: 2}\n- {conv: 4, kernel: 1}\n- {resize: 16}"), "net"
    )


def test_each_item_names_its_modules() -> None:
    net = of("- {conv: 8, kernel: 3, norm: batch}\n- {dsconv: 8, stride: 2}\n- {dsconv: 8}\n- {maxpool: 2}")
    paths = ["stem.conv", "stem.bn", "body.0.dw", "body.0.pw", "body.1.dw", "body.1.pw", ""]
    lines = write_architecture(net, "net", paths=paths).splitlines()
    assert lines[-3:] == [
        "  - {conv: 8, kernel: 3, norm: batch}           # stem",
        "  - {dsconv: 8, repeat: 2, first: {stride: 2}}  # body.0 to body.1",
        "  - {maxpool: 2}",
    ]


def test_names_of_tensors_come_from_their_modules() -> None:
    net = of("- {conv: 8, kernel: 3, name: a}\n- {maxpool: 2}\n- {conv: 4, kernel: 1}\n- {conv: 8, kernel: 1}\n- {conv: 8, kernel: 3}\n"
             "- {upsample: 2}\n- concat: [a, previous]")  # fmt: skip
    text = write_architecture(net, "net", paths=["/encoder/layer1.0/", "", "", "", "", "", "head%2 x"])
    assert "{conv: 8, kernel: 3, name: layer1_0}" in text
    assert "concat: [layer1_0, previous]" in text


SHARED = """
input: [8, 16, 16]
layers:
  - {conv: 8, kernel: 3, norm: batch, name: first}
  - {conv: 8, kernel: 3, norm: batch, weights: first}
  - {conv: 4, kernel: 1, name: second}
  - {conv: 4, kernel: 1, weights: second, from: first, name: third}
  - add: [second, third]
"""


def test_shared_weights_stay_shared() -> None:
    net = network(SHARED)
    again = network(write_architecture(net, "net"))
    assert_same(net, again)
    assert again.shared == net.shared
    assert sum(node.counts.params for node in again.nodes) == 8 * 8 * 9 + 2 * 8 + 8 * 4 + 4


def test_several_inputs_keep_their_names() -> None:
    net = network(
        "input: {image: [3, 16, 16], mask: [1, 16, 16]}\nlayers:\n  - {conv: 8, kernel: 3, from: image}\n  - add: [previous, mask]"
    )
    text = write_architecture(net, "net")
    assert "input: {image: [3, 16, 16], mask: [1, 16, 16]}" in text
    assert network(text).inputs == net.inputs


def test_inputs_whose_names_are_none_get_others() -> None:
    net = network(
        "input: {a: [3, 16, 16], b: [1, 16, 16]}\nlayers:\n  - {conv: 8, kernel: 3, from: a}\n  - add: [previous, b]"
    )
    named = tuple(each._replace(name=name) for each, name in zip(net.inputs, ("input", "mask:0 %"), strict=True))
    text = write_architecture(Network(named, net.nodes, net.outputs), "net")
    assert "input: {input_1: [3, 16, 16], mask_0: [1, 16, 16]}" in text


def test_sums_inside_sums_without_end_have_names() -> None:
    """x0, x1 = f(x0), ..., and then the sums of all of them from the last one inwards: 400 branches inside each other."""
    depth = 400
    lines = ["- {relu, name: x0}", *(f"- {{tanh, name: x{at}, from: x{at - 1}}}" for at in range(1, depth))]
    lines += [f"- {{add: [previous, x{at}]}}" for at in range(depth - 2, -1, -1)]
    net = of("\n".join(lines))
    text = write_architecture(net, "net")
    assert_same(net, network(text))
    assert max(len(line) - len(line.lstrip()) for line in text.splitlines()) < 60
