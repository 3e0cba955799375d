"""Verdicts: whether a network, or a part of it, keeps a limit. Values are exact: integers, and fractions of integers."""

from typing import NamedTuple

from dsconv_cost.language.limits import Amount, Metric
from dsconv_cost.text import inert

PASS, FAIL, WARNING, NEW, UNCOMPARABLE = ("pass", "fail", "warn", "new", "not comparable")
MAX, MIN, BASE, LOCK = ("max", "min", "base", "lock")

LAYERS_NAMED = 5
"""How many of the costliest layers a verdict names."""


class Bound(NamedTuple):
    """The bound that a value is compared with."""

    kind: str
    """MAX, MIN, BASE or LOCK."""
    amount: Amount | None
    """None where there is nothing to compare with."""
    source: str
    """Where it comes from: an option, file:line, a commit and its reference, or a lock."""
    home: str
    """The same without the line or the reference."""
    ref: str = ""
    """The reference of a base, where it says more than the commit."""


class FilePlace(NamedTuple):
    """Where in an architecture's file to look."""

    path: str
    """Empty for a bundled network."""
    line: int = 0
    """0 where no line is meant."""
    column: int = 0
    use_line: int = 0
    """For a line in a block, the line of the item that uses the block; otherwise 0."""


class LayerShare(NamedTuple):
    """One of the layers that a verdict is about; for a peak or an arena a tensor that is alive, with the layer that writes it."""

    name: str
    line: int
    column: int
    use_line: int
    """As of a FilePlace."""
    value: int
    """How much of the metric it has; for a saving or a largest share its MACs, for a size its params."""
    whole: int = 0
    """How much all of them have together; 0 where that is nothing."""
    before: int | None = None
    """How much it had at the base or in the lock; None where there was none, or there is none to compare with."""


class Verdict(NamedTuple):
    """Whether one network, or a part of it, keeps one limit. Made with keywords."""

    architecture: str
    """As the user named it, with its variant."""
    metric: Metric
    bound: Bound
    actual: Amount
    status: str
    place: FilePlace
    part: str = ""
    """`layer NAME` or `kind NAME`; empty for the whole network."""
    limited: str = ""
    """The parts as the limit names them, which stays the same whichever of them the verdict is on."""
    matched: int = 1
    """How many parts the limit's pattern names; the verdict is on the one that is nearest to it or furthest beyond."""
    beyond: int = 0
    """How many of them are beyond it."""
    bits: int | None = None
    """Of an element, for a size, and for memory."""
    before: int | None = None
    """What it was, for BASE and LOCK."""
    message: str = ""
    """The budget's own words, or why there is no comparison."""
    layers: tuple[LayerShare, ...] = ()
    peak_at: LayerShare | None = None
    """For a peak or an arena the layer that runs then."""

    def __repr__(self) -> str:
        part = f"{inert(self.part)} of " if self.part else ""
        return f"<{self.status}: {self.metric.title} of {part}{inert(self.architecture)}>"

    @property
    def exceeded(self) -> bool:
        return self.status in (FAIL, WARNING)

    @property
    def has_changes(self) -> bool:
        """Whether its layers are those that changed, and not those that have most."""
        return any(layer.before is not None for layer in self.layers)

    @property
    def is_growth(self) -> bool:
        """Whether it compares with an earlier state."""
        return self.bound.kind in (BASE, LOCK)

    @property
    def room(self) -> Amount | None:
        """How far the actual value is inside the limit; below 0 where it is beyond."""
        limit = self.bound.amount
        if limit is None:
            return None
        top = limit.top * self.actual.bottom - self.actual.top * limit.bottom
        sign = -1 if self.bound.kind == MIN else 1
        return Amount("", sign * top, limit.bottom * self.actual.bottom)

    @property
    def room_share(self) -> float | None:
        """The room as a share of the limit; None for a limit of 0."""
        room, limit = self.room, self.bound.amount
        if room is None or limit is None or not limit.top:
            return None
        return (room.top * limit.bottom) / (room.bottom * limit.top)
