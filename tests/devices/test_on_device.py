"""`analyze --device` and `devices` on the command line, and the same from Python."""

import csv
import io
import json
from pathlib import Path

import pytest

import dsconv_cost
from dsconv_cost.devices.device import DATA_TYPES, Device
from dsconv_cost.devices.known import KNOWN
from tests.command import run

NET = """
input: [8, 16, 16]
layers:
  - {dwconv: 3, norm: batch, activation: relu, name: dw}
  - {conv: 32, kernel: 1, bias: false, name: pw}
  - {maxpool: 2, name: pool}
"""
BOARD = "name: board\nsource: made up\ndtype: int8\npeak: 100 MMAC/s\nbandwidth: 10 MB/s\n"
MEASURED = (
    "name: bench\nsource: measured\nrates: {macs: 1 ns, operations: 1 us}\n"
    "leave_one_out: {networks: 7, median: 2.34%, worst: 12.3%, times: [1 ms, 20 ms]}\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (("net.yaml", NET), ("board.yaml", BOARD), ("bench.yaml", MEASURED)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_the_table_says_at_least(folder: Path) -> None:
    # The bytes of test_times.py: dw 4,200, pw 10,496, pool 10,240, at 10 MB/s; 83,968 MACs at 100 MMAC/s take 0.840 ms.
    result = run("analyze", "net.yaml", "--device", "board.yaml", cwd=folder)
    assert result.code == 0
    lines = result.out.splitlines()
    assert (
        "On board at int8: at least 2.49 ms, operation by operation; 3 of 3 are bound by memory, 100% of that time. "
        "By MACs alone: at least 0.840 ms."
    ) in lines
    rows = {line.split()[0]: line.split()[-3:] for line in lines if " ms" in line}
    assert {name: rows[name] for name in ("dw", "pw", "pool")} == {
        "dw": ["memory", "0.420", "ms"], "pw": ["memory", "1.050", "ms"], "pool": ["memory", "1.024", "ms"],
    }  # fmt: skip
    assert "device  peak 100 MMAC/s, 10 MB/s, ridge at 10 MACs a byte (made up)" in lines


def test_measured_rates_say_about_with_their_error(folder: Path) -> None:
    # 83,968 MACs at 1 ns and 3 operations at 1 us: 0.0870 ms, below the shortest time that was measured.
    out = run("analyze", "net.yaml", "--device", "bench.yaml", cwd=folder).out
    assert (
        "On bench: about 0.0870 ms. Each of 7 measured networks, estimated by the times of the others: off by 2.3% (median), "
        "12.3% (worst). This one is outside of what was measured, 1.00 ms to 20.0 ms: it may be off by more."
    ) in out.splitlines()
    assert "at least" not in out
    assert "bound" not in out


def test_programs_get_every_figure(folder: Path) -> None:
    call = ("analyze", "net.yaml", "--device", "board.yaml", "--format")
    document = json.loads(run(*call, "json", cwd=folder).out)
    assert document["device"] == {
        "name": "board", "source": "made up", "path": "board.yaml", "dtype": "int8", "peak_macs_per_second": 100_000_000,
        "bandwidth_bytes_per_second": 10_000_000, "ridge_macs_per_byte": 10.0, "seconds_per_unit": None, "leave_one_out": None,
        "bound": "memory", "at_least_ms": 2.4936, "about_ms": None, "at_least_by_compute_ms": 0.83968, "operations": 3,
        "bound_by_memory": 3, "within_measured_times": None,
    }  # fmt: skip
    layers = {layer["name"]: (layer["bound"], layer["at_least_ms"], layer["about_ms"]) for layer in document["layers"]}
    assert layers == {
        "dw": ("memory", 0.42, None), "dw.norm": (None, None, None), "dw.act": (None, None, None),
        "pw": ("memory", 1.0496, None), "pool": ("memory", 1.024, None),
    }  # fmt: skip
    table = list(csv.DictReader(io.StringIO(run(*call, "csv", cwd=folder).out)))
    assert [(row["name"], row["bound"], row["at_least_ms"]) for row in table][::3] == [
        ("dw", "memory", "0.42"), ("pw", "memory", "1.0496"),
    ]  # fmt: skip
    assert "device" not in json.loads(run("analyze", "net.yaml", "--format", "json", cwd=folder).out)


def test_rows_sort_by_their_time(folder: Path) -> None:
    call = ("analyze", "net.yaml", "--format", "csv", "--expand", "--sort", "time")
    out = run(*call, "--device", "board.yaml", cwd=folder).out
    assert [line.split(",")[0] for line in out.splitlines()] == ["name", "pw", "dw"]
    result = run(*call, cwd=folder)
    assert (result.code, result.err) == (2, "error: --sort time needs --device: without one there is no time\n")


WRONG = [
    (["net.yaml", "--device", "boad.yaml"], "error: no file 'boad.yaml'\n"),
    (["net.yaml", "--device", "edge_tpu"], "error: no device or file 'edge_tpu': did you mean 'edge-tpu'?\n"),
    (["net.yaml", "--device", "net.yaml"], "net.yaml:2:1: error: unknown key 'input': the keys of a device are name, source, "),
    (["net.yaml", "--device", "board.yaml", "--format", "dot"], "error: --format dot shows no times: leave out --device\n"),
    (["net.yaml", "--device", "board.yaml", "--output", "json=board.yaml"], "error: --output board.yaml is a file that is read here"),
    (["net.yaml", "--device", ""], "error: no device or file '': known are ethos-u55-32, "),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "message"), WRONG, ids=[message for _, message in WRONG])
def test_wrong_calls(arguments: list[str], message: str, folder: Path) -> None:
    result = run("analyze", *arguments, cwd=folder)
    assert result.code == 2
    assert message in result.err
    assert (folder / "board.yaml").read_text(encoding="utf-8") == BOARD


def test_a_name_from_a_file_is_harmless_everywhere(folder: Path) -> None:
    (folder / "evil.yaml").write_text(BOARD.replace("board", r'"<b>\e[31m\u202e|x"'), encoding="utf-8")
    for form in ("table", "markdown", "html"):
        out = run("analyze", "net.yaml", "--device", "evil.yaml", "--format", form, cwd=folder).out
        assert "\x1b" not in out
        assert "\u202e" not in out
        assert form != "html" or ("&lt;b&gt;\\x1b[31m\\u202e|x" in out and "<b>\\x1b" not in out)
    assert "\x1b" not in run("devices", "evil.yaml", cwd=folder).out


def test_devices_are_listed_and_shown(folder: Path) -> None:
    assert [*KNOWN] == [row["name"] for row in json.loads(run("devices", "--format", "json").out)["devices"]]
    document = json.loads(run("devices", "bench.yaml", "--format", "json", cwd=folder).out)
    assert document["devices"][0]["peak"] is None
    assert document["rates"] == [
        {"term": "macs", "nanoseconds": 1.0, "words": "MACs"},
        {"term": "operations", "nanoseconds": 1000.0, "words": "operations of the deployed network"},
    ]
    error = next(note["text"] for note in document["notes"] if note["label"] == "about")
    assert error == (
        "off by 2.3% (median), 12.3% (worst): each of 7 measured networks, 1.00 ms to 20.0 ms, estimated by the times of the others"
    )


def test_python_has_the_same_figures(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    made = Device("board", "made up", DATA_TYPES["int8"], 100_000_000, 10_000_000)
    for device in ("board.yaml", Path("board.yaml"), made):
        costs = dsconv_cost.analyze("net.yaml", device=device)
        assert costs.times is not None
        assert costs.times.whole.at_least == pytest.approx(2.4936e-3)
        assert [row.time and row.time.bound for row in costs] == ["memory", "memory", "memory"]
        assert costs["pw"].time is not None
        assert costs["pw"].time.at_least == pytest.approx(1.0496e-3)
        assert costs.to_dict("expand")["layers"][1]["at_least_ms"] == 1.0496
        assert costs._columns()["at_least_ms"] == [0.42, 1.0496, 1.024]
    assert dsconv_cost.analyze("net.yaml").times is None
    with pytest.raises(TypeError, match="device: received int, expected a name or a path"):
        dsconv_cost.analyze("net.yaml", device=5)  # type: ignore[arg-type]


def test_networks_compared_on_a_device(folder: Path) -> None:
    (folder / "wide.yaml").write_text(NET.replace("conv: 32", "conv: 64"), encoding="utf-8")
    call = ("compare", "wide.yaml", "net.yaml", "--device", "board.yaml", "--sort", "time")
    lines = run(*call, cwd=folder).out.splitlines()
    # 64 channels: dw 4,200 bytes; pw 2,048 + 512 + 16,384 = 18,944; pool 16,384 + 4,096 = 20,480: 43,624 bytes at 10 MB/s.
    assert [(line.split()[0], *line.split()[-2:]) for line in lines if line.endswith(" ms")] == [
        ("net.yaml", "2.49", "ms"), ("wide.yaml", "4.36", "ms"),
    ]  # fmt: skip
    document = json.loads(run(*call, "--format", "json", cwd=folder).out)
    assert [(row["network"], row["at_least_ms"]) for row in document["networks"]] == [
        ("net.yaml", 2.4936),
        ("wide.yaml", 4.3624),
    ]
    assert document["device"]["name"] == "board"
    about = run("compare", "net.yaml", "--device", "bench.yaml", cwd=folder).out
    assert "about       off by 2.3% (median), 12.3% (worst): each of 7 measured networks, " in about
    result = run("compare", "net.yaml", "--device", "board.yaml", "--format", "svg", cwd=folder)
    assert (result.code, result.err) == (2, "error: --format svg shows no times: leave out --device\n")
    result = run("compare", "net.yaml", "--sort", "time", cwd=folder)
    assert (result.code, result.err) == (2, "error: --sort time needs --device: without one there is no time\n")


def test_python_compares_on_a_device(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    result = dsconv_cost.compare("net.yaml", "mobilenet", device="board.yaml")
    time = result["net.yaml"].time
    assert time is not None
    assert time.at_least == pytest.approx(2.4936e-3)
    assert result.to_dict()["networks"][0]["at_least_ms"] == 2.4936
    assert dsconv_cost.compare("mobilenet")["mobilenet"].time is None


def test_bytes_and_memory_are_as_wide_as_the_device_has_them(folder: Path) -> None:
    (folder / "half.yaml").write_text(BOARD.replace("int8", "fp16"), encoding="utf-8")
    columns = ("--columns", "layer,bytes_read,macs_per_byte")
    out = run("analyze", "net.yaml", "--device", "half.yaml", *columns, cwd=folder).out
    # pw: 65,536 MACs; 2 x 2,048 bytes in, 2 x 256 of weights, 2 x 8,192 out.
    assert next(line.split()[1:3] for line in out.splitlines() if line.startswith("pw")) == [
        "4,096",
        f"{65536 / 20992:.2f}",
    ]
    assert "Memory (16 bits): peak 20 KiB" in out  # 10,240 elements at the second step
    assert (
        "Memory (8 bits): peak 10 KiB"
        in run("analyze", "net.yaml", "--device", "half.yaml", "--bits", "8", cwd=folder).out
    )
    row = json.loads(run("compare", "net.yaml", "--device", "half.yaml", "--format", "json", cwd=folder).out)[
        "networks"
    ][0]
    assert row["peak"] == 20480
    assert dsconv_cost.compare(str(folder / "net.yaml"), device=folder / "half.yaml").networks[0].peak == 20480
    footprint = dsconv_cost.analyze(folder / "net.yaml", device=folder / "half.yaml")["pw"].footprint
    assert footprint.bytes_read == 4096
