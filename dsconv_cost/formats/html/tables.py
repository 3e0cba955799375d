"""Tables of reports as tables of a page: sorted by their columns, filtered by words, exact values beside rounded ones."""

from collections.abc import Sequence

from dsconv_cost.formats.html.escape import escaped
from dsconv_cost.formats.numbers import cell_texts
from dsconv_cost.reports.table import EXACT, PLAIN, TEXT, Cell, Column, Portion, Repeated, Table

_LONG, _WIDE = 25, 11
"""From so many rows on a table scrolls by itself; with more columns it is printed across the paper."""
_SHORT = 36
"""From here on the text of a cell may break into lines."""


def data_table(
    table: Table, caption: str, *, head: int = 0, tools: str = "", kinds: Sequence[str] = (), keyed: bool = False
) -> str:
    """Return a table whose columns sort; the column `head` names its rows. `caption` is text.

    `tools` is the id of the filter above it (see `filter_tools`), `kinds` the kind of each row that it filters by. With `keyed` the
    name of a row is a layer that choosing the row chooses.
    """
    heads = "".join(
        f'<th scope="col"{_side(column)}><span>{escaped(column.title or column.key)}</span></th>'
        for column in table.columns
    )
    rows = "".join(
        _row(
            _cells(table.columns, values, texts, head),
            (f' data-l="{escaped(values[head])}"' if keyed else "")
            + (f' data-k="{escaped(kinds[index])}"' if kinds else ""),
        )
        for index, (values, texts) in enumerate(zip(table.rows, cell_texts(table), strict=True))
    )
    filtered = f' data-tools="{tools}"' if tools else ""
    css = "table" + " long" * (len(table.rows) > _LONG) + " wide" * (len(table.columns) > _WIDE)
    return (
        f'<div class="{css}" tabindex="0" role="group" aria-label="{escaped(caption)}"><table data-sort{filtered}>'
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


def _row(cells: str, attributes: str) -> str:
    return f"<tr{attributes}>{cells}</tr>\n"


def _cells(columns: Sequence[Column], values: Sequence[Cell], texts: Sequence[str], head: int) -> str:
    return "".join(
        f'<th scope="row"{_side(column, text)}{_raw_value(value, column)}>{escaped(text)}</th>'
        if index == head
        else f"<td{_side(column, text)}{_raw_value(value, column)}>{escaped(text)}</td>"
        for index, (value, column, text) in enumerate(zip(values, columns, texts, strict=True))
    )


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
