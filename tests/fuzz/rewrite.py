"""Ways to say the same network otherwise. Each keeps every total; what it does not apply to it leaves alone."""

import copy
import re
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from dsconv_cost.language.vocabulary import TYPES
from dsconv_cost.layers import Layer
from dsconv_cost.layers.composites import COMPOSITES
from dsconv_cost.layers.fields import BodyKind, BranchesKind, Sentinel, Whole
from tests.fuzz.write import Tree

Root = dict[str, Tree]
Holder = Any
"""A mapping or a list."""
_NAME = re.compile(r"\b(?:t|p|v|a|w|unit)[0-9]+\b")
_TENSOR = re.compile(r"\bt[0-9]+\b")
_LOCAL = re.compile(r"\b(?:in_[a-z]+|index)\b")
"""What means another thing elsewhere."""


def bodies(root: Root) -> Iterator[tuple[Holder, Any]]:
    """Yield the place of every body: what holds it, and under which key or at which index."""
    for block in root.get("blocks", {}).values():
        yield from _bodies(block, "layers")
    yield from _bodies(root, "layers")


def _bodies(holder: Holder, key: Any) -> Iterator[tuple[Holder, Any]]:
    yield holder, key
    body = holder[key]
    for item in body if isinstance(body, list) else [body]:
        if not isinstance(item, dict):
            continue
        for field, value in item.items():
            kind = kind_of(item, field)
            if isinstance(kind, BranchesKind) and isinstance(value, list):
                for index in range(len(value)):
                    yield from _bodies(value, index)
            elif isinstance(kind, BodyKind) and isinstance(value, (dict, list)):
                yield from _bodies(item, field)


def kind_of(item: dict[str, Tree], field: str) -> object:
    """Return what a key of an item takes, where it is a field of a type."""
    type_ = TYPES.get(type_of(item))
    if type_ is None:
        return None
    name = type_.main.name if type_.main is not None and field == type_.type else field
    return next((f.kind for f in type_.all_fields() if f.name == name), None)


def type_of(item: Tree) -> str:
    """Return the type or block of an item."""
    if isinstance(item, str):
        return item
    return next((key for key in item if key in TYPES or key.startswith("unit")), "") if isinstance(item, dict) else ""


def items(root: Root) -> Iterator[tuple[Holder, Any]]:
    """Yield the place of every item: what holds it, and under which key or at which index."""
    for holder, key in list(bodies(root)):
        body = holder[key]
        if isinstance(body, list):
            yield from ((body, index) for index in range(len(body)))
        else:
            yield holder, key


def _mapping(item: Tree) -> dict[str, Tree] | None:
    """Return an item as a mapping; None for the name of a tensor."""
    if isinstance(item, str):
        return {item: None} if item in TYPES or item.startswith("unit") else None
    return item if isinstance(item, dict) else None


# -- the ways -------------------------------------------------------------------------------------


def key_order(root: Root, random: Random) -> Root:
    """Put the keys of the file, of items and of entries into another order."""

    def shuffled(tree: Tree, keep: bool) -> Tree:
        if isinstance(tree, list):
            return [shuffled(value, False) for value in tree]
        if not isinstance(tree, dict):
            return tree
        keys = list(tree)
        if not keep:
            random.shuffle(keys)
        return {key: shuffled(tree[key], key in ("let", "arguments", "input")) for key in keys}  # theirs has a meaning

    found: Root = shuffled(root, False)
    return found


def names(root: Root, random: Random) -> Root:
    """Give everything that has a name of its own another one."""
    salt = random.randrange(1000)

    def renamed(tree: Tree) -> Tree:
        if isinstance(tree, list):
            return [renamed(value) for value in tree]
        if isinstance(tree, dict):
            return {renamed(key): renamed(value) for key, value in tree.items()}
        return _NAME.sub(lambda match: f"other_{salt}_{match[0]}", tree) if isinstance(tree, str) else tree

    found: Root = renamed({key: value for key, value in root.items() if key != "budget"})
    return found


def _written_out(item: dict[str, Tree]) -> Tree | None:
    """Return the repetitions of an item one after another, as one item."""
    times, first = item.get("repeat"), item.get("first", {})
    if "weights" in item or isinstance(item.get("name"), list) or isinstance(item.get("from"), list):
        return None
    inside = {
        key: value for key, value in item.items() if key not in ("repeat", "first", "name", "from", "when", "copies")
    }
    if type(times) is not int or times < 1 or re.search(r"\bt[0-9]+\b|\bindex\b", str(inside)):
        return None
    outside = {key: item[key] for key in ("name", "from", "when", "copies") if key in item}
    return {"sequential": [{**inside, **first}, *(copy.deepcopy(inside) for _ in range(times - 1))], **outside}


def repeat_written_out(root: Root, random: Random) -> Root:
    """Write the repetitions of an item one after another."""
    for body, index in items(root):
        item = _mapping(body[index])
        counted = (
            [f"all {item.get('name')}", f"{item.get('name')}[", f"'weights': '{item.get('name')}"]
            if item is not None
            else []
        )
        if item is not None and "repeat" in item and not any(words in str(root) for words in counted):
            body[index] = _written_out(item) or item
    return root


def repeat_of_one(root: Root, random: Random) -> Root:
    """Repeat an item once."""
    for body, index in items(root):
        item = _mapping(body[index])
        plain = item is not None and "repeat" not in item and "index" not in str(item) and "unit" not in str(item)
        if item is not None and plain and random.random() < 0.3:
            body[index] = {**item, "repeat": 1}
    return root


def blocks_expanded(root: Root, random: Random) -> Root:
    """Write the items of a block where it is used, with its arguments' values in their places."""
    blocks = root.get("blocks", {}) if "weights" not in str(root) else {}
    simple = {
        name: block
        for name, block in blocks.items()
        if "let" not in block and not re.search(r"\bt[0-9]+\b|\binput\b|unit", str(block))
    }
    for body, index in items(root):
        item = _mapping(body[index])
        block = simple.get(type_of(item)) if item else None
        if item is None or block is None or "first" in item:
            continue
        values: dict[str, Tree] = {**block.get("arguments", {}), **{k: v for k, v in item.items() if k.startswith("a")}}
        main = next((name for name, value in block.get("arguments", {}).items() if value == "required"), None)
        if main is not None:
            values[main] = item[type_of(item)]
        if _LOCAL.search(str(values)):
            continue  # it means the block's input there, and something else further inside
        common = {key: value for key, value in item.items() if key in ("repeat", "name", "from", "when", "copies")}
        body[index] = {"sequential": _substituted(copy.deepcopy(block["layers"]), values), **common}
    return root


def _substituted(tree: Tree, values: dict[str, Tree]) -> Tree:
    if isinstance(tree, list):
        return [_substituted(value, values) for value in tree]
    if isinstance(tree, dict):
        return {key: _substituted(value, values) for key, value in tree.items()}
    if not isinstance(tree, str):
        return tree
    if tree in values:
        return values[tree]
    return re.sub(r"\ba[0-9]+\b", lambda match: f"({values.get(match[0], match[0])})", tree)


def when(root: Root, random: Random) -> Root:
    """Give items conditions that hold, and add items whose condition does not."""
    for body, index in items(root):
        item = _mapping(body[index])
        if item is None or not type_of(item) or random.random() < 0.5:
            continue
        if "when" not in item:
            body[index] = {**item, "when": random.choice((True, "1 < 2", "in_channels >= 1", "not false"))}
    layers = root["layers"]
    if isinstance(layers, list):
        layers.insert(random.randint(0, len(layers)), {"conv": 7, "kernel": 3, "when": random.choice((False, "2 < 1"))})
    return root


def let(root: Root, random: Random) -> Root:
    """Give numbers names, and write numbers as sums."""
    added: dict[str, Tree] = {}
    for body, index in items(root):
        item = body[index]
        if not isinstance(item, dict):
            continue
        for key, value in item.items():
            if type(value) is int and key != "repeat" and isinstance(kind_of(item, key), Whole):
                if random.random() < 0.5:
                    added[f"v9{len(added)}"] = random.choice((value, f"{value} * 1", f"max({value}, 0)"))
                    item[key] = f"v9{len(added) - 1}"
                else:
                    item[key] = random.choice(
                        (f"{value} + 0", f"0.5 * {2 * value}", f"({value})", f"{value} if true else 3")
                    )
    if added:
        root["let"] = {**root.get("let", {}), **added}
    return root


def defaults(root: Root, random: Random) -> Root:
    """Write the defaults of a field where it is not given."""
    for body, index in items(root):
        item = _mapping(body[index])
        type_ = TYPES.get(type_of(item))
        if item is None or type_ is None or not issubclass(type_, Layer):
            continue
        above = set(root.get("defaults", {}).get(type_.type, {}))
        if type_.type == "dwconv":
            above |= set(root.get("defaults", {}).get("conv", {}))
        for field in type_.fields:
            default = "none" if field.default is None and "none" in field.kind.words() else field.default
            plain = not isinstance(default, Sentinel) and default is not None and not isinstance(field.kind, BodyKind)
            if plain and field.name not in item and field.name not in above and random.random() < 0.5:
                item[field.name] = list(default) if isinstance(default, tuple) else default
        body[index] = item
    return root


def defaults_written_out(root: Root, random: Random) -> Root:
    """Write defaults of the file into its items, where none is a composite, which hands them on, or has a norm that takes them."""
    given = root.get("defaults", {})
    used = {type_of(body[index]) for body, index in items(root)}
    if not given or used & (set(COMPOSITES) - {"residual", "sequential"}):
        return {}
    if any(name.endswith("norm") or re.search(r"\bin_|project", str(fields)) for name, fields in given.items()):
        return {}
    for body, index in items(root):
        item = _mapping(body[index])
        type_ = TYPES.get(type_of(item))
        if item is None or type_ is None:
            continue
        own = dict(given.get(type_.type, {}))
        if type_.type == "dwconv":
            known = {field.name for field in type_.fields}
            own = {**{k: v for k, v in given.get("conv", {}).items() if k in known}, **own}
        item.update(
            {field: value for field, value in own.items() if field not in item}
        )  # in place: others lead through it
        body[index] = item
    return {key: value for key, value in root.items() if key != "defaults"}


def sequential(root: Root, random: Random) -> Root:
    """Put items that follow each other into one group."""
    layers = root["layers"]
    if isinstance(layers, list) and not _TENSOR.search(str(layers)) and "from" not in str(layers):
        start = random.randrange(len(layers))
        end = random.randint(start + 1, len(layers))
        layers[start:end] = [{"sequential": layers[start:end]}]
    return root


REWRITINGS: dict[str, Callable[[Root, Random], Root]] = {
    function.__name__: function
    for function in (
        key_order, names, repeat_written_out, repeat_of_one, blocks_expanded, when, let, defaults, defaults_written_out, sequential,
    )
}  # fmt: skip


def rewritten(root: Root, way: str, random: Random) -> Root | None:
    """Return the file said otherwise; None where the way does not apply."""
    found = REWRITINGS[way](copy.deepcopy(root), random)
    return found if found and str(found) != str(root) else None
