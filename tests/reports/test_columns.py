"""The columns of `analyze`, and what it says of memory."""

import json
from pathlib import Path

import pytest

from dsconv_cost import analyze
from dsconv_cost.cli import emit
from dsconv_cost.formats.format import Screen
from dsconv_cost.formats.records import FOOTPRINT_KEYS
from dsconv_cost.memory.conventions import MEMORY_CONVENTIONS
from dsconv_cost.reports.layer_columns import COLUMN_NAMES
from dsconv_cost.reports.memory import kib
from tests.command import run

NET = """\
name: Small
input: [3, 32, 32]
layers:
  - {conv: 8, kernel: 3, stride: 2, norm: batch, activation: relu}
  - {dsconv: 12, repeat: 2}
  - global_avgpool
  - {linear: 10}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "net.yaml").write_text(NET, encoding="utf-8")
    return tmp_path


def rows(text: str) -> list[list[str]]:
    """Return the words of the lines of the first table, the title first."""
    table = text.split("\n\n")[1].splitlines()
    return [line.split() for line in table if line.strip("\u2500")]


def test_columns_are_those_asked_for_in_their_order(folder: Path) -> None:
    out = run("analyze", "net.yaml", "--columns", "live,bytes_written,weight_bytes,macs", "--exact", cwd=folder).out
    # 8 channels at 16 x 16: 2,048 B; 3*32*32 = 3,072 B of the input; 27 * 8 weights and 8 biases of 4 bytes
    assert rows(out)[:2] == [
        ["layer", "live", "bytes", "bytes", "written", "weight", "bytes", "MACs"],
        ["conv1", "5,120", "2,048", "248", "55,296"],
    ]


def test_the_layer_may_have_another_place_and_names_may_have_dashes(folder: Path) -> None:
    out = run("analyze", "net.yaml", "--columns", "macs-per-byte, layer", cwd=folder).out
    # 55,296 / (3,072 + 2,048 + 248) = 10.30
    assert rows(out)[:2] == [["MACs/byte", "layer"], ["10.3", "conv1"]]


def test_all_columns(folder: Path) -> None:
    out = run("analyze", "net.yaml", "--columns", "all", "--format", "markdown", cwd=folder).out
    head = next(line for line in out.splitlines() if line.startswith("| layer"))
    assert len(head.strip("|").split("|")) == len(COLUMN_NAMES)
    assert "macs_padded_32" in COLUMN_NAMES
    for note in (
        "- bytes: tensors and weights at 8 bits",
        "- padded: ",
        "- field: the receptive field of a row's output",
    ):
        assert note in out


def test_the_default_is_as_it_was() -> None:
    head = rows(run("analyze", "mobilenet").out)[0]
    assert head == [
        "layer", "type", "input", "output", "k", "s", "params", "MACs", "share", "standard", "separable", "saves"
    ]  # fmt: skip


def test_repetitions_share_a_row_unless_a_column_tells_them_apart(folder: Path) -> None:
    equal = rows(run("analyze", "net.yaml", "--columns", "bytes_written", cwd=folder).out)
    told_apart = rows(run("analyze", "net.yaml", "--columns", "receptive_field", cwd=folder).out)
    assert [row[0] for row in equal[1:]] == ["conv1", "dsconv1[1]", "dsconv1[2]", "global_avgpool1", "linear1"]
    # 3, then (3 - 1) * 2 more for each window behind the stride
    assert [row[1] for row in told_apart[1:]] == ["3", "7", "11", "all"]
    net = NET.replace("conv: 8", "conv: 12")
    (folder / "net.yaml").write_text(net, encoding="utf-8")
    row = rows(run("analyze", "net.yaml", "--columns", "bytes_written,macs", cwd=folder).out)[2]
    # two repetitions, of two layers that write 12 * 16 * 16 bytes each
    assert row[:3] == ["dsconv1", "x2", "12,288"]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ("receptive_feild", "no column 'receptive_feild': did you mean 'receptive_field'?"),
        ("xyzzy", f"no column 'xyzzy': give all, or some of {', '.join(COLUMN_NAMES)}"),
        ("", "no column ''"),
        ("macs,,params", "no column ''"),
        ("all,macs", "no column 'all'"),
        ("macs,params,macs", "'macs' is given twice: give it once"),
        ("\x1b[31m", "no column"),
    ],
)
def test_wrong_columns(folder: Path, columns: str, said: str) -> None:
    result = run("analyze", "net.yaml", "--columns", columns, cwd=folder)
    assert result.code == 2
    assert said in result.err
    assert "\x1b" not in result.err
    assert result.out == ""


WRONG_USE = {
    "columns of JSON": (["--columns", "macs", "--format", "json"], "are for tables"),
    "a convention": (["--memory", "tinyengin"], "unknown memory convention 'tinyengin': did you mean tinyengine?"),
    "bits": (["--bits", "7"], "'7' is not one of '4', '8', '16', '32'"),
    "a column to sort by": (["--sort", "aligned"], "'aligned' is not one of"),
    "a convention of a page": (["--memory", "tinyengine", "--format", "html"], "leave out --memory"),
}


@pytest.mark.parametrize(("options", "said"), WRONG_USE.values(), ids=WRONG_USE)
def test_wrong_use(folder: Path, options: list[str], said: str) -> None:
    result = run("analyze", "net.yaml", *options, cwd=folder)
    assert (result.code, result.out) == (2, "")
    assert said in result.err


@pytest.mark.parametrize("key", ["bytes_read", "weight_bytes", "macs_per_byte", "macs_padded_16", "live"])
def test_rows_are_sorted_by_a_new_column(key: str) -> None:
    document = json.loads(run("analyze", "mobilenet_v2", "--sort", key, "--depth", "1", "--format", "json").out)
    amounts = [row[key] for row in document["layers"]]
    assert amounts == sorted(amounts, reverse=True)
    assert len(set(amounts)) > 5


def test_rows_are_sorted_by_their_receptive_field() -> None:
    document = json.loads(run("analyze", "mobilenet", "--sort", "receptive_field", "--format", "json").out)
    sizes = [row["receptive_field"][0] for row in document["layers"]]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] == 315


@pytest.mark.parametrize("columns", [40, 60, 80, 120, 200])
def test_no_line_is_wider_than_the_terminal(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emit, "screen", lambda: Screen(columns))
    for chosen in ("all", ",".join(reversed(COLUMN_NAMES)), "macs,receptive_field,live"):
        lines = run("analyze", "mobilenet_v2", "--columns", chosen, "--notes").out.splitlines()
        assert max(map(len, lines)) <= columns
    assert "not shown" in " ".join(lines) or columns > 40


def test_the_columns_chosen_last_are_dropped_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emit, "screen", lambda: Screen(50))
    text = run("analyze", "mobilenet", "--columns", "live,bytes_read,bytes_written,weight_bytes,macs").out
    assert rows(text)[0][:4] == ["layer", "live", "bytes", "bytes"]
    assert "not shown: weight bytes, MACs" in " ".join(text.split()) or "not shown: MACs, weight bytes" in " ".join(
        text.split()
    )


# -- for programs ---------------------------------------------------------------------------------


def test_json_and_csv_have_them_all(folder: Path) -> None:
    document = json.loads(run("analyze", "net.yaml", "--format", "json", cwd=folder).out)
    first, act = document["layers"][0], document["layers"][2]
    assert {key: first[key] for key in FOOTPRINT_KEYS} == {
        "bytes_read": 3072, "bytes_written": 2048, "weight_bytes": 248, "macs_per_byte": 55296 / 5368, "macs_padded_8": 55296,
        "macs_padded_16": 110592, "macs_padded_32": 221184, "live": 5120, "receptive_field": [3, 3], "receptive_field_stride": [2, 2],
        "receptive_field_padding": [0, 0], "aligned": True,
    }  # fmt: skip
    assert act["bytes_read"] is None
    assert act["receptive_field"] == [3, 3]
    last = document["layers"][-1]
    assert (last["receptive_field"], last["receptive_field_stride"], last["aligned"]) == ([32, 32], [0, 0], None)
    lines = run("analyze", "net.yaml", "--format", "csv", cwd=folder).out.splitlines()
    assert lines[0].endswith(",".join(FOOTPRINT_KEYS))
    assert lines[1].endswith(f"3072,2048,248,{55296 / 5368},55296,110592,221184,5120,3x3,2x2,0x0,True")


def test_json_has_the_memory(folder: Path) -> None:
    call = ["analyze", "net.yaml", "--format", "json", "--bits", "16", "--memory", "in+out"]
    memory = json.loads(run(*call, cwd=folder).out)["memory"]
    # the second depthwise convolution reads and writes 12*16*16 elements, at two bytes each
    assert memory["peak"] == 2 * (3072 + 3072)
    assert memory["convention"] == {"name": "in+out", "version": "1"}
    assert memory["at"] == {"layer": "dsconv1[2]/dw", "line": 5}
    assert memory["tensors"] == [{"name": "dsconv1[1]/pw", "bytes": 6144}, {"name": "dsconv1[2]/dw", "bytes": 6144}]
    # dw 9*8 and pw 8*12, dw 9*12 and pw 12*12, conv 27*8, linear 12*10 weights at two bytes; biases of 8, 8, 12, 12, 12 and 10 at four
    weights = 27 * 8 + 9 * 8 + 8 * 12 + 9 * 12 + 12 * 12 + 12 * 10
    assert memory["flash"] == 2 * weights + 4 * (8 + 8 + 12 + 12 + 12 + 10)
    assert memory["fused"] == {"conv1.act": "conv1"}
    assert memory["reordering_can_help"] is False
    assert "not_counted" in memory


def test_fractions_are_text_in_json() -> None:
    document = json.loads(run("analyze", "unet", "--format", "json").out)
    up = next(row for row in document["layers"] if row["type"] == "conv_transpose")
    # behind four poolings with stride 2, a transposed convolution with stride 2: a step is 8 positions of the input
    assert up["receptive_field_stride"] == [8, 8]


# -- memory ---------------------------------------------------------------------------------------


def test_the_answer_has_peak_arena_and_flash() -> None:
    """MobileNet 0.25 at 96: 55,296 B are alive and the planner takes 73,728 B (MLCommons' person detection has these too)."""
    out = run("analyze", "mobilenet", "--alpha", "0.25", "--resolution", "96").out
    assert out.splitlines()[2] == "Memory (8 bits): peak 54 KiB in dsconv1/pw, arena 72 KiB, flash 467.3 KiB."
    notes = run("analyze", "mobilenet", "--alpha", "0.25", "--resolution", "96", "--notes").out
    assert (
        "peak         55,296 B while dsconv1/pw (line 14) runs, with dsconv1/pw 36,864 B, dsconv1/dw 18,432 B alive"
        in notes
    )
    assert "order        no other order of execution has a lower peak" in notes
    assert "arena        73,728 B (arena-tflm 1: " in notes
    assert "fused        rule 1, 27 layers: conv1.act in conv1, " in notes
    assert "not counted  kernels' scratch buffers" in notes


def test_another_order_might_help() -> None:
    notes = run("analyze", "densenet:121", "--notes").out
    # the first transition's norm alone reads and writes 256 x 56 x 56 bytes
    assert "another order of execution might have a lower peak, of 1,605,632 B at least" in notes


@pytest.mark.parametrize("name", MEMORY_CONVENTIONS)
def test_every_convention_of_memory_is_taken(name: str) -> None:
    assert name in run("analyze", "--help").out
    out = run("analyze", "mobilenet_v2", "--memory", name, "--notes").out
    assert f"({name} 1: " in out


def test_the_sum_of_padded_macs_is_in_a_note() -> None:
    out = run("analyze", "mobilenet_v2", "--columns", "macs_padded_8,macs_padded_32").out
    assert "channels rounded up to a multiple, all MACs: to 8 +0.0%, to 32 +14.9%" in out


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"), (1023, "1023 B"), (1024, "1 KiB"), (55_296, "54 KiB"), (176_400, "172.3 KiB"), (1_404_928, "1,372 KiB"),
        (10_239_999, "10,000 KiB"), (10_240_000, "9.8 MiB"), (102_760_448, "98 MiB"),
    ],
)  # fmt: skip
def test_bytes_for_people(size: int, text: str) -> None:
    assert kib(size) == text


# -- explain and Python ---------------------------------------------------------------------------


def test_explain_shows_bytes_and_receptive_field_with_their_numbers() -> None:
    out = run("explain", "mobilenet", "dsconv2").out
    # the depthwise convolution reads 64*112*112 and writes 64*56*56; 9*64 weights and 64 biases
    assert "bytes   = 802,816 read + 200,704 written + 832 of weights = 1,004,352, at 8 bits" in out
    assert "MACs/B  = 1,806,336 / 1,004,352 = 1.8" in out
    assert "field   = 7 + (3 - 1) * 2 = 11 positions; stride 2 * 2 = 4; padding 2 + 0 * 2 = 2" in out


@pytest.mark.parametrize(
    ("network", "layer", "said"),
    [
        ("mobilenet", "linear1", "field   = the whole input"),
        ("mobilenet", "conv1.act", "bytes   = 0: worked out within another layer"),
        ("resnet:18", "stage1[1]/basicblock1/residual1/add", ""),
        (
            "conv 8, kernel [5, 3], on 3x20x20",
            "",
            "height  = 1 + (5 - 1) * 1 = 5 positions; stride 1 * 1 = 1; padding 0 + 2 * 1 = 2",
        ),
    ],
)
def test_explain_of_other_layers(network: str, layer: str, said: str) -> None:
    result = run("explain", network, *([layer] if layer else []))
    assert said in result.out
    assert result.code == (0 if said else result.code)


def test_python_has_footprints() -> None:
    costs = analyze("mobilenet@alpha=0.25,resolution=96")
    assert (costs.peak, costs.arena, costs.footprints.moment.name) == (55_296, 73_728, "dsconv1/pw")
    assert costs["conv1"].footprint.bytes_read == 3 * 96 * 96
    field = costs.layers[0].footprint.field
    assert field is not None
    assert [(reach.size, reach.stride, reach.padding) for reach in field.sides] == [(3, 2, 0)] * 2
    halved = analyze("mobilenet@alpha=0.25,resolution=96", bits=4, memory="in+out")
    assert halved.peak == 55_296 // 2
    assert halved["conv1"].footprint.bytes_read == 3 * 96 * 96 // 2
    assert halved.to_dict()["memory"]["bits"] == 4
