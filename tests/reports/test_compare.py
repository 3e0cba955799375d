"""`compare`, and how networks to be compared are named."""

import csv
import io
import json
import re
from pathlib import Path

import pytest

from dsconv_cost.formats.format import Screen
from tests.command import Result, run, run_process

TINY = """\
name: Tiny
hyperparameters: {width: 4, size: 8}
input: [3, size, size]
layers:
  - {conv: width, kernel: 3, name: stem}
  - {dsconv: 8, name: body}
  - global_avgpool
  - {linear: 10, name: head}
variants: {wide: {width: 8}, small: {size: 4}}
published:
  - {params: 1K, top1: 61.5, source: "A. Author 2020, Table 1"}
  - {variant: wide, params: 1K, top1: 62.5, source: "A. Author 2020, Table 2"}
"""
# width 4: stem 3*3*3*4 = 108, + 4 biases; body dw 3*3*4 = 36 + 4, pw 4*8 = 32 + 8; head 8*10 + 10
TINY_PARAMS = 108 + 4 + 36 + 4 + 32 + 8 + 80 + 10
TINY_MACS = 64 * (108 + 36 + 32) + 80
# standard form: a 3 x 3 convolution 4 -> 8 for the pair
TINY_STANDARD = 64 * (108 + 3 * 3 * 4 * 8) + 80


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "tiny.yaml").write_text(TINY, encoding="utf-8")
    return tmp_path


def rows(*arguments: str, cwd: Path | None = None) -> list[dict[str, object]]:
    """Return the rows of the JSON document."""
    result = run("compare", *arguments, "--format", "json", cwd=cwd)
    assert result.code == 0, result.err
    found: list[dict[str, object]] = json.loads(result.out)["networks"]
    return found


def labels(*arguments: str, cwd: Path | None = None) -> list[object]:
    return [row["network"] for row in rows(*arguments, cwd=cwd)]


# -- what a row says ------------------------------------------------------------------------------


def test_a_row_by_hand(folder: Path) -> None:
    assert rows("tiny.yaml", cwd=folder) == [
        {
            "network": "tiny.yaml",
            "source": "tiny.yaml",
            "input": "3x8x8",
            "params": TINY_PARAMS,
            "macs": TINY_MACS,
            "flops": 2 * TINY_MACS,
            "layers": 4,
            "activations": 64 * (4 + 4 + 8) + 10,
            "peak": 64 * (4 + 8),  # what the pointwise half reads and writes
            "arena": 64 * (4 + 8),
            "flash": (108 + 36 + 32 + 80) + 4 * (4 + 4 + 8 + 10),
            "depthwise_share": 64 * 36 / TINY_MACS,
            "pointwise_share": 64 * 32 / TINY_MACS,
            "factor": TINY_STANDARD / TINY_MACS,
            "params_ratio": 1.0,
            "macs_ratio": 1.0,
            "top1": 61.5,
            "top1_source": "A. Author 2020, Table 1",
        }
    ]


def test_bundled_networks_have_the_figures_of_their_papers() -> None:
    v1, v2, r50 = rows("mobilenet", "mobilenet_v2", "resnet:50")
    # Howard et al. 2017, Table 4: 4.2 M, 569 M, 70.6 %; Table 2: 94.86 % and 3.06 % of the MACs
    assert (v1["params"], v1["macs"], v1["top1"]) == (4_231_976, 568_740_352, 70.6)
    assert (v1["pointwise_share"], v1["depthwise_share"]) == (
        pytest.approx(0.9486, abs=5e-5),
        pytest.approx(0.0306, abs=5e-5),
    )
    assert v1["factor"] == 4_867_293_184 / 568_740_352
    assert v1["layers"] == 28
    assert v1["top1_source"] == "Howard et al. 2017, Tables 4 and 6 to 8"
    # Sandler et al. 2018, Table 4: 3.4 M (3.5 M exactly), 300 M, 72.0 %
    assert (v2["params"], v2["macs"], v2["top1"]) == (3_504_872, 300_774_272, 72.0)
    assert v2["macs_ratio"] == 300_774_272 / 568_740_352
    # torchvision: 25,557,032 params, 4.09 GMACs, 76.13 %
    assert (r50["params"], r50["macs"], r50["factor"]) == (25_557_032, 4_089_184_256, 1.0)
    assert r50["params_ratio"] == 25_557_032 / 4_231_976


def test_all_are_counted_under_one_convention() -> None:
    plain = rows("mobilenet")[0]
    result = run("compare", "mobilenet", "--convention", "fvcore", "--format", "json")
    document = json.loads(result.out)
    assert document["convention"] == {"name": "fvcore", "version": "0.1.5.post20221221"}
    # 2 for each element that a batch norm passes (every convolution has one), 1 for each input of the last pool
    normed = 5_043_688 - 1000
    assert document["networks"][0]["macs"] == 568_740_352 + 2 * normed + 1024 * 49
    assert document["networks"][0]["activations"] == plain["activations"] == normed + 1000
    assert "convention  fvcore 0.1.5.post20221221" in run("compare", "mobilenet", "--convention", "fvcore").out


def test_a_network_without_macs(tmp_path: Path) -> None:
    (tmp_path / "none.yaml").write_text("input: [3, 8, 8]\nlayers: [relu]\n", encoding="utf-8")
    row = rows("none.yaml", cwd=tmp_path)[0]
    assert [row[key] for key in ("macs", "layers", "factor", "macs_ratio", "depthwise_share")] == [
        0,
        0,
        None,
        None,
        None,
    ]
    assert run("compare", "none.yaml", cwd=tmp_path).code == 0


# -- naming them ----------------------------------------------------------------------------------


def test_variants_and_settings_of_a_side(folder: Path) -> None:
    found = rows("tiny.yaml", "tiny.yaml:wide", "tiny.yaml@width=2,size=16", "tiny.yaml:small@width=2", cwd=folder)
    assert [row["network"] for row in found] == [
        "tiny.yaml", "tiny.yaml:wide", "tiny.yaml@width=2,size=16", "tiny.yaml:small@width=2",
    ]  # fmt: skip
    assert [row["input"] for row in found] == ["3x8x8", "3x8x8", "3x16x16", "3x4x4"]
    stem = 3 * 3 * 3
    assert [row["macs"] for row in found] == [
        TINY_MACS,
        64 * (8 * stem + 9 * 8 + 8 * 8) + 80,
        256 * (2 * stem + 9 * 2 + 2 * 8) + 80,
        16 * (2 * stem + 9 * 2 + 2 * 8) + 80,
    ]
    assert [row["top1"] for row in found] == [61.5, 62.5, None, None]


def test_what_a_side_sets_goes_before_what_is_set_for_all(folder: Path) -> None:
    found = rows("tiny.yaml", "tiny.yaml@size=16", "--set", "size=4", cwd=folder)
    assert [row["input"] for row in found] == ["3x4x4", "3x16x16"]


def test_lists_hold_commas(tmp_path: Path) -> None:
    text = "hyperparameters: {n: [1, 2], c: 4}\ninput: [3, 4, 4]\nlayers: [{conv: 'n[1] * c', kernel: 1}]\n"
    (tmp_path / "net.yaml").write_text(text, encoding="utf-8")
    assert rows("net.yaml@n=[2, 3],c=5", cwd=tmp_path)[0]["macs"] == 16 * 3 * 15


def test_a_file_whose_name_looks_like_something_else_is_that_file(tmp_path: Path) -> None:
    names = ["a@b=1.yaml", "n*.yaml", "net:18", "mobilenet"]
    for name in names:
        (tmp_path / name).write_text("input: [3, 2, 2]\nlayers: [{conv: 4, kernel: 1}]\n", encoding="utf-8")
    assert [row["params"] for row in rows(*names, cwd=tmp_path)] == [3 * 4 + 4] * 4
    assert [row["source"] for row in rows(*names, cwd=tmp_path)] == names


PATTERNS = {
    "mobilenet_v3*": ["mobilenet_v3_large", "mobilenet_v3_small"],
    "mobilenet:*": ["mobilenet:thin", "mobilenet:shallow", "mobilenet:vww"],
    "resnet:10?": ["resnet:101"],
    "resnet:wide*@resolution=64": ["resnet:wide50_2@resolution=64", "resnet:wide101_2@resolution=64"],
    "regne?": [f"regnet:{kind}_{size}" for kind in "xy" for size in
               ("400mf", "800mf", "1.6gf", "3.2gf", "8gf", "16gf", "32gf", *(["128gf"] if kind == "y" else []))],
    "resnet8*": ["resnet8"],
}  # fmt: skip


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_means_bundled_networks(pattern: str) -> None:
    found = labels(pattern)
    assert found == PATTERNS[pattern]


def test_a_pattern_means_the_variants_of_a_file(folder: Path) -> None:
    assert labels("tiny.yaml:*", cwd=folder) == ["tiny.yaml:wide", "tiny.yaml:small"]


def test_what_a_pattern_repeats_is_shown_once() -> None:
    assert labels("mobilenet_v3_small", "mobilenet_v3*", "mobilenet_v3*") == [
        "mobilenet_v3_small",
        "mobilenet_v3_large",
    ]


def test_every_bundled_network_and_variant_in_one_call() -> None:
    found = rows("*", "*:*", "--columns", "params,macs")
    assert len(found) > 90
    assert len({row["network"] for row in found}) == len(found)
    assert all(isinstance(row["params"], int) and row["params"] > 0 for row in found)


def test_standard_input_is_read_once() -> None:
    result = run_process("compare", "--format", "csv", "--", "-", "-:*", "-@width=2", stdin=TINY)
    assert result.code == 0, result.err
    found = list(csv.DictReader(io.StringIO(result.out)))
    assert [row["source"] for row in found] == ["<stdin>"] * 4
    assert int(found[0]["macs"]) == TINY_MACS


# -- baseline, order, pareto ----------------------------------------------------------------------


def test_ratios_are_to_the_baseline(folder: Path) -> None:
    found = rows("tiny.yaml", "tiny.yaml:small", "--baseline", "tiny.yaml:small", cwd=folder)
    assert [row["macs_ratio"] for row in found] == [TINY_MACS / (16 * 176 + 80), 1.0]
    result = run("compare", "tiny.yaml", "tiny.yaml:small", "--baseline", "tiny.yaml:small", cwd=folder)
    assert "\nratio       to tiny.yaml:small: 282 params, 2,896 MACs\n" in result.out
    document = json.loads(run("compare", "tiny.yaml", "--format", "json", cwd=folder).out)
    assert document["baseline"] == "tiny.yaml"


def test_a_small_ratio_is_not_rounded_to_nothing() -> None:
    line = run("compare", "resnet:50", "ds_cnn").out.splitlines()[5]
    assert line.startswith("ds_cnn ")
    assert "0.00x" not in line
    assert "0.00065x" in line  # 2,656,768 of 4,089,184,256 MACs


ORDERS = {
    "given": ["resnet:18", "mobilenet", "alexnet"],
    "name": ["alexnet", "mobilenet", "resnet:18"],
    "params": ["mobilenet", "resnet:18", "alexnet"],  # 4.2 M, 11.7 M, 61.1 M
    "macs": ["mobilenet", "alexnet", "resnet:18"],  # 569 M, 714 M, 1,814 M
    "flops": ["mobilenet", "alexnet", "resnet:18"],
    "layers": ["alexnet", "resnet:18", "mobilenet"],  # 8, 21, 28
    "activations": ["alexnet", "resnet:18", "mobilenet"],
    "top1": ["mobilenet", "resnet:18", "alexnet"],  # 70.6, 69.758, 56.522
}


@pytest.mark.parametrize("sort", ORDERS)
def test_order(sort: str) -> None:
    assert labels("resnet:18", "mobilenet", "alexnet", "--sort", sort) == ORDERS[sort]


def test_what_has_no_top1_comes_last(folder: Path) -> None:
    found = labels("tiny.yaml@width=2", "tiny.yaml", "tiny.yaml:wide", "--sort", "top1", cwd=folder)
    assert found == ["tiny.yaml:wide", "tiny.yaml", "tiny.yaml@width=2"]


def test_the_factor_goes_downwards() -> None:
    assert labels("resnet:18", "mobilenet_v2", "mobilenet", "--sort", "factor") == [
        "mobilenet",
        "mobilenet_v2",
        "resnet:18",
    ]


def test_pareto_marks_what_none_beats() -> None:
    found = rows("mobilenet", "mobilenet_v2", "resnet:18", "resnet:50", "--pareto")
    # (params, MACs, top-1): V1 (4.2 M, 569 M, 70.6), V2 (3.5 M, 301 M, 72.0), 18 (11.7 M, 1.8 G, 69.8), 50 (25.6 M, 4.1 G, 76.1)
    assert [row["pareto"] for row in found] == [
        "dominated by mobilenet_v2", "front", "dominated by mobilenet", "front",
    ]  # fmt: skip


def test_pareto_leaves_top1_out_where_one_has_none(folder: Path) -> None:
    found = rows("tiny.yaml", "tiny.yaml:wide", "tiny.yaml@width=8,size=16", "--pareto", cwd=folder)
    assert [row["pareto"] for row in found] == ["front", "dominated by tiny.yaml", "dominated by tiny.yaml"]
    shown = run("compare", "tiny.yaml", "tiny.yaml@width=2", "--pareto", cwd=folder).out
    assert "no other network is at least as good in params and MACs, and better in one" in shown


def test_equals_do_not_beat_each_other(folder: Path) -> None:
    assert [row["pareto"] for row in rows("tiny.yaml", "tiny.yaml@width=4", "--pareto", cwd=folder)] == ["front"] * 2


# -- formats --------------------------------------------------------------------------------------


NOTES = """
ratio        to tiny.yaml: 282 params, 11,344 MACs
layers       convolutions and linear layers
activations  elements written by convolutions and linear layers
depthwise    share of the MACs in depthwise convolutions
pointwise    share of the MACs in 1 x 1 convolutions
factor       MACs of the network's own standard form per MAC of the network
top-1        per cent, on the data set and as printed by the source; - where the file has none for this network
pareto       2 of 2 Pareto-optimal: no other network is at least as good in params, MACs and top-1, and better in one
convention   macs 1: convolutions and matrix products; 1 MAC = 2 FLOPs; all else 0
"""


def test_the_table(folder: Path) -> None:
    lines = run("compare", "tiny.yaml", "mobilenet@alpha=0.5", "--pareto", "--notes", cwd=folder).out.splitlines()
    assert [re.split(r" {2,}", line) for line in lines[2:6] if "─" not in line] == [
        [
            "network", "source", "input", "params", "MACs", "FLOPs", "layers", "activations", "depthwise", "pointwise",
            "factor", "params ratio", "MACs ratio", "top-1", "top-1 from", "pareto",
        ],
        [
            "tiny.yaml", "tiny.yaml", "3x8x8", "282", "11,344", "22,688", "4", "1,034", "20.3%", "18.1%", "2.24x", "1.00x",
            "1.00x", "61.5", "A. Author 2020, Table 1", "front",
        ],
        [
            "mobilenet@alpha=0.5", "bundled", "3x224x224", "1,331,592", "149,497,088", "298,994,176", "28", "2,522,344",
            "5.8%", "90.2%", "8.16x", "4,722x", "13,179x", "63.7", "Howard et al. 2017, Table 6", "front",
        ],
    ]  # fmt: skip
    assert lines[0] == "2 networks compared"
    assert lines[6:] == NOTES.splitlines()


def test_csv_and_json_say_the_same(folder: Path) -> None:
    arguments = ["tiny.yaml", "resnet:50", "--pareto"]
    table = list(csv.DictReader(io.StringIO(run("compare", *arguments, "--format", "csv", cwd=folder).out)))
    assert [
        {key: "" if value is None else str(value) for key, value in row.items()} for row in rows(*arguments, cwd=folder)
    ] == table


def test_a_narrow_terminal_names_what_it_leaves_out(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dsconv_cost.cli.emit.screen", lambda: Screen(80))
    lines = run("compare", "tiny.yaml", "mobilenet", cwd=folder).out.splitlines()
    table = lines[2 : lines.index("", 2)]
    assert max(map(len, table)) <= 80
    assert table[0].split()[0] == "network"
    assert "MACs" in table[0]
    assert any(line.startswith("not shown: top-1 from, source") for line in lines)


@pytest.mark.parametrize("columns", [60, 80, 100, 130, None])
def test_a_legend_explains_only_what_is_shown(columns: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dsconv_cost.cli.emit.screen", lambda: Screen(columns))
    lines = run("compare", "mobilenet", "mobilenet_v2", "--notes").out.splitlines()
    heads = lines[2]
    labels = {line.split("  ")[0] for line in lines if "  " in line and not line.startswith(" ")}
    for label in ("layers", "activations", "depthwise", "pointwise", "factor"):
        assert (label in labels) == (f" {label}" in heads), label
    assert ("ratio" in labels) == ("ratio" in heads)
    assert {"top-1", "convention"} <= labels


def test_columns_are_explained_on_request() -> None:
    shown = run("compare", "mobilenet", "mobilenet_v2").out
    assert "share of the MACs" not in shown
    assert shown.endswith("\n--notes explains the columns\n")
    assert "share of the MACs" in run("compare", "mobilenet", "mobilenet_v2", "--format", "markdown").out


def heads(*arguments: str, cwd: Path, form: str = "table") -> list[str]:
    """Return the titles of the columns."""
    line = run("compare", *arguments, "--format", form, cwd=cwd).out.splitlines()[2]
    return re.split(r" {2,}", line) if form == "table" else line.strip("| ").split(" | ")


@pytest.mark.parametrize("form", ["table", "markdown"])
def test_columns_that_tell_no_network_from_another_are_left_out_for_people(form: str, folder: Path) -> None:
    plain = TINY.partition("published:")[0]
    (folder / "plain.yaml").write_text(plain, encoding="utf-8")
    assert {"source", "top-1", "top-1 from"} & {*heads("plain.yaml", "plain.yaml:wide", cwd=folder, form=form)} == set()
    assert {"source", "top-1", "top-1 from"} <= {*heads("plain.yaml", "mobilenet", cwd=folder, form=form)}
    assert "source" not in heads("resnet:50", "mobilenet", cwd=folder, form=form)
    assert {"top-1", "top-1 from"} <= {*heads("tiny.yaml", "plain.yaml", cwd=folder, form=form)}
    assert "top-1 " not in run("compare", "plain.yaml", "--format", form, cwd=folder).out
    assert rows("plain.yaml", cwd=folder)[0].keys() == rows("mobilenet")[0].keys()
    shown = run("compare", "plain.yaml:wide", "plain.yaml", "--sort", "top1", cwd=folder)
    assert [line.split()[0] for line in shown.out.splitlines()[4:6]] == ["plain.yaml:wide", "plain.yaml"]


# -- whose top-1 it is ----------------------------------------------------------------------------

# 282 params and 11,344 MACs; of the entries only the figures differ.
ENTRIES = {
    "it prints neither": ("top1: 61.5", 61.5),
    "params agree": ("params: 282, top1: 61.5", 61.5),
    "params rounded": ("params: 0.3K, top1: 61.5", 61.5),
    "params do not": ("params: 283, top1: 61.5", None),
    "MACs agree": ("macs: 11.3K, top1: 61.5", 61.5),
    "MACs do not": ("macs: 11.2K, top1: 61.5", None),
    "params agree and MACs do not": ("params: 282, macs: 13K, top1: 61.5, differs: {macs: a misprint}", None),
    "FLOPs are nobody's": ("params: 282, flops: 1K, top1: 61.5, differs: {flops: counted otherwise}", 61.5),
    "of its own convention": ("macs: 11.3K, params: 282, convention: macs, top1: 61.5", 61.5),
    # fvcore has 1 more for each of the 8 * 64 elements that the pool takes: 11,856
    "of another convention": ("macs: 11.9K, convention: fvcore, top1: 61.5", 61.5),
    "of another convention, not agreeing": ("macs: 11.3K, convention: fvcore, top1: 61.5", None),
    "the next one agrees": ("params: 283, top1: 61.5, source: x}\n  - {params: 282, top1: 60.5", 60.5),
}


@pytest.mark.parametrize(("entry", "top1"), ENTRIES.values(), ids=ENTRIES)
def test_a_file_has_the_top1_of_the_network_it_holds(entry: str, top1: float | None, tmp_path: Path) -> None:
    text = TINY.partition("published:")[0] + f'published:\n  - {{{entry}, source: "A. Author 2020"}}\n'
    (tmp_path / "tiny.yaml").write_text(text, encoding="utf-8")
    assert [row["top1"] for row in rows("tiny.yaml", cwd=tmp_path)] == [top1]
    said = run("analyze", "tiny.yaml", "--published", cwd=tmp_path).out
    assert ("top-1 61.5 %" in said) == (top1 == 61.5)
    assert said.count("published ") == entry.count("top1")
    fits = run("fit", "tiny.yaml", "--max-macs", "1M", "--vary", "width=4", "--format", "json", cwd=tmp_path)
    assert [row["top1"] for row in json.loads(fits.out)["fits"]] == [top1]


def test_a_copy_of_a_bundled_file_keeps_its_top1_until_it_is_edited(tmp_path: Path) -> None:
    original = run("show", "mobilenet").out
    (tmp_path / "mine.yaml").write_text(original, encoding="utf-8")
    assert [row["top1"] for row in rows("mine.yaml", "mobilenet", cwd=tmp_path)] == [70.6, 70.6]
    for old, new in (("middle: 5 ", "middle: 4 "), ("kernel: 3, stride: 2}", "kernel: 5, stride: 1}")):
        assert original.count(old) == 1
        (tmp_path / "mine.yaml").write_text(original.replace(old, new), encoding="utf-8")
        mine, bundled = rows("mine.yaml", "mobilenet", cwd=tmp_path)
        assert (mine["top1"], mine["top1_source"], bundled["top1"]) == (None, "", 70.6)
        assert "top-1 7" not in run("analyze", "mine.yaml", "--published", cwd=tmp_path).out


HOSTILE = '=cmd|"/c calc"!A1 \\e[31m @all ![x](http://x.example/y) <b> `code` ##[error] | ::error::x'


def test_names_and_sources_are_inert(tmp_path: Path) -> None:
    text = TINY.replace("A. Author 2020, Table 1", HOSTILE.replace('"', '\\"')).replace("Tiny", "::error::x")
    name = "=1+1 ##[group]x.yaml"
    (tmp_path / name).write_text(text, encoding="utf-8")
    results = {
        form: run("compare", name, "--pareto", "--format", form, cwd=tmp_path)
        for form in ("table", "json", "csv", "markdown")
    }
    for form, result in results.items():
        assert result.code == 0, result.err
        assert "\x1b" not in result.out, form
        assert "##[" not in result.out, form
        assert not [line for line in result.out.splitlines() if line.lstrip().startswith("::")], form
    row = next(csv.reader(io.StringIO(results["csv"].out.split("\n", 1)[1])))
    assert row[0].startswith("'=1+1")
    assert not [cell for cell in row if cell[:1] in ("=", "+", "-", "@")]
    line = next(line for line in results["markdown"].out.splitlines() if "calc" in line)
    outside = "".join(line.split("``")[::2])
    assert "@all" not in outside
    assert "http" not in outside
    assert "<b>" not in outside


def test_markdown_starts_with_a_heading(folder: Path) -> None:
    lines = run("compare", "tiny.yaml", "mobilenet", "--format", "markdown", cwd=folder).out.splitlines()
    assert lines[0] == "### 2 networks compared"
    assert "- layers: convolutions and linear layers" in lines


def test_json_says_how_many_there_are() -> None:
    assert json.loads(run("compare", "mobilenet*", "--format", "json").out)["network_count"] == 5


# -- what is wrong --------------------------------------------------------------------------------

WRONG = {
    "no network": ((), "Missing argument 'NETWORK...'"),
    "unknown": (("mobilnet",), "no file or bundled architecture 'mobilnet': did you mean 'mobilenet'?"),
    "no fallback": (("mobilenet.yaml",), "no file 'mobilenet.yaml' here; the bundled architecture is named mobilenet"),
    "no fallback, variant": (("mobilenet.yaml:thin",), "no file 'mobilenet.yaml' here; the bundled architecture is named mobilenet:thin"),
    "no file": (("nets/a.yaml",), "no file 'nets/a.yaml'"),
    "no variant": (("mobilenet:wide",), "MobileNet V1 has no variant 'wide'"),
    "variant needed": (("resnet",), "needs depths"),
    "twice": (("mobilenet", "mobilenet"), "mobilenet is named twice"),
    "no value": (("mobilenet@alpha",), "mobilenet@alpha: expected NAME=VALUE after the @"),
    "empty value": (("mobilenet@alpha=",), "mobilenet@alpha=: expected NAME=VALUE"),
    "nothing before": (("@alpha=1",), "@alpha=1: expected a network before the @"),
    "set twice": (("mobilenet@alpha=1,alpha=2",), "the hyperparameter alpha is set twice"),
    "no hyperparameter": (("mobilenet@aplha=1",), "no hyperparameter 'aplha': did you mean 'alpha'?"),
    "wrong value": (("mobilenet@alpha=wide",), "mobilenet@alpha=wide: alpha: received 'wide'"),
    "wrong type": (("mobilenet@resolution=1.5",), "resolution"),
    "for all, but not all have it": (("mobilenet", "resnet:18", "--alpha", "0.5"), "has no hyperparameter 'alpha'"),
    "no bundled match": (("zz*",), "zz* matches no bundled network: there are alexnet, "),
    "no variant matches": (("mobilenet:x*",), "mobilenet:x* matches no variant: there are mobilenet:thin, mobilenet:shallow"),
    "without variants": (("unet:*",), "unet:* matches no variant: there are none"),
    "pattern of files": (("nets/*.yaml",), "a pattern means bundled networks; let the shell match"),
    "long pattern": (("*" + "x" * 400,), "a pattern of 401 characters"),
    "baseline": (("mobilenet", "--baseline", "mobilenet_v2"), "--baseline mobilenet_v2 is not one of the networks compared"),
    "convention": (("mobilenet", "--convention", "fvcor"), "no convention named 'fvcor': did you mean 'fvcore'?"),
    "sort": (("mobilenet", "--sort", "size"), "'size' is not one of"),
    "format": (("mobilenet", "--format", "xml"), "'xml' is not one of"),
    "too many layers": (("mobilenet", "--layer-bound", "5"), "5"),
    "folder": ((".",), ". is a directory"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_exits_with_2(case: str, tmp_path: Path) -> None:
    arguments, message = WRONG[case]
    result: Result = run("compare", *arguments, cwd=tmp_path)
    assert result.code == 2
    assert result.out == ""
    assert message in result.err
    assert "Traceback" not in result.err


def test_problems_of_a_file_have_their_places(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("input: [3, 8, 8]\nlayers:\n  - {conv: 4.5, kernel: 3}\n", encoding="utf-8")
    result = run("compare", "mobilenet", "bad.yaml", cwd=tmp_path)
    assert result.code == 2
    assert result.err.startswith("bad.yaml:3:12: error: conv out_channels: received 4.5")
