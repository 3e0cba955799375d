"""Networks side by side as a picture: their MACs against their params, and against top-1 where it is published."""

from collections.abc import Iterator

from dsconv_cost.costs.comparison import Comparison
from dsconv_cost.formats.html.network_dots import TOP1_AXIS, network_panels
from dsconv_cost.formats.html.scatter import MOST_NAMED, scatter
from dsconv_cost.formats.html.svg import PICTURE_WIDTH, standalone, svg_figure
from dsconv_cost.formats.picture import EDGE, lines_below
from dsconv_cost.reports.compare import ComparisonView
from dsconv_cost.text import inert

_HEIGHT = 400


def comparison_svg(comparison: Comparison, view: ComparisonView) -> str:
    """Return a plot for each metric against MACs, one below the other; those of memory where the view asks for them."""
    parts, y = lines_below(EDGE, _words(comparison))
    body = [parts]
    panels = list(network_panels(comparison, [*view.columns, *(view.front or ())]))
    for panel in panels:
        plot, y = scatter(panel.dots, panel.axes, (PICTURE_WIDTH, _HEIGHT), y + 12)
        body.append(plot)
    convention = (
        f"convention {comparison.convention.name} {comparison.convention.version}: {comparison.convention.summary}"
    )
    notes = ["Filled: no other is at least as good in both, and better in one."]
    if any(len(panel.dots) > MOST_NAMED for panel in panels):
        notes[0] += f" Of more than {MOST_NAMED} networks these alone are named."
    if TOP1_AXIS in [panel.axes[1] for panel in panels]:
        notes.append("top-1: as printed by each network's source, on its data set.")
    foot, y = lines_below(y + 6, [(note, "axis small") for note in (*notes, convention)])
    title = f"{len(comparison.networks)} networks compared"
    desc = "; ".join(
        f"{inert(network.label)}: {network.macs:,} MACs, {network.params:,} params"
        + (f", top-1 {network.top1:g}" if network.top1 is not None else "")
        for network in comparison.networks
    )
    return standalone(svg_figure("networks", (PICTURE_WIDTH, y + EDGE), title, desc, "".join([*body, foot])))


def _words(comparison: Comparison) -> Iterator[tuple[str, str]]:
    count = len(comparison.networks)
    yield f"{count} network{'' if count == 1 else 's'} compared", "call title"
