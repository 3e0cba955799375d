"""Whether files can be read: every problem of architectures and budget files, without a limit held against anything."""

import os
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dsconv_cost.budget.file import DEFAULT_PATH, named_architectures, read_budget_file
from dsconv_cost.budget.networks import CheckedFile, CheckedFiles, InputFault, merged
from dsconv_cost.budget.selection import Request, select
from dsconv_cost.costs.conventions import DEFAULT
from dsconv_cost.errors import DsconvCostError, InputError
from dsconv_cost.language.limits import tolerance
from dsconv_cost.language.nodes import MappingNode, read_nodes
from dsconv_cost.network.build import elaborate
from dsconv_cost.sources.load import Source, architecture_of
from dsconv_cost.sources.read import STANDARD_INPUT, read_text

ARCHITECTURE, BUDGET_FILE = "architecture", "budget file"


class ValidatedFile(NamedTuple):
    """One file, or what an argument names in vain."""

    path: str
    kind: str | None
    """None where there is nothing to read."""
    networks: int | None
    """The networks that an architecture makes: that of its defaults and its variants."""
    faults: tuple[InputFault, ...] = ()

    @property
    def problems(self) -> int:
        errors = [fault.error for fault in self.faults]
        return sum(len(error.problems) if isinstance(error, InputError) else 1 for error in errors)


class Validation(NamedTuple):
    """All files of a call."""

    files: list[ValidatedFile]
    skipped: list[tuple[str, str]]
    """What folders leave out, and why."""

    @property
    def faults(self) -> list[InputFault]:
        return [fault for file in self.files for fault in file.faults]


def validate(arguments: Sequence[str]) -> Validation:
    """Read files, folders and bundled networks, and make every network of theirs."""
    budgets, others = _sorted(arguments)
    files = CheckedFiles(others, True)
    networks: dict[str, int] = {}
    faults = [*files.faults]
    for file in files:
        made = list(_network_faults(file))
        networks[file.source.path] = len(made)
        faults += [fault for fault in made if fault is not None]
    faults += select(_REQUEST, None, files).faults
    for path in budgets:
        faults += _budget_faults(path, path in arguments)
    by_path: dict[str, list[InputFault]] = {path: [] for path in (*networks, *budgets)}
    for fault in merged(faults):
        path = fault.error.path if isinstance(fault.error, InputError) else fault.path
        by_path.setdefault(path, []).append(fault)
    return Validation(
        [
            ValidatedFile(path, _kind(path, budgets, of_file), networks.get(path), tuple(of_file))
            for path, of_file in by_path.items()
        ],
        files.skipped,
    )


_REQUEST = Request(
    arguments=(),
    settings={},
    limits=[],
    budget=None,
    base=None,
    tolerance=tolerance("0%", "tolerance"),
    locked=False,
    bits=None,
    convention=DEFAULT,
    strict=False,
    spelled=str,
    example="",
)
"""A call of `check` that asks for nothing: its limits are those in the files."""


def _kind(path: str, budgets: Sequence[str], faults: Sequence[InputFault]) -> str | None:
    if path in budgets:
        return BUDGET_FILE
    return ARCHITECTURE if not faults or any(isinstance(fault.error, InputError) for fault in faults) else None


def _sorted(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the budget files among the arguments, with those that folders hold, and the other arguments."""
    budgets: list[str] = []
    others: list[str] = []
    for argument in dict.fromkeys(arguments):
        inside = os.path.normpath(os.path.join(argument, DEFAULT_PATH))
        if argument != STANDARD_INPUT and os.path.isdir(argument) and os.path.lexists(inside):
            budgets.append(inside)
        (budgets if _is_budget(argument) else others).append(argument)
    return list(dict.fromkeys(budgets)), others


def _is_budget(path: str) -> bool:
    """Return whether a file is a budget file, by its name or by its keys."""
    if path == STANDARD_INPUT or not os.path.isfile(path):
        return False
    if os.path.basename(path) == DEFAULT_PATH:
        return True
    try:
        root, _ = read_nodes(read_text(path), [])
    except DsconvCostError:
        return False
    return (
        isinstance(root, MappingNode)
        and root.get("budget") is not None
        and not (root.get("layers") or root.get("input"))
    )


def _network_faults(file: CheckedFile) -> Iterator[InputFault | None]:
    """Yield for each network of a file why it cannot be made, or None."""
    spec = file.spec
    variants = [*file.variants]
    if None in variants and spec.variants:
        required = {h.name for h in spec.hyperparameters.values() if h.default is None}
        defaults = [None] if required <= file.settings.keys() else []
        variants = list(dict.fromkeys([*defaults, *spec.variants]))
    for variant in variants:
        source = Source(file.source.text, file.source.path, file.source.bundled, variant)
        try:
            elaborate(architecture_of(source, spec, file.settings))
        except DsconvCostError as error:
            yield InputFault(file.source.path, error)
        else:
            yield None


def _budget_faults(path: str, named: bool) -> list[InputFault]:
    try:
        budget = read_budget_file(read_text(path, regular=not named), path)
    except DsconvCostError as error:
        return [InputFault(path, error)]
    if budget.problems:
        return [InputFault(path, budget.error(budget.problems))]
    meant = named_architectures(budget)
    files = CheckedFiles(meant.paths, False)
    return [*meant.faults, *files.faults, *select(_REQUEST, budget, files).faults]
