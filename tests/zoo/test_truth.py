"""Every layer of the bundled networks against the same layer measured in PyTorch (tests/facts/README.md)."""

import csv
from collections import Counter

import pytest

import dsconv_cost
from tests.zoo.measured import CASES, LARGER
from tests.zoo.measured.case import FACTS, Case, form_of, measured, ours, totals
from tests.zoo.measured.first import without_norms

LAYER_BY_LAYER = pytest.mark.parametrize("case", CASES, ids=[case.truth for case in CASES])
ALL = pytest.mark.parametrize("case", [*CASES, *LARGER], ids=[case.truth for case in [*CASES, *LARGER]])


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
