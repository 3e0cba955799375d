"""The two forms where they decide a headline: gates as published, what reads the input, and what broke a pair."""

from textwrap import dedent

import pytest

from dsconv_cost import analyze
from dsconv_cost.costs.breakdown import EXPAND, Breakdown, LayerRow, View
from dsconv_cost.network.transforms.convert import CONVERTED, KEPT, MERGED, separable_form, standard_form
from dsconv_cost.reports.analyze import report
from dsconv_cost.reports.explain import explain_layer
from tests.networks import architecture, costs, macs, network, of, params, sources

# -- a gate with batch norms: RexNet --------------------------------------------------------------

# Han et al. 2020, arXiv:2007.00992, ReXNet 1.0x, as timm 1.0.31 has it: output channels of each block; the gates
# start with the fourth, and blocks 2, 4, 6 and 12 stride.
REXNET_CHANNELS = (16, 27, 38, 50, 61, 72, 84, 95, 106, 117, 128, 140, 151, 162, 174, 185)
REXNET_STRIDES = (1, 3, 5, 11)
REXNET_GATES_FROM = 3


def rexnet() -> str:
    """Return ReXNet 1.0x as a file: the squeeze is a twelfth of the hidden channels, the shortcut covers the first ones."""
    lines = ["- {conv: 32, kernel: 3, stride: 2, padding: 1, norm: batch, activation: silu}"]
    before = 32
    for index, out in enumerate(REXNET_CHANNELS):
        stride = 2 if index in REXNET_STRIDES else 1
        hidden = before if index == 0 else 6 * before
        if index:
            lines.append(f"- {{conv: {hidden}, kernel: 1, norm: batch, activation: silu}}")
        lines.append(f"- {{dwconv: 3, stride: {stride}, padding: 1, norm: batch}}")
        if index >= REXNET_GATES_FROM:
            squeeze = f"{{conv: {hidden // 12}, kernel: 1, bias: true, norm: batch, activation: relu}}"
            expand = f"{{conv: {hidden}, kernel: 1, activation: sigmoid}}"
            lines.append(f"- multiply: [previous, [global_avgpool, {squeeze}, {expand}]]")
        lines += ["- relu6", f"- {{conv: {out}, kernel: 1, norm: batch, name: p{index}}}"]
        if stride == 1 and before <= out:
            lines.append(f"- add: [[{{slice: [0, {before}]}}], end{index - 1}]")
            lines.append(f"- concat: [previous, [{{slice: [{before}, {out}], from: p{index}}}]]")
        lines.append(f"- {{dropout, name: end{index}}}")
        before = out
    lines += ["- {conv: 1280, kernel: 1, norm: batch, activation: silu}", "- global_avgpool", "- {linear: 1000}"]
    return "input: [3, 224, 224]\nlayers:\n" + "\n".join(f"  {line}" for line in lines) + "\n"


def test_rexnet_whose_gates_hold_a_batch_norm() -> None:
    net = network(rexnet())
    # Measured in PyTorch: totals_2.csv of tests/facts, rexnet_100.
    assert (params(net), macs(net)) == (4_796_873, 398_370_392)
    form = standard_form(net)
    assert macs(form.network) == 1_650_237_582
    merged = [decision for decision in form.decisions if decision.verdict == MERGED]
    assert len(merged) == len(REXNET_CHANNELS)
    gates = [d for d in form.decisions if d.reason == "in a gate, which goes before the convolution"]
    assert len(gates) == 2 * (len(REXNET_CHANNELS) - REXNET_GATES_FROM)


def test_a_gate_of_linear_layers_goes_before_the_convolution() -> None:
    gate = "[{adaptive_avgpool: 1}, flatten, {linear: 2}, {batchnorm, name: n}, relu, dropout, {linear: 1}, sigmoid]"
    net = of(f"- relu\n- {{dwconv: 3, stride: 2}}\n- multiply: [previous, {gate}]\n- {{conv: 4, kernel: 1}}")
    made = standard_form(net).network
    taken = sources(made)
    assert taken["multiply1/adaptive_avgpool1"] == ["relu1"]
    assert taken["multiply1"] == ["relu1", "multiply1/sigmoid1"]
    assert taken["conv1"] == ["multiply1"]
    # Gate 8*2 + 2*1, and one 3 x 3 convolution 8 -> 4 on 8 x 8 positions.
    assert macs(made) == 16 + 2 + 64 * 9 * 8 * 4


# -- what reads the network's input ---------------------------------------------------------------

STAYS = {
    "directly": "- {conv: 4, kernel: 3, name: c}",
    "squares of positions": "- {space_to_depth: 2}\n- {conv: 4, kernel: 3, name: c}",
    "pixels from channels": "- {depth_to_space: 2}\n- {conv: 4, kernel: 3, name: c}",
    "the input itself": "- identity\n- {dropout: 0.1}\n- {conv: 4, kernel: 3, name: c}",
    "channels added": "- {pad, channels: [0, 1]}\n- {conv: 4, kernel: 3, name: c}",
    "rows put together": "- {concat: [input, input], along: height}\n- {conv: 4, kernel: 3, name: c}",
    "every other row": "- {slice, height: [0, 8, 2]}\n- {conv: 4, kernel: 3, name: c}",
    "turned": "- {permute: [channels, width, height]}\n- {conv: 4, kernel: 3, name: c}",
    "in another shape": "- {reshape: [-1, 4, 4]}\n- {conv: 4, kernel: 3, name: c}",
    "padded": "- {pad: 1}\n- {conv: 4, kernel: 3, padding: 0, name: c}",
    "normalised": "- batchnorm\n- {conv: 4, kernel: 3, name: c}",
    "scaled": "- channel_scale\n- {conv: 4, kernel: 3, name: c}",
    "padded and normalised": "- {pad: 1}\n- batchnorm\n- {conv: 4, kernel: 3, padding: 0, name: c}",
    "resized": "- {resize: [8, 8]}\n- {conv: 4, kernel: 3, name: c}",
    "a part": "- {slice: [0, 3]}\n- {conv: 4, kernel: 3, name: c}",
    "parts put together": "- concat: [input, [{slice: [0, 3]}]]\n- {conv: 4, kernel: 3, name: c}",
    "dropped out": "- dropout\n- {conv: 4, kernel: 3, name: c}",
}
CONVERTS = {
    "an activation": "- relu\n- {conv: 4, kernel: 3, name: c}",
    "a pooling": "- {maxpool: 2}\n- {conv: 4, kernel: 3, name: c}",
    "a convolution": "- {conv: 8, kernel: 1}\n- {conv: 4, kernel: 3, name: c}",
    "a sum": "- add: [input, [batchnorm]]\n- {conv: 4, kernel: 3, name: c}",
    "the input beside something else": "- concat: [input, [relu]]\n- {conv: 4, kernel: 3, name: c}",
    "convert: true": "- {pad: 1}\n- {conv: 4, kernel: 3, convert: true, name: c}",
}


@pytest.mark.parametrize("layers", STAYS.values(), ids=STAYS)
def test_a_convolution_that_reads_the_input_stays(layers: str) -> None:
    net = of(layers)
    form = separable_form(net)
    assert [(d.verdict, d.reason) for d in form.decisions] == [(KEPT, "reads the network's input")]
    assert form.network is net


@pytest.mark.parametrize("layers", CONVERTS.values(), ids=CONVERTS)
def test_a_convolution_behind_more_than_moves_is_converted(layers: str) -> None:
    net = of(layers)
    decision = separable_form(net).decisions[-1]
    assert (net.nodes[decision.node].name, decision.verdict) == ("c", CONVERTED)


# -- what broke a pair ----------------------------------------------------------------------------

BROKEN = {
    "a layer between": ("- {dwconv: 3}\n- relu\n- {groupnorm: 2}\n- {conv: 4, kernel: 1}", "groupnorm follows: groupnorm1"),
    "a norm named by the item": ("- {dwconv: 3, norm: layer}\n- {conv: 4, kernel: 1}", "layernorm follows: dwconv1.norm"),
    "a wide convolution": ("- {dwconv: 3}\n- {conv: 4, kernel: 3}", "a standard layer follows: conv1"),
    "a strided one": ("- {dwconv: 3}\n- {conv: 4, kernel: 1, stride: 2}", "a strided 1 x 1 convolution follows: conv1"),
    "a linear layer": ("- {dwconv: 3, stride: 16}\n- {linear: 4}", "linear follows: linear1"),
    "two takers": (
        "- {dwconv: 3}\n- concat: [{conv: 4, kernel: 1}, {conv: 5, kernel: 1}]",
        "several layers take its output: concat1/conv1, concat1/conv2",
    ),
    "the end": ("- relu\n- {dwconv: 3}", "an output of the network"),
    "an output between": ("- {dwconv: 3}\n- relu", "an output of the network: relu1"),
    "a second gate": (
        "- {dwconv: 3}\n- {squeeze_excite: 2}\n- {squeeze_excite: 2}\n- {conv: 4, kernel: 1}",
        "a second squeeze-excite gate follows: squeeze_excite2/multiply",
    ),
    "a gate and m = 2": (
        "- {dwconv: 3, depth_multiplier: 2}\n- {squeeze_excite: 2}\n- {conv: 4, kernel: 1}",
        "a gate follows a depth multiplier above 1: squeeze_excite1/multiply",
    ),
    "branches joined before one pointwise convolution": (
        "- {conv: 8, kernel: 1}\n- concat: [{dwconv: 3, name: d}, {dwconv: 5}]\n- {conv: 4, kernel: 1}", "concat follows: concat1",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("layers", "said"), BROKEN.values(), ids=BROKEN)
def test_what_broke_a_pair_is_named_in_notes_and_explain(layers: str, said: str) -> None:
    analysis = analyze(architecture(f"input: [8, 16, 16]\nlayers:\n{layers.replace('- ', '  - ')}\n"))
    name = next(node.name for node in analysis.network.nodes if node.kind == "depthwise")
    note = dict(report(analysis, View()).notes)["standard"]
    assert f"{name} ({said})" in note
    lines = [line for section in explain_layer(analysis, name) for line in section.lines]
    told = f"  standard form: converted: an unpaired depthwise convolution becomes the full one ({said})"
    assert told in lines


def test_many_broken_pairs_are_counted_by_what_broke_them() -> None:
    analysis = costs(
        "input: [8, 16, 16]\nlayers: [{sequential: [{dwconv: 3, norm: layer}, {conv: 8, kernel: 1}], repeat: 7}]\n"
    )
    note = dict(report(analysis, View()).notes)["standard"]
    assert note.startswith("7 converted; unpaired 7 layers (layernorm follows); kept 7 layers (standard already)")


def test_a_pair_that_convert_false_breaks_says_so() -> None:
    for text, reason in (
        ("{dwconv: 3, convert: false}, {conv: 4, kernel: 1}", "convert: false"),
        ("{dwconv: 3}, {conv: 4, kernel: 1, convert: false}", "its pointwise convolution has convert: false"),
    ):
        analysis = costs(f"input: [8, 16, 16]\nlayers: [{text}]\n")
        titles = [section.title for section in explain_layer(analysis, "dwconv1")]
        assert titles[-1] == f"dwconv1: a depthwise convolution that is kept as it is written ({reason})"
        assert macs(analysis.standard.network) == macs(analysis.network)


def test_separable_that_costs_more_says_more() -> None:
    # k 1 x 2 and one output channel: 1/1 + 1/2 = 1.5 times the standard one's.
    analysis = costs("input: [8, 16, 16]\nlayers: [relu, {conv: 1, kernel: [1, 2]}]\n")
    lines = explain_layer(analysis, "conv1")[-1].lines
    assert lines[-1].endswith("= 1.5000: the same as the prediction, 1.50x more")


# -- factors of rows ------------------------------------------------------------------------------


def row_of(analysis_rows: list[LayerRow], name: str) -> LayerRow:
    return next(row for row in analysis_rows if row.name == name)


GATED = dedent("""
    input: [16, 16, 16]
    blocks: {b: {layers: [{dwconv: 3}, {squeeze_excite: 8}]}}
    layers:
      - b
      - {conv: 64, kernel: 1}
""")


def test_a_row_whose_depthwise_is_paired_in_another_row_has_no_factor() -> None:
    analysis = costs(GATED)
    shown = list(Breakdown(analysis, View()).rows())
    block, pointwise = row_of(shown, "b1"), row_of(shown, "conv1")
    assert (block.factor, block.merged, block.merged_in_part) == (None, False, True)
    # The pair's factor: 9 * 16 * 64 against 9 * 16 + 16 * 64 at each position.
    assert pointwise.factor == (9 * 16 * 64) / (9 * 16 + 16 * 64)
    notes = [text for label, text in report(analysis, View()).notes if label == "merged"]
    assert notes == [
        "b1: in the standard form the depthwise convolution is part of the pointwise one in another row, whose factor covers both"
    ]
    depthwise = row_of(list(Breakdown(analysis, View(EXPAND)).rows()), "b1/dwconv1")
    assert (depthwise.factor, depthwise.merged, depthwise.standard) == (None, True, 0)


def test_a_row_with_a_merged_depthwise_and_a_convolution_keeps_the_convolutions_factor() -> None:
    analysis = costs("""
        input: [4, 8, 8]
        layers:
          - {conv: 16, kernel: 1, name: first}
          - {sequential: [{conv: 32, kernel: 3}, {dwconv: 3}], name: both}
          - {conv: 64, kernel: 1}
    """)
    both = row_of(list(Breakdown(analysis, View()).rows()), "both")
    # The 3 x 3 convolution 16 -> 32 alone: 9 * 16 * 32 against 9 * 16 + 16 * 32.
    assert both.factor == (9 * 16 * 32) / (9 * 16 + 16 * 32)
    assert both.merged_in_part


def test_a_row_that_holds_the_whole_pair_keeps_its_factor() -> None:
    analysis = costs("input: [16, 16, 16]\nlayers: [{dsconv: 64}]\n")
    whole = row_of(list(Breakdown(analysis, View()).rows()), "dsconv1")
    assert (whole.factor, whole.merged) == ((9 * 16 * 64) / (9 * 16 + 16 * 64), False)
