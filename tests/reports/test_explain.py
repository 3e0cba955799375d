"""`explain`: formulas with numbers, sizes, and the article's argument."""

import csv
import json
from pathlib import Path

import pytest

from dsconv_cost import analyze, load
from dsconv_cost.errors import UsageError
from dsconv_cost.reports.explain import explain_layer, layer_names
from tests.command import run


def _lines(tmp_path: Path, text: str, layer: str) -> list[str]:
    path = tmp_path / "net.yaml"
    path.write_text(text, encoding="utf-8")
    sections = explain_layer(analyze(load(path)), layer)
    return [" ".join(line.split()) for section in sections for line in [section.title, *section.lines]]


STANDARD = "input: [64, 56, 56]\nlayers: [{conv: 128, kernel: 3, convert: true, bias: false}]\n"


def test_the_article(tmp_path: Path) -> None:
    """3 x 3 and 128 output channels: 1/128 + 1/9 = 0.1189, whatever the input channels and the map."""
    lines = _lines(tmp_path, STANDARD, "conv1")
    assert "standard k_h*k_w*C_in*C_out = 3*3*64*128 = 73,728" in lines
    assert "separable k_h*k_w*C_in + C_in*C_out = 576 + 8,192 = 8,768" in lines
    assert "for the whole map, times H_out*W_out = 56*56 = 3,136" in lines
    assert "standard 73,728 * 3,136 = 231,211,008" in lines
    assert "separable 8,768 * 3,136 = 27,496,448" in lines
    assert "prediction 1/C_out + 1/(k_h*k_w) = 1/128 + 1/9 = 0.1189" in lines
    truth = "truth 27,496,448 / 231,211,008 counted in the two forms = 0.1189: the same as the prediction, 8.41x fewer"
    assert truth in lines


def test_a_pair_is_argued_once_and_a_merged_layer_says_so() -> None:
    sections = explain_layer(analyze(load("mobilenet")), "dsconv2")
    titles = [section.title for section in sections]
    assert sum("standard against separable" in title for title in titles) == 1
    depthwise = next(s for s in sections if s.title.startswith("dsconv2/dw: dwconv"))
    assert "  standard form: merged into dsconv2/pw" in depthwise.lines
    assert "  separable form: kept: depthwise already" in depthwise.lines
    assert [line for line in depthwise.lines if not line.startswith(" ")] == [
        "1. sizes", "2. counting", "3. separable against standard",
    ]  # fmt: skip


WRITTEN_OUT = {
    # 9*64*128 weights, 128 biases, at 56*56 positions
    "a convolution": ("conv 128, kernel 3, on 64x56x56", "MACs    = H_out * W_out * k_h * k_w * C_in * C_out = "
                      "56 * 56 * 3 * 3 * 64 * 128 = 231,211,008", "8.41x fewer"),
    "sides": ("conv 8, kernel 1x3, stride 2, on 4x8x8", "weights = k_h * k_w * C_in * C_out = 1 * 3 * 4 * 8 = 96", ""),
    "a pair": ("dsconv 128, on 64x56x56", "dsconv1: dsconv in line 3, ", "8.41x fewer"),
    "linear": ("linear 10, on 64x1x1", "weights = C_in * C_out = 64 * 10 = 640", ""),
}  # fmt: skip


@pytest.mark.parametrize(("written", "line", "saving"), WRITTEN_OUT.values(), ids=WRITTEN_OUT)
def test_a_layer_without_a_file(written: str, line: str, saving: str) -> None:
    result = run("explain", written)
    assert (result.code, result.err) == (0, "")
    assert line in result.out
    assert saving in result.out


def test_a_layer_without_a_file_that_is_wrong() -> None:
    result = run("explain", "convv 128, kernel 3, on 64x56x56")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("<layer>:3:")
    assert "did you mean 'conv'?" in result.err


def test_depth_multiplier_multiplies_the_prediction(tmp_path: Path) -> None:
    text = "input: [8, 10, 10]\nlayers: [{dwconv: 3, depth_multiplier: 2}, {conv: 16, kernel: 1}]\n"
    lines = _lines(tmp_path, text, "dwconv1")
    # 2 * (1/16 + 1/9) = 2 * 25/144 = 0.3472
    assert "prediction m*(1/C_out + 1/(k_h*k_w)) = 2*(1/16 + 1/9) = 0.3472" in lines
    # standard 9*8*16 = 1,152; separable 2 * (9*8 + 8*16) = 400; at 100 positions
    assert any(line.startswith("truth 40,000 / 115,200 counted in the two forms = 0.3472: the same") for line in lines)


SIZES = {
    "same": ("{conv: 4, kernel: 3, stride: 2}", "size H_out = ceil(H_in / s) = ceil(9 / 2) = 5, with padding same"),
    "explicit": (
        "{conv: 4, kernel: 3, stride: 2, padding: [0, 1, 1, 1], dilation: 2}",
        "size H_out = floor((H_in + pads - d*(k-1) - 1) / s) + 1 = floor((9 + 1 - 2*(3-1) - 1) / 2) + 1 = 3",
    ),
    "ceil_mode": (
        "{maxpool: 2, ceil_mode: true}",
        "size H_out = ceil((H_in + pads - d*(k-1) - 1) / s) + 1 = ceil((9 + 0 - (2-1) - 1) / 2) + 1 = 5",
    ),
    "ceil_mode, last window out": (
        "{maxpool: 1, stride: 3, padding: 1, ceil_mode: true}",
        # ceil((9 + 2 - 0 - 1) / 3) + 1 = 5; the fifth would start at 12 - 1 = 11 > 9
        "size H_out = ceil((H_in + pads - d*(k-1) - 1) / s) + 1 = ceil((9 + 2 - (1-1) - 1) / 3) + 1 = 5, "
        "less 1 because the last window would start beyond the input = 4",
    ),
    "transposed": (
        "{conv_transpose: 4, kernel: 3, stride: 2, padding: 1, output_padding: 1}",
        "size H_out = (H_in-1)*s - pads + d*(k-1) + output_padding + 1 = (9-1)*2 - 2 + 1*(3-1) + 1 + 1 = 18",
    ),
    "transposed same": ("{conv_transpose: 4, kernel: 2, stride: 2}", "size H_out = H_in * s = 9 * 2 = 18"),
}


@pytest.mark.parametrize(("item", "line"), SIZES.values(), ids=SIZES)
def test_how_the_size_arises(tmp_path: Path, item: str, line: str) -> None:
    text = f"input: [3, 9, 7]\nlayers:\n  - {item}\n"
    name = item[1:].partition(":")[0] + "1"
    lines = _lines(tmp_path, text, name)
    assert line in lines
    height = line.rpartition("= ")[2].partition(",")[0]
    assert any(found.startswith(f"output {4 if 'conv' in item else 3}x{height}x") for found in lines)


FORMULAS = {
    "conv": (
        "{conv: 6, kernel: [1, 3], groups: 3}",
        "conv1",
        ["weights = k_h * k_w * C_in / g * C_out = 1 * 3 * 3 / 3 * 6 = 18", "biases = C_out = 6", "params = 24"],
    ),
    "norm": ("{conv: 6, kernel: 1, norm: batch}", "conv1.norm", ["norm = n * C_in = 2 * 6 = 12"]),
    "linear": (
        "{sequential: [global_avgpool, {linear: 5}]}",
        "sequential1/linear1",
        ["MACs = C_in * C_out = 3 * 5 = 15", "FLOPs = 2 * MACs = 30"],
    ),
    "no bias": ("{conv: 6, kernel: 1, bias: false}", "conv1", ["biases = 0 (bias: false)"]),
    "1 x 1": ("{conv: 6, kernel: 1}", "conv1", ["why separating it saves nothing"]),
    "alone": ("{dwconv: 3}", "dwconv1", ["ratio 1/C_in = 1/3 = 0.3333"]),
    "free on purpose": ("relu", "relu1", ["output 3x9x7"]),
}


@pytest.mark.parametrize(("item", "name", "expected"), FORMULAS.values(), ids=FORMULAS)
def test_formulas_with_numbers(tmp_path: Path, item: str, name: str, expected: list[str]) -> None:
    lines = _lines(tmp_path, f"input: [3, 9, 7]\nlayers:\n  - {item}\n", name)
    assert [line for line in expected if line not in lines] == []


def test_free_operations_say_so(tmp_path: Path) -> None:
    lines = _lines(tmp_path, "input: [3, 9, 7]\nlayers: [relu]\n", "relu1")
    assert any(line.startswith("counted: 0 MACs, free on purpose") for line in lines)


NEAR = {
    "misspelt": ("dscon3", "did you mean 'dsconv3'?"),
    "a repetition too many": ("dsconv7[6]", "did you mean 'dsconv7[5]'?"),
    "the last part alone": ("pw", "did you mean 'dsconv1/pw'?"),
    "nothing near": ("xyzzy", "see the names with explain and no layer"),
}


@pytest.mark.parametrize(("name", "hint"), NEAR.values(), ids=NEAR)
def test_unknown_layers_get_a_suggestion(name: str, hint: str) -> None:
    with pytest.raises(UsageError, match="has no layer") as error:
        explain_layer(analyze(load("mobilenet")), name)
    assert hint in str(error.value)


def test_every_name_listed_can_be_explained() -> None:
    analysis = analyze(load("mobilenet"))
    names = [name for name, _, _ in layer_names(analysis)]
    assert len(names) == 16 + 2 * 13  # 16 rows, and two layers inside each of the 13 separable ones
    for name in names:
        assert explain_layer(analysis, name)


def test_without_a_layer_the_names() -> None:
    result = run("explain", "mobilenet")
    assert result.code == 0
    head, _, _, _, first, *_, last, _, use = result.out.splitlines()
    assert head == "MobileNet V1 (bundled): 42 items and layers"
    assert use == "use  explain ARCHITECTURE NAME"
    assert first.split() == ["conv1", "conv", "32x112x112"]
    assert last.split() == ["linear1", "linear", "1000x1x1"]


def test_unknown_layer_exits_with_2() -> None:
    result = run("explain", "mobilenet", "nope")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("error: MobileNet V1 has no layer 'nope'")


REPEATED = {
    # MobileNet V1, Table 1: five depthwise pairs of 512 channels at 14 x 14.
    "an item": ("dsconv7", "dsconv7[1]: dsconv in line 20, 6 layers"),
    "a layer inside": ("dsconv7/dw", "dsconv7[1]/dw: dwconv in line 20, 3 layers"),
    "a part of a layer": ("dsconv7/pw.norm", "dsconv7[1]/pw.norm: batchnorm, norm in line 20"),
}


@pytest.mark.parametrize("case", REPEATED)
def test_a_name_without_its_number_is_the_first_repetition(case: str) -> None:
    name, title = REPEATED[case]
    lines = run("explain", "mobilenet", name).out.splitlines()
    assert lines[:2] == [title, "  the first of 5 repetitions"]
    first = run("explain", "mobilenet", title.partition(":")[0]).out.splitlines()
    assert [line for line in lines if "repetitions" not in line] == first


@pytest.mark.parametrize("network", ["mobilenet", "resnet:18", "mobilenet_v2", "regnet:y_400mf"])
def test_every_item_that_diff_names_is_explained(network: str) -> None:
    rows = json.loads(run("diff", network, f"{network}@resolution=160", "--format", "json").out)["items"]
    assert rows
    for row in rows[:6]:
        assert run("explain", network, row["item"]).code == 0, row["item"]


def test_an_item_s_letters_sources_and_norms_are_told_once() -> None:
    text = run("explain", "mobilenet", "dsconv2").out
    assert text.count("k_h, k_w: sides of the kernel") == text.count("sides of the output") == 1
    assert text.count("one MAC for each weight") == text.count("arXiv:1502.03167") == 1
    # scale and shift of 64 and of 128 channels
    assert "\nbatchnorm, 2 layers\n  dsconv2/dw.norm  norm = n * C_in = 2 * 64 = 128\n" in text
    assert "  dsconv2/pw.norm  norm = n * C_in = 2 * 128 = 256\n" in text
    # what separating saves is last
    assert text.rstrip().splitlines()[-1].startswith("  truth ")
    assert text.index("batchnorm, 2") < text.index("dsconv2/dw and dsconv2/pw: standard against separable")


def test_factors_of_one_are_left_out() -> None:
    grouped = run("explain", "conv 6, kernel 3, groups 3, on 3x8x8").out
    assert "weights = k_h * k_w * C_in / g * C_out = 3 * 3 * 3 / 3 * 6 = 54" in grouped
    assert "g: groups" in grouped
    plain = run("explain", "conv 6, kernel 3, on 3x8x8").out
    assert "weights = k_h * k_w * C_in * C_out = 3 * 3 * 3 * 6 = 162" in plain
    assert "groups" not in plain
    wide = run("explain", "dwconv 3, depth_multiplier 2, on 3x8x8").out
    assert "C_in * m = 3 * 3 * 3 * 2 = 54" in wide
    assert "m: outputs of each input channel" in wide


def test_formats() -> None:
    text = run("explain", "mobilenet", "dsconv1/dw").out
    found = json.loads(run("explain", "mobilenet", "dsconv1/dw", "--format", "json").out)
    assert found["layer"] == "dsconv1/dw"
    blocks = ["\n".join([part["title"], *(f"  {line}" for line in part["lines"])]) for part in found["sections"]]
    assert "\n\n".join(blocks) + "\n" == text
    markdown = run("explain", "mobilenet", "dsconv1/dw", "-f", "markdown").out
    assert markdown.count("### ") == len(blocks) == markdown.count("```text\n")
    assert all(line in markdown for part in found["sections"] for line in part["lines"])
    rows = list(csv.reader(run("explain", "mobilenet", "dsconv1/dw", "-f", "csv").out.splitlines()))
    assert rows[0] == ["part", "line"]
    assert [row[1] for row in rows[1:]] == [line.strip() for part in found["sections"] for line in part["lines"]]


def test_files(tmp_path: Path) -> None:
    result = run(
        "explain", "conv 8, kernel 3, on 3x8x8", "-o", "why.json", "-o", "why.md", "-o", "why.txt", cwd=tmp_path
    )
    assert (result.code, result.err) == (0, "")
    assert (tmp_path / "why.txt").read_text(encoding="utf-8") == result.out
    assert json.loads((tmp_path / "why.json").read_text(encoding="utf-8"))["layer"] == "conv1"
    assert (tmp_path / "why.md").read_text(encoding="utf-8").startswith("### conv1: conv, standard in line 3\n")
    (tmp_path / "net.yaml").write_text("input: [3, 8, 8]\nlayers: [{conv: 8, kernel: 3}]\n", encoding="utf-8")
    lost = run("explain", "net.yaml", "conv1", "-o", "table=net.yaml", cwd=tmp_path)
    assert (lost.code, lost.out) == (2, "")
    assert json.loads(run("explain", "mobilenet", "-f", "json").out)["names"][0]["name"] == "conv1"
