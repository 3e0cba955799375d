"""Networks beside their entries in the lock, and what the lock calls them."""

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from dsconv_cost.budget.gone import GoneNetwork
from dsconv_cost.budget.growth import COMPARED_METRICS, PastState, growth_verdicts, new_verdicts, not_comparable
from dsconv_cost.budget.lock import LOCK_PATH, Lock, stamp_of_memory
from dsconv_cost.budget.networks import CheckedFile, CheckedFiles, MeasuredNetwork
from dsconv_cost.budget.selection import PlannedNetwork
from dsconv_cost.budget.verdicts import LOCK, Verdict
from dsconv_cost.costs.charges import Convention
from dsconv_cost.errors import UsageError
from dsconv_cost.language.limits import Amount
from dsconv_cost.layers.values import Value
from dsconv_cost.sources.folders import is_architecture
from dsconv_cost.text import shown


class Terms(NamedTuple):
    """The terms of a comparison with an earlier state."""

    settings: dict[str, Value]
    tolerance: Amount
    convention: Convention


def refuse_settings(settings: Mapping[str, Value], files: CheckedFiles) -> None:
    """Raise UsageError for hyperparameters that a call sets: the lock holds networks as their files give them."""
    where = "--set sets" if settings else next((f"{shown(file.suffix)} sets" for file in files if file.suffix), "")
    if where:
        raise UsageError(f"the lock holds networks as their files give them: make a variant of what {where}")


def lock_name(file: CheckedFile, variant: str | None) -> str:
    """Return what a network is called in the lock: an argument that names it, seen from the lock's folder."""
    name = os.path.relpath(file.path).replace(os.sep, "/") if file.path else file.name
    if file.path and is_bundled_name(name):
        name = f"./{name}"
    return f"{name}:{variant}" if variant else name


def split_lock_name(name: str) -> tuple[str, str | None]:
    """Return the path, or bundled name, and the variant that a name in the lock means."""
    path, colon, variant = name.rpartition(":")
    if not colon or not path or os.path.lexists(name):
        return name, None
    return path, variant


def is_bundled_name(name: str) -> bool:
    """Return whether a name in the lock is that of a bundled network, of this version or another."""
    return "." not in name and "/" not in name


def locked_arguments(names: Iterable[str]) -> list[str]:
    """Return the files and bundled networks that names in the lock mean, without those that are gone."""
    arguments: list[str] = []
    for name in names:
        path, _ = split_lock_name(name)
        if is_bundled_name(path):
            arguments.append(name)
        elif is_architecture(path):
            arguments.append(path)
    return list(dict.fromkeys(arguments))


def lock_verdicts(
    locked: Lock, terms: Terms, file: CheckedFile, variant: str | None, network: MeasuredNetwork
) -> list[Verdict]:
    """Return the verdicts on one network beside its entry in the lock."""
    state = PastState(LOCK, LOCK_PATH, terms.tolerance)
    mine = (terms.convention.name, terms.convention.version)
    if locked.convention != mine:
        theirs = shown(" ".join(locked.convention))
        return not_comparable(
            network, state, f"the lock counts by the convention {theirs}, this call by {' '.join(mine)}"
        )
    past = locked.architectures.get(lock_name(file, variant))
    if past is None:
        return new_verdicts(network, state, "it is not in the lock yet: check --update-lock adds it")
    verdicts: list[Verdict] = []
    other = {metric: name for metric, name in locked.memory.items() if stamp_of_memory()[metric] != name}
    for metric, name in other.items():
        why = f"the lock's {metric} is by {shown(name)}, this call's by {stamp_of_memory()[metric]}: check --update-lock writes it anew"
        verdicts += not_comparable(network, state, why, (metric,))
    same = [metric for metric in COMPARED_METRICS if metric not in other]
    return growth_verdicts(network, past, state, metrics=same) + verdicts


def in_lock_only(
    locked: Lock, files: CheckedFiles, networks: list[PlannedNetwork], everywhere: bool
) -> Iterator[GoneNetwork]:
    """Yield each network of the lock that is no longer one, in a file or folder of the call or `everywhere`."""
    here = {(os.path.abspath(network.file.path), network.variant) for network in networks if network.file.path}
    missing: dict[str, str] = {}
    for name in locked.architectures:
        path, variant = split_lock_name(name)
        if is_bundled_name(path):
            continue
        if files.has(path):
            file = files.get(path)
            if file is None or not file.is_whole or (os.path.abspath(path), variant) in here:
                continue
            missing[name] = "there is no such variant" if variant is not None else "it has no network of its defaults"
        elif everywhere or any(_inside(path, folder) for folder in files.folders):
            missing[path] = "it is not an architecture" if os.path.lexists(path) else "there is no such file"
    for name, why in missing.items():
        yield GoneNetwork(name, f"is in {LOCK_PATH}, and {why} any more: check --update-lock drops it")


def _inside(path: str, folder: str) -> bool:
    return os.path.abspath(path).startswith(os.path.join(os.path.abspath(folder), ""))
