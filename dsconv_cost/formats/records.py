"""JSON and CSV for programs: exact values, the convention, and a schema version.

`schema_version` grows when a key is renamed, removed or means something else; new keys may come without that.
"""

import json
from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from dsconv_cost.costs.analysis import Analysis, Form
from dsconv_cost.costs.breakdown import OPS, Breakdown, LayerRow, View
from dsconv_cost.costs.conventions import DEFAULT
from dsconv_cost.layers.shapes import Shape
from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.network.graph import Network, inputs_document
from dsconv_cost.reports.memory import running_document
from dsconv_cost.text import inert, spreadsheet_safe
from dsconv_cost.version import __version__

if TYPE_CHECKING:
    from dsconv_cost.costs.footprint import Footprint
    from dsconv_cost.devices.times import PartTime
    from dsconv_cost.layers.windows import Number
    from dsconv_cost.reports.table import Report

SCHEMA_VERSION = 1
LINES_AT_ONCE = 1000

FOOTPRINT_KEYS = (
    "bytes_read", "bytes_written", "weight_bytes", "macs_per_byte", "macs_padded_8", "macs_padded_16", "macs_padded_32", "live",
    "receptive_field", "receptive_field_stride", "receptive_field_padding", "aligned",
)  # fmt: skip
_AMOUNTS = FOOTPRINT_KEYS.index("receptive_field")
LAYER_KEYS = (
    "name", "type", "kind", "path", "line", "input", "output", "kernel", "stride", "padding", "groups", "params", "macs",
    "flops", "standard", "separable", "factor", *FOOTPRINT_KEYS,
)  # fmt: skip
_LINE = LAYER_KEYS.index("line")


def program_view(view: View) -> View:
    """Return the view as programs get it: every primitive layer, unless other rows are asked for."""
    return view._replace(level=view.level or OPS)


def _row_record(row: LayerRow, network: Network, path: str) -> dict[str, Any]:
    """Return a row as plain values, in the order of LAYER_KEYS without those that differ between equal layers.

    A row of several layers has the kind, padding and groups of its only convolution or linear layer.
    """
    weighted = [node for node in row.nodes if node.kind.accumulates]
    node = row.nodes[0] if len(row.nodes) == 1 else weighted[0] if len(weighted) == 1 else None
    settings = {} if node is None else node.layer.settings(network.input_shapes(node))
    return {
        "type": row.type,
        "kind": None if node is None else node.kind,
        "path": path,
        "input": _shape(row.inputs[0]) if len(row.inputs) == 1 else [_shape(x) for x in row.inputs],
        "output": _shape(row.output),
        "kernel": row.kernel,
        "stride": row.stride,
        "padding": settings.get("padding"),
        "groups": settings.get("groups"),
        **row.figures._asdict(),
    }


def _shape(shape: Shape) -> list[int]:
    return list(shape)


def _form(form: Form) -> dict[str, int]:
    return form.total._asdict()


def document(analysis: Analysis, view: View) -> dict[str, Any]:
    """Return the JSON document of an analysis, without its layers."""
    architecture = analysis.architecture
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "dsconv-cost", "version": __version__},
        "convention": {"name": analysis.convention.name, "version": analysis.convention.version},
        "architecture": {
            "name": architecture.name,
            "variant": architecture.variant,
            "source": architecture.source,
            "input": inputs_document(analysis.network),
            "hyperparameters": architecture.hyperparameters,
        },
        "totals": {
            "as_written": _form(analysis.as_written),
            "standard": _form(analysis.standard),
            "separable": _form(analysis.separable),
        },
        **running_document(analysis.as_written.footprints(view.bits, view.memory)),
        **_deployed(analysis),
        **_shared(analysis.as_written.network),
        "unmeasured": [part.document() for part in analysis.unmeasured],
        "unused": [{"what": what, "line": line or None} for what, line in analysis.unused],
        **_imported(analysis),
        **_on_device(view),
        "layer_count": len(analysis.layers),
        "rows": program_view(view).level,
    }


def _imported(analysis: Analysis) -> dict[str, Any]:
    """Return what was found out about a model of another tool, and which of its operators are counted as 0 by request."""
    imported = analysis.architecture.spec.imported
    if imported is None:
        return {}
    return {
        "model": {
            "format": imported.graph.source,
            "inputs": {tensor.name: list(tensor.sizes) for tensor in imported.graph.inputs},
            "notes": [{"about": word, "note": text} for word, text in imported.notes],
        },
        "incomplete": imported.incomplete or None,
    }


def _on_device(view: View) -> dict[str, Any]:
    """Return the network on the device of the view, if that names one."""
    if view.times is None:
        return {}
    from dsconv_cost.reports.on_device import times_document

    return times_document(view.times)


def _time_values(time: "PartTime") -> dict[str, Any]:
    from dsconv_cost.reports.on_device import time_document

    return time_document(time)


def _deployed(analysis: Analysis) -> dict[str, Any]:
    """Return what became of branches and norms, under a convention that counts the deployed network."""
    if analysis.branches is None:
        return {}
    from dsconv_cost.network.transforms.fold_norms import norms_left

    return {
        "deployed": {
            "merged": [merged._asdict() for merged in analysis.branches.merged],
            "unmerged": [unmerged._asdict() for unmerged in analysis.branches.unmerged],
            "norms_left": norms_left(analysis.as_written.network),
        }
    }


def _shared(network: Network) -> dict[str, Any]:
    """Return which layers have the weights of others, where some have."""
    if not network.shared:
        return {}
    pairs = sorted(network.shared.items())
    return {"shared": [{"layer": network.name(layer), "weights_of": network.name(first)} for layer, first in pairs]}


_T = TypeVar("_T")


class _Row(NamedTuple, Generic[_T]):
    """A row in the pieces that a format writes one after the other."""

    name: str
    before: _T
    """The keys before its line."""
    line: int
    after: _T
    """The keys after its line that equal layers share."""
    standard: int | None
    """None where it is part of another row."""
    separable: int
    factor: float | None
    running: _T
    """The keys of its footprint."""
    time: dict[str, Any]
    """What it takes on the device; empty where none is named."""


def _described(analysis: Analysis, view: View, path: str, write: Callable[[dict[str, Any]], _T]) -> Iterator[_Row[_T]]:
    """Yield the rows of a view; what layers with the same fields and inputs share is written once."""
    network = analysis.as_written.network
    known: dict[tuple[object, ...], tuple[_T, _T]] = {}
    footprints: dict[Footprint, _T] = {}
    for row in Breakdown(analysis, program_view(view)).rows():
        key = (row.type, *[node.layer for node in row.nodes], *row.inputs, row.output, row.figures)
        parts = known.get(key)
        if parts is None:
            record = _row_record(row, network, path)
            names = list(record)
            before, after = names[: _LINE - 1], names[_LINE - 1 :]
            parts = known[key] = write({k: record[k] for k in before}), write({k: record[k] for k in after})
        footprint = row.footprint
        running = footprints.get(footprint)
        if running is None:
            running = footprints[footprint] = write(footprint_record(footprint))
        yield _Row(
            row.name, parts[0], row.line, parts[1], None if row.merged else row.standard, row.separable, row.factor, running,
            {} if row.time is None else _time_values(row.time),
        )  # fmt: skip


def footprint_record(footprint: "Footprint") -> dict[str, Any]:
    """Return a footprint as plain values, in the order of FOOTPRINT_KEYS; a stride or padding that is no whole number is `1/2`."""
    field = footprint.field
    amounts = [getattr(footprint, key) for key in FOOTPRINT_KEYS[:_AMOUNTS]]
    seen: list[Any] = [None] * (len(FOOTPRINT_KEYS) - _AMOUNTS)
    if field is not None:
        strides, paddings = ([_whole(getattr(reach, key)) for reach in field.sides] for key in ("stride", "padding"))
        seen = [[reach.size for reach in field.sides], strides, paddings, field.aligned]
    return dict(zip(FOOTPRINT_KEYS, (*amounts, *seen), strict=True))


def _whole(value: "Number") -> int | str:
    return int(value) if value.denominator == 1 else str(value)


def analysis_json(analysis: Analysis, view: View) -> Iterator[str]:
    """Yield the analysis as JSON, a key a line and a layer a line, in pieces: all of it takes more memory than the network."""
    encode = json.JSONEncoder().encode
    described = _described(analysis, view, analysis.architecture.path, lambda part: encode(part)[1:-1])
    lines = (
        f'{{"name": {encode(row.name)}, {row.before}, "line": {row.line or "null"}, {row.after}, '
        f'"standard": {_number(row.standard)}, "separable": {row.separable}, "factor": {_number(row.factor)}, {row.running}'
        f"{', ' + encode(row.time)[1:-1] if row.time else ''}}}"
        for row in described
    )
    head = json.dumps(document(analysis, view), indent=2).removesuffix("\n}")
    # A CI runner reads commands from any line of a log; inside a JSON string an escape means the same character.
    yield f'{head},\n  "layers": ['.replace("##[", "#\\u0023[")
    before = "\n    "
    while piece := ",\n    ".join(islice(lines, LINES_AT_ONCE)):
        yield (before + piece).replace("##[", "#\\u0023[")
        before = ",\n    "
    yield "\n  ]\n}\n"


def _number(value: float | None) -> str:
    return "null" if value is None else repr(value)


def analysis_csv(analysis: Analysis, view: View) -> str:
    """Return the layers as CSV, a header and a row for each; sizes are written 3x224x224 and 3x3."""
    import csv
    import io

    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([*LAYER_KEYS, *_time_keys(view)])
    path = spreadsheet_safe(inert(analysis.architecture.path))
    described = _described(analysis, view, path, lambda part: [_cell(value) for value in part.values()])
    writer.writerows(
        [
            row.name,
            *row.before,
            row.line or None,
            *row.after,
            row.standard,
            row.separable,
            row.factor,
            *row.running,
            *row.time.values(),
        ]
        for row in described
    )
    return buffer.getvalue()


def _time_keys(view: View) -> tuple[str, ...]:
    if view.times is None:
        return ()
    from dsconv_cost.reports.on_device import TIME_KEYS

    return TIME_KEYS


def _cell(value: object) -> object:
    """Return a size as 3x224x224 or 3x3, the sizes of a join's inputs with spaces between, all else as it is."""
    if isinstance(value, (list, tuple)):
        return (" " if value and isinstance(value[0], list) else "x").join(str(_cell(side)) for side in value)
    return value


# -- reports ---------------------------------------------------------------------------------------


def report_json(report: "Report") -> str:
    """Return the report as a JSON document: each table under its name, its rows as objects."""
    document: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "dsconv-cost", "version": __version__},
        "convention": {"name": DEFAULT.name, "version": DEFAULT.version},
    }
    document.update(report.facts)
    for table in report.tables:
        keys = [column.key for column in table.columns]
        document[table.name] = [dict(zip(keys, row, strict=True)) for row in table.rows]
    document["notes"] = [{"label": label, "text": text} for label, text in report.notes]
    return json.dumps(document, indent=2).replace("##[", "#\\u0023[") + "\n"


def report_csv(report: "Report") -> str:
    """Return the report's first table as CSV, a header and a row for each."""
    import csv
    import io

    table = report.tables[0]
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([column.key for column in table.columns])
    for row in table.rows:
        writer.writerow([spreadsheet_safe(cell) if isinstance(cell, str) else cell for cell in row])
    return buffer.getvalue()
