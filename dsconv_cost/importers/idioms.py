"""What exporters write out in several operations, taken as the one operation that it means.

Each rule looks at an operation and at those that make its inputs, and gives the operation that stands for them. An idiom that is
missed costs readability alone: its parts have the same MACs.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

from dsconv_cost.importers.rules import axes_from_start, channels_and_sides
from dsconv_cost.importers.tensors import Operation, Tensor, TensorGraph


class Idioms:
    """One pass over a graph's operations."""

    def __init__(self, graph: TensorGraph) -> None:
        self.graph = graph
        self.takers: dict[int, int] = {}
        self.makers: dict[int, Operation] = {}
        for operation in graph.operations:
            for tensor in operation.inputs:
                if tensor is not None:
                    self.takers[id(tensor)] = self.takers.get(id(tensor), 0) + 1
        for tensor in graph.outputs:
            self.takers[id(tensor)] = self.takers.get(id(tensor), 0) + 1

    def run(self) -> list[Operation]:
        """Return the operations with idioms in place of their parts, which nothing takes any longer."""
        result: list[Operation] = []
        for operation in self.graph.operations:
            for rule in _RULES.get(operation.kind, ()):
                replaced = rule(self, operation)
                if replaced is not None:
                    operation = replaced
            result.append(operation)
            for tensor in operation.outputs:
                self.makers[id(tensor)] = operation
        return result

    # -- what rules ask -------------------------------------------------------------------------

    def maker(self, tensor: Tensor | None, kind: str, function: str = "") -> Operation | None:
        """Return the operation of that kind that makes a tensor which nothing else takes."""
        if tensor is None or self.takers.get(id(tensor)) != 1:
            return None
        made = self.makers.get(id(tensor))
        if made is None or made.kind != kind or (function and made.attributes.get("function") != function):
            return None
        return made

    def instead(
        self, last: Operation, parts: Sequence[Operation | None], kind: str, inputs: Sequence[Tensor | None], name: str = "",
        **attributes: Any,
    ) -> Operation:  # fmt: skip
        """Return an operation that stands for `last` and for those parts before it that nothing else needs."""
        for given in inputs:
            if given is not None:
                self.takers[id(given)] = self.takers.get(id(given), 0) + 1
        self._release(last)
        waiting = [part for part in dict.fromkeys(parts) if part is not None and part is not last]
        while dead := [part for part in waiting if not any(self.takers.get(id(t), 0) for t in part.outputs)]:
            for part in dead:
                self._release(part)
                waiting.remove(part)
        return Operation(kind, inputs, last.outputs, attributes, name or last.name, last.operator)

    def _release(self, operation: Operation) -> None:
        """Note that an operation takes its inputs no longer."""
        for tensor in operation.inputs:
            if tensor is not None:
                self.takers[id(tensor)] -= 1


def scalar(tensor: Tensor | None) -> float | None:
    """Return the number that a constant of one element is."""
    if tensor is None or tensor.is_data or tensor.values is None or len(tensor.values) != 1:
        return None
    return float(tensor.values[0])


def is_near(value: float | None, wanted: float) -> bool:
    return value is not None and math.isclose(value, wanted, rel_tol=1e-3, abs_tol=1e-6)


def _pair(operation: Operation) -> tuple[Tensor, Tensor] | None:
    if len(operation.inputs) != 2 or None in operation.inputs:
        return None
    a, b = operation.inputs
    assert a is not None
    assert b is not None
    return a, b


def with_number(operation: Operation | None) -> tuple[Tensor, float] | None:
    """Return the tensor and the number of a join of both; of a division the number that it multiplies by."""
    pair = _pair(operation) if operation is not None else None
    if operation is None or pair is None:
        return None
    a, b = pair
    number = scalar(b)
    if number is not None and a.is_data:
        if operation.kind == "divide":
            return (a, 1 / number) if number else None
        return a, number
    number = scalar(a)
    return (b, number) if number is not None and b.is_data and operation.kind in ("add", "multiply") else None


# -- activations ----------------------------------------------------------------------------------


def _gated(idioms: Idioms, operation: Operation) -> Operation | None:
    """X sigmoid(x), x hardsigmoid(x), x tanh(softplus(x)), x relu6(x + 3) / 6."""
    pair = _pair(operation)
    if pair is None:
        return None
    for x, gate in (pair, pair[::-1]):
        for function, word in (("sigmoid", "silu"), ("hardsigmoid", "hardswish")):
            part = idioms.maker(gate, "activation", function)
            if part is not None and part.inputs[0] is x:
                return idioms.instead(operation, [part], "activation", [x], function=word)
        tanh = idioms.maker(gate, "activation", "tanh")
        soft = idioms.maker(tanh.inputs[0], "activation", "softplus") if tanh else None
        if soft is not None and soft.inputs[0] is x:
            return idioms.instead(operation, [tanh, soft], "activation", [x], function="mish")
    return None


def _hard_sigmoid(idioms: Idioms, operation: Operation) -> Operation | None:
    """relu6(x + 3) / 6, and x relu6(x + 3) / 6."""
    found = with_number(operation)
    if found is None or not is_near(found[1], 1 / 6):
        return None
    product = idioms.maker(found[0], "multiply")
    pair = _pair(product) if product is not None else None
    gates: list[tuple[Tensor | None, Tensor]] = [(None, found[0]), *([pair, pair[::-1]] if pair else [])]
    for x, gate in gates:
        six = idioms.maker(gate, "activation", "relu6")
        three = idioms.maker(six.x, "add") if six else None
        shifted = with_number(three)
        if shifted is None or not is_near(shifted[1], 3) or (x is not None and x is not shifted[0]):
            continue
        word = "hardsigmoid" if x is None else "hardswish"
        return idioms.instead(operation, [product, six, three], "activation", [shifted[0]], function=word)
    return None


def _gelu(idioms: Idioms, operation: Operation) -> Operation | None:
    """X / 2 (1 + erf(x / sqrt(2))), with its three factors in any order."""
    factors, products = _factors(idioms, operation)
    numbers = [number for one in factors if (number := scalar(one)) is not None]
    data = [one for one in factors if one.is_data]
    if len(data) != 2 or not is_near(math.prod(numbers), 0.5):
        return None
    for x, sum_ in (data, data[::-1]):
        one = idioms.maker(sum_, "add")
        found = with_number(one)
        erf = idioms.maker(found[0], "function", "erf") if found and is_near(found[1], 1) else None
        root = (idioms.maker(erf.x, "divide") or idioms.maker(erf.x, "multiply")) if erf else None
        source = with_number(root)
        if source is not None and source[0] is x and is_near(source[1], math.sqrt(0.5)):
            return idioms.instead(operation, [*products, one, erf, root], "activation", [x], function="gelu")
    return None


def _factors(idioms: Idioms, operation: Operation) -> tuple[list[Tensor], list[Operation]]:
    """Return the factors of a product of products, and the products before it."""
    factors: list[Tensor] = []
    products: list[Operation] = []
    for tensor in operation.inputs:
        inner = idioms.maker(tensor, "multiply")
        if inner is not None and len(products) < 2:
            products.append(inner)
            factors += [one for one in inner.inputs if one is not None]
        elif tensor is not None:
            factors.append(tensor)
    return factors, products


# -- biases ---------------------------------------------------------------------------------------


def _bias(idioms: Idioms, operation: Operation) -> Operation | None:
    """A learned vector added to what a convolution or a product without one gives."""
    pair = _pair(operation)
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


# -- normalisations -------------------------------------------------------------------------------


def _layer_norm(idioms: Idioms, operation: Operation) -> Operation | None:
    """(x - mean(x)) / sqrt(mean((x - mean(x))^2) + eps), without a scale or shift yet; without the means, RMS."""
    pair = _pair(operation)
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
    pair = _pair(operation)
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


# -- moves ----------------------------------------------------------------------------------------


def _shuffle(idioms: Idioms, operation: Operation) -> Operation | None:
    """A reshape that parts the channels into groups, a transposition, and the reshape back."""
    turned = idioms.maker(operation.inputs[0], "transpose")
    parted = idioms.maker(turned.x, "reshape") if turned else None
    if turned is None or parted is None:
        return None
    dims, inner, order = parted.x.sizes, parted.outputs[0].sizes, tuple(turned.attributes["order"])
    if operation.outputs[0].dims != dims or len(inner) != len(dims) + 1:
        return None
    rank = len(dims)
    if inner[0] == dims[0] and inner[3:] == dims[2:] and order == (0, 2, 1, *range(3, rank + 1)):
        return idioms.instead(operation, [turned, parted], "channel_shuffle", [parted.x], groups=inner[1], channels=1)
    if inner[: rank - 1] == dims[:-1] and order == (*range(rank - 1), rank, rank - 1):
        return idioms.instead(
            operation, [turned, parted], "channel_shuffle", [parted.x], groups=inner[rank - 1], channels=-1
        )
    return None


_RULES: dict[str, Sequence[Callable[[Idioms, Operation], Operation | None]]] = {
    "multiply": (_layer_norm, _affine, _gated, _hard_sigmoid, _gelu),
    "divide": (_layer_norm, _hard_sigmoid),
    "add": (_bias, _affine),
    "reshape": (_shuffle, _group_norm),
}


def recognised(graph: TensorGraph) -> list[Operation]:
    """Return a graph's operations with idioms in place of their parts."""
    return Idioms(graph).run()
