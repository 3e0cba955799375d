"""A table of raw values as JSON or CSV: exact values under the columns' keys."""

import csv
import io
import json

from dsconv_cost.conventions import DEFAULT
from dsconv_cost.formats.machine import SCHEMA_VERSION, spreadsheet_safe
from dsconv_cost.tables import Table
from dsconv_cost.version import __version__


def to_json(table: Table) -> str:
    """Return the table as a JSON document with its rows as objects."""
    keys = [column.key for column in table.columns]
    document = {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "dsconv-cost", "version": __version__},
        "convention": {"name": DEFAULT.name, "version": DEFAULT.version},
        table.name: [dict(zip(keys, row, strict=True)) for row in table.rows],
    }
    return json.dumps(document, indent=2) + "\n"


def to_csv(table: Table) -> str:
    """Return the table as CSV, a header and a row for each."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([column.key for column in table.columns])
    for row in table.rows:
        writer.writerow([spreadsheet_safe(cell) if isinstance(cell, str) else cell for cell in row])
    return buffer.getvalue()
