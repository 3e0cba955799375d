"""The parts of a space in which a network has one structure, and what it costs in each: found as points ask for them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dsconv_cost.errors import InputError
from dsconv_cost.gc_pause import without_gc
from dsconv_cost.language.architecture import Spec
from dsconv_cost.layers.values import Value
from dsconv_cost.network.allowance import MAX_LAYERS, one_allowance
from dsconv_cost.network.build import network_for
from dsconv_cost.network.environment import NamesInSight
from dsconv_cost.spaces.arithmetic import ExactSpace, largest
from dsconv_cost.spaces.choices import chosen_names
from dsconv_cost.spaces.gather import Gathered
from dsconv_cost.spaces.grid import Axis
from dsconv_cost.spaces.metrics import WantedFigures, figures_of
from dsconv_cost.spaces.space import Cells, Diverged, Entangled, Ints, SpaceAxis

_FEW = 12
"""For so few points it is quicker to count each the ordinary way than to make tables."""
_MOST_REGIONS = 4_000


class Region:
    """A part of the space: not looked at yet, one structure, or split along an axis."""

    __slots__ = ("axis", "child_of", "children", "error", "figures", "single", "space", "visited")

    def __init__(self, space: ExactSpace) -> None:
        self.space = space
        self.figures: dict[str, Any] | None = None
        """The cost as numbers that vary over the space."""
        self.error: InputError | None = None
        """Why there is no network at any of its points."""
        self.single = False
        """Whether its points are counted one by one."""
        self.visited = False
        self.axis = -1
        self.children: list[Region] = []
        self.child_of: Ints | None = None
        """Which child has a value of the axis, by the number of the value among all of them."""


class Counted:
    """The figures of some points."""

    __slots__ = ("columns", "possible", "problems")

    def __init__(self, count: int, names: Sequence[str]) -> None:
        self.columns: dict[str, Cells] = {name: np.zeros(count, np.int64) for name in names}
        self.possible = np.ones(count, bool)
        """Whether there is a network at a point."""
        self.problems: list[tuple[int, InputError]] = []
        """For some of the points without one, why."""

    def put(self, name: str, rows: Ints, values: Cells) -> None:
        if values.dtype == object and self.columns[name].dtype != object:
            self.columns[name] = self.columns[name].astype(object)
        self.columns[name][rows] = values


class Engine:
    """Counts a network at points of a space of settings."""

    def __init__(
        self,
        spec: Spec,
        fixed: Mapping[str, Value],
        axes: Sequence[Axis],
        wanted: WantedFigures,
        max_layers: int = MAX_LAYERS,
    ) -> None:
        self.spec = spec
        self.fixed = dict(fixed)
        """The hyperparameters that are the same at every point."""
        self.axes = tuple(axes)
        self.wanted = wanted
        self.max_layers = max_layers
        self.regions = 0
        """How many structures were found."""
        self.examples: list[tuple[int, ...]] = []
        """A point of each structure."""
        self.one_by_one = 0
        """How many points were counted the ordinary way."""
        self._few = _FEW
        self._root = Region(
            ExactSpace([SpaceAxis(axis.name, axis.values, np.arange(len(axis.values))) for axis in axes])
        )

    @without_gc
    def count(self, points: Ints, few: int | None = None) -> Counted:
        """Return the figures of points, given as rows of the numbers of their values.

        Where no more than a `few` are in a part of the space that is not known yet, they are counted the ordinary way.
        """
        counted = Counted(len(points), self.wanted.names)
        self._few = _FEW if few is None else few
        self._visit(self._root, points, np.arange(len(points)), counted)
        return counted

    def ordinary(self, row: Sequence[int]) -> dict[str, Any]:
        """Return the figures of one point, counted the ordinary way. Raises InputError where there is no network."""
        values = {axis.name: axis.values[number] for axis, number in zip(self.axes, row, strict=True)}
        with one_allowance(self.max_layers):
            network = network_for(self.spec, NamesInSight({**self.fixed, **values}), self.max_layers)
        return figures_of(network, self.wanted)

    def structures(self, most: int) -> list[Region] | None:
        """Return all parts of the space, or None where there are more than so many or some are counted one by one."""
        done: list[Region] = []
        waiting = [self._root]
        while waiting:
            region = waiting.pop()
            self._look_at(region)
            if region.single or len(done) + len(waiting) > most:
                return None
            if region.axis < 0:
                done.append(region)
            waiting += region.children
        return done

    # -- parts of the space ---------------------------------------------------------------------

    def _visit(self, region: Region, points: Ints, rows: Ints, counted: Counted) -> None:
        if not len(rows):
            return
        if region.figures is None and region.error is None and region.axis < 0:
            if not region.single and len(rows) > self._few:
                self._look_at(region)
            if region.figures is None and region.error is None and region.axis < 0:
                self._one_by_one(points, rows, counted)
                return
        if region.axis >= 0:
            assert region.child_of is not None
            child_of = region.child_of[points[rows, region.axis]]
            for number, child in enumerate(region.children):
                self._visit(child, points, rows[child_of == number], counted)
        elif region.error is not None:
            counted.possible[rows] = False
            counted.problems.append((int(rows[0]), region.error))
        else:
            assert region.figures is not None
            if not region.visited:
                region.visited = True
                self.examples.append(tuple(points[rows[0]].tolist()))
            at = self._gathered(region, points, rows)
            for name, value in region.figures.items():
                counted.put(name, rows, at.of(value))

    def _gathered(self, region: Region, points: Ints, rows: Ints) -> Gathered:
        numbers: list[Ints] = []
        for position, axis in enumerate(region.space.axes):
            chosen = points[:, position] if len(rows) == len(points) else points[rows, position]
            if len(axis.values) < len(self.axes[position].values):
                place_of = np.zeros(len(self.axes[position].values), np.int64)
                place_of[axis.numbers] = np.arange(len(axis.values))
                chosen = place_of[chosen]
            numbers.append(np.ascontiguousarray(chosen, np.int64))
        return Gathered(region.space, numbers, len(rows))

    def _look_at(self, region: Region) -> None:
        """Make the network of a part of the space, or split it where it has more than one structure."""
        if region.figures is not None or region.error is not None or region.axis >= 0 or region.single:
            return
        if self.regions >= _MOST_REGIONS:
            region.single = True
            return
        space = region.space
        try:
            with one_allowance(self.max_layers):
                network = network_for(self.spec, chosen_names(space, self.fixed), self.max_layers)
            if "arena" in self.wanted.names:
                raise Entangled("the planner of the arena runs for one network at a time")
            region.figures = figures_of(network, self.wanted, largest)
            self.regions += 1
        except InputError as error:
            region.error = error
        except Entangled:
            region.single = True
        except Diverged as split:
            child_of = np.zeros(len(self.axes[split.axis].values), np.int64)
            for number, group in enumerate(split.groups):
                child = Region(space.within(split.axis, group))
                child_of[child.space.axes[split.axis].numbers] = number
                region.children.append(child)
            region.axis, region.child_of = split.axis, child_of
        finally:
            space.tables.clear()

    def _one_by_one(self, points: Ints, rows: Ints, counted: Counted) -> None:
        self.one_by_one += len(rows)
        self.examples.append(tuple(points[rows[0]].tolist()))
        known: dict[tuple[int, ...], dict[str, Any] | InputError] = {}
        for row in rows.tolist():
            point = tuple(points[row].tolist())
            if point not in known:
                try:
                    known[point] = self.ordinary(point)
                except InputError as error:
                    known[point] = error
            figures = known[point]
            if isinstance(figures, InputError):
                counted.possible[row] = False
                counted.problems.append((row, figures))
                continue
            for name, value in figures.items():
                wide = abs(value) >= 1 << 63
                counted.put(name, np.array([row]), np.array([value], object if wide else np.int64))
