"""The lock: what networks cost when somebody last agreed to it, in a file meant to be committed.

JSON, sorted, a layer a line and no timestamps, so that its differences can be read and merged.
"""

import contextlib
import json
import os
import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from dsconv_cost.budget.growth import COMPARED_METRICS, MEMORY_COMPARED, PastCosts, PastLayer
from dsconv_cost.costs.charges import Convention
from dsconv_cost.errors import InputError, Problem, UsageError
from dsconv_cost.language.limits import MEMORY_BITS
from dsconv_cost.language.nodes import ListNode, MappingNode, YamlNode, read_nodes
from dsconv_cost.sources import near_paths
from dsconv_cost.sources.read import read_text
from dsconv_cost.text import inert, shown

LOCK_PATH = "dsconv-cost.lock"
LOCK_SCHEMA_VERSION = 2
WITHOUT_MEMORY = 1
"""The version of locks that have params and MACs only; they are still read."""
SECONDS_TO_WAIT = 60
"""For other updates of the same lock."""
LARGEST_FIGURE = 10**24
_KEYS = ("schema_version", "convention", "memory", "architectures")
_REMEDY = "write it anew with check --update-lock"
_CONFLICT = re.compile(r"^(<<<<<<<|=======|>>>>>>>)", re.MULTILINE)


class Lock(NamedTuple):
    """The content of a lock."""

    convention: tuple[str, str]
    """Name and version."""
    architectures: dict[str, PastCosts]
    memory: Mapping[str, str] = {}
    """Each metric of memory -> name and version of its convention; empty where the lock has none."""


def stamp_of_memory() -> dict[str, str]:
    """Return the conventions that a lock's peak, arena and flash are counted by now."""
    from dsconv_cost.memory.places import memory_stamp

    return memory_stamp(MEMORY_BITS)


def lock_exists() -> bool:
    """Return whether there is a lock in the working directory."""
    return os.path.lexists(LOCK_PATH)


@contextlib.contextmanager
def only_writer() -> Iterator[None]:
    """Keep every other update of a lock in this folder out, so that none overwrites what another one wrote meanwhile."""
    try:
        import fcntl
    except ImportError:  # not on Windows
        yield
        return
    folder = os.open(".", os.O_RDONLY)
    try:
        end = time.monotonic() + SECONDS_TO_WAIT
        while True:
            try:
                fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > end:
                    raise UsageError(
                        f"another update of {LOCK_PATH} has not ended within {SECONDS_TO_WAIT} s"
                    ) from None
                time.sleep(0.02)
            except OSError:
                break  # a file system without locks
        yield
    finally:
        os.close(folder)


def load_lock() -> Lock:
    """Return the lock of the working directory. Raises UsageError where there is none, InputError for a damaged one."""
    if not lock_exists():
        elsewhere = near_paths.above(LOCK_PATH)
        if elsewhere is not None:
            raise UsageError(f"there is no {LOCK_PATH} here, but {inert(elsewhere)}: run check in that folder")
        raise UsageError(f"there is no {LOCK_PATH} here: write it with check --update-lock, and commit it")
    try:
        text = read_text(LOCK_PATH, regular=True)
    except InputError as error:
        raise InputError(LOCK_PATH, [error.problems[0]._replace(message=f"not text: {_REMEDY}")]) from None
    return read_lock(text)


def lock_text(convention: Convention, architectures: dict[str, PastCosts]) -> str:
    """Return the text of a lock."""
    stamp = json.dumps({"name": convention.name, "version": convention.version})
    lines = ["{", f'  "schema_version": {LOCK_SCHEMA_VERSION},', f'  "convention": {stamp},']
    lines += [f'  "memory": {json.dumps(stamp_of_memory())},', '  "architectures": {']
    blocks = []
    for name, costs in sorted(architectures.items()):
        rows = ",\n".join(
            f"        {json.dumps([row.name, row.params, row.macs], ensure_ascii=False)}" for row in costs.layers
        )
        layers = f"[\n{rows}\n      ]" if rows else "[]"
        figures = {metric: value for metric in COMPARED_METRICS if (value := costs.of(metric)) is not None}
        totals = "".join(f'      "{metric}": {value},\n' for metric, value in figures.items())
        blocks.append(f'    {json.dumps(name, ensure_ascii=False)}: {{\n{totals}      "layers": {layers}\n    }}')
    body = ",\n".join(blocks)
    return "\n".join([*lines, *([body] if body else []), "  }", "}", ""])


# -- reading --------------------------------------------------------------------------------------


class _Wrong(Exception):
    def __init__(self, message: str, *path: str | int) -> None:
        super().__init__(message)
        self.path = path


def read_lock(text: str) -> Lock:
    """Return what a lock's text says. Raises InputError with the place of what is wrong."""
    try:
        return _checked(_parsed(text))
    except _Wrong as wrong:
        line, column = _place(text, wrong.path)
        raise InputError(LOCK_PATH, [Problem(line, column, f"{wrong}: {_REMEDY}", "edited-lock")], text) from None


def _parsed(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_no_duplicates, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        conflict = _CONFLICT.search(text)
        if conflict:
            line = text.count("\n", 0, conflict.start()) + 1
            message = f"a merge conflict: take either side, then {_REMEDY}"
            raise InputError(LOCK_PATH, [Problem(line, 1, message, "merge-conflict")], text) from None
        message = f"not JSON ({shown(error.msg)}): {_REMEDY}"
        raise InputError(LOCK_PATH, [Problem(error.lineno, error.colno, message, "edited-lock")], text) from None
    except (RecursionError, ValueError) as error:
        why = "nested too deep" if isinstance(error, RecursionError) else "a number of too many digits"
        raise InputError(LOCK_PATH, [Problem(1, 1, f"{why}: {_REMEDY}", "edited-lock")], text) from None


class _Twice(dict[str, Any]):
    """An object with a duplicate key."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        names = Counter(name for name, _ in pairs)
        self.twice = next(name for name, count in names.items() if count > 1)


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    unique = dict(pairs)
    return unique if len(unique) == len(pairs) else _Twice(pairs)


def _no_constant(name: str) -> None:
    return None


def _object(value: Any, what: str, *path: str | int) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _Wrong(f"expected {what}", *path)
    if isinstance(value, _Twice):
        raise _Wrong(f"duplicate key '{shown(value.twice)}'", *path, value.twice)
    return value


def _checked(document: Any) -> Lock:
    root = _object(document, "an object with schema_version, convention and architectures")
    version = root.get("schema_version")
    if "schema_version" not in root:
        raise _Wrong("schema_version is missing")
    if type(version) is not int or version not in (WITHOUT_MEMORY, LOCK_SCHEMA_VERSION):
        raise _Wrong(
            f"schema_version is {shown(json.dumps(version))}, and this version of dsconv-cost reads {WITHOUT_MEMORY} and "
            f"{LOCK_SCHEMA_VERSION}",
            "schema_version",
        )
    keys = [key for key in _KEYS if key != "memory" or version != WITHOUT_MEMORY]
    for key in root:
        if key not in keys:
            raise _Wrong(f"unknown key '{shown(key)}'", key)
    for key in keys:
        if key not in root:
            raise _Wrong(f"{key} is missing")
    convention = _object(root["convention"], "an object with name and version", "convention")
    for key in ("name", "version"):
        if not isinstance(convention.get(key), str):
            raise _Wrong(f"the convention's {key} is not text", "convention", *([key] if key in convention else []))
    memory = _memory_conventions(root["memory"]) if "memory" in root else {}
    architectures: dict[str, PastCosts] = {}
    for name, value in _object(root["architectures"], "an object", "architectures").items():
        _whole(name, "architectures", name)
        architectures[name] = _architecture(value, bool(memory), "architectures", name)
    return Lock((convention["name"], convention["version"]), architectures, memory)


def _memory_conventions(value: Any) -> dict[str, str]:
    conventions = _object(value, "an object with peak, arena and flash", "memory")
    for metric in MEMORY_COMPARED:
        if not isinstance(conventions.get(metric), str):
            at = [metric] if metric in conventions else []
            raise _Wrong(f"the convention of the {metric} is not text", "memory", *at)
    for key in conventions:
        if key not in MEMORY_COMPARED:
            raise _Wrong(f"unknown key '{shown(key)}'", "memory", key)
    return conventions


def _architecture(value: Any, with_memory: bool, *path: str | int) -> PastCosts:
    """Return what a network cost; one that was kept from a lock without memory has none."""
    entry = _object(value, "an object with params, macs and layers", *path)
    has_memory = with_memory and any(metric in entry for metric in MEMORY_COMPARED)
    keys = ("params", "macs", *(MEMORY_COMPARED if has_memory else ()), "layers")
    for key in keys:
        if key not in entry:
            raise _Wrong(f"{key} is missing", *path)
    for key in entry:
        if key not in keys:
            raise _Wrong(f"unknown key '{shown(key)}'", *path, key)
    totals = [_count(entry[key], *path, key) for key in ("params", "macs")]
    rows = entry["layers"]
    if not isinstance(rows, list):
        raise _Wrong("expected a list of [name, params, macs]", *path, "layers")
    layers: list[PastLayer] = []
    names: set[str] = set()
    for index, row in enumerate(rows):
        at = (*path, "layers", index)
        if not isinstance(row, list) or len(row) != 3 or not isinstance(row[0], str):
            raise _Wrong("expected [name, params, macs]", *at)
        if row[0] in names:
            raise _Wrong(f"duplicate layer '{shown(row[0])}'", *at)
        _whole(row[0], *at)
        names.add(row[0])
        layers.append(PastLayer(row[0], _count(row[1], *at, 1), _count(row[2], *at, 2)))
    for key, whole, sum_ in (
        ("params", totals[0], sum(layer.params for layer in layers)),
        ("macs", totals[1], sum(layer.macs for layer in layers)),
    ):
        if whole != sum_:
            raise _Wrong(
                f"{key} is {whole:,}, but its layers have {sum_:,} together: it was edited by hand", *path, key
            )
    memory = {metric: _count(entry[metric], *path, metric) for metric in MEMORY_COMPARED if has_memory}
    return PastCosts(totals[0], totals[1], layers, memory)


def _whole(name: str, *path: str | int) -> None:
    """Refuse a name with half a character, which JSON can say and no file system or UTF-8 file can hold."""
    if any("\ud800" <= character <= "\udfff" for character in name):
        raise _Wrong("a lone surrogate in a name", *path)


def _count(value: Any, *path: str | int) -> int:
    if type(value) is not int or not 0 <= value <= LARGEST_FIGURE:
        raise _Wrong("expected a whole number of at least 0", *path)
    return value


def _place(text: str, path: tuple[str | int, ...]) -> tuple[int, int]:
    """Return line and column of a value: JSON is YAML, whose reader keeps positions."""
    root, _ = read_nodes(text, [])
    at: YamlNode | None = root
    place = (1, 1)
    for step in path:
        child: YamlNode | None = None
        if isinstance(at, MappingNode):
            pair = next(((key, value) for key, value in at.pairs if key.text == step), None)
            if pair is not None:
                place, child = (pair[0].line, pair[0].column), pair[1]
        elif isinstance(at, ListNode) and isinstance(step, int) and step < len(at.items):
            child = at.items[step]
            place = (child.line, child.column)
        if child is None:
            break
        at = child
    return place
