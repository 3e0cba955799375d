"""Names for tensors, from the module paths of the layers that make them."""

import re
from collections.abc import Collection, Sequence

from dsconv_cost.importers.writing.tree import PREVIOUS, TensorRef, TreeItem, every_item
from dsconv_cost.language.vocabulary import COMMON_KEYS, TYPES, field_names, may_not_be_named
from dsconv_cost.network.graph import INPUT, INPUT_NAME, Network

_LONGEST = 40
_YAML_WORDS = frozenset({"yes", "no", "on", "off", "y", "n", "null", "true", "false"})


def tensor_names(
    tensors: set[int], paths: Sequence[str], inputs: Sequence[str], taken: Collection[str] = ()
) -> dict[int, str]:
    """Return a name for each tensor: the layer that makes it -> a name, none of those `taken`; those of the `inputs` are given."""
    names: dict[int, str] = {INPUT - index: name for index, name in enumerate(inputs)}
    used = {*inputs, INPUT_NAME, *taken}
    for node in sorted(tensors - names.keys()):
        names[node] = free_name(path_word(paths[node]) if paths else "", used)
        used.add(names[node])
    return names


def input_names(network: Network) -> list[str]:
    """Return the names of the inputs: `input` for the only one, else their own as far as the language takes them."""
    if len(network.inputs) == 1:
        return [INPUT_NAME]
    names: list[str] = []
    for number, each in enumerate(network.inputs, 1):
        word = path_word(each.name)
        names.append(free_name(word if word not in ("", INPUT_NAME) else f"input_{number}", {*names, INPUT_NAME}))
    return names


def referred(items: list[TreeItem]) -> set[int]:
    """Return the layers whose output an item starts at or joins by its name, and those whose weights it has."""
    tensors = set()
    for item in every_item(items):
        tensors |= {item.start, item.weights}
        tensors.update(branch for branch in item.branches or () if isinstance(branch, TensorRef))
    return {tensor.node for tensor in tensors if tensor is not None and tensor != PREVIOUS}


def path_word(path: str) -> str:
    """Return the last part of a module path that is more than a number, with the numbers after it: `layer1.0` -> `layer1_0`."""
    parts = [part for part in re.split(r"[^A-Za-z0-9_]+", path) if part]
    while len(parts) > 1 and not re.match("[A-Za-z]", parts[-1]):
        parts[-2:] = [f"{parts[-2]}_{parts[-1]}"]
    word = re.sub(r"__+", "_", parts[-1]).strip("_").lower() if parts else ""
    return word[-_LONGEST:].strip("_")


def free_name(word: str, used: Collection[str]) -> str:
    """Return the word as a name that is free, with a number where it has to be; `t1` or the next one without a word."""
    if word and not re.match("[A-Za-z]", word):
        word = f"t{word}"
    if word and not is_free(word, ()):
        word = f"{word}_out"
    name, number = word or "t1", 2
    while not is_free(name, used):
        name, number = f"{word}_{number}" if word else f"t{number}", number + 1
    return name


def is_free(name: str, used: Collection[str]) -> bool:
    """Return whether nothing of the language or of this file has a name."""
    stem = re.sub(r"\d+$", "", name)
    taken = stem in TYPES or name in TYPES or name in COMMON_KEYS or name in field_names() or name in _YAML_WORDS
    return not taken and name not in used and stem not in used and may_not_be_named(name) is None
