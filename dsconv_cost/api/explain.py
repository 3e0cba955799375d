"""`explain`: a layer's formulas with its numbers in."""

from html import escape
from typing import Any

from dsconv_cost.api.inputs import GivenNetwork, GivenSettings, architecture_given, bound_given
from dsconv_cost.costs.analysis import analyze_architecture
from dsconv_cost.costs.conventions import DEFAULT
from dsconv_cost.network.allowance import MAX_LAYERS
from dsconv_cost.reports.explain import explain_layer
from dsconv_cost.reports.sections import Section, sections_text


class Explanation:
    """How the output size, the parameters and the MACs of a layer are computed; print it to read it."""

    def __init__(self, layer: str, sections: list[Section]) -> None:
        self.layer = layer
        self.sections = sections
        """Each with a `title` and `lines`."""

    def to_dict(self) -> dict[str, Any]:
        """Return what `dsconv-cost explain --format json` prints: titles and lines."""
        from dsconv_cost.formats.explanation import explanation_document

        return explanation_document(self.layer, self.sections)

    def __str__(self) -> str:
        return sections_text(self.sections)

    def __repr__(self) -> str:
        return f"<explanation of {self.sections[0].title}>"

    def _repr_html_(self) -> str:
        return f"<pre>{escape(str(self)).replace('$', '&#36;')}</pre>"


def explain(
    network: GivenNetwork, layer: str, *, settings: GivenSettings | None = None, layer_bound: int = MAX_LAYERS
) -> Explanation:
    """Return how the output size, the parameters and the MACs of a layer are computed, and what separating it saves.

    The network is what `analyze` takes; the layer is an item or a layer inside one, e.g. "dsconv3/dw". Raises UsageError for a
    name that no layer has.
    """
    if not isinstance(layer, str):
        raise TypeError(f"layer: received {type(layer).__name__}, expected the name of an item or layer")
    analysis = analyze_architecture(architecture_given(network, settings), DEFAULT, bound_given(layer_bound))
    return Explanation(layer, explain_layer(analysis, layer))
