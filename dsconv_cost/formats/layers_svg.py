"""The layers of a network as a picture: a row each, with bars for its MACs and its params in the colours of the kinds."""

from collections.abc import Iterator, Sequence
from functools import cached_property

from dsconv_cost.costs.analysis import Analysis
from dsconv_cost.costs.breakdown import View
from dsconv_cost.costs.sums import LayerSums
from dsconv_cost.formats.html.lettering import text_width, wrapped
from dsconv_cost.formats.html.patterns import kind_class, known_kinds
from dsconv_cost.formats.html.svg import PICTURE_WIDTH, label, line, rect, standalone, svg_figure
from dsconv_cost.formats.numbers import percent
from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.reports.analyze_screen import Fold, costly_folds
from dsconv_cost.reports.answer import answer, cost_headline, in_short, title_of
from dsconv_cost.reports.shape_notes import some_of

_EDGE = 16
_ROOM = PICTURE_WIDTH - 2 * _EDGE
_LINE = 17
_ROW = 8
"""What a row has above and below its text."""
_BAR = 13
_MOST_NAME, _LEAST_BAR = 260, 90


class _Measure(NamedTuple):
    """What a column of bars shows."""

    title: str
    values: list[dict[str, int]]
    """Of each row, by class of its kinds in the order of execution."""
    whole: int


def analysis_svg(analysis: Analysis, view: View) -> str:
    """Return the rows of a view as an SVG file of 720 by as much as it needs: nothing is cut, long names take more lines."""
    folds = costly_folds(analysis, view)
    sums = LayerSums(analysis.convention)
    by_kind = [_by_kind(fold, sums) for fold in folds]
    kinds = list(dict.fromkeys(kind for row in by_kind for kind in row))
    measures = [
        _Measure("MACs", [{kind: macs for kind, (macs, _) in row.items()} for row in by_kind], analysis.total.macs),
        _Measure(
            "params", [{kind: params for kind, (_, params) in row.items()} for row in by_kind], analysis.total.params
        ),
    ]
    chart = _Chart(folds, [measure for measure in measures if any(sum(v.values()) for v in measure.values)])
    parts: list[str] = []
    y = float(_EDGE)
    for text, css in [(title_of(analysis.architecture), "lab title"), *_sentences(analysis)]:
        size, bold = (16.0, True) if "title" in css else (12.5, False)
        for each in wrapped(text, _ROOM, size, bold=bold):
            y += _LINE + (4 if bold else 1)
            parts.append(label(_EDGE, y, each, "call title" if bold else css))
    key, y = _legend(kinds, y + 14)
    rows, y = chart.drawn(y + 10)
    convention = f"convention {analysis.convention.name} {analysis.convention.version}: {analysis.convention.summary}"
    foot = [
        label(_EDGE, y + _LINE * (at + 1), each, "axis small")
        for at, each in enumerate(wrapped(convention, _ROOM, 11.5))
    ]
    height = y + _LINE * len(foot) + _EDGE
    costliest = sorted(zip(folds, measures[0].values, strict=True), key=lambda pair: -sum(pair[1].values()))[:3]
    desc = f"{len(folds)} rows. Most MACs: {some_of([fold.name for fold, _ in costliest])}. {convention}."
    return standalone(
        svg_figure(
            "layers", (PICTURE_WIDTH, height), cost_headline(analysis), desc, "".join([*parts, key, rows, *foot])
        )
    )


def _sentences(analysis: Analysis) -> Iterator[tuple[str, str]]:
    yield cost_headline(analysis).removeprefix(f"{title_of(analysis.architecture)}: "), "lab"
    for sentence in answer(analysis):
        yield sentence, "axis"


def _by_kind(fold: Fold, sums: LayerSums) -> dict[str, tuple[int, int]]:
    """Return MACs and params of the rows of a fold by kind; norms and what else multiplies nothing are of the kind before them."""
    found: dict[str, tuple[int, int]] = {}
    for row in fold.rows:
        kind = next((str(node.kind) for node in row.nodes if node.kind.accumulates), "")
        for node in row.nodes:
            kind = str(node.kind) if node.kind.accumulates or not kind else kind
            own = sums.of(node)
            if own.macs or own.params:
                macs, params = found.get(kind, (0, 0))
                found[kind] = macs + own.macs, params + own.params
    return found


def _legend(kinds: Sequence[str], y: float) -> tuple[str, float]:
    """Return the legend of kinds, in as many lines as it needs, and where it ends."""
    parts: list[str] = []
    x = float(_EDGE)
    for css, words in known_kinds(list(kinds)):
        needed = 18 + text_width(words) + 16
        if x > _EDGE and x + needed > PICTURE_WIDTH - _EDGE:
            x, y = float(_EDGE), y + _LINE + 2
        parts.append(rect(x, y, (12, 12), css, 2) + label(x + 18, y + 10.5, words, "lab"))
        x += needed
    return "".join(parts), y + 12


class _Chart:
    """Rows with their names, and beside each name its bars."""

    def __init__(self, folds: Sequence[Fold], measures: Sequence[_Measure]) -> None:
        self._folds = folds
        self._measures = measures

    @cached_property
    def _names(self) -> list[list[str]]:
        """The lines of each row's name."""
        return [wrapped(fold.name, _MOST_NAME) for fold in self._folds]

    @cached_property
    def _types(self) -> list[str]:
        return [fold.rows[0].type for fold in self._folds]

    def drawn(self, y: float) -> tuple[str, float]:
        """Return the rows below a place, and where they end."""
        names = max((text_width(each) for lines in self._names for each in lines), default=0)
        types = max(map(text_width, self._types), default=0)
        if names + types > _ROOM - 2 * (_LEAST_BAR + 110):
            types = 0  # a type is often in the name, and it is in the table
        columns = _EDGE + names + (12 + types if types else 0) + 14
        places = self._places(columns)
        parts: list[str] = []
        y += _LINE
        for (x, _), measure in zip(places, self._measures, strict=True):
            parts.append(label(x, y, f"{measure.title}, of {measure.whole:,}", "axis head"))
        y += 6
        for number, lines in enumerate(self._names):
            parts.append(line((_EDGE, y), (PICTURE_WIDTH - _EDGE, y), "grid"))
            middle = y + (_ROW + _LINE * len(lines)) / 2
            parts += [label(_EDGE, y + _ROW / 2 + _LINE * (at + 0.76), each, "lab") for at, each in enumerate(lines)]
            if types:
                parts.append(label(_EDGE + names + 12, middle + 4.5, self._types[number], "axis"))
            for place, measure in zip(places, self._measures, strict=True):
                parts.append(_bar(measure, number, place, middle))
            y += _ROW + _LINE * len(lines)
        return "".join(parts) + line((_EDGE, y), (PICTURE_WIDTH - _EDGE, y), "grid"), y

    def _places(self, start: float) -> list[tuple[float, float]]:
        """Return for each measure where its bars begin, and how long the longest is."""
        places = []
        room = (PICTURE_WIDTH - _EDGE - start - 18 * (len(self._measures) - 1)) / max(len(self._measures), 1)
        for number, measure in enumerate(self._measures):
            words = max(text_width(_words(sum(values.values()), measure.whole)) for values in measure.values)
            places.append((start + number * (room + 18), max(room - words - 8, 20)))
        return places


def _words(value: int, whole: int) -> str:
    return f"{in_short(value)} · {percent(value / whole, 1)}" if whole else in_short(value)


def _bar(measure: _Measure, number: int, place: tuple[float, float], middle: float) -> str:
    """Return the bar of a row, a piece for each kind, and its value behind it."""
    start, longest = place
    most = max(sum(values.values()) for values in measure.values)
    parts, x = [], start
    for kind, value in measure.values[number].items():
        long = longest * value / most
        if value:
            parts.append(rect(x, middle - _BAR / 2, (max(long, 0.75), _BAR), kind_class(kind)))
        x += long
    total = sum(measure.values[number].values())
    return "".join(parts) + label(x + 6, middle + 4.5, _words(total, measure.whole), "lab")
