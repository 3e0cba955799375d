"""How a total became another: a bar for each, and between them a step for every item, in as many columns as there are totals."""

from collections.abc import Sequence
from itertools import pairwise

from dsconv_cost.formats.html.row_bars import BarColumn, BarRows, row_bars
from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.reports.answer import in_short

MOST_FALLS = 24
"""How many items have a step of their own; the others share one."""
_PLAIN, _MORE, _LESS, _NOTHING = "f-other", "f-bad", "f-good", ""


class Fall(NamedTuple):
    """A total before and after, and how much of the difference comes from each item; they add up."""

    title: str
    old: int
    new: int
    steps: Sequence[int]


def waterfall_figure(
    names: Sequence[str], ends: tuple[str, str], falls: Sequence[Fall], width: float
) -> tuple[str, float]:
    """Return the rows, from the first total to the last, and where they end."""
    shown = len(names) if len(names) <= MOST_FALLS else MOST_FALLS - 1
    rows = [ends[0], *names[:shown]]
    if shown < len(names):
        rows.append(f"{len(names) - shown:,} more")
    rows.append(ends[1])
    columns = [_column(fall, shown) for fall in falls]
    tips = ["\n".join([name, *(_fact(fall, number, shown) for fall in falls)]) for number, name in enumerate(rows)]
    return row_bars(BarRows(rows, columns, tips=tips), 0, width, 0)


def _steps(fall: Fall, shown: int) -> list[int]:
    rest = fall.steps[shown:]
    return [*fall.steps[:shown], *([sum(rest)] if rest else [])]


def _column(fall: Fall, shown: int) -> BarColumn:
    steps = _steps(fall, shown)
    levels = [fall.old]
    for step in steps:
        levels.append(levels[-1] + step)
    low = _start(levels)
    bars = [[(_PLAIN, fall.old - low)]]
    for before, after in pairwise(levels):
        css = _MORE if after > before else _LESS
        bars.append([(_NOTHING, min(before, after) - low), (css, abs(after - before))])
    bars.append([(_PLAIN, fall.new - low)])
    words = [in_short(fall.old), *map(signed_in_short, steps), in_short(fall.new)]
    title = f"{fall.title}, bars from {in_short(low)}" if low else fall.title
    return BarColumn(title, bars, words)


def _start(levels: Sequence[int]) -> int:
    """Return where the bars begin: at 0, or where all levels are far from it a little below them, so that steps are seen."""
    low, high = min(levels), max(levels)
    return 0 if (high - low) * 5 >= high else max(low - (high - low) // 4, 0)


def _fact(fall: Fall, number: int, shown: int) -> str:
    steps = _steps(fall, shown)
    if 0 < number <= len(steps):
        return f"{steps[number - 1]:+,} {fall.title}" if steps[number - 1] else f"{fall.title} as before"
    return f"{fall.old if number == 0 else fall.new:,} {fall.title}"


def signed_in_short(value: int) -> str:
    """Return a difference in short, with its sign."""
    return f"{'+' if value > 0 else '-'}{in_short(abs(value))}" if value else "0"
