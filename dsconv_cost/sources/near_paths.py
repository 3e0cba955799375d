"""Files that are not where they were looked for: the path that was likely meant, and files in the folders above."""

import os

from dsconv_cost.text import nearest_words

LEVELS_ABOVE = 5
"""How many folders up the search goes outside a git repository."""
YAML_ENDINGS = (".yaml", ".yml")


def likely(path: str, folders: bool, base: str = "") -> str | None:
    """Return the YAML file, or with `folders` the folder, that a path that does not exist likely means.

    Every step of the path may be mistyped. Paths are seen from `base`, and the answer is written as the path was.
    """
    steps = path.split("/")
    corrected = ""
    for index, step in enumerate(steps):
        last = index == len(steps) - 1
        if step in ("", ".", "..") or (not last and os.path.isdir(os.path.join(base, corrected, step))):
            corrected += step if last else f"{step}/"
            continue
        meant = _in_folder(os.path.join(base, corrected) or ".", step, files=last, folders=folders or not last)
        if meant is None:
            return None
        corrected += meant if last else f"{meant}/"
    return None if corrected == path else corrected


def _in_folder(folder: str, name: str, files: bool, folders: bool) -> str | None:
    """Return which of a folder's files and folders a name was likely meant to be: by their stems."""
    try:
        with os.scandir(folder) as entries:
            there = [(entry.name, entry.is_dir()) for entry in entries if not entry.name.startswith(".")]
    except (OSError, ValueError):
        return None
    known = [n for n, is_folder in there if (folders if is_folder else files and n.lower().endswith(YAML_ENDINGS))]
    # Endings are left out of the comparing: they would make any two files alike.
    stems = {_stem(n): n for n in sorted(known, reverse=True)}
    meant = nearest_words(_stem(name), stems)
    if meant is not None:
        return stems[meant]
    return nearest_words(name, known) if _stem(name) == name.lower() else None


def _stem(name: str) -> str:
    stem, ending = os.path.splitext(name)
    return (stem if ending.lower() in YAML_ENDINGS else name).lower()


def above(name: str) -> str | None:
    """Return the path of the nearest file of that name in a folder above this one, inside the same git repository.

    Outside a repository the search ends LEVELS_ABOVE folders up.
    """
    folders: list[str] = []
    at = os.path.abspath(".")
    root = 0
    while True:
        if os.path.lexists(os.path.join(at, ".git")):
            root = len(folders)
            break
        parent = os.path.dirname(at)
        if parent == at:
            root = LEVELS_ABOVE
            break
        folders.append(parent)
        at = parent
    for level in range(1, min(root, len(folders)) + 1):
        path = "/".join([".."] * level + [name])
        if os.path.lexists(path):
            return path
    return None
