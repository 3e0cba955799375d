"""The file as a whole: its name, hyperparameters, variants, let and outputs."""

import pytest

from dsconv_cost.errors import InputError
from dsconv_cost.layers.values import Value
from tests.networks import architecture, lines, network, of, refused, types


def test_the_least_file() -> None:
    net = network("{input: [3, 4, 5], layers: [relu]}")
    assert net.input == (3, 4, 5)
    assert lines(net) == ["relu1 3x4x5"]
    assert net.outputs == (0,)


def test_the_name_is_the_files_unless_given() -> None:
    assert architecture("{input: [3, 4, 5], layers: [relu]}").name == "net"
    assert architecture("{name: Other Net, input: [3, 4, 5], layers: [relu]}").name == "Other Net"


def test_source_and_format_are_read() -> None:
    arch = architecture("{format: 1, source: 'Paper, Table 1', input: [3, 4, 5], layers: [relu]}")
    assert arch.spec.source == "Paper, Table 1"
    refused("{format: 2, input: [3, 4, 5], layers: [relu]}", "1:10 expected 1")


HYPER = """
hyperparameters: {alpha: 1.0, depths: [1, 2], nl: relu, wide: true, classes: 10}
let:
  base: int(8 * alpha)
  twice: base * 2
input: [base, 4, 4]
layers:
  - {conv: twice, kernel: 1, repeat: "depths[1]", activation: nl, when: wide}
  - {conv: classes, kernel: 1}
variants:
  half: {alpha: 0.5}
  18: {depths: [3, 4]}
  0.5x: {nl: relu6, wide: true}
"""


def test_hyperparameters_and_let() -> None:
    net = network(HYPER)
    assert lines(net) == [
        "conv1[1] 16x4x4", "conv1[1].act 16x4x4", "conv1[2] 16x4x4", "conv1[2].act 16x4x4", "conv2 10x4x4",
    ]  # fmt: skip


def test_a_set_value_replaces_the_default() -> None:
    assert network(HYPER, alpha=0.5, classes=3, wide=False).nodes[0].output == (3, 4, 4)


def test_a_variants_value_replaces_the_whole_hyperparameter_and_set_comes_last() -> None:
    assert network(HYPER, "half").input == (4, 4, 4)
    assert network(HYPER, "half", alpha=2.0).input == (16, 4, 4)
    assert len(network(HYPER, "18").nodes) == 4 * 2 + 1


def test_variant_names_are_the_keys_text() -> None:
    assert types(network(HYPER, "0.5x")) == ["conv", "relu6", "conv", "relu6", "conv"]
    with pytest.raises(InputError, match=r"no variant '0\.5'"):
        network(HYPER, "0.5")


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("beta", 1, "no hyperparameter 'beta'"),
        ("twice", 8, "'twice' is computed in let and cannot be set"),
    ],
)
def test_what_cannot_be_set(name: str, value: Value, message: str) -> None:
    with pytest.raises(InputError, match=message):
        network(HYPER, None, **{name: value})


def test_a_required_hyperparameter_has_no_default_variant() -> None:
    text = """
    hyperparameters: {width: required}
    input: [width, 4, 4]
    layers: [relu]
    variants: {small: {width: 4}, large: {width: 8}}
    """
    assert network(text, "large").input == (8, 4, 4)
    assert network(text, width=5).input == (5, 4, 4)
    with pytest.raises(
        InputError, match=r"needs width: name a variant, e.g. net:small \(there are small, large\), or set it"
    ):
        network(text)


def test_let_is_in_order() -> None:
    refused(
        "let: {b: a + 1, a: 2}\ninput: [3, 4, 4]\nlayers: [relu]\n",
        "1:10 'a' is used before it is defined",
    )


def test_without_outputs_the_last_item_is_the_only_one() -> None:
    net = of("[relu, sigmoid]")
    assert net.outputs == (1,)


def test_outputs_by_name() -> None:
    net = network(
        """
        input: [8, 16, 16]
        layers:
          - {conv: 4, kernel: 3, stride: 2, name: c1}
          - {conv: 6, kernel: 3, stride: 2, name: c2}
        outputs: [c1, c2]
        """
    )
    assert [net.nodes[i].name for i in net.outputs] == ["c1", "c2"]


def test_outputs_can_leave_out_the_last_item_only_if_it_is_used() -> None:
    refused(
        "input: [8, 4, 4]\nlayers: [{relu, name: a}, sigmoid]\noutputs: [a]\n",
        "2:27 nothing uses sigmoid1: join it, name it in outputs",
    )


def test_the_output_of_a_repeated_item_is_its_last() -> None:
    net = network("{input: [8, 4, 4], layers: [{relu, repeat: 3, name: a}, sigmoid], outputs: [a, b]}".replace(
        "sigmoid", "{sigmoid, name: b}"
    ))  # fmt: skip
    assert net.outputs == (2, 3)
