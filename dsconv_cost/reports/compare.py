"""Networks beside each other: a row each, ratios to one of them, and which no other beats."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dsconv_cost.costs.accuracy import top1
from dsconv_cost.costs.analysis import Form
from dsconv_cost.costs.conventions import Convention, Figures
from dsconv_cost.errors import UsageError
from dsconv_cost.layers.convolution import DEPTHWISE, POINTWISE
from dsconv_cost.network.build import MAX_LAYERS, elaborate
from dsconv_cost.network.transforms.convert import standard_form
from dsconv_cost.reports.analyze import kinds
from dsconv_cost.reports.table import ACCURACY, EXACT, FACTOR, SHARE, TEXT, Cell, Column, Report, Table
from dsconv_cost.sources.arguments import NamedNetwork
from dsconv_cost.text import inert, near, shown

SORTS = ("given", "name", "params", "macs", "flops", "layers", "activations", "factor", "top1")
_DOWNWARDS = ("factor", "top1")
"""Where more is better, so that the largest comes first."""

FRONT = "front"

COLUMNS = (
    Column("network", "network", TEXT),
    Column("source", "source", TEXT, 1, quoted=True),
    Column("input", "input", TEXT, 3),
    Column("params", "params", EXACT),
    Column("macs", "MACs", EXACT),
    Column("flops", "FLOPs", EXACT, 2),
    Column("layers", "layers", EXACT, 4),
    Column("activations", "activations", EXACT, 5),
    Column("depthwise_share", "depthwise", SHARE, 6),
    Column("pointwise_share", "pointwise", SHARE, 7),
    Column("factor", "factor", FACTOR, 8),
    Column("params_ratio", "params ratio", FACTOR, 9),
    Column("macs_ratio", "MACs ratio", FACTOR, 10),
    Column("top1", "top-1", ACCURACY),
    Column("top1_source", "top-1 from", TEXT, 0, quoted=True),
)
PARETO = Column("pareto", "pareto", TEXT, quoted=True)
_LEGENDS = (
    ("layers", "convolutions and linear layers"),
    ("activations", "elements that convolutions and linear layers write"),
    ("depthwise", "share of the MACs in depthwise convolutions"),
    ("pointwise", "share of the MACs in 1 x 1 convolutions"),
    ("factor", "MACs of the network's own standard form for each of its MACs"),
    (
        "top-1",
        "per cent as the source prints it, on the data set that the source is about; - where the file has none for this network",
    ),
)
_EXPLAINED = {
    "ratio": ("params_ratio", "macs_ratio"),
    "layers": ("layers",),
    "activations": ("activations",),
    "depthwise": ("depthwise_share",),
    "pointwise": ("pointwise_share",),
    "factor": ("factor",),
}
"""Label of a note -> the keys of the columns it is about."""


class Compared(NamedTuple):
    """What one network costs, and what its file says of its accuracy."""

    label: str
    source: str
    bundled: bool
    input: str
    figures: Figures
    layers: int
    """Convolutions and linear layers."""
    activations: int
    """Elements that they write."""
    depthwise: int
    """MACs of depthwise convolutions."""
    pointwise: int
    standard: int
    """MACs of its standard form."""
    top1: float | None
    top1_source: str

    @property
    def factor(self) -> float | None:
        """How many times the MACs its own standard form has."""
        return self.standard / self.figures.macs if self.figures.macs else None


def compared(side: NamedNetwork, convention: Convention, max_layers: int = MAX_LAYERS) -> Compared:
    """Return what a network costs under a convention."""
    network = elaborate(side.architecture, max_layers)
    form = Form(network, convention)
    by_kind = kinds(form)
    macs = {kind: by_kind[kind].figures.macs for kind in (DEPTHWISE, POINTWISE) if kind in by_kind}
    weighted = [node for node in form.network.nodes if node.kind.weighted]
    printed = top1(side.architecture, form)
    return Compared(
        label=inert(side.label),
        source=inert(side.architecture.source),
        bundled=side.architecture.bundled,
        input=str(network.input),
        figures=form.total,
        layers=len(weighted),
        activations=sum(node.counts.written for node in weighted),
        depthwise=macs.get(DEPTHWISE, 0),
        pointwise=macs.get(POINTWISE, 0),
        standard=Form(standard_form(network).network, convention).macs,
        top1=float(printed.top1) if printed is not None and printed.top1 else None,
        top1_source=inert(printed.source) if printed is not None else "",
    )


def baseline_of(rows: Sequence[Compared], name: str | None) -> Compared:
    """Return the row that the others are compared with: the one named, else the first. Raises UsageError."""
    if name is None:
        return rows[0]
    labels = [row.label for row in rows]
    if inert(name) not in labels:
        hint = near(name, labels) or f": there are {', '.join(labels[:20])}"
        raise UsageError(f"--baseline {shown(name)} is none of the networks compared{hint}")
    return rows[labels.index(inert(name))]


def beaten_by(rows: Sequence[Compared]) -> list[Compared | None]:
    """Return for each row the first other one that beats it, or None.

    To beat is to be at least as good in params, MACs and, where every row has one, top-1, and better in one of them.
    """
    accurate = all(row.top1 is not None for row in rows)
    points = [
        (row.figures.params, row.figures.macs, -row.top1 if accurate and row.top1 is not None else 0.0) for row in rows
    ]
    found: list[Compared | None] = []
    for mine in points:
        better = (
            row
            for row, other in zip(rows, points, strict=True)
            if other != mine and other[0] <= mine[0] and other[1] <= mine[1] and other[2] <= mine[2]
        )
        found.append(next(better, None))
    return found


def comparison(
    sides: Sequence[NamedNetwork], convention: Convention, baseline: str | None = None, sort: str = "given",
    pareto: bool = False, max_layers: int = MAX_LAYERS, every: bool = True,
) -> Report:  # fmt: skip
    """Return a row for each network, and what has to be said about the columns.

    Without `every` those columns are left out that say the same of all networks: where they are from, and no top-1.
    """
    rows = [compared(side, convention, max_layers) for side in sides]
    base = baseline_of(rows, baseline)
    better = beaten_by(rows) if pareto else [None] * len(rows)
    table = [
        (*_cells(row, base), *([f"beaten by {other.label}" if other else FRONT] if pareto else []))
        for row, other in zip(rows, better, strict=True)
    ]
    columns: tuple[Column, ...] = (*COLUMNS, PARETO) if pareto else COLUMNS
    if sort != "given":
        _sort(table, columns, "network" if sort == "name" else sort, sort in _DOWNWARDS)
    left = set() if every else set(_same(rows))
    kept = [index for index, column in enumerate(columns) if column.key not in left]
    columns = tuple(columns[index] for index in kept)
    table = [tuple(row[index] for index in kept) for row in table]
    notes = [("ratio", f"to {base.label}: {base.figures.params:,} params, {base.figures.macs:,} MACs")]
    notes += [(label, text) for label, text in _LEGENDS if label != "top-1" or "top1" not in left]
    if pareto:
        metrics = "params, MACs and top-1" if all(row.top1 is not None for row in rows) else "params and MACs"
        front = sum(other is None for other in better)
        notes.append(
            ("pareto", f"{front} of {len(rows)} are beaten by none; to beat is to be at least as good in {metrics}, and better in one")
        )  # fmt: skip
    notes.append(("convention", f"{convention.name} {convention.version}: {convention.summary}"))
    facts = {
        "convention": {"name": convention.name, "version": convention.version},
        "baseline": base.label,
        "network_count": len(rows),
    }
    title = f"{len(rows)} network{'s' if len(rows) > 1 else ''} compared"
    return Report(title, [Table("networks", columns, table)], notes, facts, _EXPLAINED)


def _same(rows: Sequence[Compared]) -> Iterator[str]:
    """Yield the keys of columns that tell no network from another."""
    if len({row.bundled for row in rows}) == 1:
        yield "source"
    if all(row.top1 is None for row in rows):
        yield from ("top1", "top1_source")


def _cells(row: Compared, base: Compared) -> tuple[Cell, ...]:
    params, macs, flops = row.figures
    return (
        row.label, row.source, row.input, params, macs, flops, row.layers, row.activations,
        row.depthwise / macs if macs else None, row.pointwise / macs if macs else None, row.factor,
        params / base.figures.params if base.figures.params else None,
        macs / base.figures.macs if base.figures.macs else None, row.top1, row.top1_source,
    )  # fmt: skip


def _sort(rows: list[tuple[Cell, ...]], columns: tuple[Column, ...], key: str, downwards: bool) -> None:
    at = next(index for index, column in enumerate(columns) if column.key == key)

    def place(row: tuple[Cell, ...]) -> tuple[bool, float, str]:
        value = row[at]
        if value is None:
            return True, 0, ""
        if isinstance(value, str):
            return False, 0, value
        return False, -value if downwards else value, ""

    rows.sort(key=place)
