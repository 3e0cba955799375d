"""A layer as the fields of an item, each in its shortest form."""

from typing import Any

from dsconv_cost.layers import Layer
from dsconv_cost.layers.convolution import Convolution
from dsconv_cost.layers.fields import Field, PaddingKind, SidesKind
from dsconv_cost.layers.kinds import Axes, AxisPart
from dsconv_cost.layers.pooling import Pool
from dsconv_cost.layers.shapes import Shape
from dsconv_cost.layers.transposed import ConvTranspose

_SAME = "same"


def spell_layer(layer: Layer, inputs: tuple[Shape, ...]) -> tuple[Any, dict[str, Any]]:
    """Return the main value of a layer's item, and all other fields that the layer holds."""
    layer = _with_same_padding(layer, inputs)
    sides = len(inputs[0]) - 1 if inputs else 0
    values = {field.name: spell_value(field, getattr(layer, field.name), sides) for field in layer.held}
    main = values.pop(layer.main.name, None) if layer.main is not None else None
    return main, values


def spell_value(field: Field, value: Any, sides: int) -> Any:
    """Return the normal form of a value as it is written: a tuple as a list, one number where all sides have it."""
    kind = field.kind
    if isinstance(kind, PaddingKind):
        return _spelled_pads(value, sides)
    if isinstance(kind, AxisPart) and value is not None:
        return list(value[:2]) if value[2] == 1 else list(value)
    if isinstance(kind, Axes) and isinstance(value, tuple) and len(value) == 1:
        return value[0]
    if isinstance(kind, SidesKind) and isinstance(value, tuple) and len(set(value)) == 1:
        return value[0]
    return list(value) if isinstance(value, tuple) else value


def pad_pairs(padding: Any, sides: int) -> list[tuple[int, int]]:
    """Return padding in numbers as before and after for each side."""
    if isinstance(padding, int):
        return [(padding, padding)] * sides
    if len(padding) == 2 * sides and all(isinstance(one, int) for one in padding):
        return list(zip(padding[::2], padding[1::2], strict=True))
    return [(one, one) if isinstance(one, int) else (one[0], one[1]) for one in padding]


def _spelled_pads(padding: Any, sides: int) -> Any:
    if isinstance(padding, str) or padding in ((), None):
        return padding
    pairs = pad_pairs(padding, sides)
    if len({end for pair in pairs for end in pair}) == 1:
        return pairs[0][0]
    if all(before == after for before, after in pairs):
        return [before for before, _ in pairs]
    return [end for pair in pairs for end in pair]


def _with_same_padding(layer: Layer, inputs: tuple[Shape, ...]) -> Layer:
    """Return the layer with padding `same` where its numbers mean just that."""
    plain: dict[str, Any] = {"padding": _SAME}
    if isinstance(layer, ConvTranspose):
        plain |= {field.name: field.default for field in layer.fields if field.name == "output_padding"}
    elif isinstance(layer, Convolution):
        if layer.padding == _SAME or not _centred(layer, inputs[0]):
            return layer
    elif not isinstance(layer, Pool) or layer.padding == _SAME or not _is_lopsided(layer.padding, len(inputs[0]) - 1):
        return layer
    other = layer.replace(**plain)
    output = other.output(inputs)
    equal = output == layer.output(inputs) and other.case == layer.case
    return other if equal and other.counts(inputs, output) == layer.counts(inputs, output) else layer


def _is_lopsided(padding: Any, sides: int) -> bool:
    return any(before != after for before, after in pad_pairs(padding, sides))


def _centred(layer: Convolution, x: Shape) -> bool:
    """Return whether the padding keeps the windows in the middle: half the kernel all around, or what `same` makes of this size."""
    sides = len(x) - 1
    spelled = [_of_sides(value, sides) for value in (layer.kernel, layer.stride, layer.dilation)]
    for size, kernel, stride, dilation, (before, after) in zip(
        x[1:], *spelled, pad_pairs(layer.padding, sides), strict=True
    ):
        reach = dilation * (kernel - 1)
        needed = max(0, (-(-size // stride) - 1) * stride + reach + 1 - size)
        if not (before == after == reach / 2 or (before == needed // 2 and before + after == needed)):
            return False
    return True


def _of_sides(value: Any, sides: int) -> list[int]:
    return [value] * sides if isinstance(value, int) else list(value)
