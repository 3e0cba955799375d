"""Normalisations that are written out, and biases that are added by themselves."""

import math
from collections.abc import Sequence

from dsconv_cost.importers.idioms.matching import Idiom, Idioms, is_near, pair_of, scalar, with_number
from dsconv_cost.importers.rules import axes_from_start, channels_and_sides
from dsconv_cost.importers.tensors import Operation, Tensor


def _bias(idioms: Idioms, operation: Operation) -> Operation | None:
    """A learned vector added to what a convolution or a product without one gives."""
    pair = pair_of(operation)
    if pair is None:
        return None
    for x, bias in (pair, pair[::-1]):
        if (
            not x.is_data
            or bias.is_data
            or not bias.origins
            or not bias.is_float
            or bias.dims is None
            or x.dims is None
        ):
            continue
        for kind in ("conv", "conv_transpose", "linear"):
            layer = idioms.maker(x, kind)
            if layer is None or (len(layer.inputs) > 2 and layer.inputs[2] is not None) or len(layer.inputs) > 3:
                continue
            channels = layer.attributes.get("axis", -1) if kind == "linear" else layer.attributes.get("channels", 1)
            axis = channels % len(x.dims)
            if not 0 < len(bias.dims) <= len(x.dims) or operation.outputs[0].dims != x.dims:
                continue
            padded = (1,) * (len(x.dims) - len(bias.dims)) + bias.dims
            if padded[axis] == bias.elements == x.dims[axis]:
                inputs = [*layer.inputs[:2], bias]
                return _renamed(idioms, operation, layer, inputs)
    return None


def _renamed(idioms: Idioms, last: Operation, layer: Operation, inputs: Sequence[Tensor | None]) -> Operation:
    replaced = idioms.instead(last, [layer], layer.kind, inputs, layer.name, **layer.attributes)
    return Operation(replaced.kind, replaced.inputs, replaced.outputs, replaced.attributes, layer.name, layer.operator)


def _layer_norm(idioms: Idioms, operation: Operation) -> Operation | None:
    """(x - mean(x)) / sqrt(mean((x - mean(x))^2) + eps), without a scale or shift yet; without the means, RMS."""
    pair = pair_of(operation)
    if pair is None:
        return None
    centred, root = pair
    parts: list[Operation | None] = []
    reciprocal = idioms.maker(root, "function", "reciprocal") if operation.kind == "multiply" else None
    if operation.kind == "multiply":
        if reciprocal is None:
            centred, root = root, centred
            reciprocal = idioms.maker(root, "function", "reciprocal")
        if reciprocal is None:
            return None
        root = reciprocal.x
        parts.append(reciprocal)
    sqrt = idioms.maker(root, "function", "sqrt")
    if sqrt is None:
        power = idioms.maker(root, "power")
        if power is None or not is_near(scalar(power.inputs[1]), 0.5):
            return None
        sqrt = power
    eps = idioms.maker(sqrt.x, "add")
    variance = with_number(eps)
    mean = idioms.maker(variance[0], "reduce", "mean") if variance else None
    if mean is None or mean.x.dims is None:
        return None
    squared = (
        idioms.maker(mean.x, "power") or idioms.maker(mean.x, "multiply") or idioms.maker(mean.x, "function", "square")
    )
    if squared is None or (squared.x is not centred and not _same_difference(idioms, squared.x, centred)):
        return None
    if squared.kind == "power" and not is_near(scalar(squared.inputs[1]), 2):
        return None
    if squared.kind == "multiply" and squared.inputs[0] is not squared.inputs[1]:
        return None
    axes = (
        tuple(axes_from_start(mean.attributes["axes"], len(mean.x.dims)))
        if mean.attributes.get("axes") is not None
        else None
    )
    if axes is None:
        return None
    parts += [sqrt, eps, mean, squared]
    subtract = idioms.makers.get(id(centred))
    if subtract is not None and subtract.kind == "subtract" and _is_centred(idioms, subtract, axes):
        average = idioms.makers.get(id(subtract.inputs[1]))
        own = idioms.makers.get(id(squared.x))
        return idioms.instead(
            operation,
            [*parts, subtract, average, own if own is not subtract else None],
            "layernorm",
            [subtract.x],
            axes=axes,
        )
    return idioms.instead(operation, parts, "rmsnorm", [centred], axes=axes)


def _is_centred(idioms: Idioms, subtract: Operation, axes: tuple[int, ...]) -> bool:
    average = idioms.makers.get(id(subtract.inputs[1]))
    return (
        average is not None and average.kind == "reduce" and average.attributes.get("function") == "mean"
        and average.x is subtract.x and average.attributes.get("axes") is not None
        and tuple(axes_from_start(average.attributes["axes"], len(average.x.sizes))) == axes
    )  # fmt: skip


def _same_difference(idioms: Idioms, a: Tensor, b: Tensor) -> bool:
    """Return whether two tensors are the same difference, written twice."""
    one, other = idioms.makers.get(id(a)), idioms.makers.get(id(b))
    return one is not None and other is not None and one.kind == other.kind == "subtract" and one.inputs == other.inputs


def _affine(idioms: Idioms, operation: Operation) -> Operation | None:
    """The scale, and then the shift, of a normalisation that is without."""
    pair = pair_of(operation)
    if pair is None:
        return None
    for x, learned in (pair, pair[::-1]):
        if (
            not x.is_data
            or learned.is_data
            or not learned.origins
            or not learned.is_float
            or learned.dims is None
            or x.dims is None
        ):
            continue
        for kind in ("layernorm", "rmsnorm", "groupnorm"):
            norm = idioms.maker(x, kind)
            if norm is None:
                continue
            inputs = [*norm.inputs, None, None][:3]
            at = 1 if operation.kind == "multiply" else 2
            if inputs[at] is not None or (at == 1 and inputs[2] is not None) or operation.outputs[0].dims != x.dims:
                continue
            axes = norm.attributes.get("axes") or (channels_and_sides(x.dims, norm.attributes)[0],)
            padded = (1,) * (len(x.dims) - len(learned.dims)) + learned.dims
            if math.prod(padded[axis] for axis in axes) != learned.elements or learned.elements < 2:
                continue
            inputs[at] = learned
            replaced = idioms.instead(operation, [norm], kind, inputs, operation.name, **norm.attributes)
            return Operation(kind, replaced.inputs, replaced.outputs, norm.attributes, replaced.name, norm.operator)
    return None


def _group_norm(idioms: Idioms, operation: Operation) -> Operation | None:
    """A reshape to [1, groups, the rest], an instance norm, and the reshape back."""
    norm = idioms.maker(operation.inputs[0], "instancenorm")
    before = idioms.maker(norm.x, "reshape") if norm else None
    if norm is None or before is None or before.x.dims != operation.outputs[0].dims:
        return None
    folded, dims = norm.x.dims, before.x.sizes
    if folded is None or len(folded) != 3 or folded[0] != dims[0] or len(dims) < 2 or dims[1] % folded[1]:
        return None
    for tensor in norm.inputs[1:]:
        idioms.graph.dismiss(tensor)
    return idioms.instead(operation, [norm, before], "groupnorm", [before.x], norm.name, groups=folded[1])


NORM_RULES: dict[str, list[Idiom]] = {
    "multiply": [_layer_norm, _affine], "divide": [_layer_norm], "add": [_bias, _affine], "reshape": [_group_norm],
}  # fmt: skip
