"""Items whose paths come together again: joins of branches, and residuals."""

from typing import Protocol

from dsconv_cost.errors import LayerError
from dsconv_cost.language.architecture import Branch, Item, Use
from dsconv_cost.language.expressions.expression import Unknown
from dsconv_cost.layers import LAYERS, Layer
from dsconv_cost.layers.composites.structure import ALWAYS
from dsconv_cost.layers.fields import Whole
from dsconv_cost.layers.reshape import Slice
from dsconv_cost.layers.values import describe
from dsconv_cost.network.environment import Environment, ItemError, field_node
from dsconv_cost.network.graph import IDENTITY, Place

LEFT_OUT = -2
"""What an item that makes nothing returns."""

REPETITIONS = Whole(0)


class Maker(Protocol):
    """What adds the items of branches and bodies to the draft."""

    def body(self, items: list[Item], x: int, frame: Environment) -> int:
        """Add the items one after another, starting at tensor `x`; return the last output, or LEFT_OUT."""

    def item(self, item: Item, x: int, frame: Environment, suffix: str = "") -> int:
        """Add one item as often as it says; return its last output, or LEFT_OUT."""


# -- residuals ------------------------------------------------------------------------------------


def residual(maker: Maker, item: Item, x: int, frame: Environment, place: Place) -> int:
    """Add a body, and its input to what it gives."""
    assert item.body is not None
    draft = frame.draft
    start = len(draft.nodes)
    y = maker.body(item.body, x, frame)
    if y == LEFT_OUT:
        return LEFT_OUT
    before, after = draft.shape(x), draft.shape(y)
    if before is None or after is None:
        return draft.unknown_tensor(draft.known_channels(y))
    strides = draft.strides_between(x, y, start)
    add = draft.plain(LAYERS["add"])
    inner = Place(place, "add", "add", place.line, place.column)
    changes = before != after or strides
    if isinstance(item.shortcut, list):
        project = changes or frame.settings(item.use.settings, draft.known_channels(x))["project"] == ALWAYS
        draft.shortcuts[item] = draft.shortcuts.get(item, False) or project
    else:
        project = False
        if item.shortcut == IDENTITY and before != after:
            draft.report(
                field_node(item, "shortcut"), "shape-mismatch", f"residual: the body turns {before} into {after}, so shortcut: identity "
                "cannot be added: give a projection (a body), or none to add nothing"
            )  # fmt: skip
            return draft.unknown_tensor(after.channels)
    if not project and (not changes or item.shortcut == IDENTITY):
        return draft.add(add, (y, x), inner)
    if item.shortcut == "none":
        return y
    if item.shortcut is None:
        change = f"turns {before} into {after}" if before != after else f"strides, though it keeps {before}"
        draft.report(
            item.node, "shape-mismatch", f"residual: the body {change}, so its input cannot be added as it is: give shortcut: "
            f"a projection (a body), {'identity to add it all the same, ' if before == after else ''}or none to add nothing"
        )  # fmt: skip
        return draft.unknown_tensor(after.channels)
    assert isinstance(item.shortcut, list)
    z = maker.body(item.shortcut, x, frame)
    if z == LEFT_OUT:
        raise ItemError(
            "residual: every item of the shortcut is left out: write shortcut: none to add nothing",
            "empty-network",
            "shortcut",
        )
    try:
        return draft.add(add, (y, z), inner)
    except LayerError as error:
        draft.report(field_node(item, "shortcut"), error.code, f"residual: {error}")
        return draft.unknown_tensor(after.channels)


# -- joins ----------------------------------------------------------------------------------------


def join(maker: Maker, item: Item, use: Use, x: int, frame: Environment, place: Place) -> int:
    """Add the branches of a join and what joins them."""
    draft = frame.draft
    inner = frame.inside(place)
    split = next((s for s in use.settings if s.field.name == "split"), None)
    parts: list[int] | None = None
    if split is not None and (split.expression is not None or isinstance(split.constant, (int, tuple))):
        parts = _split(item, use, x, frame, place)
    inputs: list[int] = []
    at = 0
    for branch in item.branches:
        for copy in _copies(branch, x, frame):
            start = x if parts is None else parts[min(at, len(parts) - 1)]
            found = _branch(maker, branch, start, inner, copy)
            if found:
                at += 1
                inputs += found
            if parts is not None and at > len(parts):
                said = f"split makes {len(parts)} parts, and there are more branches: make one for each branch"
                raise ItemError(said, "shape-mismatch", "split")
    if parts is not None and at < len(parts):
        said = f"split makes {len(parts)} parts, and the branches are {at}: make one for each branch"
        raise ItemError(said, "shape-mismatch", "split")
    if not inputs:
        return LEFT_OUT
    if len(inputs) == 1:
        return inputs[0]
    draft.step(item.node, len(inputs))
    type_ = use.layer_type
    assert type_ is not None
    assert issubclass(type_, Layer)
    try:
        return draft.add(draft.plain(type_), tuple(inputs), place)
    except LayerError as error:
        draft.report(item.node, error.code, str(error))
        return draft.unknown_tensor(draft.known_channels(inputs[0]))


def _copies(branch: Branch, x: int, frame: Environment) -> list[str]:
    if not branch.items or len(branch.items) != 1 or branch.items[0].use.copies is None:
        return [""]
    item = branch.items[0]
    assert item.use.copies is not None
    try:
        times = frame.value(item.use.copies, REPETITIONS, frame.draft.known_channels(x), "copies")
    except ItemError as fault:
        fault.node = field_node(item, "copies")
        raise
    frame.draft.step(field_node(item, "copies"), times)
    return [f"[{i + 1}]" for i in range(times)]


def _branch(maker: Maker, branch: Branch, x: int, frame: Environment, suffix: str) -> list[int]:
    """Return the tensors a branch gives: one, several for `all x`, or none where it is left out."""
    if branch.items is not None:
        y = maker.item(branch.items[0], x, frame, suffix) if suffix else maker.body(branch.items, x, frame)
        return [] if y == LEFT_OUT else [y]
    name = branch.tensor
    assert name is not None
    draft = frame.draft
    try:
        if branch.every:
            last = frame.tensor(name)
            every = frame.tensors.get(name) or [last]
            if name in ("input", "previous"):
                raise ItemError(
                    f"all {name}: {name} is one tensor; write all before the name of a repeated item", "misplaced-value"
                )
            draft.step(branch.node, len(every))
            return list(every)
        return [x] if name == "previous" else [frame.tensor(name)]
    except ItemError as fault:
        draft.report(branch.node, fault.code, str(fault), fault.suggestion)
        draft.uncertain = True
        return [draft.unknown_tensor(None)]


def _split(item: Item, use: Use, x: int, frame: Environment, place: Place) -> list[int]:
    """Return the parts of a tensor that the branches start at, one each."""
    draft = frame.draft
    c = draft.known_channels(x)
    sizes = frame.settings([s for s in use.settings if s.field.name == "split"], c)["split"]
    if c is None:
        raise Unknown
    if isinstance(sizes, int):
        if c % sizes:
            said = f"split {sizes} does not divide the {c} channels arriving: take a divisor of {c}, or a list of sizes"
            raise ItemError(said, "not-divisible", "split")
        draft.step(field_node(item, "split"), sizes)
        sizes = (c // sizes,) * sizes
    elif sum(sizes) != c:
        raise ItemError(
            f"split: the parts of {describe(sizes)} add up to {sum(sizes)}, not to the {c} channels arriving",
            "not-divisible",
            "split",
        )
    if len(sizes) == 1:
        return [x]
    parts: list[int] = []
    start = 0
    for index, size in enumerate(sizes):
        slice_place = Place(place, f"split[{index + 1}]", "slice", place.line, place.column)
        slice_ = draft.parts(Slice, {"channels": (start, start + size)})[0][1]
        parts.append(draft.add(slice_, (x,), slice_place))
        start += size
    return parts
