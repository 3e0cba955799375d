"""An ONNX file to a graph of tensors: names bound to tensors, nodes in their order, subgraphs and functions in place."""

from collections.abc import Mapping, Sequence

from dsconv_cost.importers.choices import ModelChoices
from dsconv_cost.importers.inputs import StatedInput, input_tensors
from dsconv_cost.importers.onnx.call import Call
from dsconv_cost.importers.onnx.control import CONTROL
from dsconv_cost.importers.onnx.inputs import data_inputs, stores_weights
from dsconv_cost.importers.onnx.names import node_name
from dsconv_cost.importers.onnx.operators import OPERATORS
from dsconv_cost.importers.onnx.proto import OnnxFunction, OnnxGraph, OnnxModel, OnnxNode, is_float_type
from dsconv_cost.importers.problems import BrokenModel
from dsconv_cost.importers.rules import Attributes, RuleError
from dsconv_cost.importers.tensors import Tensor, TensorGraph

_OWN_DOMAINS = {"": "", "ai.onnx": "", "com.microsoft": "com.microsoft"}
MOST_OPERATIONS = 1_000_000
"""How many nodes are read at most, those of functions and loops each time."""
DEEPEST_CALL = 64

TensorsInSight = dict[str, Tensor]


class Frame:
    """Where nodes run: the tensors in sight, and what surrounds them."""

    __slots__ = ("attributes", "depth", "opsets", "prefix", "tensors")

    def __init__(
        self,
        tensors: TensorsInSight,
        opsets: Mapping[str, int],
        prefix: str = "",
        attributes: Attributes | None = None,
        depth: int = 0,
    ) -> None:
        self.tensors = tensors
        self.opsets = opsets
        self.prefix = prefix
        """The name of the function's call around, for names."""
        self.attributes = attributes or {}
        """What the call of a function gives to its nodes."""
        self.depth = depth

    def inside(self, tensors: TensorsInSight, prefix: str | None = None) -> "Frame":
        """Return a frame for a subgraph, in which other tensors are in sight."""
        return Frame(tensors, self.opsets, self.prefix if prefix is None else prefix, self.attributes, self.depth + 1)


class OnnxReader:
    """Reads one model."""

    def __init__(self, model: OnnxModel, graph: TensorGraph) -> None:
        self.model = model
        self.graph = graph
        self._count = 0
        self._weights_in_nodes = False

    def read(self, choices: ModelChoices) -> None:
        """Fill the graph. What cannot be counted is noted there; wrong choices raise UsageError."""
        main, graph = self.model.graph, self.graph
        tensors: TensorsInSight = {}
        free = [value for value in main.inputs if value.name not in main.stored]
        data = data_inputs(main, free, choices)
        self.add_stored(main, tensors)
        if len(data) < len(free):  # the weights are inputs, so what the file has values of is no weight
            for name, stored in main.stored.items():
                tensors[name] = graph.constant(stored.dims, stored.values, stored.is_float)
            graph.stored.clear()
        for value in free:
            if value.name not in data:
                dims = tuple(size if isinstance(size, int) and size > 0 else 1 for size in value.shape or ())
                tensors[value.name] = graph.add_stored(value.name, dims)
        self._weights_in_nodes = len(data) == len(free) and not stores_weights(main)
        stated = [StatedInput(v.name, v.shape, is_float_type(v.data_type)) for v in free if v.name in data]
        tensors |= input_tensors(graph, stated, choices)
        frame = Frame(tensors, self.model.opsets)
        self.run(main.nodes, frame)
        for value in (*main.stated, *main.outputs):
            made = tensors.get(value.name)
            if value.shape is not None and made is not None and made.is_data:
                graph.claim(made, value.shape)
        for value in main.outputs:
            if value.name not in tensors:
                raise BrokenModel(f"nothing makes the output {value.name}")
            graph.add_output(tensors[value.name])

    def add_stored(self, part: OnnxGraph, tensors: TensorsInSight) -> None:
        """Put the stored tensors of a graph in sight."""
        for name, stored in part.stored.items():
            tensors[name] = self.graph.add_stored(name, stored.dims, stored.values, stored.is_float)

    def run(self, nodes: Sequence[OnnxNode], frame: Frame) -> None:
        """Add the operations of nodes."""
        if frame.depth > DEEPEST_CALL:
            raise BrokenModel(f"functions and graphs call each other deeper than {DEEPEST_CALL}")
        for node in nodes:
            self._count += 1
            if self._count > MOST_OPERATIONS:
                raise BrokenModel(f"more than {MOST_OPERATIONS:,} nodes run")
            outputs = self._outputs(node, frame)
            for name, tensor in zip(node.outputs, outputs, strict=False):
                if name:
                    if not tensor.name and tensor.is_data:
                        tensor.name = name
                    frame.tensors[name] = tensor
            for name in node.outputs[len(outputs) :]:
                if name:
                    frame.tensors[name] = Tensor(name, None, is_data=True)

    def _outputs(self, node: OnnxNode, frame: Frame) -> list[Tensor]:
        inputs: list[Tensor | None] = []
        for name in node.inputs:
            if name and name not in frame.tensors:
                raise BrokenModel(f"nothing before {node.operator} {node.name} makes its input {name}")
            inputs.append(frame.tensors[name] if name else None)
        attributes = node.attributes
        if node.references:
            given = {own: frame.attributes[ref] for own, ref in node.references.items() if ref in frame.attributes}
            attributes = {**attributes, **given}
        name = node_name(node, inputs, frame.prefix)
        function = self.model.functions.get((node.domain, node.operator, node.overload))
        if function is not None:
            return self._function(function, inputs, attributes, name, frame)
        opset = frame.opsets.get("", 0) or 1
        known = _OWN_DOMAINS.get(node.domain)
        call = Call(self.graph, node, inputs, attributes, opset, name, self._weights_in_nodes)
        operator = node.operator if known == "" else f"{node.domain}::{node.operator}"
        if known is not None and node.operator in CONTROL:
            try:
                return CONTROL[node.operator](self, call, frame)
            except RuleError as error:
                return self._uncounted(call, operator, str(error))
        add = OPERATORS.get(node.operator) if known is not None else None
        if add is None or operator in self.graph.free:
            return self.graph.unknown_outputs(operator, name, inputs, node.outputs)
        if any(tensor is not None and tensor.dims is None for tensor in inputs) and node.operator != "Shape":
            return [Tensor(output, None, is_data=True) for output in node.outputs]
        try:
            return add(call)
        except RuleError as error:
            return self._uncounted(call, operator, str(error))
        except (ValueError, IndexError, TypeError, KeyError, ArithmeticError):
            return self._uncounted(call, operator, "its attributes or inputs are not as the operator has them")

    def _uncounted(self, call: Call, operator: str, reason: str) -> list[Tensor]:
        if all(tensor is None or tensor.dims is not None for tensor in call.inputs):
            self.graph.add_unknown(operator, call.name, reason)
        return [Tensor(output, None, is_data=True) for output in call.node.outputs]

    def _function(
        self, function: OnnxFunction, inputs: Sequence[Tensor | None], attributes: Attributes, name: str, frame: Frame
    ) -> list[Tensor]:
        tensors: TensorsInSight = {
            inner: tensor for inner, tensor in zip(function.inputs, inputs, strict=False) if tensor is not None
        }
        inner = Frame(
            tensors, {**frame.opsets, **function.opsets}, name, {**function.attributes, **attributes}, frame.depth + 1
        )
        self.run(function.nodes, inner)
        missing = [output for output in function.outputs if output not in tensors]
        if missing:
            raise BrokenModel(f"nothing in the function {function.name} makes its output {missing[0]}")
        return [tensors[output] for output in function.outputs]


def read_onnx(data: Sequence[int], name: str, choices: ModelChoices) -> TensorGraph:
    """Return the graph of a file. Raises BrokenModel where its bytes are no model, UsageError for wrong choices."""
    try:
        model = OnnxModel(data)
        writer = f"{model.producer} {model.producer_version}".strip()
        version = model.opsets.get("")
        source = ", ".join(["ONNX", *([f"opset {version}"] if version else []), *([writer] if writer else [])])
        graph = TensorGraph(name, source, choices.free)
        OnnxReader(model, graph).read(choices)
    except (IndexError, RecursionError, OverflowError, ValueError) as error:
        raise BrokenModel(f"its fields contradict each other ({type(error).__name__})") from None
    return graph
