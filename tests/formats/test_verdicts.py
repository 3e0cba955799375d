"""The formats of `check`: exact for programs, honest when rounded, and harmless whatever names and messages hold."""

import csv
import io
import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import junitparser
import pytest
from markdown_it import MarkdownIt

from dsconv_cost.budget.check import Outcome
from dsconv_cost.budget.networks import InputFault
from dsconv_cost.budget.verdicts import MAX, MIN, Bound, FilePlace, Verdict
from dsconv_cost.cli.check import verdicts_content
from dsconv_cost.costs.conventions import convention_named
from dsconv_cost.errors import UsageError
from dsconv_cost.formats.format import Screen, text_of
from dsconv_cost.formats.github import Annotation
from dsconv_cost.formats.markdown import plain
from dsconv_cost.language.limits import METRICS, Amount, amount
from dsconv_cost.reports.amounts import texts
from dsconv_cost.reports.verdict_text import headline
from dsconv_cost.text import inert
from tests.command import Result, run
from tests.repository import Repository

NET = """\
input: [3, 8, 8]
layers:
  - {conv: 4, kernel: 3}
  - {conv: 8, kernel: 1}
"""
PARAMS, MACS = 152, 8960
FORMATS = ["table", "json", "csv", "markdown", "github", "junit"]


@pytest.fixture(autouse=True)
def _outside_actions(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_ACTIONS", "GITHUB_WORKSPACE", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    budget = (
        "budget:\n  - {metric: macs, max: 8K, message: the DSP has no more}\n  - {metric: params, max: 100, level: warn}\n"
        "  - {metric: saving, min: 0%}\n"
    )
    (tmp_path / "net.yaml").write_text(NET + budget, encoding="utf-8")
    return tmp_path


# -- rounding -------------------------------------------------------------------------------------

ROUNDED: dict[str, tuple[str, str, str, int, tuple[str, str, str, str]]] = {
    "plain": (MAX, "macs", "600M", 568_740_352, ("max 600M", "568.7M", "31.3M left", "5.2%")),
    "over": (MAX, "macs", "500M", 568_740_352, ("max 500M", "568.7M", "68.7M over", "13.7%")),
    "equal": (MAX, "macs", "600M", 600_000_000, ("max 600M", "600.0M", "0 left", "0.0%")),
    "one over": (MAX, "macs", "600M", 600_000_001, ("max 600M = 600,000,000", "600,000,001", "1 over", "<0.1%")),
    "one under": (MAX, "macs", "600M", 599_999_999, ("max 600M = 600,000,000", "599,999,999", "1 left", "<0.1%")),
    "rounded to the other side": (
        MAX, "macs", "568.74M", 568_740_352, ("max 568.74M = 568,740,000", "568,740,352", "352 over", "<0.1%"),
    ),
    "digits": (MAX, "params", "4231975", 4_231_976, ("max 4,231,975", "4,231,976", "1 over", "<0.1%")),
    "a limit of 0": (MAX, "macs", "0", 5, ("max 0", "5", "5 over", "-")),
    "less than ten times over": (MAX, "macs", "10", 109, ("max 10", "109", "99 over", "990.0%")),
    "ten times over": (MAX, "macs", "10", 110, ("max 10", "110", "100 over", "10.0x")),
    "thousands of times over": (MAX, "macs", "10", 2_831_068, ("max 10", "2,831,068", "2.8M over", "283,106x")),
    "min": (MIN, "params", "1M", 1_500_000, ("min 1M", "1.5M", "500.0K left", "50.0%")),
    "short": (MIN, "params", "2M", 1_500_000, ("min 2M", "1.5M", "500.0K short", "25.0%")),
    "bytes": (MAX, "size", "16 MB", 16_927_904, ("max 16 MB", "16.9 MB", "927.9 kB over", "5.8%")),
    "binary bytes": (MAX, "size", "16 MiB", 16_777_217, ("max 16 MiB = 16,777,216 B", "16,777,217 B", "1 B over", "<0.1%")),
}  # fmt: skip


def verdict(bound: str, metric: str, limit: Amount, actual: Amount) -> Verdict:
    return Verdict(
        architecture="net",
        metric=METRICS[metric],
        bound=Bound(bound, limit, "test", "test"),
        actual=actual,
        status="pass",
        place=FilePlace("net.yaml"),
    )


@pytest.mark.parametrize(("bound", "metric", "limit", "actual", "said"), ROUNDED.values(), ids=ROUNDED)
def test_rounding_hides_nothing(bound: str, metric: str, limit: str, actual: int, said: tuple[str, ...]) -> None:
    assert texts(verdict(bound, metric, amount(limit, METRICS[metric]), Amount("", actual))) == said


SHARES: dict[str, tuple[str, tuple[int, int], tuple[str, str, str]]] = {
    "plain": ("80%", (883, 1000), ("min 80%", "88.3%", "8.3 points left")),
    "equal": ("80%", (4, 5), ("min 80%", "80.0%", "0 points left")),
    "just short": ("80%", (79_999_999, 100_000_000), ("min 80%", "79.999999%", "0.000001 points short")),
    "just enough": ("80%", (80_001, 100_000), ("min 80%", "80.001%", "0.001 points left")),
    "below nothing": ("0%", (-1, 4), ("min 0%", "-25.0%", "25.0 points short")),
}


@pytest.mark.parametrize(("limit", "actual", "said"), SHARES.values(), ids=SHARES)
def test_shares_get_the_decimals_they_need(limit: str, actual: tuple[int, int], said: tuple[str, ...]) -> None:
    assert texts(verdict(MIN, "saving", amount(limit, METRICS["saving"]), Amount("", *actual)))[:3] == said


def test_a_base_that_rounds_to_the_same_is_shown_exactly() -> None:
    found = texts(verdict("base", "macs", Amount("", 568_740_352), Amount("", 568_740_353)))
    assert found[:3] == ("max 568,740,352", "568,740,353", "1 over")


# -- the headline ---------------------------------------------------------------------------------

HEADLINES: dict[str, tuple[str, int, str]] = {
    "one kept": ("pass", 0, "0 of 1 limit exceeded"),
    "all kept": ("pass pass", 0, "0 of 2 limits exceeded"),
    "one exceeded": ("fail", 0, "1 of 1 limit exceeded"),
    "many": ("fail " + "pass " * 1233, 0, "1 of 1,234 limits exceeded"),
    "some exceeded": ("pass fail pass warn new", 0, "1 of 5 limits exceeded, 1 warning, 1 new"),
    "warnings": ("pass warn warn", 0, "0 of 3 limits exceeded, 2 warnings"),
    "all new": ("new new", 0, "0 of 2 limits exceeded, 2 new"),
    "wrong input": ("pass " * 15, 1, "0 of 15 limits exceeded, 1 input invalid"),
    "nothing but wrong input": ("", 2, "nothing checked, 2 inputs invalid"),
    "not comparable": ("uncomparable pass pass", 0, "0 of 3 limits exceeded, 1 not comparable"),
    "all of it": (
        "fail uncomparable warn new pass fail", 2,
        "2 of 6 limits exceeded, 1 not comparable, 1 warning, 1 new, 2 inputs invalid",
    ),
}  # fmt: skip


def outcome(statuses: str, wrong: int = 0) -> Outcome:
    kept = verdict(MAX, "macs", Amount("5", 5), Amount("", 5))
    verdicts = [kept._replace(status=status.replace("unc", "not c")) for status in statuses.split()]
    return Outcome(
        verdicts, [InputFault("x", UsageError(f"wrong {i}")) for i in range(wrong)], [], convention_named("macs")
    )


@pytest.mark.parametrize(("statuses", "wrong", "said"), HEADLINES.values(), ids=HEADLINES)
def test_the_headline_has_a_fixed_pattern(statuses: str, wrong: int, said: str) -> None:
    found = outcome(statuses, wrong)
    assert headline(found) == said
    assert text_of(verdicts_content(found), "table", Screen()).split("\n")[0] == said
    assert text_of(verdicts_content(found), "markdown", Screen()).split("\n")[0] == f"### dsconv-cost: {said}"
    assert json.loads(text_of(verdicts_content(found), "json", Screen()))["summary"] == said


# -- the table ------------------------------------------------------------------------------------

CAMERA = """\
name: Camera
hyperparameters: {width: 32}
input: [3, 96, 96]
defaults:
  conv: {norm: batch, activation: relu}
layers:
  - {conv: 16, kernel: 3, stride: 2}
  - {dsconv: width, name: early}
  - {dsconv: 2 * width, stride: 2, repeat: 3, name: late}
  - global_avgpool
  - {linear: 10, name: head}
budget:
  - {metric: saving, min: 70%}
  - {metric: macs, max: 4.5M, level: warn}
  - {metric: params, max: 1K, layer: "late*", message: one bank}
  - {metric: size, max: 12 KiB, bits: 8, message: flash of the MCU}
  - {metric: macs, max: 1M, kind: depthwise}
  - {metric: macs, max: 10}
"""
SHOWN = {
    200: "verdict architecture metric part which limit actual headroom of limit costliest or changed source",
    140: "verdict architecture metric part limit actual headroom of limit source",
    120: "verdict architecture metric part limit actual headroom source",
    110: "verdict architecture metric part limit actual source",
    80: "verdict architecture metric limit actual",
    65: "verdict architecture metric limit actual",
}


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """A repository in which a model was widened since the branch origin/main."""
    made = Repository(tmp_path)
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "mcu.yaml").write_text(CAMERA.replace("width: 32", "width: 24"), encoding="utf-8")
    made.commit()
    made.git("branch", "origin/main")
    (tmp_path / "models" / "mcu.yaml").write_text(CAMERA, encoding="utf-8")
    made.commit()
    return tmp_path


@pytest.mark.parametrize("columns", SHOWN)
def test_the_table_fits_a_terminal(columns: int, history: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dsconv_cost.cli.emit.screen", lambda: Screen(columns))
    result = run("check", "--base", "origin/main", "models", cwd=history)
    assert result.code == 1
    head, *lines = result.out.partition("\n\n")[2].split("\n")
    assert head.split() == SHOWN[columns].split()
    assert max(map(len, [head, *lines])) <= columns
    rows = [line.split()[0] for line in lines[: lines.index("")] if line[:1].strip()]
    assert rows == ["fail"] * 8 + ["warn"] + ["pass"] * 2
    said = " ".join(result.out.split())
    dropped = [name for name in ("costliest or changed", "which", "of limit", "headroom", "source", "part")
               if name not in SHOWN[columns]]  # fmt: skip
    note = f"not shown: {', '.join(dropped)}"
    assert (note in said) == bool(dropped)


ORDERED = ["not comparable", "fail", "pass", "warn", "new", "fail", "pass"]


def test_people_see_failures_first_and_programs_the_order_of_the_call() -> None:
    kept = verdict(MAX, "macs", Amount("5", 5), Amount("", 5))
    verdicts = [kept._replace(status=s, architecture=f"net{i}") for i, s in enumerate(ORDERED)]
    found = Outcome(verdicts, [], [], convention_named("macs"))
    sorted_ = ["net1", "net5", "net0", "net3", "net4", "net2", "net6"]
    as_called = [f"net{i}" for i in range(7)]
    assert (
        re.findall(
            r"^(?:fail|pass|warn|new|not comparable) +(net\d)",
            text_of(verdicts_content(found), "table", Screen()),
            re.M,
        )
        == sorted_
    )
    assert re.findall(r"^\| .*`(net\d)` \|", text_of(verdicts_content(found), "markdown", Screen()), re.M) == sorted_
    document = json.loads(text_of(verdicts_content(found), "json", Screen()))
    assert [v["architecture"] for v in document["verdicts"]] == as_called
    table = csv.DictReader(io.StringIO(text_of(verdicts_content(found), "csv", Screen())))
    assert [row["architecture"] for row in table] == as_called
    assert re.findall(r'<testsuite name="(net\d)"', text_of(verdicts_content(found), "junit", Screen())) == as_called


def test_a_terminal_with_colour_shows_verdicts_in_it() -> None:
    found = outcome("pass fail warn new uncomparable")
    bare = text_of(verdicts_content(found), "table", Screen(80))
    coloured = text_of(verdicts_content(found), "table", Screen(80, True))
    assert "\x1b" not in bare
    assert re.findall(r"^\x1b\[(3\d)m(\w[\w ]*)\x1b\[0m", coloured, re.M) == [
        ("31", "fail"), ("31", "not comparable"), ("33", "warn"), ("32", "pass"),
    ]  # fmt: skip
    stripped = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    assert [line.rstrip() for line in stripped.split("\n")] == bare.split("\n")


def title(folder: Path, *arguments: str) -> str:
    head = run("check", "models", *arguments, cwd=folder).out.split("\n")[2]
    return re.split(r" {2,}", head)[-2]


def test_the_column_of_layers_says_what_it_has(history: Path) -> None:
    assert title(history) == "costliest layer"
    assert title(history, "--base", "origin/main") == "costliest or changed"
    mcu = history / "models" / "mcu.yaml"
    mcu.write_text(mcu.read_text(encoding="utf-8").partition("budget:")[0], encoding="utf-8")
    assert title(history, "--base", "origin/main") == "most changed"


DETAILS = [
    "architecture metric part costliest layers line has share",
    "models/mcu.yaml params late[2] late[2]/pw 9 4,224 85.7%",
    "models/mcu.yaml params late[2] late[2]/dw 9 704 14.3%",
    "models/mcu.yaml size at 8 bits late[2]/pw 9 4.1 KiB 29.6%",  # 64 * 64 weights and 2 * 64 of the norm: 4,224 bytes
    "models/mcu.yaml size at 8 bits late[3]/pw 9 4.1 KiB 29.6%",
    "models/mcu.yaml size at 8 bits late[1]/pw 9 2.1 KiB 15.3%",
    "models/mcu.yaml size at 8 bits late[2]/dw 9 704 B 4.9%",
    "models/mcu.yaml size at 8 bits late[3]/dw 9 704 B 4.9%",
]


def test_details_name_their_limit_with_its_part_and_bytes(history: Path) -> None:
    mcu = history / "models" / "mcu.yaml"
    mcu.write_text(mcu.read_text(encoding="utf-8").replace("  - {metric: macs, max: 10}\n", ""), encoding="utf-8")
    block = run("check", "models", cwd=history).out.split("\n\n")[2].split("\n")
    assert [" ".join(line.split()) for line in block if "─" not in line][:8] == DETAILS


def test_a_message_names_its_limit(history: Path) -> None:
    lines = run("check", "models", "--max-size", "1 KiB", cwd=history).out.splitlines()
    assert "fail        models/mcu.yaml: size at 8 bits: flash of the MCU" in lines
    assert "fail        models/mcu.yaml: params of layer late[2]: one bank" in lines


def test_a_saving_says_that_its_layers_have_macs(history: Path) -> None:
    lines = run("check", "models", "--min-saving", "99%", cwd=history).out.splitlines()
    # early/pw: 48 * 48 positions, 16 * 32 weights: 1,179,648
    assert next(re.split(r" {2,}", line) for line in lines if "1.2M MACs" in line) == [
        "models/mcu.yaml", "saving, MACs", "early/pw", "8", "1.2M MACs", "25.1%",
    ]  # fmt: skip


def test_a_base_is_a_commit_in_the_table_and_a_sentence_below(history: Path) -> None:
    commit = Repository(history, existing=True).git("rev-parse", "origin/main")
    lines = run("check", "models", "--base", "origin/main", cwd=history).out.splitlines()
    assert [line for line in lines if line.endswith(f"  {commit[:10]}")]
    assert f"base        {commit[:10]} is where HEAD and origin/main part" in lines
    assert f"{commit[:10]} (origin/main)" in run(
        "check", "models", "--base", "origin/main", "--format", "markdown", cwd=history
    ).out  # fmt: skip


def test_changes_since_two_states_say_which(history: Path) -> None:
    mcu = history / "models" / "mcu.yaml"
    written = mcu.read_text(encoding="utf-8").partition("budget:")[0]
    mcu.write_text(written.replace("width: 32", "width: 16"), encoding="utf-8")
    assert run("check", "--update-lock", "models", cwd=history).code == 0
    mcu.write_text(written, encoding="utf-8")
    text = run("check", "models", "--base", "origin/main", "--locked", cwd=history).out
    heads = [line.split() for line in text.splitlines() if "changed layers" in line]
    assert heads == [["architecture", "metric", "since", "changed", "layers", "line", "before", "now", "change"]]
    assert len([line for line in text.splitlines() if re.match(r"models/mcu.yaml +\w+ +dsconv-cost.lock ", line)]) == 10
    alone = run("check", "models", "--locked", cwd=history).out
    assert "since" not in alone


# -- for programs ---------------------------------------------------------------------------------


def test_json(folder: Path) -> None:
    result = run("check", "net.yaml", "--format", "json", cwd=folder)
    document = json.loads(result.out)
    assert (document["schema_version"], document["exit_code"], result.code) == (1, 1, 1)
    assert document["convention"] == {"name": "macs", "version": "1"}
    macs, params, saving = document["verdicts"]
    assert macs == {
        "status": "fail",
        "architecture": "net.yaml",
        "path": "net.yaml",
        "metric": "macs",
        "unit": "count",
        "part": None,
        "bits": None,
        "bound": "max",
        "limit": 8000,
        "actual": MACS,
        "headroom": 8000 - MACS,
        "headroom_share": -0.12,
        "base": None,
        "source": "net.yaml:6",
        "message": "the DSP has no more",
        "matched": 1,
        "beyond": 1,
        "line": 3,
        "column": 5,
        "use_line": None,
        "peak_at": None,
        "layers": [
            {"name": "conv1", "line": 3, "use_line": None, "value": 6912, "before": None, "share": 6912 / MACS},
            {"name": "conv2", "line": 4, "use_line": None, "value": 2048, "before": None, "share": 2048 / MACS},
        ],
    }
    assert (params["status"], params["headroom"]) == ("warn", 100 - PARAMS)
    assert (saving["status"], saving["unit"], saving["limit"], saving["actual"]) == ("pass", "share", 0.0, 0.0)


def test_csv(folder: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(run("check", "net.yaml", "--format", "csv", cwd=folder).out)))
    assert [(r["status"], r["metric"], r["limit"], r["actual"], r["headroom"]) for r in rows] == [
        ("fail", "macs", "8000", "8960", "-960"), ("warn", "params", "100", "152", "-52"), ("pass", "saving", "0.0", "0.0", "0.0"),
    ]  # fmt: skip


def test_junit_is_read_by_another_reader(folder: Path) -> None:
    (folder / "wrong.yaml").write_text("layers: [relu]\n", encoding="utf-8")
    result = run("check", "net.yaml", "wrong.yaml", "--format", "junit", cwd=folder)
    assert result.code == 2
    suites = list(junitparser.JUnitXml.fromstring(result.out.encode()))
    assert [suite.name for suite in suites] == ["net.yaml", "input"]
    net = suites[0]
    assert (net.tests, net.failures, net.errors) == (3, 1, 0)
    macs, params, saving = list(net)
    assert macs.name == "MACs: max 8K (net.yaml)"
    assert macs.classname == "net.yaml"
    (failure,) = macs.result
    assert isinstance(failure, junitparser.Failure)
    assert failure.message == "MACs 8,960, max 8K (net.yaml:6): 960 over, 12.0%"
    assert "the DSP has no more" in str(failure.text)
    assert "conv1 (line 3, 77.1%)" in str(failure.text)
    assert (params.is_passed, saving.is_passed) == (True, True)
    assert str(params.system_out).startswith("warn: params 152, max 100")
    (error,) = next(iter(suites[1])).result
    assert isinstance(error, junitparser.Error)
    assert "wrong.yaml:1:1" in str(error.text)
    # What GitLab shows beside a failed case, and Jenkins' totals.
    root = ElementTree.fromstring(result.out)
    assert root.attrib["failures"] == "1"
    assert root.attrib["errors"] == "1"
    case = root.find(".//testcase")
    assert case is not None
    assert (case.attrib["file"], case.attrib["line"]) == ("net.yaml", "3")


def test_outputs_are_written_beside_what_is_printed(folder: Path) -> None:
    outputs = [f"--output={name}" for name in ("a.json", "b.csv", "c.md", "d.txt", "e.xml", "github=f")]
    result = run("check", "net.yaml", *outputs, cwd=folder)
    assert result.code == 1
    assert result.out.startswith("1 of 3 limits exceeded, 1 warning")
    for name, format_ in zip(
        ("a.json", "b.csv", "c.md", "d.txt", "e.xml", "f"), [*FORMATS[1:4], "table", "junit", "github"], strict=True
    ):
        text = (folder / name).read_text(encoding="utf-8")
        assert text == run("check", "net.yaml", "--format", format_, cwd=folder).out


# -- GitHub ---------------------------------------------------------------------------------------


class Command:
    """A workflow command, read as the runner reads it."""

    def __init__(self, line: str) -> None:
        assert line.startswith("::")
        head, _, data = line[2:].partition("::")
        self.level, _, properties = head.partition(" ")
        self.properties: dict[str, str] = {}
        for part in properties.split(","):
            name, equals, value = part.partition("=")
            assert equals
            assert name not in self.properties
            value = value.replace("%3A", ":").replace("%2C", ",")
            self.properties[name] = self.unescaped(value)
        self.message = self.unescaped(data)

    @staticmethod
    def unescaped(text: str) -> str:
        return text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")


def commands(text: str) -> list[Command]:
    return [Command(line) for line in text.splitlines() if line.lstrip().startswith("::")]


def test_annotations(folder: Path) -> None:
    result = run("check", "net.yaml", "--format", "github", cwd=folder)
    assert (result.code, result.err) == (1, "")
    over, warning = commands(result.out)
    assert (over.level, over.properties) == (
        "error", {"file": "net.yaml", "line": "3", "col": "5", "title": "MACs over the limit"},
    )  # fmt: skip
    assert over.message == (
        "net.yaml: MACs 8,960, max 8K (net.yaml:6): 960 over, 12.0%\nthe DSP has no more\n"
        "costliest: conv1 (line 3, 77.1%); conv2 (line 4, 22.9%)"
    )
    assert (warning.level, warning.properties["line"]) == ("warning", "3")


def test_inside_actions_annotations_stand_beside_the_table(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = run("check", "net.yaml", cwd=folder)
    assert commands(plain.out + plain.err) == []
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    result = run("check", "net.yaml", cwd=folder)
    assert (result.code, result.out) == (1, plain.out)
    assert [c.level for c in commands(result.err)] == ["error", "warning"]
    asked = run("check", "net.yaml", "--format", "table", cwd=folder)
    assert (asked.out, asked.err) == (plain.out, "")


def test_files_are_named_from_the_workspace(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "models").mkdir()
    (folder / "net.yaml").rename(folder / "models" / "net.yaml")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(folder))
    found = commands(run("check", "net.yaml", "--format", "github", cwd=folder / "models").out)
    assert found[0].properties["file"] == "models/net.yaml"
    monkeypatch.setenv("GITHUB_WORKSPACE", str(folder / "elsewhere"))
    found = commands(run("check", "net.yaml", "--format", "github", cwd=folder / "models").out)
    assert found[0].properties["file"] == "net.yaml"


def test_at_most_ten_annotations_and_the_rest_in_the_summary(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entries = "".join(f"  - {{metric: macs, max: {n}}}\n" for n in range(14))
    (folder / "net.yaml").write_text(f"{NET}budget:\n{entries}", encoding="utf-8")
    summary = folder / "summary.md"
    summary.write_text("what was there\n", encoding="utf-8")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    result = run("check", "net.yaml", cwd=folder)
    assert len(commands(result.err)) == 10
    assert result.err.endswith("and 4 more\n")
    text = summary.read_text(encoding="utf-8")
    assert text.startswith("what was there\n### dsconv-cost: 14 of 14 limits exceeded")
    assert text.count("**fail**") == 14
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(folder / "no" / "such" / "folder"))
    missing = run("check", "net.yaml", cwd=folder)
    assert missing.code == 1
    assert "the job's summary cannot be written" in missing.err


@pytest.mark.parametrize("options", [[], ["--format", "github"]], ids=["table", "github"])
def test_the_job_has_its_summary(options: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(folder / "summary.md"))
    run("check", "net.yaml", "--max-macs", "1G", *options, cwd=folder)
    assert (folder / "summary.md").read_text(encoding="utf-8").startswith("### dsconv-cost: ")
    (folder / "summary.md").unlink()
    run("check", "net.yaml", "--max-macs", "1G", "--format", "json", cwd=folder)
    assert not (folder / "summary.md").exists()


def test_a_minimum_is_not_exceeded() -> None:
    assert run("check", "mobilenet", "--min-saving", "95%").out.startswith("1 of 1 limit not kept\n")
    both = run("check", "mobilenet", "--min-saving", "95%", "--max-macs", "1M").out
    assert both.startswith("2 of 2 limits not kept\n")
    assert run("check", "mobilenet", "--min-saving", "5%", "--max-macs", "1M").out.startswith(
        "1 of 2 limits exceeded\n"
    )


def test_wrong_input_is_annotated(folder: Path) -> None:
    (folder / "wrong.yaml").write_text("input: [3, 8, 8]\nlayers: [{conv: 3.5, kernel: 1}]\n", encoding="utf-8")
    result = run("check", "net.yaml", "wrong.yaml", "nope.yaml", "--format", "github", cwd=folder)
    assert result.code == 2
    wrong = [c for c in commands(result.out) if c.properties["title"] == "wrong input"]
    assert [c.properties.get("file") for c in wrong] == ["wrong.yaml", None]
    assert wrong[0].properties["line"] == "2"


# -- Markdown -------------------------------------------------------------------------------------


def tokens(text: str) -> list[Any]:
    parsed = MarkdownIt("commonmark").enable("table").parse(text)
    return [token for outer in parsed for token in (outer, *(outer.children or []))]


def test_markdown(folder: Path) -> None:
    text = run("check", "net.yaml", "--format", "markdown", cwd=folder).out
    assert "| **fail** | `net.yaml` | `MACs` | max 8K | 8,960 | 960 over | 12.0% | `net.yaml:6` |" in text
    found = [token.type for token in tokens(text)]
    assert found.count("table_open") == 1
    assert found.count("tr_open") == 4


PLAIN = {
    "sentence": ("Net (a.yaml), alpha 1.0: +3.2%, 'x'; a/b?", "Net (a.yaml), alpha 1.0: +3.2%, 'x'; a/b?"),
    "marks that a backslash stops": ("__a__ *b* late[1]", "\\_\\_a\\_\\_ \\*b\\* late\\[1\\]"),
    "mention": ("@octocat", "`@octocat`"),
    "issue": ("see #1", "see `#1`"),
    "issue of another kind": ("see gh-1", "see `gh-1`"),
    "address": ("http://example.org", "`http://example.org`"),
    "address without a scheme": ("www.example.org", "`www.example.org`"),
    "emoji": ("a :smile: b", "a `:smile:` b"),
    "a variant before a colon": ("mobilenet:thin: a", "`mobilenet:thin`: a"),
    "commit": ("at 0a1b2c3 now", "at `0a1b2c3` now"),
    "HTML": ("a <b>", "a `<b>`"),
    "entity": ("&lt;", "`&lt;`"),
    "link": ("[a](b) @c", "\\[a\\](b) `@c`"),
    "struck": ("~~a~~", "`~~a~~`"),
    "formula": ("$x$", "`$x$`"),
    "code": ("`a`", "`` `a` ``"),
    "other letters": ("名前", "`名前`"),
}


@pytest.mark.parametrize(("text", "shown"), PLAIN.values(), ids=PLAIN)
def test_text_is_plain_only_where_it_means_nothing(text: str, shown: str) -> None:
    assert plain(text) == shown
    live = {"link_open", "image", "html_inline", "strong_open", "em_open"}
    assert not live & {token.type for token in tokens(f"### {plain(text)}\n\n- {plain(text)}\n")}


def test_markdown_stays_below_what_github_takes(folder: Path) -> None:
    message = "m" * 900
    entries = "".join(f"  - {{metric: macs, max: {n}, message: {message}}}\n" for n in range(900))
    (folder / "net.yaml").write_text(f"{NET}budget:\n{entries}", encoding="utf-8")
    text = run("check", "net.yaml", "--format", "markdown", cwd=folder).out
    assert 30_000 < len(text) < 65_536
    assert "more limits" in text
    assert "more lines" in text
    wrong = "".join(f"  - {{metric: x{n}, max: 1}}\n" for n in range(900))
    (folder / "net.yaml").write_text(f"{NET}budget:\n{wrong}", encoding="utf-8")
    text = run("check", "net.yaml", "mobilenet", "--max-macs", "1", "--format", "markdown", cwd=folder).out
    assert len(text) < 65_536
    assert "more problems" in text


# -- injection ------------------------------------------------------------------------------------

HOSTILE = {
    "terminal": "\x1b[31mred\x07\x9b2J\u202eevil",
    "mention": "@octocat @org/team #1",
    "link": "[click](https://example.com) ![i](https://example.com/i.png) <https://example.com>",
    "html": "<script>alert(1)</script><!-- --><img src=x>",
    "code": "`a` ``b`` ```\n``` ~~~",
    "table": "a | b \\| c \\\\| [x](y) |",
    "formula": "=cmd|' /C calc'!A0",
    "formula with a minus": "-1+1",
    "formula with an at": "@SUM(1)",
    "command": "::error file=x::pwned",
    "old command": "##[error]pwned",
    "command behind a break": "x\n::set-output name=a::b\r::stop-commands::t",
    "encoded break": "x%0A::error::y%0D",
    "properties": "x,line=9,col=9,title=pwned",
    "xml": "]]> & <failure> \" ' \ufffe",
    "option": "--output=pwned",
    "shell": "$(touch pwned) `touch pwned`; touch pwned",
}
FILE_NAMES = {name: text.replace("/", "_").replace("\n", "\u2028") for name, text in HOSTILE.items()}


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def assert_harmless(result: Result, format_: str) -> None:
    text = result.out + result.err
    assert "Traceback" not in text
    for character in ("\x1b", "\x07", "\x9b", "\u202e", "\r", "\u2028", "\ufffe"):
        assert character not in text
    for line in text.splitlines():
        assert "##[" not in line
        if line.lstrip().startswith("::"):
            assert format_ == "github"
            assert Command(line).level in ("error", "warning")
            assert set(Command(line).properties) <= {"file", "line", "col", "title", "endLine", "endColumn"}
    if format_ == "csv":
        for row in csv.reader(io.StringIO(result.out)):
            assert all(not cell.startswith(("=", "+", "@", "\t")) for cell in row)
            assert all(not cell.startswith("-") or cell.strip("-0123456789.") == "" for cell in row)
    elif format_ == "json":
        json.loads(result.out)
    elif format_ == "junit":
        root = ElementTree.fromstring(result.out)
        assert {element.tag for element in root.iter()} <= {
            "testsuites", "testsuite", "testcase", "failure", "error", "system-out", "properties", "property",
        }  # fmt: skip
    elif format_ == "markdown":
        # A bar inside a cell ends it in one reader or another, whatever stands before it.
        assert {line.count("|") for line in result.out.splitlines() if line.startswith("|")} <= {9}
        found = tokens(result.out)
        live = {"link_open", "image", "html_inline", "html_block", "fence", "code_block"}
        assert not live & {token.type for token in found}
        for token in found:
            if token.type == "text":
                assert "@" not in token.content
                assert "example" not in token.content
                assert "#1" not in token.content


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("name", HOSTILE)
def test_messages_and_names_do_nothing(name: str, format_: str, tmp_path: Path) -> None:
    text = json.dumps(HOSTILE[name])
    (tmp_path / "net.yaml").write_text(
        f"name: {text}\n{NET}budget: [{{metric: macs, max: 1, message: {text}}}]\n",
        encoding="utf-8",
    )
    result = run("check", "net.yaml", "--max-params", "1", "--format", format_, cwd=tmp_path)
    assert result.code == 1, result.err
    assert_harmless(result, format_)
    assert names(tmp_path) == ["net.yaml"]


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("name", FILE_NAMES)
def test_paths_do_nothing(name: str, format_: str, tmp_path: Path) -> None:
    path = f"{FILE_NAMES[name]}.yaml"
    (tmp_path / path).write_text(NET, encoding="utf-8")
    (tmp_path / "dsconv-cost.yaml").write_text(
        "budget: [{architecture: '*.yaml', metric: macs, max: 1}]\n", encoding="utf-8"
    )
    result = run("check", "--format", format_, "--", f"./{path}", cwd=tmp_path)
    assert result.code == 1, result.err
    assert_harmless(result, format_)
    folder = run("check", "--format", format_, cwd=tmp_path)
    assert folder.code == 1, folder.err
    if format_ == "github":
        assert [c.properties["file"] for c in commands(folder.out)] == [inert(path)]
        assert [c.message.partition(": MACs")[0] for c in commands(folder.out)] == [inert(path)]
    assert_harmless(folder, format_)
    (tmp_path / path).write_text("layers: [{nope: 1}]\n", encoding="utf-8")
    assert_harmless(run("check", "--format", format_, ".", cwd=tmp_path), format_)
    assert names(tmp_path) == sorted([path, "dsconv-cost.yaml"])


@pytest.mark.parametrize("name", HOSTILE)
def test_arguments_do_nothing(name: str, tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    repository.commit(net=NET)
    text = HOSTILE[name]
    for arguments in (
        (f"--base={text}", "net.yaml"),
        (f"--budget={text}", "net.yaml"),
        (f"--max-macs={text}", "net.yaml"),
        (f"--tolerance={text}", "net.yaml"),
        (f"--set=a={text}", "net.yaml"),
        ("--max-macs=1", "--", text),
        ("--max-macs=1", "--", f"net.yaml:{text}"),
    ):
        result = run("check", *arguments, cwd=tmp_path)
        assert result.code == 2
        assert_harmless(result, "table")
    assert names(tmp_path) == [".git", "net.yaml"]


@pytest.mark.parametrize("name", HOSTILE)
def test_what_stands_in_a_lock_does_nothing(name: str, tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(NET, encoding="utf-8")
    text = json.dumps(HOSTILE[name])
    lock = {
        "schema_version": 1,
        "convention": {"name": "macs", "version": "1"},
        "architectures": {"net.yaml": {"params": 1, "macs": 1, "layers": [["NAME", 1, 1]]}},
    }
    for old, new in (('"NAME"', text), ('"net.yaml"', text), ('"macs", "version"', f'{text}, "version"')):
        (tmp_path / "dsconv-cost.lock").write_text(json.dumps(lock).replace(old, new), encoding="utf-8")
        for format_ in FORMATS if "NAME" in old else ("table",):
            assert_harmless(run("check", "--locked", "net.yaml", "--format", format_, cwd=tmp_path), format_)


def test_layers_of_a_size_are_in_bytes(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text("input: [3, 8, 8]\nlayers: [{conv: 4, kernel: 3}]\n", encoding="utf-8")
    for bits, size in ((32, 448), (16, 224), (8, 112), (4, 56)):  # 4 * 27 weights and 4 biases
        document = json.loads(
            run("check", "net.yaml", "--max-size", "1 MB", "--bits", str(bits), "--format", "json", cwd=tmp_path).out
        )
        (found,) = document["verdicts"]
        assert (found["actual"], found["layers"][0]["value"], found["layers"][0]["share"]) == (size, size, 1)


# -- in a block -----------------------------------------------------------------------------------

BLOCKS = """\
input: [8, 8, 8]
blocks:
  stage:
    arguments: {width: required}
    layers:
      - {conv: width, kernel: 3}
layers:
  - {stage: 8}
  - {stage: 16}
"""


def test_a_layer_in_a_block_has_the_line_of_the_use_too(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(BLOCKS, encoding="utf-8")
    result = run("check", "net.yaml", "--max-macs", "1", "--format", "json", cwd=tmp_path)
    (found,) = json.loads(result.out)["verdicts"]
    # The second use is the costlier one: 9*8*16 weights against 9*8*8.
    assert (found["line"], found["use_line"]) == (6, 9)
    assert [(x["name"], x["line"], x["use_line"]) for x in found["layers"]] == [
        ("stage2/conv1", 6, 9), ("stage1/conv1", 6, 8),
    ]  # fmt: skip
    assert (
        "in a block that line 9 uses"
        in run("check", "net.yaml", "--max-macs", "1", "--format", "github", cwd=tmp_path).out
    )
    assert "stage2/conv1 (line 6, used at 9, 66.7%)" in run("check", "net.yaml", "--max-macs", "1", cwd=tmp_path).out


def test_a_saving_below_its_minimum_is_not_over_it(folder: Path) -> None:
    result = run("check", "net.yaml", "--min-saving", "1%", "--format", "github", cwd=folder)
    titles = [line.partition("title=")[2].partition("::")[0] for line in result.out.splitlines() if "saving" in line]
    assert titles == ["saving below the limit"]


def test_a_layer_inside_an_item_is_in_no_block(tmp_path: Path) -> None:
    text = "input: [8, 8, 8]\nlayers:\n  - residual:\n      - {conv: 8, kernel: 3}\n"
    (tmp_path / "net.yaml").write_text(text, encoding="utf-8")
    (found,) = json.loads(run("check", "net.yaml", "--max-macs", "1", "--format", "json", cwd=tmp_path).out)["verdicts"]
    assert (found["line"], found["use_line"]) == (4, None)


def test_problems_say_their_code_and_end(tmp_path: Path) -> None:
    text = "input: [3, 8, 8]\nlayers: [{cnov: 8, kernel: 3}]\nbudget:\n  - metric: macs\n    min: 1K\n    mix: 2\n"
    (tmp_path / "net.yaml").write_text(text, encoding="utf-8")
    (first, second) = json.loads(run("check", "net.yaml", "--format", "json", cwd=tmp_path).out)["problems"]
    place = {key: first[key] for key in ("line", "column", "end_line", "end_column", "code", "suggestion")}
    assert place == {
        "line": 2, "column": 11, "end_line": 2, "end_column": 15, "code": "unknown-type", "suggestion": "conv",
    }  # fmt: skip
    assert (second["line"], second["code"]) == (6, "unknown-key")
    commands = run("check", "net.yaml", "--format", "github", cwd=tmp_path).out.splitlines()
    assert commands[0].startswith("::error file=net.yaml,line=2,col=11,endLine=2,endColumn=15,title=wrong input::")
    root = ElementTree.fromstring(run("check", "net.yaml", "--format", "junit", cwd=tmp_path).out.encode())
    properties = {p.get("name"): p.get("value") for p in root.iter("property")}
    assert properties == {
        "code": "unknown-type", "suggestion": "conv", "column": "11", "end_line": "2", "end_column": "15",
    }  # fmt: skip
    (error,) = root.iter("error")
    assert error.get("type") == "unknown-type"


def test_an_annotation_of_several_lines_has_no_columns() -> None:
    several = Annotation("error", "a.yaml", 2, 3, "t", "m", 4, 5)
    assert several.command == "::error file=a.yaml,line=2,endLine=4,title=t::m"
