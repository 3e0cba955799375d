"""Hooks for pre-commit and the job for GitLab: valid, and run by what runs them."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import junitparser
import pytest
import yaml

from tests.repository import IDENTITY, Repository, clean_environment, copy_project

pytestmark = pytest.mark.installed

ROOT = Path(__file__).parents[2]
PROGRAMS = Path(sys.executable).parent

NET = """\
name: Camera
input: [3, 32, 32]
layers:
  - {conv: 8, kernel: 3, stride: 2}
  - {dsconv: 16}
budget: {macs: 110K}
"""
# 16 * 16 * (27 * 8 + 9 * 8 + 8 * 16) = 106,496; with 24 channels 16 * 16 * (216 + 72 + 192) = 122,880
WIDE = NET.replace("dsconv: 16", "dsconv: 24")
BUDGET = "budget:\n  - {architecture: models/net.yaml, metric: params, max: 500}\n"


def block(name: str) -> str:
    """Return the one block of docs/ci.md with a name."""
    text = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    (found,) = re.findall(rf"^```yaml {re.escape(name)}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return str(found)


def environment(home: Path, **more: str) -> dict[str, str]:
    """Return an environment with a home of its own, without the one that the tests run in."""
    home.mkdir(exist_ok=True)
    return {**clean_environment(), **IDENTITY, "HOME": str(home), "PRE_COMMIT_HOME": str(home / "cache"), **more}


def execute(*command: str, cwd: Path, env: dict[str, str]) -> tuple[int, str]:
    done = subprocess.run(
        command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300,
        check=False,
    )  # fmt: skip
    return done.returncode, done.stdout.decode("utf-8")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A clone of the repository with the hooks, as it is here and now."""
    made = Repository(tmp_path_factory.mktemp("source") / "upstream")
    copy_project(made.path, ".pre-commit-hooks.yaml")
    made.commit("all of it")
    return made.clone(made.path.parent / "clone")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "work")
    (made.path / "models").mkdir()
    made.commit("a network", **{"models/net": NET, "dsconv-cost": BUDGET, "unrelated": "- no: network\n"})
    return made


# -- pre-commit -------------------------------------------------------------------------------------


def test_the_hooks_are_valid() -> None:
    for program, *arguments in (
        ["pre-commit", "validate-manifest", ".pre-commit-hooks.yaml"],
        ["pre-commit", "validate-config", ".pre-commit-config.yaml"],
        [
            "zizmor",
            "--offline",
            "--strict-collection",
            "--persona=auditor",
            "--no-progress",
            "--collect=pre-commit",
            ".pre-commit-hooks.yaml",
        ],
    ):
        done = subprocess.run(
            [PROGRAMS / program, *arguments],
            cwd=ROOT,
            capture_output=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_both_hooks_as_pre_commit_tries_them(source: Repository, repository: Repository, tmp_path: Path) -> None:
    env = environment(tmp_path / "home")
    command = (str(PROGRAMS / "pre-commit"), "try-repo", str(source.path), "--all-files", "--verbose", "--color=never")
    code, said = execute(*command, cwd=repository.path, env=env)
    assert code == 0, said
    assert re.search(r"^dsconv-cost check\.+Passed$", said, re.MULTILINE), said
    assert re.search(r"^dsconv-cost lock\.+Passed$", said, re.MULTILINE), said  # it was not under version control
    assert "0 of 2 limits exceeded" in said
    assert (repository.path / "dsconv-cost.lock").exists()
    repository.commit("wider, and the lock as it was", **{"models/net": WIDE})
    code, said = execute(*command, cwd=repository.path, env=env)
    assert code == 1, said
    assert re.search(r"^dsconv-cost check\.+Failed$", said, re.MULTILINE), said
    assert "- exit code: 1" in said
    assert "2 of 2 limits exceeded" in said
    assert re.search(r"^dsconv-cost lock\.+Failed$", said, re.MULTILINE), said
    assert "- files were modified by this hook" in said


def test_the_configuration_in_the_documents(source: Repository, repository: Repository, tmp_path: Path) -> None:
    env = environment(tmp_path / "home")
    text = block(".pre-commit-config.yaml").replace("https://HOST/OWNER/dsconv-cost", str(source.path))
    (repository.path / ".pre-commit-config.yaml").write_text(
        text.replace("COMMIT", source.git("rev-parse", "HEAD")), encoding="utf-8"
    )
    program = str(PROGRAMS / "pre-commit")
    repository.commit("hooks")
    assert execute(program, "install", cwd=repository.path, env=env)[0] == 0
    (repository.path / "models" / "net.yaml").write_text(NET.replace("dsconv: 16", "dsconv: 15"), encoding="utf-8")
    code, said = execute("git", "commit", "--all", "--message=smaller", cwd=repository.path, env=env)
    assert code == 0, said
    (repository.path / "models" / "net.yaml").write_text(WIDE, encoding="utf-8")
    code, said = execute("git", "commit", "--all", "--message=wider", cwd=repository.path, env=env)
    assert code == 1, said
    assert "2 of 3 limits exceeded" in said
    assert repository.git("log", "-1", "--format=%s") == "smaller"
    repository.git("checkout", "--quiet", "HEAD", "--", "models")
    repository.git("rm", "--quiet", "models/net.yaml")
    code, said = execute("git", "commit", "--message=gone", cwd=repository.path, env=env)
    assert code == 1, said
    assert "- exit code: 2" in said  # the budget file names it


# -- GitLab -----------------------------------------------------------------------------------------


def test_the_gitlab_job_fits_its_schema(tmp_path: Path) -> None:
    path = tmp_path / ".gitlab-ci.yml"
    path.write_text(block(".gitlab-ci.yml"), encoding="utf-8")
    done = subprocess.run(
        [PROGRAMS / "check-jsonschema", "--builtin-schema=vendor.gitlab-ci", "--data-transform=gitlab-ci", path],
        capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_gitlab_job_as_a_runner_runs_it(repository: Repository, tmp_path: Path) -> None:
    job: dict[str, Any] = yaml.safe_load(block(".gitlab-ci.yml"))["cost"]
    base = repository.git("rev-parse", "HEAD")
    repository.commit("wider", **{"models/net": WIDE})
    clone = repository.clone(tmp_path / "build")
    # The image has a python of its own.
    execute(sys.executable, "-m", "venv", str(tmp_path / "image"), cwd=tmp_path, env=environment(tmp_path / "home"))
    variables = {name: str(value) for name, value in job["variables"].items()}
    # An index may have a package of this name that is not this one: the address is asked for.
    assert variables["DSCONV_COST"] == "git+https://HOST/OWNER/dsconv-cost@COMMIT"
    # A project's variables win over those of the file.
    variables |= {"CI": "true", "CI_MERGE_REQUEST_DIFF_BASE_SHA": base, "DSCONV_COST": str(ROOT)}
    env = environment(
        tmp_path / "home", PATH=f"{tmp_path / 'image' / 'bin'}{os.pathsep}{os.environ['PATH']}", **variables
    )
    script = "\n".join(job["script"])
    code, said = execute("bash", "-e", "-o", "pipefail", "-c", script, cwd=clone.path, env=env)
    assert code == 1, said
    assert "4 of 7 limits exceeded" in said
    report = job["artifacts"]["reports"]["junit"]
    assert job["artifacts"]["when"] == "always"
    suites = junitparser.JUnitXml.fromfile(str(clone.path / report))
    assert (suites.tests, suites.failures, suites.errors) == (7, 4, 0)
    clone.git("reset", "--hard", "--quiet", base)
    code, said = execute("bash", "-e", "-o", "pipefail", "-c", script, cwd=clone.path, env=env)
    assert code == 0, said
