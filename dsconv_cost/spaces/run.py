"""A sweep from its parts to its answer: each part is counted by itself, and what is best of all is kept."""

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from dsconv_cost.errors import DsconvCostError, InputError
from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.spaces.columns import setting_columns
from dsconv_cost.spaces.files import table_of, write_part
from dsconv_cost.spaces.fronts import best_of, front, ranks_of
from dsconv_cost.spaces.plan import SweepPlan, engine_of, settings_at, why_not
from dsconv_cost.spaces.regions import Engine
from dsconv_cost.spaces.space import Cells, Ints

SHOWN = 20
"""How many points are shown where no number is given."""
CHECKED = 50
"""How many random points are counted the ordinary way at the end."""

Summary = dict[str, Any]
"""What is known of a part: `points`, `kept`, `impossible`, `why`, `ranges`, `candidates`, and beside its files `one_by_one`."""
Runner = Callable[[SweepPlan, Sequence[int], str | None], Iterable[tuple[int, Summary]]]
"""Counts parts, in any order."""


class SweepStopped(DsconvCostError):
    """A sweep cannot go on: the parts so far are whole."""


class Extreme(NamedTuple):
    """The least or the most of a figure, and the first point that has it."""

    value: int
    number: int
    """Of the point among all that are counted."""


class SweepState:
    """What is known of a sweep so far."""

    def __init__(self, plan: SweepPlan) -> None:
        self.plan = plan
        self.points = self.kept = self.impossible = self.one_by_one = 0
        self.parts = 0
        self.why: tuple[int, str] | None = None
        """A point without a network, and the reason."""
        self.ranges: dict[str, tuple[Extreme, Extreme]] = {}
        self.numbers: Ints = np.zeros(0, np.int64)
        """Of the points of the answer, in their order."""
        self.rows: Ints = np.zeros((0, len(plan.axes)), np.int64)
        self.columns: dict[str, Cells] = {}

    def add(self, part: int, summary: Summary) -> None:
        """Take what is known of a part."""
        plan = self.plan
        first = part * plan.part_size
        self.parts += 1
        self.points += summary["points"]
        self.kept += summary["kept"]
        self.impossible += summary["impossible"]
        self.one_by_one += summary.get("one_by_one", 0)
        if summary["why"] is not None:
            offset, text = summary["why"]
            self.why = min(self.why or (first + offset, text), (first + offset, text))
        for name, (low, at_low, high, at_high) in summary["ranges"].items():
            least, most = Extreme(low, first + at_low), Extreme(high, first + at_high)
            before = self.ranges.get(name)
            if before is not None:
                least = min(before[0], least)
                most = min(before[1], most, key=lambda one: (-one.value, one.number))
            self.ranges[name] = least, most
        offsets = np.array(summary["candidates"], np.int64)
        if len(offsets):
            self._merge(first + offsets, plan.points(part)[offsets])

    def _merge(self, numbers: Ints, rows: Ints) -> None:
        numbers, rows = np.concatenate([self.numbers, numbers]), np.concatenate([self.rows, rows])
        order = np.argsort(numbers, kind="stable")
        numbers, rows = numbers[order], rows[order]
        columns = all_columns(self.plan, rows, engine_of(self.plan).count(rows).columns)
        chosen = candidates_of(self.plan, columns, len(rows))
        self.numbers, self.rows = numbers[chosen], rows[chosen]
        self.columns = {name: cells[chosen] for name, cells in columns.items()}

    @property
    def answer(self) -> Ints:
        """The points of the answer, the best first: indices into `rows`."""
        plan = self.plan
        objectives = plan.best or plan.pareto[:1]
        order = (
            best_of(ranks_of(objectives, self.columns), None)
            if objectives and len(self.rows)
            else np.arange(len(self.rows))
        )
        return order if plan.top is None else order[: plan.top]


def all_columns(plan: SweepPlan, rows: Ints, figures: Mapping[str, Cells]) -> dict[str, Cells]:
    return {**figures, **setting_columns(plan.axes, rows)}


def candidates_of(plan: SweepPlan, columns: Mapping[str, Cells], count: int) -> Ints:
    """Return which points can be in the answer: those that no other beats, the best ones, or the first ones."""
    chosen = np.arange(count)
    if plan.pareto:
        return front(ranks_of(plan.pareto, columns))
    if plan.best:
        return np.sort(best_of(ranks_of(plan.best, columns), plan.top or SHOWN))
    return chosen[: plan.top or SHOWN]


def selects(plan: SweepPlan) -> bool:
    """Return whether files hold the points of the answer alone, and not all that keep the condition."""
    return bool(plan.pareto or (plan.best and plan.top is not None))


def count_part(plan: SweepPlan, part: int, folder: str | None = None) -> Summary:
    """Count the points of a part, write its files where a folder is given, and return what is known of it."""
    engine = engine_of(plan)
    before = engine.one_by_one
    rows = plan.points(part)
    counted = engine.count(rows)
    columns = all_columns(plan, rows, counted.columns)
    kept: Cells = counted.possible
    if plan.where:
        kept = kept & plan.condition.holds(columns, len(rows))
    at = np.flatnonzero(kept)
    columns = {name: cells[at] for name, cells in columns.items()}
    chosen = candidates_of(plan, columns, len(at))
    summary: Summary = {
        "points": len(rows),
        "kept": len(at),
        "impossible": int(len(rows) - counted.possible.sum()),
        "why": _why(engine, rows, counted.possible),
        "ranges": {name: _range(columns[name], at) for name in engine.wanted.names if len(at) and name != "saving"},
        "candidates": at[chosen].tolist(),
    }
    if folder is not None:
        written = chosen if selects(plan) else np.arange(len(at))
        some = {name: cells[written] for name, cells in columns.items()}
        write_part(
            folder, part, plan.form, table_of(plan.axes, rows[at][written], plan.counted_figures, some), summary
        )  # fmt: skip
    gc.collect()  # a run of the command line does not collect by itself
    return {**summary, "one_by_one": engine.one_by_one - before}


def _why(engine: Engine, rows: Ints, possible: Cells) -> tuple[int, str] | None:
    """Return the first point without a network, and why there is none."""
    if possible.all():
        return None
    first = int(np.argmin(possible))
    try:
        engine.ordinary(rows[first].tolist())
    except InputError as error:
        return first, why_not(error)
    raise AssertionError(
        f"a sweep finds no network at {settings_at(engine.axes, rows[first])}, and the ordinary way one"
    )


def _range(cells: Cells, numbers: Ints) -> list[int]:
    low, high = int(np.argmin(cells)), int(np.argmax(cells))
    return [int(cells[low]), int(numbers[low]), int(cells[high]), int(numbers[high])]


def one_after_another(plan: SweepPlan, parts: Sequence[int], folder: str | None) -> Iterator[tuple[int, Summary]]:
    """Count parts in this process."""
    for part in parts:
        yield part, count_part(plan, part, folder)


def check_points(plan: SweepPlan, many: int = CHECKED) -> int:
    """Count random points the ordinary way and compare; return how many. Raises AssertionError for a difference."""
    engine = engine_of(plan)
    sizes = np.array([len(axis.values) for axis in plan.axes], np.uint64)
    many = min(many, plan.space_size)
    raw = np.random.Philox(key=plan.seed + 1).random_raw(many * len(sizes))
    rows = (raw.reshape(many, len(sizes)) % sizes).astype(np.int64)
    counted = engine.count(rows, few=0)
    for index, row in enumerate(rows.tolist()):
        try:
            expected = engine.ordinary(row)
        except InputError:
            expected = {}
        found = {name: int(cells[index]) for name, cells in counted.columns.items()} if counted.possible[index] else {}
        if found != expected:
            raise AssertionError(
                f"a sweep counts {found} at {settings_at(plan.axes, row)}, and the ordinary way {expected}"
            )
    return many
