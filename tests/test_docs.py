"""The documents: every command in them is run, every network analysed, every Python example executed.

A fenced block `yaml NAME` is a file; `console` blocks run in the folder of these files. In their output a line `...`
stands for any lines. Workflows, hooks and jobs are run by test_action and test_integrations.
"""

import contextlib
import difflib
import doctest
import re
import shlex
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from dsconv_cost.cli.group import COMMANDS
from dsconv_cost.network.build import elaborate
from dsconv_cost.sources.load import load
from tests.command import Result, run
from tests.importers.onnx_writer import onnx_bytes
from tests.memory.tflite_of_network import tflite_file

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
MODEL = "model.onnx"
"""A file that is there where a document names it: MobileNetV2 as exporters write it, its weights in another file."""
OTHER_FILES = {"dsconv-cost.yaml", "board.yaml", "times.yaml"}
"""Names of files that are no networks: a budget file, a device, measured times."""
TFLITE_MODEL = "vww.tflite"
"""The same for the visual wake words model of MLPerf Tiny, as a converter writes it; its weights are zeros."""
FENCE = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Fence(NamedTuple):
    language: str
    name: str
    text: str
    start: int
    end: int


def _fences(text: str) -> list[Fence]:
    return [Fence(m[1], m[2] or "", m[3], m.start(3), m.end(3)) for m in FENCE.finditer(text)]


def _run(command: str, cwd: Path) -> Result:
    """Run a line of a console block: dsconv-cost, with `> file` and `2>&1`."""
    words = shlex.split(command, comments=True)
    merged = "2>&1" in words
    words = [word for word in words if word != "2>&1"]
    target = words[words.index(">") + 1] if ">" in words else None
    if target is not None:
        words = words[: words.index(">")]
    assert words[0] == "dsconv-cost", command
    result = run(*words[1:], cwd=cwd)
    if target is not None:
        (cwd / target).write_text(result.out, encoding="utf-8")
        return result._replace(out="")
    return result._replace(out=result.err + result.out) if merged else result


def _matches(shown: str, real: str) -> bool:
    pattern = r"\n".join(
        r"(?:.*\n)*?.*" if line == "..." else re.escape(line) for line in shown.rstrip("\n").split("\n")
    )
    return re.fullmatch(pattern, real.rstrip("\n")) is not None


def _console(block: str, cwd: Path) -> str:
    """Run a console block and return it with the real output, where the output shown does not match."""
    parts = re.split(r"^\$ (.*)\n", block, flags=re.MULTILINE)
    assert not parts[0], block
    found = ""
    for command, shown in zip(parts[1::2], parts[2::2], strict=True):
        real = _run(command, cwd).out
        gap = "\n" if shown.endswith("\n\n") or shown == "\n" else ""
        found += f"$ {command}\n" + (shown if _matches(shown, real) else real.rstrip("\n") + "\n" + gap)
    return found


def test_there_are_documents() -> None:
    assert len(DOCUMENTS) >= 4


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_document(path: Path, tmp_path: Path, update_golden: bool) -> None:
    text = path.read_text(encoding="utf-8")
    changed = text
    files: list[str] = []
    failed = 0
    if MODEL in text:
        (tmp_path / MODEL).write_bytes(onnx_bytes(elaborate(load("mobilenet_v2")), weights="beside", batch="batch"))
    if TFLITE_MODEL in text:
        wake_words = elaborate(load("mobilenet", alpha=0.25, resolution=96, classes=2))
        (tmp_path / TFLITE_MODEL).write_bytes(tflite_file(wake_words, int8=True))
    names: dict[str, Any] = {}  # what the Python of one block defines is there in the next
    for fence in _fences(text):
        if fence.language == "yaml" and fence.name and not fence.name.startswith("."):
            (tmp_path / fence.name).write_text(fence.text, encoding="utf-8")
            if fence.name not in OTHER_FILES:
                files.append(fence.name)
        elif fence.language == "console":
            real = _console(fence.text, tmp_path)
            changed = changed.replace(f"```console\n{fence.text}```", f"```console\n{real}```")
        elif fence.language == "python":
            line = text.count("\n", 0, fence.start)
            example = doctest.DocTestParser().get_doctest(fence.text, names, path.name, str(path), line)
            assert example.examples
            with contextlib.chdir(tmp_path):
                done = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(example, clear_globs=False)
            failed += done.failed
            names.update(example.globs)
    assert failed == 0
    for name in files:
        variants = yaml.safe_load((tmp_path / name).read_text(encoding="utf-8")).get("variants", {})
        for argument in [f"{name}:{variant}" for variant in variants] or [name]:
            result = run("analyze", argument, "--format", "json", cwd=tmp_path)
            # A file that is wrong on purpose ends in .yml.
            assert (result.code == 2) == name.endswith(".yml"), argument + result.err
    if update_golden:
        path.write_text(changed, encoding="utf-8")
    difference = list(difflib.unified_diff(text.splitlines(), changed.splitlines(), "shown", "real", n=0, lineterm=""))
    if difference and not update_golden:
        pytest.fail(
            "\n".join([f"{path.name} shows other output; pytest --update-golden rewrites it", *difference[:40]]),
            pytrace=False,
        )


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
        if not target.startswith("http"):
            assert (path.parent / target).exists(), target


def test_a_page_is_read_in_one_go() -> None:
    generated = {"reference.md", "zoo.md"}
    lines = {
        path.name: path.read_text(encoding="utf-8").count("\n") for path in DOCUMENTS if path.name not in generated
    }
    assert {name: count for name, count in lines.items() if count > 300} == {}


def test_the_site_has_every_page() -> None:
    site = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    shown = set(re.findall(r"[\w.]+\.md", str(site["nav"])))
    assert shown == {path.name for path in DOCUMENTS if path.parent.name == "docs"}


def test_the_readme_names_every_command_and_exit_code() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in COMMANDS:
        assert f"dsconv-cost {name}" in text or f"`{name}" in text, name
    for code in ("0", "1", "2", "3", "130"):
        assert re.search(rf"^\| {code} \|", text, re.MULTILINE), code


def test_the_readme_is_read_in_three_minutes() -> None:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 130
    assert [line for line in lines if len(line) > 100] == []
