"""The lowering itself: which operations live, where the inputs' axes are, and one layer after another."""

from collections.abc import Callable, Sequence

from dsconv_cost.importers.lowering.joined import JOIN_KINDS
from dsconv_cost.importers.lowering.layout import Layout, channels_at, channels_first
from dsconv_cost.importers.lowering.lowering import Lowering, NotLowered
from dsconv_cost.importers.lowering.moved import MOVE_KINDS
from dsconv_cost.importers.lowering.norms import NORM_KINDS
from dsconv_cost.importers.lowering.pooled import POOL_KINDS
from dsconv_cost.importers.lowering.products import PRODUCT_KINDS
from dsconv_cost.importers.lowering.weighted import WEIGHTED_KINDS
from dsconv_cost.importers.rules import RuleError, axis_from_start, channels_and_sides
from dsconv_cost.importers.tensors import Operation, Tensor, TensorGraph
from dsconv_cost.network.graph import Network

_LOWERINGS: dict[str, Callable[[Lowering, Operation], None]] = {
    **WEIGHTED_KINDS, **PRODUCT_KINDS, **NORM_KINDS, **JOIN_KINDS, **POOL_KINDS, **MOVE_KINDS,
}  # fmt: skip
_JOINS = frozenset({"add", "subtract", "multiply", "divide", "maximum", "minimum", "power", "where", "concat"})
_KEEPS_AXES = _JOINS | {
    "identity",
    "cast",
    "quantize",
    "dropout",
    "activation",
    "function",
    "pad",
    "resize",
    "slice",
    "split",
}
_HAS_CHANNELS = frozenset({
    "conv", "conv_transpose", "maxpool", "avgpool", "batchnorm", "groupnorm", "instancenorm", "lrn", "space_to_depth",
    "depth_to_space", "channel_shuffle",
})  # fmt: skip
_MOST_LOOKED_AT = 200


def living(operations: Sequence[Operation], outputs: Sequence[Tensor]) -> list[Operation]:
    """Return the operations that an output depends on, in their order."""
    needed = {id(tensor) for tensor in outputs}
    kept: list[Operation] = []
    for operation in reversed(operations):
        if any(id(tensor) in needed for tensor in operation.outputs):
            kept.append(operation)
            needed.update(id(tensor) for tensor in operation.inputs if tensor is not None)
    return kept[::-1]


def input_layout(tensor: Tensor, operations: Sequence[Operation]) -> Layout:
    """Return how the axes of an input are channels and sides: as the first layer that tells takes them."""
    dims = tensor.sizes
    assert dims is not None
    takers: dict[int, list[Operation]] = {}
    for operation in operations:
        for source in operation.inputs:
            if source is not None:
                takers.setdefault(id(source), []).append(operation)
    queue: list[tuple[Tensor, tuple[int, ...]]] = [(tensor, tuple(range(len(dims))))]
    for looked_at in range(_MOST_LOOKED_AT):
        if looked_at >= len(queue):
            break
        current, axes = queue[looked_at]
        for operation in takers.get(id(current), ()):
            if operation.inputs[0] is not current and operation.kind not in _JOINS:
                continue
            y = operation.outputs[0]
            if operation.kind in _HAS_CHANNELS and len(axes) > 1:
                channels, sides = channels_and_sides(current.dims or (), operation.attributes)
                return _laid_out(dims, axes[channels], [axes[side] for side in sides])
            if operation.kind == "linear":
                channels = axis_from_start(operation.attributes.get("axis", -1), len(axes))
                return _laid_out(dims, axes[channels], [axis for at, axis in enumerate(axes) if at != channels])
            if operation.kind == "embedding":
                return (
                    (),
                    *channels_at(dims, len(dims), [axis for axis in range(len(dims)) if axis or dims[0] != 1])[1:],
                )
            if operation.kind == "rnn":
                return _laid_out(dims, axes[2], [axes[operation.attributes.get("time_axis", 0) % 3]])
            if operation.kind == "transpose":
                queue.append((y, tuple(axes[axis] for axis in operation.attributes["order"])))
            elif operation.kind in _KEEPS_AXES and y.sizes is not None and len(y.sizes) == len(axes):
                queue.append((y, axes))
            elif (
                operation.kind == "reshape" and (mapped := _mapped(current.dims or (), y.sizes or (), axes)) is not None
            ):
                queue.append((y, mapped))
    return channels_first(dims)


def _laid_out(dims: tuple[int, ...], channels: int, sides: Sequence[int]) -> Layout:
    if channels < 0:
        return channels_first(dims)
    inside = [side for side in sides if side >= 0]
    missing = [axis for axis, size in enumerate(dims) if size != 1 and axis != channels and axis not in inside]
    if missing:
        return channels_at(dims, channels, [*missing, *inside])
    if inside and inside[0] == 0 and dims[0] == 1:
        inside = inside[1:]
    return channels_at(dims, channels, inside)


def _mapped(before: tuple[int, ...], after: tuple[int, ...], axes: tuple[int, ...]) -> tuple[int, ...] | None:
    """Return which axis of the input each axis is after a reshape that adds or takes out axes of size 1; -1 is a new one."""
    if [size for size in before if size != 1] != [size for size in after if size != 1]:
        return None
    real = [axis for axis, size in zip(axes, before, strict=True) if size != 1]
    return tuple(-1 if size == 1 else real.pop(0) for size in after)


def lower(graph: TensorGraph, operations: Sequence[Operation]) -> tuple[Network | None, Lowering]:
    """Return the network of a graph's operations; None where some could not be made, which the graph's `unknown` says then."""
    lowering = Lowering(graph)
    kept = living(operations, graph.outputs)
    for operation in kept:
        for tensor in {
            id(source): source for source in operation.inputs if source is not None and source.is_data
        }.values():
            lowering.takers[id(tensor)] = lowering.takers.get(id(tensor), 0) + 1
    for output in graph.outputs:
        lowering.takers[id(output)] = lowering.takers.get(id(output), 0) + 1
        lowering.outputs.add(id(output))
    used = [tensor for tensor in graph.inputs if id(tensor) in lowering.takers]
    for tensor in used or graph.inputs[:1]:
        lowering.start(tensor, input_layout(tensor, kept))
    for operation in kept:
        if any(
            tensor is not None and tensor.is_data and id(tensor) not in lowering.places for tensor in operation.inputs
        ):
            continue  # what it follows from could not be made, and is noted
        lowering.begin(operation)
        try:
            _LOWERINGS[operation.kind](lowering, operation)
        except (NotLowered, RuleError) as error:
            graph.add_unknown(operation.operator, operation.name, str(error))
    for output in graph.outputs:
        if output.is_data and id(output) not in lowering.places and not graph.unknown:
            graph.add_unknown("output", output.name, "its sizes are unknown")
    outputs = [lowering.places[id(tensor)].node for tensor in graph.outputs if id(tensor) in lowering.places]
    if graph.unknown or not lowering.nodes:
        return None, lowering
    return lowering.network([node for node in outputs if node >= 0]), lowering
