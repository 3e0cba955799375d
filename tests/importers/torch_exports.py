"""Run beside PyTorch: small models written as ONNX files, by both exporters and in several operator sets, into the folder named."""

import importlib
import sys
from pathlib import Path
from typing import Any

SHAPES = {
    "separable": (1, 3, 32, 32), "encoder": (1, 49, 64), "lstm": (1, 20, 16), "gru": (1, 20, 16), "shared": (1, 3, 8, 8),
    "transposed": (1, 8, 6, 6), "signal": (1, 4, 100), "video": (1, 3, 4, 8, 8),
}  # fmt: skip


def models(nn: Any) -> dict[str, Any]:
    one = nn.Conv2d(3, 3, 3, padding=1)
    return {
        "separable": nn.Sequential(
            nn.Conv2d(3, 16, 3, 2, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU6(),
            nn.Conv2d(16, 16, 3, 1, 1, groups=16, bias=False), nn.BatchNorm2d(16), nn.SiLU(),
            nn.Conv2d(16, 32, 1, bias=False), nn.BatchNorm2d(32), nn.Hardswish(),
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.2), nn.Linear(32, 10), nn.Softmax(-1),
        ),
        "encoder": nn.Sequential(nn.TransformerEncoderLayer(64, 4, 128, batch_first=True, activation="gelu")),
        "lstm": nn.LSTM(16, 24, 2, bidirectional=True, batch_first=True),
        "gru": nn.GRU(16, 24, batch_first=True),
        "shared": nn.Sequential(one, nn.ReLU(), one, nn.ReLU(), one),
        "transposed": nn.Sequential(nn.ConvTranspose2d(8, 4, 3, 2, 1, 1), nn.PReLU(4), nn.PixelShuffle(2)),
        "signal": nn.Sequential(nn.Conv1d(4, 8, 5, 2, 2), nn.GroupNorm(2, 8), nn.GELU(), nn.AvgPool1d(2)),
        "video": nn.Sequential(nn.Conv3d(3, 8, (1, 3, 3), padding=(0, 1, 1)), nn.MaxPool3d(2), nn.InstanceNorm3d(8, affine=True)),
    }  # fmt: skip


def main() -> None:
    torch = importlib.import_module("torch")
    folder = Path(sys.argv[1])
    legacy = {"dynamo": False}
    kept = {**legacy, "training": torch.onnx.TrainingMode.TRAINING, "do_constant_folding": False}
    ways: dict[str, dict[str, Any]] = {
        "old11": {**legacy, "opset_version": 11}, "old14": {**legacy, "opset_version": 14}, "old17": {**legacy, "opset_version": 17},
        "old20": {**legacy, "opset_version": 20}, "bare": {**legacy, "opset_version": 17, "export_params": False},
        "open": {**legacy, "opset_version": 17, "input_names": ["x"], "dynamic_axes": {"x": {0: "batch"}}},
        "new18": {"dynamo": True, "opset_version": 18}, "new21": {"dynamo": True, "opset_version": 21},
        "norms": {**kept, "opset_version": 17},
    }  # fmt: skip
    for name, model in models(torch.nn).items():
        for tensor in (*model.parameters(), *model.buffers()):  # exporters store equal tensors once, and drop zeros
            if tensor.dtype.is_floating_point:
                torch.nn.init.uniform_(tensor, 0.5, 1.5)
        for way, options in ways.items():
            if name == "encoder" and way == "old11":
                continue  # the exporter has its attention since operator set 14
            model.train(way == "norms")
            torch.onnx.export(model, (torch.zeros(SHAPES[name]),), str(folder / f"{name}.{way}.onnx"), **options)


if __name__ == "__main__":
    main()
