"""What a sweep is to do: the network, its axes, figures, conditions and objectives, and which points each part has."""

import functools
import hashlib
import json
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from dsconv_cost.costs.conventions import convention_named
from dsconv_cost.errors import InputError, UsageError
from dsconv_cost.layers.values import Value
from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.network.allowance import MAX_LAYERS
from dsconv_cost.sources.load import Source, spec_of
from dsconv_cost.sources.settings import choose
from dsconv_cost.spaces.grid import Axis
from dsconv_cost.spaces.metrics import SWEPT, WantedFigures
from dsconv_cost.spaces.regions import Engine
from dsconv_cost.spaces.space import Ints
from dsconv_cost.spaces.where import Condition, parse_condition
from dsconv_cost.text import inert, near
from dsconv_cost.version import __version__

PART_SIZE = 1 << 17
"""The points of a part, unless a call says otherwise."""
MOST_ENUMERATED = 10**9
"""Of a space with more points some are drawn."""
SAMPLED = 100_000
"""How many points are drawn where no number is given."""


class Objective(NamedTuple):
    """A figure or setting of which the most, or the least, is best."""

    name: str
    most: bool

    @property
    def text(self) -> str:
        return f"{'max' if self.most else 'min'}:{self.name}"


class SweepPlan(NamedTuple):
    """A sweep. It can be sent to another process."""

    text: str
    """Of the file."""
    path: str
    bundled: bool
    variant: str | None
    axes: tuple[Axis, ...]
    fixed: tuple[tuple[str, Value], ...]
    """The other settings that are given."""
    figures: tuple[str, ...]
    convention: str = "macs"
    bits: int = 0
    """Of an element, for bytes; 0: 32 for size, 8 for the others."""
    where: str = ""
    pareto: tuple[Objective, ...] = ()
    best: tuple[Objective, ...] = ()
    """The order of the answer: the first decides, the next where it is equal."""
    top: int | None = None
    sample: int | None = None
    """How many points are drawn at random; None: all are counted."""
    seed: int = 0
    part_size: int = PART_SIZE
    max_layers: int = MAX_LAYERS
    form: str = ""
    """Of the files: `parquet` or `csv`; empty where none are written."""

    @property
    def space_size(self) -> int:
        """How many combinations the values of the axes have."""
        return math.prod(len(axis.values) for axis in self.axes)

    @property
    def total(self) -> int:
        """How many points are counted."""
        return self.space_size if self.sample is None else self.sample

    @property
    def parts(self) -> int:
        return -(-self.total // self.part_size)

    @property
    def counted_figures(self) -> tuple[str, ...]:
        """The figures with those that conditions and objectives need."""
        names = [*self.figures, *self.condition.figures] if self.where else [*self.figures]
        settings = {axis.name for axis in self.axes}
        names += [each.name for each in (*self.pareto, *self.best) if each.name not in settings]
        if "saving" in names:
            names.append("standard_macs")
        return tuple(dict.fromkeys(names))

    @property
    def condition(self) -> Condition:
        return parse_condition(self.where, self.axes)

    def points(self, part: int) -> Ints:
        """Return the points of a part, as rows of the numbers of their values; the last axis changes fastest."""
        first = part * self.part_size
        many = min(self.part_size, self.total - first)
        sizes = [len(axis.values) for axis in self.axes]
        if self.sample is None:
            return np.stack(np.unravel_index(np.arange(first, first + many), sizes), axis=1).astype(np.int64)
        # A bit generator's raw numbers are the same in every release of numpy; those of distributions are not.
        raw = np.random.Philox(key=self.seed, counter=[0, 0, 0, part]).random_raw(many * len(sizes))
        return (raw.reshape(many, len(sizes)) % np.array(sizes, np.uint64)).astype(np.int64)

    def document(self) -> dict[str, Any]:
        """Return what makes it the sweep it is, for the file beside its parts."""
        convention = convention_named(self.convention)
        return {
            "dsconv_cost": __version__,
            "file": hashlib.sha256(self.text.encode()).hexdigest(),
            "variant": self.variant,
            "axes": {axis.name: list(axis.values) for axis in self.axes},
            "settings": dict(self.fixed),
            "figures": list(self.counted_figures),
            "convention": [convention.name, convention.version],
            "bits": self.bits,
            "where": self.where,
            "pareto": [each.text for each in self.pareto],
            "best": [each.text for each in self.best],
            "top": self.top,
            "sample": self.sample,
            "seed": self.seed if self.sample is not None else None,
            "points": self.total,
            "part_size": self.part_size,
            "parts": self.parts,
            "format": self.form,
        }

    @property
    def document_text(self) -> str:
        return json.dumps(self.document(), indent=2) + "\n"


@functools.lru_cache(1)
def engine_of(plan: SweepPlan) -> Engine:
    """Return what counts a plan's points, the same one for every part. Raises InputError and UsageError."""
    source = Source(plan.text, plan.path, plan.bundled, plan.variant)
    spec = spec_of(source)
    axes = plan.axes
    values = choose(spec, plan.variant, {**dict(plan.fixed), **{axis.name: axis.values[0] for axis in axes}})
    for axis in axes:
        for value in {type(value): value for value in axis.values}.values():  # each kind of value suits
            choose(spec, plan.variant, {**values, axis.name: value})
    names = {axis.name for axis in axes}
    fixed = {name: value for name, value in values.items() if name not in names}
    wanted = WantedFigures(
        plan.counted_figures, convention_named(plan.convention), plan.bits or 32, plan.bits or 8
    )  # fmt: skip
    return Engine(spec, fixed, axes, wanted, plan.max_layers)


def objective(text: str, axes: Sequence[Axis], option: str, most: bool | None = None) -> Objective:
    """Return what `macs`, `max:resolution` or `min:params` means. Raises UsageError.

    Less is better of figures but savings, and more of settings, unless the text says otherwise.
    """
    head, colon, name = text.partition(":")
    name = (name if colon else head).strip()
    if colon and (head.strip() not in ("max", "min") or most is not None):
        raise UsageError(
            f"{option} {inert(text)}: expected a name{'' if most is not None else ', max:NAME or min:NAME'}"
        )
    axis = next((axis for axis in axes if axis.name == name), None)
    if axis is not None and not all(type(value) in (int, float) for value in axis.values):
        raise UsageError(f"{option} {inert(text)}: the values of {inert(name)} are not numbers")
    if axis is None and name not in SWEPT:
        there = [*(each.name for each in axes), *SWEPT]
        raise UsageError(
            f"{option}: unknown figure or setting '{inert(name)}'{near(name, there) or ': there are ' + inert(', '.join(there))}"
        )
    if most is None:
        most = head.strip() == "max" if colon else axis is not None or name == "saving"
    return Objective(name, most)


def figure_names(text: str, option: str) -> list[str]:
    """Return the figures that a list names. Raises UsageError."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in SWEPT:
            raise UsageError(
                f"{option}: unknown figure '{inert(name)}'{near(name, SWEPT) or ': there are ' + ', '.join(SWEPT)}"
            )
    if not names:
        raise UsageError(f"{option}: received no name, expected some of {', '.join(SWEPT)}")
    return names


def why_not(error: InputError) -> str:
    """Return in a few words why there is no network."""
    return inert(error.problems[0].message)


def settings_at(axes: Sequence[Axis], row: Sequence[int]) -> dict[str, Value]:
    """Return the settings of a point by name."""
    return {axis.name: axis.values[number] for axis, number in zip(axes, row, strict=True)}
