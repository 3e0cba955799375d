"""Every measured model, in modules by where the networks come from."""

from tests.zoo.measured import convolutional, detection, first, graphs, mobile, signals, vision

GROUPS = (first, convolutional, detection, graphs, mobile, signals, vision)

CASES = [case for group in GROUPS for case in group.CASES]
"""Compared layer by layer."""

LARGER = [case for group in GROUPS for case in group.LARGER]
"""Compared by their totals alone."""
