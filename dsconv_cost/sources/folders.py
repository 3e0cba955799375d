"""The architectures in a folder: its YAML files that have `layers` among their keys, or would have them but for a slip."""

import os
import re
from collections.abc import Iterator
from typing import NamedTuple

from dsconv_cost.errors import DsconvCostError, UsageError
from dsconv_cost.language.nodes import ListNode, MappingNode, ScalarNode, read_nodes
from dsconv_cost.language.reader.file import FILE_KEYS
from dsconv_cost.sources.near_paths import YAML_ENDINGS
from dsconv_cost.sources.read import LARGEST_FILE, read_text, start_of
from dsconv_cost.text import inert, nearest_words

LOOKED_AT = 1 << 20
"""Bytes of a file that is not UTF-8."""
_ESCAPE = re.compile(r"\\[xuU]")
_MAY_HAVE_LAYERS = re.compile(r"layers[\"']?[ \t]*:|\?[ \t].*layers|\\[xuU]")
_INPUT = re.compile(r"(?:^|[{,])[ \t]*[\"']?input[\"']?[ \t]*:", re.MULTILINE)
_OWN = frozenset({"hyperparameters", "let", "blocks", "published", "variants", "budget"})
"""Keys that hardly any other tool has beside `input`."""


class FolderContents(NamedTuple):
    """The architectures in a folder and those below it, sorted."""

    architectures: list[str]
    skipped: list[tuple[str, str]]
    """What looks like one and is left out, and why: files in hidden folders or with another ending, and links to folders."""


def contents_of(folder: str, depth: int | None = None) -> FolderContents:
    """Return what is in a folder and up to `depth` levels of folders. Links are not followed."""
    found = FolderContents([], [])
    for at, folders, files in os.walk(folder, onerror=_unreadable):
        level = 1 if at == folder else os.path.relpath(at, folder).count(os.sep) + 2
        inside = sorted(folders) if depth is None or level < depth else []
        folders[:] = [name for name in inside if not name.startswith(".")]
        for name in inside:
            path = os.path.normpath(os.path.join(at, name))
            if os.path.islink(path):
                found.skipped.append((path, "a link to a folder, which is not followed"))
            elif name.startswith("."):
                found.skipped.extend((hidden, "in a hidden folder") for hidden in _hidden_architectures(path))
        for name in sorted(files):
            path = os.path.normpath(os.path.join(at, name))
            if name.lower().endswith(YAML_ENDINGS):
                found.architectures.extend([path] if is_architecture(path) else [])
            elif name.lower().endswith(".json") and _is_json_architecture(path):
                found.skipped.append((path, "JSON, which folders and patterns leave out: name it .yaml"))
    return found


def architectures_in(folder: str, depth: int | None = None) -> list[str]:
    """Return the paths of the architectures in a folder and up to `depth` levels of folders, sorted.

    Hidden folders are left out, links to folders are not followed.
    """
    return contents_of(folder, depth).architectures


def _hidden_architectures(folder: str) -> Iterator[str]:
    """Yield the architectures in a hidden folder, but for repositories and environments of Python."""
    for at, folders, files in os.walk(folder):
        if os.path.basename(at) == ".git" or "pyvenv.cfg" in files:
            folders[:] = []
            continue
        folders.sort()
        paths = (os.path.normpath(os.path.join(at, name)) for name in sorted(files))
        yield from (path for path in paths if path.lower().endswith(YAML_ENDINGS) and is_architecture(path))


def _is_json_architecture(path: str) -> bool:
    """Return whether a JSON file has both the layers and the input of a network; files of other tools have layers too."""
    try:
        text = read_text(path, regular=True)
    except DsconvCostError:
        return False
    if ("layers" not in text or "input" not in text) and not _ESCAPE.search(text):
        return False
    root, _ = read_nodes(text, [])
    return isinstance(root, MappingNode) and root.get("layers") is not None and root.get("input") is not None


def _unreadable(error: OSError) -> None:
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return  # a pattern of a budget file may name a folder that is not there
    raise UsageError(f"{inert(str(error.filename))} cannot be read: {error.strerror}") from None


def is_architecture(path: str) -> bool:
    """Return whether a YAML file is an architecture, or may be one: reading it then says why that cannot be told."""
    try:
        text = read_text(path, regular=True)
    except DsconvCostError:
        return _may_be_one(path)
    return describes_one(text)


def describes_one(text: str) -> bool:
    """Return whether a YAML text is an architecture: one that is left out because of a slip in it would go unguarded."""
    if "layers" not in text and not _INPUT.search(text) and not _ESCAPE.search(text):
        return False
    root, cut = read_nodes(text, [])
    if isinstance(root, MappingNode) and (root.get("layers") is not None or _lacks_layers_only(root)):
        return True
    return cut is not None and _MAY_HAVE_LAYERS.search(text) is not None


def _lacks_layers_only(root: MappingNode) -> bool:
    """Return whether a mapping has the input of a network, and something else that architectures have."""
    input_ = root.get("input")
    if input_ is None:
        return False
    if any(isinstance(value, ListNode) and nearest_words(key.text, FILE_KEYS) == "layers" for key, value in root.pairs):
        return True
    keys = {key.text for key, _ in root.pairs}
    if keys & _OWN:
        return True
    sizes = input_.items if isinstance(input_, ListNode) and len(input_.items) == 3 else []
    # The files of other tools have an input too, and a name.
    return (
        any(isinstance(size, ScalarNode) and size.text.isdecimal() for size in sizes)
        and len(keys & FILE_KEYS.keys()) > 1
    )


def _may_be_one(path: str) -> bool:
    """Return whether a file that cannot be read may be an architecture: one of another encoding without such a key is none."""
    try:
        if os.lstat(path).st_size > LARGEST_FILE:
            return True
        start = start_of(path, LOOKED_AT)
    except FileNotFoundError:
        return False
    except OSError:
        start = None
    if start is None:
        return not os.path.isdir(path)  # reading it says why it cannot be read
    if b"\0" in start or start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return _MAY_HAVE_LAYERS.search(start.decode("latin-1")) is not None
