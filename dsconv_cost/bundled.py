"""The bundled architectures: their names and files."""

import os

from dsconv_cost.errors import UsageError
from dsconv_cost.inert import inert, near


def folder() -> str:
    """Return where the bundled files are: beside the modules in a wheel, beside the package in a checkout."""
    package = os.path.dirname(os.path.realpath(__file__))
    installed = os.path.join(package, "architectures")
    return installed if os.path.isdir(installed) else os.path.join(os.path.dirname(package), "architectures")


def names() -> list[str]:
    """Return the names of the bundled architectures, sorted."""
    return sorted(name.removesuffix(".yaml") for name in os.listdir(folder()) if name.endswith(".yaml"))


def find(name: str) -> str | None:
    """Return the file of a bundled architecture, named with or without `.yaml`, or None."""
    stem = name.removesuffix(".yaml")
    # Only a plain name is looked up: nothing a user types reaches outside the folder.
    if not stem or not all(c.isalnum() or c in "_-" for c in stem) or not stem.isascii():
        return None
    path = os.path.join(folder(), f"{stem}.yaml")
    return path if os.path.isfile(path) else None


def unknown(name: str) -> UsageError:
    """Return the error for a name that is neither a file nor bundled."""
    known = names()
    hint = near(name.removesuffix(".yaml"), known) or f": bundled are {', '.join(known)}"
    return UsageError(f"no file or bundled architecture '{inert(name)}'{hint}")
