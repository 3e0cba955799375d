"""Which networks a call of `check` means, and which limits apply to each."""

import os
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from dsconv_cost import patterns
from dsconv_cost.budget.file import DEFAULT_PATH, Architectures, BudgetFile, find_budget_file
from dsconv_cost.budget.merge_base import is_bundled_name, lock_file
from dsconv_cost.budget.networks import File, Files, InputFault, variants_of
from dsconv_cost.budget.verdicts import Subject
from dsconv_cost.costs.conventions import Convention
from dsconv_cost.costs.parts import PartCosts
from dsconv_cost.errors import DsconvCostError, InputError, Problem, UsageError
from dsconv_cost.language.architecture import Architecture
from dsconv_cost.language.limits import OFF, Amount, Limit
from dsconv_cost.layers.values import Value
from dsconv_cost.network.build import elaborate
from dsconv_cost.sources import near_paths
from dsconv_cost.sources.folders import is_architecture
from dsconv_cost.sources.read import STDIN_NAME
from dsconv_cost.sources.settings import choose
from dsconv_cost.text import inert, listing, nearest_words, shown


class Request(NamedTuple):
    """What a command line asks for."""

    arguments: tuple[str, ...]
    settings: dict[str, Value]
    limits: list[Limit]
    """Of the command line."""
    budget: str | None
    base: str | None
    tolerance: Amount
    locked: bool
    bits: int
    convention: Convention
    strict: bool


class Selection:
    """The networks of a call and their limits, and what is wrong with the arguments, the files and the budget file."""

    def __init__(self, request: Request, every_variant: bool) -> None:
        self.request = request
        self.every_variant = every_variant
        """Whether networks are compared: then variants that no limit names are, too."""
        self.files = Files()
        self.problems: dict[str, tuple[str, list[Problem]]] = {}
        """Of entries: file -> its text, and what is wrong with them."""
        self.others: list[InputFault] = []
        self.budget: BudgetFile | None = None
        self.meant: Architectures | None = None
        self.applied: dict[int, list[str]] = {}
        """Index of an entry of the budget file -> the architectures it applied to."""
        self.off: list[str] = []
        self.unlimited_variants: list[str] = []
        self._of_no_variant: dict[int, list[File]] = {}
        """Index of an entry of the budget file -> the files that have no variant of its pattern."""
        self._of_variants: set[int] = set()
        """Indices of those that some file has a variant of."""

    def read_budget(self) -> None:
        try:
            self.budget = find_budget_file(self.request.budget)
        except DsconvCostError as error:
            self.others.append(InputFault(self.request.budget or "", error))
            return
        if self.budget is not None:
            self.meant = Architectures(self.budget)
            if self.budget.problems:
                self.wrong(self.budget.path, self.budget.text, *self.budget.problems)

    def read_files(self, arguments: list[str]) -> None:
        for argument in arguments:
            self.files.add(argument)

    def wrong(self, path: str, text: str, *problems: Problem) -> None:
        self.problems.setdefault(path, (text, []))[1].extend(problems)

    def entries(self, file: File) -> list[Limit]:
        """Return the limits that may apply to a file's networks."""
        found = [*self.request.limits, *file.spec.budget]
        for index, entry in enumerate(self.budget.entries if self.budget else ()):
            if self.meant is not None and self.meant.applies(
                entry, file.source.path if file.path else file.name, not file.path
            ):
                self.applied.setdefault(index, []).append(file.name)
                if entry.variant is None or any(entry.names(variant) for variant in file.spec.variants):
                    found.append(entry)
                    self._of_variants.add(index)
                elif entry.level != OFF:
                    self._of_no_variant.setdefault(index, []).append(file)
        for entry in found:
            if entry.level == OFF and entry.source not in self.off:
                self.off.append(entry.source)
        return [entry for entry in found if entry.level != OFF]

    def networks(self, file: File, entries: list[Limit]) -> dict[str | None, bool]:
        """Return the variants to check, None for the network of the defaults, and whether limits apply or they are compared only.

        A file stands for that network and every variant that a limit names, so that none of them goes unguarded; without
        defaults for all hyperparameters, for all of its variants. Growth is looked for in every variant of a file.
        """
        found: dict[str | None, bool] = {variant: True for variant in file.variants if variant is not None}
        if None not in file.variants:
            return found
        variants = file.spec.variants
        open_ = {h.name for h in file.spec.hyperparameters.values() if h.default is None}
        if variants and not open_ <= set(self.request.settings):
            return found | dict.fromkeys(variants, True)
        found[None] = True
        found |= {v: True for v in variants if any(entry.names(v) for entry in entries)}
        own = bool(file.path) and file.path != STDIN_NAME
        if own and entries:
            self.unlimited_variants += [f"{inert(file.name)}:{inert(v)}" for v in variants if v not in found]
        if own and self.every_variant:
            for variant in variants:
                found.setdefault(variant, False)
        return found

    def subjects(self) -> Iterator[tuple[File, str | None, Subject, list[Limit]]]:
        """Yield every network with the limits that apply to it."""
        for file in self.files.files.values():
            entries = self.entries(file)
            for variant, limited in self.networks(file, entries).items():
                name = f"{inert(file.name)}:{inert(variant)}" if variant else inert(file.name)
                try:
                    chosen = choose(file.spec, variant, self.request.settings)
                    network = elaborate(Architecture(file.spec, file.source.path, file.source.bundled, variant, chosen))
                except InputError as error:
                    self.others.append(InputFault(file.source.path, error))
                    continue
                except DsconvCostError as error:
                    self.others.append(InputFault(file.source.path, UsageError(f"{name}: {error}")))
                    continue
                applying = [e for e in entries if e.names(variant) or e.variant is None] if limited else []
                yield file, variant, Subject(name, file.path, PartCosts(network, self.request.convention)), applying

    def unused_entries(self) -> None:
        """Report the entries of the budget file that mean no architecture at all, or no variant."""
        if self.budget is None or self.meant is None:
            return
        for index, entry in enumerate(self.budget.entries):
            lacking = self._of_no_variant.get(index, [])
            if lacking and self._is_unmet(entry, index in self._of_variants):
                self._no_variant(entry, lacking)
            problem = self.meant.problem(entry, self.applied.get(index, []))
            if problem is not None:
                self.wrong(self.budget.path, self.budget.text, problem)

    def _is_unmet(self, entry: Limit, is_met: bool) -> bool:
        """Return whether files without a variant of an entry are an error: where both are patterns, one match is enough."""
        if self.meant is None or not (
            patterns.is_glob(entry.variant or "") and patterns.is_glob(entry.architecture or "")
        ):
            return True
        rest = [path for path in self.meant.on_disk(entry) if not self.files.has(path)]
        return not is_met and not any(entry.names(variant) for path in rest for variant in variants_of(path))

    def _no_variant(self, entry: Limit, files: list[File]) -> None:
        assert self.budget is not None
        text = entry.variant or ""
        place = entry.places["variant"]
        if patterns.is_glob(text):
            variants = [variant for file in files for variant in file.spec.variants]
            names = listing([file.name for file in files], 3)
            what = f"the pattern '{shown(text)}' matches no variant of {names}"
            found = [Problem(*place, f"{what}: there are {listing(variants) or 'none'}", "no-match")]
        else:
            found = []
            for file in files:
                meant = nearest_words(text, file.spec.variants)
                hint = f"did you mean '{shown(meant)}'?" if meant else f"it has {listing(file.spec.variants) or 'none'}"
                message = f"{inert(file.name)} has no variant '{shown(text)}': {hint}"
                found.append(Problem(*place, message, "unknown-variant", meant))
        self.wrong(self.budget.path, self.budget.text, *found)

    def budget_says_something(self) -> bool:
        """Return whether the budget file has entries, or something is wrong with it."""
        return bool(self.others or self.problems or (self.budget is not None and self.budget.entries))

    def unread_budget(self) -> str:
        """Return a hint at a budget file above the working directory, which is not read; empty where there is none."""
        if self.request.budget is not None or os.path.lexists(DEFAULT_PATH):
            return ""
        above = near_paths.above(DEFAULT_PATH)
        return f". {above} is not read here: give --budget {above}, or run check in its folder" if above else ""

    def faults(self) -> list[InputFault]:
        """Return everything that is wrong, each once."""
        faults = [*self.files.faults, *self.others]
        faults += [InputFault(path, InputError(path, found, text)) for path, (text, found) in self.problems.items()]
        unique: dict[str, InputFault] = {}
        for fault in faults:
            unique.setdefault(str(fault.error), fault)
        return list(unique.values())


def in_lock(names: Iterable[str]) -> list[str]:
    """Return the files and bundled networks that names in the lock mean, without those that are gone."""
    found: list[str] = []
    for name in names:
        path, _ = lock_file(name)
        if is_bundled_name(path):
            found.append(name)
        elif is_architecture(path):
            found.append(path)
    return list(dict.fromkeys(found))
