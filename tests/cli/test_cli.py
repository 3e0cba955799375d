"""The command line: options, formats, exit codes, and what goes where."""

import csv
import io
import json
from pathlib import Path

import pytest

import dsconv_cost
from dsconv_cost.cli.group import COMMANDS
from dsconv_cost.formats.records import LAYER_KEYS
from dsconv_cost.sources import bundled
from tests.command import run, run_process
from tests.networks import bundled_spec

MACS = 568_740_352


ROOT = Path(__file__).parents[2]


def test_data_on_stdout_and_a_bundled_fallback_on_stderr(tmp_path: Path) -> None:
    result = run("analyze", "mobilenet.yaml", cwd=tmp_path)
    assert result.code == 0
    assert result.out.startswith("MobileNet V1 (bundled): 568.7M MACs")
    assert result.err == "no file mobilenet.yaml here: using the bundled architecture\n"
    assert run("analyze", "mobilenet", cwd=tmp_path).err == ""


def test_a_file_wins_over_a_bundled_name(tmp_path: Path) -> None:
    (tmp_path / "mobilenet.yaml").write_text("input: [3, 8, 8]\nlayers: [{conv: 4, kernel: 1}]\n", encoding="utf-8")
    result = run("analyze", "mobilenet.yaml", "--format", "json", cwd=tmp_path)
    document = json.loads(result.out)
    assert document["architecture"]["source"] == "mobilenet.yaml"
    assert document["totals"]["as_written"] == {"params": 16, "macs": 768, "flops": 1536}


def test_an_existing_path_with_a_colon_wins_over_a_variant(tmp_path: Path) -> None:
    (tmp_path / "resnet:18").write_text("input: [1, 2, 2]\nlayers: [relu]\n", encoding="utf-8")
    result = run("analyze", "resnet:18", "--format", "json", cwd=tmp_path)
    assert json.loads(result.out)["architecture"]["source"] == "resnet:18"


def test_a_file_with_a_variant(tmp_path: Path) -> None:
    text = "hyperparameters: {c: 4}\ninput: [3, 8, 8]\nlayers: [{conv: c, kernel: 1}]\nvariants: {wide: {c: 8}}\n"
    (tmp_path / "net.yaml").write_text(text, encoding="utf-8")
    document = json.loads(run("analyze", "net.yaml:wide", "--format", "json", cwd=tmp_path).out)
    assert document["architecture"]["variant"] == "wide"
    assert document["totals"]["as_written"]["macs"] == 8 * 8 * 3 * 8


def test_standard_input() -> None:
    text = "input: [3, 8, 8]\nlayers: [{conv: 4, kernel: 1}]\n"
    result = run_process("analyze", "-", "--format", "json", stdin=text)
    document = json.loads(result.out)
    assert document["architecture"]["source"] == "<stdin>"
    assert document["totals"]["as_written"]["params"] == 16
    wrong = run_process("analyze", "-", stdin="layers: [{conv: }, {dsconv: 3.5}, {nope: 1}\n")
    assert wrong.code == 2
    assert "Traceback" not in wrong.err
    assert wrong.err.startswith("<stdin>:1:")


# -- JSON and CSV ---------------------------------------------------------------------------------


def test_json_has_what_it_promises() -> None:
    document = json.loads(run("analyze", "mobilenet", "--alpha", "0.5", "--resolution", "160", "--format", "json").out)
    assert document["schema_version"] == 1
    assert document["tool"] == {"name": "dsconv-cost", "version": dsconv_cost.__version__}
    assert document["convention"] == {"name": "macs", "version": "1"}
    architecture = document["architecture"]
    assert architecture["name"] == "MobileNet V1"
    assert architecture["variant"] is None
    assert architecture["source"] == "bundled"
    assert architecture["input"] == [3, 160, 160]
    assert architecture["hyperparameters"]["alpha"] == 0.5
    assert list(document["totals"]) == ["as_written", "standard", "separable"]
    # Howard et al. 2017, Table 9: 0.50 MobileNet-160
    assert document["totals"]["as_written"] == {"params": 1_331_592, "macs": 76_524_800, "flops": 153_049_600}
    layers = document["layers"]
    assert tuple(layers[0]) == LAYER_KEYS
    assert layers[0] == {
        "name": "conv1",
        "type": "conv",
        "kind": "standard",
        "path": "mobilenet.yaml",
        "line": layers[0]["line"],
        "input": [3, 160, 160],
        "output": [16, 80, 80],
        "kernel": [3, 3],
        "stride": [2, 2],
        "padding": "same",
        "groups": 1,
        "params": 3 * 3 * 3 * 16,
        "macs": 80 * 80 * 3 * 3 * 3 * 16,
        "flops": 2 * 80 * 80 * 3 * 3 * 3 * 16,
        # It reads the network's input, so the separable form keeps it.
        "standard": 80 * 80 * 3 * 3 * 3 * 16,
        "separable": 80 * 80 * 3 * 3 * 3 * 16,
        "factor": None,
        # At 8 bits, with biases at 32; the norm is folded into a bias.
        "bytes_read": 3 * 160 * 160,
        "bytes_written": 16 * 80 * 80,
        "weight_bytes": 27 * 16 + 4 * 16,
        "macs_per_byte": 80 * 80 * 27 * 16 / (3 * 160 * 160 + 16 * 80 * 80 + 27 * 16 + 4 * 16),
        "macs_padded_8": 80 * 80 * 27 * 16,
        "macs_padded_16": 80 * 80 * 27 * 16,
        "macs_padded_32": 80 * 80 * 27 * 32,
        "live": 3 * 160 * 160 + 16 * 80 * 80,
        "receptive_field": [3, 3],
        "receptive_field_stride": [2, 2],
        "receptive_field_padding": [0, 0],
        "aligned": True,
    }
    assert document["rows"] == "ops"
    depthwise, pointwise = (next(x for x in layers if x["name"] == f"dsconv1/{part}") for part in ("dw", "pw"))
    # The pair's standard convolution, 3 x 3 from 16 to 32 channels, is in the row of the pointwise one.
    assert (depthwise["standard"], depthwise["separable"], depthwise["factor"]) == (None, 80 * 80 * 9 * 16, None)
    assert (pointwise["standard"], pointwise["separable"]) == (80 * 80 * 9 * 16 * 32, 80 * 80 * 16 * 32)
    assert pointwise["factor"] == (9 * 16 * 32) / (9 * 16 + 16 * 32)
    for form in ("standard", "separable"):
        assert sum(layer[form] or 0 for layer in layers) == document["totals"][form]["macs"]
    for metric in ("params", "macs", "flops"):
        assert sum(layer[metric] for layer in layers) == document["totals"]["as_written"][metric]


def test_csv_has_the_rows_of_json() -> None:
    document = json.loads(run("analyze", "resnet:18", "--format", "json").out)
    rows = list(csv.DictReader(io.StringIO(run("analyze", "resnet:18", "--format", "csv").out)))
    assert [row["name"] for row in rows] == [layer["name"] for layer in document["layers"]]
    assert [int(row["macs"]) for row in rows] == [layer["macs"] for layer in document["layers"]]
    assert tuple(rows[0]) == LAYER_KEYS
    assert rows[0]["kernel"] == "7x7"
    join = next(row for row in rows if row["type"] == "add")
    assert join["input"] == "64x56x56 64x56x56"


def test_json_without_rows_is_json(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text("input: [3, 4, 4]\nlayers: [softmax]\n", encoding="utf-8")
    document = json.loads(run("analyze", "net.yaml", "--expand", "--format", "json", cwd=tmp_path).out)
    assert (document["layers"], document["totals"]["as_written"]) == ([], {"params": 0, "macs": 0, "flops": 0})


def test_sort_and_top_hold_for_every_format() -> None:
    options = ("--sort", "params", "--top", "2")
    document = json.loads(run("analyze", "mobilenet", "--format", "json", *options).out)
    assert [layer["name"] for layer in document["layers"]] == ["dsconv9/pw", "linear1"]
    rows = run("analyze", "mobilenet", "--format", "csv", *options).out.splitlines()
    assert [row.partition(",")[0] for row in rows] == ["name", "dsconv9/pw", "linear1"]


@pytest.mark.parametrize("sort", ["standard", "separable", "factor", "order", "name", "type", "params", "macs"])
@pytest.mark.parametrize("format_", ["table", "json", "csv", "markdown"])
def test_every_order_in_every_format(sort: str, format_: str) -> None:
    assert run("analyze", "mobilenet", "--sort", sort, "--format", format_).code == 0


LEVELS: dict[str, tuple[list[str], str, list[tuple[str, object, object]]]] = {
    "every primitive": (
        [], "ops",
        [("bottle1/conv1", "pointwise", 1), ("bottle1/conv1.norm", "norm", None), ("bottle1/dw", "depthwise", 16),
         ("head", "pointwise", 1)],
    ),
    "--ops": (
        ["--ops"], "ops",
        [("bottle1/conv1", "pointwise", 1), ("bottle1/conv1.norm", "norm", None), ("bottle1/dw", "depthwise", 16),
         ("head", "pointwise", 1)],
    ),
    "--expand": (
        ["--expand"], "expand", [("bottle1/conv1", "pointwise", 1), ("bottle1/dw", "depthwise", 16), ("head", "pointwise", 1)],
    ),
    # Of two convolutions a row has neither's kind and groups.
    "--depth 1": (["--depth", "1"], "items", [("bottle1", None, None), ("head", "pointwise", 1)]),
    "--depth 2": (
        ["--depth", "2"], "items", [("bottle1/conv1", "pointwise", 1), ("bottle1/dw", "depthwise", 16), ("head", "pointwise", 1)],
    ),
}  # fmt: skip
BOTTLE = """\
input: [8, 4, 4]
blocks:
  bottle:
    layers:
      - {conv: 16, kernel: 1, norm: batch, name: conv1}
      - {dwconv: 3, bias: false, name: dw}
layers:
  - {bottle: , name: bottle1}
  - {conv: 4, kernel: 1, bias: false, name: head}
"""


@pytest.mark.parametrize("case", LEVELS)
def test_the_options_for_rows_mean_the_same_in_every_format(case: str, tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(BOTTLE, encoding="utf-8")
    options, level, expected = LEVELS[case]
    document = json.loads(run("analyze", "net.yaml", *options, "--format", "json", cwd=tmp_path).out)
    assert document["rows"] == level
    layers = document["layers"]
    assert [(layer["name"], layer["kind"], layer["groups"]) for layer in layers] == expected
    # 8 * 16 weights and 2 * 16 of the norm, 9 * 16, 16 * 4
    assert sum(layer["params"] for layer in layers) == 128 + 32 + 144 + 64
    rows = list(csv.DictReader(io.StringIO(run("analyze", "net.yaml", *options, "--format", "csv", cwd=tmp_path).out)))
    assert [row["name"] for row in rows] == [layer["name"] for layer in layers]
    keys = ("macs", "standard", "separable", "factor")
    assert [[row[key] for key in keys] for row in rows] == [
        ["" if layer[key] is None else str(layer[key]) for key in keys] for layer in layers
    ]
    table = run("analyze", "net.yaml", *(options or ["--ops"]), cwd=tmp_path).out
    lines = table.split("\n\n")[1].splitlines()[2:]
    assert [line.split()[0] for line in lines] == [layer["name"] for layer in layers]


# -- rows -----------------------------------------------------------------------------------------


def _rows(*options: str) -> list[list[str]]:
    """Return the words of the rows of the first table."""
    lines = run("analyze", *options).out.splitlines()
    start = lines.index("") + 3  # below the titles and a rule
    return [line.split() for line in lines[start : lines.index("", start)]]


def test_rows_are_the_items_of_the_file() -> None:
    rows = _rows("mobilenet", "--all")
    assert len(rows) == 16
    assert rows[1] == [
        "dsconv1",
        "dsconv",
        "32x112x112",
        "64x112x112",
        "3",
        "1",
        "2,528",
        "29.3M",
        "5.2%",
        "231.2M",
        "29.3M",
        "7.89x",
    ]


def test_expand_shows_the_papers_28_layers() -> None:
    rows = _rows("mobilenet", "--expand")
    assert len(rows) == 28
    assert rows[1][:2] == ["dsconv1/dw", "dwconv"]
    assert rows[1][-3:] == ["merged", "3.6M", "-"]
    # 231,211,008 / (3,612,672 + 25,690,112) = 7.89
    assert rows[2][-3:] == ["231.2M", "25.7M", "7.89x"]


def test_ops_shows_every_primitive() -> None:
    # 27 convolutions with a norm and an activation each, one pooling, one linear
    assert len(_rows("mobilenet", "--ops")) == 27 * 3 + 2


def test_depth_groups() -> None:
    assert len(_rows("resnet:18", "--all", "--depth", "1")) == 1 + 1 + 8 + 2
    names = [row[0] for row in _rows("resnet:18", "--all", "--depth", "3")]
    assert names[2:4] == ["unit1[1]/basic1/residual1", "unit1[1]/basic1/relu1"]


def test_a_resnet_shows_its_possible_saving() -> None:
    rows = _rows("resnet:18", "--all")
    assert rows[2][-3:] == ["231.2M", "29.3M", "7.89x"]


# -- wrong usage ----------------------------------------------------------------------------------

WRONG: dict[str, tuple[tuple[str, ...], str]] = {
    "no such file or name": (("analyze", "nope"), "no file or bundled architecture 'nope'"),
    "near miss": (("analyze", "mobilnet"), "did you mean 'mobilenet'?"),
    "no such file": (("analyze", "./nope.yaml"), "no file './nope.yaml'"),
    "a variant without its colon": (("analyze", "resnet50"), "did you mean 'resnet:50'?"),
    "no such variant": (("analyze", "resnet:19"), "has no variant '19'"),
    "required hyperparameter": (
        ("analyze", "resnet"),
        "needs depths: name a variant, e.g. resnet:18 (there are 18, 34",
    ),
    "alpha on a network without alpha": (("analyze", "densenet:121", "--alpha", "0.5"), "no hyperparameter 'alpha'"),
    "set twice": (("analyze", "mobilenet", "--set", "alpha=1", "--set", "alpha=2"), "set twice"),
    "set twice by two options": (("analyze", "mobilenet", "--set", "alpha=1", "--alpha", "2"), "set twice"),
    "set without a value": (("analyze", "mobilenet", "--set", "alpha"), "expected NAME=VALUE"),
    "unknown hyperparameter": (("analyze", "mobilenet", "--set", "alhpa=1"), "did you mean 'alpha'?"),
    "an expression": (("analyze", "mobilenet", "--alpha", "1/0"), "--alpha: received '1/0'"),
    "a word for a number": (("analyze", "mobilenet", "--alpha", "relu"), "expected a number"),
    "not a number": (("analyze", "mobilenet", "--alpha", "wide"), "expected a number"),
    "two choices of rows": (("analyze", "mobilenet", "--ops", "--expand"), "give one of them"),
    "depth 0": (("analyze", "mobilenet", "--depth", "0"), "--depth"),
    "unknown format": (("analyze", "mobilenet", "--format", "xml"), "xml"),
    "output of no known ending": (("analyze", "mobilenet", "--output", "x.bin"), "the ending names no format"),
    "output without a path": (("analyze", "mobilenet", "--output", "json="), "received no path"),
    "output to nowhere": (("analyze", "mobilenet", "--output", "no/such/folder/x.json"), "cannot be written"),
    "too many layers": (("analyze", "mobilenet", "--layer-bound", "50"), "--layer-bound"),
    "the old word for the bound": (
        ("analyze", "mobilenet", "--max-layers", "50"),
        "--max-layers of analyze is now called --layer-bound",
    ),
    "the old word for the rows": (
        ("reconcile", "mobilenet", "--from", "thop", "--layers", "2"),
        "--layers of reconcile is now called --top",
    ),
    "settings without a name": (("analyze", "@alpha=0.5"), "@alpha=0.5: expected a network before the @"),
    "settings without a value": (("explain", "mobilenet@alpha"), "mobilenet@alpha: expected NAME=VALUE after the @"),
    "unknown command": (("analyse", "mobilenet"), "analyse"),
    "no argument": (("analyze",), "ARCHITECTURE"),
    "show of no bundled one": (("show", "nope"), "no file or bundled architecture 'nope'"),
    "a limit that is no count": (("list", "--max-macs", "few"), "--max-macs: received 'few', expected a count"),
    "a limit on published figures": (("list", "--published", "--max-macs", "1M"), "takes no limits"),
    "a path as a bundled name": (("show", "../README.md"), "no file or bundled architecture"),
}


@pytest.mark.parametrize(("arguments", "fragment"), WRONG.values(), ids=WRONG)
def test_wrong_usage_exits_with_2(arguments: tuple[str, ...], fragment: str) -> None:
    result = run(*arguments, cwd=ROOT / "tests")
    assert (result.code, result.out) == (2, "")
    assert fragment in result.err
    assert "Traceback" not in result.err


def test_alpha_and_resolution_are_set() -> None:
    # Howard et al. 2017, Table 6 and Table 7
    for options, macs in ((("--alpha", "0.75"), 325_400_448), (("--resolution", "192"), 418_121_728)):
        document = json.loads(run("analyze", "mobilenet", *options, "--format", "json").out)
        assert document["totals"]["as_written"]["macs"] == macs


def test_set_takes_lists_and_words() -> None:
    document = json.loads(run("analyze", "resnet", "--set", "depths=[3, 4, 6, 3]", "--format", "json").out)
    assert document["totals"]["as_written"]["macs"] == 4_089_184_256


# Howard et al. 2017, Table 9: 0.50 MobileNet-160
NAMED = "mobilenet@alpha=0.5,resolution=160"
READERS = {
    "analyze": (["analyze", NAMED], "76,524,800"),
    "compare": (["compare", NAMED], "76,524,800"),
    "diff": (["diff", "mobilenet", NAMED], "76,524,800"),
    "fit": (["fit", "mobilenet@resolution=160", "--max-macs", "1G", "--vary", "alpha=0.5"], "76,524,800"),
    "reconcile": (["reconcile", NAMED, "--number", "76524800"], "76,524,800"),
    # Half of 1024 channels, for 1000 classes.
    "explain": (["explain", NAMED, "linear1"], "C_in * C_out = 512 * 1000 = 512,000"),
    "show": (["show", NAMED], "name: MobileNet V1"),
    "check": (["check", NAMED, "--max-macs", "76524800"], "mobilenet@alpha=0.5,resolution=160"),
    "a variant": (["analyze", "resnet:18@resolution=32", "--convention", "macs"], "input 3x32x32"),
}


@pytest.mark.parametrize("command", READERS)
def test_every_command_understands_settings_in_a_name(command: str) -> None:
    arguments, text = READERS[command]
    result = run(*arguments)
    assert (result.code, result.err) == (0, "")
    assert text in result.out


# -- other commands -------------------------------------------------------------------------------


def test_show_prints_the_file_and_it_can_be_analysed(tmp_path: Path) -> None:
    result = run("show", "mobilenet")
    assert result.out == Path(bundled.folder(), "mobilenet.yaml").read_text(encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(result.out, encoding="utf-8")
    document = json.loads(run("analyze", "mine.yaml", "--format", "json", cwd=tmp_path).out)
    assert document["totals"]["as_written"]["macs"] == MACS


def _list(*options: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(run("list", *options, "--format", "csv").out)))


def test_list_names_what_can_be_typed() -> None:
    rows = _list()
    names = {(row["family"], row["variant"]) for row in rows}
    assert {("mobilenet", ""), ("resnet", "18"), ("resnet", "152"), ("vgg", "16"), ("unet", "")} <= names
    first = next(row for row in rows if row["family"] == "mobilenet")
    assert (first["macs"], first["top1"], first["year"], first["input"]) == (str(MACS), "70.6", "2017", "3x224x224")
    point = next(row for row in rows if row["family"] == "mobilenet" and row["settings"] == "alpha=0.5 resolution=160")
    # Howard et al. 2017, Table 9
    assert (point["params"], point["macs"], point["top1"]) == ("1331592", "76524800", "60.2")
    settings = [word for setting in point["settings"].split() for word in ("--set", setting)]
    document = json.loads(run("analyze", point["family"], *settings, "--format", "json").out)
    assert str(document["totals"]["as_written"]["macs"]) == point["macs"]


def test_list_answers_which_network_fits_and_which_is_most_accurate() -> None:
    rows = _list("--max-macs", "300M", "--max-params", "4M", "--sort", "top1")
    assert all(int(row["macs"]) <= 300_000_000 and int(row["params"]) <= 4_000_000 for row in rows)
    accuracies = [float(row["top1"]) for row in rows if row["top1"]]
    assert len(accuracies) > 10
    assert accuracies == sorted(accuracies, reverse=True)
    assert all(not row["top1"] for row in rows[len(accuracies) :])
    everything = {(r["family"], r["variant"], r["settings"]): r for r in _list()}
    left = [r for key, r in everything.items() if key not in {(k["family"], k["variant"], k["settings"]) for k in rows}]
    assert all(int(r["macs"]) > 300_000_000 or int(r["params"]) > 4_000_000 for r in left)


@pytest.mark.parametrize("sort", ["params", "macs", "year"])
def test_list_sorts(sort: str) -> None:
    values = [int(row[sort]) for row in _list("--sort", sort) if row[sort]]
    assert values == sorted(values, reverse=sort == "year")


def test_list_shows_the_first() -> None:
    assert _list("--sort", "macs", "--top", "3") == _list("--sort", "macs")[:3]


def test_list_of_some_families() -> None:
    assert {row["family"] for row in _list("vgg", "unet")} == {"vgg", "unet"}
    assert run("list", "vggg").err.startswith("error: no bundled architecture named 'vggg': did you mean 'vgg'?")


def test_list_published_shows_every_figure_with_a_verdict() -> None:
    rows = _list("--published")
    figures = sum(len(p.figures()) for name in bundled.names() for p in bundled_spec(name).published)
    assert len(rows) == figures > 200
    assert {row["verdict"] for row in rows} == {"agrees", "differs"}
    assert all(bool(row["reason"]) == (row["verdict"] == "differs") for row in rows)
    row = next(r for r in rows if r["family"] == "mobilenet" and r["metric"] == "MACs" and r["published"] == "569M")
    assert (row["computed"], row["verdict"]) == (str(MACS), "agrees")


@pytest.mark.parametrize("format_", ["table", "markdown", "json"])
def test_list_in_other_formats(format_: str) -> None:
    for options in ((), ("--published",)):
        result = run("list", *options, "--format", format_)
        assert result.code == 0
        assert "mobilenet" in result.out


@pytest.mark.parametrize("name", [None, *COMMANDS])
def test_help(name: str | None) -> None:
    result = run(*([name] if name else []), "--help")
    assert result.code == 0
    assert result.out.startswith("Usage: dsconv-cost")


def test_version() -> None:
    assert run("--version").out == f"dsconv-cost, version {dsconv_cost.__version__}\n"


def test_output_is_deterministic() -> None:
    assert run("analyze", "efficientnet:b0").out == run_process("analyze", "efficientnet:b0", PYTHONHASHSEED="7").out


def test_a_kernel_wider_than_a_1d_signal_is_pointed_at() -> None:
    text = "input: [40, 1, 98]\nlayers: [{conv: 64, kernel: %s}, {dsconv: 64, kernel: [1, 3]}]\n"
    assert "1-D  conv1: the kernel is wider" in run_process("analyze", "-", stdin=text % 9).out
    assert "1-D" not in run_process("analyze", "-", stdin=text % "[1, 9]").out
    # on a map of one position (after a global pool) it means nothing
    after = "input: [8, 4, 4]\nlayers: [global_avgpool, {conv: 8, kernel: 1}]\n"
    assert "1-D" not in run_process("analyze", "-", stdin=after).out
