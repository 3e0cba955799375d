"""The keras_windows of convolutions and pools."""

from typing import Any

from dsconv_cost.importers.keras.call import KerasCall
from dsconv_cost.importers.rules import RuleError


def keras_windows(call: KerasCall, sides: int, kernel_key: str, stride_default: Any = None) -> dict[str, Any]:
    """Return kernel, stride, pads and dilation; the layers of TimeDistributed have one window at each step in time."""
    if len(call.dims) != sides + 2 + call.steps:
        raise RuleError(f"an input with {len(call.dims)} axes, expected {sides + 2 + call.steps}")
    kernel = call.per_side(kernel_key, sides, 2 if kernel_key == "pool_size" else 1)
    strides = call.config.get("strides")
    stride = call.per_side("strides", sides) if strides is not None else stride_default or kernel
    dilation = call.per_side("dilation_rate", sides)
    padding = call.config.get("padding", "valid")
    if padding == "same":
        pads: Any = "same"
    elif padding == "causal":
        pads = tuple((d * (k - 1), 0) for k, d in zip(kernel, dilation, strict=True))
    elif padding == "valid":
        pads = ((0, 0),) * sides
    else:
        raise RuleError(f"padding {padding}")
    if call.steps:
        kernel, stride, dilation = (1, *kernel), (1, *stride), (1, *dilation)
        pads = pads if pads == "same" else ((0, 0), *pads)
    return {"kernel": kernel, "stride": stride, "pads": pads, "dilation": dilation, "channels": call.channels}
