"""Keras models from their configurations: what each kind of layer costs, in the three kinds of file, and what is refused."""

import contextlib
import io
import json
import random
import zipfile
from typing import Any

import pytest

from dsconv_cost.errors import InputError, UsageError
from dsconv_cost.importers.choices import ModelChoices
from dsconv_cost.importers.formats import format_of
from dsconv_cost.layers.counts import total
from tests.importers.hdf5_writer import newest, oldest
from tests.importers.keras_models import Config, counts, imported, layer, sequential, tensor


def refused(data: bytes) -> str:
    with pytest.raises(InputError) as caught:
        imported(data)
    return "; ".join(problem.message for problem in caught.value.problems)


COSTS: dict[str, tuple[list[Config], list[int | None], int, int]] = {
    # layers, the input's sizes, MACs, trainable parameters
    "conv with bias and activation": (
        [layer("Conv2D", filters=8, kernel_size=[3, 3], strides=[2, 2], padding="same", activation="relu")], [9, 9, 4],
        25 * 9 * 4 * 8, 9 * 4 * 8 + 8,
    ),
    "grouped and dilated conv without bias": (
        [layer("Conv2D", filters=8, kernel_size=3, groups=2, dilation_rate=2, use_bias=False)], [9, 9, 4], 25 * 9 * 2 * 8, 9 * 2 * 8,
    ),
    "channels first": (
        [layer("Conv2D", filters=8, kernel_size=3, data_format="channels_first")], [4, 9, 7], 7 * 5 * 9 * 4 * 8, 9 * 4 * 8 + 8,
    ),
    "depthwise conv": (
        [layer("DepthwiseConv2D", kernel_size=3, depth_multiplier=2, padding="same")], [6, 6, 5], 36 * 9 * 10, 9 * 10 + 10,
    ),
    "separable conv": (
        [layer("SeparableConv2D", filters=7, kernel_size=3, depth_multiplier=2, padding="same")], [6, 6, 5],
        36 * (9 * 10 + 10 * 7), 9 * 10 + 10 * 7 + 7,
    ),
    "causal conv of a signal": (
        [layer("Conv1D", filters=8, kernel_size=3, padding="causal", dilation_rate=4)], [20, 5], 20 * 3 * 5 * 8, 3 * 5 * 8 + 8,
    ),
    "conv of a video": ([layer("Conv3D", filters=4, kernel_size=[2, 3, 3])], [5, 6, 6, 3], 4 * 16 * 18 * 3 * 4, 18 * 3 * 4 + 4),
    "transposed conv": (
        [layer("Conv2DTranspose", filters=3, kernel_size=3, strides=2, padding="same")], [5, 5, 6], 25 * 9 * 6 * 3, 9 * 6 * 3 + 3,
    ),
    "dense at every position": ([layer("Dense", units=6)], [4, 4, 8], 16 * 8 * 6, 8 * 6 + 6),
    "batch norm without scale": (
        [layer("Conv2D", filters=4, kernel_size=1, use_bias=False), layer("BatchNormalization", axis=[3], scale=False)], [4, 4, 3],
        16 * 3 * 4, 12 + 4,
    ),
    "layer norm": ([layer("Dense", units=6), layer("LayerNormalization", axis=[-1])], [8], 48, 54 + 12),
    "prelu of channels": (
        [layer("Conv2D", filters=4, kernel_size=1), layer("PReLU", shared_axes=[1, 2])], [4, 4, 3], 16 * 12, 12 + 4 + 4,
    ),
    "prelu of elements": ([layer("Conv2D", filters=4, kernel_size=1), layer("PReLU")], [4, 4, 3], 16 * 12, 12 + 4 + 64),
    "lstm": ([layer("LSTM", units=6)], [10, 5], 10 * 4 * 6 * (5 + 6), 4 * 6 * (5 + 6 + 1)),
    "gru that resets after": ([layer("GRU", units=6, reset_after=True)], [10, 5], 10 * 3 * 6 * 11, 3 * 6 * (11 + 2)),
    "gru that resets before": ([layer("GRU", units=6, reset_after=False)], [10, 5], 10 * 3 * 6 * 11, 3 * 6 * (11 + 1)),
    "both directions": (
        [layer("Bidirectional", layer=layer("LSTM", units=6, return_sequences=True)), layer("Dense", units=2)], [10, 5],
        2 * 10 * 4 * 6 * 11 + 10 * 12 * 2, 2 * 4 * 6 * 12 + 26,
    ),
    "embedding": ([layer("Embedding", input_dim=100, output_dim=8), layer("Dense", units=3)], [7], 7 * 24, 800 + 27),
    "at every step of time": (
        [layer("TimeDistributed", layer=layer("Conv2D", filters=4, kernel_size=3, strides=[2, 2]))], [6, 9, 9, 2],
        6 * 16 * 9 * 2 * 4, 9 * 2 * 4 + 4,
    ),
    "layers that cost nothing": (
        [layer("Rescaling", scale=0.1, offset=0), layer("ZeroPadding2D", padding=[[0, 1], [0, 1]]),
         layer("Conv2D", filters=2, kernel_size=2),
         layer("MaxPooling2D", pool_size=2), layer("Dropout", rate=0.5), layer("UpSampling2D", size=[2, 2]), layer("Flatten"),
         layer("Reshape", target_shape=[-1, 4]), layer("Permute", dims=[2, 1])], [8, 8, 3], 64 * 4 * 3 * 2, 26,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("layers", "shape", "macs", "params"), COSTS.values(), ids=COSTS)
def test_what_layers_cost(layers: list[Config], shape: list[int | None], macs: int, params: int) -> None:
    result = counts(*layers, shape=shape)
    assert (result.macs, result.params) == (macs, params)


def test_zeros_before_a_convolution_are_its_padding() -> None:
    pad = layer("ZeroPadding2D", padding=[[0, 1], [0, 1]])
    model = imported(sequential(pad, layer("Conv2D", "c", filters=4, kernel_size=3, strides=2), shape=[8, 8, 3]))
    (conv,) = model.network.nodes
    assert (conv.name, conv.layer.values()["padding"], conv.output) == ("c", "same", (4, 4, 4))
    model = imported(
        sequential(layer("ZeroPadding2D", padding=2), layer("Conv2D", filters=4, kernel_size=3), shape=[8, 8, 3])
    )
    assert [(one.layer.type, one.layer.values()["padding"], one.output) for one in model.network.nodes] == [
        ("conv", 2, (4, 10, 10))
    ]
    model = imported(sequential(pad, layer("MaxPooling2D", pool_size=3), shape=[8, 8, 3]))
    assert [one.layer.type for one in model.network.nodes] == ["pad", "maxpool"]  # the zeros may be the largest


def node(*references: tuple[str, int, int]) -> list[list[Any]]:
    """An inbound node of Keras 2."""
    return [[name, call, output, {}] for name, call, output in references]


def siamese(version: int, first_call: int = 0) -> bytes:
    """Two inputs through one dense layer, their difference, and a dense layer."""

    def inbound(*references: tuple[str, int]) -> Any:
        if version == 2:
            return node(*[(name, call, 0) for name, call in references])
        tensors = [tensor(name, call) for name, call in references]
        return {"args": tensors if len(tensors) == 1 else [tensors], "kwargs": {}}

    def entry(kind: str, name: str, nodes: list[Any], **config: Any) -> Config:
        return {**layer(kind, name, **config), "name": name, "inbound_nodes": nodes}

    layers = [
        entry("InputLayer", "a", [], batch_shape=[None, 8]),
        entry("InputLayer", "b", [], batch_shape=[None, 8]),
        entry("Dense", "twin", [inbound(("a", 0)), inbound(("b", 0))], units=5),
        entry("Subtract", "less", [inbound(("twin", first_call), ("twin", first_call + 1))]),
        entry("Dense", "head", [inbound(("less", 0))], units=1, activation="sigmoid"),
    ]
    config = {
        "name": "siamese",
        "layers": layers,
        "input_layers": [["a", 0, 0], ["b", 0, 0]],
        "output_layers": [["head", 0, 0]],
    }
    return json.dumps({"class_name": "Functional" if version == 3 else "Model", "config": config}).encode()


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("first_call", [0, 1], ids=["calls from 0", "calls from 1"])
def test_a_layer_that_is_called_twice_counts_its_weights_once(version: int, first_call: int) -> None:
    model = imported(siamese(version, first_call))
    result = total([one.counts for one in model.network.nodes])
    assert (result.macs, result.params) == (2 * 40 + 5, 45 + 6)
    assert [tensor.name for tensor in model.graph.inputs] == ["a", "b"]
    assert any(word == "shared" for word, _ in model.notes)


def test_models_in_models() -> None:
    inner = {**json.loads(sequential(layer("Dense", "one", units=4), layer("Dense", "two", units=4), shape=[4]))}
    inner["config"]["name"] = "inner"
    data = sequential(inner, layer("Dense", "last", units=2), shape=[4])
    model = imported(data)
    assert [one.name for one in model.network.nodes] == ["inner.one", "inner.two", "last"]
    assert total([one.counts for one in model.network.nodes]).macs == 16 + 16 + 8


def zipped(text: bytes, name: str = "config.json") -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("metadata.json", "{}")
        archive.writestr(name, text)
    return stream.getvalue()


TEXT = sequential(
    layer("Conv2D", filters=8, kernel_size=3), layer("Flatten"), layer("Dense", units=10), shape=[8, 8, 3]
)
FILES = {
    "JSON": TEXT, "keras": zipped(TEXT), "oldest HDF5": oldest("model_config", TEXT), "split HDF5": oldest("model_config", TEXT, True),
    "newest HDF5": newest("model_config", TEXT),
}  # fmt: skip


@pytest.mark.parametrize("data", FILES.values(), ids=FILES)
def test_every_kind_of_file(data: bytes) -> None:
    result = total([one.counts for one in imported(data).network.nodes])
    assert (result.macs, result.params) == (36 * 27 * 8 + 288 * 10, 27 * 8 + 8 + 2890)


REFUSED = {
    "weights alone": (oldest("layer_names", b"[]"), "no model_config is in it, so it holds weights alone: save the whole model"),
    "a zip of something else": (zipped(b"{}", "notes.txt"), "a zip file without a config.json is not a Keras model"),
    "a model of a class of its own": (
        b'{"class_name": "MyModel", "config": {}}', "of the class MyModel, which is written in Python: a Functional or Sequential model",
    ),
    "a Lambda": (sequential(layer("Lambda", "mine"), shape=[4]), "operator Lambda is not known here (node mine)"),
    "a custom layer": (sequential(layer("Swin>Window", "mine"), shape=[4]), "operator Swin>Window is not known here (node mine)"),
    "an activation of one's own": (
        sequential(layer("Dense", "d", units=2, activation="mine"), shape=[4]), "Dense (node d): activation mine",
    ),
    "a kernel that does not fit": (
        sequential(layer("Conv2D", "c", filters=2, kernel_size=9), shape=[4, 4, 3]), "Conv2D (node c): a kernel of 9 does not fit 4",
    ),
    "a field that is missing": (sequential(layer("Dense", "d"), shape=[4]), "its configuration is not as the layer has it (KeyError)"),
    "no layers": (b'{"class_name": "Sequential", "config": {"layers": []}}', "it has no layer"),
    "no JSON": (b'{"class_name": "Sequential", "config"', "its configuration is not JSON"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "message"), REFUSED.values(), ids=REFUSED)
def test_refused(data: bytes, message: str) -> None:
    assert message in refused(data)


def test_every_layer_that_is_unknown_is_told() -> None:
    text = refused(sequential(layer("Lambda", "a"), layer("MyLayer", "b"), layer("Lambda", "c"), shape=[4]))
    assert text.count("operator") == 2
    freed = imported(
        sequential(layer("MyLayer", "b"), layer("Dense", units=2), shape=[4]), ModelChoices(free=("MyLayer",))
    )
    assert freed.incomplete == "1 MyLayer counted as 0"


def test_an_open_size_needs_the_user() -> None:
    data = sequential(layer("Conv2D", filters=8, kernel_size=3), shape=[None, None, 3])
    with pytest.raises(UsageError, match=r"image \[\?, \?, \?, 3\]: give --input 1x224x224x3"):
        imported(data)
    assert imported(data, ModelChoices(inputs={"": (1, 10, 12, 3)})).network.nodes[0].output == (8, 8, 10)


def test_a_zip_that_would_unfold_to_too_much_is_not_unfolded() -> None:
    assert "a config.json of 68,157,440 bytes" in refused(zipped(b" " * (65 << 20)))


def test_models_in_models_without_an_end() -> None:
    inner: Config = {"class_name": "Sequential", "config": {"name": "m", "layers": [layer("Dense", units=2)]}}
    for _ in range(40):
        inner = {"class_name": "Sequential", "config": {"name": "m", "layers": [inner]}}
    inner["config"]["build_input_shape"] = [None, 2]
    assert "deeper than 32" in refused(json.dumps(inner).encode())
    deep = b'{"class_name": "Sequential", "config": ' + b"[" * 100_000
    assert "its configuration is not JSON" in refused(deep)


@pytest.mark.parametrize("data", FILES.values(), ids=FILES)
def test_cut_off_and_changed(data: bytes) -> None:
    """Anything but a network or an error of ours is raised."""
    generator = random.Random(2)
    changed = [data[:end] for end in range(8, len(data), 3)]
    for _ in range(300):
        copy = bytearray(data)
        for _ in range(generator.choice((1, 2, 6))):
            copy[generator.randrange(len(copy))] = generator.randrange(256)
        changed.append(bytes(copy))
    for one in changed:
        if format_of(one[:4096]) is None:
            continue
        with contextlib.suppress(InputError, UsageError):
            imported(one)
