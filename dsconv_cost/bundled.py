"""The bundled architectures: their names and files."""

from pathlib import Path

from dsconv_cost.errors import UsageError
from dsconv_cost.inert import inert, near


def folder() -> Path:
    """Return where the bundled files are: beside the modules in a wheel, beside the package in a checkout."""
    package = Path(__file__).resolve().parent
    installed = package / "architectures"
    return installed if installed.is_dir() else package.parent / "architectures"


def names() -> list[str]:
    """Return the names of the bundled architectures, sorted."""
    return sorted(path.stem for path in folder().glob("*.yaml"))


def find(name: str) -> Path | None:
    """Return the file of a bundled architecture, named with or without `.yaml`, or None."""
    stem = name.removesuffix(".yaml")
    # Only a plain name is looked up: nothing a user types reaches outside the folder.
    if not stem or not all(c.isalnum() or c in "_-" for c in stem) or not stem.isascii():
        return None
    path = folder() / f"{stem}.yaml"
    return path if path.is_file() else None


def unknown(name: str) -> UsageError:
    """Return the error for a name that is neither a file nor bundled."""
    known = names()
    hint = near(name.removesuffix(".yaml"), known) or f": bundled are {', '.join(known)}"
    return UsageError(f"no file or bundled architecture '{inert(name)}'{hint}")
