"""The command `sweep`: what it keeps, what it writes, and that it goes on where it was."""

import csv
import json
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from dsconv_cost import analyze
from dsconv_cost.spaces import run as run_module
from dsconv_cost.spaces import sweep as sweep_module
from dsconv_cost.spaces.files import csv_bytes
from dsconv_cost.spaces.plan import SweepPlan
from tests.command import run as invoke

TEXT = """\
name: tiny
hyperparameters: {c: 8, size: 8, act: relu, widths: [4, 8]}
input: [3, size, size]
layers:
  - {conv: c, kernel: 3, padding: 0, bias: false, activation: act}
  - {conv: "widths[0]", kernel: 1, bias: false}
  - {conv: "widths[1]", kernel: 1, bias: false}
"""
VARY = ["--vary", "c=2..8:2", "--vary", "size=2..6", "--vary", "act=relu,none", "--vary", "widths=[[4,8],[6,6]]"]
POINTS = [
    (c, size, act, widths) for c in (2, 4, 6, 8) for size in (2, 3, 4, 5, 6) for act in ("relu", "none")
    for widths in ((4, 8), (6, 6))
]  # fmt: skip


def cost(c: int, size: int, widths: tuple[int, int]) -> tuple[int, int]:
    """Return params and MACs: 3x3 from 3 to c channels without padding, then 1x1 to each width."""
    weights = 27 * c + c * widths[0] + widths[0] * widths[1]
    return weights, weights * (size - 2) ** 2


EXPECTED = [
    {"c": c, "size": size, "act": act, "widths": list(widths), "params": cost(c, size, widths)[0], "macs": cost(c, size, widths)[1]}
    for c, size, act, widths in POINTS
    if size > 2
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "net.yaml").write_text(TEXT)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def swept(*arguments: str, code: int = 0) -> dict[str, object]:
    done = invoke("sweep", "net.yaml", *arguments, "--format", "json")
    assert done.code == code, done.err
    document: dict[str, object] = json.loads(done.out)
    return document


def test_every_point_by_hand(folder: Path) -> None:
    found = swept(*VARY, "--top", "100")
    rows = [{**row, "widths": json.loads(row["widths"])} for row in found["points"]]  # type: ignore[attr-defined]
    assert rows == EXPECTED
    assert (found["space"], found["point_count"], found["kept"], found["impossible"]) == (80, 80, 64, 16)
    assert found["checked"] == 50


def test_conditions_and_order(folder: Path) -> None:
    found = swept(
        *VARY, "--where", "macs <= 3K and act == relu and size > 3", "--max", "macs", "--min", "c", "--top", "4"
    )
    wanted = [row for row in EXPECTED if row["macs"] <= 3000 and row["act"] == "relu" and row["size"] > 3]  # type: ignore[operator]
    best = sorted(wanted, key=lambda row: (-row["macs"], row["c"]))[:4]  # type: ignore[operator]
    assert [row["macs"] for row in found["points"]] == [row["macs"] for row in best]  # type: ignore[attr-defined]
    assert found["kept"] == len(wanted)


def test_the_front_is_what_no_other_point_beats(folder: Path) -> None:
    found = swept(*VARY, "--pareto", "params,max:macs,size")
    keys = [(row["params"], -row["macs"], -row["size"]) for row in EXPECTED]  # type: ignore[operator]
    best = {key for key in keys if not any(all(a <= b for a, b in zip(o, key, strict=True)) and o != key for o in keys)}
    rows = [(row["params"], -row["macs"], -row["size"]) for row in found["points"]]  # type: ignore[attr-defined]
    assert sorted(rows) == sorted(best)
    one = invoke("sweep", "net.yaml", *VARY, "--pareto", "params").out
    assert "1 point that no other beats in fewest params" in one


@pytest.mark.parametrize("form", ["csv", "parquet"])
@pytest.mark.parametrize("folder_or_file", ["points", "points/"])
def test_files_hold_every_point(folder: Path, form: str, folder_or_file: str) -> None:
    path = f"{folder_or_file}.{form}" if folder_or_file == "points" else folder_or_file
    swept(*VARY, "--output", path if path.startswith("points.") else f"{form}={path}", "--part-size", "7")
    if folder_or_file == "points":
        files = [folder / path]
        assert sorted(p.name for p in folder.iterdir()) == ["net.yaml", path]  # no part is left
    else:
        files = sorted((folder / "points").glob(f"*.{form}"))
        assert len(files) == 12  # 80 points by 7
        assert json.loads((folder / "points" / "plan.json").read_text())["axes"]["c"] == [2, 4, 6, 8]
    rows = []
    for file in files:
        if form == "csv":
            with file.open(newline="") as text:
                rows += list(csv.DictReader(text))
        else:
            rows += pq.read_table(file).to_pylist()
    read = [
        {k: v if k == "act" else json.loads(v) if isinstance(v, str) else v for k, v in row.items()} for row in rows
    ]
    assert read == EXPECTED


def test_a_file_of_the_best_alone(folder: Path) -> None:
    swept(*VARY, "--max", "macs", "--top", "3", "--output", "best.csv")
    lines = (folder / "best.csv").read_text().splitlines()
    assert lines[0] == "c,size,act,widths,params,macs"
    assert len(lines) == 4


def test_words_are_harmless_in_files(folder: Path) -> None:
    """A spreadsheet takes what begins with = for a formula."""
    (folder / "net.yaml").write_text(TEXT.replace("act: relu", "act: relu, word: x"))
    done = invoke("sweep", "net.yaml", "--vary", "word=x,relu", "--output", "a.csv")
    assert done.code == 2  # it is in no expression
    assert csv_bytes({"a": np.array(["=1+1", "\x1b[31m", "a,b"], object)}) == b'a\n\'=1+1\n\\x1b[31m\n"a,b"\n'


# -- going on -------------------------------------------------------------------------------------


def test_a_run_goes_on_where_it_was_to_the_same_bytes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    swept(*VARY, "--output", "whole/", "--part-size", "10")
    counted: list[int] = []
    whole = run_module.count_part

    def stopped(plan: SweepPlan, part: int, target: str | None = None) -> run_module.Summary:
        if len(counted) == 3:
            raise KeyboardInterrupt
        counted.append(part)
        return whole(plan, part, target)

    monkeypatch.setattr(run_module, "count_part", stopped)
    done = invoke("sweep", "net.yaml", *VARY, "--output", "parts/", "--part-size", "10")
    assert done.code == 130
    assert (
        "stopped: 30 of 80 points counted, 3 of 8 parts whole in parts: the same command goes on from there" in done.err
    )

    def going_on(plan: SweepPlan, part: int, target: str | None = None) -> run_module.Summary:
        counted.append(part)
        return whole(plan, part, target)

    monkeypatch.setattr(run_module, "count_part", going_on)
    swept(*VARY, "--output", "parts/", "--part-size", "10")
    assert counted == list(range(8))
    assert contents(folder / "parts") == contents(folder / "whole")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_another_plan_is_an_error(folder: Path) -> None:
    swept(*VARY, "--output", "parts/")
    done = invoke("sweep", "net.yaml", *VARY, "--where", "macs < 3", "--output", "parts/")
    assert done.code == 2
    assert "parts holds the parts of another sweep: where differs; name another path, or remove it" in done.err
    (folder / "net.yaml").write_text(TEXT.replace("8, size", "16, size"))
    assert "another sweep: file differs" in invoke("sweep", "net.yaml", *VARY, "--output", "parts/").err
    (folder / "other").mkdir()
    (folder / "other" / "notes.txt").write_text("mine")
    assert "holds files and no plan.json" in invoke("sweep", "net.yaml", *VARY, "--output", "other/").err
    assert (folder / "other" / "notes.txt").read_text() == "mine"


def test_no_folder_is_made_for_a_path_that_is_mistyped(folder: Path) -> None:
    for path, left in (("ponits/all.csv", "ponits/all.csv.parts"), ("ponits/all/", "ponits/all")):
        done = invoke("sweep", "net.yaml", *VARY, "--output", path)
        assert (done.code, done.out) == (2, "")
        assert f"{left} cannot be written: No such file or directory" in done.err
    assert not (folder / "ponits").exists()


# -- samples --------------------------------------------------------------------------------------


def test_a_sample_is_the_same_for_the_same_seed(folder: Path) -> None:
    space = ["--vary", "c=1..1000", "--vary", "size=3..1000"]
    one, same, other = (
        swept(*space, "--sample", "50", "--seed", seed, "--top", "50", "--part-size", "20")["points"]
        for seed in ("1", "1", "2")
    )
    assert one == same != other
    for row in one[:5]:  # type: ignore[index]
        assert row["macs"] == analyze("net.yaml", settings={"c": row["c"], "size": row["size"]}).macs


def test_a_space_beyond_enumeration_is_sampled_and_counted_exactly(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep_module, "MOST_ENUMERATED", 100)
    monkeypatch.setattr(sweep_module, "SAMPLED", 40)
    found = swept("--vary", "c=1..40", "--vary", "size=3..22", "--where", "macs <= 20K")
    # As in `cost`: c of 1 to 40, and 1 to 20 positions a side.
    kept = sum(cost(c, size, (4, 8))[1] <= 20_000 for c in range(1, 41) for size in range(3, 23))
    assert (found["sample"], found["space"], found["exact_kept"]) == (40, 800, kept)
    why = invoke(
        "sweep", "net.yaml", "--vary", "c=1..40", "--vary", "size=3..22", "--where", "macs <= 20K or c == 3"
    ).out
    assert "how many of all networks there are is not known: the condition is more than limits joined by and" in why


# -- what is wrong --------------------------------------------------------------------------------


WRONG = {
    "nothing to vary": ([], "nothing to vary: give --vary"),
    "unknown setting": (["--vary", "d=1,2"], "has no hyperparameter 'd'"),
    "unsuitable value": (["--vary", "c=1,relu"], "c: "),
    "set and varied": (["--vary", "c=1,2", "--set", "c=1"], "both set and varied"),
    "unknown figure": (["--vary", "c=1,2", "--metrics", "mac"], "unknown figure 'mac': did you mean 'macs'?"),
    "unknown objective": (["--vary", "c=1,2", "--max", "speed"], "unknown figure or setting 'speed'"),
    "order of words": (["--vary", "act=relu,none", "--min", "act"], "the values of act are not numbers"),
    "pareto": (["--vary", "c=1,2", "--pareto", "macs,best:params"], "expected a name, max:NAME or min:NAME"),
    "condition": (["--vary", "c=1,2", "--where", "macs <="], "ends early"),
    "empty condition": (["--vary", "c=1,2", "--where", " "], "--where: the condition is empty: give one"),
    "two files of points": (["--vary", "c=1,2", "--output", "a.csv", "--output", "b.parquet"], "one --output"),
    "a folder that is a file": (["--vary", "c=1,2", "--output", "net.yaml/"], "cannot be written"),
    "no ending": (["--vary", "c=1,2", "--output", "points"], "the ending names no format"),
    "a model": (["--vary", "c=1,2", "--top", "0"], "expected a whole number of at least 1"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong(folder: Path, case: str) -> None:
    arguments, message = WRONG[case]
    done = invoke("sweep", "net.yaml", *arguments)
    assert done.code == 2
    assert message in done.err
    assert [path.name for path in folder.iterdir()] == ["net.yaml"]


def test_no_network_at_any_point(folder: Path) -> None:
    found = swept("--vary", "size=1,2")
    assert (found["kept"], found["impossible"], found["points"]) == (0, 2, [])


def test_a_difference_from_the_ordinary_way_is_a_bug(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dsconv_cost.spaces.regions import Engine

    ordinary = Engine.ordinary
    monkeypatch.setattr(Engine, "ordinary", lambda self, row: {**ordinary(self, row), "macs": 1})
    done = invoke("sweep", "net.yaml", "--vary", "c=1..40", "--vary", "size=3..9")
    assert done.code == 3
    assert "AssertionError at dsconv_cost.spaces.run" in done.err


def test_what_is_not_installed_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    done = invoke("sweep", "net.yaml", "--vary", "c=1,2", "--output", "a.parquet")
    assert (done.code, "Parquet needs pyarrow, which is not installed: install it with" in done.err) == (2, True)
    assert invoke("sweep", "net.yaml", "--vary", "c=1,2", "--output", "a.csv").code == 0  # numpy alone is enough
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    done = invoke("sweep", "net.yaml", "--vary", "c=1,2")
    assert done.err == "error: a sweep needs numpy, which is not installed: pip install 'dsconv-cost[sweep]'\n"
    assert done.code == 2
