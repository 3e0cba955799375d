"""From a path or a name to an Architecture with its hyperparameters chosen."""

import os
import stat
import sys
from collections.abc import Mapping

from dsconv_cost import bundled
from dsconv_cost.architecture import Architecture, Spec
from dsconv_cost.collector import uncollected
from dsconv_cost.errors import InputError, Problem, UsageError
from dsconv_cost.inert import inert, near
from dsconv_cost.spec import read_spec
from dsconv_cost.spec_figures import unsuitable
from dsconv_cost.values import Value, describe

LARGEST_FILE = 16 * 1024 * 1024
STANDARD_INPUT = "-"
STDIN_NAME = "<stdin>"


class Source:
    """What a user's argument means: text, where it is from, and the variant asked for."""

    __slots__ = ("bundled", "path", "text", "variant")

    def __init__(self, text: str, path: str, is_bundled: bool, variant: str | None) -> None:
        self.text = text
        self.path = path
        self.bundled = is_bundled
        self.variant = variant


def read_source(argument: str) -> Source:
    """Return what `argument` names: an existing path, else before its last colon a path or a bundled name.

    Raises UsageError when there is no such thing, InputError when it cannot be read as text.
    """
    if argument == STANDARD_INPUT:
        return Source(_decode(_read(sys.stdin.buffer.fileno(), STDIN_NAME), STDIN_NAME), STDIN_NAME, False, None)
    if "\0" in argument or not argument:
        raise UsageError(f"'{inert(argument)}' is no path and no bundled architecture")
    candidates: list[tuple[str, str | None]] = [(argument, None)]
    name, colon, variant = argument.rpartition(":")
    if colon and name and variant:
        candidates.append((name, variant))
    for path, chosen in candidates:
        if path == STANDARD_INPUT:
            return Source(_decode(_read(sys.stdin.buffer.fileno(), STDIN_NAME), STDIN_NAME), STDIN_NAME, False, chosen)
        if _exists(path):
            return Source(_decode(_read_path(path), path), path, False, chosen)
    for path, chosen in candidates:
        found = bundled.find(path)
        if found is not None:
            file = os.path.basename(found)
            return Source(_decode(_read_path(found), file), file, True, chosen)
    if os.sep in argument or (argument.endswith((".yaml", ".yml")) and bundled.find(argument) is None):
        stem = os.path.basename(candidates[-1][0])
        hint = near(stem.removesuffix(".yaml").removesuffix(".yml"), bundled.names()) if os.sep not in argument else ""
        raise UsageError(f"no file '{inert(argument)}'{hint}")
    raise bundled.unknown(candidates[-1][0])


def _exists(path: str) -> bool:
    try:
        return os.path.exists(path)
    except OSError:
        return False


def _read_path(path: str) -> bytes:
    try:
        # Without O_NONBLOCK the opening of a pipe nobody writes to would wait for ever; reading then blocks as usual.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    except OSError as error:
        raise UsageError(f"{inert(path)} cannot be read: {error.strerror}") from None
    try:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise UsageError(f"{inert(path)} is a directory: name a file in it")
        if hasattr(os, "set_blocking"):
            os.set_blocking(handle, True)
        return _read(handle, path)
    finally:
        os.close(handle)


def _read(handle: int, path: str) -> bytes:
    pieces: list[bytes] = []
    size = 0
    try:
        while piece := os.read(handle, 1 << 20):
            pieces.append(piece)
            size += len(piece)
            if size > LARGEST_FILE:
                raise UsageError(
                    f"{inert(path)} is larger than {LARGEST_FILE >> 20} MiB, the most an architecture may be"
                )
    except OSError as error:
        raise UsageError(f"{inert(path)} cannot be read: {error.strerror}") from None
    return b"".join(pieces)


def _decode(data: bytes, path: str) -> str:
    if b"\0" in data:
        line = data.count(b"\n", 0, data.index(b"\0")) + 1
        raise InputError(
            path, [Problem(line, 1, "received a binary file, expected an architecture in YAML (UTF-8 text)")]
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        start = data.rfind(b"\n", 0, error.start) + 1
        column = len(data[start : error.start].decode("utf-8", "replace")) + 1
        said = f"received the byte 0x{data[error.start]:02x}, which is not UTF-8: save the file as UTF-8"
        raise InputError(path, [Problem(line, column, said)]) from None


def load_source(source: Source, chosen: Mapping[str, Value]) -> Architecture:
    """Return the architecture of a source. Raises InputError with all of its problems, UsageError for wrong choices."""
    stem = os.path.basename(source.path).removesuffix(".yaml").removesuffix(".yml").strip("<>")
    spec, problems = read_spec(source.text, source.path, stem or "network")
    if problems:
        _collect_more(spec, problems)
        raise InputError(source.path, problems, source.text)
    hyperparameters = choose(spec, source.variant, chosen)
    return Architecture(spec, source.path, source.bundled, source.variant, hyperparameters)


def _collect_more(spec: Spec, problems: list[Problem]) -> None:
    """Add what is wrong with the network, as far as it can be told beside what is wrong with the file."""
    from dsconv_cost.elaborate import Elaboration

    if (
        not spec.layers
        or not spec.input
        or any("uses itself" in p.message or "nested more" in p.message for p in problems)
    ):
        return
    values = {h.name: h.default for h in spec.hyperparameters.values() if h.default is not None}
    elaboration = Elaboration(spec, values)
    elaboration.uncertain = True
    elaboration.run()
    places = {(p.line, p.column) for p in problems}
    problems += [p for p in elaboration.problems if (p.line, p.column) not in places]


def choose(spec: Spec, variant: str | None, chosen: Mapping[str, Value]) -> dict[str, Value]:
    """Return every hyperparameter's value: defaults, then the variant's, then those chosen."""
    values: dict[str, Value] = {h.name: h.default for h in spec.hyperparameters.values() if h.default is not None}
    if variant is not None:
        if variant not in spec.variants:
            listing = f": there are {', '.join(spec.variants)}" if spec.variants else ": it has none"
            raise UsageError(f"{spec.name} has no variant '{inert(variant)}'{near(variant, spec.variants) or listing}")
        values.update(spec.variants[variant])
    for name, value in chosen.items():
        hyperparameter = spec.hyperparameters.get(name)
        if hyperparameter is None:
            if any(let.name == name for let in spec.lets):
                raise UsageError(f"'{inert(name)}' is computed in let and cannot be set: set what it is computed from")
            names = ", ".join(f"{h.name} = {_show(h.default)}" for h in spec.hyperparameters.values())
            listing = f": it has {names}" if names else ": it has none"
            hint = near(name, spec.hyperparameters)
            raise UsageError(f"{spec.name} has no hyperparameter '{inert(name)}'{hint or listing}")
        wrong = unsuitable(value, hyperparameter.default)
        if wrong:
            raise UsageError(f"{name}: {wrong}")
        values[name] = value
    missing = [name for name in spec.hyperparameters if name not in values]
    if missing:
        variants = f"name a variant ({', '.join(spec.variants)}), or " if spec.variants else ""
        raise UsageError(
            f"{spec.name} needs {', '.join(missing)}: {variants}set {'it' if len(missing) == 1 else 'them'}"
        )
    return values


def _show(value: Value | None) -> str:
    return "required" if value is None else describe(value).removeprefix("the word ").removeprefix("the list ")


@uncollected
def load(path_or_name: str | os.PathLike[str], **hyperparameters: object) -> Architecture:
    """Return the architecture of a file or of a bundled name, as `mobilenet`, `resnet:50` or `net.yaml`.

    Keyword arguments set hyperparameters: numbers, words (as str), True, False, and lists of these.
    Raises InputError with all problems of the file, UsageError for an unknown name, variant or hyperparameter.
    """
    chosen = {name: _as_value(name, value) for name, value in hyperparameters.items()}
    return load_source(read_source(os.fspath(path_or_name)), chosen)


def _as_value(name: str, value: object) -> Value:
    if isinstance(value, (list, tuple)):
        return tuple(_as_value(name, v) for v in value)
    if isinstance(value, (bool, int, float, str)):
        return value
    raise UsageError(
        f"{name}: received {type(value).__name__}, expected a number, a word, True, False or a list of these"
    )
