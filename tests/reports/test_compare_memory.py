"""Memory in `compare`: columns on request, order, and the Pareto front by metrics that are named."""

import json
from pathlib import Path

import pytest

from dsconv_cost import compare
from dsconv_cost.errors import UsageError
from tests.command import run

# One convolution of 1 x 1 and its output beside it: small has fewer MACs, wide has a lower peak for its params.
NETS = {
    "small": "input: [4, 8, 8]\nlayers: [{conv: 4, kernel: 1}]\n",  # 16 weights, 4 biases; 256 + 256 bytes
    "wide": "input: [4, 4, 4]\nlayers: [{conv: 16, kernel: 1}]\n",  # 64 weights, 16 biases; 64 + 256 bytes
    "worse": "input: [4, 8, 8]\nlayers: [{conv: 4, kernel: 3}]\n",  # 144 weights, 4 biases; 256 + 256 bytes
}
FILES = tuple(f"{name}.yaml" for name in NETS)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in NETS.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def document(*arguments: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(run("compare", *arguments, "--format", "json").out)
    return found


@pytest.mark.parametrize(
    ("bits", "expected"),
    [
        ((), [(512, 512, 16 + 16), (320, 320, 64 + 64), (512, 512, 144 + 16)]),
        (("--bits", "4"), [(256, 256, 8 + 16), (160, 160, 32 + 64), (256, 256, 72 + 16)]),
        (("--bits", "32"), [(2048, 2048, 64 + 16), (1280, 1280, 256 + 64), (2048, 2048, 576 + 16)]),
    ],
    ids=["8", "4", "32"],
)
def test_figures_at_some_bits(bits: tuple[str, ...], expected: list[tuple[int, int, int]], folder: Path) -> None:
    found = document(*FILES, *bits)
    rows = found["networks"]
    assert isinstance(rows, list)
    assert [(row["peak"], row["arena"], row["flash"]) for row in rows] == expected
    assert found["memory_bits"] == int(bits[1] if bits else 8)
    conventions = found["memory_conventions"]
    assert isinstance(conventions, list)
    assert [rule["metric"] for rule in conventions] == ["peak", "arena", "flash"]


def test_people_see_memory_on_request(folder: Path) -> None:
    plain = run("compare", *FILES).out
    assert "peak" not in plain
    assert "arena" not in plain
    chosen = run("compare", *FILES, "--columns", "flash,peak").out.splitlines()
    assert chosen[2].split() == ["network", "flash", "bytes", "peak", "bytes"]
    assert [line.split() for line in chosen[4:7]] == [
        ["small.yaml", "32", "512"], ["wide.yaml", "128", "320"], ["worse.yaml", "160", "512"],
    ]  # fmt: skip
    assert (
        "memory      at 8 bits: peak by liveness 1, flash by int8+int32 1; of the deployed network, without kernels' scratch and code"
        in chosen
    )
    by_peak = run("compare", *FILES, "--sort", "peak").out.splitlines()
    assert "peak bytes" in by_peak[2]
    assert by_peak[4].startswith("wide.yaml")
    everything = run("compare", *FILES, "--columns", "all").out
    assert all(title in everything for title in ("source", "peak bytes", "arena bytes", "flash bytes", "top-1 from"))


def test_columns_that_are_chosen_are_all_there_is(folder: Path) -> None:
    found = document(*FILES, "--columns", "macs")
    assert found["networks"] == [
        {"network": "small.yaml", "macs": 1024}, {"network": "wide.yaml", "macs": 1024}, {"network": "worse.yaml", "macs": 9216},
    ]  # fmt: skip
    assert "memory_conventions" not in found


def test_the_front_by_named_metrics(folder: Path) -> None:
    def front(*options: str) -> list[str]:
        rows = document(*FILES, *options)["networks"]
        assert isinstance(rows, list)
        return [row["pareto"] for row in rows]

    assert front("--pareto") == ["front", "dominated by small.yaml", "dominated by small.yaml"]
    assert front("--pareto-by", "params,peak") == ["front", "front", "dominated by small.yaml"]
    assert front("--pareto-by", "peak") == ["dominated by wide.yaml", "front", "dominated by wide.yaml"]
    said = run("compare", *FILES, "--pareto-by", "params,peak").out
    assert "2 of 3 Pareto-optimal: no other network is at least as good in params and peak, and better in one" in said
    result = compare(*FILES)
    assert [network.label for network in result.front("params", "peak")] == ["small.yaml", "wide.yaml"]
    assert [network.label for network in result.pareto] == ["small.yaml"]


WRONG = {
    "columns": (("--columns", "peek"), "--columns: no column 'peek': did you mean 'peak'?"),
    "columns twice": (("--columns", "peak,macs,peak"), "--columns: 'peak' is given twice: give it once"),
    "no column": (("--columns", ""), "--columns: no column '': give all, or some of network, source"),
    "pareto": (("--pareto-by", "peak,aerna"), "no metric 'aerna' for the Pareto front: did you mean 'arena'?"),
    "pareto twice": (("--pareto-by", "peak,peak"), "the metric peak is given twice for the Pareto front"),
    "pareto by what one lacks": (("--pareto-by", "peak,top1"), "no Pareto front by top1: small.yaml has none"),
    "bits": (("--bits", "12"), "'12' is not one of '4', '8', '16', '32'"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_exits_with_2(case: str, folder: Path) -> None:
    arguments, message = WRONG[case]
    result = run("compare", *FILES, *arguments)
    assert (result.code, result.out) == (2, "")
    assert message in result.err


def test_memory_in_python(folder: Path) -> None:
    small, wide, _ = compare(*FILES)
    assert (small.peak, wide.peak, wide.flash) == (512, 320, 128)
    assert compare("small.yaml", bits=16)["small.yaml"].peak == 1024
    with pytest.raises(UsageError, match="bits: received 7, expected 4, 8, 16, 32"):
        compare("small.yaml", bits=7)
