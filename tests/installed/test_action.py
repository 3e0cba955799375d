"""action.yml, and the workflows that the documents show: valid, and run on a repository with a history."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import junitparser
import pytest
import yaml

from tests.actions import Ran, filled_in, run_action
from tests.repository import Repository, clean_environment, copy_project

pytestmark = pytest.mark.installed

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "docs" / "ci.md"]
SELF = "OWNER/dsconv-cost@COMMIT"

NET = """\
name: Camera
input: [3, 32, 32]
layers:
  - {conv: 8, kernel: 3, stride: 2}
  - {dsconv: 16}
budget: {macs: 110K}
"""
WIDE = NET.replace("dsconv: 16", "dsconv: 24")
# dsconv: 16 * 16 * (3 * 3 * 8 + 8 * 16) = 51,200; with 24 channels 16 * 16 * (72 + 192) = 67,584; conv: 55,296
GROWN = "::error file=models/net.yaml,line=5,col=5,title=MACs grew::"
OVER = "::error file=models/net.yaml,line=4,col=5,title=MACs over the limit::"


def workflows() -> list[Any]:
    """Return the workflows of the documents: yaml blocks with jobs and a trigger."""
    found: list[Any] = []
    for path in DOCUMENTS:
        for text in re.findall(r"^```yaml\n(.*?)^```$", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
            if text.startswith("name: ") and "\njobs:\n" in text:
                found.append(pytest.param(text, id=f"{path.name}-{len(found)}"))
    return found


@pytest.fixture(scope="module")
def action(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The action as the runner has it: a copy of its repository, outside the checkout."""
    root = tmp_path_factory.mktemp("actions") / "dsconv-cost"
    root.mkdir()
    copy_project(root, "action.yml")
    return root


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment with a python3, and nothing of the one that the tests run in."""
    programs = tmp_path_factory.mktemp("bin")
    (programs / "python3").symlink_to(Path(sys.executable).resolve())
    return clean_environment() | {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "GIT_CONFIG_GLOBAL": os.devnull,
    }


def made(folder: Path) -> Repository:
    """A topic branch on a main that has moved on."""
    repository = Repository(folder)
    (folder / "models").mkdir()
    (folder / "extra").mkdir()
    repository.commit("two networks", **{"models/net": NET, "extra/net": NET.replace("Camera", "Extra")})
    repository.git("branch", "topic")
    repository.commit("main moves on", **{"models/other": NET.replace("Camera", "Other")})
    repository.git("checkout", "--quiet", "topic")
    return repository


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return made(tmp_path / "work")


class Whole(NamedTuple):
    """A run of the whole action, installation included, on a repository with hostile modules and a layer made wider."""

    ran: Ran
    repository: Repository
    programs: Path


@pytest.fixture(scope="module")
def whole(action: Path, environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Whole:
    work = tmp_path_factory.mktemp("whole")
    repository = made(work / "work")
    # A module in the working directory would be found before Python's own.
    for name in ("venv", "pip", "json", "click", "yaml", "ensurepip", "sitecustomize"):
        (repository.path / f"{name}.py").write_text("open('pwned', 'w')\n", encoding="utf-8")
    repository.commit("wider", **{"models/net": WIDE})
    ran = run_in(repository, action, environment, architectures="models\n", base="main")
    (venv,) = (work / "temporary").glob("dsconv-cost.*/venv")
    return Whole(ran, repository, venv / "bin")


@pytest.fixture
def quick(action: Path, whole: Whole, tmp_path: Path) -> Path:
    """The action with the installation that is there already: its second step as it is."""
    definition = yaml.safe_load((action / "action.yml").read_text(encoding="utf-8"))
    folder = tmp_path / "files"
    folder.mkdir()
    install = definition["runs"]["steps"][0]
    install["run"] = f"printf 'folder=%s\\nprograms=%s\\n' {folder} {whole.programs} >> \"$GITHUB_OUTPUT\""
    made = tmp_path / "action"
    made.mkdir()
    (made / "action.yml").write_text(yaml.safe_dump(definition), encoding="utf-8")
    return made


def run_in(repository: Repository, action: Path, environment: dict[str, str], **inputs: str) -> Ran:
    temporary = repository.path.parent / "temporary"
    temporary.mkdir(exist_ok=True)
    return run_action(
        action, {name.replace("_", "-"): value for name, value in inputs.items()}, repository.path, temporary, environment
    )  # fmt: skip


# -- valid ------------------------------------------------------------------------------------------


def _valid(*arguments: str) -> None:
    program, *rest = arguments
    done = subprocess.run(
        [Path(sys.executable).with_name(program), *rest], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_action_fits_its_schema() -> None:
    _valid("check-jsonschema", "--builtin-schema", "vendor.github-actions", str(ROOT / "action.yml"))


def test_zizmor_finds_nothing_in_the_action() -> None:
    _valid("zizmor", "--offline", "--strict-collection", "--persona=auditor", "--no-progress", str(ROOT / "action.yml"))


def test_there_are_workflows() -> None:
    assert workflows()


@pytest.mark.parametrize("text", workflows())
def test_workflows_of_the_documents_are_valid(text: str, tmp_path: Path) -> None:
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    path = folder / "cost.yml"
    path.write_text(text.replace(SELF, f"OWNER/dsconv-cost@{'1' * 40}"), encoding="utf-8")
    _valid("check-jsonschema", "--builtin-schema", "vendor.github-workflows", str(path))
    _valid("zizmor", "--offline", "--strict-collection", "--persona=pedantic", "--no-progress", str(path))


def test_every_input_has_a_default_and_a_description_and_is_used() -> None:
    definition = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    used = set(re.findall(r"\$\{\{ inputs\.([\w-]+) \}\}", (ROOT / "action.yml").read_text(encoding="utf-8")))
    assert used == set(definition["inputs"])
    for given in definition["inputs"].values():
        assert isinstance(given["default"], str)
        assert given["description"]
    assert not any("uses" in step for step in definition["runs"]["steps"])


# -- run --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", workflows())
def test_workflows_of_the_documents_do_what_they_say(
    text: str, repository: Repository, quick: Path, environment: dict[str, str]
) -> None:
    (job,) = yaml.safe_load(text)["jobs"].values()
    (step,) = (step for step in job["steps"] if step.get("uses") == SELF)
    inputs = {name: filled_in(str(value), {"github.base_ref": "main"}) for name, value in step["with"].items()}
    repository.git("update-ref", "refs/remotes/origin/main", "main")
    kept = run_in(repository, quick, environment, **inputs)
    assert kept.code == 0, kept.log
    repository.commit("wider", **{"models/net": WIDE})
    grown = run_in(repository, quick, environment, **inputs)
    assert (grown.code, grown.outputs["exit-code"]) == (1, "1")
    assert GROWN in grown.log
    for step in job["steps"]:
        if "run" in step:
            _comments(step, grown, repository.path.parent, environment)


def _comments(step: dict[str, Any], ran: Ran, folder: Path, environment: dict[str, str]) -> None:
    """Run a step that comments, with a `gh` that writes down what it is asked for and knows one comment or none."""
    (folder / "gh").write_text(
        '#!/bin/bash\nprintf "%s\\n" "$*" >> "$ASKED"\n[[ $* != *--jq* ]] || printf "$KNOWN"\n', encoding="utf-8"
    )
    (folder / "gh").chmod(0o755)
    values = {f"steps.cost.outputs.{name}": value for name, value in ran.outputs.items()}
    values |= {"github.token": "t", "github.event.pull_request.number": "7"}
    given = {name: filled_in(value, values) for name, value in step["env"].items()}
    body = f"--field body=@{ran.outputs['comment']} --silent"
    assert Path(ran.outputs["comment"]).read_text(encoding="utf-8").startswith("### dsconv-cost")  # what it is known by
    for known, asked in (
        ("41\\n", f"PATCH repos/o/r/issues/comments/41 {body}"),
        ("", f"POST repos/o/r/issues/7/comments {body}"),
    ):
        given |= {"PATH": f"{folder}{os.pathsep}{environment['PATH']}", "ASKED": str(folder / f"asked{known[:2]}")}
        given |= {"KNOWN": known, "GITHUB_REPOSITORY": "o/r"}
        command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]]
        subprocess.run(command, env={**environment, **given}, check=True, timeout=60)
        first, second = Path(given["ASKED"]).read_text(encoding="utf-8").splitlines()
        assert first == f"api --paginate repos/o/r/issues/7/comments --jq {step['env']['OURS']}"
        assert second == f"api --method {asked}"


def test_the_whole_action(whole: Whole) -> None:
    ran = whole.ran
    assert (ran.code, ran.outputs["exit-code"]) == (1, "1"), ran.log
    assert ran.outputs["summary"] == "5 of 6 limits exceeded"
    lines = ran.log.splitlines()
    assert [line for line in lines if line.startswith(OVER)]
    assert [line for line in lines if line.startswith(GROWN)]
    comment = Path(ran.outputs["comment"]).read_text(encoding="utf-8")
    assert comment == ran.summary
    assert comment.startswith("### dsconv-cost: 5 of 6 limits exceeded\n")
    assert "`dsconv1/pw`, line 5: 32.8K to 49.2K (+16.4K)" in comment  # 16 * 16 * 8 * (16, 24)
    report = json.loads(Path(ran.outputs["report"]).read_text(encoding="utf-8"))
    assert [(v["metric"], v["status"], v["actual"]) for v in report["verdicts"] if v["bound"] == "base"] == [
        # 8 * 3 * 9 + 8 weights and biases; 8 * 9 + 8; 8 * 24 + 24
        ("params", "fail", 224 + 80 + 216), ("macs", "fail", 55_296 + 67_584),
        # 16 * 16 elements of 8 and of 24 channels, which the arena took before, gaps included; weights, and 4 bytes a bias
        ("peak", "fail", 256 * 32), ("arena", "pass", 256 * 32), ("flash", "fail", 216 + 72 + 192 + 4 * 40),
    ]  # fmt: skip
    suites = junitparser.JUnitXml.fromfile(ran.outputs["junit"])
    assert (suites.tests, suites.failures, suites.errors) == (6, 5, 0)
    assert whole.repository.git("status", "--porcelain", "--ignored") == ""  # no module of the repository was run


def test_an_innocent_branch_passes(quick: Path, repository: Repository, environment: dict[str, str]) -> None:
    repository.commit("smaller", **{"models/net": NET.replace("dsconv: 16", "dsconv: 8").replace("110K", "106K")})
    ran = run_in(repository, quick, environment, architectures="models/net.yaml", base="main")
    assert (ran.code, ran.outputs["exit-code"], ran.outputs["summary"]) == (0, "0", "0 of 6 limits exceeded"), ran.log
    assert "::error" not in ran.log
    assert ran.summary.startswith("### dsconv-cost: 0 of 6 limits exceeded")


def test_a_budget_file_options_and_a_working_directory(
    quick: Path, repository: Repository, environment: dict[str, str]
) -> None:
    budget = "budget:\n  - {architecture: net.yaml, metric: params, max: 400, level: warn}\n"
    (repository.path / "models" / "mine.yml").write_text(budget, encoding="utf-8")
    repository.commit("a budget", **{"models/net": WIDE.replace("110K", "200K")})
    inputs = {
        "working_directory": "models",
        "budget": "mine.yml",
        "options": "--max-layers=3\n\n  --max-size=10 KiB  \n",
    }
    ran = run_in(repository, quick, environment, **inputs)
    assert (ran.code, ran.outputs["summary"]) == (0, "0 of 4 limits exceeded, 1 warning"), ran.log
    assert "::warning file=models/net.yaml," in ran.log
    strict = run_in(repository, quick, environment, **{**inputs, "options": "--strict"})
    assert (strict.code, strict.outputs["summary"]) == (1, "1 of 2 limits exceeded")


def test_wrong_input_has_outputs_too(quick: Path, repository: Repository, environment: dict[str, str]) -> None:
    repository.commit("wrong", **{"models/net": NET.replace("dsconv: 16", "dsconv: 16.5")})
    ran = run_in(repository, quick, environment, architectures="models", options="--max-macs=1M")
    assert (ran.code, ran.outputs["exit-code"]) == (2, "2")
    assert ran.outputs["summary"] == "nothing checked, 1 input invalid"
    assert "::error file=models/net.yaml,line=5,col=14," in ran.log
    assert "models/net.yaml" in Path(ran.outputs["comment"]).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({}, "nothing to check"),
        ({"architectures": "models", "options": "--max-macs=600MB"}, "macs is a count"),
        ({"architectures": "models", "options": "--bogus"}, "No such option"),
        ({"architectures": "models", "options": "--update-lock"}, "--update-lock writes the lock"),
        ({"architectures": "models", "tolerance": "1%"}, "--tolerance needs --base"),
        ({"architectures": "models", "base": "main", "options": "--base=topic"}, "--base is given twice"),
    ],
    ids=["nothing", "limit", "option", "lock", "tolerance", "twice"],
)
def test_wrong_usage_fails_with_a_comment(
    inputs: dict[str, str], said: str, quick: Path, repository: Repository, environment: dict[str, str]
) -> None:
    ran = run_in(repository, quick, environment, **inputs)
    assert (ran.code, ran.outputs["exit-code"], ran.outputs["summary"]) == (2, "2", "nothing was checked")
    assert said in ran.log
    assert "::error title=dsconv-cost::" in ran.log
    assert (ran.outputs["report"], ran.outputs["junit"]) == ("", "")
    text = Path(ran.outputs["comment"]).read_text(encoding="utf-8")
    assert text == ran.summary
    head, *said_there = text.splitlines()
    assert head == "### dsconv-cost: nothing was checked"
    assert said in text
    assert all(line.startswith("    ") for line in said_there if line)


def test_a_step_that_checks_nothing_fails(quick: Path, repository: Repository, environment: dict[str, str]) -> None:
    ran = run_in(repository, quick, environment, architectures="models", options="--help")
    assert (ran.code, ran.outputs["exit-code"], ran.outputs["summary"]) == (2, "2", "nothing was checked")


def test_more_than_ten_annotations_are_in_the_summary_once(
    quick: Path, repository: Repository, environment: dict[str, str]
) -> None:
    entries = "".join(f"  - {{metric: macs, max: {n}}}\n" for n in range(1, 15))
    repository.commit("many", **{"models/net": NET.replace("budget: {macs: 110K}\n", f"budget:\n{entries}")})
    ran = run_in(repository, quick, environment, architectures="models/net.yaml")
    assert ran.code == 1
    assert ran.log.count("::error ") == 10
    assert ran.summary.count("**fail**") == 14
    assert ran.summary.count("### dsconv-cost") == 1


HOSTILE = {
    "substitution": "$(touch pwned)",
    "backticks": "`touch pwned`",
    "command": "; touch pwned",
    "quote": "'; touch pwned; '",
    "double quote": '"; touch pwned; "',
    "option": "--output=json=pwned",
    "help": "--help",
    "glob": "*",
    "line": "a\ntouch pwned",
    "escape": "\x1b]0;pwned\x07",
    "command of the runner": "::set-env name=A::pwned",
}


@pytest.mark.parametrize("where", ["architectures", "base", "tolerance", "budget"])
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_inputs_run_nothing(
    where: str, text: str, quick: Path, repository: Repository, environment: dict[str, str]
) -> None:
    ran = run_in(repository, quick, environment, **{"architectures": "models", "base": "main", where: text})
    assert (ran.code, ran.outputs["exit-code"]) == (2, "2"), ran.log
    assert repository.git("status", "--porcelain", "--ignored") == ""
    assert not any(line.lstrip().startswith("::set-env") for line in ran.log.splitlines())
    assert "\x1b" not in ran.log


def test_an_old_python_is_told(
    action: Path, repository: Repository, environment: dict[str, str], tmp_path: Path
) -> None:
    old = tmp_path / "old-python"
    old.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    old.chmod(0o755)
    for python in (str(old), "no-such-python"):
        ran = run_in(repository, action, environment, architectures="models", python=python)
        assert ran.code == 2
        assert "::error title=dsconv-cost::Python 3.11 or later is needed" in ran.log
        assert ran.outputs["exit-code"] == ""
