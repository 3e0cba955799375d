"""Receptive fields against a brute force, the figures of Araujo et al. 2019 and those of the bundled networks."""

import csv
from fractions import Fraction
from math import ceil, floor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dsconv_cost
from dsconv_cost.layers import LAYERS
from dsconv_cost.network.graph import Network
from dsconv_cost.network.receptive_field import Reach, receptive_fields
from tests.network.reads import OTHER_AXES, OWN_POSITION, READS, positions_seen
from tests.networks import network, of

FACTS = Path(__file__).parents[1] / "facts" / "receptive_fields.csv"


def field(net: Network) -> tuple[Reach, ...]:
    """Return the receptive field of the last layer."""
    own = receptive_fields(net).of[-1]
    assert own is not None
    return own.sides


def figures(reach: Reach) -> tuple[object, ...]:
    return reach.size, reach.stride, reach.padding, reach.aligned


def hold(net: Network, is_tight: bool) -> None:
    """Hold the receptive field of the last layer of a network with one side to what every output really sees."""
    seen, node = positions_seen(net), len(net.nodes) - 1
    (reach,) = field(net)
    count, inside = net.nodes[node].output[1], range(net.input[1])
    before: list[Fraction] = []
    after: list[Fraction] = []
    most = 0
    for i in range(count):
        positions = seen(node, i)
        if not reach.stride:  # what every output sees ends where the input ends
            positions = positions.intersection(inside)
        if not positions:  # a transposed convolution with a stride above its kernel
            continue
        low, high = min(positions), max(positions)
        start = i * Fraction(reach.stride) - reach.padding
        assert ceil(start) <= low
        assert high <= floor(start + reach.extent - 1)
        before.append(low - start)
        after.append(start + reach.extent - 1 - high)
        most = max(most, high - low + 1)
    assert most <= reach.size
    if is_tight and count >= Fraction(reach.stride).denominator:
        assert min(before) == 0
        assert min(after) == 0


CASES = (
    "{conv: 4, kernel: 3}", "{conv: 4, kernel: 4, stride: 3, padding: 2}", "{conv: 4, kernel: 3, dilation: 3}", "{dwconv: 5, stride: 2}",
    "{conv: 4, kernel: 2, stride: 3, padding: 0}", "{maxpool: 3, stride: 2, padding: 1}", "{avgpool: 2}", "blur_pool: 3",
    "{conv_transpose: 4, kernel: 4, stride: 2}", "{conv_transpose: 4, kernel: 3, stride: 3, padding: 0}",
    "{conv_transpose: 4, kernel: 5, stride: 2, padding: 1, output_padding: 1}", "{conv_transpose: 4, kernel: 3, dilation: 2, padding: 2}",
    "{upsample: 2}", "{upsample: 3, mode: bilinear}", "{resize: 19}", "{resize: [29], mode: bilinear}", "{resize: [15], mode: nearest}",
    "{resize: [6], mode: bilinear}", "{adaptive_avgpool: 5}", "{adaptive_avgpool: 24}", "{adaptive_avgpool: 48}", "{adaptive_avgpool: 1}",
    "global_avgpool", "global_maxpool", "reduce: mean", "{reduce: max, over: [channels]}", "{gru: 4}", "{lstm: 4}", "{rnn: 4}",
    "{pad: 3}", "{crop: 15}", "{slice: , length: [3, 21, 2]}", "{slice: [0, 2]}", "{space_to_depth: 3}", "{depth_to_space: 4}",
    "{concat: [previous, {conv: 4, kernel: 3}], along: length}", "{add: [previous, {conv: 4, kernel: 5}]}",
    "{multiply: [previous, {conv: 4, kernel: 5, dilation: 2}]}", "{concat: [previous, {avgpool: 3, stride: 1, padding: same}]}",
    "{add: [previous, [{conv: 4, kernel: 3, stride: 2}, {upsample: 2}]]}",
    "{add: [previous, [{maxpool: 5, padding: same}, {resize: [24], mode: nearest}]]}",
    "{linear: 4}", "relu", "softmax", "batchnorm", "{embedding: 4, vocabulary: 9}",
    "flatten", "{correlate: [previous, {slice: , length: [0, 5]}]}", "{matmul: [previous, {permute: [length, channels]}]}", "glu",
    "{conv_at: [previous, {conv: 3, kernel: 3}], out_channels: 4, kernel: 3}", "{channel_shuffle: 2}",
)  # fmt: skip


@pytest.mark.parametrize("item", CASES)
def test_every_output_sees_what_the_brute_force_sees(item: str) -> None:
    hold(of(f"- {item}", "1, 24" if "embedding" in item else "4, 24"), is_tight=True)


@pytest.mark.parametrize(
    "fields", ["", ", window: 5", ", window: 24", ", grid: 6", ", grid: 5, linear: true", ", over: channels"]
)
def test_attention_sees_its_window_or_everything(fields: str) -> None:
    net = of(f"- {{conv: 12, kernel: 3}}\n- {{attention: , heads: 2{fields}}}", "4, 24")
    if "over" in fields or not fields or "24" in fields:
        assert figures(field(net)[0])[:3] == (24, 0, 0) if "24" not in fields else (49, 1, 24)
    else:
        hold(net, is_tight=True)


def test_every_type_of_layer_has_its_place_in_the_brute_force() -> None:
    """A new type either reads its own position alone, or says which windows it reads, and the brute force how."""
    assert {*READS, *OWN_POSITION, *OTHER_AXES} == {*LAYERS}
    assert not OWN_POSITION & {*READS}


EXACT_LINKS = (
    "{conv: 4, kernel: 3}", "{conv: 4, kernel: 2, stride: 2, padding: 1}", "{conv: 4, kernel: 3, dilation: 2}", "{dwconv: 3, stride: 2}",
    "{conv: 4, kernel: 1, stride: 2, padding: 0}", "{maxpool: 2}", "{avgpool: 3, stride: 2, padding: 1}", "{pad: 2}", "relu",
    "{slice: , length: [1, 6]}", "{slice: , length: [0, 5, 2]}", "{space_to_depth: 1}", "{crop: 4}",
    "{residual: [{conv: 4, kernel: 3}, {conv: 4, kernel: 3}]}", "{concat: [{conv: 2, kernel: 1}, {conv: 2, kernel: 4}]}",
    "{add: [previous, {conv: 4, kernel: 5, dilation: 2}]}", "{concat: [{conv: 2, kernel: 2}, {maxpool: 3, stride: 1, padding: same}]}",
)  # fmt: skip
OTHER_LINKS = (
    "{upsample: 2}", "{upsample: 3}", "{upsample: 2, mode: bilinear}", "{resize: [17], mode: nearest}", "{resize: [11], mode: bilinear}",
    "{conv_transpose: 4, kernel: 4, stride: 2}", "{conv_transpose: 4, kernel: 2, stride: 3, padding: 1, dilation: 2}",
    "{adaptive_avgpool: 9}", "{depth_to_space: 2}", "{conv: 12, kernel: 1}", "{attention: , window: 4}", "{gru: 4}",
    "{add: [previous, [{conv: 4, kernel: 3, stride: 2}, {upsample: 2}]]}", "{concat: [previous, {pad: 1}], along: length}",
)  # fmt: skip


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(EXACT_LINKS), min_size=1, max_size=6), st.integers(8, 40))
def test_chains_without_upsampling_are_exact(items: list[str], size: int) -> None:
    try:
        net = of("\n".join(f"- {item}" for item in items), f"4, {size}")
    except dsconv_cost.InputError:  # a window that does not fit
        return
    hold(net, is_tight=True)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(EXACT_LINKS + OTHER_LINKS), min_size=2, max_size=5), st.integers(12, 40))
def test_all_chains_hold_what_the_brute_force_sees(items: list[str], size: int) -> None:
    try:
        net = of("\n".join(f"- {item}" for item in items), f"4, {size}")
    except dsconv_cost.InputError:
        return
    hold(net, is_tight=False)


# -- whole networks -------------------------------------------------------------------------------


def features(net: Network) -> Reach:
    """Return the receptive field of the last layer with a stride: the feature map before the pooling. Both sides have the same."""
    fields = [own.sides for own in receptive_fields(net).of if own is not None and all(one.stride for one in own.sides)]
    assert len(set(fields[-1])) == 1
    return fields[-1][0]


BUNDLED = list(csv.DictReader(FACTS.read_text(encoding="utf-8").splitlines()))


@pytest.mark.parametrize("row", BUNDLED, ids=lambda row: row["network"])
def test_bundled_networks(row: dict[str, str]) -> None:
    """The figures of an implementation apart from this one, and those of google-research/receptive_field where it has them."""
    own = features(dsconv_cost.analyze(row["network"]).network)
    wanted = int(row["receptive_field"]), int(row["stride"]), int(row["padding"]), row["aligned"] == "True"
    assert figures(own) == wanted
    if row["published_size"]:
        published = row["published_size"], row["published_stride"], row["published_padding"]
        agrees = tuple(map(str, figures(own)[:3])) == published
        assert agrees == (not row["differs"])


def slim_resnet(*units: int) -> Network:
    """Return TF-Slim's resnet_v1: the last unit of each stage has the stride, strided convolutions are padded as if they had none."""
    stages = []
    for stage, count in enumerate(units):
        width = 64 << stage
        for unit in range(count):
            stride = 2 if unit == count - 1 and stage < 3 else 1
            shortcut = "identity" if unit else f"{{conv: {4 * width}, kernel: 1}}"
            if unit and stride == 2:
                shortcut = "{maxpool: 1, stride: 2}"
            elif stride == 2:
                shortcut = f"{{conv: {4 * width}, kernel: 1, stride: 2}}"
            stages.append(
                f"- residual: [{{conv: {width}, kernel: 1}}, {{conv: {width}, kernel: 3, stride: {stride}, padding: 1}}, "
                f"{{conv: {4 * width}, kernel: 1}}]\n  shortcut: {shortcut}"
            )
    return of(
        "\n".join(
            ["- {conv: 64, kernel: 7, stride: 2, padding: 3}", "- {maxpool: 3, stride: 2, padding: same}", *stages]
        ),
        "3, 224, 224",
    )


@pytest.mark.parametrize(
    ("units", "published"),
    [((3, 4, 6, 3), (483, 32, 239)), ((3, 4, 23, 3), (1027, 32, 511)), ((3, 8, 36, 3), (1507, 32, 751))],
    ids=["resnet_v1_50", "resnet_v1_101", "resnet_v1_152"],
)
def test_resnets_of_araujo_et_al(units: tuple[int, ...], published: tuple[int, int, int]) -> None:
    """google-research/receptive_field, README at f12ae8e: TF-Slim's networks, whose strides are elsewhere than in the bundled ones."""
    assert figures(features(slim_resnet(*units)))[:3] == published


def test_gates_are_set_aside() -> None:
    layers = """
        - {conv: 8, kernel: 3}
        - {squeeze_excite: 2}
        - {conv: 8, kernel: 3}
    """
    net = of(layers)
    fields = receptive_fields(net)
    assert [net.nodes[index].name for index in fields.gates] == ["squeeze_excite1/multiply"]
    assert figures(field(net)[0]) == (5, 1, 2, True)
    inside = dict(zip([node.name for node in net.nodes], fields.of, strict=True))["squeeze_excite1/expand"]
    assert inside is not None
    assert [figures(one)[:3] for one in inside.sides] == [(16, 0, 0), (16, 0, 0)]
    assert inside.aligned is None


def test_a_product_of_maps_is_no_gate() -> None:
    net = of("- {multiply: [previous, {conv: 1, kernel: 7}]}")
    assert not receptive_fields(net).gates
    assert figures(field(net)[0]) == (7, 1, 3, True)


def test_a_gate_on_a_single_position_is_a_gate_too() -> None:
    net = of("- {conv: 8, kernel: 3, padding: 0}\n- {squeeze_excite: 2}", "4, 3, 3")
    assert figures(field(net)[0]) == (3, 1, 0, True)


@pytest.mark.parametrize(
    ("size", "layers", "wanted"),
    [
        ("3", "- {linear: 4}", []),
        ("3, 20", "- {conv: 4, kernel: 5, stride: 2, padding: 0}", [(5, 2, 0)]),
        ("3, 20, 30", "- {conv: 4, kernel: [5, 3], stride: [2, 1]}", [(5, 2, 1), (3, 1, 1)]),
        ("3, 8, 20, 30", "- {conv: 4, kernel: [3, 1, 5]}\n- {maxpool: [1, 2, 2]}", [(3, 1, 1), (2, 2, 0), (6, 2, 2)]),
        ("3, 20, 30", "- {reduce: mean, over: [width]}", [(1, 1, 0), (30, 0, 0)]),
        ("3, 20, 30", "- flatten\n- {linear: 4}", [(20, 0, 0), (30, 0, 0)]),
        ("3, 20, 30", "- {conv: 4, kernel: 20, padding: 0}", [(20, 1, 0), (20, 1, 0)]),
        ("3, 20, 30", "- {gru: 4}", [(1, 1, 0), (30, 0, 0)]),
        # A column a channel: other columns are channels then, and a convolution sees them all.
        ("3, 20, 30", "- {permute: [width, height, channels]}\n- {conv: 4, kernel: [3, 1]}", [(3, 1, 1), (30, 0, 0)]),
        ("3, 20, 30", "- {permute: [channels, width, height]}\n- {conv: 4, kernel: [3, 1]}", [(1, 1, 0), (3, 1, 1)]),
        (
            "3, 20, 30",
            "- {permute: [width, height, channels]}\n- relu\n- {permute: [width, height, channels]}",
            [(1, 1, 0), (1, 1, 0)],
        ),
        # Positions in a row step along the width first; each still sees its own patch.
        ("3, 20, 30", "- {conv: 4, kernel: 5, stride: 5}\n- {reshape: [4, -1]}\n- {linear: 4}", [(5, 5, 0), (5, 5, 0)]),
        (
            "3, 20, 30",
            "- {reshape: [3, -1]}\n- layernorm\n- {reshape: [3, 20, 30]}\n- {conv: 3, kernel: 3}",
            [(3, 1, 1), (3, 1, 1)],
        ),
        ("3, 20, 30", "- {reshape: [3, -1]}\n- {conv: 3, kernel: 3}", [(20, 0, 0), (30, 0, 0)]),
        (
            "3, 20",
            "- {conv: 4, kernel: 3}\n- {reshape: [2, 2, 20]}\n- {permute: [height, channels, width]}\n- {reshape: [4, 20]}",
            [(3, 1, 1)],
        ),
    ],
)
def test_every_number_of_sides(size: str, layers: str, wanted: list[tuple[int, int, int]]) -> None:
    assert [figures(one)[:3] for one in field(of(layers, size))] == wanted


def test_several_inputs() -> None:
    """A layer's field is on the first input that it sees; a search area is compared with an exemplar that is seen whole."""
    net = network("""
        input: {exemplar: [3, 12], search: [3, 40]}
        layers:
          - {conv: 4, kernel: 3, from: exemplar, name: left}
          - {conv: 4, kernel: 5, from: search, name: right}
          - {correlate: [right, left]}
    """)
    fields = receptive_fields(net).of
    assert [None if own is None else (own.input, *figures(own.sides[0])[:3]) for own in fields] == [
        (0, 3, 1, 1), (1, 5, 1, 2), (0, 12, 0, 0)
    ]  # fmt: skip


def test_a_learned_tensor_sees_nothing() -> None:
    net = of("- {add: [previous, {parameter: [8, 16, 16]}]}")
    assert [own is None for own in receptive_fields(net).of] == [True, False]
