"""Networks as a command line names them: `mobilenet`, `resnet:50`, `net.yaml@alpha=0.5,resolution=160`.

A pattern means bundled networks (`mobilenet*`) or the variants of a file (`resnet:*`).
"""

import os
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dsconv_cost import patterns
from dsconv_cost.errors import UsageError
from dsconv_cost.language.architecture import Architecture, Spec
from dsconv_cost.layers.values import Value, written
from dsconv_cost.sources import bundled
from dsconv_cost.sources.load import Source, architecture_of, read_source, spec_of
from dsconv_cost.sources.read import NO_FILES, STANDARD_INPUT, STDIN_NAME
from dsconv_cost.sources.settings import Settings, split_settings
from dsconv_cost.text import listing, shown

MOST_NETWORKS = 1000
"""The maximum number of networks that one call compares."""


class NamedNetwork(NamedTuple):
    """One network to be compared."""

    label: str
    """As it was named, or as the pattern's match would be."""
    architecture: Architecture


class SpecReader:
    """Reads every file, and standard input, once."""

    def __init__(self) -> None:
        self._specs: dict[tuple[bool, str], Spec] = {}
        self._input: Source | None = None

    def read(self, argument: str) -> tuple[Source, Spec]:
        """Return an argument's file. Bundled networks are taken by their bare name only."""
        name, _, variant = argument.partition(":")
        if name == STANDARD_INPUT and self._input is not None:
            source = Source(self._input.text, self._input.path, False, variant or None, self._input.model)
        else:
            source = read_source(argument, strict=True)
            if source.path == STDIN_NAME:
                self._input = source
        key = source.bundled, source.path
        if key not in self._specs:
            self._specs[key] = spec_of(source)
        return source, self._specs[key]


def named_network(argument: str, common: Settings, reader: SpecReader | None = None) -> NamedNetwork:
    """Return the network that an argument names; its own settings go before the `common` ones."""
    name, own = split_settings(argument)
    source, spec = (reader or SpecReader()).read(name)
    return NamedNetwork(argument, architecture_of(source, spec, {**common, **own}))


def named_networks(arguments: Sequence[str | NamedNetwork], common: Settings) -> list[NamedNetwork]:
    """Return the networks that arguments name, patterns matched, or are. Raises UsageError for a pattern that matches none."""
    reader = SpecReader()
    networks: dict[str, NamedNetwork] = {}
    for argument in arguments:
        if isinstance(argument, NamedNetwork):
            if argument.label in networks:
                raise UsageError(f"{shown(argument.label)} is named twice")
            networks[argument.label] = argument
            continue
        name, own = split_settings(argument)
        if not _is_pattern(name):
            if argument in networks:
                raise UsageError(f"{shown(argument)} is named twice")
            networks[argument] = named_network(argument, common, reader)
        else:
            suffix = argument[len(name) :]
            for source, spec, label in _matching(name, reader):
                if label + suffix not in networks:
                    networks[label + suffix] = NamedNetwork(
                        label + suffix, architecture_of(source, spec, {**common, **own})
                    )
        if len(networks) > MOST_NETWORKS:
            raise UsageError(f"{len(networks):,} networks or more; the maximum is {MOST_NETWORKS:,}")
    return list(networks.values())


def label_of(architecture: Architecture) -> str:
    """Return how a command line would name an architecture: `resnet:50@resolution=160`."""
    own = chosen_apart(architecture)
    name = architecture.path.removesuffix(".yaml") if architecture.bundled else architecture.path
    if name in NO_FILES:
        name = architecture.name
    variant = f":{architecture.variant}" if architecture.variant else ""
    return f"{name}{variant}{settings_suffix(own)}"


def settings_suffix(settings: Settings) -> str:
    """Return hyperparameters as they are written behind the name of a network: `@alpha=0.5,resolution=160`."""
    text = ",".join(f"{key}={written(value)}" for key, value in settings.items())
    return f"@{text}" if text else ""


def chosen_apart(architecture: Architecture) -> dict[str, Value]:
    """Return the hyperparameters that have another value than their default, or that of the variant."""
    spec = architecture.spec
    usual = {name: one.default for name, one in spec.hyperparameters.items()}
    usual.update(spec.variants.get(architecture.variant or "", {}))
    return {name: value for name, value in architecture.hyperparameters.items() if value != usual[name]}


def _is_pattern(name: str) -> bool:
    return patterns.is_glob(name) and not os.path.lexists(name)


def _matching(name: str, reader: SpecReader) -> Iterator[tuple[Source, Spec, str]]:
    """Yield the networks that a pattern means.

    `mobilenet*` are bundled networks as they are by their bare names, or all variants of one that needs a variant;
    `resnet:*` are variants.
    """
    wrong = patterns.wrong(name)
    if wrong:
        raise UsageError(f"{shown(name)}: {wrong}")
    family, colon, variants = name.rpartition(":")
    if not colon:
        family, variants = name, "*"
    if not patterns.is_glob(family):
        families = [family]
    elif os.sep in family or family.endswith((".yaml", ".yml")):
        raise UsageError(f"{shown(name)}: a pattern means bundled networks; let the shell match the names of files")
    else:
        families = [known for known in bundled.names() if patterns.matches(family, known)]
        if not families:
            raise UsageError(f"{shown(name)} matches no bundled network: there are {', '.join(bundled.names())}")
    read = [(known, *reader.read(known)) for known in families]
    some = False
    for known, source, spec in read:
        if not colon and all(h.default is not None for h in spec.hyperparameters.values()):
            some = True
            yield source, spec, known
            continue
        for variant in spec.variants:
            if patterns.matches(variants, variant):
                some = True
                yield Source(source.text, source.path, source.bundled, variant), spec, f"{known}:{variant}"
    if not some:
        there = listing([f"{known}:{variant}" for known, _, spec in read for variant in spec.variants]) or "none"
        raise UsageError(f"{shown(name)} matches no variant: there are {there}")
