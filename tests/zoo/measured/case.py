"""A measured model beside the same network here: the layers of both sides as rows that can be compared."""

import csv
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import dsconv_cost

FACTS = Path(__file__).parents[2] / "facts"

# A module of PyTorch -> the family of layers that both sides are compared in. Pooling to 1 x 1, dropout and
# flattening are functions in some of the implementations and modules in others: they have no parameters and no
# MACs, and their shapes are those of their neighbours.
FAMILY_OF_MODULE = {
    "Conv2d": "conv", "Linear": "linear", "BatchNorm2d": "batchnorm", "BatchNormAct2d": "batchnorm",
    "LayerNorm": "layernorm", "LayerNorm2d": "layernorm", "MaxPool2d": "maxpool", "AvgPool2d": "avgpool",
    "ReLU": "relu", "ReLU6": "relu6", "Hardswish": "hardswish", "Hardsigmoid": "hardsigmoid", "SiLU": "silu",
    "Sigmoid": "sigmoid", "GELU": "gelu", "CNBlock": "channel_scale", "Conv2dSame": "conv", "Scale": "channel_scale",
    "LearnableAffineBlock": "channel_scale", "GroupNorm1": "groupnorm", "LeakyReLU": "leaky_relu",
    "LayerScale2d": "channel_scale", "BatchNorm1d": "batchnorm", "BlurPool2d": "blur_pool",
    "GlobalResponseNorm": "grn", "Conv1d": "conv", "Mish": "mish", "PReLU": "prelu",
    "Conv3d": "conv", "BatchNorm3d": "batchnorm", "MaxPool3d": "maxpool", "AvgPool3d": "avgpool",
    "ConvTranspose1d": "conv_transpose", "ConvTranspose2d": "conv_transpose", "ELU": "elu", "Tanh": "tanh",
    "Conv3DSimple": "conv", "Conv3DNoTemporal": "conv", "MaskConv1d": "conv", "GroupNorm": "groupnorm", "InstanceNorm2d": "instancenorm",
    "MetaNeXtBlock": "channel_scale", "StarReLU": "channel_scale", "LayerNorm2dNoBias": "layernorm",
    "GroupNorm1NoBias": "groupnorm",
}  # fmt: skip
UNCOMPARED_MODULES = {
    "AdaptiveAvgPool2d", "Dropout", "Flatten", "Identity", "Permute", "Sequential", "StochasticDepth", "Upsample", "DropPath",
    "SpaceToDepth", "FastAdaptiveAvgPool", "fconv", "Concat", "PixelUnshuffle",
    "AdaptiveAvgPool1d", "AdaptiveAvgPool3d", "PixelShuffle", "Dropout2d", "Softmax",
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
        return self.family == "conv" and set(self.kernel.split("x")) == {"1"} and self.groups == "1"


Adaptation = Callable[[list[Row]], list[Row]]


def unchanged(rows: list[Row]) -> list[Row]:
    return rows


def with_linear_layers_on_maps(rows: list[Row]) -> list[Row]:
    """A 1 x 1 convolution of ConvNeXt is a linear layer over the last axis in torchvision, and in timm's larger ones."""
    return [row._replace(family="linear", kernel="", stride="", groups="") if row.is_pointwise else row for row in rows]


def with_relu6(rows: list[Row]) -> list[Row]:
    """The MobileNet V1 of timm clips its activations at 6; the paper says ReLU."""
    return [row._replace(family="relu6") if row.family == "relu" else row for row in rows]


class Case(NamedTuple):
    """A measured model, and what is the same network here."""

    truth: str
    architecture: str
    settings: dict[str, object]
    form: str = "as_written"
    adapt: Adaptation = unchanged
    reordered: str = ""
    """Why the order of execution is another one; empty where it is the same."""


def form_of(case: Case) -> dsconv_cost.Form:
    return _form(case.architecture, tuple(case.settings.items()), case.form)


@cache
def _form(architecture: str, settings: tuple[tuple[str, object], ...], form: str) -> dsconv_cost.Form:
    analysis = dsconv_cost.analyze(dsconv_cost.load(architecture, **dict(settings)))
    return {"as_written": analysis.as_written, "standard": analysis.standard}[form]


def sides(values: tuple[int, ...]) -> str:
    return "x".join(map(str, values))


def plain(shape: str) -> str:
    """Return a shape without sides of 1 at its end: a vector, however many sides it has here and there."""
    return shape.removesuffix("x1").removesuffix("x1").removesuffix("x1")


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
            shapes = (plain(str(layer.inputs[0])), plain(str(layer.output)))
            rows.append(Row(family, *shapes, *window, layer.params, layer.macs))
    return case.adapt(rows)


def shape(text: str, channels_last: bool) -> str:
    """Return a shape as it is told here: channels first."""
    sides = text.split("x")
    return plain("x".join([sides[-1], *sides[:-1]]) if channels_last else text)


def measured(truth: str) -> list[Row]:
    """The modules measured, in execution order."""
    with (FACTS / "truth" / f"{truth}.csv").open(encoding="utf-8", newline="") as file:
        lines = [*csv.DictReader(file)]
    # A blur filter is a function inside its module: told apart, behind the modules.
    blurs = iter([int(line["macs"]) for line in lines if line["type"] == "fconv"])
    rows = []
    channels_last = False
    for line in lines:
        if line["type"] == "Permute":
            channels_last = not channels_last
        if line["type"] in UNCOMPARED_MODULES:
            continue
        family = FAMILY_OF_MODULE[line["type"]]
        shapes = (shape(line["in"], channels_last), shape(line["out"], channels_last))
        if family == "linear" and shapes[0].startswith("1x1x1x"):  # a vector of video, channels last
            shapes = (shapes[0].removeprefix("1x1x1x"), shapes[1].removeprefix("1x1x1x"))
        if family == "avgpool" and "x" not in shapes[1]:
            continue
        window = (line["kernel"], line["stride"], line["groups"]) if family == "conv" else ("", "", "")
        macs = next(blurs) if family == "blur_pool" else int(line["macs"])
        rows.append(Row(family, *shapes, *window, int(line["params"]), macs))
    return rows


def totals() -> dict[str, dict[str, str]]:
    """Return the totals of every model: totals.csv has the first, totals_GROUP.csv those of a module here."""
    rows: dict[str, dict[str, str]] = {}
    for path in sorted(FACTS.glob("totals*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows |= {f"{line['source']}__{line['model']}": line for line in csv.DictReader(file)}
    return rows
