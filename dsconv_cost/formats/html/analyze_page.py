"""The page of `analyze`: where a network's cost is, layer by layer, over time and in the two forms, with every number behind it."""

from collections.abc import Iterator, Sequence

from dsconv_cost.costs.analysis import Analysis, analyze_network
from dsconv_cost.costs.breakdown import ITEMS, Breakdown, View
from dsconv_cost.costs.conventions import DEFAULT
from dsconv_cost.devices.times import DeviceTimes
from dsconv_cost.formats.html.dumbbells import differing, dumbbells
from dsconv_cost.formats.html.escape import escaped
from dsconv_cost.formats.html.icicle import Measure, icicle
from dsconv_cost.formats.html.layer_bars import layer_bars
from dsconv_cost.formats.html.memory_map import memory_map, run_graph
from dsconv_cost.formats.html.page import PageSection, Tile, note_list, page, tile_list
from dsconv_cost.formats.html.patterns import kind_legend, legend
from dsconv_cost.formats.html.roofline_plot import roofline
from dsconv_cost.formats.html.svg import framed
from dsconv_cost.formats.html.tables import data_table, filter_tools
from dsconv_cost.formats.html.worked import WorkedLayers
from dsconv_cost.formats.numbers import change
from dsconv_cost.layers.values import written
from dsconv_cost.memory.conventions import MEMORY_CONVENTIONS
from dsconv_cost.memory.measure import Memory
from dsconv_cost.reports.analyze import folded_notes, form_table, kind_table, plain_notes
from dsconv_cost.reports.answer import in_short, title_of
from dsconv_cost.reports.memory import kib
from dsconv_cost.reports.on_device import in_ms, milliseconds, time_answer, time_notes
from dsconv_cost.reports.page_layers import MOST_DRAWN, PageLayers
from dsconv_cost.reports.page_tables import layer_table, memory_table, published_table
from dsconv_cost.reports.where_to_start import where_to_start

_VIEW = View(ITEMS)

MEASURES = (
    Measure("MACs", lambda layer: layer.macs, lambda layer: f"{layer.macs:,} MACs", lambda v: in_short(int(v))),
    Measure("params", lambda layer: layer.params, lambda layer: f"{layer.params:,} params", lambda v: in_short(int(v))),
    Measure(
        "bytes written", lambda layer: layer.written, lambda layer: f"{layer.written:,} bytes written", lambda v: kib(int(v))
    ),
    Measure(
        "MACs / byte", lambda layer: layer.intensity, lambda layer: f"{layer.intensity:,.1f} MACs a byte", lambda v: f"{v:,.3g}"
    ),
)  # fmt: skip
"""The rows of the bars."""
MOVED = Measure(
    "bytes moved",
    lambda layer: layer.moved,
    lambda layer: f"{layer.moved:,} bytes moved",
    lambda v: kib(int(v)),
)


def analysis_page(analysis: Analysis, view: View) -> str:
    """Return the page of an analysis; it has every layer, whatever the view."""
    layers = PageLayers(analysis, view)
    sections = [
        *_where(layers), *_each_layer(layers), *_over_time(layers.memory), *_on_device(view.times), *_forms(analysis),
        *_one_layer(analysis), *_published(analysis), *_all_layers(layers), *_how(layers, view),
    ]  # fmt: skip
    answer = [*where_to_start(layers), *(time_answer(view.times) if view.times else ())]
    top = tile_list(_tiles(layers))
    return page(title_of(analysis.architecture), sections, facts=_facts(analysis), answer=answer, top=top)


def _facts(analysis: Analysis) -> str:
    """Return what was counted and by which rule."""
    architecture, convention = analysis.architecture, analysis.convention
    settings = ", ".join(f"{name} {written(value)}" for name, value in architecture.hyperparameters.items())
    parts = [analysis.network.inputs_text, *([settings] if settings else [])]
    parts.append(f"convention {convention.name} {convention.version}: {convention.summary}")
    return "<br>".join(map(escaped, parts))


def _tiles(layers: PageLayers) -> Iterator[Tile]:
    analysis, memory = layers.analysis, layers.memory
    total, standard = analysis.total, analysis.standard.total
    yield Tile("MACs", in_short(total.macs), f"{total.macs:,}", total.macs)
    yield Tile("params", in_short(total.params), f"{total.params:,}", total.params)
    yield Tile("FLOPs", in_short(total.flops), f"{total.flops:,}", total.flops)
    separable = analysis.separable.total
    if total.macs and standard.macs != total.macs:
        yield Tile("MACs if standard", f"{standard.macs / total.macs:.2f}x", f"{standard.macs:,}", standard.macs)
    elif total.macs and separable.macs != total.macs:
        yield Tile("MACs if separable", change(separable.macs / total.macs - 1), f"{separable.macs:,}", separable.macs)
    if memory.graph.operations:
        yield Tile("peak memory", kib(memory.peak()), f"{memory.peak():,} B", memory.peak())
    yield Tile("flash", kib(memory.flash), f"{memory.flash:,} B", memory.flash)
    if layers.times is not None:
        whole = layers.times.whole
        if whole.at_least is not None:
            yield Tile("at least", in_ms(whole.at_least), layers.times.device.name, milliseconds(whole.at_least))
        if whole.about is not None:
            yield Tile("about", in_ms(whole.about), layers.times.device.name, milliseconds(whole.about))


def _drawn(layers: PageLayers) -> str:
    """Return what a column or cell of a figure is, where it is not a layer."""
    if layers.draws_layers:
        return ""
    what = "items" if layers.depth == 1 else f"items {layers.depth} levels deep"
    if layers.together > 1:
        what = f"{layers.together} {what} at a time"
    return f" Figures draw at most {MOST_DRAWN} layers: of these {layers.whole:,} they draw {what}."


def _most_of(tensors: int) -> str:
    """Return which tensors are drawn, where it is not all of them."""
    return (
        f" Of {tensors:,} tensors the {MOST_DRAWN} that take most memory for longest are drawn."
        if tensors > MOST_DRAWN
        else ""
    )


def _legend(layers: PageLayers) -> str:
    return kind_legend(list(dict.fromkeys(layer.kind for layer in layers.layers)))


def _where(layers: PageLayers) -> Iterator[PageSection]:
    if layers.layers:
        lead = f"Above the items of the file, below their layers; as wide as their share of the whole.{_drawn(layers)}"
        yield PageSection(
            "where", "Where the cost is", lead, [_legend(layers), framed(icicle(layers.layers, [*MEASURES[:2], MOVED]))]
        )


def _each_layer(layers: PageLayers) -> Iterator[PageSection]:
    if layers.layers:
        lead = (
            "In order of execution, one axis for all rows. Few MACs for each byte moved mean that memory, not arithmetic, "
            f"sets the pace, as in depthwise layers.{_drawn(layers)}"
        )
        yield PageSection(
            "layers", "Layer by layer", lead, [_legend(layers), framed(layer_bars(layers.layers, MEASURES))]
        )


def _over_time(memory: Memory) -> Iterator[PageSection]:
    if not memory.graph.operations:
        return
    kinds = list(dict.fromkeys(str(operation.node.kind) for operation in memory.graph.operations))
    lead = (
        f"The network as a runtime executes it, at {memory.bits} bits: norms folded, activations part of the layer before. Dots are "
        "operations, arcs tensors that wait for a later one. Below, a rectangle is a tensor: how long it lives, and where a greedy "
        f"planner puts it; the line is what must be alive at once.{_most_of(len(memory.tensors))}"
    )
    order = (
        "<p>No other order of execution needs less: one operation alone takes all of the peak.</p>"
        if memory.reordering_cannot_help
        else "<p>Another order of execution might need less: no operation alone takes all of the peak.</p>"
    )
    table = data_table(memory_table(memory), f"Peak memory under {len(MEMORY_CONVENTIONS)} conventions, in bytes")
    yield PageSection(
        "memory",
        "Memory over time",
        lead,
        [kind_legend(kinds), framed(run_graph(memory)), framed(memory_map(memory)), order, table],
    )


def _on_device(times: DeviceTimes | None) -> Iterator[PageSection]:
    if times is None:
        return
    lead = "A dot is an operation: right of the corner arithmetic limits it, left of it memory. A roof is a bound, not a forecast."
    figure = roofline(times)
    kinds = list(dict.fromkeys(str(step.operation.node.kind) for step in times.steps if step.macs))
    key = kind_legend(kinds) if figure else ""
    name = times.device.name
    yield PageSection(
        "device",
        f"On {name}",
        lead if figure else "",
        [key, framed(figure) if figure else "", note_list(time_notes(times.device))],
    )


def _forms(analysis: Analysis) -> Iterator[PageSection]:
    groups = differing(list(Breakdown(analysis, _VIEW).rows()))
    lead = (
        "MACs of each item with standard and with separable convolutions; items that are the same in both are left out."
    )
    figure = framed(dumbbells(groups)) if groups else "<p>No item differs between the two forms.</p>"
    key = (
        legend([("k-standard hollow", "standard form"), ("k-pointwise", "separable form")], dots=True) if groups else ""
    )
    table = data_table(form_table(analysis), "The network in its forms")
    yield PageSection("forms", "Standard against separable", lead, [key, figure, table])


def _one_layer(analysis: Analysis) -> Iterator[PageSection]:
    own = (
        analysis
        if analysis.convention.name == DEFAULT.name
        else analyze_network(analysis.architecture, analysis.network, DEFAULT)
    )
    worked = WorkedLayers(own, list(Breakdown(own, View(ITEMS, 100)).rows())).html()
    if worked:
        lead = f"The formulas with the layer's numbers in (convention {DEFAULT.name}). Choose a layer here, in a figure or in the table."
        yield PageSection("formula", "One layer worked", lead, [worked])


def _published(analysis: Analysis) -> Iterator[PageSection]:
    table = published_table(analysis)
    if table.rows:
        yield PageSection(
            "published",
            "Published figures",
            "Figures that sources print, beside the exact counts.",
            [data_table(table, "Published figures")],
        )


def _all_layers(layers: PageLayers) -> Iterator[PageSection]:
    table = layer_table(layers)
    count = len(layers.rows)
    caption = (
        f"{count:,} layers in order of execution"
        if len(table.rows) == count
        else f"The first {len(table.rows):,} of {count:,}"
    )
    kinds: Sequence[str] = layers.kinds[: len(table.rows)]
    yield PageSection(
        "table", "All layers", "An item's norm and activation are in its row. Bytes are those of the network as a runtime executes it.",
        [filter_tools("layer-tools", "layers", kinds), data_table(table, caption, tools="layer-tools", kinds=kinds, head=1, keyed=True)],
    )  # fmt: skip


def _how(layers: PageLayers, view: View) -> Iterator[PageSection]:
    analysis = layers.analysis
    breakdown = Breakdown(analysis, _VIEW)
    shown = list(breakdown.rows())
    notes = [
        *plain_notes(analysis, breakdown, len(shown)),
        *folded_notes(analysis, shown, _VIEW._replace(bits=view.bits)),
    ]
    yield PageSection(
        "how",
        "How it was counted",
        "",
        [data_table(kind_table(analysis), "The cost by kind of layer"), note_list(notes)],
    )
