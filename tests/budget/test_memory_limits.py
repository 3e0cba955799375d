"""Limits on peak, arena and flash: of networks, layers and kinds, at all widths, and what a verdict on them names."""

import csv
import io
import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from dsconv_cost import bundled, compare, diff
from tests.budget.small import document, notes
from tests.command import run
from tests.importers.onnx_writer import onnx_bytes
from tests.memory.tflite_of_network import tflite_file
from tests.networks import of
from tests.repository import Repository

NET = """\
input: [3, 5, 5]
layers:
  - {conv: 4, kernel: 3, norm: batch, activation: relu}
  - {dropout: 0.1, name: drop}
  - {conv: 8, kernel: 1, name: last}
  - relu
"""
# At 8 bits: the input has 3*25 bytes, the first convolution writes 4*25, the second 8*25; the activations are part of them.
FIRST, LAST = 75 + 100, 100 + 200
# In 16-byte steps: 208 + 112; the input is gone when the second is written.
ARENA = 208 + 112
# 27*4 and 4*8 weights at 8 bits, 4 (the norm's, folded) and 8 biases at 32.
FLASH_FIRST, FLASH_LAST = 108 + 4 * 4, 32 + 8 * 4
FLASH = FLASH_FIRST + FLASH_LAST


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "net.yaml").write_text(NET, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("metric", "bits", "bytes_"),
    [
        ("peak", None, LAST),
        ("peak", 4, LAST // 2),
        ("peak", 16, 2 * LAST),
        ("peak", 32, 4 * LAST),
        ("arena", None, ARENA),
        ("arena", 4, 112 + 64),  # 100 and 50 bytes
        ("arena", 32, 800 + 400),
        ("flash", None, FLASH),
        ("flash", 4, 54 + 16 + 48),
        ("flash", 32, 4 * (108 + 32) + 48),
    ],
)
def test_a_limit_is_held_to_the_byte(folder: Path, metric: str, bits: int | None, bytes_: int) -> None:
    width = [] if bits is None else ["--bits", str(bits)]
    assert run("check", "net.yaml", f"--max-{metric}", f"{bytes_} B", *width, cwd=folder).code == 0
    found = document("net.yaml", f"--max-{metric}", f"{bytes_ - 1} B", *width, cwd=folder)
    (verdict,) = found["verdicts"]
    assert (verdict["status"], verdict["unit"], verdict["bits"], verdict["actual"]) == (
        "fail",
        "bytes",
        bits or 8,
        bytes_,
    )
    in_file = f"budget: [{{metric: {metric}, max: {bytes_ - 1} B{f', bits: {bits}' if bits else ''}}}]\n"
    (folder / "net.yaml").write_text(NET + in_file, encoding="utf-8")
    assert document("net.yaml", cwd=folder)["verdicts"][0]["actual"] == bytes_
    assert run("check", "net.yaml", cwd=folder).code == 1


PUBLISHED = {
    # Head of the arena that TensorFlow Lite Micro prints for mlcommons/tiny vww_96_int8.tflite, measured with the package tflite-micro.
    "MLPerf Tiny VWW": ("mobilenet@alpha=0.25,resolution=96,classes=2", "arena", 8, 73_728),
    # The same of vww_96_float.tflite.
    "MLPerf Tiny VWW in floats": ("mobilenet@alpha=0.25,resolution=96,classes=2", "arena", 32, 294_912),
    # 1x1 expansion 16x112x112 to 96x112x112, then 96x112x112 to 96x56x56: 96 * (112**2 + 56**2).
    "MobileNetV2": ("mobilenet_v2", "peak", 8, 96 * (112**2 + 56**2)),
    # 4157.09 KiB of Weights Flash in stm32ai-modelzoo, image_classification/mobilenetv1/README.md, STM32Cube.AI 10.0.0:
    # 4,209,088 weights and 11,944 biases.
    "MobileNet by STM32Cube.AI": ("mobilenet", "flash", 8, 4_209_088 + 4 * 11_944),
}


@pytest.mark.parametrize("case", PUBLISHED)
def test_published_figures(case: str, tmp_path: Path) -> None:
    network, metric, bits, bytes_ = PUBLISHED[case]
    found = document(network, f"--max-{metric}", "1 B", "--bits", str(bits), cwd=tmp_path)["verdicts"]
    assert [verdict["actual"] for verdict in found] == [bytes_]


@pytest.mark.parametrize(
    ("entry", "bytes_", "line"),
    [
        ("metric: peak, layer: conv1", FIRST, 3),
        ("metric: peak, layer: relu1", LAST, 5),  # part of the convolution before it
        ("metric: peak, layer: '*'", LAST, 5),
        ("metric: peak, kind: standard", FIRST, 3),
        ("metric: peak, kind: pointwise", LAST, 5),
        ("metric: peak, kind: depthwise", 0, None),
        ("metric: flash, layer: conv1", FLASH_FIRST, 3),
        ("metric: flash, kind: pointwise", FLASH_LAST, 5),
        ("metric: flash, kind: depthwise", 0, None),
    ],
)
def test_a_limit_on_parts(folder: Path, entry: str, bytes_: int, line: int | None) -> None:
    (folder / "net.yaml").write_text(f"{NET}budget: [{{{entry}, max: 0 B}}]\n", encoding="utf-8")
    (verdict,) = document("net.yaml", cwd=folder)["verdicts"]
    assert (verdict["actual"], verdict["line"]) == (bytes_, line)


BLOCKS = """\
input: [4, 6, 6]
blocks:
  pair: {layers: [{conv: 8, kernel: 1}, {conv: 4, kernel: 1}]}
layers:
  - {pair: , name: left}
  - {pair: , name: right}
budget: [{metric: peak, layer: right, max: 1 B}, {metric: flash, layer: right, max: 1 B}]
"""


def test_an_item_has_all_that_is_inside_it(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(BLOCKS, encoding="utf-8")
    peak, flash = document("net.yaml", cwd=tmp_path)["verdicts"]
    assert (peak["actual"], peak["line"], peak["use_line"], peak["peak_at"]) == ((4 + 8) * 36, 3, 6, "right/conv1")
    assert flash["actual"] == 32 + 4 * 8 + 32 + 4 * 4
    assert [(layer["name"], layer["value"]) for layer in flash["layers"]] == [("right/conv1", 64), ("right/conv2", 48)]


WRONG = {
    "arena of a layer": (
        "{metric: arena, max: 1 KiB, layer: last}",
        "arena is for whole networks: a layer has params, macs",
    ),
    "other bits": ("{metric: peak, max: 1 KiB, bits: 12}", "bits: received '12', expected 4, 8, 16, 32"),
    "no unit": ("{metric: peak, max: 262144}", "'262144' without a unit: peak is in bytes"),
    "bits for bytes": ("{metric: flash, max: 1 Mib}", "b is a bit; write MiB for bytes"),
    "a small kibi": ("{metric: peak, max: 256 kib}", "did you mean KiB?"),
    "a count": ("{metric: arena, max: 256K}", "but arena is in bytes"),
    "another word": ("{metric: sram, max: 256 KiB}", "unknown metric 'sram': did you mean 'peak'?"),
    "nearly flash": ("{metric: flahs, max: 1 MiB}", "unknown metric 'flahs': did you mean 'flash'?"),
    "a layer that moves nothing": (
        "{metric: peak, max: 1 KiB, layer: drop}",
        "peak of the layer 'drop': nothing that it matches runs in the deployed network",
    ),
    "no such layer": (
        "{metric: peak, max: 1 KiB, layer: lost}",
        "the pattern 'lost' matches no layer: did you mean 'last'?",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_limits_are_placed(case: str, folder: Path) -> None:
    entry, message = WRONG[case]
    (folder / "net.yaml").write_text(f"{NET}budget: [{entry}]\n", encoding="utf-8")
    result = run("check", "net.yaml", cwd=folder)
    assert result.code == 2
    assert "net.yaml:7:" in result.err
    assert message in result.err


def test_wrong_options(folder: Path) -> None:
    for arguments, message in (
        (("--max-peak", "256K"), "--max-peak: received '256K', but peak is in bytes"),
        (("--max-arena", "1 kB", "--bits", "12"), "'12' is not one of '4', '8', '16', '32'"),
        (("--max-flash", "-1 B"), "--max-flash: received '-1 B', which is below 0"),
    ):
        result = run("check", "net.yaml", *arguments, cwd=folder)
        assert (result.code, result.out) == (2, "")
        assert message in result.err


def test_a_verdict_names_the_layer_at_the_peak_and_the_tensors_alive(folder: Path) -> None:
    limits = ("net.yaml", "--max-peak", "0.25 KiB", "--max-flash", "100 B")
    found = document(*limits, cwd=folder)
    assert found["schema_version"] == 1
    assert [(rule["metric"], rule["name"], rule["version"]) for rule in found["memory_conventions"]] == [
        ("peak", "liveness", 1), ("flash", "int8+int32", 1),
    ]  # fmt: skip
    peak, flash = found["verdicts"]
    assert (peak["peak_at"], peak["line"], peak["column"]) == ("last", 5, 5)
    assert [(one["name"], one["line"], one["value"], one["share"]) for one in peak["layers"]] == [
        ("last", 5, 200, 200 / LAST), ("conv1", 3, 100, 100 / LAST),
    ]  # fmt: skip
    assert (flash["peak_at"], flash["line"], flash["layers"][0]["name"]) == (None, 3, "conv1")

    annotated = run("check", *limits, "--format", "github", cwd=folder).out.splitlines()
    assert annotated[0] == (
        "::error file=net.yaml,line=5,col=5,title=peak at 8 bits over the limit::net.yaml: peak at 8 bits 300 B, "
        "max 0.25 KiB (--max-peak): 44 B over, 17.2%25%0Aalive while last runs: last (line 5, 66.7%25); conv1 (line 3, 33.3%25)"
    )
    cases = ET.fromstring(run("check", *limits, "--format", "junit", cwd=folder).out).findall(".//testcase")
    assert [(case.get("name"), case.get("line")) for case in cases] == [
        ("peak at 8 bits: max 0.25 KiB (--max-peak)", "5"), ("flash at 8 bits: max 100 B (--max-flash)", "3"),
    ]  # fmt: skip
    assert "alive while last runs: last (line 5, 66.7%); conv1" in str(cases[0].findtext("failure"))
    markdown = run("check", *limits, "--format", "markdown", cwd=folder).out
    assert "  - `alive while last runs`: `last (line 5, 66.7%)`; `conv1 (line 3, 33.3%)`" in markdown
    assert "- peak: `liveness 1`\n- flash: `int8+int32 1`\n" in markdown
    rows = list(csv.DictReader(io.StringIO(run("check", *limits, "--format", "csv", cwd=folder).out)))
    assert [(row["metric"], row["bits"], row["actual"], row["line"], row["layer"]) for row in rows] == [
        ("peak", "8", str(LAST), "5", "last"), ("flash", "8", str(FLASH), "3", "conv1"),
    ]  # fmt: skip
    table = run("check", *limits, cwd=folder).out
    assert "at last (line 5)" in table
    assert "costliest layers, or tensors alive" in table


def test_outputs_name_the_convention_of_what_they_show(folder: Path) -> None:
    said = notes("net.yaml", "--max-arena", "1 MiB", cwd=folder)
    assert said == {}
    table = run("check", "net.yaml", "--max-arena", "1 MiB", cwd=folder).out
    assert "arena  arena-tflm 1: " in table
    assert "convention" not in table  # there is no MAC in it
    assert document("net.yaml", "--max-macs", "1G", cwd=folder)["memory_conventions"] == []


def test_memory_is_the_deployed_network_under_every_convention(folder: Path) -> None:
    """Also under one that is not measured with a layer, and cannot be compared in MACs."""
    (folder / "net.yaml").write_text(NET.replace("- relu\n", "- grn\n"), encoding="utf-8")
    found = document("net.yaml", "--max-flash", "1 KiB", "--max-macs", "1M", "--convention", "ptflops", cwd=folder)
    assert [(v["metric"], v["status"]) for v in found["verdicts"]] == [("macs", "not comparable"), ("flash", "pass")]
    for convention in ("macs", "deployed", "folded"):
        (verdict,) = document("net.yaml", "--max-peak", "1 B", "--convention", convention, cwd=folder)["verdicts"]
        assert verdict["actual"] == LAST + 200 - 100  # grn reads 200 bytes and writes as many


def test_a_model_has_memory_too(tmp_path: Path) -> None:
    (tmp_path / "net.onnx").write_bytes(
        onnx_bytes(of("- {conv: 4, kernel: 3, name: stem}\n- {conv: 8, kernel: 1, name: head}", "3, 5, 5"))
    )
    limits = ("--max-peak", "1 B", "--max-arena", "1 B", "--max-flash", "1 B", "--format", "json")
    found = json.loads(run("check", "net.onnx", *limits, cwd=tmp_path).out)["verdicts"]
    assert [(v["metric"], v["actual"], v["peak_at"]) for v in found] == [
        ("peak", LAST, "head"), ("arena", ARENA, "head"), ("flash", FLASH, None),
    ]  # fmt: skip


CHAIN = "input: [8, 8, 8]\nlayers:\n  - {conv: 8, kernel: 1, name: first}\n  - {conv: 8, kernel: 1, name: second}\n"
SKIPPED = CHAIN.replace("- {conv: 8, kernel: 1, name: second}", "- {residual: {conv: 8, kernel: 1}, name: second}")


def test_memory_that_grows_without_params_and_macs_fails_at_the_edited_line(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    repository.commit(net=CHAIN)
    run("check", "--update-lock", "net.yaml", cwd=tmp_path)
    repository.commit("the lock")
    (tmp_path / "net.yaml").write_text(SKIPPED, encoding="utf-8")
    for since in (("--base", "HEAD"), ("--locked",)):
        found = document("net.yaml", *since, cwd=tmp_path)
        # 512 bytes a tensor: two of them in a chain; the first's output, the second's and the sum.
        assert [(v["metric"], v["base"], v["actual"], v["status"]) for v in found["verdicts"]] == [
            ("params", 144, 144, "pass"), ("macs", 8192, 8192, "pass"), ("peak", 1024, 1536, "fail"),
            ("arena", 1024, 1536, "fail"), ("flash", 192, 192, "pass"),
        ]  # fmt: skip
        assert {v["line"] for v in found["verdicts"] if v["status"] == "fail"} == {4}
        peak = found["verdicts"][2]
        assert (peak["bits"], peak["peak_at"], len(peak["layers"])) == (8, "second/add", 3)
        assert peak["layers"][0]["before"] is None
        assert peak["message"] == ("then first ran at the peak" if since[0] == "--base" else None)
        table = run("check", "net.yaml", *since, cwd=tmp_path).out
        assert "at second/add (line 4)" in table
        assert "tensors alive" in table
        said = run("check", "net.yaml", *since, "--format", "github", cwd=tmp_path).out.splitlines()[0]
        assert said.startswith(
            "::error file=net.yaml,line=4,col=5,title=peak at 8 bits grew::net.yaml: peak at 8 bits 1.5 KiB, was 1.0 KiB"
        )
        assert said.endswith(
            "alive while second/add runs: first (line 3, 33.3%25); second/conv2 (line 4, 33.3%25); second/add (line 4, 33.3%25)"
        )


def test_flash_that_grows_names_the_layers_that_grew(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    repository.commit(net=CHAIN)
    (tmp_path / "net.yaml").write_text(
        CHAIN.replace("conv: 8, kernel: 1, name: first", "conv: 8, kernel: 3, name: first"), encoding="utf-8"
    )
    flash = document("net.yaml", "--base", "HEAD", cwd=tmp_path)["verdicts"][4]
    # 64 * 9 weights in place of 64.
    assert (flash["metric"], flash["base"], flash["actual"], flash["line"]) == ("flash", 192, 192 + 512, 3)
    assert [(one["name"], one["before"], one["value"]) for one in flash["layers"]] == [("first", 96, 96 + 512)]
    said = run("check", "net.yaml", "--base", "HEAD", "--format", "github", cwd=tmp_path).out
    assert "first: 96 B to 608 B of flash" in said


def test_a_tensorflow_lite_file_has_the_same_memory(tmp_path: Path) -> None:
    small = "- {conv: 4, kernel: 3, activation: relu}\n- {conv: 8, kernel: 1}"
    (tmp_path / "net.tflite").write_bytes(tflite_file(of(small, "3, 5, 5"), int8=True))
    for metric, bytes_ in (("peak", LAST), ("arena", ARENA), ("flash", FLASH)):
        assert run("check", "net.tflite", f"--max-{metric}", f"{bytes_} B", cwd=tmp_path).code == 0
        (verdict,) = document("net.tflite", f"--max-{metric}", f"{bytes_ - 1} B", cwd=tmp_path)["verdicts"]
        assert (verdict["status"], verdict["actual"], verdict["line"]) == ("fail", bytes_, None)
    (row,) = json.loads(run("compare", "net.tflite", "--format", "json", cwd=tmp_path).out)["networks"]
    assert (row["peak"], row["arena"], row["flash"]) == (LAST, ARENA, FLASH)


def test_every_command_has_the_same_figures(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    figures = {
        "check": [
            v["actual"]
            for v in document("ds_cnn:s", *(f"--max-{m}=1 B" for m in ("peak", "arena", "flash")), cwd=tmp_path)[
                "verdicts"
            ]
        ],
        "compare": [getattr(compare("ds_cnn:s")["ds_cnn:s"], metric) for metric in ("peak", "arena", "flash")],
        "diff": [diff("ds_cnn:s", "ds_cnn:m").totals[metric].old for metric in ("peak", "arena", "flash")],
        "list": [getattr(bundled("ds_cnn")["ds_cnn:s"], metric) for metric in ("peak", "arena", "flash")],
        # 16,000: two tensors of 64 x 25 x 5, the head that TensorFlow Lite Micro prints. 22,016 weights and 588 biases.
        "by hand": [16_000, 16_000, 22_016 + 4 * 588],
    }
    assert len({tuple(values) for values in figures.values()}) == 1, figures
