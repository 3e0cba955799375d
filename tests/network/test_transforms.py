"""The standard and the separable form: what becomes what, what stays, and why."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsconv_cost.layers.convolution import Conv, DepthwiseConv
from dsconv_cost.layers.counts import total
from dsconv_cost.layers.shapes import Shape, Sides, is_one, sides_of
from dsconv_cost.layers.transposed import ConvTranspose
from dsconv_cost.network.graph import INPUT, Network, Node
from dsconv_cost.network.transforms.convert import CONVERTED, KEPT, MERGED, Transformed, separable_form, standard_form
from tests.networks import body, macs, network, of, params, sources

FORMS = {"standard": standard_form, "separable": separable_form}


def told(net: Network) -> list[str]:
    """Return every primitive in a line: name, operation with kernel / stride, channels, `+b` for a bias."""
    return [_told(node, net.input_shapes(node)[0]) for node in net.nodes]


def _told(node: Node, x: Shape) -> str:
    layer = node.layer
    if isinstance(layer, (Conv, DepthwiseConv, ConvTranspose)):
        k, s = sides_of(layer.kernel, x, "kernel"), sides_of(layer.stride, x, "stride")
        window = f"{k[0]}x{k[1]}/{s[0]}" if s[0] == s[1] else f"{k[0]}x{k[1]}/{s[0]}x{s[1]}"
        bias = " +b" if layer.bias else ""
        return f"{node.name} {node.kind} {window} {x.channels}->{node.output.channels}{bias}"
    return f"{node.name} {layer.type} {node.output.channels}"


def reasons(form: Transformed, net: Network) -> dict[str, str]:
    """Return for every convolution and linear layer what was done with it, and why."""
    return {net.nodes[d.node].name: f"{d.verdict}: {d.reason}" for d in form.decisions}


# -- pairs ----------------------------------------------------------------------------------------

# Each starts with a depthwise convolution on 8 channels and would be a pair if nothing came between.
PAIRS = [
    ("- {dwconv: 3}\n- {conv: 4, kernel: 1}", "nothing between"),
    ("- {dwconv: 3, norm: batch, activation: relu}\n- {conv: 4, kernel: 1}", "norm and activation as fields"),
    ("- {dwconv: 3}\n- batchnorm\n- relu\n- batchnorm\n- prelu\n- {conv: 4, kernel: 1}", "norms and activations as items"),
    ("- {dwconv: 3}\n- dropout\n- {conv: 4, kernel: 1}", "dropout"),
    ("- {dwconv: 3}\n- identity\n- {dropout: 0.2}\n- {conv: 4, kernel: 1}", "identity, and dropout with a rate"),
    ("- {dwconv: 3}\n- selu\n- {conv: 4, kernel: 1}", "an activation of 2017"),
    ("- {dwconv: 3}\n- softmax\n- {conv: 4, kernel: 1}", "any activation"),
    ("- {dwconv: 3}\n- {squeeze_excite: 2}\n- {conv: 4, kernel: 1}", "a gate"),
    ("- {dwconv: 3, norm: batch}\n- {squeeze_excite: 2}\n- relu\n- {conv: 4, kernel: 1}", "a gate between norm and activation"),
    ("- {dwconv: 3}\n- {squeeze_excite: 2, activation: none, gate: none}\n- {conv: 4, kernel: 1}", "a gate without activations"),
    ("- {dwconv: 3}\n- multiply: [previous, [global_avgpool, {conv: 2, kernel: 1}, relu, {conv: 8, kernel: 1}, sigmoid]]\n"
     "- {conv: 4, kernel: 1}", "a gate written out"),
    ("- {dwconv: 3}\n- multiply: [[global_avgpool, {conv: 2, kernel: 1}, relu, {conv: 8, kernel: 1}, sigmoid], previous]\n"
     "- {conv: 4, kernel: 1}", "a gate written out the other way round"),
    ("- {dwconv: 3}\n- multiply: [previous, [global_avgpool, {conv: 2, kernel: 1, norm: batch}, {conv: 8, kernel: 1, norm: batch}]]\n"
     "- {conv: 4, kernel: 1}", "a gate with batch norms"),
    ("- {dwconv: 3}\n- multiply: [previous, [global_avgpool, {conv: 2, kernel: 1}, layernorm, relu, dropout, {conv: 8, kernel: 1}]]\n"
     "- {conv: 4, kernel: 1}", "a gate with a layer norm and dropout"),
    ("- {dwconv: 3}\n- multiply: [previous, [global_avgpool, {linear: 2}, relu, {linear: 8}, sigmoid]]\n- {conv: 4, kernel: 1}",
     "a gate of linear layers"),
    ("- {dwconv: 3}\n- multiply: [previous, [global_avgpool, flatten, {linear: 8}, sigmoid]]\n- {conv: 4, kernel: 1}",
     "a gate of one linear layer, flattened before"),
    ("- {dwconv: 3}\n- multiply: [previous, [{adaptive_avgpool: 1}, {conv: 8, kernel: 1}, sigmoid]]\n- {conv: 4, kernel: 1}",
     "a gate of one convolution behind adaptive pooling"),
    ("- {dwconv: 3}\n- multiply: [previous, [global_avgpool, {conv: 2, kernel: 1}, {conv: 4, kernel: 1}, "
     "{conv: 8, kernel: 1, groups: 2}]]\n"
     "- {conv: 4, kernel: 1}", "a gate of three convolutions, one of them grouped"),
    ("- {dwconv: 3}\n- multiply: [previous, [global_avgpool, {conv: 2, kernel: 1}, relu, {conv: 1, kernel: 1}, sigmoid]]\n"
     "- {conv: 4, kernel: 1}", "one factor for all channels"),
    ("- {dwconv: 3}\n- multiply: [previous, [{reduce: mean}, {conv: 8, kernel: 1}, sigmoid]]\n- {conv: 4, kernel: 1}",
     "a gate behind a mean"),
    ("- {dwconv: 3, depth_multiplier: 2}\n- batchnorm\n- {conv: 4, kernel: 1}", "a depth multiplier"),
    ("- {conv: 8, kernel: 3, groups: 8}\n- {conv: 4, kernel: 1}", "a conv with groups = C_in"),
    ("- {conv: 16, kernel: 3, groups: 8}\n- {conv: 4, kernel: 1}", "a conv with groups = C_in and m = 2"),
    ("- {dwconv: 3}\n- {conv: 4, kernel: 1, padding: valid}", "padding valid"),
    ("- {dwconv: 3}\n- {conv: 4, kernel: 1, padding: 0, norm: batch}", "padding 0"),
    ("- {dwconv: 3, stride: 2, dilation: 2, padding: 3}\n- {conv: 4, kernel: 1}", "stride, dilation and padding"),
    ("- {dwconv: [1, 3]}\n- {conv: 4, kernel: 1}", "one side"),
    ("- sequential: [relu, {dwconv: 3}]\n- sequential: [batchnorm, {conv: 4, kernel: 1}]", "across groups"),
    ("- {dsconv: 4}", "dsconv"),
    ("- {inverted_residual: 4, expand: 1, squeeze: 2}", "inverted_residual"),
    ("- {dwconv: 3}\n- {conv: 4, kernel: 1, convert: true}", "convert: true on the pointwise"),
    ("- {dwconv: 3, convert: true}\n- {conv: 4, kernel: 1}", "convert: true on the depthwise"),
]  # fmt: skip

CUT = [
    ("- {dwconv: 3, name: d}\n- {conv: 4, kernel: 1}\n- concat: [previous, d]", "fan-out"),
    ("- {dwconv: 3}\n- {relu, name: d}\n- {conv: 4, kernel: 1}\n- concat: [previous, d]", "fan-out after an activation"),
    ("- {dwconv: 3}\n- concat: [{conv: 4, kernel: 1}, {conv: 5, kernel: 1}]", "two pointwise convolutions"),
    ("- {dwconv: 3}\n- add: [previous, input]\n- {conv: 4, kernel: 1}", "a join"),
    ("- {dwconv: 3}\n- subtract: [previous, input]\n- {conv: 4, kernel: 1}", "a difference"),
    ("- {dwconv: 3}\n- divide: [input, previous]\n- {conv: 4, kernel: 1}", "a quotient"),
    ("- {dwconv: 3}\n- maximum: [input, previous]\n- {conv: 4, kernel: 1}", "a maximum"),
    ("- {dwconv: 3}\n- minimum: [previous, relu]\n- {conv: 4, kernel: 1}", "a minimum"),
    ("- {dwconv: 3}\n- square\n- {conv: 4, kernel: 1}", "a function that is no activation"),
    ("- {dwconv: 3}\n- {space_to_depth: 2}\n- {conv: 4, kernel: 1}", "squares of positions"),
    ("- {dwconv: 3}\n- {depth_to_space: 2}\n- {conv: 4, kernel: 1}", "pixels from channels"),
    ("- {dwconv: 3}\n- multiply: [previous, [global_maxpool, {conv: 2, kernel: 1}, {conv: 8, kernel: 1}]]\n"
     "- {conv: 4, kernel: 1}", "a gate of maxima"),
    ("- {dwconv: 3}\n- {maxpool: 3, stride: 1, padding: 1}\n- {conv: 4, kernel: 1}", "pooling"),
    ("- {dwconv: 3}\n- global_avgpool\n- {conv: 4, kernel: 1}", "a global pooling"),
    ("- {dwconv: 3}\n- layernorm\n- {conv: 4, kernel: 1}", "layernorm"),
    ("- {dwconv: 3, norm: layer}\n- {conv: 4, kernel: 1}", "layernorm as a field"),
    ("- {dwconv: 3}\n- {groupnorm: 2}\n- {conv: 4, kernel: 1}", "groupnorm"),
    ("- {dwconv: 3, norm: instance}\n- {conv: 4, kernel: 1}", "instancenorm as a field"),
    ("- {dwconv: 3}\n- rmsnorm\n- {conv: 4, kernel: 1}", "rmsnorm"),
    ("- {dwconv: 3, norm: rms}\n- {conv: 4, kernel: 1}", "rmsnorm as a field"),
    ("- {dwconv: 3, norm: grn}\n- {conv: 4, kernel: 1}", "grn as a field"),
    ("- {dwconv: 3}\n- grn\n- {conv: 4, kernel: 1}", "grn"),
    ("- {dwconv: 3}\n- lrn\n- {conv: 4, kernel: 1}", "lrn"),
    ("- {dwconv: 3}\n- channel_scale\n- {conv: 4, kernel: 1}", "channel_scale"),
    ("- {dwconv: 3}\n- {channel_shuffle: 2}\n- {conv: 4, kernel: 1}", "a shuffle"),
    ("- {dwconv: 3}\n- {slice: [0, 8]}\n- {conv: 4, kernel: 1}", "a slice"),
    ("- {dwconv: 3}\n- {pad: 1}\n- {conv: 4, kernel: 1}", "padding of its own"),
    ("- {dwconv: 3}\n- {conv_at: [previous, {conv: 2, kernel: 1}], out_channels: 4, kernel: 1}", "a deformable 1 x 1"),
    ("- {dwconv: 3}\n- {gru: 8}\n- {conv: 4, kernel: 1}", "a recurrence"),
    ("- {dwconv: 3}\n- {blur_pool: 3}\n- {conv: 4, kernel: 1}", "a blur"),
    ("- {dwconv: 3}\n- {reduce: max, over: height}\n- {conv: 4, kernel: 1}", "a reduction"),
    ("- {dwconv: 3}\n- {permute: [channels, width, height]}\n- {conv: 4, kernel: 1}", "axes turned"),
    ("- {dwconv: 3}\n- multiply: [previous, [{reduce: mean, over: width}, {conv: 8, kernel: 1}, sigmoid]]\n"
     "- {conv: 4, kernel: 1}", "a gate of rows"),
    ("- {dwconv: 3}\n- {upsample: 2}\n- {conv: 4, kernel: 1}", "upsampling"),
    ("- {dwconv: 3, depth_multiplier: 2}\n- {squeeze_excite: 2}\n- {conv: 4, kernel: 1}", "a gate and m = 2"),
    ("- {dwconv: 3}\n- {squeeze_excite: 2}\n- {squeeze_excite: 2}\n- {conv: 4, kernel: 1}", "a second gate"),
    ("- {dwconv: 3}\n- multiply: [previous, [global_avgpool, sigmoid]]\n- {conv: 4, kernel: 1}", "a gate without weights"),
    ("- {dwconv: 3}\n- multiply: [previous, [global_avgpool, {conv: 8, kernel: 3}, sigmoid]]\n- {conv: 4, kernel: 1}",
     "a gate with a window"),
    ("- {dwconv: 3}\n- multiply: [previous, [{adaptive_avgpool: 16}, {conv: 2, kernel: 1}, {conv: 8, kernel: 1}]]\n"
     "- {conv: 4, kernel: 1}", "a factor for each position"),
    ("- {dwconv: 3}\n- multiply: [previous, [global_avgpool, {slice: [0, 4]}, {conv: 8, kernel: 1}, sigmoid]]\n- {conv: 4, kernel: 1}",
     "a gate on some of the channels"),
    ("- {dwconv: 3}\n- multiply: [previous, [{avgpool: 16}, {conv: 2, kernel: 1}, {conv: 8, kernel: 1}]]\n"
     "- {conv: 4, kernel: 1}", "a gate without global pooling"),
    ("- {dwconv: 3}\n- add: [previous, [global_avgpool, {conv: 2, kernel: 1}, {conv: 8, kernel: 1}]]\n"
     "- {conv: 4, kernel: 1}", "a gate that is added"),
    ("- {dwconv: 3}\n- multiply: [previous, [global_avgpool, {conv: 2, kernel: 1}, {conv: 8, kernel: 1}], input]\n"
     "- {conv: 4, kernel: 1}", "a gate and another factor"),
    ("- {dwconv: 3}\n- multiply: [previous, previous]\n- {conv: 4, kernel: 1}", "a square"),
    ("- {dwconv: 3}\n- {conv: 4, kernel: 1, stride: 2}", "a strided 1 x 1"),
    ("- {dwconv: 3}\n- {conv: 4, kernel: 1, padding: 1}", "a padded 1 x 1"),
    ("- {dwconv: 3}\n- {conv: 4, kernel: 1, groups: 2}", "a grouped 1 x 1"),
    ("- {dwconv: 3}\n- {conv: 4, kernel: 3, stride: 2}", "a wider convolution"),
    ("- {dwconv: 3}\n- {dwconv: 1}\n- {conv: 4, kernel: 1}", "a 1 x 1 depthwise"),
    ("- {dwconv: 3}\n- global_avgpool\n- {linear: 4}", "a linear layer"),
    ("- {dwconv: 3}\n- {conv_transpose: 4, kernel: 1}", "a transposed 1 x 1"),
    ("- {dwconv: 3}", "the end"),
    ("- {dwconv: 3}\n- relu", "the end after an activation"),
]  # fmt: skip


@pytest.mark.parametrize("layers", [layers for layers, _ in PAIRS], ids=[name for _, name in PAIRS])
def test_a_pair(layers: str) -> None:
    net = of(layers)
    form = standard_form(net)
    depthwise = next(i for i, node in enumerate(net.nodes) if node.kind == "depthwise")
    decision = next(d for d in form.decisions if d.node == depthwise)
    assert decision.verdict == MERGED
    assert decision.into is not None
    pointwise = net.nodes[decision.into]
    assert decision.reason == f"merged into {pointwise.name}"
    assert all(node.kind != "depthwise" for node in form.network.nodes)
    # One convolution with the depthwise's window and the pointwise's channels, in the pointwise's place.
    made = next(node for node in form.network.nodes if node.place is pointwise.place and not node.part)
    before, after, now = net.nodes[depthwise].layer, pointwise.layer, made.layer
    assert isinstance(before, (Conv, DepthwiseConv))
    assert isinstance(after, Conv)
    assert isinstance(now, Conv)
    assert (now.kernel, now.stride, now.padding, now.dilation) == (
        before.kernel, before.stride, before.padding, before.dilation,
    )  # fmt: skip
    assert (now.out_channels, now.bias, now.groups) == (after.out_channels, after.bias, 1)
    assert form.network.input_shapes(made)[0].channels == 8
    assert made.output == pointwise.output


@pytest.mark.parametrize("layers", [layers for layers, _ in CUT], ids=[name for _, name in CUT])
def test_no_pair(layers: str) -> None:
    net = of(layers)
    form = standard_form(net)
    assert net.nodes[0].kind == "depthwise"
    assert form.decisions[0].verdict == CONVERTED
    assert form.decisions[0].reason == "an unpaired depthwise convolution becomes the full one"
    # All nodes stay, the first as the full convolution of its shape.
    assert [node.name for node in form.network.nodes] == [node.name for node in net.nodes]
    assert [node.output for node in form.network.nodes] == [node.output for node in net.nodes]
    full = form.network.nodes[0]
    assert full.kind == "standard"
    assert full.counts.weights == 9 * 8 * full.output.channels
    assert full.counts.biases == net.nodes[0].counts.biases
    assert not [d for d in form.decisions if d.verdict == MERGED]


def test_an_output_between_breaks_a_pair() -> None:
    text = "input: [8, 16, 16]\nlayers:\n  - {dwconv: 3, name: d}\n  - {relu, name: r}\n  - {conv: 4, kernel: 1, name: p}\n"
    assert standard_form(network(text)).decisions[0].verdict == MERGED
    for outputs in ("[d, p]", "[r, p]"):
        form = standard_form(network(f"{text}outputs: {outputs}\n"))
        assert [d.verdict for d in form.decisions] == [CONVERTED, KEPT]
    assert [d.verdict for d in standard_form(network(f"{text}outputs: [p]\n")).decisions] == [MERGED, CONVERTED]


@pytest.mark.parametrize(("outputs", "verdict"), [("[p]", MERGED), ("[d, p]", CONVERTED), ("[g, p]", CONVERTED)])
def test_an_output_before_or_after_a_gate_breaks_a_pair(outputs: str, verdict: str) -> None:
    layers = "- {dwconv: 3, name: d}\n- {squeeze_excite: 2, name: g}\n- {conv: 4, kernel: 1, name: p}"
    form = standard_form(network(f"{body(layers)}outputs: {outputs}\n"))
    assert form.decisions[0].verdict == verdict


def test_a_gate_that_widens_is_no_gate() -> None:
    gate = "[global_avgpool, {conv: 2, kernel: 1}, relu, {conv: 8, kernel: 1}, sigmoid]"
    net = of(f"- {{dwconv: 3}}\n- multiply: [previous, {gate}]\n- {{conv: 4, kernel: 1}}", "1, 16, 16")
    form = standard_form(net)
    assert form.decisions[0].verdict == CONVERTED
    assert [node.output for node in form.network.nodes] == [node.output for node in net.nodes]


def test_a_1x1_depthwise_is_no_window() -> None:
    net = of("- {dwconv: 1}\n- {conv: 4, kernel: 1}")
    form = standard_form(net)
    assert told(form.network) == ["dwconv1 depthwise 1x1/1 8->8 +b", "conv1 pointwise 1x1/1 8->4 +b"]
    assert reasons(form, net) == {
        "dwconv1": "kept: a 1 x 1 depthwise convolution: no window to convert", "conv1": "kept: standard already",
    }  # fmt: skip


# -- the standard form, exactly -------------------------------------------------------------------


def test_the_standard_form_of_a_dsconv() -> None:
    net = of("- {dsconv: 12, kernel: 5, stride: 2, norm: batch, activation: relu}")
    form = standard_form(net)
    assert told(form.network) == [
        "dsconv1/pw standard 5x5/2 8->12", "dsconv1/pw.norm batchnorm 12", "dsconv1/pw.act relu 12",
    ]  # fmt: skip
    assert params(form.network) == 25 * 8 * 12 + 24
    assert macs(form.network) == 64 * 25 * 8 * 12
    assert reasons(form, net) == {
        "dsconv1/dw": "merged: merged into dsconv1/pw", "dsconv1/pw": "converted: one convolution with dsconv1/dw",
    }  # fmt: skip
    assert form.decisions[0].into == 3


def test_what_stood_between_vanishes_and_the_pointwises_bias_stays() -> None:
    net = of("- {dwconv: 3, bias: true, norm: batch, activation: prelu}\n- dropout\n- {conv: 4, kernel: 1}\n- relu6")
    assert told(standard_form(net).network) == ["conv1 standard 3x3/1 8->4 +b", "relu61 relu6 4"]
    net = of("- {dwconv: 3, bias: true}\n- {conv: 4, kernel: 1, norm: batch}")
    assert told(standard_form(net).network) == ["conv1 standard 3x3/1 8->4", "conv1.norm batchnorm 4"]


def test_the_gate_goes_before_the_convolution() -> None:
    net = of(
        "- {conv: 8, kernel: 1, name: before}\n- {dwconv: 3, stride: 2, norm: batch}\n- {squeeze_excite: 2}\n- relu\n"
        "- {conv: 4, kernel: 1}"
    )
    form = standard_form(net)
    assert told(form.network) == [
        "before pointwise 1x1/1 8->8 +b",
        "squeeze_excite1/pool global_avgpool 8",
        "squeeze_excite1/reduce pointwise 1x1/1 8->2 +b",
        "squeeze_excite1/reduce.act relu 2",
        "squeeze_excite1/expand pointwise 1x1/1 2->8 +b",
        "squeeze_excite1/expand.act sigmoid 8",
        "squeeze_excite1/multiply multiply 8",
        "conv2 standard 3x3/2 8->4 +b",
    ]
    taken = sources(form.network)
    assert taken["squeeze_excite1/pool"] == ["before"]
    assert taken["squeeze_excite1/multiply"] == ["before", "squeeze_excite1/expand.act"]
    assert taken["conv2"] == ["squeeze_excite1/multiply"]
    # The gate now multiplies the larger map.
    multiply = next(node for node in form.network.nodes if node.layer.type == "multiply")
    assert (multiply.output, multiply.counts.multiplied) == ((8, 16, 16), 8 * 256)
    assert reasons(form, net) == {
        "before": "kept: standard already",
        "dwconv1": "merged: merged into conv2",
        "squeeze_excite1/reduce": "kept: in a gate, which goes before the convolution",
        "squeeze_excite1/expand": "kept: in a gate, which goes before the convolution",
        "conv2": "converted: one convolution with dwconv1",
    }


def test_an_unpaired_depthwise_becomes_the_full_convolution() -> None:
    net = of("- {dwconv: 3, stride: 2, depth_multiplier: 3, norm: batch, activation: relu}\n- global_avgpool")
    assert told(standard_form(net).network) == [
        "dwconv1 standard 3x3/2 8->24", "dwconv1.norm batchnorm 24", "dwconv1.act relu 24",
        "global_avgpool1 global_avgpool 24",
    ]  # fmt: skip


def test_only_the_last_of_two_depthwise_is_paired() -> None:
    net = of("- {dwconv: 3}\n- {dwconv: 5}\n- {conv: 4, kernel: 1}")
    assert told(standard_form(net).network) == ["dwconv1 standard 3x3/1 8->8 +b", "conv1 standard 5x5/1 8->4 +b"]


def test_pairs_that_follow_each_other() -> None:
    net = of("- {dsconv: 6}\n- {dsconv: 4, stride: 2}")
    assert told(standard_form(net).network) == [
        "dsconv1/pw standard 3x3/1 8->6 +b",
        "dsconv2/pw standard 3x3/2 6->4 +b",
    ]


def test_an_inverted_residual_keeps_its_addition() -> None:
    form = standard_form(of("- {conv: 8, kernel: 1}\n- {inverted_residual: 8, expand: 2}"))
    assert told(form.network) == [
        "conv1 pointwise 1x1/1 8->8 +b", "inverted_residual1/expand pointwise 1x1/1 8->16 +b",
        "inverted_residual1/project standard 3x3/1 16->8 +b", "inverted_residual1/add add 8",
    ]  # fmt: skip
    assert sources(form.network)["inverted_residual1/add"] == ["inverted_residual1/project", "conv1"]


def test_the_standard_form_converts_at_the_networks_input_too() -> None:
    net = of("- {dwconv: 3}\n- relu", "3, 16, 16")
    assert told(standard_form(net).network) == ["dwconv1 standard 3x3/1 3->3 +b", "relu1 relu 3"]
    net = of("- {dsconv: 8}", "3, 16, 16")
    assert told(standard_form(net).network) == ["dsconv1/pw standard 3x3/1 3->8 +b"]


# -- the separable form, exactly ------------------------------------------------------------------


def test_the_separable_form_of_a_convolution_with_norm() -> None:
    net = of("- relu\n- {conv: 12, kernel: 5, stride: 2, norm: batch, activation: relu6}")
    form = separable_form(net)
    assert told(form.network) == [
        "relu1 relu 8",
        "conv1/dw depthwise 5x5/2 8->8", "conv1/dw.norm batchnorm 8", "conv1/dw.act relu6 8",
        "conv1/pw pointwise 1x1/1 8->12", "conv1.norm batchnorm 12", "conv1.act relu6 12",
    ]  # fmt: skip
    assert params(form.network) == 25 * 8 + 16 + 8 * 12 + 24
    assert macs(form.network) == 64 * (25 * 8 + 8 * 12)
    assert reasons(form, net) == {"conv1": "converted: depthwise and pointwise"}


TAILS = [
    ("- {conv: 4, kernel: 3}", "conv1/dw conv1/pw", "neither"),
    ("- {conv: 4, kernel: 3, activation: relu}", "conv1/dw conv1/pw conv1.act", "an activation alone is not copied"),
    ("- {conv: 4, kernel: 3, norm: batch}", "conv1/dw conv1/dw.norm conv1/pw conv1.norm", "a norm alone"),
    ("- {conv: 4, kernel: 3}\n- batchnorm\n- relu6",
     "conv1/dw conv1/dw.norm conv1/dw.act conv1/pw batchnorm1 relu61", "norm and activation as items"),
    ("- {conv: 4, kernel: 3, norm: layer, activation: gelu}",
     "conv1/dw conv1/dw.norm conv1/dw.act conv1/pw conv1.norm conv1.act", "a layer norm"),
    ("- {conv: 4, kernel: 3}\n- relu6\n- batchnorm", "conv1/dw conv1/pw relu61 batchnorm1", "the norm follows later"),
    ("- {conv: 4, kernel: 3}\n- channel_scale", "conv1/dw conv1/pw channel_scale1", "a scale is no norm"),
    ("- {conv: 4, kernel: 3}\n- batchnorm\n- dropout\n- relu6",
     "conv1/dw conv1/dw.norm conv1/pw batchnorm1 dropout1 relu61", "the activation follows later"),
    ("- {conv: 4, kernel: 3, name: c}\n- batchnorm\n- relu6\n- add: [previous, c]",
     "c/dw c/pw batchnorm1 relu61 add1", "fan-out before the norm"),
    ("- {conv: 4, kernel: 3}\n- {batchnorm, name: b}\n- relu6\n- add: [previous, b]",
     "conv1/dw conv1/dw.norm conv1/pw b relu61 add1", "fan-out before the activation"),
]  # fmt: skip


@pytest.mark.parametrize(("layers", "names"), [row[:2] for row in TAILS], ids=[row[2] for row in TAILS])
def test_the_depthwises_own_norm_and_activation(layers: str, names: str) -> None:
    net = separable_form(of("- {relu, name: start}\n" + layers)).network
    assert [node.name for node in net.nodes] == ["start", *names.split()]


def test_the_pointwise_takes_the_bias() -> None:
    net = of(
        "- {relu, name: r}\n- {conv: 4, kernel: 3}\n- {conv: 5, kernel: 3, bias: true, norm: batch}\n- {conv: 6, kernel: 3, bias: false}"
    )
    convolutions = [line for line in told(separable_form(net).network) if "wise" in line]
    assert convolutions == [
        "conv1/dw depthwise 3x3/1 8->8", "conv1/pw pointwise 1x1/1 8->4 +b",
        "conv2/dw depthwise 3x3/1 4->4", "conv2/pw pointwise 1x1/1 4->5 +b",
        "conv3/dw depthwise 3x3/1 5->5", "conv3/pw pointwise 1x1/1 5->6",
    ]  # fmt: skip


def test_padding_and_dilation_go_to_the_depthwise() -> None:
    net = of("- relu\n- {conv: 4, kernel: [3, 5], stride: [1, 2], padding: [0, 1, 2, 3], dilation: 2}")
    form = separable_form(net).network
    depthwise, pointwise = form.nodes[1].layer, form.nodes[2].layer
    assert isinstance(depthwise, DepthwiseConv)
    assert isinstance(pointwise, Conv)
    assert (depthwise.kernel, depthwise.stride, depthwise.padding, depthwise.dilation) == (
        (3, 5), (1, 2), (0, 1, 2, 3), 2,
    )  # fmt: skip
    assert (pointwise.kernel, pointwise.stride, pointwise.padding, pointwise.dilation) == (
        1,
        1,
        0,
        1,
    )
    # H: 16 + 1 - 2*2 = 13; W: (16 + 5 - 2*4 - 1) // 2 + 1 = 7
    assert form.nodes[2].output == net.nodes[1].output == (4, 13, 7)


@pytest.mark.parametrize(
    ("arriving", "groups", "own"),
    [(8, 4, 4), (6, 4, 2), (9, 4, 1), (4, 4, 4)],
    ids=["the same groups divide", "half of them divide", "one group is left", "as many as channels"],
)
def test_a_group_norm_of_the_depthwise_has_groups_that_divide(arriving: int, groups: int, own: int) -> None:
    net = of(f"- relu\n- {{conv: 12, kernel: 3}}\n- {{groupnorm: {groups}}}", f"{arriving}, 8, 8")
    form = separable_form(net).network
    assert [node.name for node in form.nodes] == ["relu1", "conv1/dw", "conv1/dw.norm", "conv1/pw", "groupnorm1"]
    assert getattr(form.nodes[2].layer, "groups", 0) == own
    assert form.nodes[2].counts.norm == 2 * arriving
    assert getattr(form.nodes[4].layer, "groups", 0) == groups


# Convolutions that differ in one field only must not share what is made of them.
ONE_FIELD = [
    ("kernel: 3", "kernel: 5"),
    ("kernel: 3, stride: 1", "kernel: 3, stride: 2"),
    ("kernel: 3, padding: 1", "kernel: 3, padding: 2"),
    ("kernel: 3, padding: 1, dilation: 1", "kernel: 3, padding: 1, dilation: 2"),
]


@pytest.mark.parametrize(("one", "other"), ONE_FIELD)
def test_windows_that_differ_in_one_field_stay_apart(one: str, other: str) -> None:
    windows = (one, other, one)
    full = of("- relu\n" + "".join(f"- {{conv: 8, {window}}}\n" for window in windows))
    pairs = of("- relu\n" + "".join(
        f"- {{{window.replace('kernel', 'dwconv')}, bias: false}}\n- {{conv: 8, kernel: 1}}\n" for window in windows
    ))  # fmt: skip
    assert costs_of(standard_form(pairs).network) == costs_of(full)
    assert costs_of(separable_form(full).network) == costs_of(pairs)


def test_biases_stay_apart() -> None:
    biases = ("true", "false", "true")
    full = of("- relu\n" + "".join(f"- {{conv: 8, kernel: 3, bias: {bias}}}\n" for bias in biases))
    pairs = of(
        "- relu\n"
        + "".join(f"- {{dwconv: 3, bias: false}}\n- {{conv: 8, kernel: 1, bias: {bias}}}\n" for bias in biases)
    )
    assert costs_of(standard_form(pairs).network) == costs_of(full)
    assert costs_of(separable_form(full).network) == costs_of(pairs)


def costs_of(net: Network) -> list[object]:
    return [(node.layer.type, node.output, node.counts) for node in net.nodes]


# -- what stays, and convert ----------------------------------------------------------------------

STAYS = [
    # layers (after a relu), form, the reason for the last convolution or linear layer
    ("- {conv: 4, kernel: 3}", "standard", "standard already"),
    ("- {conv: 4, kernel: 1}", "standard", "standard already"),
    ("- {conv: 4, kernel: 3, groups: 2}", "standard", "a grouped convolution: neither standard nor depthwise"),
    ("- {conv: 4, kernel: 3, groups: 2}", "separable", "a grouped convolution: neither standard nor depthwise"),
    ("- {conv: 12, kernel: 3, groups: 4}", "standard", "a grouped convolution: neither standard nor depthwise"),
    ("- {conv_transpose: 4, kernel: 3, stride: 2}", "standard", "a transposed convolution"),
    ("- {conv_transpose: 4, kernel: 3, stride: 2}", "separable", "a transposed convolution"),
    ("- {conv_transpose: 8, kernel: 3, groups: 8}", "standard", "a transposed convolution"),
    ("- global_avgpool\n- {linear: 4}", "standard", "a linear layer"),
    ("- global_avgpool\n- {linear: 4}", "separable", "a linear layer"),
    ("- {conv: 4, kernel: 1}", "separable", "1 x 1: no window to separate"),
    ("- {conv: 4, kernel: 1, stride: 2}", "separable", "1 x 1: no window to separate"),
    ("- {conv: 4, kernel: 1, convert: true}", "separable", "1 x 1: no window to separate"),
    ("- {dwconv: 3}", "separable", "depthwise already"),
    ("- {conv: 16, kernel: 3, groups: 8}", "separable", "depthwise already"),
    ("- {dwconv: 3, convert: false}", "standard", "convert: false"),
    ("- {conv: 16, kernel: 3, groups: 8, convert: false}", "standard", "convert: false"),
    ("- {conv: 4, kernel: 3, convert: false}", "separable", "convert: false"),
    ("- {conv: 4, kernel: 3, convert: false}", "standard", "convert: false"),
    ("- {dwconv: 3, convert: false}\n- {conv: 4, kernel: 1}", "standard", "standard already"),
    ("- {dwconv: 3}\n- {conv: 4, kernel: 1, convert: false}", "standard", "convert: false"),
]


@pytest.mark.parametrize(("layers", "form", "reason"), STAYS, ids=[f"{row[0]} {row[1]}" for row in STAYS])
def test_what_stays_is_listed_with_its_reason(layers: str, form: str, reason: str) -> None:
    net = of("- relu\n" + layers)
    made = FORMS[form](net)
    assert made.decisions[-1].verdict == KEPT
    assert made.decisions[-1].reason == reason
    assert told(made.network) == told(net)
    assert made.network.outputs == net.outputs


def test_a_depthwise_stays_where_its_pointwise_has_convert_false() -> None:
    net = of("- {dwconv: 3}\n- relu\n- {conv: 4, kernel: 1, convert: false}")
    form = standard_form(net)
    assert told(form.network) == told(net)
    assert reasons(form, net) == {
        "dwconv1": "kept: its pointwise convolution has convert: false", "conv1": "kept: convert: false",
    }  # fmt: skip


CONVERT = [
    # convert, reads the network's input, separable?
    ("auto", False, True),
    ("true", False, True),
    ("false", False, False),
    ("auto", True, False),
    ("true", True, True),
    ("false", True, False),
]


@pytest.mark.parametrize(("convert", "first", "converted"), CONVERT)
def test_convert_and_the_networks_input(convert: str, first: bool, converted: bool) -> None:
    start = "" if first else "- relu\n"
    net = of(f"{start}- {{conv: 4, kernel: 3, convert: {convert}}}")
    form = separable_form(net)
    assert form.decisions[-1].verdict == (CONVERTED if converted else KEPT)
    assert len(form.network.nodes) == len(net.nodes) + converted
    if first and convert == "auto":
        assert form.decisions[-1].reason == "reads the network's input"


def test_every_convolution_that_reads_the_input_stays() -> None:
    net = network(
        """
        input: [3, 16, 16]
        layers:
          - concat: [{conv: 4, kernel: 3}, {conv: 5, kernel: 5, from: input}, [relu, {conv: 6, kernel: 3}]]
        """
    )
    assert [d.verdict for d in separable_form(net).decisions] == [KEPT, KEPT, CONVERTED]


def test_convert_reaches_composites_by_defaults() -> None:
    text = "defaults: {conv: {convert: false}}\n" + body("- relu\n- {dsconv: 4}\n- {conv: 4, kernel: 3}")
    net = network(text)
    for transform in FORMS.values():
        assert told(transform(net).network) == told(net)


def test_every_convolution_and_linear_layer_has_one_decision() -> None:
    net = of(
        "- {conv: 8, kernel: 3, norm: batch}\n- {inverted_residual: 8, squeeze: 2}\n- {dwconv: 3}\n- {dwconv: 1}\n"
        "- {conv: 8, kernel: 3, groups: 2}\n- {conv_transpose: 8, kernel: 2}\n- global_avgpool\n- {linear: 5}"
    )
    weighted = [i for i, node in enumerate(net.nodes) if node.counts.macs]
    assert len(weighted) == 11
    for transform in FORMS.values():
        assert [d.node for d in transform(net).decisions] == weighted


# -- the article's prediction ---------------------------------------------------------------------


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    channels=st.integers(1, 64), out=st.integers(1, 256), kernel=st.tuples(*[st.integers(1, 7)] * 2),
    stride=st.integers(1, 3), multiplier=st.integers(1, 4), size=st.integers(1, 40),
)  # fmt: skip
def test_the_articles_prediction_is_exact(
    channels: int, out: int, kernel: Sides, stride: int, multiplier: int, size: int
) -> None:
    if kernel == (1, 1):
        kernel = (3, 3)
    k_h, k_w = kernel
    net = network(
        f"""
        input: [{channels}, {size}, {size}]
        layers:
          - {{dwconv: [{k_h}, {k_w}], stride: {stride}, depth_multiplier: {multiplier}}}
          - {{conv: {out}, kernel: 1}}
        """
    )
    standard = standard_form(net).network
    assert len(standard.nodes) == 1
    assert Fraction(macs(net), macs(standard)) == multiplier * (Fraction(1, out) + Fraction(1, k_h * k_w))
    weights = [sum(node.counts.weights for node in form.nodes) for form in (net, standard)]
    assert Fraction(*weights) == Fraction(macs(net), macs(standard))
    if multiplier == 1 and channels > 1:
        again = separable_form(network(f"""
        input: [{channels}, {size}, {size}]
        layers: [{{conv: {out}, kernel: [{k_h}, {k_w}], stride: {stride}, convert: true}}]
        """)).network  # fmt: skip
        assert macs(again) == macs(net)


def test_the_articles_number() -> None:
    # 3 x 3 with 128 output channels: 1/128 + 1/9 = 0.1189...
    net = of("- {dsconv: 128}", "64, 56, 56")
    ratio = Fraction(macs(net), macs(standard_form(net).network))
    assert ratio == Fraction(1, 128) + Fraction(1, 9)
    assert f"{float(ratio):.4f}" == "0.1189"


# -- any network ----------------------------------------------------------------------------------

KERNELS = st.sampled_from(["1", "3", "5", "[1, 3]"])
NORMS_AND_ACTIVATIONS = st.sampled_from(["", ", norm: batch", ", activation: relu", ", norm: batch, activation: prelu"])
CONVERTS = st.sampled_from(["", "", "", ", convert: true", ", convert: false"])


PLAIN = (
    "relu", "batchnorm", "layernorm", "dropout", "{dropout: 0.2}", "{groupnorm: 2}", "prelu", "softplus", "square", "identity",
    "instancenorm", "rmsnorm", "grn", "lrn", "{channel_scale, shift: true}",
)  # fmt: skip
MOVED = (
    "{sequential: [{resize: [4, 4]}, {space_to_depth: 2}]}",
    "{sequential: [{conv: 16, kernel: 1}, {depth_to_space: 2}]}",
    "{sequential: [{pad, channels: 2}, {slice, height: [0, 1]}]}",
    "{permute: [channels, width, height]}",
    "{gru: 8, returns: last}",
    "{lstm: 4, directions: 2, projection: 2}",
    "{rnn: 8, layers: 2}",
    "{deform_conv: 8, kernel: 3, stride: 2, norm: batch}",
    "{conv_at: [previous, {conv: 18, kernel: 1}], out_channels: 4, kernel: 3, activation: relu}",
    "{concat: [previous, relu], along: height}",
    "{attention: [previous, previous, previous]}",
    "{attention: [{linear: 8}, {conv: 20, kernel: 3, stride: 2}], heads: 4}",
    "{sequential: [{linear: 12}, {attention, heads: 2, window: 3, position_bias: 7}]}",
    "{sequential: [{conv: 12, kernel: 3}, {attention, heads: 2, over: channels, temperature: 2}]}",
    "{sequential: [{linear: 12}, {attention, heads: 4, grid: 2, linear: true, divisor: true}]}",
    "{sequential: [{conv: 8, kernel: 1}, {transformer: 2, mlp: 2}]}",
    "{sequential: [{conv: 4, kernel: 3}, {matmul: [previous, previous], transposed: second}]}",
    "{multiply: [previous, {parameter: [1]}]}",
    "{sequential: [{dwconv: 3}, {linear: 8, norm: batch}, {glu: silu}, {conv: 4, kernel: 1}]}",
    "{sequential: [{reduce: mean, over: width}, {expand: [-1, -1, 5]}]}",
    "{reshape: [in_channels, 1, -1]}",
)


@st.composite
def items(draw: st.DrawFn, depth: int = 2) -> str:
    """Return one item in flow style that keeps the height and width of any map at least 1."""
    simple = [
        "conv", "pointwise", "grouped", "pair", "dwconv", "multiplied", "dsconv", "inverted", "gate", "plain", "pool", "moved",
        "transpose",
    ]  # fmt: skip
    kind = draw(st.sampled_from(simple + ["residual", "concat", "add", "gated"] * (depth > 0)))
    tail = draw(NORMS_AND_ACTIVATIONS)
    stride = draw(st.sampled_from(["1", "1", "2"]))
    out = draw(st.integers(1, 3)) * 4
    kernel = draw(KERNELS)
    convert = draw(CONVERTS)
    if kind == "conv":
        return f"{{conv: {out}, kernel: {kernel}, stride: {stride}{tail}{convert}}}"
    if kind == "pointwise":
        return f"{{conv: {out}, kernel: 1{tail}{convert}}}"
    if kind == "grouped":
        times, groups = draw(st.sampled_from(["1", "2"])), draw(st.sampled_from(["2", "4", "in_channels"]))
        return f"{{conv: {times} * in_channels, kernel: {kernel}, groups: {groups}{tail}{convert}}}"
    if kind == "pair":
        between = draw(st.sampled_from(["batchnorm", "relu", "dropout", "{squeeze_excite: 2}", "layernorm"]))
        return f"{{sequential: [{{dwconv: 3, stride: {stride}}}, {between}, {{conv: {out}, kernel: 1{convert}}}]}}"
    if kind == "dwconv":
        return f"{{dwconv: {kernel}, stride: {stride}{tail}{convert}}}"
    if kind == "multiplied":
        return f"{{dwconv: {kernel}, depth_multiplier: 2{tail}}}"
    if kind == "dsconv":
        return f"{{dsconv: {out}, kernel: {kernel}, stride: {stride}{tail}}}"
    if kind == "inverted":
        squeeze = draw(st.sampled_from(["", ", squeeze: 2"]))
        return f"{{inverted_residual: {out}, expand: 2, kernel: {kernel}, stride: {stride}{squeeze}{tail}}}"
    if kind == "gate":
        return "{squeeze_excite: 2}"
    if kind == "plain":
        return draw(st.sampled_from(PLAIN))
    if kind == "pool":
        return draw(
            st.sampled_from(
                ["{maxpool: 2, padding: same}", "{blur_pool: 3}", "{reduce: max, over: width}", "global_maxpool"]
            )
        )
    if kind == "moved":
        return draw(st.sampled_from(MOVED))
    if kind == "transpose":
        return f"{{conv_transpose: {out}, kernel: 2, stride: 2{tail}}}"
    inner = ", ".join(draw(st.lists(items(depth - 1), min_size=1, max_size=3)))
    if kind == "residual":
        return f"{{residual: [{inner}], shortcut: none}}"
    if kind == "gated":
        squeeze = draw(st.sampled_from(["{conv: 2, kernel: 1}", "{conv: 2, kernel: 1, norm: batch}", "relu"]))
        excite = draw(
            st.sampled_from(
                ["{conv: 4, kernel: 1}", "{conv: 1, kernel: 1}", "{conv: 4, kernel: 3}", "{linear: 4}", "{linear: 1}"]
            )
        )
        pool = draw(
            st.sampled_from(
                ["global_avgpool", "{reduce: mean}", "{adaptive_avgpool: 1}", "{adaptive_avgpool: 2}, {maxpool: 2}"]
            )
        )
        gate = f"{{multiply: [previous, [{pool}, {squeeze}, {excite}, layernorm, sigmoid]]}}"
        last = draw(st.sampled_from(["", f", {{conv: {out}, kernel: 1}}"]))
        return (
            f"{{sequential: [{inner}, {{conv: 4, kernel: 1}}, {{dwconv: {kernel}, stride: {stride}}}, {gate}{last}]}}"
        )
    other = f"{{conv: {out}, kernel: 1}}"
    if kind == "concat":  # both branches are brought to one size
        return f"{{concat: [[{inner}, {{resize: [4, 4]}}], [{other}, {{resize: [4, 4]}}]]}}"
    join = draw(st.sampled_from(["add", "subtract", "divide", "maximum", "minimum", "multiply"]))
    return f"{{{join}: [[{inner}, {{conv: 4, kernel: 1}}, {{resize: [4, 4]}}], [{{conv: 4, kernel: 3}}, {{resize: [4, 4]}}]]}}"


@st.composite
def networks(draw: st.DrawFn) -> Network:
    chosen = draw(st.lists(items(), min_size=1, max_size=5))
    listing = "\n".join(f"  - {item}" for item in chosen)
    return network(f"input: [4, {draw(st.integers(1, 9))}, 8]\nlayers:\n{listing}\n")


def alike(net: Network) -> list[object]:
    """Return everything that makes two networks the same one."""
    return [
        net.input, net.outputs,
        [(node.name, type(node.layer), node.inputs, node.output, node.counts, node.kind) for node in net.nodes],
    ]  # fmt: skip


@settings(max_examples=150, deadline=None, derandomize=True)
@given(networks())
def test_both_forms_of_any_network(net: Network) -> None:
    for transform in FORMS.values():
        form = transform(net)
        made = form.network
        # Every shape, count and kind is what the layer itself says of what it takes, and inputs stand before.
        for index, node in enumerate(made.nodes):
            assert all(source < index for source in node.inputs)
            inputs = tuple(made.input_shapes(node))
            assert node.layer.output(inputs) == node.output
            assert node.layer.counts(inputs, node.output) == node.counts
            assert node.layer.kind(inputs) == node.kind
        # Nothing dangles, and names stay unique.
        used = {source for node in made.nodes for source in node.inputs} | set(made.outputs)
        assert used - {INPUT} == set(range(len(made.nodes)))
        assert len({node.name for node in made.nodes}) == len(made.nodes)
        # What leaves the network, and what every layer that stayed gets, keeps its shape.
        assert [made.shape(i) for i in made.outputs] == [net.shape(i) for i in net.outputs]
        in_gates = {net.nodes[d.node].place.parent for d in form.decisions if "gate" in d.reason}
        before = {node.name: node for node in net.nodes}
        for node in made.nodes:
            old = before.get(node.name)
            if old is not None and node.layer is old.layer and not {node.place, node.place.parent} & in_gates:
                assert node.output == old.output
        # Twice is once.
        assert alike(transform(made).network) == alike(made)
        # Decisions: one for each layer with MACs, and what was merged costs nothing any more.
        assert [d.node for d in form.decisions] == [i for i, node in enumerate(net.nodes) if node.counts.macs]
        for decision in form.decisions:
            if decision.verdict == MERGED:
                assert net.nodes[decision.node].name not in {node.name for node in made.nodes}
                assert decision.into in {d.node for d in form.decisions if d.verdict == CONVERTED}
    standard, separable = standard_form(net), separable_form(net)
    assert total([n.counts for n in net.nodes]).macs == macs(net)
    assert not [
        n for n in standard.network.nodes
        if n.kind == "depthwise" and not is_one(getattr(n.layer, "kernel", None)) and not _held(standard, net, n)
    ]  # fmt: skip
    assert not [
        n for n in separable.network.nodes
        if n.kind == "standard" and not is_one(getattr(n.layer, "kernel", None)) and not _held(separable, net, n)
    ]  # fmt: skip


def _held(form: Transformed, net: Network, node: Node) -> bool:
    """Return whether a decision keeps this layer for a reason of the file or the network's input."""
    said = {net.nodes[d.node].name: d.reason for d in form.decisions if d.verdict == KEPT}
    reason = said.get(node.name, "")
    return "convert: false" in reason or reason == "reads the network's input"


def test_the_networks_of_the_property_hold_pairs_gates_and_conversions() -> None:
    seen: set[str] = set()

    @settings(max_examples=150, deadline=None, derandomize=True, database=None)
    @given(networks())
    def look(net: Network) -> None:
        for transform in FORMS.values():
            seen.update(d.reason.split(" into ")[0].split(" with ")[0] for d in transform(net).decisions)

    look()
    assert seen >= {
        "merged", "one convolution", "an unpaired depthwise convolution becomes the full one", "depthwise and pointwise",
        "in a gate, which goes before the convolution", "convert: false", "reads the network's input",
        "a grouped convolution: neither standard nor depthwise", "a transposed convolution",
        "its pointwise convolution has convert: false", "a product of data, which has no weights", "a linear layer",
        "a 1 x 1 depthwise convolution: no window to convert",
    }  # fmt: skip
