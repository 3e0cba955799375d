"""Normalisations."""

from collections.abc import Callable

from dsconv_cost.importers.keras.call import KerasCall
from dsconv_cost.importers.rules import axis_from_start
from dsconv_cost.importers.tensors import Tensor


def _axes(call: KerasCall) -> list[int]:
    axis = call.config.get("axis", -1)
    axes = axis if isinstance(axis, (list, tuple)) else [axis]
    return [axis_from_start(one, len(call.dims)) for one in axes]


def _pair(call: KerasCall, size: tuple[int, ...]) -> list[Tensor | None]:
    return [
        call.learned("gamma", size) if call.config.get("scale", True) else None,
        call.learned("beta", size) if call.config.get("center", True) else None,
    ]


def _batch_norm(call: KerasCall) -> list[Tensor]:
    """Trained are gamma and beta; the moving mean and variance are not."""
    axis = _axes(call)[0]
    return [call.step("batchnorm", [call.x, *_pair(call, (call.dims[axis],))], channels=axis)]


def _layer_norm(call: KerasCall) -> list[Tensor]:
    axes = _axes(call)
    if call.config.get("rms_scaling"):
        return [
            call.step("rmsnorm", [call.x, call.learned("gamma", [call.dims[axis] for axis in axes])], axes=tuple(axes))
        ]
    return [call.step("layernorm", [call.x, *_pair(call, tuple(call.dims[axis] for axis in axes))], axes=tuple(axes))]


def _rms_norm(call: KerasCall) -> list[Tensor]:
    axes = _axes(call)
    return [call.step("rmsnorm", [call.x, call.learned("scale", [call.dims[axis] for axis in axes])], axes=tuple(axes))]


def _group_norm(call: KerasCall) -> list[Tensor]:
    axis = _axes(call)[0]
    groups = call.config.get("groups", 32)
    groups = call.dims[axis] if groups == -1 else groups
    return [call.step("groupnorm", [call.x, *_pair(call, (call.dims[axis],))], groups=groups, channels=axis)]


def _unit_norm(call: KerasCall) -> list[Tensor]:
    return [call.step("l2norm", [call.x], axes=tuple(_axes(call)))]


KERAS_NORMALISATION: dict[str, Callable[[KerasCall], list[Tensor]]] = {
    "BatchNormalization": _batch_norm, "BatchNormalizationV1": _batch_norm, "SyncBatchNormalization": _batch_norm,
    "LayerNormalization": _layer_norm, "RMSNormalization": _rms_norm, "GroupNormalization": _group_norm,
    "UnitNormalization": _unit_norm,
}  # fmt: skip
