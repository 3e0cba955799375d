"""How many layers a network has at least, worked out without making any."""

from typing import Any

from dsconv_cost.errors import InputError, Problem, UsageError
from dsconv_cost.language.architecture import Branch, Item, Spec, Use
from dsconv_cost.language.expressions.expression import NO_TENSOR, Expression
from dsconv_cost.layers import Layer
from dsconv_cost.layers.join import Join
from dsconv_cost.layers.values import Value, ValueProblem
from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.network.allowance import current_allowance
from dsconv_cost.network.environment import NamesInSight
from dsconv_cost.network.graph import Network

_SHOWN = 10**15


class Excess(NamedTuple):
    """The top-level item at which a network grows beyond the bound."""

    item: Item
    text: str


def fewest_layers(spec: Spec, names: NamesInSight, bound: int) -> Excess | None:
    """Return where the network has more than `bound` layers in any case, or None.

    A count that depends on a block's arguments or on channels is taken as the least it can be; the elaboration
    counts those as it goes.
    """
    counter = _Counter(names)
    total = 0
    for item in spec.layers:
        total += counter.item(item)
        if total > bound:
            return Excess(item, f"at least {total:,}" if total <= _SHOWN else f"more than {_SHOWN:,}")
    return None


class _Counter:
    def __init__(self, names: NamesInSight) -> None:
        self.names = names
        self.blocks: dict[str, int] = {}
        self.uses: dict[Use, int] = {}

    def known(self, expression: Expression | None) -> Any:
        if expression is None or any(name not in self.names for name in expression.names):
            return None
        try:
            return self.names.run(expression, NO_TENSOR)
        except ValueProblem:
            return None

    def body(self, items: list[Item]) -> int:
        return min(_SHOWN + 1, sum(self.item(item) for item in items))

    def item(self, item: Item) -> int:
        use = item.use
        if use in self.uses:
            return self.uses[use]
        if use.when is not None and self.known(use.when) is not True:
            return 0
        times: Value | None = 1
        if use.repeat is not None:
            times = self.known(use.repeat)
        if not isinstance(times, (int, float)) or times < 0:
            return 0
        layers = min(_SHOWN + 1, int(times) * self.once(item))
        if item.body is None and not item.branches and use.block is None:
            self.uses[use] = layers
        return layers

    def once(self, item: Item) -> int:
        use = item.use
        if use.broken:
            return 0
        if use.block is not None:
            name = use.block.name
            if name not in self.blocks:
                self.blocks[name] = 0  # a block inside itself has been reported
                self.blocks[name] = self.body(use.block.body)
            return self.blocks[name]
        if item.branches:
            parts = [self.branch(branch) for branch in item.branches]
            there = sum(
                part > 0 or branch.tensor is not None for part, branch in zip(parts, item.branches, strict=True)
            )
            return sum(parts) + (there > 1)
        if item.body is not None:
            return self.body(item.body)
        assert use.layer_type is not None
        if not issubclass(use.layer_type, Layer):
            return use.layer_type.fewest_layers
        if issubclass(use.layer_type, Join):
            return 0
        return 1 + sum(
            s.field.name in ("norm", "activation") and s.constant not in (None, "none") for s in use.settings
        )

    def branch(self, branch: Branch) -> int:
        if not branch.items:
            return 0
        copies = branch.items[0].use.copies if len(branch.items) == 1 else None
        if copies is None:
            return self.body(branch.items)
        times = self.known(copies)
        return (
            min(_SHOWN + 1, int(times) * self.body(branch.items))
            if isinstance(times, (int, float)) and times > 0
            else 0
        )


def network_within(spec: Spec, network: Network, bound: int, max_layers: int) -> Network:
    """Return the network of an imported model, which is made already. Raises InputError or UsageError where it is too large."""
    call = current_allowance()
    count = len(network.nodes)
    if count > bound:
        if call is not None and bound < max_layers:
            raise UsageError(call.exceeded(max_layers))
        message = (
            f"the network has {count:,} layers; at most {max_layers:,} are taken: raise the bound with --layer-bound"
        )
        raise InputError(spec.path, [Problem(0, 0, message, "too-large")])
    if call is not None:
        call.spend(spec.path, count, count)
    return network
