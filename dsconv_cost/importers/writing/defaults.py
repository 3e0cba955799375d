"""What goes without saying: the `defaults` that spare a file most words, and the fields of an item that need no words at all."""

from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from itertools import product
from typing import Any

from dsconv_cost.importers.writing.items import TailLayers
from dsconv_cost.importers.writing.spelling import spell_value
from dsconv_cost.importers.writing.tree import Term, TreeItem
from dsconv_cost.language.vocabulary import TYPES
from dsconv_cost.layers.composites import COMPOSITES
from dsconv_cost.layers.fields import DERIVED, REQUIRED, Field
from dsconv_cost.layers.norm_and_activation import NONE

FileDefaults = dict[str, dict[str, Any]]
"""Type -> field -> value, as `defaults` has them."""

BlockDefaults = Mapping[str, Mapping[str, Any]]
"""Block -> argument -> its default."""

_TAILED = ("norm", "activation", "bias")
_MOST_COMMON = 3


def choose_defaults(items: list[TreeItem], tails: TailLayers, gate: str | None) -> FileDefaults:
    """Return the defaults under which the items say the least; `gate` is the activation inside those of inverted residuals."""
    chosen: FileDefaults = {}
    for type_, layer in tails.items():
        plain = type_()
        changed = {
            field.name: spell_value(field, getattr(layer, field.name), 2)
            for field in layer.held
            if getattr(layer, field.name) != getattr(plain, field.name)
        }
        if changed:
            chosen[type_.type] = changed
    said: Counter[tuple[Any, ...]] = Counter(
        (item.type, *(item.fields.get(name) for name in _TAILED))
        for item in items
        if item.type in TYPES
        and "norm" in item.fields
        and not any(isinstance(item.fields.get(name), Term) for name in _TAILED)
    )
    together = (
        "conv",
        "dwconv",
        *(name for name, type_ in COMPOSITES.items() if {"conv", "dwconv"} & set(type_.inner)),
    )
    _add_shared(chosen, {key: count for key, count in said.items() if key[0] in together})
    for type_name in sorted({key[0] for key in said} - set(together)):
        _add_own(chosen, type_name, {key: count for key, count in said.items() if key[0] == type_name})
    _add_gates(chosen, items, gate)
    return chosen


Said = dict[tuple[Any, ...], int]
"""(type, norm, activation, bias) -> how many items say that."""


def _common(said: Said, at: int) -> list[Any]:
    counted: Counter[Any] = Counter()
    for key, count in said.items():
        counted[key[at]] += count
    return [value for value, _ in counted.most_common(_MOST_COMMON) if value is not None]


def _add_shared(chosen: FileDefaults, said: Said) -> None:
    """Choose for conv, dwconv and what is made of them."""
    if not said:
        return
    depthwise = {key: count for key, count in said.items() if key[0] == "dwconv"}
    own: list[dict[str, Any]] = [{}]
    for norm, activation in product([None, *_common(depthwise, 1)], [None, *_common(depthwise, 2)]):
        own.append({**({"norm": norm} if norm else {}), **({"activation": activation} if activation else {})})
    best: tuple[int, FileDefaults] | None = None
    biases = [None, *(bias for bias in (False, True) if any(key[3] is bias for key in said))]
    for norm, activation, bias in product(
        {NONE: 0, **dict.fromkeys(_common(said, 1))}, {NONE: 0, **dict.fromkeys(_common(said, 2))}, biases
    ):
        conv = {"norm": norm, "activation": activation, "bias": bias}
        conv = {name: value for name, value in conv.items() if value not in (None, NONE)}
        for dwconv in own:
            defaults = {name: values for name, values in (("conv", conv), ("dwconv", dwconv)) if values}
            words = sum(count * _words(key, defaults) for key, count in said.items()) + sum(map(len, defaults.values()))
            if best is None or words < best[0]:
                best = (words, defaults)
    assert best is not None
    chosen.update(best[1])


def _add_own(chosen: FileDefaults, type_name: str, said: Said) -> None:
    """Choose for a type that takes no other type's defaults."""
    norm, activation = _common(said, 1)[:1], _common(said, 2)[:1]
    values = {"norm": norm[0] if norm else NONE, "activation": activation[0] if activation else NONE}
    defaults = {type_name: {name: value for name, value in values.items() if value != NONE}}
    spared = sum(count * (_words(key, {}) - _words(key, defaults)) for key, count in said.items())
    if spared > len(defaults[type_name]):
        chosen[type_name] = defaults[type_name]


def _words(key: tuple[Any, ...], defaults: FileDefaults) -> int:
    """Return how many of norm, activation and bias an item has to say."""
    fields = {name: value for name, value in zip(_TAILED, key[1:], strict=True) if value is not None}
    return sum(not _is_implied(key[0], name, value, fields, defaults) for name, value in fields.items())


def _add_gates(chosen: FileDefaults, items: list[TreeItem], gate: str | None) -> None:
    """Choose for squeeze_excite, which has words of its own."""
    squeezed = [item for item in items if item.type == "inverted_residual" and item.fields["squeeze"] is not None]
    gates = [item for item in items if item.type == "squeeze_excite"]
    values: dict[str, Any] = {}
    plain = {name: _unwritten(_field("squeeze_excite", name)) for name in ("activation", "gate")}
    if gate not in (None, plain["activation"]) and len(squeezed) + len(gates) > (not squeezed):
        values["activation"] = gate
    common = Counter(
        item.fields["gate"] for item in (*gates, *squeezed) if not isinstance(item.fields["gate"], Term)
    ).most_common(1)
    if common and common[0][0] != plain["gate"] and common[0][1] > 1:
        values["gate"] = common[0][0]
    if "bias" in chosen.get("conv", {}) and (gates or squeezed):
        values["bias"] = True  # that of conv does not reach it, which has to be said
    if values:
        chosen["squeeze_excite"] = values


# -- what is implied ------------------------------------------------------------------------------


@lru_cache(maxsize=1024)
def _field(type_name: str, name: str) -> Field:
    return next(field for field in TYPES[type_name].all_fields() if field.name == name)


def _unwritten(field: Field) -> Any:
    return (
        field.default if field.default is DERIVED or field.default is REQUIRED else spell_value(field, field.default, 2)
    )


def implied_main(item: TreeItem, defaults: FileDefaults) -> bool:
    """Return whether the main value of an item is what it has when nothing is written."""
    type_ = TYPES.get(item.type)
    if type_ is None or type_.main is None or item.main is None:
        return item.main is None
    return bool(item.main == defaults.get(item.type, {}).get(type_.main.name, _unwritten(type_.main)))


def said_fields(item: TreeItem, defaults: FileDefaults, blocks: BlockDefaults) -> dict[str, Any]:
    """Return the fields of an item that have to be written, in the order of its type."""
    if item.type in blocks:
        own = blocks[item.type]
        return {
            name: value for name, value in item.fields.items() if name not in own or not _equal(own[name], value)
        }  # fmt: skip
    fields = {"kernel": item.main, **item.fields} if item.type in ("maxpool", "avgpool", "blur_pool") else item.fields
    order = [field.name for field in TYPES[item.type].fields]
    return {
        name: item.fields[name]
        for name in sorted(item.fields, key=order.index)
        if not _is_implied(item.type, name, item.fields[name], fields, defaults)
    }


def _equal(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)


def _is_implied(type_name: str, name: str, value: Any, fields: Mapping[str, Any], defaults: FileDefaults) -> bool:
    if isinstance(value, Term) or name == "dw_bias":  # that of dsconv is there only where it differs
        return False
    type_ = TYPES[type_name]
    inner = [one for one in getattr(type_, "inner", ()) if one in ("conv", "dwconv")]
    field = _field(type_name, name)
    if name not in defaults.get(type_name, {}) and field.default is DERIVED and inner:
        if type_name == "squeeze_excite" and name == "bias":
            return value is True
        if name == "gate":
            unwritten = _unwritten(_field("squeeze_excite", "gate"))
            return bool(value == defaults.get("squeeze_excite", {}).get("gate", unwritten))
        at = [one for one in inner if any(field.name == name for field in TYPES[one].fields)] or inner
        return all(_is_implied(one, name, value, fields, defaults) for one in at)
    given = defaults.get(type_name, {})
    if type_name == "dwconv":
        given = {**{key: one for key, one in defaults.get("conv", {}).items() if key != "kernel"}, **given}
    unwritten = given.get(name, _unwritten(field))
    if unwritten is DERIVED:
        if name == "bias":
            return bool(value == (fields.get("norm", NONE) == NONE)) and not isinstance(fields.get("norm"), Term)
        return _equal(value, fields["kernel"]) if name == "stride" else value is None
    return _equal(value, unwritten)
