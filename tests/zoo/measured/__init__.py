"""Every measured model, in modules by where the networks come from."""

from tests.zoo.measured import convolutional, first

CASES = [*first.CASES, *convolutional.CASES]
"""Compared layer by layer."""

LARGER = [*first.LARGER, *convolutional.LARGER]
"""Compared by their totals alone."""
