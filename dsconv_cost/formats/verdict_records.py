"""The verdicts of `check` for programs: JSON, and CSV with a row for each."""

import json

from dsconv_cost.budget.check import Outcome
from dsconv_cost.formats.records import SCHEMA_VERSION
from dsconv_cost.reports.check import problem_records, rules_of, verdict_record
from dsconv_cost.reports.memory_rules import memory_records
from dsconv_cost.reports.verdict_text import headline
from dsconv_cost.text import inert, spreadsheet_safe
from dsconv_cost.version import __version__

VERDICT_KEYS = (
    "status", "architecture", "metric", "part", "bits", "bound", "limit", "actual", "headroom", "headroom_share", "base",
    "source", "message", "path", "line", "layer",
)  # fmt: skip


def verdicts_json(outcome: Outcome) -> str:
    """Return everything as a JSON document."""
    document = {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "dsconv-cost", "version": __version__},
        "convention": {"name": outcome.convention.name, "version": outcome.convention.version},
        "memory_conventions": memory_records(rules_of(outcome.verdicts)),
        "exit_code": outcome.code,
        "summary": headline(outcome),
        "verdicts": [verdict_record(v) for v in outcome.verdicts],
        "problems": problem_records(outcome.faults),
        "notes": [{"label": label, "text": text} for label, text in outcome.notes],
    }
    # A CI runner reads commands from any line of a log; inside a JSON string an escape means the same character.
    return json.dumps(document, indent=2).replace("##[", "#\\u0023[") + "\n"


def verdicts_csv(outcome: Outcome) -> str:
    """Return a header and a row for each verdict."""
    import csv
    import io

    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(VERDICT_KEYS)
    for v in outcome.verdicts:
        values = verdict_record(v)
        first = (
            values["layers"][0]
            if values["layers"] and not v.peak_at
            else {"name": values["peak_at"], "line": values["line"]}
        )
        values |= {"layer": first["name"], "line": first["line"]}
        cells = (values[key] for key in VERDICT_KEYS)
        writer.writerow([spreadsheet_safe(inert(cell)) if isinstance(cell, str) else cell for cell in cells])
    return buffer.getvalue()
