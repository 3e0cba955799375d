"""The architectures in a folder: its YAML files that have `layers` among their keys, or would have them but for a slip."""

import os
import re
from collections.abc import Iterator
from typing import NamedTuple

from dsconv_cost.errors import DsconvCostError
from dsconv_cost.importers.formats import ENDINGS, HEAD, format_of
from dsconv_cost.language.nodes import REFUSED, ListNode, MappingNode, ScalarNode, read_nodes
from dsconv_cost.language.reader.file import FILE_KEYS
from dsconv_cost.network.allowance import spend_reading
from dsconv_cost.sources.near_paths import YAML_ENDINGS
from dsconv_cost.sources.read import LARGEST_FILE, read_text, start_of
from dsconv_cost.text import inert, nearest_words

_ESCAPE = re.compile(r"\\[xuU\r\n]")
# These are searched for in hostile texts, in time that grows with their length: nothing in them may match a long text from each place.
_MAY_HAVE_LAYERS = re.compile(r"layers[\"']?[ \t]*(?:[:#]|$)|\\[xuU\r\n]", re.MULTILINE)
_INPUT = re.compile(r"(?:^|[{,])[ \t]*[\"']?input[\"']?[ \t]*:", re.MULTILINE | re.IGNORECASE)
_OWN = frozenset({"hyperparameters", "let", "blocks", "published", "variants", "budget"})
"""Keys that hardly any other tool has beside `input`."""


_LINK = "a link to a folder, which is not followed"
_MODEL = "a model of another tool, which folders and patterns leave out: name the file"
_JSON = "JSON, which folders and patterns leave out: name it .yaml"


class FolderContents(NamedTuple):
    """The architectures in a folder and those below it, sorted."""

    architectures: list[str]
    skipped: list[tuple[str, str]]
    """What looks like one and is left out, and why: files in hidden folders or with another ending, and links to folders."""
    unreadable: list[tuple[str, str]]
    """Folders that cannot be read, and the message that says so."""


def contents_of(folder: str, depth: int | None = None) -> FolderContents:
    """Return what is in a folder and up to `depth` levels of folders. Links are not followed."""
    contents = FolderContents([], [], [])

    def unreadable(error: OSError) -> None:
        if isinstance(error, (FileNotFoundError, NotADirectoryError)):
            return  # a pattern of a budget file may name a folder that is not there
        path = str(error.filename)
        contents.unreadable.append((path, f"{inert(path)} cannot be read: {error.strerror}"))

    for at, folders, files in os.walk(folder, onerror=unreadable):
        level = 1 if at == folder else os.path.relpath(at, folder).count(os.sep) + 2
        inside = sorted(folders) if depth is None or level < depth else []
        folders[:] = [name for name in inside if not name.startswith(".")]
        for name in inside:
            path = os.path.normpath(os.path.join(at, name))
            if os.path.islink(path):
                contents.skipped.append((path, _LINK))
            elif name.startswith("."):
                contents.skipped.extend(_hidden_architectures(path))
        for name in sorted(files):
            path = os.path.normpath(os.path.join(at, name))
            if name.lower().endswith(YAML_ENDINGS):
                contents.architectures.extend([path] if is_architecture(path) else [])
            elif name.lower().endswith(".json") and _is_json_architecture(path):
                contents.skipped.append((path, _JSON))
            elif name.lower().endswith(ENDINGS) and _is_model(path):
                contents.skipped.append((path, _MODEL))
    return contents


def architectures_in(folder: str, depth: int | None = None) -> list[str]:
    """Return the paths of the architectures in a folder and up to `depth` levels of folders, sorted.

    Hidden folders are left out, links to folders are not followed.
    """
    return contents_of(folder, depth).architectures


def _hidden_architectures(folder: str) -> Iterator[tuple[str, str]]:
    """Yield the architectures and links in a hidden folder, and why they are left out; not those of git or of a Python environment."""
    for at, folders, files in os.walk(folder):
        if os.path.basename(at) == ".git" or "pyvenv.cfg" in files:
            folders[:] = []
            continue
        folders.sort()
        for name in folders:
            path = os.path.normpath(os.path.join(at, name))
            if os.path.islink(path):
                yield path, _LINK
        for name in sorted(files):
            path = os.path.normpath(os.path.join(at, name))
            lower = name.lower()
            is_one = lower.endswith(YAML_ENDINGS) and is_architecture(path)
            if is_one or (lower.endswith(".json") and _is_json_architecture(path)):
                yield path, "in a hidden folder"


def _is_model(path: str) -> bool:
    """Return whether a file is a model of another tool by its first bytes."""
    try:
        start = start_of(path, HEAD)
    except OSError:
        return False
    return start is not None and format_of(start) is not None


def _is_json_architecture(path: str) -> bool:
    """Return whether a JSON file has both the layers and the input of a network; files of other tools have layers too."""
    if os.path.islink(path):
        return not os.path.isdir(path)
    try:
        text = read_text(path, regular=True)
    except DsconvCostError:
        return _may_have_both(path)
    if "input" not in text.lower() and not _ESCAPE.search(text):
        return False
    spend_reading(path, text)
    root, cut = read_nodes(text, [])
    if isinstance(root, MappingNode) and root.get("layers") is not None and root.get("input") is not None:
        return True
    if isinstance(root, MappingNode) and _lacks_layers_only(root):
        return True
    return cut is not None and "layers" in text and "input" in text


def _may_have_both(path: str) -> bool:
    """Return whether the words for layers and input are in a file that is no text, or too large to be read whole."""
    try:
        start = start_of(path, LARGEST_FILE)
    except OSError:
        return False
    letters = (start or b"").replace(b"\0", b"")  # those of UTF-16 and UTF-32
    return b"layers" in letters and b"input" in letters


def is_architecture(path: str) -> bool:
    """Return whether a YAML file is an architecture, or may be one: reading it then says why that cannot be told."""
    try:
        text = read_text(path, regular=True)
    except DsconvCostError:
        return _may_be_one(path)
    return describes_one(text, path)


def describes_one(text: str, path: str) -> bool:
    """Return whether a YAML text is an architecture: one that is left out because of a slip in it would go unguarded.

    Raises UsageError where the call has read too much.
    """
    if "layers" not in text and not _INPUT.search(text) and not _ESCAPE.search(text):
        return False
    spend_reading(path, text)
    root, cut = read_nodes(text, [])
    if isinstance(root, MappingNode) and (root.get("layers") is not None or _lacks_layers_only(root)):
        return True
    if isinstance(root, MappingNode) and root.get("input") is not None:
        # An alias or a merge may be the key that is missing; both are refused.
        return cut is not None or any(key.text.startswith(REFUSED) or key.text == "<<" for key, _ in root.pairs)
    return cut is not None and _MAY_HAVE_LAYERS.search(text) is not None


def _lacks_layers_only(root: MappingNode) -> bool:
    """Return whether a mapping has the input of a network, and something else that architectures have."""
    input_ = next((value for key, value in root.pairs if key.text.lower() == "input"), None)
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
        start = start_of(path, LARGEST_FILE)
    except FileNotFoundError:
        return False
    except OSError:
        start = None
    if start is None:
        return not os.path.isdir(path)  # reading it says why it cannot be read
    if b"\0" in start or start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return _MAY_HAVE_LAYERS.search(start.decode("latin-1")) is not None
