"""Tables of reports as tables of a page: sorted by their columns, filtered by words, exact values beside rounded ones."""

from collections.abc import Sequence

from dsconv_cost.formats.html.escape import escaped
from dsconv_cost.formats.numbers import cell_texts
from dsconv_cost.reports.table import EXACT, PLAIN, TEXT, Cell, Column, Portion, Repeated, Table

_SHORT = 36
"""From here on the text of a cell may break into lines."""


def data_table(table: Table, caption: str, *, tools: str = "", kinds: Sequence[str] = (), keyed: bool = False) -> str:
    """Return a table whose columns sort; the first column names its rows. `caption` is text.

    `tools` is the id of the filter above it (see `filter_tools`), `kinds` the kind of each row that it filters by; with `keyed`
    a row is what its first cell names: a layer that can be chosen.
    """
    heads = "".join(
        f'<th scope="col"{_side(column)}><span>{escaped(column.title)}</span></th>' for column in table.columns
    )
    rows = "".join(
        _row(table.columns, values, texts, kinds[index] if kinds else "", keyed)
        for index, (values, texts) in enumerate(zip(table.rows, cell_texts(table), strict=True))
    )
    filtered = f' data-tools="{tools}"' if tools else ""
    long = " long" if len(table.rows) > 25 else ""
    return (
        f'<div class="table{long}" tabindex="0" role="region" aria-label="{escaped(caption)}"><table data-sort{filtered}>'
        f"<caption>{escaped(caption)}</caption><thead><tr>{heads}</tr></thead>\n<tbody>{rows}</tbody></table></div>"
    )


def filter_tools(anchor: str, what: str, kinds: Sequence[str] = ()) -> str:
    """Return the search field above a table, and the choice of a kind where there are several."""
    options = "".join(f"<option>{escaped(kind)}</option>" for kind in dict.fromkeys(kinds))
    choice = (
        f'<label>Kind<select><option value="">all</option>{options}</select></label>' if len(set(kinds)) > 1 else ""
    )
    return (
        f'<div class="tools needs-script" id="{anchor}"><label>Find {escaped(what)}<input type="search" autocomplete="off" '
        f'spellcheck="false"></label>{choice}<output></output></div>'
    )


def _row(columns: Sequence[Column], values: Sequence[Cell], texts: Sequence[str], kind: str, keyed: bool) -> str:
    head = f'<th scope="row"{_side(columns[0], texts[0])}{_raw_value(values[0], columns[0])}>{escaped(texts[0])}</th>'
    cells = "".join(
        f"<td{_side(column, text)}{_raw_value(value, column)}>{escaped(text)}</td>"
        for value, column, text in zip(values[1:], columns[1:], texts[1:], strict=True)
    )
    marked = f' data-l="{escaped(values[0])}"' if keyed else ""
    marked += f' data-k="{escaped(kind)}"' if kind else ""
    return f"<tr{marked}>{head}{cells}</tr>\n"


def _side(column: Column, text: str = "") -> str:
    names = ["left"] * (column.values == TEXT) + ["wrap"] * (len(text) > _SHORT)
    return f' class="{" ".join(names)}"' if names else ""


def _raw_value(value: Cell, column: Column) -> str:
    """Return the raw value of a cell whose text does not say it: one that is rounded, or missing."""
    if value is None:
        return ' data-v=""'
    if isinstance(value, str) or column.values in (EXACT, PLAIN):
        return ""
    if isinstance(value, Repeated):
        return f' data-v="{value.times * value.each}"'
    return f' data-v="{value.share if isinstance(value, Portion) else value}"'
