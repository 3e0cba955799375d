"""Files that are written: whole or not at all, in their own place, and nothing else touched."""

import errno
import json
import os
import socket
import stat
import subprocess
import sys
import tty
from collections.abc import Callable
from pathlib import Path

import pytest

from dsconv_cost.errors import OutputError, UsageError
from dsconv_cost.formats import outputs
from dsconv_cost.formats.format import REPORT, formats_of
from dsconv_cost.formats.outputs import Target, target, write_all
from tests.command import run

OFFERED = formats_of(REPORT)

TARGETS: dict[str, Target] = {
    "a.json": Target("json", "a.json"),
    "a.JSON": Target("json", "a.JSON"),
    "a.csv": Target("csv", "a.csv"),
    "a.md": Target("markdown", "a.md"),
    "a.markdown": Target("markdown", "a.markdown"),
    "a.html": Target("html", "a.html"),
    "a.HTM": Target("html", "a.HTM"),
    "a.txt": Target("table", "a.txt"),
    "b/a.tar.csv": Target("csv", "b/a.tar.csv"),
    "json=a": Target("json", "a"),
    "json=a.csv": Target("json", "a.csv"),
    "table=/dev/stderr": Target("table", "/dev/stderr"),
    "json=a=b": Target("json", "a=b"),
    "alpha=0.5.json": Target("json", "alpha=0.5.json"),
}


@pytest.mark.parametrize("text", TARGETS)
def test_target(text: str) -> None:
    assert target(text, OFFERED) == TARGETS[text]


@pytest.mark.parametrize("text", ["a", "a.xml", "xml=a", "json=", "json", "", "a.json/", ".json"])
def test_no_target(text: str) -> None:
    with pytest.raises(UsageError, match=r"write FORMAT=PATH|received no path"):
        target(text, OFFERED)


def files(folder: Path) -> dict[str, str]:
    """Return what is in a folder, hidden files too."""
    return {
        str(path.relative_to(folder)): path.read_text() if path.is_file() else "?" for path in sorted(folder.rglob("*"))
    }


def test_several_files(tmp_path: Path) -> None:
    (tmp_path / "b").write_text("old and longer than new")
    write_all([(str(tmp_path / "a"), "first\n"), (str(tmp_path / "b"), "é\n")])
    assert files(tmp_path) == {"a": "first\n", "b": "é\n"}
    assert (tmp_path / "b").read_bytes() == b"\xc3\xa9\n"


def test_a_path_in_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_all([("a", "1"), ("./b", "2")])
    assert files(tmp_path) == {"a": "1", "b": "2"}


# -- what fails leaves everything as it was ---------------------------------------------------------


def _no_folder(folder: Path) -> str:
    return str(folder / "none" / "x")


def _a_folder(folder: Path) -> str:
    (folder / "taken").mkdir()
    return str(folder / "taken")


def _through_a_file(folder: Path) -> str:
    return str(folder / "old" / "x")


def _too_long(folder: Path) -> str:
    return str(folder / ("x" * 300))


def _full(folder: Path) -> str:
    return "/dev/full"


FAILING: dict[str, tuple[Callable[[Path], str], int]] = {
    "a folder that does not exist": (_no_folder, errno.ENOENT),
    "a folder": (_a_folder, errno.EISDIR),
    "a path through a file": (_through_a_file, errno.ENOTDIR),
    "a name that is too long": (_too_long, errno.ENAMETOOLONG),
    "a full device": (_full, errno.ENOSPC),
}


@pytest.mark.parametrize("first", [True, False], ids=["first", "last"])
@pytest.mark.parametrize("case", FAILING)
def test_a_failure_leaves_everything_as_it_was(case: str, first: bool, tmp_path: Path) -> None:
    make, number = FAILING[case]
    (tmp_path / "old").write_text("old")
    path = make(tmp_path)
    before = sorted(tmp_path.iterdir())
    contents = [(str(tmp_path / "old"), "new"), (str(tmp_path / "more"), "new")]
    contents.insert(0 if first else 2, (path, "new"))
    with pytest.raises(OutputError) as caught:
        write_all(contents)
    assert str(caught.value) == f"{path} cannot be written: {os.strerror(number)}"
    assert sorted(tmp_path.iterdir()) == before
    assert (tmp_path / "old").read_text() == "old"


@pytest.mark.parametrize(
    "error", [OSError(errno.EIO, "Input/output error"), KeyboardInterrupt(), MemoryError()], ids=str
)
def test_no_file_is_left_half_written(error: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "old").write_text("old")

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(os, "chmod", fail)
    with pytest.raises(OutputError if isinstance(error, OSError) else type(error)):
        write_all([(str(tmp_path / "old"), "new"), (str(tmp_path / "more"), "new")])
    assert files(tmp_path) == {"old": "old"}


def test_a_protected_file_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "old").write_text("old")
    # Who runs the tests may be allowed everything.
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)
    with pytest.raises(OutputError, match="old cannot be written: Permission denied"):
        write_all([(str(tmp_path / "old"), "new")])
    assert files(tmp_path) == {"old": "old"}


@pytest.mark.parametrize("spelling", ["a", "./a", "b/../a", "link"])
def test_one_place_is_not_written_twice(spelling: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "b").mkdir()
    (tmp_path / "a").write_text("old")
    (tmp_path / "link").symlink_to("a")
    with pytest.raises(UsageError, match="is given twice"):
        write_all([("a", "1"), (spelling, "2")])
    assert (tmp_path / "a").read_text() == "old"


# -- links, modes, devices --------------------------------------------------------------------------


LINKS = {
    "to a file": ("link", "victim", "it is a symbolic link; name the file that it leads to, or remove the link"),
    "to nothing": ("link", "new", "it is a symbolic link; name the file that it leads to, or remove the link"),
    "to itself": ("link", "link", "it is a symbolic link; name the file that it leads to, or remove the link"),
    "to standard output": (
        "link",
        "/dev/stdout",
        "it is a symbolic link; name the file that it leads to, or remove the link",
    ),
    "in its folders": ("link/victim", ".", "link is a symbolic link; name the folder that it leads to"),
    "far up in its folders": ("link/a/victim", ".", "link is a symbolic link; name the folder that it leads to"),
    "behind a point": ("./link/victim", ".", "./link is a symbolic link; name the folder that it leads to"),
}


@pytest.mark.parametrize("case", LINKS)
@pytest.mark.parametrize("first", [True, False], ids=["first", "last"])
def test_a_link_is_not_written_through(first: bool, case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, target_, said = LINKS[case]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a").mkdir()
    (tmp_path / "victim").write_text("old")
    (tmp_path / "link").symlink_to(target_)
    before = sorted(tmp_path.rglob("*"))
    contents = [(path, "new"), ("other", "new")]
    with pytest.raises(OutputError) as caught:
        write_all(contents if first else contents[::-1])
    assert str(caught.value) == f"{path} cannot be written: {said}"
    assert sorted(tmp_path.rglob("*")) == before
    assert (tmp_path / "victim").read_text() == "old"


def test_an_absolute_path_may_lead_through_links(tmp_path: Path) -> None:
    """Nobody but the user writes it, and on some systems the folder of temporary files is a link."""
    (tmp_path / "there").mkdir()
    (tmp_path / "link").symlink_to("there")
    write_all([(str(tmp_path / "link" / "a"), "new")])
    assert (tmp_path / "there" / "a").read_text() == "new"


def test_a_link_that_appears_meanwhile_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "victim").write_text("old")
    chmod = os.chmod

    def put_a_link(path: str, mode: int) -> None:
        chmod(path, mode)
        (tmp_path / "a").symlink_to("victim")

    monkeypatch.setattr(os, "chmod", put_a_link)
    write_all([(str(tmp_path / "a"), "new")])
    assert (tmp_path / "victim").read_text() == "old"
    assert not (tmp_path / "a").is_symlink()
    assert (tmp_path / "a").read_text() == "new"


def test_the_lock_is_not_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "victim").write_text("old")
    (tmp_path / "dsconv-cost.lock").symlink_to("victim")
    result = run("check", "mobilenet", "--update-lock", cwd=tmp_path)
    assert result.code == 2
    assert "dsconv-cost.lock is a symbolic link" in result.err
    assert (tmp_path / "victim").read_text() == "old"


def test_an_output_of_check_is_not_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "victim").write_text("old")
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "cost.xml").symlink_to("../victim")
    result = run("check", "mobilenet", "--max-macs", "1G", "--output", "cost.xml", cwd=tmp_path / "work")
    assert result.code == 2
    assert "cost.xml cannot be written: it is a symbolic link" in result.err
    assert "0 of 1 limit exceeded" in result.out  # the verdict is there
    assert (tmp_path / "victim").read_text() == "old"


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o755, 0o640], ids=oct)
def test_a_mode_is_kept(mode: int, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    (tmp_path / "a").chmod(mode)
    write_all([(str(tmp_path / "a"), "new")])
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == mode


@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_a_new_file_has_the_usual_mode(mask: int, mode: int, tmp_path: Path) -> None:
    before = os.umask(mask)
    try:
        write_all([(str(tmp_path / "a"), "new")])
    finally:
        assert os.umask(before) == mask
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == mode


def test_a_device_is_written_to_and_stays_a_device() -> None:
    ours, theirs = os.openpty()
    try:
        tty.setraw(theirs)
        path = os.ttyname(theirs)
        write_all([(path, "x" * 1_000)])
        assert os.read(ours, 2_000) == b"x" * 1_000
        assert Path(path).is_char_device()
    finally:
        os.close(theirs)
        os.close(ours)


def test_a_pipe_takes_all_of_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    text = "line\n" * 100_000  # more than a pipe holds
    with subprocess.Popen(["sh", "-c", "sleep 0.3; cat pipe > copy"], cwd=tmp_path):
        write_all([(str(tmp_path / "pipe"), text)])
    assert (tmp_path / "copy").read_text() == text
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


def test_a_pipe_without_a_reader_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outputs, "PIPE_SECONDS", 0.2)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OutputError, match=r"pipe cannot be written: nothing read from this pipe for 0\.2 s"):
        write_all([(str(tmp_path / "pipe"), "text"), (str(tmp_path / "other"), "text")])
    assert not (tmp_path / "other").exists()


def test_a_pipe_whose_reader_sleeps_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outputs, "PIPE_SECONDS", 0.2)
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    with pytest.raises(OutputError, match=r"pipe cannot be written: its reader took longer than 0\.2 s"):
        write_all([(str(tmp_path / "pipe"), "x" * 1_000_000)])
    os.close(reader)


def test_a_socket_is_refused_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("net.sock")
    with pytest.raises(OutputError, match=r"net\.sock cannot be written: No such device or address"):
        write_all([("net.sock", "text")])


@pytest.mark.parametrize("number", [1, 2, 3])
def test_an_open_file_is_added_to(number: int, tmp_path: Path) -> None:
    """Replacing it would leave the shell that opened it with a file that has no name any more."""
    command = (
        f"'{sys.executable}' -m dsconv_cost list mobilenet --output json=/dev/fd/{number} {number}>>out >/dev/null"
    )
    command = command.removesuffix(" >/dev/null") if number == 1 else command
    (tmp_path / "out").write_text("before\n")
    done = subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / "out").read_text().startswith("before\n{\n")


# -- from the command line --------------------------------------------------------------------------


def test_every_format_by_its_ending(tmp_path: Path) -> None:
    result = run(
        "analyze", "mobilenet", "--output", "a.json", "--output", "a.csv", "--output", "a.md", "--output", "a.txt",
        cwd=tmp_path,
    )  # fmt: skip
    assert result.code == 0
    assert list(files(tmp_path)) == ["a.csv", "a.json", "a.md", "a.txt"]
    for format_, name in (("json", "a.json"), ("csv", "a.csv"), ("markdown", "a.md"), ("table", "a.txt")):
        assert (tmp_path / name).read_text() == run("analyze", "mobilenet", "--format", format_).out
    assert (tmp_path / "a.txt").read_text() == result.out


def test_nothing_is_written_for_a_wrong_file(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text("input: [3, 32, 32]\nlayers: [rleu]\n")
    (tmp_path / "a.json").write_text("old")
    assert run("analyze", "net.yaml", "--output", "a.json", cwd=tmp_path).code == 2
    assert (tmp_path / "a.json").read_text() == "old"


@pytest.mark.parametrize(
    "command",
    [
        ["compare", "mobilenet", "mobilenet_v2", "--pareto"], ["diff", "mobilenet", "mobilenet@middle=6"],
        ["diff", "mobilenet", "mobilenet@alpha=0.5", "--top", "2"], ["list", "mobilenet"], ["list", "resnet", "--published"],
        ["fit", "mobilenet", "--max-macs", "300M", "--vary", "alpha=0.5,1.0"], ["reconcile", "mobilenet", "--from", "thop"],
        ["reconcile", "mobilenet", "--number", "569M"], ["conventions", "thop"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_every_report_goes_to_files_too(command: list[str], tmp_path: Path) -> None:
    endings = {"json": "json", "csv": "csv", "markdown": "md", "table": "txt"}
    asked = [word for ending in endings.values() for word in ("--output", f"out.{ending}")]
    shown = run(*command, *asked, cwd=tmp_path)
    assert shown.err == ""
    assert shown.out == run(*command).out
    for format_, ending in endings.items():
        assert (tmp_path / f"out.{ending}").read_text(encoding="utf-8") == run(*command, "--format", format_).out
    assert run(*command, "--output", "out", cwd=tmp_path).code == 2


def test_the_list_of_conventions_goes_to_files_too(tmp_path: Path) -> None:
    shown = run("conventions", "--output", "out.json", cwd=tmp_path)
    assert shown == run("conventions")
    assert (tmp_path / "out.json").read_text(encoding="utf-8") == run("conventions", "--format", "json").out


def test_the_second_output_fails(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("old")
    result = run("analyze", "mobilenet", "--output", "a.json", "--output", "csv=none/x", cwd=tmp_path)
    assert (result.code, result.out) == (2, "")
    assert result.err == "error: none/x cannot be written: No such file or directory\n"
    assert files(tmp_path) == {"a.json": "old"}


@pytest.mark.parametrize("where", ["a pipe", "a file", "the end of a file"])
def test_standard_output_as_an_output(where: str, tmp_path: Path) -> None:
    """It comes before the report and cuts nothing off, also where standard output is a file."""
    command = [sys.executable, "-m", "dsconv_cost", "analyze", "mobilenet", "--format", "csv"]
    command += ["--output", "json=/dev/stdout"]
    if where == "a pipe":
        out = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout.decode()
    else:
        (tmp_path / "out").write_text("before\n" if where == "the end of a file" else "")
        with (tmp_path / "out").open("a" if where == "the end of a file" else "w") as handle:
            subprocess.run(command, stdout=handle, check=True, timeout=60)
        out = (tmp_path / "out").read_text()
    out = out.removeprefix("before\n") if where == "the end of a file" else out
    document, csv = out.split("}\nname,", 1)
    assert json.loads(document + "}")["totals"]["as_written"]["macs"] == 568_740_352  # the paper's MobileNet
    assert csv.startswith("type,kind,path")
    assert csv.count("\n") == len(json.loads(document + "}")["layers"]) + 1


# -- what is read is not written --------------------------------------------------------------------

READ = {
    "analyze": (["analyze", "net.yaml"], "net.yaml"),
    "check": (["check", "net.yaml", "--max-macs", "1G"], "net.yaml"),
    "a budget file": (["check"], "dsconv-cost.yaml"),
    "a wrong file": (["check", "net.yaml", "wrong.yaml", "--max-macs", "1G"], "wrong.yaml"),
    "compare": (["compare", "mobilenet", "net.yaml"], "net.yaml"),
    "diff": (["diff", "mobilenet", "net.yaml"], "net.yaml"),
    "fit": (["fit", "net.yaml", "--vary", "width=1,2", "--max-macs", "1G"], "net.yaml"),
    "reconcile": (["reconcile", "net.yaml", "--from", "thop"], "net.yaml"),
    "another name of it": (["analyze", "./net.yaml"], "link.yaml"),
}


@pytest.mark.parametrize(("command", "path"), READ.values(), ids=READ)
def test_a_file_that_is_read_is_not_written(command: list[str], path: str, tmp_path: Path) -> None:
    net = "hyperparameters: {width: 8}\ninput: [3, 8, 8]\nlayers: [{conv: width, kernel: 1}]\n"
    (tmp_path / "net.yaml").write_text(net)
    (tmp_path / "wrong.yaml").write_text("input: [3, 8, 8]\nlayers: [{conv: 3.5, kernel: 1}]\n")
    (tmp_path / "dsconv-cost.yaml").write_text("budget: [{architecture: net.yaml, metric: macs, max: 1G}]\n")
    (tmp_path / "link.yaml").symlink_to("net.yaml")
    before = files(tmp_path)
    result = run(*command, "--output", f"json={path}", "--output", "other.json", cwd=tmp_path)
    assert result.code == 2
    assert f"--output {path} is a file that is read here: write to another one" in result.err
    assert files(tmp_path) == before


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("jsn=x.json", "did you mean json=x.json? A file of that name is ./jsn=x.json"),
        ("JSON=x.json", "did you mean json=x.json?"),
        ("markdwn=x", "did you mean markdown=x?"),
        ("json=-", "expected a file; --format says what goes to standard output"),
        ("-", "expected a file; --format says what goes to standard output"),
    ],
)
def test_slips_in_output(output: str, said: str, tmp_path: Path) -> None:
    result = run("analyze", "mobilenet", "--output", output, cwd=tmp_path)
    assert (result.code, result.out) == (2, "")
    assert said in result.err
    assert files(tmp_path) == {}


def test_a_file_of_such_a_name_can_be_written(tmp_path: Path) -> None:
    assert run("analyze", "mobilenet", "--output", "./a=b.json", cwd=tmp_path).code == 0
    assert list(files(tmp_path)) == ["a=b.json"]


def test_a_file_that_cannot_be_written_hides_no_verdict(tmp_path: Path) -> None:
    result = run("check", "mobilenet", "--max-macs", "1M", "--output", "none/x.json", cwd=tmp_path)
    assert result.code == 2
    assert result.out == run("check", "mobilenet", "--max-macs", "1M", cwd=tmp_path).out
    assert "none/x.json cannot be written" in result.err


TWICE = {
    "a limit": ["check", "mobilenet", "--max-macs", "1M", "--max-macs", "1G"],
    "a budget": ["check", "--budget", "a", "--budget", "b"],
    "a base": ["check", "--base", "a", "--base=b"],
    "a limit of fit": ["fit", "mobilenet", "--vary", "alpha=1", "--max-macs", "1M", "--max-macs", "1G"],
    "alpha": ["analyze", "mobilenet", "--alpha", "1", "--alpha", "0.5"],
    "a format": ["list", "--format", "json", "--format", "csv"],
}


@pytest.mark.parametrize("command", TWICE.values(), ids=TWICE)
def test_an_option_given_twice_is_refused(command: list[str]) -> None:
    """The last would win, and a limit would be ignored in silence."""
    result = run(*command)
    assert (result.code, result.out) == (2, "")
    assert "is given twice: give it once" in result.err


def test_flags_and_lists_may_be_given_twice(tmp_path: Path) -> None:
    arguments = [
        "--strict",
        "--strict",
        "--output",
        "a.json",
        "--output",
        "b.json",
        "--set",
        "alpha=1",
        "--set",
        "middle=5",
    ]
    assert run("check", "mobilenet", "--max-macs", "1G", *arguments, cwd=tmp_path).code == 0
