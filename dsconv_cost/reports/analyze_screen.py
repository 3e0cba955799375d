"""The report of `analyze` for a terminal: the answer in words, the layers with equal repetitions in one row, the forms."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from dsconv_cost.costs.analysis import Analysis
from dsconv_cost.costs.breakdown import OPS, Breakdown, LayerRow, View
from dsconv_cost.costs.conventions import DEFAULT, convention_named
from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.reports.analyze import (
    answers,
    folded_notes,
    form_table,
    kind_table,
    plain_notes,
    published_note,
)
from dsconv_cost.reports.answer import cost_headline
from dsconv_cost.reports.layer_columns import MOVED_COLUMNS, ShownRow, differs_in, layer_columns
from dsconv_cost.reports.memory import column_notes
from dsconv_cost.reports.on_device import time_cells, time_columns, time_notes
from dsconv_cost.reports.table import (
    EXACT,
    SCALED,
    Report,
    Table,
)

_LEGEND = "(most MACs of a row)"
_TERMS = {"kernel": "k: kernel", "stride": "s: stride", "factor": "saves: against standard"}
_REPETITION = re.compile(r"(.*)\[[0-9]+\]")


class Show(NamedTuple):
    """What the screen shows beside the answer, the layers and the forms."""

    every: bool = False
    """A row for each repetition, and for items that cost nothing."""
    exact: bool = False
    legend: bool = True
    published: bool = False
    kinds: bool = False
    notes: bool = False


def screen_report(analysis: Analysis, view: View, show: Show) -> Report:
    """Return what `analyze` shows on a terminal."""
    breakdown = Breakdown(analysis, view)
    rows = list(breakdown.rows())
    in_order = view.key == "order" and view.level != OPS
    folds = [[row] for row in rows] if show.every or not in_order else list(_folds(rows, view))
    shown = [fold for fold in folds if show.every or not in_order or _has_cost(fold[0], view)] or folds
    tables = [_layer_table(analysis, shown, view, show.exact), form_table(analysis)]
    if show.kinds:
        tables.append(kind_table(analysis))
    notes = plain_notes(analysis, breakdown, len(rows))
    notes += column_notes(analysis.as_written.footprints(view.bits, view.memory), view.columns)
    if show.notes:
        notes += folded_notes(analysis, rows, view)
    if view.times is not None:
        notes += time_notes(view.times.device, brief=not show.notes)
    published = analysis.architecture.published
    if show.published:
        notes += [("published", published_note(analysis, entry)) for entry in published]
    more: list[str] = []
    if published and not show.published:
        more.append(_published_in_short(analysis))
    if free := sum(map(len, folds)) - sum(map(len, shown)):
        more.append(f"{free} item{'' if free == 1 else 's'} without cost: --all")
    offered = [("--notes", show.notes), ("--kinds", show.kinds)]
    if options := [option for option, is_shown in offered if not is_shown]:
        more.append(f"more: {' '.join(options)}")
    return Report(
        cost_headline(analysis), tables, notes, answer=answers(analysis, view), more=tuple(more),
        legend=_LEGEND if show.legend else "", terms=_TERMS if show.legend else {}, legends={"merged": ("standard",)},
    )  # fmt: skip


class Fold(NamedTuple):
    """Equal repetitions that follow each other, shown as one."""

    name: str
    rows: list[LayerRow]


def costly_folds(analysis: Analysis, view: View) -> list[Fold]:
    """Return what has a row on the screen: rows with a cost, equal repetitions folded where they are in order."""
    rows = list(Breakdown(analysis, view).rows())
    folds = list(_folds(rows, view)) if view.key == "order" and view.level != OPS else [[row] for row in rows]
    shown = [fold for fold in folds if fold[0].params or fold[0].macs] or folds
    stems = Counter(_stem(fold[0].name) for fold in shown)
    return [Fold(_name(fold, stems), fold) for fold in shown]


# -- tables ---------------------------------------------------------------------------------------


def _folds(rows: Iterable[LayerRow], view: View) -> Iterator[list[LayerRow]]:
    """Yield the rows that are one on the screen: equal repetitions that follow each other."""
    differing = differs_in(view.columns)
    for _, equal in groupby(rows, key=lambda row: (_stem(row.name), *row._replace(name="", nodes=[]), *differing(row))):
        yield list(equal)


def _has_cost(row: LayerRow, view: View) -> bool:
    moves = any(key in MOVED_COLUMNS for key in view.columns) and row.footprint.live
    return bool(row.params or row.macs or (row.time and (row.time.at_least or row.time.about)) or moves)


def _layer_table(analysis: Analysis, folds: list[list[LayerRow]], view: View, exact: bool) -> Table:
    whole = analysis.total.macs
    timed = time_columns(view.times.device) if view.times else ()
    stems = Counter(_stem(fold[0].name) for fold in folds)
    columns, cells_of = layer_columns(view.columns)
    cells = [
        (
            *cells_of(ShownRow(_name(fold, stems), fold[0], len(fold), whole)),
            *time_cells(timed, fold[0].time, len(fold)),
        )
        for fold in folds
    ]
    columns = (*columns, *timed)
    macs = [sum(row.macs for row in fold) for fold in folds]
    most = max(macs, default=0)
    costly = [index for index, own in enumerate(macs) if len(macs) > 1 and 2 * own >= most > 0]
    if exact:
        columns = tuple(c._replace(values=EXACT) if c.values == SCALED else c for c in columns)
    return Table("layers", columns, cells, costly if len(costly) < len(macs) / 2 else ())


def _stem(name: str) -> str:
    """Return the name of the item that a row repeats."""
    repetition = _REPETITION.fullmatch(name)
    return repetition[1] if repetition else name


def _name(fold: list[LayerRow], stems: Mapping[str, int]) -> str:
    """Return the name of a row: `conv x5` for all repetitions of an item, `conv[2-5]` for some of them."""
    first, last = fold[0].name, fold[-1].name
    if len(fold) == 1:
        return first
    stem = _stem(first)
    return f"{stem} x{len(fold)}" if stems[stem] == 1 else f"{first[:-1]}-{last[len(stem) + 1 :]}"


def _published_in_short(analysis: Analysis) -> str:
    """Return how many published figures agree."""
    forms = {"as_written": analysis.as_written, "standard": analysis.standard, "separable": analysis.separable}
    agreeing = [
        figure.agrees(getattr(figures, metric))
        for entry in analysis.architecture.published
        for figures in [forms[entry.form].under(convention_named(entry.convention or DEFAULT.name))]
        for metric, figure in entry.figures().items()
    ]
    counts = ((agreeing.count(True), "agree"), (agreeing.count(False), "differ"))
    told = ", ".join(f"{count} {verdict}{'s' if count == 1 else ''}" for count, verdict in counts if count)
    return f"published figures: {told or 'no costs'} (--published)"
