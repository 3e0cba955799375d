"""How one convention's figure becomes another's: by kind of operation, and by layer."""

from typing import NamedTuple

from dsconv_cost.costs.analysis import network_counted
from dsconv_cost.costs.charges import Charge, Convention
from dsconv_cost.network.graph import Network, Node


class Step(NamedTuple):
    """One kind of operation that two conventions charge differently."""

    what: str
    before: int
    """What the first convention charges for it in this network."""
    after: int
    """What the second one does."""
    layers: list[tuple[str, int]]
    """The layers it comes from, with the change each makes; the largest first."""

    @property
    def change(self) -> int:
        return self.after - self.before


class Waterfall(NamedTuple):
    """The way from one figure to another: start + the changes of all steps = end."""

    metric: str
    start: int
    end: int
    steps: list[Step]


def waterfall(network: Network, start: Convention, end: Convention, metric: str) -> Waterfall:
    """Return the steps from one convention's figure to the other's.

    Every count that a rate applies to is charged by both conventions' rates; the steps add up exactly.
    """
    first = _charged(network, start, metric)
    second = _charged(network, end, metric)
    steps: list[Step] = []
    for what in dict.fromkeys([*first, *second]):
        before, after = first.get(what, {}), second.get(what, {})
        changes = {name: after.get(name, 0) - before.get(name, 0) for name in {**before, **after}}
        layers = sorted(((n, c) for n, c in changes.items() if c), key=lambda entry: -abs(entry[1]))
        step = Step(what, sum(before.values()), sum(after.values()), layers)
        if step.change or layers:
            steps.append(step)
    steps.sort(key=lambda step: -abs(step.change))
    return Waterfall(metric, _sum(first), _sum(second), steps)


def _sum(charged: dict[str, dict[str, int]]) -> int:
    return sum(sum(layers.values()) for layers in charged.values())


def _charged(network: Network, convention: Convention, metric: str) -> dict[str, dict[str, int]]:
    """Return operation -> layer -> what the convention charges for it."""
    network = network_counted(network, convention)
    by_operation: dict[str, dict[str, int]] = {}
    for node in network.nodes:
        charges, factor = convention.charges(node.case, metric)
        for charge in charges:
            amount = factor * charge.of(node.counts)
            if amount:
                layers = by_operation.setdefault(_operation(node, charge, metric), {})
                layers[node.name] = layers.get(node.name, 0) + amount
    return by_operation


_MACS = ("macs", "output_macs", "ungrouped_macs", "regrouped_macs")
_BIASES = ("bias_adds", "used_biases", "biases", "forward_biases")


def _operation(node: Node, charge: Charge, metric: str) -> str:
    """Return what a charge is for: named alike in every convention."""
    type_ = node.layer.type
    if metric == "params":
        return f"{charge.what} of {type_}" if charge.field in ("biases", "used_biases") else charge.what
    # A transposed convolution's are a step of their own: counters count them at different positions.
    if charge.field in _MACS or (charge.field in ("weights", "used_weights") and node.kind.weighted):
        return f"multiply-accumulates of {type_}" if node.counts.output_macs else "multiply-accumulates"
    if charge.field in _BIASES:
        return f"adding biases of {type_}"
    return f"scale and shift of {type_}" if charge.field in ("norm", "used_norm") else type_
