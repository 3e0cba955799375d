"""What a network is called with its settings, in Python and in every command that takes one network."""

from pathlib import Path

import pytest

from dsconv_cost import analyze, load
from dsconv_cost.errors import DsconvCostError, UsageError
from dsconv_cost.sources.settings import outside_brackets, split_and_merge, split_settings
from tests.command import run

NET = """hyperparameters: {width: 8, kernels: [1]}
variants: {wide: {width: 16}}
input: [3, 8, 8]
layers: [{conv: width, kernel: "kernels[0]"}]
"""
POSITIONS = 8 * 8
NAMED: dict[str, int] = {
    "net.yaml": POSITIONS * 3 * 8,
    "net.yaml@width=4": POSITIONS * 3 * 4,
    "net.yaml:wide": POSITIONS * 3 * 16,
    "net.yaml:wide@kernels=[3]": POSITIONS * 3 * 16 * 9,
    "net.yaml:wide@width=2,kernels=[3, 1]": POSITIONS * 3 * 2 * 9,
}
"""Argument -> MACs."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.yaml").write_text(NET)
    return tmp_path


@pytest.mark.parametrize("argument", NAMED)
def test_load_takes_settings(argument: str, folder: Path) -> None:
    assert analyze(load(argument)).total.macs == NAMED[argument]


COMMANDS = {
    "analyze": (["analyze", "NET", "--format", "csv"], ""),
    "explain": (["explain", "NET", "conv1"], ""),
    "reconcile": (["reconcile", "NET", "--from", "thop"], ""),
    "fit": (["fit", "NET", "--vary", "extra=1", "--max-macs", "1G"], "extra: 1\n"),
    "compare": (["compare", "NET", "mobilenet", "--format", "csv"], ""),
    "diff": (["diff", "NET", "mobilenet"], ""),
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("argument", NAMED)
def test_every_command_takes_settings(argument: str, command: str, folder: Path) -> None:
    words, extra = COMMANDS[command]
    (folder / "net.yaml").write_text(NET.replace("{width: 8,", "{width: 8, extra: 1,") if extra else NET)
    result = run(*(word.replace("NET", argument) for word in words))
    assert result.code == 0, result.err
    macs = NAMED[argument]
    assert str(macs) in result.out.replace(",", "").replace(" ", ",")


TWICE = "the hyperparameter width is set twice: set it once"


def test_a_setting_is_given_once(folder: Path) -> None:
    with pytest.raises(UsageError, match=TWICE):
        load("net.yaml@width=4", width=8)
    result = run("analyze", "net.yaml@width=4", "--set", "width=8")
    assert (result.code, result.err) == (2, f"error: {TWICE}\n")


def test_a_file_of_such_a_name_goes_first(folder: Path) -> None:
    (folder / "net.yaml@width=4").write_text(NET)
    assert split_settings("net.yaml@width=4") == ("net.yaml@width=4", {})
    assert analyze(load("net.yaml@width=4")).total.macs == NAMED["net.yaml"]


NO_SETTINGS = ["user@host.yaml", "a@b/net.yaml", "mobilenet"]


@pytest.mark.parametrize("argument", NO_SETTINGS)
def test_a_name_without_settings(argument: str, folder: Path) -> None:
    assert split_and_merge(argument, {"a": 1}) == (argument, {"a": 1})


@pytest.mark.parametrize(
    ("argument", "said"),
    [
        ("net.yaml@", "expected NAME=VALUE after the @"),
        ("net.yaml@width", "expected NAME=VALUE after the @"),
        ("@width=1", "expected a network before the @"),
        ("net.yaml@width=1,width=2", "is set twice"),
        ("net.yaml@width=(", "net.yaml@width=(: width: received '('"),
        ("net.yaml@depth=1", "has no hyperparameter 'depth'"),
        ("none.yaml@width=1", "no file 'none.yaml'"),
    ],
)
def test_wrong_settings(argument: str, said: str, folder: Path) -> None:
    with pytest.raises(DsconvCostError) as caught:
        load(argument)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", [""]),
        ("a", ["a"]),
        ("a,b", ["a", "b"]),
        ("[a,b],c", ["[a,b]", "c"]),
        ("a],b", ["a]", "b"]),
        (",", ["", ""]),
    ],
)
def test_commas_outside_brackets(text: str, parts: list[str]) -> None:
    assert outside_brackets(text) == parts


# -- an input in the order of other tools -----------------------------------------------------------

ORDERS = {
    "[224, 224, 3]": "[3, 224, 224]",
    "[64, 128, 3]": "[3, 64, 128]",
    "[28, 28, 1]": "[1, 28, 28]",
    "[32, 32, 4]": "[4, 32, 32]",
    "[3, 224, 224]": "",
    "[1, 28, 28]": "",
    "[64, 1, 1000]": "",
    "[64, 1000, 1]": "",
    "[3, 16, 16]": "",
    "[512, 7, 7]": "",
    "[512, 7, 3]": "",
}
"""Input -> what it was likely meant to be."""


@pytest.mark.parametrize("written", ORDERS)
def test_channels_at_the_end_are_told(written: str, folder: Path) -> None:
    (folder / "net.yaml").write_text(f"input: {written}\nlayers: [relu]\n")
    result = run("analyze", "net.yaml")
    assert result.code == 0
    meant = ORDERS[written]
    assert ("the order is [channels, height, width]" in result.out) == bool(meant)
    assert f"write {meant}" in result.out if meant else "write [" not in result.out
