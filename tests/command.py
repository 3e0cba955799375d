"""Runs the command line in this process, or for what needs a process of its own in one."""

import contextlib
import gc
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple
from unittest import mock

from dsconv_cost.__main__ import main


class Result(NamedTuple):
    code: int
    out: str
    err: str


def run(*arguments: str, cwd: Path | None = None) -> Result:
    """Run `dsconv-cost` with these arguments, off a terminal."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    with contextlib.ExitStack() as stack:
        stack.callback(gc.enable)
        if cwd is not None:
            stack.enter_context(contextlib.chdir(cwd))
        stack.enter_context(mock.patch.object(sys, "argv", ["dsconv-cost", *arguments]))
        stack.enter_context(contextlib.redirect_stdout(out))
        stack.enter_context(contextlib.redirect_stderr(err))
        code = main()
    texts = []
    for stream in (out, err):
        stream.flush()
        stream.seek(0)
        texts.append(stream.read())
    return Result(code, *texts)


def run_process(*arguments: str, stdin: str = "", cwd: Path | None = None, **environment: str) -> Result:
    """Run `dsconv-cost` as a process."""
    done = subprocess.run(
        [sys.executable, "-m", "dsconv_cost", *arguments],
        input=stdin.encode(),
        capture_output=True,
        cwd=cwd,
        env={**os.environ, **environment},
        timeout=60,
        check=False,
    )
    return Result(done.returncode, done.stdout.decode(), done.stderr.decode())
