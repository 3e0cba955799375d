"""Where results go: standard output, and files that are written whole or not at all."""

import contextlib
import os
import stat
from typing import NamedTuple

from dsconv_cost.errors import OutputError, UsageError
from dsconv_cost.inert import inert

ENDINGS = {".json": "json", ".csv": "csv", ".md": "markdown", ".markdown": "markdown", ".txt": "table"}


class Target(NamedTuple):
    """A file to write, and the format it gets."""

    format: str
    path: str


def target(text: str, formats: tuple[str, ...]) -> Target:
    """Return what `[FORMAT=]PATH` means; without a format the path's ending says it."""
    head, equals, path = text.partition("=")
    if equals and head in formats:
        if not path:
            raise UsageError(f"--output {inert(text)}: expected [FORMAT=]PATH, received no path")
        return Target(head, path)
    found = ENDINGS.get(os.path.splitext(text)[1].lower())
    if found is None or found not in formats:
        raise UsageError(
            f"--output {inert(text)}: the ending names no format: write FORMAT=PATH, with {', '.join(formats)}"
        )
    return Target(found, text)


def write_all(contents: list[tuple[str, str]]) -> None:
    """Write (path, text) pairs: all texts are on the disk before the first file changes. Raises OutputError."""
    waiting: list[tuple[str, str]] = []
    try:
        for path, text in contents:
            waiting.append((_write_beside(path, text), path))
        for temporary, path in waiting:
            if temporary:
                os.replace(temporary, path)
    except OSError as error:
        for temporary, _ in waiting:
            if temporary:
                with contextlib.suppress(OSError):
                    os.unlink(temporary)
        raise OutputError(f"{inert(str(error.filename or path))} cannot be written: {error.strerror}") from None


def _write_beside(path: str, text: str) -> str:
    """Write to a new file beside `path` and return its name; a device or pipe is written at once."""
    data = text.encode("utf-8")
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        mode = None
    if mode is not None and stat.S_ISDIR(mode):
        raise IsADirectoryError(21, os.strerror(21), path)
    if mode is not None and not stat.S_ISREG(mode):
        with open(path, "wb", buffering=0) as handle:
            handle.write(data)
        return ""
    import tempfile  # slow to load, and most runs write no file

    real = os.path.realpath(path)
    try:
        descriptor, temporary = tempfile.mkstemp(prefix=".dsconv-cost-", dir=os.path.dirname(real))
    except OSError as error:
        raise OSError(error.errno, error.strerror, path) from None
    try:
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(data)
        if mode is None:
            mask = os.umask(0)
            os.umask(mask)
            mode = 0o666 & ~mask
        os.chmod(temporary, stat.S_IMODE(mode))
    except OSError as error:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise OSError(error.errno, error.strerror, path) from None
    return temporary
