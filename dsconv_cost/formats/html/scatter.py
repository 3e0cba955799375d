"""Networks as dots between two axes, the Pareto front as a line, and every name beside its dot or below by number."""

from collections.abc import Callable, Sequence

from dsconv_cost.formats.html.lettering import SIZE, text_width, wrapped
from dsconv_cost.formats.html.svg import (
    AXIS_ROOM,
    Ruler,
    circle,
    label,
    line,
    mark,
    path,
    short,
    spread,
    x_axis,
    y_axis,
)
from dsconv_cost.named_tuple import NamedTuple

_TOP, _BOTTOM, _RIGHT = 34, 52, 24
_RADIUS = 5.5
_APART = 9
_LINE = 18
MOST_NAMED = 60
"""Of more dots the front alone has names."""


class Dot(NamedTuple):
    """A network, or one setting of it."""

    name: str
    """Empty for one that is not named in the figure."""
    x: float
    y: float
    css: str
    tip: str = ""
    """With it the dot is a mark, which says it."""
    on_front: bool = False


class PlotAxis(NamedTuple):
    """What a direction of the figure means."""

    title: str
    tick: Callable[[float], str]
    more_is_better: bool = False
    limit: float | None = None
    """A line at the most, or the least, that is allowed."""


class Area(NamedTuple):
    """A place that is taken."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Area") -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


def pareto_front(dots: Sequence[Dot], x: PlotAxis, y: PlotAxis) -> list[Dot]:
    """Return the dots that no other is at least as good as in both directions and better in one, in the order of the first axis."""
    front: list[Dot] = []
    for dot in sorted(
        dots, key=lambda dot: (-dot.x if x.more_is_better else dot.x, -dot.y if y.more_is_better else dot.y)
    ):
        best = front[-1] if front else None
        if (
            best is None
            or (dot.y > best.y if y.more_is_better else dot.y < best.y)
            or (dot.x, dot.y) == (best.x, best.y)
        ):
            front.append(dot)
    return front


def scatter(
    dots: Sequence[Dot],
    axes: tuple[PlotAxis, PlotAxis],
    size: tuple[float, float],
    top: float = 0,
    filled: Sequence[Dot] | None = None,
) -> tuple[str, float]:
    """Return the plot of a (width, height) below a place, with what could not be named beside its dot below it, and where it ends.

    Dots of the Pareto front are filled, and its edge is drawn, or those that are `filled` instead.
    """
    across, up = axes
    (width, height), bottom = size, top + size[1] - _BOTTOM
    x = _ruler([dot.x for dot in dots], across, (AXIS_ROOM, width - _RIGHT))
    y = _ruler([dot.y for dot in dots], up, (bottom, top + _TOP))
    front = pareto_front(dots, across, up) if filled is None else filled
    on_front = {id(dot) for dot in front}
    places = {id(dot): (x.at(dot.x), y.at(dot.y)) for dot in dots}
    lines, words = _limits(axes, x, y)
    parts = [
        label(AXIS_ROOM - 8, top + 16, up.title, "axis head"),
        x_axis(x, across.tick, (top + _TOP, bottom), across.title),
        y_axis(y, up.tick, width - _RIGHT, y.ticks(5)),
        lines,
        _stairs([places[id(dot)] for dot in front]) if filled is None else "",
    ]
    ordered = sorted(_seen(dots, places, on_front), key=lambda dot: id(dot) not in on_front)
    areas = [Area(a - _RADIUS, b - _RADIUS, a + _RADIUS, b + _RADIUS) for a, b in (places[id(dot)] for dot in ordered)]
    names = _Names([*words, *areas], (width, top, bottom))
    named = ordered if len(dots) <= MOST_NAMED else front
    told = [(dot, names.name(dot.name if dot in named else "", places[id(dot)])) for dot in ordered]
    for dot, name in reversed(told):  # the front is drawn last, over the others
        shape = circle(*places[id(dot)], _RADIUS, f"{dot.css} s" if id(dot) in on_front else f"{dot.css} hollow s")
        parts.append(mark(dot.tip, shape + name) if dot.tip else shape + name)
    below, end = names.numbered(top + height, width)
    return "".join(parts) + below, end


def _seen(dots: Sequence[Dot], places: dict[int, tuple[float, float]], on_front: set[int]) -> list[Dot]:
    """Return the dots without those that have no name and are where another one is drawn."""
    seen: dict[tuple[object, ...], Dot] = {}
    for dot in dots:
        x, y = places[id(dot)]
        seen.setdefault((dot.name, round(x), round(y), id(dot) in on_front), dot)
    return list(seen.values())


def _ruler(values: Sequence[float], axis: PlotAxis, ends: tuple[float, float]) -> Ruler:
    """Return an axis with room around the values: logarithmic where they differ by more than a factor of eight."""
    known = [*values, *([axis.limit] if axis.limit is not None else [])]
    low, high = min(known), max(known)
    if low > 0 and high > 8 * low:
        return Ruler(*spread(known, max(1.25, (high / low) ** 0.06)), *ends, log=True)
    room = (high - low) * 0.1 or abs(high) * 0.1 or 1
    return Ruler(max(low - room, 0) if low >= 0 else low - room, high + room, *ends)


def _limits(axes: tuple[PlotAxis, PlotAxis], x: Ruler, y: Ruler) -> tuple[str, list[Area]]:
    """Return the lines of the limits, and where their words are."""
    parts, areas = [], []
    wide = text_width("limit")
    if axes[0].limit is not None:
        at = x.at(axes[0].limit)
        parts.append(line((at, y.start), (at, y.stop), "dash") + label(at - 4, y.stop + 12, "limit", "axis end"))
        areas.append(_area("limit", at - 4 - wide, y.stop + 12))
    if axes[1].limit is not None:
        at = y.at(axes[1].limit)
        parts.append(line((x.start, at), (x.stop, at), "dash") + label(x.start + 4, at - 4, "limit", "axis"))
        areas.append(_area("limit", x.start + 4, at - 4))
    return "".join(parts), areas


def _stairs(points: Sequence[tuple[float, float]]) -> str:
    """Return the edge of what the front dominates: from dot to dot along the axes."""
    if len(points) < 2:
        return ""
    steps = f"M{short(points[0][0])},{short(points[0][1])}" + "".join(f"H{short(x)}V{short(y)}" for x, y in points[1:])
    return path(steps, "dash")


class _Names:
    """Puts names beside dots where nothing else is."""

    def __init__(self, taken: list[Area], edges: tuple[float, float, float]) -> None:
        self._taken = taken
        self._width, self._top, self._bottom = edges
        self._numbered: list[str] = []

    def name(self, words: str, place: tuple[float, float]) -> str:
        """Return the name beside a dot, or its number where there is no room."""
        if not words:
            return ""
        found = self._found(words, place)
        if found is None:
            self._numbered.append(words)
            words = f"{len(self._numbered)}"
            found = self._found(words, place) or (place[0] + _APART, place[1] + 4)
        left, baseline = found
        self._taken.append(_area(words, left, baseline))
        return label(left, baseline, words, "lab halo")

    def _found(self, words: str, place: tuple[float, float]) -> tuple[float, float] | None:
        (x, y), wide = place, text_width(words)
        for left, baseline in (
            (x + _APART, y + 4), (x - _APART - wide, y + 4), (x - wide / 2, y - _APART), (x - wide / 2, y + _APART + 9),
            (x + 6, y - 8), (x + 6, y + 17), (x - 6 - wide, y - 8), (x - 6 - wide, y + 17),
        ):  # fmt: skip
            area = _area(words, left, baseline)
            inside = (
                area.left >= AXIS_ROOM
                and area.right <= self._width
                and self._top <= area.top
                and area.bottom <= self._bottom
            )
            if inside and not any(area.meets(other) for other in self._taken):
                return left, baseline
        return None

    def numbered(self, y: float, width: float) -> tuple[str, float]:
        """Return what the numbers mean, below a height, and where it ends."""
        texts = [f"{number} {words}" for number, words in enumerate(self._numbered, start=1)]
        parts = []
        for each in (
            wrapped(" · ".join(text.replace(" ", "\u00a0") for text in texts), width - AXIS_ROOM) if texts else ()
        ):
            y += _LINE
            parts.append(label(AXIS_ROOM, y, each.replace("\u00a0", " "), "lab"))
        return "".join(parts), y


def _area(words: str, left: float, baseline: float) -> Area:
    return Area(left - 1, baseline - SIZE * 0.78, left + text_width(words) + 1, baseline + SIZE * 0.25)
