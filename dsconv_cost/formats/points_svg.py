"""The points of a search through settings as a picture: their params and top-1 against their MACs."""

from dsconv_cost.formats.html.point_plots import point_panels
from dsconv_cost.formats.html.scatter import scatter
from dsconv_cost.formats.html.svg import PICTURE_WIDTH, standalone, svg_figure
from dsconv_cost.formats.picture import EDGE, lines_below
from dsconv_cost.reports.table import Report

_HEIGHT = 380


def points_svg(report: Report) -> str:
    """Return a plot for each metric that the points have, one below the other."""
    told = [f"{label}: {text}" for label, text in report.notes if label in ("best", "nearest")]
    head, y = lines_below(EDGE, [(report.headline, "call title"), *((text, "lab") for text in told)])
    body = [head]
    for panel in point_panels(report):
        plot, y = scatter(panel.dots, panel.axes, (PICTURE_WIDTH, _HEIGHT), y + 12, panel.filled)
        body.append(plot)
    notes = [f"{label} {text}" for label, text in report.notes if label == "convention"]
    if any(column.key == "top1" for column in report.tables[0].columns):
        notes.append("top-1: as printed by the network's sources.")
    foot, y = lines_below(y + 6, [(note, "axis small") for note in notes])
    desc = f"{len(report.tables[0].rows):,} points. {' '.join(told)}"
    return standalone(svg_figure("points", (PICTURE_WIDTH, y + EDGE), report.headline, desc, "".join([*body, foot])))
