"""A network as a TensorFlow Lite file of zeros, the way a converter would write it: one operator for each operation of a run.

Nothing of `dsconv_cost.memory` is used here: what is one operation is decided by what TensorFlow Lite has operators for. relu and
relu6 are a field of the operator before them, where no other operator reads that one's output; everywhere else they are an
operator of their own. Flatten and dropout are none.
"""

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

from dsconv_cost.layers.shapes import Shape
from dsconv_cost.network.graph import INPUT, Network, Node
from dsconv_cost.network.transforms.deploy import deployed
from tests.importers.tflite_writer import FLOAT32, INT8, INT32, Fields, Longs, ModelWriter, Number, small, whole

SAME, VALID = 0, 1
FUSED = {"relu": 1, "relu6": 3}
"""Activation -> its number among TensorFlow Lite's fused activations."""
OPTIONS = {
    "CONV_2D": 1, "DEPTHWISE_CONV_2D": 2, "AVERAGE_POOL_2D": 5, "MAX_POOL_2D": 5, "FULLY_CONNECTED": 8, "SOFTMAX": 9,
    "CONCATENATION": 10, "ADD": 11, "RESHAPE": 17, "MUL": 21, "PAD": 22, "STRIDED_SLICE": 32, "RESIZE_NEAREST_NEIGHBOR": 74,
    "ADD_N": 82, "QUANTIZE": 89,
}  # fmt: skip
"""Operator -> the number of its options in the union of schema.fbs."""


class Unsayable(Exception):
    """A layer that is not written here."""


class NetworkFile:
    """Writes one network."""

    def __init__(self, network: Network, int8: bool, stored: bool, apart: bool) -> None:
        self.network = deployed(network)
        self.type = INT8 if int8 else FLOAT32
        self.apart = apart
        """Whether paddings, activations, flattening and the quantisation of the input are operators of their own."""
        self.stored = stored
        """Whether each weight has its elements in the file; else all of them have the same few bytes, which no planner reads."""
        self.w = ModelWriter()
        self.w.buffers.append(Fields({0: bytes(16)}))
        self.activations = 0
        self.tensor_of: dict[int, int] = {}
        self.writers: dict[int, Fields] = {}
        """Tensor -> the options of the operator that writes it, where they can name an activation."""
        consumers = self.network.consumers()
        outputs = set(self.network.outputs)
        self.read_once = [len(consumers[i]) == 1 and i not in outputs for i in range(len(self.network.nodes))]
        """For each layer, whether one other alone reads what it writes."""

    def bytes(self) -> bytes:
        inputs = []
        for number, (_, shape) in enumerate(self.network.inputs):
            if self.apart and self.type == INT8:
                given = self.w.tensor(f"input{number}", _dims(shape), FLOAT32)
                self.tensor_of[INPUT - number] = self.operator("QUANTIZE", [given], self.data(shape), {})
            else:
                given = self.tensor_of[INPUT - number] = self.data(shape)
            inputs.append(given)
        for index, node in enumerate(self.network.nodes):
            self.tensor_of[index] = self.write(node)
        outputs = dict.fromkeys([self.tensor_of[index] for index in self.network.outputs])
        return self.w.bytes(inputs, list(outputs))

    def data(self, shape: Shape, quantised: tuple[float, int] = (1.0, 0)) -> int:
        """Add a tensor of activations."""
        self.activations += 1
        number = self.w.tensor(f"t{self.activations}", _dims(shape), self.type)
        self._quantise(number, [quantised[0]], quantised[1])
        return number

    def weight(self, dims: Sequence[int], channels: int, bias: bool = False) -> int:
        """Add a tensor of zeros; of int8 with a scale for each channel, a bias of int32."""
        type_ = INT32 if bias and self.type == INT8 else self.type
        buffer = 1
        if self.stored:
            self.w.buffers.append(Fields({0: bytes(prod(dims) * (1 if type_ == INT8 else 4))}))
            buffer = len(self.w.buffers) - 1
        number = self.w.tensor("w", dims, type_, buffer=buffer)
        self._quantise(number, [1.0] * channels, 0, axis=0 if bias or dims[0] == channels else 3)
        return number

    def _quantise(self, number: int, scales: list[float], zero: int, axis: int = 0) -> None:
        if self.type == INT8:
            fields: dict[int, Any] = {2: scales, 3: Longs([zero] * len(scales)), 6: whole(axis)}
            self.w.tensors[number] = Fields({**self.w.tensors[number].fields, 4: Fields(fields)})

    def operator(
        self,
        name: str,
        inputs: Sequence[int],
        output: int,
        options: Mapping[int, Any] | None = None,
        fuses: int | None = None,
    ) -> int:
        """Add an operator with one output; `fuses` is the field of its options for an activation."""
        one = self.w.operator(name, inputs, [output], options)
        if options is not None:
            one = Fields({**one.fields, 3: Number("B", OPTIONS[name])})
            if fuses is not None:
                self.writers[output] = Fields({0: one.fields[4], 1: fuses})
        self.w.operators.append(one)
        return output

    # -- layers ---------------------------------------------------------------------------------

    def write(self, node: Node) -> int:
        """Add what a layer is and return the tensor of its output."""
        type_, x = node.layer.type, [self.tensor_of[i] for i in node.inputs]
        if type_ == "flatten" and self.apart:
            return self.operator("RESHAPE", x, self.data(node.output), {})
        if type_ in ("flatten", "dropout", "identity"):
            if node.inputs[0] >= 0 and not self.read_once[node.inputs[0]]:
                self.writers.pop(x[0], None)
            return x[0]
        if type_ in FUSED:
            writer = self.writers.get(x[0])
            if writer is not None and self.read_once[node.inputs[0]] and not self.apart:
                options, field = writer.fields[0], writer.fields[1]
                options.fields = {**options.fields, field: small(FUSED[type_])}
                del self.writers[x[0]]
                return x[0]
            return self.operator(type_.upper(), x, self.data(node.output))
        write = getattr(self, f"_{type_}", None)
        if write is None or len(node.output) != 3:
            raise Unsayable(f"{type_} on {len(node.output) - 1} sides")
        made: int = write(node, x)
        return made

    def _conv(self, node: Node, x: list[int]) -> int:
        layer, y = node.layer, node.output
        values = layer.values()
        kernel, stride, dilation = (_two(values[name]) for name in ("kernel", "stride", "dilation"))
        read = self.network.shape(node.inputs[0])
        padding = _padding(read, y, stride)
        if self.apart and padding == SAME and max(kernel) > 1:
            x, padding = [self._padded(x[0], read, y, (kernel, stride, dilation))], VALID
        bias = self.weight([y.channels], y.channels, bias=True)
        if layer.type == "dwconv":
            filters = self.weight([1, *kernel, y.channels], y.channels)
            options = {0: small(padding), 1: whole(stride[1]), 2: whole(stride[0]), 3: whole(y.channels // read.channels),
                       5: whole(dilation[1]), 6: whole(dilation[0])}  # fmt: skip
            return self.operator("DEPTHWISE_CONV_2D", [*x, filters, bias], self.data(y), options, fuses=4)
        filters = self.weight([y.channels, *kernel, read.channels // values["groups"]], y.channels)
        options = {
            0: small(padding),
            1: whole(stride[1]),
            2: whole(stride[0]),
            4: whole(dilation[1]),
            5: whole(dilation[0]),
        }
        return self.operator("CONV_2D", [*x, filters, bias], self.data(y), options, fuses=3)

    _dwconv = _conv

    def _padded(self, x: int, read: Shape, y: Shape, window: tuple[list[int], list[int], list[int]]) -> int:
        """Add the padding of a convolution as an operator of its own."""
        amounts, sides = [0, 0], []
        for side, out, k, s, d in zip(read[1:], y[1:], *window, strict=True):
            both = max(0, (out - 1) * s + (k - 1) * d + 1 - side)
            amounts += [both // 2, both - both // 2]
            sides.append(side + both)
        paddings = self.w.tensor("paddings", [4, 2], INT32, [*amounts, 0, 0])
        return self.operator("PAD", [x, paddings], self.data(Shape(read.channels, *sides)), {})

    def _linear(self, node: Node, x: list[int]) -> int:
        read, y = self.network.shape(node.inputs[0]), node.output
        filters = self.weight([y.channels, read.elements], 1)
        bias = self.weight([y.channels], 1, bias=True)
        return self.operator("FULLY_CONNECTED", [*x, filters, bias], self.data(y), {1: small(0)}, fuses=0)

    def _maxpool(self, node: Node, x: list[int]) -> int:
        read, y, values = self.network.shape(node.inputs[0]), node.output, node.layer.values()
        kernel = _two(values["kernel"])
        stride = _two(values["stride"])
        return self._pool(node, x, kernel, stride, _padding(read, y, stride))

    _avgpool = _maxpool

    def _global_avgpool(self, node: Node, x: list[int]) -> int:
        read = self.network.shape(node.inputs[0])
        return self._pool(node, x, [read[1], read[2]], [1, 1], VALID)

    def _pool(self, node: Node, x: list[int], kernel: Sequence[int], stride: Sequence[int], padding: int) -> int:
        name = "MAX_POOL_2D" if node.layer.type == "maxpool" else "AVERAGE_POOL_2D"
        options = {
            0: small(padding),
            1: whole(stride[1]),
            2: whole(stride[0]),
            3: whole(kernel[1]),
            4: whole(kernel[0]),
        }
        return self.operator(name, x, self.data(node.output), options, fuses=5)

    def _add(self, node: Node, x: list[int]) -> int:
        if len(x) == 2:
            return self.operator("ADD", x, self.data(node.output), {1: small(0)}, fuses=0)
        return self.operator("ADD_N", x, self.data(node.output), {})

    def _multiply(self, node: Node, x: list[int]) -> int:
        if len(x) != 2:
            raise Unsayable("a product of more than two")
        return self.operator("MUL", x, self.data(node.output), {1: small(0)}, fuses=0)

    def _concat(self, node: Node, x: list[int]) -> int:
        return self.operator("CONCATENATION", x, self.data(node.output), {0: whole(3)})

    def _softmax(self, node: Node, x: list[int]) -> int:
        return self.operator("SOFTMAX", x, self.data(node.output, (1 / 256, -128)), {0: Number("f", 1.0)})

    def _upsample(self, node: Node, x: list[int]) -> int:
        size = self.w.constant("size", node.output[1:])
        return self.operator("RESIZE_NEAREST_NEIGHBOR", [*x, size], self.data(node.output), {})

    def _slice(self, node: Node, x: list[int]) -> int:
        part = node.layer.values()["channels"]
        if part is None:
            raise Unsayable("a slice of a side")
        start, _, step = part
        shape = node.output
        begin, end = [0, 0, 0, start], [1, *shape[1:], start + shape.channels * step]
        constants = [self.w.constant("part", values) for values in (begin, end, [1, 1, 1, step])]
        options = {number: whole(0) for number in range(5)}
        return self.operator("STRIDED_SLICE", [*x, *constants], self.data(shape), options)


def tflite_file(network: Network, int8: bool, stored: bool = True, apart: bool = False) -> bytes:
    """Return a network as a TensorFlow Lite file. Raises Unsayable."""
    return NetworkFile(network, int8, stored, apart).bytes()


def _dims(shape: Shape) -> list[int]:
    """Return the sizes of a tensor in TensorFlow Lite's order: batch, sides, channels."""
    return [1, *shape[1:], shape.channels]


def _two(value: Any) -> list[int]:
    return [value, value] if isinstance(value, int) else list(value)


def _padding(x: Shape, y: Shape, stride: Sequence[int]) -> int:
    """Return the padding that gives these sizes; the planner takes those that the file states."""
    return SAME if all(out == -(-side // s) for side, out, s in zip(x[1:], y[1:], stride, strict=True)) else VALID
