"""The one place where errors become text and exit codes.

0 fine; 2 wrong usage or input, or an output that cannot be written; 3 a bug of ours; 130 Ctrl-C. (1 is kept for a
budget that is exceeded.) A closed pipe is fine.
"""

import contextlib
import gc
import os
import sys


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

    if sys.stdout is not None and hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        from dsconv_cost.cli.group import cli

        if "_DSCONV_COST_COMPLETE" in os.environ:
            cli.main(prog_name="dsconv-cost")
        # Not cli.main(): it answers a closed pipe with 1, which here means a budget exceeded.
        with cli.make_context("dsconv-cost", sys.argv[1:]) as context:
            cli.invoke(context)
        return _flushed(0)
    except click.exceptions.Exit as end:
        return _flushed(end.exit_code)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return 2
    except click.ClickException as error:
        error.show()
        return 2
    except click.Abort:
        return _interrupted()
    except DsconvCostError as error:
        _say(str(error) if _has_place(error) else f"error: {error}")
        return error.exit_code


def _has_place(error: Exception) -> bool:
    return hasattr(error, "problems")


def _flushed(code: int) -> int:
    try:
        if sys.stdout is None:
            raise OSError(9, "it is closed")
        sys.stdout.flush()
    except BrokenPipeError:
        return _closed_pipe()
    except OSError as error:
        _forget_output()
        _say(f"error: standard output cannot be written: {error.strerror}")
        return 2
    return code


def _say(text: str) -> None:
    """Write to stderr, whatever its encoding; where even that fails, the exit code has to do."""
    with contextlib.suppress(OSError, ValueError):
        if sys.stderr is not None:
            sys.stderr.write(text + "\n")
            sys.stderr.flush()


def _forget_output() -> None:
    """Point standard output nowhere, so that the interpreter does not fail on it again at its end."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _closed_pipe() -> int:
    _forget_output()
    return 0


def _interrupted() -> int:
    _forget_output()
    _say("interrupted")
    return 130


def _bug(error: BaseException) -> int:
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else 0 if error.code is None else 2
    if isinstance(error, OSError) and error.filename is None and error.errno in (28, 5, 9, 27, 122):
        _forget_output()
        _say(f"error: standard output cannot be written: {error.strerror}")
        return 2
    if isinstance(error, MemoryError):
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


if __name__ == "__main__":
    sys.exit(main())
