"""Operators that give sizes, ranges and constants, and those that do nothing at inference."""

from collections.abc import Callable
from math import ceil, prod

from dsconv_cost.importers.folding import MOST_VALUES, Number
from dsconv_cost.importers.onnx.call import Call
from dsconv_cost.importers.onnx.proto import BOOL, STRING, StoredTensor, is_float_type
from dsconv_cost.importers.rules import RuleError
from dsconv_cost.importers.tensors import Tensor


def _shape(call: Call) -> list[Tensor]:
    dims = call.dims()
    start, end = call.integer("start", 0), call.integer("end", len(dims))
    part = dims[slice(start, end)]
    return call.constant((len(part),), part)


def _size(call: Call) -> list[Tensor]:
    return call.constant((), (prod(call.dims()),))


def _constant(call: Call) -> list[Tensor]:
    for name in ("value", "sparse_value"):
        tensor = call.attributes.get(name)
        if isinstance(tensor, StoredTensor):
            is_uniform = tensor.values is not None and len(set(tensor.values)) == 1  # a scale of ones, a shift of zeros
            if call.weights_in_nodes and tensor.is_float and prod(tensor.dims) > 1 and not is_uniform:
                return [call.graph.add_stored(call.node.outputs[0], tensor.dims, tensor.values)]
            return call.constant(tensor.dims, tensor.values, tensor.is_float)
    for name in ("value_int", "value_float"):
        if name in call.attributes:
            return call.constant((), (call.attributes[name],), name == "value_float")
    for name in ("value_ints", "value_floats"):
        if name in call.attributes:
            values = tuple(call.attributes[name])
            return call.constant((len(values),), values, name == "value_floats")
    if "value_string" in call.attributes or "value_strings" in call.attributes:
        return call.constant((), None)
    raise RuleError("a constant without a value")


def _filled(call: Call) -> list[Tensor]:
    """ConstantOfShape: small ones have their elements, large ones are weights that somebody left out of the file."""
    dims = call.whole(0, "its shape")
    if dims is None:
        raise RuleError("its shape is missing")
    if any(one < 0 for one in dims):
        raise RuleError(f"a shape of {list(dims)}")
    value = call.attributes.get("value")
    number: Number = 0.0
    is_float = True
    if isinstance(value, StoredTensor):
        is_float = value.is_float
        number = value.values[0] if value.values else 0
    if prod(dims) <= MOST_VALUES and not is_float:
        return call.constant(dims, (number,) * prod(dims), is_float)
    if prod(dims) <= 1:
        return call.constant(dims, (number,) * prod(dims), is_float)
    return [Tensor(call.node.outputs[0], dims, is_float=is_float, key=("filled", call.node.outputs[0]))]


def _arange(call: Call) -> list[Tensor]:
    bounds = [call.values(i, "its bounds") for i in range(3)]
    start, limit, step = (bound[0] for bound in bounds if bound)
    if not step:
        raise RuleError("a step of 0")
    count = max(0, ceil((limit - start) / step))
    values = tuple(start + i * step for i in range(count)) if count <= MOST_VALUES else None
    return call.constant((count,), values, call.tensor(0).is_float)


def _identity(call: Call) -> list[Tensor]:
    return call.add("identity", call.inputs[:1])


def _dropout(call: Call) -> list[Tensor]:
    x = call.tensor(0)
    mask = [call.graph.constant(call.dims(), None)] if len(call.node.outputs) > 1 else []
    return [*(call.add("dropout", [x]) if x.is_data else [x]), *mask]


def _cast(call: Call) -> list[Tensor]:
    to = call.integer("to")
    if to == STRING:
        raise RuleError("strings are not counted")
    made = call.add("cast", call.inputs[:1], is_float=is_float_type(to))
    first = made[0]
    if to == BOOL and first.values is not None and not first.is_data:
        return call.constant(call.dims(), tuple(map(bool, call.tensor(0).values or ())))
    return made


def _cast_like(call: Call) -> list[Tensor]:
    return call.add("cast", call.inputs[:1], is_float=call.tensor(1).is_float)


def _eye(call: Call) -> list[Tensor]:
    return call.constant(call.dims(), None, True)


def _random_like(call: Call) -> list[Tensor]:
    """Random numbers of the shape of the input, or of a stated one: nothing is multiplied."""
    dims = call.integers("shape") if "shape" in call.attributes else call.dims()
    return call.constant(dims, None, True)


def _bernoulli(call: Call) -> list[Tensor]:
    return call.add("function", call.inputs[:1], function="bernoulli")


SIZES: dict[str, Callable[[Call], list[Tensor]]] = {
    "Shape": _shape, "Size": _size, "Constant": _constant, "ConstantOfShape": _filled, "Range": _arange, "Identity": _identity,
    "Dropout": _dropout, "Cast": _cast, "CastLike": _cast_like, "EyeLike": _eye, "RandomNormal": _random_like,
    "RandomNormalLike": _random_like, "RandomUniform": _random_like, "RandomUniformLike": _random_like, "Bernoulli": _bernoulli,
}  # fmt: skip
