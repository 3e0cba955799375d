"""One call of `check`: which networks are meant, which limits apply to each, and the verdict on every one of them."""

from collections.abc import Iterator
from typing import NamedTuple

from dsconv_cost import lock
from dsconv_cost.architecture import Architecture
from dsconv_cost.budget import FAIL, UNCOMPARABLE, WARNING, Nothing, Subject, Verdict, judge
from dsconv_cost.budget_file import Architectures, BudgetFile, find, named_architectures
from dsconv_cost.conventions import Convention
from dsconv_cost.earlier import AtBase, Terms, lock_verdicts
from dsconv_cost.elaborate import elaborate
from dsconv_cost.errors import DsconvCostError, InputError, Problem, UsageError
from dsconv_cost.inert import inert, listing, near, shown
from dsconv_cost.loading import STDIN_NAME, choose
from dsconv_cost.measure import Measured
from dsconv_cost.quantities import OFF, Amount, BudgetEntry
from dsconv_cost.subjects import Fault, File, Files
from dsconv_cost.values import Value


class Request(NamedTuple):
    """What a command line asks for."""

    arguments: tuple[str, ...]
    settings: dict[str, Value]
    limits: list[BudgetEntry]
    """Of the command line."""
    budget: str | None
    base: str | None
    tolerance: Amount
    locked: bool
    bits: int
    convention: Convention
    strict: bool


class Outcome(NamedTuple):
    """Everything that was found."""

    verdicts: list[Verdict]
    faults: list[Fault]
    notes: list[tuple[str, str]]
    convention: Convention

    @property
    def code(self) -> int:
        """The exit code: wrong input before a budget that is exceeded."""
        if self.faults or any(v.status == UNCOMPARABLE for v in self.verdicts):
            return 2
        return int(any(v.status == FAIL for v in self.verdicts))


class Check:
    def __init__(self, request: Request) -> None:
        self.request = request
        self.files = Files()
        self.verdicts: list[Verdict] = []
        self.notes: list[tuple[str, str]] = []
        self.problems: dict[str, tuple[str, list[Problem]]] = {}
        """Of entries: file -> its text, and what is wrong with them."""
        self.others: list[Fault] = []
        self.unlimited: list[str] = []
        self.budget: BudgetFile | None = None
        self.meant: Architectures | None = None
        self.applied: dict[int, list[str]] = {}
        """Index of an entry of the budget file -> the architectures it applied to."""
        self.off: list[str] = []

    def read_budget(self) -> None:
        try:
            self.budget = find(self.request.budget)
        except DsconvCostError as error:
            self.others.append(Fault(self.request.budget or "", error))
            return
        if self.budget is not None:
            self.meant = Architectures(self.budget)
            if self.budget.problems:
                self._wrong(self.budget.path, self.budget.text, *self.budget.problems)

    def read_files(self, arguments: list[str]) -> None:
        for argument in arguments:
            self.files.add(argument)

    def _wrong(self, path: str, text: str, *problems: Problem) -> None:
        self.problems.setdefault(path, (text, []))[1].extend(problems)

    # -- networks -------------------------------------------------------------------------------

    def entries(self, file: File) -> list[BudgetEntry]:
        """Return the limits that may apply to a file's networks."""
        found = [*self.request.limits, *file.spec.budget]
        for index, entry in enumerate(self.budget.entries if self.budget else ()):
            if self.meant is not None and self.meant.applies(
                entry, file.source.path if file.path else file.name, not file.path
            ):
                self.applied.setdefault(index, []).append(file.name)
                if entry.variant is None or entry.variant in file.spec.variants:
                    found.append(entry)
                elif entry.level != OFF and self.budget is not None:
                    hint = near(entry.variant, file.spec.variants)
                    hint = hint or f": it has {listing(file.spec.variants) or 'none'}"
                    said = f"{inert(file.name)} has no variant '{shown(entry.variant)}'{hint}"
                    self._wrong(self.budget.path, self.budget.text, Problem(*entry.places["variant"], said))
        for entry in found:
            if entry.level == OFF and entry.source not in self.off:
                self.off.append(entry.source)
        return [entry for entry in found if entry.level != OFF]

    def networks(self, file: File, entries: list[BudgetEntry]) -> list[str | None]:
        """Return the variants to check; None is the network of the defaults.

        A file stands for that network and every variant that a limit names, so that none of them goes unguarded; without
        defaults for all hyperparameters, for all of its variants.
        """
        found: list[str | None] = []
        for variant in file.variants:
            if variant is not None:
                found.append(variant)
                continue
            open_ = [h.name for h in file.spec.hyperparameters.values() if h.default is None]
            if set(open_) <= set(self.request.settings) or not file.spec.variants:
                found += [None, *(entry.variant for entry in entries if entry.variant is not None)]
            else:
                found += file.spec.variants
        return list(dict.fromkeys(found))

    def subjects(self) -> Iterator[tuple[File, str | None, Subject, list[BudgetEntry]]]:
        """Yield every network with the limits that apply to it."""
        for file in self.files.files.values():
            entries = self.entries(file)
            for variant in self.networks(file, entries):
                name = f"{inert(file.name)}:{inert(variant)}" if variant else inert(file.name)
                try:
                    chosen = choose(file.spec, variant, self.request.settings)
                    network = elaborate(Architecture(file.spec, file.source.path, file.source.bundled, variant, chosen))
                except InputError as error:
                    self.others.append(Fault(file.source.path, error))
                    continue
                except DsconvCostError as error:
                    self.others.append(Fault(file.source.path, UsageError(f"{name}: {error}")))
                    continue
                applying = [entry for entry in entries if entry.variant in (None, variant)]
                yield file, variant, Subject(name, file.path, Measured(network, self.request.convention)), applying

    # -- verdicts -------------------------------------------------------------------------------

    def judge(self, file: File, subject: Subject, entries: list[BudgetEntry]) -> None:
        for entry in entries:
            try:
                found = judge(subject, entry, self.request.bits)
            except Nothing as nothing:
                self._about_nothing(file, subject, entry, nothing)
                continue
            if self.request.strict:
                found = [v._replace(status=FAIL) if v.status == WARNING else v for v in found]
            self.verdicts += found

    def _about_nothing(self, file: File, subject: Subject, entry: BudgetEntry, nothing: Nothing) -> None:
        if not entry.line:
            error = UsageError(f"{inert(entry.source)}: {subject.architecture}: {nothing}")
            self.others.append(Fault(file.source.path, error))
            return
        place = entry.places.get(nothing.key, (entry.line, entry.column))
        own = entry.architecture is None
        text = file.spec.text if own or self.budget is None else self.budget.text
        said = f"{nothing}" if own and not file.spec.variants else f"{subject.architecture}: {nothing}"
        self._wrong(entry.path, text, Problem(*place, said))

    def unused_entries(self) -> None:
        """Report the entries of the budget file that mean no architecture at all."""
        if self.budget is None or self.meant is None:
            return
        for index, entry in enumerate(self.budget.entries):
            problem = self.meant.problem(entry, self.applied.get(index, []))
            if problem is not None:
                self._wrong(self.budget.path, self.budget.text, problem)

    def outcome(self) -> Outcome:
        faults = [*self.files.faults, *self.others]
        faults += [Fault(path, InputError(path, found, text)) for path, (text, found) in self.problems.items()]
        unique: dict[str, Fault] = {}
        for fault in faults:
            unique.setdefault(str(fault.error), fault)
        if self.unlimited:
            self.notes.append(("no limit", listing(self.unlimited)))
        if self.off:
            self.notes.append(("off", listing(self.off)))
        return Outcome(self.verdicts, list(unique.values()), self.notes, self.request.convention)


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
    outcome = work.outcome()
    if not outcome.verdicts and not outcome.faults:
        raise UsageError(_nothing(work))
    return outcome


def _lock(work: Check) -> lock.Lock | None:
    try:
        return lock.load()
    except DsconvCostError as error:
        work.others.append(Fault(lock.PATH, error))
        return None


def _arguments(work: Check, locked: lock.Lock | None) -> list[str]:
    """Return the architectures of the call; where it names none, those of the lock and the budget file."""
    if work.request.arguments:
        return list(work.request.arguments)
    found = list(locked.architectures) if locked is not None else []
    if work.budget is not None:
        found += named_architectures(work.budget)
    if not found and not work.others and not work.problems:
        raise UsageError(
            "nothing to check: name an architecture or a folder, or write a budget file (dsconv-cost.yaml)"
        )
    return list(dict.fromkeys(found))


def _against_base(work: Check, at_base: AtBase, file: File, variant: str | None, subject: Subject) -> None:
    if not file.path or file.path == STDIN_NAME:
        what = "standard input" if file.path else "a bundled network"
        work.notes.append(("no history", f"{subject.architecture}: {what}"))
        return
    try:
        work.verdicts += at_base.verdicts(file, variant, subject)
    except DsconvCostError as error:
        # The reference or the repository is at fault, and not this file more than another.
        work.others.append(Fault("--base", error))


def _nothing(work: Check) -> str:
    off = f"; off: {listing(work.off)}" if work.off else ""
    return (
        f"nothing to check: no limit applies to {listing(work.unlimited)}{off}. Give one (--max-macs 600M), a budget: in the "
        "file, or a budget file"
    )
