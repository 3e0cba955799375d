"""Zeros around a map before a convolution are the convolution's own padding."""

from dsconv_cost.importers.idioms.matching import Idiom, Idioms
from dsconv_cost.importers.rules import channels_and_sides
from dsconv_cost.importers.tensors import Operation


def _padded_convolution(idioms: Idioms, operation: Operation) -> Operation | None:
    """A pad of zeros along the sides, then a convolution that states its pads in numbers."""
    pad = idioms.maker(operation.inputs[0], "pad")
    own = operation.attributes["pads"]
    if (
        pad is None
        or own == "same"
        or pad.attributes.get("mode", "constant") != "constant"
        or pad.attributes.get("value")
    ):
        return None
    channels, sides = channels_and_sides(pad.x.sizes, operation.attributes)
    added = pad.attributes["pads"]
    if any(added[0]) or any(added[channels]) or min(end for ends in added for end in ends) < 0:
        return None
    both = tuple(
        (added[axis][0] + before, added[axis][1] + after) for axis, (before, after) in zip(sides, own, strict=True)
    )
    inputs = [pad.x, *operation.inputs[1:]]
    return idioms.instead(operation, [pad], "conv", inputs, operation.name, **{**operation.attributes, "pads": both})


PADDING_RULES: dict[str, list[Idiom]] = {"conv": [_padded_convolution]}
