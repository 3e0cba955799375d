"""A network beside its earlier state: the same file where HEAD and a reference parted, or its entry in the lock."""

import os
from collections.abc import Callable, Iterator
from typing import NamedTuple

from dsconv_cost.budget import lock
from dsconv_cost.budget.growth import Against, growth_verdicts, new
from dsconv_cost.budget.networks import File, Files
from dsconv_cost.budget.verdicts import BASE, LOCK, UNCOMPARABLE, Subject, Verdict
from dsconv_cost.costs.conventions import Convention
from dsconv_cost.costs.parts import PartCosts
from dsconv_cost.errors import DsconvCostError, InputError, UsageError
from dsconv_cost.language.architecture import Architecture, Spec
from dsconv_cost.language.limits import Amount
from dsconv_cost.layers.values import Value
from dsconv_cost.network.build import elaborate
from dsconv_cost.network.graph import Place
from dsconv_cost.sources.folders import describes_one
from dsconv_cost.sources.git import SHORT, Base, PastFile, is_commit, names_at, read_in, source_at
from dsconv_cost.sources.load import spec_of
from dsconv_cost.sources.near_paths import YAML_ENDINGS
from dsconv_cost.sources.settings import choose
from dsconv_cost.text import inert, lines_of, listing, shown

LEAST = 7
"""How many digits of a commit mean it, and no branch that happens to be called so."""


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
        self._were: dict[str, str] = {}
        """Absolute path -> that of a renamed file then."""

    def verdicts(self, file: File, variant: str | None, subject: Subject) -> list[Verdict]:
        """Return the verdicts on one network. Raises UsageError for a reference or a repository that is none."""
        commit = self.base.commit(file.path)
        spec = self._spec(file)
        source = self._called(commit)
        against = Against(BASE, source, self.terms.tolerance, *_edited(self._lines.get(file.path), file))
        was = self._were.get(os.path.abspath(file.path))
        message = f"it was {shown(was)} then" if was is not None else ""
        if spec is None:
            return new(subject, against, "the file did not exist then")
        if isinstance(spec, InputError):
            return _not_comparable(subject, against, f"it cannot be read there: {_first_problem(spec)}")
        if variant is not None and variant not in spec.variants:
            return new(subject, against, "the variant did not exist then")
        if spec is file.spec:
            return _said(growth_verdicts(subject, lock.past_costs(subject.measured), against), message)
        try:
            chosen = choose(spec, variant, self.terms.settings)
            network = elaborate(Architecture(spec, spec.path, False, variant, chosen))
        except DsconvCostError as error:
            return _not_comparable(subject, against, f"it makes no network there: {_first_problem(error)}")
        return _said(
            growth_verdicts(subject, lock.past_costs(PartCosts(network, self.terms.convention)), against), message
        )

    def _spec(self, file: File) -> "Spec | InputError | None":
        """Return what the file said; None where it was not there, the error where it said nothing that can be read."""
        key = os.path.abspath(file.path)
        if key not in self._specs:
            try:
                self._specs[key] = self._read(file)
            except InputError as error:
                self._specs[key] = error
        return self._specs[key]

    def _read(self, file: File) -> Spec | None:
        was = costs_at_base(self.base, file.path)
        if was is None:
            return None
        source = was.source
        if was.path != file.path:
            self._were[os.path.abspath(file.path)] = was.path
        self._lines[file.path] = frozenset(line.strip() for line in lines_of(source.text))
        return file.spec if source.text == file.source.text else spec_of(source)

    def _called(self, commit: str) -> str:
        """Return a commit in words, with the reference where that says more."""
        ref = self.base.ref
        if len(ref) >= LEAST and commit.startswith(ref):
            return commit[:SHORT]
        return f"{commit[:SHORT]} ({shown(ref, SHORT) if is_commit(ref) else shown(ref)})"

    def notes(self, folders: list[str], files: Files) -> Iterator[tuple[str, str]]:
        """Yield notes on files with other names then, and on what was there: variants, and networks that folders held.

        Raises UsageError as `verdicts` does.
        """
        for path, was in self._were.items():
            yield (
                "renamed",
                f"{inert(os.path.relpath(path))} was {inert(was)} at {self._called(self.base.commit(path))}",
            )
        for commit, variants in self._gone_variants(files).items():
            yield "gone", f"{listing(variants)}, which {self._called(commit)} has"
        were = {os.path.abspath(path) for path in self._were.values()}
        for folder in folders:
            commit = self.base.commit(os.path.join(folder, "."))
            gone: list[str] = []
            changed: list[str] = []
            for name in names_at(self.base.git, commit, folder):
                path = os.path.normpath(os.path.join(folder, name))
                hidden = any(step.startswith(".") for step in name.split("/")[:-1])
                if (
                    hidden
                    or not name.lower().endswith(YAML_ENDINGS)
                    or files.has(path)
                    or os.path.abspath(path) in were
                ):
                    continue
                if self._was_one(commit, folder, name):
                    (changed if os.path.lexists(path) else gone).append(path)
            for label, paths in (("gone", gone), ("no network", changed)):
                if paths:
                    yield label, f"{listing(paths)}, which {self._called(commit)} has"

    def _gone_variants(self, files: Files) -> dict[str, list[str]]:
        """Return the variants that compared files had and have no more, by commit; a call for one variant is not about others."""
        found: dict[str, list[str]] = {}
        for file in files.files.values():
            then = self._specs.get(os.path.abspath(file.path)) if file.path else None
            if isinstance(then, Spec) and None in file.variants:
                gone = [f"{file.path}:{variant}" for variant in then.variants if variant not in file.spec.variants]
                if gone:
                    found.setdefault(self.base.commit(file.path), []).extend(gone)
        return found

    def _was_one(self, commit: str, folder: str, name: str) -> bool:
        data = read_in(self.base.git, commit, folder, name)
        return data is not None and describes_one(data.decode("utf-8", "replace"))


def costs_at_base(base: Base, path: str, variant: str | None = None) -> PastFile | None:
    """Return a file as it was where HEAD and the reference parted, under another name if it was renamed; None where it is new."""
    source = source_at(base.git, base.commit(path), path, variant)
    if source is not None:
        return PastFile(source, path)
    renamed = base.renamed(path, variant)
    return renamed if renamed is not None and describes_one(renamed.source.text) else None


def _first_problem(error: DsconvCostError) -> str:
    if isinstance(error, InputError):
        first = error.problems[0]
        return f"{inert(error.path)}:{first.line}:{first.column}: {inert(first.message)}"
    return inert(str(error))


class _Edited(NamedTuple):
    """What was edited in a file, as far as it says which line made a network larger."""

    line_of: Callable[[Place], tuple[int, int] | None]
    """For a layer the innermost of the lines of its items that did not stand in the file before."""
    setting: tuple[int, int] | None
    """The first line of a hyperparameter, a let or the input that did not."""


def _edited(before: frozenset[str] | None, file: File) -> _Edited:
    lines = lines_of(file.spec.text)

    def is_new(line: int) -> bool:
        return before is not None and 0 < line <= len(lines) and lines[line - 1].strip() not in before

    def line_of(place: Place) -> tuple[int, int] | None:
        return next(((at.line, at.column) for at in reversed(place.chain()) if is_new(at.line)), None)

    spec = file.spec
    nodes = [h.node for h in spec.hyperparameters.values()]
    nodes += [binding.node for lets in (spec.lets, *(block.lets for block in spec.blocks.values())) for binding in lets]
    nodes += [argument.node for block in spec.blocks.values() for argument in block.arguments]
    nodes += [spec.input_node] if spec.input_node is not None else []
    return _Edited(line_of, min(((node.line, node.column) for node in nodes if is_new(node.line)), default=None))


def _said(verdicts: list[Verdict], message: str) -> list[Verdict]:
    return [verdict._replace(message=message) for verdict in verdicts] if message else verdicts


def _not_comparable(subject: Subject, against: Against, why: str) -> list[Verdict]:
    return [verdict._replace(status=UNCOMPARABLE) for verdict in new(subject, against, why)]


def lock_name(file: File, variant: str | None) -> str:
    """Return what a network is called in the lock: an argument that names it, seen from the lock's folder."""
    name = os.path.relpath(file.path).replace(os.sep, "/") if file.path else file.name
    return f"{name}:{variant}" if variant else name


def lock_file(name: str) -> tuple[str, str | None]:
    """Return the path, or bundled name, and the variant that a name in the lock means."""
    path, colon, variant = name.rpartition(":")
    if not colon or not path or os.path.lexists(name):
        return name, None
    return path, variant


def in_lock_only(locked: lock.Lock, files: Files, everywhere: bool) -> Iterator[UsageError]:
    """Yield what is wrong with each network of the lock that is no longer one, inside a folder of the call or `everywhere`."""
    missing: dict[str, str] = {}
    for name in locked.architectures:
        path, variant = lock_file(name)
        if is_bundled_name(path):
            continue
        if files.has(path):
            file = files.get(path)
            if file is not None and variant is not None and variant not in file.spec.variants and None in file.variants:
                missing[name] = "there is no such variant"
        elif everywhere or any(_inside(path, folder) for folder in files.folders):
            missing[path] = "it is no architecture" if os.path.lexists(path) else "there is no such file"
    for name, why in missing.items():
        yield UsageError(
            f"{inert(name)} is in {lock.PATH}, and {why} any more: where that is meant, check --update-lock drops it"
        )


def is_bundled_name(name: str) -> bool:
    """Return whether a name in the lock is that of a bundled network, of this version or another."""
    return "." not in name and "/" not in name and not os.path.lexists(name)


def _inside(path: str, folder: str) -> bool:
    return os.path.abspath(path).startswith(os.path.join(os.path.abspath(folder), ""))


def lock_verdicts(locked: lock.Lock, terms: Terms, file: File, variant: str | None, subject: Subject) -> list[Verdict]:
    """Return the verdicts on one network beside its entry in the lock."""
    against = Against(LOCK, lock.PATH, terms.tolerance)
    mine = (terms.convention.name, terms.convention.version)
    if locked.convention != mine:
        theirs = shown(" ".join(locked.convention))
        return _not_comparable(
            subject, against, f"the lock counts by the convention {theirs}, this call by {' '.join(mine)}"
        )
    entry = locked.architectures.get(lock_name(file, variant))
    if entry is None:
        return new(subject, against, "it is not in the lock yet: check --update-lock adds it")
    return growth_verdicts(subject, entry, against)
