"""The plots of networks side by side: which metrics are held against each other, and a dot for each network."""

from collections.abc import Callable, Iterator, Sequence

from dsconv_cost.costs.comparison import Comparison, NetworkCosts
from dsconv_cost.formats.html.scatter import Dot, PlotAxis
from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.text import inert


class NetworkPanel(NamedTuple):
    """A plot: what its axes mean, and its dots."""

    title: str
    axes: tuple[PlotAxis, PlotAxis]
    dots: list[Dot]


def round_count(value: float) -> str:
    """Return a round value of an axis: `500K`, `2.5G`."""
    scale, letter = next(((scale, letter) for scale, letter in _SCALES if value >= scale), (1, ""))
    return f"{value / scale:g}{letter}"


_SCALES = ((10**9, "G"), (10**6, "M"), (10**3, "K"))
MACS_AXIS = PlotAxis("MACs", round_count)
PARAMS_AXIS = PlotAxis("params", round_count)
TOP1_AXIS = PlotAxis("top-1, per cent", lambda value: f"{value:g}", more_is_better=True)


def network_panels(comparison: Comparison, *, marks: bool = False) -> Iterator[NetworkPanel]:
    """Yield MACs against params of all networks, and MACs against top-1 of those that have one; with `marks` dots answer."""
    accurate = [network for network in comparison.networks if network.top1 is not None]
    pairs: list[tuple[PlotAxis, Callable[[NetworkCosts], float], Sequence[NetworkCosts]]] = [
        (PARAMS_AXIS, lambda network: network.params, comparison.networks),
        (TOP1_AXIS, lambda network: network.top1 or 0.0, accurate),
    ]
    for axis, of, networks in pairs:
        if len(networks) > 1 or axis is PARAMS_AXIS:
            dots = [
                Dot(inert(network.label), network.macs, of(network), "k-pointwise", dot_tip(network) if marks else "")
                for network in networks
            ]
            yield NetworkPanel(f"{axis.title.partition(',')[0]} against MACs", (MACS_AXIS, axis), dots)


def dot_tip(network: NetworkCosts) -> str:
    """Return the figures of a network, a line each."""
    lines = [inert(network.label), f"{network.macs:,} MACs", f"{network.params:,} params"]
    if network.top1 is not None:
        lines.append(f"top-1 {network.top1:g} % ({inert(network.top1_source)})")
    return "\n".join(lines)
