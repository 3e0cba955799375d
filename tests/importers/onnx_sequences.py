"""How recurrent layers, embeddings and products of data are written in ONNX's operators, by their words."""

import struct
from typing import TYPE_CHECKING, Any

from dsconv_cost.layers.shapes import Shape
from tests.importers.onnx_file import tensor

if TYPE_CHECKING:
    from tests.importers.onnx_writer import OnnxWriter

Inputs = tuple[int, ...]
Shapes = tuple[Shape, ...]

GATES = {"lstm": 4, "gru": 3, "rnn": 1}


def recurrent(writer: "OnnxWriter", layer: Any, inputs: Inputs, shapes: Shapes, output: Shape) -> str:
    """Write a recurrent layer: steps first, and directions and units back to channels."""
    x = shapes[0]
    if len(x) != 2:
        raise writer.unsayable("its sequences are a batch of their own")
    if layer.layers > 1 or layer.biases == 1 or getattr(layer, "projection", None) is not None:
        raise writer.unsayable("the operator is one layer without a projection, with two biases or none")
    units, directions = layer.units, layer.directions
    count = GATES[layer.type] * units
    weights = [
        writer.weight("weight_ih", directions, count, x.channels),
        writer.weight("weight_hh", directions, count, units),
    ]
    if layer.biases:
        weights.append(writer.weight("bias", directions, 2 * count))
    attributes: dict[str, Any] = {"hidden_size": units, "direction": "bidirectional" if directions == 2 else "forward"}
    if layer.type == "lstm" and layer.peepholes:
        weights += [""] * (6 - len(weights))
        weights.append(writer.weight("peepholes", directions, 3 * units))
    if layer.type == "gru":
        attributes["linear_before_reset"] = 1
    y = writer.op("Transpose", writer.map(inputs[0]), perm=[2, 0, 1])
    y = writer.op(layer.type.upper(), y, *weights, **attributes)
    y = writer.op("Transpose", y, perm=[0, 2, 1, 3])  # steps, batch, directions, units
    y = writer.op("Reshape", y, writer.integers(0, 0, directions * units))
    y = writer.op("Transpose", y, perm=[1, 2, 0])
    return y if layer.returns == "sequence" else writer.sliced(y, {2: (x[-1] - 1, x[-1], 1)})


def embedding(writer: "OnnxWriter", layer: Any, inputs: Inputs, shapes: Shapes, output: Shape) -> str:
    """Write a table that is read at the indices that arrive."""
    x = shapes[0]
    if x.channels != 1:
        raise writer.unsayable("its indices have several channels")
    indices = writer.op("Cast", writer.reshape(writer.map(inputs[0]), *x[1:]), to=7)
    rows = writer.op("Gather", writer.weight("weight", layer.vocabulary, layer.features), indices, axis=0)
    rank = len(output) + 1
    return writer.op("Transpose", rows, perm=[0, rank - 1, *range(1, rank - 1)]) if rank > 2 else rows


def parameter(writer: "OnnxWriter", layer: Any, inputs: Inputs, shapes: Shapes, output: Shape) -> str:
    """Write a learned tensor; for every sample the same."""
    if writer.weights == "inputs":
        raise writer.unsayable("without its values it is an input of the graph")
    return writer.weight("parameter", 1, *output)


def expand(writer: "OnnxWriter", layer: Any, inputs: Inputs, shapes: Shapes, output: Shape) -> str:
    if writer.opset < 8:
        raise writer.unsayable("Expand came with operator set 8")
    sizes = struct.pack(f"<{len(output) + 1}q", 1, *output)
    shape = (
        writer.constant(tensor("", [len(output) + 1], sizes, 7)) if writer.opset >= 9 else writer.integers(1, *output)
    )
    return writer.op("Expand", writer.map(inputs[0]), shape)


GATE_OPERATORS = {"sigmoid": "Sigmoid", "tanh": "Tanh", "relu": "Relu", "softplus": "Softplus"}


def glu(writer: "OnnxWriter", layer: Any, inputs: Inputs, shapes: Shapes, output: Shape) -> str:
    x, half = writer.map(inputs[0]), output.channels
    first, second = writer.sliced(x, {1: (0, half, 1)}), writer.sliced(x, {1: (half, 2 * half, 1)})
    if layer.gate != "none":
        if layer.gate not in GATE_OPERATORS:
            raise writer.unsayable("its gate takes several operators")
        second = writer.op(GATE_OPERATORS[layer.gate], second)
    return writer.op("Mul", first, second)


def matmul(writer: "OnnxWriter", layer: Any, inputs: Inputs, shapes: Shapes, output: Shape) -> str:
    most = max(map(len, shapes))
    sides: list[str] = []
    for which, index, shape in zip(("first", "second"), inputs, shapes, strict=True):
        y = writer.map(index)
        if len(shape) < most:  # its matrices are the same for all of the other
            y = writer.reshape(y, *[1] * (most - len(shape)), *shape)
        if layer.transposed in (which, "both"):
            y = writer.op("Transpose", y, perm=[*range(most - 1), most, most - 1])
        sides.append(y)
    return writer.op("MatMul", *sides)
