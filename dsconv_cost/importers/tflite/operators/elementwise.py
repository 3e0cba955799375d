"""Operators that take each element by itself, and joins of tensors element by element."""

from collections.abc import Callable
from functools import partial

from dsconv_cost.importers.tensors import Tensor
from dsconv_cost.importers.tflite.call import TfliteCall

_ACTIVATIONS = {
    "RELU": "relu", "RELU6": "relu6", "RELU_N1_TO_1": "hardtanh", "RELU_0_TO_1": "hardsigmoid", "LOGISTIC": "sigmoid", "TANH": "tanh",
    "HARD_SWISH": "hardswish", "ELU": "elu", "GELU": "gelu", "LEAKY_RELU": "leaky_relu",
}  # fmt: skip
_FUNCTIONS = {
    "EXP": "exponential", "LOG": "log", "SQRT": "sqrt", "SQUARE": "square", "ABS": "abs", "NEG": "negate", "FLOOR": "floor",
    "CEIL": "ceil", "ROUND": "round", "SIN": "sin", "COS": "cos", "SIGN": "sign", "LOGICAL_NOT": "not",
}  # fmt: skip
_COMPARISONS = {
    "LESS": "less", "LESS_EQUAL": "less_equal", "GREATER": "greater", "GREATER_EQUAL": "greater_equal", "EQUAL": "equal",
    "NOT_EQUAL": "not_equal", "LOGICAL_AND": "and", "LOGICAL_OR": "or",
}  # fmt: skip
_JOINS = {"ADD": "add", "SUB": "subtract", "MUL": "multiply", "DIV": "divide"}
_PAIRS = {"MAXIMUM": "maximum", "MINIMUM": "minimum", "POW": "power"}


def _activation(word: str, call: TfliteCall) -> list[Tensor]:
    return call.add("activation", call.inputs[:1], function=word)


def _softmax(word: str, call: TfliteCall) -> list[Tensor]:
    return call.add("activation", call.inputs[:1], function=word, axis=-1)


def _prelu(call: TfliteCall) -> list[Tensor]:
    return call.add("activation", call.inputs[:2], function="prelu")


def _function(word: str, call: TfliteCall) -> list[Tensor]:
    return call.add("function", call.inputs[:1], function=word)


def _reciprocal_root(call: TfliteCall) -> list[Tensor]:
    return call.add("function", [call.step("function", call.inputs[:1], function="sqrt")], function="reciprocal")


def _join(kind: str, call: TfliteCall) -> list[Tensor]:
    return call.fused(0, kind, [call.tensor(0), call.tensor(1)])


def _pair(kind: str, call: TfliteCall) -> list[Tensor]:
    return call.add(kind, [call.tensor(0), call.tensor(1)])


def _sum_of_all(call: TfliteCall) -> list[Tensor]:
    return call.add("add", call.inputs)


def _squared_difference(call: TfliteCall) -> list[Tensor]:
    return call.add("function", [call.step("subtract", [call.tensor(0), call.tensor(1)])], function="square")


def _floor_of_quotient(call: TfliteCall) -> list[Tensor]:
    return call.add("function", [call.step("divide", [call.tensor(0), call.tensor(1)])], function="floor")


def _compare(word: str, call: TfliteCall) -> list[Tensor]:
    return call.add("compare", [call.tensor(0), call.tensor(1)], function=word, is_float=False)


def _choose(call: TfliteCall) -> list[Tensor]:
    return call.add("where", call.inputs[:3])


def _normalise(call: TfliteCall) -> list[Tensor]:
    return call.fused(0, "l2norm", call.inputs[:1], axes=(-1,))


def _local_response(call: TfliteCall) -> list[Tensor]:
    return call.add("lrn", call.inputs[:1], size=2 * call.option(0, 2) + 1, channels=-1)


TFLITE_ELEMENTWISE: dict[str, Callable[[TfliteCall], list[Tensor]]] = {
    **{name: partial(_activation, word) for name, word in _ACTIVATIONS.items()},
    **{name: partial(_function, word) for name, word in _FUNCTIONS.items()},
    **{name: partial(_compare, word) for name, word in _COMPARISONS.items()},
    **{name: partial(_join, kind) for name, kind in _JOINS.items()},
    **{name: partial(_pair, kind) for name, kind in _PAIRS.items()},
    "SOFTMAX": partial(_softmax, "softmax"), "LOG_SOFTMAX": partial(_softmax, "log_softmax"), "PRELU": _prelu,
    "RSQRT": _reciprocal_root, "ADD_N": _sum_of_all, "SQUARED_DIFFERENCE": _squared_difference, "FLOOR_DIV": _floor_of_quotient,
    "FLOOR_MOD": partial(_compare, "modulo"), "SELECT": _choose, "SELECT_V2": _choose, "L2_NORMALIZATION": _normalise,
    "LOCAL_RESPONSE_NORMALIZATION": _local_response,
}  # fmt: skip
