"""Every measured model, in modules by where the networks come from."""

from tests.zoo.measured import first

CASES = [*first.CASES]
"""Compared layer by layer."""

LARGER = [*first.LARGER]
"""Compared by their totals alone."""
