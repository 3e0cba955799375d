"""A tree as text in YAML, in flow or block style as chance has it."""

import re
from random import Random
from typing import Any

Tree = Any
"""A mapping, a list, or a scalar; None is the value of a type that has no main field."""

_PLAIN = re.compile(r"[A-Za-z0-9_(.][A-Za-z0-9_ .+*/()<>%-]*")
_MISREAD = frozenset({"yes", "no", "on", "off", "null", "~", "y", "n"})


def scalar(value: Tree) -> str:
    """Return a scalar as YAML has it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    if not isinstance(value, str) or (_PLAIN.fullmatch(text) and text.lower() not in _MISREAD and text == text.strip()):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t").replace("\n", "\\n")
    return f'"{escaped}"'


def flow(tree: Tree) -> str:
    """Return a tree on one line."""
    if isinstance(tree, dict):
        return (
            "{"
            + ", ".join(key if value is None else f"{scalar(key)}: {flow(value)}" for key, value in tree.items())
            + "}"
        )
    if isinstance(tree, list):
        return "[" + ", ".join(map(flow, tree)) + "]"
    return scalar(tree)


def _block(tree: Tree, indent: str, random: Random | None, out: list[str], prefix: str) -> None:
    """Add the lines of a tree, the first after `prefix`, which is as wide as `indent`."""
    if isinstance(tree, dict) and tree:
        for key, value in tree.items():
            start = f"{prefix}{scalar(key)}:"
            prefix = indent
            if value is None:
                out.append(start)
            elif _is_short(value, random):
                out.append(f"{start} {flow(value)}")
            else:
                out.append(start)
                _block(value, f"{indent}  ", random, out, f"{indent}  ")
    elif isinstance(tree, list) and tree:
        for value in tree:
            start, prefix = f"{prefix}- ", indent
            if _is_short(value, random):
                out.append(f"{start}{flow(value)}")
            else:
                _block(value, f"{indent}  ", random, out, start)
    else:
        out.append(f"{prefix}{flow(tree)}")


def _is_short(tree: Tree, random: Random | None) -> bool:
    return not isinstance(tree, (dict, list)) or not tree or (random is not None and random.random() < 0.6)


def text_of(root: dict[str, Tree], random: Random | None = None) -> str:
    """Return the text of a file; without `random` all of it is in block style."""
    lines: list[str] = []
    _block(root, "", random, lines, "")
    return "\n".join(lines) + "\n"
