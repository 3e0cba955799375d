"""`dsconv-cost advise`: what it prints, its exit codes, and what it refuses."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.command import run
from tests.importers.onnx_writer import onnx_bytes
from tests.networks import network

NETWORK = """\
name: "Net [x]"
input: [3, 32, 32]
defaults: {conv: {norm: batch, activation: relu}}
layers:
  - {conv: 16, kernel: 3}
  - {conv: 32, kernel: 3, name: stem}
  - {conv: 32, kernel: 3, repeat: 2}
"""


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("net.yaml").write_text(NETWORK, encoding="utf-8")


def test_the_table_has_both_plans_and_ends_in_the_change() -> None:
    result = run("advise", "net.yaml", "--max-macs", "8M")
    assert (result.code, result.err) == (0, "")
    lines = result.out.splitlines()
    assert lines[:3] == [
        "Net [x] (net.yaml): 24.0M MACs; at most 8M MACs",
        "2 convolutions made separable is the least that does: 15.7K params lost.",
        "No other set loses fewer.",
    ]
    # 32 * 32 * (9 * 32 * 32 - 9 * 32 - 32 * 32); lost 9 * 32 * 32 - (9 * 32 + 2 * 32 + 32 * 32)
    rows = [line.split() for line in lines if line.startswith(("conv3[", "stem "))]
    assert rows == [[f"conv3[{n}]", "7", "8,093,696", "7,840", "yes", "yes"] for n in (1, 2)]
    assert lines[-8:] == [
        "--- net.yaml", "+++ net.yaml", "@@ -4,4 +4,4 @@", " layers:", "   - {conv: 16, kernel: 3}",
        "   - {conv: 32, kernel: 3, name: stem}", "-  - {conv: 32, kernel: 3, repeat: 2}",
        "+  - {conv: 32, kernel: 3, repeat: 2, separable: true}",
    ]  # fmt: skip


def test_what_is_printed_is_what_patch_takes() -> None:
    printed = run("advise", "net.yaml", "--max-macs", "8M")
    subprocess.run(["patch", "-p0", "--silent"], input=printed.out.encode(), check=True)
    assert run("check", "net.yaml", "--max-macs", "8M").code == 0
    assert run("advise", "net.yaml", "--max-macs", "8M").out.splitlines()[1] == (
        "It keeps within that as it is: nothing has to change."
    )


def test_a_file_that_is_not_below_is_named_to_patch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "inner").mkdir()
    monkeypatch.chdir("inner")
    printed = run("advise", "../net.yaml", "--max-macs", "8M")
    assert "--format diff | patch ../net.yaml" in printed.out
    subprocess.run(["patch", "--silent", "../net.yaml"], input=printed.out.encode(), check=True)
    assert run("check", "../net.yaml", "--max-macs", "8M").code == 0


def test_formats_and_files() -> None:
    result = run(
        "advise", "net.yaml", "--max-macs", "8M", "--format", "json", "--output", "a.diff", "-o", "a.md", "-o", "a.csv"
    )
    assert result.code == 0
    document = json.loads(result.out)
    assert document["budgets"] == {"macs": 8_000_000}
    assert document["figures"]["macs"] == 1024 * 9 * (3 * 16 + 16 * 32 + 2 * 32 * 32)
    plan = document["plans"]["layers"]
    assert plan["diff"] == Path("a.diff").read_text(encoding="utf-8")
    assert (plan["layers"], plan["changes"], plan["proven"]) == (2, ["conv3[1]", "conv3[2]"], True)
    assert [row["layer"] for row in document["changes"]] == ["stem", "conv3[1]", "conv3[2]"]
    assert f"```diff\n{plan['diff']}```\n" in Path("a.md").read_text(encoding="utf-8")
    assert Path("a.csv").read_text(encoding="utf-8").splitlines()[0] == (
        "layer,line,macs_saved,params_lost,fewest_layers,fewest_params"
    )


def test_a_limit_that_no_change_meets_exits_with_1() -> None:
    result = run("advise", "net.yaml", "--max-macs", "1M", "--format", "diff")
    assert (result.code, result.out) == (1, "")
    result = run("advise", "net.yaml", "--max-macs", "1M")
    assert result.code == 1
    assert "That cannot be met: 3.80M MACs is the least, whichever of 3 convolutions are made separable." in result.out
    nothing = run("advise", "net.yaml", "--max-peak", "1 KiB")
    assert nothing.code == 1
    assert "peak" in nothing.out


def test_limits_that_cannot_be_met_at_once() -> None:
    # Without a stride a pair whose output is narrower keeps more bytes alive, so one limit forbids what the other one needs.
    Path("net.yaml").write_text(
        "input: [8, 16, 16]\nlayers: [{conv: 64, kernel: 1}, {conv: 8, kernel: 3}]\n", encoding="utf-8"
    )
    result = run("advise", "net.yaml", "--max-macs", "1M", "--max-peak", "20 kB")
    assert result.code == 1
    assert "Each of these can be met, but not all of them at once" in result.out


def test_without_a_limit_there_are_findings() -> None:
    biased = NETWORK.replace("name: stem", "name: stem, bias: true")
    Path("net.yaml").write_text(biased, encoding="utf-8")
    result = run("advise", "net.yaml")
    assert (result.code, result.err) == (0, "")
    assert result.out.splitlines()[1] == "1 finding."
    assert (
        "bias before a norm  stem (line 6): 32 biases, which the batch norm behind takes out with the mean. Remedy: bias: false"
        in result.out
    )
    document = json.loads(run("advise", "net.yaml", "--max-macs", "8M", "--format", "json").out)
    assert [
        (one["finding"], one["layer"], one["line"], one["figure"], one["saves"]) for one in document["findings"]
    ] == [("bias before a norm", "stem", 6, 32, 32)]
    Path("net.yaml").write_text(NETWORK, encoding="utf-8")
    assert "Nothing to say without a limit." in run("advise", "net.yaml").out
    assert run("advise", "net.yaml", "--format", "csv").code == 0


def test_keep_and_whole_items() -> None:
    kept = json.loads(run("advise", "net.yaml", "--max-macs", "20M", "--keep", "conv*", "--format", "json").out)
    assert [row["layer"] for row in kept["changes"]] == ["stem"]
    whole = run("advise", "net.yaml", "--max-macs", "17M", "--whole-items", "--format", "json")
    assert json.loads(whole.out)["plans"]["layers"]["layers"] == 2


def test_a_model_has_a_plan_and_no_diff() -> None:
    Path("net.onnx").write_bytes(onnx_bytes(network(NETWORK)))
    result = run("advise", "net.onnx", "--max-macs", "8M")
    assert result.code == 0
    assert "a model has no YAML to change: dsconv-cost import net.onnx > net.yaml, then advise net.yaml" in " ".join(
        result.out.split()
    )
    assert "@@" not in result.out
    refused = run("advise", "net.onnx", "--max-macs", "8M", "--format", "diff")
    assert (refused.code, refused.out) == (2, "")
    assert refused.err.startswith("error: net.onnx is a model, which has no YAML to change")


WRONG = {
    "no number": (["net.yaml", "--max-macs", "many"], "--max-macs: received 'many', expected a count"),
    "no unit": (["net.yaml", "--max-flash", "4000"], "--max-flash: received '4000' without a unit"),
    "a name that nothing has": (
        ["net.yaml", "--max-macs", "1M", "--keep", "stam"],
        "--keep stam: no layer or item has this name: did you",
    ),
    "a pattern that is none": (
        ["net.yaml", "--max-macs", "1M", "--keep", "a" * 301],
        "--keep: a pattern of 301 characters",
    ),
    "no file": (["nett.yaml", "--max-macs", "1M"], "no file 'nett.yaml': did you mean 'net.yaml'?"),
    "no objective": (["net.yaml", "--max-macs", "1M", "--objective", "x"], "'x' is not one of 'layers', 'params'"),
    "a limit twice": (["net.yaml", "--max-macs", "1M", "--max-macs", "2M"], "--max-macs is given twice"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_input(case: str) -> None:
    arguments, message = WRONG[case]
    result = run("advise", *arguments)
    assert (result.code, result.out) == (2, "")
    assert message in result.err


def test_a_diff_that_would_be_a_command_is_not_printed() -> None:
    Path("net.yaml").write_text(f"{NETWORK}source: >-\n  ::error::no\n", encoding="utf-8")
    result = run("advise", "net.yaml", "--max-macs", "8M")
    assert result.code == 0
    assert "::error" not in result.out
    assert "write it to a file, --output net.diff" in result.out
    refused = run("advise", "net.yaml", "--max-macs", "8M", "--format", "diff")
    assert (refused.code, refused.out) == (2, "")
    assert run("advise", "net.yaml", "--max-macs", "8M", "--format", "csv", "-o", "net.diff").code == 0
    assert "::error" in Path("net.diff").read_text(encoding="utf-8")
