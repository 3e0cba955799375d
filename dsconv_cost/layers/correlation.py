"""Correlation: one feature map is the window that slides over another."""

from collections.abc import Sequence
from math import prod

from dsconv_cost.errors import LayerError
from dsconv_cost.layers.base import Inputs
from dsconv_cost.layers.counts import Counts
from dsconv_cost.layers.fields import FLAG, Field
from dsconv_cost.layers.join import SPLIT_FIELD, Join
from dsconv_cost.layers.product import FAMILY, PRODUCT
from dsconv_cost.layers.shapes import Shape
from dsconv_cost.layers.windows import SideWindows, Window, entire


class Correlate(Join):
    """The second branch as a window that slides over the first, as trackers compare an exemplar with a search area.

    Both have the same channels C. A window of t positions a side on s positions gives s - t + 1. Channels are summed, which leaves
    one, or each is compared on its own (`depthwise`). MACs = C positions(window) positions(output), weights 0.
    """

    __slots__ = ("depthwise",)
    depthwise: bool
    type = "correlate"
    family = FAMILY
    kinds = (PRODUCT,)
    takes_two = "slides the second branch over the first"
    takes_every_branch = True
    fields = (
        SPLIT_FIELD,
        Field("depthwise", FLAG, "whether each channel is compared on its own (SiamRPN++); else all are summed", False),
    )  # fmt: skip
    also = ("xcorr", "cross_correlation", "correlation")
    formulas = {"macs": "C_in * window * places"}
    letters = {"window": "positions of the second branch", "places": "positions of the output"}
    counted = "one MAC for each product of two elements; it has no weights"
    source = "Bertinetto et al. 2016, arXiv:1606.09549, section 2.1; depthwise: Li et al. 2019, arXiv:1812.11703, section 3.3"

    def output(self, inputs: Inputs) -> Shape:
        if len(inputs) != 2:
            raise LayerError(
                f"{self.type} {self.takes_two}, received {len(inputs)}: give two branches", "branches", "shape-mismatch"
            )
        x, window = inputs
        if len(x) != len(window) or len(x) < 2:
            raise LayerError(
                f"correlate needs two maps of as many sides, received {x} and {window}: reshape one",
                "branches",
                "shape-mismatch",
            )
        if x.channels != window.channels:
            raise LayerError(
                f"correlate needs the same channels in both branches, received {x} and {window}: give one other channels",
                "branches", "shape-mismatch",
            )  # fmt: skip
        sides = [s - t + 1 for s, t in zip(x.sides, window.sides, strict=True)]
        if min(sides) < 1:
            raise LayerError(
                f"the second branch, {window}, is larger than the first, {x}, over which it slides: exchange them, or pad the first",
                "branches", "empty-output",
            )  # fmt: skip
        return Shape(x.channels if self.depthwise else 1, *sides)

    def counts(self, inputs: Inputs, output: Shape) -> Counts:
        macs = prod(inputs[1]) * output.positions
        return super().counts(inputs, output)._replace(macs=macs)

    def windows(self, inputs: Inputs, output: Shape) -> Sequence[SideWindows]:
        window = inputs[1].sides
        return [tuple(Window(size, 1, 0) for size in window), tuple(map(entire, window))]

    def symbols(self, inputs: Inputs, output: Shape) -> dict[str, int]:
        return {"C_in": inputs[0].channels, "window": inputs[1].positions, "places": output.positions}
