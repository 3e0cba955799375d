"""What standard output is: how wide, and whether it takes colour."""

import os
import sys


def screen() -> tuple[int | None, bool]:
    """Return the terminal's columns (None off a terminal: everything is shown) and whether colour is wanted."""
    if not sys.stdout.isatty():
        return None, False
    import shutil

    color = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return shutil.get_terminal_size().columns, color


def is_utf8() -> bool:
    """Return whether standard output takes any character."""
    return "utf" in (getattr(sys.stdout, "encoding", "") or "").lower()
