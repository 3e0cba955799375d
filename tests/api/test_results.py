"""What a result can be asked for: rows, edges, savings, data frames, and a table for a notebook."""

import base64
import json
import re
import sys
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import dsconv_cost
from dsconv_cost import UsageError, advise, analyze, check, compare, diff, explain, fit, from_dict, loads
from dsconv_cost.api import result
from dsconv_cost.errors import OutputError
from tests.command import run

GRAPH = """\
name: Graph
input: [8, 8, 8]
layers:
  - {conv: 8, kernel: 3, name: stem, norm: batch, activation: relu}
  - {residual: [{dsconv: 8}, {conv: 8, kernel: 1}]}
  - {maxpool: 2, name: pool}
  - {conv: 4, kernel: 1, name: a}
  - {conv: 4, kernel: 3, name: b, from: pool}
  - {concat: [a, b]}
"""

INPUTS = {
    "the network's input": ("stem", ["input"]),
    "an item before it": ("residual1", ["stem"]),
    "the first layer inside an item": ("residual1/dsconv1", ["stem"]),
    "a layer beside it": ("residual1/conv2", ["residual1/dsconv1"]),
    "the addition": ("residual1/add", ["residual1/conv2", "stem"]),
    "inside two": ("residual1/dsconv1/pw", ["residual1/dsconv1/dw"]),
    "a norm": ("stem.norm", ["stem"]),
    "one that is named": ("b", ["pool"]),
    "two": ("concat1", ["a", "b"]),
}


@pytest.mark.parametrize("case", INPUTS)
def test_inputs_by_name(case: str) -> None:
    name, inputs = INPUTS[case]
    assert analyze(loads(GRAPH)).inputs_of(name) == inputs


def test_inputs_are_the_callers_own() -> None:
    costs = analyze(loads(GRAPH))
    costs.inputs_of("stem").clear()
    assert costs.inputs_of("stem") == ["input"]


def test_edges() -> None:
    costs = analyze(loads(GRAPH))
    assert costs.edges() == [
        ("input", "stem"), ("stem", "residual1"), ("residual1", "pool"), ("pool", "a"), ("pool", "b"), ("a", "concat1"),
        ("b", "concat1"),
    ]  # fmt: skip
    # the pooling and the addition have no row: what is behind them is taken
    assert costs.edges("expand") == [
        ("input", "stem"), ("stem", "residual1/dsconv1/dw"), ("residual1/dsconv1/dw", "residual1/dsconv1/pw"),
        ("residual1/dsconv1/pw", "residual1/conv2"), ("residual1/conv2", "a"), ("stem", "a"), ("residual1/conv2", "b"), ("stem", "b"),
    ]  # fmt: skip
    assert [layer.input_names for layer in costs.layers][:3] == [["input"], ["stem"], ["stem.norm"]]


def test_rows_by_name() -> None:
    costs = analyze(loads(GRAPH))
    # 8 x 8 positions, 3 x 3 x 8 weights for each of 8 channels; no bias before a norm, whose scale and shift count
    assert costs["stem"].macs == 64 * 72 * 8
    assert costs["stem"].params == 72 * 8 + 16
    assert costs["stem.norm"].params == 16
    assert costs["residual1/dsconv1/dw"].macs == 64 * 9 * 8
    assert costs["residual1"].macs == 64 * (9 * 8 + 8 * 8 + 8 * 8)
    assert [row.name for row in costs] == ["stem", "residual1", "pool", "a", "b", "concat1"]
    assert len(costs) == 6
    assert ("stem" in costs, "stem.norm" in costs, "stam" in costs, 3 in costs) == (True, True, False, False)
    with pytest.raises(UsageError, match=r"^Graph has no layer 'stam': did you mean 'stem'\?$"):
        costs["stam"]
    with pytest.raises(KeyError):
        costs["stam"]
    with pytest.raises(TypeError, match="received int, expected the name of an item or layer"):
        costs[0]  # type: ignore[index]


def test_saving_and_factor() -> None:
    # Howard et al. 2017, Table 4: Conv MobileNet 4866M and MobileNet 569M MACs, 29.3M and 4.2M params
    costs = analyze("mobilenet")
    assert costs.saving == pytest.approx(100 * (1 - 568_740_352 / 4_867_293_184))
    assert costs.factor == pytest.approx(4_867_293_184 / 568_740_352)
    assert costs.saving_of(costs.as_written, "params") == pytest.approx(100 * (1 - 4_231_976 / 29_294_088))
    assert (costs.saving_of(costs.standard), costs.factor_of(costs.standard)) == (0, 1)
    # the article's ratio, 1 / C_out + 1 / 9
    assert costs["dsconv1"].saving == pytest.approx(100 * (1 - (1 / 64 + 1 / 9)))
    assert costs["conv1"].saving is None
    with pytest.raises(UsageError, match="no metric mac: there are params, macs, flops"):
        costs.saving_of(costs.separable, "mac")
    assert compare("mobilenet")["mobilenet"].saving == costs.saving


def test_no_macs_no_saving() -> None:
    costs = analyze(from_dict({"input": [3, 4, 4], "layers": ["relu"]}))
    assert (costs.saving, costs.factor, costs.macs) == (None, None, 0)


REPRS = {
    "analyze": (
        lambda: analyze("mobilenet"),
        "<MobileNet V1, input 3x224x224: 4,231,976 params, 568,740,352 MACs, standard 8.56x as many>",
    ),
    "a row": (lambda: analyze("mobilenet")["conv1"], "<conv conv1: 928 params, 10,838,016 MACs>"),
    "a form": (lambda: analyze("mobilenet").standard, "<Form: 44 layers, 29,294,088 params, 4,867,293,184 MACs>"),
    "compare": (lambda: compare("mobilenet"), "<1 network compared: <mobilenet: 4,231,976 params, 568,740,352 MACs>>"),
    "diff": (
        lambda: diff("mobilenet", "mobilenet@alpha=0.5"),
        "<mobilenet -> mobilenet@alpha=0.5: -2,900,384 params, -419,243,264 MACs>",
    ),
    "the same": (lambda: diff("mobilenet", "mobilenet"), "<mobilenet -> mobilenet: the same>"),
    "fit": (
        lambda: fit("mobilenet", {"alpha": [0.5, 1.0]}, max_macs="300M"),
        "<MobileNet V1 (bundled): 1 of 2 points have at most 300M MACs>",
    ),
    "advise": (
        lambda: advise("resnet8", max_macs="8M"),
        "<ResNet-8 (bundled): 12.5M MACs; at most 8M MACs. 3 convolutions made separable is the least that does: 7,664 params lost.>",
    ),
    "check": (lambda: check("mobilenet", max_macs="1G"), "<0 of 1 limit exceeded>"),
    "verdicts": (lambda: check("mobilenet", max_macs="1G").verdicts, "[<pass: MACs of mobilenet>]"),
    "explain": (lambda: explain("mobilenet", "conv1"), "<explanation of conv1: conv in line 13, 3 layers>"),
}


@pytest.mark.parametrize("case", REPRS)
def test_short_reprs(case: str) -> None:
    call, text = REPRS[case]
    assert repr(call()) == text  # type: ignore[no-untyped-call]


# -- data frames ----------------------------------------------------------------------------------

FRAMES: dict[str, tuple[Any, list[str], int]] = {
    "analyze": (lambda: analyze("mobilenet"), ["name", "type", "line", "input", "output", "kernel"], 16),
    "compare": (lambda: compare("mobilenet", "resnet:18"), ["network", "source", "input", "params", "macs"], 2),
    "diff": (lambda: diff("mobilenet", "mobilenet@alpha=0.5"), ["layer", "status", "was", "type"], 28),
    "fit": (lambda: fit("mobilenet", {"alpha": [0.5, 1]}, max_macs="1G"), ["alpha", "params", "macs", "flops"], 2),
    "advise": (lambda: advise("resnet8", max_macs="8M"), ["layer", "line", "macs_saved", "params_lost"], 6),
    "check": (
        lambda: check("mobilenet", max_macs="1G", min_saving="80%"),
        ["status", "architecture", "path", "metric"],
        2,
    ),
}


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the name of a library whose data frame is the columns that it gets."""
    (tmp_path / "frames_for_tests.py").write_text("class DataFrame(dict): pass\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(result, "LIBRARIES", ("not_installed_at_all", "frames_for_tests"))
    monkeypatch.delitem(sys.modules, "frames_for_tests", raising=False)
    return "frames_for_tests"


@pytest.mark.parametrize("case", FRAMES)
def test_data_frames(case: str, library: str) -> None:
    call, first, rows = FRAMES[case]
    made = call()
    frame = made.to_dataframe()
    assert frame == made.to_dataframe(library=library)
    assert list(frame)[: len(first)] == first
    assert {len(column) for column in frame.values()} == {rows}
    for column in frame.values():  # polars takes no mixture of types
        types = {type(value) for value in column} - {type(None)}
        assert len(types) <= 1
        assert types <= {int, float, str, bool}


def test_the_columns_of_an_analysis(library: str) -> None:
    frame = analyze("mobilenet").to_dataframe(level="ops")
    assert len(frame["name"]) == 83
    assert sum(frame["macs"]) == 568_740_352
    assert (frame["input"][0], frame["kernel"][0], frame["kernel"][2]) == ("3x224x224", "3x3", None)
    assert list(analyze(loads(GRAPH)).to_dataframe(level="ops")["input"])[-1] == "4x4x4 4x4x4"


def test_without_a_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(result, "find_spec", lambda name: None)
    with pytest.raises(
        ImportError, match=r"^to_dataframe needs pandas or polars: install one with `pip install pandas`$"
    ):
        analyze("mobilenet").to_dataframe()
    with pytest.raises(ImportError, match=r"^to_dataframe needs polars: install one with `pip install polars`$"):
        analyze("mobilenet").to_dataframe("polars")
    with pytest.raises(ValueError, match="library: received 'numpy', expected 'pandas' or 'polars'"):
        analyze("mobilenet").to_dataframe("numpy")


# -- notebooks ------------------------------------------------------------------------------------


class Tables(HTMLParser):
    """Every tag must be closed in order; collects the rows of all tables, and which tags there are."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.rows: list[list[str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "img":
            self.open.append(tag)
        self.tags.add(tag)
        assert [name for name, _ in attrs] in ([], ["style"], ["alt", "width", "style", "src"])
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("td", "th"):
            self.rows[-1][-1] += data


def tables(made: Any) -> Tables:
    parser = Tables()
    parser.feed(made._repr_html_())
    parser.close()
    assert parser.open == []
    return parser


def test_a_table_for_notebooks() -> None:
    rows = tables(analyze("mobilenet")).rows
    assert rows[0][0] == "layer"
    assert next(row for row in rows if row[0] == "as written = separable")[1:3] == ["4,231,976", "568,740,352"]
    assert (
        next(row for row in tables(compare("mobilenet", "resnet:18")).rows if row[0] == "resnet:18")[3] == "11,689,512"
    )
    assert tables(check("mobilenet", max_macs="500M")).rows[1][0] == "fail"
    assert tables(diff("mobilenet", "mobilenet@alpha=0.5")).rows[1][:2] == ["conv1", "changed"]
    assert len(tables(fit("mobilenet", {"alpha": [0.5, 1.0]}, max_macs="1G")).rows) == 3
    assert tables(explain("mobilenet", "conv1")).tags == {"pre"}


def test_figures_for_notebooks_are_images_of_their_own() -> None:
    text = analyze("mobilenet")._repr_html_()
    images = re.findall(
        r'<img alt="([^"]+)" width="1024" style="max-width: 100%" src="data:image/svg\+xml;base64,([^"]+)">', text
    )
    assert [alt.split(":")[0] for alt, _ in images] == [
        "Where the cost is", "Each layer&#x27;s MACs, params, bytes written, MACs / byte", "Memory over time",
    ]  # fmt: skip
    for _, data in images:
        picture = base64.b64decode(data).decode()
        assert ET.fromstring(picture).tag == "{http://www.w3.org/2000/svg}svg"
        assert not re.search(r"<script|url\((?!#)|https?://(?!www\.w3\.org/2000/svg)", picture)
    assert "<style" not in text
    assert (
        analyze(from_dict({"name": "No cost", "input": [3, 8, 8], "layers": ["flatten"]}))._repr_html_().count("<img")
        == 0
    )


SAVED = {"report.html": "<!DOCTYPE html>", "result.json": "{", "rows.csv": "", "table.md": "### ", "table.txt": ""}


@pytest.mark.parametrize("name", SAVED)
def test_a_result_is_saved_as_its_ending_says(name: str, tmp_path: Path) -> None:
    for made in (
        analyze("mobilenet"), compare("mobilenet", "resnet:18"), diff("mobilenet", "mobilenet@alpha=0.5"),
        check("mobilenet", max_macs="500M"), fit("mobilenet", {"alpha": [0.5, 1.0]}, max_macs="1G"), dsconv_cost.bundled("mobilenet"),
    ):  # fmt: skip
        made.save(tmp_path / name)
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert text.startswith(SAVED[name])
        if name.endswith(".json"):
            assert json.loads(text) == made.to_dict()


def test_what_is_saved_is_what_the_command_writes(tmp_path: Path) -> None:
    analyze("mobilenet").save(tmp_path / "api.html")
    assert run("analyze", "mobilenet", "--output", "cli.html", cwd=tmp_path).code == 0
    assert (tmp_path / "api.html").read_bytes() == (tmp_path / "cli.html").read_bytes()
    for arguments, made in (
        (("analyze", "mobilenet"), analyze("mobilenet")),
        (("compare", "mobilenet", "resnet:18"), compare("mobilenet", "resnet:18")),
        (
            ("fit", "mobilenet", "--vary", "alpha=0.5,1.0", "--max-macs", "1G"),
            fit("mobilenet", {"alpha": [0.5, 1.0]}, max_macs="1G"),
        ),
    ):
        made.save(tmp_path / "api.svg")
        assert run(*arguments, "--output", "cli.svg", cwd=tmp_path).code == 0
        assert (tmp_path / "api.svg").read_bytes() == (tmp_path / "cli.svg").read_bytes()
    analyze("mobilenet").save(tmp_path / "graph", format="dot")
    assert (tmp_path / "graph").read_text().startswith("digraph")


def test_a_result_that_cannot_be_saved(tmp_path: Path) -> None:
    costs = analyze("mobilenet")
    with pytest.raises(UsageError, match=r"x.bin: the ending names no format: give format, one of table, json"):
        costs.save(tmp_path / "x.bin")
    with pytest.raises(UsageError, match=r"format: received pdf, expected one of table, json"):
        costs.save(tmp_path / "x.html", format="pdf")
    with pytest.raises(OutputError, match="cannot be written"):
        costs.save(tmp_path / "missing" / "x.html")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "net.yaml").write_text(GRAPH)
    with pytest.raises(UsageError, match="is a file that is read here"):
        analyze(str(tmp_path / "net.yaml")).save(tmp_path / "net.yaml", format="html")
    assert (tmp_path / "net.yaml").read_text() == GRAPH


def test_everything_is_escaped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "<script>alert(1)</script> $x$ & \u202e"
    net = from_dict({"name": name, "input": [3, 8, 8], "layers": [{"conv": 4, "kernel": 3}]})
    monkeypatch.chdir(tmp_path)
    (tmp_path / "<img>.yaml").write_text("input: [3, 8, 8]\nlayers: [{conv: 4, kernel: 3}]\n", encoding="utf-8")
    for made in (
        analyze(net), compare(net, "<img>.yaml"), diff(net, "<img>.yaml"), check("<img>.yaml", max_macs=1),
        fit(from_dict({"name": name, "hyperparameters": {"w": 4}, "input": [3, 8, 8], "layers": [{"conv": "w", "kernel": 3}]}),
            {"w": [1, 2]}, max_macs="1M"),
    ):  # fmt: skip
        text = made._repr_html_()
        assert tables(made).tags <= {"div", "p", "img", "small", "table", "tr", "th", "td"}
        assert "$" not in re.sub(r"&#36;", "", text)
        assert "\u202e" not in text + repr(made)


# -- the module -----------------------------------------------------------------------------------


def test_help_begins_with_what_there_is() -> None:
    import pydoc

    text = pydoc.plain(pydoc.render_doc(dsconv_cost))
    assert text.index("analyze  ") < text.index("PACKAGE CONTENTS")
    assert set(dir(dsconv_cost)) == set(dsconv_cost.__all__)
    assert all(getattr(dsconv_cost, name) is not None for name in dsconv_cost.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'analyse'"):
        dsconv_cost.analyse  # noqa: B018
