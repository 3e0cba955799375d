"""Measures models of timm through forward hooks: a row of totals and a file of layers for each.

On PyTorch's meta device, which has shapes and no numbers, so that the size of a model does not matter.

Run by hand with timm and PyTorch installed: python tests/facts/measure_timm.py TOTALS.csv TRUTH_FOLDER MODEL...
"""

import csv
import math
import sys
from pathlib import Path
from typing import Any

import timm
import torch
from timm.layers import BlurPool2d, set_fused_attn
from torch import nn
from torch.overrides import TorchFunctionMode
from torch.utils.flop_counter import FlopCounterMode

CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d)
LAYER_FIELDS = (
    "name", "type", "in", "out", "kernel", "stride", "padding", "dilation", "groups", "bias", "params", "macs",
)  # fmt: skip
TOTAL_FIELDS = (
    "source", "model", "input", "params", "conv_params", "linear_params", "bn_params", "conv_macs", "linear_macs",
    "matmul_macs", "macs", "depthwise_macs", "convs", "linears", "depthwise", "pointwise",
)  # fmt: skip


def sides(values: Any) -> str:
    return "x".join(map(str, values)) if isinstance(values, (tuple, list)) else str(values)


def macs_of(module: nn.Module, output: torch.Tensor) -> int:
    """Multiply-accumulates of one sample: every output element sums over its window and the channels of its group."""
    if isinstance(module, CONVOLUTIONS):
        return output.numel() * math.prod(module.kernel_size) * module.in_channels // module.groups
    if isinstance(module, BlurPool2d):
        return output.numel() * module.filt_size**2
    return output.numel() * module.in_features if isinstance(module, nn.Linear) else 0


def row(name: str, module: nn.Module, inputs: Any, output: torch.Tensor) -> dict[str, object]:
    convolution = isinstance(module, CONVOLUTIONS)
    return {
        "name": name,
        "type": type(module).__name__,
        "in": sides(tuple(inputs[0].shape[1:])),
        "out": sides(tuple(output.shape[1:])),
        **{
            field: sides(getattr(module, attribute)) if convolution else ""
            for field, attribute in (
                ("kernel", "kernel_size"), ("stride", "stride"), ("padding", "padding"), ("dilation", "dilation"),
                ("groups", "groups"),
            )
        },
        "bias": module.bias is not None if isinstance(module, (*CONVOLUTIONS, nn.Linear)) else "",
        "params": sum(parameter.numel() for parameter in module.parameters(recurse=False)),
        "macs": macs_of(module, output),
    }  # fmt: skip


class Products(TorchFunctionMode):
    """Rows of the products of two data tensors, each with the innermost module that it is computed in."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.rows: list[dict[str, object]] = []
        self.inside: list[str] = []
        for name, module in model.named_modules():
            module.register_forward_pre_hook(lambda module, inputs, name=name: self.inside.append(name))
            module.register_forward_hook(lambda module, inputs, output: self.inside.pop() and None)

    def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        output = function(*args, **(kwargs or {}))
        if function in (torch.Tensor.__matmul__, torch.Tensor.matmul, torch.matmul, torch.bmm):
            first, second = (sides(tuple(tensor.shape[1:])) for tensor in args[:2])
            self.rows.append({
                **dict.fromkeys(LAYER_FIELDS, ""), "name": self.inside[-1], "type": "matmul", "in": f"{first} {second}",
                "params": 0, "macs": output.numel() * args[0].shape[-1],
            })  # fmt: skip
        return output


def measure(model: nn.Module, size: tuple[int, ...]) -> tuple[list[dict[str, object]], int]:
    """Return a row for each leaf module and each with parameters of its own, and half of PyTorch's own count of FLOPs.

    The rows are in the order in which the modules begin; one that is called twice has two. Products of data follow.
    """
    rows: list[dict[str, object]] = []
    begun: dict[str, int] = {}

    def begin(name: str) -> None:
        begun[name] = len(rows)
        rows.append({})

    for name, module in model.named_modules():
        if not list(module.children()) or list(module.parameters(recurse=False)):
            module.register_forward_pre_hook(lambda module, inputs, name=name: begin(name))
            module.register_forward_hook(
                lambda module, inputs, output, name=name: rows[begun[name]].update(row(name, module, inputs, output))
            )
    with torch.no_grad(), Products(model) as products, FlopCounterMode(display=False) as counter:
        model.eval()(torch.zeros(1, *size, device="meta"))
    return rows + products.rows, counter.get_total_flops() // 2


def summary(name: str, size: tuple[int, ...], model: nn.Module, rows: list[dict[str, Any]]) -> dict[str, object]:
    convolutions = [line for line in rows if line["kernel"]]
    linears = [line for line in rows if line["type"] == "Linear"]
    depthwise = [
        line for line in convolutions if int(line["groups"]) > 1 and line["groups"] == line["in"].partition("x")[0]
    ]
    return {
        "source": "timm",
        "model": name,
        "input": sides(size),
        "params": sum(parameter.numel() for parameter in model.parameters()),
        "conv_params": sum(line["params"] for line in convolutions),
        "linear_params": sum(line["params"] for line in linears),
        "bn_params": sum(line["params"] for line in rows if str(line["type"]).startswith("BatchNorm")),
        "conv_macs": sum(line["macs"] for line in convolutions),
        "linear_macs": sum(line["macs"] for line in linears),
        "matmul_macs": sum(line["macs"] for line in rows if line["type"] == "matmul"),
        "depthwise_macs": sum(line["macs"] for line in depthwise),
        "convs": len(convolutions),
        "linears": len(linears),
        "depthwise": len(depthwise),
        "pointwise": sum(line["kernel"] == "1x1" and line["groups"] == "1" for line in convolutions),
    }


def main(totals: str, folder: str, *names: str) -> None:
    set_fused_attn(False)
    for name in names:
        with torch.device("meta"):
            model = timm.create_model(name, pretrained=False)
        size = model.default_cfg["input_size"]
        rows, half = measure(model, size)
        total = {**summary(name, size, model, rows), "macs": half}  # products of data are functions: in no row
        counted = tuple(sum(int(str(line[column])) for line in rows) for column in ("params", "macs"))
        if counted != (total["params"], half):
            print(f"{name}: {counted} in the layers, {total['params']} and {half} in all", file=sys.stderr)
        with Path(totals).open("a", encoding="utf-8", newline="") as file:
            csv.DictWriter(file, TOTAL_FIELDS, lineterminator="\n").writerow(total)
        if folder != "-":
            with (Path(folder) / f"timm__{name}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, LAYER_FIELDS, lineterminator="\n")
                writer.writeheader()
                writer.writerows(rows)


if __name__ == "__main__":
    main(*sys.argv[1:])
