"""The columns of points: figures, and the values of settings."""

from collections.abc import Mapping, Sequence

import numpy as np

from dsconv_cost.layers.values import Value
from dsconv_cost.spaces.grid import Axis
from dsconv_cost.spaces.space import Cells

Columns = Mapping[str, Cells]
"""Figures as numbers, settings as their values; of `saving` the MACs saved, beside `standard_macs`."""


def setting_columns(axes: Sequence[Axis], numbers: Cells) -> dict[str, Cells]:
    """Return the values of the settings at points, under the names that conditions know them by."""
    return {f"setting {axis.name}": values_of(axis.values, numbers[:, index]) for index, axis in enumerate(axes)}


def values_of(values: Sequence[Value], numbers: Cells) -> Cells:
    """Return the values with these numbers: as integers, floats or flags where all are, else as objects."""
    kinds = {type(value) for value in values}
    if kinds <= {int, float}:
        return np.array(values, np.int64 if kinds == {int} else float)[numbers]
    if kinds == {bool}:
        return np.array(values, bool)[numbers]
    cells = np.empty(len(values), object)
    cells[:] = values
    return cells[numbers]
