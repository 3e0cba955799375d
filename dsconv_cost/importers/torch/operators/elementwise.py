"""Operators that take each element by itself, and joins of tensors element by element."""

from collections.abc import Callable
from functools import partial

from dsconv_cost.importers.tensors import Tensor
from dsconv_cost.importers.torch.call import AtenCall

_ACTIVATIONS = {
    "relu": "relu", "relu6": "relu6", "silu": "silu", "sigmoid": "sigmoid", "tanh": "tanh", "hardswish": "hardswish",
    "hardsigmoid": "hardsigmoid", "gelu": "gelu", "leaky_relu": "leaky_relu", "elu": "elu", "selu": "selu", "celu": "celu",
    "mish": "mish", "softplus": "softplus", "log_sigmoid_forward": "log_sigmoid", "rrelu_with_noise": "leaky_relu",
}  # fmt: skip
_FUNCTIONS = {
    "exp": "exponential", "log": "log", "sqrt": "sqrt", "square": "square", "abs": "abs", "neg": "negate", "reciprocal": "reciprocal",
    "sin": "sin", "cos": "cos", "erf": "erf", "floor": "floor", "ceil": "ceil", "round": "round", "sign": "sign",
    "logical_not": "not", "bitwise_not": "not", "log1p": "log", "expm1": "exponential", "clamp": "clip", "clamp_min": "clip",
    "clamp_max": "clip", "threshold": "threshold", "isnan": "abs", "isinf": "abs", "trunc": "floor", "hardshrink": "threshold",
    "softshrink": "threshold", "nan_to_num": "clip", "atan": "sin", "tan": "sin", "sinh": "exponential", "cosh": "exponential",
}  # fmt: skip
_JOINS = {
    "add": "add", "sub": "subtract", "mul": "multiply", "div": "divide", "maximum": "maximum", "minimum": "minimum",
    "pow": "power", "floor_divide": "divide", "true_divide": "divide",
}  # fmt: skip
_COMPARISONS = {
    "eq": "equal", "ne": "not_equal", "lt": "less", "le": "less_equal", "gt": "greater", "ge": "greater_equal",
    "logical_and": "and", "logical_or": "or", "logical_xor": "xor", "bitwise_and": "and", "bitwise_or": "or", "remainder": "modulo",
    "fmod": "modulo", "atan2": "modulo",
}  # fmt: skip


def _activation(word: str, call: AtenCall) -> list[Tensor]:
    made = call.add("activation", [call.x], function=word)
    return made + [call.constant(dims, None) for dims in call.sizes[1:]]


def _hardtanh(call: AtenCall) -> list[Tensor]:
    low, high = call["min_val"], call["max_val"]
    if (low, high) == (0, 6):
        return _activation("relu6", call)
    return _activation("hardtanh", call) if (low, high) == (-1, 1) else call.add("function", [call.x], function="clip")


def _softmax(word: str, call: AtenCall) -> list[Tensor]:
    return call.add("activation", [call.x], function=word, axis=call["dim"])


def _prelu(call: AtenCall) -> list[Tensor]:
    return call.add("activation", [call.x, call.tensor("weight")], function="prelu")


def _glu(call: AtenCall) -> list[Tensor]:
    axis = call.axis("dim")
    half = call.dims("self")[axis] // 2
    first, gate = call.add("split", [call.x], axis=axis, sizes=(half, half))
    return call.add("multiply", [first, call.step("activation", [gate], function="sigmoid")])


def _function(word: str, call: AtenCall) -> list[Tensor]:
    return call.add("function", [call.x], function=word)


def _reciprocal_root(call: AtenCall) -> list[Tensor]:
    return call.add("function", [call.step("function", [call.x], function="sqrt")], function="reciprocal")


def _power(call: AtenCall) -> list[Tensor]:
    if call["exponent"] == 2:
        return call.add("function", [call.x], function="square")
    return call.add("power", [call.tensor("self"), call.tensor("exponent")])


def _join(kind: str, call: AtenCall) -> list[Tensor]:
    return call.add(kind, [call.tensor("self"), call.tensor("other")])


def _reversed_difference(call: AtenCall) -> list[Tensor]:
    return call.add("subtract", [call.tensor("other"), call.tensor("self")])


def _multiplied_sum(kind: str, call: AtenCall) -> list[Tensor]:
    """Self + value * tensor1 * tensor2, or / tensor2."""
    return call.add("add", [call.tensor("self"), call.step(kind, [call.tensor("tensor1"), call.tensor("tensor2")])])


def _interpolated(call: AtenCall) -> list[Tensor]:
    """Start + weight * (end - start)."""
    less = call.step("subtract", [call.tensor("end"), call.tensor("self")])
    return call.add("add", [call.tensor("self"), call.step("multiply", [less, call.tensor("weight")])])


def _compare(word: str, call: AtenCall) -> list[Tensor]:
    return call.add("compare", [call.tensor("self"), call.tensor("other")], function=word, is_float=False)


def _where(call: AtenCall) -> list[Tensor]:
    return call.add("where", [call.tensor("condition"), call.tensor("self"), call.tensor("other")])


def _masked_fill(call: AtenCall) -> list[Tensor]:
    return call.add("where", [call.tensor("mask"), call.tensor("value"), call.tensor("self")])


TORCH_ELEMENTWISE: dict[str, Callable[[AtenCall], list[Tensor]]] = {
    **{name: partial(_activation, word) for name, word in _ACTIVATIONS.items()},
    **{name: partial(_function, word) for name, word in _FUNCTIONS.items()},
    **{name: partial(_join, kind) for name, kind in _JOINS.items()},
    **{name: partial(_compare, word) for name, word in _COMPARISONS.items()},
    "hardtanh": _hardtanh, "_softmax": partial(_softmax, "softmax"), "_log_softmax": partial(_softmax, "log_softmax"),
    "softmax": partial(_softmax, "softmax"), "_safe_softmax": partial(_softmax, "softmax"), "_prelu_kernel": _prelu, "prelu": _prelu,
    "glu": _glu, "rsqrt": _reciprocal_root, "pow": _power, "rsub": _reversed_difference,
    "addcmul": partial(_multiplied_sum, "multiply"), "addcdiv": partial(_multiplied_sum, "divide"), "lerp": _interpolated,
    "where": _where, "masked_fill": _masked_fill,
}  # fmt: skip
