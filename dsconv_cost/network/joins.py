"""Items whose paths come together again: joins of branches, and residuals."""

from typing import Protocol

from dsconv_cost.errors import LayerError
from dsconv_cost.language.architecture import Branch, Item, Use
from dsconv_cost.language.expressions.expression import Unknown
from dsconv_cost.language.nodes import YamlNode
from dsconv_cost.layers import LAYERS
from dsconv_cost.layers.composites.structure import ALWAYS
from dsconv_cost.layers.fields import Whole
from dsconv_cost.layers.join import Join
from dsconv_cost.layers.resize import Slice
from dsconv_cost.layers.values import describe
from dsconv_cost.network.environment import Environment, ItemError, field_node
from dsconv_cost.network.graph import IDENTITY, Place

LEFT_OUT = -(10**9)
"""What an item that makes nothing returns."""

PREVIOUS_NAME = "previous"
"""The tensor that a join starts at, or an item with several inputs."""

REPETITIONS = Whole(0)


class Maker(Protocol):
    """What adds the items of branches and bodies to the builder."""

    def body(self, items: list[Item], x: int, environment: Environment) -> int:
        """Add the items one after another, starting at tensor `x`; return the last output, or LEFT_OUT."""

    def item(self, item: Item, x: int, environment: Environment, suffix: str = "") -> int:
        """Add one item as often as it says; return its last output, or LEFT_OUT."""


# -- residuals ------------------------------------------------------------------------------------


def residual(maker: Maker, item: Item, x: int, environment: Environment, place: Place) -> int:
    """Add a body, and its input to what it gives."""
    assert item.body is not None
    builder = environment.builder
    start = len(builder.nodes)
    y = maker.body(item.body, x, environment)
    if y == LEFT_OUT:
        return LEFT_OUT
    before, after = builder.shape(x), builder.shape(y)
    if before is None or after is None:
        return builder.unknown_tensor(builder.known_channels(y))
    strides = builder.strides_between(x, y, start)
    add = builder.plain(LAYERS["add"])
    inner = Place(place, "add", "add", place.line, place.column)
    changes = before != after or strides
    if isinstance(item.shortcut, list):
        project = changes or environment.settings(item.use.settings, builder.arriving(x))["project"] == ALWAYS
        builder.shortcuts[item] = builder.shortcuts.get(item, False) or project
    else:
        project = False
        if item.shortcut == IDENTITY and before != after:
            builder.report(
                field_node(item, "shortcut"), "shape-mismatch", f"residual: the body turns {before} into {after}, so shortcut: identity "
                "cannot be added: give a projection (a body), or none to add nothing"
            )  # fmt: skip
            return builder.unknown_tensor(after.channels)
    if not project and (not changes or item.shortcut == IDENTITY):
        return builder.add(add, (y, x), inner)
    if item.shortcut == "none":
        return y
    if item.shortcut is None:
        change = f"turns {before} into {after}" if before != after else f"strides, though it keeps {before}"
        builder.report(
            item.node, "shape-mismatch", f"residual: the body {change}, so its input cannot be added as it is: give shortcut: "
            f"a projection (a body), {'identity to add it all the same, ' if before == after else ''}or none to add nothing"
        )  # fmt: skip
        return builder.unknown_tensor(after.channels)
    assert isinstance(item.shortcut, list)
    z = maker.body(item.shortcut, x, environment)
    if z == LEFT_OUT:
        raise ItemError(
            "residual: every item of the shortcut is left out: write shortcut: none to add nothing",
            "empty-network",
            "shortcut",
        )
    try:
        return builder.add(add, (y, z), inner)
    except LayerError as error:
        builder.report(field_node(item, "shortcut"), error.code, f"residual: {error}")
        return builder.unknown_tensor(after.channels)


# -- joins ----------------------------------------------------------------------------------------


def join(maker: Maker, item: Item, use: Use, x: int, environment: Environment, place: Place) -> int:
    """Add the branches of a join and what joins them."""
    builder = environment.builder
    inner = environment.inside(place)
    split = next((s for s in use.settings if s.field.name == "split"), None)
    parts: list[int] | None = None
    if split is not None and (split.expression is not None or isinstance(split.constant, (int, tuple))):
        parts = _split(item, use, x, environment, place)
    type_ = use.layer_type
    assert type_ is not None
    assert issubclass(type_, Join)
    left_out: YamlNode | None = None
    inputs: list[int] = []
    at = 0
    for branch in item.branches:
        for index, copy in enumerate(_copies(branch, x, environment)):
            start = x if parts is None else parts[min(at, len(parts) - 1)]
            seen = inner.repetition(index, True, False) if copy else inner
            tensors = _branch(maker, branch, start, seen, copy)
            if tensors:
                at += 1
                inputs += tensors
            else:
                left_out = branch.node
            if parts is not None and at > len(parts):
                message = f"split makes {len(parts)} parts, and there are more branches: make one for each branch"
                raise ItemError(message, "shape-mismatch", "split")
    if not item.branches:  # only where a join needs none written
        inputs = [x] if parts is None else parts
        at = len(inputs)
    if parts is not None and at < len(parts):
        message = f"split makes {len(parts)} parts, and the branches are {at}: make one for each branch"
        raise ItemError(message, "shape-mismatch", "split")
    if not inputs:
        return LEFT_OUT
    if len(inputs) == 1 and type_.passes_one and not type_.takes_two:
        return inputs[0]
    if type_.takes_every_branch and left_out is not None:
        raise ItemError(
            f"the branch on line {left_out.line} is left out, and each of {type_.type} has a role of its own: "
            f"put when on {type_.type} itself",
            "shape-mismatch", node=left_out,
        )  # fmt: skip
    builder.step(item.node, len(inputs))
    given = [s for s in use.settings if s.field in type_.held or s.field.name in ("norm", "activation")]
    values = environment.settings(given, builder.arriving(x))
    layers = builder.parts(type_, values) if given else [("", builder.plain(type_))]
    try:
        for part, layer in layers:
            inputs = [builder.add(layer, tuple(inputs), place, part)]
        return inputs[0]
    except LayerError as error:
        where = item.node if error.field == "branches" else field_node(item, error.field)
        builder.report(where, error.code, str(error))
        return builder.unknown_tensor(builder.known_channels(inputs[0]))


def _copies(branch: Branch, x: int, environment: Environment) -> list[str]:
    if not branch.items or len(branch.items) != 1 or branch.items[0].use.copies is None:
        return [""]
    item = branch.items[0]
    assert item.use.copies is not None
    try:
        times = environment.value(item.use.copies, REPETITIONS, environment.builder.arriving(x), "copies")
    except ItemError as fault:
        raise fault.at(field_node(item, "copies")) from None
    environment.builder.step(field_node(item, "copies"), times)
    return [f"[{i + 1}]" for i in range(times)]


def _branch(maker: Maker, branch: Branch, x: int, environment: Environment, suffix: str) -> list[int]:
    """Return the tensors a branch gives: one, several for `all x`, or none where it is left out."""
    if branch.items is not None:
        y = maker.item(branch.items[0], x, environment, suffix) if suffix else maker.body(branch.items, x, environment)
        return [] if y == LEFT_OUT else [y]
    reference = branch.tensor
    assert reference is not None
    name = reference.name
    builder = environment.builder
    try:
        if branch.every:
            if name == "input":
                raise ItemError(
                    f"all {name}: {name} is one tensor; write all before the name of a repeated item", "misplaced-value"
                )
            every = environment.made(name).outputs
            builder.step(branch.node, len(every))
            return list(every)
        return [x] if name == PREVIOUS_NAME and reference.number is None else [environment.tensor(reference)]
    except ItemError as fault:
        builder.report(branch.node, fault.code, str(fault), fault.suggestion)
        builder.mark_uncertain()
        return [builder.unknown_tensor(None)]


def _split(item: Item, use: Use, x: int, environment: Environment, place: Place) -> list[int]:
    """Return the parts of a tensor that the branches start at, one each."""
    builder = environment.builder
    c = builder.known_channels(x)
    sizes = environment.settings([s for s in use.settings if s.field.name == "split"], builder.arriving(x))["split"]
    if c is None:
        raise Unknown
    if isinstance(sizes, int):
        if c % sizes:
            message = (
                f"split {sizes} does not divide the {c} channels arriving: take a divisor of {c}, or a list of sizes"
            )
            raise ItemError(message, "not-divisible", "split")
        builder.step(field_node(item, "split"), sizes)
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
        slice_ = builder.parts(Slice, {"channels": (start, start + size, 1)})[0][1]
        parts.append(builder.add(slice_, (x,), slice_place))
        start += size
    return parts
