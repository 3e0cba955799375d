"""Which layer to change first, and why: the sentences at the top of the page of `analyze`."""

from collections.abc import Iterator

from dsconv_cost.costs.breakdown import LayerRow
from dsconv_cost.memory.measure import Memory
from dsconv_cost.reports.answer import in_short
from dsconv_cost.reports.memory import kib
from dsconv_cost.reports.page_layers import PageLayers, item_of_row


def where_to_start(layers: PageLayers) -> Iterator[str]:
    """Yield where most MACs, params and memory are, and what making one layer separable saves."""
    analysis = layers.analysis
    total = analysis.total
    if total.macs:
        yield _most("MACs", [(row, row.macs) for row in layers.rows], total.macs)
    if total.params:
        yield _most("params", [(row, row.params) for row in layers.rows], total.params)
    if layers.memory.graph.operations:
        yield _peak(layers.memory)
    yield from _conversion(layers)


def _most(what: str, costs: list[tuple[LayerRow, int]], whole: int) -> str:
    """Return the item with the most, and the layers with the most."""
    by_item: dict[str, int] = {}
    for row, cost in costs:
        by_item[item_of_row(row)] = by_item.get(item_of_row(row), 0) + cost
    item = max(by_item, key=lambda name: by_item[name])
    most = max(cost for _, cost in costs)
    names = [row.name for row, cost in costs if cost == most]
    each = "each " if len(names) > 1 else ""
    layers = f"{names[0]}{_others(names)}, {each}{_share(most / whole)} ({in_short(most)} of {in_short(whole)})"
    if names == [item]:
        return f"Most {what}: {layers}."
    return f"Most {what}: item {item}, {_share(by_item[item] / whole)}; layer {layers}."


def _share(value: float) -> str:
    return "<0.1%" if 0 < value < 0.0005 else f"{value:.1%}"


def _others(names: list[str]) -> str:
    """Return how many layers there are beside the first."""
    return f" and {len(names) - 1:,} more" if len(names) > 1 else ""


def _peak(memory: Memory) -> str:
    """Return where the most memory is taken, and what it would be without that operation."""
    line, at = memory.timeline(), memory.peak_step()
    operation = memory.graph.operations[at]
    alive = [memory.tensors[number] for number in memory.alive(at)]
    sizes = ", ".join(str(tensor.shape) for tensor in alive[:3])
    more = f" and {len(alive) - 3} more" if len(alive) > 3 else ""
    peak = line[at]
    after = max((taken for taken in line if taken < peak), default=0)
    steps = sum(taken == peak for taken in line)
    then = f"; without {'it' if steps == 1 else f'these {steps} steps'} the peak is {kib(after)}" if after else ""
    taken = f"{kib(peak)} of activations at {memory.bits} bits ({sizes}{more} at once)"
    return f"Most memory: {operation.name}, {taken}{then}."


def _conversion(layers: PageLayers) -> Iterator[str]:
    """Yield what making the one convolution separable saves that saves most, and all of them."""
    analysis = layers.analysis
    macs, left = analysis.total.macs, analysis.separable.macs
    saved = max((row.macs - row.separable for row in layers.rows), default=0)
    if saved > 0:
        best = [row for row in layers.rows if row.macs - row.separable == saved]
        count = sum(row.separable < row.macs for row in layers.rows)
        row = best[0]
        others = _others([one.name for one in best])
        each = " each" if others else ""
        change = f"{in_short(row.macs)} MACs become {in_short(row.separable)}{each}"
        yield (
            f"Most to save: {best[0].name}{others}, made separable: {change} (-{_share(saved / macs)} of the network). "
            f"All {count:,} that can be separable: {in_short(left)} MACs (-{1 - left / macs:.1%})."
        )
    elif macs and analysis.standard.total != analysis.total:
        yield "Every convolution that can be separable is: width, resolution and depth are left to change."
