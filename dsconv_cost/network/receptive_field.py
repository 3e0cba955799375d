"""Receptive fields: which positions of the network's input each layer's output sees, exactly.

Araujo, Norris and Sim 2019, "Computing Receptive Fields of Convolutional Neural Networks", Distill, doi:10.23915/distill.00021.
Along each side position i of a layer sees the input's positions S*i - P to S*i - P + R - 1. A layer with a window of extent k,
stride s and padding p gives R + (k-1)*S, S*s and P + p*S. A join has the smallest window that holds those of its branches; it is
aligned where their strides and centres are equal.

Behind an upsampling the stride is a fraction, and what an output sees is not the same for every i: R is the smallest window that
holds it for all of them. A layer with a stride behind that may see less of it, since it leaves positions out.
"""

from collections.abc import Sequence
from math import floor
from typing import TYPE_CHECKING

from dsconv_cost.layers.join import Multiply
from dsconv_cost.layers.reshape import Flatten, Permute, ToShape
from dsconv_cost.layers.shapes import Shape, Sides
from dsconv_cost.layers.windows import ONE, Window, entire
from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.network.graph import INPUT, Network, Node

if TYPE_CHECKING:
    from dsconv_cost.layers.windows import Number

NOWHERE = -1
"""The axis of a side that every position of a tensor sees alike."""


class Reach(NamedTuple):
    """What an output sees of one side of the network's input: positions stride*i - padding to stride*i - padding + extent - 1.

    Behind an upsampling, a window of that stride that holds what each output sees.
    """

    extent: "Number"
    stride: "Number"
    """Steps of the input for a step of the output; 0 where every output sees the same positions."""
    padding: "Number"
    """Positions of the window of output 0 that lie before the input's first."""
    aligned: bool = True
    """Whether all branches that meet on the way see windows with the same stride and centre."""

    @property
    def size(self) -> int:
        """The most positions that an output sees, the first to the last."""
        return floor(self.extent)

    def through(self, window: Window, size: int) -> "Reach":
        """Return what a layer with this window sees; `size` is that of the network's input along the side."""
        extent = self.extent + (window.extent - 1) * self.stride
        padding = self.padding + window.before * self.stride
        stride = self.stride * window.stride
        if not stride:
            first, last = max(0, -floor(padding)), min(size - 1, floor(extent - 1 - padding))
            return Reach(last - first + 1, 0, -first, self.aligned)
        if type(extent) is int and type(stride) is int and type(padding) is int:
            return Reach(extent, stride, padding, self.aligned)
        return _tight(extent, stride, padding, self.aligned)


def _tight(extent: "Number", stride: "Number", padding: "Number", aligned: bool) -> Reach:
    """Return the smallest window of this stride that holds the same whole positions for every i."""
    parts = stride.denominator  # stride * i takes every multiple of 1 / parts
    before = floor(padding * parts)
    after = floor((extent - 1 - padding) * parts)
    if parts == 1:
        return Reach(before + after + 1, int(stride), before, aligned)
    from fractions import Fraction

    return Reach(Fraction(before + after, parts) + 1, stride, Fraction(before, parts), aligned)


class _Side(NamedTuple):
    """How a tensor sees one side of the network's input, and which of the tensor's axes steps along it."""

    axis: int
    """0 for the channels; NOWHERE where the stride is 0."""
    inner: int
    """How many steps along the axis are one along the side: more than 1 where a reshape put axes into one."""
    length: int
    """Steps along the side."""
    reach: Reach


_Sides = tuple[_Side, ...]


class ReceptiveField(NamedTuple):
    """The receptive field of a layer."""

    input: int
    """Which of the network's inputs it is a part of: the first one that the layer sees."""
    sides: tuple[Reach, ...]
    """For each side of that input."""
    sizes: Sides
    """The sides of that input."""

    @property
    def aligned(self) -> bool | None:
        """Whether every side is aligned; None where every output sees the same."""
        aligned = [reach.aligned for reach in self.sides if reach.stride]
        return all(aligned) if aligned else None


class ReceptiveFields(NamedTuple):
    """The receptive fields of a network's layers."""

    of: Sequence[ReceptiveField | None]
    """By node; None for a layer that sees no input."""
    gates: Sequence[int]
    """The products with a gate, e.g. of squeeze and excite: one factor for a whole map, whose field is set aside."""


def receptive_fields(network: Network) -> ReceptiveFields:
    """Return the receptive field of every layer on the input as the file has it.

    Set aside: what gates see (the factors of a product that are one for a whole map), and the statistics of norms.
    """
    fields: list[ReceptiveField | None] = [None] * len(network.nodes)
    gates: set[int] = set()
    for given in range(len(network.inputs)):
        sizes = network.inputs[given].shape.sides
        for index, sides in enumerate(_on_input(network, given, gates)):
            if sides is not None and fields[index] is None:
                # Along the channels every position of the output has the whole side.
                whole = [
                    side if side.axis else _everything(side, size) for side, size in zip(sides, sizes, strict=True)
                ]
                fields[index] = ReceptiveField(given, tuple([side.reach for side in whole]), sizes)
    return ReceptiveFields(fields, sorted(gates))


def _on_input(network: Network, given: int, gates: set[int]) -> list[_Sides | None]:
    """Return how every node sees one of the network's inputs; None where it does not. Adds products with a gate to `gates`."""
    sizes = network.inputs[given].shape.sides
    windows = _WindowCache()
    start = tuple(_Side(axis, 1, size, Reach(1, 1, 0)) for axis, size in enumerate(sizes, 1))
    seen: list[_Sides | None] = []
    for index, node in enumerate(network.nodes):
        before: Sequence[_Sides | None] = [
            (start if i == INPUT - given else None) if i < 0 else seen[i] for i in node.inputs
        ]
        if isinstance(node.layer, Multiply) and len(before) > 1:
            kept = _without_gates(network, node, before)
            if kept != before:
                gates.add(index)
                before = kept
        seen.append(_seen(network, node, before, sizes, windows))
    return seen


class _WindowCache:
    """The windows of layers, for the axes of each of their inputs: worked out once for each layer and input."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, tuple[Shape, ...]], list[tuple[Window | None, ...]]] = {}

    def __call__(self, node: Node, shapes: tuple[Shape, ...]) -> list[tuple[Window | None, ...]]:
        """Return a window for each axis of each input, the channels first; None for one that every output sees whole."""
        key = (id(node.layer), shapes)  # a network keeps its layers, so that no number is used twice
        known = self._known.get(key)
        if known is None:
            channels = None if node.layer.mixes_channels else ONE
            known = self._known[key] = [(channels, *sides) for sides in node.layer.windows(shapes, node.output)]
        return known


def _seen(
    network: Network, node: Node, before: Sequence[_Sides | None], sizes: Sides, windows_of: _WindowCache
) -> _Sides | None:  # fmt: skip
    """Return how a node sees an input, of which its own inputs see what is in `before`."""
    if not any(before):
        return next((sides for sides in before if sides is not None), None)  # of an input without sides
    layer, output = node.layer, node.output
    shapes = tuple([network.shape(i) for i in node.inputs])
    if isinstance(layer, (Flatten, ToShape)):
        return tuple(
            _reshaped(side, shapes[0], output, size) for side, size in zip(before[0] or (), sizes, strict=True)
        )
    if isinstance(layer, Permute):
        moved = [*map(shapes[0].axis, layer.order)]
        return tuple(side if side.axis < 0 else side._replace(axis=moved.index(side.axis)) for side in before[0] or ())
    branches = [
        sides if output == x and all(window == ONE for window in windows)
        else tuple([_through(side, x, output, windows, size) for side, size in zip(sides, sizes, strict=True)])
        for sides, x, windows in zip(before, shapes, windows_of(node, shapes), strict=False)
        if sides is not None
    ]  # fmt: skip
    if len(branches) == 1:
        return branches[0]
    return tuple(_hull(sides, size) for *sides, size in zip(*branches, sizes, strict=True))


def _through(side: _Side, x: Shape, output: Shape, windows: Sequence[Window | None], size: int) -> _Side:
    """Return how the output of a layer sees a side; `windows` has one for each axis, None for the axis that it sees whole."""
    axis, inner, length, reach = side
    if axis < 0:
        return side
    window = windows[axis] if axis < len(windows) else None
    if window == ONE and x[axis] == output[axis]:
        return side
    if window is None or inner > 1 or length != x[axis]:
        return _everything(side, size)
    reach = reach.through(window, size)
    return _Side(axis, 1, output[axis], reach) if reach.stride else _Side(NOWHERE, 1, 1, reach)


def _everything(side: _Side, size: int) -> _Side:
    return _Side(NOWHERE, 1, 1, side.reach.through(entire(side.length), size))


def _reshaped(side: _Side, x: Shape, output: Shape, size: int) -> _Side:
    """Return a side after a reshape, in which the elements keep their order: the axis that steps along it is another one."""
    if side.axis < 0:
        return side
    step = side.inner  # elements for a step along the side
    for axis_size in x[side.axis + 1 :]:
        step *= axis_size
    behind = 1  # elements for a step along the axis
    for axis in range(len(output) - 1, -1, -1):
        if step % behind == 0 and (behind * output[axis]) % (step * side.length) == 0:
            return _Side(axis, step // behind, side.length, side.reach)
        behind *= output[axis]
    return _everything(side, size)


def _hull(sides: Sequence[_Side], size: int) -> _Side:
    """Return the smallest window that holds those of several branches."""
    first = sides[0]
    if all(side == first for side in sides):
        return first
    covering = next((side for side in sides if not side.reach.stride and side.reach.extent == size), None)
    if covering is not None:
        return covering
    moving = [side for side in sides if side.axis >= 0]
    if len({side[:3] for side in moving}) > 1:  # different axes step along it
        whole = [_everything(side, size).reach for side in sides]
        return _Side(NOWHERE, 1, 1, _holding(whole, 1))
    if not moving:
        return _Side(NOWHERE, 1, 1, _holding([side.reach for side in sides], 1))
    return moving[0]._replace(reach=_holding([side.reach for side in sides], moving[0].length))


def _holding(reaches: Sequence[Reach], length: int) -> Reach:
    """Return the smallest window of the largest stride that holds all of these for `length` positions of the output."""
    stride = max(reach.stride for reach in reaches)
    drifts = [(reach, (stride - reach.stride) * (length - 1)) for reach in reaches]
    padding = max(reach.padding + drift for reach, drift in drifts)
    after = max(reach.extent - 1 - reach.padding for reach in reaches)
    centres = {(reach.extent - 1) - 2 * reach.padding for reach in reaches}
    aligned = all(reach.aligned for reach in reaches) and len(centres) == 1 and not any(drift for _, drift in drifts)
    if not stride:
        return Reach(padding + after + 1, 0, padding, aligned)
    return _tight(padding + after + 1, stride, padding, aligned)


def _without_gates(network: Network, node: Node, before: Sequence[_Sides | None]) -> Sequence[_Sides | None]:
    """Return what a product sees without the branches that are one factor for a whole map."""
    branches = [(sides, network.shape(i).positions) for i, sides in zip(node.inputs, before, strict=True)]
    gates = [sides is not None and count == 1 and all(side.axis < 0 for side in sides) for sides, count in branches]
    if any(not gate and (sides or count > 1) for gate, (sides, count) in zip(gates, branches, strict=True)):
        return [None if gate else sides for gate, (sides, _) in zip(gates, branches, strict=True)]
    return before
