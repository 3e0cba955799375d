"""Spaces of settings for tests, from networks by name or from text."""

from collections.abc import Mapping, Sequence
from textwrap import dedent

import numpy as np

from dsconv_cost.costs.conventions import convention_named
from dsconv_cost.layers.values import Value
from dsconv_cost.sources.arguments import SpecReader
from dsconv_cost.sources.load import Source, spec_of
from dsconv_cost.sources.settings import choose
from dsconv_cost.spaces.grid import Axis
from dsconv_cost.spaces.metrics import SWEPT, WantedFigures
from dsconv_cost.spaces.regions import Engine
from dsconv_cost.spaces.space import Ints

EVERY_FIGURE = tuple(name for name in SWEPT if name != "arena")
"""All but the arena, whose planner runs for one network at a time."""


def engine(
    name: str,
    axes: Mapping[str, Sequence[Value]],
    figures: Sequence[str] = ("params", "macs"),
    convention: str = "macs",
) -> Engine:
    """Return the engine of a network by its name, or of a text with line breaks."""
    if "\n" in name:
        source = Source(dedent(name), "net.yaml", False, None)
        spec = spec_of(source)
    else:
        source, spec = SpecReader().read(name)
    values = choose(spec, source.variant, {name: values[0] for name, values in axes.items()})
    fixed = {name: value for name, value in values.items() if name not in axes}
    wanted = WantedFigures(tuple(figures), convention_named(convention))
    return Engine(spec, fixed, [Axis(name, tuple(values)) for name, values in axes.items()], wanted)


def every_point(of: Engine) -> Ints:
    """Return all points, the last axis changing fastest."""
    sizes = [len(axis.values) for axis in of.axes]
    return np.stack(np.unravel_index(np.arange(np.prod(sizes)), sizes), axis=1)
