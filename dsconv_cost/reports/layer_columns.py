"""The columns of the rows of `analyze`: those that are shown unless others are asked for, and all that there are."""

from collections.abc import Callable, Sequence

from dsconv_cost.costs.breakdown import LayerRow
from dsconv_cost.errors import UsageError
from dsconv_cost.layers.shapes import Sides
from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.reports.table import (
    BAR,
    DECIMAL,
    EXACT,
    FACTOR,
    MARK,
    PERCENT,
    SCALED,
    TEXT,
    Cell,
    Column,
    Portion,
    Repeated,
)
from dsconv_cost.text import nearest_words, shown

ALL = "all"
_FIRST = "layer"


class ShownRow(NamedTuple):
    """A row of the table: a row of the network, or equal repetitions of one."""

    name: str
    row: LayerRow
    times: int
    whole: int
    """The MACs of the network."""

    @property
    def share(self) -> float | None:
        return self.times * self.row.macs / self.whole if self.whole else None

    @property
    def word(self) -> str:
        """The kind of most of its MACs."""
        nodes = (node for node in self.row.nodes if node.kind.accumulates)
        most = max(nodes, key=lambda node: node.counts.macs, default=None)
        return str(most.kind) if most else ""

    def amount(self, key: str) -> int | None:
        """Return an amount of the footprint of all repetitions together."""
        each: int | None = getattr(self.row.footprint, key)
        return None if each is None else self.times * each


_Cell = Callable[[ShownRow], Cell]


def _text_of(what: str) -> _Cell:
    return lambda shown: field_texts(shown.row)[what]


def _amount_of(key: str) -> _Cell:
    return lambda shown: shown.amount(key)


def _standard(shown: ShownRow) -> Cell:
    return "merged" if shown.row.merged else shown.times * shown.row.standard


def _params(shown: ShownRow) -> Cell:
    params = shown.row.params
    return Repeated(shown.times, params) if shown.times > 1 and params else params


def _portion(shown: ShownRow) -> Cell:
    share = shown.share
    return None if share is None else Portion(share, shown.word)


_COLUMNS: tuple[tuple[Column, _Cell], ...] = (
    (Column(_FIRST, "layer", TEXT), lambda shown: shown.name),
    (Column("mark", "", MARK, 7), lambda shown: shown.word),
    (Column("type", "type", TEXT, 6), lambda shown: shown.row.type),
    (Column("input", "input", TEXT, 1), lambda shown: " ".join(map(str, shown.row.inputs))),
    (Column("output", "output", TEXT, 9), lambda shown: str(shown.row.output)),
    (Column("kernel", "k", TEXT, 2), lambda shown: sides_text(shown.row.kernel)),
    (Column("stride", "s", TEXT, 3), lambda shown: sides_text(shown.row.stride)),
    (Column("params", "params", EXACT, 10), _params),
    (Column("macs", "MACs", SCALED), lambda shown: shown.times * shown.row.macs),
    (Column("bar", "", BAR, 8), _portion),
    (Column("share", "share", PERCENT), lambda shown: shown.share),
    (Column("standard", "standard", SCALED, 5), _standard),
    (Column("separable", "separable", SCALED, 4), lambda shown: shown.times * shown.row.separable),
    (Column("factor", "saves", FACTOR, 11), lambda shown: shown.row.factor),
    (Column("flops", "FLOPs", SCALED, 0), lambda shown: shown.times * shown.row.flops),
    (Column("bytes_read", "bytes read", EXACT, 0), _amount_of("bytes_read")),
    (Column("bytes_written", "bytes written", EXACT, 0), _amount_of("bytes_written")),
    (Column("weight_bytes", "weight bytes", EXACT, 0), _amount_of("weight_bytes")),
    (Column("macs_per_byte", "MACs/byte", DECIMAL, 0), lambda shown: shown.row.footprint.macs_per_byte),
    (Column("macs_padded_8", "MACs to 8", SCALED, 0), _amount_of("macs_padded_8")),
    (Column("macs_padded_16", "MACs to 16", SCALED, 0), _amount_of("macs_padded_16")),
    (Column("macs_padded_32", "MACs to 32", SCALED, 0), _amount_of("macs_padded_32")),
    (Column("receptive_field", "field", TEXT, 0), _text_of("size")),
    (Column("receptive_field_stride", "field stride", TEXT, 0), _text_of("stride")),
    (Column("receptive_field_padding", "field padding", TEXT, 0), _text_of("padding")),
    (Column("aligned", "aligned", TEXT, 0), _text_of("aligned")),
    (Column("live", "live bytes", EXACT, 0), lambda shown: shown.row.footprint.live),
)  # fmt: skip
"""Every column with what it shows of a row, in the order of `all`."""
_BEFORE = {"type": "mark", "share": "bar"}
"""What a terminal draws before a column."""
_DEFAULT = (
    "layer", "type", "input", "output", "kernel", "stride", "params", "macs", "share", "standard", "separable", "factor"
)  # fmt: skip
_BY_KEY = {column.key: (column, cell) for column, cell in _COLUMNS}

COLUMN_NAMES = tuple(key for key in _BY_KEY if key not in _BEFORE.values())
"""The names that --columns takes, beside `all`."""

PADDED_COLUMNS = tuple(key for key in COLUMN_NAMES if key.startswith("macs_padded"))
MOVED_COLUMNS = ("bytes_read", "bytes_written", "weight_bytes", "macs_per_byte", "live")
FIELD_COLUMNS = tuple(key for key in COLUMN_NAMES if key.startswith("receptive_field") or key == "aligned")


def columns_named(text: str) -> tuple[str, ...]:
    """Return the columns that a list with commas names, `layer` first where it is not among them. Raises UsageError."""
    names = [name.strip().lower().replace("-", "_") for name in text.split(",")]
    if names == [ALL]:
        return COLUMN_NAMES
    for name in names:
        if name not in COLUMN_NAMES:
            near = nearest_words(name, [*COLUMN_NAMES, ALL]) if name else ""
            hint = f"did you mean '{near}'?" if near else f"give all, or some of {', '.join(COLUMN_NAMES)}"
            raise UsageError(f"--columns: no column '{shown(name)}': {hint}")
        if names.count(name) > 1:
            raise UsageError(f"--columns: '{name}' is given twice: give it once")
    return tuple(names if _FIRST in names else [_FIRST, *names])


def layer_columns(
    chosen: Sequence[str], draws: bool = True
) -> tuple[tuple[Column, ...], Callable[[ShownRow], tuple[Cell, ...]]]:  # fmt: skip
    """Return the columns that are chosen, or those of a table by default, and the function that gives a row's cells.

    With `draws`, marks and bars are among them, for a terminal. Where it is too narrow, those chosen last are dropped first.
    """
    keys = [
        key for name in chosen or _DEFAULT for key in ((_BEFORE[name], name) if draws and name in _BEFORE else (name,))
    ]
    columns = [_BY_KEY[key][0] for key in keys]
    if chosen and tuple(chosen) != COLUMN_NAMES:
        rank = {column.key: len(columns) - index for index, column in enumerate(columns)}
        columns = [
            column._replace(
                drop=0 if column.key in _BEFORE.values() else rank[column.key] if column.key != _FIRST else None
            )
            for column in columns
        ]
    if not draws:
        columns = [column._replace(title="factor") if column.key == "factor" else column for column in columns]
    cells = [_BY_KEY[key][1] for key in keys]
    return tuple(columns), lambda shown: tuple([cell(shown) for cell in cells])


def differs_in(chosen: Sequence[str]) -> Callable[[LayerRow], tuple[Cell, ...]]:
    """Return the function that gives the cells of a row that may differ between equal repetitions."""
    cells = [_BY_KEY[key][1] for key in (*FIELD_COLUMNS, *MOVED_COLUMNS, *PADDED_COLUMNS) if key in chosen]
    return lambda row: tuple([cell(ShownRow("", row, 1, 0)) for cell in cells])


def sides_text(sides: Sides | None) -> str:
    """Return a kernel or stride: 3, or 1x3 where its sides differ."""
    if sides is None:
        return ""
    return str(sides[0]) if len(set(sides)) == 1 else "x".join(map(str, sides))


def field_texts(row: LayerRow) -> dict[str, str]:
    """Return size, stride and padding of the receptive field of a row's output, and whether it is aligned.

    `all` is a side that every output sees from end to end.
    """
    field = row.footprint.field
    if field is None or not field.sides:
        return dict.fromkeys(("size", "stride", "padding", "aligned"), "")
    sizes = [
        ALL if not reach.stride and reach.size == size else str(reach.size)
        for reach, size in zip(field.sides, field.sizes, strict=True)
    ]
    aligned = {True: "yes", False: "no", None: ""}[field.aligned]
    return {
        "size": _alike(sizes),
        "stride": _alike([str(reach.stride) if reach.stride else "" for reach in field.sides]),
        "padding": _alike([str(reach.padding) if reach.stride else "" for reach in field.sides]),
        "aligned": aligned,
    }


def _alike(texts: Sequence[str]) -> str:
    """Return one text for all sides where they are equal."""
    return texts[0] if len(set(texts)) == 1 else "x".join(text or "-" for text in texts)
