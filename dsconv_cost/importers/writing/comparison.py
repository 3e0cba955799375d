"""Whether two networks are the same: layer by layer, in every count, in what each layer takes, and in their outputs."""

from collections import Counter
from typing import Any

from dsconv_cost.layers.join import Broadcast, Join
from dsconv_cost.network.graph import Network

_SETTINGS = (
    "kernel", "stride", "dilation", "groups", "factor", "along", "over", "order", "channels", "height", "width", "depth_multiplier",
)  # fmt: skip
"""Fields of layers that say something which no count shows."""


class StructureNumbers:
    """Numbers for layers: equal for layers that are alike in all that is before them, in whatever network they are."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[Any, ...], int] = {}

    def of(self, network: Network) -> list[int]:
        """Return the number of each layer."""
        numbers: list[int] = []
        for index, node in enumerate(network.nodes):
            inputs = [source if source < 0 else numbers[source] for source in node.inputs]
            layer = node.layer
            if isinstance(layer, Join):
                inputs = self._joined(layer, inputs)
            settings = tuple([_plain(getattr(layer, name, None)) for name in _SETTINGS])
            owner = numbers[network.shared[index]] if index in network.shared else None
            key = (owner, layer.case, str(node.kind), node.counts, tuple(node.output), settings, tuple(inputs))
            numbers.append(self._numbers.setdefault(key, len(self._numbers)))
        return numbers

    def _joined(self, layer: Join, inputs: list[int]) -> list[int]:
        """Return what a join takes, in an order of its own where the order is the same to it."""
        return sorted(inputs) if isinstance(layer, Broadcast) and not layer.takes_two else inputs


def _plain(value: Any) -> Any:
    """Return one number for a value that is the same along all sides."""
    return value[0] if isinstance(value, tuple) and len(set(value)) == 1 else value


def unlikeness(one: Network, other: Network) -> str:
    """Return how the second network differs from the first, e.g. `conv3 (conv) is missing`; empty where it does not."""
    if [each.shape for each in one.inputs] != [each.shape for each in other.inputs]:
        return f"it has the {other.inputs_text}, not the {one.inputs_text}"
    numbers = StructureNumbers()
    first, second = numbers.of(one), numbers.of(other)
    missing = Counter(first) - Counter(second)
    if missing:
        node = one.nodes[next(at for at, number in enumerate(first) if number in missing)]
        return f"{node.name} ({node.layer.type}) is missing, or takes something else"
    if len(first) != len(second):
        return f"it has {len(second)} layers, not {len(first)}"
    ends = [[at if at < 0 else each[at] for at in net.outputs] for net, each in ((one, first), (other, second))]
    return "" if ends[0] == ends[1] else "its outputs are others"
