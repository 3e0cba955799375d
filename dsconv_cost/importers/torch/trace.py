"""A PyTorch module to a graph of tensors: one run on the meta device, whose every ATen operator is recorded.

The run computes sizes and no elements, and needs no memory for weights. Functional code, attention and recurrence are seen as the
operators that they are made of. What depends on the elements of a tensor cannot be run so, and is an error.
"""

import copy
import importlib
from collections.abc import Mapping, Sequence
from typing import Any

from dsconv_cost.errors import UsageError
from dsconv_cost.importers.choices import NO_CHOICES, ModelChoices
from dsconv_cost.importers.folding import MOST_VALUES
from dsconv_cost.importers.rules import RuleError
from dsconv_cost.importers.tensors import Tensor, TensorGraph
from dsconv_cost.importers.torch.call import AtenCall
from dsconv_cost.importers.torch.operators import TORCH_OPERATORS
from dsconv_cost.importers.torch.recurrent import watch_recurrent
from dsconv_cost.text import inert

_VIEWS = frozenset({
    "view", "_reshape_alias", "squeeze", "unsqueeze", "expand", "permute", "transpose", "t", "slice", "select", "split",
    "split_with_sizes", "unbind", "chunk", "alias", "detach", "as_strided",
})  # fmt: skip
_REPLACES_ALL = frozenset({"copy_", "zero_", "fill_"})


def torch_package() -> Any:
    """Return the package torch. Raises UsageError where it is not installed."""
    try:
        return importlib.import_module("torch")
    except ImportError:
        raise UsageError("a PyTorch module needs the package torch in this environment") from None


class Recorder:
    """What a run leaves: the graph, and which tensor of PyTorch is which of the graph."""

    def __init__(self, torch: Any, graph: TensorGraph) -> None:
        self.torch = torch
        self.graph = graph
        self.path: list[str] = [""]
        """The modules that run now."""
        self.failed = ""
        """The innermost module that raised."""
        self.paused = 0
        """How many recurrent modules are running, which are one layer each."""
        self._known: dict[int, tuple[Any, Tensor]] = {}
        """By identity; the tensor of PyTorch is held, so that no other gets its identity."""
        self._bases: dict[int, Any] = {}
        """View, by identity -> the tensor that it shows a part of."""
        self._on_meta: dict[int, tuple[Any, Any]] = {}

    def learn(self, name: str, parameter: Any) -> None:
        """Note a parameter of the module."""
        if id(parameter) not in self._known:
            self.know(parameter, self.graph.add_stored(name, tuple(parameter.shape)))

    def know(self, value: Any, tensor: Tensor) -> None:
        self._known[id(value)] = (value, tensor)

    def of(self, value: Any) -> Tensor:
        """Return the tensor of the graph; one that nothing made is a constant."""
        known = self._known.get(id(value))
        if known is not None:
            return known[1]
        values = None
        if value.device.type != "meta" and value.numel() <= MOST_VALUES:
            values = tuple(value.detach().flatten().tolist())
        tensor = self.graph.constant(tuple(value.shape), values, value.is_floating_point())
        self.know(value, tensor)
        return tensor

    def to_meta(self, value: Any) -> Any:
        """Return a tensor on the meta device, the same one every time."""
        if value.device.type == "meta" or value.dim() == 0:
            return value
        known = self._on_meta.get(id(value))
        if known is None:
            moved = value.detach().to("meta")
            self.know(moved, self.of(value))
            known = self._on_meta[id(value)] = (value, moved)
            if id(value) in self._bases:
                self._bases[id(moved)] = self.to_meta(self._bases[id(value)])
        return known[1]

    def given(self, name: str, value: Any) -> Any:
        """Return an input of the module, on the meta device; what is neither a tensor nor sizes is given as it is."""
        torch = self.torch
        if isinstance(value, torch.Tensor):
            made = torch.empty(tuple(value.shape), dtype=value.dtype, device="meta")
        elif isinstance(value, tuple) and value and all(type(size) is int for size in value):
            made = torch.empty(value, device="meta")
        else:
            return value
        self.know(made, self.graph.add_input(name, tuple(made.shape), made.is_floating_point()))
        return made

    # -- operators ------------------------------------------------------------------------------

    def record(self, func: Any, args: Sequence[Any], kwargs: Mapping[str, Any], result: Any) -> None:
        """Add what an operator does to the graph."""
        if self.paused:
            return
        schema = func._schema
        name = schema.name.removeprefix("aten::")
        given = {argument.name: argument.default_value for argument in schema.arguments if argument.has_default_value()}
        given |= dict(zip((argument.name for argument in schema.arguments), args, strict=False))
        given |= kwargs
        outputs = [one for one in (result if isinstance(result, (list, tuple)) else [result]) if self._is_tensor(one)]
        if not outputs:
            return
        arguments = {key: self._in_graph(value) for key, value in given.items()}
        changes = name.endswith("_") and not name.startswith("_")
        plain = name.rstrip("_") if changes else name
        made = self._made(plain, arguments, outputs)
        for output, tensor in zip(outputs, made, strict=True):
            self.know(output, tensor)
            if plain in _VIEWS and not changes:
                self._bases[id(output)] = args[0]
        if changes and args:
            self._changed(args[0], made[0], name in _REPLACES_ALL)

    def _is_tensor(self, value: Any) -> bool:
        return isinstance(value, self.torch.Tensor)

    def _in_graph(self, value: Any) -> Any:
        if self._is_tensor(value):
            return self.of(value)
        if isinstance(value, (list, tuple)):
            return [self._in_graph(one) for one in value]
        return value

    def _made(self, name: str, arguments: Mapping[str, Any], outputs: Sequence[Any]) -> list[Tensor]:
        graph = self.graph
        sizes = [tuple(one.shape) for one in outputs]
        where = self.path[-1] or name
        flat = [one for value in arguments.values() for one in (value if isinstance(value, list) else [value])]
        inputs = [one for one in flat if isinstance(one, Tensor)]
        if any(tensor.dims is None for tensor in inputs):
            return [Tensor(where, None, is_data=True) for _ in sizes]
        add = TORCH_OPERATORS.get(name)
        if add is None or f"aten::{name}" in graph.free or name in graph.free:
            if not any(tensor.is_data for tensor in inputs):
                return [graph.constant(dims, None) for dims in sizes]
            operator = name if name in graph.free else f"aten::{name}"
            return graph.unknown_outputs(operator, where, inputs, [where] * len(sizes), sizes)
        try:
            made = add(AtenCall(graph, f"aten::{name}", arguments, sizes, where))
            if [tensor.dims for tensor in made] == sizes or any(tensor.dims is None for tensor in made):
                return made
            reason = f"its sizes are {made[0].dims} here and {sizes[0]} in PyTorch"
        except RuleError as error:
            reason = str(error)
        except (ValueError, IndexError, TypeError, KeyError, AttributeError, ArithmeticError) as error:
            reason = f"its arguments are not as the operator has them ({type(error).__name__})"
        graph.add_unknown(f"aten::{name}", where, reason)
        return [Tensor(where, None, is_data=True) for _ in sizes]

    def _changed(self, value: Any, made: Tensor, whole: bool) -> None:
        """Note that a tensor was changed in place, and with it every tensor that it is a part of."""
        self.know(value, made)
        base = self._bases.get(id(value))
        while base is not None:
            before = self.of(base)
            same = base.numel() == value.numel() and whole
            changed = self.graph.add("scatter", [before, None, made], {}, self.path[-1], "in place") if not same else [
                self.graph.add("reshape", [made], {"shape": tuple(base.shape)}, self.path[-1], "in place")[0]
            ]  # fmt: skip
            self.know(base, changed[0])
            base = self._bases.get(id(base))


def _mode(recorder: Recorder) -> Any:
    """Return the mode in which every operator goes through the recorder."""
    base: Any = importlib.import_module("torch.utils._python_dispatch").TorchDispatchMode
    tree_map: Any = importlib.import_module("torch.utils._pytree").tree_map
    tensor_type = recorder.torch.Tensor

    class RecordingMode(base):  # type: ignore[misc]  # of a package that is not installed here
        """Runs operators, on the meta device where any of their tensors is, and records them."""

        def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            kwargs = kwargs or {}
            found: list[Any] = []
            tree_map(lambda one: found.append(one) if isinstance(one, tensor_type) else None, (args, kwargs))
            if any(one.device.type == "meta" for one in found) and any(one.device.type != "meta" for one in found):
                args, kwargs = tree_map(
                    lambda one: recorder.to_meta(one) if isinstance(one, tensor_type) else one, (args, kwargs)
                )
            result = func(*args, **kwargs)
            recorder.record(func, args, kwargs, result)
            return result

    return RecordingMode()


def on_meta(torch: Any, module: Any) -> Any:
    """Return a copy of a module on the meta device: weights that are shared stay shared, and no element is copied."""
    memo: dict[int, Any] = {}
    for parameter in module.parameters():
        moved = torch.empty_like(parameter, device="meta")
        memo[id(parameter)] = torch.nn.Parameter(moved, requires_grad=parameter.requires_grad)
    for buffer in module.buffers():
        memo[id(buffer)] = torch.empty_like(buffer, device="meta") if buffer.numel() > MOST_VALUES else buffer
    try:
        return copy.deepcopy(module, memo)
    except Exception as error:  # noqa: BLE001  # the code is the user's
        raise UsageError(f"the module cannot be copied: {first_line(error)}") from None


def trace_module(
    module: Any, inputs: Sequence[Any], named: Mapping[str, Any], name: str, choices: ModelChoices = NO_CHOICES
) -> TensorGraph:
    """Return the graph of one run of a module, as it is at inference.

    Inputs, by position and by name, are tensors, of which the sizes and types count, tuples of sizes, or plain values.
    Raises UsageError where the module cannot be run so.
    """
    torch = torch_package()
    if not isinstance(module, torch.nn.Module):
        raise UsageError(f"received {type(module).__name__}, expected a torch.nn.Module")
    graph = TensorGraph(name, f"PyTorch {torch.__version__}", choices.free)
    graph.repeats_merged = False  # parameters are told apart by themselves
    recorder = Recorder(torch, graph)
    copied = on_meta(torch, module).eval()
    for path, parameter in copied.named_parameters(remove_duplicate=False):
        recorder.learn(path, parameter)
    labels = [f"input{at}" if len(inputs) > 1 else "input" for at in range(1, len(inputs) + 1)]
    given = [recorder.given(label, one) for label, one in zip(labels, inputs, strict=True)]
    by_name = {label: recorder.given(label, one) for label, one in named.items()}

    def enter(path: str) -> Any:
        return lambda *_: recorder.path.append(path)

    def leave(_: Any, __: Any, made: Any) -> None:
        path = recorder.path.pop()
        if made is None:  # it raised, or gives nothing
            recorder.failed = recorder.failed or path

    for path, part in copied.named_modules():
        part.register_forward_pre_hook(enter(path))
        if isinstance(part, torch.nn.RNNBase):
            watch_recurrent(recorder, part, path)
        part.register_forward_hook(leave, always_call=True)
    try:
        with torch.no_grad(), _mode(recorder):
            result = copied(*given, **by_name)
    except UsageError:
        raise
    except Exception as error:  # noqa: BLE001  # the code is the user's
        where = f" in {inert(recorder.failed)}" if recorder.failed else ""
        raise UsageError(f"the module cannot be run without elements{where}: {first_line(error)}") from None
    for output in _tensors_in(torch, result):
        graph.add_output(recorder.of(output))
    return graph


def _tensors_in(torch: Any, value: Any) -> list[Any]:
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return [tensor for one in value for tensor in _tensors_in(torch, one)]
    return (
        [tensor for one in vars(value).values() for tensor in _tensors_in(torch, one)]
        if hasattr(value, "__dict__")
        else []
    )


def first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {inert(lines[0][:300])}" if lines else type(error).__name__
