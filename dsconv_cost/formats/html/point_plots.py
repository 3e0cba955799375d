"""The plots of the points of a space of settings: a dot for each row of their report, the best one or the front filled."""

from collections.abc import Iterator, Sequence
from itertools import takewhile

from dsconv_cost.formats.html.network_dots import MACS_AXIS, MEMORY_AXES, PARAMS_AXIS, TOP1_AXIS
from dsconv_cost.formats.html.scatter import Dot, PlotAxis
from dsconv_cost.layers.values import written
from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.reports.table import PLAIN, TEXT, Cell, Column, Report

MOST_TOLD = 1000
"""How many dots answer on a page; the table has as many rows."""
_CSS = "k-pointwise"


class PointPanel(NamedTuple):
    """A plot of points."""

    name: str
    title: str
    axes: tuple[PlotAxis, PlotAxis]
    dots: list[Dot]
    filled: list[Dot] | None
    """The best point, all of them where they are a Pareto front, or None for the front of this plot."""
    words: str
    """What the filled ones are."""


def point_panels(report: Report, *, marks: bool = False) -> Iterator[PointPanel]:
    """Yield the figures that the first table has against its MACs; of top-1 those of the points that have one."""
    table = report.tables[0]
    keys = [column.key for column in table.columns]
    if "macs" not in keys:
        return
    at, settings = keys.index("macs"), _settings(table.columns)
    limits = report.facts.get("limits")
    known = limits if isinstance(limits, dict) else {}
    across = MACS_AXIS._replace(limit=known.get("macs"))
    for name, axis in (("params", PARAMS_AXIS), *MEMORY_AXES.items(), ("top1", TOP1_AXIS)):
        rows = [row for row in table.rows if name in keys and row[keys.index(name)] is not None]
        if not rows:
            continue
        best = axis is not TOP1_AXIS
        dots = [
            Dot(
                _name(row, settings) if number == 0 or not best else "", _number(row[at]), _number(row[keys.index(name)]), _CSS,
                _tip(row, settings, keys) if marks and number < MOST_TOLD else "",
            )
            for number, row in enumerate(rows)
        ]  # fmt: skip
        up = axis if not best else axis._replace(limit=known.get(name))
        filled, words = (
            (dots[:1], "the best") if best else (None, "no other is at least as good in both, and better in one")
        )
        if report.facts.get("pareto"):
            filled, words = dots, "on the Pareto front"
        title = f"{axis.title.partition(',')[0]} against MACs"
        yield PointPanel(name, title, (across, up), dots, filled, words)


def _settings(columns: Sequence[Column]) -> dict[int, str]:
    """Return the columns of settings by their number: those before the first figure."""
    return {
        at: column.title for at, column in takewhile(lambda pair: pair[1].values in (PLAIN, TEXT), enumerate(columns))
    }


def _name(row: Sequence[Cell], settings: dict[int, str]) -> str:
    return " ".join(f"{name}={_text(row[at])}" for at, name in settings.items())


def _text(value: Cell) -> str:
    return written(value) if isinstance(value, int | float) else str(value)


def _number(value: Cell) -> float:
    assert isinstance(value, int | float)
    return value


def _tip(row: Sequence[Cell], settings: dict[int, str], keys: Sequence[str]) -> str:
    lines = [_name(row, settings)]
    for key, what in (("macs", "MACs"), ("params", "params"), *((name, name) for name in MEMORY_AXES)):
        if key in keys:
            unit = " bytes" if key in MEMORY_AXES else ""
            lines.append(f"{_number(row[keys.index(key)]):,} {what}{unit}")
    if "top1" in keys and row[keys.index("top1")] is not None:
        lines.append(f"top-1 {row[keys.index('top1')]:g} %")
    return "\n".join(lines)
