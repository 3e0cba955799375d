"""Hostile files, broken pipes, full disks: a run ends soon, in few words, with the right exit code."""

import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest import mock

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from dsconv_cost.errors import DsconvCostError, InputError
from dsconv_cost.network.build import elaborate
from dsconv_cost.sources.load import Source, load, load_source
from dsconv_cost.text import lines_of
from tests.command import Result, run, run_process
from tests.language.wrong_input.case import DEEP, Case, holds, problems_of
from tests.language.wrong_input.table import CASES

BUNDLED = Path(__file__).parents[2] / "architectures"
HEAD = "input: [3, 32, 32]\nlayers:\n"
SECONDS = 30
"""Ten times what the slowest needs here, and far below what it would take without its bound."""

# -- files that cannot be read ----------------------------------------------------------------------


def _link_to_nothing(folder: Path) -> str:
    (folder / "link.yaml").symlink_to(folder / "nothing.yaml")
    return "link.yaml"


def _link_to_itself(folder: Path) -> str:
    (folder / "loop.yaml").symlink_to(folder / "loop.yaml")
    return "loop.yaml"


def _folder(folder: Path) -> str:
    (folder / "net.yaml").mkdir()
    return "net.yaml"


def _pipe(folder: Path) -> str:
    os.mkfifo(folder / "pipe")
    return "pipe"


def _socket(folder: Path) -> str:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("net.sock")
    return "net.sock"


UNREADABLE: dict[str, tuple[Callable[[Path], str], str]] = {
    "a missing file": (lambda folder: "xyzzy.yaml", "error: no file 'xyzzy.yaml'"),
    "a missing file in a folder": (lambda folder: "nets/net.yaml", "error: no file 'nets/net.yaml'"),
    "a path through a file": (lambda folder: "/dev/null/net.yaml", "error: no file '/dev/null/net.yaml'"),
    "a link to nothing": (
        _link_to_nothing,
        "error: link.yaml cannot be read: it is a link to a file that does not exist",
    ),
    "a link to itself": (_link_to_itself, "error: loop.yaml cannot be read: Too many levels of symbolic links"),
    "a folder": (_folder, "error: net.yaml is a directory: name a file in it"),
    "a pipe nobody writes to": (_pipe, "error: pipe cannot be read: nothing writes to this pipe"),
    "a socket": (_socket, "error: net.sock cannot be read: No such device or address"),
    "zeros without end": (
        lambda folder: "/dev/zero",
        "error: /dev/zero is larger than 16 MiB, the maximum for an architecture",
    ),
    "noise without end": (
        lambda folder: "/dev/urandom",
        "error: /dev/urandom is larger than 16 MiB, the maximum for an architecture",
    ),
    "a name too long for a file": (lambda folder: "n" * 300, f"error: {'n' * 300} cannot be read: File name too long"),
    "no name": (lambda folder: "", "error: '' is neither a path nor a bundled architecture"),
    "a near miss of a bundled name": (
        lambda folder: "mobilnet",
        "error: no file or bundled architecture 'mobilnet': did you mean 'mobilenet'?",
    ),
    "a name that is no UTF-8": (lambda folder: "\udcff.yaml", "error: no file '\\udcff.yaml'"),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_what_cannot_be_read_is_one_line(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make, said = UNREADABLE[case]
    monkeypatch.chdir(tmp_path)
    assert run("analyze", make(tmp_path)) == Result(2, "", f"{said}\n")


BYTES: dict[str, tuple[bytes, str]] = {
    "a binary file": (b"\x7fELF\x02\x01\x01\0\0", "1:8: error: received a binary file"),
    "zeros in the second line": (b"input: 3\nla\0yers", "2:3: error: received a binary file"),
    "a byte that is no UTF-8": (
        "é\nname: éé".encode() + b"\xff",
        "2:9: error: received the byte 0xff, which is not UTF-8",
    ),
    "a character cut short": ("# é".encode()[:-1], "1:3: error: received the byte 0xc3, which is not UTF-8"),
    "Latin-1": ("# é\n".encode("latin-1"), "1:3: error: received the byte 0xe9, which is not UTF-8"),
    "a signature, then no UTF-8": (b"\xef\xbb\xbf\xff", "1:1: error: received the byte 0xff, which is not UTF-8"),
    "UTF-16": ("input".encode("utf-16"), "1:1: error: received a UTF-16 file: save it as UTF-8"),
    "an empty file": (b"", "1:1: error: the file is empty"),
    "only a signature": (b"\xef\xbb\xbf", "1:1: error: the file is empty"),
}


@pytest.mark.parametrize("case", BYTES)
def test_bytes_that_are_no_text(case: str, tmp_path: Path) -> None:
    data, said = BYTES[case]
    (tmp_path / "net.yaml").write_bytes(data)
    result = run("analyze", "net.yaml", cwd=tmp_path)
    assert result.code == 2
    assert result.out == ""
    assert result.err.startswith(f"net.yaml:{said}")
    assert len(result.err.splitlines()) == 1


def test_a_binary_file_is_named_for_what_it_should_be(tmp_path: Path) -> None:
    for name in ("net.tflite", "board.yaml"):
        (tmp_path / name).write_bytes(b"abc\0\1\2")
    said = "received a binary file that does not begin like a model of ONNX, TFLite or Keras"
    assert run("analyze", "net.tflite", cwd=tmp_path) == Result(2, "", f"net.tflite:1:1: error: {said}\n")
    said = "received a binary file, expected UTF-8 text, e.g. YAML"
    for args in (("analyze", "mobilenet", "--device"), ("calibrate",)):
        assert run(*args, "board.yaml", cwd=tmp_path) == Result(2, "", f"board.yaml:1:4: error: {said}\n")


def test_a_signature_is_no_part_of_the_text(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_bytes(b"\xef\xbb\xbf" + (HEAD + "- relu\n- rleu\n").encode())
    assert run("analyze", "net.yaml", cwd=tmp_path).err.startswith("net.yaml:4:3: error: unknown type 'rleu'")


def test_a_pipe_somebody_writes_to(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    text = (BUNDLED / "mobilenet.yaml").read_bytes() + b"# more than a pipe holds\n" * 10_000
    # Opened for reading here, it can be opened for writing before the tool is there.
    reading = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    with (tmp_path / "pipe").open("wb") as pipe, ThreadPoolExecutor(1) as pool:
        try:
            writing = pool.submit(pipe.write, text)
            writing.add_done_callback(lambda _: pipe.close())
            result = run("analyze", "pipe", "--format", "csv", "--top", "1", cwd=tmp_path)
        finally:
            os.close(reading)  # a writer would wait for ever for a reader that failed
        assert writing.result() == len(text)
    assert result.code == 0
    assert "pipe" in result.out


# -- hostile files ----------------------------------------------------------------------------------

DOUBLED = "".join(f"  b{n}: {{layers: [b{n - 1}, b{n - 1}]}}\n" for n in range(1, 58))
DOUBLED_WHEN = "".join(
    f"  b{n}: {{layers: [{{b{n - 1}, when: in_channels > 0}}, {{b{n - 1}, when: in_channels > 0}}]}}\n"
    for n in range(1, 58)
)
DOUBLED_LISTS = "".join(f"  a{n}: [{', '.join([f'a{n - 1}'] * 8)}]\n" for n in range(1, 40))
LONG = "+".join(["in_channels"] + ["0"] * 240)
MANY = 100_000
MOST_LAYERS = 20_000
"""A tenth of the default: so many layers, and work in proportion to them, are made before some of these end."""

HOSTILE: dict[str, tuple[str, str]] = {
    "a billion layers": (HEAD + "- {relu, repeat: 10**9}\n", "at most 20,000 are made"),
    "a billion times nothing": (
        HEAD + "- {sequential: [{relu, when: false}], repeat: 10**9}\n- relu\n",
        "items and joined tensors",
    ),
    "two million times nothing": (
        HEAD + "- {sequential: [{relu, when: false}], repeat: 2000000}\n- relu\n",
        "items and joined tensors",
    ),
    "blocks that double": (
        f"blocks:\n  b0: {{layers: relu}}\n{DOUBLED}{HEAD}- b57\n",
        "would have more than 1,000,000,000,000,000 layers",
    ),
    "blocks that double when they are reached": (
        f"blocks:\n  b0: {{layers: {{relu, when: in_channels > 0}}}}\n{DOUBLED_WHEN}{HEAD}- b57\n",
        "has more than 20,000 layers",
    ),
    "blocks that double and make nothing": (
        f"blocks:\n  b0: {{layers: {{relu, when: in_channels < 0}}}}\n{DOUBLED_WHEN}{HEAD}- b57\n- relu\n",
        "items and joined tensors",
    ),
    "lists that double": (
        f"let:\n  a0: [1, 1]\n{DOUBLED_LISTS}{HEAD}- {{conv: a39, kernel: 1}}\n",
        "a list holds numbers and words, not lists",
    ),
    "a billion copies": (HEAD + "- concat: [{relu, copies: 10**9}]\n", "at most 20,000 are made"),
    "a billion copies of nothing": (
        HEAD + "- concat: [{relu, copies: 10**9, when: in_channels > 3}, previous]\n",
        "items and joined tensors",
    ),
    "a million parts": (
        "input: [1000000, 1, 1]\nlayers:\n- {concat: [{relu, copies: 1000000}], split: 1000000}\n",
        "at most 20,000 are made",
    ),
    "everything joined a thousand times": (
        HEAD + "- {relu, repeat: 10000, name: x}\n" + "- concat: [all x]\n" * 1000,
        "items and joined tensors",
    ),
    "a long expression many times": (
        HEAD + f"- {{conv: {LONG}, kernel: 1, repeat: 19999}}\n",
        "items and joined tensors",
    ),
    "many long expressions": (
        HEAD + "".join(f"- {{conv: {'+'.join(['1'] * 240)}+{n}, kernel: 1}}\n" for n in range(3000)),
        "more than 200,000 operators",
    ),
    "a block with many values, many times": (
        "blocks:\n  b:\n    arguments: {x: required}\n    let:\n"
        + "".join(f"      v{n}: x + {n}\n" for n in range(900))
        + f"    layers: {{conv: v0, kernel: 1}}\n{HEAD}- {{b: in_channels + 1, repeat: 10000}}\n",
        "items and joined tensors",
    ),
    "many faults of the text": (
        HEAD + "".join(f"- {{conv: 8, kernel: 3, foo{n}: 1}}\n" for n in range(3000)),
        "... and 300 or more problems",
    ),
    "many faults of the shapes": (
        "input: [4000, 1, 1]\nlayers:\n"
        + "".join(f"- {{conv: 4000, kernel: 1, groups: {n + 4001}}}\n" for n in range(3000)),
        "... and 300 or more problems",
    ),
    "the same fault in a block used many times": (
        "blocks:\n  b: {layers: {conv: 3, kernel: 3, groups: 2}}\n" + HEAD + "- b\n" * 10_000,
        "groups 2 does not divide",
    ),
    "outputs nothing uses": (HEAD + "- {conv: 8, kernel: 3, from: input}\n" * 3000, "... and 300 or more problems"),
    "many keys twice": (HEAD + "- {conv: 8, " + "kernel: 3, " * MANY + "}\n", "... and 300 or more problems"),
    "many keys": (HEAD + "- {conv: 8, " + "".join(f"k{n}: 3, " for n in range(MANY)) + "}\n", "or more problems"),
    "many values of let": (
        "let:\n" + "".join(f"  a{n}: {n}\n" for n in range(MANY)) + HEAD + "- relu\n",
        "100,000 names in one mapping: the maximum is 1,000",
    ),
    "many unknown names beside many known": (
        "let:\n"
        + "".join(f"  a{n}: {n}\n" for n in range(900))
        + HEAD
        + "".join(f"- {{conv: b{n}, kernel: 3}}\n" for n in range(MANY // 10)),
        "... and 300 or more problems",
    ),
    "many blocks": (
        "blocks:\n" + "".join(f"  a{n}: {{layers: relu}}\n" for n in range(MANY // 10)) + HEAD + "- relu\n",
        "10,000 names in one mapping: the maximum is 1,000",
    ),
    "many items in a list for one": (HEAD + "- [" + "x," * MANY + "]\n", "received a list inside a body"),
    "brackets": (HEAD + "- " + "[" * 1_000_000, "nest"),
    "braces": (HEAD + "- " + "{a: " * 1_000_000, "nested more than 64 levels deep"),
    "brackets in lines": (HEAD + "- " + "[\n" * 1_000_000, "nested more than 64 levels deep"),
    "dashes": (HEAD + "- " * 1_000_000, "nested more than 64 levels deep"),
    "question marks": (HEAD + "? " * 1_000_000, "nested more than 64 levels deep"),
    "sequentials": (HEAD + DEEP, "nested more than 64 levels deep"),
    "an alias bomb": (
        "a0: &a0 [x, x]\n"
        + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 8)}]\n" for n in range(1, 60))
        + HEAD
        + "- relu\n",
        ") are not supported: write the value out",
    ),
    "an alias many times": (HEAD + "- &a relu\n" + "- *a\n" * MANY, "... and 300 or more problems"),
    "a long name": (HEAD + "- {relu, name: " + "x" * 10_000_000 + "}\n", "at most 100"),
    "a long type": (HEAD + "- " + "x" * 10_000_000 + "\n", "expected an item"),
    "a long number": (HEAD + "- {conv: " + "1" * 10_000_000 + ", kernel: 3}\n", "a value of 10,000,000 characters"),
    "a long text": (HEAD + "- relu\nsource: '" + "a\n" * 5_000_000 + "'\n", "characters: the maximum is 300"),
    "a long anchor": (HEAD + "- &" + "a" * 5_000_000 + " relu\n", "are not supported: name"),
    "a long tag": (HEAD + "- !<" + "a" * 5_000_000 + "> relu\n", "are not supported: remove it"),
    "a long line of spaces": (HEAD + "- {conv: 8, kernel: 3} " + " " * 10_000_000 + "x\n", "does not belong"),
    "directives": ("%FOO bar\n" * MANY + "---\n" + HEAD + "- relu\n", "a YAML directive"),
    "documents": ("---\n" * 1_000_000, "a second document"),
    "carriage returns": ("\r" * 1_000_000 + "x: [", "never closed"),
    "outputs": (HEAD + "- relu\noutputs: [" + ", ".join(f"t{n}" for n in range(MANY)) + "]\n", "no item named"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_ends_soon(case: str) -> None:
    text, said = HOSTILE[case]
    before = time.process_time()
    with pytest.raises(InputError) as caught:
        elaborate(load_source(Source(text, "net.yaml", False, None), {}), MOST_LAYERS)
    report = str(caught.value)
    assert time.process_time() - before < SECONDS
    assert said in report
    assert len(report) < 200_000


def test_the_largest_file_stays_in_bounds(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(HEAD + "- relu\n" * 2_390_000)
    before = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "dsconv_cost", "analyze", "net.yaml"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (800 << 20, 800 << 20)),
        timeout=4 * SECONDS,
        check=False,
    )
    assert time.monotonic() - before < 4 * SECONDS
    assert done.returncode == 2, done.stderr
    assert "net.yaml:300003:3: error: more than 300,000 items in one file: use repeat and blocks" in done.stderr


def test_values_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dsconv_cost.language.nodes.MOST_NODES", 10)
    assert problems_of("input: [3, 32, 32]\nlayers: [relu]\n") == ()  # 9: the mapping, 2 keys, 2 lists, 4 values
    found = problems_of("input: [3, 32, 32]\nlayers: [relu, relu, relu]\n")
    assert [p[:3] for p in found] == [(2, 22, "more than 10 values: use repeat and blocks")]


def test_layers_are_bounded_by_an_option(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(HEAD + "- {relu, repeat: 7}\n")
    assert run("analyze", "net.yaml", "--layer-bound", "7", cwd=tmp_path).code == 0
    refused = run("analyze", "net.yaml", "--layer-bound", "6", cwd=tmp_path)
    assert refused.code == 2
    assert refused.err.startswith(
        "net.yaml:3:18: error: the network would have at least 7 layers with this item; at most 6"
    )


def test_a_large_network_is_no_hostile_one() -> None:
    network = elaborate(load_source(Source(HEAD + "- {relu, repeat: 199999}\n- relu\n", "net.yaml", False, None), {}))
    assert len(network.nodes) == 200_000


# -- a PyYAML without libyaml -----------------------------------------------------------------------

COUNTED_OTHERWISE = {
    "unknown escape", "nothing for a number", "nothing for when", "empty name", "nothing for a hyperparameter",
    "directive", "unknown directive", "weights of nothing",
}  # fmt: skip
"""Where the pure parser puts what it misses one column further, or takes what libyaml refuses."""


@pytest.fixture
def pure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(yaml, "CSafeLoader")


@pytest.mark.usefixtures("pure")
@pytest.mark.parametrize("case", [c for c in CASES if c.id not in COUNTED_OTHERWISE], ids=lambda case: case.id)
def test_without_libyaml(case: Case) -> None:
    found = problems_of(case.text)
    assert [p[:2] for p in found] == [p[:2] for p in case.problems], found
    assert all(holds(p.message, e[2]) for p, e in zip(found, case.problems, strict=True)), found


NESTED = {
    "brackets": "[" * 100_000,
    "braces": "{a: " * 100_000,
    "brackets in lines": "[\n" * 100_000,
    "dashes": "- " * 100_000,
    "question marks": "? " * 100_000,
}


@pytest.mark.usefixtures("pure")
@pytest.mark.parametrize("case", NESTED)
def test_nesting_without_libyaml(case: str) -> None:
    before = time.process_time()
    found = problems_of(HEAD + "- " + NESTED[case])
    assert "nested more than 64 levels deep: make blocks of the inner parts" in [p.message for p in found]
    assert time.process_time() - before < SECONDS


@pytest.mark.usefixtures("pure")
def test_fewer_values_are_read_without_libyaml(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dsconv_cost.language.nodes.MOST_NODES", 100)
    found = problems_of("input: [3, 32, 32]\nlayers: [relu, relu, relu]\n")
    assert [p.message for p in found] == ["more than 10 values: use repeat and blocks"]


# -- streams ----------------------------------------------------------------------------------------


def shell(command: str, cwd: Path, stdin: int | None = subprocess.DEVNULL) -> Result:
    """Run a line of shell in which $D is the tool."""
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"],
        cwd=cwd,
        env={**os.environ, "D": f"{sys.executable} -m dsconv_cost"},
        stdin=stdin,
        capture_output=True,
        timeout=60,
        check=False,
    )
    return Result(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"))


FULL = "error: standard output cannot be written: No space left on device\n"
CLOSED = "error: standard output cannot be written: it is closed\n"
STREAMS: dict[str, tuple[str, int, str]] = {
    "a pipe that closes": ("$D analyze resnet:152 --ops | head -n 1 > /dev/null", 0, ""),
    "a pipe that closes on JSON": ("$D analyze resnet:152 --format json | head -n 1 > /dev/null", 0, ""),
    "a pipe that was closed": ("$D analyze mobilenet | true", 0, ""),
    "a pipe that closes on an output": ("$D analyze mobilenet --output json=/dev/stdout | true", 0, ""),
    "a full disk": ("$D analyze mobilenet > /dev/full", 2, FULL),
    "a full disk for JSON": ("$D analyze mobilenet --format json > /dev/full", 2, FULL),
    "a full disk for help": ("$D --help > /dev/full", 2, FULL),
    "a full disk for a file's text": ("$D show mobilenet > /dev/full", 2, FULL),
    "a full disk for an output": (
        "$D analyze mobilenet --output json=/dev/full",
        2,
        "error: /dev/full cannot be written: No space left on device\n",
    ),
    "standard output closed": ("$D analyze mobilenet >&-", 2, CLOSED),
    "standard error closed": ("$D analyze nothing 2>&-", 2, ""),
    "a full disk for errors": ("$D analyze nothing 2> /dev/full", 2, ""),
    "a pipe for errors that was closed": ("$D analyze nothing 2>&1 > /dev/null | true", 2, ""),
    "standard input closed": (
        "$D analyze - <&-",
        2,
        "error: standard input is closed: name a file, or pipe one in\n",
    ),
    "nothing on standard input": (
        "$D analyze - < /dev/null",
        2,
        "<stdin>:1:1: error: the file is empty: an architecture needs input and layers\n",
    ),
    "standard input without end": (
        "yes | $D analyze -; exit ${PIPESTATUS[1]}",
        2,
        "error: <stdin> is larger than 16 MiB, the maximum for an architecture\n",
    ),
}


@pytest.mark.parametrize("case", STREAMS)
def test_streams(case: str, tmp_path: Path) -> None:
    command, code, said = STREAMS[case]
    result = shell(command, tmp_path)
    assert (result.code, result.err) == (code, said)


@pytest.mark.parametrize("encoding", ["ascii", "ascii:strict", "latin-1", "utf-16"])
def test_an_output_of_another_encoding(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(f"name: Сеть 网络\n{HEAD}- relu\n")
    (tmp_path / "bad.yaml").write_text(f"name: Сеть 网络\n{HEAD}- Сеть\n")
    right = shell(f"PYTHONIOENCODING={encoding} $D analyze net.yaml", tmp_path)
    assert (right.code, right.err) == (0, "")
    if encoding != "utf-16":
        assert "relu1" in right.out
    wrong = shell(f"PYTHONIOENCODING={encoding} $D analyze bad.yaml", tmp_path)
    assert wrong.code == 2
    assert "Traceback" not in wrong.err
    if encoding.startswith("ascii"):
        assert "4:3: error: received '\\u0421\\u0435\\u0442\\u044c', expected an item" in wrong.err


def test_a_locale_without_utf8(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(f"name: é\n{HEAD}- relu\n", encoding="utf-8")
    result = shell("LC_ALL=C PYTHONUTF8=0 PYTHONCOERCECLOCALE=0 $D analyze net.yaml", tmp_path)
    assert (result.code, result.err) == (0, "")
    assert "relu1" in result.out


# -- interruptions and bugs -------------------------------------------------------------------------


def test_ctrl_c_ends_with_130_and_one_word() -> None:
    command = [sys.executable, "-m", "dsconv_cost", "analyze", "-"]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        # A shell's background jobs ignore it, and what they start does too.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        assert process.stdin is not None
        # The sign of life: a pipe does not hold so much, so this returns when the tool is reading, and it then reads on.
        process.stdin.write(b"#" * 1_000_000)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, b"", b"interrupted\n")


def test_out_of_memory_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    # A real bound on memory would hit libyaml or the interpreter first, which may end in other ways.
    def fails(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("dsconv_cost.network.build.elaborate", fails)
    monkeypatch.setattr("dsconv_cost.costs.analysis.elaborate", fails)
    result = run("analyze", "mobilenet")
    assert (result.code, result.out) == (3, "")
    assert result.err.startswith("error: out of memory.")
    assert len(result.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("raised", "code", "said"),
    [
        (KeyError("x"), 3, "error: a bug in dsconv-cost: KeyError at "),
        (RecursionError(), 3, "error: a bug in dsconv-cost: RecursionError at "),
        (AssertionError("\n::error::x"), 3, "error: a bug in dsconv-cost: AssertionError at "),
        (OSError(5, "odd", "a file"), 3, "error: a bug in dsconv-cost: OSError at "),
        (MemoryError(), 3, "error: out of memory."),
        (KeyboardInterrupt(), 130, "interrupted"),
        (SystemExit(7), 7, ""),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_what_escapes_is_one_line(raised: BaseException, code: int, said: str) -> None:
    with mock.patch("dsconv_cost.costs.analysis.analyze_architecture", side_effect=raised), mock.patch("os.dup2"):
        result = run("analyze", "mobilenet")
    assert result.code == code
    assert result.out == ""
    assert result.err.startswith(said)
    assert len(result.err.splitlines()) == (1 if said else 0)


def test_a_bug_can_be_looked_into() -> None:
    with (
        mock.patch("dsconv_cost.costs.analysis.analyze_architecture", side_effect=KeyError("x")),
        mock.patch.dict(os.environ, {"DSCONV_COST_DEBUG": "1"}),
    ):
        assert "Traceback" in run("analyze", "mobilenet").err


# -- the command line -------------------------------------------------------------------------------

USAGE: dict[str, tuple[tuple[str, ...], str]] = {
    "an unknown option": (("analyze", "mobilenet", "--colour"), "No such option"),
    "an unknown command": (("analyse", "mobilenet"), "No such command 'analyse': did you mean 'analyze'?"),
    "no architecture": (("analyze",), "Missing argument 'ARCHITECTURE'"),
    "an unknown format": (("analyze", "mobilenet", "--format", "xml"), "'xml' is not one of 'table', 'json'"),
    "a bound of no layers": (
        ("analyze", "mobilenet", "--layer-bound", "0"),
        "received '0', expected a whole number from 1 to 10,000,000",
    ),
    "too many arguments": (("analyze", "mobilenet", "vgg:16"), "Got unexpected extra argument (vgg:16)"),
    "alpha where there is none": (
        ("analyze", "vgg:16", "--alpha", "1"),
        "VGG has no hyperparameter 'alpha': it has depths",
    ),
    "alpha of no number": (("analyze", "mobilenet", "--alpha", "wide"), "--alpha: received 'wide': expected a number"),
    "alpha of an exponent": (
        ("analyze", "mobilenet", "--alpha", "1e0"),
        "--alpha: received '1e0': 1e0 is not a number",
    ),
    "alpha of 0": (("analyze", "mobilenet", "--alpha", "0"), "--alpha: received 0, expected a number above 0"),
    "a negative resolution": (
        ("analyze", "mobilenet", "--resolution=-1"),
        "--resolution: received -1, expected a number",
    ),
    "true for alpha": (
        ("analyze", "mobilenet", "--alpha", "true"),
        "--alpha: received true, expected a number above 0",
    ),
    "a list for alpha": (
        ("analyze", "mobilenet", "--set", "alpha=[1]"),
        "alpha: received the list [1], expected a number",
    ),
    "alpha set twice": (
        ("analyze", "mobilenet", "--alpha", "1", "--set", "alpha=0.5"),
        "the hyperparameter alpha is set twice: set it once",
    ),
    "set without a value": (("analyze", "mobilenet", "--set", "alpha"), "--set alpha: expected NAME=VALUE"),
    "a near miss": (("analyze", "mobilenet", "--set", "alhpa=1"), "no hyperparameter 'alhpa': did you mean 'alpha'?"),
    "an unknown variant": (("analyze", "resnet:51"), "Wide ResNet has no variant '51'"),
    "a variant where there are none": (("analyze", "unet:b0"), "has no variant 'b0': it has none"),
    "a variant that is needed": (
        ("analyze", "resnet"),
        "needs depths: name a variant, e.g. resnet:18 (there are 18, 34, 50",
    ),
    "a resolution that leaves nothing": (
        ("analyze", "resnet:18", "--resolution", "0.5"),
        "input height: received 0.5, expected a whole number",
    ),
    "an output of an unknown format": (
        ("analyze", "mobilenet", "--output", "a.xml"),
        "--output a.xml: the ending names no",
    ),
    "an output without a path": (
        ("analyze", "mobilenet", "--output", "json="),
        "expected [FORMAT=]PATH, received no path",
    ),
}


@pytest.mark.parametrize("case", USAGE)
def test_wrong_usage(case: str) -> None:
    arguments, said = USAGE[case]
    result = run(*arguments)
    assert result.code == 2
    assert result.out == ""
    assert said in result.err
    assert "error: " in result.err


def test_without_arguments_there_is_help() -> None:
    result = run()
    assert result.code == 2
    assert result.out == ""
    assert result.err.startswith("Usage: dsconv-cost")
    assert "analyze" in result.err


def test_a_process_gives_the_same() -> None:
    assert run_process("analyze", "nothing") == run("analyze", "nothing")


# -- the Python interface ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (float("nan"), "received nan, expected a number of at most 2"),
        (float("inf"), "received inf, expected a number of at most 2"),
        (2**60, "received 1152921504606846976, expected a number of at most 2"),
        (None, "received NoneType, expected a number"),
        ({"a": 1}, "received dict, expected a number"),
        ("wide", "received the word wide, expected a number"),
        (True, "received true, expected a number"),
    ],
    ids=str,
)
def test_values_from_python(value: object, said: str) -> None:
    with pytest.raises((DsconvCostError, TypeError), match=f"alpha: {said}"):
        load("mobilenet", alpha=value)


# -- anything ---------------------------------------------------------------------------------------

SCRAPS = st.sampled_from(
    [
        "", "0", "-1", "1e3", "no", "017", "3:4", "~", "''", "{", "}", "[", "]", ",", ": ", "- ", "\n", "  ", "\t", "*a",
        "&a ", "!x ", "%", "@", "|", ">", "<<", "relu", "conv", "add", "previous", "all x", "input", "in_channels",
        "repeat", "when", "first", "copies", "from", "name", "split", "true", "1/0", "9**9**9", "33.6", "10**9", "same",
        "none", "(", ")", "max(", "[1, 2]", "{a: 1}", "\0", "\x1b", "é", "\u202e", "\ufeff", "\ud800", "#", "...", "---",
        "layers", "blocks", "variants", "outputs", "residual", "sequential", "required", ".inf", "x[9]",
    ]
)  # fmt: skip
TEXTS = [path.read_text(encoding="utf-8") for path in sorted(BUNDLED.glob("*.yaml"))]


@st.composite
def changed(draw: st.DrawFn) -> str:
    """A bundled file with up to four pieces of it replaced."""
    text = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        text = text[:start] + draw(SCRAPS) + text[start + draw(st.integers(0, 12)) :]
    return text


def test_there_are_files_to_change() -> None:
    assert len(TEXTS) >= 10


@settings(max_examples=150, deadline=None, derandomize=True)
@given(changed())
def test_any_text_is_read_or_refused(text: str) -> None:
    found: InputError | None = None
    try:
        elaborate(load_source(Source(text, "net.yaml", False, None), {}), MOST_LAYERS)
    except InputError as error:
        found = error
    except DsconvCostError:
        pass  # a family that needs a variant
    if found is not None:
        lines = len(lines_of(text))
        assert found.problems
        assert all(1 <= p.line <= lines and p.column >= 1 for p in found.problems)
        assert all(line.isprintable() for line in str(found).split("\n"))
