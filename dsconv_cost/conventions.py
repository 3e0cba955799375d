"""Conventions: named rules that turn a layer's exact counts into the figures reported."""

from collections.abc import Callable
from typing import NamedTuple

from dsconv_cost.counts import Counts

FLOPS_PER_MAC = 2


class Figures(NamedTuple):
    """What is reported of a layer or a network."""

    params: int
    macs: int
    flops: int


class Convention(NamedTuple):
    """A rule for what counts."""

    name: str
    version: str
    summary: str
    """What it counts, in a few words."""
    report: Callable[[Counts], Figures]


def _macs(counts: Counts) -> Figures:
    return Figures(counts.params, counts.macs, FLOPS_PER_MAC * counts.macs)


MACS = Convention("macs", "1", "convolutions and matrix products; 1 MAC = 2 FLOPs; all else 0", _macs)
"""What the papers count: MACs of convolutions and matrix products; params without running statistics."""

DEFAULT = MACS
