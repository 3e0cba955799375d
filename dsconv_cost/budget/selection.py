"""Which networks a call of `check` means, and which limits apply to each."""

import os
from collections.abc import Callable, Iterable
from typing import NamedTuple

from dsconv_cost import patterns
from dsconv_cost.budget.file import DEFAULT_PATH, BudgetFile, BudgetTargets, find_budget_file
from dsconv_cost.budget.networks import CheckedFile, CheckedFiles, InputFault, variants_of
from dsconv_cost.costs.charges import Convention
from dsconv_cost.errors import DsconvCostError, InputError, Problem
from dsconv_cost.language.architecture import Architecture
from dsconv_cost.language.limits import DEFAULT_VARIANT, OFF, Amount, Limit, in_force
from dsconv_cost.layers.values import Value
from dsconv_cost.sources import near_paths
from dsconv_cost.text import inert, listing, nearest_words, shown


class Request(NamedTuple):
    """The arguments and options of a call. Made with keywords."""

    arguments: tuple[str | Architecture, ...]
    settings: dict[str, Value]
    limits: list[Limit]
    """Of the command line."""
    budget: str | None
    base: str | None
    tolerance: Amount
    locked: bool
    bits: int | None
    """Of an element, for limits that say none; None leaves each metric its own."""
    convention: Convention
    strict: bool
    spelled: Callable[[str], str]
    """How an option is written where the call is made: `--max-macs` for `max_macs`."""
    example: str
    """A limit as it is written there."""
    guard_all: bool = False
    """Whether it is an error that something goes unguarded."""
    allow_gone: tuple[str, ...] = ()
    """Networks that may be gone since the base or from the lock."""

    @property
    def compares(self) -> bool:
        """Whether networks are compared with an earlier state."""
        return self.base is not None or self.locked


class PlannedNetwork(NamedTuple):
    """A network to check, before it is made."""

    name: str
    """As the user named it, with its variant."""
    file: CheckedFile
    variant: str | None
    """None for the network of the defaults."""
    limits: list[Limit]


class Selection(NamedTuple):
    """The networks of a call and their limits."""

    networks: list[PlannedNetwork]
    faults: list[InputFault]
    """Limits that hold for nothing or replace nothing."""
    off: list[str]
    """The sources of limits that are off."""
    unnamed: list[str]
    """The variants that no limit names, of files that have limits."""


def read_budget(request: Request) -> tuple[BudgetFile | None, list[InputFault]]:
    """Return the budget file of a call, if there is one, and what is wrong with it."""
    try:
        budget = find_budget_file(request.budget, request.spelled("budget"))
    except DsconvCostError as error:
        return None, [InputFault(request.budget or "", error)]
    if budget is None or not budget.problems:
        return budget, []
    return budget, [InputFault(budget.path, budget.error(budget.problems))]


def unread_budget(request: Request) -> str:
    """Return a hint at a budget file above the working directory, which is not read; empty where there is none."""
    if request.budget is not None or os.path.lexists(DEFAULT_PATH):
        return ""
    above = near_paths.above(DEFAULT_PATH)
    option = request.spelled("budget")
    return f"{above} is not read here: give {option} {above}, or run check in its folder" if above else ""


def select(request: Request, budget: BudgetFile | None, files: CheckedFiles) -> Selection:
    """Return the networks of the files, each with the limits that hold for it."""
    targets = BudgetTargets(budget) if budget is not None else None
    uses = [_use_of(file, targets, request) for file in files]
    networks = [network for use in uses for network in _planned(request, use)]
    off = [limit.source for use in uses for limit in use.limits if limit.level == OFF]
    unnamed = [name for use in uses for name in _unnamed(request, use)]
    faults = [fault for use in uses for fault in _without_effect(use, budget)]
    faults += _unused(targets, uses, files) if targets is not None else []
    return Selection(networks, faults, list(dict.fromkeys(off)), unnamed)


class _Use(NamedTuple):
    """One file of the call, and the limits that files have for it."""

    file: CheckedFile
    has_defaults: bool
    """Whether it has a network without a variant."""
    limits: list[Limit]
    """Its own, and those of the budget file."""
    met: dict[int, bool]
    """Index of an entry of the budget file that names it -> whether it has a variant that the entry is for."""


def _use_of(file: CheckedFile, targets: BudgetTargets | None, request: Request) -> _Use:
    required = {h.name for h in file.spec.hyperparameters.values() if h.default is None}
    has_defaults = not file.spec.variants or required <= {*request.settings, *file.settings}
    variants = [*([None] if has_defaults else []), *file.spec.variants]
    limits = list(file.spec.budget)
    met: dict[int, bool] = {}
    for index, entry in enumerate(targets.file.entries if targets is not None else ()):
        if targets is not None and targets.applies(entry, file.source.path if file.path else file.name, not file.path):
            met[index] = any(entry.holds_for(variant) for variant in variants)
            if met[index]:
                limits.append(entry)
    return _Use(file, has_defaults, limits, met)


def _named(use: _Use) -> list[str | None]:
    """Return the variants that the call names; a file without a network of its defaults means all of its variants."""
    if None not in use.file.variants:
        return list(use.file.variants)
    plain: list[str | None] = [None] if use.has_defaults else list(use.file.spec.variants)
    return list(dict.fromkeys([*plain, *(v for v in use.file.variants if v is not None)]))


def _limited(use: _Use) -> list[str | None]:
    """Return the variants to hold to limits: those named, and for a whole file all that a limit names."""
    variants = use.file.spec.variants if use.file.is_whole else ()
    limits = [limit for limit in use.limits if limit.level != OFF]
    return list(dict.fromkeys([*_named(use), *(v for v in variants if any(limit.holds_for(v) for limit in limits))]))


def _planned(request: Request, use: _Use) -> list[PlannedNetwork]:
    file, limited = use.file, _limited(use)
    compared = file.spec.variants if request.compares and file.has_history and file.is_whole else ()
    return [
        PlannedNetwork(
            inert(f"{file.name}:{variant}{file.suffix}" if variant else f"{file.name}{file.suffix}"),
            file,
            variant,
            _limits(request, use, variant) if variant in limited else [],
        )
        for variant in dict.fromkeys([*limited, *compared])
    ]


def _limits(request: Request, use: _Use, variant: str | None) -> list[Limit]:
    """Return the limits of one network: those of the command line hold for what is named there."""
    of_call = request.limits if variant in _named(use) else []
    of_files, _ = in_force([limit for limit in use.limits if limit.holds_for(variant)])
    return [limit for limit in (*of_call, *of_files) if limit.level != OFF]


def _unnamed(request: Request, use: _Use) -> list[str]:
    """Return the variants of a file with limits that none of them is for."""
    has_limits = request.limits or any(limit.level != OFF for limit in use.limits)
    if not has_limits or not use.file.has_history or not use.has_defaults or not use.file.is_whole:
        return []
    limited = _limited(use)
    return [f"{inert(use.file.name)}:{inert(v)}" for v in use.file.spec.variants if v not in limited]


# -- limits that mean nothing ------------------------------------------------------------------


def _without_effect(use: _Use, budget: BudgetFile | None) -> list[InputFault]:
    """Return what is wrong with limits that replace nothing, or are for a network of defaults that the file does not have."""
    faults: list[InputFault] = []
    checked = _limited(use)
    holding = [[limit for limit in use.limits if limit.holds_for(variant)] for variant in checked]
    replacing = [limit for limits in holding for limit in in_force(limits)[1]]
    for limit in use.limits:
        if limit.replaces and limit not in replacing and any(limit in limits for limits in holding):
            message = (
                f"replaces nothing: no limit for {limit.metric.name} of the same parts in this file is for more "
                f"networks than this one and holds for {inert(use.file.name)}"
            )
            problem = Problem(*place_of(limit, "replaces"), message, "misplaced-value")
            faults.append(problem_of(limit, use.file, budget, problem))
        own = limit.architecture is None
        if own and limit.variant == DEFAULT_VARIANT and not use.has_defaults and use.file.is_whole:
            required = [h.name for h in use.file.spec.hyperparameters.values() if h.default is None]
            message = f"{inert(use.file.name)} has no network of its defaults: {listing(required)} must be set"
            problem = Problem(*place_of(limit, "variant"), message, "unknown-variant")
            faults.append(problem_of(limit, use.file, budget, problem))
    return faults


def _unused(targets: BudgetTargets, uses: list[_Use], files: CheckedFiles) -> list[InputFault]:
    """Return what is wrong with entries that mean no architecture at all, or no variant."""
    problems: list[Problem] = []
    for index, entry in enumerate(targets.file.entries):
        meant = [use for use in uses if index in use.met]
        lacking = [use.file for use in meant if not use.met[index]]
        if lacking and entry.level != OFF and _needs_variant(targets, entry, len(lacking) < len(meant), files):
            problems += _no_variant(entry, lacking)
        problem = targets.problem(entry, [use.file.name for use in meant])
        if problem is not None:
            problems.append(problem)
    return [InputFault(targets.file.path, targets.file.error(problems))] if problems else []


def _needs_variant(targets: BudgetTargets, entry: Limit, is_met: bool, files: CheckedFiles) -> bool:
    """Return whether files without a variant of an entry are an error: where both are patterns, one match is enough."""
    if not (patterns.is_glob(entry.variant or "") and patterns.is_glob(entry.architecture or "")):
        return True
    rest = [path for path in targets.on_disk(entry) if not files.has(path)]
    return not is_met and not any(entry.holds_for(variant) for path in rest for variant in variants_of(path))


def _no_variant(entry: Limit, files: list[CheckedFile]) -> list[Problem]:
    text, place = entry.variant or "", entry.places["variant"]
    if patterns.is_glob(text):
        variants = [variant for file in files for variant in file.spec.variants]
        names = listing([file.name for file in files], 3)
        message = f"the pattern '{shown(text)}' matches no variant of {names}: there are {listing(variants) or 'none'}"
        return [Problem(*place, message, "no-match")]
    problems: list[Problem] = []
    for file in files:
        meant = nearest_words(text, file.spec.variants)
        hint = f"did you mean '{shown(meant)}'?" if meant else f"it has {listing(file.spec.variants) or 'none'}"
        message = f"{inert(file.name)} has no variant '{shown(text)}': {hint}"
        problems.append(Problem(*place, message, "unknown-variant", meant))
    return problems


def place_of(limit: Limit, key: str) -> tuple[int, int]:
    """Return where a key of a limit is; of one that has no keys the limit itself."""
    return limit.places.get(key, (limit.line, limit.column))


def problem_of(limit: Limit, file: CheckedFile, budget: BudgetFile | None, problem: Problem) -> InputFault:
    """Return a problem of a limit as a fault of the file that gives it."""
    text = file.spec.text if limit.architecture is None or budget is None else budget.text
    return InputFault(limit.path, InputError(limit.path, [problem], text))


def said_something(budget: BudgetFile | None, faults: Iterable[InputFault]) -> bool:
    """Return whether the budget file has entries, or something is wrong with it."""
    return any(True for _ in faults) or (budget is not None and bool(budget.entries))
