"""Activations that are written out: silu, mish, hardswish, hardsigmoid, gelu."""

import math

from dsconv_cost.importers.idioms.matching import Idiom, Idioms, is_near, pair_of, scalar, with_number
from dsconv_cost.importers.tensors import Operation, Tensor


def _gated(idioms: Idioms, operation: Operation) -> Operation | None:
    """X sigmoid(x), x hardsigmoid(x), x tanh(softplus(x)), x relu6(x + 3) / 6."""
    pair = pair_of(operation)
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
    pair = pair_of(product) if product is not None else None
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


ACTIVATION_RULES: dict[str, list[Idiom]] = {"multiply": [_gated, _hard_sigmoid, _gelu], "divide": [_hard_sigmoid]}
