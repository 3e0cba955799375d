"""The costs of a network's parts: its items and layers by name, and its kinds of layers; what limits are held against."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from dsconv_cost import patterns
from dsconv_cost.costs.analysis import Form
from dsconv_cost.costs.charges import Convention
from dsconv_cost.costs.sums import Sums, kinds_by_place, sum_of, sums_of_form
from dsconv_cost.errors import DsconvCostError
from dsconv_cost.language.limits import SHARE, Amount, Metric
from dsconv_cost.network.allowance import current_allowance
from dsconv_cost.network.graph import Network, Place
from dsconv_cost.network.transforms.convert import standard_form

if TYPE_CHECKING:
    from dsconv_cost.memory.places import PlacedMemory

REPETITION = re.compile(r"\[\d+\]")
"""The number of a repetition in a name."""


class NoMacs(DsconvCostError):
    """A share of MACs was asked for, of a network that has none."""


class PartRow(NamedTuple):
    """A layer as reports name it, with the norm and activation of its item."""

    name: str
    line: int
    column: int
    sums: Sums
    place: Place


class PartCosts:
    """The figures of one network and its parts under a convention."""

    def __init__(self, network: Network, convention: Convention) -> None:
        self.network = network
        self.form = Form(network, convention)
        self.convention = convention
        self._leaves = sums_of_form(self.form, lambda node: node.place)
        self._kinds = kinds_by_place(self.form)
        self.total = sum_of(self._leaves.values())
        self._places: dict[Place, Sums] | None = None
        self._by_kind: dict[str | None, list[tuple[str, Place, Sums]]] = {}
        """Pattern of kinds -> the parts with their names; many limits may ask for them."""
        self._unnumbered: dict[str | None, dict[str, str]] = {}
        self._standard: int | None = None
        self._memory: dict[int, PlacedMemory] = {}

    @property
    def largest(self) -> int:
        """The MACs of the costliest single layer."""
        return self.total.largest

    @property
    def standard_macs(self) -> int:
        """The MACs of the network's standard form."""
        if self._standard is None:
            self._standard = Form(standard_form(self.network).network, self.convention).macs
        return self._standard

    def memory(self, bits: int) -> "PlacedMemory":
        """Return what the deployed network takes of memory, at so many bits an element."""
        if bits not in self._memory:
            from dsconv_cost.memory.places import PlacedMemory  # few limits are about memory

            self._memory[bits] = PlacedMemory(self.network, bits)
        return self._memory[bits]

    def amount(self, metric: Metric, bits: int, sums: Sums | None = None) -> Amount:
        """Return the value of a metric, of the network or of a part with these sums; of memory the network's. Raises NoMacs."""
        if metric.of_memory:
            return Amount("", self.memory(bits).value(metric.name))
        sums = sums or self.total
        if metric.name == "size":
            return Amount("", -(-sums.params * bits // 8))
        if metric.measure != SHARE:
            return Amount("", sums.of(metric.name))
        whole = self.total.macs if metric.name == "largest_share" else self.standard_macs
        if not whole:
            raise NoMacs(f"{metric.name} is a share of MACs, and this network has none")
        if metric.name == "largest_share":
            return Amount("", self.largest, whole)
        return Amount("", whole - self.total.macs, whole)

    def rows(self) -> list[PartRow]:
        """Return the layers that cost something, in execution order."""
        return [_row(place, sums) for place, sums in self._leaves.items() if sums.params or sums.macs]

    def items(self) -> list[PartRow]:
        """Return the items of the file, in execution order."""
        return [_row(place, sums) for place, sums in self.places().items() if place.parent is None]

    def places(self) -> dict[Place, Sums]:
        """Return the figures of every item, composite and layer."""
        if self._places is None:
            places: dict[Place, Sums] = {}
            for place, leaf in self._leaves.items():
                at: Place | None = place
                while at is not None:
                    sums = places.get(at)
                    if sums is None:
                        sums = places[at] = Sums()
                    sums.add(leaf)
                    at = at.parent
            self._places = places
        return self._places

    def named(self, layer: str, kind: str | None) -> list[PartRow]:
        """Return the items, composites and layers that a pattern names; with a kind, only layers of that kind."""
        self._spend()
        is_meant = patterns.matcher(layer)
        return [_row(place, sums) for name, place, sums in self._named(kind) if is_meant(name)]

    def names(self, kind: str | None) -> list[str]:
        """Return the names of all items, composites and layers; with a kind, of the layers of that kind."""
        return [name for name, _, _ in self._named(kind)]

    def unnumbered(self, kind: str | None) -> dict[str, str]:
        """Return the names without the numbers of repetitions -> the first name that becomes it."""
        if kind not in self._unnumbered:
            self._unnumbered[kind] = {REPETITION.sub("", name): name for name, _, _ in reversed(self._named(kind))}
        return self._unnumbered[kind]

    def _named(self, kind: str | None) -> list[tuple[str, Place, Sums]]:
        if kind not in self._by_kind:
            places = self.places() if kind is None else self._of_kind(kind)
            self._by_kind[kind] = [(place.name, place, sums) for place, sums in places.items()]
        return self._by_kind[kind]

    def kinds(self, kind: str) -> dict[str, list[PartRow]]:
        """Return the layers of each kind that a pattern names; a norm in a convolution's item counts with it."""
        self._spend()
        by_kind: dict[str, list[PartRow]] = {}
        for place, sums in self._of_kind(kind).items():
            by_kind.setdefault(self._kinds[place], []).append(_row(place, sums))
        return by_kind

    def _spend(self) -> None:
        call = current_allowance()
        if call is not None:
            call.compare(len(self._leaves))

    def _of_kind(self, kind: str) -> dict[Place, Sums]:
        return {place: sums for place, sums in self._leaves.items() if patterns.matches(kind, self._kinds[place])}

    def inside(self, place: Place) -> Iterator[PartRow]:
        """Yield the layers of an item or composite, itself included."""
        for leaf_place, sums in self._leaves.items():
            at: Place | None = leaf_place
            while at is not None and at is not place:
                at = at.parent
            if at is place:
                yield _row(leaf_place, sums)


def _row(place: Place, sums: Sums) -> PartRow:
    return PartRow(place.name, place.line, place.column, sums, place)
