"""MACs of an ONNX file by another way than ours, run beside the package onnx: its shape inference, and a formula for each operator.

Prints for each file named on the command line the MACs, or - where the inference leaves a size open or
an operator has no formula here. Sizes that a file leaves open
are given behind an @: net.onnx@input=1x3x8x8.
"""

import importlib
import sys
from math import prod
from typing import Any

BEYOND = frozenset({
    "LSTM", "GRU", "RNN", "If", "Loop", "Scan", "Einsum", "ConvInteger", "MatMulInteger", "DynamicQuantizeLSTM", "QLinearConv",
    "QLinearMatMul", "Attention",
})  # fmt: skip
"""Operators that multiply, and that this has no formula for."""


def macs_of(onnx: Any, path: str, sizes: dict[str, list[int]]) -> int | None:
    """Return the MACs of convolutions and products; None where a size is unknown."""
    model = onnx.load(path, load_external_data=False)
    for value in model.graph.input:
        wanted = sizes.get(value.name) or sizes.get("")
        dims = value.type.tensor_type.shape.dim
        for at, dim in enumerate(dims):
            if wanted is not None and len(wanted) == len(dims):
                dim.dim_value = wanted[at]
            elif dim.dim_value < 1:
                dim.dim_value = 1
    inferred = onnx.shape_inference.infer_shapes(model, data_prop=True).graph
    shapes = {tensor.name: list(tensor.dims) for tensor in inferred.initializer}
    for value in (*inferred.input, *inferred.value_info, *inferred.output):
        shapes[value.name] = [dim.dim_value for dim in value.type.tensor_type.shape.dim]
    for node in inferred.node:
        for attribute in node.attribute:
            if node.op_type == "Constant" and attribute.name == "value":
                shapes[node.output[0]] = list(attribute.t.dims)
    total = 0
    if any(node.op_type in BEYOND for node in inferred.node):
        return None
    for node in inferred.node:
        if node.op_type not in ("Conv", "ConvTranspose", "Gemm", "MatMul"):
            continue
        first, second, out = (shapes.get(name) for name in (node.input[0], node.input[1], node.output[0]))
        if not first or not second or not out or 0 in (*first, *second, *out):
            return None
        if node.op_type == "Conv":
            total += prod(second) * prod(out[2:])
        elif node.op_type == "ConvTranspose":
            total += prod(second) * prod(first[2:])
        else:
            turned = any(attribute.name == "transA" and attribute.i for attribute in node.attribute)
            total += prod(out) * first[-2 if turned else -1]
    return total


def main() -> None:
    onnx = importlib.import_module("onnx")
    for argument in sys.argv[1:]:
        path, _, given = argument.partition("@")
        sizes = {}
        for part in given.split(",") if given else []:
            name, _, text = part.rpartition("=")
            sizes[name] = [int(size) for size in text.split("x")]
        macs = macs_of(onnx, path, sizes)
        print("-" if macs is None else macs)


if __name__ == "__main__":
    main()
