"""JSON and CSV of an analysis: exact integers, the convention, and a schema version. No rich here.

`schema_version` grows when a key is renamed, removed or means something else; new keys may come without that.
"""

import csv
import io
import json
from typing import Any

from dsconv_cost.analysis import Analysis, Form, LayerCost
from dsconv_cost.breakdown import View
from dsconv_cost.inert import inert
from dsconv_cost.shapes import Shape
from dsconv_cost.version import __version__

SCHEMA_VERSION = 1

LAYER_KEYS = (
    "name", "type", "kind", "path", "line", "input", "output", "kernel", "stride", "padding", "groups", "params", "macs",
    "flops",
)  # fmt: skip


def layers_of(analysis: Analysis, view: View) -> list[LayerCost]:
    """Return the primitive layers in execution order, or sorted and cut as the view says."""
    key = view.key
    if key == "order":
        found = analysis.layers
    elif key in ("name", "type"):
        found = sorted(analysis.layers, key=lambda layer: str(getattr(layer, key)))
    else:
        found = sorted(analysis.layers, key=lambda layer: getattr(layer, key), reverse=True)
    return found[: view.top]


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
    }


def to_json(analysis: Analysis, view: View) -> str:
    """Return the analysis as JSON: a key a line, a layer a line."""
    path = analysis.architecture.path
    head = json.dumps(document(analysis, view), indent=2)
    encode = json.JSONEncoder().encode
    lines = ",\n    ".join([encode(layer_record(layer, path)) for layer in layers_of(analysis, view)])
    text = f'{head[:-2]},\n  "layers": [\n    {lines}\n  ]\n}}\n'
    # A CI runner reads commands from any line of a log; inside a JSON string an escape means the same character.
    return text.replace("##[", "#\\u0023[")


def to_csv(analysis: Analysis, view: View) -> str:
    """Return the layers as CSV, a header and a row for each; sizes are written 3x224x224 and 3x3."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(LAYER_KEYS)
    path = spreadsheet_safe(inert(analysis.architecture.path))
    for layer in layers_of(analysis, view):
        record = layer_record(layer, path)
        record["input"] = " ".join(map(str, layer.inputs))
        record["output"] = str(layer.output)
        for key in ("kernel", "stride", "padding"):
            value = record[key]
            record[key] = "x".join(map(str, value)) if isinstance(value, tuple) else value
        writer.writerow(record.values())
    return buffer.getvalue()


def spreadsheet_safe(text: str) -> str:
    """Return text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r", "'") else text
