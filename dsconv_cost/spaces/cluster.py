"""Parts counted by a Dask cluster: each is a task, and one whose worker is lost is counted again by another, to the same bytes."""

import os
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any

from dsconv_cost.errors import UsageError
from dsconv_cost.spaces.plan import SweepPlan
from dsconv_cost.spaces.run import Runner, Summary, SweepStopped, count_part
from dsconv_cost.text import inert
from dsconv_cost.version import __version__

_SECONDS = 10
"""How long a scheduler may take to answer."""
_TRIES = 5
"""How many workers may be lost with one part."""


def on_cluster(address: str) -> Runner:
    """Return what counts parts on the cluster of a scheduler. Raises UsageError without the library."""
    try:
        distributed: Any = import_module("distributed")
    except ImportError:
        raise UsageError("--scheduler needs Dask, which is not installed: pip install 'dsconv-cost[dask]'") from None

    def run(plan: SweepPlan, parts: Sequence[int], folder: str | None) -> Iterator[tuple[int, Summary]]:
        if not parts:
            return
        try:
            client = distributed.Client(address, timeout=_SECONDS, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            raise UsageError(f"--scheduler {inert(address)}: no scheduler answers: {inert(str(error))}") from None
        try:
            yield from _counted(client, distributed, plan, parts, None if folder is None else os.path.abspath(folder))
        finally:
            client.close()

    return run


def _counted(
    client: Any, distributed: Any, plan: SweepPlan, parts: Sequence[int], folder: str | None
) -> Iterator[tuple[int, Summary]]:  # fmt: skip
    _check_workers(client)
    waiting = iter(parts)
    part_of: dict[str, int] = {}

    def submitted() -> Any:
        part = next(waiting, None)
        if part is None:
            return None
        future = client.submit(count_part, plan, part, folder, pure=False, retries=_TRIES)
        part_of[future.key] = part
        return future

    many = 4 * max(1, sum(client.nthreads().values()))
    first = [future for _ in range(many) if (future := submitted()) is not None]
    running = distributed.as_completed(first, loop=client.loop)
    for future in running:
        try:
            summary = future.result()
        except distributed.KilledWorker as error:
            raise SweepStopped(f"part {part_of[future.key]:,} ended several workers: {inert(str(error))}") from None
        yield part_of.pop(future.key), summary
        following = submitted()
        if following is not None:
            running.add(following)


def _check_workers(client: Any) -> None:
    """Raise UsageError where a cluster has no workers, or they have another version."""
    versions = client.run(_version_here)
    if not versions:
        raise UsageError("the cluster of --scheduler has no workers: begin some with `dask worker tcp://HOST:PORT`")
    for worker, version in versions.items():
        if version != __version__:
            raise UsageError(f"the worker {inert(worker)} has dsconv-cost {inert(version)}, and this is {__version__}")


def _version_here() -> str:
    return __version__
