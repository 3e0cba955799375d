"""Models of other tools in every command that names a network: limits, commits, locks, budget files, formats, options."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from dsconv_cost import analyze, load
from dsconv_cost.network.build import elaborate
from tests.command import run
from tests.importers import onnx_file, protobuf
from tests.importers.onnx_writer import onnx_bytes
from tests.networks import of
from tests.repository import Repository

SMALL = "- {conv: 8, kernel: 3, name: stem}\n- {conv: 4, kernel: 1, name: head}"
LARGE = "- {conv: 16, kernel: 3, name: stem}\n- {conv: 4, kernel: 1, name: head}"


def write(path: Path, items: str) -> Path:
    path.write_bytes(onnx_bytes(of(items), weights="beside"))
    return path


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write(tmp_path / "net.onnx", SMALL)


def test_limits_hold_for_a_model(model: Path) -> None:
    macs = analyze(model).macs
    assert run("check", str(model), "--max-macs", str(macs)).code == 0
    result = run("check", str(model), "--max-macs", str(macs - 1))
    assert result.code == 1
    assert "stem" in result.out


def test_a_place_in_a_model_has_no_line(model: Path) -> None:
    verdict = json.loads(run("check", str(model), "--max-macs", "1", "--format", "json").out)["verdicts"][0]
    assert (verdict["path"], verdict["line"], verdict["layers"][0]["line"]) == (str(model), None, None)
    assert "line" not in run("check", str(model), "--max-macs", "1", "--format", "github").out.split("::")[1]
    assert "line=" not in run("check", str(model), "--max-macs", "1", "--format", "junit").out
    document = json.loads(run("analyze", str(model), "--format", "json").out)
    assert {layer["line"] for layer in document["layers"]} == {None}
    assert document["incomplete"] is None
    assert document["model"]["inputs"] == {"input": [1, 8, 16, 16]}
    assert "in line" not in run("explain", str(model), "stem").out


def test_a_model_is_held_to_what_it_was_at_a_commit(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    write(repository.path / "net.onnx", SMALL)
    repository.commit("small")
    assert run("check", "net.onnx", "--base", "HEAD", cwd=repository.path).code == 0
    write(repository.path / "net.onnx", LARGE)
    grown = run("check", "net.onnx", "--base", "HEAD", cwd=repository.path)
    assert grown.code == 1
    assert "stem" in grown.out
    difference = run("diff", "net.onnx", "--base", "HEAD", cwd=repository.path)
    assert difference.code == 0
    assert "stem" in difference.out


def test_a_model_is_held_to_the_lock(tmp_path: Path, model: Path) -> None:
    assert run("check", "net.onnx", "--update-lock", cwd=tmp_path).code == 0
    assert run("check", "net.onnx", "--locked", cwd=tmp_path).code == 0
    write(model, LARGE)
    assert run("check", "net.onnx", "--locked", cwd=tmp_path).code == 1


def test_compare_explain_and_python_take_models(model: Path) -> None:
    assert "mobilenet_v2" in run("compare", str(model), "mobilenet_v2").out
    # 3 x 3 windows of 8 channels, 8 of them, at 16 x 16 positions
    assert f"{9 * 8 * 8 * 16 * 16:,}" in run("explain", str(model), "stem").out
    assert elaborate(load(model)).nodes[0].name == "stem"


def test_fit_and_set_say_what_to_do_instead(model: Path) -> None:
    for arguments in (
        ("analyze", str(model), "--alpha", "1"),
        ("fit", str(model), "--vary", "alpha=1,2", "--max-macs", "1M"),
    ):
        result = run(*arguments)
        assert result.code == 2
        assert "dsconv-cost import" in result.err


# -- options --------------------------------------------------------------------------------------


def _with_unknown(path: Path) -> None:
    nodes = [
        onnx_file.node("Fancy", ["x"], ["a"], "middle", {}),
        onnx_file.node("Conv", ["a", "w"], ["y"], "last", {}),
    ]
    weight = onnx_file.tensor("w", [4, 3, 1, 1], bytes(4 * 12))
    graph = b"".join([
        *(protobuf.data(1, node) for node in nodes), protobuf.data(5, weight),
        protobuf.data(11, onnx_file.value_info("x", ["batch", 3, "height", "width"])),
        protobuf.data(12, onnx_file.value_info("y", ["batch", 4, "height", "width"])),
    ])  # fmt: skip
    path.write_bytes(protobuf.number(1, 8) + protobuf.data(7, graph) + protobuf.data(8, protobuf.number(2, 17)))


def test_an_incomplete_result_says_so_everywhere_and_check_refuses_it(tmp_path: Path) -> None:
    _with_unknown(tmp_path / "net.onnx")
    sizes = ("--input", "1x3x8x8")
    assert "operator Fancy is not known here" in run("analyze", "net.onnx", *sizes, cwd=tmp_path).err
    told = run("analyze", "net.onnx", *sizes, "--free", "Fancy", cwd=tmp_path)
    assert told.code == 0
    assert "incomplete" in told.out
    assert "1 Fancy counted as 0" in told.out
    document = json.loads(run("analyze", "net.onnx", *sizes, "--free", "Fancy", "--format", "json", cwd=tmp_path).out)
    assert document["incomplete"] == "1 Fancy counted as 0"
    refused = run("check", "net.onnx", *sizes, "--free", "Fancy", "--max-macs", "1M", cwd=tmp_path)
    assert refused.code == 2
    assert (
        "net.onnx is incomplete: 1 Fancy counted as 0; write free: [Fancy] in the budget file"
        in refused.err + refused.out
    )
    (tmp_path / "dsconv-cost.yaml").write_text(
        "free: [Fancy]\nbudget:\n  - {architecture: net.onnx, metric: macs, max: 1M}\n"
    )
    assert run("check", "net.onnx", *sizes, cwd=tmp_path).code == 0


def test_sizes_by_input_and_by_axis(tmp_path: Path) -> None:
    _with_unknown(tmp_path / "net.onnx")
    expected = f"{12 * 8 * 6:,}"  # a weight for each of 4 x 3 channels, at 8 x 6 positions
    for options in (("--input", "1x3x8x6"), ("--input", "x=1x3x8x6"), ("--dim", "height=8", "--dim", "width=6")):
        result = run("analyze", "net.onnx", *options, "--free", "Fancy", cwd=tmp_path)
        assert expected in result.out, result.err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--input", "3by8"), "--input 3by8: received '3by8', expected sizes, e.g. 1x3x224x224, or one number"),
        (("--input", "1x0x8"), "expected sizes"),
        (("--input", "x=1x3x8x8", "--input", "x=1x3x9x9"), "x is given twice"),
        (("--dim", "height"), "--dim height: expected NAME=SIZE with a whole number from 1"),
        (("--dim", "height=0"), "expected NAME=SIZE"),
        (("--dim", "height=1", "--dim", "height=2"), "height is given twice"),
        (("--dim", "depth=3",), "no axis of an input has this name: it has batch, height, width"),
    ],
)  # fmt: skip
def test_wrong_options(tmp_path: Path, options: tuple[str, ...], message: str) -> None:
    _with_unknown(tmp_path / "net.onnx")
    result = run("analyze", "net.onnx", *options, cwd=tmp_path)
    assert result.code == 2
    assert message in result.err
    assert result.out == ""


def test_options_for_models_need_a_model() -> None:
    for command in (
        ("analyze", "mobilenet"),
        ("explain", "mobilenet", "conv1"),
        ("check", "mobilenet", "--max-macs", "1G"),
    ):
        result = run(*command, "--input", "1x3x8x8")
        assert (result.code, result.out) == (2, "")
        assert "are for models such as net.onnx, and no network of this call is one" in result.err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("free: Fancy\nbudget: [{architecture: mobilenet, metric: macs, max: 1G}]\n", "free: received"),
        ("free: [[a]]\nbudget: [{architecture: mobilenet, metric: macs, max: 1G}]\n", "free: the name of an operator"),
    ],
)
def test_wrong_lists_in_a_budget_file(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "dsconv-cost.yaml").write_text(text)
    result = run("check", cwd=tmp_path)
    assert result.code == 2
    assert message in result.err + result.out


def test_a_model_comes_through_standard_input(model: Path) -> None:
    process = subprocess.run(
        [sys.executable, "-m", "dsconv_cost", "analyze", "-"],
        input=model.read_bytes(),
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert f"{analyze(model).macs:,}" in process.stdout.decode()


def test_folders_say_that_they_leave_models_out(tmp_path: Path, model: Path) -> None:
    (tmp_path / "net.yaml").write_text("input: [3, 8, 8]\nlayers: [{conv: 4, kernel: 3}]\nbudget: {macs: 1M}\n")
    (tmp_path / "notes.onnx").write_text("no model at all")
    result = run("check", ".", cwd=tmp_path)
    assert result.code == 0
    assert "net.onnx" in result.out
    assert "notes.onnx" not in result.out
    guarded = run("check", ".", "--guard-all", cwd=tmp_path)
    assert guarded.code == 2
    assert "a model of another tool, which folders and patterns leave out: name the file" in guarded.err + guarded.out
