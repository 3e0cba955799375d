"""Models that Keras itself writes, in each kind of file: Keras's own count of trainable weights, and MACs known otherwise."""

import json
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from dsconv_cost import analyze

pytestmark = pytest.mark.installed

WRITER = """
import json, os, sys
os.environ["KERAS_BACKEND"] = "torch"
import keras
from keras import layers as L
from math import prod

def written(name, model):
    model.save(name + ".keras")
    model.save(name + ".h5")
    open(name + ".json", "w").write(model.to_json())
    trained[name] = sum(prod(weight.shape) for weight in model.trainable_weights)

trained = {}
for name in ("MobileNet", "MobileNetV2", "EfficientNetB0", "EfficientNetV2B0", "Xception", "ResNet50", "ResNet50V2", "DenseNet121",
             "InceptionV3", "ConvNeXtTiny", "VGG16"):
    written(name, getattr(keras.applications, name)(weights=None))
x = keras.Input((20, 8))
y = L.Dense(3, activation="softmax")(L.GRU(12)(L.Bidirectional(L.LSTM(16, return_sequences=True))(x)))
written("recurrent", keras.Model(x, y))
x = keras.Input((16, 32))
y = L.LayerNormalization()(L.Add()([L.MultiHeadAttention(4, 8)(x, x), x]))
written("attention", keras.Model(x, L.Dense(5)(L.GlobalAveragePooling1D()(L.Dense(64, activation="gelu")(y)))))
twin = L.Conv2D(8, 3, activation="relu")
a, b = keras.Input((16, 16, 3)), keras.Input((16, 16, 3))
y = L.SeparableConv2D(16, 3, depth_multiplier=2, strides=2, padding="same")(L.Concatenate()([twin(a), twin(b)]))
y = L.Conv2DTranspose(4, 3, strides=2, padding="same")(L.PReLU(shared_axes=[1, 2])(y))
written("shared", keras.Model([a, b], L.Dense(2)(L.Flatten()(y))))
inner = keras.Sequential([keras.Input((32,)), L.Dense(16, activation="relu"), L.Dense(8)])
a, b = keras.Input((32,)), keras.Input((32,))
written("nested", keras.Model([a, b], L.Subtract()([inner(a), inner(b)])))
print(json.dumps(trained))
"""
MACS = {
    # The applications: the MACs of the bundled networks of the same definition, by arithmetic elsewhere in these tests.
    "MobileNet": 568_740_352, "MobileNetV2": 300_774_272, "EfficientNetB0": 385_814_752, "Xception": 8_357_403_496,
    "DenseNet121": 2_834_161_664, "InceptionV3": 5_713_216_096, "VGG16": 15_470_264_320,
    # steps x gates x units x (features + units): 2 directions of an LSTM, then a GRU, then 12 x 3
    "recurrent": 2 * 20 * 4 * 16 * (8 + 16) + 20 * 3 * 12 * (32 + 12) + 36,
    # 4 projections, scores and sums of 4 heads, two dense layers
    "attention": 4 * 16 * 32 * 32 + 2 * 16 * 16 * 32 + 16 * 32 * 64 + 64 * 5,
    # twice 14 x 14, 7 x 7 with 2 x 16 windows and 32 x 16, then 7 x 7 inputs spread over 9 x 16 x 4, then 14 x 14 x 4 x 2
    "shared": 2 * 196 * 27 * 8 + 49 * (9 * 32 + 32 * 16) + 49 * 9 * 16 * 4 + 784 * 2,
    "nested": 2 * (32 * 16 + 16 * 8),
}  # fmt: skip


def test_what_keras_writes(tmp_path: Path) -> None:
    venv.create(tmp_path / "keras", with_pip=True)
    python = str(tmp_path / "keras" / ("Scripts" if sys.platform == "win32" else "bin") / "python")
    command = [python, "-m", "pip", "install", "--quiet", "keras==3.15.1", "torch==2.13.0", "h5py"]
    subprocess.run(command, check=True, timeout=1200)
    done = subprocess.run(
        [python, "-c", WRITER], cwd=tmp_path, capture_output=True, text=True, timeout=900, check=False
    )
    assert done.returncode == 0, done.stderr
    trained = json.loads(done.stdout.splitlines()[-1])
    for name, params in trained.items():
        for ending in ("keras", "h5", "json"):
            costs = analyze(str(tmp_path / f"{name}.{ending}"))
            assert costs.params == params, f"{name}.{ending}"
            assert costs.macs == MACS.get(name, costs.macs), f"{name}.{ending}"
