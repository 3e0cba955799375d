"""If, Loop and Scan: taken apart where what steers them is known."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from dsconv_cost.importers.onnx.call import Call
from dsconv_cost.importers.onnx.proto import OnnxGraph
from dsconv_cost.importers.rules import RuleError, axis_from_start
from dsconv_cost.importers.tensors import Tensor

if TYPE_CHECKING:
    from dsconv_cost.importers.onnx.reader import Frame, OnnxReader

MOST_ITERATIONS = 10_000


def _subgraph(call: Call, name: str) -> OnnxGraph:
    graph = call.attributes.get(name)
    if not isinstance(graph, OnnxGraph):
        raise RuleError(f"{name} is missing")
    return graph


def _run(reader: "OnnxReader", part: OnnxGraph, frame: "Frame", given: dict[str, Tensor]) -> list[Tensor]:
    """Run a subgraph, which sees the tensors around it, and return its outputs."""
    tensors = {**frame.tensors, **given}
    reader.add_stored(part, tensors)
    reader.run(part.nodes, frame.inside(tensors))
    missing = [value.name for value in part.outputs if value.name not in tensors]
    if missing:
        raise RuleError(f"nothing makes the output {missing[0]} of its graph")
    return [tensors[value.name] for value in part.outputs]


def _branch(reader: "OnnxReader", call: Call, frame: "Frame") -> list[Tensor]:
    """If: the branch that its condition chooses."""
    condition = call.tensor(0)
    if condition.values is None or len(condition.values) != 1:
        raise RuleError("its condition is computed from data: fix the input that it depends on with --input NAME=VALUE")
    return _run(reader, _subgraph(call, "then_branch" if condition.values[0] else "else_branch"), frame, {})


def _loop(reader: "OnnxReader", call: Call, frame: "Frame") -> list[Tensor]:
    """Loop: its body as often as it runs; the number of rounds and the condition are known."""
    body = _subgraph(call, "body")
    most = call.whole(0, "its number of rounds")
    goes_on = call.values(1, "its condition")
    carried = [call.tensor(i) for i in range(2, len(call.inputs))]
    collected: list[list[Tensor]] = [[] for _ in body.outputs[1 + len(carried) :]]
    rounds = 0
    while (most is None or rounds < most[0]) and (goes_on is None or goes_on[0]):
        if rounds >= MOST_ITERATIONS:
            raise RuleError(f"more than {MOST_ITERATIONS:,} rounds")
        names = [value.name for value in body.inputs]
        starts = [call.graph.constant((), (rounds,)), call.graph.constant((), (True,)), *carried]
        made = _run(reader, body, frame, dict(zip(names, starts, strict=False)))
        if not made or (made[0].values is None and most is None):
            raise RuleError("its condition is computed from data")
        goes_on = made[0].values if made[0].values is not None else None
        carried = made[1 : 1 + len(carried)]
        for kept, tensor in zip(collected, made[1 + len(carried) :], strict=True):
            kept.append(tensor)
        rounds += 1
    return [*carried, *(_stacked(call, kept, 0) for kept in collected)]


def _stacked(call: Call, parts: list[Tensor], axis: int) -> Tensor:
    """Return tensors of equal sizes along a new axis."""
    if not parts:
        raise RuleError("it runs no round, so the sizes of what it collects are unknown")
    rows: list[Tensor] = []
    for part in parts:
        if part.dims is None:
            return Tensor("", None, is_data=True)
        at = axis % (len(part.dims) + 1)
        rows.append(call.step("reshape", [part], shape=(*part.dims[:at], 1, *part.dims[at:])))
    return call.step("concat", rows, axis=axis) if len(rows) > 1 else rows[0]


def _scan(reader: "OnnxReader", call: Call, frame: "Frame") -> list[Tensor]:
    """Scan: its body for each slice of its last inputs."""
    body = _subgraph(call, "body")
    count = call.integer("num_scan_inputs")
    states, scanned = call.inputs[: len(call.inputs) - count], call.inputs[len(call.inputs) - count :]
    carried = [tensor for tensor in states if tensor is not None]
    axes = call.integers("scan_input_axes", (0,) * count)
    lengths = {
        call.dims(len(states) + i)[axis_from_start(axis, len(call.dims(len(states) + i)))]
        for i, axis in enumerate(axes)
    }
    if len(lengths) != 1 or max(lengths) > MOST_ITERATIONS:
        raise RuleError(f"slices along axes of {sorted(lengths)}")
    collected: list[list[Tensor]] = [[] for _ in body.outputs[len(carried) :]]
    names = [value.name for value in body.inputs]
    for at in range(lengths.pop()):
        slices: list[Tensor] = []
        for tensor, axis in zip(scanned, axes, strict=True):
            assert tensor is not None
            assert tensor.dims is not None
            axis %= len(tensor.dims)
            part = call.step("slice", [tensor], parts=((axis, at, at + 1, 1),))
            slices.append(call.step("reshape", [part], shape=tensor.dims[:axis] + tensor.dims[axis + 1 :]))
        made = _run(reader, body, frame, dict(zip(names, [*carried, *slices], strict=True)))
        carried = made[: len(carried)]
        for kept, tensor in zip(collected, made[len(carried) :], strict=True):
            kept.append(tensor)
    outs = call.integers("scan_output_axes", (0,) * len(collected))
    return [*carried, *(_stacked(call, kept, axis) for kept, axis in zip(collected, outs, strict=True))]


CONTROL: dict[str, Callable[["OnnxReader", Call, "Frame"], list[Tensor]]] = {
    "If": _branch,
    "Loop": _loop,
    "Scan": _scan,
}
