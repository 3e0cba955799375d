"""What the arguments of `check` mean: files, folders of them and bundled networks, each read once."""

import os
from typing import NamedTuple

from dsconv_cost.architecture import Spec
from dsconv_cost.errors import DsconvCostError, UsageError
from dsconv_cost.folders import architectures_in
from dsconv_cost.inert import inert
from dsconv_cost.loading import Source, read_source, spec_of


class Fault(NamedTuple):
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
        self.faults: list[Fault] = []
        self._broken: set[tuple[bool, str]] = set()

    def add(self, argument: str) -> None:
        try:
            if os.path.isdir(argument):
                found = architectures_in(argument)
                if not found:
                    raise UsageError(f"{inert(argument)} holds no architecture: a YAML file with layers among its keys")
            else:
                found = [argument]
        except DsconvCostError as error:
            self.faults.append(Fault(argument, error))
            return
        for path in found:
            try:
                self._add(path)
            except DsconvCostError as error:
                self.faults.append(Fault(path, error))

    def _add(self, argument: str) -> None:
        source = read_source(argument, strict=True)
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
