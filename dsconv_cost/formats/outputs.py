"""Where results go: standard output, and files that are written whole or not at all."""

import contextlib
import errno
import os
import stat
import sys
import time
from collections.abc import Collection, Mapping
from typing import NamedTuple

from dsconv_cost.errors import OutputError, UsageError
from dsconv_cost.formats.format import Format
from dsconv_cost.sources.read import PIPE_SECONDS, becomes_ready, open_flags
from dsconv_cost.text import inert, nearest_words


class Target(NamedTuple):
    """A file to write, and the format it gets."""

    format: str
    path: str


def target(text: str, formats: Mapping[str, Format]) -> Target:
    """Return what `[FORMAT=]PATH` means with these formats; without one the path's ending says it."""
    head, equals, path = text.partition("=")
    if (path if equals and head in formats else text) == "-":
        raise UsageError(f"--output {inert(text)}: expected a file; --format says what goes to standard output")
    if equals and head in formats:
        if not path:
            raise UsageError(f"--output {inert(text)}: expected [FORMAT=]PATH, received no path")
        return Target(head, path)
    meant = nearest_words(head.lower(), formats) if equals and path else None
    if meant is not None:
        name = inert(text)
        raise UsageError(f"--output {name}: did you mean {meant}={inert(path)}? A file of that name is ./{name}")
    ending = os.path.splitext(text)[1].lower()
    format_ = next((name for name, entry in formats.items() if ending in entry.endings), None)
    if format_ is None:
        raise UsageError(
            f"--output {inert(text)}: the ending names no format: write FORMAT=PATH, with {', '.join(formats)}"
        )
    return Target(format_, text)


def write_all(contents: list[tuple[str, str]], read: Collection[str] = ()) -> None:
    """Write (path, text) pairs: all texts are on the disk before the first file changes. No link is written through.

    Raises OutputError, and UsageError for an output that is one of the files that were `read`: it would be lost.
    """
    _refuse_twice([path for path, _ in contents])
    _refuse_read([path for path, _ in contents], read)
    waiting: list[tuple[str, str]] = []
    path = ""
    try:
        streams: list[tuple[str, str]] = []
        for path, text in contents:
            _refuse_link(path)
            if _is_stream(path):
                streams.append((path, text))
            else:
                waiting.append((_write_beside(path, text.encode("utf-8")), path))
        for path, text in streams:
            _write_stream(path, text.encode("utf-8"))
        for temporary, path in waiting:
            os.replace(temporary, path)  # a link that was put there meanwhile is replaced, not followed
    except BaseException as error:
        for temporary, _ in waiting:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
        if isinstance(error, OSError) and not (isinstance(error, BrokenPipeError) and _is_standard_output(path)):
            raise OutputError(f"{inert(path)} cannot be written: {error.strerror}") from None
        raise


def _refuse_twice(paths: list[str]) -> None:
    seen: set[str] = set()
    for path in paths:
        real = os.path.realpath(path)
        if real in seen:
            raise UsageError(f"--output {inert(path)} is given twice: each output needs a path of its own")
        seen.add(real)


def _refuse_read(paths: Collection[str], inputs: Collection[str]) -> None:
    for path in paths:
        for read in inputs:
            with contextlib.suppress(OSError):
                if os.path.samefile(path, read) and os.path.isfile(path):
                    raise UsageError(f"--output {inert(path)} is a file that is read here: write to another one")


def _refuse_link(path: str) -> None:
    """Raise OutputError for a path that is a link, or leads through one below the working directory.

    A pull request can leave such a link in a repository; writing through it would change a file somewhere else.
    """
    if _is_descriptor(path):
        return
    steps = path.split(os.sep)
    prefixes = [] if os.path.isabs(path) else [os.sep.join(steps[:count]) for count in range(1, len(steps))]
    for prefix in prefixes:
        if os.path.islink(prefix):
            raise OutputError(
                f"{inert(path)} cannot be written: {inert(prefix)} is a symbolic link; name the folder that it leads to"
            )
    if os.path.islink(path):
        raise OutputError(
            f"{inert(path)} cannot be written: it is a symbolic link; name the file that it leads to, or remove the link"
        )


def _is_descriptor(path: str) -> bool:
    """Return whether a path is one of the links that mean an open file: /dev/stdout, /dev/fd/3."""
    return os.path.abspath(path).startswith(("/dev/", "/proc/")) and os.path.islink(path)


def _is_stream(path: str) -> bool:
    """Return whether a path is a device, a pipe or an open file, where nothing can be put in place of it."""
    if _is_descriptor(path):
        return True
    try:
        mode = os.lstat(path).st_mode
    except FileNotFoundError:
        return False
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    return not stat.S_ISREG(mode) or _is_standard_output(path)


def _is_standard_output(path: str) -> bool:
    try:
        return os.path.samestat(os.stat(path), os.fstat(1))
    except OSError:
        return False


def _write_stream(path: str, data: bytes) -> None:
    if _is_standard_output(path):
        # Through the descriptor: /dev/stdout cannot be opened where it is a socket, and opening a file would cut it off.
        if sys.stdout is not None:
            sys.stdout.flush()
        while data:
            data = data[os.write(1, data) :]
        return
    end = time.monotonic() + PIPE_SECONDS
    handle = _open_stream(path, end)
    try:
        rest = memoryview(data)
        while rest:
            if not becomes_ready(handle, end, writing=True):
                raise TimeoutError(errno.ETIMEDOUT, f"its reader took longer than {PIPE_SECONDS:g} s")
            with contextlib.suppress(BlockingIOError):
                rest = rest[os.write(handle, rest) :]
    finally:
        os.close(handle)


def _open_stream(path: str, end: float) -> int:
    """Return an open pipe, device or file. A pipe without a reader is waited for until `end`."""
    flags = open_flags("O_WRONLY", "O_APPEND", "O_BINARY", *([] if _is_descriptor(path) else ["O_NOFOLLOW"]))
    while True:
        try:
            return os.open(path, flags)
        except OSError as error:
            if error.errno != errno.ENXIO or not stat.S_ISFIFO(os.stat(path).st_mode):
                raise
        if time.monotonic() > end:
            raise TimeoutError(errno.ETIMEDOUT, f"nothing read from this pipe for {PIPE_SECONDS:g} s")
        time.sleep(0.02)


def _write_beside(path: str, data: bytes) -> str:
    """Write to a new file next to the one of that path, with its mode, and return the name of the new file."""
    import tempfile  # slow to load, and most runs write no file

    try:
        mode = stat.S_IMODE(os.lstat(path).st_mode)
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        mode = 0o666 & ~mask
    else:
        if not os.access(path, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    descriptor, temporary = tempfile.mkstemp(prefix=".dsconv-cost-", dir=os.path.dirname(path) or ".")
    try:
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(data)
        os.chmod(temporary, mode)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    return temporary
