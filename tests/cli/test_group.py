"""The table of commands: a line for each module, and none is imported before it is called."""

import re
from importlib import import_module
from pathlib import Path

import click
import pytest

import dsconv_cost.cli
from dsconv_cost.cli.group import COMMANDS, cli
from tests.command import run

FOLDER = Path(dsconv_cost.cli.__file__).parent
SHARED = {"__init__", "bash", "completion", "emit", "group", "models", "options", "printing"}


def test_every_module_has_its_line_and_every_line_its_module() -> None:
    assert {path.stem for path in FOLDER.glob("*.py")} == {*COMMANDS, *SHARED}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_line_is_the_only_short_help(name: str) -> None:
    command = import_module(f"dsconv_cost.cli.{name}").command
    assert isinstance(command, click.Command)
    assert command.short_help is None
    assert command.help
    line = f"  {name}{' ' * (max(map(len, COMMANDS)) + 2 - len(name))}{COMMANDS[name]}\n"
    assert run("--help").out.count(line) == 1


@pytest.mark.parametrize("name", COMMANDS)
def test_a_line_begins_as_the_commands_help_does(name: str) -> None:
    """A sentence in the imperative, short enough for a line of 80 columns."""
    line = COMMANDS[name]
    assert line[0].isupper()
    assert line.endswith(".")
    assert len(line) <= 78 - 4 - max(map(len, COMMANDS))


def test_help_is_in_order() -> None:
    shown = run("--help").out.partition("Commands:\n")[2].splitlines()
    assert [line.split()[0] for line in shown] == sorted(COMMANDS)


def test_an_unknown_command_is_none() -> None:
    with click.Context(cli) as context:
        assert cli.get_command(context, "nope") is None


@pytest.mark.parametrize("name", COMMANDS)
def test_help_reads_well(name: str) -> None:
    """Options say in a sentence what they do, and show their defaults in one way."""
    command = import_module(f"dsconv_cost.cli.{name}").command
    for option in command.params:
        if isinstance(option, click.Option) and not option.hidden:
            assert option.help, option.name
            assert option.help[0].isupper(), option.help
            assert option.help.endswith("."), option.help
            assert not re.search(r"\bas [0-9]|\bMost |\bstands\b|\[", option.help.replace("[a, b]", "")), option.help
            assert option.show_default in (None, False, True), option.name
            assert option.show_default or option.is_flag or not isinstance(option.default, (int, str)), option.name


SHORT = {"--format": "-f", "--output": "-o", "--convention": "-c", "--set": "-s", "--top": "-n", "--help": "-h"}


def _names(command: str) -> list[list[str]]:
    module = import_module(f"dsconv_cost.cli.{command}")
    return [param.opts for param in module.command.params if isinstance(param, click.Option)]


@pytest.mark.parametrize("name", COMMANDS)
def test_short_options_mean_the_same_everywhere(name: str) -> None:
    for options in _names(name):
        assert [o for o in options if not o.startswith("--")] == [SHORT[o] for o in options if o in SHORT], options


def test_short_options_are_in_the_help_and_work() -> None:
    assert "-n, --top N" in run("analyze", "--help").out
    long = ("--set", "alpha=0.5", "--convention", "ptflops", "--top", "2", "--format", "csv")
    assert (
        run("analyze", "mobilenet", *["-s", "alpha=0.5", "-c", "ptflops", "-n", "2", "-f", "csv"]).out
        == run("analyze", "mobilenet", *long).out
    )
    twice = run("analyze", "mobilenet", "-n", "2", "--top", "3")
    assert (twice.code, twice.err.splitlines()[-1]) == (2, "error: --top is given twice: give it once")
    wrong = run("analyze", "mobilenet", "-n", "0")
    assert wrong.code == 2
    assert "'--top' / '-n': received '0', expected a whole number of at least 1" in wrong.err


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_shows_defaults_one_way(name: str) -> None:
    """In brackets behind the words, without click's range beside them."""
    words = " ".join(run(name, "--help").out.split())
    assert "<=" not in words
    assert re.findall(r"\[x|\(default|default is|\[the |; default", words) == []


def test_numbers_of_options() -> None:
    for value in ("1e3", "3.5", "two", "-1", "0"):
        wrong = run("analyze", "mobilenet", "--depth", value)
        assert (wrong.code, wrong.out) == (2, "")
        assert f"'--depth': received '{value}', expected a whole number from 1 to 100" in wrong.err
    for value in ("nan", "101", "high"):
        wrong = run("list", "--min-top1", value)
        assert f"'--min-top1': received '{value}', expected a number from 0 to 100" in wrong.err


def test_help_as_a_command() -> None:
    assert run("help") == run("--help")
    assert run("help", "fit") == run("fit", "--help")
    assert run("help", "fits") == run("fits")
    assert "'fits': did you mean 'fit'?" in run("help", "fits").err
