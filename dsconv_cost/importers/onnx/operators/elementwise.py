"""Operators that take each element by itself, and joins of tensors element by element."""

from collections.abc import Callable
from functools import partial

from dsconv_cost.importers.onnx.call import Call
from dsconv_cost.importers.rules import RuleError
from dsconv_cost.importers.tensors import Tensor


def _activation(word: str, call: Call) -> list[Tensor]:
    return call.add("activation", call.inputs[:1], function=word)


def _softmax(word: str, call: Call) -> list[Tensor]:
    axis = call.integer("axis", -1 if call.opset >= 13 else 1)
    return call.add("activation", call.inputs[:1], function=word, axis=axis)


def _prelu(call: Call) -> list[Tensor]:
    return call.add("activation", call.inputs[:2], function="prelu")


def _gelu_with_bias(call: Call) -> list[Tensor]:
    x = call.tensor(0)
    bias = call.given(1)
    if bias is not None:
        x = call.step("add", [x, bias])
    return call.add("activation", [x], function="gelu")


def _swish(call: Call) -> list[Tensor]:
    return call.add("activation", call.inputs[:1], function="silu")


def _clip(call: Call) -> list[Tensor]:
    """Clip with known bounds of an activation is that activation."""
    low, high = call.number("min"), call.number("max")
    for index in (1, 2):
        bound = call.given(index)
        if bound is not None and bound.values is not None and len(bound.values) == 1:
            low, high = (bound.values[0], high) if index == 1 else (low, bound.values[0])
    if not call.tensor(0).is_data:
        made = call.tensor(0)
        for kind, limit in (("maximum", low), ("minimum", high)):
            if limit is not None:
                made = call.step(kind, [made, call.graph.constant((), (limit,), made.is_float)])
        return [made]
    if low == 0 and (high is None or high > 1e30):
        return call.add("activation", call.inputs[:1], function="relu")
    if low == 0 and high == 6:
        return call.add("activation", call.inputs[:1], function="relu6")
    if (low, high) == (-1, 1):
        return call.add("activation", call.inputs[:1], function="hardtanh")
    return call.add("function", call.inputs[:1], function="clip")


def _function(word: str, call: Call) -> list[Tensor]:
    return call.add("function", call.inputs[:1], function=word)


def _predicate(word: str, call: Call) -> list[Tensor]:
    return call.add("function", call.inputs[:1], function=word, is_float=False)


def _join(kind: str, call: Call) -> list[Tensor]:
    if len(call.inputs) == 1:
        return call.add("identity", call.inputs)
    if kind in ("add", "multiply", "maximum", "minimum") and len(call.inputs) > 2:
        constants = [one for one in call.inputs if one is not None and not one.is_data]
        if constants and len(constants) < len(call.inputs):
            made = call.tensor(0)
            for other in call.inputs[1:]:
                made = call.step(kind, [made, other])
            return [made]
    return call.add(kind, call.inputs)


def _mean(call: Call) -> list[Tensor]:
    """The mean of several tensors: their sum, and a division by a number that costs what an activation does."""
    made = call.step("add", call.inputs) if len(call.inputs) > 1 else call.tensor(0)
    return call.add("multiply", [made, call.graph.constant((), (1 / len(call.inputs),), True)])


def _compare(word: str, call: Call) -> list[Tensor]:
    return call.add("compare", call.inputs[:2], function=word, is_float=False)


def _modulo(call: Call) -> list[Tensor]:
    return call.add("compare", call.inputs[:2], function="modulo")


def _where(call: Call) -> list[Tensor]:
    if len(call.inputs) != 3:
        raise RuleError(f"{len(call.inputs)} inputs, expected a condition and two tensors")
    condition = call.tensor(0)
    if condition.values is not None and len(set(condition.values)) == 1 and not condition.is_data:
        chosen, other = (1, 2) if condition.values[0] else (2, 1)
        if call.tensor(chosen).is_data and call.tensor(chosen).dims == _joined_dims(call, other):
            return call.add("identity", [call.tensor(chosen)])
    return call.add("where", call.inputs)


def _joined_dims(call: Call, other: int) -> tuple[int, ...] | None:
    dims = call.dims(3 - other)
    return dims if len(call.dims(other)) <= len(dims) and len(call.dims(0)) <= len(dims) else None


_ACTIVATIONS = {
    "Relu": "relu", "LeakyRelu": "leaky_relu", "Elu": "elu", "Selu": "selu", "Celu": "celu", "Softplus": "softplus",
    "Softsign": "softsign", "Gelu": "gelu", "QuickGelu": "silu", "Mish": "mish", "HardSwish": "hardswish", "Sigmoid": "sigmoid",
    "HardSigmoid": "hardsigmoid", "Tanh": "tanh",
}  # fmt: skip
_FUNCTIONS = {
    "Exp": "exponential", "Log": "log", "Sqrt": "sqrt", "Abs": "abs", "Neg": "negate", "Reciprocal": "reciprocal", "Sin": "sin",
    "Cos": "cos", "Tan": "tan", "Asin": "asin", "Acos": "acos", "Atan": "atan", "Sinh": "sinh", "Cosh": "cosh", "Asinh": "asinh",
    "Acosh": "acosh", "Atanh": "atanh", "Floor": "floor", "Ceil": "ceil", "Round": "round", "Sign": "sign", "Erf": "erf",
    "ThresholdedRelu": "threshold", "Shrink": "threshold", "Hardmax": "threshold", "BitwiseNot": "not",
}  # fmt: skip
_COMPARISONS = {
    "Equal": "equal", "Greater": "greater", "Less": "less", "GreaterOrEqual": "greater_equal", "LessOrEqual": "less_equal",
    "And": "and", "Or": "or", "Xor": "xor", "BitShift": "shift", "BitwiseAnd": "and", "BitwiseOr": "or", "BitwiseXor": "xor",
}  # fmt: skip
_JOINS = {
    "Add": "add", "Sum": "add", "Sub": "subtract", "Mul": "multiply", "Div": "divide", "Max": "maximum", "Min": "minimum",
    "Pow": "power",
}  # fmt: skip

ELEMENTWISE: dict[str, Callable[[Call], list[Tensor]]] = {
    **{name: partial(_activation, word) for name, word in _ACTIVATIONS.items()},
    **{name: partial(_function, word) for name, word in _FUNCTIONS.items()},
    **{name: partial(_compare, word) for name, word in _COMPARISONS.items()},
    **{name: partial(_join, kind) for name, kind in _JOINS.items()},
    "IsNaN": partial(_predicate, "isnan"), "IsInf": partial(_predicate, "isinf"), "Not": partial(_predicate, "not"),
    "Softmax": partial(_softmax, "softmax"), "LogSoftmax": partial(_softmax, "log_softmax"),
    "PRelu": _prelu, "Clip": _clip, "Swish": _swish, "Mean": _mean, "Mod": _modulo, "Where": _where,
    "BiasGelu": _gelu_with_bias, "FastGelu": _gelu_with_bias,
}  # fmt: skip
