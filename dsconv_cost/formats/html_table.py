"""A report as HTML for a notebook: tables with everything escaped, and nothing that runs or loads."""

from html import escape

from dsconv_cost.formats.numbers import cell_texts
from dsconv_cost.reports.table import TEXT, Report, Table
from dsconv_cost.text import inert


def report_html(report: Report, figures: str = "") -> str:
    """Return the headline, figures (HTML), every table that has rows, and the convention of the figures."""
    parts = [f"<p>{_text(report.headline)}</p>", *([figures] if figures else [])]
    parts += [_table(table) for table in report.tables if table.rows]
    parts += [
        f"<p><small>{_text(f'{label}: {text}')}</small></p>" for label, text in report.notes if label == "convention"
    ]
    return f"<div>\n{chr(10).join(parts)}\n</div>"


def _table(table: Table) -> str:
    kinds = [column.values for column in table.columns]
    rows = [_row("th", [column.title for column in table.columns], kinds)]
    rows += [_row("td", texts, kinds) for texts in cell_texts(table)]
    return f"<table>\n{chr(10).join(rows)}\n</table>"


def _row(tag: str, texts: "list[str] | tuple[str, ...]", kinds: list[str]) -> str:
    cells = [
        f'<{tag} style="text-align: {"left" if kind == TEXT else "right"}">{_text(text)}</{tag}>'
        for text, kind in zip(texts, kinds, strict=True)
    ]
    return f"<tr>{''.join(cells)}</tr>"


def _text(text: str) -> str:
    """Return text that is shown as it is: no markup, and no mathematics, which notebooks make of dollar signs."""
    return escape(inert(text)).replace("$", "&#36;")
