"""Tries inputs until the time is over or enough were tried, and prints those that fail, each with the line that repeats it.

python -m tests.fuzz.run --seconds 60 --seed 1
python -m tests.fuzz.run --seconds 3600 --atheris
"""

import argparse
import contextlib
import gc
import importlib
import os
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.fuzz.steps import Input

SECONDS = 10.0
"""Of processor time for one input of a few kilobytes: a hundred times what a right one takes, and far below what has no bound."""
MOST_BYTES = 2 << 30
"""Of address space: what takes more is a find."""
MOST_FINDS = 20


class Watchdog:
    """Ends an input that takes too long, wherever it is.

    The clock of the process is looked at by the system, a few times a minute: asking it for every input takes as long as the input.
    """

    def __init__(self) -> None:
        self.inputs = 0
        self._seen = -1

    def __enter__(self) -> "Watchdog":
        if threading.current_thread() is threading.main_thread() and hasattr(signal, "setitimer"):
            signal.signal(signal.SIGPROF, self._look)
            signal.setitimer(signal.ITIMER_PROF, SECONDS, SECONDS)
        return self

    def __exit__(self, *error: object) -> None:
        if threading.current_thread() is threading.main_thread() and hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.signal(signal.SIGPROF, signal.SIG_DFL)

    def _look(self, *_: object) -> None:
        if self.inputs == self._seen:
            self._seen = -1
            raise TimeoutError(f"more than {SECONDS:g} s of processor time")
        self._seen = self.inputs


def tried(
    seconds: float, seed: int, kinds: list[str], inputs: int = 0, start: int = 0
) -> tuple[Counter[str], list[str]]:
    """Try inputs until the time is over or somebody presses Ctrl-C; return how many went through what, and a report for each that failed.

    Round `n` of a seed makes the same inputs wherever it begins.
    """
    from tests.fuzz.steps import KINDS

    counts: Counter[str] = Counter()
    finds: list[str] = []
    end = time.monotonic() + seconds
    weights = [KINDS[kind].weight for kind in kinds]
    number = start
    os.environ.pop("GITHUB_ACTIONS", None)  # with it, check prints annotations
    with tempfile.TemporaryDirectory() as name, Watchdog() as watchdog, contextlib.suppress(KeyboardInterrupt):
        while time.monotonic() < end and len(finds) < MOST_FINDS and not (inputs and sum(counts.values()) >= inputs):
            random = Random(f"{seed}/{number}")
            kind = random.choices(kinds, weights)[0]
            repeat = f"--seed {seed} --start {number} --inputs 1 --only {' '.join(kinds)}"
            finds += _round(kind, random, Path(name), counts, repeat, watchdog)
            number += 1
            if number % 5000 == 0:
                gc.unfreeze()  # the command line freezes what it made
                gc.collect()
                print(f"{said(counts)}; {len(finds)} failed so far", file=sys.stderr, flush=True)
    return counts, finds


def said(counts: Counter[str]) -> str:
    """Return in words how many inputs went through what."""
    return ", ".join(f"{count:,} inputs of {through}" for through, count in counts.most_common())


def _round(kind: str, random: Random, folder: Path, counts: Counter[str], repeat: str, watchdog: Watchdog) -> list[str]:
    from tests.fuzz.steps import KINDS

    one: Input | None = None
    try:
        for one in KINDS[kind].make(random, folder):
            counts[KINDS[kind].through] += 1
            watchdog.inputs += 1
            one.check(one.text)
    except Exception as error:  # noqa: BLE001  # whatever escapes is what is looked for
        return [_report(kind, one, error, repeat)]
    return []


def _report(kind: str, one: "Input | None", error: Exception, repeat: str) -> str:
    from tests.fuzz.steps import shrunk

    # What is JSON or takes long stays whole.
    whole = one is None or one.text.startswith("{") or isinstance(error, TimeoutError)
    text = one.text if one is not None and whole else shrunk(one) if one is not None else ""
    return f"{kind}: {type(error).__name__}: {str(error)[:2000]}\n  repeat: {repeat}\n  input: {text!r}"


# -- guided by coverage ---------------------------------------------------------------------------


def guided(seconds: float, seed: int) -> None:
    """Let atheris search for inputs of every reader that reach new lines, beginning at right ones."""
    atheris: Any = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["dsconv_cost"]):
        from dsconv_cost.language.limits import METRICS
        from tests.fuzz import generate, oracles
        from tests.fuzz.mutate import mutated
        from tests.fuzz.write import text_of

    metrics = list(METRICS.values())
    targets = (
        oracles.check_loader, oracles.check_budget_file, oracles.check_lock, oracles.check_axis,
        lambda text: oracles.check_expression(text, 8), lambda text: oracles.check_quantity(text, metrics[len(text) % len(metrics)]),
    )  # fmt: skip

    def one_input(data: bytes) -> None:
        if data:
            targets[data[0] % len(targets)](data[1:].decode("utf-8", "replace"))

    def change(data: bytes, most: int, salt: int) -> bytes:
        random = Random(salt)
        if not data or random.random() < 0.5:
            return bytes(atheris.Mutate(data, most))
        return (data[:1] + mutated(data[1:].decode("utf-8", "replace"), random).encode("utf-8", "replace"))[:most]

    with tempfile.TemporaryDirectory() as corpus:
        random = Random(seed)
        for number in range(300):
            texts = (
                text_of(generate.network(random), random), text_of(generate.budget_file(random), random), generate.lock(random),
                generate.axis(random), generate.expression(random), generate.quantity(random),
            )  # fmt: skip
            for target, text in enumerate(texts):
                (Path(corpus) / f"{target}-{number}").write_bytes(bytes([target]) + text.encode())
        options = [
            f"-max_total_time={seconds:.0f}",
            f"-seed={seed}",
            "-max_len=4000",
            "-timeout=20",
            "-rss_limit_mb=2048",
            "-artifact_prefix=/dev/shm/",
        ]
        atheris.Setup([sys.argv[0], *options, corpus], one_input, custom_mutator=change)
        atheris.Fuzz()


def main() -> int:
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.run", description=__doc__, formatter_class=plain)
    parser.add_argument("--seconds", type=float, default=60, help="when to end")
    parser.add_argument("--seed", type=int, default=1, help="where chance begins")
    parser.add_argument("--inputs", type=int, default=0, help="end after so many inputs")
    parser.add_argument("--start", type=int, default=0, help="the round to begin at, as a find's line has it")
    parser.add_argument("--only", nargs="+", metavar="KIND", help="try these kinds of input")
    parser.add_argument(
        "--atheris", action="store_true", help="search with atheris, which has to be installed, guided by coverage"
    )
    options = parser.parse_args()
    if options.atheris:
        guided(options.seconds, options.seed)
        return 0
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    from tests.fuzz.steps import KINDS

    kinds = options.only or list(KINDS)
    counts, finds = tried(options.seconds, options.seed, kinds, options.inputs, options.start)
    for find in finds:
        print(find)
    print(f"{said(counts)}; {len(finds)} failed")
    return 1 if finds else 0


if __name__ == "__main__":
    sys.exit(main())
