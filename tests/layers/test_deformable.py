"""Deformable convolutions: what an ordinary convolution of the same fields costs, and the offsets and masks beside it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsconv_cost.layers.convolution import Conv
from dsconv_cost.layers.deformable import ConvAt
from dsconv_cost.layers.shapes import Shape
from dsconv_cost.network.transforms.convert import separable_form, standard_form
from tests.networks import macs, of, params


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    channels=st.sampled_from([4, 8]), out=st.sampled_from([4, 12]), groups=st.sampled_from([1, 2, 4]), bias=st.booleans(),
    offset_groups=st.sampled_from([1, 2, 4]), kernel=st.integers(1, 3), stride=st.integers(1, 2), masks=st.sampled_from([0, 1, 2]),
    sides=st.lists(st.integers(3, 9), min_size=1, max_size=3),
)  # fmt: skip
def test_it_costs_what_a_convolution_does(
    channels: int,
    out: int,
    groups: int,
    bias: bool,
    offset_groups: int,
    kernel: int,
    stride: int,
    masks: int,
    sides: list[int],
) -> None:
    x = Shape(channels, *sides)
    fields = {"out_channels": out, "kernel": kernel, "stride": stride, "groups": groups, "bias": bias}
    plain, deformed = Conv(**fields), ConvAt(**fields, offset_groups=offset_groups)
    output = plain.output((x,))
    each = offset_groups * kernel ** len(sides)
    offsets = output.with_channels((len(sides) + (masks == 1)) * each)
    inputs = (x, offsets, output.with_channels(each)) if masks == 2 else (x, offsets)
    assert deformed.output(inputs) == output
    expected, counts = plain.counts((x,), output), deformed.counts(inputs, output)
    assert (counts.weights, counts.biases, counts.macs, counts.bias_adds) == (
        expected.weights, expected.biases, expected.macs, expected.bias_adds,
    )  # fmt: skip
    reads = channels * kernel ** len(sides) * output.positions
    assert (counts.resampled, counts.multiplied) == (reads, reads if masks else 0)


def test_the_convolution_of_the_offsets_is_a_layer_of_its_own() -> None:
    # torchvision's DeformConv2d(16, 32, 3) and the Conv2d(16, 27, 3, padding=1) that feeds it, on 20 x 24 positions
    net = of("- {deform_conv: 32, kernel: 3}", "16, 20, 24")
    assert [node.name for node in net.nodes] == ["deform_conv1/offsets", "deform_conv1/conv"]
    assert params(net) == (9 * 16 * 27 + 27) + (9 * 16 * 32 + 32)
    assert macs(net) == 20 * 24 * 9 * 16 * (27 + 32)


def test_version_1_has_no_mask() -> None:
    net = of("- {deform_conv: 32, kernel: 3, modulated: false, offset_groups: 2}", "16, 20, 24")
    assert net.nodes[0].output == (2 * 2 * 9, 20, 24)


def test_norm_and_activation_follow_the_convolution_alone() -> None:
    net = of("- {deform_conv: 8, kernel: 3, norm: batch, activation: relu}", "4, 8, 8")
    names = [node.name for node in net.nodes]
    assert names == ["deform_conv1/offsets", "deform_conv1/conv", "deform_conv1/conv.norm", "deform_conv1/conv.act"]
    assert net.nodes[0].counts.biases == 27
    assert net.nodes[1].counts.biases == 0


@pytest.mark.parametrize("form", [standard_form, separable_form])
def test_the_forms_leave_it_alone_and_say_why(form: object) -> None:
    net = of("- {conv: 8, kernel: 3}\n- {deform_conv: 8, kernel: 3}", "4, 8, 8")
    made = form(net)  # type: ignore[operator]  # one of the two
    reasons = {net.nodes[decision.node].name: decision.reason for decision in made.decisions}
    assert reasons["deform_conv1/conv"] == "a deformable convolution"
