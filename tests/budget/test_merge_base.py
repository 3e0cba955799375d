"""`check --base`: a repository with a network, a budget and a history of commits, as a pull request has it."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from dsconv_cost.sources import git
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

COMPARED = ("params", "MACs", "peak at 8 bits", "arena at 8 bits", "flash at 8 bits")


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
    docs = Path(__file__).parents[2] / "docs"
    page = docs / "ci.md"
    text = page.read_text(encoding="utf-8")
    budgets = (docs / "budgets.md").read_text(encoding="utf-8")
    fence = re.search(r"^```yaml camera.yaml\n(.*?)^```$", budgets, re.MULTILINE | re.DOTALL)
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
    assert result.out.startswith("0 of 8 limits exceeded\n")


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
        f"error file=net.yaml,line=5,col=5,title={metric} grew" for metric in COMPARED
    ]
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
    ("old", "new", "line", "column"),
    [
        ("wide: 8", "wide: 12", 2, 19),
        ("half: wide // 2", "half: wide", 3, 13),
        ("[2, 8, 8]", "[2, 9, 9]", 4, 8),
        ("inner: width * 2", "inner: width * 3", 7, 18),
        ("k: 1", "k: 2", 6, 30),
    ],
    ids=["hyperparameter", "let", "input", "let of a block", "argument"],
)
def test_an_edited_setting_is_pointed_to(old: str, new: str, line: int, column: int, repository: Repository) -> None:
    text = """\
hyperparameters: {wide: 8}
let: {half: wide // 2}
input: [2, 8, 8]
blocks:
  stage: {arguments: {width: 1, k: 1},
    let: {inner: width * 2},
    layers: [{conv: inner, kernel: k}]}
layers:
  - {conv: half, kernel: 1}
  - {stage, width: wide}
"""
    text = f"name: Settings\n{text}"
    repository.commit("settings", settings=text)
    repository.git("branch", "--force", "main", "topic")
    repository.commit("one of them", settings=text.replace(old, new))
    found = relative(repository, "--base", "main", "settings.yaml")["macs"]
    assert (found["status"], found["line"], found["column"]) == ("fail", line, column)


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


def test_a_renamed_file_is_compared_with_what_it_was(repository: Repository) -> None:
    repository.git("mv", "net.yaml", "camera.yaml")
    repository.commit("renamed and wider", camera=WIDER)
    result = check(repository, "camera.yaml", "--base", "main", "--format", "json")
    assert result.code == 2  # the budget file means net.yaml
    found = json.loads(result.out)
    macs = next(v for v in found["verdicts"] if v["bound"] == "base" and v["metric"] == "macs")
    assert (macs["status"], macs["base"], macs["actual"], macs["line"]) == ("fail", BEFORE, NOW, 5)
    assert macs["message"] == "it was net.yaml then"
    assert re.search(r'"label": "renamed",\s*"text": "camera.yaml was net.yaml at [0-9a-f]{10} \(main\)"', result.out)
    assert {x["name"]: x["value"] - x["before"] for x in macs["layers"]} == GROWTH


def test_what_was_no_network_is_not_what_a_file_was(repository: Repository) -> None:
    repository.commit("settings", settings="".join(f"# {n}\n" for n in range(200)) + "jobs: 1\n")
    repository.git("branch", "--force", "main", "topic")
    repository.git("mv", "settings.yaml", "new.yaml")
    repository.commit("a network", new="".join(f"# {n}\n" for n in range(200)) + NET)
    assert relative(repository, "new.yaml", "--base", "main")["macs"]["status"] == "new"


def test_networks_that_are_gone_are_named(repository: Repository) -> None:
    (repository.path / "models" / "deep").mkdir(parents=True)
    (repository.path / "models" / ".hidden").mkdir()
    for name in ("kept", "moved", "gone", "deep/gone", "changed", "out", ".hidden/gone"):
        text = f"# {name}\n{NET}" if name != "gone" else NET.replace("conv: 16", "conv: 4")
        (repository.path / "models" / f"{name}.yaml").write_text(text, encoding="utf-8")
    (repository.path / "models" / "workflow.yaml").write_text("jobs: 1\n", encoding="utf-8")
    repository.commit()
    repository.git("branch", "--force", "main", "topic")
    repository.git("rm", "--quiet", "models/gone.yaml", "models/deep/gone.yaml", "models/workflow.yaml")
    repository.git("rm", "--quiet", "models/.hidden/gone.yaml")
    repository.git("mv", "models/moved.yaml", "models/other.yaml")
    repository.git("mv", "models/out.yaml", "out.yaml")
    (repository.path / "models" / "changed.yaml").write_text("jobs: 1\n", encoding="utf-8")
    repository.commit()
    found = json.loads(check(repository, "models", "--base", "main", "--format", "json").out)
    notes = {note["label"]: note["text"] for note in found["notes"]}
    assert found["exit_code"] == 2
    there = f"{found['verdicts'][-1]['source']} has it"
    gone = {"models/deep/gone.yaml": "gone", "models/gone.yaml": "gone", "models/out.yaml": "gone"}
    assert {problem["path"]: problem["message"] for problem in found["problems"]} == {
        name: f"{name} is {why}: {there}; if that is intended, allow it with --allow-gone {name}"
        for name, why in {**gone, "models/changed.yaml": "not an architecture any more"}.items()
    }
    assert notes["renamed"].startswith("models/other.yaml was models/moved.yaml at ")
    allowed = [f"--allow-gone={name}" for name in (*gone, "./models/changed.yaml")]
    result = check(repository, "models", "--base", "main", *allowed)
    assert result.code == 0
    assert (
        "gone        models/changed.yaml, models/deep/gone.yaml, models/gone.yaml, models/out.yaml, as allowed"
        in result.out
    )


def test_variants_that_are_gone_are_named(repository: Repository) -> None:
    text = "hyperparameters: {w: 8}\ninput: [3, 8, 8]\nlayers: [{conv: w, kernel: 1}]\nvariants: {mini: {w: 4}, wide: {w: 16}}\n"
    text += "# A comment that stays.\n" * 20
    (repository.path / "dsconv-cost.yaml").unlink()
    repository.commit(a=text, b=text, moved=text + "# moved\n")
    repository.git("branch", "--force", "main", "topic")
    repository.git("mv", "moved.yaml", "other.yaml")
    without = text.replace("mini: {w: 4}, ", "")
    repository.commit(a=without, b=text + "# the same\n", other=without + "# moved\n")
    files = ("a.yaml", "b.yaml", "other.yaml")
    result = check(repository, *files, "--base", "main", "--format", "json")
    assert result.code == 2
    found = json.loads(result.out)
    source = found["verdicts"][0]["source"]
    assert [problem["message"] for problem in found["problems"]] == [
        f"{name}:mini is a variant that is gone: {source} has it; if that is intended, allow it with --allow-gone {name}:mini"
        for name in ("a.yaml", "other.yaml")
    ]
    assert (
        check(repository, *files, "--base", "main", "--allow-gone=a.yaml:mini", "--allow-gone=other.yaml:mini").code
        == 0
    )
    # A call for one variant says nothing of the others.
    assert check(repository, "a.yaml:wide", "--base", "main").code == 0


def test_a_new_network_is_not_compared_with_another_that_was_deleted(repository: Repository) -> None:
    repository.git("rm", "--quiet", "net.yaml")
    repository.commit(other=NET.replace("Camera", "Other").replace("conv: 16", "conv: 64").replace("{macs: 1M, ", "{"))
    status = repository.git("diff-tree", "-r", "-M", "--name-status", "main", "HEAD")
    assert re.match(r"R0[5-7]\d\t", status), "git itself takes it for no rename, or our limit does too"
    result = check(repository, ".", "--base", "main", "--format", "json")
    found = json.loads(result.out)
    assert {v["status"] for v in found["verdicts"] if v["bound"] == "base"} == {"new"}
    # It may be the same network all the same, edited: that is for a person to say.
    assert next(p["message"] for p in found["problems"] if p["path"] == "net.yaml").startswith("net.yaml is gone: ")
    result = check(repository, "other.yaml", "--base", "main", "--format", "json")
    found = json.loads(result.out)["problems"]
    assert "net.yaml is gone while other.yaml is new and may be the same network" in " ".join(
        p["message"] for p in found
    )


def test_a_git_that_never_ends_is_one_fault(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls, program = tmp_path / "calls", tmp_path / "git"
    program.write_text(f"#!/bin/sh\necho >> '{calls}'\nexec sleep 60\n", encoding="utf-8")
    program.chmod(0o755)
    for folder in ("a", "b", "c"):
        (repository.path / folder).mkdir()
        (repository.path / folder / "net.yaml").write_text(NET, encoding="utf-8")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setattr(git, "SECONDS", 0.5)
    result = check(repository, ".", "--base", "main")
    assert result.code == 2
    assert result.err.splitlines() == ["error: git rev-parse took longer than 0.5 s in ."]
    assert calls.read_text(encoding="utf-8").count("\n") == 1


@pytest.mark.parametrize("digits", [40, 12, 7])
def test_a_base_that_is_a_commit_is_named_once(digits: int, repository: Repository) -> None:
    commit = repository.git("rev-parse", "main")
    repository.commit("a comment", net=NET + "# same\n")
    assert relative(repository, "--base", commit[:digits])["macs"]["source"] == commit[:10]
    # Where it is not where they part, both are named.
    repository.git("checkout", "--quiet", "main")
    tip = repository.commit("narrower", net=NET.replace("dsconv: 32", "dsconv: 8"))
    repository.git("checkout", "--quiet", "topic")
    assert relative(repository, "--base", tip)["macs"]["source"] == f"{commit[:10]} ({tip[:7]}...)"


def test_every_variant_of_a_file_is_compared(repository: Repository) -> None:
    text = "hyperparameters: {w: 8}\ninput: [3, 8, 8]\nlayers: [{conv: w, kernel: 1}]\nvariants: {mini: {w: 4}, wide: {w: 16}}\n"
    repository.commit("w", w=text)
    repository.git("branch", "--force", "main", "topic")
    repository.commit("wider", w=text.replace("w: 16", "w: 17"))
    found = json.loads(check(repository, "w.yaml", "--base", "main", "--max-params", "40", "--format", "json").out)
    assert [(v["architecture"], v["bound"], v["status"]) for v in found["verdicts"] if v["metric"] == "params"] == [
        ("w.yaml", "max", "pass"), ("w.yaml", "base", "pass"), ("w.yaml:mini", "base", "pass"), ("w.yaml:wide", "base", "fail"),
    ]  # fmt: skip
    assert check(repository, "w.yaml:mini", "--base", "main").code == 0
    assert {"label": "only compared", "text": "w.yaml:mini, w.yaml:wide: no limit names these variants"} in found[
        "notes"
    ]


def test_junit_names_stay_the_same_from_commit_to_commit(repository: Repository) -> None:
    budget = "budget:\n  - {metric: macs, layer: 'dsconv*', max: 1M}\n  - {metric: macs, layer: 'dsconv*', max: 1M, level: warn}\n"
    text = NET.replace("budget: {macs: 1M, saving: 50%}\n", budget)
    repository.commit("base", net=text)
    repository.git("branch", "--force", "main", "topic")
    run("check", "--update-lock", "net.yaml", cwd=repository.path)
    names = []
    for changed in (text, "# a line more\n" + text.replace("dsconv: 64", "dsconv: 256")):
        repository.commit("topic", net=changed)
        arguments = ["--base", "main", "--locked", "--max-size", "1 MB", "--format", "junit"]
        out = check(repository, "net.yaml", *arguments).out
        names.append(re.findall(r'<testcase classname="net.yaml" name="([^"]*)"', out))
    assert names[0] == names[1]
    assert names[0] == [
        "size at 32 bits: max 1 MB (--max-size)", "MACs of layer dsconv*: max 1M (net.yaml)",
        "MACs of layer dsconv*: max 1M (net.yaml) #2", "params: max 10K (dsconv-cost.yaml)",
        *(f"{metric}: growth since {since}" for since in ("base", "the lock") for metric in COMPARED),
    ]  # fmt: skip


def test_a_network_of_defaults_that_is_gone(repository: Repository) -> None:
    (repository.path / "dsconv-cost.yaml").unlink()
    text = "hyperparameters: {w: 8}\ninput: [3, 8, 8]\nlayers: [{conv: w, kernel: 1}]\nvariants: {mini: {w: 4}}\n"
    repository.commit(w=text)
    repository.git("branch", "--force", "main", "topic")
    run("check", "--update-lock", "w.yaml", cwd=repository.path)
    repository.commit(w=text.replace("w: 8}", "w: required}"))
    for option, has in (
        ("--base=main", "since one of them is required: "),
        ("--locked", "is in dsconv-cost.lock, and"),
    ):
        result = check(repository, "w.yaml", option)
        assert result.code == 2
        assert "w.yaml" in result.err
        assert "no network of its defaults" in result.err
        assert has in result.err
        assert check(repository, "w.yaml", option, "--allow-gone", "w.yaml").code == 0
    # With a value for it, there is such a network.
    assert check(repository, "w.yaml", "--base=main", "--set", "w=8").code == 0


def test_what_a_pattern_of_the_budget_file_meant_is_gone(repository: Repository) -> None:
    (repository.path / "models").mkdir()
    for name in ("a", "b"):
        (repository.path / "models" / f"{name}.yaml").write_text(f"# {name}\n{NET}", encoding="utf-8")
    budget = repository.path / "dsconv-cost.yaml"
    budget.write_text("budget: [{architecture: 'models/*.yaml', metric: params, max: 10K}]\n", encoding="utf-8")
    repository.commit()
    repository.git("branch", "--force", "main", "topic")
    # It is no longer what the pattern means, by its ending: the check for the limits alone does not see it.
    repository.git("mv", "models/b.yaml", "models/b.yml")
    repository.commit()
    assert check(repository).code == 0
    result = check(repository, "--base", "main")
    assert result.code == 2
    assert re.search(r"^error: models/b\.yaml is gone: \w+ \(main\) has it; if that is intended, ", result.err, re.M)
    budget.write_text(
        budget.read_text(encoding="utf-8") + "allow_gone: [./models/b.yaml, models/c.yaml]\n", encoding="utf-8"
    )
    assert check(repository, "--base", "main").code == 0


@pytest.mark.parametrize("kind", ["a link", "a repository"])
def test_a_folder_replaced_by_another_is_not_compared_with_itself(kind: str, repository: Repository) -> None:
    """Both would find the new network in the other folder, or in the history of another repository."""
    models, other = repository.path / "models", repository.path / "other"
    for folder, text in ((models, NET), (other, WIDER)):
        folder.mkdir()
        (folder / "net.yaml").write_text(text, encoding="utf-8")
    repository.commit()
    repository.git("branch", "--force", "main", "topic")
    for path in models.iterdir():
        path.unlink()
    models.rmdir()
    if kind == "a link":
        models.symlink_to("other", target_is_directory=True)
        message = "models/net.yaml is reached through the link models"
    else:
        Repository(models).commit(net=WIDER)
        Repository(models, existing=True).git("branch", "topic")
        message = "models/net.yaml is in a repository of its own, models: run this there"
    repository.commit()
    for arguments in (["models"], ["models/net.yaml"]):
        result = check(repository, *arguments, "--base", "main")
        assert result.code == 2
        assert message in result.err


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
    assert "0 of 8 limits exceeded, 5 not comparable" in result.out
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
