"""What a shell is offered, asked as bash, zsh and fish ask: in a process, with the words in the environment."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dsconv_cost.sources import bundled
from tests.command import run_process
from tests.networks import bundled_spec

COMPLETE = "_DSCONV_COST_COMPLETE"
MOBILE = [name for name in bundled.names() if name.startswith("mobile")]
NET = "hyperparameters: {c: 4}\ninput: [3, 8, 8]\nlayers: [{conv: c, kernel: 1}]\nvariants: {wide: {c: 8}, widest: {c: 16}}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mobile.yaml").write_text(NET, encoding="utf-8")
    (tmp_path / "mobile.txt").write_text("no network\n", encoding="utf-8")
    (tmp_path / "broken.yaml").write_text("layers: [\n", encoding="utf-8")
    return tmp_path


def offers(shell: str, words: list[str], cwd: Path) -> list[str]:
    """Return the words offered for the last of `words`, and `FILES` where the shell is to offer files."""
    position = words[-1] if shell == "fish" else str(len(words))
    # The source of each shell hands over the words so: bash with line ends between, fish without those after the cursor.
    text = ("\n" if shell == "bash" else " ").join(["dsconv-cost", *words])
    result = run_process(cwd=cwd, **{COMPLETE: f"{shell}_complete", "COMP_WORDS": text, "COMP_CWORD": position})
    assert (result.code, result.err) == (0, "")
    if shell == "zsh":
        lines = result.out.splitlines()
        pairs = list(zip(lines[::3], lines[1::3], strict=False))
    else:
        pairs = [
            (kind, value.partition("\t")[0])
            for kind, _, value in (line.partition(",") for line in result.out.splitlines())
        ]
    return ["FILES" if kind == "file" else value.replace("\\:", ":") for kind, value in pairs if kind]


CONVENTIONS_IN_T = ["torchinfo", "thop", "torchprofile"]
VARIANTS_IN_1 = ["resnet:18", "resnet:101", "resnet:152"]
DS2 = ["dsconv2", "dsconv2/dw", "dsconv2/pw"]
CASES: dict[str, tuple[list[str], list[str]]] = {
    "commands": (["co"], ["compare", "conventions"]),
    "networks": (["analyze", "shuffle"], ["shufflenet_v1", "shufflenet_v2"]),
    "a network and a file": (["analyze", "mobilef"], ["mobilefacenet"]),
    "files beside networks": (["analyze", "mobile"], [*MOBILE, "mobile.yaml"]),
    "files alone": (["analyze", "models/n"], ["FILES"]),
    "variants": (["analyze", "resnet:1"], VARIANTS_IN_1),
    "variants of a file": (["check", "mobile.yaml:wi"], ["mobile.yaml:wide", "mobile.yaml:widest"]),
    "a second network": (["diff", "mobilenet", "resnet:1"], VARIANTS_IN_1),
    "one of many": (["compare", "mobilenet", "vgg:16", "resnet:1"], VARIANTS_IN_1),
    "bundled names alone": (["show", "mobi"], MOBILE),
    "variants of a family": (["list", "resnet:1"], VARIANTS_IN_1),
    "no files for a list": (["list", "models/n"], []),
    "no variants of a file for a list": (["list", "mobile.yaml:wi"], []),
    "families": (["list", "lenet5", "xc"], ["xception", "xception_aligned"]),
    "conventions": (["analyze", "mobilenet", "--convention", "t"], CONVENTIONS_IN_T),
    "conventions, short": (["analyze", "mobilenet", "-c", "t"], CONVENTIONS_IN_T),
    "a convention by name": (["conventions", "t"], CONVENTIONS_IN_T),
    "devices": (["analyze", "mobilenet", "--device", "stm32mp"], ["stm32mp23-npu", "stm32mp25-npu"]),
    "a device's file": (["compare", "mobilenet", "--device", "board"], ["FILES"]),
    "from a convention": (["reconcile", "mobilenet", "--from", "t"], CONVENTIONS_IN_T),
    "layers": (["explain", "mobilenet", "dsconv2"], DS2),
    "layers of a variant": (["explain", "mobilenet:shallow", "dsconv8"], ["dsconv8", "dsconv8/dw", "dsconv8/pw"]),
    "layers with settings": (["explain", "mobilenet@alpha=0.5,middle=0", "dsconv2"], DS2),
    "items first": (["explain", "mobile.yaml", ""], ["conv1"]),
    "formats": (["analyze", "mobilenet", "-f", "j"], ["json"]),
    "formats of check": (["check", "mobilenet", "-f", "j"], ["json", "junit"]),
    "an output": (["analyze", "mobilenet", "-o", "x"], ["FILES"]),
    "a budget file": (["check", "--budget", "x"], ["FILES"]),
    "what to validate": (["validate", "mobile.yaml", "x"], ["FILES"]),
    "variants of no network": (["analyze", "nope:1"], []),
    "variants of a broken file": (["analyze", "broken.yaml:"], []),
    "variants of a folder": (["analyze", ".:w"], []),
    "layers of no network": (["explain", "nope", "c"], []),
    "layers of a broken file": (["explain", "broken.yaml", "c"], []),
    "layers of standard input": (["explain", "-", "c"], []),
    "layers of a device": (["explain", "/dev/zero", "c"], []),
    "layers of a wrong setting": (["explain", "mobilenet@alpha=x", "c"], []),
}  # fmt: skip


@pytest.mark.parametrize("shell", ["zsh", "fish"])
@pytest.mark.parametrize("case", CASES)
def test_offers(case: str, shell: str, folder: Path) -> None:
    words, expected = CASES[case]
    assert offers(shell, words, folder) == expected


def test_all_variants_are_offered(folder: Path) -> None:
    assert offers("zsh", ["analyze", "regnet:"], folder) == [
        f"regnet:{name}" for name in bundled_spec("regnet").variants
    ]


BASH: dict[str, tuple[list[str], list[str]]] = {
    "nothing split": (["analyze", "shuffle"], ["shufflenet_v1", "shufflenet_v2"]),
    "at the colon": (["analyze", "mobile.yaml", ":"], ["wide", "widest"]),
    "behind the colon": (["analyze", "resnet", ":", "1"], ["18", "101", "152"]),
    "the second": (["diff", "resnet", ":", "18", "resnet", ":", "1"], ["18", "101", "152"]),
    "a colon that does not split": (["analyze", "resnet:1"], VARIANTS_IN_1),
    "an option and =": (["analyze", "mobilenet", "--convention", "=", "t"], CONVENTIONS_IN_T),
    "behind a setting": (["analyze", "mobilenet", "-s", "alpha", "=", "0.5", "-c", "t"], CONVENTIONS_IN_T),
    "layers of a variant": (["explain", "mobilenet", ":", "shallow", "dsconv2"], DS2),
    "layers with settings": (["explain", "mobilenet", "@", "alpha", "=", "0.5,middle", "=", "0", "dsconv2"], DS2),
}


@pytest.mark.parametrize("case", BASH)
def test_bash_splits_words(case: str, folder: Path) -> None:
    words, expected = BASH[case]
    assert offers("bash", words, folder) == expected


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
@pytest.mark.parametrize("case", BASH)
def test_in_bash(case: str, folder: Path) -> None:
    """The whole way: the script is evaluated, and its function called as bash calls it."""
    words, expected = BASH[case]
    (folder / "dsconv-cost").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m dsconv_cost "$@"\n', encoding="utf-8")
    (folder / "dsconv-cost").chmod(0o755)
    script = (
        f'eval "$({COMPLETE}=bash_source dsconv-cost)"\n'
        'COMP_WORDS=(dsconv-cost "$@"); COMP_CWORD=$#; _dsconv_cost_completion dsconv-cost\nprintf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    done = subprocess.run(
        ["bash", "--norc", "-c", script, "bash", *words],
        cwd=folder,
        env={**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == expected


QUICK = {
    "commands": (["co"], {"yaml", "rich", "dsconv_cost.cli.compare", "dsconv_cost.cli.completion"}),
    "networks": (
        ["analyze", "mob"],
        {"yaml", "rich", "dsconv_cost.language", "dsconv_cost.network", "dsconv_cost.costs"},
    ),
    "variants": (["analyze", "resnet:"], {"rich", "dsconv_cost.costs.conventions", "dsconv_cost.reports"}),
}


@pytest.mark.parametrize("case", QUICK)
def test_an_offer_loads_only_its_own(case: str, folder: Path) -> None:
    words, unwanted = QUICK[case]
    environment = {
        COMPLETE: "zsh_complete",
        "COMP_WORDS": " ".join(["dsconv-cost", *words]),
        "COMP_CWORD": str(len(words)),
    }
    result = run_process(cwd=folder, PYTHONPROFILEIMPORTTIME="1", **environment)
    assert result.code == 0
    assert result.out
    loaded = {line.rpartition("|")[2].strip() for line in result.err.splitlines()}
    assert "dsconv_cost.cli.bash" in loaded
    assert loaded & unwanted == set()
