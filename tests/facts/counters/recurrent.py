"""Measure recurrent layers of PyTorch and Keras, and write `recurrent.csv` beside this file.

By hand, in an environment that has PyTorch and Keras at the versions of `counters.VERSIONS`:

    KERAS_BACKEND=torch python -m tests.facts.counters.recurrent

A row is an item of the language, its input, and what the framework's own layer has: params are its learned elements, MACs
half of what PyTorch's FlopCounterMode counts (Keras prints none). It does not see into oneDNN's LSTM, which is switched off.
"""

import csv
from pathlib import Path
from typing import Any

import torch
from keras import Sequential, layers
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

HERE = Path(__file__).parent
SIZES = ((10, 25), (7, 1), (64, 40))
"""Channels and steps."""

IN_PYTORCH: list[tuple[str, type[nn.RNNBase], dict[str, Any]]] = [
    (f"{type_}: {units}{item}", module, {"hidden_size": units, **arguments})
    for type_, module in (("gru", nn.GRU), ("lstm", nn.LSTM), ("rnn", nn.RNN))
    for units, item, arguments in (
        (154, "", {}),
        (1, "", {}),
        (32, ", biases: 0", {"bias": False}),
        (32, ", layers: 3", {"num_layers": 3}),
        (48, ", directions: 2", {"bidirectional": True}),
        (48, ", directions: 2, layers: 4, biases: 0", {"bidirectional": True, "num_layers": 4, "bias": False}),
    )
]
IN_PYTORCH += [
    ("lstm: 32, projection: 8", nn.LSTM, {"hidden_size": 32, "proj_size": 8}),
    ("lstm: 32, projection: 31, layers: 2", nn.LSTM, {"hidden_size": 32, "proj_size": 31, "num_layers": 2}),
    (
        "lstm: 32, projection: 8, layers: 3, directions: 2, biases: 0", nn.LSTM,
        {"hidden_size": 32, "proj_size": 8, "num_layers": 3, "bidirectional": True, "bias": False},
    ),
]  # fmt: skip

IN_KERAS: list[tuple[str, list[Any]]] = [
    ("gru: 24, returns: last", [lambda: layers.GRU(24)]),
    ("gru: 24", [lambda: layers.GRU(24, return_sequences=True)]),
    ("gru: 24, biases: 1", [lambda: layers.GRU(24, reset_after=False, return_sequences=True)]),
    ("gru: 24, biases: 0, returns: last", [lambda: layers.GRU(24, use_bias=False)]),
    ("lstm: 24, biases: 1, returns: last", [lambda: layers.LSTM(24)]),
    ("lstm: 24, biases: 0", [lambda: layers.LSTM(24, use_bias=False, return_sequences=True)]),
    ("lstm: 24, biases: 1, layers: 2", [lambda: layers.LSTM(24, return_sequences=True)] * 2),
    ("rnn: 24, biases: 1, returns: last", [lambda: layers.SimpleRNN(24)]),
    ("rnn: 24, biases: 0, returns: last", [lambda: layers.SimpleRNN(24, use_bias=False)]),
    ("gru: 24, directions: 2, returns: last", [lambda: layers.Bidirectional(layers.GRU(24))]),
    (
        "lstm: 24, biases: 1, directions: 2, layers: 2",
        [lambda: layers.Bidirectional(layers.LSTM(24, return_sequences=True))] * 2,
    ),
]


def _in_pytorch(module: type[nn.RNNBase], channels: int, steps: int, arguments: dict[str, Any]) -> list[object]:
    layer = module(channels, batch_first=True, **arguments).eval()
    with torch.backends.mkldnn.flags(enabled=False), torch.no_grad(), FlopCounterMode(display=False) as counter:
        output, _ = layer(torch.zeros(1, steps, channels))
    flops = counter.get_total_flops()
    assert flops % 2 == 0
    return [output.shape[2], output.shape[1], sum(p.numel() for p in layer.parameters()), flops // 2]


def _in_keras(makers: list[Any], channels: int, steps: int) -> list[object]:
    model = Sequential([layers.Input((steps, channels)), *(maker() for maker in makers)])
    shape = model.output_shape
    return [shape[-1], shape[1] if len(shape) == 3 else 1, model.count_params(), ""]


def main() -> None:
    """Measure and write."""
    rows = [
        ["torch", item, channels, steps, *_in_pytorch(module, channels, steps, arguments)]
        for item, module, arguments in IN_PYTORCH
        for channels, steps in SIZES
    ]
    rows += [
        ["keras", item, channels, steps, *_in_keras(makers, channels, steps)]
        for item, makers in IN_KERAS
        for channels, steps in SIZES
    ]
    with (HERE / "recurrent.csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["framework", "item", "channels", "steps", "channels out", "steps out", "params", "macs"])
        writer.writerows(rows)


if __name__ == "__main__":
    main()
