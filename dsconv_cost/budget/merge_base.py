"""Networks beside what the same files made of them where HEAD and a reference parted."""

import os
from collections.abc import Callable, Iterator
from typing import NamedTuple

from dsconv_cost.budget.growth import PastState, growth_verdicts, new_verdicts, not_comparable, past_costs
from dsconv_cost.budget.lock_check import Terms
from dsconv_cost.budget.networks import CheckedFile, CheckedFiles, MeasuredNetwork
from dsconv_cost.budget.verdicts import BASE, Verdict
from dsconv_cost.costs.parts import PartCosts
from dsconv_cost.errors import DsconvCostError, InputError
from dsconv_cost.language.architecture import Architecture, Spec
from dsconv_cost.network.build import elaborate
from dsconv_cost.network.graph import Place
from dsconv_cost.sources.folders import describes_one
from dsconv_cost.sources.git import SHORT, Base, PastFile, is_commit, names_at, read_in, source_at
from dsconv_cost.sources.load import spec_of
from dsconv_cost.sources.near_paths import YAML_ENDINGS
from dsconv_cost.sources.settings import choose
from dsconv_cost.text import inert, lines_of, listing, shown

LEAST_DIGITS = 7
"""How many digits of a commit mean it, and no branch that happens to be called so."""


class AtBase:
    """Compares with the commit where HEAD and a reference parted."""

    def __init__(self, ref: str, terms: Terms) -> None:
        self.base = Base(ref)
        self.terms = terms
        self._specs: dict[str, Spec | InputError | None] = {}
        self._lines: dict[str, frozenset[str]] = {}
        self._were: dict[str, str] = {}
        """Absolute path -> that of a renamed file then."""

    def verdicts(self, file: CheckedFile, variant: str | None, network: MeasuredNetwork) -> list[Verdict]:
        """Return the verdicts on one network. Raises UsageError for a reference or a repository that is none."""
        commit = self.base.commit(file.path)
        spec = self._spec(file)
        edited = _edited(self._lines.get(file.path), file)
        state = PastState(BASE, self._called(commit), self.terms.tolerance, edited.line_of, edited.setting)
        if spec is None:
            return new_verdicts(network, state, "the file did not exist then")
        if isinstance(spec, InputError):
            return not_comparable(network, state, f"it cannot be read there: {_first_problem(spec)}")
        if variant is not None and variant not in spec.variants:
            return new_verdicts(network, state, "the variant did not exist then")
        was = self._were.get(os.path.abspath(file.path))
        message = f"it was {shown(was)} then" if was is not None else ""
        if spec is file.spec:
            return growth_verdicts(network, past_costs(network.costs), state, message)
        try:
            chosen = choose(spec, variant, self.terms.settings)
            then = elaborate(Architecture(spec, spec.path, False, variant, chosen))
        except DsconvCostError as error:
            return not_comparable(network, state, f"it makes no network there: {_first_problem(error)}")
        return growth_verdicts(network, past_costs(PartCosts(then, self.terms.convention)), state, message)

    def _spec(self, file: CheckedFile) -> "Spec | InputError | None":
        """Return what the file said; None where it was not there, the error where it said nothing that can be read."""
        key = os.path.abspath(file.path)
        if key not in self._specs:
            try:
                self._specs[key] = self._read(file)
            except InputError as error:
                self._specs[key] = error
        return self._specs[key]

    def _read(self, file: CheckedFile) -> Spec | None:
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
        if len(ref) >= LEAST_DIGITS and commit.startswith(ref):
            return commit[:SHORT]
        return f"{commit[:SHORT]} ({shown(ref, SHORT) if is_commit(ref) else shown(ref)})"

    def notes(self, files: CheckedFiles) -> Iterator[tuple[str, str]]:
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
        for folder in files.folders:
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

    def _gone_variants(self, files: CheckedFiles) -> dict[str, list[str]]:
        """Return the variants that compared files had and have no more, by commit; a call for one variant is not about others."""
        found: dict[str, list[str]] = {}
        for file in files:
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
