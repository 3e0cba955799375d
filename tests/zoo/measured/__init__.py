"""Every measured model, in modules by where the networks come from."""

from tests.zoo.measured import convolutional, detection, first, graphs

CASES = [*first.CASES, *convolutional.CASES, *detection.CASES, *graphs.CASES]
"""Compared layer by layer."""

LARGER = [*first.LARGER, *convolutional.LARGER, *detection.LARGER, *graphs.LARGER]
"""Compared by their totals alone."""
