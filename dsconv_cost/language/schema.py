"""JSON Schema of the language, made from the classes of its types, for editors.

It knows what a file may hold, not what its expressions come to: that is what `analyze` checks.
"""

from typing import Any

from dsconv_cost.language.limits import BITS, BYTES, COUNTS, LEVELS, METRICS, SHARE
from dsconv_cost.language.published import FIGURE_METRICS, FORMS
from dsconv_cost.language.vocabulary import COMMON_KEYS, MAX_PORTS, TYPES
from dsconv_cost.layers import Layer
from dsconv_cost.layers.composites import Composite
from dsconv_cost.layers.fields import EXPRESSION, REQUIRED, Field, Schema
from dsconv_cost.layers.shapes import MOST_SIDES

_TENSOR_NAME: Schema = {"type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_.-]{0,99}$"}
_REFERENCE: Schema = {"type": "string", "pattern": r"^[A-Za-z_][A-Za-z0-9_.-]{0,99}(\[.+\])?$"}
_SCALAR: Schema = {"type": ["number", "boolean", "string"]}
_VALUE: Schema = {"anyOf": [_SCALAR, {"type": "array", "items": _SCALAR}]}
_QUANTITY: Schema = {
    "anyOf": [
        {"type": "integer", "minimum": 0},
        {"type": "string", "pattern": r"^[0-9]{1,15}(\.[0-9]{1,9})?[ \t]?[KMGB]?$"},
    ]
}
_PER_CENT: Schema = {"type": "number", "minimum": 0, "maximum": 100}
_ALSO_ARGUMENTS = frozenset({"expand"})
"""Types that blocks are known to have arguments of the same name as: no schema can tell a block's name from a wrong key."""
_INPUT: Schema = {
    "type": "array", "items": {"anyOf": [{"type": "integer", "minimum": 1}, EXPRESSION]}, "minItems": 1, "maxItems": MOST_SIDES + 1,
}  # fmt: skip
_NAME = r"^[A-Za-z_][A-Za-z0-9_]{0,99}$"


def schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of an architecture file."""
    text: Schema = {"type": "string", "minLength": 1, "maxLength": 1000}
    values: Schema = {"type": "object", "patternProperties": {_NAME: _VALUE}, "additionalProperties": False}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "dsconv-cost architecture",
        "description": "A convolutional network, or a family of them.",
        "type": "object",
        "required": ["input", "layers"],
        "additionalProperties": False,
        "properties": {
            "format": {"enum": [1, "1"]},
            "name": {"anyOf": [text, {"type": "number"}]},
            "source": text,
            "hyperparameters": values,
            "let": values,
            "input": {
                "anyOf": [
                    _INPUT,
                    {
                        "type": "object",
                        "patternProperties": {_TENSOR_NAME["pattern"]: _INPUT},
                        "additionalProperties": False,
                        "minProperties": 1,
                        "maxProperties": MAX_PORTS,
                    },
                ]
            },
            "defaults": {
                "type": "object",
                "properties": {name: _defaults(type_) for name, type_ in TYPES.items()},
                "additionalProperties": False,
            },
            "blocks": {"type": "object", "additionalProperties": {"$ref": "#/$defs/block"}},
            "layers": {"$ref": "#/$defs/body"},
            "separable": _several(text),
            "outputs": _several(_REFERENCE),
            "variants": {"type": "object", "additionalProperties": values},
            "search": {
                "type": "object",
                "additionalProperties": {"anyOf": [{"type": "string"}, {"type": "array", "minItems": 1}]},
            },
            "published": {"type": "array", "items": {"$ref": "#/$defs/published"}},
            "budget": {
                "anyOf": [
                    limits(),
                    {"type": "array", "items": {"$ref": "#/$defs/budget"}, "minItems": 1},
                ]
            },
        },
        "$defs": {
            "expression": {"type": "string", "minLength": 1, "maxLength": 500},
            "value": _VALUE,
            **_common_definitions(),
            "body": {
                "anyOf": [{"$ref": "#/$defs/item"}, {"type": "array", "items": {"$ref": "#/$defs/item"}, "minItems": 1}]
            },
            "branch": {
                "anyOf": [
                    {"type": "string", "minLength": 1},
                    {"$ref": "#/$defs/item_with_fields"},
                    {"type": "array", "items": {"$ref": "#/$defs/item"}, "minItems": 1},
                ]
            },
            "item": {
                "anyOf": [{"type": "string", "minLength": 1}, {"$ref": "#/$defs/item_with_fields"}],
                "not": {"enum": sorted(n for n, t in TYPES.items() if _needs_fields(t))},
            },
            "item_with_fields": _items(),
            "block": {
                "type": "object",
                "required": ["layers"],
                "properties": {
                    "inputs": _several(_TENSOR_NAME),
                    "arguments": values,
                    "let": values,
                    "layers": {"$ref": "#/$defs/body"},
                    "outputs": _several(_REFERENCE),
                },
                "additionalProperties": False,
            },
            "published": {
                "type": "object",
                "required": ["source"],
                "properties": {
                    **dict.fromkeys(FIGURE_METRICS, _QUANTITY),
                    "top1": _PER_CENT,
                    "top5": _PER_CENT,
                    "source": text,
                    "variant": {"type": ["string", "number"]},
                    "set": values,
                    "form": {"enum": list(FORMS)},
                    "convention": text,
                    "note": text,
                    "differs": {
                        "type": "object",
                        "properties": dict.fromkeys(FIGURE_METRICS, text),
                        "additionalProperties": False,
                    },
                },
                "additionalProperties": False,
            },
            "budget": entry(),
        },
    }


def _several(name: Schema) -> Schema:
    """Return the schema of a name or a list of names."""
    return {"anyOf": [name, {"type": "array", "items": name, "minItems": 1, "maxItems": MAX_PORTS}]}


def _sized(literal: Schema) -> Schema:
    return {"anyOf": [literal, EXPRESSION]}


def _field(field: Field) -> Schema:
    literal = field.kind.schema()
    value_schema: Schema = literal if "$ref" in literal or _is_body(literal) else _sized(literal)
    return {"description": field.doc, **value_schema}


def _is_body(literal: Schema) -> bool:
    return "$defs/bod" in str(literal) or "$defs/branch" in str(literal)


def _needs_fields(type_: type[Layer] | type[Composite]) -> bool:
    return type_.main is not None and type_.main.default is REQUIRED


def _common() -> dict[str, Schema]:
    return {name: {"$ref": f"#/$defs/key_{name}"} for name in COMMON_KEYS}


def _common_definitions() -> dict[str, Schema]:
    kinds: dict[str, Schema] = {
        "name": _several(_TENSOR_NAME),
        "from": _several(_REFERENCE),
        "when": {"anyOf": [{"type": "boolean"}, EXPRESSION]},
        "repeat": _sized({"type": "integer", "minimum": 0}),
        "first": {"type": "object"},
        "copies": _sized({"type": "integer", "minimum": 0}),
        "weights": _REFERENCE,
    }
    return {f"key_{name}": {"description": COMMON_KEYS[name], **kind} for name, kind in kinds.items()}


def _defaults(type_: type[Layer] | type[Composite]) -> Schema:
    main = [type_.main] if type_.main is not None and not _needs_fields(type_) else []
    fields = [f for f in (*main, *type_.fields) if f.in_defaults and not _is_body(f.kind.schema())]
    return {"type": "object", "properties": {f.name: _field(f) for f in fields}, "additionalProperties": False}


def _of_type(name: str, type_: type[Layer] | type[Composite]) -> Schema:
    main: Schema = {"type": "null"} if type_.main is None else _field(type_.main)
    if type_.main is not None and not _needs_fields(type_):
        main = {"anyOf": [main, {"type": "null"}]}
    own = {field.name: _field(field) for field in type_.fields}
    # A field that has no default of its own may get one from `defaults`, so none but the main field is required.
    return {
        "properties": {name: {**main, "description": (type_.__doc__ or "").splitlines()[0]}, **own, **_common()},
        "additionalProperties": False,
    }


def _is_of_type(name: str, type_: type[Layer] | type[Composite]) -> Schema:
    """Return what tells an item of a type: its name among the keys, which may be a field of another type too."""
    if name in _ALSO_ARGUMENTS:
        own = [name, *(field.name for field in type_.fields), *COMMON_KEYS]
        return {"required": [name], "propertyNames": {"enum": own}}
    owners: list[Schema] = [{"required": [t]} for t, other in TYPES.items() if name in {f.name for f in other.fields}]
    return {"required": [name], **({"not": {"anyOf": owners}} if owners else {})}


def _items() -> Schema:
    """Return the schema of an item with fields: that of its built-in type, or else the use of a block."""
    conditions: list[Schema] = [
        {"if": _is_of_type(name, type_), "then": _of_type(name, type_)} for name, type_ in TYPES.items()
    ]
    any_type: Schema = {"anyOf": [{"required": [name]} for name in TYPES]}
    conditions.append(
        {
            "if": {"not": any_type},
            "then": {
                "properties": _common(),
                "additionalProperties": {"anyOf": [_VALUE, {"type": "null"}]},
            },
        }
    )
    return {"type": "object", "minProperties": 1, "dependentRequired": {"first": ["repeat"]}, "allOf": conditions}


_NUMBER = r"^(0|[1-9][0-9]{0,29})(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?[ \t]*"
_LIMITS: dict[str, Schema] = {
    COUNTS: {
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
        "description": "Limits on the cost of the networks of a repository.",
        "type": "object",
        "required": ["budget"],
        "additionalProperties": False,
        "properties": {
            "format": {"enum": [1, "1"]},
            "budget": {"type": "array", "items": one, "minItems": 1},
            "allow_gone": {"type": "array", "items": _TEXT},
            "free": {"type": "array", "items": _TEXT},
        },
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
            "replaces": {"type": "boolean"},
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
