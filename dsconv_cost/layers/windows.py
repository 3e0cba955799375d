"""Windows: which positions of an input one position of the output reads, along each side."""

from typing import TYPE_CHECKING

from dsconv_cost.layers.shapes import Padding, PerSide, Shape, pads_of, sides_of
from dsconv_cost.named_tuple import NamedTuple

if TYPE_CHECKING:
    from fractions import Fraction  # loaded by the few layers that need it

    Number = int | Fraction


class Window(NamedTuple):
    """What position i of the output reads along one side: positions stride*i - before to stride*i - before + extent - 1.

    Whole numbers for a sliding window. Where one step of the output is no whole number of steps of the input (an upsampling by f
    has stride 1/f), it is the smallest window of that stride that holds, for every i, all positions that are read.
    """

    extent: "Number"
    """Positions from the first to the last one that is read, those that a dilation leaves out among them."""
    stride: "Number"
    before: "Number"
    """Positions of it before the input's first one, for i = 0: the padding there; negative where the input's first are not read."""


SideWindows = tuple[Window, ...]
"""A window for each side of an input."""

ONE = Window(1, 1, 0)
"""Position for position."""
FIXED = Window(1, 0, 0)
"""The only position, whatever i is."""


def entire(size: int) -> Window:
    """Return the window of a layer that sees a whole side at once."""
    return Window(size, 0, 0)


def same_ends(size: int, out: int, reach: int, stride: int) -> tuple[int, int]:
    """Return what padding `same` adds before and after a side; the odd position is at the end, as in TensorFlow."""
    both = max(0, (out - 1) * stride + reach - size)
    return both // 2, both - both // 2


def sliding(
    x: Shape, output: Shape, kernel: PerSide, stride: PerSide, padding: Padding, dilation: PerSide = 1
) -> SideWindows:  # fmt: skip
    """Return the windows of a convolution or pooling: d*(k-1) + 1 positions, every s-th."""
    strides = sides_of(stride, x, "stride")
    reaches = [
        d * (k - 1) + 1
        for k, d in zip(sides_of(kernel, x, "kernel"), sides_of(dilation, x, "dilation"), strict=True)
    ]  # fmt: skip
    if isinstance(padding, str):
        sides = zip(x[1:], output[1:], reaches, strides, strict=True)
        befores = [same_ends(*side)[0] for side in sides]
    else:
        befores = [before for before, _ in pads_of(padding, x)]
    return tuple(map(Window, reaches, strides, befores))


def transposed(reach: int, stride: int, before: int) -> Window:
    """Return the window of a transposed convolution that cuts `before` positions from the start of its output.

    Output o reads the inputs i with i*s <= o + before <= i*s + reach - 1.
    """
    from fractions import Fraction

    return Window(1 + Fraction(reach - 1, stride), Fraction(1, stride), Fraction(reach - 1 - before, stride))


def nearest(size: int, out: int) -> Window:
    """Return the window of a resizing to the nearest position, where output i reads floor(i * in/out)."""
    from fractions import Fraction

    scale = Fraction(size, out)
    most = 1 - Fraction(1, scale.denominator)  # of i * scale - floor(i * scale)
    return Window(1 + most, scale, most)


def bilinear(size: int, out: int) -> Window:
    """Return the window of a resizing between the two nearest positions, where output i is at (i + 1/2) * in/out - 1/2."""
    from fractions import Fraction

    scale = Fraction(size, out)
    step = Fraction(1, scale.denominator)  # i * scale takes every multiple of it
    offset = (scale - 1) / 2
    rest = offset % step
    before = 1 - step + rest - offset
    after = offset + 1 - (rest or step)
    return Window(before + after + 1, scale, before)


def adaptive(size: int, out: int) -> Window:
    """Return the window of an adaptive pooling, where output i reads floor(i * in/out) to ceil((i + 1) * in/out) - 1."""
    if out == 1:
        return entire(size)
    from fractions import Fraction

    scale = Fraction(size, out)
    most = 1 - Fraction(1, scale.denominator)
    return Window(scale + 2 * most, scale, most)


def tiled(size: int, tile: int) -> Window:
    """Return the window of a layer whose outputs of one tile of `size` read the whole tile of `tile` positions beside it."""
    if size == tile:
        return Window(2 * tile - 1, 1, tile - 1)
    from fractions import Fraction

    scale = Fraction(tile, size)
    return Window(tile + (size - 1) * scale, scale, (size - 1) * scale)
