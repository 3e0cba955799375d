"""Notes on what a convention was not measured with."""

from collections.abc import Sequence

from dsconv_cost.costs.analysis import Form
from dsconv_cost.costs.charges import Convention
from dsconv_cost.costs.unmeasured import Unmeasured, unmeasured, unmeasured_layers
from dsconv_cost.network.graph import Network


def unmeasured_notes(network: Network, convention: Convention) -> list[tuple[str, str]]:
    """Return a note on the layers that the convention's counter was not measured with, if there are any."""
    layers = unmeasured(network, convention)
    return (
        [("unmeasured", f"{unmeasured_layers(layers, convention)}; {_affected(network, convention, layers)}")]
        if layers
        else []
    )


def _affected(network: Network, convention: Convention, layers: Sequence[Unmeasured]) -> str:
    """Return how much of the total is our own count, and how much a counter could add."""
    total = Form(network, convention).total
    parts = []
    for metric, word in (("params", "params"), ("macs", "MACs")):
        if metric in convention.prints:
            counted = sum(getattr(part, metric) for part in layers)
            parts.append(f"{counted:,} {word} ({_share(counted, getattr(total, metric))} of the total)")
    text = f"they are in the figures as macs counts them, with {' and '.join(parts)}"
    if "macs" in convention.prints:
        elements = sum(part.elements for part in layers)
        text += (
            f"; at 1 for each element of their outputs it would be {elements:,} more ({_share(elements, total.macs)})"
        )
    return text


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f}%" if whole else "0%"
