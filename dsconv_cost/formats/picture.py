"""What pictures that are files of their own have around their figure: lines of text, and swatches of colours."""

from collections.abc import Iterable

from dsconv_cost.formats.html.lettering import text_width, wrapped
from dsconv_cost.formats.html.svg import PICTURE_WIDTH, label, rect

EDGE = 16
_LINE = 18
_SIZES = {"title": 16.0, "small": 11.5}
_BOLD = ("title", "call", "head")


def lines_below(y: float, texts: Iterable[tuple[str, str]]) -> tuple[str, float]:
    """Return (text, classes) pairs as lines below a height, wrapped to the width of the picture, and where they end."""
    parts: list[str] = []
    for text, css in texts:
        names = css.split()
        size = next((_SIZES[name] for name in names if name in _SIZES), 12.5)
        for line in wrapped(text, PICTURE_WIDTH - 2 * EDGE, size, bold=any(name in _BOLD for name in names)):
            y += _LINE + (3 if "title" in names else 0)
            parts.append(label(EDGE, y, line, css))
    return "".join(parts), y


def swatches(entries: Iterable[tuple[str, str]], y: float) -> tuple[str, float]:
    """Return (class, words) pairs as a legend in as many lines as it needs, and where it ends."""
    parts: list[str] = []
    x = float(EDGE)
    for css, words in entries:
        needed = 18 + text_width(words) + 16
        if x > EDGE and x + needed > PICTURE_WIDTH - EDGE:
            x, y = float(EDGE), y + _LINE
        parts.append(rect(x, y, (12, 12), css, 2) + label(x + 18, y + 10.5, words, "lab"))
        x += needed
    return "".join(parts), y + 12
