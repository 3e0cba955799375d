"""The plots of networks side by side: which metrics are held against each other, and a dot for each network."""

from collections.abc import Collection, Iterator

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


def round_bytes(value: float) -> str:
    """Return a round number of bytes of an axis: `512 KB`."""
    return f"{round_count(value)} B" if value < 1000 else f"{round_count(value)[:-1]} {round_count(value)[-1]}B"


_SCALES = ((10**9, "G"), (10**6, "M"), (10**3, "K"))
MACS_AXIS = PlotAxis("MACs", round_count)
PARAMS_AXIS = PlotAxis("params", round_count)
TOP1_AXIS = PlotAxis("top-1, per cent", lambda value: f"{value:g}", more_is_better=True)


MEMORY_AXES = {
    "peak": PlotAxis("peak bytes", round_bytes),
    "arena": PlotAxis("arena bytes", round_bytes),
    "flash": PlotAxis("flash bytes", round_bytes),
}


def network_panels(
    comparison: Comparison, asked: Collection[str] = (), *, marks: bool = False
) -> Iterator[NetworkPanel]:
    """Yield each metric against MACs: params, memory where it is `asked` for, top-1 where several have one; with `marks` dots answer."""
    networks = comparison.networks
    metrics = [("params", PARAMS_AXIS), *((name, axis) for name, axis in MEMORY_AXES.items() if name in asked)]
    for name, axis in [*metrics, ("top1", TOP1_AXIS)]:
        shown = [network for network in networks if getattr(network, name) is not None]
        if len(shown) > 1 or axis is PARAMS_AXIS:
            dots = [
                Dot(
                    inert(network.label),
                    network.macs,
                    getattr(network, name),
                    "k-pointwise",
                    dot_tip(network) if marks else "",
                )
                for network in shown
            ]
            yield NetworkPanel(f"{axis.title.partition(',')[0]} against MACs", (MACS_AXIS, axis), dots)


def dot_tip(network: NetworkCosts) -> str:
    """Return the figures of a network, a line each."""
    lines = [inert(network.label), f"{network.macs:,} MACs", f"{network.params:,} params"]
    if network.top1 is not None:
        lines.append(f"top-1 {network.top1:g} % ({inert(network.top1_source)})")
    return "\n".join(lines)
