"""Shapes of 0 to 3 sides: sizes and counts by arithmetic that can be followed, and what does not suit."""

import pytest

from tests.command import run_process
from tests.networks import body, lines, macs, of, params, refused


def test_a_signal() -> None:
    net = of(
        "- {conv: 64, kernel: 9, stride: 2, bias: false}\n- {dwconv: 3}\n- {maxpool: 2}\n- global_avgpool\n- {linear: 12}",
        "40, 98",
    )
    assert lines(net) == ["conv1 64x49", "dwconv1 64x49", "maxpool1 64x24", "global_avgpool1 64x1", "linear1 12x1"]
    assert macs(net) == 49 * 9 * 40 * 64 + 49 * 3 * 64 + 64 * 12
    assert params(net) == 9 * 40 * 64 + (3 * 64 + 64) + (64 * 12 + 12)


def test_a_signal_costs_what_it_costs_as_an_image_of_height_1() -> None:
    flat = of(
        "- {conv: 64, kernel: 9, stride: 2}\n- {dsconv: 32, kernel: 5, dilation: 2}\n- {avgpool: 3, padding: 1}",
        "40, 98",
    )
    image = of(
        "- {conv: 64, kernel: [1, 9], stride: [1, 2]}\n- {dsconv: 32, kernel: [1, 5], dilation: [1, 2]}\n"
        "- {avgpool: [1, 3], padding: [0, 1]}",
        "40, 1, 98",
    )
    assert [(n.counts, n.kind) for n in flat.nodes] == [(n.counts, n.kind) for n in image.nodes]


def test_a_video() -> None:
    # The stem of R3D-18: 3 x 7 x 7, stride 1 in time and 2 in space; (112 + 6 - 7) // 2 + 1 = 56.
    net = of(
        "- {conv: 64, kernel: [3, 7, 7], stride: [1, 2, 2], padding: [1, 3, 3], bias: false}\n- {maxpool: 2}",
        "3, 16, 112, 112",
    )
    assert lines(net) == ["conv1 64x16x56x56", "maxpool1 64x8x28x28"]
    assert macs(net) == 16 * 56 * 56 * 3 * 7 * 7 * 3 * 64
    assert params(net) == 3 * 7 * 7 * 3 * 64


def test_a_vector() -> None:
    net = of("- {linear: 128}\n- batchnorm\n- relu\n- {linear: 10}", "640")
    assert lines(net) == ["linear1 128", "batchnorm1 128", "relu1 128", "linear2 10"]
    assert macs(net) == 640 * 128 + 128 * 10


def test_moves_on_other_sides() -> None:
    assert lines(of("- {space_to_depth: 2}\n- {depth_to_space: 4}", "8, 12")) == [
        "space_to_depth1 16x6",
        "depth_to_space1 4x24",
    ]
    assert lines(of("- {space_to_depth: 2}", "1, 4, 6, 8")) == ["space_to_depth1 8x2x3x4"]
    assert lines(of("- {permute: [length, channels]}\n- {slice: [0, 4]}\n- {slice: , length: [1, 3]}", "8, 12")) == [
        "permute1 12x8", "slice1 4x8", "slice2 4x2",
    ]  # fmt: skip
    assert lines(of("- {reduce: mean, over: time}\n- {reduce: max}", "8, 3, 4, 5")) == [
        "reduce1 8x1x4x5",
        "reduce2 8x1x1x1",
    ]
    assert lines(of("- {reshape: [-1, 6]}\n- {reshape: [4, 3, -1]}", "2, 3, 4")) == ["reshape1 4x6", "reshape2 4x3x2"]
    assert lines(of("- {upsample: [2, 1, 3]}\n- {pad: [1, 0, 0]}\n- {crop: 4}", "1, 2, 4, 5")) == [
        "upsample1 1x4x4x15", "pad1 1x6x4x15", "crop1 1x4x4x4",
    ]  # fmt: skip
    assert lines(of("- {pad: [3, 0]}", "1, 5")) == ["pad1 1x8"]  # before and after, as a causal convolution has it
    assert lines(of("- {pad: [1, 0, 2, 3, 0, 1]}", "1, 5, 5, 5")) == ["pad1 1x6x10x6"]
    assert lines(of("- {pad: [1, 0, 2]}", "1, 5, 5, 5")) == ["pad1 1x7x5x9"]


def test_a_vector_meets_a_map_at_every_position() -> None:
    net = of("- {multiply: [input, [global_avgpool, {reshape: [8]}, {linear: 8}]]}", "8, 4, 4")
    assert lines(net)[-1] == "multiply1 8x4x4"


WRONG = {
    "a kernel for two sides on one": (
        "{conv: 4, kernel: [3, 3]}", "8, 16", "3:22 kernel [3, 3] is for 2 sides, but the input 8x16 has 1 (length): give one number",
    ),
    "a stride for one side on three": (
        "{conv: 4, kernel: 3, stride: [2]}", "8, 4, 4, 4", "3:33 stride [2] is for 1 side, but the input 8x4x4x4 has 3 (time",
    ),
    "pads for two sides on three": (
        "{maxpool: 2, padding: [1, 1, 1, 1]}", "8, 4, 4, 4",
        "3:26 padding [1, 1, 1, 1] does not suit the input 8x4x4x4: give one number, 3 or 6 (before and after the time and",
    ),
    "pads for two sides on one": (
        "{conv: 4, kernel: 3, padding: [1, 1, 1, 1]}", "8, 4",
        "3:34 padding [1, 1, 1, 1] does not suit the input 8x4: give one number or 2 (before and after the length)",
    ),
    "a window on a vector": ("{conv: 4, kernel: 1}", "8", "3:4 received an input of 8, which has channels and no sides"),
    "the height of a signal": ("{slice: [0, 4], height: [0, 1]}", "8, 16", "3:28 8x16 has no height: its axes are channels, length"),
    "an order of other axes": ("{permute: [width, height, channels]}", "8, 16", "3:14 names 3 axes, but the input 8x16 has 2"),
    "a signal added to an image": ("{add: [input, {reshape: [8, 16]}]}", "8, 4, 4", "3:4 add needs branches of as many sides"),
    "a size of an image for a signal": ("{resize: [4, 4]}", "8, 16", "3:13 size [4, 4] is for 2 sides"),
}  # fmt: skip


@pytest.mark.parametrize(("item", "shape", "message"), WRONG.values(), ids=WRONG)
def test_a_number_of_sides_that_does_not_suit(item: str, shape: str, message: str) -> None:
    refused(body(f"[{item}]", shape), message)


def explained(item: str, shape: str) -> str:
    return run_process("explain", "-", "conv1", stdin=f"input: [{shape}]\nlayers:\n  - relu\n  - {item}\n").out


def test_explain_has_the_letters_of_the_sides() -> None:
    signal = explained("{conv: 8, kernel: 5}", "4, 20")
    assert "L_out = ceil(L_in / s) = ceil(20 / 1) = 20" in signal
    assert "MACs    = L_out * k * C_in * C_out = 20 * 5 * 4 * 8 = 3,200" in signal
    assert "prediction    1/C_out + 1/k = 1/8 + 1/5 = 0.3250" in signal
    assert "H_" not in signal
    video = explained("{conv: 8, kernel: [3, 1, 1]}", "4, 6, 5, 5")
    assert "T_out * H_out * W_out * k_t * k_h * k_w * C_in * C_out = 6 * 5 * 5 * 3 * 1 * 1 * 4 * 8 = 14,400" in video
    assert "1/C_out + 1/(k_t*k_h*k_w) = 1/8 + 1/3" in video


def test_an_image_without_channels_is_pointed_out() -> None:
    told = run_process("analyze", "-", stdin="input: [224, 224]\nlayers: [{conv: 8, kernel: 3}]\n").out
    assert "224x224 is 224 channels and a length of 224; for an image write [channels, height, width]" in " ".join(
        told.split()
    )
