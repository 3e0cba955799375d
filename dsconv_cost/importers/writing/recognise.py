"""Joins and runs of layers as the composites they are: squeeze_excite, residual, inverted_residual, dsconv, and joins that split."""

from collections import Counter
from collections.abc import Set as AbstractSet
from typing import Any

from dsconv_cost.importers.writing.tree import PREVIOUS, TensorRef, TreeItem, every_item
from dsconv_cost.layers import LAYERS
from dsconv_cost.layers.join import Join
from dsconv_cost.layers.norm import Norm
from dsconv_cost.layers.norm_and_activation import NONE

_SEPARABLE = ("stride", "padding", "dilation", "depth_multiplier")


def recognise(items: list[TreeItem], named: AbstractSet[int]) -> tuple[list[TreeItem], str | None]:
    """Return the items with everything recognised that has a word of its own, and the activation inside most squeeze_excite.

    The outputs of `named` layers are used elsewhere, so that they stay outputs of items.
    """
    items = _joins(items)
    gates = Counter(item.fields["activation"] for item in every_item(items) if item.type == "squeeze_excite")
    gate = gates.most_common(1)[0][0] if gates else None
    items = _Separable(gate, named, shortest=3).body(items)
    shortest = 2 if any(item.type == "inverted_residual" for item in every_item(items)) else 3
    return _Separable(gate, named, shortest, pairs=True).body(items), gate


# -- joins ----------------------------------------------------------------------------------------


def _joins(items: list[TreeItem]) -> list[TreeItem]:
    """Return the items with their joins recognised, those inside them first."""
    return [_join(item) if item.branches is not None else item for item in items]


def _join(item: TreeItem) -> TreeItem:
    assert item.branches is not None
    item.branches = [_joins(branch) if isinstance(branch, list) else branch for branch in item.branches]
    found = None
    if len(item.branches) == 2:
        one, other = item.branches
        if item.type == "multiply":
            found = _gate(item, one, other) or _gate(item, other, one)
        elif item.type == "add":
            found = _residual(item, one, other) or _residual(item, other, one) or _projected(item, one, other)
    if found is not None:
        return found
    _split(item)
    _copies(item)
    return item


_Branch = list[TreeItem] | TensorRef


def _gate(item: TreeItem, passed: _Branch, factors: _Branch) -> TreeItem | None:
    """Return the squeeze_excite that multiplies what arrives by a factor for each channel."""
    if passed != PREVIOUS or not isinstance(factors, list) or len(factors) != 3:
        return None
    pool, reduce, expand = factors
    if pool.type != "global_avgpool" or not is_pointwise(reduce) or not is_pointwise(expand):
        return None
    if expand.main != item.arriving.channels or item.leaving != item.arriving:
        return None
    if {reduce.fields["norm"], expand.fields["norm"]} != {NONE} or reduce.fields["bias"] != expand.fields["bias"]:
        return None
    fields = {
        "activation": reduce.fields["activation"],
        "gate": expand.fields["activation"],
        "bias": reduce.fields["bias"],
    }
    return item.replaced("squeeze_excite", reduce.main, fields)


def _residual(item: TreeItem, body: _Branch, passed: _Branch) -> TreeItem | None:
    if passed != PREVIOUS or not isinstance(body, list) or body[-1].leaving != item.arriving:
        return None
    residual = item.replaced("residual", None, {})
    residual.body = body
    if always_strides(body):
        residual.fields["shortcut"] = "identity"
    return residual


def _projected(item: TreeItem, one: _Branch, other: _Branch) -> TreeItem | None:
    """Return the residual whose longer branch is its body, where the shape changes and the shorter one is a projection."""
    if not isinstance(one, list) or not isinstance(other, list) or one[-1].leaving != other[-1].leaving:
        return None
    if one[-1].leaving == item.arriving and not always_strides(one):
        return None
    body, shortcut = (one, other) if _weight(one) >= _weight(other) else (other, one)
    if body[-1].leaving == item.arriving and not always_strides(body):
        return None
    residual = item.replaced("residual", None, {})
    residual.body, residual.shortcut = body, shortcut
    return residual


def _weight(items: list[TreeItem]) -> int:
    return len(every_item(items))


def always_strides(items: list[TreeItem]) -> bool:
    """Return whether every way through the items moves a window by more than one position."""
    return any(_strides(item) for item in items)


def _strides(item: TreeItem) -> bool:
    if item.branches is not None:
        return all(isinstance(branch, list) and always_strides(branch) for branch in item.branches)
    if item.body is not None:
        other = item.type == "sequential" or (item.shortcut is not None and always_strides(item.shortcut))
        return always_strides(item.body) and other
    return bool(item.fields.get("stride", 1) != 1)


def _split(item: TreeItem) -> None:
    """Let a join split what arrives, where each of its branches begins with the next part of the channels."""
    parts: list[tuple[int, int]] = []
    for branch in item.branches or ():
        first = branch[0] if isinstance(branch, list) else None
        if first is None or first.type != "slice" or first.main is None or len(first.main) != 2:
            return
        if any(value is not None for value in first.fields.values()):
            return
        parts.append((first.main[0], first.main[1]))
    starts, stops = [start for start, _ in parts], [stop for _, stop in parts]
    if len(parts) < 2 or starts != [0, *stops[:-1]] or stops[-1] != item.arriving.channels:
        return
    sizes = [stop - start for start, stop in parts]
    item.fields["split"] = len(sizes) if len(set(sizes)) == 1 else sizes
    item.branches = [
        branch[1:] if isinstance(branch, list) and len(branch) > 1 else PREVIOUS for branch in item.branches or ()
    ]


def _copies(item: TreeItem) -> None:
    """Write branches that say the same once."""
    branches: list[_Branch] = []
    for branch in item.branches or ():
        before = branches[-1] if branches else None
        if isinstance(branch, list) and isinstance(before, list) and len(branch) == len(before) == 1:
            one, copied = branch[0], before[0]
            copies, copied.copies = copied.copies, 1
            equal = one.key() == copied.key()
            copied.copies = copies + equal
            if equal:
                continue
        branches.append(branch)
    item.branches = branches


def may_be_one(items: list[TreeItem], named: AbstractSet[int]) -> bool:
    """Return whether nothing starts inside a run of items, or at the output of one that is not the last."""
    return all(item.start is None for item in items[1:]) and not any(item.out in named for item in items[:-1])


def follows(item: TreeItem) -> bool:
    """Return whether an item belongs to what is before it, e.g. the activation after a sum: it has no weights and joins nothing."""
    layer = LAYERS.get(item.type)
    return (
        layer is not None and not any(kind.accumulates for kind in layer.kinds) and not issubclass(layer, (Norm, Join))
    )


# -- depthwise-separable convolutions --------------------------------------------------------------


def is_pointwise(item: TreeItem) -> bool:
    """Return whether an item is a convolution of one position, from all channels to all."""
    fields = item.fields
    return (
        item.type == "conv" and fields["kernel"] == fields["stride"] == fields["dilation"] == fields["groups"] == 1
        and fields["padding"] in ("same", 0) and fields["convert"] == "auto" and item.start is None
    )  # fmt: skip


class _Separable:
    """Finds inverted residuals of at least `shortest` layers, and the pairs of dsconv."""

    def __init__(self, gate: str | None, named: AbstractSet[int], shortest: int, pairs: bool = False) -> None:
        self.gate = gate
        """The activation inside those squeeze_excite that an inverted residual can have."""
        self.named = named
        self.shortest = shortest
        self.pairs = pairs

    def body(self, items: list[TreeItem]) -> list[TreeItem]:
        items = [self._whole_residual(item) or self._inside(item) for item in items]
        found: list[TreeItem] = []
        at = 0
        while at < len(items):
            item, length = self._at(items, at)
            found.append(item)
            at += length
        return found

    def _whole_residual(self, item: TreeItem) -> TreeItem | None:
        """Return the inverted residual that a residual is."""
        if item.type != "residual" or item.shortcut is not None or item.fields or item.body is None:
            return None
        inverted = self._inverted(item.body, adds=True)
        return item.replaced(inverted.type, inverted.main, inverted.fields) if inverted is not None else None

    def _inside(self, item: TreeItem) -> TreeItem:
        if item.body is not None:
            item.body = self.body(item.body)
        if item.shortcut is not None:
            item.shortcut = self.body(item.shortcut)
        if item.branches is not None:
            item.branches = [self.body(branch) if isinstance(branch, list) else branch for branch in item.branches]
        return item

    def _at(self, items: list[TreeItem], at: int) -> tuple[TreeItem, int]:
        """Return the item that begins here, and how many items it replaces."""
        item = items[at]
        for length in range(4, self.shortest - 1, -1):
            run = items[at : at + length]
            expanded = length == 2 and at > 0 and is_pointwise(items[at - 1])  # the dwconv belongs to that one
            if len(run) == length and not expanded and may_be_one(run, self.named):
                inverted = self._inverted(run, adds=False)
                if inverted is not None:
                    return inverted, length
        run = items[at : at + 2]
        pair = _dsconv(run) if self.pairs and may_be_one(run, self.named) else None
        return (pair, 2) if pair is not None else (item, 1)

    def _inverted(self, items: list[TreeItem], adds: bool) -> TreeItem | None:
        """Return the inverted residual that some items are: `adds` says whether their input is added."""
        rest = list(items)
        if len(rest) < self.shortest or not is_pointwise(rest[-1]):
            return None
        expand = rest.pop(0) if rest[0].type == "conv" else None
        if expand is not None and not _may_expand(expand):
            return None
        if len(rest) < 2 or rest[0].type != "dwconv" or rest[0].fields["depth_multiplier"] != 1:
            return None
        dw, *gates, project = rest
        if (expand is not None and dw.start is not None) or len(gates) > 1 or dw.fields["activation"] == NONE:
            return None
        if dw.fields["convert"] != "auto":
            return None
        gate = gates[0] if gates else None
        if gate is not None and (
            gate.type != "squeeze_excite" or gate.fields["activation"] != self.gate or not gate.fields["bias"]
        ):
            return None
        convolutions = [one for one in (expand, dw, project) if one is not None]
        if len({(one.fields["norm"], one.fields["bias"]) for one in convolutions}) > 1:
            return None
        if project.fields["activation"] != NONE or (
            expand is not None and expand.fields["activation"] != dw.fields["activation"]
        ):
            return None
        first = items[0]
        keeps = project.leaving == first.arriving and dw.fields["stride"] == 1
        ratio = expand_ratio(first.arriving.channels, expand.main) if expand is not None else 1
        if keeps != adds or ratio is None:
            return None
        fields: dict[str, Any] = {
            "expand": ratio, "kernel": dw.main, **{name: dw.fields[name] for name in _SEPARABLE}, "bias": dw.fields["bias"],
            "squeeze": gate.main if gate is not None else None, "norm": dw.fields["norm"], "activation": dw.fields["activation"],
        }  # fmt: skip
        if gate is not None:
            fields["gate"] = gate.fields["gate"]
        return _whole(items, "inverted_residual", project.main, fields)


def _may_expand(item: TreeItem) -> bool:
    start, item.start = item.start, None
    try:
        return is_pointwise(item)
    finally:
        item.start = start


def expand_ratio(arriving: int, hidden: int) -> int | float | None:
    """Return the hidden channels for each arriving one, if a short number gives them exactly; None where it is 1 or long."""
    if hidden == arriving:
        return None
    if hidden % arriving == 0:
        return hidden // arriving
    ratio = round(hidden / arriving, 3)
    return ratio if arriving * ratio == hidden else None


def _dsconv(items: list[TreeItem]) -> TreeItem | None:
    """Return the dsconv that two items are."""
    if len(items) < 2 or items[0].type != "dwconv" or not is_pointwise(items[1]):
        return None
    dw, pw = items
    if any(dw.fields[name] != pw.fields[name] for name in ("norm", "activation")) or dw.fields["convert"] != "auto":
        return None
    fields = {"kernel": dw.main, **{name: dw.fields[name] for name in _SEPARABLE}, "bias": pw.fields["bias"]}
    if dw.fields["bias"] != pw.fields["bias"]:
        fields["dw_bias"] = dw.fields["bias"]
    return _whole(
        items, "dsconv", pw.main, {**fields, "norm": dw.fields["norm"], "activation": dw.fields["activation"]}
    )


def _whole(items: list[TreeItem], type_: str, main: Any, fields: dict[str, Any]) -> TreeItem:
    """Return one item in place of several."""
    nodes = tuple([at for item in items for at in item.nodes])
    whole = TreeItem(type_, main, fields, nodes, items[0].arriving, items[-1].leaving)
    whole.start, whole.out = items[0].start, items[-1].out
    return whole
