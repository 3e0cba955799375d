"""The text of a file, of a pipe or of standard input."""

import os
import stat
import sys

from dsconv_cost.errors import InputError, Problem, UsageError
from dsconv_cost.text import inert, lines_of

LARGEST_FILE = 16 * 1024 * 1024
STANDARD_INPUT = "-"
STDIN_NAME = "<stdin>"


def read_text(path: str) -> str:
    """Return the text of a file. Raises UsageError where it cannot be read, InputError where it is not text."""
    return decode(_read_path(path), path)


def read_standard_input() -> str:
    """Return the text of standard input. Raises as `read_text` does."""
    if sys.stdin is None:
        raise UsageError("standard input is closed: name a file, or pipe one in")
    return decode(_read(sys.stdin.buffer.fileno(), STDIN_NAME), STDIN_NAME)


def _read_path(path: str) -> bytes:
    try:
        # Without O_NONBLOCK the opening of a pipe nobody writes to would wait for ever; reading then blocks as usual.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    except OSError as error:
        raise UsageError(f"{inert(path)} cannot be read: {error.strerror}") from None
    try:
        mode = os.fstat(handle).st_mode
        if stat.S_ISDIR(mode):
            raise UsageError(f"{inert(path)} is a directory: name a file in it")
        if hasattr(os, "set_blocking"):
            os.set_blocking(handle, True)
        data = _read(handle, path)
        if not data and stat.S_ISFIFO(mode):
            raise UsageError(f"{inert(path)} cannot be read: nothing writes to this pipe")
        return data
    finally:
        os.close(handle)


def _read(handle: int, path: str) -> bytes:
    pieces: list[bytes] = []
    size = 0
    try:
        while piece := os.read(handle, 1 << 20):
            pieces.append(piece)
            size += len(piece)
            if size > LARGEST_FILE:
                raise UsageError(
                    f"{inert(path)} is larger than {LARGEST_FILE >> 20} MiB, the maximum for an architecture"
                )
    except OSError as error:
        raise UsageError(f"{inert(path)} cannot be read: {error.strerror}") from None
    return b"".join(pieces)


def decode(data: bytes, path: str) -> str:
    """Return the bytes of a file as text; `path` names the file in messages. Raises InputError where they are not text."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(path, [Problem(1, 1, "received a UTF-16 file: save it as UTF-8", "not-text")])
    if b"\0" in data:
        message = "received a binary file, expected an architecture in YAML (UTF-8 text)"
        raise InputError(path, [_problem_after(data[: data.index(b"\0")], message)])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # With a signature, positions are counted behind it.
        data = error.object
        message = f"received the byte 0x{data[error.start]:02x}, which is not UTF-8: save the file as UTF-8"
        raise InputError(path, [_problem_after(data[: error.start], message)]) from None


def _problem_after(data: bytes, message: str) -> Problem:
    lines = lines_of(data.decode("utf-8-sig", "replace"))
    return Problem(len(lines), len(lines[-1]) + 1, message, "not-text")
