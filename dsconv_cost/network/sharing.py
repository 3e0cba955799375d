"""Weights that several layers share: learned once, used each time."""

from dsconv_cost.language.architecture import ONCE, OWN, Item
from dsconv_cost.layers import Layer
from dsconv_cost.layers.values import written
from dsconv_cost.network.builder import NetworkBuilder
from dsconv_cost.network.environment import Environment, ItemError, NodeRange
from dsconv_cost.network.graph import Node
from dsconv_cost.text import shown

_SAY_THE_SAME = "items that share weights say the same of them"


def share_weights(item: Item, spans: list[NodeRange], environment: Environment) -> None:
    """Let the layers of an item have the weights of those that it names. Raises ItemError where they are not alike."""
    builder = environment.builder
    weights = item.weights
    if weights == OWN:
        for start, end in spans:
            builder.own.update(range(start, end))
        return
    if weights is None:
        return
    incomplete = bool(builder.problems or builder.unknown)  # what is missing is not alike
    if isinstance(weights, str):
        assert weights == ONCE
        if item.use.repeat is None:
            message = "weights: once is for an item with repeat, whose repetitions then share them"
            raise ItemError(message, "misplaced-value", "weights")
        for span in () if incomplete else spans[1:]:
            _Sharing(builder, item, item).share(span, spans[0])
        return
    try:
        made = environment.made(weights.name)
        meant = environment.repetition_meant(weights)
    except ItemError as fault:
        raise fault.at(weights.node) from None
    if made.item is None:
        message = f"weights: '{weights.name}' is an input, and has no weights: name an earlier item"
        raise ItemError(message, "misplaced-value", "weights")
    if incomplete:
        return
    sharing = _Sharing(builder, item, made.item)
    if weights.number is not None or len(made.spans) == 1:
        for span in spans:
            sharing.share(span, made.spans[meant])
        return
    if len(made.spans) != len(spans):
        raise ItemError(
            f"weights: {sharing.earlier} has {len(made.spans)} repetitions and this {len(spans)}: write repeat: {len(made.spans)}, "
            f"or name one of them, e.g. {weights.name}[1]",
            "wrong-value", "weights",
        )  # fmt: skip
    for span, earlier in zip(spans, made.spans, strict=True):
        sharing.share(span, earlier)


class _Sharing:
    """An item and the earlier one whose weights it has."""

    def __init__(self, builder: NetworkBuilder, item: Item, earlier: Item) -> None:
        self.builder = builder
        self.item = item
        self.earlier = f"{shown(earlier.label)} (line {earlier.node.line})"
        if earlier.use.type != item.use.type:
            raise self._unlike(f"{self.earlier} is of type {earlier.use.type}, and this is {item.use.type}")

    def share(self, span: NodeRange, earlier: NodeRange) -> None:
        """Let the nodes of `span` have the weights of those of `earlier`."""
        builder = self.builder
        mine, theirs = (range(*each) for each in (span, earlier))
        builder.work(len(mine))
        for new, old in zip(mine, theirs, strict=False):
            self._compare(builder.nodes[new], builder.nodes[old])
        if len(mine) != len(theirs):
            longer = builder.nodes[max(mine, theirs, key=len)[min(len(mine), len(theirs))]]
            more, fewer = ("this", self.earlier) if len(mine) > len(theirs) else (self.earlier, "this")
            raise self._unlike(f"{more} has a {longer.layer.type} that {fewer} has not")
        found = False
        for new, old in zip(mine, theirs, strict=True):
            counts = builder.nodes[new].counts
            if new in builder.own or not counts.params + counts.shared:
                continue
            found = True
            try:
                builder.borrow(new, old)
            except KeyError:
                name = builder.nodes[builder.shared[new]].name
                raise self._unlike(f"{builder.nodes[new].name} has the weights of {shown(name)} already") from None
        if not found:
            message = f"weights: {shown(self.item.use.type)} has no weights to share: leave weights out"
            raise ItemError(message, "misplaced-value", "weights")

    def _compare(self, mine: Node, other: Node) -> None:
        """Raise ItemError where two layers are not alike."""
        where = f" in {shown(mine.name)}" if mine.place.type != self.item.use.type else ""
        if type(mine.layer) is not type(other.layer):
            raise self._unlike(f"{self.earlier} has a {other.layer.type} where this has a {mine.layer.type}{where}")
        if mine.layer is not other.layer and mine.layer != other.layer:
            raise self._unlike(
                f"{_difference(mine.layer, other.layer)}{where}, and {self.earlier} has {_other(mine.layer, other.layer)}"
            )
        counts, others = mine.counts, other.counts
        if counts.params + counts.shared != others.params + others.shared:
            arriving, before = (self.builder.arriving_at(node) for node in (mine, other))
            told = f"{' and '.join(map(str, arriving))} arrives{where}, and at {self.earlier} {' and '.join(map(str, before))}"
            raise ItemError(f"weights: {told}: the weights of one do not suit the other", "shape-mismatch", "weights")

    def _unlike(self, message: str) -> ItemError:
        return ItemError(f"weights: {message}: {_SAY_THE_SAME}", "wrong-value", "weights")


def _difference(mine: Layer, other: Layer) -> str:
    """Return the first field in which two layers of one type differ, with its value in the first."""
    others = other.values()
    return next(f"{name} is {written(value)}" for name, value in mine.values().items() if value != others[name])


def _other(mine: Layer, other: Layer) -> str:
    """Return the value that the other layer has there."""
    others = other.values()
    return next(written(others[name]) for name, value in mine.values().items() if value != others[name])
