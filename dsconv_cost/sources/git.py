"""Files as they were at an earlier commit.

git runs with lists of arguments, without a shell, and with commands that run nothing a repository's configuration names: no
hooks, filters, aliases, pagers or monitors, and no fetching of what is missing.
"""

import os
import re
from typing import NamedTuple

from dsconv_cost.errors import UsageError
from dsconv_cost.text import inert, near, shown

SECONDS = 30
"""How long one call of git may take."""
ALIKE = 80
"""How many percent of a file are kept when it is renamed: two networks of one family are often half alike."""
SHORT = 10
"""How many digits of a commit are shown."""

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_OPTIONS = (
    "--no-pager", "--no-replace-objects", "--no-optional-locks", "--literal-pathspecs",
    "-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}", "-c", "safe.bareRepository=explicit",
)  # fmt: skip
_ENVIRONMENT = {
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "",  # what keeps a git older than GIT_NO_LAZY_FETCH from fetching
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "LC_ALL": "C",
}
# A hook has them of the repository that it runs for; relative, they would mean another in the file's folder.
_UNSET = ("GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_NAMESPACE")


class _Answer(NamedTuple):
    code: int
    out: bytes
    last_line: str
    """The last line git wrote to stderr, made harmless."""
    distrust: str
    """The command that git wants before it reads a repository of another user; empty where it trusts it."""


class Git:
    """Runs git. After a call that took too long, all others fail at once: what hangs, hangs for every file."""

    def __init__(self) -> None:
        self._hung = ""

    def __call__(self, folder: str, *arguments: str, stdin: bytes = b"") -> _Answer:
        """Run git in a folder. Raises UsageError where it cannot be run or takes too long."""
        if self._hung:
            raise UsageError(self._hung)
        try:
            return _run(folder, *arguments, stdin=stdin)
        except TimeoutError as error:
            self._hung = str(error)
            raise UsageError(self._hung) from None


def _run(folder: str, *arguments: str, stdin: bytes) -> _Answer:
    """Run git. Raises TimeoutError with the message when it takes too long, and UsageError where it cannot be run."""
    import shutil
    import subprocess

    program = shutil.which("git")
    if program is None or not os.path.isabs(program):
        raise UsageError("git is not installed, or not in PATH: comparing with an earlier commit needs it")
    environment = {name: value for name, value in os.environ.items() if name not in _UNSET} | _ENVIRONMENT
    try:
        done = subprocess.run(
            [program, *_OPTIONS, *arguments], cwd=folder, env=environment, input=stdin, capture_output=True,
            timeout=SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise TimeoutError(f"git {arguments[0]} took longer than {SECONDS} s in {inert(folder)}") from None
    except OSError as error:
        raise UsageError(f"git cannot be run in {inert(folder)}: {error.strerror}") from None
    lines = [line.strip() for line in done.stderr.decode("utf-8", "replace").strip().split("\n")]
    distrust = inert(lines[-1]) if lines[-1].startswith("git config --global --add safe.directory ") else ""
    return _Answer(done.returncode, done.stdout, shown(lines[-1], 200), distrust)


def is_commit(ref: str) -> bool:
    """Return whether a reference is the full name of a commit."""
    return _COMMIT.fullmatch(ref) is not None


def resolve(git: Git, ref: str, folder: str = ".") -> str:
    """Return the commit that a reference means in the repository of a folder. Raises UsageError where there is none."""
    if not ref or "\0" in ref:
        hint = "" if ref else ": the text is empty, perhaps from a variable that is not set"
        raise UsageError(f"'{inert(ref)}' names no commit{hint}")
    _inside(git, folder)
    answer = git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    commit = answer.out.decode("ascii", "replace").strip()
    if answer.code or not _COMMIT.fullmatch(commit):
        hint = (
            _shallow_hint(git, folder)
            or _near_ref(git, ref, folder)
            or ": expected a branch, a tag or a commit, e.g. origin/main"
        )
        raise UsageError(f"no commit '{shown(ref)}' in the git repository of {_where(folder)}{hint}")
    return commit


def merge_base(git: Git, ref: str, folder: str = ".") -> str:
    """Return the commit where HEAD and `ref` part, in the repository of a folder.

    Raises UsageError when git or the repository is missing, or there is no such reference or commit.
    """
    commit = resolve(git, ref, folder)
    head = resolve(git, "HEAD", folder)
    answer = git(folder, "merge-base", head, commit)
    common = answer.out.decode("ascii", "replace").strip()
    if answer.code or not _COMMIT.fullmatch(common):
        detail = f" ({answer.last_line})" if answer.last_line else ""
        raise UsageError(f"HEAD and '{shown(ref)}' have no commit in common{detail}{_shallow_hint(git, folder)}")
    return common


def renames(git: Git, folder: str, commit: str) -> dict[str, str]:
    """Return the files that were renamed from a commit to HEAD: new path -> old path, from the top of the repository."""
    answer = git(
        folder, "diff-tree", "-r", f"-M{ALIKE}%", "-l1000", "--no-ext-diff", "--no-textconv", "--ignore-submodules=all", "--name-status",
        "-z", commit, "HEAD",
    )  # fmt: skip
    if answer.code:
        raise UsageError(
            f"git cannot tell what was renamed since {commit[:SHORT]}: {answer.last_line}{history_hint(git, folder)}"
        )
    words = iter(os.fsdecode(answer.out).split("\0"))
    old_paths: dict[str, str] = {}
    for status in words:
        old = next(words, "")
        if status.startswith("R"):
            old_paths[next(words, "")] = old
    return old_paths


def line_of(git: Git, folder: str, option: str) -> str:
    """Return what `rev-parse` says of a folder's repository."""
    answer = git(folder, "rev-parse", option)
    if answer.code:
        raise UsageError(f"git cannot tell where {_where(folder)} is in its repository: {answer.last_line}")
    return os.fsdecode(answer.out).removesuffix("\n")


def _near_ref(git: Git, ref: str, folder: str) -> str:
    """Return a hint at the branch or tag that a mistyped one was likely meant to be."""
    kinds = ("refs/heads", "refs/remotes", "refs/tags")
    answer = git(folder, "for-each-ref", "--count=500", "--format=%(refname:lstrip=2)", *kinds)
    names = [] if answer.code else answer.out.decode("utf-8", "replace").split()
    # A branch of the remote that was fetched and not checked out, as CI has it, or the other way round.
    elsewhere = [n for n in names if n.endswith(f"/{ref}") or ref.endswith(f"/{n}")]
    return f": did you mean '{shown(elsewhere[0])}'?" if elsewhere else near(ref, names)


def _inside(git: Git, folder: str) -> None:
    answer = git(folder, "rev-parse", "--is-inside-work-tree")
    if answer.distrust:
        raise UsageError(
            f"git does not trust the repository of {_where(folder)}, because another user owns it: where you do, "
            f"run {answer.distrust}"
        )
    if answer.code or answer.out.strip() != b"true":
        detail = "" if "not a git repository" in answer.last_line or not answer.last_line else f": {answer.last_line}"
        raise UsageError(f"{_where(folder)} is not in a git repository{detail}")


def _shallow_hint(git: Git, folder: str) -> str:
    answer = git(folder, "rev-parse", "--is-shallow-repository")
    if answer.out.strip() != b"true":
        return ""
    return ": the clone is shallow, so fetch its history (git fetch --unshallow; in GitHub Actions fetch-depth: 0)"


def history_hint(git: Git, folder: str) -> str:
    """Return how to get what a clone lacks of a commit."""
    # A clone that is both shallow and partial has the commit, when files are asked for, and not what they held.
    answer = git(folder, "config", "--get-regexp", r"^remote\..*\.promisor$")
    if b"true" not in answer.out:
        return _shallow_hint(git, folder)
    return (
        ": the clone is partial (--filter) and lacks what files held, so fetch the whole history "
        "(git fetch --refetch --no-filter; in GitHub Actions fetch-depth: 0 without filter)"
    )


def _where(folder: str) -> str:
    return "the working directory" if folder == "." else inert(folder)
