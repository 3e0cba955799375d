"""`fit`: the points of a grid, which of them keep the limits, and the best."""

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from dsconv_cost.formats.format import Screen
from dsconv_cost.spaces.grid import parse_axis
from tests.command import run, run_process

# A 1 x 1 convolution of 3 channels: 3 * c params, 3 * c * size^2 MACs.
NET = """\
name: Net
hyperparameters: {c: 8, size: 4, scale: 1.0, act: relu}
input: [3, size, size]
layers:
  - {conv: int(c * scale), kernel: 1, bias: false, activation: act}
published:
  - {set: {c: 2}, top1: 40.5, source: "A. Author 2020"}
  - {set: {c: 4}, top1: 50.5, source: "A. Author 2020"}
  - {set: {c: 16}, top1: 60.5, source: "A. Author 2020"}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "net.yaml").write_text(NET, encoding="utf-8")
    edited = NET.replace("{c: 2}, ", "{c: 2}, params: 7, ")  # it has 3 * 2
    (tmp_path / "edited.yaml").write_text(edited, encoding="utf-8")
    pool = "hyperparameters: {c: 1}\ninput: [c, 4, 4]\nlayers: [{maxpool: 2}]\n"
    (tmp_path / "pool.yaml").write_text(pool, encoding="utf-8")
    return tmp_path


def document(*arguments: str, code: int = 0, cwd: Path | None = None) -> dict[str, Any]:
    result = run("fit", *arguments, "--format", "json", cwd=cwd)
    assert result.code == code, result.err
    found: dict[str, Any] = json.loads(result.out)
    return found


# -- the values of an axis ------------------------------------------------------------------------

AXES: dict[str, tuple[Any, ...]] = {
    "alpha=0.25..1.0:0.05": (
        0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0,
    ),
    "alpha=0.1..0.3:0.1": (0.1, 0.2, 0.3),
    "resolution=128..224:32": (128, 160, 192, 224),
    "c=1..10:4": (1, 5, 9),
    "c=7..7:1": (7,),
    "x=-1..1:0.5": (-1.0, -0.5, 0.0, 0.5, 1.0),
    "x=1..2:0.5": (1.0, 1.5, 2.0),
    " alpha = 0.5 .. 1 : 0.25 ": (0.5, 0.75, 1.0),
    "alpha=0.25,0.5,1.0": (0.25, 0.5, 1.0),
    "alpha=1": (1,),
    "act=relu,none": ("relu", "none"),
    "flag=true,false": (True, False),
    "depths=[1, 2],[3, 4]": ((1, 2), (3, 4)),
    "x=0.001..0.004:0.001": (0.001, 0.002, 0.003, 0.004),
}  # fmt: skip


@pytest.mark.parametrize("text", AXES)
def test_values(text: str) -> None:
    found = parse_axis(text).values
    assert found == AXES[text]
    assert [type(value) for value in found] == [type(value) for value in AXES[text]]


def test_a_decimal_is_the_one_that_would_be_written() -> None:
    """Steps that are added as binary fractions would give 0.30000000000000004."""
    values = parse_axis("x=0.1..0.9:0.1").values
    assert values == tuple(float(f"0.{i}") for i in range(1, 10))
    assert list(map(str, parse_axis("x=0.25..1.0:0.05").values))[:2] == ["0.25", "0.3"]


# -- which points fit, and the best ---------------------------------------------------------------


def test_points_by_hand(folder: Path) -> None:
    found = document("net.yaml", "--max-macs", "400", "--vary", "c=2..8:2", "--vary", "size=2,4,8", cwd=folder)
    points = {(c, size): 3 * c * size * size for c in (2, 4, 6, 8) for size in (2, 4, 8)}
    # 24 48 72 96, 96 192 288 384, 384 768 1152 1536
    fitting = {point: macs for point, macs in points.items() if macs <= 400}
    assert len(fitting) == 9
    assert {(row["c"], row["size"]): row["macs"] for row in found["fits"]} == fitting
    assert [row["macs"] for row in found["fits"]] == sorted(fitting.values(), reverse=True)
    assert found["fits"][0] == {
        # (2, 8) and (8, 4) have 384 MACs each: of equal ones the one with fewer params
        "c": 2, "size": 8, "params": 6, "macs": 384, "flops": 768, "macs_share": 0.96, "top1": None,
    }  # fmt: skip
    assert (found["points"], found["objective"], found["limits"]) == (12, "macs", {"macs": 400})
    assert found["best"] == {"c": 2, "size": 8}


def test_equality_fits(folder: Path) -> None:
    arguments = ["--vary", "c=8", "--vary", "size=4"]
    assert document("net.yaml", "--max-macs", "384", *arguments, cwd=folder)["best"] == {"c": 8, "size": 4}
    assert document("net.yaml", "--max-macs", "383", *arguments, code=1, cwd=folder)["best"] is None


LIMITS = {
    "macs": (["--max-macs", "288"], 6),
    "params": (["--max-params", "12"], 4),
    "flops": (["--max-flops", "0.4K"], 4),
    "both": (["--max-macs", "0.3K", "--max-params", "15"], 4),
    "all": (["--max-macs", "1M", "--max-params", "1M", "--max-flops", "1M"], 8),
}


@pytest.mark.parametrize("case", LIMITS)
def test_limits(case: str, folder: Path) -> None:
    # 3 c params and 48 c MACs
    arguments, largest = LIMITS[case]
    found = document("net.yaml", "--vary", "c=2..8:2", *arguments, cwd=folder)
    assert [row["c"] for row in found["fits"]] == list(range(largest, 0, -2))


# A separable pair from 4 to c channels, 3 x 3 on 4 x 4: 36 + 4 c weights of 4 * 9 * c, and 16 * (4 + c) elements.
PAIR = """\
hyperparameters: {c: 8}
input: [4, 4, 4]
layers: [{dwconv: 3, bias: false}, {conv: c, kernel: 1, bias: false}]
"""
MEASURED: dict[str, tuple[list[str], list[int], list[dict[str, object]]]] = {
    # c = 4, 8, 12: 52, 68, 84 weights; 128, 192, 256 elements; saved 1 - 52/144, 1 - 68/288, 1 - 84/432
    "activations": (
        ["--max-activations", "192"], [8, 4],
        [{"activations": 192, "activations_share": 1.0}, {"activations": 128, "activations_share": 128 / 192}],
    ),
    "size": (
        ["--max-size", "271 B"], [4], [{"size": 4 * 52, "size_share": 4 * 52 / 271}],
    ),
    "size, equal": (["--max-size", "272 B"], [8, 4], [{"size": 272}, {"size": 208}]),
    "size at 8 bits": (["--max-size", "68 B", "--bits", "8"], [8, 4], [{"size": 68}, {"size": 52}]),
    "size at 16 bits": (["--max-size", "0.168 kB", "--bits", "16"], [12, 8, 4], [{"size": 168}, {"size": 136}, {"size": 104}]),
    # The pointwise half reads 64 bytes and writes 16 c; there are 36 + 4 c weights and no bias.
    "peak": (["--max-peak", "255 B"], [8, 4], [{"peak": 192, "peak_share": 192 / 255}, {"peak": 128, "peak_share": 128 / 255}]),
    "peak at 4 bits": (["--max-peak", "128 B", "--bits", "4"], [12, 8, 4], [{"peak": 128}, {"peak": 96}, {"peak": 64}]),
    "arena": (["--max-arena", "192 B"], [8, 4], [{"arena": 192}, {"arena": 128}]),
    "flash, and size at its own bits": (
        ["--max-flash", "84 B", "--max-size", "272 B"], [8, 4], [{"flash": 68, "size": 272}, {"flash": 52, "size": 208}],
    ),
    "saving": (["--min-saving", "76%"], [12, 8], [{"saving": (432 - 84) / 432}, {"saving": (288 - 68) / 288}]),
    "saving, exactly": (["--min-saving", "80.5555555555555%"], [12], [{"saving": 348 / 432}]),
    "together": (["--min-saving", "70%", "--max-activations", "200", "--max-macs", "2K"], [8], [{"macs": 16 * 68}]),
}  # fmt: skip


@pytest.mark.parametrize("case", MEASURED)
def test_limits_on_all_that_check_measures(case: str, tmp_path: Path) -> None:
    (tmp_path / "pair.yaml").write_text(PAIR, encoding="utf-8")
    arguments, fitting, cells = MEASURED[case]
    found = document("pair.yaml", "--vary", "c=4..12:4", *arguments, cwd=tmp_path)
    assert [row["c"] for row in found["fits"]] == fitting
    assert [{key: row[key] for key in some} for row, some in zip(found["fits"], cells, strict=True)] == cells


def test_limits_are_those_of_check(tmp_path: Path) -> None:
    """What fits is what `check` lets pass."""
    (tmp_path / "pair.yaml").write_text(PAIR, encoding="utf-8")
    limits = [
        "--max-size",
        "272 B",
        "--max-activations",
        "250",
        "--min-saving",
        "70%",
        "--max-macs",
        "1.1K",
        "--max-peak",
        "0.25KiB",
    ]
    found = document("pair.yaml", "--vary", "c=2..16:1", *limits, cwd=tmp_path)
    passing = [c for c in range(2, 17) if run("check", "pair.yaml", "--set", f"c={c}", *limits, cwd=tmp_path).code == 0]
    assert passing == sorted(row["c"] for row in found["fits"])
    assert 0 < len(passing) < 15


def test_limits_in_words(tmp_path: Path) -> None:
    (tmp_path / "pair.yaml").write_text(PAIR, encoding="utf-8")
    arguments = [
        "--vary",
        "c=4,8",
        "--max-size",
        "51 B",
        "--bits",
        "8",
        "--min-saving",
        "90%",
        "--max-activations",
        "100",
    ]
    result = run("fit", "pair.yaml", *arguments, cwd=tmp_path)
    assert result.code == 1
    assert result.out.splitlines() == [
        "pair (pair.yaml): none of 2 points has at most 100 activations and at most 51 B at 8 bits and a saving of at least 90%",
        "",
        # of c = 8 each: 92 elements over 100, 17 bytes over 51; of 16 * 288 MACs 460 may be left, 16 * 68 are
        "nearest     c=8: 68 params, 1,088 MACs, 92 activations too many, 17 bytes too many, 628 MACs too many for a saving of 90%",
        "convention  macs 1: convolutions and matrix products; 1 MAC = 2 FLOPs; all else 0",
    ]
    found = document("pair.yaml", *arguments, code=1, cwd=tmp_path)
    assert (found["limits"], found["bits"]) == ({"activations": 100, "size": 51, "saving": 0.9}, 8)
    assert "memory_conventions" not in found
    small = run("fit", "pair.yaml", "--vary", "c=8", "--max-peak", "100 B", "--max-flash", "1 KiB", cwd=tmp_path).out
    assert small.startswith(
        "pair (pair.yaml): none of 1 points has at most 100 B of peak at 8 bits and at most 1 KiB of flash at 8 bits\n"
    )
    assert "92 bytes of peak too many" in small
    assert "memory      at 8 bits: peak by liveness 1, flash by int8+int32 1; " in small
    told = document("pair.yaml", "--vary", "c=8", "--max-peak", "100 B", code=1, cwd=tmp_path)
    assert (told["limits"], told["memory_bits"], "bits" in told) == ({"peak": 100}, 8, False)
    assert told["memory_conventions"] == [{"metric": "peak", "name": "liveness", "version": 1, "fusing_rule": 1}]
    wide = run(
        "fit", "pair.yaml", "--vary", "c=8", "--max-size", "1 KiB", "--bits", "16", "--min-saving", "1%", cwd=tmp_path
    )
    assert [re.split(r" {2,}", line) for line in wide.out.splitlines()[2:5:2]] == [
        ["c", "params", "MACs", "FLOPs", "bytes at 16 bits", "of 1 KiB", "saving", "top-1"],
        ["8", "68", "1,088", "2,176", "136", "13.28%", "76.39%", "-"],
    ]


OBJECTIVES = {
    # (c, size) -> params, MACs: (2, 8) 6, 384; (4, 4) 12, 192; (16, 2) 48, 192; (16, 4) has 768 MACs
    "macs": {"c": 2, "size": 8},
    "params": {"c": 16, "size": 2},
    "top1": {"c": 4, "size": 4},
}


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_objective(objective: str, folder: Path) -> None:
    arguments = ["--max-macs", "400", "--vary", "c=2,4,16", "--vary", "size=2,4,8", "--objective", objective]
    assert document("net.yaml", *arguments, cwd=folder)["best"] == OBJECTIVES[objective]


def test_published_networks_are_found_again() -> None:
    """Howard et al. 2017, Tables 6 and 7: 1.0 MobileNet-160 has 290 M MACs and 67.2 %, 0.75 MobileNet-224 325 M, too many."""
    found = document(
        "mobilenet", "--max-macs", "300M", "--vary", "alpha=0.25..1.0:0.25", "--vary", "resolution=128..224:32",
        "--objective", "top1",
    )  # fmt: skip
    assert found["points"] == 16
    assert found["best"] == {"alpha": 1.0, "resolution": 160}
    best = found["fits"][0]
    assert (best["params"], best["macs"], best["top1"]) == (4_231_976, 290_675_200, 67.2)
    assert (0.75, 224) not in {(row["alpha"], row["resolution"]) for row in found["fits"]}
    assert {"alpha": 0.5, "resolution": 160, "macs": 76_524_800} in [
        {key: row[key] for key in ("alpha", "resolution", "macs")} for row in found["fits"]
    ]


def test_what_is_set_is_set_at_every_point(folder: Path) -> None:
    for arguments in (["net.yaml@size=2"], ["net.yaml", "--set", "size=2"]):
        found = document(*arguments, "--max-macs", "1K", "--vary", "c=1,2", cwd=folder)
        assert [row["macs"] for row in found["fits"]] == [24, 12]


def test_words_and_lists_can_be_varied(folder: Path) -> None:
    found = document("net.yaml", "--max-macs", "1K", "--vary", "act=relu,none", cwd=folder)
    assert [row["act"] for row in found["fits"]] == ["relu", "none"]
    deep = document(
        "resnet", "--set", "bottlenecks=false", "--max-params", "12M", "--vary", "depths=[2, 2, 2, 2],[3, 4, 6, 3]"
    )
    assert deep["best"] == {"depths": [2, 2, 2, 2]}
    assert [row["params"] for row in deep["fits"]] == [11_689_512]  # He et al. 2015: ResNet-18


def test_a_convention_counts_the_points(folder: Path) -> None:
    found = document("net.yaml", "--max-macs", "1K", "--vary", "c=8", "--convention", "ptflops", cwd=folder)
    assert found["convention"]["name"] == "ptflops"
    assert found["fits"][0]["macs"] == 384 + 2 * 8 * 16  # and 2 for each element of relu


def test_points_where_there_is_no_network_are_said(folder: Path) -> None:
    arguments = ["net.yaml", "--max-macs", "1K", "--vary", "c=8", "--vary", "scale=0.1..0.3:0.1"]
    found = document(*arguments, cwd=folder)
    assert [row["scale"] for row in found["fits"]] == [0.3, 0.2]
    said = {note["label"]: note["text"] for note in found["notes"]}["no network"]
    assert said.startswith("at 1 of the points, e.g. c=8 scale=0.1: conv out_channels")
    none = run("fit", "net.yaml", "--max-macs", "1K", "--vary", "scale=0,0.01", cwd=folder)
    assert none.code == 2
    assert none.err.startswith("net.yaml:5:12: error: conv out_channels: received 0")


# -- what is shown --------------------------------------------------------------------------------

TABLE = """\
Net (net.yaml): 3 of 4 points have at most 300 MACs and at most 1K params

c  params  MACs  FLOPs  of 300  of 1K  top-1
────────────────────────────────────────────
6      18   288    576  96.00%  1.80%      -
4      12   192    384  64.00%  1.20%   50.5

best        c=6: the most MACs of those that fit, 18 params, 288 MACs
rows        2 of 3 shown
convention  macs 1: convolutions and matrix products; 1 MAC = 2 FLOPs; all else 0
"""

NONE = """\
Net (net.yaml): none of 4 points has at most 90 MACs and at most 5 params

nearest     c=2: 6 params, 96 MACs, top-1 40.5 %, 6 MACs too many, 1 params too many
convention  macs 1: convolutions and matrix products; 1 MAC = 2 FLOPs; all else 0
"""


def test_the_table(folder: Path) -> None:
    arguments = ["--max-macs", "300", "--max-params", "1K", "--vary", "c=2..8:2", "--top", "2"]
    result = run("fit", "net.yaml", *arguments, cwd=folder)
    assert (result.code, result.err) == (0, "")
    assert result.out == TABLE


def test_a_narrow_terminal_keeps_top1_longer_than_shares(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dsconv_cost.cli.emit.screen", lambda: Screen(30))
    out = run("fit", "net.yaml", "--max-macs", "300", "--max-params", "1K", "--vary", "c=2..8:2", cwd=folder).out
    assert "\nc  params  MACs  of 1K  top-1\n" in out
    assert "not shown: FLOPs, of 300" in " ".join(out.split())


def test_none_fits_exits_with_1_and_names_the_nearest(folder: Path) -> None:
    arguments = ["fit", "net.yaml", "--max-macs", "90", "--max-params", "5", "--vary", "c=2..8:2"]
    result = run(*arguments, cwd=folder)
    assert (result.code, result.err) == (1, "")
    assert result.out == NONE
    assert run_process(*arguments, "--format", "csv", cwd=folder)[:2] == (
        1,
        "c,params,macs,flops,macs_share,params_share,top1\n",
    )


def test_json_says_how_many_fit(folder: Path) -> None:
    found = document("net.yaml", "--max-macs", "300", "--vary", "c=2..8:2", "--top", "2", cwd=folder)
    assert (len(found["fits"]), found["fit_count"], found["points"]) == (2, 3, 4)


def test_csv_has_a_column_for_every_hyperparameter(folder: Path) -> None:
    result = run(
        "fit", "net.yaml", "--max-macs", "1K", "--vary", "c=1,2", "--vary", "act=relu", "--format", "csv", cwd=folder
    )
    rows = list(csv.DictReader(io.StringIO(result.out)))
    assert [(row["c"], row["act"], row["macs"]) for row in rows] == [("2", "relu", "96"), ("1", "relu", "48")]


def test_a_hyperparameter_called_like_a_figure(tmp_path: Path) -> None:
    text = "hyperparameters: {params: 4}\ninput: [3, 2, 2]\nlayers: [{conv: params, kernel: 1, bias: false}]\n"
    (tmp_path / "net.yaml").write_text(text, encoding="utf-8")
    row = document("net.yaml", "--max-macs", "1K", "--vary", "params=4", cwd=tmp_path)["fits"][0]
    assert (row["params_"], row["params"], row["macs"]) == (4, 12, 48)


def test_markdown(folder: Path) -> None:
    lines = run(
        "fit", "net.yaml", "--max-macs", "1K", "--vary", "c=2", "--format", "markdown", cwd=folder
    ).out.splitlines()
    assert lines[0] == "### Net (net.yaml): 1 of 1 points have at most 1K MACs"
    assert lines[2:5] == [
        "| c | params | MACs | FLOPs | of 1K | top-1 |",
        "| ---: | ---: | ---: | ---: | ---: | ---: |",
        "| 2 | 6 | 96 | 192 | 9.60% | 40.5 |",
    ]


def test_names_are_inert(tmp_path: Path) -> None:
    text = NET.replace("name: Net", 'name: "::error::x ##[group] @all `x`"')
    (tmp_path / "=1+1.yaml").write_text(text, encoding="utf-8")
    for form in ("table", "json", "csv", "markdown"):
        result = run("fit", "=1+1.yaml", "--max-macs", "1K", "--vary", "act=relu,none", "--format", form, cwd=tmp_path)
        assert result.code == 0, result.err
        assert "##[" not in result.out
        assert not [line for line in result.out.splitlines() if line.lstrip().startswith("::")]
    assert "@all" not in "".join(
        run("fit", "=1+1.yaml", "--max-macs", "1K", "--vary", "c=1", "--format", "markdown", cwd=tmp_path).out.split(
            "``"
        )[::2]
    )


# -- what is wrong --------------------------------------------------------------------------------

VARY = ["--vary", "c=1..4:1"]
MAX = ["--max-macs", "1K"]
WRONG = {
    "no limit": (["net.yaml", *VARY], "nothing to fit: give --max-macs, --max-params, --max-flash or another limit"),
    "nothing varied": (["net.yaml", *MAX], "nothing to vary: give --vary, e.g. --vary alpha=0.25..1.0:0.05"),
    "no number": (["net.yaml", *VARY, "--max-macs", "lots"], "--max-macs: received 'lots', expected a count"),
    "infinite": (["net.yaml", *VARY, "--max-macs", "inf"], "--max-macs: received 'inf', which limits nothing"),
    "bytes": (["net.yaml", *VARY, "--max-params", "4MB"], "--max-params: received '4MB', but params is a count"),
    "small m": (["net.yaml", *VARY, "--max-macs", "3m"], "--max-macs: received '3m' with the unknown unit 'm'"),
    "negative": (["net.yaml", *VARY, "--max-flops", "-3"], "--max-flops: received '-3', which is below 0"),
    "no equals": (["net.yaml", *MAX, "--vary", "c"], "--vary c: expected NAME=FIRST..LAST:STEP"),
    "no name": (["net.yaml", *MAX, "--vary", "=1,2"], "--vary =1,2: expected NAME=FIRST..LAST:STEP"),
    "no values": (["net.yaml", *MAX, "--vary", "c="], "--vary c=: expected NAME=FIRST..LAST:STEP"),
    "decimals without a step": (["net.yaml", *MAX, "--vary", "c=0.5..4"], "--vary c=0.5..4: decimals need a step: write FIRST..LAST:STEP"),
    "decimals, a minus, no step": (["net.yaml", *MAX, "--vary", "c=0.5-4"], "a range is FIRST..LAST:STEP: write c=0.5..4:STEP\n"),
    "too many in steps of 1": (["net.yaml", *MAX, "--vary", "c=1..100001"], "100,001 values; the maximum is 100,000"),
    "a minus": (["net.yaml", *MAX, "--vary", "c=0.25-2:0.25"], "--vary c=0.25-2:0.25: a range is FIRST..LAST:STEP: write c=0.25..2:0.25\n"),
    "a minus, no step": (["net.yaml", *MAX, "--vary", "c=1-4"], "--vary c=1-4: a range is FIRST..LAST:STEP: write c=1..4\n"),
    "colons": (["net.yaml", *MAX, "--vary", "c=128:224:32"], "a range is FIRST..LAST:STEP: write c=128..224:32\n"),
    "three dots": (["net.yaml", *MAX, "--vary", "c=1...4:1"], "a range is FIRST..LAST:STEP: write c=1..4:1\n"),
    "in words": (["net.yaml", *MAX, "--vary", "c=1 to 4 step 2"], "a range is FIRST..LAST:STEP: write c=1..4:2\n"),
    "not to be guessed": (["net.yaml", *MAX, "--vary", "c=relu:2"], "a range is FIRST..LAST:STEP, e.g. 0.25..1.0:0.05 or 128..224:32"),
    "no size": (["net.yaml", *VARY, "--max-size", "4M"], "--max-size: received '4M', but size is in bytes"),
    "no peak": (["net.yaml", *VARY, "--max-peak", "4Kib"], "--max-peak: received '4Kib' with the unknown unit 'Kib': b is a bit; "),
    "no share": (["net.yaml", *VARY, "--min-saving", "0.8"], "--min-saving: received '0.8' without a unit: saving is a percentage"),
    "bits": (["net.yaml", *VARY, *MAX, "--bits", "12"], "'12' is not one of"),
    "a saving of nothing": (
        ["pool.yaml", "--min-saving", "1%", "--vary", "c=2"], "c=2: saving is a share of MACs, and this network has none",
    ),
    "word in a range": (["net.yaml", *MAX, "--vary", "c=a..4:1"], "--vary c=a..4:1: expected FIRST..LAST:STEP"),
    "exponent": (["net.yaml", *MAX, "--vary", "c=1..1e9:1"], "--vary c=1..1e9:1: expected FIRST..LAST:STEP"),
    "step 0": (["net.yaml", *MAX, "--vary", "c=1..4:0"], "--vary c=1..4:0: the step is 0, expected a number above 0"),
    "step below 0": (["net.yaml", *MAX, "--vary", "c=4..1:-1"], "the step is -1, expected a number above 0"),
    "backwards": (["net.yaml", *MAX, "--vary", "c=4..1:1"], "the range ends before it begins: write the smaller value first"),
    "too many of one": (["net.yaml", *MAX, "--vary", "c=1..200000:1"], "--vary c=1..200000:1: 200,000 values; the maximum is 100,000"),
    "too many, tiny step": (["net.yaml", *MAX, "--vary", "scale=0..999999999999999:0.000000001"], "values; the maximum is 100,000"),
    "varied twice": (["net.yaml", *MAX, *VARY, "--vary", "c=9"], "the hyperparameter c is varied twice"),
    "set and varied": (["net.yaml", *MAX, *VARY, "--set", "c=9"], "the hyperparameter c is both set and varied: do one of the two"),
    "set and varied, alpha": (
        ["mobilenet", *MAX, "--vary", "alpha=0.5", "--alpha", "1"], "the hyperparameter alpha is both set and varied",
    ),
    "set and varied, @": (["net.yaml@c=9", *MAX, *VARY], "the hyperparameter c is both set and varied"),
    "twice the same": (["net.yaml", *MAX, "--vary", "c=1,2,1"], "--vary c=1,2,1: duplicate value 1"),
    "empty value": (["net.yaml", *MAX, "--vary", "c=1,,2"], "--vary c=1,,2: received ''"),
    "unknown hyperparameter": (["net.yaml", *MAX, "--vary", "d=1"], "Net has no hyperparameter 'd'"),
    "a let's or no such thing": (["mobilenet", *MAX, "--vary", "aplha=1"], "did you mean 'alpha'?"),
    "unsuitable": (["net.yaml", *MAX, "--vary", "c=relu"], "c: "),
    "no file": (["nothing.yaml", *MAX, *VARY], "no file 'nothing.yaml'"),
    "no fallback": (["mobilenet.yaml", *MAX, *VARY], "the bundled architecture is named mobilenet"),
    "no top-1": (["net.yaml", *MAX, "--vary", "c=1,3", "--objective", "top1"], "no published top-1 for any of the 2 points that fit\n"),
    "another network's top-1": (
        ["edited.yaml", *MAX, "--vary", "c=1,2", "--objective", "top1"],
        "no published top-1 for any of the 2 points that fit; those that it has are of a network with other params or MACs\n",
    ),
    "objective": (["net.yaml", *MAX, *VARY, "--objective", "speed"], "'speed' is not one of"),
    "convention": (["net.yaml", *MAX, *VARY, "--convention", "x"], "no convention named 'x'"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_exits_with_2(case: str, folder: Path) -> None:
    arguments, message = WRONG[case]
    result = run("fit", *arguments, cwd=folder)
    assert (result.code, result.out) == (2, "")
    assert message in result.err
    assert "Traceback" not in result.err


def test_a_limit_of_nothing(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text("hyperparameters: {c: 1}\ninput: [c, 2, 2]\nlayers: [relu]\n", encoding="utf-8")
    assert document("net.yaml", "--max-macs", "0", "--vary", "c=1,2", cwd=tmp_path)["best"] == {"c": 1}
    (tmp_path / "net.yaml").write_text(NET, encoding="utf-8")
    found = run("fit", "net.yaml", "--max-macs", "0", "--vary", "c=4,2", cwd=tmp_path)
    assert found.code == 1
    assert "nearest     c=2: 6 params, 96 MACs, top-1 40.5 %, 96 MACs too many" in found.out
