"""SVG made of a few shapes: figures with a title and a description, marks that answer, and axes."""

import math
from collections.abc import Callable, Iterable, Sequence

from dsconv_cost.formats.html.escape import escaped
from dsconv_cost.formats.html.patterns import PATTERNS
from dsconv_cost.formats.html.style import figure_style
from dsconv_cost.named_tuple import NamedTuple

FIGURE_WIDTH = 1024
"""Of a figure, in its own units: about pixels where the page is wide."""
PICTURE_WIDTH = 720
"""Of a figure that is a file of its own: read at this width in a document."""
AXIS_ROOM = 74
"""Room for the labels of a vertical axis."""
LETTER = 7.2
"""A generous width of a letter in a figure."""


def svg_figure(anchor: str, size: tuple[float, float], title: str, desc: str, body: str) -> str:
    """Return a figure of (width, height) with its accessible title and description.

    With marks in it, it is a group that the Tab key enters once (arrow keys move on); without, it is one image. A title among the
    definitions names the figure, and is not what browsers show wherever the pointer rests in it.
    """
    width, height = size
    entered = body.replace('<g class="m', '<g tabindex="0" class="m', 1)
    role = "group" if entered != body else "img"
    return (
        f'<svg viewBox="0 0 {short(width)} {short(height)}" role="{role}" aria-labelledby="{anchor}-name" aria-describedby="{anchor}-desc">'
        f'<defs><title id="{anchor}-name">{escaped(title)}</title></defs><desc id="{anchor}-desc">{escaped(desc)}</desc>{entered}</svg>'
    )


def standalone(svg: str) -> str:
    """Return a figure as an SVG file of its own, on a ground of its own, with its styles and patterns in it."""
    width, height = svg.split('"', 2)[1].split()[2:]
    head = f'xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
    inside = f'<style>{figure_style()}</style><defs>{PATTERNS}</defs><rect width="100%" height="100%" class="ground"/>'
    svg = svg.replace("<defs><title", "<title", 1).replace(
        "</title></defs>", "</title>", 1
    )  # of a file it is the title
    return svg.replace("<svg ", f"<svg {head} ", 1).replace("</desc>", f"</desc>{inside}", 1) + "\n"


def framed(svg: str, caption: str = "") -> str:
    """Return a figure as the page shows it: with a caption (HTML), and on narrow screens scrolled sideways by itself."""
    told = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f'<figure>{told}<div class="scroll">{svg}</div></figure>'


def mark(tip: str, shapes: str, *, layer: str | None = None, css: str = "") -> str:
    """Return shapes that answer: `tip` is shown on hover and on focus and read aloud, its lines are separate facts.

    `layer` names what Enter and a click choose. The shape that is outlined has the class `s`, or `hit` if it covers a column.
    """
    name = "m" + (" pick" if layer is not None else "") + (f" {css}" if css else "")
    chosen = "" if layer is None else f' data-l="{escaped(layer)}"'
    lines = "&#10;".join(escaped(line) for line in tip.split("\n"))
    return f'<g class="{name}" role="img" aria-label="{lines}"{chosen}>{shapes}</g>'


def short(value: float) -> str:
    """Return a coordinate with two decimals at most."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def rect(x: float, y: float, size: tuple[float, float], css: str, radius: float = 0) -> str:
    """Return a rectangle of (width, height); a negative size is drawn as none."""
    width, height = (max(side, 0) for side in size)
    round_ = f' rx="{short(radius)}"' if radius else ""
    return (
        f'<rect x="{short(x)}" y="{short(y)}" width="{short(width)}" height="{short(height)}"{round_} class="{css}"/>'
    )


def line(start: tuple[float, float], end: tuple[float, float], css: str) -> str:
    """Return a straight line."""
    (x1, y1), (x2, y2) = start, end
    return f'<line x1="{short(x1)}" y1="{short(y1)}" x2="{short(x2)}" y2="{short(y2)}" class="{css}"/>'


def circle(x: float, y: float, radius: float, css: str) -> str:
    """Return a dot."""
    return f'<circle cx="{short(x)}" cy="{short(y)}" r="{short(radius)}" class="{css}"/>'


def path(steps: str, css: str) -> str:
    """Return a path."""
    return f'<path d="{steps}" class="{css}"/>'


def polyline(points: Iterable[tuple[float, float]], css: str) -> str:
    """Return a line through points."""
    return path("M" + "L".join(f"{short(x)},{short(y)}" for x, y in points), css)


def label(x: float, y: float, words: str, css: str = "axis") -> str:
    """Return words at a place; `end` and `mid` in the class set which end of them is there. Not read aloud: marks are."""
    return f'<text x="{short(x)}" y="{short(y)}" class="{css}" aria-hidden="true">{escaped(words)}</text>'


def fits(words: str, width: float) -> bool:
    """Return whether words have room in a width."""
    return len(words) * LETTER + 8 <= width


# -- axes -----------------------------------------------------------------------------------------


class Ruler(NamedTuple):
    """Values to places along an axis."""

    low: float
    high: float
    start: float
    """The place of the lowest value."""
    stop: float
    log: bool = False

    def at(self, value: float) -> float:
        """Return the place of a value; on a logarithmic axis it is above 0."""
        low, high, value = (
            (math.log10(v) for v in (self.low, self.high, value)) if self.log else (self.low, self.high, value)
        )
        return self.start + (value - low) / ((high - low) or 1) * (self.stop - self.start)

    def ticks(self, count: int = 5) -> list[float]:
        """Return round values along the axis, about so many."""
        return log_ticks(self.low, self.high, count) if self.log else linear_ticks(self.low, self.high, count)


def linear_ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Return multiples of 1, 2 or 5 times a power of 10 between two values."""
    if high <= low:
        return [low]
    raw = (high - low) / max(count, 1)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(times * power for times in (1, 2, 5, 10) if times * power >= raw * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [number * step for number in range(first, last + 1)]


def binary_ticks(high: float, count: int = 4) -> list[float]:
    """Return multiples of a power of 2 from 0 to a value: round numbers of KiB and MiB."""
    if high <= 0:
        return [0]
    step = 2.0 ** math.ceil(math.log2(high / max(count, 1)))
    return [number * step for number in range(math.floor(high / step) + 1)]


def log_ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Return 1, 2 and 5 times powers of 10 between two values above 0, or the powers alone where there are many."""
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for times in ((1, 2, 5), (1, 3), (1,)):
        ticks = [one * 10.0**decade for decade in decades for one in times if low <= one * 10.0**decade <= high]
        if len(ticks) <= count + 3:
            return ticks
    every = -(-len(ticks) // (count + 3))
    return ticks[::every]


def y_axis(ruler: Ruler, name: Callable[[float], str], right: float, ticks: Sequence[float] | None = None) -> str:
    """Return horizontal grid lines with their values on the left, where the plot starts at AXIS_ROOM."""
    shown = ruler.ticks(4) if ticks is None else ticks
    return "".join(
        line((AXIS_ROOM, ruler.at(tick)), (right, ruler.at(tick)), "grid" if tick else "base")
        + label(AXIS_ROOM - 8, ruler.at(tick) + 4, name(tick), "axis end")
        for tick in shown
    )


def x_axis(ruler: Ruler, name: Callable[[float], str], ends: tuple[float, float], title: str = "") -> str:
    """Return vertical grid lines between two heights with their values below, and the axis's title below those."""
    top, bottom = ends
    shown = "".join(
        line((ruler.at(tick), top), (ruler.at(tick), bottom), "grid")
        + label(ruler.at(tick), bottom + 17, name(tick), "axis mid")
        for tick in ruler.ticks(7)
    )
    return shown + (label((ruler.start + ruler.stop) / 2, bottom + 36, title, "axis mid head") if title else "")


def spread(values: Iterable[float], room: float = 1.25) -> tuple[float, float]:
    """Return the ends of a logarithmic axis that has every value, with some room around them."""
    known = [value for value in values if value > 0] or [1.0]
    return min(known) / room, max(known) * room
