"""One layer worked: its formulas with its numbers in, of the layer that is chosen in a figure, the table or the list."""

import json
from collections.abc import Sequence

from dsconv_cost.costs.analysis import Analysis, LayerCost
from dsconv_cost.costs.breakdown import LayerRow
from dsconv_cost.formats.html.escape import escaped
from dsconv_cost.network.transforms.convert import KEPT
from dsconv_cost.reports.explain import explained
from dsconv_cost.reports.page_layers import MOST_DRAWN
from dsconv_cost.reports.sections import Section
from dsconv_cost.text import inert


class WorkedLayers:
    """The explanations of the layers that cost most, each kept once for layers that are alike."""

    def __init__(self, analysis: Analysis, rows: Sequence[LayerRow]) -> None:
        costly = sorted((row for row in rows if row.macs or row.params), key=lambda row: -row.macs)
        self._first = costly[0].name if costly else ""
        kept = {row.name for row in costly[:MOST_DRAWN]}
        self.sections: dict[str, list[Section]] = {}
        """Name of a layer -> its explanation, in execution order."""
        layer_at = {id(layer.node): layer for layer in analysis.layers}
        partners = _partners(analysis)
        known: dict[object, tuple[str, list[Section]]] = {}
        for row in rows:
            if row.name not in kept:
                continue
            layers = [layer_at[id(node)] for node in row.nodes]
            alike = tuple(_what_counts(layer) + partners.get(id(layer.node), ()) for layer in layers)
            if alike in known:
                like, sections = known[alike]
                self.sections[row.name] = [Section(f"{row.name} is like {like}", []), *sections]
            else:
                own = explained(analysis, row.name, layers)
                known[alike] = (row.name, own)
                self.sections[row.name] = own

    def html(self) -> str:
        """Return the list to choose from, the explanation of the costliest layer, and those of the others for the script."""
        if not self.sections:
            return ""
        options = "".join(
            f"<option{' selected' if name == self._first else ''}>{escaped(name)}</option>" for name in self.sections
        )
        shown = "".join(
            f"<h3>{escaped(title)}</h3>" + (f"<pre>{chr(10).join(map(escaped, lines))}</pre>" if lines else "")
            for title, lines in self.sections[self._first]
        )
        return (
            f'<p class="tools needs-script"><label>Layer<select id="layer">{options}</select></label></p>\n'
            f'<div id="worked">{shown}</div>\n'
            f'<script type="application/json" id="formulas">{self._data()}</script>\n'
            '<div id="chosen" class="needs-script" role="status" hidden><span>Chosen: <b></b></span> <a href="#formula">its formulas</a> '
            '<button type="button">Clear</button></div>'
        )

    def _data(self) -> str:
        """Return the explanations as JSON, each line once; a name cannot end the element that it is in."""
        numbers: dict[str, int] = {}
        layers = {
            inert(name): [
                [inert(title), [numbers.setdefault(inert(line), len(numbers)) for line in lines]]
                for title, lines in sections
            ]
            for name, sections in self.sections.items()
        }
        text = json.dumps({"lines": list(numbers), "layers": layers}, separators=(",", ":"))
        return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _what_counts(layer: LayerCost) -> tuple[object, ...]:
    """Return what an explanation depends on beside names."""
    return (layer.node.layer, layer.node.part, tuple(layer.inputs), layer.weights_of)


def _partners(analysis: Analysis) -> dict[int, tuple[object, ...]]:
    """Return for each node what the two forms decide of it, and what it is paired with."""
    nodes, shapes = analysis.network.nodes, analysis.network.input_shapes
    told: dict[int, tuple[object, ...]] = {}
    for form in (analysis.standard, analysis.separable):
        for decision in form.decisions:
            node = nodes[decision.node]
            other = None if decision.into is None else nodes[decision.into]
            why = decision.reason if decision.verdict == KEPT else decision.unpaired and decision.unpaired.reason
            pair = () if other is None else (other.layer, tuple(shapes(other)))
            told[id(node)] = (*told.get(id(node), ()), decision.verdict, why, pair)
            if other is not None:
                told[id(other)] = (*told.get(id(other), ()), node.layer, tuple(shapes(node)))
    return told
