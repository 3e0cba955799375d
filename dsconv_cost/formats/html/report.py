"""Any report as a page: its answer, its tables and its notes."""

from dsconv_cost.formats.html.page import PageSection, note_list, page
from dsconv_cost.formats.html.tables import data_table
from dsconv_cost.reports.table import Report


def report_page(report: Report) -> str:
    """Return a report as a page, a section for each table that has rows."""
    parts = [
        PageSection(
            f"table-{number}",
            table.name.replace("_", " ").capitalize(),
            "",
            [data_table(table, f"{len(table.rows):,} rows")],
        )
        for number, table in enumerate(report.tables)
        if table.rows
    ]
    if report.notes:
        parts.append(PageSection("notes", "Notes", "", [note_list(report.notes)]))
    return page(report.headline, parts, answer=report.answer)
