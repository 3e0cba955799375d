"""Reading files at earlier commits: what is found, what is refused, and that nothing of the repository runs."""

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dsconv_cost.errors import UsageError
from dsconv_cost.sources import git
from dsconv_cost.sources.git import Git, merge_base, resolve
from dsconv_cost.sources.history import Base, CommitFiles, NotInRepository
from tests.repository import Repository


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """The branch main moved on after a branch, which is checked out, had left it."""
    made = Repository(tmp_path / "work")
    made.commit(net="first\n")
    made.git("checkout", "--quiet", "-b", "topic")
    made.commit(net="topic\n", new="new\n")
    made.git("checkout", "--quiet", "main")
    made.commit(net="main\n")
    made.git("checkout", "--quiet", "topic")
    monkeypatch.chdir(made.path)
    return made


def read_at(commit: str, path: str) -> bytes | None:
    return CommitFiles(Git(), commit).read(path)


def names_at(commit: str, folder: str) -> list[str]:
    return CommitFiles(Git(), commit).places(folder)


def text_of(base: Base, path: str) -> str | None:
    found = base.past(path)
    return None if found is None else found.source.text


def test_the_merge_base_is_where_the_branches_part(repository: Repository) -> None:
    first = repository.git("rev-parse", "main~1")
    assert merge_base(Git(), "main") == first
    assert read_at(first, "net.yaml") == b"first\n"
    assert read_at(resolve(Git(), "main"), "net.yaml") == b"main\n"
    assert read_at(resolve(Git(), "topic"), "net.yaml") == b"topic\n"


def test_a_file_that_was_not_there_is_none(repository: Repository) -> None:
    base = Base("main")
    assert text_of(base, "new.yaml") is None
    assert text_of(base, "net.yaml") == "first\n"
    assert read_at(merge_base(Git(), "topic"), "new.yaml") == b"new\n"


def test_a_folder_is_no_file(repository: Repository) -> None:
    (repository.path / "nets").mkdir()
    (repository.path / "nets" / "a.yaml").write_text("a\n", encoding="utf-8")
    commit = repository.commit()
    assert read_at(commit, "nets") is None
    assert read_at(commit, "nets/a.yaml") == b"a\n"


LONG = "".join(f"line {n}\n" for n in range(20))


@pytest.fixture
def renamed(repository: Repository) -> Repository:
    """Its branch `moved`, checked out, renamed what `main` has: one file as it was, one with a change."""
    (repository.path / "nets").mkdir()
    (repository.path / "nets" / "other.yaml").write_text("other\n" + LONG, encoding="utf-8")
    repository.commit(long=LONG)
    repository.git("checkout", "--quiet", "-B", "main")
    repository.git("checkout", "--quiet", "-b", "moved")
    repository.git("mv", "nets/other.yaml", "same.yaml")
    repository.git("mv", "long.yaml", "nets/tab\tline\n.yaml")
    (repository.path / "nets" / "tab\tline\n.yaml").write_text(LONG + "more\n", encoding="utf-8")
    repository.commit(unlike="nothing that was there\n")
    return repository


def test_a_renamed_file_is_found(renamed: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    base = Base("main")
    commit = resolve(Git(), "main")[:10]
    moved = base.renamed("nets/tab\tline\n.yaml")
    assert moved is not None
    assert (moved.path, moved.source.path, moved.source.text) == ("long.yaml", f"{commit}:long.yaml", LONG)
    assert base.renamed("unlike.yaml") is None
    assert base.renamed("net.yaml") is None
    monkeypatch.chdir(renamed.path / "nets")
    found = Base("main").renamed("../same.yaml")
    assert found is not None
    assert (found.path, found.source.text) == ("other.yaml", "other\n" + LONG)


@pytest.mark.parametrize(("kept", "found"), [(6, False), (7, False), (9, True)])
def test_a_file_that_is_half_alike_was_not_renamed(repository: Repository, kept: int, found: bool) -> None:
    """Files of ten lines of the same length, of which some are kept."""
    repository.commit(old="".join(f"a line {n}\n" for n in range(10)))
    repository.git("branch", "--force", "main")
    repository.git("rm", "--quiet", "old.yaml")
    repository.commit(fresh="".join(f"a line {n}\n" if n < kept else f"no such {n}\n" for n in range(10)))
    assert (Base("main").renamed("fresh.yaml") is not None) is found


def test_a_folder_as_it_was(renamed: Repository) -> None:
    commit = resolve(Git(), "main")
    (renamed.path / "link.yaml").symlink_to("net.yaml")
    assert names_at(commit, ".") == ["long.yaml", "net.yaml", "nets/other.yaml", "new.yaml"]
    assert names_at(commit, "nets") == ["nets/other.yaml"]
    assert names_at(renamed.commit(), ".")[:2] == ["net.yaml", "nets/tab\tline\n.yaml"]
    assert read_at(commit, "nets/other.yaml") == ("other\n" + LONG).encode()
    (renamed.path / "empty").mkdir()
    assert names_at(commit, "empty") == []


NEAR_REFS = {"mian": "main", "topci": "topic", "origin/topic": "topic", "v1.O": "v1.0", "elsewhere": "origin/elsewhere"}


@pytest.mark.parametrize(("ref", "meant"), NEAR_REFS.items(), ids=NEAR_REFS)
def test_a_mistyped_reference(repository: Repository, ref: str, meant: str) -> None:
    repository.git("tag", "v1.0")
    repository.git("update-ref", "refs/remotes/origin/elsewhere", "main")
    with pytest.raises(UsageError, match=f"^no commit '{ref}' in .*: did you mean '{meant}'\\?$"):
        resolve(Git(), ref)


NAMES = [
    "with space.yaml", "a^{x}.yaml", "a~1", "*.yaml", "[a].yaml", ":(top)a.yaml", "a:b.yaml", "-c.yaml", "--help", "é.yaml",
    "tab\t.yaml", "line\nbreak.yaml", "a-g0123456", "@{0}", "$(touch x).yaml", "a\\b.yaml", "'q\".yaml",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_any_name_is_a_path_and_nothing_else(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Repository(tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / name).write_text(name, encoding="utf-8")
    commit = made.commit(a="another\n")
    assert read_at(commit, str(tmp_path / "sub" / name)) == name.encode()
    assert read_at(commit, str(tmp_path / name)) is None


@pytest.mark.parametrize("ref", ["main", "topic~1", "HEAD", "@", "refs/heads/main", "main^{commit}", "v1", "main^0"])
def test_what_git_calls_a_commit_is_one(repository: Repository, ref: str) -> None:
    repository.git("tag", "-a", "v1", "-m", "a tag", "main")
    assert resolve(Git(), ref) == repository.git("rev-parse", f"{ref}^{{commit}}")


WRONG_REFS = {
    "nope": "no commit 'nope' in the git repository of the working directory: expected a branch, a tag or a commit",
    "--output=x": "no commit '--output=x'",
    "--all": "no commit '--all'",
    "-h": "no commit '-h'",
    "main\nmain": r"no commit 'main\\x0amain'",
    "\x1b[31mred": r"no commit '\\x1b\[31mred'",
    "main..topic": "no commit 'main..topic'",
    "HEAD:net.yaml": "no commit 'HEAD:net.yaml'",
    "^main": r"no commit '\^main'",
    ":/first": "no commit ':/first'",
    "": "'' names no commit: the text is empty, perhaps from a variable that is not set",
    "a\0b": r"'a\\x00b' names no commit",
    "0123456789" * 4: "no commit '0123456789",
    "x" * 5000: r"no commit 'x+\.\.\.' in",
}


@pytest.mark.parametrize(("ref", "message"), WRONG_REFS.items(), ids=[ascii(ref)[:20] for ref in WRONG_REFS])
def test_what_is_no_reference_is_an_error(repository: Repository, ref: str, message: str) -> None:
    before = sorted(repository.path.rglob("*"))
    with pytest.raises(UsageError, match=message) as caught:
        merge_base(Git(), ref)
    assert "\n" not in str(caught.value)
    assert sorted(repository.path.rglob("*")) == before


def test_a_folder_without_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=r"^the working directory is not in a git repository$"):
        merge_base(Git(), "main")
    with pytest.raises(UsageError, match=r"^git cannot be run in nowhere: No such file or directory$"):
        merge_base(Git(), "main", "nowhere")


def test_a_repository_without_commits(tmp_path: Path) -> None:
    Repository(tmp_path)
    with pytest.raises(UsageError, match="no commit 'HEAD'"):
        merge_base(Git(), "HEAD", str(tmp_path))


def test_no_git(repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match=r"^git is not installed, or not in PATH"):
        merge_base(Git(), "main")


def test_a_git_in_the_working_directory_is_not_run(
    repository: Repository, trap: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    sprung = trap("git")
    monkeypatch.setenv("PATH", ".")
    os.link(repository.path.parent / "git", repository.path / "git")
    with pytest.raises(UsageError, match="git is not installed"):
        merge_base(Git(), "main")
    assert not sprung.exists()


@pytest.fixture
def calls(repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A git that never ends, and what it writes a line to for each call."""
    calls, program = tmp_path / "calls", tmp_path / "git"
    program.write_text(f"#!/bin/sh\necho \"$PWD\" >> '{calls}'\nexec sleep 60\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setattr(git, "SECONDS", 0.5)
    return calls


def test_a_git_that_never_ends(calls: Path) -> None:
    with pytest.raises(UsageError, match=r"^git rev-parse took longer than 0\.5 s"):
        merge_base(Git(), "main")
    assert len(calls.read_text(encoding="utf-8").splitlines()) == 1


def test_a_git_that_never_ends_is_waited_for_once(repository: Repository, calls: Path) -> None:
    base = Base("main")
    (repository.path / "sub").mkdir()
    said = set()
    for path in ("net.yaml", "new.yaml", "sub/net.yaml"):
        for question in (base.past, base.renamed):
            with pytest.raises(UsageError) as caught:
                question(path)
            said.add(str(caught.value))
    with pytest.raises(UsageError) as caught:
        CommitFiles(base.git, "0" * 40).places(".")
    assert said == {str(caught.value)} == {"git rev-parse took longer than 0.5 s in ."}
    assert len(calls.read_text(encoding="utf-8").splitlines()) == 1
    # Another run asks again.
    with pytest.raises(UsageError, match="took longer"):
        Base("main").files()
    assert len(calls.read_text(encoding="utf-8").splitlines()) == 2


def test_a_reference_that_is_none_is_looked_for_once(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    base = Base("nope")
    with pytest.raises(UsageError, match="no commit 'nope'"):
        base.past("net.yaml")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UsageError, match="no commit 'nope'"):
        base.past("new.yaml")


def test_a_repository_of_another_user(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, os.devnull)
    with pytest.raises(UsageError) as caught:
        merge_base(Git(), "main")
    assert str(caught.value) == (
        "git does not trust the repository of the working directory, because another user owns it: where you do, "
        f"run git config --global --add safe.directory {repository.path}"
    )


def test_a_clone_without_what_files_held(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.git("config", "uploadpack.allowFilter", "true")
    partial = repository.clone(tmp_path / "partial", "--filter=blob:none", "--branch=topic")
    advice = r": the clone is partial .*, so fetch the whole history \(git fetch --refetch --no-filter; .*\)$"
    monkeypatch.chdir(partial.path)
    with pytest.raises(UsageError, match=r"^git cannot read net\.yaml at [0-9a-f]{10}: .*" + advice):
        Base("origin/main").past("net.yaml")
    partial.git("fetch", "--quiet", "--refetch", "--no-filter")
    assert text_of(Base("origin/main"), "net.yaml") == "first\n"


def test_branches_with_nothing_in_common(repository: Repository) -> None:
    repository.git("checkout", "--quiet", "--orphan", "other")
    repository.commit()
    with pytest.raises(UsageError, match=r"^HEAD and 'main' have no commit in common$"):
        merge_base(Git(), "main")


def test_a_shallow_clone_says_how_to_get_the_history(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shallow = repository.clone(tmp_path / "shallow", "--depth=1", "--no-single-branch")
    with pytest.raises(UsageError, match=r"^HEAD and 'origin/main' have no commit in common: the clone is shallow"):
        merge_base(Git(), "origin/main", str(shallow.path))
    single = repository.clone(tmp_path / "single", "--depth=1")
    with pytest.raises(UsageError, match=r"no commit 'origin/main' .*: the clone is shallow, .*fetch-depth: 0\)$"):
        merge_base(Git(), "origin/main", str(single.path))
    monkeypatch.chdir(single.path)
    with pytest.raises(UsageError, match="the clone is shallow"):
        read_at(repository.git("rev-parse", "main"), "net.yaml")
    single.git("fetch", "--quiet", "--unshallow", "origin", "+refs/heads/*:refs/remotes/origin/*")
    assert merge_base(Git(), "origin/main", str(single.path)) == repository.git("rev-parse", "main~1")


def test_what_is_too_large_is_not_read(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    commit = repository.commit(large="x" * (16 * 1024 * 1024 + 1), fits="x" * (16 * 1024 * 1024))
    with pytest.raises(UsageError, match=r"^large\.yaml at [0-9a-f]{10} is larger than 16 MiB"):
        read_at(commit, "large.yaml")
    assert len(read_at(commit, "fits.yaml") or b"") == 16 * 1024 * 1024


def test_a_symbolic_link_is_not_followed(repository: Repository) -> None:
    (repository.path / "link.yaml").symlink_to("net.yaml")
    commit = repository.commit()
    with pytest.raises(UsageError, match=r"^link\.yaml was a symbolic link at [0-9a-f]{10}: name the file"):
        read_at(commit, "link.yaml")


def test_a_hook_s_repository_is_not_taken_for_the_file_s(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Repository(tmp_path / "other")
    commit = other.commit(net="the other's\n")
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.setenv("GIT_WORK_TREE", str(repository.path))
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/index")
    assert merge_base(Git(), "HEAD", str(other.path)) == commit
    monkeypatch.chdir(other.path)
    assert read_at(commit, "net.yaml") == b"the other's\n"


@pytest.mark.parametrize(("commit", "path"), [("main", "net.yaml"), ("--all", "net.yaml"), ("", "net.yaml")])
def test_only_a_commit_s_name_is_taken(repository: Repository, commit: str, path: str) -> None:
    with pytest.raises(UsageError, match="is not a commit"):
        read_at(commit, path)


# -- a hostile repository -------------------------------------------------------------------------


@pytest.fixture
def trap(tmp_path: Path) -> Callable[[str], Path]:
    """Return what makes a program that leaves a file behind when it runs, and returns that file."""

    def make(name: str) -> Path:
        sprung, program = tmp_path / f"{name}-ran", tmp_path / name
        program.write_text(f"#!/bin/sh\necho > '{sprung}'\nexit 1\n", encoding="utf-8")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        return sprung

    return make


PROGRAMS = {
    "core.fsmonitor": "{}", "core.pager": "{}", "pager.rev-parse": "{}", "pager.cat-file": "{}", "pager.ls-tree": "{}",
    "diff.external": "{}", "diff.hostile.textconv": "{}", "diff.hostile.command": "{}", "filter.hostile.smudge": "{}",
    "filter.hostile.clean": "{}", "filter.hostile.process": "{}", "filter.hostile.required": "true",
    "alias.diff-tree": "!{}", "alias.for-each-ref": "!{}", "pager.diff-tree": "{}", "pager.for-each-ref": "{}",
    "diff.renames": "false", "diff.renameLimit": "1", "diff.algorithm": "patience", "diff.submodule": "log",
    "alias.rev-parse": "!{}", "alias.cat-file": "!{}", "alias.ls-tree": "!{}", "alias.merge-base": "!{}",
    "core.sshCommand": "{}", "core.gitProxy": "{}", "core.editor": "{}", "core.askPass": "{}",
    "credential.helper": "!{}", "gpg.program": "{}", "log.showSignature": "true", "core.alternateRefsCommand": "{}",
    "uploadpack.packObjectsHook": "{}", "remote.origin.uploadpack": "{}", "remote.origin.url": "ssh://localhost/x",
    "remote.origin.promisor": "true", "extensions.partialClone": "origin", "core.repositoryFormatVersion": "1",
    "protocol.allow": "always",
}  # fmt: skip


def arm(repository: Repository, sprung: Path) -> None:
    """Make every setting of a repository that can name a program name one."""
    program = sprung.parent / "program"
    hooks = repository.path / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for hook in ("post-checkout", "reference-transaction", "post-index-change", "fsmonitor-watchman", "pre-auto-gc"):
        (hooks / hook).symlink_to(program)
    (repository.path / ".gitattributes").write_text("*.yaml diff=hostile filter=hostile\n", encoding="utf-8")
    repository.git("update-index", "--fsmonitor", check=False)
    for key, value in PROGRAMS.items():
        repository.git("config", key, value.format(program))
    sprung.unlink(missing_ok=True)


def test_nothing_that_a_repository_s_configuration_names_is_run(
    repository: Repository, trap: Callable[[str], Path]
) -> None:
    sprung = trap("program")
    arm(repository, sprung)
    base = Base("main")
    assert text_of(base, "net.yaml") == "first\n"
    assert text_of(base, "new.yaml") is None
    assert not sprung.exists()
    repository.git("status", check=False)
    assert sprung.exists(), "the trap does not work"


def test_nothing_is_run_when_renames_folders_and_names_are_looked_for(
    renamed: Repository, trap: Callable[[str], Path]
) -> None:
    sprung = trap("program")
    arm(renamed, sprung)
    moved = Base("main").renamed("nets/tab\tline\n.yaml")
    assert moved is not None
    assert moved.path == "long.yaml"
    assert names_at(resolve(Git(), "main"), "nets") == ["nets/other.yaml"]
    with pytest.raises(UsageError, match="did you mean 'main'"):
        resolve(Git(), "mian")
    assert not sprung.exists()
    renamed.git("diff", "--ext-diff", "main", check=False)
    assert sprung.exists(), "the trap does not work"


@pytest.mark.parametrize("kind", ["ssh://localhost/x", "ext::program"])
def test_renames_that_a_partial_clone_cannot_tell_are_not_fetched(
    renamed: Repository, trap: Callable[[str], Path], tmp_path: Path, kind: str
) -> None:
    sprung = trap("program")
    program = str(tmp_path / "program")
    blob = renamed.git("rev-parse", "main:long.yaml")
    (renamed.path / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    for key, value in {
        "core.repositoryFormatVersion": "1", "extensions.partialClone": "origin", "remote.origin.promisor": "true",
        "remote.origin.url": kind.replace("program", program), "core.sshCommand": program, "protocol.allow": "always",
        "remote.origin.fetch": "+refs/heads/*:refs/remotes/origin/*",
    }.items():  # fmt: skip
        renamed.git("config", key, value)
    with pytest.raises(UsageError, match=r"^git cannot tell what was renamed since [0-9a-f]{10}: "):
        Base("main").renamed("nets/tab\tline\n.yaml")
    assert not sprung.exists()
    renamed.git("cat-file", "blob", blob, check=False)
    assert sprung.exists(), "the trap does not work"


@pytest.mark.parametrize(
    "variables", [["GIT_NO_LAZY_FETCH", "GIT_ALLOW_PROTOCOL"], ["GIT_ALLOW_PROTOCOL"]], ids=["both", "old git"]
)
@pytest.mark.parametrize("kind", ["ssh://localhost/x", "ext::program"])
def test_what_a_partial_clone_lacks_is_not_fetched(
    repository: Repository, trap: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    variables: list[str], kind: str,
) -> None:  # fmt: skip
    """An older git knows the second variable only."""
    sprung = trap("program")
    program = str(tmp_path / "program")
    commit = merge_base(Git(), "main")
    blob = repository.git("rev-parse", f"{commit}:net.yaml")
    (repository.path / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    for key, value in {
        "core.repositoryFormatVersion": "1", "extensions.partialClone": "origin", "remote.origin.promisor": "true",
        "remote.origin.url": kind.replace("program", program), "core.sshCommand": program, "protocol.allow": "always",
        "remote.origin.fetch": "+refs/heads/*:refs/remotes/origin/*",
    }.items():  # fmt: skip
        repository.git("config", key, value)
    monkeypatch.setattr(git, "_ENVIRONMENT", {name: git._ENVIRONMENT[name] for name in [*variables, "LC_ALL"]})
    with pytest.raises(UsageError, match=r"^git cannot read net\.yaml at "):
        read_at(commit, "net.yaml")
    assert not sprung.exists()
    repository.git("cat-file", "blob", blob, check=False)
    assert sprung.exists(), "the trap does not work"


def test_a_bare_repository_inside_a_checkout_is_not_taken_for_the_file_s(repository: Repository) -> None:
    """A folder of a checkout can look like a bare repository, with a configuration that anyone may have committed."""
    repository.git("clone", "--quiet", "--bare", ".", "inner")
    with pytest.raises(UsageError, match="is not in a git repository"):
        merge_base(Git(), "main", "inner")


# -- the path as it is written ----------------------------------------------------------------------


def test_paths_are_seen_from_the_working_directory(renamed: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    commit = resolve(Git(), "main")
    other = ("other\n" + LONG).encode()
    (renamed.path / "nets" / "deep").mkdir()
    for folder, paths in {
        ".": ("nets/other.yaml", "./nets/../nets//other.yaml", str(renamed.path / "nets" / "other.yaml")),
        "nets": ("other.yaml", "../nets/other.yaml", "deep/../other.yaml"),
        "nets/deep": ("../other.yaml", "../../nets/other.yaml"),
    }.items():
        monkeypatch.chdir(renamed.path / folder)
        for path in paths:
            assert read_at(commit, path) == other, path
        assert "nets/other.yaml" in names_at(commit, str(renamed.path))


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("../net.yaml", "is outside of the git repository of the working directory"),
        ("nets/../../net.yaml", "is outside of the git repository"),
        ("/etc/passwd", "is outside of the git repository"),
        ("link/other.yaml", "is reached through the link link, which may lead to another file"),
        ("link/../net.yaml", "is reached through the link link"),
        ("nets/link/a/b.yaml", "is reached through the link nets/link"),
        ("inner/net.yaml", "is in a repository of its own, inner: run this there"),
        ("module/deep/net.yaml", "is in a repository of its own, module"),
        ("", "'' is not a file"),
        ("a\0b", r"'a\\x00b' is not a file"),
    ],
)
def test_a_path_that_leads_elsewhere(renamed: Repository, path: str, message: str) -> None:
    (renamed.path / "nets").mkdir(exist_ok=True)
    (renamed.path / "link").symlink_to("nets")
    (renamed.path / "nets" / "link").symlink_to(renamed.path.parent)
    Repository(renamed.path / "inner").commit(net="inner\n")
    (renamed.path / "module" / "deep").mkdir(parents=True)
    (renamed.path / "module" / ".git").write_text("gitdir: ../.git/modules/module\n", encoding="utf-8")
    with pytest.raises(NotInRepository, match=message):
        read_at(resolve(Git(), "main"), path)


def test_many_files_take_two_calls_of_git(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    names = {f"n{number}": f"number {number}\n" for number in range(300)}
    commit = repository.commit(**names, large="x" * (16 * 1024 * 1024 + 1))
    calls: list[str] = []
    run = git._run

    def counted(folder: str, *words: str, stdin: bytes) -> Any:
        calls.append(words[0])
        return run(folder, *words, stdin=stdin)

    monkeypatch.setattr(git, "_run", counted)
    files = CommitFiles(Git(), commit)
    files.load([f"{name}.yaml" for name in [*names, "large", "missing"]])
    assert [files.read(f"{name}.yaml") for name in names] == [text.encode() for text in names.values()]
    assert calls == ["ls-tree", "cat-file", "cat-file", "rev-parse", "rev-parse"]
