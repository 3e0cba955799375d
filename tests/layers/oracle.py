"""A brute force that walks every window and counts, one by one, what the formulas of the layers claim.

It knows no formula: an output exists where a window can stand, and every product is one step of a loop.
"""

from collections.abc import Iterator
from itertools import count, product
from typing import NamedTuple

Sides = tuple[int, ...]
Pads = tuple[tuple[int, int], ...]


class Walked(NamedTuple):
    """What a walk found."""

    sizes: Sides
    weights: int
    """Different weights that were used."""
    multiplications: int


class Pooled(NamedTuple):
    """What a walk over pooling windows found."""

    sizes: Sides
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
        sides = [_same_starts(n, s) for n, s in zip(size, stride, strict=True)]
    else:
        walked = zip(size, kernel, stride, padding, dilation, strict=True)
        sides = [_starts(n, k, s, *ends, d) for n, k, s, ends, d in walked]
    used: set[tuple[int, ...]] = set()
    multiplications = 0
    for *_, o in product(*sides, range(out_channels)):
        for c in range(channels):
            if _group_of(c, channels, groups) != _group_of(o, out_channels, groups):
                continue
            for position in product(*map(range, kernel)):
                used.add((o, c, *position))
                multiplications += 1
    return Walked(tuple(map(len, sides)), len(used), multiplications)


def transposed(
    channels: int, size: Sides, out_channels: int, kernel: Sides, stride: Sides, padding: Pads, dilation: Sides,
    output_padding: Sides, groups: int,
) -> Walked:  # fmt: skip
    """Walk a transposed convolution: every input position spreads one product a weight over the output."""
    used: set[tuple[int, ...]] = set()
    multiplications = 0
    touched: list[set[int]] = [set() for _ in size]
    for *position, c in product(*map(range, size), range(channels)):
        for o in range(out_channels):
            if _group_of(c, channels, groups) != _group_of(o, out_channels, groups):
                continue
            for step in product(*map(range, kernel)):
                used.add((o, c, *step))
                multiplications += 1
                for side, reached in enumerate(touched):
                    reached.add(position[side] * stride[side] + step[side] * dilation[side])
    sizes: list[int] = []
    for reached, (before, after), extra in zip(touched, padding, output_padding, strict=True):
        whole = range(max(reached) + 1)
        sizes.append(len(whole[before : len(whole) - after]) + extra)
    return Walked(tuple(sizes), len(used), multiplications)


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
    for side, (before, after) in enumerate(pads):
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
    return Pooled(tuple(map(len, sides)), read)


def _reads(channels: int, sides: list[list[list[int]]]) -> Iterator[None]:
    for windows, _channel in product(product(*sides), range(channels)):
        for _ in product(*windows):
            yield


def _same_pads(size: Sides, kernel: Sides, stride: Sides) -> Pads:
    """Return the least padding that makes room for a window at every stride-th position, the odd one at the end."""
    found: list[tuple[int, int]] = []
    for side in range(len(size)):
        wanted = len(_same_starts(size[side], stride[side]))
        pads = next(n for n in count() if len(_starts(size[side] + n, kernel[side], stride[side], 0, 0, 1)) >= wanted)
        found.append((pads // 2, pads - pads // 2))
    return tuple(found)
