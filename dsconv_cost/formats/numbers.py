"""Numbers as text for people: one unit for all scaled columns of a table, and nothing that rounds to zero in silence."""

from collections.abc import Collection, Iterable

from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.reports.table import (
    ACCURACY,
    CHANGE,
    DECIMAL,
    DURATION,
    EXACT,
    FACTOR,
    FINE_PERCENT,
    PERCENT,
    PLAIN,
    SCALED,
    SIGNED,
    TEXT,
    Cell,
    Column,
    Portion,
    Repeated,
    Table,
)

NOTHING = "-"


class Scale(NamedTuple):
    """A scale, its letter, and the decimals shown."""

    scale: int
    letter: str
    decimals: int


UNITS = (Scale(10**9, "G", 2), Scale(10**6, "M", 1), Scale(10**3, "K", 1), Scale(1, "", 0))
MOST_DIGITS = 5
"""How many digits a value may have before its point, of a column whose values differ much."""


def unit_for(values: Iterable[int]) -> Scale:
    """Return the unit in which most values have one to three digits before their point; below 10,000 there is none."""
    ordered = sorted(value for value in values if value)
    if not ordered or ordered[-1] < 10**4:
        return UNITS[-1]
    usual, largest = ordered[len(ordered) // 2], ordered[-1]
    fitting = [unit for unit in UNITS if largest < unit.scale * 10**MOST_DIGITS] or [UNITS[0]]
    return next((unit for unit in fitting if usual >= unit.scale), fitting[-1])


def scaled(value: int, unit: Scale) -> str:
    """Return a count in a unit: `10.8M`; what would round to nothing is `<0.1M`."""
    if unit.scale == 1 or value == 0:
        return f"{value:,}"
    text = f"{value / unit.scale:,.{unit.decimals if value < 1000 * unit.scale else 0}f}"
    if value > 0 and not text.strip("0."):
        return f"<{10**-unit.decimals:.{unit.decimals}f}{unit.letter}"
    return text + unit.letter


def percent(value: float, decimals: int) -> str:
    text = f"{100 * value:.{decimals}f}%"
    if value > 0 and not text.strip("0.%"):
        return f"<{10**-decimals:.{decimals}f}%"
    if value < 0 and not text.strip("-0.%"):
        return f">-{10**-decimals:.{decimals}f}%"
    return text


def factor(value: float) -> str:
    if 0 < value < 0.1:
        return f"{value:.2g}x"
    return f"{value:.2f}x" if value < 1000 else f"{value:,.0f}x"


def decimal(value: float) -> str:
    """Return a ratio with three digits, a large one in full: 0.25, 7.71, 26.4, 1,024."""
    if not value or value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value < 0.1 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def change(value: float) -> str:
    if value == 0:
        return "0%"
    text = f"{100 * value:+.1f}%"
    return text if text.strip("+-0.%") else f"{100 * value:+.1g}%"


def duration(ms: float, decimals: int) -> str:
    """Return a time in milliseconds: `0.026 ms`; what would round to nothing is `<0.001 ms`."""
    text = f"{ms:,.{decimals}f}"
    return f"<{10**-decimals:.{decimals}f} ms" if ms > 0 and not text.strip("0.") else f"{text} ms"


def decimals_of(milliseconds: Iterable[float]) -> int:
    """Return the decimals with which times have at least three digits, unless they are below a hundredth of the largest."""
    times = list(milliseconds)
    least = min((time for time in times if 100 * time >= max(times) > 0), default=0.0)
    return next((decimals for decimals in range(6) if least >= 10 ** (2 - decimals)), 6)


def column_texts(table: Table) -> list[dict[Cell, str]]:
    """Return for each column the text of each different value. A long table repeats few rows but for their names."""
    columns = table.columns
    rests = {row[1:] for row in table.rows}
    values = [{row[0] for row in table.rows}, *({rest[index] for rest in rests} for index in range(len(columns) - 1))]
    scales = [column for column, kind in zip(values, columns, strict=True) if kind.values == SCALED]
    unit = unit_for(
        value.each if isinstance(value, Repeated) else value
        for column in scales
        for value in column
        if isinstance(value, int | Repeated)
    )
    return [
        _duration_texts(column) if kind.values == DURATION
        else {value: value if type(value) is str else _text(value, kind, unit) for value in column}
        for column, kind in zip(values, columns, strict=True)
    ]  # fmt: skip


def _duration_texts(column: Collection[Cell]) -> dict[Cell, str]:
    """Return the text of each time of a column."""
    decimals = decimals_of(value for value in column if isinstance(value, float))
    return {value: duration(value, decimals) if isinstance(value, float) else NOTHING for value in column}


def cell_texts(table: Table) -> list[tuple[str, ...]]:
    """Return the text of every cell, row by row."""
    columns = [[texts[row[index]] for row in table.rows] for index, texts in enumerate(column_texts(table))]
    return list(zip(*columns, strict=True))


def _text(value: Cell, column: Column, unit: Scale) -> str:
    if value is None:
        return NOTHING
    if isinstance(value, str) or column.values == TEXT:
        return str(value)
    if isinstance(value, Repeated):
        return f"{value.times} x {_text(value.each, column, unit)}"
    if isinstance(value, Portion):
        return percent(value.share, 1)
    if column.values == SCALED:
        return scaled(int(value), unit)
    if column.values == EXACT:
        return f"{value:,}"
    if column.values == PLAIN:
        return str(value)
    if column.values == ACCURACY:
        return f"{value:.1f}"
    if column.values == SIGNED:
        return f"{value:+,}" if value else "0"
    if column.values in (PERCENT, FINE_PERCENT):
        return percent(value, 1 if column.values == PERCENT else 2)
    return {FACTOR: factor, CHANGE: change, DECIMAL: decimal}[column.values](value)
