"""A git repository made by a test: no configuration but its own, and commits at fixed times."""

import os
import shutil
import subprocess
from pathlib import Path

IDENTITY = {
    "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.com", "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.com", "GIT_AUTHOR_DATE": "2024-01-01T00:00:00Z",
    "GIT_COMMITTER_DATE": "2024-01-01T00:00:00Z", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull,
}  # fmt: skip


class Repository:
    """A repository in a folder, with its branch called main."""

    def __init__(self, path: Path, *, existing: bool = False) -> None:
        self.path = path
        if not existing:
            path.mkdir(parents=True, exist_ok=True)
            self.git("init", "--quiet", "--initial-branch=main", ".")

    def git(self, *arguments: str, check: bool = True) -> str:
        """Run git in it and return what it printed."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | IDENTITY
        done = subprocess.run(
            ["git", *arguments], cwd=self.path, env=environment, capture_output=True, check=False, timeout=60
        )
        assert done.returncode == 0 or not check, done.stderr.decode("utf-8", "replace")
        return done.stdout.decode("utf-8", "replace").strip()

    def commit(self, message: str = "a commit", **files: str) -> str:
        """Write files (`net` is net.yaml), commit everything and return the commit."""
        for name, text in files.items():
            (self.path / f"{name}.yaml").write_text(text, encoding="utf-8")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")

    def clone(self, path: Path, *options: str) -> "Repository":
        """Return a clone of it in another folder."""
        self.git("clone", "--quiet", *options, self.path.as_uri(), str(path))
        return Repository(path, existing=True)


ROOT = Path(__file__).parents[1]


def copy_project(to: Path, *names: str) -> None:
    """Copy what installing this project needs, and the files named, into a folder, as another repository has them."""
    for name in ("pyproject.toml", "README.md", "LICENSE", "dsconv_cost", "architectures", *names):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, to / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, to / name)


def clean_environment() -> dict[str, str]:
    """Return the environment without what belongs to the run of the tests: its Python, repository and CI."""
    mine = ("GIT_", "GITHUB_", "PYTHON", "VIRTUAL_ENV", "RUNNER_", "PRE_COMMIT", "CI", "XDG_")
    return {name: value for name, value in os.environ.items() if not name.startswith(mine)}
