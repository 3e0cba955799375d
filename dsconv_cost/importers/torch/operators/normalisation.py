"""Normalisations; their further outputs are for training."""

from collections.abc import Callable

from dsconv_cost.importers.tensors import Tensor
from dsconv_cost.importers.torch.call import AtenCall


def _with_statistics(call: AtenCall, made: list[Tensor]) -> list[Tensor]:
    return made + [call.constant(dims, None) for dims in call.sizes[1:]]


def _batch_norm(call: AtenCall) -> list[Tensor]:
    pair = [call.optional("weight"), call.optional("bias")]
    return _with_statistics(call, call.add("batchnorm", [call.tensor("input"), *pair], channels=1))


def _layer_norm(call: AtenCall) -> list[Tensor]:
    axes = tuple(range(-len(call["normalized_shape"]), 0))
    pair = [call.optional("weight"), call.optional("bias")]
    return _with_statistics(call, call.add("layernorm", [call.tensor("input"), *pair], axes=axes))


def _rms_norm(call: AtenCall) -> list[Tensor]:
    axes = tuple(range(-len(call["normalized_shape"]), 0))
    return _with_statistics(call, call.add("rmsnorm", [call.tensor("input"), call.optional("weight")], axes=axes))


def _group_norm(call: AtenCall) -> list[Tensor]:
    groups = call["group"] if call["group"] is not None else call["num_groups"]
    pair = [call.optional("weight"), call.optional("bias")]
    return _with_statistics(call, call.add("groupnorm", [call.tensor("input"), *pair], groups=groups, channels=1))


def _instance_norm(call: AtenCall) -> list[Tensor]:
    return call.add("instancenorm", [call.tensor("input"), call.optional("weight"), call.optional("bias")], channels=1)


TORCH_NORMALISATION: dict[str, Callable[[AtenCall], list[Tensor]]] = {
    **dict.fromkeys(
        ("native_batch_norm", "_native_batch_norm_legit", "_native_batch_norm_legit_no_training", "cudnn_batch_norm",
         "_batch_norm_with_update", "_batch_norm_no_update", "batch_norm"), _batch_norm,
    ),
    "native_layer_norm": _layer_norm, "layer_norm": _layer_norm, "_fused_rms_norm": _rms_norm, "rms_norm": _rms_norm,
    "native_group_norm": _group_norm, "group_norm": _group_norm, "instance_norm": _instance_norm,
}  # fmt: skip
