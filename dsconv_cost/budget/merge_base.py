"""Networks beside what the same files made of them where HEAD and a reference parted, and what was there and is gone."""

import os
from collections.abc import Callable, Iterator
from typing import NamedTuple

from dsconv_cost.budget.file import BudgetTargets
from dsconv_cost.budget.gone import GoneNetwork, gone_variants
from dsconv_cost.budget.growth import PastState, growth_verdicts, new_verdicts, not_comparable, past_costs
from dsconv_cost.budget.lock_check import Terms
from dsconv_cost.budget.networks import CheckedFile, CheckedFiles, MeasuredNetwork
from dsconv_cost.budget.selection import PlannedNetwork
from dsconv_cost.budget.verdicts import BASE, Verdict
from dsconv_cost.costs.parts import PartCosts
from dsconv_cost.errors import DsconvCostError, InputError
from dsconv_cost.language.architecture import Architecture, Spec
from dsconv_cost.language.limits import OFF
from dsconv_cost.network.build import elaborate
from dsconv_cost.network.graph import Place
from dsconv_cost.sources.folders import describes_one
from dsconv_cost.sources.git import SHORT, is_commit
from dsconv_cost.sources.history import Base, CommitFiles, NotInRepository
from dsconv_cost.sources.load import spec_of
from dsconv_cost.sources.near_paths import YAML_ENDINGS
from dsconv_cost.sources.settings import choose
from dsconv_cost.text import inert, lines_of, shown

LEAST_DIGITS = 7
"""How many digits of a commit mean it, and no branch that happens to be called so."""


class _Then(NamedTuple):
    """A file as it was at the base."""

    spec: Spec | InputError | None
    """None where it was not there, the error where it said nothing that can be read."""
    path: str
    """Its path then."""
    lines: frozenset[str] | None
    """The lines it had; None where it was not there."""


class AtBase:
    """Compares with the commit where HEAD and a reference parted."""

    def __init__(self, ref: str, terms: Terms, files: CheckedFiles) -> None:
        self.base = Base(ref)
        self.terms = terms
        self.files = files
        self._then: dict[str, _Then] = {}
        self._loaded = False

    def verdicts(self, file: CheckedFile, variant: str | None, network: MeasuredNetwork) -> list[Verdict]:
        """Return the verdicts on one network.

        Raises NotInRepository for a file that has no history here, UsageError for a reference or a repository that is none.
        """
        then = self._file_then(file)
        edited = _edited(then.lines, file)
        state = PastState(
            BASE, self._commit(), self.terms.tolerance, edited.line_of, ref=self._ref(), setting=edited.setting
        )
        if then.spec is None:
            return new_verdicts(network, state, "the file did not exist then")
        if isinstance(then.spec, InputError):
            return not_comparable(network, state, f"it cannot be read there: {_first_problem(then.spec)}")
        if variant is not None and variant not in then.spec.variants:
            return new_verdicts(network, state, "the variant did not exist then")
        message = f"it was {shown(then.path)} then" if then.path != file.path else ""
        if then.spec is file.spec:
            return growth_verdicts(network, past_costs(network.costs), state, message)
        try:
            chosen = choose(then.spec, variant, {**self.terms.settings, **file.settings})
            past = elaborate(Architecture(then.spec, then.spec.path, False, variant, chosen))
        except DsconvCostError as error:
            return not_comparable(network, state, f"it makes no network there: {_first_problem(error)}")
        return growth_verdicts(network, past_costs(PartCosts(past, self.terms.convention)), state, message)

    def _commit_files(self) -> CommitFiles:
        """Return the files of the commit, those of the call read at once."""
        files = self.base.files()
        if not self._loaded:
            self._loaded = True
            places = []
            for file in self.files:
                try:
                    places += [files.place(file.path)] if file.has_history else []
                except NotInRepository:
                    continue  # said where the file is compared
            files.load(places)
        return files

    def _file_then(self, file: CheckedFile) -> _Then:
        if file.path not in self._then:
            self._commit_files()
            try:
                self._then[file.path] = self._read(file)
            except InputError as error:
                self._then[file.path] = _Then(error, file.path, None)
        return self._then[file.path]

    def _read(self, file: CheckedFile) -> _Then:
        was = self.base.past(file.path)
        if was is None:
            return _Then(None, file.path, None)
        source = was.source
        lines = frozenset(line.strip() for line in lines_of(source.text))
        return _Then(file.spec if source.holds(file.source) else spec_of(source), was.path, lines)

    def _called(self) -> str:
        """Return the commit in words, with the reference where that says more."""
        return f"{self._commit()} ({self._ref()})" if self._ref() else self._commit()

    def _commit(self) -> str:
        return self.base.files().commit[:SHORT]

    def _ref(self) -> str:
        """Return the reference; nothing where it is the commit itself."""
        ref = self.base.ref
        if len(ref) >= LEAST_DIGITS and self.base.files().commit.startswith(ref):
            return ""
        return shown(ref, SHORT) if is_commit(ref) else shown(ref)

    def renamed(self) -> Iterator[tuple[str, str]]:
        """Yield a note on each file with another name then."""
        for path, then in self._then.items():
            if then.path != path:
                yield "renamed", f"{inert(os.path.relpath(path))} was {inert(then.path)} at {self._called()}"

    def gone(self, networks: list[PlannedNetwork], targets: BudgetTargets | None) -> Iterator[GoneNetwork]:
        """Yield the networks of the commit that are not there now.

        Those of files of the call, of its folders, of the patterns of the budget file, and where a file is new, of the whole
        repository: what is gone may be the same network, edited. Raises UsageError as `verdicts` does.
        """
        has = f"{self._called()} has it"
        for file in self.files:
            then = self._then.get(file.path) if file.has_history else None
            if then is not None and isinstance(then.spec, Spec):
                here = {network.variant for network in networks if network.file.path == file.path}
                yield from gone_variants(file, then.spec, here, has, self.terms.settings)
        files = self._commit_files()
        new = [path for path, then in self._then.items() if then.spec is None]
        there = [place for place in files.places(files.path("")) if place.lower().endswith(YAML_ENDINGS)]
        asked = self._asked_places(files, there, targets)
        known = {os.path.abspath(then.path) for then in self._then.values()}
        paths = {
            place: path
            for place in there
            if not self.files.has(path := files.path(place))
            and os.path.abspath(path) not in known
            and (place in asked or (new and not os.path.lexists(path)))
        }
        files.load(paths)
        for place, path in paths.items():
            data = files.read_place(place, path)
            if data is None or not describes_one(data.decode("utf-8", "replace"), path):
                continue
            if place not in asked:
                why = f"is gone while {inert(new[0])} is new and may be the same network: {has}"
            elif os.path.lexists(path):
                why = f"is not an architecture any more: {has}"
            else:
                why = f"is gone: {has}"
            yield GoneNetwork(path, why)

    def _asked_places(self, files: CommitFiles, there: list[str], targets: BudgetTargets | None) -> set[str]:
        """Return which places the folders of the call and the patterns of the budget file mean; not those in hidden folders."""
        asked: set[str] = set()
        for folder in self.files.folders:
            within = files.place(folder, is_folder=True)
            inside = [place for place in there if not within or place.startswith(f"{within}/")]
            asked.update(place for place in inside if not _is_hidden(place[len(within) :].lstrip("/")))
        limits = [limit for limit in targets.file.entries if limit.level != OFF] if targets is not None else []
        if targets is not None and limits:
            paths = {place: files.path(place) for place in there}
            meant = [p for p, path in paths.items() if any(targets.applies(limit, path, False) for limit in limits)]
            asked.update(place for place in meant if not _is_hidden(paths[place]))
        return asked


def _is_hidden(path: str) -> bool:
    """Return whether a path leads through a hidden folder."""
    return any(step.startswith(".") and step != ".." for step in path.split("/")[:-1])


def _first_problem(error: DsconvCostError) -> str:
    if isinstance(error, InputError):
        first = error.problems[0]
        return f"{inert(error.path)}:{first.line}:{first.column}: {inert(first.message)}"
    return inert(str(error))


class _Edited(NamedTuple):
    """The edits of a file that can say which line made a network larger."""

    line_of: Callable[[Place], tuple[int, int] | None]
    """For a layer, the innermost line of its items that the file did not have before."""
    setting: tuple[int, int] | None
    """The first line of a hyperparameter, a let or the input that did not."""


def _edited(before: frozenset[str] | None, file: CheckedFile) -> _Edited:
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
