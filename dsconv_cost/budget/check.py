"""One call of `check`: the verdict on every limit that applies to each of its networks.

Its networks and their limits are selected; each is made, judged by its limits and compared with what it was; the outcome puts
all findings together.
"""

from typing import NamedTuple

from dsconv_cost.budget.file import BudgetFile, BudgetTargets, named_architectures
from dsconv_cost.budget.gone import GoneNetwork, is_allowed
from dsconv_cost.budget.growth import FLOORS
from dsconv_cost.budget.judging import LimitOfNothing, judge
from dsconv_cost.budget.lock import LOCK_PATH, Lock, load_lock
from dsconv_cost.budget.lock_check import Terms, in_lock_only, lock_verdicts, locked_arguments, refuse_settings
from dsconv_cost.budget.measuring import measure
from dsconv_cost.budget.merge_base import AtBase
from dsconv_cost.budget.networks import CheckedFiles, InputFault, MeasuredNetwork, merged
from dsconv_cost.budget.selection import (
    PlannedNetwork,
    Request,
    Selection,
    place_of,
    problem_of,
    read_budget,
    said_something,
    select,
    unread_budget,
)
from dsconv_cost.budget.verdicts import FAIL, UNCOMPARABLE, Verdict
from dsconv_cost.costs.charges import Convention
from dsconv_cost.costs.unmeasured import unmeasured, unmeasured_layers
from dsconv_cost.errors import DsconvCostError, Problem, UsageError
from dsconv_cost.importers.choices import also_free
from dsconv_cost.language.architecture import Architecture, unused_note
from dsconv_cost.language.limits import Limit
from dsconv_cost.sources.history import NotInRepository
from dsconv_cost.sources.read import NO_FILES, STDIN_NAME
from dsconv_cost.text import inert, listing

VARIANTS_NAMED = 6
"""How many variants a note names."""
BASE_OPTION = "--base"

Note = tuple[str, str]
"""Label and text."""


class Outcome(NamedTuple):
    """How a call of `check` ended."""

    verdicts: list[Verdict]
    faults: list[InputFault]
    notes: list[Note]
    convention: Convention
    read: tuple[str, ...] = ()
    """The files that were read."""

    @property
    def code(self) -> int:
        """The exit code: wrong input before a budget that is exceeded."""
        if self.faults or any(v.status == UNCOMPARABLE for v in self.verdicts):
            return 2
        return int(any(v.status == FAIL for v in self.verdicts))


class _Inputs(NamedTuple):
    """The inputs of a call."""

    budget: BudgetFile | None
    locked: Lock | None
    files: CheckedFiles
    faults: list[InputFault]


class _Findings(NamedTuple):
    """The findings about one network, or beside the networks."""

    verdicts: list[Verdict] = []
    faults: list[InputFault] = []
    notes: list[Note] = []
    unmet: "list[_Unmet]" = []
    """Limits that are about nothing in this network."""
    met: frozenset[tuple[object, ...]] = frozenset()
    """The keys of the others."""


class _Unmet(NamedTuple):
    planned: PlannedNetwork
    limit: Limit
    why: LimitOfNothing

    @property
    def key(self) -> tuple[object, ...]:
        return _key(self.planned, self.limit)


def run_check(request: Request) -> Outcome:
    """Return the verdict on every limit that applies. Raises UsageError where there is nothing to check."""
    budget, faults = read_budget(request)
    with also_free(budget.free if budget is not None else ()):
        return _checked(request, _read(request, budget, faults))


def _checked(request: Request, inputs: _Inputs) -> Outcome:
    """Return the verdict on every limit that applies to what was read."""
    if request.locked:
        refuse_settings(request.settings, inputs.files)
    selection = select(request, inputs.budget, inputs.files)
    terms = Terms(request.settings, request.tolerance, request.convention)
    at_base = AtBase(request.base, terms, inputs.files) if request.base is not None else None
    findings: list[_Findings] = []
    unlimited: list[str] = []
    for planned in selection.networks:
        network = measure(request, planned, inputs.budget.free if inputs.budget is not None else ())
        if isinstance(network, InputFault):
            findings.append(_Findings(faults=[network]))
            continue
        if network.unused:
            findings.append(_Findings(notes=[("unused", f"{inert(network.name)}: {unused_note(network.unused)}")]))
        judged = _judged(request, planned, network)
        compared = [
            *([_against_base(at_base, planned, network)] if at_base is not None else []),
            *([_against_lock(inputs.locked, terms, planned, network)] if inputs.locked is not None else []),
        ]
        findings += [_as_measured(network, request.convention, group) for group in (judged, *compared)]
        if not any(group.verdicts or group.faults or group.unmet for group in (judged, *compared)):
            unlimited.append(network.name)
    findings.append(_history(request, inputs, at_base, selection.networks, findings))
    return _outcome(request, inputs, selection, findings, unlimited)


def _read(request: Request, budget: BudgetFile | None, faults: list[InputFault]) -> _Inputs:
    """Return the budget file, the lock and the architectures of the call; where it names none, those of the lock and the budget file."""
    locked = None
    if request.locked:
        try:
            locked = load_lock()
        except DsconvCostError as error:
            faults.append(InputFault(LOCK_PATH, error))
    arguments: list[str | Architecture] = list(request.arguments)
    if not arguments:
        arguments += locked_arguments(locked.architectures) if locked is not None else []
        if budget is not None:
            named = named_architectures(budget)
            arguments += named.paths
            faults += named.faults
        if not arguments and not said_something(budget, faults) and not (locked is not None and locked.architectures):
            hint = unread_budget(request)
            raise UsageError(
                "nothing to check: name an architecture or a folder, or write a budget file (dsconv-cost.yaml)"
                f"{hint and '. '}{hint}"
            )
    files = CheckedFiles(dict.fromkeys(arguments), named=bool(request.arguments))
    return _Inputs(budget, locked, files, faults)


def _judged(request: Request, planned: PlannedNetwork, network: MeasuredNetwork) -> _Findings:
    verdicts: list[Verdict] = []
    unmet: list[_Unmet] = []
    met: set[tuple[object, ...]] = set()
    for limit in planned.limits:
        try:
            verdicts += judge(network, limit, request.bits, request.strict)
            met.add(_key(planned, limit))
        except LimitOfNothing as nothing:
            unmet.append(_Unmet(planned, limit, nothing))
        except UsageError as error:  # no allowance is left
            fault = InputFault(planned.file.source.path, UsageError(f"{planned.name}: {error}"))
            return _Findings(verdicts, [fault], unmet=unmet, met=frozenset(met))
    return _Findings(verdicts, unmet=unmet, met=frozenset(met))


def _as_measured(network: MeasuredNetwork, convention: Convention, findings: _Findings) -> _Findings:
    """Return what was found, where the convention's counter was not measured with every layer as not comparable.

    Memory is that of the deployed network under every convention.
    """
    unknown = unmeasured(network.costs.network, convention)
    if not unknown:
        return findings
    why = f"{unmeasured_layers(unknown, convention)}: what it counts is not known; check by another convention"
    verdicts = [
        verdict._replace(
            status=UNCOMPARABLE, bound=verdict.bound._replace(amount=None), message=why, before=None, layers=()
        )
        if not verdict.metric.of_memory
        else verdict
        for verdict in findings.verdicts
    ]
    return findings._replace(verdicts=verdicts)


def _key(planned: PlannedNetwork, limit: Limit) -> tuple[object, ...]:
    """Return the same for all networks of a file that one limit holds for; a variant that is named has its own."""
    variant = planned.variant if limit.variant is not None or not limit.line else None
    return (planned.file.name, variant, limit.path, limit.line, limit.column)


def _about_nothing(findings: list[_Findings], budget: BudgetFile | None) -> list[InputFault]:
    """Return the limits that are about nothing in all of the networks of a file that they hold for."""
    met = {key for group in findings for key in group.met}
    unmet: dict[tuple[object, ...], _Unmet] = {}
    for one in (one for group in findings for one in group.unmet if one.key not in met):
        known = unmet.setdefault(one.key, one)
        if known.why.suggestion is None and one.why.suggestion is not None:
            unmet[one.key] = one
    return [_limit_of_nothing(one, budget) for one in unmet.values()]


def _limit_of_nothing(unmet: _Unmet, budget: BudgetFile | None) -> InputFault:
    planned, limit, nothing = unmet
    file = planned.file
    if not limit.line:
        return InputFault(file.source.path, UsageError(f"{inert(limit.source)}: {planned.name}: {nothing}"))
    is_only = limit.architecture is None and not file.spec.variants
    message = str(nothing) if is_only else f"{planned.name}: {nothing}"
    return problem_of(
        limit, file, budget, Problem(*place_of(limit, nothing.key), message, "no-match", nothing.suggestion)
    )


def _against_base(at_base: AtBase, planned: PlannedNetwork, network: MeasuredNetwork) -> _Findings:
    if not planned.file.has_history:
        path = planned.file.path
        what = "a bundled network" if not path else "standard input" if path == STDIN_NAME else "no file"
        return _Findings(notes=[("no history", f"{network.name}: {what}")])
    try:
        return _Findings(at_base.verdicts(planned.file, planned.variant, network))
    except NotInRepository as error:
        return _Findings(faults=[InputFault(planned.file.path, error)])
    except DsconvCostError as error:
        # The reference or the repository is at fault, and not this file more than another.
        named = error if at_base.base.ref.strip() else UsageError(f"{BASE_OPTION}: {error}")
        return _Findings(faults=[InputFault(BASE_OPTION, named)])


def _against_lock(locked: Lock, terms: Terms, planned: PlannedNetwork, network: MeasuredNetwork) -> _Findings:
    if planned.file.path in NO_FILES:
        return _Findings()
    return _Findings(lock_verdicts(locked, terms, planned.file, planned.variant, network))


def _history(
    request: Request, inputs: _Inputs, at_base: AtBase | None, networks: list[PlannedNetwork], findings: list[_Findings]
) -> _Findings:
    """Return what was there at the base or is in the lock, and is not here."""
    gone: list[GoneNetwork] = []
    faults: list[InputFault] = []
    notes: list[Note] = []
    if inputs.locked is not None:
        gone += in_lock_only(inputs.locked, inputs.files, networks, not request.arguments)
    is_base_wrong = any(fault.path == BASE_OPTION for group in findings for fault in group.faults)
    if at_base is not None and not is_base_wrong:  # what is wrong with the reference has been said
        targets = BudgetTargets(inputs.budget) if inputs.budget is not None and not request.arguments else None
        try:
            notes += at_base.renamed()
            gone += at_base.gone(networks, targets)
        except DsconvCostError as error:
            faults.append(InputFault(BASE_OPTION, error))
    allowed = [*request.allow_gone, *(inputs.budget.allowed_gone if inputs.budget is not None else ())]
    option = request.spelled("allow_gone")
    faults += [InputFault(one.name, one.error(option)) for one in gone if not is_allowed(one, allowed)]
    allowed_gone = list(dict.fromkeys(inert(one.name) for one in gone if is_allowed(one, allowed)))
    if allowed_gone:
        notes.append(("gone", f"{listing(allowed_gone)}, as allowed"))
    return _Findings([], faults, notes)


def _outcome(
    request: Request, inputs: _Inputs, selection: Selection, findings: list[_Findings], unlimited: list[str]
) -> Outcome:
    unguarded = _unguarded(request, inputs, selection, unlimited)
    verdicts = [verdict for group in findings for verdict in group.verdicts]
    faults = [*inputs.files.faults, *inputs.faults]
    faults += [fault for group in findings for fault in group.faults]
    faults += [*_about_nothing(findings, inputs.budget), *selection.faults]
    faults = merged(faults)
    if not verdicts and not faults:
        raise UsageError(_nothing(request, selection, unlimited))
    if request.guard_all:
        option = request.spelled("guard_all")
        faults += [InputFault("", UsageError(f"{label}: {text} ({option})")) for label, text in unguarded]
    notes = [note for group in findings for note in group.notes]
    notes += [] if request.guard_all else unguarded
    notes += _notes(request, inputs, selection)
    read = [file.path for file in inputs.files if file.path and file.path not in NO_FILES]
    read += [inputs.budget.path] if inputs.budget is not None else []
    read += [fault.path for fault in faults if fault.path and fault.path not in NO_FILES]
    read += [LOCK_PATH] if request.locked else []
    return Outcome(verdicts, faults, notes, request.convention, tuple(read))


def _unguarded(request: Request, inputs: _Inputs, selection: Selection, unlimited: list[str]) -> list[Note]:
    """Return notes on what neither a limit nor a comparison holds for."""
    notes: list[Note] = []
    if unlimited:
        notes.append(("no limit", listing(unlimited)))
    if selection.unnamed and not request.compares:
        notes.append(("not checked", _unnamed(selection)))
    left_out = list(inputs.files.skipped)
    if inputs.budget is not None and not request.arguments:
        left_out += BudgetTargets(inputs.budget).left_out()
    reasons = dict.fromkeys(why for _, why in left_out)
    notes += [
        ("unguarded", f"{listing(dict.fromkeys(path for path, why in left_out if why == reason))}: {reason}")
        for reason in reasons
    ]
    unread = unread_budget(request)
    if unread:
        notes.append(("budget", unread))
    return notes


def _unnamed(selection: Selection) -> str:
    these = "this variant" if len(selection.unnamed) == 1 else "these variants"
    return f"{listing(selection.unnamed, VARIANTS_NAMED)}: no limit names {these}"


def _notes(request: Request, inputs: _Inputs, selection: Selection) -> list[Note]:
    """Return what is to be known beside the verdicts."""
    notes: list[Note] = []
    if selection.off:
        notes.append(("off", listing(selection.off)))
    if selection.unnamed and request.compares:
        notes.append(("only compared", _unnamed(selection)))
    unused = [file for file in inputs.files if file.path and file.spec.unused]
    notes += [("unused", f"{inert(file.name)}: {unused_note(file.spec.unused)}") for file in unused]
    if request.tolerance.top and request.compares:
        floors = f"{FLOORS['params']:,} params, {FLOORS['macs']:,} MACs and {FLOORS['peak'] // 1024:,} KiB of memory"
        notes.append(("tolerance", f"{request.tolerance}, and at least {floors}"))
    return notes


def _nothing(request: Request, selection: Selection, unlimited: list[str]) -> str:
    if not unlimited:
        return "nothing to check: every limit of the budget file is off"
    off = f"; off: {listing(selection.off)}" if selection.off else ""
    hint = unread_budget(request)
    return (
        f"nothing to check: no limit applies to {listing(unlimited)}{off}. Give one ({request.example}), "
        f"a budget: in the file, or a budget file{hint and '. '}{hint}"
    )
