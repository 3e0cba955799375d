"""Networks on sequences against the same ones measured in PyTorch, layer by layer, and against arithmetic by hand."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from dsconv_cost import analyze, load

FACTS = Path(__file__).parents[1] / "facts" / "sequences"

MEASURED: dict[str, tuple[str, dict[str, object]]] = {
    # file of measured layers -> network, settings
    "kws_gru": ("kws_gru:s", {"biases": 2}),
    "kws_lstm": ("kws_lstm:basic_s", {"biases": 2, "frames": 25}),
    "tcn": ("tcn:keywords", {}),
    "conv_tasnet": ("conv_tasnet:small", {}),
    "pointnet": ("pointnet", {}),
}


def test_every_file_is_compared() -> None:
    assert {path.stem for path in FACTS.glob("*.csv")} == set(MEASURED)


@pytest.mark.parametrize("name", MEASURED)
def test_every_layer(name: str) -> None:
    network, settings = MEASURED[name]
    with (FACTS / f"{name}.csv").open(newline="") as file:
        there = Counter((int(row["params"]), int(row["macs"])) for row in csv.DictReader(file))
    here = Counter(
        (layer.params, layer.macs) for layer in analyze(load(network, **settings)).layers if layer.params or layer.macs
    )
    assert here == there


def test_kws_lstm_by_hand() -> None:
    # S: 144 cells project to 98 values; TensorFlow's LSTMCell has one bias for each gate, and peepholes for three.
    total = analyze(load("kws_lstm:s")).total
    matrices = 4 * 144 * (10 + 98) + 144 * 98
    assert total.params == matrices + 3 * 144 + 4 * 144 + 98 * 12 + 12
    assert total.macs == 25 * matrices + 98 * 12


def test_kws_crnn_by_hand() -> None:
    # S: VALID 10 x 4 windows with stride 2 on 49 x 10 leave 20 x 4 positions of 48 filters, two GRUs of 60, 84 units.
    total = analyze(load("kws_crnn:s")).total
    first, second = 3 * 60 * (48 * 4 + 60), 3 * 60 * (60 + 60)
    assert total.params == 10 * 4 * 48 + 48 + first + second + 2 * 180 + 60 * 84 + 84 + 84 * 12 + 12
    assert total.macs == 20 * 4 * 10 * 4 * 48 + 20 * (first + second) + 60 * 84 + 84 * 12


def test_crnn_by_hand() -> None:
    total = analyze(load("crnn")).total
    convolutions = [(1, 64, 9), (64, 128, 9), (128, 256, 9), (256, 256, 9), (256, 512, 9), (512, 512, 9), (512, 512, 4)]
    positions = [32 * 100, 16 * 50, 8 * 25, 8 * 25, 4 * 25, 4 * 25, 1 * 24]
    first, second = 2 * 4 * 256 * (512 + 256), 2 * 4 * 256 * (256 + 256)
    biases = 2 * 2 * 4 * 256  # of each recurrent layer
    assert total.params == (
        sum(k * c * m + m for c, m, k in convolutions) + 2 * (256 + 512 + 512)  # batch norms
        + first + biases + 512 * 256 + 256 + second + biases + 512 * 37 + 37
    )  # fmt: skip
    assert total.macs == (
        sum(n * k * c * m for n, (c, m, k) in zip(positions, convolutions, strict=True))
        + 24 * (first + 512 * 256 + second + 512 * 37)
    )  # fmt: skip
