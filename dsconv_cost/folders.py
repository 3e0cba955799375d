"""The architectures in a folder: its YAML files that have `layers` among their keys."""

import os
import re

from dsconv_cost.errors import DsconvCostError
from dsconv_cost.loading import read_source
from dsconv_cost.yaml_events import Mapping, read_nodes

ENDINGS = (".yaml", ".yml")
LOOKED_AT = 1 << 20
"""Bytes of a file that is too large, or not UTF-8."""
_LOOKS_LIKE = re.compile(r"^[\"']?layers[\"']?[ \t]*:", re.MULTILINE)


def architectures_in(folder: str, depth: int | None = None) -> list[str]:
    """Return the paths of the architectures in a folder and up to `depth` levels of folders, sorted.

    Hidden folders are left out, and links to folders are not followed.
    """
    found: list[str] = []
    for at, folders, files in os.walk(folder):
        level = 1 if at == folder else os.path.relpath(at, folder).count(os.sep) + 2
        folders[:] = sorted(f for f in folders if not f.startswith(".")) if depth is None or level < depth else []
        paths = (os.path.normpath(os.path.join(at, name)) for name in sorted(files) if name.endswith(ENDINGS))
        found += [path for path in paths if is_architecture(path)]
    return found


def is_architecture(path: str) -> bool:
    """Return whether a YAML file has `layers` at its top, or looks as if it had where it cannot be read to its end."""
    try:
        text = read_source(path).text
    except DsconvCostError:
        return _looks_like_one(path)
    if "layers" not in text:
        return False
    root, cut = read_nodes(text, [])
    if isinstance(root, Mapping) and any(key.text == "layers" for key, _ in root.pairs):
        return True
    # A file that is broken before its layers is one too: left out, it would guard nothing.
    return cut is not None and _LOOKS_LIKE.search(text) is not None


def _looks_like_one(path: str) -> bool:
    if not os.path.isfile(path):
        return False
    try:
        with open(path, "rb") as handle:
            start = handle.read(LOOKED_AT)
    except OSError:
        return True  # nobody knows: reading it says why it cannot be read
    return _LOOKS_LIKE.search(start.decode("utf-8", "replace")) is not None
