"""Nothing leaves a folder, a pattern or the lock in silence."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from dsconv_cost.budget import lock, lock_update
from dsconv_cost.sources import read
from tests.command import run

NET = "input: [3, 8, 8]\nlayers: [{conv: 4, kernel: 1}]\n"
"""3*4 weights and 4 biases; 12 * 64 MACs."""
VARIANTS = "hyperparameters: {w: 4}\n" + NET.replace("conv: 4", "conv: w") + "variants: {wide: {w: 8}}\n"
BUDGET = "budget: [{architecture: 'models/*.yaml', metric: macs, max: 1M}]\n"


@pytest.fixture(autouse=True)
def _outside_actions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "net.yaml").write_text(NET, encoding="utf-8")
    return tmp_path


def notes(*arguments: str, cwd: Path) -> list[str]:
    """Return the notes as `label: text`."""
    document: dict[str, Any] = json.loads(run("check", *arguments, "--format", "json", cwd=cwd).out)
    return [f"{note['label']}: {note['text']}" for note in document["notes"]]


# -- files that cannot be judged ------------------------------------------------------------------

UNJUDGED: dict[str, tuple[bytes, str]] = {
    "escaped keys": (rb'"l\x61yers": [relu]' + b"\n" + rb'"\x69nput": 3' + b"\n", "other.yaml:2:13: error: input: "),
    "a wide escape": (rb'{"\u006cayers": [relu]}', "other.yaml:1:1: error: missing key 'input'"),
    "UTF-16": (NET.encode("utf-16"), "other.yaml:1:1: error: received a UTF-16 file: save it as UTF-8"),
    "UTF-16 without a mark": (NET.encode("utf-16-le"), "other.yaml:1:2: error: received a binary file"),
    "Latin-1 with layers": ("layers: [relu]\nname: Caf\u00e9\n".encode("latin-1"), "other.yaml:2:10: error: received the byte 0xe9"),
    "cut off before its layers": (b"a: {{ .b }}\nlayers: [relu]\n", "other.yaml:1:5: error: "),
    "layers in braces, cut off": (b"{name: 'x, layers: [relu]}\n", "other.yaml:1:8: error: "),
    "a key over two lines": (b'? "l\\\n  ayers"\n: [relu]\ninput: 3\n', "other.yaml:4:8: error: input: "),
    "an implicit key over two lines": (b'"l\\\n  ayers": [relu]\ninput: 3\n', "other.yaml:1:1: error: "),
    "an alias as the key": (b"name: &x layers\n*x : [relu]\ninput: [3, 8, 8]\n", "other.yaml:1:7: error: "),
    "a merged mapping": (b"<<: {layers: [relu]}\ninput: [3, 8, 8]\n", "other.yaml:1:1: error: "),
    "both keys with a capital": (b"Input: [3, 8, 8]\nLayers: [relu]\n", "other.yaml:1:1: error: unknown key 'Input'"),
    "layers far behind a byte that is not UTF-8": (
        b"name: '\xe9'\n" + b"# a comment\n" * 100_000 + b"layers: [relu]\n", "other.yaml:1:8: error: received the byte 0xe9",
    ),
    "layers as an explicit key, cut off": (b"a: ]\n? layers\n: [relu]\n", "other.yaml:1:4: error: "),
}  # fmt: skip


@pytest.mark.parametrize(("data", "message"), UNJUDGED.values(), ids=UNJUDGED)
def test_a_file_that_cannot_be_judged_is_a_fault(data: bytes, message: str, folder: Path) -> None:
    (folder / "models" / "other.yaml").write_bytes(data)
    (folder / "dsconv-cost.yaml").write_text(BUDGET, encoding="utf-8")
    for arguments in (["models", "--max-macs", "1M"], []):
        result = run("check", *arguments, cwd=folder)
        assert result.code == 2
        assert f"models/{message}" in result.err
        assert "pass     models/net.yaml" in result.out


@pytest.mark.parametrize(
    "data",
    [b"? " * 500_000, b"a: [\n" + b"? " * 500_000, b"\xe9" + b"? " * 500_000],
    ids=["text", "cut off", "Latin-1"],
)
def test_a_long_line_takes_no_time(data: bytes, folder: Path) -> None:
    (folder / "models" / "other.yaml").write_bytes(data)
    start = time.monotonic()
    run("check", "models", "--max-macs", "1M", cwd=folder)
    assert time.monotonic() - start < 20  # a search from each place takes minutes


def test_a_file_that_is_too_large_is_a_fault(folder: Path) -> None:
    (folder / "models" / "other.yaml").write_bytes(b"a: 1\n" + b"#" * read.LARGEST_FILE)
    result = run("check", "models", "--max-macs", "1M", cwd=folder)
    assert result.code == 2
    assert "models/other.yaml is larger than 16 MiB" in result.err


@pytest.mark.parametrize(
    "data",
    ["name: Caf\u00e9\n".encode("latin-1"), b"a: {{ .layers }}\n", b"a: 'C:\\Users'\nlayers of: x\n", b"a: [\n"],
    ids=["Latin-1", "a template", "a path", "cut off"],
)
def test_a_file_without_such_a_key_is_of_another_tool(data: bytes, folder: Path) -> None:
    (folder / "models" / "other.yaml").write_bytes(data)
    result = run("check", "models", "--max-macs", "1M", cwd=folder)
    assert (result.code, result.err) == (0, "")


# -- what folders and patterns leave out ----------------------------------------------------------


def test_what_a_folder_leaves_out_is_said(folder: Path) -> None:
    models = folder / "models"
    for path in (models / ".old", models / "deep" / ".older", folder / "elsewhere"):
        path.mkdir(parents=True)
        (path / "net.yaml").write_text(NET, encoding="utf-8")
    (models / "link").symlink_to("../elsewhere")
    (models / "net.json").write_text(json.dumps({"input": [3, 8, 8], "layers": ["relu"]}), encoding="utf-8")
    (models / "escaped.json").write_text('{"inp\\u0075t": [3, 8, 8], "l\\u0061yers": ["relu"]}', encoding="utf-8")
    # None of these is one: an environment of Python, what git keeps, and files of other tools.
    for path in (models / ".venv" / "lib", models / ".git"):
        path.mkdir(parents=True)
        (path / "net.yaml").write_text(NET, encoding="utf-8")
    (models / ".venv" / "pyvenv.cfg").write_text("", encoding="utf-8")
    (models / "picture.json").write_text('{"layers": []}', encoding="utf-8")
    (models / "capital.json").write_text('{"input": [3, 8, 8], "Layers": ["relu"]}', encoding="utf-8")
    (models / "wide.json").write_text('{"input": [3, 8, 8], "layers": ["relu"]}', encoding="utf-16")
    (models / "large.json").write_text('{"input": 3, "layers": []}' + " " * read.LARGEST_FILE, encoding="utf-8")
    (models / "cut.json").write_text('{"input": 3, "layers": [', encoding="utf-8")
    (models / "latin.json").write_bytes(b'{"input": "\xff", "layers": []}')
    (models / "other.json").symlink_to("../elsewhere/net.yaml")
    (models / ".old" / "n.json").write_text('{"input": [3, 8, 8], "layers": ["relu"]}', encoding="utf-8")
    (models / ".old" / "link").symlink_to("../../elsewhere")
    (models / "words.json").write_text('{"a": "layers and input"}', encoding="utf-8")
    expected = [
        "unguarded: models/.old/link, models/link: a link to a folder, which is not followed",
        "unguarded: models/.old/n.json, models/.old/net.yaml, models/deep/.older/net.yaml: in a hidden folder",
        "unguarded: models/capital.json, models/cut.json, models/escaped.json, models/large.json, models/latin.json, models/net.json, "
        "models/other.json, models/wide.json: JSON, which folders and patterns leave out: name it .yaml",
    ]
    found = notes("models", "--max-macs", "1M", cwd=folder)
    assert [note for note in found if note.startswith("unguarded")] == expected
    assert run("check", "models", "--max-macs", "1M", cwd=folder).code == 0
    result = run("check", "models", "--max-macs", "1M", "--guard-all", cwd=folder)
    assert result.code == 2
    assert result.err.splitlines() == [f"error: {line} (--guard-all)" for line in expected]
    assert "0 of 1 limit exceeded, 3 inputs invalid" in result.out


def test_what_a_pattern_leaves_out_is_said(folder: Path) -> None:
    models = folder / "models"
    (folder / "dsconv-cost.yaml").write_text(BUDGET, encoding="utf-8")
    assert run("check", "--guard-all", cwd=folder).code == 0
    (models / "net.yaml").rename(models / "other.yml")
    (models / "kept.yaml").write_text(NET, encoding="utf-8")
    (models / "deep").mkdir()
    (models / "deep" / "net.yaml").write_text(NET, encoding="utf-8")  # the pattern does not look there
    said = "unguarded: models/other.yml: no entry of the budget file is for it"
    assert said in notes(cwd=folder)
    result = run("check", "--guard-all", cwd=folder)
    assert (result.code, result.err) == (2, f"error: {said} (--guard-all)\n")
    # It is meant, where an entry says so.
    off = "  - {architecture: models/other.yml, metric: macs, max: 1, level: off}\n"
    (folder / "dsconv-cost.yaml").write_text(f"budget:\n  - {BUDGET[9:-2]}\n{off}", encoding="utf-8")
    assert run("check", "--guard-all", cwd=folder).code == 0


GUARDED: dict[str, tuple[dict[str, str], tuple[str, ...], str | None]] = {
    "all": ({"a.yaml": NET}, (".", "--max-macs", "1M"), None),
    "no limit": ({"a.yaml": NET, "b.yaml": NET + "budget: {macs: 1M}\n"}, (".",), "no limit: a.yaml"),
    "a variant": (
        {"a.yaml": VARIANTS}, ("a.yaml", "--max-macs", "1M"), "not checked: a.yaml:wide: no limit names this variant",
    ),
    "all variants": ({"a.yaml": VARIANTS + "budget: {macs: 1M}\n"}, ("a.yaml",), None),
    "a limit that is off": (
        {"a.yaml": NET + "budget: [{metric: macs, max: 1, level: off}]\n"}, ("a.yaml", "--max-params", "1K"), None,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "arguments", "message"), GUARDED.values(), ids=GUARDED)
def test_one_option_makes_what_is_unguarded_an_error(
    files: dict[str, str], arguments: tuple[str, ...], message: str | None, tmp_path: Path
) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert run("check", *arguments, cwd=tmp_path).code == 0
    result = run("check", *arguments, "--guard-all", cwd=tmp_path)
    assert (result.code, result.err) == ((0, "") if message is None else (2, f"error: {message} (--guard-all)\n"))


def test_a_budget_file_above_that_is_not_read_is_unguarded(folder: Path) -> None:
    (folder / ".git").mkdir()
    (folder / "dsconv-cost.yaml").write_text(BUDGET, encoding="utf-8")
    result = run("check", "net.yaml", "--max-macs", "1M", "--guard-all", cwd=folder / "models")
    assert result.code == 2
    assert "error: budget: ../dsconv-cost.yaml is not read here" in result.err


# -- one name, one network ------------------------------------------------------------------------


@pytest.mark.parametrize(("file", "head"), [("a.yaml:wide", "a.yaml"), ("mobilenet:thin", "mobilenet")])
def test_a_file_does_not_shadow_a_variant(file: str, head: str, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(VARIANTS, encoding="utf-8")
    (tmp_path / file).write_text(NET, encoding="utf-8")
    result = run("check", file, "--max-macs", "1M", cwd=tmp_path)
    assert result.code == 2
    assert f"error: '{file}' is a file, and may be a variant of {head} too: rename the file" in result.err
    # What guards nothing takes a file before a bundled network, and still no file before the variant of another.
    assert run("analyze", file, cwd=tmp_path).code == (2 if head == "a.yaml" else 0)


def test_a_file_and_a_bundled_network_have_two_names_in_the_lock(tmp_path: Path) -> None:
    (tmp_path / "vgg").write_text(NET, encoding="utf-8")
    assert run("check", "--update-lock", "./vgg", "mobilenet", cwd=tmp_path).code == 0
    locked = json.loads((tmp_path / "dsconv-cost.lock").read_text(encoding="utf-8"))["architectures"]
    assert {name: costs["params"] for name, costs in locked.items() if ":" not in name} == {
        "./vgg": 16, "mobilenet": 4_231_976,
    }  # fmt: skip
    assert run("check", "--locked", "./vgg", "mobilenet", cwd=tmp_path).code == 0


# -- writing the lock -----------------------------------------------------------------------------


def test_a_lock_that_would_not_be_read_is_not_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("check", "--update-lock", "models", cwd=folder).code == 0
    before = (folder / "dsconv-cost.lock").read_bytes()
    monkeypatch.setattr(lock_update, "LARGEST_FILE", len(before) + 10)
    (folder / "models" / "more.yaml").write_text(NET, encoding="utf-8")
    result = run("check", "--update-lock", "models", cwd=folder)
    assert result.code == 2
    assert "dsconv-cost.lock would be larger than 0 MiB, the maximum that --locked reads" in result.err
    assert (folder / "dsconv-cost.lock").read_bytes() == before


def test_updates_at_once_lose_nothing(tmp_path: Path) -> None:
    names = [f"n{number}.yaml" for number in range(50)]
    for name in names:
        (tmp_path / name).write_text(NET, encoding="utf-8")
    # One process for ten networks in turn: starting 50 takes long.
    script = (
        "import sys; from dsconv_cost.__main__ import main\n"
        "for name in sys.argv[1:]:\n    sys.argv = ['x', 'check', '--update-lock', name]\n    main()"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", script, *names[start::5]], cwd=tmp_path, stderr=subprocess.PIPE)
        for start in range(5)
    ]
    said = [process.communicate(timeout=120)[1] for process in running]
    locked = json.loads((tmp_path / "dsconv-cost.lock").read_text(encoding="utf-8"))["architectures"]
    assert sorted(locked) == sorted(names), said


def test_an_update_that_does_not_end_is_not_waited_for(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fcntl = pytest.importorskip("fcntl")
    monkeypatch.setattr(lock, "SECONDS_TO_WAIT", 0.1)
    descriptor = os.open(folder, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    result = run("check", "--update-lock", "models", cwd=folder)
    os.close(descriptor)
    assert result.code == 2
    assert "another update of dsconv-cost.lock has not ended within 0.1 s" in result.err
    assert run("check", "--update-lock", "models", cwd=folder).code == 0


def test_a_broken_file_has_none_of_the_variants_that_a_pattern_means(folder: Path) -> None:
    (folder / "models" / "broken.yaml").write_text("input: 3\nlayers: [relu]\nvariants: {wide: {}}\n", encoding="utf-8")
    entry = "{architecture: 'models/*.yaml', variant: 'w*', metric: macs, max: 1M}"
    (folder / "dsconv-cost.yaml").write_text(f"budget: [{entry}]\n", encoding="utf-8")
    result = run("check", "models/net.yaml", "--max-macs", "1M", cwd=folder)
    assert result.code == 2
    assert "the pattern 'w*' matches no variant of models/net.yaml: there are none" in result.err


def test_a_hidden_repository_s_files_are_not_looked_at(folder: Path) -> None:
    inner = folder / "models" / ".cache" / ".git"
    inner.mkdir(parents=True)
    (inner / "net.yaml").write_text(NET, encoding="utf-8")
    assert not [note for note in notes("models", "--max-macs", "1M", cwd=folder) if note.startswith("unguarded")]
