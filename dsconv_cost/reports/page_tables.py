"""The tables of the page of `analyze`: every layer, published figures, and the peak under each convention of memory."""

from dsconv_cost.costs.accuracy import is_of
from dsconv_cost.costs.analysis import Analysis
from dsconv_cost.costs.conventions import DEFAULT, convention_named
from dsconv_cost.memory.conventions import MEMORY_CONVENTIONS
from dsconv_cost.memory.measure import Memory
from dsconv_cost.reports.layer_columns import field_texts, sides_text
from dsconv_cost.reports.on_device import time_cells, time_columns
from dsconv_cost.reports.page_layers import PageLayers
from dsconv_cost.reports.table import DECIMAL, EXACT, FACTOR, FINE_PERCENT, TEXT, Cell, Column, Table

MOST_ROWS = 1000
"""How many layers a page's table has."""

_LAYER_COLUMNS = (
    Column("order", "#", EXACT),
    Column("layer", "layer", TEXT),
    Column("type", "type", TEXT),
    Column("kind", "kind", TEXT),
    Column("input", "input", TEXT),
    Column("output", "output", TEXT),
    Column("kernel", "k", TEXT),
    Column("stride", "s", TEXT),
    Column("params", "params", EXACT),
    Column("macs", "MACs", EXACT),
    Column("share", "share", FINE_PERCENT),
    Column("standard", "standard", EXACT),
    Column("separable", "separable", EXACT),
    Column("factor", "factor", FACTOR),
    Column("bytes_read", "bytes read", EXACT),
    Column("bytes_written", "bytes written", EXACT),
    Column("weight_bytes", "weight bytes", EXACT),
    Column("macs_per_byte", "MACs/byte", DECIMAL),
    Column("live", "live bytes", EXACT),
    Column("receptive_field", "field", TEXT),
)


def layer_table(layers: PageLayers) -> Table:
    """Return a row for each layer, the first of very many."""
    whole = layers.analysis.total.macs
    timed = () if layers.times is None else time_columns(layers.times.device)
    rows: list[tuple[Cell, ...]] = []
    for number, (row, kind) in enumerate(zip(layers.rows[:MOST_ROWS], layers.kinds, strict=False)):
        run = row.footprint
        rows.append((
            number + 1, row.name, row.type, kind, " ".join(map(str, row.inputs)), str(row.output), sides_text(row.kernel),
            sides_text(row.stride), row.params, row.macs, row.macs / whole if whole else None,
            "merged" if row.merged else row.standard, row.separable, row.factor, run.bytes_read, run.bytes_written, run.weight_bytes,
            run.macs_per_byte, run.live, field_texts(row)["size"], *time_cells(timed, row.time),
        ))  # fmt: skip
    return Table("layers", (*_LAYER_COLUMNS, *timed), rows)


def memory_table(memory: Memory) -> Table:
    """Return the peak under each convention, its step, and what the convention counts."""
    columns = (
        Column("convention", "convention", TEXT),
        Column("peak", "peak", EXACT),
        Column("operation", "largest at", TEXT),
        Column("rule", "what it counts", TEXT),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            f"{one.name} {one.version}",
            memory.peak(one),
            memory.graph.operations[memory.peak_step(one)].name,
            one.summary,
        )
        for one in MEMORY_CONVENTIONS.values()
    ]
    return Table("memory", columns, rows)


def published_table(analysis: Analysis) -> Table:
    """Return a row for each figure that a source prints, with the exact count beside it."""
    columns = (
        Column("source", "source", TEXT),
        Column("figure", "figure", TEXT),
        Column("printed", "printed", TEXT),
        Column("exact", "exact", EXACT),
        Column("agrees", "agreement", TEXT),
    )
    rows: list[tuple[Cell, ...]] = []
    forms = {"as_written": analysis.as_written, "standard": analysis.standard, "separable": analysis.separable}
    for entry in analysis.architecture.published:
        form = forms[entry.form]
        figures = form.under(convention_named(entry.convention or DEFAULT.name))
        label = "" if entry.form == "as_written" else f" of the {entry.form} form"
        label += f" by {entry.convention}" if entry.convention else ""
        for metric, figure in entry.figures().items():
            exact: int = getattr(figures, metric)
            differs = f"differs: {entry.differs[metric]}" if metric in entry.differs else "differs"
            name = {"params": "params", "macs": "MACs", "flops": "FLOPs"}[metric]
            agreement = "agrees" if figure.agrees(exact) else differs
            rows.append((entry.source, f"{name}{label}", figure.text, exact, agreement))
        if entry.top1 and is_of(entry, analysis.architecture, form):
            rows.append((entry.source, f"top-1 accuracy{label}", f"{entry.top1} %", None, "not counted"))
    return Table("published", columns, rows)
