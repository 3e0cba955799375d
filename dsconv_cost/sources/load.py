"""From a path or a name to an Architecture with its hyperparameters chosen."""

import os
import stat
import sys
from collections.abc import Mapping

from dsconv_cost.errors import InputError, Problem, UsageError
from dsconv_cost.gc_pause import without_gc
from dsconv_cost.language.architecture import Architecture, Spec
from dsconv_cost.language.reader.file import read_spec
from dsconv_cost.language.reader.published import unsuitable
from dsconv_cost.layers.values import LARGEST, Value, describe
from dsconv_cost.sources import bundled, near_paths
from dsconv_cost.text import inert, lines_of, listing, near, shown

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


def read_source(argument: str, *, strict: bool = False, folders: bool = False) -> Source:
    """Return what `argument` names: an existing path, else before its last colon a path or a bundled name.

    With `strict` a file's name never falls back to a bundled network, which has its bare name alone: what guards or
    compares must not take another network than the one meant. `folders` says that a folder may be suggested. Raises
    UsageError when there is no such thing, InputError when it cannot be read as text.
    """
    if argument == STANDARD_INPUT:
        return Source(_standard_input(), STDIN_NAME, False, None)
    if "\0" in argument or not argument:
        raise UsageError(f"'{inert(argument)}' is no path and no bundled architecture")
    candidates: list[tuple[str, str | None]] = [(argument, None)]
    name, colon, variant = argument.rpartition(":")
    if colon and name and variant:
        candidates.append((name, variant))
    for path, chosen in candidates:
        if path == STANDARD_INPUT:
            return Source(_standard_input(), STDIN_NAME, False, chosen)
        if _exists(path):
            return Source(decode(_read_path(path), path), path, False, chosen)
    for path, chosen in candidates:
        found = bundled.find(path)
        if found is not None and strict and path.endswith(".yaml"):
            bare = path.removesuffix(".yaml") + (f":{inert(chosen)}" if chosen else "")
            raise UsageError(f"no file '{inert(path)}' here; the bundled architecture is called {bare}")
        if found is not None:
            file = os.path.basename(found)
            return Source(decode(_read_path(found), file), file, True, chosen)
    if os.path.islink(argument):
        raise UsageError(f"{inert(argument)} cannot be read: it is a link to a file that does not exist")
    raise _missing(argument, candidates[-1][0], folders)


def _missing(argument: str, name: str, folders: bool) -> UsageError:
    """Return the error for a path or name that means nothing, with what was likely meant: a file beside it, or a bundled one."""
    meant = near_paths.likely(name, folders)
    if meant is not None:
        said = f"'{shown(meant)}{inert(argument[len(name) :])}'"
        what = "file" if os.sep in name or name.lower().endswith((".yaml", ".yml")) else "file or bundled architecture"
        return UsageError(f"no {what} '{inert(argument)}': did you mean {said}?")
    if os.sep in argument:
        return UsageError(f"no file '{inert(argument)}'")
    if argument.endswith((".yaml", ".yml")) and bundled.find(argument) is None:
        hint = near(os.path.basename(name).removesuffix(".yaml").removesuffix(".yml"), bundled.names())
        return UsageError(f"no file '{inert(argument)}'{hint}")
    return bundled.unknown(name)


def _exists(path: str) -> bool:
    try:
        os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True  # there is something; opening it says why it cannot be read
    return True


def _standard_input() -> str:
    if sys.stdin is None:
        raise UsageError("standard input is closed: name a file, or pipe one in")
    return decode(_read(sys.stdin.buffer.fileno(), STDIN_NAME), STDIN_NAME)


def _read_path(path: str) -> bytes:
    try:
        # Without O_NONBLOCK the opening of a pipe nobody writes to would wait for ever; reading then blocks as usual.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    except OSError as error:
        raise UsageError(f"{inert(path)} cannot be read: {error.strerror}") from None
    try:
        mode = os.fstat(handle).st_mode
        if stat.S_ISDIR(mode):
            raise UsageError(f"{inert(path)} is a directory: name a file in it")
        if hasattr(os, "set_blocking"):
            os.set_blocking(handle, True)
        data = _read(handle, path)
        if not data and stat.S_ISFIFO(mode):
            raise UsageError(f"{inert(path)} cannot be read: nothing writes to this pipe")
        return data
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


def decode(data: bytes, path: str) -> str:
    """Return a file's bytes as text. Raises InputError where they are none; `path` is what the file is called there."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(path, [Problem(1, 1, "received a UTF-16 file: save it as UTF-8")])
    if b"\0" in data:
        said = "received a binary file, expected an architecture in YAML (UTF-8 text)"
        raise InputError(path, [_problem_after(data[: data.index(b"\0")], said)])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # With a signature, positions are counted behind it.
        data = error.object
        said = f"received the byte 0x{data[error.start]:02x}, which is not UTF-8: save the file as UTF-8"
        raise InputError(path, [_problem_after(data[: error.start], said)]) from None


def _problem_after(data: bytes, message: str) -> Problem:
    lines = lines_of(data.decode("utf-8-sig", "replace"))
    return Problem(len(lines), len(lines[-1]) + 1, message)


def load_source(source: Source, chosen: Mapping[str, Value]) -> Architecture:
    """Return the architecture of a source. Raises InputError with all of its problems, UsageError for wrong choices."""
    spec = spec_of(source)
    return Architecture(spec, source.path, source.bundled, source.variant, choose(spec, source.variant, chosen))


def spec_of(source: Source) -> Spec:
    """Return what a file says before any hyperparameter has a value. Raises InputError with all of its problems."""
    stem = os.path.basename(source.path).removesuffix(".yaml").removesuffix(".yml").strip("<>")
    spec, problems = read_spec(source.text, source.path, stem or "network")
    if problems:
        _collect_more(spec, problems)
        raise InputError(source.path, problems, source.text)
    return spec


def _collect_more(spec: Spec, problems: list[Problem]) -> None:
    """Add what is wrong with the network, as far as it can be told beside what is wrong with the file."""
    from dsconv_cost.network.build import problems_of_network

    if not spec.layers:
        return
    values = {h.name: h.default for h in spec.hyperparameters.values() if h.default is not None}
    places = {(p.line, p.column) for p in problems}
    problems += [p for p in problems_of_network(spec, values) if (p.line, p.column) not in places]


def choose(spec: Spec, variant: str | None, chosen: Mapping[str, Value]) -> dict[str, Value]:
    """Return every hyperparameter's value: defaults, then the variant's, then those chosen."""
    values: dict[str, Value] = {h.name: h.default for h in spec.hyperparameters.values() if h.default is not None}
    if variant is not None:
        if variant not in spec.variants:
            hint = near(variant, spec.variants) or f": it has {listing(spec.variants) or 'none'}"
            raise UsageError(f"{shown(spec.name)} has no variant '{shown(variant)}'{hint}")
        values.update(spec.variants[variant])
    for name, value in chosen.items():
        hyperparameter = spec.hyperparameters.get(name)
        if hyperparameter is None:
            if any(let.name == name for let in spec.lets):
                raise UsageError(f"'{shown(name)}' is computed in let and cannot be set: set what it is computed from")
            names = listing([f"{h.name} = {_show(h.default)}" for h in spec.hyperparameters.values()])
            hint = near(name, spec.hyperparameters) or f": it has {names or 'none'}"
            raise UsageError(f"{shown(spec.name)} has no hyperparameter '{shown(name)}'{hint}")
        wrong = unsuitable(value, hyperparameter.default)
        if wrong:
            raise UsageError(f"{name}: {wrong}")
        values[name] = value
    missing = [name for name in spec.hyperparameters if name not in values]
    if missing:
        example = f"{os.path.basename(spec.path).removesuffix('.yaml')}:{next(iter(spec.variants), '')}"
        variants = (
            f"name a variant, as {shown(example)} (there are {listing(spec.variants)}), or " if spec.variants else ""
        )
        pronoun = "it" if len(missing) == 1 else "them"
        raise UsageError(f"{shown(spec.name)} needs {listing(missing)}: {variants}set {pronoun}")
    return values


def _show(value: Value | None) -> str:
    return "required" if value is None else describe(value).removeprefix("the word ").removeprefix("the list ")


@without_gc
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
    if isinstance(value, (bool, str)):
        return value
    if isinstance(value, (int, float)):
        if not -LARGEST <= value <= LARGEST:
            raise UsageError(f"{name}: received {value}, expected a number of at most 2**53")
        # The language tells whole numbers from others by their exact type.
        return int(value) if isinstance(value, int) else float(value)
    raise UsageError(
        f"{name}: received {type(value).__name__}, expected a number, a word, True, False or a list of these"
    )
