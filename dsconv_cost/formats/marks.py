"""Marks and colours of the kinds of operation: a new kind gets the next ones."""

from functools import cache

from dsconv_cost.layers import all_kinds

COLORS = ("magenta", "cyan", "blue", "yellow", "red", "green")
"""Of the terminal's own palette, so that they read well on light and dark ones."""
GLYPHS = "\u25a0\u25b2\u25cf\u25a3\u25bc\u25c6"
ASCII_GLYPHS = "#^o%v*"
EIGHTHS = " \u258f\u258e\u258d\u258c\u258b\u258a\u2589"
FULL = "\u2588"


@cache
def _places() -> dict[str, int]:
    return {str(kind): place for place, kind in enumerate(kind for kind in all_kinds() if kind.accumulates)}


def place(kind: str) -> int:
    """Return the place of a kind in a legend."""
    return _places().get(kind, len(_places()))


def glyph(kind: str, utf8: bool) -> str:
    """Return the mark of a kind, a space for one that multiplies by no weights."""
    if kind not in _places():
        return " "
    return (GLYPHS if utf8 else ASCII_GLYPHS)[place(kind) % len(GLYPHS)]


def color(kind: str) -> str:
    """Return the colour of a kind, an empty string for none."""
    return COLORS[place(kind) % len(COLORS)] if kind in _places() else ""


def bar(share: float, largest: float, columns: int, utf8: bool) -> str:
    """Return a bar for a share, as long as `columns` for the largest."""
    filled = columns * share / largest if largest > 0 else 0
    if not utf8:
        return "#" * max(round(filled), 1 if share > 0 else 0)
    eighths = max(round(filled * 8), 1 if share > 0 else 0)
    return FULL * (eighths // 8) + EIGHTHS[eighths % 8].strip()
