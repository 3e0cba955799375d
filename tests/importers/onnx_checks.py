"""Run beside the package onnx: its checker and its strict shape inference on what the writer makes.

Prints a line for each file that they refuse, or whose output they size otherwise; then how many files there were.
"""

import importlib
from collections.abc import Iterator
from typing import Any

from dsconv_cost.layers import LAYERS
from dsconv_cost.network.build import elaborate
from dsconv_cost.network.graph import Network
from dsconv_cost.sources import bundled
from dsconv_cost.sources.load import load
from tests.importers.onnx_writer import Unsayable, Weights, onnx_bytes
from tests.importers.samples import samples
from tests.networks import bundled_spec

OPSETS = (7, 8, 9, 10, 11, 12, 13, 15, 17, 18, 19, 20, 21, 22, 23)
WEIGHTS: tuple[Weights, ...] = ("inside", "beside", "inputs")
UNSIZED = ("GroupNormalization",)
"""Operators that the inference does not size, in the version pinned."""


def files() -> Iterator[tuple[str, Network, int, Weights, int | str]]:
    for type_ in LAYERS:
        for at, network in enumerate(samples(type_)):
            for opset in OPSETS:
                for weights in WEIGHTS:
                    yield f"{type_} {at}", network, opset, weights, 1
                yield f"{type_} {at}", network, opset, "inputs", "batch"
    for name in bundled.names():
        for variant in bundled_spec(name).variants or [""]:
            network = elaborate(load(f"{name}:{variant}" if variant else name))
            yield f"{name}:{variant}", network, 17, "inputs", 1


def main() -> None:
    onnx = importlib.import_module("onnx")
    count = 0
    for name, network, opset, weights, batch in files():
        try:
            data = onnx_bytes(network, opset, weights, batch)
        except Unsayable:
            continue
        count += 1
        try:
            model = onnx.load_model_from_string(data)
            said = problem(onnx, model, network, weights, sized=batch == 1)
        except onnx.checker.ValidationError as error:
            said = "" if "weights.bin" in str(error) else str(error)
        except onnx.shape_inference.InferenceError as error:
            said = str(error)
        if said:
            print(f"{name}, opset {opset}, weights {weights}, batch {batch}: {said}")
    print(count, "files")


def problem(onnx: Any, model: Any, network: Network, weights: Weights, sized: bool) -> str:
    """Return what is wrong with a file, if anything is; its output may be of unknown size unless it is `sized`."""
    if weights != "beside":
        onnx.checker.check_model(model)
    last = model.graph.node[len(model.graph.node) - len(network.outputs)]
    if any(node.op_type in UNSIZED for node in model.graph.node):
        return ""
    inferred = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    sizes = {info.name: info.type.tensor_type.shape.dim for info in inferred.graph.value_info}
    dims = [dim.dim_value for dim in sizes.get(last.input[0], ())][1:]
    shape = list(network.shape(network.outputs[0]))
    if not sized and not any(dims):
        return ""
    return "" if dims in (shape, shape[:1]) else f"{last.input[0]} is {dims}, expected {shape}"


if __name__ == "__main__":
    main()
