"""Tables of raw values as JSON or CSV: exact values under the columns' keys."""

import json
from typing import Any

from dsconv_cost.costs.conventions import DEFAULT
from dsconv_cost.formats.records import SCHEMA_VERSION, spreadsheet_safe
from dsconv_cost.reports.table import Report, Table
from dsconv_cost.version import __version__


def to_json(report: Report) -> str:
    """Return the report as a JSON document: each table under its name, its rows as objects."""
    document: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "dsconv-cost", "version": __version__},
        "convention": {"name": DEFAULT.name, "version": DEFAULT.version},
    }
    document.update(report.facts)
    for table in report.tables:
        keys = [column.key for column in table.columns]
        document[table.name] = [dict(zip(keys, row, strict=True)) for row in table.rows]
    document["notes"] = [{"label": label, "text": text} for label, text in report.notes]
    return json.dumps(document, indent=2).replace("##[", "#\\u0023[") + "\n"


def to_csv(table: Table) -> str:
    """Return the table as CSV, a header and a row for each."""
    import csv
    import io

    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([column.key for column in table.columns])
    for row in table.rows:
        writer.writerow([spreadsheet_safe(cell) if isinstance(cell, str) else cell for cell in row])
    return buffer.getvalue()
