"""A brute force that walks every window and counts, one by one, what the formulas of the layers claim.

It knows no formula: an output exists where a window can stand, and every product is one step of a loop.
"""

from collections.abc import Iterator
from itertools import count, product
from typing import NamedTuple

Sides = tuple[int, int]
Pads = tuple[int, int, int, int]


class Walked(NamedTuple):
    """What a walk found."""

    height: int
    width: int
    weights: int
    """Different weights that were used."""
    multiplications: int


class Pooled(NamedTuple):
    """What a walk over pooling windows found."""

    height: int
    width: int
    read: int


def _starts(size: int, kernel: int, stride: int, before: int, after: int, dilation: int) -> list[int]:
    """Return where windows start along one side: every position from which the whole window lies in the padded input."""
    inside = range(-before, size + after)
    return [start for start in inside[::stride] if all(start + dilation * step in inside for step in range(kernel))]


def _same_starts(size: int, stride: int) -> list[int]:
    """Return one window for every stride-th position of the input, whatever the kernel covers."""
    return list(range(0, size, stride))


def convolution(
    channels: int, size: Sides, out_channels: int, kernel: Sides, stride: Sides, padding: Pads | str, dilation: Sides,
    groups: int,
) -> Walked:  # fmt: skip
    """Walk a convolution. Output channel `o` sees the input channels of its own group; padding positions count."""
    if isinstance(padding, str):
        rows, columns = _same_starts(size[0], stride[0]), _same_starts(size[1], stride[1])
    else:
        top, bottom, left, right = padding
        rows = _starts(size[0], kernel[0], stride[0], top, bottom, dilation[0])
        columns = _starts(size[1], kernel[1], stride[1], left, right, dilation[1])
    used: set[tuple[int, ...]] = set()
    multiplications = 0
    for _row, _column, o in product(rows, columns, range(out_channels)):
        for c in range(channels):
            if _group_of(c, channels, groups) != _group_of(o, out_channels, groups):
                continue
            for position in product(range(kernel[0]), range(kernel[1])):
                used.add((o, c, *position))
                multiplications += 1
    return Walked(len(rows), len(columns), len(used), multiplications)


def transposed(
    channels: int, size: Sides, out_channels: int, kernel: Sides, stride: Sides, padding: Pads, dilation: Sides,
    output_padding: Sides, groups: int,
) -> Walked:  # fmt: skip
    """Walk a transposed convolution: every input position spreads one product a weight over the output."""
    used: set[tuple[int, ...]] = set()
    multiplications = 0
    rows: set[int] = set()
    columns: set[int] = set()
    for row, column, c in product(range(size[0]), range(size[1]), range(channels)):
        for o in range(out_channels):
            if _group_of(c, channels, groups) != _group_of(o, out_channels, groups):
                continue
            for k_row, k_column in product(range(kernel[0]), range(kernel[1])):
                used.add((o, c, k_row, k_column))
                multiplications += 1
                rows.add(row * stride[0] + k_row * dilation[0])
                columns.add(column * stride[1] + k_column * dilation[1])
    top, bottom, left, right = padding
    height = len(range(max(rows) + 1)[top : max(rows) + 1 - bottom]) + output_padding[0]
    width = len(range(max(columns) + 1)[left : max(columns) + 1 - right]) + output_padding[1]
    return Walked(height, width, len(used), multiplications)


def _group_of(channel: int, channels: int, groups: int) -> int:
    """Return the group of a channel, found by dealing out equal runs of channels."""
    run = [group for group in range(groups) for _ in range(channels // groups)]
    return run[channel]


def pooling(
    channels: int, size: Sides, kernel: Sides, stride: Sides, padding: Pads | str, ceil_mode: bool, count_padding: bool
) -> Pooled:
    """Walk a pooling, and count the elements that its windows read.

    With `ceil_mode` a window may hang over the padded input's end by less than a stride, but has to start inside the
    input or its leading padding (PyTorch's rule). What hangs over is never read.
    """
    pads = padding if not isinstance(padding, str) else _same_pads(size, kernel, stride)
    ceil_mode = ceil_mode and not isinstance(padding, str)
    sides = []
    for side, (before, after) in enumerate((pads[:2], pads[2:])):
        end = size[side] + after
        over = stride[side] - 1 if ceil_mode else 0
        starts = [
            start
            for start in range(-before, end, stride[side])
            if start + kernel[side] <= end + over and (start < size[side] or not ceil_mode)
        ]
        if isinstance(padding, str):
            starts = starts[: len(_same_starts(size[side], stride[side]))]
        first, last = (-before, end) if count_padding else (0, size[side])
        sides.append([[at for at in range(start, start + kernel[side]) if first <= at < last] for start in starts])
    read = sum(1 for _ in _reads(channels, sides))
    return Pooled(len(sides[0]), len(sides[1]), read)


def _reads(channels: int, sides: list[list[list[int]]]) -> Iterator[None]:
    for rows, columns, _channel in product(sides[0], sides[1], range(channels)):
        for _ in product(rows, columns):
            yield


def _same_pads(size: Sides, kernel: Sides, stride: Sides) -> Pads:
    """Return the least padding that makes room for a window at every stride-th position, the odd one at the end."""
    found: list[int] = []
    for side in (0, 1):
        wanted = len(_same_starts(size[side], stride[side]))
        pads = next(n for n in count() if len(_starts(size[side] + n, kernel[side], stride[side], 0, 0, 1)) >= wanted)
        found += [pads // 2, pads - pads // 2]
    return found[0], found[1], found[2], found[3]
