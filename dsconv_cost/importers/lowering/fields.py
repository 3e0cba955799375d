"""The fields of windowed layers in their normal forms."""

from collections.abc import Sequence
from typing import Any

from dsconv_cost.importers.rules import Attributes
from dsconv_cost.layers.shapes import PerSide, axes_of


def per_side(values: Sequence[int]) -> PerSide:
    """Return a number for each side in the form that layers have it: one number where all are equal."""
    return values[0] if len(set(values)) == 1 else tuple(values)


def padding_of(pads: Any) -> Any:
    """Return pads in the form that layers have them: `same`, one number, one for each side, or before and after for each."""
    if pads == "same":
        return "same"
    if any(before != after for before, after in pads):
        return tuple([end for ends in pads for end in ends])
    return per_side([before for before, _ in pads])


def window_fields(a: Attributes) -> dict[str, Any]:
    """Return kernel, stride, padding and dilation of a convolution."""
    ones = (1,) * len(a["kernel"])
    return {
        "kernel": per_side(a["kernel"]), "stride": per_side(a["stride"]), "padding": padding_of(a["pads"]),
        "dilation": per_side(a.get("dilation") or ones),
    }  # fmt: skip


def fields_of_convolution(a: Attributes, before: Sequence[int], after: Sequence[int]) -> dict[str, Any]:
    """Return the fields of a convolution of these sizes; padding that gives ceil(in / stride) is `same`, as in files of our own."""
    fields = window_fields(a)
    if all(size == -(-old // stride) for size, old, stride in zip(after, before, a["stride"], strict=True)):
        fields["padding"] = "same"
    return fields


def axis_name(sides: int, at: int) -> str:
    """Return the name of an axis of a shape with that many sides."""
    return axes_of(sides)[at]
