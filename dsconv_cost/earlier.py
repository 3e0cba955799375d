"""A network beside its earlier state: the same file where HEAD and a reference parted, or its entry in the lock."""

import os
from collections.abc import Callable
from typing import NamedTuple

from dsconv_cost import lock
from dsconv_cost.architecture import Architecture, Spec
from dsconv_cost.budget import BASE, LOCK, UNCOMPARABLE, Subject, Verdict
from dsconv_cost.conventions import Convention
from dsconv_cost.elaborate import elaborate
from dsconv_cost.errors import DsconvCostError, InputError
from dsconv_cost.git_base import SHORT, Base, source_at
from dsconv_cost.inert import inert, lines_of, shown
from dsconv_cost.loading import choose, spec_of
from dsconv_cost.measure import Measured
from dsconv_cost.network import Place
from dsconv_cost.quantities import Amount
from dsconv_cost.relative import Against, compare, new
from dsconv_cost.subjects import File
from dsconv_cost.values import Value


class Terms(NamedTuple):
    """What a comparison with an earlier state depends on."""

    settings: dict[str, Value]
    tolerance: Amount
    convention: Convention


class AtBase:
    """Compares with the commit where HEAD and a reference parted."""

    def __init__(self, ref: str, terms: Terms) -> None:
        self.base = Base(ref)
        self.terms = terms
        self._specs: dict[str, Spec | InputError | None] = {}
        self._lines: dict[str, frozenset[str]] = {}

    def verdicts(self, file: File, variant: str | None, subject: Subject) -> list[Verdict]:
        """Return the verdicts on one network. Raises UsageError for a reference or a repository that is none."""
        commit = self.base.commit(file.path)
        spec = self._spec(commit, file)
        source = f"{commit[:SHORT]} ({shown(self.base.ref)})"
        against = Against(BASE, source, self.terms.tolerance, _changed_line(self._lines.get(file.path), file))
        if spec is None:
            return new(subject, against, "the file did not exist then")
        if isinstance(spec, InputError):
            return _not_comparable(subject, against, f"it cannot be read there: {_first_problem(spec)}")
        if variant is not None and variant not in spec.variants:
            return new(subject, against, "the variant did not exist then")
        if spec is file.spec:
            return compare(subject, lock.earlier(subject.measured), against)
        try:
            chosen = choose(spec, variant, self.terms.settings)
            network = elaborate(Architecture(spec, spec.path, False, variant, chosen))
        except DsconvCostError as error:
            return _not_comparable(subject, against, f"it makes no network there: {_first_problem(error)}")
        return compare(subject, lock.earlier(Measured(network, self.terms.convention)), against)

    def _spec(self, commit: str, file: File) -> "Spec | InputError | None":
        """Return what the file said; None where it was not there, the error where it said nothing that can be read."""
        key = os.path.abspath(file.path)
        if key not in self._specs:
            try:
                self._specs[key] = self._read(commit, file)
            except InputError as error:
                self._specs[key] = error
        return self._specs[key]

    def _read(self, commit: str, file: File) -> Spec | None:
        source = source_at(commit, file.path)
        if source is None:
            return None
        self._lines[file.path] = frozenset(line.strip() for line in lines_of(source.text))
        return file.spec if source.text == file.source.text else spec_of(source)


def _first_problem(error: DsconvCostError) -> str:
    if isinstance(error, InputError):
        line, column, message = error.problems[0]
        return f"{inert(error.path)}:{line}:{column}: {inert(message)}"
    return inert(str(error))


def _changed_line(before: frozenset[str] | None, file: File) -> Callable[[Place], tuple[int, int] | None]:
    """Return what finds for a layer the innermost of the lines of its items that did not stand in the file before."""
    lines = lines_of(file.spec.text)

    def changed(place: Place) -> tuple[int, int] | None:
        for at in reversed(place.chain()):
            if before is not None and 0 < at.line <= len(lines) and lines[at.line - 1].strip() not in before:
                return at.line, at.column
        return None

    return changed


def _not_comparable(subject: Subject, against: Against, why: str) -> list[Verdict]:
    return [verdict._replace(status=UNCOMPARABLE) for verdict in new(subject, against, why)]


def lock_name(file: File, variant: str | None) -> str:
    """Return what a network is called in the lock: an argument that names it, seen from the lock's folder."""
    name = os.path.relpath(file.path).replace(os.sep, "/") if file.path else file.name
    return f"{name}:{variant}" if variant else name


def lock_verdicts(locked: lock.Lock, terms: Terms, file: File, variant: str | None, subject: Subject) -> list[Verdict]:
    """Return the verdicts on one network beside its entry in the lock."""
    against = Against(LOCK, lock.PATH, terms.tolerance, lambda place: None)
    mine = (terms.convention.name, terms.convention.version)
    if locked.convention != mine:
        theirs = shown(" ".join(locked.convention))
        return _not_comparable(
            subject, against, f"the lock counts by the convention {theirs}, this call by {' '.join(mine)}"
        )
    entry = locked.architectures.get(lock_name(file, variant))
    if entry is None:
        return new(subject, against, "it is not in the lock yet: check --update-lock adds it")
    return compare(subject, entry, against)
