"""The layers of a network as a picture: a row each, with bars for its MACs and its params in the colours of the kinds."""

from collections.abc import Iterator, Sequence

from dsconv_cost.costs.analysis import Analysis
from dsconv_cost.costs.breakdown import View
from dsconv_cost.costs.sums import LayerSums
from dsconv_cost.formats.html.patterns import kind_class, known_kinds
from dsconv_cost.formats.html.row_bars import BarColumn, BarRows, row_bars
from dsconv_cost.formats.html.svg import PICTURE_WIDTH, standalone, svg_figure
from dsconv_cost.formats.numbers import percent
from dsconv_cost.formats.picture import EDGE, lines_below, swatches
from dsconv_cost.reports.analyze_screen import Fold, costly_folds
from dsconv_cost.reports.answer import answer, cost_headline, in_short, title_of
from dsconv_cost.reports.shape_notes import some_of

MOST_PICTURED = 400
"""How many rows a picture has: more would be higher than most programs show."""


def analysis_svg(analysis: Analysis, view: View) -> str:
    """Return the rows of a view as an SVG file of 720 by as much as it needs: nothing is cut, long names take more lines."""
    every = costly_folds(analysis, view)
    folds = every[:MOST_PICTURED]
    sums = LayerSums(analysis.convention)
    by_kind = [_by_kind(fold, sums) for fold in folds]
    kinds = list(dict.fromkeys(kind for row in by_kind for kind in row))
    macs = [{kind: macs for kind, (macs, _) in row.items()} for row in by_kind]
    params = [{kind: params for kind, (_, params) in row.items()} for row in by_kind]
    columns = [_column("MACs", macs, analysis.total.macs), _column("params", params, analysis.total.params)]
    head, y = lines_below(EDGE, _words(analysis))
    key, y = swatches(known_kinds(kinds), y + 14)
    types = [fold.rows[0].type for fold in folds]
    shown = [column for column in columns if any(pieces for pieces in column.bars)]
    rows, y = row_bars(BarRows([fold.name for fold in folds], shown, types), EDGE, PICTURE_WIDTH - EDGE, y + 10)
    convention = f"convention {analysis.convention.name} {analysis.convention.version}: {analysis.convention.summary}"
    notes = [convention]
    if len(folds) < len(every):
        notes.insert(0, f"The first {len(folds)} of {len(every):,} rows; --top has the costliest, --depth fewer.")
    foot, y = lines_below(y, [(note, "axis small") for note in notes])
    costliest = sorted(zip(macs, folds, strict=True), key=lambda pair: -sum(pair[0].values()))[:3]
    desc = f"{len(folds)} rows. Most MACs: {some_of([fold.name for _, fold in costliest])}. {convention}."
    body = head + key + rows + foot
    return standalone(svg_figure("layers", (PICTURE_WIDTH, y + EDGE), cost_headline(analysis), desc, body))


def _words(analysis: Analysis) -> Iterator[tuple[str, str]]:
    title = title_of(analysis.architecture)
    yield title, "call title"
    yield cost_headline(analysis).removeprefix(f"{title}: "), "lab"
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


def _column(title: str, values: Sequence[dict[str, int]], whole: int) -> BarColumn:
    totals = [sum(row.values()) for row in values]
    return BarColumn(
        f"{title}, of {whole:,}",
        [[(kind_class(kind), value) for kind, value in row.items() if value] for row in values],
        [f"{in_short(total)} · {percent(total / whole, 1)}" if whole else in_short(total) for total in totals],
    )
