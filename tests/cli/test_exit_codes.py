"""Exit codes that nobody reaches from outside: 1 is a budget exceeded and nothing else, 3 is a bug of ours."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsconv_cost.cli.group import COMMANDS
from tests.command import run, run_process

COMPLETE = "_DSCONV_COST_COMPLETE"

WRONG_COMPLETIONS: dict[str, dict[str, Any]] = {
    "nonsense": {COMPLETE: "nonsense"},
    "a shell that is none": {COMPLETE: "tcsh_source"},
    "an instruction that is none": {COMPLETE: "bash_sauce"},
    "one word": {COMPLETE: "1"},
    "control characters": {COMPLETE: "\x1b[31m"},
    "nothing to complete": {COMPLETE: "bash_complete"},
    "a word that is no number": {COMPLETE: "bash_complete", "COMP_WORDS": "dsconv-cost an", "COMP_CWORD": "x"},
}


@pytest.mark.parametrize("case", WRONG_COMPLETIONS)
def test_a_wrong_completion_exits_with_2(case: str) -> None:
    result = run_process("analyze", "mobilenet", **WRONG_COMPLETIONS[case])
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"error: {COMPLETE}: received '")
    assert result.err.endswith("', expected bash_source, zsh_source or fish_source\n")
    assert "\x1b" not in result.err


def test_an_empty_completion_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(COMPLETE, "")
    assert run("show", "vgg").code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [("dsconv-cost rec", "plain,reconcile"), ("dsconv-cost analyze --exp", "plain,--expand")],
    ids=["a command", "an option"],
)
def test_completion(words: str, said: str) -> None:
    asked: dict[str, Any] = {COMPLETE: "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1)}
    assert run_process(**asked).out.splitlines()[0] == said


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_gets_its_script(shell: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(COMPLETE, f"{shell}_source")
    result = run()
    assert result.code == 0
    assert COMPLETE in result.out


ENVIRONMENTS: list[dict[str, Any]] = [
    {"COLUMNS": "x"}, {"COLUMNS": "-3"}, {"LINES": ""}, {"TERM": "nonsense"}, {"NO_COLOR": "x"}, {"LC_ALL": "xx_YY"},
    {"LANGUAGE": "::"}, {"HOME": "/nonexistent"}, {"PYTHONWARNINGS": "error"}, {"PYTHONOPTIMIZE": "2"},
    {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": "/nonexistent/x", "GITHUB_WORKSPACE": "//"},
]  # fmt: skip


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=str)
def test_no_environment_changes_the_exit_code(environment: dict[str, Any]) -> None:
    for arguments, code in ((["analyze", "mobilenet", "--format", "csv"], 0), (["analyze", "nope"], 2)):
        assert run_process(*arguments, **environment).code == code
    assert run_process("check", "mobilenet", "--max-macs", "1M", **environment).code == 1


OPTIONS = (
    "--set", "--alpha", "--resolution", "--max-layers", "--max-macs", "--max-params", "--max-size", "--min-saving",
    "--bits", "--convention", "--format", "--output", "--sort", "--top", "--depth", "--ops", "--expand", "--from", "--to",
    "--number", "--metric", "--layers", "--base", "--baseline", "--vary", "--objective", "--published", "--budget",
    "--tolerance", "--strict", "--locked", "--pareto", "--all", "--nope",
)  # fmt: skip
VALUES = (
    "", "--", "0", "-1", "1e9", "1e-400", "569e6", "1%", "101%", "16 MB", "nan", "inf", "alpha=0.5", "alpha=", "=1",
    "alpha=[1, 2]", "alpha=1..2:0", "alpha=0.5,1", "macs", "params", "thop", "json", "table", "junit", "csv=/dev/null",
    "/dev/null", "x/y", "mobilenet", "mobilenet:x", "mobilenet@alpha=0.5", "resnet", "resnet:18", "resnet:*", "*", "[",
    "conv", "dsconv1", "HEAD", "\x00", "\udcff", "é", "9" * 400,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(COMMANDS)), st.lists(st.sampled_from([*OPTIONS, *VALUES]), max_size=7))
def test_no_words_reach_1_or_3(command: str, words: list[str]) -> None:
    result = run(command, *words)
    assert result.code in ((0, 1, 2) if command in ("check", "fit") else (0, 2)), result.err
    assert "Traceback" not in result.err
    assert (result.err != "") or result.code != 2
