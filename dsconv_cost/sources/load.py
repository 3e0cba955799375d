"""The architecture that an argument names: a file, standard input or a bundled network, with its hyperparameters chosen."""

import os
from collections.abc import Mapping

from dsconv_cost.errors import InputError, Problem, UsageError
from dsconv_cost.gc_pause import without_gc
from dsconv_cost.importers.formats import HEAD, TORCH, TORCH_PREFIX, ModelBytes, format_of
from dsconv_cost.language.architecture import Architecture, Spec
from dsconv_cost.language.reader.file import read_spec
from dsconv_cost.network.allowance import spend_reading
from dsconv_cost.sources import bundled
from dsconv_cost.sources.read import (
    DICT_NAME,
    LARGEST_FILE,
    STANDARD_INPUT,
    STDIN_NAME,
    TEXT_NAME,
    decode,
    open_model,
    read_standard_input,
    read_text,
)
from dsconv_cost.sources.settings import Settings, choose, literals_of, split_and_merge
from dsconv_cost.text import few_suggestions, inert, near, shown


class Source:
    """The text that an argument names, where it is from, and the variant asked for."""

    __slots__ = ("bundled", "model", "path", "text", "variant")

    def __init__(
        self, text: str, path: str, is_bundled: bool, variant: str | None, model: ModelBytes | None = None
    ) -> None:
        self.text = text
        self.model = model
        """The bytes of a model of another tool, in place of a text."""
        self.path = path
        self.bundled = is_bundled
        self.variant = variant

    def holds(self, other: "Source") -> bool:
        """Return whether another source has the same content."""
        if self.model is None or other.model is None:
            return self.model is other.model and self.text == other.text
        return self.model.data[:] == other.model.data[:]


def source_of_bytes(data: bytes, path: str, variant: str | None = None) -> Source:
    """Return the source that the bytes of a file are. Raises InputError where they are neither a text nor a model."""
    format_ = format_of(data[:HEAD])
    if format_ is not None:
        return Source("", path, False, variant, ModelBytes(format_, data))
    return Source(decode(data, path), path, False, variant)


def read_source(argument: str, *, strict: bool = False, folders: bool = False, regular: bool = False) -> Source:
    """Return what `argument` names: an existing path, else before its last colon a path or a bundled name.

    With `strict` the name of a file never falls back to a bundled network, which has its bare name alone: a command that
    guards or compares must not take another network than the one meant. `folders` says that a folder may be suggested,
    `regular` that links, pipes and devices are refused.
    Raises UsageError where there is nothing of that name, InputError where it cannot be read as text.
    """
    if argument == STANDARD_INPUT:
        return source_of_bytes(read_standard_input(), STDIN_NAME)
    if argument.startswith(TORCH_PREFIX) and not os.path.lexists(argument):
        return _module(argument, strict or regular)
    if "\0" in argument or not argument:
        raise UsageError(f"'{inert(argument)}' is neither a path nor a bundled architecture")
    candidates: list[tuple[str, str | None]] = [(argument, None)]
    name, colon, variant = argument.rpartition(":")
    if colon and name and variant:
        candidates.append((name, variant))
        refuse_ambiguity(argument, name, os.path.lexists(name))
    for path, chosen in candidates:
        if path == STANDARD_INPUT:
            return source_of_bytes(read_standard_input(), STDIN_NAME, chosen)
        if _exists(path) or (regular and os.path.islink(path)):
            model = open_model(path, regular=regular)
            return Source("" if model else read_text(path, regular=regular), path, False, chosen, model)
    for path, chosen in candidates:
        bundled_path = bundled.find(path)
        if bundled_path is not None and strict and path.endswith(".yaml"):
            bare = path.removesuffix(".yaml") + (f":{inert(chosen)}" if chosen else "")
            raise UsageError(f"no file '{inert(path)}' here; the bundled architecture is named {bare}")
        if bundled_path is not None:
            return Source(read_text(bundled_path), os.path.basename(bundled_path), True, chosen)
    if os.path.islink(argument):
        raise UsageError(f"{inert(argument)} cannot be read: it is a link to a file that does not exist")
    raise _missing(argument, candidates[-1][0], folders)


def _module(argument: str, guards: bool) -> Source:
    """Return the source of a PyTorch module. Its code runs, which a command that guards must not let happen."""
    if guards:
        raise UsageError(
            f"{inert(argument)} runs code, which check and diff never do: in Python, from_torch gives the module to both, "
            "or export it to ONNX"
        )
    return Source("", argument, False, None, ModelBytes(TORCH, argument.encode("utf-8", "replace")))


def refuse_ambiguity(argument: str, name: str, there: bool) -> None:
    """Raise UsageError where a file is named as a variant of what is there would be."""
    if there and os.path.lexists(argument):
        raise UsageError(f"'{inert(argument)}' is a file, and may be a variant of {inert(name)} too: rename the file")


def _missing(argument: str, name: str, folders: bool) -> UsageError:
    """Return the error for a path or name that means nothing, with a suggestion: a file next to it, or a bundled network."""
    from dsconv_cost.sources import near_paths

    meant = near_paths.likely(name, folders)
    if meant is not None:
        suggestion = f"'{shown(meant)}{inert(argument[len(name) :])}'"
        kind = "file" if os.sep in name or name.lower().endswith((".yaml", ".yml")) else "file or bundled architecture"
        return UsageError(f"no {kind} '{inert(argument)}': did you mean {suggestion}?")
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


@few_suggestions
def spec_of(source: Source) -> Spec:
    """Return what a file says before any hyperparameter has a value. Raises InputError with all of its problems."""
    if source.model is not None:
        from dsconv_cost.importers.imported import spec_of_model

        return spec_of_model(source.model, source.path)
    stem = os.path.basename(source.path).removesuffix(".yaml").removesuffix(".yml").strip("<>")
    spend_reading(source.path, source.text)
    spec, problems = read_spec(source.text, source.path, stem or "network")
    if problems:
        raise _with_network(spec, source, problems)
    return spec


def _with_network(spec: Spec, source: Source, problems: list[Problem]) -> InputError:
    """Return the error for a file's problems and those of its network, as far as they can be told then."""
    from dsconv_cost.network.build import try_network

    if not spec.layers:
        return InputError(source.path, problems, source.text)
    values = {h.name: h.default for h in spec.hyperparameters.values() if h.default is not None}
    places = {(p.line, p.column) for p in problems}
    more, made = try_network(spec, values)
    every = [*problems, *(p for p in more if (p.line, p.column) not in places)]
    return InputError(source.path, every, source.text, made)


def architecture_of(source: Source, spec: Spec, settings: Settings) -> Architecture:
    """Return the architecture of a file that has been read. Raises InputError for wrong choices, with their place."""
    return Architecture(spec, source.path, source.bundled, source.variant, choose(spec, source.variant, settings))


def load_source(source: Source, chosen: Settings) -> Architecture:
    """Return the architecture of a source. Raises InputError with all of its problems, or for a wrong choice."""
    return architecture_of(source, spec_of(source), chosen)


@without_gc
def load(path_or_name: str | os.PathLike[str], **hyperparameters: object) -> Architecture:
    """Return the architecture of a file or a bundled name, e.g. `mobilenet`, `resnet:50` or `net.yaml@alpha=0.5`.

    Keyword arguments, too, set hyperparameters: numbers, words (as str), True, False, and lists of these.
    Raises InputError with all problems of the file, or for an unknown variant or hyperparameter, UsageError for an unknown name.
    """
    if not isinstance(path_or_name, (str, os.PathLike)):
        raise TypeError(f"received {type(path_or_name).__name__}, expected a path or the name of a bundled network")
    name, settings = split_and_merge(os.fspath(path_or_name), literals_of(hyperparameters))
    return load_source(read_source(name), settings)


@without_gc
def loads(text: str, variant: str | None = None, /, **hyperparameters: object) -> Architecture:
    """Return the architecture that a text describes, as a file would.

    Keyword arguments set hyperparameters. Raises InputError with all problems of the text, or for an unknown variant or
    hyperparameter.
    """
    if not isinstance(text, str):
        raise TypeError(f"received {type(text).__name__}, expected the text of an architecture (load takes a path)")
    return load_text(text, TEXT_NAME, variant, hyperparameters)


@without_gc
def from_dict(data: Mapping[str, object], variant: str | None = None, /, **hyperparameters: object) -> Architecture:
    """Return the architecture that a dict describes: the keys and values of a file.

    Keyword arguments set hyperparameters. Raises TypeError for values that no file can hold, and what `loads` raises; its
    positions are those in the dict written as YAML, of which the error shows the lines.
    """
    from dsconv_cost.sources.mapping import text_of_mapping

    return load_text(text_of_mapping(data), DICT_NAME, variant, hyperparameters)


def load_text(text: str, path: str, variant: str | None, hyperparameters: Mapping[str, object]) -> Architecture:
    """Return the architecture of a text that is from no file; `path` stands for it in messages."""
    if variant is not None and not isinstance(variant, str):
        raise TypeError(f"variant: received {type(variant).__name__}, expected its name")
    data = text.encode("utf-8", "surrogatepass")
    if len(data) > LARGEST_FILE:
        raise UsageError(f"{path} is larger than {LARGEST_FILE >> 20} MiB, the maximum for an architecture")
    return load_source(Source(decode(data, path), path, False, variant), literals_of(hyperparameters))
