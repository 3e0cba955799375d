"""Limits as bullet bars: each figure against its own limit, all limits on one line, and what a figure was before."""

from collections.abc import Sequence

from dsconv_cost.budget.verdicts import FAIL, MIN, UNCOMPARABLE, WARNING, Verdict
from dsconv_cost.formats.html.lettering import text_width, wrapped
from dsconv_cost.formats.html.svg import FIGURE_WIDTH, label, line, mark, rect, svg_figure
from dsconv_cost.reports.amounts import exact, texts
from dsconv_cost.reports.check import place_text
from dsconv_cost.reports.verdict_text import metric_text
from dsconv_cost.text import inert

_LINE, _ROW, _BAR, _ARROW = 17, 12, 15, 20
_LIMIT_AT = 0.7
"""Where the limit is along the room for bars; what is beyond has the rest."""
_CSS = {FAIL: "f-bad", WARNING: "f-bad faint", UNCOMPARABLE: "f-other"}


def bullets(verdicts: Sequence[Verdict]) -> str:
    """Return the figure: a row for each verdict, with the figure, its limit, and in words how much is left."""
    names = [[*wrapped(inert(v.architecture), 300), *wrapped(metric_text(v), 300)] for v in verdicts]
    words = [_words(v) for v in verdicts]
    left = max(text_width(each) for lines in names for each in lines) + 16
    right = FIGURE_WIDTH - max(map(text_width, words)) - _ARROW
    room = max(right - left, 120)
    limit = left + room * _LIMIT_AT
    y, parts = 24.0, []
    for v, lines, told in zip(verdicts, names, words, strict=True):
        high = _ROW + _LINE * len(lines)
        middle = y + high / 2
        row = [rect(0, y + 0.5, (FIGURE_WIDTH, high - 1), "hit")]
        row += [
            label(0, y + _ROW / 2 + _LINE * (at + 0.76), each, "lab" if at else "call") for at, each in enumerate(lines)
        ]
        row += _bar(v, left, room, middle)
        row.append(label(left + room + _ARROW, middle + 4.5, told, "lab"))
        parts.append(line((0, y), (FIGURE_WIDTH, y), "grid"))
        parts.append(mark(_tip(v), "".join(row)))
        y += high
    rule = line((limit, 20), (limit, y), "rule") + label(limit, 14, "limit", "axis mid head")
    desc = f"{len(verdicts)} rows; each bar is a figure as a share of its limit. All of it is in the table below."
    return svg_figure("bullets", (FIGURE_WIDTH, y + 2), "Figures against their limits", desc, "".join(parts) + rule)


def _bar(v: Verdict, left: float, room: float, middle: float) -> list[str]:
    """Return the bar of a figure; one too long is cut, and an arrow behind it says that it goes on."""
    bound = v.bound.amount
    if bound is None or not bound.top:
        return []
    share = (v.actual.top * bound.bottom) / (v.actual.bottom * bound.top)
    css = _CSS.get(v.status, "f-good")
    long = min(max(share, 0) * _LIMIT_AT, 1) * room
    parts = [
        rect(left, middle - _BAR / 2, (room, _BAR), "block"),
        rect(left, middle - _BAR / 4, (max(long, 1), _BAR / 2), f"{css} s"),
    ]
    if share * _LIMIT_AT > 1:
        parts.append(label(left + room + 4, middle + 4.5, "\u25b8", "lab"))
    if v.before is not None and v.is_growth:
        before = min(v.before * bound.bottom / bound.top * _LIMIT_AT, 1) * room
        parts.append(line((left + before, middle - _BAR / 2 - 2), (left + before, middle + _BAR / 2 + 2), "link"))
    return parts


def _words(v: Verdict) -> str:
    figures = texts(v)
    if v.bound.amount is None:
        return f"{v.status}: {figures.actual}"
    share = f" ({figures.room_share})" if figures.room_share != "-" else ""
    return f"{v.status}: {figures.actual}, {figures.limit}: {figures.room}{share}"


def _tip(v: Verdict) -> str:
    """Return a verdict with its exact figures, a line each."""
    lines = [f"{v.status}: {inert(v.architecture)}", f"{metric_text(v)}: {exact(v.actual, v.metric)}"]
    if v.bound.amount is not None:
        word = "at least" if v.bound.kind == MIN else "was" if v.before == v.bound.amount.top else "at most"
        lines.append(f"{word} {exact(v.bound.amount, v.metric)} ({inert(v.bound.source)})")
    if place := place_text(v):
        lines.append(place)
    if v.message:
        lines.append(inert(v.message))
    return "\n".join(lines)
