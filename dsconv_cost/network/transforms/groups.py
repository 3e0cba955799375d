"""Which layers of a network have the same weights, so that a form treats them alike."""

from dsconv_cost.network.graph import Network


class Groups:
    """The layers that share weights, in groups known by the first of each."""

    def __init__(self, network: Network) -> None:
        self._members: dict[int, list[int]] = {}
        for index, first in network.shared.items():
            self._members.setdefault(first, [first]).append(index)
        self._of = dict(network.shared) | {first: first for first in self._members}

    def of(self, node: int) -> int | None:
        """Return the group of a layer; None where its weights are its own."""
        return self._of.get(node)

    def members(self, node: int) -> list[int]:
        """Return the layers with the same weights as this one, itself among them."""
        group = self._of.get(node)
        return [node] if group is None else sorted(self._members[group])
