"""`check` of networks that no file holds, and `diff` with what a file was."""

from pathlib import Path
from typing import Any

import pytest

from dsconv_cost import UsageError, check, diff, from_dict, load, loads
from dsconv_cost.testing import assert_within_budget
from tests.repository import Repository

DATA: dict[str, object] = {
    "name": "Tiny",
    "hyperparameters": {"width": 8},
    "input": [3, 4, 4],
    "layers": [{"conv": "width", "kernel": 1}],
    "variants": {"wide": {"width": 16}},
    "budget": {"macs": 400},
}
TEXT = "name: Text\ninput: [3, 4, 4]\nlayers: [{conv: 4, kernel: 1}]\n"
# 4 x 4 positions, 3 channels in, 8 (16, 4) out: 384, 768 and 192 MACs; 3 * 8 + 8 = 32 params

LOADED: dict[str, tuple[Any, list[tuple[str, str, int]]]] = {
    "a dict, by its own budget": (lambda: check(DATA), [("pass", "Tiny", 384)]),
    "a dict with settings": (lambda: check(DATA, settings={"width": 16}), [("fail", "Tiny@width=16", 768)]),
    "an architecture": (lambda: check(from_dict(DATA, width=2)), [("pass", "Tiny@width=2", 96)]),
    "a variant": (lambda: check(from_dict(DATA, "wide")), [("fail", "Tiny:wide", 768)]),
    "a text": (lambda: check(loads(TEXT), max_macs=191), [("fail", "Text", 192)]),
    "several": (
        lambda: check(DATA, from_dict(DATA, width=4), loads(TEXT), "mobilenet", max_macs=300),
        [("fail", "Tiny", 384), ("pass", "Tiny", 384), ("pass", "Tiny@width=4", 192), ("pass", "Tiny@width=4", 192),
         ("pass", "Text", 192), ("fail", "mobilenet", 568_740_352)],
    ),
    # Howard et al. 2017, Table 6 at 224: 325,400,448 MACs, of which 768 * 1000 of the linear layer do not depend on the size
    "a bundled one": (
        lambda: check(load("mobilenet:thin", resolution=160), max_macs="1G"),
        [("pass", "mobilenet:thin@resolution=160", (325_400_448 - 768_000) * 160**2 // 224**2 + 768_000)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", LOADED)
def test_what_load_gives_is_checked(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    call, expected = LOADED[case]
    monkeypatch.chdir(tmp_path)
    result = call()
    assert result.problems == []
    assert sorted((v.status, v.architecture, v.actual.top) for v in result.verdicts) == sorted(expected)


def test_a_wrong_network_is_a_problem_at_its_place() -> None:
    result = check(from_dict(DATA, width=1), max_params="1K", min_saving="10%")
    assert (result.exit_code, result.problems) == (1, [])
    result = check(from_dict({"input": [3, 4, 4], "layers": [{"conv": 4, "kernel": 9, "padding": 0}]}), max_macs=1)
    assert result.exit_code == 2
    assert [(one["path"], one["line"]) for one in result.problems] == [("<dict>", 3)]


def test_one_network_twice() -> None:
    with pytest.raises(UsageError, match="Tiny is named twice"):
        check(DATA, DATA)


def test_in_a_test_of_another_project() -> None:
    assert_within_budget(DATA, max_params=32)
    with pytest.raises(AssertionError, match=r"fail: Tiny: params 32, max 31 \(max_params\)"):
        assert_within_budget(from_dict(DATA), max_params=31)


def test_a_loaded_file_and_its_past(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = Repository(tmp_path / "repository")
    base = repository.commit(net=TEXT)
    monkeypatch.chdir(repository.path)
    (repository.path / "net.yaml").write_text(TEXT.replace("conv: 4", "conv: 6"), encoding="utf-8")
    grown = check(load("net.yaml"), base="main")
    assert [(v.status, v.actual.top) for v in grown.verdicts if v.metric.name == "macs"] == [("fail", 288)]
    assert check(loads(TEXT), base="main", max_macs=192).notes == [("no history", "Text: no file")]
    changed = diff("net.yaml", base="main")
    assert (changed.totals["macs"].old, changed.totals["macs"].new) == (192, 288)
    assert changed.to_dict()["old"]["commit"] == base
    assert diff(Path("net.yaml"), base=base).old.label == f"net.yaml at {base[:10]}"


def test_a_base_and_two_networks(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="base compares one file with its earlier version: give one path"):
        diff("net.yaml", "net.yaml", base="main")
    with pytest.raises(UsageError, match="expected two networks, or one path and base"):
        diff("net.yaml")
