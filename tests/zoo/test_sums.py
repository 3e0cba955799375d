"""Bundled networks that no measured model stands for: their totals as sums that can be checked against the paper."""

import math
from typing import NamedTuple

import pytest

import dsconv_cost
from dsconv_cost.layers.resize import Slice


class Cost(NamedTuple):
    """Params without batch norm, the channels that batch norm has, and MACs."""

    params: int
    norms: int
    macs: int

    @property
    def trained(self) -> int:
        """Every parameter: batch norm has a scale and a shift for each channel."""
        return self.params + 2 * self.norms


def summed(costs: list[Cost]) -> Cost:
    return Cost(*(sum(column) for column in zip(*costs, strict=True)))


def total(argument: str, **settings: object) -> tuple[int, int]:
    figures = dsconv_cost.analyze(dsconv_cost.load(argument, **settings)).total
    return figures.params, figures.macs


# GoogLeNet. Szegedy et al. 2014, Table 1: C_in, #1x1, #3x3 reduce, #3x3, #5x5 reduce, #5x5, pool proj, side, ops in M.
TABLE_1 = {
    "3a": (192, 64, 96, 128, 16, 32, 32, 28, 128),
    "3b": (256, 128, 128, 192, 32, 96, 64, 28, 304),
    "4a": (480, 192, 96, 208, 16, 48, 64, 14, 73),
    "4b": (512, 160, 112, 224, 24, 64, 64, 14, 88),
    "4c": (512, 128, 128, 256, 24, 64, 64, 14, 100),
    "4d": (512, 112, 144, 288, 32, 64, 64, 14, 119),
    "4e": (528, 256, 160, 320, 32, 128, 128, 14, 170),
    "5a": (832, 256, 160, 320, 32, 128, 128, 7, 51),  # 54 is printed
    "5b": (832, 384, 192, 384, 48, 128, 128, 7, 71),
}


def inception(row: tuple[int, ...]) -> Cost:
    c, n1, reduce3, n3, reduce5, n5, pool, side, _ = row
    weights = c * (n1 + reduce3 + reduce5 + pool) + 9 * reduce3 * n3 + 25 * reduce5 * n5
    biases = n1 + reduce3 + n3 + reduce5 + n5 + pool
    return Cost(weights + biases, 0, weights * side * side)


@pytest.mark.parametrize("name", TABLE_1)
def test_inception_blocks(name: str) -> None:
    block = f"inception{list(TABLE_1).index(name) + 1}/"
    layers = [
        layer for layer in dsconv_cost.analyze(dsconv_cost.load("googlenet")).layers if layer.name.startswith(block)
    ]
    expected = inception(TABLE_1[name])
    assert sum(layer.params for layer in layers) == expected.params
    macs = sum(layer.macs for layer in layers)
    assert macs == expected.macs
    printed = TABLE_1[name][-1]
    assert printed in (macs // 1_000_000, macs // 1_000_000 + 1)


def test_googlenet() -> None:
    blocks = summed([inception(row) for row in TABLE_1.values()])
    stem, stem_macs = 7 * 7 * 3 * 64 + 64, 7 * 7 * 3 * 64 * 112 * 112
    second, second_macs = (64 * 64 + 64) + (9 * 64 * 192 + 192), (64 * 64 + 9 * 64 * 192) * 56 * 56  # 360 M in Table 1
    assert round(second_macs / 1e6) == 360
    classifier, classifier_macs = 1024 * 1000 + 1000, 1024 * 1000
    params = stem + second + blocks.params + classifier
    macs = stem_macs + second_macs + blocks.macs + classifier_macs
    assert (params, macs) == (6_998_552, 1_582_671_872)
    assert total("googlenet") == (params, macs)
    # Table 1 prints 2.7 K and 34 M for the first convolution: eight 7 x 7 for each colour, then 24 to 64 channels.
    weights = 7 * 7 * 3 * 8 + 24 * 64
    assert weights == 2712
    assert round(weights * 112 * 112 / 1e6) == 34
    assert total("googlenet", separable_stem=True) == (
        params - stem + weights + 64,
        macs - stem_macs + weights * 112 * 112,
    )


def test_googlenet_of_1704_04861_is_the_sum_of_table_1() -> None:
    printed = [2.7, 112, 159, 380, 364, 437, 463, 580, 840, 1072, 1388, 1000]  # K, of 1024
    assert round(sum(printed)) == 6798


def test_alexnet_of_2012() -> None:
    convolutions = [  # kernel, channels that one map sees, maps, side
        (11, 3, 96, 55), (5, 48, 256, 27), (3, 256, 384, 13), (3, 192, 384, 13), (3, 192, 256, 13),
    ]  # fmt: skip
    linears = [(256 * 6 * 6, 4096), (4096, 4096), (4096, 1000)]
    params = sum(k * k * c * m + m for k, c, m, _ in convolutions) + sum(c * m + m for c, m in linears)
    macs = sum(k * k * c * m * side * side for k, c, m, side in convolutions) + sum(c * m for c, m in linears)
    assert (params, macs) == (60_965_224, 724_406_816)
    assert total("alexnet:2012") == (params, macs)


def test_alexnet_has_the_neurons_of_the_paper() -> None:
    layers = dsconv_cost.analyze(dsconv_cost.load("alexnet:2012")).layers
    neurons = [layer.output.elements for layer in layers if layer.type in ("conv", "linear")]
    # Figure 2's caption; 253,440 is printed for the first layer, which 55 x 55 maps do not give.
    assert neurons == [55 * 55 * 96, 186_624, 64_896, 64_896, 43_264, 4096, 4096, 1000]


# LeCun et al. 1998, section II.B: trainable parameters and connections, which count biases and all that a unit sees.
LENET = {
    "C1": (156, 122_304, 117_600 + 6 * 784),
    "S2": (12, 5_880, 1_176 * (4 + 1)),  # a unit multiplies once, after it has added four inputs
    "C3": (1_516, 151_600, 150_000 + 16 * 100),
    "S4": (32, 2_000, 400 * (4 + 1)),
    "C5": (48_120, 48_120, 48_000 + 120),
    "F6": (10_164, 10_164, 10_080 + 84),
}


@pytest.mark.parametrize("name", LENET)
def test_lenet5_layers(name: str) -> None:
    layers = [
        layer
        for layer in dsconv_cost.analyze(dsconv_cost.load("lenet5")).layers
        if layer.name == name or layer.name.startswith(f"{name}/")
    ]
    params, connections, from_macs = LENET[name]
    assert connections == from_macs
    assert sum(layer.params for layer in layers) == params
    units = sum(layer.counts.bias_adds for layer in layers)
    macs = sum(layer.macs for layer in layers)
    assert connections == (5 * macs if name in ("S2", "S4") else macs + units)


def test_lenet5() -> None:
    assert sum(params for params, _, _ in LENET.values()) == 60_000
    assert sum(connections for _, connections, _ in LENET.values()) + 10 * 84 == 340_908
    assert total("lenet5") == (60_000, 117_600 + 1_176 + 150_000 + 400 + 48_000 + 10_080)
    full = 5 * 5 * 6 * 16
    assert total("lenet5:modern") == (
        156 + (full + 16) + 48_120 + 10_164 + (84 * 10 + 10),
        117_600 + full * 100 + 48_000 + 10_080 + 840,
    )


def test_lenet5_connection_table() -> None:
    table = [  # Table I: rows are the maps of S2, columns those of C3
        "X...XXX..XXXX.XX",
        "XX...XXX..XXXX.X",
        "XXX...XXX..X.XXX",
        ".XXX..XXXX..X.XX",
        "..XXX..XXXX.XX.X",
        "...XXX..XXXX.XXX",
    ]
    expected = [{row for row in range(6) if table[row][column] == "X"} for column in range(16)]
    network = dsconv_cost.analyze(dsconv_cost.load("lenet5")).as_written.network
    seen: list[set[int]] = [set() for _ in range(16)]
    for node in network.nodes:
        if isinstance(node.layer, Slice):
            branch = node.name.split("/")[1]
            pairs = branch.startswith("sees_pairs")
            column = int(branch.removeprefix("sees_pairs" if pairs else "sees")) - 1 + (12 if pairs else 0)
            assert node.layer.channels is not None
            seen[column] |= {index % 6 for index in range(*node.layer.channels)}
    seen[15] = set(range(6))  # the last sees S2 itself, not a slice of it
    assert seen == expected


def test_resnet8() -> None:
    convolutions = [  # kernel, C_in, C_out, side, batch norm
        (3, 3, 16, 32, True), (3, 16, 16, 32, True), (3, 16, 16, 32, True),
        (3, 16, 32, 16, True), (3, 32, 32, 16, True), (1, 16, 32, 16, False),
        (3, 32, 64, 8, True), (3, 64, 64, 8, True), (1, 32, 64, 8, False),
    ]  # fmt: skip
    params = sum(k * k * c * m + m for k, c, m, _, _ in convolutions) + 64 * 10 + 10
    norms = sum(m for _, _, m, _, norm in convolutions if norm)
    macs = sum(k * k * c * m * side * side for k, c, m, side, _ in convolutions) + 64 * 10
    assert (params, norms, macs) == (77_706, 240, 12_501_632)
    assert total("resnet8") == (params + 2 * norms, macs)


class Row(NamedTuple):
    """A row of Howard et al. 2019, Table 1, or of Sandler et al. 2018, Table 2, with its expansion written out."""

    kernel: int
    expanded: int
    out: int
    gate: bool = False
    stride: int = 1


def divisible(value: float) -> int:
    """Round to a multiple of 8 that is at most a tenth smaller."""
    rounded = max(8, int(value + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * value else rounded


def convolution(c: int, m: int, kernel: int, positions: int, norm: bool = True) -> Cost:
    weights = kernel * kernel * c * m
    return Cost(weights + (0 if norm else m), m if norm else 0, weights * positions)


def half(side: int) -> int:
    return (side + 1) // 2


def stack(rows: list[Row], height: int, width: int) -> list[Cost]:
    """Return the costs of a first convolution of 3 x 3 / 2 and of the blocks."""
    c, height, width = rows[0].expanded, half(height), half(width)
    costs = [convolution(3, c, 3, height * width)]
    for row in rows:
        before = height * width
        if row.stride == 2:
            height, width = half(height), half(width)
        after = height * width
        if row.expanded != c:
            costs.append(convolution(c, row.expanded, 1, before))
        costs.append(Cost(row.kernel**2 * row.expanded, row.expanded, row.kernel**2 * row.expanded * after))
        if row.gate:
            squeeze = divisible(row.expanded / 4)
            costs += [convolution(row.expanded, squeeze, 1, 1, False), convolution(squeeze, row.expanded, 1, 1, False)]
        costs.append(convolution(row.expanded, row.out, 1, after))
        c = row.out
    return costs


V3_LARGE = [
    Row(3, 16, 16), Row(3, 64, 24, stride=2), Row(3, 72, 24),
    Row(5, 72, 40, True, 2), Row(5, 120, 40, True), Row(5, 120, 40, True),
    Row(3, 240, 80, stride=2), Row(3, 200, 80), Row(3, 184, 80), Row(3, 184, 80),
    Row(3, 480, 112, True), Row(3, 672, 112, True),
]  # fmt: skip
LAST = [Row(5, 672, 160, True), Row(5, 960, 160, True), Row(5, 960, 160, True)]  # dilated: they do not stride
HALVED = [Row(5, 336, 80, True), Row(5, 480, 80, True), Row(5, 480, 80, True)]


def lraspp(last: list[Row], filters: int, classes: int, height: int, width: int) -> tuple[int, int]:
    low = half(half(half(height))) * half(half(half(width)))
    high = half(half(half(half(height)))) * half(half(half(half(width))))
    c = last[-1].out
    costs = [
        *stack(V3_LARGE + last, height, width),
        convolution(c, 6 * c, 1, high),
        convolution(6 * c, filters, 1, high),
        Cost(6 * c * filters, 0, 6 * c * filters),  # of the pooled map, without bias
        convolution(40, classes, 1, low, norm=False),
        convolution(filters, classes, 1, low, norm=False),
    ]
    cost = summed(costs)
    return cost.trained, cost.macs


@pytest.mark.parametrize(
    ("argument", "settings", "expected"),
    [
        ("lraspp", {}, lraspp(LAST, 128, 21, 520, 520)),
        ("lraspp:cityscapes", {}, lraspp(HALVED, 128, 19, 1024, 2048)),
        ("lraspp:cityscapes", {"filters": 256}, lraspp(HALVED, 256, 19, 1024, 2048)),
    ],
    ids=["torchvision", "cityscapes", "cityscapes, F = 256"],
)
def test_lraspp(argument: str, settings: dict[str, object], expected: tuple[int, int]) -> None:
    assert total(argument, **settings) == expected


def test_lraspp_sums_are_those_that_torchvision_prints() -> None:
    params, macs = lraspp(LAST, 128, 21, 520, 520)
    assert params == 3_221_538
    assert round(macs / 1e9, 3) == 2.086


V2 = [
    Row(3, 32, 16),
    Row(3, 96, 24, stride=2), Row(3, 144, 24),
    Row(3, 144, 32, stride=2), Row(3, 192, 32), Row(3, 192, 32),
    Row(3, 192, 64, stride=2), *[Row(3, 384, 64)] * 3,
    Row(3, 384, 96), *[Row(3, 576, 96)] * 2,
]  # fmt: skip


def deeplab(classes: int, height: int, width: int) -> tuple[int, int]:
    high = half(half(half(half(height)))) * half(half(half(half(width))))
    last = [Row(3, 576, 160), Row(3, 960, 160), Row(3, 960, 160), Row(3, 960, 320)]
    costs = [
        *stack(V2 + last, height, width),
        convolution(320, 256, 1, 1),  # of the pooled map
        convolution(320, 256, 1, high),
        convolution(512, 256, 1, high),
        convolution(256, classes, 1, high, norm=False),
    ]
    cost = summed(costs)
    return cost.trained, cost.macs


def test_deeplabv3_with_mobilenet_v2() -> None:
    assert deeplab(21, 513, 513) == (2_113_557, 2_740_709_056)
    assert total("deeplabv3_mobilenet_v2:voc") == deeplab(21, 513, 513)
    assert total("deeplabv3_mobilenet_v2:cityscapes") == deeplab(19, 1025, 2049)


# The backbone is MobileNet V2 without its classifier, 1280 x 1000 + 1000, at 10/7 of its 224 x 224.
V2_PARAMS, V2_MACS = 3_504_872 - 1_281_000, (300_774_272 - 1_280_000) * 100 // 49


@pytest.mark.parametrize(("variant", "params", "macs"), [("ssdlite", 2.1, 0.178), ("ssd", 14.8, 1.259)])
def test_ssd_heads_of_mobilenet_v2(variant: str, params: float, macs: float) -> None:
    lite = variant == "ssdlite"
    costs = []
    c = 1280
    for out, before, after in ((512, 100, 25), (256, 25, 9), (256, 9, 4), (128, 4, 1)):
        costs.append(convolution(c, out // 2, 1, before))
        if lite:
            costs += [Cost(9 * (out // 2), out // 2, 9 * (out // 2) * after), convolution(out // 2, out, 1, after)]
        else:
            costs.append(convolution(out // 2, out, 3, after))
        c = out
    for c, boxes, positions in ((576, 3, 400), (1280, 6, 100), (512, 6, 25), (256, 6, 9), (256, 6, 4), (128, 6, 1)):
        for out in (boxes * 81, boxes * 4):
            if lite:
                costs.append(Cost(9 * c, c, 9 * c * positions))
            costs.append(convolution(c, out, 1 if lite else 3, positions, norm=False))
    heads = summed(costs)
    assert total(f"ssdlite_mobilenet_v2:{variant}") == (V2_PARAMS + heads.trained, V2_MACS + heads.macs)
    # Sandler et al. 2018, Table 5: 2.1 M and 14.8 M.
    assert (round(heads.trained / 1e6, 1), round(heads.macs / 1e9, 3)) == (params, macs)


@pytest.mark.parametrize(("reduced", "params"), [(True, 3.22), (False, 4.97)])
def test_ssdlite_of_the_paper(reduced: bool, params: float) -> None:
    """Howard et al. 2019, Table 6 prints params without batch norm; its lowest layer has three boxes."""
    layers = dsconv_cost.analyze(dsconv_cost.load("ssdlite", first_boxes=3, reduced=reduced)).layers
    trained = sum(layer.params for layer in layers if layer.type != "batchnorm")
    assert round(trained / 1e6, 2) == params
    three_less = 3 * (91 + 4)  # maps of 20 x 20 that see 672
    if reduced:
        assert total("ssdlite", first_boxes=3) == (3_440_060 - three_less * 673, 583_171_904 - three_less * 672 * 400)


@pytest.mark.parametrize(("variant", "printed"), [("n", 8.9), ("s", 28.8), ("m", 79.3), ("l", 165.7), ("x", 258.5)])
def test_yolov8_flops_of_its_file(variant: str, printed: float) -> None:
    """Two FLOPs for each MAC, for four MACs an element of batch norm, and for the decoding of four distances in 16 steps."""
    analysis = dsconv_cost.analyze(dsconv_cost.load(f"yolov8:{variant}"))
    decoding = 4 * 16 * (80 * 80 + 40 * 40 + 20 * 20)
    normalised = sum(layer.output.elements for layer in analysis.layers if layer.type == "batchnorm")
    assert round(2 * (analysis.total.macs + 4 * normalised + decoding) / 1e9, 1) == printed


# The authors' configuration of each: initial width, slope, multiplier, blocks, group width.
# github.com/facebookresearch/pycls, configs/dds_baselines
REGNETS = {
    "x_400mf": (24, 24.48, 2.54, 22, 16), "x_800mf": (56, 35.73, 2.28, 16, 16), "x_1.6gf": (80, 34.01, 2.25, 18, 24),
    "x_3.2gf": (88, 26.31, 2.25, 25, 48), "x_8gf": (80, 49.56, 2.88, 23, 120),
    "y_400mf": (48, 27.89, 2.09, 16, 8), "y_800mf": (56, 38.84, 2.4, 14, 16), "y_1.6gf": (48, 20.71, 2.65, 27, 24),
    "y_3.2gf": (80, 42.63, 2.66, 21, 24), "y_8gf": (192, 76.82, 2.19, 17, 56),
}  # fmt: skip
# The authors round to the nearest number of groups, an even one from a half; torchvision up from a half, and up again
# where more than a tenth was lost.
NARROWER = {
    "x_400mf": (32, 64, 160, 384), "y_800mf": (64, 128, 320, 768), "y_8gf": (168, 448, 896, 2016),
}  # fmt: skip


@pytest.mark.parametrize("variant", REGNETS)
def test_regnet_stages_follow_from_its_line(variant: str) -> None:
    """Radosavovic et al. 2020, section 3.3: widths on a line, quantised to powers of a multiplier, then to 8."""
    first, slope, multiplier, blocks, group = REGNETS[variant]
    widths = []
    for block in range(blocks):
        power = round(math.log((first + slope * block) / first) / math.log(multiplier))
        widths.append(round(first * multiplier**power / 8) * 8)
    stages = sorted(set(widths))
    nearest = [round(width / min(group, width)) * min(group, width) for width in stages]
    chosen = dsconv_cost.load(f"regnet:{variant}").hyperparameters
    assert chosen["depths"] == tuple(widths.count(width) for width in stages)
    assert NARROWER.get(variant, chosen["widths"]) == tuple(nearest)
