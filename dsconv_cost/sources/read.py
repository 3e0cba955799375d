"""The text of a file, of a pipe or of standard input, within bounds of size and time."""

import os
import stat
import sys
import time
from codecs import BOM_UTF8

from dsconv_cost.errors import InputError, Problem, UsageError
from dsconv_cost.importers.formats import ENDINGS, HEAD, ModelBytes, format_of, refusal_of
from dsconv_cost.text import inert, lines_of

LARGEST_FILE = 16 * 1024 * 1024
PIPE_SECONDS = 60.0
"""The maximum time for the whole text of a pipe: a pipe that nobody writes to would never end."""
STANDARD_INPUT = "-"
STDIN_NAME, TEXT_NAME, DICT_NAME, MODULE_NAME = "<stdin>", "<text>", "<dict>", "<module>"
"""Stand in messages for the path of what is from no file."""
NO_FILES = (STDIN_NAME, TEXT_NAME, DICT_NAME, MODULE_NAME)

_KINDS = {stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket", stat.S_IFCHR: "a device", stat.S_IFBLK: "a device"}


def open_flags(*names: str) -> int:
    """Return flags for os.open, those of them that this system has; with them opening a pipe or a terminal does not wait."""
    flags = 0
    for name in (*names, "O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC"):
        flags |= getattr(os, name, 0)
    return flags


def read_text(path: str, *, regular: bool = False) -> str:
    """Return the text of a file. Raises UsageError where it cannot be read, InputError where it is not text.

    With `regular` links are not followed, and pipes and devices are refused: a path that nobody named on a command line
    must neither wait for ever nor lead out of the repository.
    """
    try:
        handle = os.open(path, open_flags("O_RDONLY", "O_BINARY", "O_NOFOLLOW" if regular else "O_RDONLY"))
    except OSError as error:
        if regular and os.path.islink(path):
            raise UsageError(f"{inert(path)} is a symbolic link, and only regular files are read here") from None
        raise UsageError(f"{inert(path)} cannot be read: {error.strerror}") from None
    try:
        mode = os.fstat(handle).st_mode
        if stat.S_ISDIR(mode):
            raise UsageError(f"{inert(path)} is a directory: name a file in it")
        if regular and not stat.S_ISREG(mode):
            kind = _KINDS.get(stat.S_IFMT(mode), "not a file")
            raise UsageError(f"{inert(path)} is {kind}, and only regular files are read here")
        data = _read(handle, path)
        if not data and stat.S_ISFIFO(mode):
            raise UsageError(f"{inert(path)} cannot be read: nothing writes to this pipe")
    finally:
        os.close(handle)
    return decode(data, path)


def open_model(path: str, *, regular: bool = False) -> ModelBytes | None:
    """Return a model of another tool, mapped into memory; None where a file is none by its first bytes.

    Raises UsageError for a file that is neither a model nor a text, and says what it is.
    """
    try:
        handle = os.open(path, open_flags("O_RDONLY", "O_BINARY", "O_NOFOLLOW" if regular else "O_RDONLY"))
    except OSError:
        return None  # reading it as text says why
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return None
        head = os.read(handle, HEAD)
        if refusal := refusal_of(head):
            raise UsageError(f"{inert(path)}: {refusal}")
        format_ = format_of(head)
        if format_ is None:
            return None
        import mmap

        data = mmap.mmap(handle, 0, access=mmap.ACCESS_READ)
        if hasattr(mmap, "MADV_RANDOM"):
            data.madvise(mmap.MADV_RANDOM)  # else the weights are read ahead
        return ModelBytes(format_, data)  # type: ignore[arg-type]  # a map has the methods of bytes that readers use
    finally:
        os.close(handle)


def becomes_ready(handle: int, end: float, writing: bool = False) -> bool:
    """Return whether a pipe or device can be read, or written, before the monotonic time `end`."""
    import select

    poll = select.poll()
    poll.register(handle, select.POLLOUT if writing else select.POLLIN)
    return bool(poll.poll(1000 * max(0.0, end - time.monotonic())))


def start_of(path: str, count: int) -> bytes | None:
    """Return the first bytes of a regular file; None for a link, pipe or device. Raises OSError."""
    if os.path.islink(path):
        return None
    handle = os.open(path, open_flags("O_RDONLY", "O_BINARY", "O_NOFOLLOW"))
    try:
        return os.read(handle, count) if stat.S_ISREG(os.fstat(handle).st_mode) else None
    finally:
        os.close(handle)


def read_standard_input() -> bytes:
    """Return the bytes of standard input. Raises UsageError where they cannot be read."""
    if sys.stdin is None:
        raise UsageError("standard input is closed: name a file, or pipe one in")
    return _read(sys.stdin.buffer.fileno(), STDIN_NAME)


def _read(handle: int, path: str) -> bytes:
    pieces: list[bytes] = []
    size = 0
    limited = os.name == "posix" and not stat.S_ISREG(os.fstat(handle).st_mode) and not os.isatty(handle)
    # A pipe that was opened here is read first: where nobody writes to it, it says so at once.
    waits = limited and os.get_blocking(handle)
    end = time.monotonic() + PIPE_SECONDS
    try:
        while True:
            if waits and not becomes_ready(handle, end):
                raise UsageError(
                    f"{inert(path)} cannot be read: it did not end within {PIPE_SECONDS:g} s; write its text to a file first"
                )
            try:
                piece = os.read(handle, 1 << 20)
            except BlockingIOError:
                waits = True
                continue
            waits = limited
            if not piece:
                return b"".join(pieces)
            pieces.append(piece)
            size += len(piece)
            if size > LARGEST_FILE:
                raise UsageError(
                    f"{inert(path)} is larger than {LARGEST_FILE >> 20} MiB, the maximum for an architecture"
                )
    except OSError as error:
        raise UsageError(f"{inert(path)} cannot be read: {error.strerror}") from None


def decode(data: bytes, path: str) -> str:
    """Return the bytes of a file as text; `path` names the file in messages. Raises InputError where they are not text."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(path, [Problem(1, 1, "received a UTF-16 file: save it as UTF-8", "not-text")])
    if b"\0" in data:
        if path.lower().endswith(ENDINGS):
            message = "received a binary file that does not begin like a model of ONNX, TFLite or Keras"
            raise InputError(path, [Problem(1, 1, message, "not-text")])
        message = "received a binary file, expected UTF-8 text, e.g. YAML"
        raise InputError(path, [_problem_after(data[: data.index(b"\0")], message)])
    try:
        return data.removeprefix(BOM_UTF8).decode()  # the codec utf-8-sig would have to be loaded
    except UnicodeDecodeError as error:
        # With a signature, positions are counted behind it.
        data = error.object
        message = f"received the byte 0x{data[error.start]:02x}, which is not UTF-8: save the file as UTF-8"
        raise InputError(path, [_problem_after(data[: error.start], message)]) from None


def _problem_after(data: bytes, message: str) -> Problem:
    lines = lines_of(data.decode("utf-8-sig", "replace"))
    return Problem(len(lines), len(lines[-1]) + 1, message, "not-text")
