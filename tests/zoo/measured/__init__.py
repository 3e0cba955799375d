"""Every measured model, in modules by where the networks come from."""

from tests.zoo.measured import convolutional, detection, first

CASES = [*first.CASES, *convolutional.CASES, *detection.CASES]
"""Compared layer by layer."""

LARGER = [*first.LARGER, *convolutional.LARGER, *detection.LARGER]
"""Compared by their totals alone."""
