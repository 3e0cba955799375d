"""A TensorFlow Lite file to a graph of tensors: operators in their order, dilation put back, variables and branches in place."""

import struct
from collections.abc import Sequence
from math import prod

from dsconv_cost.importers.choices import ModelChoices
from dsconv_cost.importers.inputs import StatedInput, StatedSize, input_tensors
from dsconv_cost.importers.problems import BrokenModel
from dsconv_cost.importers.rules import RuleError
from dsconv_cost.importers.tensors import Tensor, TensorGraph
from dsconv_cost.importers.tflite.call import TfliteCall
from dsconv_cost.importers.tflite.dilation import CUTTING, Dilations
from dsconv_cost.importers.tflite.operators import TFLITE_OPERATORS
from dsconv_cost.importers.tflite.schema import FileOperator, FileTensor, Subgraph, TfliteFile
from dsconv_cost.importers.tflite.stated import stated_tensors

_DEEPEST_CALL = 32
MOST_OPERATORS = 1_000_000
_WEIGHTED_ENDS = ("Conv2D", "depthwise", "MatMul", "BiasAdd", "separable_conv2d", "conv2d_transpose")
_Scope = dict[int, Tensor]
"""Index of a tensor in its subgraph -> the tensor."""


class TfliteReader:
    """Reads one model."""

    def __init__(self, file: TfliteFile, graph: TensorGraph) -> None:
        self.file = file
        self.graph = graph
        self._stored: dict[tuple[int, tuple[int, ...]], Tensor] = {}
        self._names: set[str] = set()
        self._dilations = Dilations()
        self._variables: dict[str, Tensor] = {}
        self._count = 0

    def read(self, choices: ModelChoices) -> None:
        """Fill the graph. What cannot be counted is noted there; wrong choices raise UsageError."""
        main = self.file.subgraphs[0]
        stated = [_stated_input(main.tensors[index], index) for index in main.inputs]
        tensors = input_tensors(self.graph, stated, choices)
        scope: _Scope = {index: tensors[one.name] for index, one in zip(main.inputs, stated, strict=True)}
        self._run(main, scope, 0)
        for index in main.outputs:
            self.graph.add_output(self._tensor(main, scope, index))
        if all(prod(main.tensors[index].dims) == scope[index].elements for index in main.inputs):
            self.graph.stated = stated_tensors(self.file)

    def _run(self, subgraph: Subgraph, scope: _Scope, depth: int) -> None:
        if depth > _DEEPEST_CALL:
            raise BrokenModel(f"its graphs call each other deeper than {_DEEPEST_CALL}")
        for operator in subgraph.operators:
            self._count += 1
            if self._count > MOST_OPERATORS:
                raise BrokenModel(f"more than {MOST_OPERATORS:,} operators run")
            inputs = [self._tensor(subgraph, scope, index) if index >= 0 else None for index in operator.inputs]
            made = self._made(subgraph, operator, inputs, depth)
            for at, index in enumerate(operator.outputs):
                file_tensor = subgraph.tensors[index]
                tensor = made[at] if at < len(made) else Tensor(file_tensor.name, None, is_data=True)
                scope[index] = tensor
                if tensor.is_data:
                    tensor.name = tensor.name or file_tensor.name
                    if file_tensor.dims:
                        self.graph.claim(tensor, file_tensor.signature or file_tensor.dims)

    def _made(
        self, subgraph: Subgraph, operator: FileOperator, inputs: Sequence[Tensor | None], depth: int
    ) -> list[Tensor]:
        outputs = [subgraph.tensors[index] for index in operator.outputs]
        names = [one.name for one in outputs]
        name = operator_name(names[0]) if names else operator.name
        if operator.name in self.graph.free:
            return self.graph.unknown_outputs(operator.name, name, inputs, names, [one.dims for one in outputs])
        call = TfliteCall(self.graph, operator, inputs, name, names, [one.dims for one in outputs])
        try:
            special = self._special(subgraph, call, outputs, depth)
            if special is not None:
                return special
            add = TFLITE_OPERATORS.get(operator.name)
            if add is None and operator.name not in CUTTING:
                return self.graph.unknown_outputs(operator.name, name, inputs, names)
            if any(tensor is not None and tensor.dims is None for tensor in inputs):
                return []
            return self._dilations.seen(call, add)
        except RuleError as error:
            reason = str(error)
        except (ValueError, IndexError, TypeError, KeyError, ArithmeticError, struct.error):
            reason = "its options or inputs are not as the operator has them"
        if all(tensor is None or tensor.dims is not None for tensor in inputs):
            self.graph.add_unknown(operator.name, name, reason)
        return []

    # -- what is about the graph as a whole -----------------------------------------------------

    def _special(
        self, subgraph: Subgraph, call: TfliteCall, outputs: Sequence[FileTensor], depth: int
    ) -> list[Tensor] | None:
        match call.operator:
            case "VAR_HANDLE":
                options = call.file_operator.options
                shared = options.text(1) if options is not None else ""
                return [Tensor(shared or outputs[0].name, (), is_data=True, is_float=False)]
            case "READ_VARIABLE":
                return [self._variable(call.tensor(0).name, outputs[0])]
            case "ASSIGN_VARIABLE":
                # What a run leaves for the next one is made by this one: an output.
                self.graph.add_output(call.tensor(1))
                return []
            case "CALL_ONCE":
                return []  # sets variables before the first run
            case "IF":
                condition = call.tensor(0)
                if condition.values is None:
                    raise RuleError("its condition is computed from data")
                index = call.option(0 if condition.values[0] else 1)
                return self._called(index, call.inputs[1:], depth)
            case "WHILE":
                raise RuleError("a loop whose number of rounds is computed from data")
            case "STABLEHLO_COMPOSITE":
                return self._called(call.option(1), call.inputs, depth)
            case "CALL":
                return self._called(call.option(0), call.inputs, depth)
        return None

    def _variable(self, name: str, stated: FileTensor) -> Tensor:
        """Return the state that a run finds: an input of the model, with the sizes that the file states."""
        known = self._variables.get(name)
        if known is None:
            known = self._variables[name] = self.graph.add_input(name, stated.dims, stated.is_float)
        return known

    def _called(self, index: int, inputs: Sequence[Tensor | None], depth: int) -> list[Tensor]:
        if not 0 < index < len(self.file.subgraphs):
            raise RuleError(f"graph {index} of {len(self.file.subgraphs)}")
        subgraph = self.file.subgraphs[index]
        scope: _Scope = {at: tensor for at, tensor in zip(subgraph.inputs, inputs, strict=True) if tensor is not None}
        self._run(subgraph, scope, depth + 1)
        return [self._tensor(subgraph, scope, at) for at in subgraph.outputs]

    # -- tensors --------------------------------------------------------------------------------

    def _tensor(self, subgraph: Subgraph, scope: _Scope, index: int) -> Tensor:
        tensor = scope.get(index)
        if tensor is not None:
            return tensor
        one = subgraph.tensors[index]
        if self.file.is_stored(one) or 0 in one.dims:
            tensor = self._stored_tensor(one)
        elif one.is_variable:
            tensor = self.graph.constant(one.dims, None, one.is_float)  # the state before the first run is 0
        else:
            raise BrokenModel(f"nothing makes the tensor {one.name or index}")
        scope[index] = tensor
        return tensor

    def _stored_tensor(self, one: FileTensor) -> Tensor:
        key = (one.buffer, one.dims)
        known = self._stored.get(key)
        if known is None:
            name = one.name or f"tensor of buffer {one.buffer}"
            while name in self._names:
                name += "'"
            self._names.add(name)
            is_float = one.is_float or one.is_quantised
            known = self._stored[key] = self.graph.add_stored(name, one.dims, self.file.values(one), is_float)
        return known


def operator_name(name: str) -> str:
    """Return the path of the module that made a tensor.

    Converters join the names of all operators that they fused by `;`, and put those first whose constants several share.
    """
    parts = [part for part in name.split(";") if part]
    for part in reversed(parts):
        path, _, last = part.rpartition("/")
        if path and last.startswith(_WEIGHTED_ENDS):
            return path.replace("/", ".")
    return (parts[0] if parts else name).replace("/", ".")


def _stated_input(tensor: FileTensor, index: int) -> StatedInput:
    shape: tuple[StatedSize, ...] = tuple(None if size < 0 else size for size in tensor.signature or tensor.dims)
    return StatedInput(tensor.name or f"input {index}", shape, tensor.is_float or tensor.is_quantised)


def read_tflite(data: Sequence[int], name: str, choices: ModelChoices) -> TensorGraph:
    """Return the graph of a file. Raises BrokenModel where its bytes are no model, UsageError for wrong choices."""
    try:
        file = TfliteFile(data)
        writer = f", {file.description}" if file.description else ""
        graph = TensorGraph(name, f"TFLite{writer}", choices.free)
        graph.repeats_merged = False
        TfliteReader(file, graph).read(choices)
    except (IndexError, RecursionError, OverflowError, ValueError, MemoryError) as error:
        raise BrokenModel(f"its tables contradict each other ({type(error).__name__})") from None
    return graph
