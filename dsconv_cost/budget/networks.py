"""What the arguments of `check` mean: files, folders of them and bundled networks, each read once."""

import os
from typing import NamedTuple

from dsconv_cost import patterns
from dsconv_cost.errors import DsconvCostError, UsageError
from dsconv_cost.language.architecture import Spec
from dsconv_cost.sources import bundled
from dsconv_cost.sources.folders import architectures_in
from dsconv_cost.sources.load import Source, read_source, spec_of
from dsconv_cost.text import inert


class InputFault(NamedTuple):
    """Why something could not be checked."""

    path: str
    error: DsconvCostError


class File:
    """One architecture file or bundled one, read once."""

    def __init__(self, source: Source, spec: Spec) -> None:
        self.source = source
        self.spec = spec
        self.variants: list[str | None] = []
        """Those that were asked for; None asks for what the file stands for."""

    @property
    def name(self) -> str:
        return self.source.path.removesuffix(".yaml") if self.source.bundled else self.source.path

    @property
    def path(self) -> str:
        return "" if self.source.bundled else self.source.path


class Files:
    """What the arguments of a call mean, and why some mean nothing."""

    def __init__(self) -> None:
        self.files: dict[tuple[bool, str], File] = {}
        self.faults: list[InputFault] = []
        self.folders: list[str] = []
        """Those among the arguments."""
        self._broken: set[tuple[bool, str]] = set()

    def add(self, argument: str) -> None:
        try:
            _refuse_other_words(argument)
            if os.path.isdir(argument):
                self.folders.append(argument)
                found = architectures_in(argument)
                if not found:
                    raise UsageError(f"{inert(argument)} holds no architecture: a YAML file with layers among its keys")
            else:
                found = [argument]
        except DsconvCostError as error:
            self.faults.append(InputFault(argument, error))
            return
        for path in found:
            try:
                self._add(path)
            except DsconvCostError as error:
                self.faults.append(InputFault(path, error))

    def _add(self, argument: str) -> None:
        source = read_source(argument, strict=True, folders=True)
        key = (source.bundled, source.path if source.bundled else os.path.abspath(source.path))
        if key in self._broken:
            return
        file = self.files.get(key)
        if file is None:
            self._broken.add(key)
            file = self.files[key] = File(source, spec_of(source))
            self._broken.discard(key)
        if source.variant not in file.variants:
            file.variants.append(source.variant)

    def get(self, path: str) -> File | None:
        """Return a file among them that could be read."""
        return self.files.get((False, os.path.abspath(path)))

    def has(self, path: str) -> bool:
        """Return whether a file is among them, with or without faults."""
        key = (False, os.path.abspath(path))
        return key in self.files or key in self._broken


def variants_of(path: str) -> list[str]:
    """Return the variants of a file or bundled network that is not among the files of the call; none of a broken one."""
    try:
        return list(spec_of(read_source(path, strict=True)).variants)
    except DsconvCostError:
        return []


def _refuse_other_words(argument: str) -> None:
    """Raise UsageError for what stands for networks elsewhere, and not in a call of `check`."""
    if os.path.lexists(argument):
        return
    if patterns.is_glob(argument):
        raise UsageError(
            f"no file '{inert(argument)}': patterns are matched by the shell (without quotes), or stand in a budget file"
        )
    name, at, settings = argument.rpartition("@")
    if at and "=" in settings and (os.path.lexists(name.partition(":")[0]) or bundled.find(name.partition(":")[0])):
        raise UsageError(
            f"no file '{inert(argument)}': settings go to --set, as --set {inert(settings.partition(',')[0])}, or into a variant"
        )
