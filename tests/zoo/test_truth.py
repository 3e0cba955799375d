"""Every layer of the bundled networks against the same layer measured in PyTorch (tests/facts/README.md)."""

import csv
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

import dsconv_cost

FACTS = Path(__file__).parents[1] / "facts"

# A module of PyTorch -> the family of layers that both sides are compared in. Pooling to 1 x 1, dropout and
# flattening are functions in some of the implementations and modules in others: they have no parameters and no
# MACs, and their shapes are those of their neighbours.
FAMILY_OF_MODULE = {
    "Conv2d": "conv", "Linear": "linear", "BatchNorm2d": "batchnorm", "BatchNormAct2d": "batchnorm",
    "LayerNorm": "layernorm", "LayerNorm2d": "layernorm", "MaxPool2d": "maxpool", "AvgPool2d": "avgpool",
    "ReLU": "relu", "ReLU6": "relu6", "Hardswish": "hardswish", "Hardsigmoid": "hardsigmoid", "SiLU": "silu",
    "Sigmoid": "sigmoid", "GELU": "gelu", "CNBlock": "channel_scale", "Conv2dSame": "conv",
}  # fmt: skip
UNCOMPARED_MODULES = {
    "AdaptiveAvgPool2d", "Dropout", "Flatten", "Identity", "Permute", "Sequential", "StochasticDepth", "Upsample",
}  # fmt: skip
FAMILIES = {*FAMILY_OF_MODULE.values()}


class Row(NamedTuple):
    """One layer, as both sides tell it."""

    family: str
    input: str
    output: str
    kernel: str
    stride: str
    groups: str
    params: int
    macs: int

    @property
    def is_depthwise(self) -> bool:
        return self.family == "conv" and int(self.groups) > 1 and self.groups == self.input.split("x")[0]

    @property
    def is_pointwise(self) -> bool:
        return self.family == "conv" and self.kernel == "1x1" and self.groups == "1"


Adaptation = Callable[[list[Row]], list[Row]]


def unchanged(rows: list[Row]) -> list[Row]:
    return rows


def without_norms(rows: list[Row]) -> list[Row]:
    """The measured network has no batch norm; the standard form of MobileNet V1 has."""
    return [row for row in rows if row.family != "batchnorm"]


def with_relu6(rows: list[Row]) -> list[Row]:
    """The MobileNet V1 of timm clips its activations at 6; the paper says ReLU."""
    return [row._replace(family="relu6") if row.family == "relu" else row for row in rows]


def with_convolution_after_pooling(rows: list[Row]) -> list[Row]:
    """In timm the layer before the classifier is a convolution of a 1 x 1 map, as in the paper; in torchvision linear."""
    index = next(i for i, row in enumerate(rows) if row.family == "linear")
    head = rows[index]._replace(family="conv", kernel="1x1", stride="1x1", groups="1")
    return [*rows[:index], head, *rows[index + 1 :]]


def without_last_relu(rows: list[Row]) -> list[Row]:
    """The DenseNet of torchvision calls the ReLU before its pooling as a function, which no hook sees."""
    index = max(i for i, row in enumerate(rows) if row.family == "relu")
    return [*rows[:index], *rows[index + 1 :]]


def without_functions(rows: list[Row]) -> list[Row]:
    """Of Inception's activations and pools only the first two pools are modules in torchvision."""
    pools = [i for i, row in enumerate(rows) if row.family == "maxpool"][2:]
    return [row for i, row in enumerate(rows) if row.family not in ("relu", "avgpool") and i not in pools]


def without_relus(rows: list[Row]) -> list[Row]:
    """The GoogLeNet of torchvision calls every ReLU as a function, which no hook sees."""
    return [row for row in rows if row.family != "relu"]


def with_linear_layers_on_maps(rows: list[Row]) -> list[Row]:
    """A 1 x 1 convolution of ConvNeXt is a linear layer over the last axis in torchvision."""
    return [row._replace(family="linear", kernel="", stride="", groups="") if row.is_pointwise else row for row in rows]


PROJECTION_FIRST = "torchvision's RegNet computes the projection of a shortcut before the body"
OFFSETS_FIRST = "the reference computes the box offsets of all heads before the scores of all heads"
BLOCK_FIRST = "the parameter of a ConvNeXt block, its scale, is told before the layers of the block"


class Case(NamedTuple):
    """A measured model, and what is the same network here."""

    truth: str
    architecture: str
    settings: dict[str, object]
    form: str = "as_written"
    adapt: Adaptation = unchanged
    reordered: str = ""
    """Why the order of execution is another one; empty where it is the same."""


MINIMAL: dict[str, object] = {"minimalistic": True}

CASES = [
    Case("paper__mobilenet_v1_1.0_224", "mobilenet", {}),
    Case("paper__mobilenet_v1_0.75_192", "mobilenet", {"alpha": 0.75, "resolution": 192}),
    Case("paper__mobilenet_v1_0.5_160", "mobilenet", {"alpha": 0.5, "resolution": 160}),
    Case("paper__mobilenet_v1_0.25_128", "mobilenet", {"alpha": 0.25, "resolution": 128}),
    Case("paper__shallow_mobilenet_1.0_224", "mobilenet:shallow", {}),
    Case("paper__conv_mobilenet_bn_1.0_224", "mobilenet", {}, "standard"),
    Case("paper__conv_mobilenet_1.0_224", "mobilenet", {}, "standard", without_norms),
    Case("timm__mobilenetv1_100", "mobilenet", {}, adapt=with_relu6),
    Case("torchvision__mobilenet_v2", "mobilenet_v2", {}),
    Case("timm__mobilenetv2_050", "mobilenet_v2", {"alpha": 0.5}),
    Case("timm__mobilenetv2_140", "mobilenet_v2", {"alpha": 1.4}),
    Case("torchvision__mobilenet_v3_large", "mobilenet_v3_large", {}),
    Case("timm__mobilenetv3_large_075", "mobilenet_v3_large", {"alpha": 0.75}, adapt=with_convolution_after_pooling),
    Case("torchvision__mobilenet_v3_small", "mobilenet_v3_small", {}),
    Case("timm__mobilenetv3_small_075", "mobilenet_v3_small", {"alpha": 0.75}, adapt=with_convolution_after_pooling),
    Case("timm__tf_mobilenetv3_large_minimal_100", "mobilenet_v3_large", MINIMAL, adapt=with_convolution_after_pooling),
    Case("timm__tf_mobilenetv3_small_minimal_100", "mobilenet_v3_small", MINIMAL, adapt=with_convolution_after_pooling),
    Case("torchvision__vgg11", "vgg:11", {}),
    Case("torchvision__vgg16", "vgg:16", {}),
    Case("torchvision__vgg16_bn", "vgg:16_bn", {}),
    Case("torchvision__resnet18", "resnet:18", {}),
    Case("torchvision__resnet50", "resnet:50", {}),
    Case("torchvision__resnext50_32x4d", "resnet:resnext50_32x4d", {}),
    Case("torchvision__wide_resnet50_2", "resnet:wide50_2", {}),
    Case("torchvision__densenet121", "densenet:121", {}, adapt=without_last_relu),
    Case("torchvision__shufflenet_v2_x1_0", "shufflenet_v2", {}),
    Case("torchvision__shufflenet_v2_x0_5", "shufflenet_v2:0.5x", {}),
    Case("torchvision__shufflenet_v2_x2_0", "shufflenet_v2:2.0x", {}),
    Case("paper__shufflenet_v1_1.0x_g1", "shufflenet_v1:1.0x_g1", {}),
    Case("paper__shufflenet_v1_1.0x_g3", "shufflenet_v1:1.0x_g3", {}),
    Case("paper__shufflenet_v1_0.5x_g8", "shufflenet_v1:0.5x_g8", {}),
    Case("torchvision__efficientnet_b0", "efficientnet:b0", {}),
    Case("torchvision__efficientnet_b3", "efficientnet:b3", {}),
    Case("torchvision__efficientnet_v2_s", "efficientnet_v2:s", {}),
    Case("torchvision__efficientnet_v2_m", "efficientnet_v2:m", {}),
    Case("timm__efficientnet_lite0", "efficientnet_lite:lite0", {}),
    Case("timm__efficientnet_lite4", "efficientnet_lite:lite4", {}),
    Case("torchvision__mnasnet0_5", "mnasnet", {"alpha": 0.5}),
    Case("torchvision__mnasnet1_0", "mnasnet", {}),
    Case("timm__semnasnet_100", "mnasnet:a1", {}),
    Case("timm__semnasnet_050", "mnasnet:a1", {"alpha": 0.5}),
    Case("timm__mnasnet_small", "mnasnet:small", {}),
    Case("timm__mobilenetv4_conv_small", "mobilenet_v4:conv_small", {}),
    Case("timm__mobilenetv4_conv_medium", "mobilenet_v4:conv_medium", {}),
    Case("timm__mobilenetv4_conv_large", "mobilenet_v4:conv_large", {}),
    Case("timm__ghostnet_100", "ghostnet", {}),
    Case("timm__ghostnet_050", "ghostnet:0.5x", {}),
    Case("timm__ghostnet_130", "ghostnet:1.3x", {}),
    Case("timm__mixnet_s", "mixnet:s", {}),
    Case("timm__mixnet_m", "mixnet:m", {}),
    Case("timm__mixnet_l", "mixnet:l", {}),
    Case("timm__legacy_xception", "xception", {}),
    Case("torchvision__lraspp_mobilenet_v3_large", "lraspp", {}),
    Case("torchvision__alexnet", "alexnet", {}),
    Case("torchvision__squeezenet1_0", "squeezenet:1.0", {}),
    Case("torchvision__squeezenet1_1", "squeezenet:1.1", {}),
    Case("torchvision__inception_v3", "inception_v3", {}, adapt=without_functions),
    Case("torchvision__regnet_x_400mf", "regnet:x_400mf", {}, reordered=PROJECTION_FIRST),
    Case("torchvision__regnet_y_400mf", "regnet:y_400mf", {}, reordered=PROJECTION_FIRST),
    Case("torchvision__regnet_x_800mf", "regnet:x_800mf", {}, reordered=PROJECTION_FIRST),
    Case("torchvision__regnet_x_1_6gf", "regnet:x_1.6gf", {}, reordered=PROJECTION_FIRST),
    Case("torchvision__regnet_x_3_2gf", "regnet:x_3.2gf", {}, reordered=PROJECTION_FIRST),
    Case("torchvision__regnet_x_8gf", "regnet:x_8gf", {}, reordered=PROJECTION_FIRST),
    Case("torchvision__regnet_y_800mf", "regnet:y_800mf", {}, reordered=PROJECTION_FIRST),
    Case("torchvision__regnet_y_1_6gf", "regnet:y_1.6gf", {}, reordered=PROJECTION_FIRST),
    Case("torchvision__regnet_y_3_2gf", "regnet:y_3.2gf", {}, reordered=PROJECTION_FIRST),
    Case("torchvision__regnet_y_8gf", "regnet:y_8gf", {}, reordered=PROJECTION_FIRST),
    Case("torchvision__googlenet", "googlenet:torchvision", {}, adapt=without_relus),
    Case("torchvision__deeplabv3_mobilenet_v3_large_aux", "deeplabv3", {}),
    Case("torchvision__deeplabv3_resnet50_aux", "deeplabv3_resnet50:deeplabv3", {}),
    Case("torchvision__fcn_resnet50_aux", "deeplabv3_resnet50:fcn", {}),
    Case("torchvision__ssdlite320_mobilenet_v3_large", "ssdlite", {}, reordered=OFFSETS_FIRST),
    Case("ultralytics__yolov8n", "yolov8:n", {}, reordered=OFFSETS_FIRST),
    Case("ultralytics__yolov8s", "yolov8:s", {}, reordered=OFFSETS_FIRST),
    Case("torchvision__convnext_tiny", "convnext", {}, adapt=with_linear_layers_on_maps, reordered=BLOCK_FIRST),
]
# Compared by their totals alone: the same layers as above, more of them or wider ones; of DS-CNN, convolutions whose
# asymmetric padding PyTorch computes apart, so that they see another input.
LARGER = [
    Case("paper__mobilenet_v1_0.25_96_vww", "mobilenet:vww", {}),
    Case("timm__mobilenetv1_125", "mobilenet", {"alpha": 1.25}),
    Case("timm__mobilenetv2_035", "mobilenet_v2", {"alpha": 0.35}),
    Case("timm__mobilenetv2_075", "mobilenet_v2", {"alpha": 0.75}),
    Case("torchvision__vgg13", "vgg:13", {}),
    Case("torchvision__vgg19", "vgg:19", {}),
    Case("torchvision__vgg11_bn", "vgg:11_bn", {}),
    Case("torchvision__vgg13_bn", "vgg:13_bn", {}),
    Case("torchvision__vgg19_bn", "vgg:19_bn", {}),
    Case("torchvision__resnet34", "resnet:34", {}),
    Case("torchvision__resnet101", "resnet:101", {}),
    Case("torchvision__resnet152", "resnet:152", {}),
    Case("torchvision__resnext101_32x8d", "resnet:resnext101_32x8d", {}),
    Case("torchvision__resnext101_64x4d", "resnet:resnext101_64x4d", {}),
    Case("torchvision__wide_resnet101_2", "resnet:wide101_2", {}),
    Case("torchvision__densenet161", "densenet:161", {}),
    Case("torchvision__densenet169", "densenet:169", {}),
    Case("torchvision__densenet201", "densenet:201", {}),
    Case("torchvision__shufflenet_v2_x1_5", "shufflenet_v2:1.5x", {}),
    Case("paper__shufflenet_v1_1.0x_g2", "shufflenet_v1:1.0x_g2", {}),
    Case("paper__shufflenet_v1_1.0x_g4", "shufflenet_v1:1.0x_g4", {}),
    Case("paper__shufflenet_v1_0.5x_g3", "shufflenet_v1:0.5x_g3", {}),
    Case("paper__shufflenet_v1_1.5x_g3", "shufflenet_v1:1.5x_g3", {}),
    Case("paper__shufflenet_v1_2.0x_g3", "shufflenet_v1:2.0x_g3", {}),
    Case("paper__shufflenet_v1_1.0x_g8", "shufflenet_v1:1.0x_g8", {}),
    Case("paper__shufflenet_v1_1.5x_g8", "shufflenet_v1:1.5x_g8", {}),
    Case("paper__shufflenet_v1_2.0x_g8", "shufflenet_v1:2.0x_g8", {}),
    Case("paper__ds_cnn_s", "ds_cnn:s", {}),
    Case("paper__ds_cnn_m", "ds_cnn:m", {}),
    Case("paper__ds_cnn_l", "ds_cnn:l", {}),
    Case("torchvision__efficientnet_b1", "efficientnet:b1", {}),
    Case("torchvision__efficientnet_b2", "efficientnet:b2", {}),
    Case("torchvision__efficientnet_b4", "efficientnet:b4", {}),
    Case("torchvision__efficientnet_b5", "efficientnet:b5", {}),
    Case("torchvision__efficientnet_b6", "efficientnet:b6", {}),
    Case("torchvision__efficientnet_b7", "efficientnet:b7", {}),
    Case("torchvision__efficientnet_v2_l", "efficientnet_v2:l", {}),
    Case("timm__efficientnet_lite1", "efficientnet_lite:lite1", {}),
    Case("timm__efficientnet_lite2", "efficientnet_lite:lite2", {}),
    Case("timm__efficientnet_lite3", "efficientnet_lite:lite3", {}),
    Case("torchvision__mnasnet0_75", "mnasnet:b1_0.75", {}),
    Case("torchvision__mnasnet1_3", "mnasnet:b1_1.3", {}),
    Case("timm__mnasnet_140", "mnasnet:b1", {"alpha": 1.4}),
    Case("timm__semnasnet_075", "mnasnet:a1", {"alpha": 0.75}),
    Case("timm__semnasnet_140", "mnasnet:a1", {"alpha": 1.4}),
    Case("torchvision__regnet_x_16gf", "regnet:x_16gf", {}),
    Case("torchvision__regnet_x_32gf", "regnet:x_32gf", {}),
    Case("torchvision__regnet_y_16gf", "regnet:y_16gf", {}),
    Case("torchvision__regnet_y_32gf", "regnet:y_32gf", {}),
    Case("torchvision__regnet_y_128gf", "regnet:y_128gf", {}),
    Case("torchvision__convnext_small", "convnext:small", {}, adapt=with_linear_layers_on_maps),
    Case("torchvision__convnext_base", "convnext:base", {}, adapt=with_linear_layers_on_maps),
    Case("torchvision__convnext_large", "convnext:large", {}, adapt=with_linear_layers_on_maps),
]
LAYER_BY_LAYER = pytest.mark.parametrize("case", CASES, ids=[case.truth for case in CASES])
ALL = pytest.mark.parametrize("case", [*CASES, *LARGER], ids=[case.truth for case in [*CASES, *LARGER]])


def form_of(case: Case) -> dsconv_cost.Form:
    return _form(case.architecture, tuple(case.settings.items()), case.form)


@cache
def _form(architecture: str, settings: tuple[tuple[str, object], ...], form: str) -> dsconv_cost.Form:
    analysis = dsconv_cost.analyze(dsconv_cost.load(architecture, **dict(settings)))
    return {"as_written": analysis.as_written, "standard": analysis.standard}[form]


def sides(pair: tuple[int, int]) -> str:
    return f"{pair[0]}x{pair[1]}"


def ours(case: Case) -> list[Row]:
    """The layers of the network here, in execution order."""
    rows = []
    for layer in form_of(case).layers:
        family = "conv" if layer.type == "dwconv" else layer.type
        if family in FAMILIES:
            window = ("", "", "")
            if family == "conv":
                settings = layer.settings
                window = (sides(settings["kernel"]), sides(settings["stride"]), str(settings["groups"]))
            rows.append(Row(family, str(layer.inputs[0]), str(layer.output), *window, layer.params, layer.macs))
    return case.adapt(rows)


def shape(text: str, channels_last: bool) -> str:
    """Return a shape as it is told here: channels first, and a vector as a map of 1 x 1."""
    sides = text.split("x")
    if len(sides) == 1:
        return f"{text}x1x1"
    return "x".join([sides[-1], *sides[:-1]]) if channels_last else text


def measured(truth: str) -> list[Row]:
    """The modules measured, in execution order."""
    rows = []
    channels_last = False
    with (FACTS / "truth" / f"{truth}.csv").open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            if line["type"] == "Permute":
                channels_last = not channels_last
            if line["type"] in UNCOMPARED_MODULES:
                continue
            family = FAMILY_OF_MODULE[line["type"]]
            shapes = (shape(line["in"], channels_last), shape(line["out"], channels_last))
            window = (line["kernel"], line["stride"], line["groups"]) if family == "conv" else ("", "", "")
            rows.append(Row(family, *shapes, *window, int(line["params"]), int(line["macs"])))
    return rows


def totals() -> dict[str, dict[str, str]]:
    with (FACTS / "totals.csv").open(encoding="utf-8", newline="") as file:
        return {f"{line['source']}__{line['model']}": line for line in csv.DictReader(file)}


def test_facts_are_those_expected() -> None:
    assert sorted(path.stem for path in (FACTS / "truth").glob("*.csv")) == sorted(case.truth for case in CASES)
    assert sorted(totals()) == sorted(case.truth for case in [*CASES, *LARGER])


@LAYER_BY_LAYER
def test_every_layer(case: Case) -> None:
    there = measured(case.truth)
    here = ours(case)
    # Told as differences first: the two lists are hundreds of lines long.
    assert Counter(there) - Counter(here) == Counter()
    assert Counter(here) - Counter(there) == Counter()
    if case.reordered:
        assert here != there, "the order is the measured one after all"
    else:
        assert here == there


@ALL
def test_totals(case: Case) -> None:
    rows = ours(case)
    convolutions = [row for row in rows if row.family == "conv"]
    linears = [row for row in rows if row.family == "linear"]
    depthwise = [row for row in convolutions if row.is_depthwise]
    found = {
        "input": str(form_of(case).network.input),
        "params": sum(row.params for row in rows),
        "conv_params": sum(row.params for row in convolutions),
        "linear_params": sum(row.params for row in linears),
        "bn_params": sum(row.params for row in rows if row.family == "batchnorm"),
        "conv_macs": sum(row.macs for row in convolutions),
        "linear_macs": sum(row.macs for row in linears),
        "macs": sum(row.macs for row in rows),
        "depthwise_macs": sum(row.macs for row in depthwise),
        "convs": len(convolutions),
        "linears": len(linears),
        "depthwise": len(depthwise),
        "pointwise": sum(row.is_pointwise for row in convolutions),
    }
    expected = totals()[case.truth]
    assert {name: str(value) for name, value in found.items()} == {name: expected[name] for name in found}


@ALL
def test_the_total_is_that_of_the_layers(case: Case) -> None:
    # What is not compared layer by layer (pooling, joins, shuffles) must cost nothing either.
    expected = totals()[case.truth]
    norms = 11_968 if case.adapt is without_norms else 0
    assert form_of(case).total == (
        int(expected["params"]) + norms, int(expected["macs"]), 2 * int(expected["macs"]),
    )  # fmt: skip


@ALL
def test_kinds(case: Case) -> None:
    expected = totals()[case.truth]
    kinds: Counter[str] = Counter(layer.kind for layer in form_of(case).layers)
    assert kinds["depthwise"] == int(expected["depthwise"])
    # A linear layer and a 1 x 1 convolution can stand for each other: their sum cannot.
    assert kinds["pointwise"] + kinds["linear"] == int(expected["pointwise"]) + int(expected["linears"])


def recomputed() -> list[tuple[str, dict[str, object], int, int]]:
    rows: list[tuple[str, dict[str, object], int, int]] = []
    with (FACTS / "recomputed.csv").open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            settings: dict[str, object] = {}
            for setting in line["settings"].split():
                name, _, value = setting.partition("=")
                settings[name] = value == "true" if value in ("true", "false") else float(value)
            rows.append((line["architecture"], settings, int(line["params"]), int(line["macs"])))
    return rows


def test_recomputed_facts_are_all_there() -> None:
    assert len(recomputed()) == 98


@pytest.mark.parametrize(("architecture", "settings", "params", "macs"), recomputed())
def test_recomputed(architecture: str, settings: dict[str, object], params: int, macs: int) -> None:
    total = dsconv_cost.analyze(dsconv_cost.load(architecture, **settings)).total
    assert (total.params, total.macs) == (params, macs)


def test_unet_by_hand() -> None:
    """No implementation measured has the paper's U-Net; Figure 1 gives every map, so the sums can be written out."""
    maps = [  # C_in, C_out, kernel, side of the map that every weight is applied at
        (1, 64, 3, 570), (64, 64, 3, 568), (64, 128, 3, 282), (128, 128, 3, 280), (128, 256, 3, 138),
        (256, 256, 3, 136), (256, 512, 3, 66), (512, 512, 3, 64), (512, 1024, 3, 30), (1024, 1024, 3, 28),
        (1024, 512, 2, 28), (1024, 512, 3, 54), (512, 512, 3, 52),  # an up-convolution is applied at its input
        (512, 256, 2, 52), (512, 256, 3, 102), (256, 256, 3, 100),
        (256, 128, 2, 100), (256, 128, 3, 198), (128, 128, 3, 196),
        (128, 64, 2, 196), (128, 64, 3, 390), (64, 64, 3, 388), (64, 2, 1, 388),
    ]  # fmt: skip
    assert len(maps) == 23  # "In total the network has 23 convolutional layers."
    analysis = dsconv_cost.analyze(dsconv_cost.load("unet"))
    assert analysis.total.params == sum(k * k * c * m + m for c, m, k, _ in maps)
    assert analysis.total.macs == sum(k * k * c * m * side * side for c, m, k, side in maps)
    assert str(analysis.layers[-1].output) == "2x388x388"
