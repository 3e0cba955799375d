"""The fields of windowed layers in their normal forms."""

from collections.abc import Sequence
from typing import Any

from dsconv_cost.importers.rules import Attributes
from dsconv_cost.layers.shapes import AXES


def per_side(values: Sequence[int]) -> Any:
    """Return one number for each side in the form that layers have it."""
    height, width = (1, *values) if len(values) == 1 else values
    return height, width


def padding_of(pads: Any) -> Any:
    """Return pads in the form that layers have it: `same`, or before and after for each side."""
    if pads == "same":
        return "same"
    pairs = [(0, 0), *pads] if len(pads) == 1 else list(pads)
    return tuple(end for pair in pairs for end in pair)


def window_fields(a: Attributes) -> dict[str, Any]:
    """Return kernel, stride, padding and dilation of a convolution."""
    ones = (1,) * len(a["kernel"])
    return {
        "kernel": per_side(a["kernel"]), "stride": per_side(a["stride"]), "padding": padding_of(a["pads"]),
        "dilation": per_side(a.get("dilation") or ones),
    }  # fmt: skip


def axis_name(sides: int, at: int) -> str:
    """Return the name of an axis of a shape with that many sides."""
    return AXES[at]
