"""What the functions return is what the commands print, for every kind of result."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import dsconv_cost
from dsconv_cost import advise, analyze, check, compare, diff, explain, fit, load
from tests.command import run

SETTINGS = {"alpha": 0.5, "resolution": 160}
NET = """\
name: Own
hyperparameters: {width: 8, act: relu}
input: [3, 32, 32]
layers:
  - {conv: width, kernel: 3, stride: 2, norm: batch, activation: act}
  - {residual: [{dsconv: width}, {conv: width, kernel: 1}]}
  - global_avgpool
  - {linear: 10}
variants: {wide: {width: 32}, narrow: {width: 4}}
budget: {macs: 110K}
"""


def printed(*arguments: str, code: int = 0) -> Any:
    """Return the JSON that a command prints."""
    result = run(*arguments, "--format", "json")
    assert result.code == code, result.err
    return json.loads(result.out)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "net.yaml").write_text(NET, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


ANALYZED: dict[str, tuple[Callable[[], Any], list[str]]] = {
    "mobilenet": (lambda: analyze("mobilenet").to_dict(), ["mobilenet"]),
    "a variant": (lambda: analyze("resnet:50").to_dict(), ["resnet:50"]),
    "settings": (
        lambda: analyze("mobilenet", settings=SETTINGS).to_dict(),
        ["mobilenet", "--alpha", "0.5", "--resolution", "160"],
    ),
    "loaded": (lambda: analyze(load("mobilenet_v2", alpha=0.75)).to_dict(), ["mobilenet_v2", "--alpha", "0.75"]),
    "a convention": (
        lambda: analyze("efficientnet:b0", convention="fvcore").to_dict(),
        ["efficientnet:b0", "--convention", "fvcore"],
    ),
    "the deployed network": (
        lambda: analyze("mobilenet", convention="deployed").to_dict(),
        ["mobilenet", "--convention", "deployed"],
    ),
    "convolutions": (lambda: analyze("mobilenet").to_dict("expand"), ["mobilenet", "--expand"]),
    "items": (lambda: analyze("mobilenet").to_dict("items"), ["mobilenet", "--depth", "1"]),
    "two levels": (lambda: analyze("resnet:18").to_dict("items", depth=2), ["resnet:18", "--depth", "2"]),
    "a file": (lambda: analyze("net.yaml:wide").to_dict(), ["net.yaml:wide"]),
    "a path": (lambda: analyze(Path("net.yaml")).to_dict(), ["net.yaml"]),
}


@pytest.mark.parametrize("case", ANALYZED)
def test_analyze(case: str) -> None:
    call, arguments = ANALYZED[case]
    assert call() == printed("analyze", *arguments)


def test_rows_have_the_numbers_of_json() -> None:
    # standard is null in JSON where the cost is part of another row
    for name in ("mobilenet", "resnet:18", "net.yaml"):
        for level in ("items", "expand", "ops"):
            costs = analyze(name)
            records = costs.to_dict(level)["layers"]
            rows = costs.rows(level)
            assert [
                (r.name, r.type, r.params, r.macs, r.flops, None if r.merged else r.standard, r.separable, r.factor)
                for r in rows
            ] == [
                tuple(
                    record[key]
                    for key in ("name", "type", "params", "macs", "flops", "standard", "separable", "factor")
                )
                for record in records
            ]


COMPARED: dict[str, tuple[Callable[[], Any], list[str]]] = {
    "names": (lambda: compare("mobilenet", "resnet:18"), ["mobilenet", "resnet:18"]),
    "a pattern": (lambda: compare("resnet:*"), ["resnet:*"]),
    "a baseline": (
        lambda: compare("mobilenet", "net.yaml", baseline="net.yaml"),
        ["mobilenet", "net.yaml", "--baseline", "net.yaml"],
    ),
    "settings for all": (
        lambda: compare("mobilenet", "mobilenet_v2", settings={"alpha": 0.5}),
        ["mobilenet", "mobilenet_v2", "--alpha", "0.5"],
    ),
    "a loaded one is labelled as it would be named": (
        lambda: compare(load("mobilenet", alpha=0.5, resolution=160), load("net.yaml:wide")),
        ["mobilenet@alpha=0.5,resolution=160", "net.yaml:wide"],
    ),
    "a convention": (lambda: compare("mobilenet", convention="thop"), ["mobilenet", "--convention", "thop"]),
}


@pytest.mark.parametrize("case", COMPARED)
def test_compare(case: str) -> None:
    call, arguments = COMPARED[case]
    assert call().to_dict() == printed("compare", *arguments)


DIFFERENT: dict[str, tuple[Callable[[], Any], list[str]]] = {
    "names": (lambda: diff("mobilenet", "mobilenet@alpha=0.5"), ["mobilenet", "mobilenet@alpha=0.5"]),
    "files": (lambda: diff("net.yaml", Path("net.yaml:wide")), ["net.yaml", "net.yaml:wide"]),
    "the same": (lambda: diff("resnet:18", "resnet:18"), ["resnet:18", "resnet:18"]),
    "settings": (
        lambda: diff("mobilenet", "mobilenet_v2", settings={"alpha": 0.5}),
        ["mobilenet", "mobilenet_v2", "--alpha", "0.5"],
    ),
    "loaded": (lambda: diff(load("net.yaml"), load("net.yaml", width=4)), ["net.yaml", "net.yaml@width=4"]),
}


@pytest.mark.parametrize("case", DIFFERENT)
def test_diff(case: str) -> None:
    call, arguments = DIFFERENT[case]
    assert call().to_dict() == printed("diff", *arguments)


FITTED: dict[str, tuple[Callable[[], Any], list[str], int]] = {
    "ranges": (
        lambda: fit("mobilenet", {"alpha": "0.25..1.0:0.25", "resolution": "128..224:32"}, max_macs="300M"),
        ["mobilenet", "--vary", "alpha=0.25..1.0:0.25", "--vary", "resolution=128..224:32", "--max-macs", "300M"],
        0,
    ),
    "lists": (
        lambda: fit("mobilenet", {"alpha": [0.5, 1.0], "resolution": (128, 160)}, max_params=10**7, objective="params"),
        ["mobilenet", "--vary", "alpha=0.5,1.0", "--vary", "resolution=128,160", "--max-params", "10000000",
         "--objective", "params"],
        0,
    ),
    "a size and a saving": (
        lambda: fit("mobilenet@resolution=160", {"alpha": [0.5, 1]}, max_size="5 MB", bits=8, min_saving="80%"),
        ["mobilenet@resolution=160", "--vary", "alpha=0.5,1", "--max-size", "5 MB", "--bits", "8", "--min-saving", "80%"],
        0,
    ),
    "none that fits": (
        lambda: fit("net.yaml", {"width": range(4, 9)}, max_macs=10),
        ["net.yaml", "--vary", "width=4..8:1", "--max-macs", "10"],
        1,
    ),
    "a loaded one": (
        lambda: fit(load("mobilenet", alpha=0.5), {"resolution": [128, 160]}, max_macs="60M"),
        ["mobilenet@alpha=0.5", "--vary", "resolution=128,160", "--max-macs", "60M"],
        0,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FITTED)
def test_fit(case: str) -> None:
    call, arguments, code = FITTED[case]
    result = call()
    assert result.to_dict() == printed("fit", *arguments, code=code)
    assert result.fits == (code == 0)
    assert bool(result.points) == (result.best is not None) == result.fits


ADVISED: dict[str, tuple[Callable[[], Any], list[str], int]] = {
    "a limit": (lambda: advise("resnet8", max_macs="8M"), ["resnet8", "--max-macs", "8M"], 0),
    "several": (
        lambda: advise("resnet8", max_macs=9 * 10**6, max_flash="90 kB", max_peak=60_000, objective="params", bits=4),
        ["resnet8", "--max-macs", "9000000", "--max-flash", "90 kB", "--max-peak", "60000 B", "--objective", "params", "--bits", "4"],
        0,
    ),
    "layers that stay": (
        lambda: advise("resnet8", max_macs="9M", keep=["stack1/**"], whole_items=False),
        ["resnet8", "--max-macs", "9M", "--keep", "stack1/**"],
        0,
    ),
    "out of reach": (lambda: advise("resnet8", max_macs=1), ["resnet8", "--max-macs", "1"], 1),
    "nothing to do": (lambda: advise("resnet8", max_macs="1G"), ["resnet8", "--max-macs", "1G"], 0),
    "whole items": (
        lambda: advise("resnet8", max_macs="8M", whole_items=True, convention="keras"),
        ["resnet8", "--max-macs", "8M", "--whole-items", "--convention", "keras"],
        0,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", ADVISED)
def test_advise(case: str) -> None:
    call, arguments, code = ADVISED[case]
    result = call()
    assert result.to_dict() == printed("advise", *arguments, code=code)
    assert bool(result.plans) == (code == 0 and not result.met)


CHECKED: dict[str, tuple[Callable[[], Any], list[str], int]] = {
    "the limit of a file, for all of its variants": (lambda: check("net.yaml"), ["net.yaml"], 1),
    "the same for a variant that keeps it": (lambda: check("net.yaml:narrow"), ["net.yaml:narrow"], 0),
    "limits of the call": (
        lambda: check("mobilenet", max_params="4.2M", max_macs=568_740_352),
        ["mobilenet", "--max-macs", "568740352", "--max-params", "4.2M"],
        1,
    ),
    "settings": (
        lambda: check("mobilenet", max_macs="80M", settings=SETTINGS),
        ["mobilenet", "--max-macs", "80M", "--alpha", "0.5", "--resolution", "160"],
        0,
    ),
    "a file that is not there": (
        lambda: check("none.yaml", "net.yaml", max_macs="1M"), ["none.yaml", "net.yaml", "--max-macs", "1M"], 2,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CHECKED)
def test_check(case: str) -> None:
    call, arguments, code = CHECKED[case]
    outcome = call()
    document = printed("check", *arguments, code=code)
    for verdict in document["verdicts"]:  # where a limit comes from is written as in the call: max_macs for --max-macs
        verdict["source"] = verdict["source"].removeprefix("--").replace("-", "_")
    ours = outcome.to_dict()
    for verdict in ours["verdicts"]:
        verdict["source"] = verdict["source"].replace("-", "_")
    assert ours == document
    assert (outcome.ok, bool(outcome), outcome.exit_code) == (code == 0, code == 0, code)
    assert len(outcome.problems) == (1 if code == 2 else 0)


@pytest.mark.parametrize("layer", ["conv1", "dsconv3/dw", "dsconv3"])
def test_explain(layer: str) -> None:
    assert str(explain("mobilenet", layer)) + "\n" == run("explain", "mobilenet", layer).out


def test_every_function_is_on_the_page() -> None:
    page = (Path(__file__).parents[2] / "docs" / "python.md").read_text(encoding="utf-8")
    functions = [name for name in dsconv_cost.__all__ if name[0].islower()]
    assert len(functions) == 14
    assert [name for name in functions if f"`{name}`" not in page] == []
