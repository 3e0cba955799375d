"""`validate`: which files can be read, and everything that is wrong with the others."""

import csv
import io
import json
from pathlib import Path

import pytest

from tests.command import run, run_process

GOOD = "input: [3, 8, 8]\nlayers: [{conv: 4, kernel: 1}]\n"
FILES = {
    "good.yaml": GOOD,
    "variants.yaml": (
        "hyperparameters: {c: 4}\ninput: [3, 8, 8]\nlayers: [{conv: c, kernel: 1}]\nvariants: {small: {c: 2}, large: {c: 3}}\n"
    ),
    "required.yaml": "hyperparameters: {c: required}\ninput: [3, 8, 8]\nlayers: [{conv: c, kernel: 1}]\nvariants: {a: {c: 2}}\n",
    "two.yaml": "input: [3, 8, 8]\nlayers:\n  - {convv: 4}\n  - {conv: 0, kernel: 1}\n",
    "shapes.yaml": (
        "hyperparameters: {k: 1}\ninput: [3, 8, 8]\nlayers:\n  - {conv: 4, kernel: k, padding: 0}\nvariants: {large: {k: 9}}\n"
    ),
    "lone.yaml": "hyperparameters: {c: required}\ninput: [3, 8, 8]\nlayers: [{conv: c, kernel: 1}]\n",
    "replaces.yaml": GOOD + "budget:\n  - {metric: macs, max: 1K, replaces: true}\n",
    "limits.yml": "budget:\n  - {architecture: good.yaml, metric: macs, max: 1K}\n",
    "gone.yml": "budget:\n  - {architecture: goood.yaml, metric: macs, max: 1K}\n",
    "no-variant.yml": "budget:\n  - {architecture: variants.yaml, variant: smal, metric: macs, max: 1K}\n",
    "wrong-key.yml": "budgett: []\nbudget:\n  - {architecture: good.yaml, metric: mac, max: 1K}\n",
    "text.yaml": "hello\n",
    "empty.yaml": "",
    "broken.yaml": "layers: [\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "bytes.yaml").write_bytes(b"layers: \xff\n")
    return tmp_path


VALID = {
    "a file": (["good.yaml"], "1 file, valid", [("architecture", 1)]),
    "every variant": (["variants.yaml"], "1 file, valid", [("architecture", 3)]),
    "one variant": (["variants.yaml:small"], "1 file, valid", [("architecture", 1)]),
    "a file without defaults": (["required.yaml"], "1 file, valid", [("architecture", 1)]),
    "settings": (["lone.yaml@c=3"], "1 file, valid", [("architecture", 1)]),
    "a budget file": (["limits.yml"], "1 file, valid", [("budget file", None)]),
    "a bundled network": (["lenet5"], "1 file, valid", [("architecture", 3)]),
    "several": (
        ["good.yaml", "limits.yml", "variants.yaml"], "3 files, all valid",
        [("architecture", 1), ("architecture", 3), ("budget file", None)],
    ),
    "one twice": (["good.yaml", "./good.yaml", "good.yaml"], "1 file, valid", [("architecture", 1)]),
}  # fmt: skip


@pytest.mark.parametrize("case", VALID)
def test_valid_files(case: str, folder: Path) -> None:
    arguments, headline, expected = VALID[case]
    table = run("validate", *arguments, cwd=folder)
    assert (table.code, table.err) == (0, "")
    assert table.out.splitlines()[0] == headline
    result = run("validate", *arguments, "-f", "json", cwd=folder)
    assert (result.code, result.err) == (0, "")
    document = json.loads(result.out)
    assert document["exit_code"] == 0
    assert document["problems"] == []
    assert [(file["kind"], file["networks"]) for file in document["files"]] == expected
    assert {file["valid"] for file in document["files"]} == {"yes"}


WRONG: dict[str, tuple[list[str], str, list[tuple[str, int | None, int | None, str]]]] = {
    "all problems of a file": (
        ["two.yaml"], "0 of 1 file valid, 2 problems",
        [("two.yaml", 3, 6, "did you mean 'conv'?"), ("two.yaml", 4, 12, "expected a whole number of at least 1")],
    ),
    "a variant that makes no network": (["shapes.yaml"], "0 of 1 file valid, 1 problem", [("shapes.yaml", 4, 23, "")]),
    "a hyperparameter without a value": (["lone.yaml"], "0 of 1 file valid, 1 problem", [("lone.yaml", 1, 19, "set it")]),
    "an unknown variant": (["variants.yaml:smal"], "0 of 1 file valid, 1 problem", [("variants.yaml", 4, 1, "did you mean 'small'?")]),
    "a limit that replaces nothing": (["replaces.yaml"], "0 of 1 file valid, 1 problem", [("replaces.yaml", 4, 39, "replaces nothing")]),
    "a budget for nothing": (["gone.yml"], "0 of 1 file valid, 1 problem", [("gone.yml", 2, 20, "did you mean 'good.yaml'?")]),
    "a budget for no variant": (["no-variant.yml"], "0 of 1 file valid, 1 problem", [("no-variant.yml", 2, 44, "did you mean 'small'?")]),
    "a budget with wrong keys": (
        ["wrong-key.yml"], "0 of 1 file valid, 2 problems",
        [("wrong-key.yml", 1, 1, "did you mean 'budget'?"), ("wrong-key.yml", 3, 39, "did you mean 'macs'?")],
    ),
    "no file": (["goood.yaml"], "0 of 1 file valid, 1 problem", [("goood.yaml", None, None, "did you mean 'good.yaml'?")]),
    "no network": (["lenet6"], "0 of 1 file valid, 1 problem", [("lenet6", None, None, "did you mean 'lenet5'?")]),
    "a pattern": (["*.yaml"], "0 of 1 file valid, 1 problem", [("*.yaml", None, None, "patterns are matched by the shell")]),
    "text": (["text.yaml"], "0 of 1 file valid, 1 problem", [("text.yaml", 1, 1, "")]),
    "nothing in it": (["empty.yaml"], "0 of 1 file valid, 1 problem", [("empty.yaml", 1, 1, "")]),
    "some valid": (
        ["good.yaml", "shapes.yaml", "limits.yml", "nope"], "2 of 4 files valid, 2 problems",
        [("nope", None, None, "no file or bundled architecture"), ("shapes.yaml", 4, 23, "")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_wrong_files(case: str, folder: Path) -> None:
    arguments, headline, expected = WRONG[case]
    result = run("validate", *arguments, cwd=folder)
    assert result.code == 2
    assert result.out.splitlines()[0] == headline
    document = json.loads(run("validate", *arguments, "--format", "json", cwd=folder).out)
    found = sorted(document["problems"], key=lambda problem: (problem["path"], problem["line"] or 0))
    assert [(p["path"], p["line"], p["column"]) for p in found] == [problem[:3] for problem in expected]
    for problem, (path, line, column, part) in zip(found, expected, strict=True):
        assert part in problem["message"]
        assert (f"{path}:{line}:{column}: error: " if line else "error: ") + problem["message"] in result.err
    assert document["exit_code"] == 2


def test_a_folder_has_architectures_and_its_budget_file(folder: Path) -> None:
    (folder / "dsconv-cost.yaml").write_text(FILES["limits.yml"], encoding="utf-8")
    (folder / ".hidden").mkdir()
    (folder / ".hidden" / "net.yaml").write_text(GOOD, encoding="utf-8")
    document = json.loads(run("validate", ".", "-f", "json", cwd=folder).out)
    kinds = {file["file"]: (file["kind"], file["valid"]) for file in document["files"]}
    assert kinds == {
        "broken.yaml": ("architecture", "no"),
        "bytes.yaml": ("architecture", "no"),
        "dsconv-cost.yaml": ("budget file", "yes"),
        "good.yaml": ("architecture", "yes"),
        "lone.yaml": ("architecture", "no"),
        "replaces.yaml": ("architecture", "no"),
        "required.yaml": ("architecture", "yes"),
        "shapes.yaml": ("architecture", "no"),
        "two.yaml": ("architecture", "no"),
        "variants.yaml": ("architecture", "yes"),
    }
    assert [note["text"] for note in document["notes"]] == [".hidden/net.yaml: in a hidden folder"]


def test_an_empty_folder(tmp_path: Path) -> None:
    result = run("validate", ".", cwd=tmp_path)
    assert result.code == 2
    assert result.err == "error: . holds no architecture: a YAML file with layers among its keys\n"


def test_standard_input() -> None:
    assert run_process("validate", "-", stdin=GOOD).code == 0
    wrong = run_process("validate", "-", stdin=FILES["two.yaml"])
    assert wrong.code == 2
    assert wrong.err.startswith("<stdin>:3:6: error: unknown type 'convv': did you mean 'conv'?")


def test_formats_and_files(folder: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(run("validate", "two.yaml", "-f", "csv", cwd=folder).out)))
    assert [(row["path"], row["line"], row["code"]) for row in rows] == [
        ("two.yaml", "3", "unknown-type"),
        ("two.yaml", "4", "wrong-value"),
    ]
    result = run("validate", "two.yaml", "-o", "out.md", cwd=folder)
    assert result.code == 2
    written = (folder / "out.md").read_text(encoding="utf-8")
    assert written.startswith("### 0 of 1 file valid, 2 problems\n")
    assert "unknown type 'convv'" in written
    assert "unknown type" not in result.out
    lost = run("validate", "good.yaml", "-o", "csv=good.yaml", cwd=folder)
    assert (lost.code, lost.out) == (2, "")
    assert (folder / "good.yaml").read_text(encoding="utf-8") == GOOD


def test_control_characters_are_harmless(folder: Path) -> None:
    (folder / "evil.yaml").write_text('layers: [{"\\e[31mx": 1}]\ninput: [3, 8, 8]\n', encoding="utf-8")
    for format_ in ("table", "json", "csv", "markdown"):
        result = run("validate", "evil.yaml", "-f", format_, cwd=folder)
        assert result.code == 2
        assert "\x1b" not in result.out + result.err


def test_nothing_to_validate() -> None:
    result = run("validate")
    assert (result.code, result.out) == (2, "")
    assert result.err.endswith("error: Missing argument 'PATH...'.\n")
