"""Files as they were at an earlier commit.

git runs with lists of arguments, without a shell, and with commands that run nothing a repository's configuration names: no
hooks, filters, aliases, pagers or monitors, and no fetching of what is missing. The repository is the one that holds the file.
"""

import os
import re
from typing import NamedTuple

from dsconv_cost.errors import UsageError
from dsconv_cost.sources.load import Source
from dsconv_cost.sources.read import LARGEST_FILE, decode
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
    said: str
    """The last line git wrote to stderr, made harmless."""
    distrust: str
    """The command that git wants before it reads a repository of another user; empty where it trusts it."""


class Git:
    """Runs git. After a call that took too long, all others fail at once: what hangs, hangs for every file."""

    def __init__(self) -> None:
        self._hung = ""

    def __call__(self, folder: str, *arguments: str) -> _Answer:
        """Run git in a folder. Raises UsageError where it cannot be run or takes too long."""
        if self._hung:
            raise UsageError(self._hung)
        try:
            return _run(folder, *arguments)
        except TimeoutError as error:
            self._hung = str(error)
            raise UsageError(self._hung) from None


def _run(folder: str, *arguments: str) -> _Answer:
    """Run git. Raises TimeoutError with the message when it takes too long, and UsageError where it cannot be run."""
    import shutil
    import subprocess

    program = shutil.which("git")
    if program is None or not os.path.isabs(program):
        raise UsageError("git is not installed, or not in PATH: comparing with an earlier commit needs it")
    environment = {name: value for name, value in os.environ.items() if name not in _UNSET} | _ENVIRONMENT
    try:
        done = subprocess.run(
            [program, *_OPTIONS, *arguments], cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True,
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
    found = answer.out.decode("ascii", "replace").strip()
    if answer.code or not _COMMIT.fullmatch(found):
        said = f" ({answer.said})" if answer.said else ""
        raise UsageError(f"HEAD and '{shown(ref)}' have no commit in common{said}{_shallow_hint(git, folder)}")
    return found


def read_at(git: Git, commit: str, path: str) -> bytes | None:
    """Return what a file held at a commit, or None where it was not there."""
    folder, name = os.path.split(path)
    folder = folder or "."
    if not _COMMIT.fullmatch(commit):
        raise UsageError(f"'{shown(commit)}' is not a commit")
    if not name or "\0" in path:
        raise UsageError(f"'{inert(path)}' is not a file")
    # Not COMMIT:./path alone: it would follow no symbolic link, and does not tell a file that is missing from an error.
    return _blob(git, folder, commit, path, commit, "--", name)


def read_in(git: Git, commit: str, folder: str, name: str) -> bytes | None:
    """Return what a file held at a commit that `names_at` lists; its folder may not be there now."""
    return _blob(git, folder, commit, os.path.join(folder, name), commit, "--", name)


def _blob(git: Git, folder: str, commit: str, path: str, *listed: str) -> bytes | None:
    """Return what the only file held that `ls-tree` lists for these arguments; `path` is what it is called in messages."""
    answer = git(folder, "ls-tree", "-z", "-l", *listed)
    if answer.code:
        raise UsageError(
            f"git cannot read {inert(path)} at {commit[:SHORT]}: {answer.said}{_history_hint(git, folder)}"
        )
    entry = answer.out.partition(b"\t")[0].decode("ascii", "replace").split()
    if len(entry) != 4 or entry[1] != "blob":
        return None
    mode, _, blob, size = entry
    if mode == "120000":
        raise UsageError(f"{inert(path)} was a symbolic link at {commit[:SHORT]}: name the file that it leads to")
    if size.isdecimal() and int(size) > LARGEST_FILE:
        raise UsageError(
            f"{inert(path)} at {commit[:SHORT]} is larger than {LARGEST_FILE >> 20} MiB, the maximum for an architecture"
        )
    answer = git(folder, "cat-file", "blob", blob)
    if answer.code:
        raise UsageError(
            f"git cannot read {inert(path)} at {commit[:SHORT]}: {answer.said}{_history_hint(git, folder)}"
        )
    return answer.out


def source_at(git: Git, commit: str, path: str, variant: str | None = None) -> Source | None:
    """Return a file as it was at a commit, called `COMMIT:path`, or None where it was not there.

    Raises InputError where it was no text.
    """
    data = read_at(git, commit, path)
    if data is None:
        return None
    name = f"{commit[:SHORT]}:{path.removeprefix(os.path.join('.', ''))}"
    return Source(decode(data, name), name, False, variant)


class PastFile(NamedTuple):
    """A file as it was at a commit, where it may have had another name."""

    source: Source
    path: str
    """As it was, seen from the working directory."""


def names_at(git: Git, commit: str, folder: str) -> list[str]:
    """Return the files that a folder and those in it held at a commit, seen from the folder; no links."""
    answer = git(folder, "ls-tree", "-r", "-z", commit)
    if answer.code:
        raise UsageError(
            f"git cannot read {_where(folder)} at {commit[:SHORT]}: {answer.said}{_history_hint(git, folder)}"
        )
    found: list[str] = []
    for entry in answer.out.split(b"\0"):
        stamp, _, name = entry.partition(b"\t")
        if stamp.startswith(b"100"):
            found.append(os.fsdecode(name))
    return found


class Base:
    """The commits where HEAD and a reference part, one for each repository that files are in."""

    def __init__(self, ref: str) -> None:
        self.ref = ref
        self.git = Git()
        self._commits: dict[str, str | UsageError] = {}
        self._renames: dict[tuple[str, str], dict[str, str]] = {}

    def commit(self, path: str) -> str:
        """Return the commit for a file's repository. Raises UsageError as `merge_base` does."""
        folder = os.path.dirname(path) or "."
        if folder not in self._commits:
            try:
                self._commits[folder] = merge_base(self.git, self.ref, folder)
            except UsageError as error:
                self._commits[folder] = error
        found = self._commits[folder]
        if isinstance(found, UsageError):
            raise found
        return found

    def read(self, path: str) -> bytes | None:
        """Return what a file held there, or None where it was not there: it is new."""
        return read_at(self.git, self.commit(path), path)

    def renamed(self, path: str, variant: str | None = None) -> PastFile | None:
        """Return what a file was that had another name there and was renamed by HEAD; None where it was not."""
        folder, name = os.path.dirname(path) or ".", os.path.basename(path)
        commit = self.commit(path)
        top, prefix = (_line(self.git, folder, option) for option in ("--show-toplevel", "--show-prefix"))
        if (top, commit) not in self._renames:
            self._renames[top, commit] = _renames(self.git, folder, commit)
        old = self._renames[top, commit].get(prefix + name)
        if old is None:
            return None
        seen = os.path.relpath(os.path.join(top, old))
        data = _blob(self.git, folder, commit, seen, "--full-tree", commit, "--", old)
        called = f"{commit[:SHORT]}:{old}"
        return None if data is None else PastFile(Source(decode(data, called), called, False, variant), seen)


def _renames(git: Git, folder: str, commit: str) -> dict[str, str]:
    """Return the files that were renamed from a commit to HEAD: new path -> old path, from the top of the repository."""
    answer = git(
        folder, "diff-tree", "-r", f"-M{ALIKE}%", "-l1000", "--no-ext-diff", "--no-textconv", "--ignore-submodules=all", "--name-status",
        "-z", commit, "HEAD",
    )  # fmt: skip
    if answer.code:
        raise UsageError(
            f"git cannot tell what was renamed since {commit[:SHORT]}: {answer.said}{_history_hint(git, folder)}"
        )
    words = iter(os.fsdecode(answer.out).split("\0"))
    found: dict[str, str] = {}
    for status in words:
        old = next(words, "")
        if status.startswith("R"):
            found[next(words, "")] = old
    return found


def _line(git: Git, folder: str, option: str) -> str:
    """Return what `rev-parse` says of a folder's repository."""
    answer = git(folder, "rev-parse", option)
    if answer.code:
        raise UsageError(f"git cannot tell where {_where(folder)} is in its repository: {answer.said}")
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
        said = "" if "not a git repository" in answer.said or not answer.said else f": {answer.said}"
        raise UsageError(f"{_where(folder)} is not in a git repository{said}")


def _shallow_hint(git: Git, folder: str) -> str:
    answer = git(folder, "rev-parse", "--is-shallow-repository")
    if answer.out.strip() != b"true":
        return ""
    return ": the clone is shallow, so fetch its history (git fetch --unshallow; in GitHub Actions fetch-depth: 0)"


def _history_hint(git: Git, folder: str) -> str:
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
