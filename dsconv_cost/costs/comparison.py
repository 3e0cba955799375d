"""Networks side by side: the cost of each, and which of them others dominate."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from dsconv_cost.costs.accuracy import published_top1
from dsconv_cost.costs.analysis import Form
from dsconv_cost.costs.charges import Convention, Figures, HasFigures
from dsconv_cost.costs.deferred_memory import DeferredMemory, HasMemory
from dsconv_cost.costs.savings import factor_against, saving_against
from dsconv_cost.costs.sums import costs_by_kind
from dsconv_cost.costs.unmeasured import Unmeasured, unmeasured
from dsconv_cost.errors import UsageError
from dsconv_cost.language.limits import MEMORY_BITS
from dsconv_cost.layers.convolution import DEPTHWISE, POINTWISE
from dsconv_cost.network.allowance import MAX_LAYERS
from dsconv_cost.network.build import elaborate
from dsconv_cost.network.transforms.convert import standard_form
from dsconv_cost.sources.arguments import NamedNetwork
from dsconv_cost.text import inert, near, shown

if TYPE_CHECKING:
    from dsconv_cost.devices.times import PartTime
    from dsconv_cost.network.graph import Network


class _Costs(NamedTuple):
    """What is known of one network."""

    label: str
    source: str
    bundled: bool
    input: str
    """The sizes of its inputs."""
    figures: Figures
    layers: int
    """Convolutions and linear layers."""
    activations: int
    """Elements written by convolutions and linear layers."""
    depthwise: int
    """MACs of depthwise convolutions."""
    pointwise: int
    """MACs of 1 x 1 convolutions."""
    standard: int
    """MACs of its standard form."""
    top1: float | None
    top1_source: str
    unmeasured: list[Unmeasured]
    """The layers that the convention was not measured with."""
    memory: DeferredMemory
    time: "PartTime | None" = None
    """What it takes on the device of the call; None where that names none."""


class NetworkCosts(_Costs, HasFigures, HasMemory):
    """The cost of one network, and the accuracy that its file has for it; `peak`, `arena` and `flash` in bytes."""

    __slots__ = ()

    @property
    def factor(self) -> float | None:
        """MACs of its own standard form for each of its MACs."""
        return factor_against(self.standard, self.figures.macs)

    @property
    def saving(self) -> float | None:
        """Per cent of the MACs of its own standard form that it saves."""
        return saving_against(self.standard, self.figures.macs)

    def __repr__(self) -> str:
        return f"<{inert(self.label)}: {self.params:,} params, {self.macs:,} MACs>"


class Comparison(NamedTuple):
    """Networks side by side, and the one that ratios are to."""

    networks: Sequence[NetworkCosts]
    base: NetworkCosts
    convention: Convention


def network_costs(
    named: NamedNetwork, convention: Convention, max_layers: int = MAX_LAYERS, bits: int = MEMORY_BITS,
    timed: "Callable[[Network], PartTime] | None" = None,
) -> NetworkCosts:  # fmt: skip
    """Return what a network costs under a convention, its memory at so many bits an element, and its time by what tells it."""
    network = elaborate(named.architecture, max_layers)
    form = Form(network, convention)
    by_kind = costs_by_kind(form)
    macs = {kind: costs.sums.macs for kind, costs in by_kind.items()}
    printed = published_top1(named.architecture, form)
    return NetworkCosts(
        label=named.label,
        source=named.architecture.source,
        bundled=named.architecture.bundled,
        input=network.input_sizes,
        figures=form.total,
        layers=sum(costs.sums.layers for costs in by_kind.values()),
        activations=sum(costs.sums.activations for costs in by_kind.values()),
        depthwise=macs.get(DEPTHWISE, 0),
        pointwise=macs.get(POINTWISE, 0),
        standard=Form(standard_form(network).network, convention).macs,
        top1=float(printed.top1) if printed is not None and printed.top1 else None,
        top1_source=printed.source if printed is not None else "",
        unmeasured=unmeasured(network, convention),
        memory=DeferredMemory(lambda: network, bits),
        time=None if timed is None else timed(network),
    )


def baseline_of(networks: Sequence[NetworkCosts], name: str | None) -> NetworkCosts:
    """Return the network that ratios are to: the one with this label, or else the first. Raises UsageError."""
    if name is None:
        return networks[0]
    labels = [network.label for network in networks]
    if name not in labels:
        hint = near(name, labels) or f": there are {', '.join(map(inert, labels[:20]))}"
        raise UsageError(f"--baseline {shown(name)} is not one of the networks compared{hint}")
    return networks[labels.index(name)]


def all_accurate(networks: Sequence[NetworkCosts]) -> bool:
    """Return whether every network has a top-1, so that dominance can take it into account."""
    return all(network.top1 is not None for network in networks)


PARETO_METRICS = ("params", "macs", "flops", "layers", "activations", "peak", "arena", "flash", "top1")
"""What networks can be compared in for the Pareto front; of all but top-1 less is better."""


def pareto_metrics(networks: Sequence[NetworkCosts], names: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the metrics of the Pareto front: those named, or params, MACs and, where every network has one, top-1.

    Raises UsageError for a name that is none, and for top-1 where a network has none.
    """
    if not names:
        return ("params", "macs", "top1") if all_accurate(networks) else ("params", "macs")
    for name in names:
        if name not in PARETO_METRICS:
            hint = near(name, PARETO_METRICS) or f": there are {', '.join(PARETO_METRICS)}"
            raise UsageError(f"no metric '{shown(name)}' for the Pareto front{hint}")
        if list(names).count(name) > 1:
            raise UsageError(f"the metric {name} is given twice for the Pareto front: give it once")
    if "top1" in names:
        lacking = next((network for network in networks if network.top1 is None), None)
        if lacking is not None:
            raise UsageError(f"no Pareto front by top1: {inert(lacking.label)} has none")
    return tuple(names)


def dominators(networks: Sequence[NetworkCosts], metrics: Sequence[str] = ()) -> list[NetworkCosts | None]:
    """Return for each network the first other one that dominates it, or None for one that is Pareto-optimal.

    To dominate is to be at least as good in all metrics, and better in one; see `pareto_metrics` for those without names.
    """
    by = pareto_metrics(networks, metrics)
    points = [tuple([_cost_of(network, metric) for metric in by]) for network in networks]
    dominating: list[NetworkCosts | None] = []
    for mine in points:
        better = (
            network
            for network, other in zip(networks, points, strict=True)
            if other != mine and all(theirs <= own for theirs, own in zip(other, mine, strict=True))
        )
        dominating.append(next(better, None))
    return dominating


def _cost_of(network: NetworkCosts, metric: str) -> float:
    """Return a figure of which less is better."""
    value: float | None = getattr(network, metric)
    assert value is not None
    return -value if metric == "top1" else value
