"""Layers of Keras beside the convolutional ones: what they cost and what leaves them, by hand."""

import json
from math import prod
from typing import Any

import pytest

from tests.importers.keras_models import Config, counts, imported, layer, sequential, tensor

FREE: dict[str, tuple[Config, list[int], list[int]]] = {
    # layer, sizes of its input, sizes of its output
    "activation": (layer("Activation", activation="swish"), [4, 6, 8], [4, 6, 8]),
    "activation of a configuration": (
        layer("Activation", activation={"class_name": "function", "config": "relu6"}), [4, 6, 8], [4, 6, 8],
    ),
    "exponential": (layer("Activation", activation="exponential"), [8], [8]),
    "relu6": (layer("ReLU", max_value=6), [8], [8]),
    "leaky relu": (layer("LeakyReLU"), [8], [8]),
    "softmax": (layer("Softmax", axis=-1), [8], [8]),
    "threshold": (layer("ThresholdedReLU"), [8], [8]),
    "noise": (layer("GaussianNoise"), [8], [8]),
    "augmentation": (layer("RandomFlip"), [4, 6, 8], [4, 6, 8]),
    "dropout of maps": (layer("SpatialDropout2D", rate=0.5), [4, 6, 8], [4, 6, 8]),
    "unit norm": (layer("UnitNormalization", axis=-1), [8], [8]),
    "a mean of each channel": (layer("GlobalAveragePooling2D"), [4, 6, 8], [8]),
    "its sides kept": (layer("GlobalMaxPooling2D", keepdims=True), [4, 6, 8], [1, 1, 8]),
    "channels first": (layer("GlobalAveragePooling2D", data_format="channels_first"), [8, 4, 6], [8]),
    "a pool of a signal": (layer("MaxPooling1D", pool_size=[2], strides=[2], padding="same"), [7, 8], [4, 8]),
    "a pool of a video": (layer("AveragePooling3D", pool_size=2), [4, 6, 6, 3], [2, 3, 3, 3]),
    "padding of a signal": (layer("ZeroPadding1D", padding=[1, 2]), [7, 8], [10, 8]),
    "padding of sides": (layer("ZeroPadding2D", padding=[1, 2]), [4, 6, 8], [6, 10, 8]),
    "cropping": (layer("Cropping2D", cropping=[[1, 0], [2, 1]]), [4, 6, 8], [3, 3, 8]),
    "cropping nothing": (layer("Cropping1D", cropping=0), [7, 8], [7, 8]),
    "resizing": (layer("Resizing", height=8, width=3, interpolation="bilinear"), [4, 6, 8], [8, 3, 8]),
    "a crop of the middle": (layer("CenterCrop", height=2, width=4), [4, 6, 8], [2, 4, 8]),
    "repeats of a vector": (layer("RepeatVector", n=5), [8], [5, 8]),
    "an order": (layer("Permute", dims=[3, 1, 2]), [4, 6, 8], [8, 4, 6]),
    "a flat step of time": (layer("TimeDistributed", layer=layer("Flatten")), [5, 4, 2], [5, 8]),
}  # fmt: skip


@pytest.mark.parametrize(("own", "before", "after"), FREE.values(), ids=FREE)
def test_what_costs_nothing(own: Config, before: list[int], after: list[int]) -> None:
    first = layer("ELU", "first")  # a network of moves alone has no layers
    network = imported(sequential(first, own, shape=[*before])).network
    assert prod(network.nodes[-1].output) == prod(after)
    assert sorted(size for size in network.nodes[-1].output if size > 1) == sorted(size for size in after if size > 1)
    assert sum(node.counts.macs + node.counts.params for node in network.nodes) == 0


COSTS: dict[str, tuple[list[Config], list[int | None], int, int]] = {
    "group norm": ([layer("Conv2D", filters=8, kernel_size=1), layer("GroupNormalization", groups=4)], [4, 4, 3], 16 * 24, 32 + 16),
    "instance norm by groups": (
        [layer("Conv2D", filters=8, kernel_size=1), layer("GroupNormalization", groups=-1, scale=False)], [4, 4, 3], 16 * 24, 32 + 8,
    ),
    "rms norm": ([layer("Dense", units=6), layer("RMSNormalization")], [8], 48, 54 + 6),
    "layer norm by rms": ([layer("Dense", units=6), layer("LayerNormalization", rms_scaling=True)], [8], 48, 54 + 6),
    "a dense layer by letters": (
        [layer("EinsumDense", equation="abc,cd->abd", output_shape=[None, 6], bias_axes="d")], [5, 8], 5 * 48, 48 + 6,
    ),
    "the factor of a channel": ([layer("Conv2D", filters=8, kernel_size=1), layer("LayerScale", projection_dim=8)], [4, 4, 3], 384, 40),
    "a simple recurrence": ([layer("SimpleRNN", units=6, use_bias=False)], [10, 5], 10 * 6 * 11, 66),
    "both directions added": (
        [layer("Bidirectional", merge_mode="sum", layer=layer("GRU", units=6, return_sequences=True)), layer("Dense", units=2)], [10, 5],
        2 * 10 * 3 * 6 * 11 + 10 * 12, 2 * 3 * 6 * 12 + 14,
    ),
    "their mean": (
        [layer("Bidirectional", merge_mode="ave", layer=layer("LSTM", units=6)), layer("Dense", units=2)], [10, 5],
        2 * 10 * 4 * 6 * 11 + 12, 2 * 4 * 6 * 12 + 14,
    ),
    "a transposed conv that is not padded": (
        [layer("Conv2DTranspose", filters=3, kernel_size=2, strides=3, padding="valid")], [5, 5, 6], 25 * 4 * 18, 4 * 18 + 3,
    ),
    "with room at the end": (
        [layer("Conv1DTranspose", filters=3, kernel_size=3, strides=2, padding="same", output_padding=1)], [5, 6], 5 * 3 * 18, 3 * 18 + 3,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("layers", "shape", "macs", "params"), COSTS.values(), ids=COSTS)
def test_what_layers_cost(layers: list[Config], shape: list[int | None], macs: int, params: int) -> None:
    result = counts(*layers, shape=shape)
    assert (result.macs, result.params) == (macs, params)


def functional(*layers: tuple[Config, list[tuple[str, ...]]], outputs: str, shapes: dict[str, list[int]]) -> bytes:
    """The JSON of a Functional model: every layer with what each of its calls takes."""
    entries: list[dict[str, Any]] = [
        {**layer("InputLayer", name, batch_shape=[None, *shape]), "name": name, "inbound_nodes": []}
        for name, shape in shapes.items()
    ]
    for one, calls in layers:
        nodes: list[Config] = [
            {"args": [[tensor(name) for name in call]] if len(call) > 1 else [tensor(call[0])], "kwargs": {}}
            for call in calls
        ]
        entries.append({**one, "name": one["config"]["name"], "inbound_nodes": nodes})
    config = {
        "name": "net", "layers": entries, "input_layers": [[name, 0, 0] for name in shapes], "output_layers": [[outputs, 0, 0]],
    }  # fmt: skip
    return json.dumps({"class_name": "Functional", "config": config}).encode()


@pytest.mark.parametrize("kind", ["Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"])
def test_joins(kind: str) -> None:
    data = functional(
        (layer("ELU", "one"), [("a",)]),
        (layer(kind, "both"), [("one", "b")]),
        outputs="both",
        shapes={"a": [4, 6, 8], "b": [4, 6, 8]},
    )
    network = imported(data).network
    assert prod(network.nodes[-1].output) == 192 * (2 if kind == "Concatenate" else 1)
    assert sum(node.counts.macs + node.counts.params for node in network.nodes) == 0


def test_products_of_two_inputs() -> None:
    data = functional(
        (layer("Dot", "dot", axes=[2, 2]), [("a", "b")]), outputs="dot", shapes={"a": [6, 8], "b": [5, 8]}
    )
    assert sum(node.counts.macs for node in imported(data).network.nodes) == 6 * 5 * 8
    data = functional((layer("Attention", "meet"), [("a", "b")]), outputs="meet", shapes={"a": [6, 8], "b": [5, 8]})
    assert sum(node.counts.macs for node in imported(data).network.nodes) == 6 * 5 * (8 + 8)


def test_attention_with_its_projections() -> None:
    own = {**layer("MultiHeadAttention", "attend", num_heads=4, key_dim=8, value_dim=6), "name": "attend"}
    data = functional((own, [("x", "x")]), outputs="attend", shapes={"x": [16, 32]})
    document = json.loads(data)
    document["config"]["layers"][-1]["inbound_nodes"] = [{"args": [tensor("x"), tensor("x")], "kwargs": {}}]
    network = imported(json.dumps(document).encode()).network
    macs = 16 * 32 * (2 * 32 + 24) + 16 * 16 * (32 + 24) + 16 * 24 * 32
    assert sum(node.counts.macs for node in network.nodes) == macs
    assert sum(node.counts.params for node in network.nodes) == 2 * (32 * 32 + 32) + 32 * 24 + 24 + 24 * 32 + 32
