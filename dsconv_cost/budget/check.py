"""One call of `check`: the verdict on every limit that applies to each of its networks."""

from typing import NamedTuple

from dsconv_cost.budget import lock
from dsconv_cost.budget.file import named_architectures
from dsconv_cost.budget.growth import FLOORS
from dsconv_cost.budget.merge_base import AtBase, Terms, in_lock_only, lock_verdicts
from dsconv_cost.budget.networks import File, InputFault
from dsconv_cost.budget.selection import Request, Selection, in_lock
from dsconv_cost.budget.verdicts import FAIL, UNCOMPARABLE, WARNING, Nothing, Subject, Verdict, judge
from dsconv_cost.costs.conventions import Convention
from dsconv_cost.errors import DsconvCostError, Problem, UsageError
from dsconv_cost.language.architecture import unused_note
from dsconv_cost.language.limits import Limit
from dsconv_cost.sources.read import STDIN_NAME
from dsconv_cost.text import inert, listing

MOST_NAMED = 6
"""How many variants a note names."""
BASE_OPTION = "--base"


class Outcome(NamedTuple):
    """Everything that was found."""

    verdicts: list[Verdict]
    faults: list[InputFault]
    notes: list[tuple[str, str]]
    convention: Convention
    read: tuple[str, ...] = ()
    """The files that were read."""

    @property
    def code(self) -> int:
        """The exit code: wrong input before a budget that is exceeded."""
        if self.faults or any(v.status == UNCOMPARABLE for v in self.verdicts):
            return 2
        return int(any(v.status == FAIL for v in self.verdicts))


class Check(Selection):
    """Judges what is selected."""

    def __init__(self, request: Request) -> None:
        super().__init__(request, request.base is not None or request.locked)
        self.verdicts: list[Verdict] = []
        self.notes: list[tuple[str, str]] = []
        self.unlimited: list[str] = []
        """Networks that nothing was said of."""

    def judge(self, file: File, subject: Subject, entries: list[Limit]) -> None:
        for entry in entries:
            try:
                found = judge(subject, entry, self.request.bits)
            except Nothing as nothing:
                self._about_nothing(file, subject, entry, nothing)
                continue
            if self.request.strict:
                found = [v._replace(status=FAIL) if v.status == WARNING else v for v in found]
            self.verdicts += found

    def _about_nothing(self, file: File, subject: Subject, entry: Limit, nothing: Nothing) -> None:
        if not entry.line:
            error = UsageError(f"{inert(entry.source)}: {subject.architecture}: {nothing}")
            self.others.append(InputFault(file.source.path, error))
            return
        place = entry.places.get(nothing.key, (entry.line, entry.column))
        own = entry.architecture is None
        text = file.spec.text if own or self.budget is None else self.budget.text
        said = f"{nothing}" if own and not file.spec.variants else f"{subject.architecture}: {nothing}"
        self.wrong(entry.path, text, Problem(*place, said, "no-match"))

    def add_notes(self) -> None:
        """Add what is to be known beside the verdicts."""
        if self.unlimited_variants:
            label = "only compared" if self.every_variant else "not checked"
            these = "this variant" if len(self.unlimited_variants) == 1 else "these variants"
            self.notes.append((label, f"{listing(self.unlimited_variants, MOST_NAMED)}: no limit names {these}"))
        for file in self.files.files.values():
            if file.path and file.spec.unused:
                self.notes.append(("unused", f"{inert(file.name)}: {unused_note(file.spec)}"))
        unread = self.unread_budget().removeprefix(". ")
        if unread:
            self.notes.append(("budget", unread))
        tolerance = self.request.tolerance
        if tolerance.top and self.every_variant:
            floors = f"{FLOORS['params']:,} params and {FLOORS['macs']:,} MACs"
            self.notes.append(("tolerance", f"{tolerance}, and at least {floors}"))

    def outcome(self) -> Outcome:
        if self.unlimited:
            self.notes.append(("no limit", listing(self.unlimited)))
        if self.off:
            self.notes.append(("off", listing(self.off)))
        self.add_notes()
        read = [file.path for file in self.files.files.values() if file.path]
        read += [self.budget.path] if self.budget is not None else []
        faults = self.faults()
        read += [fault.path for fault in faults if fault.path]
        read += [lock.PATH] if self.request.locked else []
        return Outcome(self.verdicts, faults, self.notes, self.request.convention, tuple(read))


def check(request: Request) -> Outcome:
    """Return the verdict on every limit that applies. Raises UsageError where there is nothing to check."""
    if request.locked and request.settings:
        raise UsageError("the lock holds networks as their files give them: make a variant of what --set sets")
    work = Check(request)
    work.read_budget()
    locked = _lock(work) if request.locked else None
    work.read_files(_arguments(work, locked))
    terms = Terms(request.settings, request.tolerance, request.convention)
    at_base = AtBase(request.base, terms) if request.base is not None else None
    for file, variant, subject, entries in work.subjects():
        before = len(work.verdicts), len(work.others), len(work.problems)
        work.judge(file, subject, entries)
        if at_base is not None:
            _against_base(work, at_base, file, variant, subject)
        if locked is not None and file.path != STDIN_NAME:
            work.verdicts += lock_verdicts(locked, terms, file, variant, subject)
        if (len(work.verdicts), len(work.others), len(work.problems)) == before:
            work.unlimited.append(subject.architecture)
    work.unused_entries()
    if locked is not None:
        gaps = in_lock_only(locked, work.files, not request.arguments)
        work.others += [InputFault(lock.PATH, error) for error in gaps]
    if at_base is not None:
        _note_history(work, at_base)
    outcome = work.outcome()
    if not outcome.verdicts and not outcome.faults:
        raise UsageError(_nothing(work))
    return outcome


def _lock(work: Check) -> lock.Lock | None:
    try:
        return lock.load_lock()
    except DsconvCostError as error:
        work.others.append(InputFault(lock.PATH, error))
        return None


def _arguments(work: Check, locked: lock.Lock | None) -> list[str]:
    """Return the architectures of the call; where it names none, those of the lock and the budget file."""
    if work.request.arguments:
        return list(work.request.arguments)
    found = in_lock(locked.architectures) if locked is not None else []
    if work.budget is not None:
        found += named_architectures(work.budget)
    if not found and not work.budget_says_something() and not (locked is not None and locked.architectures):
        raise UsageError(
            "nothing to check: name an architecture or a folder, or write a budget file (dsconv-cost.yaml)"
            + work.unread_budget()
        )
    return list(dict.fromkeys(found))


def _note_history(work: Check, at_base: AtBase) -> None:
    if any(fault.path == BASE_OPTION for fault in work.others):
        return  # what is wrong with the reference has been said
    try:
        work.notes += at_base.notes(work.files.folders, work.files)
    except DsconvCostError as error:
        work.others.append(InputFault(BASE_OPTION, error))


def _against_base(work: Check, at_base: AtBase, file: File, variant: str | None, subject: Subject) -> None:
    if not file.path or file.path == STDIN_NAME:
        what = "standard input" if file.path else "a bundled network"
        work.notes.append(("no history", f"{subject.architecture}: {what}"))
        return
    try:
        work.verdicts += at_base.verdicts(file, variant, subject)
    except DsconvCostError as error:
        # The reference or the repository is at fault, and not this file more than another.
        named = error if at_base.base.ref.strip() else UsageError(f"{BASE_OPTION}: {error}")
        work.others.append(InputFault(BASE_OPTION, named))


def _nothing(work: Check) -> str:
    off = f"; off: {listing(work.off)}" if work.off else ""
    if not work.unlimited:
        return "nothing to check: every limit of the budget file is off"
    return (
        f"nothing to check: no limit applies to {listing(work.unlimited)}{off}. Give one (--max-macs 600M), a budget: in the "
        f"file, or a budget file{work.unread_budget()}"
    )
