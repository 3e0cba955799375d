"""Sweeps by several processes, by a real Dask cluster, and after they are killed: always the same bytes."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

pytestmark = pytest.mark.installed

ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
COMMAND = [
    sys.executable,
    "-m",
    "dsconv_cost",
    "sweep",
    "mobilenet",
    "--vary",
    "alpha=0.25..1.24:0.01",
    "--vary",
    "resolution=96..295",
]


def sweep(folder: Path, *arguments: str) -> None:
    subprocess.run([*COMMAND, *arguments], cwd=folder, env=ENVIRONMENT, check=True, capture_output=True, timeout=300)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix != ".tmp"}


def parts(folder: Path) -> int:
    return len(list(folder.glob("part-*.json")))


def wait_for_parts(folder: Path, count: int, processes: Sequence[subprocess.Popen[bytes]], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while parts(folder) < count and time.monotonic() < end and all(process.poll() is None for process in processes):
        time.sleep(0.002)


def test_killed_at_random_moments_it_still_comes_to_the_same_bytes(tmp_path: Path) -> None:
    sweep(tmp_path, "--part-size", "500", "--output", "whole/")
    chance, kills = random.Random(5), 0
    for _ in range(4):
        process = subprocess.Popen(
            [*COMMAND, "--part-size", "500", "--output", "parts/"],
            cwd=tmp_path,
            env=ENVIRONMENT,
            stdout=subprocess.DEVNULL,
        )
        wait_for_parts(tmp_path / "parts", parts(tmp_path / "parts") + chance.randint(1, 8), [process])
        process.send_signal(signal.SIGKILL)
        kills += process.wait() == -signal.SIGKILL
    assert kills
    sweep(tmp_path, "--part-size", "500", "--output", "parts/")
    assert contents(tmp_path / "parts") == contents(tmp_path / "whole")


def test_processes_write_the_same_files(tmp_path: Path) -> None:
    sweep(tmp_path, "--part-size", "3000", "--output", "one/")
    sweep(tmp_path, "--part-size", "3000", "--output", "two/", "--workers", "2")
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


# -- a cluster ------------------------------------------------------------------------------------


def dask(folder: Path, program: str, *arguments: str) -> subprocess.Popen[bytes]:
    """Begin `dask scheduler` or `dask worker` on this machine."""
    command = [
        sys.executable,
        "-m",
        "distributed.cli.dask_" + program,
        "--host",
        "127.0.0.1",
        "--no-dashboard",
        *arguments,
    ]
    return subprocess.Popen(
        command, cwd=folder, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )  # fmt: skip


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and two workers: the address, and the workers' processes."""
    pytest.importorskip("distributed", reason="the extra dask is not installed")
    file = tmp_path / "scheduler.json"
    started = [dask(tmp_path, "scheduler", "--port", "0", "--scheduler-file", str(file))]
    try:
        end = time.monotonic() + 60
        while not file.exists() and time.monotonic() < end:
            time.sleep(0.05)
        address = json.loads(file.read_text())["address"]
        started += [dask(tmp_path, "worker", address, "--nthreads", "1", "--no-nanny") for _ in range(2)]
        yield address, started[1:]
    finally:
        for process in reversed(started):
            process.terminate()
        for process in reversed(started):
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def test_a_cluster_that_loses_a_worker_writes_the_same_files(
    tmp_path: Path, cluster: tuple[str, list[subprocess.Popen[bytes]]]
) -> None:
    address, workers = cluster
    sweep(tmp_path, "--part-size", "250", "--output", "one/")
    process = subprocess.Popen(
        [*COMMAND, "--part-size", "250", "--output", "two/", "--scheduler", address],
        cwd=tmp_path, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    wait_for_parts(tmp_path / "two", 5, [process])
    at_the_kill = parts(tmp_path / "two")
    workers[0].send_signal(signal.SIGKILL)
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err.decode()
    assert 5 <= at_the_kill < 80, "the worker was to be lost in the middle"
    assert workers[0].wait() == -signal.SIGKILL
    assert b"all equal" in out
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_no_scheduler_is_an_error(tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="the extra dask is not installed")
    done = subprocess.run(
        [*COMMAND, "--scheduler", "tcp://127.0.0.1:9"],
        cwd=tmp_path,
        env=ENVIRONMENT,
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 2
    assert b"--scheduler tcp://127.0.0.1:9: no scheduler answers" in done.stderr
