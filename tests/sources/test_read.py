"""What is opened and read: regular files in folders, pipes only where a command line names them, and never for ever."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dsconv_cost.errors import InputError, UsageError
from dsconv_cost.sources import read
from dsconv_cost.sources.folders import architectures_in
from dsconv_cost.sources.read import read_standard_input, read_text, start_of
from tests.command import run, run_process

NET = "input: [3, 8, 8]\nlayers: [{conv: 8, kernel: 1}]\n"
CONV_MACS = 8 * 8 * 8 * 3
"""Of NET: outputs times channels."""


@pytest.fixture(autouse=True)
def ends() -> Iterator[None]:
    """Fail a test that waits for ever."""

    def fail(*_: object) -> None:
        raise AssertionError("it hangs")

    before = signal.signal(signal.SIGALRM, fail)
    signal.alarm(50)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with a folder `models` that holds one network."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "net.yaml").write_text(NET)
    (tmp_path / "outside").write_text(NET)
    return tmp_path


# -- what is no regular file ------------------------------------------------------------------------


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(path))


def _link(target: str) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(target)


LINK = "is a symbolic link, and only regular files are read here"
IRREGULAR: dict[str, tuple[Callable[[Path], None], str]] = {
    "a pipe": (_pipe, "is a pipe, and only regular files are read here"),
    "a socket": (_socket, "cannot be read: No such device or address"),
    "a link to a file": (_link("../outside"), LINK),
    "a link to nothing": (_link("nothing"), LINK),
    "a link to itself": (_link("x.yaml"), LINK),
    "a link to standard output": (_link("/proc/self/fd/1"), LINK),
    "a link to standard error": (_link("/proc/self/fd/2"), LINK),
    "a link to standard input": (_link("/dev/stdin"), LINK),
    "a link to zeros without end": (_link("/dev/zero"), LINK),
    "a link to a terminal": (_link("/dev/tty"), LINK),
}


@pytest.mark.parametrize("case", IRREGULAR)
def test_in_a_folder_only_regular_files_are_read(case: str, folder: Path) -> None:
    """All streams are pipes that stay open and silent, as they may be in CI."""
    make, said = IRREGULAR[case]
    make(folder / "models" / "x.yaml")
    command = [sys.executable, "-m", "dsconv_cost", "check", "models", "--max-macs", "1M"]
    silent, kept_open = os.pipe()
    with subprocess.Popen(command, stdin=silent, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        out, err = process.communicate(timeout=30)
    os.close(silent)
    os.close(kept_open)
    assert process.returncode == 2
    assert err == f"error: models/x.yaml {said}\n"
    assert "models/net.yaml" in out  # the others are judged


@pytest.mark.parametrize("case", IRREGULAR)
def test_a_pattern_of_a_budget_file_means_regular_files(case: str, folder: Path) -> None:
    make, said = IRREGULAR[case]
    make(folder / "models" / "x.yaml")
    (folder / "dsconv-cost.yaml").write_text('budget: [{architecture: "models/*.yaml", metric: macs, max: 1M}]\n')
    result = run("check")
    assert (result.code, result.err) == (2, f"error: models/x.yaml {said}\n")


@pytest.mark.parametrize("case", IRREGULAR)
@pytest.mark.parametrize("name", ["dsconv-cost.yaml", "dsconv-cost.lock"])
def test_the_budget_file_and_the_lock_are_regular_files(name: str, case: str, folder: Path) -> None:
    make, said = IRREGULAR[case]
    make(folder / name)
    result = run("check", "models/net.yaml", *(["--locked"] if name.endswith("lock") else ["--max-macs", "1M"]))
    assert (result.code, result.err) == (2, f"error: {name} {said}\n")


@pytest.mark.parametrize("case", [case for case in IRREGULAR if case not in ("a link to nothing", "a link to itself")])
def test_a_path_in_a_budget_file_means_a_regular_file(case: str, folder: Path) -> None:
    make, _ = IRREGULAR[case]
    make(folder / "models" / "x.yaml")
    (folder / "dsconv-cost.yaml").write_text("budget: [{architecture: models/x.yaml, metric: macs, max: 1M}]\n")
    result = run("check")
    assert result.code == 2
    assert "models/x.yaml" in result.err


def test_links_to_folders_are_not_followed(folder: Path) -> None:
    (folder / "models" / "up").symlink_to("..", target_is_directory=True)
    (folder / "models" / "link.yaml").symlink_to("..", target_is_directory=True)
    assert architectures_in("models") == ["models/net.yaml"]


# -- what a command line names ----------------------------------------------------------------------


def test_a_named_link_is_followed(folder: Path) -> None:
    (folder / "link").symlink_to("outside")
    assert run("check", "link", "--max-macs", str(CONV_MACS)).code == 0


@pytest.mark.parametrize(
    "command",
    [
        ["analyze", "/dev/stdin"],
        ["analyze", "-"],
        ["check", "/dev/stdin", "--max-macs", "1M"],
        ["check", "/proc/self/fd/0", "--max-macs", "1M"],
        ["check", "--budget", "/dev/stdin", "models"],
        ["compare", "mobilenet", "-"],
    ],
    ids=" ".join,
)
def test_a_silent_pipe_ends_with_2(command: list[str], folder: Path) -> None:
    code = f"import sys; sys.argv[1:] = {command!r}; from dsconv_cost.sources import read; read.PIPE_SECONDS = 0.3; "
    code += "from dsconv_cost.__main__ import main; sys.exit(main())"
    silent, kept_open = os.pipe()
    done = subprocess.run(
        [sys.executable, "-c", code], stdin=silent, capture_output=True, text=True, timeout=30, check=False
    )
    os.close(silent)
    os.close(kept_open)
    assert done.returncode == 2
    assert "cannot be read: it did not end within 0.3 s; write its text to a file first" in done.stderr


def test_standard_output_as_an_argument_ends(folder: Path) -> None:
    """Reading the pipe of standard output would wait for what nobody writes."""
    code = "import sys; from dsconv_cost.sources import read; read.PIPE_SECONDS = 0.3; "
    code += "sys.argv[1:] = ['analyze', '/proc/self/fd/1']; from dsconv_cost.__main__ import main; sys.exit(main())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=30, check=False)
    assert done.returncode == 2
    assert b"/proc/self/fd/1 cannot be read" in done.stderr


def test_a_pipe_that_drips_ends(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bound is for the whole text: a byte now and then does not extend it."""
    monkeypatch.setattr(read, "PIPE_SECONDS", 0.5)
    _pipe(folder / "pipe")
    stop, opened = threading.Event(), threading.Event()

    def drip() -> None:
        with Path("pipe").open("wb", buffering=0) as handle:
            opened.set()
            while not stop.wait(0.05):
                handle.write(b"#")

    # A reader of its own makes the pipe writable before the one under test opens it.
    other = os.open("pipe", os.O_RDONLY | os.O_NONBLOCK)
    writer = threading.Thread(target=drip)
    writer.start()
    opened.wait(10)
    start = time.monotonic()
    with pytest.raises(UsageError, match=r"pipe cannot be read: it did not end within 0\.5 s"):
        read_text("pipe")
    assert time.monotonic() - start < 10
    stop.set()
    writer.join()
    os.close(other)


def test_a_pipe_may_be_slow(folder: Path) -> None:
    result = subprocess.run(
        ["bash", "-c", f"'{sys.executable}' -m dsconv_cost analyze <(sleep 0.3; cat outside; sleep 0.3) --format csv"],
        capture_output=True, text=True, timeout=40, check=False,
    )  # fmt: skip
    assert (result.returncode, result.stderr) == (0, "")
    assert str(CONV_MACS) in result.stdout


def test_standard_input_is_read_to_its_end(folder: Path) -> None:
    assert run_process("check", "-", "--max-macs", str(CONV_MACS), stdin=NET).code == 0
    assert run_process("check", "-", "--max-macs", str(CONV_MACS - 1), stdin=NET).code == 1


def test_a_closed_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(UsageError, match="standard input is closed"):
        read_standard_input()


# -- folders that cannot be read, and a working directory that is gone -------------------------------


@pytest.mark.parametrize("by", ["folder", "pattern"])
def test_an_unreadable_subfolder_is_a_fault(by: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "models" / "secret").mkdir()
    scandir = os.scandir

    def deny(path: str) -> object:  # who runs the tests may be allowed everything
        if str(path).endswith("secret"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", deny)
    if by == "pattern":
        (folder / "dsconv-cost.yaml").write_text('budget: [{architecture: "models/**", metric: macs, max: 1M}]\n')
    result = run("check", *(["models", "--max-macs", "1M"] if by == "folder" else []))
    assert (result.code, result.err) == (2, "error: models/secret cannot be read: Permission denied\n")
    assert "models/net.yaml" in result.out  # the others are judged


def test_a_file_that_may_not_be_read_is_a_fault(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opener = os.open

    def deny(path: str, *flags: int) -> int:
        if str(path).endswith("net.yaml"):
            raise PermissionError(13, "Permission denied", str(path))
        return opener(path, *flags)

    monkeypatch.setattr(os, "open", deny)
    result = run("check", "models", "--max-macs", "1M")
    assert (result.code, result.err) == (2, "error: models/net.yaml cannot be read: Permission denied\n")


@pytest.mark.parametrize(
    "command",
    [
        ["check", ".", "--max-macs", "1M"], ["check", "--locked"], ["check", "mobilenet", "--update-lock"],
        ["analyze", "mobilenet", "--output", "a.json"], ["check", "--base", "main", "."],
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_deleted_working_directory(command: list[str], tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    script = f"rmdir '{gone}' && exec '{sys.executable}' -P -m dsconv_cost \"$@\""
    done = subprocess.run(
        ["sh", "-c", script, "sh", *command], cwd=gone, capture_output=True, text=True, timeout=40, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: the working directory was deleted: change to one that exists\n"


# -- the lock ---------------------------------------------------------------------------------------

LOCK = """{{
  "schema_version": 1,
  "convention": {{"name": "macs", "version": "1"}},
  "architectures": {{
    "{network}": {{"params": 0, "macs": 0, "layers": [["{layer}", 0, 0]]}}
  }}
}}
"""


@pytest.mark.parametrize(
    ("network", "layer", "place"),
    [("\\ud800.yaml", "conv", "4:3"), ("models/net.yaml", "\\udfff", "5:49")],
    ids=["of a network", "of a layer"],
)
@pytest.mark.parametrize("option", ["--locked", "--update-lock"])
def test_a_lone_surrogate_in_a_name_of_the_lock(
    network: str, layer: str, place: str, option: str, folder: Path
) -> None:
    (folder / "dsconv-cost.lock").write_text(LOCK.format(network=network, layer=layer))
    result = run("check", "models/net.yaml", option)
    if option == "--update-lock":
        assert result.code == 0  # a damaged lock is replaced
        assert "the damaged one is replaced" in result.err
        assert run("check", "models/net.yaml", "--locked").code == 0
    else:
        assert result.code == 2
        assert f"dsconv-cost.lock:{place}: error: a lone surrogate in a name: write it anew" in result.err


def test_a_name_that_is_not_utf8_is_not_locked(folder: Path) -> None:
    (folder / "\udcff.yaml").write_text(NET)
    result = run("check", "\udcff.yaml", "--update-lock")
    assert result.code == 2
    assert "\\udcff.yaml: the name is not UTF-8, and dsconv-cost.lock cannot hold it: rename the file" in result.err
    assert not (folder / "dsconv-cost.lock").exists()


# -- the functions ----------------------------------------------------------------------------------


def test_the_start_of_a_file(folder: Path) -> None:
    assert start_of("outside", 5) == b"input"
    (folder / "link").symlink_to("outside")
    _pipe(folder / "pipe")
    assert start_of("link", 5) is None
    assert start_of("pipe", 5) is None
    with pytest.raises(FileNotFoundError):
        start_of("nothing", 5)


def test_a_folder_is_no_file(folder: Path) -> None:
    with pytest.raises(UsageError, match="models is a directory: name a file in it"):
        read_text("models")


def test_bytes_that_are_no_text(folder: Path) -> None:
    (folder / "x").write_bytes(b"a\nb\xff")
    with pytest.raises(InputError) as caught:
        read_text("x")
    assert [(p.line, p.column) for p in caught.value.problems] == [(2, 2)]
