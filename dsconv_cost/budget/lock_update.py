"""`check --update-lock`: the lock as it has to be now."""

from typing import NamedTuple

from dsconv_cost.budget.file import named_architectures
from dsconv_cost.budget.growth import PastCosts, past_costs
from dsconv_cost.budget.lock import LOCK_PATH, load_lock, lock_exists, lock_text, stamp_of_memory
from dsconv_cost.budget.lock_check import is_bundled_name, lock_name, locked_arguments, refuse_settings, split_lock_name
from dsconv_cost.budget.measuring import measure
from dsconv_cost.budget.networks import CheckedFiles, InputFault, merged
from dsconv_cost.budget.selection import PlannedNetwork, Request, read_budget, said_something, select, unread_budget
from dsconv_cost.errors import InputError, UsageError
from dsconv_cost.language.architecture import Architecture
from dsconv_cost.sources import bundled, near_paths
from dsconv_cost.sources.folders import is_architecture
from dsconv_cost.sources.read import LARGEST_FILE
from dsconv_cost.text import inert, shown


class LockUpdate(NamedTuple):
    """The lock to write; with faults none is written."""

    text: str
    headline: str
    faults: list[InputFault]


def update_lock(request: Request) -> LockUpdate:
    """Return the new lock: networks of the call as they are now, others as they were while their file exists."""
    if request.limits or request.base is not None or request.locked:
        raise UsageError(
            "--update-lock writes the lock and checks nothing: give limits, --base and --locked without it"
        )
    kept, replaced = _kept(request)
    budget, faults = read_budget(request)
    arguments: list[str | Architecture] = list(request.arguments)
    if not arguments:
        arguments += locked_arguments(kept)
        if budget is not None:
            named = named_architectures(budget)
            arguments += named.paths
            faults += named.faults
        if not arguments and not said_something(budget, faults):
            hint = unread_budget(request)
            raise UsageError(f"nothing to lock: name an architecture or a folder{hint and '. '}{hint}")
    files = CheckedFiles(dict.fromkeys(arguments), named=bool(request.arguments))
    refuse_settings(request.settings, files)
    # Compared networks are those that the lock holds: every variant of a file.
    selection = select(request._replace(locked=True), budget, files)
    locked, unmade = _locked(request, selection.networks)
    faults += [*files.faults, *unmade, *([] if request.arguments else selection.faults)]
    for name in locked:
        if not name.isascii() and name != name.encode("utf-8", "replace").decode("utf-8"):
            raise UsageError(f"{inert(name)}: the name is not UTF-8, and {LOCK_PATH} cannot hold it: rename the file")
    rest = {name: costs for name, costs in kept.items() if name not in locked and _still_there(name, files)}
    dropped = len(set(kept) - locked.keys() - rest.keys())
    headline = f"{LOCK_PATH}: {len(locked):,} written, {len(rest):,} kept, {dropped:,} dropped{replaced}"
    other = near_paths.above(LOCK_PATH) if not lock_exists() else None
    if other is not None:
        headline += f"; {inert(other)} is another one, for calls in its folder"
    text = lock_text(request.convention, {**rest, **locked})
    if len(text.encode("utf-8")) > LARGEST_FILE:
        raise UsageError(
            f"{LOCK_PATH} would be larger than {LARGEST_FILE >> 20} MiB, the maximum that --locked reads: "
            "give folders locks of their own, or lock fewer networks"
        )
    return LockUpdate(text, headline, merged(faults))


def _locked(request: Request, networks: list[PlannedNetwork]) -> tuple[dict[str, PastCosts], list[InputFault]]:
    """Return what the networks cost, by their names in the lock, and why some cost nothing."""
    locked: dict[str, PastCosts] = {}
    faults: list[InputFault] = []
    for planned in networks:
        network = measure(request, planned)
        if isinstance(network, InputFault):
            faults.append(network)
        elif planned.file.has_history or not planned.file.path:
            locked[lock_name(planned.file, planned.variant)] = past_costs(network.costs).in_figures
    return locked, faults


def _kept(request: Request) -> tuple[dict[str, PastCosts], str]:
    """Return what the lock holds already, or nothing and why."""
    if not lock_exists():
        return {}, ""
    try:
        old = load_lock()
    except InputError:
        return {}, "; the damaged one is replaced"
    if old.convention != (request.convention.name, request.convention.version):
        return {}, f"; the one by the convention {shown(' '.join(old.convention))} is replaced"
    if old.memory == stamp_of_memory():
        return old.architectures, ""
    return {name: costs._replace(memory={}) for name, costs in old.architectures.items()}, ""


def _still_there(name: str, files: CheckedFiles) -> bool:
    """Return whether a name in the lock still means a network, as far as that can be told without reading all of its file."""
    path, variant = split_lock_name(name)
    if is_bundled_name(path):
        return bundled.find(path) is not None
    file = files.get(path)
    return is_architecture(path) and (variant is None or file is None or variant in file.spec.variants)
