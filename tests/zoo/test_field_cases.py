"""Cases that users of counters described in public threads, with the right params and MACs, and what other counters print."""

from pathlib import Path

import pytest

from dsconv_cost import analyze, load

FOLDER = Path(__file__).parents[1] / "facts" / "field_cases"

RIGHT: dict[str, tuple[str, int, int]] = {
    # case -> convention, params, MACs
    "attention_psa": (
        "macs",
        33_280,
        43_827_200,
    ),  # calflops #26: 13,107,200 of the projection, 30,720,000 of the products
    "channel_pad": ("macs", 1_324, 5_210_112),  # mediapipe #352: BlazeFace's shortcut is padded with zero channels
    "conv3d": ("macs", 224, 28_311_552),  # onnx-tool #35: 10.49 M there; Efficient-3DCNNs #43, PyTorch-MFNet #12
    "convention_avgpool": ("macs", 576, 147_456),
    "convention_layernorm": ("macs", 592, 147_456),
    "convention_prelu": ("macs", 584, 147_456),
    "convention_transposed": ("macs", 512, 131_072),
    "convention_upsample_nearest": ("macs", 576, 147_456),
    "coordinate_attention": ("macs", 528, 40_960),  # yolov5 #6306: strips put together along their positions
    "dsconv_default_depth_multiplier": ("macs", 9_664, 615_420_416),
    "global_maxpool": ("macs", 650, 640),  # Keras's GlobalMaxPooling2D, CBAM's second pool
    "gru": ("macs", 99_072, 3_145_728),  # calflops #55: 0 MACs in other counters
    "keras_prelu_per_element": ("macs", 19_264, 460_800),  # keras #4452: a slope for each of 24 x 24 x 32 elements
    "keras_separable_bias": ("macs", 1_350, 212_180_000),  # keras #13008: one bias, after the pointwise convolution
    "mobileone_folded": ("deployed", 2_078_504, 275_110_400),  # yolov9 #406: branches of training are one convolution
    "pixel_shuffle": ("macs", 38_851, 2_521_497_600),  # CARN #35, ptflops #67
    "residual_shortcut_dropped": ("macs", 656, 204_800),  # NeMo #638: QuartzNet projects in every block
    "shared_head": ("macs", 4_248_115, 21_740_912_640),  # FCOS #44, mmdetection #2294: one head on all levels
    "siamese": ("macs", 24_449, 13_872_768),  # pytorch_model_summary #3, ptflops #14: params once, MACs for each image
    "yamnet_keras": ("keras", 3_751_369, 69_165_056),  # turicreate #2779: batch norms without scale
}

PRINTED: list[tuple[str, str, str, int]] = [
    # case, convention, metric, what the counter prints
    ("gru", "calflops", "macs", 0),
    ("convention_avgpool", "fvcore", "macs", 147_456),
    ("convention_avgpool", "thop", "macs", 147_968),
    ("convention_avgpool", "ptflops", "macs", 151_552),
    ("convention_layernorm", "ptflops", "macs", 149_504),
    ("convention_layernorm", "thop", "macs", 155_648),
    ("convention_layernorm", "torchprofile", "macs", 149_504),
    ("convention_layernorm", "fvcore", "macs", 157_696),
    ("convention_layernorm", "calflops", "flops", 305_152),
    ("convention_prelu", "ptflops", "macs", 151_552),
    ("convention_prelu", "thop", "macs", 149_504),
    ("convention_prelu", "torchinfo", "macs", 147_464),
    ("convention_prelu", "fvcore", "macs", 147_456),
    ("convention_prelu", "torchprofile", "macs", 147_456),
    ("convention_prelu", "calflops", "flops", 296_960),
    ("convention_transposed", "thop", "macs", 524_288),
    ("convention_transposed", "torchprofile", "macs", 524_288),
    ("convention_transposed", "torchinfo", "macs", 524_288),
    ("convention_transposed", "ptflops", "macs", 131_072),
    ("convention_transposed", "fvcore", "macs", 131_072),
    ("convention_transposed", "calflops", "macs", 131_072),
    ("convention_upsample_nearest", "ptflops", "macs", 163_840),
    ("convention_upsample_nearest", "thop", "macs", 155_648),
    ("convention_upsample_nearest", "fvcore", "macs", 155_648),
    ("convention_upsample_nearest", "calflops", "flops", 296_960),
]


def test_every_case_in_the_folder_is_held_to_its_numbers() -> None:
    assert {path.stem for path in FOLDER.glob("*.yaml")} == set(RIGHT)


@pytest.mark.parametrize("case", RIGHT)
def test_right_numbers(case: str) -> None:
    convention, params, macs = RIGHT[case]
    total = analyze(load(FOLDER / f"{case}.yaml"), convention=convention).total
    assert (total.params, total.macs) == (params, macs)


@pytest.mark.parametrize(("case", "convention", "metric", "printed"), PRINTED)
def test_what_other_counters_print(case: str, convention: str, metric: str, printed: int) -> None:
    total = analyze(load(FOLDER / f"{case}.yaml"), convention=convention).total
    assert getattr(total, metric) == printed
