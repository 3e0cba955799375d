"""A sweep as a whole: its plan made of what a user says, its parts counted by a runner, its files, and the check at the end."""

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from dsconv_cost.errors import UsageError
from dsconv_cost.language.architecture import Spec
from dsconv_cost.layers.values import Value
from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.sources.load import Source
from dsconv_cost.spaces.distributions import NotIndependent
from dsconv_cost.spaces.exact import ExactCount, exact_count
from dsconv_cost.spaces.files import (
    begin,
    check_form,
    join_parts,
    known_parts,
    remove,
    table_bytes,
    table_of,
    write_whole,
)
from dsconv_cost.spaces.grid import Axis, check_grid
from dsconv_cost.spaces.plan import MOST_ENUMERATED, SAMPLED, SweepPlan, engine_of
from dsconv_cost.spaces.run import Runner, SweepState, check_points, one_after_another, selects
from dsconv_cost.text import inert

POINT_FORMS = ("parquet", "csv")
_ENDINGS = {".parquet": "parquet", ".csv": "csv"}


class SweepTarget(NamedTuple):
    """Where the points go: a file, or a folder of parts."""

    path: str
    form: str
    folder: bool


class Watcher(Protocol):
    """Is told how far a sweep is."""

    def __call__(self, state: SweepState, counted_before: int) -> None: ...


class SweepResultParts(NamedTuple):
    """What a sweep has found."""

    plan: SweepPlan
    state: SweepState
    checked: int
    """How many random points were counted the ordinary way, too."""
    target: SweepTarget | None
    found: int
    """How many parts were there from an earlier run."""
    exact: ExactCount | str | None = None
    """Of a space that was sampled what is known of all its networks, or why that is not known."""


def sweep_target(text: str) -> SweepTarget | None:
    """Return where points go that are to be written to `points.parquet`, `points.csv`, `points/` or `csv=points/`.

    None for what is no file of points.
    """
    head, equals, path = text.partition("=")
    form = head if equals and head in POINT_FORMS else ""
    path = path if form else text
    if path.endswith(("/", os.sep)) or os.path.isdir(path):
        return SweepTarget(path.rstrip("/" + os.sep) or path, form or "parquet", True)
    ending = _ENDINGS.get(os.path.splitext(path)[1].lower(), "")
    if not (form or ending):
        return None
    return SweepTarget(path, form or ending, False)


def sweep_axes(spec: Spec, varied: Sequence[Axis], fixed: Mapping[str, Value]) -> list[Axis]:
    """Return the axes of a sweep: those that are given, then those of the file's search section that are not set or given."""
    named = {axis.name for axis in varied} | set(fixed)
    axes = [*varied, *(Axis(name, values) for name, values in spec.search.items() if name not in named)]
    if not axes:
        raise UsageError(
            "nothing to vary: give --vary, e.g. --vary alpha=0.25..1.0:0.05, or a search section in the file"
        )
    check_grid(axes, fixed)
    return axes


def sweep_plan(
    source: Source, axes: Sequence[Axis], fixed: Mapping[str, Value], target: SweepTarget | None, **others: object
) -> SweepPlan:  # fmt: skip
    """Return the plan of a sweep. Raises UsageError and InputError for what cannot be counted."""
    plan = SweepPlan(
        source.text, source.path, source.bundled, source.variant, tuple(axes), tuple(fixed.items()),
        form=target.form if target is not None else "", **others,  # type: ignore[arg-type]  # the fields of a plan, each by its name
    )  # fmt: skip
    if source.model is not None:
        raise UsageError(
            f"{inert(source.path)} is a model, and has no settings to vary: `dsconv-cost import {inert(source.path)}` writes it as YAML"
        )
    engine_of(plan)
    if plan.where:
        plan.condition  # noqa: B018  # says what is wrong before anything is counted
    if plan.sample is not None and plan.sample >= plan.space_size:
        plan = plan._replace(sample=None)
    if plan.total > MOST_ENUMERATED and plan.sample is None:
        plan = plan._replace(sample=SAMPLED)
    if target is not None:
        check_form(target.form)
    return plan


def carry_out(
    plan: SweepPlan, target: SweepTarget | None = None, runner: Runner = one_after_another, watch: Watcher | None = None,
    on_stop: Callable[[str], None] | None = None,
) -> SweepResultParts:  # fmt: skip
    """Count all parts of a plan that are not there yet, write what is asked for, and check random points.

    Where it is interrupted, the parts that are whole stay, and `on_stop` is told how to go on.
    """
    state = SweepState(plan)
    folder: str | None = None
    known = {}
    if target is not None:
        folder = target.path if target.folder else f"{target.path}.parts"
        begin(folder, plan)
        known = known_parts(folder, plan)
    for part, summary in known.items():
        state.add(part, summary)
    before = state.points
    left = [part for part in range(plan.parts) if part not in known]
    try:
        for part, summary in runner(plan, left, folder):
            state.add(part, summary)
            if watch is not None:
                watch(state, before)
    except KeyboardInterrupt:
        if on_stop is not None:
            on_stop(_how_to_go_on(state, folder))
        raise
    checked = check_points(plan)
    if target is not None and folder is not None and not target.folder:
        _write_one(plan, state, folder, target)
        remove(folder, plan)
    return SweepResultParts(plan, state, checked, target, len(known), _exact(plan))


def _exact(plan: SweepPlan) -> ExactCount | str | None:
    if plan.sample is None:
        return None
    try:
        return exact_count(plan)
    except NotIndependent as why:
        return str(why)


def _how_to_go_on(state: SweepState, folder: str | None) -> str:
    done = f"{state.points:,} of {state.plan.total:,} points counted"
    if folder is None:
        return f"stopped: {done}; with --output a sweep can go on where it was"
    return f"stopped: {done}, {state.parts:,} of {state.plan.parts:,} parts whole in {inert(folder)}: the same command goes on from there"


def _write_one(plan: SweepPlan, state: SweepState, folder: str, target: SweepTarget) -> None:
    if not selects(plan):
        join_parts(folder, plan, target.path)
        return
    order = state.answer
    columns = {name: cells[order] for name, cells in state.columns.items()}
    table = table_of(plan.axes, state.rows[order], plan.counted_figures, columns)
    write_whole(target.path, table_bytes(table, plan.form))


def runner_of(workers: int, scheduler: str | None) -> Runner:
    """Return what counts parts: this process, several, or a cluster. Raises UsageError."""
    if scheduler is not None:
        from dsconv_cost.spaces.cluster import on_cluster

        return on_cluster(scheduler)
    if workers > 1:
        from dsconv_cost.spaces.processes import in_processes

        return in_processes(workers)
    return one_after_another
