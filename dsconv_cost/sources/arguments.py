"""Networks to be compared, as they are named on a command line: `mobilenet`, `resnet:50`, `net.yaml@alpha=0.5,resolution=160`.

Patterns stand for bundled networks (`mobilenet*`) and for the variants of a file (`resnet:*`).
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from dsconv_cost import patterns
from dsconv_cost.errors import UsageError
from dsconv_cost.language.architecture import Architecture, Spec
from dsconv_cost.layers.values import Value
from dsconv_cost.sources import bundled
from dsconv_cost.sources.load import STANDARD_INPUT, STDIN_NAME, Source, choose, read_source, spec_of
from dsconv_cost.sources.settings import parse_literal
from dsconv_cost.text import inert, listing, shown

MOST = 1000
"""How many networks one call compares."""

Settings = Mapping[str, Value]


class NamedNetwork(NamedTuple):
    """One network to be compared."""

    label: str
    """As it was named, or as the pattern's match would be."""
    architecture: Architecture


class Reader:
    """Reads every file, and standard input, once."""

    def __init__(self) -> None:
        self._specs: dict[tuple[bool, str], Spec] = {}
        self._input: Source | None = None

    def read(self, argument: str) -> tuple[Source, Spec]:
        """Return an argument's file. Bundled networks are taken by their bare name only."""
        name, _, variant = argument.partition(":")
        if name == STANDARD_INPUT and self._input is not None:
            source = Source(self._input.text, self._input.path, False, variant or None)
        else:
            source = read_source(argument, strict=True)
            if source.path == STDIN_NAME:
                self._input = source
        key = source.bundled, source.path
        if key not in self._specs:
            self._specs[key] = spec_of(source)
        return source, self._specs[key]


def side(argument: str, common: Settings, reader: Reader | None = None) -> NamedNetwork:
    """Return the network that an argument names; what it sets itself goes before what is set for all."""
    name, own = split(argument)
    source, spec = (reader or Reader()).read(name)
    return NamedNetwork(argument, architecture_of(source, spec, {**common, **own}))


def architecture_of(source: Source, spec: Spec, settings: Settings) -> Architecture:
    """Return the architecture of a file that has been read."""
    return Architecture(spec, source.path, source.bundled, source.variant, choose(spec, source.variant, settings))


def sides(arguments: Sequence[str], common: Settings) -> list[NamedNetwork]:
    """Return the networks that arguments name, patterns matched. Raises UsageError for a pattern that matches none."""
    reader = Reader()
    found: dict[str, NamedNetwork] = {}
    for argument in arguments:
        name, own = split(argument)
        if not _is_pattern(name):
            if argument in found:
                raise UsageError(f"{shown(argument)} is named twice")
            found[argument] = side(argument, common, reader)
        else:
            suffix = argument[len(name) :]
            for source, spec, label in _matching(name, reader):
                if label + suffix not in found:
                    found[label + suffix] = NamedNetwork(
                        label + suffix, architecture_of(source, spec, {**common, **own})
                    )
        if len(found) > MOST:
            raise UsageError(f"{len(found):,} networks or more; at most {MOST:,} are compared")
    return list(found.values())


def split(argument: str) -> tuple[str, dict[str, Value]]:
    """Return what stands before the last @ and the settings behind it; a file whose name has an @ is that file."""
    name, at, text = argument.rpartition("@")
    if not at or os.path.lexists(argument) or ("=" not in text and os.sep in text):
        return argument, {}
    where = shown(argument)
    if not name:
        raise UsageError(f"{where}: expected a network before the @, as mobilenet@alpha=0.5")
    settings: dict[str, Value] = {}
    for part in outside_brackets(text):
        key, equals, value = part.partition("=")
        key = key.strip()
        if not equals or not key or not value.strip():
            raise UsageError(f"{where}: expected NAME=VALUE behind the @, as mobilenet@alpha=0.5,resolution=160")
        if key in settings:
            raise UsageError(f"{where}: the hyperparameter {inert(key)} is set twice: set it once")
        settings[key] = parse_literal(value, f"{where}: {inert(key)}")
    return name, settings


def outside_brackets(text: str) -> list[str]:
    """Return the parts of a text between commas that stand outside brackets."""
    parts, depth = [""], 0
    for character in text:
        depth += (character == "[") - (character == "]")
        if character == "," and depth <= 0:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def _is_pattern(name: str) -> bool:
    return patterns.is_glob(name) and not os.path.lexists(name)


def _matching(name: str, reader: Reader) -> Iterator[tuple[Source, Spec, str]]:
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
