"""`dsconv_cost.testing.assert_within_budget`, and what pytest shows where it fails."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dsconv_cost.errors import DsconvCostError
from dsconv_cost.testing import BudgetWarning, assert_within_budget
from tests.repository import Repository

NET = """\
name: Camera
input: [3, 32, 32]
layers:
  - {conv: 8, kernel: 3, stride: 2}
  - {dsconv: 16}
budget: {macs: 110K}
"""
# conv 16 * 16 * 27 * 8, depthwise 16 * 16 * 9 * 8, pointwise 16 * 16 * 8 * 16
MACS = 55_296 + 18_432 + 32_768
PARAMS = 27 * 8 + 8 + 9 * 8 + 8 + 8 * 16 + 16


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "net.yaml").write_text(NET, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "limits",
    [
        {"max_macs": MACS, "max_params": PARAMS, "max_flops": 2 * MACS},
        {"max_macs": "106.496K", "max_layers": 3, "max_activations": 16 * 16 * (8 + 8 + 16)},
        {"max_size": 4 * PARAMS, "max_largest_share": "60%"},
        {"max_size": PARAMS, "bits": 8},
        {"max_size": "2 KiB", "min_saving": "1%"},
        {"max_macs": 10**6, "strict": True, "convention": "macs"},
    ],
    ids=["counts", "texts", "sizes", "bits", "units", "strict"],
)
def test_kept(limits: dict[str, Any], folder: Path) -> None:
    assert_within_budget("net.yaml", **limits)
    assert_within_budget(folder / "net.yaml", **limits)


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"max_macs": MACS - 1}, "fail: net.yaml: MACs 106,496, max 106,495 (max_macs): 1 over, <0.1%"),
        ({"max_params": PARAMS - 1}, f"params {PARAMS}, max {PARAMS - 1} (max_params): 1 over"),
        ({"max_size": PARAMS - 1, "bits": 8}, f"size at 8 bits {PARAMS} B, max {PARAMS - 1} B (max_size): 1 B over"),
        ({"min_saving": "90%"}, "min 90% (min_saving)"),
        ({"settings": {}, "max_layers": 2}, "layers 3, max 2 (max_layers): 1 over, 50.0%"),
    ],
    ids=["macs", "params", "size", "saving", "layers"],
)
def test_exceeded(limits: dict[str, Any], said: str) -> None:
    with pytest.raises(AssertionError) as raised:
        assert_within_budget("net.yaml", **limits)
    assert said in str(raised.value)
    word = "not kept" if "min_saving" in limits else "exceeded"
    assert str(raised.value).startswith(f"1 of 2 limits {word}\n  fail: ")


def test_settings_and_variants(folder: Path) -> None:
    text = NET.replace("dsconv: 16", "dsconv: width").replace("input:", "hyperparameters: {width: 16}\ninput:")
    (folder / "net.yaml").write_text(f"{text}variants: {{wide: {{width: 24}}}}\n", encoding="utf-8")
    assert_within_budget("net.yaml", settings={"width": 8})
    for architecture, settings in (("net.yaml", {"width": 24}), ("net.yaml:wide", None)):
        with pytest.raises(AssertionError, match="MACs 122"):
            assert_within_budget(architecture, settings=settings)


def test_the_budget_file_is_found_or_named(folder: Path) -> None:
    budget = "budget: [{architecture: net.yaml, metric: params, max: 100, message: the flash is full}]\n"
    (folder / "dsconv-cost.yaml").write_text(budget, encoding="utf-8")
    for arguments in ((), ("net.yaml",)):
        with pytest.raises(AssertionError, match="the flash is full"):
            assert_within_budget(*arguments)
    (folder / "dsconv-cost.yaml").rename(folder / "mine.yaml")
    assert_within_budget("net.yaml")
    with pytest.raises(AssertionError, match="max 100"):
        assert_within_budget("net.yaml", budget=folder / "mine.yaml")


def test_a_warning_warns_and_strict_makes_it_fail(folder: Path) -> None:
    (folder / "net.yaml").write_text(
        NET.replace("{macs: 110K}", "[{metric: macs, max: 1K, level: warn, message: soon}]"), encoding="utf-8"
    )
    with pytest.warns(BudgetWarning, match=r"warn: net\.yaml: MACs 106\.5K, max 1K") as caught:
        assert_within_budget("net.yaml")
    assert caught[0].filename == __file__
    with pytest.raises(AssertionError, match="soon"):
        assert_within_budget("net.yaml", strict=True)


def test_growth(folder: Path) -> None:
    repository = Repository(folder)
    repository.commit("a network")
    assert_within_budget("net.yaml", base="HEAD", tolerance="1%")
    (folder / "net.yaml").write_text(NET.replace("dsconv: 16", "dsconv: 17"), encoding="utf-8")
    with pytest.raises(AssertionError) as raised:
        assert_within_budget("net.yaml", base="HEAD")
    # One more output channel: 9 more params (8 weights and a bias), 16 * 16 * 8 more MACs.
    assert "params 457, was 448" in str(raised.value)
    assert "changed: dsconv1/pw (line 5, +2,048)" in str(raised.value)
    with pytest.raises(DsconvCostError, match=r"dsconv-cost\.lock"):
        assert_within_budget("net.yaml", locked=True)


@pytest.mark.parametrize(
    ("architectures", "arguments", "said"),
    [
        (["nope.yaml"], {"max_macs": "1M"}, "no file 'nope.yaml'"),
        (["net.yaml"], {"max_macs": "1MB"}, "max_macs: received '1MB'"),
        (["net.yaml"], {"max_largest_share": 0.5}, "max_largest_share: received '0.5'"),
        (["net.yaml"], {"max_macs": True}, "max_macs: received bool, expected an integer or a text"),
        (["net.yaml"], {"max_macs": -1}, "max_macs: received '-1'"),
        (["net.yaml"], {"bits": 7}, "bits: received 7, expected 4, 8, 16, 32"),
        (["net.yaml"], {"tolerance": "1%"}, "tolerance needs base or locked"),
        (["net.yaml"], {"base": "HEAD", "tolerance": "1"}, "tolerance: received '1' without a unit"),
        (["net.yaml"], {"base": "HEAD", "tolerance": 0.01}, "tolerance: received '0.01' without a unit"),
        ([["net.yaml"]], {"max_macs": "1M"}, "received list, expected an Architecture, a path"),
        (["net.yaml"], {"budget": 3, "max_macs": "1M"}, "received int, expected paths"),
        (["nope.yaml"], {"max_macs": "1M"}, "paths are seen from "),
        (["net.yaml"], {"convention": "nope"}, "convention"),
        (["net.yaml"], {"settings": {"alpha": 1}}, "alpha"),
        (["net.yaml"], {"budget": "none.yaml"}, "none.yaml"),
        ([], {}, "nothing to check"),
        (["mobilenet"], {}, 'no limit applies to mobilenet. Give one (max_macs="600M"), a budget:'),
        (["wrong.yaml", "net.yaml"], {"max_macs": 1}, "wrong.yaml:2:17: error: "),
        (["wrong.yaml", "net.yaml"], {"max_macs": 1}, "fail: net.yaml: MACs 106,496, max 1 (max_macs)"),
    ],
)
def test_wrong(architectures: list[str], arguments: dict[str, Any], said: str, folder: Path) -> None:
    (folder / "wrong.yaml").write_text("input: [3, 8, 8]\nlayers: [{conv: 3.5, kernel: 1}]\n", encoding="utf-8")
    with pytest.raises((DsconvCostError, TypeError)) as raised:
        assert_within_budget(*architectures, **arguments)
    assert said in str(raised.value)


def test_what_pytest_shows(folder: Path) -> None:
    (folder / "test_cost.py").write_text(
        "from dsconv_cost.testing import assert_within_budget\n\n\n"
        "def test_kept():\n    assert_within_budget('net.yaml')\n\n\n"
        "def test_over():\n    assert_within_budget('net.yaml', max_params=400)\n\n\n"
        "def test_wrong():\n    assert_within_budget('net.yaml', max_params='400 KiB B')\n",
        encoding="utf-8",
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--color=no", "test_cost.py"],
        cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1, done.stdout
    assert "2 failed, 1 passed" in done.stdout
    over = done.stdout.index("_ test_over _")
    shown = done.stdout[over : done.stdout.index("_ test_wrong _")].splitlines()[1:-1]
    assert shown == [
        "",
        "    def test_over():",
        ">       assert_within_budget('net.yaml', max_params=400)",
        "E       AssertionError: 1 of 2 limits exceeded",
        "E         fail: net.yaml: params 448, max 400 (max_params): 48 over, 12.0%",
        "E           costliest: conv1 (line 4, 50.0%)",  # 224 of 448
        "E                      dsconv1/pw (line 5, 32.1%)",  # 144
        "E                      dsconv1/dw (line 5, 17.9%)",  # 80
        "",
        "test_cost.py:9: AssertionError",
    ]
    wrong = done.stdout[done.stdout.index("_ test_wrong _") :]
    assert "E       dsconv_cost.errors.UsageError: max_params: received '400 KiB B'" in wrong
    assert "testing.py" not in wrong


def test_what_is_gone_is_allowed_by_name(folder: Path) -> None:
    (folder / "models").mkdir()
    (folder / "models" / "a.yaml").write_text(NET, encoding="utf-8")
    (folder / "models" / "b.yaml").write_text(f"# another\n{NET}", encoding="utf-8")
    Repository(folder).commit()
    (folder / "models" / "b.yaml").unlink()
    with pytest.raises(
        DsconvCostError,
        match=r"models/b\.yaml is gone: .* if that is intended, allow it with allow_gone models/b\.yaml",
    ):
        assert_within_budget("models", base="HEAD")
    assert_within_budget("models", base="HEAD", allow_gone=["models/b.yaml"])


def test_an_argument_that_it_does_not_have(folder: Path) -> None:
    with pytest.raises(TypeError, match=r"unexpected keyword argument 'max_mac': did you mean 'max_macs'\?"):
        assert_within_budget("net.yaml", max_mac=1)  # type: ignore[call-arg]
