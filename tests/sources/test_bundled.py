"""The bundled files as a start of one's own."""

from itertools import takewhile

import pytest
import yaml

from dsconv_cost.errors import UsageError
from dsconv_cost.sources import bundled
from dsconv_cost.sources.read import read_text
from tests.command import run


def _text(name: str) -> str:
    path = bundled.find(name)
    assert path is not None
    return read_text(path)


@pytest.mark.parametrize("name", bundled.names())
def test_a_bare_file_says_the_same_without_published_figures(name: str) -> None:
    bare = bundled.bare(_text(name))
    expected = yaml.safe_load(_text(name))
    del expected["published"]
    assert yaml.safe_load(bare) == expected
    head, start, rest = bare.partition("hyperparameters:\n")
    own = "".join(takewhile(lambda line: line.startswith(" "), rest.splitlines(keepends=True)))
    assert "#" not in head + rest[len(own) :]
    assert own in _text(name)  # with the comments that say what each means
    assert start
    assert "\n\n" not in bare


def test_show_bare() -> None:
    result = run("show", "lenet5", "--bare")
    assert (result.code, result.out) == (0, bundled.bare(_text("lenet5")))
    assert "  - {conv: 6, name: C1}\n" in result.out
    assert "# C3's maps see" in result.out


@pytest.mark.parametrize("option", [[], ["--bare"]], ids=["as it is", "bare"])
def test_an_unknown_name(option: list[str]) -> None:
    result = run("show", "mobilenett", *option)
    assert (result.code, result.out) == (2, "")
    assert result.err == "error: no file or bundled architecture 'mobilenett': did you mean 'mobilenet'?\n"
    assert isinstance(bundled.unknown("mobilenett"), UsageError)
