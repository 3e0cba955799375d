"""Figures of the page in a notebook: images of their own, so that no style of theirs reaches the notebook and no name runs."""

import base64
import re
from collections.abc import Iterator

from dsconv_cost.costs.analysis import Analysis
from dsconv_cost.costs.breakdown import View
from dsconv_cost.formats.html.analyze_page import MEASURES, MOVED
from dsconv_cost.formats.html.escape import escaped
from dsconv_cost.formats.html.icicle import icicle
from dsconv_cost.formats.html.layer_bars import layer_bars
from dsconv_cost.formats.html.memory_map import memory_map
from dsconv_cost.formats.html.svg import FIGURE_WIDTH, standalone
from dsconv_cost.reports.page_layers import PageLayers

_SAID = re.compile(r' (?:role="img" )?(?:aria-label|data-l|aria-hidden)="[^"]*"')
"""What only a page shows or reads aloud."""


def notebook_figures(analysis: Analysis) -> str:
    """Return the figures as HTML: where the cost is, each layer's, and the memory over time."""
    return "\n".join(
        f'<p><img alt="{_text(alt)}" width="{FIGURE_WIDTH}" style="max-width: 100%" '
        f'src="data:image/svg+xml;base64,{base64.b64encode(_SAID.sub("", standalone(svg)).encode()).decode()}"></p>'
        for alt, svg in _figures(analysis)
    )


def _figures(analysis: Analysis) -> Iterator[tuple[str, str]]:
    """Yield (what it shows, SVG) of the figures that a network has."""
    drawn = PageLayers(analysis, View())
    layers, memory = drawn.layers, drawn.memory
    if layers:
        yield (
            "Where the cost is: the share of each item and layer of MACs, params and bytes moved",
            icicle(layers, [*MEASURES[:2], MOVED]),
        )
        yield f"Each layer's {', '.join(measure.title for measure in MEASURES)}", layer_bars(layers, MEASURES)
    if memory.graph.operations:
        at = memory.graph.operations[memory.peak_step()].name
        yield f"Memory over time: at most {memory.peak():,} bytes, at {at}", memory_map(memory)


def _text(text: str) -> str:
    """Return text for an attribute; notebooks make mathematics of dollar signs."""
    return escaped(text).replace("$", "&#36;")
