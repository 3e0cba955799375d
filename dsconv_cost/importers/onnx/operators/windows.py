"""Kernel, stride, dilation and padding of convolutions and pools."""

from typing import Any

from dsconv_cost.importers.onnx.call import Call
from dsconv_cost.importers.rules import RuleError

Windows = dict[str, Any]


def windows(call: Call, kernel: tuple[int, ...]) -> Windows:
    """Return the attributes of a window of this size."""
    sides = len(kernel)
    ones = (1,) * sides
    return {
        "kernel": kernel,
        "stride": call.integers("strides", ones),
        "dilation": call.integers("dilations", ones),
        "pads": pads_in_pairs(call, sides),
    }


def pads_in_pairs(call: Call, sides: int) -> Any:
    """Return the pads of each side, or `same`."""
    automatic = call.text("auto_pad", "NOTSET")
    if automatic in ("SAME_UPPER", "SAME_LOWER"):
        return "same"
    if automatic == "VALID":
        return ((0, 0),) * sides
    if automatic not in ("NOTSET", ""):
        raise RuleError(f"auto_pad {automatic}")
    pads = call.integers("pads", (0,) * 2 * sides)
    if len(pads) != 2 * sides:
        raise RuleError(f"{len(pads)} pads for {sides} sides")
    return tuple(zip(pads[:sides], pads[sides:], strict=True))
