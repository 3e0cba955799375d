"""`check --update-lock`: the lock as it has to be now."""

import os
from typing import NamedTuple

from dsconv_cost import bundled, lock
from dsconv_cost.budget_file import named_architectures
from dsconv_cost.checking import Check, Request
from dsconv_cost.earlier import lock_name
from dsconv_cost.errors import InputError, UsageError
from dsconv_cost.inert import shown
from dsconv_cost.loading import STDIN_NAME
from dsconv_cost.relative import Earlier
from dsconv_cost.subjects import Fault


class Update(NamedTuple):
    """What is to be written; with faults nothing is."""

    text: str
    headline: str
    faults: list[Fault]


def update(request: Request) -> Update:
    """Return the new lock: networks of the call as they are now, others as they were while their file exists."""
    if request.limits or request.base is not None or request.locked:
        raise UsageError(
            "--update-lock writes the lock and checks nothing: give limits, --base and --locked without it"
        )
    if request.settings:
        raise UsageError("the lock holds networks as their files give them: make a variant of what --set sets")
    work = Check(request)
    work.read_budget()
    kept, replaced = _kept(request)
    arguments = list(request.arguments)
    if not arguments:
        arguments = [name for name in kept if _still_there(name)]
        arguments += named_architectures(work.budget) if work.budget is not None else []
        if not arguments and not work.others and not work.problems:
            raise UsageError("nothing to lock: name an architecture or a folder")
    work.read_files(list(dict.fromkeys(arguments)))
    found = {
        lock_name(file, variant): lock.earlier(subject.measured)
        for file, variant, subject, _ in work.subjects()
        if file.path != STDIN_NAME
    }
    rest = {name: costs for name, costs in kept.items() if name not in found and _still_there(name)}
    dropped = len(set(kept) - found.keys() - rest.keys())
    said = f"{lock.PATH}: {len(found):,} written, {len(rest):,} kept, {dropped:,} dropped{replaced}"
    return Update(lock.write(request.convention, {**rest, **found}), said, work.outcome().faults)


def _kept(request: Request) -> tuple[dict[str, Earlier], str]:
    """Return what the lock holds already, or nothing and why."""
    if not lock.exists():
        return {}, ""
    try:
        old = lock.load()
    except InputError:
        return {}, "; the damaged one is replaced"
    if old.convention != (request.convention.name, request.convention.version):
        return {}, f"; the one by the convention {shown(' '.join(old.convention))} is replaced"
    return old.architectures, ""


def _still_there(name: str) -> bool:
    stem = name.rpartition(":")[0]
    if os.path.isfile(name) or (stem and os.path.isfile(stem)):
        return True
    return "." not in name and "/" not in name and bundled.find(stem or name) is not None
