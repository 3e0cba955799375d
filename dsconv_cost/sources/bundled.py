"""The bundled architectures: their names and files."""

import os
import re

from dsconv_cost.errors import UsageError
from dsconv_cost.text import inert, near

_SECTION = r"(?m)^(?=[a-z]+:)"
_QUOTED_OR_COMMENT = r"""(?m)("[^"\n]*"|'[^'\n]*')|(?:^|[ \t]+)#.*$"""


def folder() -> str:
    """Return where the bundled files are: inside the package in a wheel, beside it in a checkout."""
    package = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
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


def bare(text: str) -> str:
    """Return a bundled file to start a network from: without published figures, and with no comment but of hyperparameters."""
    sections = [section for section in re.split(_SECTION, text) if not section.startswith("published:")]
    kept = [section if section.startswith("hyperparameters:") else _without_comments(section) for section in sections]
    return "".join(kept)


def _without_comments(section: str) -> str:
    plain = re.sub(_QUOTED_OR_COMMENT, lambda match: match[1] or "", section)
    return "".join(f"{line}\n" for line in plain.splitlines() if line.strip())


def _joined(name: str, known: list[str]) -> str | None:
    """Return `resnet:50` for `resnet50` and `resnet_50`."""
    from dsconv_cost.language.reader.file import read_spec

    # Only the families that the name starts with are read.
    for family in known:
        rest = name.lower().removeprefix(family).lstrip("_-")
        if name.lower().startswith(family) and rest:
            path = find(family)
            assert path is not None
            with open(path, encoding="utf-8") as file:
                spec, _ = read_spec(file.read(), path, family)
            if rest in spec.variants:
                return f"{family}:{rest}"
    return None


def unknown(name: str) -> UsageError:
    """Return the error for a name that is neither a file nor bundled."""
    known = names()
    joined = _joined(name, known)
    if joined is not None:
        return UsageError(f"no file or bundled architecture '{inert(name)}': did you mean '{joined}'?")
    some = ", ".join(known[:: max(1, len(known) // 4)][:4])
    hint = near(name.removesuffix(".yaml"), known) or f": bundled are {some} and others, see dsconv-cost list"
    return UsageError(f"no file or bundled architecture '{inert(name)}'{hint}")
