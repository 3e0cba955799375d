"""The rows of an analysis: its layers at a chosen depth, with the cost of each in the three forms."""

from collections.abc import Callable
from typing import NamedTuple

from dsconv_cost.analysis import Analysis
from dsconv_cost.layers.base import WEIGHTED
from dsconv_cost.network import Network, Node, Place
from dsconv_cost.transform import MERGED

ITEMS = "items"
EXPAND = "expand"
OPS = "ops"

SORTS = ("order", "name", "type", "params", "macs", "standard", "separable", "factor")


class View(NamedTuple):
    """Which rows are wanted, and in which order."""

    level: str = ITEMS
    """ITEMS of the file, EXPAND: convolutions and linear layers, OPS: every primitive."""
    depth: int = 1
    """How many levels of items, blocks and composites have rows of their own."""
    sort: str = "order"
    top: int | None = None

    @property
    def key(self) -> str:
        """What the rows are sorted by: `top` without `sort` means the costliest."""
        return "macs" if self.sort == "order" and self.top is not None else self.sort


class Row(NamedTuple):
    """One row: an item, a layer or a group, in the three forms."""

    name: str
    type: str
    input: str
    output: str
    kernel: str
    stride: str
    params: int
    macs: int
    standard: int
    separable: int
    merged: bool
    """Whether its cost in the standard form stands in another row."""
    factor: float | None
    """standard / separable, where they differ and both stand in this row."""
    line: int


class Rows(NamedTuple):
    """The rows chosen, and what was left out."""

    shown: list[Row]
    total: int
    """How many there are, shown or not."""
    unshown_layers: int
    """With EXPAND, layers that have no row."""
    unshown_params: int


Key = tuple[int, str]
"""The identity of a row's place, and the part of it when every primitive is a row."""


class _Group:
    __slots__ = ("crosses", "indices", "merged", "part", "place", "separable", "standard")

    def __init__(self, place: Place, part: str) -> None:
        self.place = place
        self.part = part
        self.indices: list[int] = []
        self.standard = 0
        self.separable = 0
        self.merged = False
        self.crosses = False


def rows(analysis: Analysis, view: View) -> Rows:
    """Return the rows that a view asks for."""
    network = analysis.as_written.network
    place_of = _places(view)
    groups: dict[Key, _Group] = {}
    group_of: list[_Group] = []
    for index, node in enumerate(network.nodes):
        place, part = place_of(node)
        key = (id(place), part)
        group = groups.get(key)
        if group is None:
            group = groups[key] = _Group(place, part)
        group.indices.append(index)
        group_of.append(group)
    for node, group in _owners(analysis.standard.network, groups, place_of):
        group.standard += node.counts.macs
    for node, group in _owners(analysis.separable.network, groups, place_of):
        group.separable += node.counts.macs
    for decision in analysis.standard.decisions:
        if decision.verdict == MERGED and decision.into is not None:
            here, there = group_of[decision.node], group_of[decision.into]
            if here is not there:
                here.merged = here.standard == 0
                here.crosses = there.crosses = True
    kept = list(groups.values())
    unshown_layers = unshown_params = 0
    if view.level == EXPAND:
        left = [g for g in kept if not any(network.nodes[i].kind in WEIGHTED for i in g.indices)]
        kept = [g for g in kept if any(network.nodes[i].kind in WEIGHTED for i in g.indices)]
        unshown_layers = sum(len(g.indices) for g in left)
        unshown_params = sum(network.nodes[i].counts.params for g in left for i in g.indices)
    made = [_row(analysis, view, group) for group in kept]
    key_name = view.key
    if key_name in ("name", "type"):
        made.sort(key=lambda row: str(getattr(row, key_name)))
    elif key_name != "order":
        made.sort(key=lambda row: getattr(row, key_name) or 0, reverse=True)
    return Rows(made[: view.top], len(made), unshown_layers, unshown_params)


def _places(view: View) -> Callable[[Node], tuple[Place, str]]:
    """Return the function from a node to the place, and the part of it, whose row it belongs to."""
    if view.level == OPS:
        return lambda node: (node.place, node.part)
    if view.level == EXPAND:
        return lambda node: (node.place, "")
    depth = view.depth

    def at_depth(node: Node) -> tuple[Place, str]:
        place = node.place
        if place.parent is None:
            return place, ""
        chain = place.chain()
        return chain[min(depth, len(chain)) - 1], ""

    return at_depth


def _owners(
    form: Network, groups: dict[Key, _Group], place_of: Callable[[Node], tuple[Place, str]]
) -> list[tuple[Node, _Group]]:
    """Return the layers of a form that cost MACs, each with the row it belongs to."""
    found: list[tuple[Node, _Group]] = []
    for node in form.nodes:
        if node.counts.macs:
            place, part = place_of(node)
            group = groups.get((id(place), part))
            at: Place | None = place
            while group is None and at is not None:  # a layer that the form put inside a place
                group = groups.get((id(at), ""))
                at = at.parent
            assert group is not None
            found.append((node, group))
    return found


def _row(analysis: Analysis, view: View, group: _Group) -> Row:
    network = analysis.as_written.network
    nodes = [network.nodes[i] for i in group.indices]
    place = group.place
    figures = [analysis.convention.report(node.counts) for node in nodes]
    kernel, stride = _window(nodes)
    factor = None
    if group.standard and group.separable and group.standard != group.separable and not group.crosses:
        factor = group.standard / group.separable
    return Row(
        f"{place.name}.{group.part}" if group.part else place.name,
        nodes[0].layer.type if view.level == OPS else place.type,
        " ".join(map(str, network.input_shapes(nodes[0])))
        if view.level == OPS
        else str(network.input_shapes(nodes[0])[0]),
        str(nodes[-1].output),
        kernel,
        stride,
        sum(f.params for f in figures),
        sum(f.macs for f in figures),
        group.standard,
        group.separable,
        group.merged,
        factor,
        place.line,
    )


def _window(nodes: list[Node]) -> tuple[str, str]:
    """Return kernel and stride of the layers of a row, where those with a wide window or a stride agree."""
    windows = {(s["kernel"], s["stride"]) for n in nodes if "kernel" in (s := n.layer.settings((n.output,)))}
    wide = {window for window in windows if window != ((1, 1), (1, 1))}
    found = wide or windows
    if len(found) != 1:
        return "", ""
    kernel, stride = found.pop()
    return _sides(kernel), _sides(stride)


def _sides(sides: tuple[int, int]) -> str:
    return str(sides[0]) if sides[0] == sides[1] else f"{sides[0]}x{sides[1]}"
