"""`check --base`: a repository with a network, a budget and a history of commits, as a pull request has it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.command import Result, run
from tests.repository import Repository

NET = """\
name: Camera
input: [3, 32, 32]
layers:
  - {conv: 16, kernel: 3, stride: 2}
  - {dsconv: 32}
  - {dsconv: 64, stride: 2}
  - global_avgpool
  - {linear: 10}
budget: {macs: 1M, saving: 50%}
"""
WIDER = NET.replace("dsconv: 32", "dsconv: 48")
# 16*16 positions: 16 more output channels of the pointwise; then 16 more channels to filter and to mix at 8*8 positions.
# dsconv1/pw 16*16*256, dsconv2/dw 9*16*64, dsconv2/pw 16*64*64.
GROWTH = {"dsconv1/pw": 16 * 16 * 256, "dsconv2/dw": 9 * 16 * 64, "dsconv2/pw": 16 * 64 * 64}
BEFORE = 27 * 16 * 256 + (9 * 16 + 16 * 32) * 256 + (9 * 32 + 32 * 64) * 64 + 640
NOW = BEFORE + sum(GROWTH.values())


@pytest.fixture(autouse=True)
def _outside_actions(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_ACTIONS", "GITHUB_WORKSPACE", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A branch `topic`, checked out, that left `main` at a commit with a network and a budget for all."""
    made = Repository(tmp_path / "work")
    (made.path / "dsconv-cost.yaml").write_text(
        "budget:\n  - {architecture: net.yaml, metric: params, max: 10K}\n", encoding="utf-8"
    )
    made.commit("a network", net=NET)
    made.git("checkout", "--quiet", "-b", "topic")
    return made


def check(repository: Repository, *arguments: str) -> Result:
    return run("check", *arguments, cwd=repository.path)


def relative(repository: Repository, *arguments: str) -> dict[str, dict[str, Any]]:
    """Return the verdicts against the base: metric -> verdict."""
    found = json.loads(check(repository, *arguments, "--format", "json").out)["verdicts"]
    return {v["metric"]: v for v in found if v["bound"] == "base"}


def test_the_recorded_summary_of_a_pull_request(tmp_path: Path, update_golden: bool) -> None:
    page = Path(__file__).parents[1] / "docs" / "budgets.md"
    text = page.read_text(encoding="utf-8")
    fence = re.search(r"^```yaml camera.yaml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert fence is not None
    made = Repository(tmp_path / "work")
    made.commit("a camera", camera=fence[1])
    made.git("checkout", "--quiet", "-b", "topic")
    made.commit("more channels", camera=fence[1].replace("dsconv: width}", "dsconv: 2 * width}"))
    result = run("check", "--base", "main", "camera.yaml", "--format", "markdown", cwd=made.path)
    assert result.code == 1
    recorded = re.compile(r"(<!-- summary -->\n)(.*?)(<!-- end of summary -->\n)", re.DOTALL)
    found = recorded.search(text)
    assert found is not None
    if update_golden:
        page.write_text(recorded.sub(lambda m: f"{m[1]}{result.out}{m[3]}", text), encoding="utf-8")
    assert found[2] == result.out or update_golden


def test_an_innocent_commit_passes(repository: Repository) -> None:
    repository.commit("a comment", net=NET + "# for the new camera\n")
    result = check(repository, "--base", "main")
    assert result.code == 0
    assert result.out.startswith("all 5 limits are kept")


def test_the_commit_that_widened_a_layer_fails_at_its_line(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.commit("innocent", other=NET)
    assert check(repository, "--base", "main", "net.yaml").code == 0
    repository.commit("wider", net=WIDER)
    # Its budgets are kept: it is the growth that fails.
    assert check(repository).code == 0
    found = relative(repository, "--base", "main", "net.yaml")
    macs = found["macs"]
    assert (macs["base"], macs["limit"], macs["actual"], macs["status"]) == (BEFORE, BEFORE, NOW, "fail")
    assert {x["name"]: x["value"] - x["before"] for x in macs["layers"]} == GROWTH
    assert (macs["line"], macs["column"], macs["layers"][0]["name"]) == (5, 5, "dsconv1/pw")
    assert found["params"]["status"] == "fail"
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    result = check(repository, "--base", "main", "net.yaml")
    assert result.code == 1
    annotations = [line for line in result.err.splitlines() if line.startswith("::")]
    assert [line.partition("::")[2].partition("::")[0] for line in annotations] == [
        "error file=net.yaml,line=5,col=5,title=params grew", "error file=net.yaml,line=5,col=5,title=MACs grew",
    ]  # fmt: skip
    assert "dsconv1/pw: 131,072 to 196,608 MACs" in annotations[1]


def test_main_having_moved_on_fails_no_innocent_branch(repository: Repository) -> None:
    repository.commit("a comment", net=NET + "# same\n")
    repository.git("checkout", "--quiet", "main")
    narrower = repository.commit("narrower", net=NET.replace("dsconv: 32", "dsconv: 8"))
    repository.git("checkout", "--quiet", "topic")
    assert check(repository, "--base", "main").code == 0
    # Against the tip itself the branch would look guilty.
    repository.git("merge", "--quiet", "--strategy=ours", "--no-edit", narrower)
    assert check(repository, "--base", "main").code == 1


def test_an_improvement_passes_and_is_shown(repository: Repository) -> None:
    repository.commit("narrower", net=NET.replace("dsconv: 32", "dsconv: 24"))
    result = check(repository, "--base", "main")
    assert result.code == 0
    assert [line.split() for line in result.out.splitlines() if "dsconv1/pw" in line and "131.1K" in line] == [
        ["net.yaml", "MACs", "dsconv1/pw", "5", "131.1K", "98.3K", "-32.8K"]
    ]


def test_a_layer_put_before_others_is_the_one_that_grew(repository: Repository) -> None:
    repository.commit("more", net=NET.replace("  - {dsconv: 32}\n", "  - {conv: 16, kernel: 1}\n  - {dsconv: 32}\n"))
    found = relative(repository, "--base", "main")["macs"]
    assert [(x["name"], x["before"], x["value"]) for x in found["layers"]] == [("conv2", 0, 16 * 16 * 256)]
    assert found["line"] == 5


def test_in_a_block_the_line_that_changed_is_pointed_to(repository: Repository) -> None:
    text = """\
input: [8, 8, 8]
blocks:
  stage:
    arguments: {width: required}
    layers:
      - {conv: width, kernel: 3}
      - {conv: width, kernel: 1}
layers:
  - {stage: 8}
  - {stage: 16}
"""
    repository.commit("blocks", blocks=text)
    repository.git("branch", "--force", "main", "topic")
    repository.commit("wider", blocks=text.replace("stage: 16", "stage: 24"))
    assert relative(repository, "--base", "main", "blocks.yaml")["macs"]["line"] == 10
    repository.commit("inside", blocks=text.replace("kernel: 1", "kernel: 2"))
    assert relative(repository, "--base", "main", "blocks.yaml")["macs"]["line"] == 7


@pytest.mark.parametrize(
    ("tolerance", "statuses"),
    [
        ("0%", ("fail", "fail")),
        ("1%", ("fail", "fail")),
        ("24.5%", ("fail", "fail")),
        ("24.6%", ("fail", "pass")),
        ("25.7%", ("fail", "pass")),
        ("25.8%", ("pass", "pass")),
        ("100%", ("pass", "pass")),
    ],
)
def test_tolerance(tolerance: str, statuses: tuple[str, str], repository: Repository) -> None:
    repository.commit("wider", net=NET.replace("dsconv: 32", "dsconv: 44"))
    # params: 448 + (160 + 544) + (320 + 2112) + 650 = 4234; 12 * 17 + 12 * 10 + 12 * 64 = 1092 more are 25.79 %.
    # MACs: 12 / 16 of GROWTH = 105,216 more than 428,672 are 24.544 %.
    found = relative(repository, "--base", "main", "--tolerance", tolerance)
    assert (found["params"]["status"], found["macs"]["status"]) == statuses


def test_new_files_and_variants_are_shown_and_pass(repository: Repository) -> None:
    repository.commit("new", new=NET)
    found = relative(repository, "--base", "main", "new.yaml")
    assert {v["status"] for v in found.values()} == {"new"}
    assert found["macs"]["message"] == "the file did not exist then"
    assert check(repository, "--base", "main", "new.yaml").code == 0
    repository.commit("variant", net=NET + "hyperparameters: {a: 1}\nvariants: {b: {a: 2}}\n")
    found = relative(repository, "--base", "main", "net.yaml:b")
    assert found["macs"]["message"] == "the variant did not exist then"


UNCOMPARABLE = {
    "no architecture": ("jobs: 1\n", "it cannot be read there: "),
    "a broken file": ("input: [3, 32\n", "it cannot be read there: "),
    "a network that cannot be": (NET.replace("linear: 10", "linear: 10, from: x"), "it "),
    "binary": ("\0", "it cannot be read there: "),
    "a hyperparameter without a value": (
        NET.replace("name: Camera", "hyperparameters: {w: required}"), "it makes no network there: ",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "fragment"), UNCOMPARABLE.values(), ids=UNCOMPARABLE)
def test_a_base_that_makes_no_network_is_not_comparable(text: str, fragment: str, repository: Repository) -> None:
    repository.git("checkout", "--quiet", "-B", "broken")
    repository.commit("broken", net=text)
    repository.git("branch", "--force", "main", "broken")
    repository.commit("mended", net=NET)
    result = check(repository, "--base", "main", "net.yaml")
    assert result.code == 2
    assert "3 of 5 limits kept, 2 not comparable" in result.out
    found = relative(repository, "--base", "main", "net.yaml")
    assert {v["status"] for v in found.values()} == {"not comparable"}
    assert str(found["macs"]["message"]).startswith(fragment)


def test_a_bundled_network_has_no_history(repository: Repository) -> None:
    result = check(repository, "mobilenet", "--base", "main", "--max-macs", "600M")
    assert result.code == 0
    assert "no history  mobilenet: a bundled network" in result.out
    assert check(repository, "mobilenet", "--base", "main").code == 2


REFS: dict[str, tuple[str, str]] = {
    "no such branch": ("nope", "no commit 'nope' in the git repository of the working directory"),
    "an option": ("--output=x", "no commit '--output=x'"),
    "an option that is short": ("-h", "no commit '-h'"),
    "all": ("--all", "no commit '--all'"),
    "empty": ("", "names no commit"),
    "a file": ("main:net.yaml", "no commit 'main:net.yaml'"),
    "a range": ("main..topic", "no commit 'main..topic'"),
    "two words": ("main topic", "no commit 'main topic'"),
    "a line break": ("main\nmain", r"no commit 'main\x0amain'"),
    "an escape": ("\x1b[31mmain", r"no commit '\x1b[31mmain'"),
    "a command": ("::error::x", r"no commit '\x3a:error::x'"),
    "a shell": ("$(touch x)", "no commit '$(touch x)'"),
    "a hash that is none": ("0" * 40, "no commit '0000"),
}


@pytest.mark.parametrize(("ref", "fragment"), REFS.values(), ids=REFS)
def test_wrong_references(ref: str, fragment: str, repository: Repository) -> None:
    before = sorted(path.name for path in repository.path.iterdir())
    result = check(repository, "net.yaml", f"--base={ref}")
    assert result.code == 2
    assert fragment in result.err
    # The other limits are judged all the same, and nothing was written.
    assert "pass     net.yaml      params" in result.out
    assert sorted(path.name for path in repository.path.iterdir()) == before


def test_a_shallow_clone_says_what_to_do(repository: Repository, tmp_path: Path) -> None:
    repository.commit("wider", net=WIDER)
    clone = repository.clone(tmp_path / "clone", "--depth=1", "--branch=topic")
    result = run("check", "--base", "origin/main", cwd=clone.path)
    assert result.code == 2
    assert "the clone is shallow, so fetch its history" in result.err


def test_settings_hold_for_both_sides(repository: Repository) -> None:
    text = "hyperparameters: {w: 8}\ninput: [3, 8, 8]\nlayers: [{conv: w, kernel: 1}]\n"
    repository.commit("w", w=text)
    repository.git("branch", "--force", "main", "topic")
    repository.commit("default", w=text.replace("w: 8}", "w: 16}"))
    assert relative(repository, "--base", "main", "w.yaml")["macs"]["status"] == "fail"
    found = relative(repository, "--base", "main", "w.yaml", "--set", "w=4")["macs"]
    assert (found["base"], found["actual"], found["status"]) == (3 * 4 * 64, 3 * 4 * 64, "pass")


def test_from_another_folder(repository: Repository) -> None:
    repository.commit("wider", net=WIDER)
    (repository.path / "sub").mkdir()
    result = run("check", "../net.yaml", "--base", "main", cwd=repository.path / "sub")
    assert result.code == 1
    assert "fail     ../net.yaml" in result.out
