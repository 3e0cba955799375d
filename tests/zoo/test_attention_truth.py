"""Every layer of the networks that attend against the same layer measured in PyTorch (tests/facts/attention).

Positions lie in several ways there: as a map, as a list behind the batch, in windows that are a batch of their own. So a linear layer
is known by its features, weights and MACs, which hold the positions, a norm by what it learns, and an attention by the MACs of
its two products together.
"""

import csv
from collections import Counter
from functools import cache
from typing import Any

import pytest

import dsconv_cost
from tests.zoo.measured.case import FACTS

CASES = {
    "timm__mobilevit_s": "mobilevit:s",
    "timm__mobilenetv4_hybrid_medium": "mobilenet_v4:hybrid_medium",
    "timm__efficientvit_b0": "efficientvit:b0",
    "timm__swin_tiny_patch4_window7_224": "swin:tiny",
    "timm__vit_tiny_patch16_224": "vit:tiny",
    "timm__edgenext_xx_small": "edgenext:xx_small",
    "timm__edgenext_small": "edgenext:small",
    "timm__levit_128s": "levit:128s",
    "timm__efficientformer_l1": "efficientformer:l1",
    "timm__pvt_v2_b0": "pvt_v2:b0",
    "other__kwt1": "kwt:kwt1",
}  # fmt: skip

NORMS = {"BatchNorm2d": "batchnorm", "BatchNormAct2d": "batchnorm", "BatchNorm1d": "batchnorm", "LayerNorm": "layernorm",
         "LayerNorm2d": "layernorm"}  # fmt: skip
ACTIVATIONS = {"ReLU": "relu", "SiLU": "silu", "GELU": "gelu", "Hardswish": "hardswish"}
ATTENTIONS = {"WindowAttention", "Attention", "AttentionDownsample", "CrossCovarianceAttn"}
"""Modules with learned parts of the scores of their own."""
OTHERS = {"VisionTransformer", "KWT", "ConvBlock", "SplitTransposeBlock", "LayerScale", "LayerScale2d"}
"""Modules with learned tensors of their own: tokens, positions, factors of channels."""
UNCOMPARED = {"Identity", "Dropout", "DropPath", "Flatten", "AdaptiveAvgPool2d", "FastAdaptiveAvgPool", "AvgPool2d", "Softmax", "Flat",
              "Downsample"}  # fmt: skip

Row = tuple[Any, ...]


@cache
def lines(model: str) -> list[dict[str, str]]:
    with (FACTS / "attention" / f"{model}.csv").open(encoding="utf-8", newline="") as file:
        return [*csv.DictReader(file)]


@cache
def totals() -> dict[str, dict[str, str]]:
    with (FACTS / "attention" / "totals.csv").open(encoding="utf-8", newline="") as file:
        return {f"{line['source']}__{line['model']}": line for line in csv.DictReader(file)}


def layers_of(model: str) -> list[Any]:
    return dsconv_cost.analyze(dsconv_cost.load(CASES[model])).layers


def measured(model: str) -> Counter[Row]:
    rows: Counter[Row] = Counter()
    for line in lines(model):
        type_, params, macs = line["type"], int(line["params"]), int(line["macs"])
        if type_ == "Conv2d":
            rows["conv", line["in"], line["out"], line["kernel"], line["stride"], line["groups"], params, macs] += 1
        elif type_ == "Linear":
            rows["linear", line["in"].split("x")[-1], line["out"].split("x")[-1], params, macs] += 1
        elif type_ in NORMS:
            rows[NORMS[type_], params] += 1
        elif type_ in ACTIVATIONS:
            rows[(ACTIVATIONS[type_],)] += 1
        else:
            assert type_ in UNCOMPARED | ATTENTIONS | OTHERS | {"matmul"}, type_
    return rows


def ours(model: str) -> Counter[Row]:
    rows: Counter[Row] = Counter()
    for layer in layers_of(model):
        x, y = (str(layer.inputs[0]) if layer.inputs else ""), str(layer.output)
        if layer.type in ("conv", "dwconv"):
            window = ("x".join(map(str, layer.settings[name])) for name in ("kernel", "stride"))
            rows["conv", x, y, *window, str(layer.settings["groups"]), layer.params, layer.macs] += 1
        elif layer.type == "linear":
            rows["linear", x.split("x")[0], y.split("x")[0], layer.params, layer.macs] += 1
        elif layer.type in NORMS.values():
            rows[layer.type, layer.params] += 1
        elif layer.type in ACTIVATIONS.values():
            rows[(layer.type,)] += 1
    return rows


def test_facts_are_those_expected() -> None:
    assert sorted(path.stem for path in (FACTS / "attention").glob("*__*.csv")) == sorted(CASES)
    assert sorted(totals()) == sorted(CASES)


with (FACTS / "attention" / "larger.csv").open(encoding="utf-8", newline="") as _file:
    LARGER = [*csv.DictReader(_file)]


@pytest.mark.parametrize("row", LARGER, ids=[row["model"] for row in LARGER])
def test_totals_of_larger_ones(row: dict[str, str]) -> None:
    """Params, and half of the FLOPs of PyTorch's own counter, of timm 1.0.31's models on its meta device, without fused attention."""
    analysis = dsconv_cost.analyze(dsconv_cost.load(row["architecture"]))
    assert (str(analysis.network.input), analysis.total.params, analysis.total.macs) == (
        row["input"], int(row["params"]), int(row["macs"]),
    )  # fmt: skip


def test_there_are_larger_ones() -> None:
    assert len(LARGER) == 36


@pytest.mark.parametrize("model", CASES)
def test_every_layer(model: str) -> None:
    there, here = measured(model), ours(model)
    assert there - here == Counter()
    assert here - there == Counter()


@pytest.mark.parametrize("model", CASES)
def test_every_attention(model: str) -> None:
    """The two products of each, in order: scores and sums of values, or keys with values and queries with those."""
    macs = [int(line["macs"]) for line in lines(model) if line["type"] == "matmul"]
    attentions = [layer for layer in layers_of(model) if layer.type == "attention"]
    assert [first + second for first, second in zip(macs[::2], macs[1::2], strict=True)] == [
        layer.macs for layer in attentions
    ]
    learned = [int(line["params"]) for line in lines(model) if line["type"] in ATTENTIONS]
    assert [params for params in learned if params] == [layer.params for layer in attentions if layer.params]


@pytest.mark.parametrize("model", CASES)
def test_tensors_of_their_own(model: str) -> None:
    there = sum(int(line["params"]) for line in lines(model) if line["type"] in OTHERS)
    assert there == sum(layer.params for layer in layers_of(model) if layer.type in ("parameter", "channel_scale"))


@pytest.mark.parametrize("model", CASES)
def test_totals(model: str) -> None:
    layers, expected = layers_of(model), totals()[model]
    by_kind: Counter[str] = Counter()
    for layer in layers:
        by_kind[layer.kind] += layer.macs
    assert {
        "params": sum(layer.params for layer in layers),
        "macs": sum(layer.macs for layer in layers),
        "linear_macs": by_kind["linear"],
        "matmul_macs": by_kind["product"],
        "depthwise_macs": by_kind["depthwise"],
        "linears": sum(layer.type == "linear" for layer in layers),
        "convs": sum(layer.type in ("conv", "dwconv") for layer in layers),
    } == {
        name: int(expected[name])
        for name in ("params", "macs", "linear_macs", "matmul_macs", "depthwise_macs", "linears", "convs")
    }  # fmt: skip
