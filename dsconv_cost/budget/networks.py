"""The arguments of `check`: files, folders of them and bundled networks, each read once."""

import os
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from dsconv_cost import patterns
from dsconv_cost.costs.parts import PartCosts
from dsconv_cost.errors import DsconvCostError, InputError, Problem, UsageError
from dsconv_cost.language.architecture import Architecture, Spec, Unused
from dsconv_cost.sources import bundled
from dsconv_cost.sources.arguments import chosen_apart, settings_suffix
from dsconv_cost.sources.folders import contents_of
from dsconv_cost.sources.load import Source, read_source, refuse_ambiguity, spec_of
from dsconv_cost.sources.read import NO_FILES, STDIN_NAME
from dsconv_cost.sources.settings import Settings, split_settings
from dsconv_cost.text import inert


class InputFault(NamedTuple):
    """Why something could not be checked."""

    path: str
    error: DsconvCostError


class CheckedFile(NamedTuple):
    """One architecture file or bundled one, read."""

    source: Source
    spec: Spec
    variants: tuple[str | None, ...]
    """Those that were asked for; None asks for the whole file."""
    settings: Settings = {}
    """Hyperparameters set after the @ of its argument."""
    suffix: str = ""
    """These as they were written, with the @."""
    is_one: bool = False
    """Whether it is a network that was loaded, and none of its other variants is meant."""

    @property
    def is_whole(self) -> bool:
        """Whether all of its networks are asked for."""
        return None in self.variants and not self.is_one

    @property
    def name(self) -> str:
        """As a call names it; of a text or dict the name that it has inside."""
        if self.source.path in NO_FILES and self.source.path != STDIN_NAME:
            return self.spec.name
        return self.source.path.removesuffix(".yaml") if self.source.bundled else self.source.path

    @property
    def path(self) -> str:
        """As it was named; empty for a bundled one."""
        return "" if self.source.bundled else self.source.path

    @property
    def has_history(self) -> bool:
        """Whether it is a file that may have been another one before."""
        return bool(self.path) and self.path not in NO_FILES


class MeasuredNetwork(NamedTuple):
    """A network that limits are held against."""

    name: str
    """As the user named it, with its variant."""
    path: str
    """Of its file; empty for a bundled one."""
    costs: PartCosts
    unused: tuple[Unused, ...] = ()
    """What its file says and this network does not come from."""


_Key = tuple[bool, str, str]
"""Whether a file is bundled, its path, and the settings of its argument."""


class CheckedFiles:
    """The files that the arguments of a call name, and why some name nothing."""

    def __init__(self, arguments: Iterable[str | Architecture], named: bool) -> None:
        """Read the arguments; those that are not `named` on the command line must be regular files."""
        self.folders: list[str] = []
        """Those among the arguments."""
        self.skipped: list[tuple[str, str]] = []
        """Files that folders leave out, and why."""
        self.faults: list[InputFault] = []
        self._files: dict[_Key, CheckedFile] = {}
        self._broken: set[_Key] = set()
        self._paths: set[str] = set()
        """Of the files that are not bundled."""
        for argument in arguments:
            if isinstance(argument, Architecture):
                self._add_loaded(argument)
            else:
                self._read_argument(argument, named)

    def __iter__(self) -> Iterator[CheckedFile]:
        return iter(self._files.values())

    def _read_argument(self, argument: str, named: bool) -> None:
        try:
            _refuse_other_words(argument)
            if os.path.isdir(argument):
                self.folders.append(argument)
                paths, skipped, unreadable = contents_of(argument)
                self.skipped += skipped
                self.faults += [InputFault(path, UsageError(message)) for path, message in unreadable]
                if not paths and not unreadable:
                    raise UsageError(f"{inert(argument)} holds no architecture: a YAML file with layers among its keys")
            else:
                paths = [argument]
        except DsconvCostError as error:
            self.faults.append(InputFault(argument, error))
            return
        for path in paths:
            try:
                self._read_file(path, regular=not named or path != argument)
            except DsconvCostError as error:
                self.faults.append(InputFault(path, error))

    def _add_loaded(self, architecture: Architecture) -> None:
        """Add an architecture with the hyperparameters that were chosen for it. Raises UsageError for one that is there."""
        spec = architecture.spec
        source = Source(spec.text, architecture.path, architecture.bundled, architecture.variant)
        settings = chosen_apart(architecture)
        file = CheckedFile(source, spec, (source.variant,), settings, settings_suffix(settings), is_one=True)
        place = file.name if source.bundled or not file.has_history else os.path.abspath(source.path)
        key = (source.bundled, place, f":{source.variant or ''}{file.suffix}")
        if key in self._files:
            raise UsageError(f"{inert(file.name)} is named twice")
        if file.has_history:
            self._paths.add(place)
        self._files[key] = file

    def _read_file(self, path: str, regular: bool) -> None:
        name, settings = split_settings(path)
        suffix = path[len(name) :]
        source = read_source(name, strict=True, folders=True, regular=regular)
        key = (source.bundled, source.path if source.bundled else os.path.abspath(source.path), suffix)
        if not source.bundled:
            self._paths.add(key[1])
        if key in self._broken:
            return
        file = self._files.get(key)
        if file is None:
            try:
                file = CheckedFile(source, spec_of(source), (), settings, suffix)
            except DsconvCostError:
                self._broken.add(key)
                raise
        if source.variant not in file.variants:
            file = file._replace(variants=(*file.variants, source.variant))
        self._files[key] = file

    def get(self, path: str) -> CheckedFile | None:
        """Return a file among them that could be read."""
        return self._files.get((False, os.path.abspath(path), ""))

    def has(self, path: str) -> bool:
        """Return whether a file is among them, with or without faults."""
        return os.path.abspath(path) in self._paths


def variants_of(path: str) -> list[str]:
    """Return the variants of a file or bundled network that is not among the files of the call; none of a broken one."""
    try:
        return list(spec_of(read_source(path, strict=True, regular=True)).variants)
    except DsconvCostError:
        return []


def merged(faults: Iterable[InputFault]) -> list[InputFault]:
    """Return each fault once, all problems of one file in one."""
    problems: dict[tuple[str, str], list[Problem]] = {}
    kept: dict[object, InputFault] = {}
    for fault in faults:
        error = fault.error
        if isinstance(error, InputError):
            key = (error.path, error.text)
            problems.setdefault(key, []).extend(error.problems)
            kept[key] = InputFault(fault.path, InputError(error.path, problems[key], error.text))
        else:
            kept.setdefault(str(error), fault)
    return list(kept.values())


def _refuse_other_words(argument: str) -> None:
    """Raise UsageError for words that name networks in other commands only."""
    head = argument.rpartition(":")[0]
    refuse_ambiguity(argument, head, bundled.find(head) is not None)
    if os.path.lexists(argument):
        return
    if patterns.is_glob(argument):
        raise UsageError(
            f"no file '{inert(argument)}': patterns are matched by the shell (without quotes), or belong in a budget file"
        )
