"""The architectures in a folder: its YAML files that have `layers` among their keys, or would have them but for a slip."""

import os
import re

from dsconv_cost.errors import DsconvCostError, UsageError
from dsconv_cost.language.nodes import ListNode, MappingNode, ScalarNode, read_nodes
from dsconv_cost.language.reader.file import KEYS
from dsconv_cost.sources.near_paths import YAML_ENDINGS
from dsconv_cost.sources.read import read_text, start_of
from dsconv_cost.text import inert, nearest_words

LOOKED_AT = 1 << 20
"""Bytes of a file that is too large, or not UTF-8."""
_LOOKS_LIKE = re.compile(r"^[\"']?layers[\"']?[ \t]*:", re.MULTILINE)
_INPUT = re.compile(r"(?:^|[{,])[ \t]*[\"']?input[\"']?[ \t]*:", re.MULTILINE)
_OWN = frozenset({"hyperparameters", "let", "blocks", "published", "variants", "budget"})
"""Keys that hardly any other tool has beside `input`."""


def architectures_in(folder: str, depth: int | None = None) -> list[str]:
    """Return the paths of the architectures in a folder and up to `depth` levels of folders, sorted.

    Hidden folders are left out, links to folders are not followed.
    """
    found: list[str] = []
    for at, folders, files in os.walk(folder, onerror=_unreadable):
        level = 1 if at == folder else os.path.relpath(at, folder).count(os.sep) + 2
        folders[:] = sorted(f for f in folders if not f.startswith(".")) if depth is None or level < depth else []
        paths = (
            os.path.normpath(os.path.join(at, name)) for name in sorted(files) if name.lower().endswith(YAML_ENDINGS)
        )
        found += [path for path in paths if is_architecture(path)]
    return found


def _unreadable(error: OSError) -> None:
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return  # a pattern of a budget file may name a folder that is not there
    raise UsageError(f"{inert(str(error.filename))} cannot be read: {error.strerror}") from None


def is_architecture(path: str) -> bool:
    """Return whether a YAML file is an architecture, or looks like one where it cannot be read to its end."""
    try:
        text = read_text(path, regular=True)
    except DsconvCostError:
        return _looks_like_one(path)
    return describes_one(text)


def describes_one(text: str) -> bool:
    """Return whether a YAML text is an architecture: one that is left out because of a slip in it would go unguarded."""
    if "layers" not in text and not _INPUT.search(text):
        return False
    root, cut = read_nodes(text, [])
    if isinstance(root, MappingNode) and (root.get("layers") is not None or _lacks_layers_only(root)):
        return True
    return cut is not None and _LOOKS_LIKE.search(text) is not None


def _lacks_layers_only(root: MappingNode) -> bool:
    """Return whether a mapping has the input of a network, and something else that architectures have."""
    input_ = root.get("input")
    if input_ is None:
        return False
    if any(isinstance(value, ListNode) and nearest_words(key.text, KEYS) == "layers" for key, value in root.pairs):
        return True
    keys = {key.text for key, _ in root.pairs}
    if keys & _OWN:
        return True
    sizes = input_.items if isinstance(input_, ListNode) and len(input_.items) == 3 else []
    # The files of other tools have an input too, and a name.
    return any(isinstance(size, ScalarNode) and size.text.isdecimal() for size in sizes) and len(keys & KEYS.keys()) > 1


def _looks_like_one(path: str) -> bool:
    try:
        start = start_of(path, LOOKED_AT)
    except FileNotFoundError:
        return False
    except OSError:
        start = None
    if start is None:
        return not os.path.isdir(path)  # reading it says why it cannot be read
    return _LOOKS_LIKE.search(start.decode("utf-8", "replace")) is not None
