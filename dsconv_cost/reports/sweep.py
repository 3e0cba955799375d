"""The answer of a sweep: its best points, how far its figures reach, and how it was counted."""

from typing import Any

from dsconv_cost.costs.conventions import convention_named
from dsconv_cost.layers.values import Value, written
from dsconv_cost.reports.table import EXACT, FINE_PERCENT, PLAIN, TEXT, Cell, Column, Report, Table, convention_note
from dsconv_cost.spaces.exact import ExactCount
from dsconv_cost.spaces.files import table_of
from dsconv_cost.spaces.metrics import SWEPT
from dsconv_cost.spaces.plan import Objective, settings_at
from dsconv_cost.spaces.run import SHOWN, SweepState
from dsconv_cost.spaces.sweep import SweepResultParts
from dsconv_cost.text import inert


def sweep_report(title: str, found: SweepResultParts, limit: int | None = SHOWN) -> Report:
    """Return the answer of a sweep; at most `limit` points unless a number was asked for."""
    plan, state = found.plan, found.state
    order = state.answer
    shown = order if plan.top is not None or limit is None else order[:limit]
    columns = {name: cells[shown] for name, cells in state.columns.items()}
    rows = list(zip(*_cells(found, shown, columns), strict=True)) if len(shown) else []
    notes = _notes(found, len(order), len(shown))
    return Report(
        f"{title}: {_headline(found)}",
        [Table("points", _columns(found), rows), Table("ranges", _RANGES, _ranges(found))],
        notes,
        _facts(found, len(order)),
    )


def _headline(found: SweepResultParts) -> str:
    plan, state = found.plan, found.state
    points = (
        f"{state.points:,} points"
        if plan.sample is None
        else f"{state.points:,} points drawn from {_size(plan.space_size)}"
    )
    if not plan.where:
        return points
    return f"{state.kept:,} of {points} keep {inert(plan.where)}"


def _size(count: int) -> str:
    return f"{count:,}" if count < 10**15 else f"{count:.3e}"


def _columns(found: SweepResultParts) -> tuple[Column, ...]:
    plan = found.plan
    settings: list[Column] = []
    for axis in plan.axes:
        numbers = all(type(value) in (int, float) for value in axis.values)
        key = f"{axis.name}_" if axis.name in plan.counted_figures else axis.name
        settings.append(Column(key, axis.name, PLAIN if numbers else TEXT, quoted=True))
    return (*settings, *(_figure_column(name) for name in plan.counted_figures))


_TITLES = {"macs": "MACs", "flops": "FLOPs", "standard_macs": "standard MACs", "separable_macs": "separable MACs"}


def _title(name: str) -> str:
    return _TITLES.get(name, name.replace("_", " "))


def _figure_column(name: str) -> Column:
    unit = SWEPT[name].unit
    title = f"{_title(name)}, bytes" if unit == "bytes" else _title(name)
    return Column(name, title, FINE_PERCENT if unit == "share" else EXACT)


def _cells(found: SweepResultParts, shown: Any, columns: Any) -> list[list[Cell]]:
    plan = found.plan
    table = table_of(plan.axes, found.state.rows[shown], plan.counted_figures, columns)
    cells: list[list[Cell]] = []
    for values in table.values():
        column = values.tolist()
        cells.append([value if type(value) in (int, float) else inert(written(value)) for value in column])
    return cells


_RANGES = (
    Column("figure", "figure", TEXT),
    Column("least", "least", EXACT),
    Column("least_at", "at", TEXT, 1, quoted=True),
    Column("most", "most", EXACT),
    Column("most_at", "at", TEXT, 0, quoted=True),
)


def _ranges(found: SweepResultParts) -> list[tuple[Cell, ...]]:
    plan = found.plan

    def at(number: int) -> str:
        part, offset = divmod(number, plan.part_size)
        return point_text(settings_at(plan.axes, plan.points(part)[offset].tolist()))

    if isinstance(found.exact, ExactCount):
        return [(_title(name), low, None, high, None) for name, (low, high) in found.exact.ranges.items()]
    return [
        (_title(name), least.value, at(least.number), most.value, at(most.number))
        for name, (least, most) in found.state.ranges.items()
    ]


def best_text(state: SweepState) -> str:
    """Return the best point so far, for progress."""
    objectives = state.plan.best or state.plan.pareto[:1]
    order = state.answer
    if not objectives or not len(order):
        return f"{state.kept:,} kept"
    first = order[0]
    settings = point_text(settings_at(state.plan.axes, state.rows[first].tolist()))
    name = objectives[0].name
    value = f", {int(state.columns[name][first]):,} {_title(name)}" if name in SWEPT and name != "saving" else ""
    return f"best {settings}{value}"


def point_text(settings: dict[str, Value]) -> str:
    return " ".join(f"{inert(name)}={inert(written(value))}" for name, value in settings.items())


def _words(objectives: tuple[Objective, ...]) -> str:
    return ", ".join(
        f"{'most' if each.most else 'fewest' if _is_count(each) else 'least'} {_title(each.name)}"
        for each in objectives
    )


def _is_count(each: Objective) -> bool:
    return each.name in SWEPT and SWEPT[each.name].unit == "count"


def _notes(found: SweepResultParts, answer: int, shown: int) -> list[tuple[str, str]]:
    plan, state = found.plan, found.state
    notes: list[tuple[str, str]] = []
    if plan.pareto and state.kept:
        notes.append(("pareto", f"{answer:,} point{'s' * (answer != 1)} that no other beats in {_words(plan.pareto)}"))
    if plan.best and state.kept:
        notes.append(("order", _words(plan.best)))
    if shown < (answer if plan.pareto or plan.best else state.kept):
        many = f"{shown:,} of {answer if plan.pareto else state.kept:,} shown"
        notes.append(
            ("rows", many if found.target is not None else f"{many}: --top N shows more, --output writes them")
        )
    if state.why is not None:
        number, reason = state.why
        part, offset = divmod(number, plan.part_size)
        at = point_text(settings_at(plan.axes, plan.points(part)[offset].tolist()))
        notes.append(("no network", f"at {state.impossible:,} of the points, e.g. {at}: {reason}"))
    if found.exact is not None:
        notes.append(("exact", _exact_text(found.exact, plan.where)))
    notes.append(("checked", _checked(found)))
    notes.append(convention_note(convention_named(plan.convention)))
    if found.target is not None:
        where = inert(found.target.path)
        resumed = f"; {found.found:,} of {plan.parts:,} parts were there from an earlier run" if found.found else ""
        notes.append(("written", f"{where}{'/' if found.target.folder else ''}{resumed}"))
    return notes


def _exact_text(exact: ExactCount | str, condition: str) -> str:
    if isinstance(exact, str):
        return f"how many of all networks there are is not known: {exact}"
    none = f", {exact.impossible:,} have no network" if exact.impossible else ""
    reach = "; least and most are of all of these" if exact.ranges else ""
    kept = (
        f"{exact.kept:,} of all {exact.networks:,} keep {inert(condition)}"
        if condition
        else f"{exact.networks:,} in all"
    )
    return f"{kept}{none}{reach}"


def _checked(found: SweepResultParts) -> str:
    one_by_one = found.state.one_by_one
    text = f"{found.checked:,} random points counted the ordinary way, too: all equal"
    return f"{text}; {one_by_one:,} points were counted one by one" if one_by_one else text


def _facts(found: SweepResultParts, answer: int) -> dict[str, object]:
    plan, state = found.plan, found.state
    convention = convention_named(plan.convention)
    return {
        "convention": {"name": convention.name, "version": convention.version},
        "space": plan.space_size,
        "point_count": state.points,
        "kept": state.kept,
        "impossible": state.impossible,
        "answer_count": answer,
        "checked": found.checked,
        "where": plan.where or None,
        "pareto": [each.text for each in plan.pareto],
        "objectives": [each.text for each in plan.best],
        **({"sample": plan.sample, "seed": plan.seed} if plan.sample is not None else {}),
        **({"exact_kept": found.exact.kept} if isinstance(found.exact, ExactCount) else {}),
    }
