"""The verdicts of `check` as a report for people, and as JSON and CSV for programs."""

import json
from typing import Any

from dsconv_cost.budget.check import Outcome
from dsconv_cost.budget.networks import InputFault
from dsconv_cost.budget.verdicts import BASE, FAIL, LOCK, MAX, NEW, PASS, UNCOMPARABLE, WARNING, Share, Verdict
from dsconv_cost.errors import InputError
from dsconv_cost.formats.records import SCHEMA_VERSION, spreadsheet_safe
from dsconv_cost.language.limits import METRICS, SHARE, Amount
from dsconv_cost.reports.amounts import change_text, rounded, texts
from dsconv_cost.reports.table import EXACT, TEXT, Cell, Column, Report, Table
from dsconv_cost.reports.table import SHARE as SHARES
from dsconv_cost.text import inert
from dsconv_cost.version import __version__

ORDER = (FAIL, UNCOMPARABLE, WARNING, NEW, PASS)
"""What people read first. Formats for programs keep the order of the call."""
COLORS = {FAIL: "red", UNCOMPARABLE: "red", WARNING: "yellow", PASS: "green"}

# Without room on a terminal go first what can be worked out or is said below, then where a limit is from; which limit last.
COLUMNS = (
    Column("status", "verdict", TEXT, colors=COLORS),
    Column("architecture", "architecture", TEXT),
    Column("metric", "metric", TEXT),
    Column("part", "part", TEXT, 5),
    Column("which", "which", TEXT, 1),
    Column("limit", "limit", EXACT),
    Column("actual", "actual", EXACT),
    Column("room", "headroom", EXACT, 3),
    Column("room_share", "share", EXACT, 2),
    Column("costliest", "costliest layer", TEXT, 0),
    Column("source", "source", TEXT, 4),
)
LAYER_COLUMNS = (
    Column("architecture", "architecture", TEXT, 3),
    Column("metric", "metric", TEXT),
    Column("part", "part", TEXT, 2),
    Column("layer", "costliest layers", TEXT),
    Column("line", "line", EXACT, 1),
    Column("value", "has", EXACT),
    Column("share", "share", SHARES, 0),
)
CHANGE_COLUMNS = (
    Column("architecture", "architecture", TEXT, 3),
    Column("metric", "metric", TEXT),
    Column("source", "since", TEXT, 2),
    Column("layer", "changed layers", TEXT),
    Column("line", "line", EXACT, 1),
    Column("before", "before", EXACT, 0),
    Column("now", "now", EXACT),
    Column("change", "change", EXACT),
)
CSV_KEYS = (
    "status", "architecture", "metric", "part", "bits", "bound", "limit", "actual", "headroom", "headroom_share", "base",
    "source", "message", "path", "line", "layer",
)  # fmt: skip


def headline(outcome: Outcome) -> str:
    """Return on one line how the call ended: what is wrong first, then what is exceeded."""
    verdicts = outcome.verdicts
    count = {status: sum(v.status == status for v in verdicts) for status in ORDER}
    wrong: list[str] = []
    if outcome.faults:
        wrong.append(f"{_counted(len(outcome.faults), 'input')} wrong")
    if count[UNCOMPARABLE]:
        wrong.append(f"{_counted(count[UNCOMPARABLE], 'limit')} not comparable")
    total = len(verdicts) - count[UNCOMPARABLE]
    other = "other " if wrong else ""
    limits = f"{'the ' if wrong else ''}{other}{_counted(total, 'limit')}"
    said: list[str] = []
    if count[FAIL]:
        said.append("the other limit is exceeded" if other and total == 1 else f"{count[FAIL]:,} of {limits} exceeded")
    elif not verdicts:
        said.append("nothing could be checked")
    elif total and count[PASS] == total:
        said.append(f"the {other}limit is kept" if total == 1 else f"{limits if wrong else f'all {limits}'} are kept")
    elif count[PASS] or count[WARNING]:
        said.append(f"{count[PASS]:,} of {limits} kept")
    if count[WARNING]:
        said.append(_counted(count[WARNING], "warning"))
    if count[NEW]:
        said.append(f"{count[NEW]:,} new")
    return "; ".join(part for part in (", ".join(wrong), ", ".join(said)) if part)


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' if count != 1 else ''}"


def by_status(verdicts: list[Verdict]) -> list[Verdict]:
    """Return verdicts for people: those that matter most first, otherwise in the order of the call."""
    return sorted(verdicts, key=lambda v: ORDER.index(v.status))


def metric_text(verdict: Verdict) -> str:
    """Return what a limit is about: `MACs`, `size at 8 bits`, `params of layer head (most of 3, 1 beyond)`."""
    which = _which(verdict)
    return f"{about(verdict)} ({which})" if which else about(verdict)


def about(verdict: Verdict) -> str:
    """Return the metric and the part it is of."""
    return f"{_measure(verdict)} of {inert(verdict.part)}" if verdict.part else _measure(verdict)


def _measure(verdict: Verdict) -> str:
    bits = f" at {verdict.bits} bits" if verdict.bits is not None else ""
    return f"{verdict.metric.title}{bits}"


def _part(verdict: Verdict) -> str:
    """Return the layer, or `kind NAME`."""
    return inert(verdict.part.removeprefix("layer "))


def _which(verdict: Verdict) -> str:
    """Return which of several parts a verdict is on: the one nearest to the limit or furthest beyond it."""
    if verdict.matched < 2:
        return ""
    beyond = f", {verdict.beyond:,} beyond" if verdict.beyond else ""
    return f"{'most' if verdict.bound == MAX else 'least'} of {verdict.matched:,}{beyond}"


def report(outcome: Outcome) -> Report:
    """Return what people read: every verdict, the costliest layers of what is exceeded, and what changed."""
    rows: list[tuple[Cell, ...]] = []
    costliest: list[tuple[Cell, ...]] = []
    changed: list[tuple[Cell, ...]] = []
    notes: list[tuple[str, str]] = []
    bases: list[tuple[str, str]] = []
    verdicts = by_status(outcome.verdicts)
    for v in verdicts:
        said = texts(v)
        first = layer_text(v.layers[0], v) if v.layers else ""
        source, where = _origin(v)
        rows.append(
            (v.status, v.architecture, _measure(v), _part(v), _which(v), said.limit, said.actual, said.room,
             said.room_share, first, source)
        )  # fmt: skip
        if where:
            bases.append(("base", where))
        if v.bound in (BASE, LOCK):
            changed += [_change(v, source, layer) for layer in v.layers]
        elif v.exceeded:
            costliest += [_costly(v, layer) for layer in v.layers]
        if v.message and v.status != PASS:
            notes.append((v.status, f"{v.architecture}: {about(v)}: {inert(v.message)}"))
    tables = [_without_empty("verdicts", _titled(verdicts), rows)] if rows else []
    if costliest:
        tables.append(_without_empty("layers", LAYER_COLUMNS, list(dict.fromkeys(costliest))))
    if changed:
        several = len({row[2] for row in changed}) > 1
        changed = [row if several else (*row[:2], "", *row[3:]) for row in changed]
        tables.append(_without_empty("changes", CHANGE_COLUMNS, changed))
    notes = list(dict.fromkeys([*notes, *bases]))
    notes += [(label, text) for label, text in dict.fromkeys(outcome.notes)]
    convention = outcome.convention
    notes.append(("convention", f"{convention.name} {convention.version}: {convention.summary}"))
    return Report(headline(outcome), tables, notes)


def _titled(verdicts: list[Verdict]) -> tuple[Column, ...]:
    """Return the columns, with a title over the layers that says what they are."""
    relative = {v.bound in (BASE, LOCK) for v in verdicts if v.layers}
    if True not in relative:
        return COLUMNS
    title = "most changed" if len(relative) == 1 else "costliest or changed"
    return tuple(c._replace(title=title) if c.key == "costliest" else c for c in COLUMNS)


def _without_empty(name: str, columns: tuple[Column, ...], rows: list[tuple[Cell, ...]]) -> Table:
    """Return a table without the columns that have nothing to say."""
    kept = [index for index in range(len(columns)) if any(row[index] not in ("", None) for row in rows)]
    return Table(name, tuple(columns[i] for i in kept), [tuple(row[i] for i in kept) for row in rows])


def _origin(v: Verdict) -> tuple[str, str]:
    """Return where a limit comes from: of a base its commit alone, which is short, and in a sentence what it is."""
    commit, bracket, ref = v.source.partition(" (")
    if v.bound != BASE or not bracket:
        return inert(v.source), ""
    return inert(commit), f"{inert(commit)} is where HEAD and {inert(ref.removesuffix(')'))} part"


def layer_text(layer: Share, verdict: Verdict) -> str:
    """Return a layer with its line and its share, or by how much it changed."""
    said = [f"line {layer.line}"] if layer.line else []
    if layer.before is not None:
        said.append(change_text(layer.value - layer.before, verdict.metric))
    elif layer.of:
        said.append(f"{100 * layer.value / layer.of:.1f}%")
    return f"{inert(layer.name)} ({', '.join(said)})" if said else inert(layer.name)


def _costly(v: Verdict, layer: Share) -> tuple[Cell, ...]:
    share = layer.value / layer.of if layer.of else None
    return v.architecture, _measure(v), _part(v), inert(layer.name), layer.line or None, _has(v, layer), share


def _has(v: Verdict, layer: Share) -> str:
    """Return what a layer has of the metric; of a saving or a largest share its MACs, which these are made of."""
    if v.metric.measure == SHARE:
        return f"{rounded(Amount('', layer.value), METRICS['macs'])} MACs"
    return rounded(Amount("", _value(v, layer)), v.metric, v.limit is not None and "i" in v.limit.text)


def _value(v: Verdict, layer: Share) -> int:
    """Return what a layer has: bytes for a size, whole ones since a parameter takes 8, 16 or 32 bits."""
    return layer.value if v.bits is None else layer.value * v.bits // 8


def _change(v: Verdict, source: str, layer: Share) -> tuple[Cell, ...]:
    before = layer.before or 0
    return (
        v.architecture, v.metric.title, source, inert(layer.name), layer.line or None,
        rounded(Amount("", before), v.metric), rounded(Amount("", layer.value), v.metric),
        change_text(layer.value - before, v.metric),
    )  # fmt: skip


# -- for programs ---------------------------------------------------------------------------------


def exact_number(value: Amount | None, share: bool) -> int | float | None:
    """Return a value as programs get it: counts and bytes as integers, shares as fractions of 1."""
    if value is None:
        return None
    return value.top / value.bottom if share else value.top // value.bottom


def record(v: Verdict) -> dict[str, Any]:
    """Return a verdict as plain values."""
    share = v.metric.measure == SHARE
    return {
        "status": v.status,
        "architecture": v.architecture,
        "path": v.path or None,
        "metric": v.metric.name,
        "unit": v.metric.measure,
        "part": v.part or None,
        "bits": v.bits,
        "bound": v.bound,
        "limit": exact_number(v.limit, share),
        "actual": exact_number(v.actual, share),
        "headroom": exact_number(v.room, share),
        "headroom_share": v.room_share,
        "base": v.base,
        "source": v.source,
        "message": v.message or None,
        "matched": v.matched,
        "beyond": v.beyond,
        "line": v.line or None,
        "column": v.column or None,
        "layers": [
            {"name": x.name, "line": x.line or None, "value": _value(v, x), "before": x.before, "share": x.value / x.of if x.of else None}
            for x in v.layers
        ],
    }  # fmt: skip


def problems(faults: list[InputFault]) -> list[dict[str, Any]]:
    """Return what is wrong with inputs as plain values."""
    found: list[dict[str, Any]] = []
    for path, error in faults:
        if isinstance(error, InputError):
            found += [
                {
                    "path": error.path, "line": p.line, "column": p.column, "end_line": p.end_line or None,
                    "end_column": p.end_column or None, "code": p.code, "message": p.message, "suggestion": p.suggestion,
                }
                for p in error.problems
            ]  # fmt: skip
        else:
            found.append(
                {
                    "path": path, "line": None, "column": None, "end_line": None, "end_column": None, "code": "usage",
                    "message": str(error), "suggestion": None,
                }
            )  # fmt: skip
    return found


def to_json(outcome: Outcome) -> str:
    """Return everything as a JSON document."""
    document = {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "dsconv-cost", "version": __version__},
        "convention": {"name": outcome.convention.name, "version": outcome.convention.version},
        "exit_code": outcome.code,
        "summary": headline(outcome),
        "verdicts": [record(v) for v in outcome.verdicts],
        "problems": problems(outcome.faults),
        "notes": [{"label": label, "text": text} for label, text in outcome.notes],
    }
    return json.dumps(document, indent=2).replace("##[", "#\\u0023[") + "\n"


def to_csv(outcome: Outcome) -> str:
    """Return a row for each verdict."""
    import csv
    import io

    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(CSV_KEYS)
    for v in outcome.verdicts:
        values = record(v)
        values["layer"], values["line"] = (
            (v.layers[0].name, v.layers[0].line or None) if v.layers else (None, v.line or None)
        )
        cells = (values[key] for key in CSV_KEYS)
        writer.writerow([spreadsheet_safe(inert(cell)) if isinstance(cell, str) else cell for cell in cells])
    return buffer.getvalue()
