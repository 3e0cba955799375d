"""The project's own files: what is written in two places says the same."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def command_of(document: str) -> str:
    """Return the command that installs the project for development and runs its tests."""
    (found,) = re.findall(r"^    (.*pytest.*)$", (ROOT / document).read_text(encoding="utf-8"), re.MULTILINE)
    return str(found)


def test_the_extra_and_the_group_are_one_list() -> None:
    """A group cannot stand in an extra, and a group that names the project would be looked for in a package index."""
    extra = PROJECT["project"]["optional-dependencies"]["dev"]
    assert len(extra) > 10
    assert PROJECT["dependency-groups"]["dev"] == extra


def test_the_documents_show_one_command_for_the_tests() -> None:
    assert command_of("README.md").endswith(".venv/bin/pytest -n auto")
    assert command_of("CONTRIBUTING.md") == command_of("README.md")


def test_every_supported_python_has_a_classifier() -> None:
    """CI takes the versions that it tries from there."""
    prefix = "Programming Language :: Python :: 3."
    minors = [int(text.removeprefix(prefix)) for text in PROJECT["project"]["classifiers"] if text.startswith(prefix)]
    assert minors == list(range(minors[0], minors[-1] + 1))
    assert PROJECT["project"]["requires-python"] == f">=3.{minors[0]}"
