"""The page of `diff`: what changed, the items that it comes from, every changed layer, before and after."""

from collections import Counter
from collections.abc import Iterator

from dsconv_cost.costs.charges import Convention
from dsconv_cost.costs.diff.attribution import Difference, Part
from dsconv_cost.formats.html.escape import escaped
from dsconv_cost.formats.html.page import PageSection, Tile, note_list, page, tile_list
from dsconv_cost.formats.html.patterns import legend
from dsconv_cost.formats.html.svg import FIGURE_WIDTH, framed, svg_figure
from dsconv_cost.formats.html.tables import data_table, filter_tools
from dsconv_cost.formats.html.waterfall import Fall, signed_in_short, waterfall_figure
from dsconv_cost.formats.numbers import change
from dsconv_cost.reports.diff import diff_report, without_empty
from dsconv_cost.reports.diff_sides import DiffSide
from dsconv_cost.reports.page_tables import MOST_ROWS
from dsconv_cost.reports.table import Report, Table
from dsconv_cost.text import inert

_TITLES = (("macs", "MACs"), ("params", "params"))


def difference_page(
    old: DiffSide, new: DiffSide, difference: Difference, convention: Convention, every: bool, top: int | None
) -> str:
    """Return the page of a difference; with `every`, layers that are the same have rows too, with `top` so many that changed most."""
    report = diff_report(old, new, difference, convention, every, top)
    tables = {table.name: table for table in report.tables}
    sections = [
        PageSection("before", "Before and after", "", [data_table(tables["totals"], "Totals of both networks")]),
        *_origin(difference, (inert(old.label), inert(new.label)), tables),
        *_layers(tables["layers"], every),
        PageSection("how", "How it was compared", "", [note_list(report.notes)]),
    ]
    facts = "<br>".join(f"{word}: {escaped(side.description)}" for word, side in (("old", old), ("new", new)))
    return page(
        report.headline, sections, facts=facts, answer=_answer(report, difference), top=tile_list(_tiles(difference))
    )


def _answer(report: Report, difference: Difference) -> Iterator[str]:
    """Yield where the changes come from, as the notes say it, and how many layers changed."""
    told = dict(report.notes)
    for metric, title in _TITLES:
        if difference.totals[metric].change or difference.totals[metric].old:
            yield f"{title}: {told[title]}."
    yield f"Layers: {told['layers']}."


def _tiles(difference: Difference) -> Iterator[Tile]:
    for metric, total in difference.totals.items():
        title = dict(_TITLES).get(metric, "FLOPs" if metric == "flops" else metric)
        relative = "" if total.relative is None else f", {change(total.relative)}"
        more = f"{total.old:,} -> {total.new:,}{relative}"
        yield Tile(title, signed_in_short(total.change) if total.change else "as before", more, total.change)


def _origin(difference: Difference, ends: tuple[str, str], tables: dict[str, Table]) -> Iterator[PageSection]:
    parts: list[Part] = difference.items
    if not parts:
        return
    falls = [
        Fall(title, total.old, total.new, [getattr(part, metric) for part in parts])
        for metric, title in _TITLES
        if (total := difference.totals[metric]).change or any(getattr(part, metric) for part in parts)
    ]
    rows, end = waterfall_figure([inert(part.name) for part in parts], ends, falls, FIGURE_WIDTH)
    desc = f"From {ends[0]} to {ends[1]}, a step for each of {len(parts):,} items; the numbers are in the table below."
    figure = framed(svg_figure("waterfall", (FIGURE_WIDTH, end + 2), "Where the change comes from", desc, rows))
    key = legend([("f-bad", "more than before"), ("f-good", "less than before"), ("f-other", "the whole network")])
    lead = "From the old total to the new one, item by item; those that changed most come first."
    told = (
        data_table(without_empty(tables["items"]), f"The change by item, {len(parts):,}"),
        data_table(without_empty(tables["types"]), "The change by type of item"),
    )
    yield PageSection("origin", "Where it comes from", lead, [key, figure, *told])


def _layers(table: Table, every: bool) -> Iterator[PageSection]:
    if not table.rows:
        return
    shown = table._replace(rows=table.rows[:MOST_ROWS])
    status = next(index for index, column in enumerate(table.columns) if column.key == "status")
    kinds = [str(row[status]) for row in shown.rows]
    count = len(table.rows)
    caption = ", ".join(
        f"{number:,} {kind}" for kind, number in Counter(str(row[status]) for row in table.rows).items()
    )
    if count > MOST_ROWS:
        caption += f"; the first {MOST_ROWS:,} of {count:,}"
    lead = (
        ""
        if every
        else "Layers of an item that is in one of the networks only share a row. Those that did not change are left out."
    )
    yield PageSection(
        "layers", "Layers" if every else "Changed layers", lead,
        [filter_tools("layer-tools", "layers", kinds), data_table(shown, caption, tools="layer-tools", kinds=kinds)],
    )  # fmt: skip
