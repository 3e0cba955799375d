"""JSON Schema of budgets: of `budget` in an architecture, and of a budget file."""

from typing import Any

from dsconv_cost.language.limits import BITS, BYTES, COUNT, LEVELS, METRICS, SHARE
from dsconv_cost.layers.fields import Schema

_NUMBER = r"^(0|[1-9][0-9]{0,29})(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?[ \t]*"
_LIMITS: dict[str, Schema] = {
    COUNT: {
        "anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": f"{_NUMBER}([kKMGT]|[KMGT]i|B)?$"}]
    },
    BYTES: {"type": "string", "pattern": f"{_NUMBER}([kKMGT]|[KMGT]i)?B$"},
    SHARE: {"type": "string", "pattern": f"{_NUMBER}%$"},
}
_TEXT: Schema = {"type": "string", "minLength": 1, "maxLength": 1000}


def budget_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a budget file."""
    of_architecture = {"description": "A path seen from this file, a pattern for paths, or a bundled name.", **_TEXT}
    one = entry({"architecture": of_architecture})
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "dsconv-cost budget",
        "description": "What the networks of a repository may cost.",
        "type": "object",
        "required": ["budget"],
        "additionalProperties": False,
        "properties": {"format": {"enum": [1, "1"]}, "budget": {"type": "array", "items": one, "minItems": 1}},
    }


def limits() -> Schema:
    """Return the schema of a mapping of metric to limit."""
    return {
        "type": "object",
        "properties": {
            metric.name: {"description": metric.doc, **_LIMITS[metric.measure]} for metric in METRICS.values()
        },
        "minProperties": 1,
        "additionalProperties": False,
    }


def entry(more: dict[str, Schema] | None = None) -> Schema:
    """Return the schema of an entry in a list of limits, which needs `more` keys too."""
    return {
        "type": "object",
        "required": [*(more or {}), "metric"],
        "properties": {
            **(more or {}),
            "metric": {"enum": list(METRICS)},
            "max": {"type": ["string", "number"]},
            "min": {"type": ["string", "number"]},
            "variant": {"type": ["string", "number"]},
            "layer": _TEXT,
            "kind": _TEXT,
            "bits": {"enum": list(BITS)},
            "level": {"enum": list(LEVELS)},
            "message": _TEXT,
        },
        "anyOf": [{"required": ["max"]}, {"required": ["min"]}],
        "allOf": [
            {
                "if": {
                    "required": ["metric"],
                    "properties": {"metric": {"enum": [m.name for m in METRICS.values() if not m.less_is_better]}},
                },
                "then": {"required": ["min"]},
            },
            *(
                {
                    "if": {
                        "properties": {"metric": {"enum": [m.name for m in METRICS.values() if m.measure == measure]}}
                    },
                    "then": {"properties": {"max": limit, "min": limit}},
                }
                for measure, limit in _LIMITS.items()
            ),
        ],
        "additionalProperties": False,
    }
