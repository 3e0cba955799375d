"""Shapes, and how the size of an output arises. Height and width are independent everywhere."""

from dsconv_cost.errors import LayerError
from dsconv_cost.named_tuple import NamedTuple

Sides = tuple[int, int]
"""A value for the height and one for the width."""

Pads = tuple[int, int, int, int]
"""Positions added at the top, bottom, left and right."""

Padding = Pads | str
"""Pads, or the word `same`."""


AXES = ("channels", "height", "width")
"""The names of the axes, in the order of a shape."""


class Shape(NamedTuple):
    """One feature map of one sample, without a batch."""

    channels: int
    height: int
    width: int

    @property
    def elements(self) -> int:
        return self.channels * self.height * self.width

    @property
    def positions(self) -> int:
        return self.height * self.width

    def __str__(self) -> str:
        return f"{self.channels}x{self.height}x{self.width}"


def ceil_div(a: int, b: int) -> int:
    return -(-a // b)


def window_size(
    size: int, kernel: int, stride: int, pads: int, dilation: int = 1, ceil_mode: bool = False, before: int = 0
) -> int:
    """Return how many windows fit along one side.

    `pads` is what both ends add together: floor((in + pads - d*(k-1) - 1) / s) + 1, or with `ceil_mode` the
    ceiling, where the last window must start inside the input or its leading padding (`before`).
    Raises LayerError when no window fits.
    """
    span = size + pads - dilation * (kernel - 1) - 1
    count = span // stride + 1
    if ceil_mode:
        count = min(ceil_div(span, stride) + 1, ceil_div(size + before, stride))
    if count < 1:
        reach = dilation * (kernel - 1) + 1
        padded = f" + {pads} of padding" if pads else ""
        covered = (
            f"a kernel of {kernel} with dilation {dilation} (it covers {reach})"
            if dilation > 1
            else f"a kernel of {kernel}"
        )
        raise LayerError(
            f"{covered} does not fit the input of {size}{padded}: take a smaller kernel, or more padding",
            "kernel",
            "empty-output",
        )
    return count


def map_size(
    shape: Shape, channels: int, kernel: Sides, stride: Sides, padding: Padding, dilation: Sides = (1, 1),
    ceil_mode: bool = False,
) -> Shape:  # fmt: skip
    """Return the shape of a windowed layer's output: `window_size` for the height and for the width."""
    if isinstance(padding, str):
        return Shape(channels, ceil_div(shape.height, stride[0]), ceil_div(shape.width, stride[1]))
    top, bottom, left, right = padding
    return Shape(
        channels,
        window_size(shape.height, kernel[0], stride[0], top + bottom, dilation[0], ceil_mode, top),
        window_size(shape.width, kernel[1], stride[1], left + right, dilation[1], ceil_mode, left),
    )


def window_steps(
    shapes: tuple[Shape, Shape], kernel: Sides, stride: Sides, padding: Padding, dilation: Sides = (1, 1),
    ceil_mode: bool = False,
) -> list[str]:  # fmt: skip
    """Return for height and width how the size after a windowed layer follows from the one before, with its numbers."""
    steps: list[str] = []
    for side, before, after in zip((0, 1), shapes[0][1:], shapes[1][1:], strict=True):
        letter, k, s, d = "HW"[side], kernel[side], stride[side], dilation[side]
        if isinstance(padding, str):
            steps.append(f"{letter}_out = ceil({letter}_in / s) = ceil({before} / {s}) = {after}, with padding same")
            continue
        pads = sum(padding[2 * side : 2 * side + 2])
        reach = f"{d}*({k}-1)" if d > 1 else f"({k}-1)"
        rounding = "ceil" if ceil_mode else "floor"
        step = (
            f"{letter}_out = {rounding}(({letter}_in + pads - d*(k-1) - 1) / s) + 1 = "
            f"{rounding}(({before} + {pads} - {reach} - 1) / {s}) + 1 = "
        )
        reached = (before + pads - d * (k - 1) - 1 + (s - 1) * ceil_mode) // s + 1
        beyond = f"{reached}, less {reached - after} because the last window would start beyond the input = "
        steps.append(f"{step}{beyond if reached != after else ''}{after}")
    return steps


def transposed_size(size: int, kernel: int, stride: int, pads: int | None, dilation: int, output_padding: int) -> int:
    """Return a transposed convolution's output: (in-1)*s - pads + d*(k-1) + output_padding + 1; `same` is in * s."""
    if pads is None:
        if output_padding:
            raise LayerError(
                "output_padding goes with explicit padding, received it beside padding same, which gives in * stride: "
                "give padding in numbers, or leave output_padding out",
                "output_padding",
                "misplaced-key",
            )
        return size * stride
    out = (size - 1) * stride - pads + dilation * (kernel - 1) + output_padding + 1
    if out < 1:
        raise LayerError(f"the output comes out empty ({out}): take less padding", "padding", "empty-output")
    return out
