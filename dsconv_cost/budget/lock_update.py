"""`check --update-lock`: the lock as it has to be now."""

from typing import NamedTuple

from dsconv_cost.budget import lock
from dsconv_cost.budget.file import named_architectures
from dsconv_cost.budget.growth import PastCosts
from dsconv_cost.budget.merge_base import is_bundled_name, lock_file, lock_name
from dsconv_cost.budget.networks import Files, InputFault
from dsconv_cost.budget.selection import Request, Selection, in_lock
from dsconv_cost.errors import InputError, UsageError
from dsconv_cost.sources import bundled, near_paths
from dsconv_cost.sources.folders import is_architecture
from dsconv_cost.sources.read import STDIN_NAME
from dsconv_cost.text import inert, shown


class Update(NamedTuple):
    """What is to be written; with faults nothing is."""

    text: str
    headline: str
    faults: list[InputFault]


def update(request: Request) -> Update:
    """Return the new lock: networks of the call as they are now, others as they were while their file exists."""
    if request.limits or request.base is not None or request.locked:
        raise UsageError(
            "--update-lock writes the lock and checks nothing: give limits, --base and --locked without it"
        )
    if request.settings:
        raise UsageError("the lock holds networks as their files give them: make a variant of what --set sets")
    work = Selection(request, every_variant=True)
    work.read_budget()
    kept, replaced = _kept(request)
    arguments = list(request.arguments)
    if not arguments:
        arguments = in_lock(kept)
        arguments += named_architectures(work.budget) if work.budget is not None else []
        if not arguments and not work.budget_says_something():
            raise UsageError(f"nothing to lock: name an architecture or a folder{work.unread_budget()}")
    work.read_files(list(dict.fromkeys(arguments)))
    found = {
        lock_name(file, variant): lock.past_costs(subject.measured)
        for file, variant, subject, _ in work.subjects()
        if file.path != STDIN_NAME
    }
    if not request.arguments:
        work.unused_entries()
    rest = {name: costs for name, costs in kept.items() if name not in found and _still_there(name, work.files)}
    dropped = len(set(kept) - found.keys() - rest.keys())
    said = f"{lock.PATH}: {len(found):,} written, {len(rest):,} kept, {dropped:,} dropped{replaced}"
    other = near_paths.above(lock.PATH) if not lock.exists() else None
    if other is not None:
        said += f"; {inert(other)} is another one, for calls in its folder"
    return Update(lock.lock_text(request.convention, {**rest, **found}), said, work.faults())


def _kept(request: Request) -> tuple[dict[str, PastCosts], str]:
    """Return what the lock holds already, or nothing and why."""
    if not lock.exists():
        return {}, ""
    try:
        old = lock.load_lock()
    except InputError:
        return {}, "; the damaged one is replaced"
    if old.convention != (request.convention.name, request.convention.version):
        return {}, f"; the one by the convention {shown(' '.join(old.convention))} is replaced"
    return old.architectures, ""


def _still_there(name: str, files: Files) -> bool:
    """Return whether a name in the lock still means a network, as far as that can be told without reading all of its file."""
    path, variant = lock_file(name)
    if is_bundled_name(path):
        return bundled.find(path) is not None
    file = files.get(path)
    return is_architecture(path) and (variant is None or file is None or variant in file.spec.variants)
