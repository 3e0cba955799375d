"""One grammar for numbers: a limit that one command takes, every command takes, with the same meaning."""

import pytest

from tests.command import run

COMMANDS = {
    "check": ["check", "mobilenet"],
    "list": ["list", "mobilenet"],
    "fit": ["fit", "mobilenet", "--vary", "alpha=1"],
}
# MobileNet V1 has 568,740,352 MACs (Howard et al. 2017, Table 4: 569 million); every bundled width and resolution has 1,000 or more.
KEPT = ["569e6", "569M", "569 M", "0.569G", "0.569B", "568740352", "568.740352M", "5.7e8", "600000K", "1T", "543Mi"]
BROKEN = ["1e3", "999", "0", "0.5K", "1 k"]
REFUSED = [
    "",
    "few",
    "-1",
    "1,000",
    "569e",
    "0x10",
    "010",
    "1.5",
    "569m",
    "569 MB",
    "80%",
    "inf",
    "nan",
    "1e19",
    "1e-1",
    "٣",
]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("text", KEPT)
def test_a_limit_that_is_kept(command: str, text: str) -> None:
    result = run(*COMMANDS[command], "--max-macs", text)
    assert (result.code, result.err) == (0, "")
    if command == "list":
        assert "568,740,352" in result.out


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("text", BROKEN)
def test_a_limit_that_is_exceeded(command: str, text: str) -> None:
    result = run(*COMMANDS[command], "--max-macs", text)
    assert (result.code, result.err) == (0 if command == "list" else 1, "")
    if command == "list":
        assert result.out.startswith("0 of ")


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_limit(text: str) -> None:
    results = {name: run(*arguments, f"--max-macs={text}") for name, arguments in COMMANDS.items()}
    assert {(result.code, result.out) for result in results.values()} == {(2, "")}
    assert len({result.err for result in results.values()}) == 1
    assert results["check"].err.startswith("error: --max-macs: received ")
