"""Shapes, and how the size of an output arises. Every side is independent of the others."""

from collections.abc import Sequence
from math import prod

from dsconv_cost.errors import LayerError

Sides = tuple[int, ...]
"""A value for each side."""

PerSide = int | Sides
"""One value for all sides, or one for each."""

Pads = tuple[tuple[int, int], ...]
"""For each side the positions added before the first and after the last."""

Padding = int | Sides | str
"""Pads as a file has them: one number, one for each side, before and after for each side in a row, or the word `same`."""

SIDES_OF: tuple[tuple[str, ...], ...] = ((), ("length",), ("height", "width"), ("time", "height", "width"))
"""The names of the sides of a shape with 0, 1, 2 and 3 of them."""
MOST_SIDES = len(SIDES_OF) - 1

CHANNELS = "channels"
AXES = (CHANNELS, "length", "time", "height", "width")
"""The names of all axes."""

LETTERS = ("", "L", "HW", "THW")
"""The letters of the sides in formulas."""


def axes_of(sides: int) -> tuple[str, ...]:
    """Return the names of the axes of a shape, in its order."""
    return (CHANNELS, *SIDES_OF[sides])


class Shape(tuple[int, ...]):
    """One feature map of one sample, without a batch: its channels, then 0 to 3 sides."""

    __slots__ = ()

    def __new__(cls, channels: int, *sides: int) -> "Shape":
        return tuple.__new__(cls, (channels, *sides))

    @property
    def channels(self) -> int:
        return self[0]

    @property
    def sides(self) -> Sides:
        return self[1:]

    @property
    def height(self) -> int:
        """The height of a shape that has one."""
        return self[-2]

    @property
    def width(self) -> int:
        """The width of a shape that has one."""
        return self[-1]

    @property
    def elements(self) -> int:
        return prod(self)

    @property
    def positions(self) -> int:
        return prod(self[1:])

    @property
    def axes(self) -> tuple[str, ...]:
        """The names of its axes, in order."""
        return axes_of(len(self) - 1)

    def with_channels(self, channels: int) -> "Shape":
        """Return the same sides with that many channels."""
        return Shape(channels, *self[1:])

    def axis(self, name: str, field: str | None = None) -> int:
        """Return the index of an axis. Raises LayerError, of that field, where there is none of the name."""
        if name in self.axes:
            return self.axes.index(name)
        raise LayerError(
            f"the input {self} has no {name}: its axes are {', '.join(self.axes)}", field, "shape-mismatch"
        )

    def __str__(self) -> str:
        return "x".join(map(str, self))

    def __repr__(self) -> str:
        return f"Shape({', '.join(map(str, self))})"

    def __getnewargs__(self) -> Sides:
        return tuple(self)


def ceil_div(a: int, b: int) -> int:
    return -(-a // b)


def is_one(value: object) -> bool:
    """Return whether a kernel, stride or size is 1 along every side."""
    return value == 1 or (isinstance(value, tuple) and bool(value) and all(one == 1 for one in value))


def sides_of(value: PerSide, x: Shape, field: str) -> Sides:
    """Return the value of a field for each side of `x`. Raises LayerError where it is written for another number of sides."""
    count = len(x) - 1
    if isinstance(value, int):
        return (value,) * count
    if len(value) != count:
        names = SIDES_OF[count]
        has = f"has {count} ({', '.join(names)})" if names else "has none"
        right = f"one number, or {count}: [{', '.join(names)}]" if count > 1 else "one number"
        raise LayerError(
            f"{field} [{', '.join(map(str, value))}] is for {len(value)} side{'s' * (len(value) != 1)}, but the input {x} {has}: "
            f"give {right}",
            field,
            "shape-mismatch",
        )
    return value


def pads_of(padding: int | Sides, x: Shape) -> Pads:
    """Return before and after for each side of `x`. Raises LayerError where it is written for another number of sides."""
    count = len(x) - 1
    if isinstance(padding, int):
        return ((padding, padding),) * count
    if len(padding) == 2 * count:
        return tuple(zip(padding[::2], padding[1::2], strict=True))
    if len(padding) == count:
        return tuple(zip(padding, padding, strict=True))
    ends = " and ".join(f"before and after the {name}" for name in SIDES_OF[count])
    raise LayerError(
        f"padding [{', '.join(map(str, padding))}] does not suit the input {x}: "
        f"give one number{f', {count}' if count > 1 else ''} or {2 * count} ({ends})",
        "padding",
        "shape-mismatch",
    )


def pads_shown(padding: Padding, x: Shape) -> str | Sides:
    """Return before and after of each side of `x` in a row, or the word `same`."""
    return padding if isinstance(padding, str) else tuple([end for ends in pads_of(padding, x) for end in ends])


def needs_sides(x: Shape, what: str) -> None:
    """Raise LayerError where a layer with windows meets an input without sides."""
    if len(x) == 1:
        raise LayerError(
            f"received an input of {x}, which has channels and no sides, expected [channels, length], [channels, height, width] or "
            f"[channels, time, height, width]: {what} needs a side; take linear, or reshape before it",
            None,
            "shape-mismatch",
        )


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
    x: Shape, channels: int, kernel: PerSide, stride: PerSide, padding: Padding, dilation: PerSide = 1,
    ceil_mode: bool = False,
) -> Shape:  # fmt: skip
    """Return the shape of a windowed layer's output: `window_size` for each side."""
    strides = sides_of(stride, x, "stride")
    kernels, dilations = sides_of(kernel, x, "kernel"), sides_of(dilation, x, "dilation")
    if isinstance(padding, str):
        return Shape(channels, *map(ceil_div, x[1:], strides))
    sides = zip(x[1:], kernels, strides, pads_of(padding, x), dilations, strict=True)
    return Shape(channels, *[window_size(n, k, s, sum(pads), d, ceil_mode, pads[0]) for n, k, s, pads, d in sides])


def window_steps(
    shapes: tuple[Shape, Shape], kernel: PerSide, stride: PerSide, padding: Padding, dilation: PerSide = 1,
    ceil_mode: bool = False,
) -> list[str]:  # fmt: skip
    """Return for each side how the size after a windowed layer follows from the one before, with its numbers."""
    steps: list[str] = []
    x, y = shapes
    pads_or_none: Sequence[tuple[int, int] | None] = (
        [None] * len(x[1:]) if isinstance(padding, str) else pads_of(padding, x)
    )
    per_side = sides_of(kernel, x, "kernel"), sides_of(stride, x, "stride"), sides_of(dilation, x, "dilation")
    sides = zip(LETTERS[len(x) - 1], x[1:], y[1:], *per_side, pads_or_none, strict=True)
    for letter, before, after, k, s, d, ends in sides:
        if ends is None:
            steps.append(f"{letter}_out = ceil({letter}_in / s) = ceil({before} / {s}) = {after}, with padding same")
            continue
        pads = sum(ends)
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
