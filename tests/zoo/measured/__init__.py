"""Every measured model, in modules by where the networks come from."""

from tests.zoo.measured import convolutional, first, yolo

CASES = [*first.CASES, *convolutional.CASES, *yolo.CASES]
"""Compared layer by layer."""

LARGER = [*first.LARGER, *convolutional.LARGER, *yolo.LARGER]
"""Compared by their totals alone."""
