"""The one place where errors become text and exit codes.

0 fine; 2 wrong usage or input, or an output that cannot be written; 3 a bug of ours; 130 Ctrl-C. (1 is kept for a
budget that is exceeded.) A closed pipe is fine.
"""

import contextlib
import errno
import gc
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import click

COMPLETE = "_DSCONV_COST_COMPLETE"
"""The variable by which a shell asks for completion."""
UNWRITABLE = (errno.ENOSPC, errno.EIO, errno.EBADF, errno.EFBIG, errno.EDQUOT)
"""What the operating system says when standard output takes no more."""


def main() -> int:
    """Run the command line and return its exit code."""
    # A run builds its data once and ends: looking for cycles in it, at the end too, only costs time.
    gc.disable()
    try:
        return _run()
    except KeyboardInterrupt:
        return _interrupted()
    except BrokenPipeError:
        return _closed_pipe()
    except BaseException as error:  # noqa: BLE001  # the one boundary: no traceback leaves it
        return _bug(error)
    finally:
        gc.freeze()


def _run() -> int:
    import click

    from dsconv_cost.errors import DsconvCostError

    if sys.stdout is None:
        _say("error: standard output cannot be written: it is closed")
        return 2
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        from dsconv_cost.cli.group import cli

        if os.environ.get(COMPLETE):
            return _completed(cli)
        if not sys.argv[1:]:
            # click's releases differ in where the help goes and what is returned.
            with cli.make_context("dsconv-cost", [], resilient_parsing=True) as context:
                _say(cli.get_help(context))
            return 2
        # Not cli.main(): it answers a closed pipe with 1, which here means a budget exceeded.
        with cli.make_context("dsconv-cost", sys.argv[1:]) as context:
            cli.invoke(context)
        return _flushed(0)
    except click.exceptions.Exit as end:
        return _flushed(end.exit_code)
    except click.ClickException as error:
        _say(_usage(error))
        return 2
    except click.Abort:
        return _interrupted()
    except DsconvCostError as error:
        from dsconv_cost.text import inert

        _say(str(error) if _has_place(error) else f"error: {inert(str(error))}")
        return error.exit_code


def _completed(group: "click.Group") -> int:
    """Answer a shell that asks for completion. What it asks is in the environment, which may hold anything."""
    from click.shell_completion import shell_complete

    import dsconv_cost.cli.bash  # noqa: F401  # registers itself

    try:
        if shell_complete(group, {}, "dsconv-cost", COMPLETE, os.environ[COMPLETE]) == 0:
            return _flushed(0)
    except (LookupError, ValueError, RuntimeError, SystemExit):
        pass
    from dsconv_cost.text import inert

    _say(
        f"error: {COMPLETE}: received '{inert(os.environ[COMPLETE])}', expected bash_source, zsh_source or fish_source"
    )
    return 2


def _usage(error: Exception) -> str:
    """Return a usage error as text. What it quotes of the command line may hold anything."""
    from dsconv_cost.text import inert

    lines = []
    context = getattr(error, "ctx", None)
    if context is not None:
        lines = [context.get_usage(), f"Try '{context.command_path} --help' for help."]
    message = error.format_message() if hasattr(error, "format_message") else str(error)
    return "\n".join([*lines, f"error: {inert(message)}"])


def _has_place(error: Exception) -> bool:
    return hasattr(error, "problems")


def _flushed(code: int) -> int:
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        return _closed_pipe()
    except OSError as error:
        _forget(1)
        _say(f"error: standard output cannot be written: {error.strerror}")
        return 2
    return code


def _say(text: str) -> None:
    """Write to stderr, whatever its encoding; where even that fails, the exit code has to do."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(_as_told(text) + "\n")
        sys.stderr.flush()
    except (OSError, ValueError):
        _forget(2)


def _as_told(text: str) -> str:
    """Return an error in the colours that stderr takes."""
    try:
        from dsconv_cost.text import told_on

        return told_on(sys.stderr, text)
    except Exception:  # noqa: BLE001  # what is said may be that an import fails
        return text


def _forget(descriptor: int) -> None:
    """Point standard output or stderr nowhere, so that the interpreter does not fail on it again at its end."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), descriptor)


def _closed_pipe() -> int:
    _forget(1)
    return 0


def _interrupted() -> int:
    _forget(1)
    _say("interrupted")
    return 130


def _is_folder_gone() -> bool:
    try:
        os.getcwd()
    except FileNotFoundError:
        return True
    return False


def _bug(error: BaseException) -> int:
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else 0 if error.code is None else 2
    if isinstance(error, OSError) and error.filename is None and error.errno in UNWRITABLE:
        _forget(1)
        _say(f"error: standard output cannot be written: {error.strerror}")
        return 2
    if isinstance(error, FileNotFoundError) and _is_folder_gone():
        _say("error: the working directory was deleted: change to one that exists")
        return 2
    if isinstance(error, MemoryError):
        error.__traceback__ = error.__context__ = None  # they hold what took the memory
        _say("error: out of memory. If the network is not that large, please report it with the file that did it")
        return 3
    if os.environ.get("DSCONV_COST_DEBUG"):
        import traceback

        traceback.print_exception(error)
    where = error.__traceback__
    while where is not None and where.tb_next is not None:
        where = where.tb_next
    place = f" at {where.tb_frame.f_globals.get('__name__')}:{where.tb_lineno}" if where else ""
    _say(
        f"error: a bug in dsconv-cost: {type(error).__name__}{place}. Please report it with the command and the file; "
        "DSCONV_COST_DEBUG=1 shows more"
    )  # fmt: skip
    return 3


def run() -> None:
    """Run the command line and end the process, as the command does.

    Everything is written and flushed by then. Taking the interpreter apart would take as long as reading a small network.
    """
    code = main()
    if "coverage" in sys.modules:  # it writes its data when the interpreter ends
        sys.exit(code)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    run()
