"""Howard et al. 2017, arXiv:1704.04861: Tables 1 to 7, and the article's argument, from the networks as built."""

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest

import dsconv_cost
from dsconv_cost.language.published import quantity


def mobilenet(variant: str = "", **settings: object) -> dsconv_cost.AnalysisResult:
    return dsconv_cost.analyze(dsconv_cost.load(f"mobilenet{variant}", **settings))


def analyze_text(tmp_path: Path, text: str) -> dsconv_cost.AnalysisResult:
    path = tmp_path / "network.yaml"
    path.write_text(text, encoding="utf-8")
    return dsconv_cost.analyze(dsconv_cost.load(path))


def weighted(form: dsconv_cost.Form) -> list[dsconv_cost.LayerCost]:
    """The layers that the paper counts: no pooling, no batch norm."""
    return [layer for layer in form.layers if layer.type in ("conv", "dwconv", "linear")]


# Kind, input, output, stride, weights, MACs. The paper prints no totals in this table; these are the ones that the
# docstring of TensorFlow-Slim's mobilenet_v1.py prints, layer by layer. The paper's last "Conv dw / s2" must be s1:
# the layer after it has the same 7 x 7 map.
TABLE_1 = [
    ("standard", "3x224x224", "32x112x112", 2, 864, 10_838_016),
    ("depthwise", "32x112x112", "32x112x112", 1, 288, 3_612_672),
    ("pointwise", "32x112x112", "64x112x112", 1, 2_048, 25_690_112),
    ("depthwise", "64x112x112", "64x56x56", 2, 576, 1_806_336),
    ("pointwise", "64x56x56", "128x56x56", 1, 8_192, 25_690_112),
    ("depthwise", "128x56x56", "128x56x56", 1, 1_152, 3_612_672),
    ("pointwise", "128x56x56", "128x56x56", 1, 16_384, 51_380_224),
    ("depthwise", "128x56x56", "128x28x28", 2, 1_152, 903_168),
    ("pointwise", "128x28x28", "256x28x28", 1, 32_768, 25_690_112),
    ("depthwise", "256x28x28", "256x28x28", 1, 2_304, 1_806_336),
    ("pointwise", "256x28x28", "256x28x28", 1, 65_536, 51_380_224),
    ("depthwise", "256x28x28", "256x14x14", 2, 2_304, 451_584),
    ("pointwise", "256x14x14", "512x14x14", 1, 131_072, 25_690_112),
    *[
        ("depthwise", "512x14x14", "512x14x14", 1, 4_608, 903_168),
        ("pointwise", "512x14x14", "512x14x14", 1, 262_144, 51_380_224),
    ]
    * 5,
    ("depthwise", "512x14x14", "512x7x7", 2, 4_608, 225_792),
    ("pointwise", "512x7x7", "1024x7x7", 1, 524_288, 25_690_112),
    ("depthwise", "1024x7x7", "1024x7x7", 1, 9_216, 451_584),
    ("pointwise", "1024x7x7", "1024x7x7", 1, 1_048_576, 51_380_224),
    ("linear", "1024x1x1", "1000x1x1", 1, 1_024_000, 1_024_000),
]


def test_table_1() -> None:
    found = []
    for layer in weighted(mobilenet().as_written):
        stride = layer.settings["stride"][0] if layer.kind != "linear" else 1
        shapes = (str(layer.inputs[0]), str(layer.output))
        found.append((layer.kind, *shapes, stride, layer.counts.weights, layer.macs))
    assert found == TABLE_1
    assert len(found) == 28


# Multiply-adds and parameters in per cent. The paper prints 1.19 for the first: its digits are swapped, and as printed
# the column sums to 99.29.
TABLE_2 = {
    "standard": (1.91, 0.02),
    "depthwise": (3.06, 1.06),
    "pointwise": (94.86, 74.59),
    "linear": (0.18, 24.33),
}


def test_table_2() -> None:
    layers = weighted(mobilenet().as_written)
    macs = sum(layer.macs for layer in layers)
    weights = sum(layer.counts.weights for layer in layers)
    found = {}
    for kind in TABLE_2:
        of_kind = [layer for layer in layers if layer.kind == kind]
        found[kind] = (
            round(100 * sum(layer.macs for layer in of_kind) / macs, 2),
            round(100 * sum(layer.counts.weights for layer in of_kind) / weights, 2),
        )
    assert found == TABLE_2
    assert (macs, weights) == (568_740_352, 4_209_088)


@pytest.mark.parametrize(
    ("layer", "channels", "side", "macs", "weights", "printed"),
    [
        ("conv: 512, kernel: 3, bias: false", 512, 14, 462_422_016, 2_359_296, ("462M", "2.36M")),
        ("dsconv: 512", 512, 14, 52_283_392, 266_752, ("52.3M", "0.27M")),
        ("dsconv: 384", 384, 14, 29_578_752, 150_912, ("29.6M", "0.15M")),
        ("dsconv: 384", 384, 10, 15_091_200, 150_912, ("15.1M", "0.15M")),
    ],
    ids=["convolution", "depthwise separable", "alpha 0.75", "rho 0.714"],
)
def test_table_3(
    tmp_path: Path, layer: str, channels: int, side: int, macs: int, weights: int, printed: tuple[str, str]
) -> None:
    text = f"input: [{channels}, {side}, {side}]\nlayers: [{{{layer}}}]\n"
    form = analyze_text(tmp_path, text).as_written
    assert (form.macs, form.counts.weights) == (macs, weights)
    for figure, exact in zip(printed, (macs, weights), strict=True):
        said = quantity(figure)
        assert said is not None
        assert round(exact / said.step) == said.digits  # all four rows round


@pytest.mark.parametrize(
    ("variant", "settings", "params", "macs", "printed"),
    [
        ("", {}, 4_231_976, 568_740_352, ("4.2M", "569M")),
        (":thin", {}, 2_585_560, 325_400_448, ("2.6M", "325M")),
        (":shallow", {}, 2_887_976, 307_323_392, ("2.9M", "307M")),
        ("", {"alpha": 0.75}, 2_585_560, 325_400_448, ("2.6M", "325M")),
        ("", {"alpha": 0.5}, 1_331_592, 149_497_088, ("1.3M", "149M")),
        ("", {"alpha": 0.25}, 470_072, 41_030_272, ("0.5M", "41M")),
        ("", {"resolution": 192}, 4_231_976, 418_121_728, ("4.2M", "418M")),
        ("", {"resolution": 160}, 4_231_976, 290_675_200, ("4.2M", "290M")),
        ("", {"resolution": 128}, 4_231_976, 186_400_768, ("4.2M", "186M")),
    ],
    ids=[
        "tables 4, 6, 7", "table 5, thin", "table 5, shallow", "table 6, 0.75", "table 6, 0.5", "table 6, 0.25",
        "table 7, 192", "table 7, 160", "table 7, 128",
    ],
)  # fmt: skip
def test_tables_4_to_7(
    variant: str, settings: dict[str, object], params: int, macs: int, printed: tuple[str, str]
) -> None:
    total = mobilenet(variant, **settings).total
    assert (total.params, total.macs) == (params, macs)
    for figure, exact in zip(printed, (params, macs), strict=True):
        said = quantity(figure)
        assert said is not None
        assert said.agrees(exact)


def test_table_4_conv_mobilenet() -> None:
    """Printed: 29.3 million parameters, and 4866 million mult-adds, which leave out the FC that the parameters have."""
    standard = mobilenet().standard
    assert (standard.params, standard.macs) == (29_294_088, 4_867_293_184)
    assert standard.macs - 1024 * 1000 == 4_866_269_184
    layers = weighted(standard)
    assert [layer.kind for layer in layers] == ["standard"] * 14 + ["linear"]
    # Each block is now one convolution of the block's input and output: 3 x 3 x C_in x C_out weights.
    widths = [3, 32, 64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024]
    assert [layer.counts.weights for layer in layers[:14]] == [9 * c_in * c_out for c_in, c_out in pairwise(widths)]


@pytest.mark.parametrize(
    ("alpha", "first", "last"),
    [(0.25, 8, 256), (0.2, 8, 204), (0.1, 8, 102), (1.4, 44, 1433)],
    ids=str,
)
def test_widths_round_as_in_slim(alpha: float, first: int, last: int) -> None:
    """max(int(d * alpha), 8): 32 * 0.2 is 6.4, 1024 * 0.2 is 204.8; no rounding to multiples of 8."""
    convolutions = weighted(mobilenet(alpha=alpha).as_written)[:-1]
    assert (convolutions[0].output.channels, convolutions[-1].output.channels) == (first, last)


@pytest.mark.parametrize("block", ["dsconv2", "dsconv3"], ids=["64 channels in, stride 2", "128 in, stride 1"])
def test_the_article_on_a_block_of_128_channels(block: str) -> None:
    """3 x 3 with 128 output channels: 1/128 + 1/9 = 0.1189 of the MACs, whatever comes in and whatever the stride."""

    def macs(form: dsconv_cost.Form) -> int:
        return sum(layer.macs for layer in form.layers if layer.name.split("/")[0] == block)

    analysis = mobilenet()
    ratio = Fraction(macs(analysis.as_written), macs(analysis.standard))
    assert ratio == Fraction(1, 128) + Fraction(1, 9)
    assert round(float(ratio), 4) == 0.1189


CONVERTED_STEM = """
input: [3, 224, 224]
defaults:
  conv: {norm: batch, activation: relu}
layers:
  - {conv: 32, kernel: 3, stride: 2, convert: true}
  - {dsconv: 64}
  - {dsconv: 128, stride: 2}
  - {dsconv: 128}
  - {dsconv: 256, stride: 2}
  - {dsconv: 256}
  - {dsconv: 512, stride: 2}
  - {dsconv: 512, repeat: 5}
  - {dsconv: 1024, stride: 2}
  - {dsconv: 1024}
  - global_avgpool
  - {linear: 1000}
"""


def test_stem_converted(tmp_path: Path) -> None:
    analysis = analyze_text(tmp_path, CONVERTED_STEM)
    # 3 x 3 x 3 x 32 becomes 3 x 3 x 3 and 3 x 32, on 112 x 112 positions.
    assert analysis.separable.macs == 568_740_352 - 112 * 112 * (864 - (27 + 96)) == 559_445_248
    assert analysis.as_written.macs == 568_740_352
    assert analysis.standard.macs == 4_867_293_184


@pytest.mark.parametrize(
    ("architecture", "standard", "separable"),
    [
        ("mobilenet", (29_294_088, 4_867_293_184), (4_231_976, 568_740_352)),
        ("mobilenet_v2", (11_131_976, 1_224_972_288), (3_504_872, 300_774_272)),
        ("resnet:18", (11_689_512, 1_814_073_344), (1_961_960, 336_804_096)),
        ("resnet:50", (25_557_032, 4_089_184_256), (15_538_792, 2_457_435_648)),
        ("vgg:16", (138_357_544, 15_470_264_320), (125_316_520, 1_986_267_136)),
    ],
    ids=["mobilenet", "mobilenet_v2", "resnet18", "resnet50", "vgg16"],
)
def test_forms(architecture: str, standard: tuple[int, int], separable: tuple[int, int]) -> None:
    analysis = dsconv_cost.analyze(dsconv_cost.load(architecture))
    assert (analysis.standard.params, analysis.standard.macs) == standard
    assert (analysis.separable.params, analysis.separable.macs) == separable
