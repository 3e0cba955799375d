"""Measures any PyTorch model through forward hooks, on the meta device: a row of totals and a file of layers.

For models of one, two or three sides, of whichever package: `record("vision", "pytorchcv", "enet", model, (3, 512, 1024))`
writes truth/pytorchcv__enet.csv and its row of totals_vision.csv. A model that needs values (to decode boxes, to find maxima) has that
part replaced by `torch.nn.Identity()` first. `Darknet(text)` is the model of a Darknet cfg file, section by section.
"""

import csv
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

FACTS = Path(__file__).parent
LAYER_FIELDS = (
    "name", "type", "in", "out", "kernel", "stride", "padding", "dilation", "groups", "bias", "params", "macs",
)  # fmt: skip
TOTAL_FIELDS = (
    "source", "model", "input", "params", "conv_params", "linear_params", "bn_params", "conv_macs", "linear_macs",
    "macs", "depthwise_macs", "convs", "linears", "depthwise", "pointwise",
)  # fmt: skip
CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d)
UNTOLD = (nn.Identity, nn.MaxUnpool2d, nn.Sequential)
TRANSPOSED = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)


def sides(value: Any) -> str:
    return "x".join(map(str, value)) if isinstance(value, (tuple, list)) else str(value)


def first_tensor(value: Any) -> torch.Tensor | None:
    """Return the tensor that a module takes or gives first, of whatever holds several."""
    while isinstance(value, (tuple, list, dict)):
        values = list(value.values()) if isinstance(value, dict) else value
        value = values[0] if values else None
    return value if isinstance(value, torch.Tensor) else None


def row(name: str, module: nn.Module, before: torch.Tensor, after: torch.Tensor, params: int) -> dict[str, Any]:
    """Every position of the output meets each weight of a convolution once; of a transposed one, of the input."""
    line: dict[str, Any] = dict.fromkeys(LAYER_FIELDS, "")
    line |= {"name": name, "type": type(module).__name__, "params": params, "macs": 0}
    line |= {"in": sides(tuple(before.shape[1:])), "out": sides(tuple(after.shape[1:]))}
    if isinstance(module, (*CONVOLUTIONS, *TRANSPOSED)):
        met = before if isinstance(module, TRANSPOSED) else after
        line["macs"] = met[0, 0].numel() * module.weight.numel()
        for field, value in (
            ("kernel", module.kernel_size), ("stride", module.stride), ("padding", module.padding),
            ("dilation", module.dilation), ("groups", module.groups), ("bias", module.bias is not None),
        ):  # fmt: skip
            line[field] = sides(value)
    elif isinstance(module, nn.Linear):
        line["bias"] = module.bias is not None
        line["macs"] = after.numel() * module.in_features
    elif hasattr(module, "kernel_size"):
        line["kernel"], line["stride"] = sides(module.kernel_size), sides(module.stride)
        line["padding"] = sides(getattr(module, "padding", ""))
    return line


def measure(model: nn.Module, size: tuple[int, ...]) -> tuple[list[dict[str, Any]], int]:
    """Return the rows in order of execution, and half of what PyTorch's own counter counts."""
    rows: list[dict[str, Any]] = []
    told: set[int] = set()

    def told_by(name: str, module: nn.Module, inputs: Any, output: Any) -> None:
        own = [p for p in module.parameters(recurse=False) if p.requires_grad and id(p) not in told]
        told.update(id(parameter) for parameter in own)
        params = sum(parameter.numel() for parameter in own)
        before, after = first_tensor(inputs), first_tensor(output)
        told_of = params or (hasattr(nn, type(module).__name__) and not isinstance(module, UNTOLD))
        if before is not None and after is not None and told_of:
            rows.append(row(name, module, before, after, params))

    for name, module in model.named_modules():
        if not list(module.children()) or list(module.parameters(recurse=False)):
            module.register_forward_hook(
                lambda module, inputs, output, name=name: told_by(name, module, inputs, output)
            )
    model.eval().to("meta")
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        model(torch.zeros(1, *size, device="meta"))
    return rows, counter.get_total_flops() // 2


def summary(source: str, name: str, size: tuple[int, ...], rows: list[dict[str, Any]]) -> dict[str, Any]:
    convolutions = [line for line in rows if line["kernel"] and line["groups"] and "Transpose" not in line["type"]]
    linears = [line for line in rows if line["type"] == "Linear"]
    depthwise = [line for line in convolutions if line["groups"] != "1" and line["groups"] == line["in"].split("x")[0]]
    pointwise = [line for line in convolutions if set(line["kernel"].split("x")) == {"1"} and line["groups"] == "1"]
    return {
        "source": source,
        "model": name,
        "input": sides(size),
        "params": sum(line["params"] for line in rows),
        "conv_params": sum(line["params"] for line in convolutions),
        "linear_params": sum(line["params"] for line in linears),
        "bn_params": sum(line["params"] for line in rows if "BatchNorm" in line["type"]),
        "conv_macs": sum(line["macs"] for line in convolutions),
        "linear_macs": sum(line["macs"] for line in linears),
        "macs": sum(line["macs"] for line in rows),
        "depthwise_macs": sum(line["macs"] for line in depthwise),
        "convs": len(convolutions),
        "linears": len(linears),
        "depthwise": len(depthwise),
        "pointwise": len(pointwise),
    }


def record(group: str, source: str, name: str, model: nn.Module, size: tuple[int, ...], *, layers: bool = True) -> None:
    """Write both files; refuse a model whose rows are not all of its params and MACs."""
    rows, half = measure(model, size)
    total = summary(source, name, size, rows)
    trained = sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)
    if (total["params"], total["macs"]) != (trained, half):
        raise SystemExit(f"{source} {name}: {total['params']} of {trained} params, {total['macs']} of {half} MACs")
    if layers:
        with (FACTS / "truth" / f"{source}__{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, LAYER_FIELDS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    path = FACTS / f"totals_{group}.csv"
    lines: list[dict[str, Any]] = []
    if path.exists():
        with path.open(encoding="utf-8", newline="") as file:
            lines = [line for line in csv.DictReader(file) if (line["source"], line["model"]) != (source, name)]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, TOTAL_FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted([*lines, total], key=lambda line: (line["source"], line["model"])))


class MaxPool2d(nn.MaxPool2d):
    """Darknet pads the size less one in all, half of it before."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        pads = int(self.kernel_size) - 1
        around = (pads // 2, pads - pads // 2) * 2
        return super().forward(nn.functional.pad(x, around, value=float("-inf")))


ACTIVATIONS = {"leaky": lambda: nn.LeakyReLU(0.1), "mish": nn.Mish, "relu": nn.ReLU, "logistic": nn.Sigmoid}


class Darknet(nn.Module):
    """The network of a cfg file: its sections are modules, `route` and `shortcut` reach back to their outputs."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.sections: list[tuple[str, dict[str, str]]] = []
        for raw in text.splitlines():
            line = raw.split("#")[0].strip()
            if line.startswith("["):
                self.sections.append((line[1:-1], {}))
            elif "=" in line:
                key, _, value = line.partition("=")
                self.sections[-1][1][key.strip()] = value.strip()
        channels, widths = int(self.sections.pop(0)[1].get("channels", 3)), []
        self.steps = nn.ModuleList()
        for index, (kind, options) in enumerate(self.sections):
            step: nn.Module = nn.Identity()
            if kind == "convolutional":
                step, channels = self.convolution(channels, options)
            elif kind == "maxpool":
                step = MaxPool2d(int(options["size"]), int(options["stride"]))
            elif kind == "avgpool":
                step = nn.AdaptiveAvgPool2d(1)
            elif kind == "upsample":
                step = nn.Upsample(scale_factor=int(options["stride"]))
            elif kind == "reorg":
                step = nn.PixelUnshuffle(int(options["stride"]))
                channels *= int(options["stride"]) ** 2
            elif kind == "route":
                channels = sum(widths[i] for i in self.reached(index, options["layers"])) // int(
                    options.get("groups", 1)
                )
            self.steps.append(step)
            widths.append(channels)

    @staticmethod
    def reached(index: int, places: str) -> list[int]:
        return [int(place) if int(place) >= 0 else index + int(place) for place in places.split(",")]

    @staticmethod
    def convolution(channels: int, options: dict[str, str]) -> tuple[nn.Module, int]:
        filters, size, normed = int(options["filters"]), int(options["size"]), "batch_normalize" in options
        padding = size // 2 if options.get("pad") == "1" else 0
        layers: list[nn.Module] = [
            nn.Conv2d(channels, filters, size, int(options.get("stride", 1)), padding, bias=not normed)
        ]
        if normed:
            layers.append(nn.BatchNorm2d(filters))
        if options["activation"] != "linear":
            layers.append(ACTIVATIONS[options["activation"]]())
        return nn.Sequential(*layers), filters

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        outputs: list[torch.Tensor] = []
        for index, ((kind, options), step) in enumerate(zip(self.sections, self.steps, strict=True)):
            if kind == "route":
                y = torch.cat([outputs[i] for i in self.reached(index, options["layers"])], 1)
                if "groups" in options:
                    y = y.chunk(int(options["groups"]), 1)[int(options["group_id"])]
            elif kind == "shortcut":
                y = outputs[-1] + outputs[self.reached(index, options["from"])[0]]
            else:
                y = step(outputs[-1] if outputs else x)
            outputs.append(y)
        return outputs[-1]
