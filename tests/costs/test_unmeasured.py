"""Layers that a convention was not measured with: every command says so, and check compares nothing."""

import json
from pathlib import Path

import pytest

from dsconv_cost import analyze, load
from dsconv_cost.costs.conventions import all_conventions, convention_named
from dsconv_cost.costs.counters import COUNTERS
from dsconv_cost.costs.unmeasured import Unmeasured, unmeasured
from dsconv_cost.layers.counts import Counts
from tests.command import run
from tests.networks import of

OURS = [name for name in all_conventions() if name not in {counter.name for counter in COUNTERS}]

# PyTorch has no batch norm with a shift alone; the convolution has 8 * 8 * 9 + 8 params and 256 * 8 * 8 * 9 MACs.
LAYERS = "- {conv: 8, kernel: 3}\n- {batchnorm, scale: false, repeat: 2, name: half}\n- {batchnorm, shift: false}"
FOUND = [Unmeasured("batchnorm half", ("half[1]", "half[2]", "batchnorm2"), 3 * 8, 0, 3 * 8 * 256)]


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "net.yaml"
    path.write_text(f"input: [8, 16, 16]\nlayers:\n{LAYERS}\n")
    return str(path)


def test_they_are_found_by_case() -> None:
    assert unmeasured(of(LAYERS), convention_named("thop")) == FOUND
    assert unmeasured(of(LAYERS), convention_named("keras")) == []


@pytest.mark.parametrize("counter", [counter.name for counter in COUNTERS])
def test_a_type_that_is_new_is_unmeasured_by_every_counter(counter: str) -> None:
    assert not convention_named(counter).knows("attention of tomorrow")


@pytest.mark.parametrize("name", OURS)
def test_our_own_rules_know_every_type(name: str) -> None:
    assert convention_named(name).knows("attention of tomorrow")


def test_an_unmeasured_layer_has_our_own_count() -> None:
    counts = Counts(
        weights=5, biases=3, norm=2, macs=70, bias_adds=11, normalised=13, activated=17, read=19, written=23
    )
    assert convention_named("ptflops").figures("attention of tomorrow", counts) == (5 + 3 + 2, 70, 2 * 70)


def test_analyze_names_them_and_how_much_may_be_affected(file: str) -> None:
    out = run("analyze", file, "--convention", "thop").out
    (note,) = [line for line in out.splitlines() if line.startswith("unmeasured")]
    assert "was not measured with batchnorm half (half[1], half[2], batchnorm2)" in note
    # 24 of 584 + 24 params; 6,144 elements beside 147,456 MACs
    assert "24 params (3.95% of the total) and 0 MACs (0.00% of the total)" in note
    assert "at 1 for each element of their outputs it would be 6,144 more (4.17%)" in note
    assert "unmeasured" not in run("analyze", file, "--convention", "macs").out


def test_python_has_them(file: str) -> None:
    assert [part.layers for part in analyze(load(file), convention="thop").unmeasured] == [FOUND[0].layers]
    assert analyze(load(file)).unmeasured == []


def test_json_carries_them(file: str) -> None:
    document = json.loads(run("analyze", file, "--convention", "thop", "--format", "json").out)
    assert document["unmeasured"] == [
        {
            "case": "batchnorm half",
            "layers": ["half[1]", "half[2]", "batchnorm2"],
            "params": 24,
            "macs": 0,
            "elements": 6144,
        }
    ]
    assert json.loads(run("analyze", file, "--format", "json").out)["unmeasured"] == []


def test_reconcile_names_them_and_lets_none_agree(file: str) -> None:
    out = run("reconcile", file, "--from", "ptflops").out
    assert "ptflops 0.7.5 was not measured with batchnorm half" in out
    rows = json.loads(run("reconcile", file, "--number", "149504", "--format", "json").out)["conventions"]
    # with its bias, the convolution alone is 147,456 + 2,048 by ptflops and torchinfo
    agreement = {row["convention"]: row["agrees"] for row in rows if row["metric"] == "MACs"}
    assert agreement["ptflops"] == agreement["torchinfo"] == "unmeasured"
    assert agreement["macs"] == "no"


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("compare",), id="compare"),
        pytest.param(("diff", "mobilenet_v3_small"), id="diff"),
    ],
)
def test_other_commands_name_them(file: str, arguments: tuple[str, ...]) -> None:
    assert "was not measured with batchnorm half" in run(*arguments, file, "--convention", "thop").out


def test_fit_names_them(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(f"hyperparameters: {{c: 8}}\ninput: [8, 16, 16]\nlayers:\n{LAYERS.replace('conv: 8', 'conv: c')}\n")
    result = run("fit", str(path), "--max-macs", "1G", "--vary", "c=8,16", "--convention", "thop")
    assert "was not measured with batchnorm half" in result.out


@pytest.mark.parametrize("limit", ["--max-macs=1G", "--max-params=1", "--min-saving=1%"])
def test_check_is_not_comparable(file: str, limit: str) -> None:
    result = run("check", file, limit, "--convention", "thop")
    assert result.code == 2
    assert "1 not comparable" in result.out.splitlines()[0]
    assert "was not measured with batchnorm half (half[1], half[2], batchnorm2)" in result.out
    assert run("check", file, "--max-macs=1G").code == 0


def test_check_of_a_unet_by_thop() -> None:
    """At 188 x 188 thop prints 6,232,086,784: transposed convolutions at output positions."""
    limits = {"6.15G": 1, "6232086783": 1, "6232086784": 0}
    codes = {
        limit: run("check", "unet", "--resolution", "188", "--convention", "thop", "--max-macs", limit).code
        for limit in limits
    }
    assert codes == limits
