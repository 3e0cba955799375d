"""Memory over time: the graph along the order of execution, and below it each tensor's life and place in the arena."""

from collections.abc import Sequence

from dsconv_cost.formats.html.patterns import kind_class
from dsconv_cost.formats.html.svg import (
    AXIS_ROOM,
    FIGURE_WIDTH,
    Ruler,
    binary_ticks,
    circle,
    fits,
    label,
    line,
    mark,
    path,
    polyline,
    rect,
    short,
    svg_figure,
    y_axis,
)
from dsconv_cost.memory.measure import Memory
from dsconv_cost.reports.memory import kib
from dsconv_cost.reports.page_layers import MOST_DRAWN, OTHER_KIND

_MANY = 120
"""From so many arcs on they are thin."""
_ARCS, _MAP, _BELOW = 92, 300, 24
"""Heights of the graph, of the map, and of the words below it."""


class _Steps:
    """Where the steps of a run are along the figure."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.wide = (FIGURE_WIDTH - AXIS_ROOM) / max(count, 1)

    def start(self, step: int) -> float:
        return AXIS_ROOM + step * self.wide

    def middle(self, step: int) -> float:
        return AXIS_ROOM + (step + 0.5) * self.wide


def run_graph(memory: Memory) -> str:
    """Return the operations as dots in order of execution, with an arc for each tensor that a later one than the next reads."""
    graph, steps = memory.graph, _Steps(len(memory.graph.operations))
    arcs: list[tuple[int, int, int]] = []
    for step, operation in enumerate(graph.operations):
        for number in operation.inputs:
            made = number - graph.inputs
            if step - made > 1 and number >= graph.inputs:
                arcs.append((step - made, made, step))
    high = _ARCS if arcs else 28
    base = high - 14
    far = max((length for length, _, _ in arcs), default=1)
    arcs = sorted(sorted(arcs, reverse=True)[:MOST_DRAWN], key=lambda arc: arc[1:])
    body = [line((steps.middle(0), base), (steps.middle(steps.count - 1), base), "wire")]
    for length, made, step in arcs:
        tensor = graph.tensors[made + graph.inputs]
        rise = 14 + (base - 20) * (length / far) ** 0.5
        curve = f"M{short(steps.middle(made))},{base}C{short(steps.middle(made))},{short(base - 1.33 * rise)} "
        curve += f"{short(steps.middle(step))},{short(base - 1.33 * rise)} {short(steps.middle(step))},{base}"
        tip = f"{tensor.name} to {graph.operations[step].name}\n{tensor.shape}, kept over {length - 1} operation{'s' * (length > 2)}"
        body.append(mark(tip, path(curve, "arc thin" if len(arcs) > _MANY else "arc")))
    every = -(-steps.count // MOST_DRAWN)
    for step, operation in list(enumerate(graph.operations))[::every]:
        kind = kind_class(str(operation.node.kind))
        dot = circle(steps.middle(step), base, min(5, max(steps.wide * 0.42, 1.2)), f"{kind} s")
        tip = f"{operation.name}, {operation.node.kind}\nwrites {operation.node.output}"
        body.append(mark(tip, dot, layer=operation.node.place.name))
    left = f" The {MOST_DRAWN} longest are drawn." if len(arcs) == MOST_DRAWN else ""
    desc = f"{steps.count} operations in order of execution; {len(arcs)} arcs are tensors that a later operation reads.{left}"
    return svg_figure("graph", (FIGURE_WIDTH, high), "The graph in order of execution", desc, "".join(body))


def memory_map(memory: Memory) -> str:
    """Return each tensor as a rectangle, its life along the steps and its place in the arena, under the line of what is alive."""
    graph, line_of = memory.graph, memory.timeline()
    steps = _Steps(len(graph.operations))
    peak, at = memory.peak(), memory.peak_step()
    arena = memory.arena_of_layers
    high = max(arena, peak)
    ruler = Ruler(0, high, _MAP - _BELOW, 24)
    body = [y_axis(ruler, lambda value: kib(int(value)) if value else "0", FIGURE_WIDTH, binary_ticks(high))]
    body += [_tensor(memory, number, offset, (steps, ruler)) for number, offset in _shown(memory)]
    points = [(steps.start(0), ruler.start)]
    for step, taken in enumerate(line_of):
        points += [(steps.start(step), ruler.at(taken)), (steps.start(step + 1), ruler.at(taken))]
    body.append(polyline(points, "rule"))
    words = f"peak {kib(peak)} at {graph.operations[at].name}"
    right = not fits(words, FIGURE_WIDTH - steps.middle(at) - 12)
    call = label(
        steps.middle(at) + (4 if right else -4), ruler.at(peak) - 9, words, "call end halo" if right else "call halo"
    )
    tip = f"{words}\n{peak:,} bytes alive"
    body.append(mark(tip, circle(steps.middle(at), ruler.at(peak), 5.5, "dot s") + call))
    body.append(label(AXIS_ROOM, _MAP - 5, "first operation"))
    body.append(label(FIGURE_WIDTH, _MAP - 5, f"last of {steps.count:,}", "axis end"))
    desc = (
        f"Rectangles are tensors: along the order of execution, at their offsets in an arena of {arena:,} bytes. "
        f"The line is what is alive; its peak is {peak:,} bytes at {graph.operations[at].name}."
    )
    return svg_figure("memory-map", (FIGURE_WIDTH, _MAP), "Memory over time", desc, "".join(body))


def _shown(memory: Memory) -> Sequence[tuple[int, int]]:
    """Return (tensor, offset) of the tensors that are drawn: of very many those that take most memory for longest."""
    offsets = memory.placements()
    tensors = memory.tensors
    order = sorted(range(len(tensors)), key=lambda n: -memory.sizes[n] * (tensors[n].last - tensors[n].first + 1))[
        :MOST_DRAWN
    ]
    return [(number, offsets[number]) for number in sorted(order)]


def _tensor(memory: Memory, number: int, offset: int, axes: tuple[_Steps, Ruler]) -> str:
    (steps, ruler), graph = axes, memory.graph
    tensor, size = graph.tensors[number], memory.sizes[number]
    operation = graph.operations[number - graph.inputs] if number >= graph.inputs else None
    css = kind_class(str(operation.node.kind) if operation else OTHER_KIND)
    x, wide = steps.start(tensor.first), (tensor.last - tensor.first + 1) * steps.wide
    top, bottom = ruler.at(offset + size), ruler.at(offset)
    gap = min(1.2, wide * 0.2)
    shape = rect(x + gap / 2, top + 0.5, (wide - gap, max(bottom - top - 1, 0.7)), f"{css} faint s", 2)
    words = label(x + 6, top + 16, tensor.name, "lab halo") if fits(tensor.name, wide) and bottom - top > 22 else ""
    tip = f"{tensor.name}, {tensor.shape}\n{size:,} bytes at offset {offset:,}\nsteps {tensor.first + 1} to {tensor.last + 1}"
    return mark(tip, shape + words, layer=operation.node.place.name if operation else None)
