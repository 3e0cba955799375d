"""Networks side by side: the cost of each, and which of them others dominate."""

from collections.abc import Sequence
from typing import NamedTuple

from dsconv_cost.costs.accuracy import published_top1
from dsconv_cost.costs.analysis import Form
from dsconv_cost.costs.charges import Convention, Figures, HasFigures
from dsconv_cost.costs.savings import factor_against, saving_against
from dsconv_cost.costs.sums import costs_by_kind
from dsconv_cost.costs.unmeasured import Unmeasured, unmeasured
from dsconv_cost.errors import UsageError
from dsconv_cost.layers.convolution import DEPTHWISE, POINTWISE
from dsconv_cost.network.allowance import MAX_LAYERS
from dsconv_cost.network.build import elaborate
from dsconv_cost.network.transforms.convert import standard_form
from dsconv_cost.sources.arguments import NamedNetwork
from dsconv_cost.text import inert, near, shown


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


class NetworkCosts(_Costs, HasFigures):
    """The cost of one network, and the accuracy that its file has for it."""

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


def network_costs(named: NamedNetwork, convention: Convention, max_layers: int = MAX_LAYERS) -> NetworkCosts:
    """Return what a network costs under a convention."""
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


def dominators(networks: Sequence[NetworkCosts]) -> list[NetworkCosts | None]:
    """Return for each network the first other one that dominates it, or None for one that is Pareto-optimal.

    To dominate is to be at least as good in params, MACs and, where every network has one, top-1, and better in one.
    """
    accurate = all_accurate(networks)
    points = [
        (network.figures.params, network.figures.macs, -network.top1 if accurate and network.top1 is not None else 0.0)
        for network in networks
    ]
    dominating: list[NetworkCosts | None] = []
    for mine in points:
        better = (
            network
            for network, other in zip(networks, points, strict=True)
            if other != mine and other[0] <= mine[0] and other[1] <= mine[1] and other[2] <= mine[2]
        )
        dominating.append(next(better, None))
    return dominating
