"""Parts counted by several processes of one machine."""

import multiprocessing
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool

from dsconv_cost.spaces.plan import SweepPlan
from dsconv_cost.spaces.run import Runner, Summary, SweepStopped, count_part

_TRIES = 3
"""How often a new pool is begun after one in which a process ended and no part was finished."""


def in_processes(workers: int) -> Runner:
    """Return what counts parts with so many processes."""

    def run(plan: SweepPlan, parts: Sequence[int], folder: str | None) -> Iterator[tuple[int, Summary]]:
        left = list(parts)
        tries = 0
        while left:
            before = len(left)
            try:
                for part, summary in _counted(plan, left, folder, workers):
                    left.remove(part)
                    yield part, summary
            except BrokenProcessPool:
                tries = tries + 1 if len(left) == before else 0
                if tries == _TRIES:
                    raise SweepStopped(
                        "a process that counts was ended from outside, again and again; is there enough memory? try fewer --workers"
                    ) from None

    return run


def _counted(
    plan: SweepPlan, parts: Sequence[int], folder: str | None, workers: int
) -> Iterator[tuple[int, Summary]]:  # fmt: skip
    waiting = iter(parts)
    running: dict[Future[Summary], int] = {}
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _leave_interrupts)
    try:
        while True:
            while len(running) < 2 * workers and (part := next(waiting, None)) is not None:
                running[pool.submit(count_part, plan, part, folder)] = part
            if not running:
                return
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                yield running.pop(future), future.result()
    finally:
        pool.shutdown(cancel_futures=True)  # what runs is finished, so that its part is whole


def _leave_interrupts() -> None:
    """Let Ctrl-C be a matter of the process that began this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
