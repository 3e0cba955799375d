"""JSON and CSV for programs: exact values, the convention, and a schema version.

`schema_version` grows when a key is renamed, removed or means something else; new keys may come without that.
"""

import json
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, TypeVar

from dsconv_cost.costs.analysis import Analysis, Form, LayerCost
from dsconv_cost.costs.breakdown import OPS, View, rows
from dsconv_cost.costs.conventions import DEFAULT
from dsconv_cost.layers.shapes import Shape
from dsconv_cost.network.transforms.fold_norms import norms_left
from dsconv_cost.reports.table import Report
from dsconv_cost.text import inert
from dsconv_cost.version import __version__

SCHEMA_VERSION = 1
LINES_AT_ONCE = 1000

LAYER_KEYS = (
    "name", "type", "kind", "path", "line", "input", "output", "kernel", "stride", "padding", "groups", "params", "macs",
    "flops",
)  # fmt: skip


def layers_of(analysis: Analysis, view: View) -> list[LayerCost]:
    """Return the primitive layers in execution order, or sorted and cut as the view says."""
    if view.key == "order":
        return analysis.layers
    shown = rows(analysis, View(OPS, sort=view.sort, top=view.top)).shown
    return [analysis.layers[row.layers[0]] for row in shown]


def layer_record(layer: LayerCost, path: str) -> dict[str, Any]:
    """Return one layer as plain values, in the order of LAYER_KEYS."""
    settings = layer.settings
    inputs = layer.inputs
    figures = layer.figures
    return {
        "name": layer.name,
        "type": layer.type,
        "kind": layer.kind,
        "path": path,
        "line": layer.line,
        "input": _shape(inputs[0]) if len(inputs) == 1 else [_shape(x) for x in inputs],
        "output": _shape(layer.output),
        "kernel": settings.get("kernel"),
        "stride": settings.get("stride"),
        "padding": settings.get("padding"),
        "groups": settings.get("groups"),
        "params": figures.params,
        "macs": figures.macs,
        "flops": figures.flops,
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
            "input": _shape(analysis.input),
            "hyperparameters": architecture.hyperparameters,
        },
        "totals": {
            "as_written": _form(analysis.as_written),
            "standard": _form(analysis.standard),
            "separable": _form(analysis.separable),
        },
        **_deployed(analysis),
        "unused": [{"what": what, "line": line} for what, line in architecture.spec.unused],
        "layer_count": len(analysis.layers),
    }


def _deployed(analysis: Analysis) -> dict[str, Any]:
    """Return what became of branches and norms, under a convention that counts the deployed network."""
    if analysis.branches is None:
        return {}
    return {
        "deployed": {
            "merged": [merged._asdict() for merged in analysis.branches.merged],
            "unmerged": [unmerged._asdict() for unmerged in analysis.branches.unmerged],
            "norms_left": norms_left(analysis.as_written.network),
        }
    }


T = TypeVar("T")


def _described(
    layers: list[LayerCost], path: str, said: Callable[[dict[str, Any]], T]
) -> Iterator[tuple[str, T, int, T]]:
    """Yield for each layer its name, what is said of the keys before its line, its line, and of the keys after it.

    Layers of the same type, fields and inputs share all but name and line: that is said once.
    """
    known: dict[tuple[object, ...], tuple[T, T]] = {}
    for layer in layers:
        key = (layer.node.layer, *layer.inputs)
        parts = known.get(key)
        if parts is None:
            record = layer_record(layer, path)
            before, after = LAYER_KEYS[1:_LINE], LAYER_KEYS[_LINE + 1 :]
            parts = known[key] = said({k: record[k] for k in before}), said({k: record[k] for k in after})
        yield layer.name, parts[0], layer.line, parts[1]


_LINE = LAYER_KEYS.index("line")


def analysis_json(analysis: Analysis, view: View) -> Iterator[str]:
    """Yield the analysis as JSON, a key a line and a layer a line, in pieces: all of it takes more memory than the network."""
    encode = json.JSONEncoder().encode
    described = _described(layers_of(analysis, view), analysis.architecture.path, lambda part: encode(part)[1:-1])
    lines = (
        f'{{"name": {encode(name)}, {before}, "line": {line}, {after}}}' for name, before, line, after in described
    )
    head = json.dumps(document(analysis, view), indent=2).removesuffix("\n}")
    opening = f'{head},\n  "layers": [\n    '
    while piece := ",\n    ".join(islice(lines, LINES_AT_ONCE)):
        # A CI runner reads commands from any line of a log; inside a JSON string an escape means the same character.
        yield (opening + piece).replace("##[", "#\\u0023[")
        opening = ",\n    "
    yield "\n  ]\n}\n"


def analysis_csv(analysis: Analysis, view: View) -> str:
    """Return the layers as CSV, a header and a row for each; sizes are written 3x224x224 and 3x3."""
    import csv
    import io

    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(LAYER_KEYS)
    path = spreadsheet_safe(inert(analysis.architecture.path))
    described = _described(layers_of(analysis, view), path, lambda part: [_cell(value) for value in part.values()])
    writer.writerows([name, *before, line, *after] for name, before, line, after in described)
    return buffer.getvalue()


def _cell(value: object) -> object:
    """Return a size as 3x224x224 or 3x3, the sizes of a join's inputs with spaces between, all else as it is."""
    if isinstance(value, (list, tuple)):
        return (" " if isinstance(value[0], list) else "x").join(str(_cell(side)) for side in value)
    return value


def spreadsheet_safe(text: str) -> str:
    """Return text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r", "'") else text


# -- reports ---------------------------------------------------------------------------------------


def report_json(report: Report) -> str:
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


def report_csv(report: Report) -> str:
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
