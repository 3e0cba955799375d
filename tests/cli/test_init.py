"""`init`: a network to start from, which is right as it is, and no file that is lost."""

from pathlib import Path

import pytest

from dsconv_cost.sources.template import TEMPLATE
from tests.command import run, run_process


@pytest.mark.parametrize("arguments", [[], ["-"]], ids=["without a path", "-"])
def test_standard_output(arguments: list[str], tmp_path: Path) -> None:
    assert run("init", *arguments, cwd=tmp_path) == (0, TEMPLATE, "")
    assert list(tmp_path.iterdir()) == []


def test_a_new_file(tmp_path: Path) -> None:
    result = run("init", "net.yaml", cwd=tmp_path)
    assert result == (0, "", "wrote net.yaml: see what it costs with dsconv-cost analyze net.yaml\n")
    assert (tmp_path / "net.yaml").read_text(encoding="utf-8") == TEMPLATE
    assert [path.name for path in tmp_path.iterdir()] == ["net.yaml"]


@pytest.mark.parametrize("network", ["net.yaml", "net.yaml:small", "net.yaml@alpha=2"])
def test_the_template_can_be_analyzed_as_its_comments_say(network: str, tmp_path: Path) -> None:
    run("init", "net.yaml", cwd=tmp_path)
    assert run("analyze", network, cwd=tmp_path).err == ""
    assert "no effect" not in run("analyze", network, cwd=tmp_path).out
    assert run("validate", "net.yaml", cwd=tmp_path).code == 0


@pytest.mark.parametrize(
    ("options", "code", "exceeded"),
    [
        # 36,618 params and 8,836,352 MACs as it is; with alpha 2 the first two layers and what reads them grow.
        ([], 0, "0 of 4 limits exceeded"),
        (["--max-params", "36617"], 1, "1 of 5 limits exceeded"),
    ],
    ids=["as it is", "one parameter less"],
)
def test_the_template_keeps_its_budget(options: list[str], code: int, exceeded: str, tmp_path: Path) -> None:
    run("init", "net.yaml", cwd=tmp_path)
    result = run("check", "net.yaml", *options, cwd=tmp_path)
    assert result.code == code
    assert result.out.startswith(exceeded)


WRONG = {
    "there is a file": ("old.yaml", "old.yaml exists, and is left as it is: name a new file"),
    "there is a link to nothing": ("link.yaml", "link.yaml exists, and is left as it is: name a new file"),
    "a folder": ("models.yaml", "models.yaml is a folder: name a file in it, e.g. models.yaml/net.yaml"),
    "no such folder": ("no/net.yaml", "no/net.yaml: there is no folder no: make it first"),
    "a folder that is a file": ("old.yaml/net.yaml", "old.yaml/net.yaml: there is no folder old.yaml: make it first"),
    "no ending": ("net", "'net' does not end in .yaml: name a file such as net.yaml, or - for standard output"),
    "another ending": ("net.json", "'net.json' does not end in .yaml: name a file such as net.yaml"),
    "nothing": ("", "'' does not end in .yaml: name a file such as net.yaml"),
    "the budget file": ("dsconv-cost.yaml", "dsconv-cost.yaml is the name of the budget file"),
    "half a character": ("\udcff.yml/net.yaml", "there is no folder \\udcff.yml: make it first"),
    "a name that is too long": (f"{'n' * 300}.yaml", "cannot be written: File name too long"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_path_changes_nothing(case: str, tmp_path: Path) -> None:
    (tmp_path / "old.yaml").write_text("mine\n", encoding="utf-8")
    (tmp_path / "link.yaml").symlink_to("nowhere")
    (tmp_path / "models.yaml").mkdir()
    before = sorted(tmp_path.rglob("*"))
    path, message = WRONG[case]
    result = run("init", path, cwd=tmp_path)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("error: ")
    assert message in result.err
    assert sorted(tmp_path.rglob("*")) == before
    assert (tmp_path / "old.yaml").read_text(encoding="utf-8") == "mine\n"


def test_two_paths() -> None:
    result = run("init", "a.yaml", "b.yaml")
    assert result.code == 2
    assert result.err.endswith("error: Got unexpected extra argument (b.yaml)\n")


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    result = run_process("init", "/proc/net.yaml", cwd=tmp_path)
    assert result.code == 2
    assert result.err.startswith("error: /proc/net.yaml cannot be written: ")
