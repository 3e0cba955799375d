"""Normalisations. Running means and variances are no inputs of theirs here: they are not learned."""

from collections.abc import Callable

from dsconv_cost.importers.onnx.call import Call
from dsconv_cost.importers.tensors import Tensor


def _batch_norm(call: Call) -> list[Tensor]:
    for index in (3, 4):
        call.graph.dismiss(call.given(index))
    statistics = [tensor for tensor in call.inputs[3:5] if tensor is not None]
    return [*call.add("batchnorm", call.inputs[:3]), *statistics][: len(call.node.outputs)]


def _layer_norm(call: Call) -> list[Tensor]:
    rank = len(call.dims())
    axis = call.integer("axis", -1)
    return call.add("layernorm", call.inputs[:3], axes=tuple(range(axis % rank if rank else 0, rank)))


def _rms_norm(call: Call) -> list[Tensor]:
    rank = len(call.dims())
    axis = call.integer("axis", -1)
    return call.add("rmsnorm", call.inputs[:2], axes=tuple(range(axis % rank if rank else 0, rank)))


def _skip_layer_norm(call: Call) -> list[Tensor]:
    """The sum of two inputs and a bias, normalised; the sum is the fourth output (com.microsoft)."""
    joined = call.step("add", [call.tensor(0), call.tensor(1)])
    at = 4 if call.operator == "SkipLayerNormalization" else 3
    bias = call.given(at)
    if bias is not None:
        joined = call.step("add", [joined, bias])
    learned = [call.tensor(2), call.given(3) if at == 4 else None]
    kind = "layernorm" if at == 4 else "rmsnorm"
    made = call.add(kind, [joined, *learned], axes=(-1,))
    return [made[0], made[0], made[0], joined][: max(1, len(call.node.outputs))]


def _group_norm(call: Call) -> list[Tensor]:
    return call.add("groupnorm", call.inputs[:3], groups=call.integer("num_groups", call.attributes.get("groups")))


def _instance_norm(call: Call) -> list[Tensor]:
    return call.add("instancenorm", call.inputs[:3])


def _lrn(call: Call) -> list[Tensor]:
    return call.add("lrn", call.inputs[:1], size=call.integer("size", 5))


def _l2_norm(call: Call) -> list[Tensor]:
    return call.add("l2norm", call.inputs[:1], axes=(call.integer("axis", -1),))


def _mean_variance(call: Call) -> list[Tensor]:
    return call.add("instancenorm", call.inputs[:1])


NORMALISATION: dict[str, Callable[[Call], list[Tensor]]] = {
    "BatchNormalization": _batch_norm, "LayerNormalization": _layer_norm, "InstanceNormalization": _instance_norm,
    "GroupNormalization": _group_norm, "GroupNorm": _group_norm, "RMSNormalization": _rms_norm,
    "SimplifiedLayerNormalization": _rms_norm, "SkipLayerNormalization": _skip_layer_norm,
    "SkipSimplifiedLayerNormalization": _skip_layer_norm, "LRN": _lrn, "LpNormalization": _l2_norm,
    "MeanVarianceNormalization": _mean_variance,
}  # fmt: skip
