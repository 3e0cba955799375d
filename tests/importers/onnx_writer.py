"""A network as the bytes of an ONNX file, the way exporters write one: what importers are held to.

Nothing of the importers is used here, and no library: the operators are those of the ONNX specification, as PyTorch's exporter
arranges them. Each layer is a node or a few; a layer that ONNX has no operator for in that operator set raises Unsayable.
"""

from math import prod
from typing import Literal

from dsconv_cost.network.graph import INPUT, Network
from tests.importers import onnx_file
from tests.importers.onnx_file import INT64, Attribute, integers, reals, scalar, tensor, value_info
from tests.importers.onnx_operators import OPERATORS

Weights = Literal["inside", "beside", "inputs"]
"""Where the learned values are: in the file, in another file, or nowhere (graph inputs, as without `export_params`)."""


class Unsayable(Exception):
    """A layer that this operator set has nothing for."""


class OnnxWriter:
    """Collects the nodes of one file."""

    def __init__(self, network: Network, opset: int = 17, weights: Weights = "inputs", batch: int | str = 1) -> None:
        self.network = network
        self.opset = opset
        self.weights = weights
        self.batch = batch
        self.nodes: list[bytes] = []
        self.initialisers: list[bytes] = []
        self.learned: dict[str, list[int]] = {}
        """Name -> dimensions of what is learned."""
        self.settled: list[bytes] = []
        """Inputs of the graph that have a value in the file and are not learned."""
        self.at = INPUT
        """The index of the layer that is being written."""
        self.named: dict[int, str] = {INPUT - at: each.name for at, each in enumerate(network.inputs)}
        """Layer -> the tensor that it makes."""
        self.as_rows: dict[int, str] = {}
        """Layer -> its output as a row of values for each sample, as linear layers take it."""
        self._count = 0
        self._paths: dict[str, int] = {}

    # -- what operators are written with --------------------------------------------------------

    @property
    def label(self) -> str:
        """The module path of the layer, with dots."""
        return self.label_of(self.at)

    def label_of(self, index: int) -> str:
        return self.network.nodes[index].name.replace("/", ".").replace("[", ".").replace("]", "")

    def op(self, operator: str, *inputs: str, outputs: int = 1, **attributes: Attribute) -> str:
        """Add a node and return its first output."""
        self._count += 1
        made = [f"t{self._count}", *(f"t{self._count}_{i}" for i in range(1, outputs))]
        path = f"/{self.label.replace('.', '/')}/{operator}"
        times = self._paths[path] = self._paths.get(path, 0) + 1
        name = path if times == 1 else f"{path}_{times - 1}"
        self.nodes.append(onnx_file.node(operator, list(inputs), made, name, attributes))
        return made[0]

    def weight(self, word: str, *dims: int) -> str:
        """Add learned values of this shape, e.g. `weight` or `bias`, and return their name."""
        owner = self.network.shared.get(self.at)
        name = f"{self.label if owner is None else self.label_of(owner)}.{word}"
        if owner is not None:
            assert self.learned[name] == list(dims), name
            return name
        assert name not in self.learned, name
        self.learned[name] = list(dims)
        if self.weights != "inputs":
            self.initialisers.append(
                tensor(name, list(dims), bytes(4 * prod(dims)) if self.weights == "inside" else None)
            )
        return name

    def constant(self, value: bytes) -> str:
        """Add a tensor that is not learned, and return its name."""
        return self.op("Constant", value=value)

    def integers(self, *values: int) -> str:
        if self.opset >= 9:
            return self.constant(integers(list(values)))
        self._count += 1  # before operator set 9 a Constant was of floats
        name = f"constant{self._count}"
        self.initialisers.append(integers(list(values), name))
        self.settled.append(value_info(name, [len(values)], INT64))
        return name

    def scalar(self, value: float) -> str:
        return self.constant(scalar(value))

    def reals(self, *values: float) -> str:
        return self.constant(reals(list(values)))

    def reshape(self, x: str, *dims: int) -> str:
        """Give the dimensions after the batch; -1 is the rest."""
        return self.op("Reshape", x, self.integers(0, *dims))

    def sliced(self, x: str, parts: dict[int, tuple[int, int, int]]) -> str:
        """Take start to stop-1, every step-th, along axes."""
        along = list(parts)
        starts, stops, steps = (list(column) for column in zip(*parts.values(), strict=True))
        if self.opset >= 10:
            return self.op("Slice", x, *(self.integers(*values) for values in (starts, stops, along, steps)))
        if set(steps) != {1}:
            raise self.unsayable("steps of Slice came with operator set 10")
        return self.op("Slice", x, axes=along, starts=starts, ends=stops)

    def unsayable(self, why: str) -> Unsayable:
        node = self.network.nodes[self.at]
        return Unsayable(f"{node.name} ({node.layer.type}): {why}")

    def row(self, index: int) -> str:
        """Return a tensor without its sides, each of which is 1."""
        if index not in self.as_rows:
            if len(self.network.shape(index)) == 1:
                return self.map(index)
            self.as_rows[index] = self.op("Flatten", self.map(index), axis=1)
        return self.as_rows[index]

    def map(self, index: int) -> str:
        """Return a tensor with the sides that its shape has."""
        if index not in self.named:
            row, shape = self.as_rows[index], self.network.shape(index)
            self.named[index] = self.reshape(row, *shape) if len(shape) > 1 else row
        return self.named[index]

    # -- the whole ------------------------------------------------------------------------------

    def file(self) -> bytes:
        """Return the whole file. Raises Unsayable."""
        for at, node in enumerate(self.network.nodes):
            self.at = at
            write = OPERATORS.get(node.layer.type)
            if write is None:
                raise self.unsayable("no operator is written for it")
            made = write(self, node.layer, node.inputs, tuple(self.network.input_shapes(node)), node.output)
            if made:
                self.named[self.at] = made
        results = []
        for number, index in enumerate(self.network.outputs):
            shape: tuple[int, ...] = self.network.shape(index)
            if index in self.as_rows and index not in self.named:
                made, shape = self.as_rows[index], shape[:1]
            else:
                made = self.map(index)
            name = f"output{number}"
            self.nodes.append(onnx_file.node("Identity", [made], [name], f"/{name}", {}))
            results.append(value_info(name, [self.batch, *shape]))
        inputs = [value_info(each.name, [self.batch, *each.shape]) for each in self.network.inputs]
        if (
            self.weights == "inputs" or self.opset < 9
        ):  # before version 4 of the format each initialiser is an input, too
            inputs += [value_info(name, list(dims)) for name, dims in self.learned.items()]
        inputs += self.settled
        return onnx_file.model(self.nodes, self.initialisers, inputs, results, self.opset, "network")


def onnx_bytes(network: Network, opset: int = 17, weights: Weights = "inputs", batch: int | str = 1) -> bytes:
    """Return a network as an ONNX file. Raises Unsayable."""
    return OnnxWriter(network, opset, weights, batch).file()
