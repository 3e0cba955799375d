"""The bundled networks: what each of them costs, and every published figure beside the exact count."""

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from dsconv_cost import patterns
from dsconv_cost.costs.accuracy import published_top1
from dsconv_cost.costs.analysis import Form
from dsconv_cost.costs.charges import Convention, Figures, HasFigures
from dsconv_cost.costs.conventions import DEFAULT, convention_named
from dsconv_cost.costs.deferred_memory import DeferredMemory, HasMemory
from dsconv_cost.costs.unmeasured import Unmeasured, unmeasured
from dsconv_cost.errors import InputError, UsageError
from dsconv_cost.language.architecture import Architecture, Spec
from dsconv_cost.language.limits import DEFAULT_BITS, MEMORY_BITS, METRICS, Amount, Limit
from dsconv_cost.language.published import Published, Quantity
from dsconv_cost.language.reader.file import read_spec
from dsconv_cost.layers.shapes import Shape
from dsconv_cost.layers.values import Value
from dsconv_cost.network.build import elaborate
from dsconv_cost.network.graph import NamedInput, Network
from dsconv_cost.network.transforms.convert import separable_form, standard_form
from dsconv_cost.sources import bundled
from dsconv_cost.sources.arguments import settings_suffix
from dsconv_cost.sources.settings import choose
from dsconv_cost.text import listing, near, shown

_YEAR = re.compile(r"\b(?:19|20)[0-9]{2}\b")
SORTS = ("name", "params", "macs", "peak", "arena", "flash", "top1", "year")
"""What the networks can be sorted by: costs in ascending order, top-1 and year in descending order."""


class _Bundled(NamedTuple):
    family: str
    variant: str | None
    settings: dict[str, Value]
    """Hyperparameters that a source prints figures for."""
    title: str
    """Its name in the file."""
    inputs: tuple[NamedInput, ...]
    figures: Figures
    top1: float | None
    """Per cent on ImageNet, as its source prints it."""
    year: int | None
    unmeasured: list[Unmeasured]
    """The layers that the convention was not measured with."""
    memory: DeferredMemory


class BundledNetwork(_Bundled, HasFigures, HasMemory):
    """A bundled network, and what it costs; `peak`, `arena` and `flash` in bytes."""

    __slots__ = ()

    @property
    def input(self) -> Shape:
        """The shape of its first input."""
        return self.inputs[0].shape

    @property
    def name(self) -> str:
        """As every command and function takes it: `resnet:50`, `mobilenet@alpha=0.5`."""
        return f"{self.family}{f':{self.variant}' if self.variant else ''}{settings_suffix(self.settings)}"

    def __repr__(self) -> str:
        return f"<{self.name}: {self.params:,} params, {self.macs:,} MACs>"


class Wanted(NamedTuple):
    """Which networks are wanted, and in what order."""

    names: tuple[str, ...] = ()
    """Families, networks (`resnet:50`) and patterns of both; without any, all families."""
    limits: Sequence[Limit] = ()
    bits: int | None = None
    """Of an element, for limits in bytes; None leaves each metric its own."""
    min_top1: float | None = None
    sort: str = "name"
    top: int | None = None
    convention: Convention = DEFAULT

    @property
    def memory(self) -> tuple[str, ...]:
        """The metrics of memory that a limit or the order is about; working them out takes as long as all the rest."""
        asked = {self.sort, *(limit.metric.name for limit in self.limits)}
        return tuple([metric.name for metric in METRICS.values() if metric.of_memory and metric.name in asked])

    @property
    def memory_bits(self) -> int:
        """Of an element, for the metrics of memory."""
        return self.bits or MEMORY_BITS


class Catalogue(NamedTuple):
    """The networks that are wanted."""

    networks: list[BundledNetwork]
    kept: int
    """How many there are within the limits; more than `networks` where only the first are wanted."""
    total: int
    """How many have the names."""


class PublishedFigure(NamedTuple):
    """One published figure beside the exact count."""

    entry: Published
    metric: str
    printed: Quantity
    computed: int

    @property
    def agrees(self) -> bool:
        return self.printed.agrees(self.computed)

    @property
    def reason(self) -> str | None:
        return self.entry.differs.get(self.metric)


# -- families -------------------------------------------------------------------------------------


class _Family:
    """One bundled file, read once; its networks are made once for each choice of hyperparameters."""

    def __init__(self, name: str, variants: set[str]) -> None:
        self.name = name
        self._wanted = variants
        """Patterns of variants; empty: all, and what has none."""
        path = bundled.find(name)
        assert path is not None
        text = Path(path).read_text(encoding="utf-8")
        self.spec, problems = read_spec(text, f"{name}.yaml", name)
        if problems:
            raise InputError(f"{name}.yaml", problems, text)
        self._networks: dict[tuple[tuple[str, Value], ...], Network] = {}
        for variant in variants:
            if not any(patterns.matches(variant, known) for known in self.spec.variants):
                hint = near(variant, self.spec.variants) or f": it has {listing(self.spec.variants) or 'none'}"
                raise UsageError(f"{name} has no variant '{shown(variant)}'{hint}")

    def wants(self, variant: str | None) -> bool:
        """Return whether the networks of a variant are meant."""
        if not self._wanted:
            return True
        return variant is not None and any(patterns.matches(pattern, variant) for pattern in self._wanted)

    def architecture(self, variant: str | None, settings: dict[str, Value]) -> Architecture:
        return Architecture(self.spec, f"{self.name}.yaml", True, variant, choose(self.spec, variant, settings))

    def network(self, architecture: Architecture) -> Network:
        key = tuple(architecture.hyperparameters.items())
        network = self._networks.get(key)
        if network is None:
            network = self._networks[key] = elaborate(architecture)
        return network


def _meant(names: tuple[str, ...]) -> dict[str, set[str]]:
    """Return the families that names mean, and patterns of variants of each. Raises UsageError for a name that means none."""
    known = bundled.names()
    wanted: dict[str, set[str]] = {}
    for name in names:
        family, _, variant = name.partition(":")
        meant = [one for one in known if patterns.matches(family, one)] if not patterns.wrong(family) else []
        if not meant:
            raise UsageError(f"no bundled architecture named '{shown(name)}'{near(family, known)}")
        for one in meant:
            if not variant:
                wanted[one] = set()
            elif wanted.get(one, {variant}):
                wanted.setdefault(one, set()).add(variant)
    return {family: wanted.get(family, set()) for family in known if not names or family in wanted}


def _families(names: tuple[str, ...]) -> Iterator[_Family]:
    """Yield the families that names mean. Raises UsageError for a name or variant that means none."""
    for family, variants in _meant(names).items():
        yield _Family(family, variants)


# -- networks -------------------------------------------------------------------------------------


class _Point(NamedTuple):
    variant: str | None
    settings: dict[str, Value]


def _points(spec: Spec) -> list[_Point]:
    """Return the networks of a file: its default, its variants, and the settings that its sources print figures for."""
    defaults = {h.name: h.default for h in spec.hyperparameters.values()}
    points = [] if None in defaults.values() else [_Point(None, {})]
    points += [_Point(variant, {}) for variant in spec.variants]
    points += [_Point(p.variant, p.set) for p in spec.published if p.set]
    by_settings: dict[tuple[tuple[str, object], ...], _Point] = {}
    for point in points:
        chosen = {**defaults, **(spec.variants[point.variant] if point.variant else {}), **point.settings}
        key = tuple(chosen.items())
        # A variant names the network better than the bare file does, and both do than settings.
        if key not in by_settings or (
            by_settings[key].variant is None and not by_settings[key].settings and point.variant is not None
        ):
            by_settings[key] = point if key not in by_settings or not point.settings else by_settings[key]
    return list(by_settings.values())


def catalogue(wanted: Wanted) -> Catalogue:
    """Return the bundled networks of some names within limits, as written."""
    networks: list[BundledNetwork] = []
    total = 0
    for family, variants in _meant(wanted.names).items():
        path = bundled.find(family)
        assert path is not None
        stat = os.stat(path)
        there: Iterable[BundledNetwork] = _networks_of(
            family, (path, stat.st_mtime_ns, stat.st_size), wanted.convention
        )
        if variants:
            read = _Family(family, variants)
            there = [one for one in there if read.wants(one.variant)]
        for one in there:
            total += 1
            if wanted.memory_bits != MEMORY_BITS:
                one = one._replace(memory=_memory_of(one.family, one.variant, one.settings, wanted.memory_bits))
            if _is_kept(one, wanted):
                networks.append(one)
    if wanted.sort != "name":
        upwards = wanted.sort not in ("top1", "year")
        known = [one for one in networks if getattr(one, wanted.sort) is not None]
        known.sort(key=lambda one: getattr(one, wanted.sort), reverse=not upwards)
        networks = known + [one for one in networks if getattr(one, wanted.sort) is None]
    return Catalogue(networks[: wanted.top], len(networks), total)


@lru_cache(maxsize=4096)
def _networks_of(name: str, file: tuple[str, int, int], convention: Convention) -> tuple[BundledNetwork, ...]:
    """Return what every network of a bundled family costs, worked out once for a file as it is."""
    family = _Family(name, set())
    year = _year(family.spec)
    networks: list[BundledNetwork] = []
    for point in _points(family.spec):
        architecture = family.architecture(point.variant, point.settings)
        network = family.network(architecture)
        form = Form(network, convention)
        networks.append(
            BundledNetwork(
                name, point.variant, point.settings, architecture.name, network.inputs, form.total, _top1(architecture, form), year,
                unmeasured(network, convention), _memory_of(name, point.variant, point.settings, MEMORY_BITS),
            )
        )  # fmt: skip
    return tuple(networks)


def _memory_of(family: str, variant: str | None, settings: dict[str, Value], bits: int) -> DeferredMemory:
    """Return the memory of a network, which is made again when that is asked for: all of them would take much room."""
    return DeferredMemory(lambda: elaborate(_read_once(family).architecture(variant, settings)), bits)


@lru_cache(maxsize=1)
def _read_once(name: str) -> _Family:
    return _Family(name, set())


def _is_kept(network: BundledNetwork, wanted: Wanted) -> bool:
    if wanted.min_top1 is not None and (network.top1 is None or network.top1 < wanted.min_top1):
        return False
    for limit in sorted(wanted.limits, key=lambda limit: limit.metric.of_memory):  # what takes longest comes last
        if limit.metric.name == "size":
            actual = -(-network.params * (wanted.bits or DEFAULT_BITS) // 8)
        else:
            actual = getattr(network, limit.metric.name)
        if limit.max is not None and Amount("", actual).above(limit.max):
            return False
    return True


def _top1(architecture: Architecture, form: Form) -> float | None:
    entry = published_top1(architecture, form)
    return float(entry.top1) if entry is not None and entry.top1 else None


def _year(spec: Spec) -> int | None:
    match = _YEAR.search(spec.source)
    return int(match.group()) if match else None


# -- published figures ----------------------------------------------------------------------------


def published(names: tuple[str, ...]) -> Iterator[tuple[str, PublishedFigure]]:
    """Yield the family and every published figure of the bundled networks of some names."""
    for family in _families(names):
        for entry in family.spec.published:
            if family.wants(entry.variant):
                figures = _figures(family, entry)
                for metric, quantity in entry.figures().items():
                    yield family.name, PublishedFigure(entry, metric, quantity, getattr(figures, metric))


def _figures(family: _Family, entry: Published) -> Figures:
    network = family.network(family.architecture(entry.variant, entry.set))
    if entry.form == "standard":
        network = standard_form(network).network
    elif entry.form == "separable":
        network = separable_form(network).network
    return Form(network, convention_named(entry.convention or DEFAULT.name)).total
