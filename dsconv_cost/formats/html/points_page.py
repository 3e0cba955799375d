"""The page of a search through settings: its points between their costs, and all of them in a table."""

from collections.abc import Iterator

from dsconv_cost.formats.html.page import PageSection, note_list, page
from dsconv_cost.formats.html.patterns import legend
from dsconv_cost.formats.html.point_plots import MOST_TOLD, point_panels
from dsconv_cost.formats.html.scatter import scatter
from dsconv_cost.formats.html.svg import FIGURE_WIDTH, framed, svg_figure
from dsconv_cost.formats.html.tables import data_table, filter_tools
from dsconv_cost.reports.table import Report

_HEIGHT = 400


def points_page(report: Report) -> str:
    """Return the page of a report whose first table has a row for each point, the best first."""
    points, *others = report.tables
    sections = list(_plots(report))
    if points.rows:
        shown = points._replace(rows=points.rows[:MOST_TOLD])
        count = len(points.rows)
        caption = (
            f"{count:,} points, the best first" if count <= MOST_TOLD else f"The best {MOST_TOLD:,} of {count:,} points"
        )
        tools = filter_tools("point-tools", "points")
        sections.append(PageSection("points", "Points", "", [tools, data_table(shown, caption, tools="point-tools")]))
    for table in others:
        if table.rows:
            title = table.name.replace("_", " ").capitalize()
            sections.append(PageSection(f"table-{table.name}", title, "", [data_table(table, title)]))
    sections.append(PageSection("how", "How it was counted", "", [note_list(report.notes)]))
    told = [f"{label.capitalize()}: {text}." for label, text in report.notes if label in ("best", "nearest")]
    return page(report.headline, sections, answer=[*report.answer, *told])


def _plots(report: Report) -> Iterator[PageSection]:
    for panel in point_panels(report, marks=True):
        plot, end = scatter(panel.dots, panel.axes, (FIGURE_WIDTH, _HEIGHT), filled=panel.filled)
        desc = f"{len(panel.dots):,} dots; the numbers are in the table below."
        figure = framed(svg_figure(f"plot-{panel.name}", (FIGURE_WIDTH, end + 6), panel.title, desc, plot))
        others = panel.filled is None or len(panel.filled) < len(panel.dots)
        key = legend([("k-pointwise", panel.words), *([("k-pointwise hollow", "the other points")] if others else [])])
        lead = "Points so near each other that they look like one are drawn as one."
        yield PageSection(f"by-{panel.name}", panel.title[0].upper() + panel.title[1:], lead, [key, figure])
