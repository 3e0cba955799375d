"""Which modules of the model an item stands for, beside it as a comment."""

import re
from collections.abc import Sequence

from dsconv_cost.importers.writing.text import YamlLine
from dsconv_cost.importers.writing.tree import TreeItem
from dsconv_cost.text import shown

_FURTHEST = 100
"""The last column where comments begin below each other."""
_LONGEST = 80


def with_comments(lines: list[YamlLine], top: list[TreeItem], paths: Sequence[str]) -> list[str]:
    """Return the lines, each that begins an item of the top with the module path that the item is."""
    whole = {id(item) for item in top}
    comments = [
        module_of(line.item, paths) if paths and line.item is not None and id(line.item) in whole else ""
        for line in lines
    ]
    widths = [len(line.text) for line, comment in zip(lines, comments, strict=True) if comment]
    column = max([width for width in widths if width <= _FURTHEST], default=0)
    return [
        f"{line.text:<{column}}  # {comment}" if comment else line.text
        for line, comment in zip(lines, comments, strict=True)
    ]


def module_of(item: TreeItem, paths: Sequence[str]) -> str:
    """Return the module that an item is, or the modules of its first and last repetition; empty where they have none."""
    first, last = (_common([_module(paths[at]) for at in nodes if paths[at]]) for nodes in item.ends)
    text = first if first == last else f"{first} to {last}" if first and last else ""
    return shown(text, _LONGEST) if re.search(r"\w", text) else ""


def _module(path: str) -> str:
    """Return the path of a module without the operator that exporters put behind it: `/maxpool/MaxPool` is in `/maxpool`."""
    if re.fullmatch(r"n[0-9]+", path):
        return ""  # the number of a node without a name
    return re.sub(r"[./][A-Z][A-Za-z0-9]*(_[0-9]+)?$", "", path)


def _common(paths: list[str]) -> str:
    """Return the longest path that all of them are in."""
    if not paths:
        return ""
    parts = [re.split(r"(?<=[./])", path) for path in paths]
    length = min(map(len, parts))
    same = next((at for at in range(length) if len({one[at].rstrip("./") for one in parts}) > 1), length)
    return "".join(parts[0][:same]).rstrip("./")
