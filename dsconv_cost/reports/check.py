"""What `check` answers: the verdicts, the costliest layers of what is exceeded, and what changed; as tables and as records."""

from typing import TYPE_CHECKING, Any

from dsconv_cost.budget.check import Outcome
from dsconv_cost.budget.networks import InputFault
from dsconv_cost.budget.verdicts import FAIL, PASS, UNCOMPARABLE, WARNING, LayerShare, Verdict
from dsconv_cost.errors import InputError, Problem
from dsconv_cost.language.limits import METRICS, SHARE, Amount
from dsconv_cost.reports.amounts import change_text, in_binary, rounded, texts
from dsconv_cost.reports.memory_rules import memory_rules
from dsconv_cost.reports.table import EXACT, PERCENT, TEXT, Cell, Column, Report, Table
from dsconv_cost.reports.verdict_text import (
    by_weight,
    headline,
    layer_text,
    measure_text,
    origin,
    part_metric,
    which_text,
)
from dsconv_cost.text import inert

if TYPE_CHECKING:
    from dsconv_cost.memory.places import MemoryRule

STATUS_COLORS = {FAIL: "red", UNCOMPARABLE: "red", WARNING: "yellow", PASS: "green"}

# Without room on a terminal go first what can be worked out or is said below, then where a limit is from; which limit last.
VERDICT_COLUMNS = (
    Column("status", "verdict", TEXT, colors=STATUS_COLORS),
    Column("architecture", "architecture", TEXT),
    Column("metric", "metric", TEXT),
    Column("part", "part", TEXT, 5),
    Column("which", "which", TEXT, 1),
    Column("limit", "limit", EXACT),
    Column("actual", "actual", EXACT),
    Column("room", "headroom", EXACT, 3),
    Column("room_share", "of limit", EXACT, 2),
    Column("costliest", "costliest layer", TEXT, 0),
    Column("source", "source", TEXT, 4),
)
COSTLIEST_COLUMNS = (
    Column("architecture", "architecture", TEXT, 3),
    Column("metric", "metric", TEXT),
    Column("part", "part", TEXT, 2),
    Column("layer", "costliest layers", TEXT),
    Column("line", "line", EXACT, 1),
    Column("value", "has", EXACT),
    Column("share", "share", PERCENT, 0),
)
GROWTH_COLUMNS = (
    Column("architecture", "architecture", TEXT, 3),
    Column("metric", "metric", TEXT),
    Column("source", "since", TEXT, 2),
    Column("layer", "changed layers", TEXT),
    Column("line", "line", EXACT, 1),
    Column("before", "before", EXACT, 0),
    Column("now", "now", EXACT),
    Column("change", "change", EXACT),
)

PROBLEM_KEYS = ("path", "line", "column", "end_line", "end_column", "code", "message", "suggestion")
USAGE = "usage"
"""The code of a fault that is about no place in a file."""

Row = tuple[Cell, ...]


def check_report(outcome: Outcome) -> Report:
    """Return what people read."""
    verdicts = by_weight(outcome.verdicts)
    grown = [(v, layer) for v in verdicts if v.has_changes for layer in v.layers]
    costly = [(v, layer) for v in verdicts if v.exceeded and not v.has_changes for layer in v.layers]
    tables = [
        _table("verdicts", _titled(verdicts), [_verdict_row(v) for v in verdicts]),
        _table("layers", _costliest_columns(costly), _told_once([_costliest_row(v, layer) for v, layer in costly])),
        _table("changes", GROWTH_COLUMNS, _without_one_source([_growth_row(v, layer) for v, layer in grown])),
    ]
    return Report(headline(outcome), [table for table in tables if table.rows], _notes(outcome, verdicts))


def _notes(outcome: Outcome, verdicts: list[Verdict]) -> list[tuple[str, str]]:
    notes = [
        (v.status, f"{v.architecture}: {part_metric(v)}: {inert(v.message)}")
        for v in verdicts
        if v.message and v.status != PASS
    ]
    notes += [("base", where) for v in verdicts if (where := origin(v)[1])]
    notes += outcome.notes
    notes += [(rule.metric, rule.text) for rule in rules_of(outcome.verdicts)]
    if any(not v.metric.of_memory for v in verdicts):
        convention = outcome.convention
        notes.append(("convention", f"{convention.name} {convention.version}: {convention.summary}"))
    return list(dict.fromkeys(notes))


def rules_of(verdicts: list[Verdict]) -> "list[MemoryRule]":
    """Return the conventions of the metrics of memory that verdicts are on, each once."""
    return memory_rules((v.metric.name, v.bits) for v in verdicts if v.metric.of_memory and v.bits is not None)


def _titled(verdicts: list[Verdict]) -> tuple[Column, ...]:
    """Return the columns, with a title over the layers that says what they are."""
    growth = {v.has_changes for v in verdicts if v.layers and v.peak_at is None}
    if True not in growth:
        return VERDICT_COLUMNS
    title = "most changed" if len(growth) == 1 else "costliest or changed"
    return tuple(c._replace(title=title) if c.key == "costliest" else c for c in VERDICT_COLUMNS)


def _costliest_columns(costly: list[tuple[Verdict, LayerShare]]) -> tuple[Column, ...]:
    """Return the columns, with a title over layers and tensors that says which they are."""
    peaks = {v.peak_at is not None for v, _ in costly}
    if True not in peaks:
        return COSTLIEST_COLUMNS
    title = "tensors alive" if len(peaks) == 1 else "costliest layers, or tensors alive"
    return tuple(c._replace(title=title) if c.key == "layer" else c for c in COSTLIEST_COLUMNS)


def _table(name: str, columns: tuple[Column, ...], rows: list[Row]) -> Table:
    """Return a table without the columns that have nothing to say."""
    kept = [index for index in range(len(columns)) if any(row[index] not in ("", None) for row in rows)]
    return Table(name, tuple(columns[i] for i in kept), [tuple(row[i] for i in kept) for row in rows])


def _verdict_row(v: Verdict) -> Row:
    figures = texts(v)
    first = f"at {layer_text(v.peak_at, v)}" if v.peak_at else layer_text(v.layers[0], v) if v.layers else ""
    return (
        v.status, v.architecture, measure_text(v), _part(v), which_text(v), figures.limit, figures.actual, figures.room,
        figures.room_share, first, origin(v)[0],
    )  # fmt: skip


def _part(v: Verdict) -> str:
    """Return the layer, or `kind NAME`."""
    return inert(v.part.removeprefix("layer "))


def _costliest_row(v: Verdict, layer: LayerShare) -> Row:
    share = layer.value / layer.whole if layer.whole else None
    name = inert(layer.name)
    return v.architecture, measure_text(v), _part(v), name, layer.line or None, _value_text(v, layer), share


def _told_once(rows: list[Row]) -> list[Row]:
    """Return a row for each layer and share, with all metrics that it has this share of."""
    metrics: dict[Row, dict[Cell, Row]] = {}
    for row in rows:
        architecture, metric, part, layer, line, _, share = row
        metrics.setdefault((architecture, part, layer, line, share), {}).setdefault(metric, row)
    told = [list(by_metric.items()) for by_metric in metrics.values()]
    return [(rows[0][1][0], ", ".join(str(metric) for metric, _ in rows), *rows[0][1][2:]) for rows in told]


def _value_text(v: Verdict, layer: LayerShare) -> str:
    """Return how much of the metric a layer has; of a saving or a largest share its MACs, which these are made of."""
    if v.metric.measure == SHARE:
        return f"{rounded(Amount('', layer.value), METRICS['macs'])} MACs"
    return rounded(Amount("", layer_value(v, layer)), v.metric, in_binary(v.metric, v.bound.amount))


def layer_value(v: Verdict, layer: LayerShare) -> int:
    """Return how much a layer has; of a size, whose layers have params, the bytes, the last one begun."""
    return -(-layer.value * v.bits // 8) if v.metric.name == "size" and v.bits is not None else layer.value


def _growth_row(v: Verdict, layer: LayerShare) -> Row:
    before = layer.before or 0
    return (
        v.architecture, measure_text(v), origin(v)[0], inert(layer.name), layer.line or None,
        rounded(Amount("", before), v.metric), rounded(Amount("", layer.value), v.metric),
        change_text(layer.value - before, v.metric),
    )  # fmt: skip


def _without_one_source(rows: list[Row]) -> list[Row]:
    """Return the rows without their source where all have the same."""
    several = len({row[2] for row in rows}) > 1
    return rows if several else [(*row[:2], "", *row[3:]) for row in rows]


def place_text(v: Verdict) -> str:
    """Return where in its file to look: `net.yaml:12:5`, empty for a bundled network."""
    return _file_place(v.place.path, v.place.line, v.place.column)


def _file_place(path: str | None, line: int | None, column: int | None) -> str:
    if not path:
        return ""
    return ":".join([inert(path), *(str(number) for number in (line, column) if number)])


def problem_table(faults: list[InputFault]) -> Table:
    """Return what is wrong with inputs, and where."""
    columns = (Column("place", "place", TEXT), Column("message", "what is wrong", TEXT))
    rows: list[Row] = []
    for record in problem_records(faults):
        place = _file_place(record["path"], record["line"], record["column"])
        rows.append((place, inert(record["message"])))
    return Table("problems", columns, rows)


# -- for programs ---------------------------------------------------------------------------------


def verdict_record(v: Verdict) -> dict[str, Any]:
    """Return a verdict as plain values: counts and bytes as integers, shares as fractions of 1."""
    share = v.metric.measure == SHARE
    return {
        "status": v.status,
        "architecture": v.architecture,
        "path": v.place.path or None,
        "metric": v.metric.name,
        "unit": v.metric.measure,
        "part": v.part or None,
        "bits": v.bits,
        "bound": v.bound.kind,
        "limit": _number(v.bound.amount, share),
        "actual": _number(v.actual, share),
        "headroom": _number(v.room, share),
        "headroom_share": v.room_share,
        "base": v.before,
        "source": v.bound.source,
        "message": v.message or None,
        "matched": v.matched,
        "beyond": v.beyond,
        "line": v.place.line or None,
        "column": v.place.column or None,
        "use_line": v.place.use_line or None,
        "peak_at": v.peak_at.name if v.peak_at is not None else None,
        "layers": [_layer_record(v, layer) for layer in v.layers],
    }


def _number(value: Amount | None, share: bool) -> int | float | None:
    if value is None:
        return None
    return value.top / value.bottom if share else value.top // value.bottom


def _layer_record(v: Verdict, layer: LayerShare) -> dict[str, Any]:
    return {
        "name": layer.name,
        "line": layer.line or None,
        "use_line": layer.use_line or None,
        "value": layer_value(v, layer),
        "before": layer.before,
        "share": layer.value / layer.whole if layer.whole else None,
    }


def problem_records(faults: list[InputFault]) -> list[dict[str, Any]]:
    """Return what is wrong with inputs as plain values."""
    records: list[dict[str, Any]] = []
    for path, error in faults:
        if isinstance(error, InputError):
            records += [_problem_record(error.path, problem) for problem in error.problems]
        else:
            records.append(dict.fromkeys(PROBLEM_KEYS) | {"path": path, "code": USAGE, "message": str(error)})
    return records


def _problem_record(path: str, problem: Problem) -> dict[str, Any]:
    return {
        "path": path,
        "line": problem.line or None,
        "column": problem.column or None,
        "end_line": problem.end_line or None,
        "end_column": problem.end_column or None,
        "code": problem.code,
        "message": problem.message,
        "suggestion": problem.suggestion,
    }
