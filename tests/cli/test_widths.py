"""No line of any command is wider than the terminal."""

import json
from pathlib import Path

import pytest

from dsconv_cost import load
from dsconv_cost.cli import emit, reference
from dsconv_cost.cli.group import COMMANDS
from dsconv_cost.formats.format import Screen
from dsconv_cost.network.build import elaborate
from dsconv_cost.text import width
from tests.command import run
from tests.importers.onnx_writer import onnx_bytes
from tests.networks import network

WIDTHS = [40, 60, 80, 100, 120, 200]

NET = """\
name: A network with a name that is longer than most names of networks are
input: [3, 32, 32]
hyperparameters: {width: 8}
defaults: {conv: {norm: batch, activation: relu, bias: false}}
layers:
  - {conv: width, kernel: 3, stride: 2, name: the_first_convolution_of_all}
  - {dsconv: 2 * width, repeat: 4}
  - {conv: 16, kernel: 5}
  - global_avgpool
  - {linear: 10}
budget:
  - {metric: macs, max: 1K}
  - {metric: saving, min: 99%, message: a remark of many words that a reviewer wrote}
  - {metric: params, max: 1G}
"""

CALLS = {
    "advise": ["advise", "resnet8", "--max-macs", "1M"],
    "advise of a model": ["advise", "resnet8.onnx", "--max-macs", "9M", "--max-flash", "90 kB"],
    "analyze": ["analyze", "mobilenet"],
    "analyze a file": ["analyze", "net.yaml", "--all", "--kinds", "--notes"],
    "analyze published": ["analyze", "mobilenet", "--published", "--expand", "--exact"],
    "analyze primitives": ["analyze", "mobilenet_v2", "--ops", "--kinds"],
    "analyze on a device": ["analyze", "mobilenet", "--device", "ethos-u55-128", "--notes"],
    "calibrate": ["calibrate", "times.csv"],
    "check": ["check", "net.yaml"],
    "check memory": ["check", "net.yaml", "--max-peak", "1 KiB", "--max-arena", "1 MiB", "--max-flash", "1 KiB"],
    "compare": ["compare", "mobilenet", "mobilenet_v2", "net.yaml", "--pareto"],
    "compare memory": ["compare", "mobilenet", "net.yaml", "--columns", "all", "--pareto-by", "peak,flash"],
    "conventions": ["conventions"],
    "conventions of one": ["conventions", "thop"],
    "devices": ["devices"],
    "devices of one": ["devices", "edge-tpu"],
    "diff": ["diff", "net.yaml", "net.yaml@width=16"],
    "diff of others": ["diff", "mobilenet", "mobilenet:thin"],
    "explain": ["explain", "mobilenet", "dsconv3"],
    "explain names": ["explain", "mobilenet_v2"],
    "fit": ["fit", "net.yaml", "--vary", "width=4..16:4", "--max-macs", "1M", "--max-params", "1M"],
    "fit of none": ["fit", "net.yaml", "--vary", "width=4..16:4", "--max-macs", "10", "--max-params", "10"],
    "fit of memory": ["fit", "net.yaml", "--vary", "width=4..16:4", "--max-peak", "1 MiB", "--max-flash", "1 MiB"],
    "list": ["list"],
    "list of memory": ["list", "ds_cnn", "--sort", "peak", "--max-arena", "1 MiB"],
    "list of one": ["list", "mobilenet"],
    "list published": ["list", "mobilenet", "efficientnet_lite", "--published"],
    "reconcile": ["reconcile", "mobilenet", "--from", "thop", "--to", "macs"],
    "reconcile a number": ["reconcile", "mobilenet", "--number", "575M"],
    "list of a pattern": ["list", "resnet:*", "--min-top1", "70", "--convention", "thop"],
    "reference": ["reference"],
    "reference of one": ["reference", "conv"],
    "sweep": [
        "sweep",
        "net.yaml",
        "--vary",
        "width=4..16:4",
        "--where",
        "macs < 1M",
        "--metrics",
        "params,macs,flops,peak,flash,saving",
    ],
    "validate": ["validate", "net.yaml"],
}
TIMES = Path(__file__).parents[1] / "facts" / "latency" / "stm32h747.csv"
VERBATIM = {"import": ["import", "net.onnx"], "init": ["init"], "schema": ["schema"], "show": ["show", "mobilenet"]}
"""Calls that print a file as it is: broken lines would make it another one."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "net.yaml").write_text(NET, encoding="utf-8")
    (tmp_path / "net.onnx").write_bytes(onnx_bytes(network(NET)))
    (tmp_path / "resnet8.onnx").write_bytes(onnx_bytes(elaborate(load("resnet8"))))
    (tmp_path / "times.csv").write_bytes(TIMES.read_bytes())
    return tmp_path


def on(columns: int, call: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return what a call prints on a terminal."""
    for module in (emit, reference):
        monkeypatch.setattr(module, "screen", lambda: Screen(columns))
    result = run(*CALLS[call], cwd=folder)
    assert result.code in (0, 1), result.err
    return result.out


@pytest.mark.parametrize("columns", WIDTHS)
@pytest.mark.parametrize("call", CALLS)
def test_no_line_is_wider_than_the_terminal(
    call: str, columns: int, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = on(columns, call, folder, monkeypatch).splitlines()
    assert lines
    assert [line for line in lines if width(line) > columns] == []
    assert [line for line in lines if "to fit" in line] == []


def test_every_command_is_rendered() -> None:
    assert {call[0] for call in CALLS.values()} == set(COMMANDS) - set(VERBATIM)


@pytest.mark.parametrize("call", VERBATIM)
def test_a_file_is_printed_as_it_is(call: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wide = run(*VERBATIM[call], cwd=folder).out
    monkeypatch.setenv("COLUMNS", "40")
    assert run(*VERBATIM[call], cwd=folder).out == wide
    assert max(map(width, wide.splitlines())) > 40


@pytest.mark.parametrize("columns", WIDTHS)
@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_no_line_of_the_help_is_wider_than_the_terminal(
    command: str, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = run(*command.split(), "--help").out.splitlines()
    assert len(lines) > 5
    assert [line for line in lines if width(line) > columns] == []


@pytest.mark.parametrize("columns", WIDTHS)
def test_the_reason_of_every_difference_is_seen(columns: int, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    published = run("list", "mobilenet", "efficientnet_lite", "--published", "--format", "json").out
    reasons = [row["reason"] for row in json.loads(published)["published"] if row["verdict"] == "differs"]
    assert len(reasons) > 5
    said = "".join(on(columns, "list published", folder, monkeypatch).split())
    assert [reason for reason in reasons if "".join(reason.split()) not in said] == []
