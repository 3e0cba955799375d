"""The verdicts of `check` as a report for people, and as JSON and CSV for programs."""

import json
from typing import Any

from dsconv_cost.budget import BASE, FAIL, LOCK, MAX, NEW, PASS, UNCOMPARABLE, WARNING, Share, Verdict
from dsconv_cost.checking import Outcome
from dsconv_cost.errors import InputError
from dsconv_cost.formats.figures import change, rounded, texts
from dsconv_cost.formats.machine import SCHEMA_VERSION, spreadsheet_safe
from dsconv_cost.inert import inert
from dsconv_cost.quantities import METRICS, SHARE, Amount
from dsconv_cost.subjects import Fault
from dsconv_cost.tables import EXACT, TEXT, Cell, Column, Report, Table
from dsconv_cost.tables import SHARE as SHARES
from dsconv_cost.version import __version__

COLUMNS = (
    Column("status", "verdict", TEXT),
    Column("architecture", "architecture", TEXT),
    Column("metric", "metric", TEXT),
    Column("limit", "limit", EXACT),
    Column("actual", "actual", EXACT),
    Column("room", "headroom", EXACT, 4),
    Column("room_share", "", EXACT, 3),
    Column("costliest", "costliest or most changed", TEXT, 1),
    Column("source", "source", TEXT, 2),
)
LAYER_COLUMNS = (
    Column("architecture", "architecture", TEXT, 2),
    Column("metric", "metric", TEXT),
    Column("layer", "costliest layers", TEXT),
    Column("line", "line", EXACT),
    Column("value", "has", EXACT),
    Column("share", "share", SHARES, 1),
)
CHANGE_COLUMNS = (
    Column("architecture", "architecture", TEXT, 2),
    Column("metric", "metric", TEXT),
    Column("layer", "changed layers", TEXT),
    Column("line", "line", EXACT),
    Column("before", "before", EXACT, 1),
    Column("now", "now", EXACT),
    Column("change", "change", EXACT),
)
CSV_KEYS = (
    "status", "architecture", "metric", "part", "bits", "bound", "limit", "actual", "headroom", "headroom_share", "base",
    "source", "message", "path", "line", "layer",
)  # fmt: skip


def headline(outcome: Outcome) -> str:
    """Return on one line how the call ended."""
    verdicts = outcome.verdicts
    count = {status: sum(v.status == status for v in verdicts) for status in (PASS, FAIL, WARNING, NEW, UNCOMPARABLE)}
    total = len(verdicts)
    limits = f"{total:,} limit{'s' if total != 1 else ''}"
    if count[FAIL]:
        said = [f"{count[FAIL]:,} of {limits} exceeded"]
    elif not total:
        said = ["nothing could be checked"]
    elif count[PASS] == total:
        said = ["the limit is kept" if total == 1 else f"all {limits} are kept"]
    else:
        said = [f"{count[PASS]:,} of {limits} kept"]
    if count[WARNING]:
        said.append(f"{count[WARNING]:,} warning{'s' if count[WARNING] != 1 else ''}")
    if count[NEW]:
        said.append(f"{count[NEW]:,} new")
    if count[UNCOMPARABLE]:
        said.append(f"{count[UNCOMPARABLE]:,} not comparable")
    if outcome.faults:
        wrong = len(outcome.faults)
        said.append(f"{wrong:,} input{'s' if wrong != 1 else ''} wrong")
    return ", ".join(said)


def metric_text(verdict: Verdict) -> str:
    """Return what a limit is about: `MACs`, `size at 8 bits`, `params of layer head`."""
    text = verdict.metric.title
    if verdict.bits is not None:
        text += f" at {verdict.bits} bits"
    if verdict.part:
        text += f" of {inert(verdict.part)}"
    if verdict.matched > 1:
        beyond = f", {verdict.beyond:,} beyond" if verdict.beyond else ""
        text += f" ({'most' if verdict.bound == MAX else 'least'} of {verdict.matched:,}{beyond})"
    return text


def report(outcome: Outcome) -> Report:
    """Return what people read: every verdict, the costliest layers of what is exceeded, and what changed."""
    rows: list[tuple[Cell, ...]] = []
    costliest: list[tuple[Cell, ...]] = []
    changed: list[tuple[Cell, ...]] = []
    notes: list[tuple[str, str]] = []
    for v in outcome.verdicts:
        said = texts(v)
        first = layer_text(v.layers[0], v) if v.layers else ""
        rows.append(
            (v.status, v.architecture, metric_text(v), said.limit, said.actual, said.room, said.room_share, first,
             inert(v.source))
        )  # fmt: skip
        if v.bound in (BASE, LOCK):
            changed += [_change(v, layer) for layer in v.layers]
        elif v.exceeded:
            costliest += [_costly(v, layer) for layer in v.layers]
        if v.message and v.status != PASS:
            notes.append((v.status, f"{v.architecture}: {inert(v.message)}"))
    tables = [Table("verdicts", COLUMNS, rows)] if rows else []
    if costliest:
        tables.append(Table("layers", LAYER_COLUMNS, list(dict.fromkeys(costliest))))
    if changed:
        tables.append(Table("changes", CHANGE_COLUMNS, changed))
    notes = list(dict.fromkeys(notes))
    notes += [(label, text) for label, text in dict.fromkeys(outcome.notes)]
    convention = outcome.convention
    notes.append(("convention", f"{convention.name} {convention.version}: {convention.summary}"))
    return Report(headline(outcome), tables, notes)


def layer_text(layer: Share, verdict: Verdict) -> str:
    """Return a layer with its line and its share, or by how much it changed."""
    said = [f"line {layer.line}"] if layer.line else []
    if layer.before is not None:
        said.append(change(layer.value - layer.before, verdict.metric))
    elif layer.of:
        said.append(f"{100 * layer.value / layer.of:.1f}%")
    return f"{inert(layer.name)} ({', '.join(said)})" if said else inert(layer.name)


def _costly(v: Verdict, layer: Share) -> tuple[Cell, ...]:
    metric = _counted(v)
    value = rounded(Amount("", layer.value), metric)
    share = layer.value / layer.of if layer.of else None
    return v.architecture, metric.title, layer.name, layer.line, value, share


def _counted(v: Verdict) -> Any:
    """Return the metric that a verdict's layers are counted in."""
    return METRICS[{"size": "params", "largest_share": "macs", "saving": "macs"}.get(v.metric.name, v.metric.name)]


def _change(v: Verdict, layer: Share) -> tuple[Cell, ...]:
    before = layer.before or 0
    return (
        v.architecture, v.metric.title, inert(layer.name), layer.line or None, rounded(Amount("", before), v.metric),
        rounded(Amount("", layer.value), v.metric), change(layer.value - before, v.metric),
    )  # fmt: skip


# -- for programs ---------------------------------------------------------------------------------


def number(value: Amount | None, share: bool) -> int | float | None:
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
        "limit": number(v.limit, share),
        "actual": number(v.actual, share),
        "headroom": number(v.room, share),
        "headroom_share": v.room_share,
        "base": v.base,
        "source": v.source,
        "message": v.message or None,
        "matched": v.matched,
        "beyond": v.beyond,
        "line": v.line or None,
        "column": v.column or None,
        "layers": [
            {"name": x.name, "line": x.line or None, "value": x.value, "before": x.before, "share": x.value / x.of if x.of else None}
            for x in v.layers
        ],
    }  # fmt: skip


def problems(faults: list[Fault]) -> list[dict[str, Any]]:
    """Return what is wrong with inputs as plain values."""
    found: list[dict[str, Any]] = []
    for path, error in faults:
        if isinstance(error, InputError):
            found += [
                {"path": error.path, "line": p.line, "column": p.column, "message": p.message} for p in error.problems
            ]
        else:
            found.append({"path": path, "line": None, "column": None, "message": str(error)})
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
        values["layer"] = v.layers[0].name if v.layers else None
        cells = (values[key] for key in CSV_KEYS)
        writer.writerow([spreadsheet_safe(inert(cell)) if isinstance(cell, str) else cell for cell in cells])
    return buffer.getvalue()
